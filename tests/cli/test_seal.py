"""`deskterm seal`: by an account that is nobody at the desk, and beside the worker."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deskterm.cli import seal
from deskterm.core.domain.errors import StoreUnavailable
from deskterm.core.domain.heads import read_heads
from deskterm.core.services.sealer import Looked

Run = Callable[..., Any]


@pytest.fixture
def key(command: Run, tmp_path: Path) -> str:
    made = command("seal", "--new-key", str(tmp_path / "seal.key"), "--json").json
    assert made["key"] == str(tmp_path / "seal.key")
    return str(made["public_key"])


@pytest.fixture
def sealed(deskterm: Run, key: str, tmp_path: Path) -> Callable[..., Any]:
    return lambda *more: deskterm("seal", "--key", f"{tmp_path}/seal.key", "--file", f"{tmp_path}/heads", *more)


def test_a_new_key_says_its_public_half(command: Run, tmp_path: Path) -> None:
    made = command("seal", "--new-key", str(tmp_path / "key"))

    assert len(made.out.strip()) == 44
    assert "who verifies is told the line above" in made.err
    assert command("seal", "--new-key", str(tmp_path / "key")).code == 6


def test_sealing_asks_nobody_who_they_are(sealed: Run, deskterm: Run, user: Any, key: str, tmp_path: Path) -> None:
    assert deskterm("new", "--title", "A printer is out", "--category", "it_design").code == 0
    user("a_stranger")
    first = sealed("--once")
    again = sealed("--once", "--json")

    (head,) = read_heads((tmp_path / "heads").read_text("utf-8").splitlines())
    assert first.out == f"sealed up to entry {head.head.size}\n"
    assert again.json == {"size": head.head.size, "head": None, "problems": []}
    assert head.key == key
    assert deskterm("list").code == 4


def test_a_place_that_took_nothing_is_told_and_the_exit_code_says_so(sealed: Run, deskterm: Run) -> None:
    assert deskterm("new", "--title", "A printer is out", "--category", "it_design").code == 0
    ran = sealed("--once", "--command", "false")

    assert (ran.code, ran.err) == (1, "deskterm: sealing: command false: exit code 1\n")
    assert sealed("--once", "--command", "false").code == 1
    assert sealed("--once", "--command", "true").code == 0


def test_what_is_missing_is_said(deskterm: Run, key: str, tmp_path: Path) -> None:
    assert "there is no key to seal with: give --key" in deskterm("seal", "--once").err
    assert "there is no file for signed heads" in deskterm("seal", "--once", "--key", f"{tmp_path}/seal.key").err


def test_the_settings_say_what_is_not_given(
    deskterm: Run, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKTERM_SEAL_KEY", f"{tmp_path}/seal.key")
    monkeypatch.setenv("DESKTERM_SEAL_FILE", f"{tmp_path}/heads")
    monkeypatch.setenv("DESKTERM_SEAL_COMMAND", f"sh -c 'cat >> {tmp_path}/taken'")
    assert deskterm("new", "--title", "A printer is out", "--category", "it_design").code == 0

    ran = deskterm("worker", "--once", "--json")

    assert ran.code == 0
    assert ran.json["breaches"] == 0  # what a script reads of the worker is what it was
    assert (tmp_path / "taken").read_text("utf-8") == (tmp_path / "heads").read_text("utf-8")


def test_the_worker_goes_on_when_the_trail_does_not_hold(
    deskterm: Run, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKTERM_SEAL_KEY", f"{tmp_path}/seal.key")
    monkeypatch.setenv("DESKTERM_SEAL_FILE", f"{tmp_path}/heads")
    (tmp_path / "heads").write_text("not a head\n")

    ran = deskterm("worker", "--once")

    assert ran.code == 1
    assert ran.out == "0 breaches found on 0 tickets\n"
    assert "deskterm: sealing:" in ran.err
    assert "holds a line that is no head: not a head" in ran.err


def test_it_goes_on_until_it_is_ended(sealed: Run, deskterm: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert deskterm("new", "--title", "A printer is out", "--category", "it_design").code == 0
    waits: list[float] = []

    def wait(self: object, seconds: float) -> bool:
        waits.append(seconds)
        return len(waits) == 3

    monkeypatch.setattr("threading.Event.wait", wait)

    assert sealed().code == 0
    assert waits == [seal._BETWEEN_LOOKS] * 3


def test_what_stays_out_of_reach_is_told_once(sealed: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    def wait(self: object, seconds: float) -> bool:
        waits.append(seconds)
        return len(waits) == 5

    def at_times(self: object, now: object) -> Looked:
        if len(waits) != 3:
            raise StoreUnavailable("the database is out of reach")
        return Looked(None, 0, 0)

    monkeypatch.setattr("threading.Event.wait", wait)
    monkeypatch.setattr("deskterm.core.services.sealer.Sealer.look", at_times)

    assert sealed().err == "deskterm: sealing: the database is out of reach; the next look tries again\n" * 2
