"""`deskterm export star` as a user types it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

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
