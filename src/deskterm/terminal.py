"""Textual's driver for a terminal that may go away: whoever is cut off ends in order, and waits for nobody.

Textual writes from a thread that ends with the first error, and then waits for good until that has written the rest;
and a read that fails is a bug to it, told with a page of traceback. Over SSH both are a line that broke.
"""

import os
import signal
from collections.abc import Callable
from typing import Any, Protocol, TextIO, cast

from textual.drivers.linux_driver import LinuxDriver

from deskterm.early import ENTER, Early


class Outlet:
    """What is written to: the terminal, and nothing once that is gone."""

    def __init__(self, stream: TextIO) -> None:
        """Writes to a stream."""
        self._stream = stream

    def write(self, text: str) -> None:
        """Writes, or lets it go."""
        self._done(lambda: self._stream.write(text))

    def flush(self) -> None:
        """Sends what was written, or lets it go."""
        self._done(self._stream.flush)

    def fileno(self) -> int:
        """Gives the stream's own number."""
        return self._stream.fileno()

    def isatty(self) -> bool:
        """Gives whether it is a terminal."""
        return self._stream.isatty()

    def _done(self, work: Callable[[], object]) -> None:
        try:
            work()
        except OSError:  # what it still holds, and all that comes, goes nowhere: also when Python itself ends
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)


class Held(Protocol):
    """What the driver has of the app."""

    early: Early | None


class TerminalDriver(LinuxDriver):
    """Textual's own, over an `Outlet`; what can't be read any more is a hang-up, as the kernel tells it."""

    _is_entered = False
    """Whether the alternate screen is up already, with something on it that is not to be wiped."""

    def start_application_mode(self) -> None:
        """Begins to draw, over what was painted before where that is so."""
        if not isinstance(self._file, Outlet):
            self._file = cast("Any", Outlet(cast("TextIO", self._file)))  # it has all of a file that is used of it
        held = cast("Held", self._app)
        early, held.early = held.early, None
        if early is None:
            super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual leaves it out
            return
        self._is_entered = early.is_painted
        before = early.hand_over()
        super().start_application_mode()  # type: ignore[no-untyped-call]  # as above
        self.attrs_before = before

    def write(self, data: str) -> None:
        """Writes, but for a second way into the alternate screen."""
        if self._is_entered and data == ENTER:
            self._is_entered = False
            return
        super().write(data)

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except OSError:
            os.kill(os.getpid(), signal.SIGHUP)
