"""The boards that somebody can open, as tabs: the current one is always there, and none is cut."""

from collections.abc import Sequence
from typing import Final

from rich.text import Text
from textual.widgets import Static

from deskterm.actions.fields import BOARDS
from deskterm.widgets.tab_line import window

_LABELS: Final = {name: f"{key} {name}" for key, name, _ in BOARDS}


class BoardTabs(Static):
    """One line of tabs, each with its key."""

    DEFAULT_CSS = """
    BoardTabs { height: 1; background: $panel; }
    """

    def __init__(self) -> None:
        """Shows nothing yet."""
        super().__init__(id="boards")
        self.names: Sequence[str] = ()
        """The boards that there are for who looks."""
        self._current = ""
        self._drawn = Text()

    def show(self, current: str) -> None:
        """Shows the boards, one of them as the current one."""
        self._current = current
        self.draw()

    def beside(self, by: int) -> str:
        """Gives the board that is so many to the right of the current one, or to the left; "" when there is none."""
        if not self.names:
            return ""
        place = self.names.index(self._current) if self._current in self.names else 0
        return self.names[(place + by) % len(self.names)]

    def on_resize(self) -> None:
        """Shows as many as have room now."""
        self.draw()

    def draw(self) -> None:
        """Draws the line anew when it says something else now."""
        labels = [_LABELS.get(name, name) for name in self.names]
        if not labels or not self.size.width:
            return
        current = self.names.index(self._current) if self._current in self.names else 0
        first, end = window([len(label) + 1 for label in labels], current, self.size.width)
        text = Text("◂" if first else "", no_wrap=True)
        for name, label in zip(self.names[first:end], labels[first:end], strict=True):
            text.append(label, style="bold reverse" if name == self._current else "").append(" ")
        text.append("▸" if end < len(labels) else "")
        if text != self._drawn:
            self._drawn = text
            self.update(text, layout=False)
