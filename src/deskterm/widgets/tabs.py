"""The views of a list as tabs, with counts that come later: as many as have room, with marks where there are more."""

from collections.abc import Mapping, Sequence

from rich.text import Text
from textual.widgets import Static

from deskterm.core.named_views import NamedView
from deskterm.widgets.tab_line import tab_line


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
        self._labels = labels
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
        line = tab_line(self._views, self._current, width, labels=self._labels, counts=self.counts, who=self.who)
        text = Text(line.before, no_wrap=True).append(line.current, style="bold reverse").append(line.after)
        text.append(line.who, style="dim")
        if text != self._drawn:
            self._drawn = text
            self.update(text, layout=False)
