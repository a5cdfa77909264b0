"""Textual's driver for a terminal that may go away: whoever is cut off ends in order, and waits for nobody.

Textual writes from a thread that ends with the first error, and then waits for good until that has written the rest;
and a read that fails is a bug to it, told with a page of traceback. Over SSH both are a line that broke.
"""

import os
import signal
from collections.abc import Callable
from typing import Any, TextIO, cast

from textual.drivers.linux_driver import LinuxDriver


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


class TerminalDriver(LinuxDriver):
    """Textual's own, over an `Outlet`; what can't be read any more is a hang-up, as the kernel tells it."""

    def start_application_mode(self) -> None:
        """Begins to draw."""
        if not isinstance(self._file, Outlet):
            self._file = cast("Any", Outlet(cast("TextIO", self._file)))  # it has all of a file that is used of it
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual leaves it out

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except OSError:
            os.kill(os.getpid(), signal.SIGHUP)
