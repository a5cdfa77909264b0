"""A terminal that has no room for the screens: one sentence in their place, until it has."""

from typing import Final

from textual.app import ComposeResult
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Static

from deskterm.actions.registry import SHIPPED
from deskterm.widgets.lines import LEAST
from deskterm.widgets.registered import bound, in_force
from deskterm.widgets.status_line import StatusLine

_LEAST: Final = Size(*LEAST)


def has_room(size: Size) -> bool:
    """Gives whether the screens have room in a terminal of that size."""
    return size.width >= _LEAST.width and size.height >= _LEAST.height


class TooSmallScreen(Screen[None]):
    """Stands above whatever is up, which stays as it is, and goes by itself."""

    BINDINGS = [bound(SHIPPED["quit"], "app.quit")]  # noqa: RUF012 - Textual's name and shape

    def compose(self) -> ComposeResult:
        """Gives the sentence, and the line that refuses."""
        yield Static()
        yield StatusLine()

    def on_resize(self) -> None:
        """Says how small it is, or goes."""
        size = self.app.size
        if not has_room(size):
            self.query_one(Static).update(
                f"deskterm needs {_LEAST.width} columns and {_LEAST.height} lines; this terminal has {size.width} and"
                f" {size.height}. Make it larger: what you wrote is kept. {in_force(self)['quit'].key} quits."
            )
        elif self.is_active:
            self.app.pop_screen()

    def on_screen_resume(self) -> None:
        """Goes, when there is room again since a screen was opened above."""
        self.on_resize()
