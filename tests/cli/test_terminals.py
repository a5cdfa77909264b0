"""What the screens do for the terminal that they run in."""

from typing import Any

import pytest

from deskterm.cli.screens import run


class Opened:
    """Screens that note how they were run."""

    return_code = None
    mouse: bool | None = None

    def run(self, *, mouse: bool) -> None:
        self.mouse = mouse


@pytest.mark.parametrize(("session", "mouse", "used"), [("", True, True), ("", False, False), ("7.pts-0", True, False)])
def test_gnu_screen_keeps_its_mouse(session: str, *, mouse: bool, used: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STY", session)
    opened: Any = Opened()
    assert run(opened, mouse=mouse) == 0
    assert opened.mouse is used
