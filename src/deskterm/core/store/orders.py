"""The orders of lists as SQL: keys that end in the ticket's number, and the places in them that pages begin at."""

from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from deskterm.core.store.lines import place_of
from deskterm.core.store.tables import TICKETS
from deskterm.core.views import Cursor, Order

_T: Final = TICKETS.c


class Sorting(NamedTuple):
    """The columns that an order goes by, the last of them the number; it `falls` where the latest comes first."""

    keys: tuple[sa.Column[Any], ...]
    falls: bool

    def by(self, of: Any = _T, *, back: bool = False) -> list[sa.ColumnElement[Any]]:  # noqa: ANN401 - any columns
        """Gives the ORDER BY over tickets, or over a query that has these columns; of the way back too."""
        keys = [of[key.name] for key in self.keys]
        return [key.desc() if self.falls != back else key.asc() for key in keys]

    def beyond(self, place: Cursor, *, back: bool = False, at_it: bool = False) -> sa.ColumnElement[bool]:
        """Gives the clause of what comes after a place, or before it, on request with what is at it."""
        here = sa.tuple_(*self.keys)
        edge = sa.tuple_(*(sa.literal(_at(place, key), key.type) for key in self.keys))
        if self.falls != back:
            return here <= edge if at_it else here < edge
        return here >= edge if at_it else here > edge

    def place(self, row: Any) -> Cursor:  # noqa: ANN401 - a row of a select with these columns
        """Gives the place of a row."""
        return place_of(row, [key.name for key in self.keys])


SORTINGS: Final = {
    Order.DUE: Sorting((_T.next_due_at, _T.id), falls=False),
    Order.PRIORITY: Sorting((_T.priority, _T.next_due_at, _T.id), falls=False),
    Order.UPDATED: Sorting((_T.updated_at, _T.id), falls=True),
    Order.CREATED: Sorting((_T.created_at, _T.id), falls=True),
    Order.CLOSED: Sorting((_T.closed_at, _T.id), falls=True),
}


def _at(place: Cursor, key: sa.Column[Any]) -> object:
    if key is _T.id:
        return place.id
    return place.rank if key is _T.priority else place.at
