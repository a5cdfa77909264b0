"""Another desk's history: taken as it was, folded by the same rules, and never taken twice."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import NotAllowed
from deskterm.core.domain.filters import parse_filter
from deskterm.core.domain.words import Action, FactKind, Outcome, Status, WaitReason
from deskterm.core.services.event_log import COLUMNS, EventLog, parse_event_log
from deskterm.core.services.importing import Imported
from deskterm.core.store.engine import Store
from deskterm.core.store.tables import FACTS, NOTICES
from deskterm.core.ticket_views import TicketView
from deskterm.core.views import View

As = Callable[[str], Desk]
K, S = FactKind, Status


def log(*rows: str, until: datetime | None = None) -> EventLog:
    """Rows are `case hour state assignee`, with `group=` and so on behind them; seq counts up within the log."""
    lines = [",".join(COLUMNS)]
    for seq, row in enumerate(rows, 1):
        case, hour, state, *more = row.split("|")
        said = dict(pair.split("=") for pair in more)
        at = datetime(2026, 9, 28, tzinfo=UTC) + timedelta(hours=float(hour))
        values = {
            "case_id": case,
            "timestamp": at.isoformat(),
            "actor": said.get("by", "Alice"),
            "group": said.get("group", "Service desk"),
            "state": state,
            "priority": said.get("prio", "P3"),
            "category": said.get("category", "Mail"),
            "requester": said.get("requester", "Zoe"),
            "event": "saved",
            "assignee": said.get("to", ""),
            "raw_state": said.get("raw", state),
            "seq": said.get("seq", str(seq)),
        }
        lines.append(",".join(values[name] for name in COLUMNS))
    return parse_event_log(("\n".join(lines) + "\n").encode().splitlines(keepends=True), source="log.csv", until=until)


def the_ticket(desk: Desk, case: str = "C1") -> TicketView:
    (row,) = desk.page(View.CLOSED, parse_filter(f"{case}:")).rows or desk.page(View.ALL, parse_filter(f"{case}:")).rows
    return desk.ticket(row.id)


def kinds(view: TicketView) -> list[FactKind]:
    return [entry.kind for entry in view.timeline]


@pytest.mark.parametrize(
    ("rows", "expected", "status", "outcome"),
    [
        (["C1|8|New", "C1|9|Resolved"], [K.SUBMITTED, K.RESOLVED], S.RESOLVED, None),
        (
            ["C1|8|New", "C1|9|In Progress|to=Bob", "C1|10|New", "C1|11|Assigned|to=Eve"],
            [K.SUBMITTED, K.STARTED, K.UNASSIGNED, K.ASSIGNED],
            S.ASSIGNED,
            None,
        ),
        (
            ["C1|8|New", "C1|9|Resolved|to=Bob", "C1|10|Closed|to=Bob", "C1|11|Reopened|to=Bob"],
            [K.SUBMITTED, K.RESOLVED, K.CLOSED, K.REOPENED],
            S.ASSIGNED,
            None,
        ),
        (
            ["C1|8|In Progress|to=Bob", "C1|9|Closed|to=Bob"],
            [K.SUBMITTED, K.STARTED, K.CLOSED],
            S.CLOSED,
            Outcome.CANCELLED,
        ),
        (["C1|8|New", "C1|9|Resolved", "C1|9|Closed"], [K.SUBMITTED, K.RESOLVED, K.CLOSED], S.CLOSED, Outcome.DONE),
        (
            [
                "C1|8|New",
                "C1|9|New|group=Network",
                "C1|10|New|group=Network|prio=P1",
                "C1|11|New|group=Network|prio=P1",
            ],
            [K.SUBMITTED, K.MOVED, K.PRIORITISED, K.UPDATED],
            S.NEW,
            None,
        ),
        (
            ["C1|8|New|to=Bob", "C1|9|Pending|to=Bob|raw=Awaiting Vendor", "C1|10|In Progress|to=Bob"],
            [K.SUBMITTED, K.ASSIGNED, K.PAUSED, K.RESUMED],
            S.IN_PROGRESS,
            None,
        ),
        (  # four open hours from 09:00 in Lagos, in UTC until 12:00
            ["C1|8|New|prio=P1", "C1|12|In Progress|prio=P1|to=Bob", "C1|13|Resolved|prio=P1|to=Bob"],
            [K.SUBMITTED, K.STARTED, K.BREACHED, K.RESOLVED],
            S.RESOLVED,
            None,
        ),
        (  # six hours used of three days, and then only four are given
            ["C1|8|New", "C1|14|New|prio=P1", "C1|15|Resolved|prio=P1"],
            [K.SUBMITTED, K.PRIORITISED, K.BREACHED, K.RESOLVED],
            S.RESOLVED,
            None,
        ),
        (
            ["C1|8|In Progress|prio=P1|to=Bob", "C1|30|Resolved|prio=P1|to=Bob", "C1|31|Assigned|prio=P1|to=Bob"],
            [K.SUBMITTED, K.STARTED, K.BREACHED, K.RESOLVED, K.REOPENED],
            S.ASSIGNED,
            None,
        ),
    ],
    ids=[
        "new-resolved",
        "back-to-queue",
        "reopened",
        "mid-work",
        "one-instant",
        "moved",
        "paused",
        "late",
        "raised-too-late",
        "late-from-mid-work",
    ],
)
def test_what_a_real_desk_did_is_taken_as_it_was(
    as_: As, rows: list[str], expected: list[FactKind], status: Status, outcome: Outcome | None
) -> None:
    done = as_("ada").import_log(log(*rows))
    assert (done.tickets, done.facts, done.rejected) == (1, len(expected), ())
    view = the_ticket(as_("ada"))
    assert (kinds(view), view.status, view.outcome) == (expected, status, outcome)
    assert as_("ada").doctor().findings == ()


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("Awaiting User Info", WaitReason.REQUESTER),
        ("Awaiting Vendor", WaitReason.VENDOR),
        ("Awaiting Godot", WaitReason.OTHER),
    ],
)
def test_a_pause_keeps_its_reason(as_: As, raw: str, reason: WaitReason) -> None:
    as_("ada").import_log(log("C1|8|New", f"C1|9|Pending|to=Bob|raw={raw}"))
    assert the_ticket(as_("ada")).reason is reason


def test_clocks_of_the_past_are_those_of_live_work(as_: As, at: Callable[[str], datetime]) -> None:
    rows = ["C1|8|New", "C1|9|In Progress|to=Bob", "C1|10|Pending|to=Bob|raw=Awaiting Vendor", "C1|12|Resolved|to=Bob"]
    as_("ada").import_log(log(*rows))  # hours are UTC: 09:00 to 13:00 in Lagos, two of them waiting
    at("2026-10-05 09:00")
    left = {line.name: line.left for line in the_ticket(as_("ada")).clocks}
    assert [(left[n].state, left[n].used) for n in ("response", "resolution")] == [
        ("stopped", 3_600),
        ("stopped", 7_200),
    ]


def test_a_breach_of_the_past_dates_from_when_it_was_due_and_tells_nobody(as_: As, store: Store) -> None:
    as_("ada").import_log(log("C1|8|New|prio=P1", "C1|30|Resolved|prio=P1|to=Bob"))
    with store.read() as connection:
        query = sa.select(FACTS.c.version, FACTS.c.at, FACTS.c.actor_id, FACTS.c.via, FACTS.c.origin, FACTS.c.data)
        (row,) = connection.execute(query.where(FACTS.c.kind == K.BREACHED))
        assert connection.scalar(sa.select(sa.func.count()).select_from(NOTICES)) == 0
    due = datetime(2026, 9, 28, 12, tzinfo=UTC)
    assert tuple(row) == (2, due, None, "import", None, {"clock": "resolution", "cycle": 1})


def test_an_import_that_goes_on_finds_the_breach_that_came_meanwhile(as_: As) -> None:
    rows = ("C1|8|New|prio=P1", "C1|14|Resolved|prio=P1|to=Bob")
    until = datetime(2026, 9, 28, 9, tzinfo=UTC)
    assert as_("ada").import_log(log(*rows, until=until)).facts == 1
    assert as_("ada").import_log(log(*rows)).facts == 2
    assert kinds(the_ticket(as_("ada"))) == [K.SUBMITTED, K.BREACHED, K.RESOLVED]
    assert as_("ada").import_log(log(*rows)).facts == 0
    assert as_("ada").doctor().findings == ()


def test_a_sweep_leaves_what_nobody_worked_on_here_to_the_rest_of_its_log(
    as_: As, at: Callable[[str], datetime]
) -> None:
    rows = ("C1|8|New|prio=P1", "C2|8|New|prio=P1", "C1|10|Resolved|prio=P1|to=Bob")
    as_("ada").import_log(log(*rows, until=datetime(2026, 9, 28, 9, tzinfo=UTC)))
    at("2026-09-28 10:00")
    worked_on = the_ticket(as_("ada"), "C2").id
    as_("ada").act(worked_on, Action.NOTE, text="looking")
    at("2026-09-28 14:00")
    assert as_("ada").sweep()[:2] == (1, 1)
    as_("ada").import_log(log(*rows))  # it was solved in time, as the rest of the log knows
    assert kinds(the_ticket(as_("ada"))) == [K.SUBMITTED, K.RESOLVED]
    assert kinds(the_ticket(as_("ada"), "C2")) == [K.SUBMITTED, K.NOTED, K.BREACHED]
    assert as_("ada").doctor().findings == ()


def test_people_groups_and_categories_are_made_as_met(as_: As) -> None:
    done = as_("ada").import_log(log("C1|8|New", "C1|9|Assigned|to=Bob|group=Network|category=VPN"))
    assert done == Imported(1, 2, 0, people=3, departments=2, categories=2, later=0, rejected=())
    people = {p.name: p for p in as_("ada").people()}
    assert [(people[n].role, people[n].department, people[n].login) for n in ("Alice", "Bob", "Zoe")] == [
        ("agent", "Service desk", None),
        ("agent", "Network", None),
        ("requester", None, None),
    ]


def test_names_that_look_alike_as_keys_are_told_apart(as_: As) -> None:
    done = as_("ada").import_log(
        log("C1|8|New|group=IT|category=it design", "C2|8|New|group=A-1|category=x!", "C3|8|New|group=A 1|category=x?")
    )
    assert (done.tickets, done.departments, done.categories) == (3, 3, 3)
    assert [the_ticket(as_("ada"), c).department for c in ("C1", "C2", "C3")] == ["IT", "A-1", "A 1"]


def test_what_is_left_blank_has_a_name(as_: As) -> None:
    as_("ada").import_log(log("C1|8|New|group=|category=|requester=|by="))
    view = the_ticket(as_("ada"))
    assert (view.department, view.category, view.requester) == ("No group", "Uncategorised", "Unknown requester")


def test_a_second_import_adds_nothing(as_: As) -> None:
    rows = log("C1|8|In Progress|to=Bob", "C1|9|Resolved|to=Bob", "C2|8|New")
    first = as_("ada").import_log(rows)
    assert (first.tickets, first.facts) == (2, 4)
    assert as_("ada").import_log(rows) == Imported(0, 0, 3, 0, 0, 0, 0, ())
    assert as_("ada").doctor()[:3] == (2, 4, ())


def test_an_import_goes_on_where_it_was_told_to_stop(as_: As) -> None:
    rows = ("C1|8|New", "C1|9|Assigned|to=Bob", "C1|10|Resolved|to=Bob", "C2|10|New")
    until = datetime(2026, 9, 28, 9, tzinfo=UTC)
    first = as_("ada").import_log(log(*rows, until=until))
    assert (first.tickets, first.facts, first.later) == (1, 2, 2)
    rest = as_("ada").import_log(log(*rows))
    assert (rest.tickets, rest.facts, rest.known, rest.later) == (1, 2, 2, 0)
    assert kinds(the_ticket(as_("ada"))) == [K.SUBMITTED, K.ASSIGNED, K.RESOLVED]
    assert as_("ada").doctor().findings == ()


def test_a_late_row_after_live_work_is_rejected_and_not_lost(as_: As, clock: list[datetime]) -> None:
    as_("ada").import_log(log("C1|6|New"))
    ticket = the_ticket(as_("ada")).id
    as_("ada").act(ticket, Action.RESOLVE, cause="x", fix="y")
    late = log("C1|6|New", "C1|7|Assigned|to=Bob", "C1|30|Closed|to=Bob")
    done = as_("ada").import_log(late)
    assert (done.facts, done.known) == (1, 1)
    (rejected,) = done.rejected
    assert (rejected.line, rejected.case_id) == (3, "C1")
    assert rejected.why == "it is dated 2026-09-28T07:00:00+00:00, before what is known already"
    assert clock[-1].hour == 8
    assert kinds(the_ticket(as_("ada"))) == [K.SUBMITTED, K.RESOLVED, K.CLOSED]
    assert as_("ada").doctor().findings == ()


def test_a_priority_that_the_profile_lacks_is_rejected_and_not_known(as_: As) -> None:
    done = as_("ada").import_log(log("C1|8|New|prio=P5", "C2|8|New"))
    assert (done.tickets, done.known, [(r.line, r.why) for r in done.rejected]) == (
        1,
        0,
        [(2, "the profile has no priority P5")],
    )


def test_progress_is_told_up_to_the_last_row(as_: As) -> None:
    told: list[int] = []
    as_("ada").import_log(log("C1|8|New", "C1|9|New", "C2|8|New"), told.append)
    assert told[-1] == 3


@pytest.mark.parametrize("login", ["remi", "ife", "lara", "ezra"])
def test_importing_is_an_admins(as_: As, login: str) -> None:
    with pytest.raises(NotAllowed, match="importing is an admin's"):
        as_(login).import_log(log("C1|8|New"))
    assert as_("ada").count(View.ALL) == 0
