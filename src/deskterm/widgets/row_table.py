"""A list of rows that are lines, not widgets, so a change repaints a line and a page of any length is cheap."""

from collections.abc import Callable, Sequence
from typing import ClassVar, Generic

from rich.segment import Segment
from rich.style import Style
from textual.events import Blur, Click, Focus, MouseScrollDown, MouseScrollUp
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from deskterm.core.views import Left, Page, Timer
from deskterm.widgets.fit import fit
from deskterm.widgets.lines import R, RowColumn, pieces, time_left, titles
from deskterm.widgets.window import Window

_NEAR = 20
"""Rows between the cursor and an end from which on the next page is asked for, or two screens if that is more."""
_WHEEL = 3
_FLAGGED = Style(bold=True)


class RowTable(Widget, Generic[R], can_focus=True):
    """A window of rows under a header line. The cursor holds a ticket, not a place.

    A line that leaves the screen costs all others too, so half a screen is turned at a time.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"table--header", "table--cursor", "table--empty"}
    DEFAULT_CSS = """
    RowTable { height: 1fr; }
    RowTable > .table--header { text-style: bold; background: $panel; }
    RowTable > .table--cursor {
        background: $block-cursor-background; color: $block-cursor-foreground; text-style: $block-cursor-text-style;
    }
    RowTable > .table--empty { text-style: italic; color: $text-muted; }
    """
    cursor: reactive[int] = reactive(0, repaint=False)

    class Moved(Message):
        """The cursor came to another ticket."""

    class NearEnd(Message):
        """The cursor comes near the last row that is here, and there is more."""

    class NearStart(Message):
        """The cursor comes near the first row that is here, and there is more before it."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Makes an empty table."""
        super().__init__(id=id)
        self.window: Window[R] = Window(Page((), None, None))
        self.columns: Sequence[RowColumn[R]] = ()
        self.empty = ""
        self.flag: Callable[[R], str] = lambda _: ""
        """Gives the glyph that stands behind a row's first column, in a gap that is there anyhow."""
        self._top = 0

    @property
    def rows(self) -> list[R]:
        """The rows that are here."""
        return self.window.rows

    @property
    def row(self) -> R | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    @property
    def in_sight(self) -> range:
        """The places of the rows that are on the screen."""
        return range(self._top, min(self._top + self.page_height, len(self.rows)))

    def show(self, page: Page[R], columns: Sequence[RowColumn[R]], *, keep: int | None = None, at: int = 0) -> None:
        """Shows a list; the cursor stays on ticket `keep`, on its line of the screen, or comes to place `at`.

        At the list's beginning the lines move instead, so that what is new above is seen.
        """
        from_top = self._top == 0 and self.window.first is None and page.first is None
        line = self.cursor - self._top
        self.window, self.columns = Window(page), columns
        place = self.window.place(keep)
        if place is not None and not from_top:
            self._top = place - line
        self.set_reactive(RowTable.cursor, max(0, min(at, len(self.rows) - 1)) if place is None else place)
        self._bring_in_sight()
        self.refresh()
        self.post_message(self.Moved())

    def extend(self, page: Page[R], *, before: bool = False) -> None:
        """Adds the page after, or `before`, the rows that are here; nothing moves on the screen."""
        short = len(self.rows) < self._top + self.page_height
        moved = self.window.prepend(page, self.cursor) if before else -self.window.append(page, self.cursor)
        self._top += moved
        self.set_reactive(RowTable.cursor, self.cursor + moved)
        if short:
            self._bring_in_sight()
            self.refresh()

    def patch(self, row: R) -> None:
        """Redraws one ticket's line, if it is here."""
        place = self.window.place(row.id)
        if place is not None:
            self.rows[place] = row
            self._redraw(place)

    def tick(self, left: Callable[[Timer], Left | None]) -> None:
        """Redraws the lines in sight on which what is left has other words now."""
        for number in self.in_sight:
            row = self.rows[number]
            now = left(row.timer) if row.timer and row.left.state == "runs" else None
            if now is not None and time_left(fresh := row._replace(left=now)) != time_left(row):
                self.rows[number] = fresh
                self._redraw(number)

    def drop(self, ticket_id: int) -> None:
        """Takes a ticket's line out: it is no longer one that may be seen."""
        place = self.window.place(ticket_id)
        if place is None:
            return
        self.window.drop(place)
        cursor = self.cursor - 1 if place < self.cursor else self.cursor
        self.set_reactive(RowTable.cursor, max(0, min(cursor, len(self.rows) - 1)))
        self._bring_in_sight()
        self.refresh()

    def go_to(self, ticket_id: int) -> bool:
        """Moves the cursor to a ticket; gives whether it is in the list."""
        place = self.window.place(ticket_id)
        if place is not None:
            self.cursor = place
        return place is not None

    def move(self, by: int) -> None:
        """Moves the cursor, inside the list; by a screen or more, the lines move with it."""
        if self.rows:
            place = max(0, min(len(self.rows) - 1, self.cursor + by))
            if abs(by) >= self.page_height:
                self._turn(self._top + place - self.cursor)
            self.cursor = place

    @property
    def page_height(self) -> int:
        """How many rows are in sight."""
        return max(1, self.size.height - 1)

    def watch_cursor(self, before: int, after: int) -> None:
        """Repaints the two lines that changed, and asks for more rows before they are needed."""
        if before == after:
            return
        self._redraw(before)
        self._redraw(after)
        self._bring_in_sight()
        self.post_message(self.Moved())
        near = max(_NEAR, 2 * self.page_height)
        if after > before and self.window.last is not None and after >= len(self.rows) - near:
            self.post_message(self.NearEnd())
        elif after < before and self.window.first is not None and after < near:
            self.post_message(self.NearStart())

    def _bring_in_sight(self) -> None:
        """Turns half a screen where the cursor has left it."""
        is_out = not self._top <= self.cursor < self._top + self.page_height
        self._turn(self.cursor - self.page_height // 2 if is_out else self._top)

    def _turn(self, top: int) -> None:
        top = max(0, min(top, len(self.rows) - self.page_height))
        if top != self._top:
            self._top = top
            self.refresh()

    def _redraw(self, number: int) -> None:
        if number in self.in_sight:
            self.refresh_line(number + 1 - self._top)

    def refresh_line(self, y: int) -> None:
        """Repaints one line of the screen; the header is line 0."""
        self.refresh(Region(0, y, self.size.width, 1))

    def _on_focus(self, event: Focus) -> None:
        """Takes the focus; nothing looks other for it, so nothing is drawn."""
        event.prevent_default()
        self.has_focus = True

    def _on_blur(self, event: Blur) -> None:
        """Leaves the focus, as it came."""
        event.prevent_default()
        self.has_focus = False

    def on_resize(self) -> None:
        """Keeps the cursor in sight when the window changes."""
        self._bring_in_sight()

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Turns some lines; the cursor stays in sight."""
        event.stop()
        self._wheel(_WHEEL)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Turns some lines; the cursor stays in sight."""
        event.stop()
        self._wheel(-_WHEEL)

    def _wheel(self, by: int) -> None:
        self._turn(self._top + by)
        if self.rows:
            self.cursor = max(self.in_sight.start, min(self.in_sight.stop - 1, self.cursor))

    def on_click(self, event: Click) -> None:
        """Moves the cursor to the line."""
        if self._top + event.y - 1 in self.in_sight:
            self.cursor = self._top + event.y - 1

    def render_line(self, y: int) -> Strip:
        """Gives the header for the first line and rows for the others."""
        width = self.size.width
        if y == 0:
            style = self.get_component_rich_style("table--header")
            return self._strip(titles(self.columns), width, style)
        number = y - 1 + self._top
        if number >= len(self.rows):
            style = self.get_component_rich_style("table--empty")
            text = self.empty if number == 0 else ""
            return Strip([Segment(fit(text, width), style if text else self.rich_style)])
        cursor = number == self.cursor
        style = self.get_component_rich_style("table--cursor") if cursor else self.rich_style
        row = self.rows[number]
        cells = [column.cell(row) for column in self.columns]
        return self._strip(cells, width, style, plain=cursor, flag=self.flag(row))

    def _strip(
        self, cells: list[tuple[str, str]], width: int, style: Style, *, plain: bool = False, flag: str = ""
    ) -> Strip:
        segments = []
        for number, (text, tint, gap) in enumerate(pieces(self.columns, cells, width)):
            shown = style if plain or not tint else style + Style.parse(tint)
            segments.append(Segment(text, shown))
            segments.append(Segment(flag, style + _FLAGGED) if flag and number == 0 else Segment(gap, shown))
        return Strip(segments).simplify().adjust_cell_length(width, style)
