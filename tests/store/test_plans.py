"""No screen scans or sorts a table that grows with the years: what the databases say of each statement they are asked.

The desk has enough tickets, most of them closed, and statistics, so that the planners choose for real.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import sqlalchemy as sa

from deskterm.core.desk import Desk
from deskterm.core.domain.clocks import NEVER
from deskterm.core.domain.filter_terms import Filter
from deskterm.core.domain.filters import parse_filter
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.wordings import wording
from deskterm.core.domain.words import Action
from deskterm.core.named_views import BUILT_IN
from deskterm.core.services.intake import Submission
from deskterm.core.store import bulk
from deskterm.core.store.engine import Store
from deskterm.core.store.tables import (
    APPROVALS,
    AUDIT,
    CLOCKS,
    COMMENTS,
    FACTS,
    NOTICES,
    PEOPLE,
    PROCUREMENTS,
    SPANS,
    TICKETS,
    WORDINGS,
)
from deskterm.core.views import Shown, Tab, View, orders

As = Callable[[str], Desk]
Ask = Callable[[], Any]
Row = dict[str, Any]
COUNT: Final = 3_000
EVERY: Final = 16  # of so many one is open
FIRST: Final = 1_000
START: Final = datetime(2020, 1, 1, tzinfo=UTC)
BESIDE: Final[dict[sa.Table, Row]] = {
    FACTS: {"version": 1, "at": START, "via": "cli", "kind": "submitted", "to_status": "new", "data": {}},
    COMMENTS: {"version": 1, "at": START, "kind": "note", "body": ""},
    CLOCKS: {"name": "response", "cycle": 1, "target_us": 1, "consumed_us": 0, "stopped_at": START},
    SPANS: {"entered_at": START, "status": "new", "department_id": 1},
}
"""What every ticket has."""
BOUGHT: Final[Row] = {
    "round": 1, "state": "approved", "currency": "NGN", "total_minor": 1, "digest": "", "purchase": {},
}  # fmt: skip
DECIDED: Final[Row] = {
    "version": 1, "round": 1, "stage": "", "decision": "approved", "at": START, "digest": "", "reason": "",
    "is_signed": False,
}  # fmt: skip
GROWING: Final = "tickets|facts|comments|clocks|status_spans|audit|wordings|notices|approvals|procurements"
WALKED: Final = (
    r"ix_help_desk_tickets_(pool_)?(dept_|mine_|asked_)?(due|priority|updated|created|closed)"
    r"|ix_help_desk_tickets_over_\w+|ix_help_desk_procurements_asked"
)
"""The indexes that lists are read along: in their order, until a page is full."""
SCANS: Final = (
    # sqlite: through a table, or an index that no list goes along
    re.compile(rf"SCAN (?:help_desk_(?:{GROWING}))\b(?! USING (?:COVERING )?INDEX (?:{WALKED})\b)"),
    re.compile(rf"Seq Scan on help_desk_(?:{GROWING})\b"),
    re.compile(r"AUTOMATIC"),
)
STOPS: Final = re.compile(r"Limit [^\n]*\n *-> +Seq Scan on help_desk_tickets +\(cost=\S+ rows=\d{4}[^\n]*")
"""A count that ends at a thousand of many: Postgres takes them from wherever they lie."""
NEWEST: Final = "ORDER BY help_desk_audit.seq DESC"
"""The last entry of the trail: a look at its end, which SQLite calls a scan."""
SORTS: Final = re.compile(r"USE TEMP B-TREE FOR|\bSort +\(cost=\S+ rows=\d{4}")
"""Of a few hundred rows Postgres may think that to sort them costs less than their order."""
BOUNDED: Final = ("WITH few AS", "help_desk_slots")
"""What is sorted may be the few that rare words can mean, and what waits for one person."""


def _tickets(people: list[int]) -> Iterator[tuple[Row, str]]:
    """Gives the rows of tickets of some years, with what they say; one a day is open."""
    for number in range(COUNT):
        at = START + timedelta(hours=6 * number)
        is_open = number % EVERY == 0
        staff = ([4, 5, *people[:20]], [7, 8, *people[20:40]])[number % 2]
        assignee = None if is_open and number % 3 == 0 else staff[number // 2 % len(staff)]
        yield (
            {
                "id": FIRST + number,
                "version": 1,
                "status": ("assigned" if assignee else "new") if is_open else "closed",
                "outcome": None if is_open else "done",
                "requester_id": people[number % len(people)],
                "assignee_id": assignee,
                "department_id": 1 + number % 2,
                "category_id": 1 + number % 4,
                "category_kind": "standard",
                "priority": 1 + number % 4,
                "title": "x",
                "description": "",
                "source": "form",
                "created_at": at,
                "updated_at": at + timedelta(hours=number % 7),
                "closed_at": None if is_open else at + timedelta(days=1),
                "reopen_count": 0,
                "next_due_at": at + timedelta(hours=number % 50) if is_open and number % 5 else NEVER,
                "profile_id": 1,
            },
            f"common {'rare' if number % 400 == 3 else ''} toner",
        )


def _fill(store: Store) -> None:
    with store.write() as connection:
        connection.execute(
            sa.insert(PEOPLE), [{"name": f"Somebody {n}", "role": "requester", "is_active": True} for n in range(200)]
        )
        people = list(connection.scalars(sa.select(PEOPLE.c.id).where(PEOPLE.c.role == "requester")))
        made = list(_tickets(people))
        seq = connection.scalar(sa.select(sa.func.max(AUDIT.c.seq))) or 0
        bulk.write(connection, TICKETS, [row for row, _ in made])
        bulk.write(
            connection,
            WORDINGS,
            [
                {"ticket_id": row["id"], **wording(text, "", ()).kept("Somebody", row["department_id"])._asdict()}
                for row, text in made
            ],
        )
        of = [row["id"] for row, _ in made]
        for table, row in BESIDE.items():
            bulk.write(connection, table, [{"ticket_id": number, **row} for number in of])
        notices = [{"person_id": n % 9 + 1, "ticket_id": n, "version": 1, "at": START, "seen_at": START} for n in of]
        decisions = [{"ticket_id": number, "approver_id": people[-1], **DECIDED} for number in of[::5]]
        rounds = [{"ticket_id": n, "asked_at": START + timedelta(hours=n), **BOUGHT} for n in of[::5]]
        entries = [{"seq": n, "ticket_id": number, "body": "", "hash": ""} for n, number in enumerate(of, seq + 1)]
        for table, rows in ((NOTICES, notices), (PROCUREMENTS, rounds), (APPROVALS, decisions), (AUDIT, entries)):
            bulk.write(connection, table, rows)
        if not store.is_sqlite:
            for name in ("tickets", "facts"):
                reset = f"SELECT setval(pg_get_serial_sequence('help_desk_{name}', 'id'), {FIRST + COUNT})"
                connection.exec_driver_sql(reset)
    with store.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        names = ", ".join(f"help_desk_{name}" for name in GROWING.split("|"))
        connection.exec_driver_sql("ANALYZE" if store.is_sqlite else f"VACUUM (ANALYZE) {names}")


@contextmanager
def asked() -> Iterator[list[tuple[str, Any]]]:
    """Gives the statements that are asked inside the block, with their parameters."""
    found: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        found.append((statement, parameters))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


def wrong(store: Store, statement: str, parameters: Any) -> str:
    """Gives the plan of a statement where it scans or sorts what grows, "" where it doesn't."""
    explain = "EXPLAIN QUERY PLAN " if store.is_sqlite else "EXPLAIN "
    with store.read() as connection:
        plan = "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain + statement, parameters))
    plan = STOPS.sub("", plan)
    branches = statement.count(") AS anon_") if "UNION ALL" in statement else 0
    # what was read of several branches is sorted once more, a page of each: to Postgres that is few
    sorts = len(SORTS.findall(plan)) > branches * store.is_sqlite and re.search(rf"help_desk_(?:{GROWING})", plan)
    is_bounded = any(part in statement for part in BOUNDED)
    if (sorts and not is_bounded) or any(scan.search(plan) for scan in SCANS):
        return f"{statement}\n{parameters}\n{plan}"
    return ""


def lists(desk: Desk, wanted: Filter, *views: View) -> Iterator[tuple[str, Ask]]:
    """Gives every page of views in each of their orders."""
    for view in views:
        for order in orders(view, wanted):
            read = partial(desk.page, view, wanted, order=order, limit=4)
            name = f"{view} by {order}"
            yield name, read
            if (page := read()).last:
                yield f"{name}, next", partial(read, after=page.last)
                yield f"{name}, back", partial(read, before=page.last)
        yield f"{view}, the last", partial(desk.page, view, wanted, last=True)
        if page.rows:
            yield f"{view}, around", partial(desk.page, view, wanted, around=page.rows[-1].id)


def screens(desk: Desk) -> Iterator[tuple[str, Ask]]:
    """Gives what a person's screens ask, each with what it is called."""
    home = View.ALL if desk.actor.is_staff else View.REQUESTED
    yield from lists(desk, Filter(), *View)
    for named in BUILT_IN:
        yield f"the view {named.name}", partial(desk.page, named.base, named.wanted)
        yield f"the count of {named.name}", partial(desk.count, named.base, named.wanted)
    for text in ("rare", "common", '"rare toner"', "common -rare", "prio:1 rare"):
        for view in {home, View.CLOSED, View.DEPARTMENT}:
            yield f"{text} in {view}", partial(desk.page, view, parse_filter(text))
            yield f"{text} in {view}, counted", partial(desk.count, view, parse_filter(text))
    nothing = frozenset[int]()
    for since in (0, desk.place() - 5):
        shown = Shown(home, Filter(), nothing, nothing, None, None)
        yield f"news since {since}", partial(desk.list_news, since, shown)
    ticket = desk.page(home, limit=1).rows[0].id
    yield "a ticket", partial(desk.ticket, ticket)
    yield "a line", partial(desk.row, ticket)
    yield "notices", desk.notices
    yield "unseen", desk.unseen
    yield "awaited", desk.awaited
    for tab in (Tab.WAITING, Tab.DECIDED, Tab.DELEGATED, *([Tab.ALL] if desk.actor.login == "ezra" else [])):
        yield f"the inbox, {tab}", partial(desk.inbox, tab, limit=2)
    if desk.actor.login == "ife":
        yield "claim --next", desk.claim_next
        yield "claim --next common", partial(desk.claim_next, parse_filter("common"))


def test_no_screen_scans_or_sorts_what_grows(store: Store, as_: As) -> None:
    bought = Wanted(lines=("2 x Toner @ 45.00",), justification="none is left")
    for login in ("remi", "ife", "ezra"):
        number = as_(login).submit(Submission(title="Toner", category="it_procurement", purchase=bought)).id
        as_("lara").act(number, Action.APPROVE)
    _fill(store)
    found: dict[str, str] = {}
    known: set[str] = set()
    for login in ("remi", "ife", "ezra"):
        for name, ask in screens(as_(login)):
            with asked() as statements:
                ask()
            for statement, parameters in statements:
                if statement not in known and NEWEST not in statement and statement.startswith(("SELECT", "WITH")):
                    known.add(statement)
                    if plan := wrong(store, statement, parameters):
                        found[plan] = f"{login}: {name}"
    assert len(known) > 50
    assert not found, "\n\n".join(f"{name}\n{plan}" for plan, name in found.items())
