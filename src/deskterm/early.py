"""The terminal until Textual has it: keys are kept and not echoed, and the first rows may stand there already.

Whatever ends before Textual begins leaves the terminal as it was.
"""

import contextlib
import mmap
import os
import signal
import sys
import termios
from types import FrameType, TracebackType
from typing import Any, Final, Self

ENTER: Final = "\x1b[?1049h"
"""What leads to the alternate screen."""
_HIDE: Final = "\x1b[?25l"
_LEAVE: Final = "\x1b[0m\x1b[?1049l\x1b[?25h"
_LOCAL: Final = 3
"""The place of the local flags among a terminal's attributes."""
_ENDS: Final = (signal.SIGTERM, signal.SIGHUP)


class Early:
    """A terminal that is quiet, from `with` on until it is handed over.

    Keys wait as they were pressed; ctrl+c and the signals that end a program end it, all else is for who comes next.
    """

    def __init__(self) -> None:
        """Looks at the terminal; raises OSError where there is none."""
        self._input, self._output = sys.__stdin__.fileno(), sys.__stderr__.fileno()  # type: ignore[union-attr] # has both
        try:
            self.attributes: list[Any] = termios.tcgetattr(self._input)
        except termios.error as error:
            raise OSError(*error.args) from error
        self._mark = mmap.mmap(-1, 1)  # also seen by who forked the process that paints
        self._before: dict[signal.Signals, Any] = {}
        self._is_ours = False

    @property
    def is_painted(self) -> bool:
        """Whether something was painted: it stands on the alternate screen."""
        return self._mark[0] == 1

    def paint(self, picture: str) -> None:
        """Shows a picture on the alternate screen, without a cursor, in one write."""
        whole = f"{ENTER}{_HIDE}{picture}".encode(sys.__stderr__.encoding, "replace")  # type: ignore[union-attr] # as above
        self._mark[0] = 1
        while whole:
            whole = whole[os.write(self._output, whole) :]

    def keep_every_key(self) -> None:
        """Makes ctrl+c a key as well: whoever draws is about to start, and is not to be interrupted on the way."""
        attributes = _quiet(self.attributes)
        attributes[_LOCAL] &= ~termios.ISIG
        self._set(attributes)

    def hand_over(self) -> list[Any]:
        """Gives the terminal to who cares for it from here on: the attributes that it is to have at the end."""
        self._is_ours = False
        self._forget_signals()
        return self.attributes

    def __enter__(self) -> Self:
        """Makes the terminal quiet."""
        self._is_ours = True
        self._before = {number: signal.signal(number, _end) for number in _ENDS}
        self._set(_quiet(self.attributes))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leaves the terminal as it was, unless it was handed over."""
        if not self._is_ours:
            return
        self._is_ours = False
        if self.is_painted:
            with contextlib.suppress(OSError):  # the line broke: nobody looks
                os.write(self._output, _LEAVE.encode())
            self._mark[0] = 0
        self._set(self.attributes)
        self._forget_signals()

    def _forget_signals(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _set(self, attributes: list[Any]) -> None:
        with contextlib.suppress(termios.error):  # as above
            termios.tcsetattr(self._input, termios.TCSANOW, attributes)


def _quiet(attributes: list[Any]) -> list[Any]:
    """Gives attributes that keep keys as they were pressed, as Textual has them, but for ctrl+c."""
    iflag, oflag, cflag, lflag, ispeed, ospeed, characters = attributes
    iflag &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
    lflag &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
    characters = [*characters]
    characters[termios.VMIN], characters[termios.VTIME] = 1, 0
    characters[termios.VSUSP] = characters[termios.VQUIT] = b"\0"  # which turns them off
    return [iflag, oflag, cflag, lflag, ispeed, ospeed, characters]


def _end(number: int, frame: FrameType | None) -> None:
    del frame
    sys.exit(128 + number)
