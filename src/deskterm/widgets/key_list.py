"""Commands with their keys as lines: what can't be done now is dim and says why, one of them is marked."""

from collections.abc import Sequence
from typing import ClassVar, Final, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from deskterm.actions.command import Command
from deskterm.core.domain.text import clean
from deskterm.widgets.fit import fit, wrapped

_KEYS: Final = 13
_LABEL: Final = 15
_LEAST: Final = 20
_AROUND: Final = 3
"""Columns beside the text: padding and the scrollbar."""
_DIM: Final = Style(dim=True)


class Entry(NamedTuple):
    """A command, and why it can't be done where the list was asked for; "" when it can."""

    command: Command
    why: str


class _Line(NamedTuple):
    entry: int
    keys: str
    label: str
    text: str


class KeyList(ScrollView, can_focus=False):
    """Long texts go on under their own column. Only lines in sight are drawn."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"keys--cursor"}
    DEFAULT_CSS = """
    KeyList { height: 1fr; scrollbar-size-vertical: 1; overflow-x: hidden; overflow-y: scroll; padding: 0 1; }
    KeyList > .keys--cursor {
        background: $block-cursor-background; color: $block-cursor-foreground; text-style: $block-cursor-text-style;
    }
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        """Lists these, and marks the first."""
        super().__init__()
        self.entries = entries
        self.cursor = 0
        self._lines: list[_Line] = []
        self._width = 0

    @property
    def chosen(self) -> Entry | None:
        """What is marked."""
        return self.entries[self.cursor] if self.entries else None

    def show(self, entries: Sequence[Entry]) -> None:
        """Lists others, and marks the first."""
        self.entries, self.cursor = entries, 0
        self._lay_out(self._width)

    def move(self, by: int) -> None:
        """Marks another one, inside the list."""
        before, self.cursor = self.cursor, max(0, min(len(self.entries) - 1, self.cursor + by))
        if before != self.cursor:
            for number, line in enumerate(self._lines):
                if line.entry in {before, self.cursor}:
                    self.refresh_line(number)
            self._scroll_to_cursor()

    def on_mount(self) -> None:
        """Breaks the lines before anything is drawn, so that they are drawn once."""
        self._lay_out(self.app.size.width - _AROUND)

    def on_resize(self) -> None:
        """Breaks the lines anew where there is another width."""
        if self.scrollable_content_region.width != self._width:
            self._lay_out(self.scrollable_content_region.width)

    def _lay_out(self, width: int) -> None:
        self._width = width
        room = max(_LEAST, width - _KEYS - _LABEL)
        self._lines = []
        for number, (command, why) in enumerate(self.entries):
            texts = [*wrapped(command.help, room), *(wrapped(f"! {clean(why)}", room) if why else ())]
            for place, text in enumerate(texts):
                first = place == 0
                self._lines.append(
                    _Line(number, command.shown_keys if first else "", command.label if first else "", text)
                )
        self.virtual_size = Size(width, len(self._lines))
        self._scroll_to_cursor()
        self.refresh()

    def _scroll_to_cursor(self) -> None:
        places = [place for place, line in enumerate(self._lines) if line.entry == self.cursor]
        if not places:
            return
        top, height = int(self.scroll_offset.y), max(1, self.scrollable_content_region.height)
        if places[0] < top:
            self.scroll_to(y=places[0], animate=False, immediate=True)
        elif places[-1] >= top + height:
            self.scroll_to(y=places[-1] - height + 1, animate=False, immediate=True)

    def render_line(self, y: int) -> Strip:
        """Gives one line of the list."""
        width, number = self.scrollable_content_region.width, y + int(self.scroll_offset.y)
        if number >= len(self._lines):
            empty = "nothing is called so" if not self.entries and y == 0 else ""
            return Strip([Segment(fit(empty, width), self.rich_style)])
        line = self._lines[number]
        is_marked = line.entry == self.cursor
        style = self.get_component_rich_style("keys--cursor") if is_marked else self.rich_style
        if self.entries[line.entry].why:
            style += _DIM
        keys, label = fit(line.keys, _KEYS - 1) + " ", fit(line.label, _LABEL - 1) + " "
        strong = style if is_marked or self.entries[line.entry].why else style + Style(bold=True)
        rest = fit(line.text, max(0, width - _KEYS - _LABEL))
        return Strip([Segment(keys, strong), Segment(label, style), Segment(rest, style)]).adjust_cell_length(
            width, style
        )
