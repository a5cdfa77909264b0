"""What a list holds: its tickets by number, in an order, as queries that stop when a page is full.

A list is read as branches that have nothing in common, such as what a department has and what somebody asked for
elsewhere: each is in order in an index of its own, so the database merges them and neither scans nor sorts tickets.
"""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from deskterm.core.domain.access import Scope
from deskterm.core.domain.words import Status
from deskterm.core.store.narrowing import Clause, Narrowing
from deskterm.core.store.orders import Sorting
from deskterm.core.store.tables import TICKETS
from deskterm.core.views import View, effective

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


def whole(scope: Scope, view: View, to: Narrowing) -> sa.Select[int]:
    """Gives the query of a view's tickets in no order."""
    return sa.select(_T.id).where(inside(scope), *_shown(scope, view, to), *_fitting(to))


def some(scope: Scope, view: View, to: Narrowing, *, limit: int) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    """Gives the query of `limit` of a view's tickets, whichever."""
    if to.among is not None:
        return whole(scope, view, to).limit(limit)
    return _together([sa.select(_T.id).where(*branch) for branch in _branches(scope, view, to)]).limit(limit)


def in_order(
    scope: Scope, view: View, to: Narrowing, sorting: Sorting, *, limit: int, back: bool = False,
    where: Sequence[Clause] = (),
) -> sa.Select[Any] | sa.CompoundSelect[Any]:  # fmt: skip
    """Gives the query of the first `limit` of a view's tickets that fit `where`, in an order or the way `back`."""
    if to.among is not None:
        # the few are all taken out before they are sorted, however the database thinks that they lie
        few = sa.select(*sorting.keys).where(inside(scope), *_shown(scope, view, to), *_fitting(to), *where)
        apart = few.cte("few").prefix_with("MATERIALIZED")
        return sa.select(apart.c.id).order_by(*sorting.by(apart.c, back=back)).limit(limit)
    read = [sa.select(*sorting.keys[::-1]).where(*branch, *where) for branch in _branches(scope, view, to)]
    if len(read) == 1:
        return read[0].order_by(*sorting.by(back=back)).limit(limit)
    merged = _together(read)
    return merged.order_by(*sorting.by(merged.selected_columns, back=back)).limit(limit)


def _together(read: list[sa.Select[Any]]) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    return read[0] if len(read) == 1 else sa.union_all(*read)


def _fitting(to: Narrowing) -> list[Clause]:
    if to.among is None:
        return list(to.clauses)
    among: sa.BindParameter[Any] = sa.bindparam(
        "among", to.among, expanding=True, literal_execute=True
    )  # more than a driver binds
    return [_T.id.in_(among), *to.clauses]


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
            return [_T.closed_at.is_not(None)]
        case View.REQUESTED:
            return []
        case _:
            return [_T.closed_at.is_(None)]


def _branches(scope: Scope, view: View, to: Narrowing) -> list[list[Clause]]:
    """Gives a view inside a scope as clauses of branches, each with the columns that its index begins with."""
    me, served = scope.person_id, sorted(scope.departments)
    common = [*_open(view, to), *to.clauses]
    by_department: list[list[Clause]] = [[_T.department_id == one] for one in served] or [[sa.false()]]
    match view:
        case View.MINE:
            found = [[_T.assignee_id == me]]
        case View.REQUESTED:
            found = [[_T.requester_id == me]]
        case View.DEPARTMENT:
            found = by_department
        case View.UNASSIGNED:
            found = [[IN_POOL, *one] for one in ([[]] if scope.everything else by_department)]
        case _ if scope.everything:
            found = [[]]
        case _:
            elsewhere: list[Clause] = [_T.department_id.not_in(served)] if served else []
            found = [
                *(by_department if served else []),
                [_T.requester_id == me, *elsewhere],
                [_T.assignee_id == me, _T.requester_id != me, *elsewhere],
            ]
    return [[*branch, *common] for branch in found]
