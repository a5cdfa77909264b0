"""The program as its user has it: started in a terminal of its own, driven by keys, judged by what the screen shows."""

import os
import pwd
import signal
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Timer
from typing import BinaryIO, Final, Self

import pexpect
import pyte
import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.clock import system_clock
from deskterm.core.domain.words import Role, Via
from deskterm.core.services import setup
from deskterm.core.store.engine import Store

_SILENCE: Final = 60
"""Seconds without a byte from the program until the test fails; nothing ever waits for them to pass."""

_KEYS: Final = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "f2": "\x1bOQ",
    "ctrl+c": "\x03",
    "ctrl+u": "\x15",
    "ctrl+z": "\x1a",
}
_ASKS_SYNCHRONIZED: Final = b"\x1b[?2026$p"
_HAS_SYNCHRONIZED: Final = b"\x1b[?2026;2$y"
_SYNCHRONIZED: Final = 2026
_REPORTS: Final = (1000, 1002, 1003, 1004, 1006, 1015, 1016, 2004, 2048)
_PRIVATE: Final = 5
"""The bits by which pyte shifts the number of a private mode."""
_ALTERNATE: Final = 1049


class Display(pyte.Screen):
    """A terminal's screen that knows the two modes pyte leaves out: the alternate screen, synchronized output."""

    alternate = False
    drawing = False

    @property
    def is_plain(self) -> bool:
        """Whether it shows a cursor, and what a shell writes."""
        return pyte.modes.DECTCEM in self.mode and not self.alternate

    def set_mode(self, *modes: int, **given: bool) -> None:
        super().set_mode(*modes, **given)
        self._switch(modes, on=True)

    def reset_mode(self, *modes: int, **given: bool) -> None:
        super().reset_mode(*modes, **given)
        self._switch(modes, on=False)

    def _switch(self, modes: tuple[int, ...], *, on: bool) -> None:
        if _SYNCHRONIZED in modes:
            self.drawing = on
        if _ALTERNATE in modes and self.alternate is not on:
            self.alternate = on
            self.erase_in_display(2)
            self.save_cursor() if on else self.restore_cursor()


class Terminal:
    """A terminal with the program in it. Waiting is reading: until the screen shows it, or the program falls silent."""

    def __init__(
        self, arguments: list[str], environment: dict[str, str], folder: Path, *, size: tuple[int, int]
    ) -> None:
        columns, rows = size
        self.display = Display(columns, rows)
        self.keys_pressed = 0
        self._stream = pyte.ByteStream(self.display)
        self.written = b""
        self._last = b""
        self._before: list[str] = []
        self._grounds_before: list[list[str]] = []
        self._child: pexpect.spawn[bytes] = pexpect.spawn(
            sys.executable,
            ["-m", "deskterm", *arguments],
            timeout=_SILENCE,
            cwd=str(folder),
            env=environment,
            dimensions=(rows, columns),
        )
        self._child.delaybeforesend = None
        self._pty: BinaryIO = self._child.ptyproc.fileobj  # type: ignore[attr-defined]  # the stubs leave it out

    def press(self, *keys: str) -> Self:
        """Presses keys, which are counted."""
        self.keys_pressed += len(keys)
        return self._send("".join(_KEYS.get(key, key) for key in keys))

    def type(self, text: str) -> Self:
        """Types a text and sees it arrive; it counts as no keys."""
        return self._send(text).shows(text)

    def shows(self, *texts: str) -> Self:
        """Reads until every text is on the screen; one of them at least was not, before the last key."""
        if all(any(text in line for line in self._before) for text in texts):
            pytest.fail(f"{texts} stood there before the last key: they can't show what it did\n{self}")
        return self.reads(lambda: all(map(self._on_screen, texts)), f"to see {', '.join(map(repr, texts))}")

    def hides(self, *texts: str) -> Self:
        """Reads until no text is on the screen."""
        return self.reads(lambda: not any(map(self._on_screen, texts)), f"not to see {', '.join(map(repr, texts))}")

    def chooses(self, text: str) -> Self:
        """Reads until a cursor is on `text`."""
        return self.reads(lambda: self.is_chosen(text), f"for a cursor on {text!r}")

    def reads(self, until: Callable[[], bool], hope: str) -> Self:
        """Reads what the program writes until the screen, whole, is as hoped."""
        while self.display.drawing or not until():
            try:
                self._take(self._child.read_nonblocking(65_536))
            except pexpect.TIMEOUT:
                pytest.fail(f"hoped {hope}, and nothing more came\n{self}")
            except pexpect.EOF:
                pytest.fail(f"hoped {hope}, and the program ended\n{self}")
        return self

    def ends(self) -> int:
        """Reads until the program has ended; gives its exit code, negative for the signal that ended it."""
        try:
            while True:
                self._take(self._child.read_nonblocking(65_536))
        except pexpect.TIMEOUT:
            pytest.fail(f"the program has not ended\n{self}")
        except pexpect.EOF:
            return self._code()

    def resize(self, columns: int, rows: int) -> Self:
        """Makes the window another size, and blanks it: what stands on it after, the program drew for that size."""
        self.display.resize(rows, columns)
        self.display.erase_in_display(2)
        self._before = []
        self._child.setwinsize(rows, columns)
        return self

    def kill(self, number: signal.Signals) -> int:
        """Sends a signal, and gives what `ends` does."""
        self._child.kill(number)
        return self.ends()

    def stops(self) -> Self:
        """Waits until the program has stopped, as a shell does that takes the terminal back."""
        _, status = os.waitpid(int(self._child.pid or 0), os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            pytest.fail(f"the program has ended\n{self}")
        return self

    def goes_on(self) -> Self:
        """Lets a program that stopped go on, as `fg` does."""
        self._before = []
        self._child.kill(signal.SIGCONT)
        return self

    def hang_up(self) -> int:
        """Closes the terminal under the program, and gives what `ends` does."""
        self._pty.close()
        return self._code()

    def close(self) -> None:
        """Ends a program that the test left running."""
        if self._child.isalive():
            self._child.kill(signal.SIGKILL)
            self._child.wait()
        self._pty.close()

    @property
    def is_whole(self) -> bool:
        """Whether a shell finds it as it likes it: echo, whole lines, a cursor, and not the alternate screen."""
        modes = termios.tcgetattr(self._child.child_fd)[tty.LFLAG]
        return bool(modes & termios.ECHO and modes & termios.ICANON) and self.display.is_plain

    @property
    def left_on(self) -> set[int]:
        """The modes in which the terminal sends what nobody typed: mouse, focus, paste marks, resize reports."""
        return {mode for mode in _REPORTS if mode << _PRIVATE in self.display.mode}

    @property
    def lines(self) -> list[str]:
        """The screen, line by line, as an eye reads it: a no-break space is a space."""
        return [line.replace("\N{NO-BREAK SPACE}", " ").rstrip() for line in self.display.display]

    def stood_before(self, mark: bytes) -> Display:
        """Gives the screen as it stood when the program had written what comes before a mark."""
        display = Display(self.display.columns, self.display.lines)
        pyte.ByteStream(display).feed(self.written.partition(mark)[0])
        return display

    def focuses(self, label: str) -> Self:
        """Reads until the grounds on the line of this label are others than before the last key."""
        number = next(number for number, line in enumerate(self.lines) if line.lstrip().startswith(label))
        return self.reads(lambda: self._grounds()[number] != self._grounds_before[number], f"focus on {label!r}")

    def _grounds(self) -> list[list[str]]:
        cells = range(self.display.columns)
        return [[self.display.buffer[row][cell].bg for cell in cells] for row in range(self.display.lines)]

    def _send(self, text: str) -> Self:
        self._before, self._grounds_before = self.lines, self._grounds()
        self._child.send(text)
        return self

    def is_chosen(self, text: str) -> bool:
        """Whether a cursor is on `text`: no line beside it has the ground that it begins on, but the bottom one."""
        grounds = list(zip(*self._grounds(), strict=True))
        places = [(number, line.find(text)) for number, line in enumerate(self.lines)]
        last = self.display.lines - 1
        return any(
            all(grounds[column][beside] != grounds[column][row] for beside in {row - 1, row + 1} - {-1, last, last + 1})
            for row, column in places
            if column >= 0
        )

    def __str__(self) -> str:
        return "\n".join(["-" * self.display.columns, *self.lines, "-" * self.display.columns])

    def _on_screen(self, text: str) -> bool:
        return any(text in line for line in self.lines)

    def _take(self, data: bytes) -> None:
        if _ASKS_SYNCHRONIZED in self._last + data:
            self._child.send(_HAS_SYNCHRONIZED)
        self.written += data
        self._last = data[-len(_ASKS_SYNCHRONIZED) + 1 :]
        self._stream.feed(data)

    def _code(self) -> int:
        limit = Timer(_SILENCE, self._child.kill, [signal.SIGKILL])
        limit.start()
        self._child.wait()
        limit.cancel()
        return -self._child.signalstatus if self._child.signalstatus else int(self._child.exitstatus or 0)


@pytest.fixture
def as_now(store: Store) -> Callable[[str], Desk]:
    """Gives the small desk as the person with this login uses it now: the program in the terminal has no other time."""

    def desk(login: str) -> Desk:
        return Desk(store, setup.identify(store, login)[0], system_clock, Via.CLI)

    return desk


@pytest.fixture
def sits_down(desk_url: str, as_now: Callable[[str], Desk], tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Starts the program on the small desk, as somebody, in a terminal of 80x24; who runs the tests is an admin."""
    me = pwd.getpwuid(os.geteuid()).pw_name
    as_now("ada").add_person(name="Who runs the tests", role=Role.ADMIN, login=me)
    home = tmp_path / "home"
    home.mkdir()
    environment = {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PATH": os.environ["PATH"],
        "TERM": "xterm-256color",
        "TZ": "UTC",
        "DESKTERM_UNDO_SECONDS": "0",  # nobody waits here for what could be taken back
    }
    with ExitStack() as open_terminals:

        def start(login: str, *, size: tuple[int, int] = (80, 24), **settings: str) -> Terminal:
            given = environment | {f"DESKTERM_{name.upper()}": value for name, value in settings.items()}
            terminal = Terminal(["--database", desk_url, "--as", login], given, home, size=size)
            open_terminals.callback(terminal.close)
            return terminal

        yield start
