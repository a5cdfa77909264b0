"""A screen that is drawn once when it opens, and not at all because the focus went elsewhere in it."""

from typing import TYPE_CHECKING, Self, TypeVar, cast

from rich.text import Text
from textual.events import ScreenResume
from textual.geometry import Region
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.css.styles import RulesMap

R = TypeVar("R")


class DrawnOnce(Screen[R]):
    """Textual draws a new screen when it is laid out, once more as it comes up, and again when its widgets are there.

    Each time is thousands of bytes for what stands there already.
    """

    focused: reactive[Widget | None] = reactive(None, repaint=False)

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Draws anew; for another layout only what that moves, which laying it out finds."""
        return super().refresh(*regions, repaint=repaint and not layout, layout=layout, recompose=recompose)

    def _on_screen_resume(self, event: ScreenResume) -> None:
        """Comes up as Textual has it, but what was just drawn isn't drawn again."""
        event.prevent_default()
        is_new = self._size != self.app.size
        super()._on_screen_resume(event)
        if is_new:
            self._repaint_required = False


def redraw(shown: Static, content: Text) -> None:
    """Shows another text where one stood; the screen is laid out anew only when it needs another number of lines."""
    before = _lines(shown)
    shown.update(content, layout=False)
    if not before or _lines(shown) != before:
        shown.refresh(layout=True)


def _lines(shown: Static) -> int:
    """Gives how many lines a text needs, 0 before it was ever laid out."""
    width = shown.content_size.width
    return shown.visual.get_height(cast("RulesMap", shown.styles), width) if width else 0
