"""`deskterm export` as a user types it: where it goes, what it says, with which exit code."""

import csv
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def asked(deskterm: Run) -> Run:
    """A ticket whose title a spreadsheet would run."""
    deskterm("--as", "remi", "new", "--title", "=1+1 printers", "--category", "it_infrastructure")
    return deskterm


def test_without_a_file_it_goes_down_the_pipe(asked: Run) -> None:
    ran = asked("export", "tickets", "--columns", "id,title")

    assert (ran.code, ran.out, ran.err) == (0, "id,title\r\nHD-000001,'=1+1 printers\r\n", "")


def test_a_file_is_written_as_it_is_called(asked: Run, tmp_path: Path) -> None:
    ran = asked("export", "tickets", "-o", str(tmp_path / "t.jsonl"))

    assert (ran.code, ran.out, ran.err) == (0, "", f"1 row in {tmp_path / 't.jsonl'}\n")
    assert json.loads((tmp_path / "t.jsonl").read_text())["title"] == "=1+1 printers"
    assert asked("export", "facts", "--format", "csv", "-o", str(tmp_path / "f.txt")).code == 0
    assert len(list(csv.reader((tmp_path / "f.txt").read_text().splitlines()))) == 2


def test_a_view_is_exported_as_it_is_listed(asked: Run) -> None:
    asked("--as", "remi", "new", "--title", "Another", "--category", "it_infrastructure")
    asked("--as", "ife", "claim", "1")

    def found(*options: str) -> list[str]:
        told: str = asked("--as", "ife", "export", "tickets", "--columns", "id", *options).out
        return told.split()[1:]

    assert found() == ["HD-000001", "HD-000002"]
    assert found("--view", "mine") == ["HD-000001"]
    assert found("--view", "unassigned", "another") == ["HD-000002"]
    assert asked("export", "tickets", "--view", "nothing").code == 6


def test_a_file_that_is_there_is_written_anew_only_by_force(asked: Run, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("mine")
    refused = asked("export", "tickets", "-o", str(path))

    assert (refused.code, path.read_text()) == (6, "mine")
    assert "--force" in refused.err
    assert asked("export", "tickets", "-o", str(path), "--force").code == 0
    assert path.read_text() != "mine"


WRONG = (
    (("tickets", "--columns", "titel"), 6, "did you mean title?"),
    (("tickets", "--format", "xlsx"), 6, "-o FILE"),
    (("tickets", "dept:nowhere"), 6, "nowhere"),
    (("tickets", "--from", "2026-02-30"), 2, "2026-02-30"),
    (("tickets", "--from", "2026-02-02", "--to", "2026-02-01"), 6, "turn them round"),
    (("tickets", "--to", "9999-12-31"), 6, "beyond the calendar"),
    (("tickets", "--from", "0001-01-01"), 6, "beyond the calendar"),
    (("audit", "printer"), 6, "no filter"),
    (("tickets", "-o", "/nowhere/t.csv"), 6, "there is no folder /nowhere"),
    (("tickets", "-o", "t.doc"), 6, "end its name in .csv, .xlsx, .jsonl, .json or .parquet, or name a --format"),
    (("kpi", "-o", "kpi"), 6, "kpi doesn't say what it is: end its name in .csv"),
    (("tickets", "--bom", "--format", "json"), 6, "--bom is for CSV"),
)


def test_wrong_use_is_told_in_a_sentence(deskterm: Run) -> None:
    for arguments, code, said in WRONG:
        ran = deskterm("export", *arguments)
        assert (ran.code, ran.out, said in ran.err) == (code, "", True), arguments


def test_who_may_not_is_refused(asked: Run, user: Callable[[str], None]) -> None:
    user("remi")

    assert asked("export", "audit").code == 4
    assert asked("export", "comments", "--internal").code == 4


def test_as_of_then_it_has_what_was_there_then(asked: Run, at: Callable[[str], datetime]) -> None:
    at("2026-09-28 12:00")
    asked("--as", "ife", "claim", "1")
    then = ("--as-of", "2026-09-28T10:00", "export")

    assert asked(*then, "tickets", "--columns", "id,status").out.split()[1:] == ["HD-000001,new"]
    assert asked("export", "tickets", "--columns", "id,status").out.split()[1:] == ["HD-000001,assigned"]
    assert asked(*then, "facts", "--columns", "kind,to_status").out.split()[1:] == ["submitted,new"]
    assert asked("export", "facts", "--columns", "to_status").out.split()[1:] == ["new", "assigned"]
    assert asked(*then, "audit").code == 6


def test_on_a_terminal_nothing_drives_it(asked: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked("--as", "remi", "new", "--title", "\x1b[31m\x9bred", "--category", "it_infrastructure")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    ran = asked("export", "tickets", "--format", "jsonl", "--columns", "title")

    assert {"\x1b", "\x9b"}.isdisjoint(ran.out)
    assert "red" in ran.out
