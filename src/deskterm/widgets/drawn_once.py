"""A screen that is drawn once when it opens, and not at all because the focus went elsewhere in it."""

from typing import Self, TypeVar

from textual.events import ScreenResume
from textual.geometry import Region
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

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
