"""`deskterm export star` as a user types it."""

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_a_star_is_written_and_told(deskterm: Run, tmp_path: Path) -> None:
    deskterm("--as", "remi", "new", "--title", "Printer", "--category", "it_infrastructure")
    ran = deskterm("export", "star", "-o", str(tmp_path / "star"), "--json")

    assert (ran.code, ran.err) == (0, "")
    assert ran.json["rows"]["fact_tickets"] == 1
    assert (tmp_path / "star" / "README.md").is_file()
    again = deskterm("export", "star", "-o", str(tmp_path / "star"))
    assert (again.code, "--force" in again.err) == (6, True)
    assert deskterm("export", "star").code == 2
    assert deskterm("export", "star", "-o", str(tmp_path / "none" / "star")).code == 6


def test_a_timer_that_ends_it_leaves_nothing(deskterm: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(
        "deskterm.core.services.exporting_star.manifest", lambda *_: signal.raise_signal(signal.SIGTERM)
    )
    ran = deskterm("export", "star", "-o", str(tmp_path / "star"))

    assert ran.code == 143
    assert [path.name for path in tmp_path.iterdir() if "star" in path.name] == []
    assert signal.getsignal(signal.SIGTERM) is before
