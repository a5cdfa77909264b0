"""Rows for exports: chosen once, then read a few hundred tickets at a time, so that any number takes little memory.

A read that stays open lets SQLite's log grow without end, so there every slice is a short read of its own. What only
grows (facts, comments, decisions, entries) is read up to where it was at the start; a ticket's line is as it is when it
is read. Postgres gives one snapshot for all of it.
"""

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from deskterm.core.domain.access import Scope
from deskterm.core.domain.audit import micros
from deskterm.core.domain.words import CommentKind, FactKind
from deskterm.core.store.contents import inside, whole
from deskterm.core.store.engine import Connection, Store
from deskterm.core.store.narrowing import Clause, Narrowing
from deskterm.core.store.seeking import reads_internal
from deskterm.core.store.tables import APPROVALS, AUDIT, CLOCKS, COMMENTS, FACTS, PROCUREMENTS, SPANS, TICKETS
from deskterm.core.views import View

Read = Callable[[], AbstractContextManager[Connection]]
Rows = Sequence[Any]
"""Rows as SQLAlchemy gives them: tuples with names."""
_T: Final = TICKETS.c
_AT_ONCE: Final = 5_000


class iso(FunctionElement[str]):  # noqa: N801 - an SQL function
    """An instant as ISO 8601 text in UTC: made by the database, several times as fast as from a datetime."""

    type = sa.String()
    inherit_cache = True


@compiles(iso, "sqlite")
def _iso_sqlite(element: Any, compiler: Any, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    text = compiler.process(element.clauses, **options)
    return f"replace(replace({text}, ' ', 'T'), '.000000', '') || 'Z'"


@compiles(iso, "postgresql")
def _iso_postgres(element: Any, compiler: Any, **options: Any) -> str:  # noqa: ANN401 - as above
    text = compiler.process(element.clauses, **options)
    spelled = f"to_char({text} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"
    return f"replace({spelled}, '.000000', '') || 'Z'"


class Period(NamedTuple):
    """The instants from `since` on and before `until`; None has no end there."""

    since: datetime | None
    until: datetime | None

    def of(self, column: sa.ColumnElement[Any]) -> list[Clause]:
        """Gives that a column lies in it."""
        starts = [] if self.since is None else [column >= self.since]
        return starts if self.until is None else [*starts, column < self.until]


class Ends(NamedTuple):
    """Where what only grows was when an export began."""

    facts: int
    comments: int
    approvals: int
    entries: int


TICKET_COLUMNS: Final[Mapping[str, sa.ColumnElement[Any]]] = {
    "id": _T.id,
    "title": _T.title,
    "status": _T.status,
    "reason": _T.reason,
    "outcome": _T.outcome,
    "priority": _T.priority,
    "rank": _T.priority,
    "tier": _T.tier,
    "department": _T.department_id,
    "category": _T.category_id,
    "kind": _T.category_kind,
    "requester": _T.requester_id,
    "customer": _T.customer,
    "assignee": _T.assignee_id,
    "resolver": _T.resolver_id,
    "source": _T.source,
    "product": _T.product,
    "module": _T.module,
    "question": _T.question,
    "created_at": iso(_T.created_at),
    "assigned_at": iso(_T.assigned_at),
    "updated_at": iso(_T.updated_at),
    "resolved_at": iso(_T.resolved_at),
    "closed_at": iso(_T.closed_at),
    "reopened": _T.reopen_count,
    "stars": _T.stars,
    "profile": _T.profile_id,
    "version": _T.version,
    "description": _T.description,
}
COMMENT_COLUMNS: Final[Mapping[str, sa.ColumnElement[Any]]] = {
    "ticket": COMMENTS.c.ticket_id,
    "version": COMMENTS.c.version,
    "at": iso(COMMENTS.c.at),
    "author": COMMENTS.c.author_id,
    "kind": COMMENTS.c.kind,
    "source": COMMENTS.c.source,
    "text": COMMENTS.c.body,
}
APPROVAL_COLUMNS: Final[Mapping[str, sa.ColumnElement[Any]]] = {
    "ticket": APPROVALS.c.ticket_id,
    "title": _T.title,
    "department": _T.department_id,
    "requester": _T.requester_id,
    "round": APPROVALS.c.round,
    "stage": APPROVALS.c.stage,
    "decision": APPROVALS.c.decision,
    "approver": APPROVALS.c.approver_id,
    "on_behalf_of": APPROVALS.c.on_behalf_of,
    "at": iso(APPROVALS.c.at),
    "currency": PROCUREMENTS.c.currency,
    "total": PROCUREMENTS.c.total_minor,
    "state": PROCUREMENTS.c.state,
    "asked_at": iso(PROCUREMENTS.c.asked_at),
    "signed": APPROVALS.c.is_signed,
    "digest": APPROVALS.c.digest,
    "reason": APPROVALS.c.reason,
}


@contextmanager
def moment(store: Store) -> Iterator[Read]:
    """Gives what opens a read for each slice of an export; on Postgres they all see one snapshot."""
    if store.is_sqlite:
        yield store.read
    else:
        with store.read() as connection:
            yield lambda: nullcontext(connection)


def ends(connection: Connection) -> Ends:
    """Gives where what only grows is now."""
    newest = (sa.select(sa.func.max(c)).scalar_subquery() for c in (FACTS.c.id, COMMENTS.c.id, APPROVALS.c.id))
    row = connection.execute(sa.select(*newest, sa.select(sa.func.max(AUDIT.c.seq)).scalar_subquery())).one()
    return Ends(*(number or 0 for number in row))


def ticket_ids(connection: Connection, scope: Scope, view: View | None, to: Narrowing, period: Period) -> "array[int]":
    """Gives the tickets of an export by id: eight bytes each. The period is when they were submitted.

    They are those of a `view`, or of None all that may be seen, open and closed.
    """
    few = to.among.get(None)
    among = [] if few is None else [_T.id.in_(sa.bindparam("few", few, expanding=True, literal_execute=True))]
    chosen = whole(scope, view, to) if view else sa.select(_T.id).where(inside(scope), *to.clauses)
    query = chosen.where(*among, *period.of(_T.created_at)).order_by(_T.id)
    found = array("q")
    result = connection.execute(query, execution_options={"stream_results": True, "max_row_buffer": _AT_ONCE})
    for rows in result.scalars().partitions(_AT_ONCE):
        found.extend(rows)
    return found


def tickets(connection: Connection, ids: Sequence[int], columns: Sequence[sa.ColumnElement[Any]]) -> Rows:
    """Gives tickets' rows by id; their profile and their own id are each row's last."""
    query = sa.select(*columns, _T.profile_id, _T.id).where(_these(_T.id, ids)).order_by(_T.id)
    return connection.execute(query).all()


def clocks(connection: Connection, ids: Sequence[int]) -> Rows:
    """Gives the clocks of tickets, every cycle, in no order.

    Each has its ticket, name and cycle, since when it runs, its target and what it used in microseconds, its deadline,
    when it stopped, and whether it was found late.
    """
    clock = CLOCKS.c
    query = sa.select(
        clock.ticket_id, clock.name, clock.cycle, iso(clock.running_since), clock.target_us, clock.consumed_us,
        iso(clock.due_at), iso(clock.stopped_at), clock.breached_at.is_not(None),
    )  # fmt: skip
    return connection.execute(query.where(_these(clock.ticket_id, ids))).all()


def rated(connection: Connection, ids: Sequence[int]) -> Rows:
    """Gives of tickets their id, their profile, and what their clocks' targets go by, where a clock can run."""
    by = (_T.department_id, _T.category_id, _T.priority, _T.tier, _T.customer, _T.product, _T.module, _T.question)
    query = sa.select(_T.id, _T.profile_id, *by, _T.stage)
    return connection.execute(query.where(_these(_T.id, ids), _T.closed_at.is_(None))).all()


def comments(
    connection: Connection,
    ids: Sequence[int],
    columns: Sequence[sa.ColumnElement[Any]],
    end: int,
    period: Period,
    reader: Scope | None,
) -> Rows:
    """Gives tickets' comments in order, up to `end`; internal ones only of those where `reader` reads them."""
    query = sa.select(*columns).join_from(COMMENTS, TICKETS, _T.id == COMMENTS.c.ticket_id)
    public = sa.or_(COMMENTS.c.kind == CommentKind.REPLY, _reads(reader))
    query = query.where(_these(COMMENTS.c.ticket_id, ids), COMMENTS.c.id <= end, public, *period.of(COMMENTS.c.at))
    return connection.execute(query.order_by(COMMENTS.c.ticket_id, COMMENTS.c.version)).all()


def approvals(
    connection: Connection, ids: Sequence[int], columns: Sequence[sa.ColumnElement[Any]], end: int, period: Period
) -> Rows:
    """Gives the decisions about tickets' purchases in order, up to `end`."""
    of_round = sa.and_(PROCUREMENTS.c.ticket_id == APPROVALS.c.ticket_id, PROCUREMENTS.c.round == APPROVALS.c.round)
    joined = APPROVALS.join(TICKETS, _T.id == APPROVALS.c.ticket_id).outerjoin(PROCUREMENTS, of_round)
    where = (_these(APPROVALS.c.ticket_id, ids), APPROVALS.c.id <= end, *period.of(APPROVALS.c.at))
    order = (APPROVALS.c.ticket_id, APPROVALS.c.version)
    return connection.execute(sa.select(*columns).select_from(joined).where(*where).order_by(*order)).all()


def facts(
    connection: Connection,
    ids: Sequence[int],
    end: int,
    period: Period,
    reader: Scope | None,
    *,
    is_raw: bool = False,
) -> Rows:
    """Gives tickets' facts in order, up to `end`, each with its comment's text and whether `reader` reads all of it.

    Who doesn't is given none of what staff say to each other. With `is_raw` the `data` is JSON as it is stored.
    """
    all_of_it = _reads(reader)
    same = sa.and_(COMMENTS.c.ticket_id == FACTS.c.ticket_id, COMMENTS.c.version == FACTS.c.version)
    joined = FACTS.join(TICKETS, _T.id == FACTS.c.ticket_id).outerjoin(COMMENTS, same)
    fact = FACTS.c
    query = sa.select(
        fact.ticket_id, fact.version, iso(fact.at).label("at"), fact.actor_id, fact.via, fact.kind, fact.from_status,
        fact.to_status, sa.cast(fact.data, sa.Text).label("data") if is_raw else fact.data, fact.origin,
        COMMENTS.c.body, all_of_it.label("whole"), _T.profile_id, _T.origin.label("case_id"),
    ).select_from(joined)  # fmt: skip
    said = sa.or_(COMMENTS.c.kind.is_(None), COMMENTS.c.kind == CommentKind.REPLY)
    public = sa.or_(all_of_it, sa.and_(said, fact.kind != FactKind.ATTEMPTED))
    query = query.where(_these(fact.ticket_id, ids), fact.id <= end, public, *period.of(fact.at))
    return connection.execute(query.order_by(fact.ticket_id, fact.version)).all()


def events(connection: Connection, ids: Sequence[int], end: int) -> Rows:
    """Gives tickets' facts in order, up to `end`, without what they say."""
    fact = FACTS.c
    query = sa.select(
        fact.ticket_id, fact.version, iso(fact.at).label("at"), fact.actor_id, fact.kind, fact.via, fact.from_status,
        fact.to_status,
    )  # fmt: skip
    query = query.where(_these(fact.ticket_id, ids), fact.id <= end).order_by(fact.ticket_id, fact.version)
    return connection.execute(query).all()


def spans(connection: Connection, ids: Sequence[int]) -> Rows:
    """Gives tickets' stretches in one status in order."""
    span = SPANS.c
    query = sa.select(
        span.ticket_id, iso(span.entered_at).label("entered_at"), iso(span.left_at).label("left_at"), span.status,
        span.reason, span.assignee_id, span.department_id,
    )  # fmt: skip
    return connection.execute(query.where(_these(span.ticket_id, ids)).order_by(span.ticket_id, span.id)).all()


def first_instant(connection: Connection) -> datetime | None:
    """Gives when the desk's first ticket came, None where it has none."""
    query = sa.select(_T.created_at).order_by(_T.created_at).limit(1)
    return connection.scalar(query)


def entries(connection: Connection, after: int, end: int) -> Rows:
    """Gives the next entries of the audit trail after one, up to `end`."""
    entry = AUDIT.c
    query = sa.select(entry.seq, entry.ticket_id, entry.body, entry.hash, entry.texts)
    return connection.execute(query.where(entry.seq > after, entry.seq <= end).order_by(entry.seq).limit(1_000)).all()


def within(period: Period, at_us: int) -> bool:
    """Gives whether an instant, in microseconds since 1970, lies in a period."""
    begun = period.since is None or micros(period.since) <= at_us
    return begun and (period.until is None or at_us < micros(period.until))


def first_tickets(connection: Connection) -> dict[str, int]:
    """Gives the first ticket of each customer."""
    query = sa.select(_T.customer, sa.func.min(_T.id)).where(_T.customer != "").group_by(_T.customer)
    return {row[0]: row[1] for row in connection.execute(query)}


def _these(column: sa.ColumnElement[Any], ids: Sequence[int]) -> Clause:
    if ids[-1] - ids[0] == len(ids) - 1:
        return column.between(ids[0], ids[-1])
    return column.in_(ids)


def _reads(reader: Scope | None) -> Clause:
    """Gives where somebody reads internal comments; None reads none."""
    found = None if reader is None else reads_internal(reader)
    return sa.false() if found is None else found
