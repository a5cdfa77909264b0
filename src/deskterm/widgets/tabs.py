"""The views of a list as tabs, with counts that come later: as many as have room, with marks where there are more."""

from collections.abc import Mapping, Sequence
from typing import Final

from rich.cells import cell_len
from rich.text import Text
from textual.widgets import Static

from deskterm.core.domain.text import clean
from deskterm.core.named_views import NamedView
from deskterm.widgets.fit import fit

COUNTED: Final = 1000
"""How far a view is counted: nobody needs an exact million."""
_LABELS: Final = {"department": "dept"}
_LEFT: Final = "◂"
_RIGHT: Final = "▸"


class Tabs(Static):
    """One line of tabs: the current one is always there, and none is cut."""

    DEFAULT_CSS = """
    Tabs { height: 1; background: $panel; }
    """

    def __init__(self, labels: Mapping[str, str]) -> None:
        """Shows nothing yet; `labels` are what tabs are called where that isn't their view's name."""
        super().__init__(id="tabs")
        self.counts: dict[NamedView, int] = {}
        self.who = ""
        self._labels = {**_LABELS, **labels}
        self._views: Sequence[NamedView] = ()
        self._current = 0
        self._drawn = Text()

    def show(self, views: Sequence[NamedView], current: NamedView) -> None:
        """Shows views, one of them as the current one."""
        self._views, self._current = views, views.index(current)
        self.draw()

    def on_resize(self) -> None:
        """Shows as many as have room now."""
        self.draw()

    def draw(self) -> None:
        """Draws the line anew when it says something else now."""
        width = self.size.width
        if not width or not self._views:
            return
        said = [fit(one, min(cell_len(one), width - 2)) for one in map(self._said, self._views)]
        first, end = window([*map(cell_len, said)], self._current, width)
        text = Text(_LEFT if first else "", no_wrap=True)
        for number in range(first, end):
            text.append(said[number], style="bold reverse" if number == self._current else "")
        text.append(_RIGHT if end < len(said) else "")
        who = clean(self.who)
        if (room := width - text.cell_len - cell_len(who) - 1) > 0:
            text.append(" " * room + who, style="dim")
        if text != self._drawn:
            self._drawn = text
            self.update(text, layout=False)

    def _said(self, view: NamedView) -> str:
        many = self.counts.get(view)
        count = "" if many is None else f" {many}" if many < COUNTED else f" {COUNTED}+"
        name = clean(self._labels.get(view.name, view.name))
        return f" {view.key} {name}{count} " if view.key else f" {name}{count} "


def window(widths: Sequence[int], current: int, room: int) -> tuple[int, int]:
    """Gives which tabs have room on a line, from one and before another: `current` is among them.

    Those at the beginning come first. A mark at either end, where there are more, takes a cell.
    """
    first = 0
    while first < current and sum(widths[first : current + 1]) + (first > 0) + (current + 1 < len(widths)) > room:
        first += 1
    end = current + 1
    while end < len(widths) and sum(widths[first : end + 1]) + (first > 0) + (end + 1 < len(widths)) <= room:
        end += 1
    return first, end
