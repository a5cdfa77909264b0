"""What a terminal has of the app: themes, its clipboard, the line that tells, a sentence where there is no room."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import App
from textual.driver import Driver
from textual.filter import LineFilter

from deskterm.actions.registry import Registry
from deskterm.core.domain.errors import DesktermError, InvalidInput
from deskterm.themes import NAMES, PALETTES, THEMES, Uncoloured, after
from deskterm.widgets.clipboard import MOST, is_too_long, wrapped
from deskterm.widgets.guard import ControlFilter
from deskterm.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from deskterm.early import Early


class Surface(App[None]):
    """An app in themes of its own, with nothing that moves; whatever it tells stands on the status line."""

    TITLE = "deskterm"
    CSS = """
    Input:ansi > .input--cursor { background: ansi_default; color: ansi_default; }
    """  # Textual's own is black on white and then reversed: unseen where the terminal is dark
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = []  # noqa: RUF012 - keys live on screens, from the registry
    registry: Registry
    early: "Early | None" = None
    """The terminal as it is before it is drawn on, where something was done with it."""

    def __init__(self, theme: str) -> None:
        """Wears a theme, of ours or of Textual's; raises InvalidInput when there is no such."""
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)  # which strips colours, not greys them
        self.animation_level = "none"
        self.is_leaving = False
        for ours in THEMES:
            self.register_theme(ours)
        if theme not in self.available_themes:
            others = sorted({*self.available_themes} - {*NAMES})
            raise InvalidInput(
                f"there is no theme {theme!r}: expected one of {', '.join(NAMES)}, or of {', '.join(others)}"
            )
        self._wear("ansi" if self.no_color else theme)

    def get_driver_class(self) -> type[Driver]:
        """Gives Textual's driver, made ready for a terminal that goes away."""
        from deskterm.terminal import TerminalDriver  # noqa: PLC0415 - as Textual does: no other needs termios

        return TerminalDriver if (found := super().get_driver_class()).__name__ == "LinuxDriver" else found

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Gives Textual's filters, and ours before them."""
        ours = [ControlFilter(), Uncoloured()] if self.no_color else [ControlFilter()]
        return [*ours, *super().get_line_filters()]

    def on_resize(self) -> None:
        """Says so when there is no room for the screens."""
        if len(self.screen_stack) > 1:
            self.call_next(self._fit)  # Textual takes the new size in right after this

    def _fit(self) -> None:
        from deskterm.screens.too_small import TooSmallScreen, has_room  # noqa: PLC0415 - a screen loads when it opens

        if not has_room(self.size) and not any(isinstance(up, TooSmallScreen) for up in self.screen_stack):
            self.push_screen(TooSmallScreen())

    def _wear(self, theme: str) -> None:
        if theme in PALETTES:
            self.ansi_theme_dark = self.ansi_theme_light = PALETTES[theme]
        self.theme = theme

    def do_theme(self, name: str = "") -> None:
        """Goes on to a theme, or to the next, for as long as the app runs."""
        if self.no_color:
            self.refuse("NO_COLOR is set: there are no colours to choose from")
            return
        self._wear(name or after(self.theme))
        self.say(f"theme {self.theme}, until you quit; the setting theme keeps it")

    def do_suspend(self) -> None:
        """Gives the terminal back to the shell until fg."""
        self.action_suspend_process()

    def copy_to_clipboard(self, text: str) -> None:
        """Copies by OSC 52, past tmux and GNU screen too; a text that terminals would drop is refused."""
        if is_too_long(text):
            self.refuse(f"that is too long to copy: terminals take {MOST} bytes")
            return
        super().copy_to_clipboard(text)
        if self._driver is not None and (around := wrapped(text, os.environ)):
            self._driver.write(around)

    def _soon(self, sentence: str) -> None:
        """Says what is about to leave, on every screen."""
        for line in (line for up in self.screen_stack for line in up.query(StatusLine)):
            line.soon(sentence)

    def say(self, sentence: str) -> None:
        """Says what was done, on whatever screen is up."""
        for line in self.screen.query(StatusLine):
            line.say(sentence)

    def refuse(self, sentence: str) -> None:
        """Says why something can't be done, on whatever screen is up: it has to be read before this ends."""
        self.is_leaving = False
        for line in self.screen.query(StatusLine):
            line.refuse(sentence)

    def failed(self, error: DesktermError) -> None:
        """Says that something couldn't be done."""
        self.refuse(str(error))
