"""The first rows stand on the screen before Textual does, and what is typed or goes wrong meanwhile is in order."""

import signal
import sys
from collections.abc import Callable
from typing import Any

import pexpect
import pytest

from deskterm.core.desk import Desk
from deskterm.core.services.intake import Submission

As = Callable[[str], Desk]
Start = Callable[..., Any]
_TEXTUAL = b"\x1b[?1004h"
"""What Textual writes first of all that is not about the mouse."""
_STOPPED = """
import signal
from deskterm.early import Early
signal.signal(signal.SIGINT, signal.default_int_handler)  # who runs the tests in the background may ignore it
with Early() as early:
    early.paint("rows")
    while True:  # a signal that comes right before a read would not be seen until that ends
        pass
"""

on_a_file = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
def asked(as_now: As) -> None:
    for title in ("Paper jam", "Ü 漢字 \x1b[31mtoner, in a line that is cut wherever the screen is narrow"):
        as_now("remi").submit(Submission(title=title, category="it_infrastructure"))


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(("login", "size"), [("remi", (80, 24)), ("lara", (130, 30))])
def test_the_early_rows_are_those_that_textual_draws(sits_down: Start, login: str, size: tuple[int, int]) -> None:
    terminal = sits_down(login, size=size).shows("HD-000001", "HD-000002", "help")
    early = terminal.stood_before(_TEXTUAL)
    assert early.alternate
    assert not early.is_plain
    assert "HD-000001" in " ".join(early.display)
    listed = [[line.partition("│")[0].rstrip() for line in screen] for screen in (early.display, terminal.lines)]
    assert listed[0][1:-1] == listed[1][1:-1]


@on_a_file
@pytest.mark.usefixtures("asked")
def test_keys_act_that_are_pressed_before_textual_is_there(sits_down: Start) -> None:
    terminal = sits_down("remi")
    terminal.reads(lambda: any("HD-000002" in line for line in terminal.lines), "the first rows")
    terminal.press("enter").shows("Remi Requester submitted it")
    assert terminal.press("escape").shows("Who has it").press("q").ends() == 0
    assert terminal.is_whole


@on_a_file
@pytest.mark.usefixtures("asked")
def test_what_goes_wrong_after_the_early_rows_is_told_on_a_whole_terminal(sits_down: Start) -> None:
    terminal = sits_down("remi", theme="nosuch")
    assert terminal.ends() == 6
    assert b"HD-000002" in terminal.written
    assert terminal.is_whole
    assert "there is no theme 'nosuch'" in " ".join(terminal.lines)


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 1)],
    ids=["end", "hang-up", "break"],
)
def test_who_is_ended_before_textual_is_there_leaves_the_alternate_screen(number: signal.Signals, code: int) -> None:
    program = pexpect.spawn(sys.executable, ["-c", _STOPPED], timeout=60, encoding="utf-8")
    program.expect_exact("\x1b[?1049h\x1b[?25lrows")
    program.kill(number)
    program.expect_exact("\x1b[?1049l\x1b[?25h")
    program.expect(pexpect.EOF)
    program.close()
    assert program.exitstatus == code or program.signalstatus == number
