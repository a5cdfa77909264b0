"""Neighbouring pages of a list: as many rows as a screen needs, however many the list has."""

from collections.abc import Iterator
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

from deskterm.core.views import Cursor, Page

MOST: Final = 400
"""Rows that are held; beyond that the page at the far end is dropped."""
_READ: Final = 2000
"""Tickets that are remembered as read once their rows are dropped."""


class Numbered(Protocol):
    """A row of a list."""

    @property
    def id(self) -> int:
        """The ticket's number."""


R = TypeVar("R", bound=Numbered)


class _Span(NamedTuple):
    first: Cursor | None
    last: Cursor | None
    many: int


class Window(Generic[R]):
    """The rows in their order, whole pages of them, so that both ends are places that a list goes on from."""

    def __init__(self, page: Page[R]) -> None:
        """Begins with one page."""
        self.rows: list[R] = list(page.rows)
        self.read: set[int] = {row.id for row in page.rows}
        """The tickets that were read, also those whose rows were dropped since."""
        self.since, self.until = page.first, page.last
        """The first and the last place that was read, None at the list's beginning or end."""
        self._spans = [_Span(page.first, page.last, len(page.rows))]
        self._above = self._below = 0

    @property
    def first(self) -> Cursor | None:
        """Where the page before joins, None at the list's beginning."""
        return self._spans[0].first

    @property
    def last(self) -> Cursor | None:
        """Where the page after joins, None at the list's end."""
        return self._spans[-1].last

    def append(self, page: Page[R], cursor: int) -> int:
        """Adds the page after; gives how many rows were dropped from the top. The row at `cursor` and its page stay."""
        fresh = list(self._fresh(page))
        self.rows += fresh
        self._spans.append(_Span(page.first, page.last, len(fresh)))
        self._below = max(0, self._below - len(fresh))
        if not self._below:
            self.until = page.last
        dropped = 0
        while len(self.rows) > MOST and self._spans[0].many <= cursor - dropped:
            dropped += self._spans[0].many
            del self.rows[: self._spans.pop(0).many]
        self._above += dropped
        self._remember(fresh)
        return dropped

    def prepend(self, page: Page[R], cursor: int) -> int:
        """Adds the page before; gives how many rows that are. The row at `cursor` and its page stay."""
        fresh = list(self._fresh(page))
        self.rows[:0] = fresh
        self._spans.insert(0, _Span(page.first, page.last, len(fresh)))
        self._above = max(0, self._above - len(fresh))
        if not self._above:
            self.since = page.first
        while len(self.rows) > MOST and cursor + len(fresh) < len(self.rows) - self._spans[-1].many:
            many = self._spans.pop().many
            del self.rows[len(self.rows) - many :]
            self._below += many
        self._remember(fresh)
        return len(fresh)

    def place(self, ticket_id: int | None) -> int | None:
        """Gives the place of a ticket's row, None when it isn't here."""
        return next((number for number, row in enumerate(self.rows) if row.id == ticket_id), None)

    def drop(self, place: int) -> None:
        """Takes a row out."""
        del self.rows[place]
        for number, span in enumerate(self._spans):
            if place < span.many:
                self._spans[number] = span._replace(many=span.many - 1)
                return
            place -= span.many

    def _fresh(self, page: Page[R]) -> Iterator[R]:
        """Gives the rows that aren't here: one that moved since stays where it is."""
        here = {row.id for row in self.rows}
        return (row for row in page.rows if row.id not in here)

    def _remember(self, rows: list[R]) -> None:
        self.read |= {row.id for row in rows}
        if len(self.read) > _READ:
            self.read = {row.id for row in self.rows}
            self.since, self.until, self._above, self._below = self.first, self.last, 0, 0
