"""The command line in this process: on either database, as whoever the test says, at the test's own time."""

import io
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import pytest

from deskterm import bootstrap
from deskterm.cli import main


class Ran(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def user(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Says who the operating system's user is; until then it is the admin, ada."""

    def become(login: str) -> None:
        monkeypatch.setattr(bootstrap, "os_login", lambda: login)

    become("ada")
    return become


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs a command line as it stands."""

    def run(*arguments: str, stdin: str = "") -> Ran:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as end:
            main(arguments)
        captured = capsys.readouterr()
        return Ran(int(end.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture
def deskterm(
    desk_url: str,
    clock: list[datetime],
    user: Callable[[str], None],
    command: Callable[..., Ran],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Ran]:
    """Runs a command line on the small desk."""
    del user
    monkeypatch.setenv("DESKTERM_DATABASE", desk_url)
    monkeypatch.setattr(bootstrap, "system_clock", lambda: clock[-1])
    return command
