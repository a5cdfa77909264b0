"""Copying goes to the terminal by OSC 52, past tmux and GNU screen, and what is said promises no more than that."""

import re
from base64 import b64decode
from collections.abc import Awaitable, Callable

import pytest

from deskterm.app import DesktermApp
from deskterm.widgets.clipboard import MOST, told, wrapped
from deskterm.widgets.status_line import StatusLine

PLAIN = "\x1b]52;c;SEQtMDAwMDQy\x07"


def test_what_is_sent_inside_tmux_and_gnu_screen() -> None:
    assert wrapped("HD-000042", {}) == ""
    assert wrapped("HD-000042", {"TMUX": "/tmp/tmux-0,1,0"}) == f"\x1bPtmux;\x1b{PLAIN}\x1b\\"  # noqa: S108
    assert wrapped("HD-000042", {"STY": "1.pts"}) == f"\x1bP{PLAIN}\x1b\\"


def test_gnu_screen_passes_on_whole_what_it_would_drop_at_once() -> None:
    text = "é" * 2_000
    parts = re.findall("\x1bP(.*?)\x1b\\\\", wrapped(text, {"STY": "1.pts"}), re.DOTALL)
    assert all(len(part) <= 768 for part in parts)
    assert b64decode("".join(parts).removeprefix("\x1b]52;c;").removesuffix("\x07")).decode() == text


def test_the_sentence_says_what_to_look_at() -> None:
    assert told("HD-000042", {}).endswith("if it doesn't arrive: this terminal takes no OSC 52")
    assert "allow-passthrough on" in told("HD-000042", {"TMUX": "x"})
    assert "GNU screen" in told("HD-000042", {"STY": "x"})


async def test_y_copies_the_reference_with_its_title_on_the_ticket(
    app_for: Callable[..., DesktermApp],
    keys: Callable[..., Awaitable[None]],
    submit: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    submit("Printer \x1b[2J jams")
    app = app_for("ife")
    async with app.run_test(size=(80, 24)) as pilot:
        await keys(pilot, "2", "y")
        assert app.clipboard == "HD-000001"
        assert "HD-000001 sent to the terminal's clipboard" in str(app.screen.query_one(StatusLine).render())
        await keys(pilot, "enter", "y")
        assert app.clipboard == "HD-000001 Printer ␛[2J jams"
        app.copy_to_clipboard("x" * (MOST + 1))
        assert app.clipboard == "HD-000001 Printer ␛[2J jams"
