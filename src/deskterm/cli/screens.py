"""Opening the screens."""

import sys
from typing import TYPE_CHECKING

from deskterm.cli.globals import Globals
from deskterm.core.domain.errors import InvalidInput

if TYPE_CHECKING:
    from deskterm.app import DesktermApp


def open_screens(given: Globals) -> int:
    """Opens the screens on the user's desk, and gives the exit code; raises DesktermError where it can't."""
    from deskterm.bootstrap import open_desk
    from deskterm.core.domain.words import Via

    settings = given.settings()
    with open_desk(settings, via=Via.TUI, acting_as=given.acting_as) as opened:
        if not has_terminal():
            raise InvalidInput("the screens need a terminal: `deskterm list` and the other commands don't")
        from deskterm.app import DesktermApp

        return run(DesktermApp(opened, settings), mouse=settings.mouse)


def has_terminal() -> bool:
    """Whether somebody can look and type."""
    return sys.stdout.isatty() and sys.stdin.isatty()


def run(screens: "DesktermApp", *, mouse: bool) -> int:
    """Runs the screens, and gives how they ended as the exit code."""
    screens.run(mouse=mouse)
    return screens.return_code or 0
