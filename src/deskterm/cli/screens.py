"""Opening the screens."""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from deskterm.cli.globals import Globals, Reading
from deskterm.core.domain.errors import InvalidInput

if TYPE_CHECKING:
    from deskterm.app import DesktermApp
    from deskterm.core.desk import Desk
    from deskterm.core.services.first_page import FirstPage
    from deskterm.early import Early
    from deskterm.settings import Settings


def open_screens(given: Globals) -> int:
    """Opens the screens on the user's desk, and gives the exit code; raises DesktermError where it can't."""
    settings = given.settings_of_any_time()
    if has_terminal() and not settings.read_only and not given.as_of:
        gc.disable()  # what is loaded stays: looking through it takes a tenth of the time
        from deskterm.early import Early

        with Early() as early:
            if (first := _read_ahead(given, settings, early)) is not None:
                early.keep_every_key()
                return _open_with(first, given, settings, early)
        gc.enable()
    with _opened(given, settings) as desk:
        if not has_terminal():
            raise InvalidInput("the screens need a terminal: `deskterm list` and the other commands don't")
        from deskterm.app import DesktermApp

        return run(DesktermApp(desk, settings), mouse=settings.mouse)


def _read_ahead(given: Globals, settings: "Settings", early: "Early") -> "FirstPage | None":
    """Gives the first page where it is read this way; it is painted as soon as it is there, while the screens load."""
    from deskterm.opening import read_ahead

    with read_ahead(settings, given.acting_as, partial(_paint, early, settings)) as ahead:
        from deskterm.screens import my_tickets, queue  # noqa: F401 - what draws the page

        return ahead.wait()


def _paint(early: "Early", settings: "Settings", first: "FirstPage") -> None:
    from deskterm.picture import picture

    if sys.stderr.isatty() and (drawn := picture(first, settings, os.environ)):  # where Textual draws
        early.paint(drawn)


def _open_with(first: "FirstPage", given: Globals, settings: "Settings", early: "Early") -> int:
    """Opens the screens on a page that was read, and the desk behind them; raises what opening that raised."""
    from deskterm.app import DesktermApp
    from deskterm.gateway import Coming

    with ExitStack() as closing:
        coming = Coming(first.actor, partial(_enter, closing, given, settings))
        screens = DesktermApp(coming, settings, first=first)
        screens.early = early
        code = run(screens, mouse=settings.mouse)
        if coming.error is not None:
            raise coming.error
    return code


def _enter(closing: ExitStack, given: Globals, settings: "Settings") -> "Desk":
    desk = closing.enter_context(_opened(given, settings))
    gc.freeze()
    gc.enable()
    return desk


@contextmanager
def _opened(given: Globals, settings: "Settings") -> "Iterator[Desk]":
    from deskterm.bootstrap import open_desk
    from deskterm.core.domain.words import Via

    with open_desk(settings, via=Via.TUI, acting_as=given.acting_as, as_of=given.as_of, progress=Reading()) as desk:
        yield desk


def has_terminal() -> bool:
    """Whether somebody can look and type."""
    return sys.stdout.isatty() and sys.stdin.isatty()


def run(screens: "DesktermApp", *, mouse: bool) -> int:
    """Runs the screens, and gives how they ended as the exit code.

    In GNU screen they leave the mouse alone: with it, Esc is held back until the next key, as a report may follow.
    """
    screens.run(mouse=mouse and not os.environ.get("STY"))
    return screens.return_code or 0
