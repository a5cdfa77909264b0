"""Reading a list page by page: a late page, or one of another list, never lands."""

from abc import abstractmethod
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from textual import on

from deskterm.core.domain.errors import DesktermError, FilterError
from deskterm.core.domain.filter_terms import Filter
from deskterm.core.views import Page, QueueRow
from deskterm.widgets.filter_line import FilterLine
from deskterm.widgets.following import Following
from deskterm.widgets.ticket_table import EMPTY, Column, TicketTable

if TYPE_CHECKING:
    from deskterm.core.desk import Desk

_KEPT: Final = 500


class Paging(Following):
    """A list that is read as far as its cursor comes."""

    page_size: int
    """Tickets that are read at once."""
    shown = Filter()
    """The filter that the rows on the screen fit."""
    _is_loading = False

    @abstractmethod
    def columns(self) -> Sequence[Column]:
        """Gives what the table shows of a ticket."""

    @property
    def filter_line(self) -> FilterLine:
        """The line that narrows the list."""
        return self.query_one(FilterLine)

    def read_page(self, *, keep: int | None = None) -> None:
        """Reads the list from its top; the cursor stays on ticket `keep`."""
        view, wanted = self.view, self.wanted
        size = self.page_size if keep is None else max(self.page_size, min(_KEPT, len(self.table.rows)))
        show = partial(self._show, keep=keep, wanted=wanted)

        def call(desk: "Desk") -> tuple[int, Page[QueueRow]]:
            place = desk.place()  # before the page: what is written in between is then told twice, not never
            return place, desk.page(view, wanted, limit=size)

        self.gateway.ask(self, "page", call, show, self._unread)

    def _show(self, found: tuple[int, Page[QueueRow]], *, keep: int | None, wanted: Filter) -> None:
        place, page = found
        self.shown, narrowed = wanted, wanted != Filter()
        self.table.empty = (
            f"Nothing fits the filter. {self.registry['back'].key} takes it away." if narrowed else EMPTY[self.view]
        )
        self._is_loading = False
        self.table.show(page, self.columns(), keep=keep)
        self.was_read(place)

    @on(TicketTable.NearEnd)
    def _more(self) -> None:
        last = self.table.page.last
        if last is None or self._is_loading:
            return
        self._is_loading = True
        view, wanted, size = self.view, self.wanted, self.page_size

        def call(desk: "Desk") -> Page[QueueRow]:
            return desk.page(view, wanted, limit=size, after=last)

        self.gateway.ask(self, "page", call, self._extend, self._unread)

    def _unread(self, error: DesktermError) -> None:
        self._is_loading = False
        if isinstance(error, FilterError):  # the rows of the filter before stay
            self.wanted = self.shown
            self.filter_line.refuse(error)
            if not self.filter_line.is_edited:
                self.failed(error)
            return
        self.table.empty = f"This can't be read now. The key {self.registry['reload'].key} tries again."
        self.table.refresh()
        self.failed(error)

    def _extend(self, page: Page[QueueRow]) -> None:
        self._is_loading = False
        self.table.extend(page)
