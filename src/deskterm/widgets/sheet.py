"""A sheet of lines to be read, with places in them that a cursor goes to: a move repaints the two lines concerned."""

from collections.abc import Hashable, Iterable, Sequence
from typing import ClassVar, Generic, NamedTuple, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual.events import Blur, Click, Focus, MouseScrollDown, MouseScrollUp
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

M = TypeVar("M")
_WHEEL = 3
_NOWHERE = (-1, 0)


class Spot(NamedTuple, Generic[M]):
    """A place for the cursor, from one cell of its line and before another: what it means, and what it is known by."""

    start: int
    end: int
    key: Hashable
    meaning: M


class SheetLine(NamedTuple, Generic[M]):
    """A line: its texts, each with a style, and its places from left to right."""

    texts: tuple[tuple[str, str], ...] = ()
    spots: tuple[Spot[M], ...] = ()


class Sheet(Widget, Generic[M], can_focus=True):
    """Lines in one column. The cursor holds a place, by its key, also when the lines are others."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"sheet--cursor"}
    DEFAULT_CSS = """
    Sheet { height: 1fr; margin: 0 1; }
    Sheet > .sheet--cursor {
        background: $block-cursor-background; color: $block-cursor-foreground; text-style: $block-cursor-text-style;
    }
    """

    class Resized(Message):
        """There is another size to make lines for."""

    def __init__(self) -> None:
        """Makes an empty sheet."""
        super().__init__()
        self.lines: Sequence[SheetLine[M]] = ()
        self._top = 0
        self._at = _NOWHERE
        self._drawn_for = Size(0, 0)

    @property
    def spot(self) -> Spot[M] | None:
        """The place under the cursor."""
        line, number = self._at
        return self.lines[line].spots[number] if 0 <= line < len(self.lines) else None

    @property
    def page_height(self) -> int:
        """How many lines are in sight."""
        return max(1, self.size.height)

    def show(self, lines: Sequence[SheetLine[M]], *, at: Hashable = None) -> None:
        """Shows other lines: the cursor comes to the place with the key `at`, else stays on its own, else where it was.

        Lines that stay as they were are not drawn again.
        """
        held = self.spot
        keys = [key for key in (at, held.key if held else None) if key is not None]
        before, was_at, top = self.lines, self._at, self._top
        self.lines = lines
        self._at = next((place for key in keys for place in self._places(key)), self._nearest(max(0, was_at[0])))
        self._top = max(0, min(self._top, len(lines) - self.page_height))
        if at is not None or held is None:
            self._bring_in_sight()
        if self._top != top:
            self.refresh()
            return
        moved = {was_at[0], self._at[0]} if was_at != self._at else set()
        for number in range(self._top, self._top + self.page_height):
            old, new = (before[number : number + 1], lines[number : number + 1])
            if old != new or number in moved:
                self._redraw(number)

    def _places(self, key: Hashable) -> Iterable[tuple[int, int]]:
        return (
            (line, number)
            for line, shown in enumerate(self.lines)
            for number, spot in enumerate(shown.spots)
            if spot.key == key
        )

    def _nearest(self, line: int, cell: int = 0) -> tuple[int, int]:
        """Gives the place that is nearest to a cell, on the nearest line that has any."""
        with_spots = [number for number, shown in enumerate(self.lines) if shown.spots]
        if not with_spots:
            return _NOWHERE
        nearest = min(with_spots, key=lambda number: abs(number - line))
        return nearest, self._across(nearest, cell)

    def _across(self, line: int, cell: int) -> int:
        spots = self.lines[line].spots
        return min(range(len(spots)), key=lambda number: abs(spots[number].start - cell))

    def move(self, by: int) -> None:
        """Moves by so many lines that have places; where there are no more, the lines move."""
        line, _ = self._at
        ahead = [n for n, shown in enumerate(self.lines) if shown.spots and (n > line if by > 0 else n < line)]
        ahead = ahead if by > 0 else ahead[::-1]
        if ahead and line >= 0:
            self._go(ahead[min(abs(by), len(ahead)) - 1])
        else:
            self._turn(self._top + by)

    def turn_page(self, by: int) -> None:
        """Turns whole pages; the cursor comes along."""
        height = self.page_height * by
        line = self._at[0]
        self._turn(self._top + height)
        if line >= 0 and (place := self._nearest(line + height, self._cell)) != self._at:
            self._put(place)
            self._bring_in_sight()

    def step(self, by: int) -> None:
        """Moves to the place beside, on the same line."""
        line, number = self._at
        if line >= 0:
            self._put((line, max(0, min(len(self.lines[line].spots) - 1, number + by))))

    def go_to_end(self, *, last: bool) -> None:
        """Moves to the last place, or to the first, and shows the end or the beginning."""
        if self._at[0] >= 0:
            self._put(self._nearest(len(self.lines) if last else 0, self._cell))
        self._turn(len(self.lines) if last else 0)

    @property
    def _cell(self) -> int:
        return self.spot.start if self.spot else 0

    def _go(self, line: int) -> None:
        self._put((line, self._across(line, self._cell)))
        self._bring_in_sight()

    def _put(self, at: tuple[int, int]) -> None:
        before, self._at = self._at, at
        if before != at:
            for number in {before[0], at[0]}:
                self._redraw(number)

    def _bring_in_sight(self) -> None:
        """Shows the cursor's line with all that follows before the next place, and what stands above the first."""
        line = self._at[0]
        if line < 0:
            return
        places = [number for number, shown in enumerate(self.lines) if shown.spots]
        ends = next((number for number in places if number > line), len(self.lines))
        begins = 0 if line == places[0] else line
        height = self.page_height
        if begins >= self._top and ends <= self._top + height:
            return
        # half a page at a time: a line that leaves the screen costs all others too
        top = self._top if self._top <= begins and line < self._top + height else line - height // 2
        top = min(max(top, ends - height), line)
        self._turn(0 if begins == 0 and line < height else top)

    def _turn(self, top: int) -> None:
        top = max(0, min(top, len(self.lines) - self.page_height))
        if top != self._top:
            self._top = top
            self.refresh()

    def _redraw(self, number: int) -> None:
        if self._top <= number < self._top + self.page_height:
            self.refresh(Region(0, number - self._top, self.size.width, 1))

    def _on_focus(self, event: Focus) -> None:
        """Takes the focus; nothing looks other for it, so nothing is drawn."""
        event.prevent_default()
        self.has_focus = True

    def _on_blur(self, event: Blur) -> None:
        """Leaves the focus, as it came."""
        event.prevent_default()
        self.has_focus = False

    def on_resize(self) -> None:
        """Asks for lines that fit, and keeps the cursor in sight."""
        if self.size != self._drawn_for:
            self._drawn_for = self.size
            self.post_message(self.Resized())
        self._turn(self._top)
        self._bring_in_sight()

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Turns some lines."""
        event.stop()
        self._turn(self._top + _WHEEL)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Turns some lines."""
        event.stop()
        self._turn(self._top - _WHEEL)

    def on_click(self, event: Click) -> None:
        """Moves the cursor to the place that was clicked."""
        line, cell = self._top + event.y, event.x
        for number, spot in enumerate(self.lines[line].spots if line < len(self.lines) else ()):
            if spot.start <= cell < spot.end:
                self._put((line, number))

    def render_line(self, y: int) -> Strip:
        """Gives a line, with the place under the cursor marked."""
        number, width, plain = y + self._top, self.size.width, self.rich_style
        if number >= len(self.lines):
            return Strip.blank(width, plain)
        shown = self.lines[number]
        texts = [Segment(text, plain + Style.parse(style) if style else plain) for text, style in shown.texts]
        strip = Strip(texts).adjust_cell_length(width, plain)
        if number != self._at[0]:
            return strip.simplify()
        start, end, *_ = shown.spots[self._at[1]]
        marked = self.get_component_rich_style("sheet--cursor")
        under = Strip([Segment(segment.text, marked) for segment in strip.crop(start, end)])
        return Strip.join([strip.crop(0, start), under.simplify(), strip.crop(end, width)]).simplify()
