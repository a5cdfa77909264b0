"""Reading a list page by page: a late page, or one of another list, never lands."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import on

from deskterm.core.domain.errors import DesktermError, FilterError
from deskterm.core.domain.filter_terms import Filter
from deskterm.core.named_views import NamedView
from deskterm.core.views import Page, QueueRow, View
from deskterm.widgets.filter_line import FilterLine
from deskterm.widgets.following import Following
from deskterm.widgets.ticket_columns import Column
from deskterm.widgets.ticket_table import EMPTY, TicketTable
from deskterm.widgets.window import MOST

if TYPE_CHECKING:
    from deskterm.core.desk import Desk


class Paging(Following):
    """A list that is read as far as its cursor comes."""

    page_size: int
    """Tickets that are read at once."""
    shown = Filter()
    """The filter that the rows on the screen fit."""
    typed: Filter
    """The filter that was typed."""
    current: NamedView
    """The view that is open."""
    _is_reading = False

    @abstractmethod
    def columns(self) -> Sequence[Column]:
        """Gives what the table shows of a ticket."""

    @property
    def filter_line(self) -> FilterLine:
        """The line that narrows the list."""
        return self.query_one(FilterLine)

    def read_page(self, *, keep: int | None = None, then: Callable[[], object] = lambda: None) -> None:
        """Reads the list anew: around ticket `keep`, on which the cursor stays, or from its beginning.

        `then` is called when the rows are there.
        """
        size = self.page_size if keep is None else max(self.page_size, min(MOST, len(self.table.rows)))
        self._read_at(partial(_page, limit=size, around=keep), keep=keep, then=then)

    def show_page(self, place: int, page: Page[QueueRow], *, then: Callable[[], object]) -> None:
        """Shows the beginning of the view that is open, as it was at a place in the audit trail."""
        self._show((place, page), typed=self.typed, keep=None, at=0, then=then)

    def _read_at(
        self,
        page: Callable[..., Page[QueueRow]],
        *,
        keep: int | None = None,
        at: int = 0,
        then: Callable[[], object] = lambda: None,
    ) -> None:
        if self.current.wrong:
            self._show_none(self.current.wrong)
            return
        list_ = {"view": self.view, "wanted": self.wanted, "order": self.order}
        self._is_reading = True

        def call(desk: "Desk") -> tuple[int, Page[QueueRow]]:
            place = desk.place()  # before the page: what is written in between is then told twice, not never
            return place, page(desk, **list_)

        show = partial(self._show, typed=self.typed, keep=keep, at=at, then=then)
        self.gateway.ask(self, "page", call, show, self._unread)

    def _show(
        self,
        found: tuple[int, Page[QueueRow]],
        *,
        typed: Filter,
        keep: int | None,
        at: int,
        then: Callable[[], object],
    ) -> None:
        place, page = found
        self.shown, narrowed = typed, typed != Filter()
        empty = EMPTY.get(self.current.name, "Nothing is in this view.")
        self.table.empty = f"Nothing fits the filter. {self.registry['back'].key} takes it away." if narrowed else empty
        self._is_reading = False
        self.table.show(page, self.columns(), keep=keep, at=at)
        self.was_read(place)
        then()

    @on(TicketTable.NearEnd)
    def _next(self) -> None:
        self._more(before=False)

    @on(TicketTable.NearStart)
    def _previous(self) -> None:
        self._more(before=True)

    def _more(self, *, before: bool) -> None:
        """Asks for the page at one end; not while anything else is read, which would come too late then."""
        edge = self.table.window.first if before else self.table.window.last
        if edge is not None and not self._is_reading:
            self._is_reading = True
            page = partial(_page, view=self.view, wanted=self.wanted, order=self.order, limit=self.page_size)
            call = partial(page, before=edge) if before else partial(page, after=edge)
            self.gateway.ask(self, "page", call, partial(self._extend, before=before), self._unread)

    def _extend(self, page: Page[QueueRow], *, before: bool) -> None:
        self._is_reading = False
        self.table.extend(page, before=before)

    def do_top(self) -> None:
        """Moves to the list's first row, wherever the window is."""
        if self.table.window.first is None:
            self.table.move(-len(self.table.rows))
        else:
            self._read_at(partial(_page, limit=self.page_size))

    def do_bottom(self) -> None:
        """Moves to the list's last row, however long it is."""
        if self.table.window.last is None:
            self.table.move(len(self.table.rows))
        else:
            self._read_at(partial(_page, limit=self.page_size, last=True), at=self.page_size)

    def _unread(self, error: DesktermError) -> None:
        self._is_reading = False
        if isinstance(error, FilterError) and self.typed == self.shown:  # it is the view's own that can't be read
            self._show_none(f"the view {self.current.name} can't be shown: {error}")
            return
        if isinstance(error, FilterError):  # the rows of the filter before stay
            self.typed = self.shown
            self.filter_line.refuse(error)
            if not self.filter_line.is_edited:
                self.failed(error)
            return
        self.table.empty = f"This can't be read now. The key {self.registry['reload'].key} tries again."
        self.table.refresh()
        self.failed(error)

    def _show_none(self, why: str) -> None:
        """Shows why a view has no rows; the others still have theirs."""
        self.gateway.drop(self, "page")
        self._is_reading = False
        self._place = None  # there is nothing to follow
        self.table.empty = why
        self.table.show(Page((), None, None), self.columns())
        self.status_line.refuse(why)


def _page(desk: "Desk", view: View, wanted: Filter, **place: Any) -> Page[QueueRow]:  # noqa: ANN401 - as `Desk.page`
    return desk.page(view, wanted, **place)
