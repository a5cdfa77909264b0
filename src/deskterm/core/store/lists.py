"""Lists, counts and timelines: Core columns into frozen views, always inside a scope, paged by key and never OFFSET."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from deskterm.core.domain.access import Scope
from deskterm.core.domain.words import Via
from deskterm.core.store import contents
from deskterm.core.store.contents import IN_POOL, inside
from deskterm.core.store.lines import Tell, queue_row, queue_rows
from deskterm.core.store.narrowing import Narrowing
from deskterm.core.store.orders import SORTINGS
from deskterm.core.store.tables import CATEGORIES, CLOCKS, DEPARTMENTS, FACTS, PEOPLE, RUNS_UNBREACHED, TICKETS
from deskterm.core.store.tickets import clocks_of
from deskterm.core.views import Cursor, Order, Page, QueueRow, Start, View

_REQUESTER: Final = PEOPLE.alias("requester")
_ASSIGNEE: Final = PEOPLE.alias("assignee")
_T: Final = TICKETS.c


def page(
    connection: sa.Connection,
    scope: Scope,
    view: View,
    to: Narrowing,
    order: Order,
    start: Start,
    *,
    limit: int,
    tell: Tell,
) -> Page[QueueRow]:
    """Gives `limit` rows of a view from a start on; the page says whether there is more at either end."""
    if start.around and (found := _around(connection, scope, view, to, order, start.around, limit=limit, tell=tell)):
        return found
    sorting = SORTINGS[order]
    back = start.is_last or start.before is not None
    edge = start.before or start.after
    beyond = [] if edge is None else [sorting.beyond(edge, back=back)]
    ids = contents.first(connection, scope, view, to, sorting, limit=limit + 1, back=back, where=beyond)
    number = {ticket: place for place, ticket in enumerate(ids)}
    lines = sorted(connection.execute(_rows().where(_T.id.in_(number))), key=lambda row: number[row.id])
    more = len(lines) > limit
    clocks = clocks_of(connection, [row.id for row in lines[:limit]])
    rows = queue_rows(lines[:limit], clocks, tell)
    places = [sorting.place(row) for row in lines[:limit]]
    if back:
        rows.reverse()
        places.reverse()
    if not rows:
        return Page((), None, None)
    earlier = more if back else start.after is not None
    later = start.before is not None if back else more
    return Page(tuple(rows), places[0] if earlier else None, places[-1] if later else None)


def _around(
    connection: sa.Connection,
    scope: Scope,
    view: View,
    to: Narrowing,
    order: Order,
    ticket_id: int,
    *,
    limit: int,
    tell: Tell,
) -> Page[QueueRow] | None:
    """Gives some `limit` rows of a view before and after a ticket, None when the view doesn't have it."""
    sorting = SORTINGS[order]
    found = connection.execute(
        contents.whole(scope, view, to).add_columns(*sorting.keys[:-1]).where(_T.id == ticket_id)
    ).first()
    line = row(connection, scope, ticket_id, tell)
    if found is None or line is None:
        return None
    here, half = sorting.place(found), max(1, limit // 2)
    above = page(connection, scope, view, to, order, Start(before=here), limit=half, tell=tell)
    below = page(connection, scope, view, to, order, Start(after=here), limit=half, tell=tell)
    return Page((*above.rows, line, *below.rows), above.first, below.last)


def count(connection: sa.Connection, scope: Scope, view: View, to: Narrowing, *, at_most: int) -> int:
    """Gives how many tickets a view has, up to `at_most`: nobody needs an exact million, which takes a second."""
    return contents.count(connection, scope, view, to, at_most=at_most)


def row(connection: sa.Connection, scope: Scope, ticket_id: int, tell: Tell) -> QueueRow | None:
    """Gives one ticket's line, None when there is no such inside the scope."""
    found = connection.execute(_rows().where(inside(scope), _T.id == ticket_id)).one_or_none()
    clocks = clocks_of(connection, [ticket_id]).get(ticket_id, ())
    return None if found is None else queue_row(found, tell(found, clocks))


def rows(connection: sa.Connection, scope: Scope, ticket_ids: Collection[int], tell: Tell) -> tuple[QueueRow, ...]:
    """Gives the lines of tickets, of those that are inside the scope."""
    found = connection.execute(_rows().where(inside(scope), _T.id.in_(sorted(ticket_ids)))).all()
    clocks = clocks_of(connection, [row.id for row in found])
    return tuple(queue_rows(found, clocks, tell))


def among(
    connection: sa.Connection,
    scope: Scope,
    view: View,
    to: Narrowing,
    order: Order,
    ticket_ids: Collection[int] | None,
    *,
    since: Cursor | None,
    until: Cursor | None,
    limit: int,
) -> frozenset[int]:
    """Gives those of some tickets that a view has between two places; of all (None) the first `limit` ones."""
    sorting = SORTINGS[order]
    where = [] if since is None else [sorting.beyond(since, at_it=True)]
    if until is not None:
        where.append(sorting.beyond(until, back=True, at_it=True))
    if ticket_ids is None:
        return frozenset(contents.first(connection, scope, view, to, sorting, limit=limit, where=where))
    query = contents.whole(scope, view, to).where(_T.id.in_(sorted(ticket_ids)), *where)
    return frozenset(connection.scalars(query))


def _joined() -> sa.FromClause:
    return (
        TICKETS.join(_REQUESTER, _REQUESTER.c.id == _T.requester_id)
        .join(DEPARTMENTS, DEPARTMENTS.c.id == _T.department_id)
        .join(CATEGORIES, CATEGORIES.c.id == _T.category_id)
        .outerjoin(_ASSIGNEE, _ASSIGNEE.c.id == _T.assignee_id)
    )


def _rows() -> sa.Select[Any]:
    return sa.select(
        _T.id,
        _T.version,
        _T.status,
        _T.reason,
        _T.outcome,
        _T.priority,
        _T.title,
        _T.assignee_id,
        _T.department_id,
        _T.next_due_at,
        _T.created_at,
        _T.updated_at,
        _T.closed_at,
        _T.profile_id,
        _T.category_id,
        _T.tier,
        _T.customer,
        _T.product,
        _T.module,
        _T.question,
        _T.stage,
        _T.escalating,
        _REQUESTER.c.name.label("requester"),
        _ASSIGNEE.c.name.label("assignee"),
        DEPARTMENTS.c.name.label("department"),
        CATEGORIES.c.name.label("category"),
    ).select_from(_joined())


def open_by_department(connection: sa.Connection) -> dict[int, tuple[int, int]]:
    """Gives how many open tickets each department has, and how many of them nobody has."""
    rows = connection.execute(
        sa.select(_T.department_id, sa.func.count(), sa.func.count().filter(IN_POOL))
        .where(_T.closed_at.is_(None))
        .group_by(_T.department_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def ids(connection: sa.Connection, *, after: int, limit: int) -> Sequence[int]:
    """Gives ticket ids in their order, after one of them."""
    query = sa.select(_T.id).where(_T.id > after).order_by(_T.id).limit(limit)
    return connection.scalars(query).all()


def overdue(connection: sa.Connection, now: datetime, *, after: int, limit: int) -> Sequence[int]:
    """Gives tickets after one of them, by id, on which a clock ran past its due time and that is no fact yet.

    One that an import made and nobody has worked on here is left alone: the rest of its log may still come.
    """
    late = sa.and_(sa.text(RUNS_UNBREACHED), CLOCKS.c.due_at < now, CLOCKS.c.ticket_id > after)
    here = sa.exists().where(FACTS.c.ticket_id == _T.id, FACTS.c.via != Via.IMPORT)
    query = sa.select(CLOCKS.c.ticket_id).join(TICKETS, _T.id == CLOCKS.c.ticket_id).where(late)
    query = query.where(sa.or_(_T.origin.is_(None), here)).distinct().order_by(CLOCKS.c.ticket_id).limit(limit)
    return connection.scalars(query).all()


def submitted_between(
    connection: sa.Connection, scope: Scope, since: datetime | None, until: datetime | None
) -> list[int]:
    """Gives the tickets in a scope that were submitted from `since` on and before `until`, by id."""
    query = sa.select(_T.id).where(inside(scope)).order_by(_T.id)
    if since is not None:
        query = query.where(_T.created_at >= since)
    if until is not None:
        query = query.where(_T.created_at < until)
    return list(connection.scalars(query))
