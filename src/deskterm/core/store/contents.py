"""What a list holds: its tickets by number, in an order, by queries that stop when a page is full.

A list is read as branches that have nothing in common, such as what a department has and what somebody asked for
elsewhere: each is in order in an index of its own, so that no tickets are scanned, nor sorted but those that were read.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from deskterm.core.domain.access import Scope
from deskterm.core.domain.words import Status
from deskterm.core.store.narrowing import Clause, Narrowing
from deskterm.core.store.orders import Sorting
from deskterm.core.store.tables import TICKETS
from deskterm.core.views import View, effective, mixes

_T: Final = TICKETS.c
IN_POOL: Final = sa.and_(_T.assignee_id.is_(None), _T.status.in_([Status.NEW, Status.IN_PROGRESS, Status.WAITING]))
"""What nobody has and somebody could take: a purchase that waits for its chain is not in the pool."""


def inside(scope: Scope) -> Clause:
    """Gives the scope as a WHERE clause over tickets: the one filter behind every list, search, count and notice."""
    if scope.everything:
        return sa.true()
    return sa.or_(
        _T.requester_id == scope.person_id,
        _T.assignee_id == scope.person_id,
        _T.department_id.in_(sorted(scope.departments)),
    )


_OPEN: Final = _T.closed_at.is_(None)
_OVER: Final = _T.closed_at.is_not(None)
_NOWHERE: Final = 0
"""The number of no department."""


class _Branch(NamedTuple):
    """Some of what a list holds, as clauses that begin with the columns of an index; all of it in one department."""

    clauses: list[Clause]
    department_id: int | None = None


def whole(scope: Scope, view: View, to: Narrowing) -> sa.Select[int]:
    """Gives the query of a view's tickets in no order, for who asks for some of them or for one."""
    return sa.select(_T.id).where(inside(scope), *_shown(scope, view, to), *to.clauses)


def count(connection: sa.Connection, scope: Scope, view: View, to: Narrowing, *, at_most: int) -> int:
    """Gives how many tickets a view has, up to `at_most`."""
    read = [sa.select(_T.id).where(*_clauses(branch, to)) for branch in _branches(scope, view, to)]
    some = _together(read).limit(at_most).subquery()
    return int(connection.scalar(sa.select(sa.func.count()).select_from(some)) or 0)


def first(
    connection: sa.Connection, scope: Scope, view: View, to: Narrowing, sorting: Sorting, *, limit: int,
    back: bool = False, where: Sequence[Clause] = (),
) -> list[int]:  # fmt: skip
    """Gives the first `limit` of a view's tickets that fit `where`, in an order or the way `back`."""
    branches = _branches(scope, view, to)
    if not to.among:
        read = [
            sa.select(*sorting.keys[::-1]).where(*_clauses(branch, to), *where).order_by(*sorting.by(back=back))
            for branch in branches
        ]
        return list(connection.scalars(_merged(read, sorting, limit, back=back)))
    found = [
        tuple(row)
        for branch in branches
        for row in connection.execute(_in_order(branch, to, sorting, where, back=back).limit(limit))
    ]
    return [place[-1] for place in sorted(found, reverse=sorting.falls != back)[:limit]]


def _merged(
    read: list[sa.Select[Any]], sorting: Sorting, limit: int, *, back: bool
) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    """Gives branches in order as one: of each no more is read than can be in it."""
    if len(read) == 1:
        return read[0].limit(limit)
    merged = sa.union_all(*(sa.select(one.limit(limit).subquery()) for one in read))
    return merged.order_by(*sorting.by(merged.selected_columns, back=back)).limit(limit)


def _together(read: list[sa.Select[Any]]) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    return read[0] if len(read) == 1 else sa.union_all(*read)


def _in_order(
    branch: _Branch, to: Narrowing, sorting: Sorting, where: Sequence[Clause], *, back: bool
) -> sa.Select[Any]:
    query = sa.select(*sorting.keys).where(*_clauses(branch, to), *where)
    if to.within(branch.department_id) is None:
        return query.order_by(*sorting.by(back=back))
    # the few are all taken out before they are sorted, however the database thinks that they lie
    few = query.cte("few").prefix_with("MATERIALIZED")
    return sa.select(*(few.c[key.name] for key in sorting.keys)).order_by(*sorting.by(few.c, back=back))


def _clauses(branch: _Branch, to: Narrowing) -> list[Clause]:
    few = to.within(branch.department_id)
    if few is None:
        return [*branch.clauses, *to.clauses]
    # written out: they are more than a driver binds
    among: sa.BindParameter[Any] = sa.bindparam("among", few, expanding=True, literal_execute=True)
    return [_T.id.in_(among), *branch.clauses, *to.clauses]


def _shown(scope: Scope, view: View, to: Narrowing) -> list[Clause]:
    """Gives the clauses of a view, besides what may be seen at all."""
    departments = _T.department_id.in_(sorted(scope.departments))
    mine: dict[View, list[Clause]] = {
        View.MINE: [_T.assignee_id == scope.person_id],
        View.UNASSIGNED: [IN_POOL, *([] if scope.everything else [departments])],
        View.DEPARTMENT: [departments],
        View.REQUESTED: [_T.requester_id == scope.person_id],
    }
    return [*_open(view, to), *mine.get(view, [])]


def _open(view: View, to: Narrowing) -> list[Clause]:
    match effective(view, asks_closed=to.asks_closed):
        case View.CLOSED:
            return [_OVER]
        case View.REQUESTED:
            return []
        case _ if mixes(view, asks_both=to.asks_both):
            return []
        case _:
            return [_OPEN]


def _branches(scope: Scope, view: View, to: Narrowing) -> list[_Branch]:
    """Gives a view inside a scope as its branches; where the tickets that can fit are known by number, as one."""
    if None in to.among or to.is_gathered:
        return [_Branch([inside(scope), *_shown(scope, view, to)])]
    common = _open(view, to)
    if common or view is View.REQUESTED:
        return _parts(scope, view, common)
    return [*_parts(scope, view, [_OPEN]), *_parts(scope, view, [_OVER])]  # each of them has an index of its own


def _parts(scope: Scope, view: View, common: list[Clause]) -> list[_Branch]:
    """Gives the branches of what is open, or of what is closed."""
    me, served = scope.person_id, sorted(scope.departments)
    theirs = [_Branch([_T.department_id == one, *common], one) for one in served or [_NOWHERE]]
    match view:
        case View.MINE:
            return [_Branch([_T.assignee_id == me, *common])]
        case View.REQUESTED:
            return [_Branch([_T.requester_id == me, *common])]
        case View.DEPARTMENT:
            return theirs
        case View.UNASSIGNED if scope.everything:
            return [_Branch([IN_POOL, *common])]
        case View.UNASSIGNED:
            return [branch._replace(clauses=[IN_POOL, *branch.clauses]) for branch in theirs]
        case _ if scope.everything:
            return [_Branch(common)]
        case _:
            elsewhere = [_T.department_id.not_in(served)] if served else []
            asked = _Branch([_T.requester_id == me, _T.assignee_id.is_distinct_from(me), *elsewhere, *common])
            return [*(theirs if served else []), asked, _Branch([_T.assignee_id == me, *elsewhere, *common])]
