"""A list of rows that are lines, not widgets, so a change repaints a line and a page of any length is cheap."""

from collections.abc import Callable, Sequence
from typing import ClassVar, Generic, NamedTuple, Protocol, Self, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from deskterm.core.domain.profile import APPROVAL, MAIN_CLOCK
from deskterm.core.domain.text import clean
from deskterm.core.views import Left, Page, Timer
from deskterm.widgets.fit import fit

_NEAR_END = 20
_SOON = 2 * 3600


class Listed(Protocol):
    """What a row has that any table of tickets needs."""

    @property
    def id(self) -> int:
        """The ticket's number."""

    @property
    def left(self) -> Left:
        """Where its clock stands."""

    @property
    def timer(self) -> Timer | None:
        """Its clock, for what is left at a later instant."""

    def _replace(self, *, left: Left) -> Self: ...


R = TypeVar("R", bound=Listed)


class RowColumn(NamedTuple, Generic[R]):
    """One column: how wide (0 takes what is left), and what it says of a row, with a style."""

    title: str
    width: int
    cell: Callable[[R], tuple[str, str]]


def time_left(row: Listed) -> tuple[str, str]:
    """Gives the clock's words with a glyph that needs no colour: `!` late, `~` soon, `‖` paused.

    An approval's says no name: the status of what waits for one does.
    """
    left = row.left._replace(clock=MAIN_CLOCK) if row.left.clock == APPROVAL else row.left
    if left.state == "stopped" or left.seconds is None:
        return left.named, ""
    if left.state == "paused":
        return f"‖ {left.named.removesuffix(' left')}", "dim"
    if left.seconds < 0:
        return f"! {left.named}", "bold red"
    return (f"~ {left.named}", "yellow") if left.seconds < _SOON else (left.named, "")


class RowTable(ScrollView, Generic[R], can_focus=True):
    """A window of rows under a header line. The cursor holds a ticket, not a place."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"table--header", "table--cursor", "table--empty"}
    DEFAULT_CSS = """
    RowTable { height: 1fr; scrollbar-size-vertical: 1; overflow-x: hidden; }
    RowTable > .table--header { text-style: bold; background: $panel; }
    RowTable > .table--cursor { background: $primary; color: $text; text-style: bold; }
    RowTable > .table--empty { text-style: italic; color: $text-muted; }
    """
    cursor: reactive[int] = reactive(0, repaint=False)

    class Moved(Message):
        """The cursor came to another ticket."""

    class NearEnd(Message):
        """The cursor comes near the last row that was read, and there is more."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Makes an empty table."""
        super().__init__(id=id)
        self.rows: list[R] = []
        self.page: Page[R] = Page((), None, None)
        self.columns: Sequence[RowColumn[R]] = ()
        self.empty = ""

    @property
    def row(self) -> R | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    def show(self, page: Page[R], columns: Sequence[RowColumn[R]], *, keep: int | None = None, at: int = 0) -> None:
        """Shows a list from its first page; the cursor stays on ticket `keep`, or comes to place `at`."""
        self.rows, self.page, self.columns = list(page.rows), page, columns
        place = next((n for n, row in enumerate(self.rows) if row.id == keep), max(0, min(at, len(self.rows) - 1)))
        self.virtual_size = Size(self.size.width, len(self.rows) + 1)
        self.set_reactive(RowTable.cursor, place)
        self._scroll_to_cursor()
        self.refresh()
        self.post_message(self.Moved())

    def extend(self, page: Page[R]) -> None:
        """Adds the next page; rows that are here already stay where they are."""
        known = {row.id for row in self.rows}
        self.rows += [row for row in page.rows if row.id not in known]
        self.page = page
        self.virtual_size = Size(self.size.width, len(self.rows) + 1)
        self.refresh()

    def patch(self, row: R) -> None:
        """Redraws one ticket's line, if it is here."""
        for number, old in enumerate(self.rows):
            if old.id == row.id:
                self.rows[number] = row
                self._redraw(number)

    def tick(self, left: Callable[[Timer], Left | None]) -> None:
        """Redraws the lines in sight on which what is left has other words now."""
        top = int(self.scroll_offset.y)
        for number in range(top, min(top + self.page_height, len(self.rows))):
            row = self.rows[number]
            now = left(row.timer) if row.timer and row.left.state == "runs" else None
            if now is not None and time_left(fresh := row._replace(left=now)) != time_left(row):
                self.rows[number] = fresh
                self._redraw(number)

    def drop(self, ticket_id: int) -> None:
        """Takes a ticket's line out: it is no longer one that may be seen."""
        keep = self.row.id if self.row else None
        self.rows = [row for row in self.rows if row.id != ticket_id]
        place = next((n for n, row in enumerate(self.rows) if row.id == keep), self.cursor)
        self.virtual_size = Size(self.size.width, len(self.rows) + 1)
        self.set_reactive(RowTable.cursor, max(0, min(place, len(self.rows) - 1)))
        self.refresh()

    def go_to(self, ticket_id: int) -> bool:
        """Moves the cursor to a ticket; gives whether it is in the list."""
        place = next((number for number, row in enumerate(self.rows) if row.id == ticket_id), None)
        if place is not None:
            self.cursor = place
        return place is not None

    def move(self, by: int) -> None:
        """Moves the cursor, inside the list."""
        if self.rows:
            self.cursor = max(0, min(len(self.rows) - 1, self.cursor + by))

    @property
    def page_height(self) -> int:
        """How many rows are in sight."""
        return max(1, self.size.height - 1)

    def watch_cursor(self, before: int, after: int) -> None:
        """Repaints the two lines that changed."""
        if before == after:
            return
        self._redraw(before)
        self._redraw(after)
        self._scroll_to_cursor()
        self.post_message(self.Moved())
        if self.page.last is not None and after >= len(self.rows) - _NEAR_END:
            self.post_message(self.NearEnd())

    def _scroll_to_cursor(self) -> None:
        top = int(self.scroll_offset.y)
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, immediate=True)
        elif self.cursor >= top + self.page_height:
            self.scroll_to(y=self.cursor - self.page_height + 1, animate=False, immediate=True)

    def _redraw(self, number: int) -> None:
        self.refresh_line(number + 1)

    def on_resize(self) -> None:
        """Keeps the cursor in sight when the window changes."""
        self.virtual_size = Size(self.size.width, len(self.rows) + 1)
        self._scroll_to_cursor()

    def render_line(self, y: int) -> Strip:
        """Gives the header for the first line and rows for the others."""
        width = self.scrollable_content_region.width
        if y == 0:
            style = self.get_component_rich_style("table--header")
            return self._strip([(column.title, "") for column in self.columns], width, style)
        number = y - 1 + int(self.scroll_offset.y)
        if number >= len(self.rows):
            style = self.get_component_rich_style("table--empty")
            text = self.empty if number == 0 else ""
            return Strip([Segment(fit(text, width), style if text else self.rich_style)])
        cursor = number == self.cursor
        style = self.get_component_rich_style("table--cursor") if cursor else self.rich_style
        return self._strip([column.cell(self.rows[number]) for column in self.columns], width, style, plain=cursor)

    def _strip(self, cells: list[tuple[str, str]], width: int, style: Style, *, plain: bool = False) -> Strip:
        gaps = len(self.columns) - 1
        rest = max(6, width - gaps - sum(column.width for column in self.columns))
        segments = []
        for number, (column, (text, tint)) in enumerate(zip(self.columns, cells, strict=True)):
            gap = " " if number < gaps else ""
            shown = style if plain or not tint else style + Style.parse(tint)
            segments.append(Segment(fit(clean(text), column.width or rest) + gap, shown))
        return Strip(segments).adjust_cell_length(width, style)
