"""`deskterm kpi`: figures of a small desk in every form, the tickets behind them, and what is refused."""

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest

from deskterm.core.services.kpi_rows import FigureRow

Run = Callable[..., Any]
At = Callable[[str], datetime]


@pytest.fixture
def worked(deskterm: Run, at: At, once: Callable[[Callable[[], None]], None]) -> Run:
    """The desk with three tickets of IT: one resolved in time and rated, one resolved late, one that nobody has."""

    def work() -> None:
        _work(deskterm, at)

    once(work)
    return deskterm


def _work(deskterm: Run, at: At) -> None:
    for title, priority in (("=1+1", "urgent"), ("Printer", "urgent"), ("Later", "low")):
        deskterm("--as", "remi", "new", "--title", title, "--category", "it_infrastructure", "--priority", priority)
    for number in ("1", "2"):
        deskterm("--as", "ife", "claim", number)
    at("2026-09-28 10:00")
    deskterm("--as", "ife", "resolve", "1", "--cause", "x", "--fix", "y")
    deskterm("--as", "remi", "confirm", "1")
    deskterm("--as", "remi", "rate", "1", "5")
    at("2026-09-29 12:00")
    deskterm("--as", "ife", "resolve", "2", "--cause", "x", "--fix", "y")
    at("2026-10-05 09:00")


def test_a_board_is_told_to_people_in_words_as_csv_and_as_json(worked: Run) -> None:
    ran = worked("--as", "lara", "kpi", "--period", "2026-09")
    assert ran.code == 0
    assert ran.err == ""
    assert ran.out.startswith("Overview: IT & Communications, September 2026\nagainst August 2026\n")
    assert "\nSLA compliance        50 %    2  ✗ missed 90 %" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 100
    spoken = worked("--as", "lara", "kpi", "overview", "--from", "2026-09-01", "--to", "2026-09-30", "--plain").out
    assert not set(spoken) & set("✓✗▲▼█▁·\t")
    assert ["SLA", "compliance", "50", "%", "-", "-", "2", "missed", "90", "%", "-", "-"] in map(
        str.split, spoken.splitlines()
    )
    rows = list(csv.DictReader(io.StringIO(worked("--as", "lara", "kpi", "--period", "2026-09", "--csv").out)))
    board = worked("--as", "lara", "kpi", "--period", "2026-09", "--json").json
    sla = next(one for one in board["figures"] if one["name"] == "sla")
    assert (sla["value"], sla["n"], sla["goal"], sla["is_met"], sla["before"]) == (0.5, 2, 0.9, False, None)
    assert board["period"]["zone"] == "Africa/Lagos"
    assert board["period"]["first"] == "2026-09-01"
    assert [(row["value"], row["met"]) for row in rows if row["figure"] == "sla" and not row["table"]] == [
        ("0.5", "false")
    ]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # of no matter here
def test_figures_are_exported_as_boards_show_them_in_every_format(worked: Run, tmp_path: Path) -> None:
    asked = ("--as", "lara", "export", "kpi", "--period", "2026-09")
    written = list(csv.DictReader(io.StringIO(worked(*asked).out)))
    shown = [one["name"] for one in worked("--as", "lara", "kpi", "boards", "--json").json]
    assert list(dict.fromkeys(row["board"] for row in written)) == shown
    for suffix in ("xlsx", "json", "jsonl", "parquet"):
        ran = worked(*asked, "-o", str(tmp_path / f"kpi.{suffix}"))
        assert ran.err.startswith(f"{len(written)} rows in ")
    told = json.loads((tmp_path / "kpi.json").read_text("utf-8"))
    assert {tuple(row) for row in told} == {FigureRow._fields} == {tuple(row) for row in written}
    board = worked("--as", "lara", "kpi", "flow", "--period", "2026-09", "--csv").out
    assert board == worked(*asked[:4], "flow", *asked[4:]).out
    assert worked(*asked, "flow", "--columns", "figure,n").out.startswith("figure,n\r\nsubmitted,3\r\n")
    assert worked("--as", "remi", "export", "kpi").code == 4
    refused = worked(*asked[:4], "--period", "soon", "-o", str(tmp_path / "no.csv"))
    assert (refused.code, (tmp_path / "no.csv").exists()) == (6, False)


def test_a_figure_says_its_tickets_and_lists_show_the_same(worked: Run) -> None:
    ran = worked("--as", "lara", "kpi", "explain", "sla", "--period", "2026-09")
    assert "deskterm list 'kpi:sla@2026-09-01..2026-09-30'" in ran.out
    assert "Of the cycles of the main clock (resolution) that" in " ".join(ran.out.split())
    found = worked("--as", "lara", "kpi", "explain", "sla", "--period", "2026-09", "--json").json
    assert [(one["ticket_id"], one["verdict"]) for one in found["counted"]] == [(2, "missed"), (1, "met")]
    for part, numbers in (("", [2, 1]), (".missed", [2]), (".met", [1])):
        listed = worked("--as", "lara", "list", f"kpi:sla{part}@2026-09/dept:it", "--json").json
        assert [row["id"] for row in listed] == numbers  # one of them is closed, the other isn't
        exported = worked("--as", "lara", "export", "tickets", f"kpi:sla{part}@2026-09", "--columns", "id").out.split()
        assert exported == ["id", *(f"HD-{number:06}" for number in sorted(numbers))]
    assert worked("--as", "lara", "list", "-kpi:sla@2026-09", "--json").code == 2
    assert [row["id"] for row in worked("--as", "lara", "list", "--json", "--", "-kpi:sla@2026-09").json] == [3]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # of no matter here
def test_goals_are_tracked_and_boards_are_listed_to_whom_they_are_for(worked: Run) -> None:
    goals = worked("--as", "lara", "kpi", "goals", "--period", "2026-09").out
    assert goals.endswith("\n1 of 3 reached, 1 with nothing to judge yet\n")
    assert [one["name"] for one in worked("--as", "lara", "kpi", "goals", "--json").json] == [
        "sla", "csat", "through-chain",
    ]  # fmt: skip
    assert "overview" in worked("--as", "lara", "kpi", "boards").out
    assert worked("--as", "ife", "kpi", "--period", "2026-09").out.startswith("Review sheet: Ife of IT")
    assert "overview" not in {one["name"] for one in worked("--as", "ife", "kpi", "boards", "--json").json}


REFUSED: Final[tuple[tuple[str, list[str], int, str], ...]] = (
    ("remi", [], 4, "figures are for the desk's staff"),
    ("ife", ["overview"], 4, "the board overview is for leads and executives: yours are service and sheet"),
    ("ife", ["--person", "ini"], 4, ""),
    ("lara", ["peeple"], 6, "there is no board 'peeple': did you mean people?"),
    ("lara", ["--period", "soon"], 6, "there is no period 'soon': write today"),
    ("lara", ["--from", "2027-01-01"], 6, "before it begins on 2027-01-01"),
    ("lara", ["--department", "nowhere"], 6, "there is no department 'nowhere'"),
    ("lara", ["explain", "sls"], 6, "there is no figure 'sls': did you mean sla?"),
    ("lara", ["--to", "2026-09-01"], 2, "it wants the first day besides, as --from"),
    ("lara", ["--period", "week", "--from", "2026-09-01"], 2, "give one of the two"),
    ("lara", ["--by", "moon"], 2, "value for '--by': 'moon' is not one of"),
    ("lara", ["--csv", "--json"], 2, "they are different ways to print: give one of them"),
    ("lara", ["explain", "sla", "--json", "--plain"], 2, "give one of them"),
    ("lara", ["goals", "--json", "--plain"], 2, "give one of them"),
    ("lara", ["--from", "5.9.2026"], 2, "'5.9.2026' is no day: write it as 2026-09-14"),
)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # of no matter here
def test_what_can_not_be_shown_is_refused_in_a_sentence(deskterm: Run) -> None:
    for who, arguments, code, said in REFUSED:
        ran = deskterm("--as", who, "kpi", *arguments)
        assert (ran.code, ran.out) == (code, ""), arguments
        assert said in ran.err
        assert "Traceback" not in ran.err
