"""`deskterm report` and `kpi insights`: the board's own figures in every format, to whom, and what is refused."""

import os
import shlex
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.figure_words import said
from deskterm.core.domain.words import Action
from deskterm.core.kpi_views import Asked, Figure
from deskterm.core.services.intake import Submission
from deskterm.reports.kinds import BOARDS, Report

As = Callable[[str], Desk]
At = Callable[[str], datetime]
Run = Callable[..., Any]
User = Callable[[str], None]
SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
"""For what no database has a part in."""
TITLE = "<script>alert(1)</script> | `Mouse` \x1b[31m"


@pytest.fixture
def lived(as_: As, at: At, once: Callable[[Callable[[], None]], None]) -> None:
    """A Monday and a Tuesday of September with three tickets of IT, one of which came back."""

    def live() -> None:
        at("2026-09-28 09:00")
        for title in (TITLE, "Screen", "Mail"):
            as_("remi").submit(Submission(title=title, category="it_design", priority="urgent"))
        at("2026-09-28 10:00")
        as_("ife").act(1, Action.CLAIM)
        as_("ini").act(2, Action.CLAIM)
        at("2026-09-28 12:00")
        as_("ife").act(1, Action.RESOLVE, cause="worn", fix="replaced")
        at("2026-09-28 13:00")
        as_("remi").act(1, Action.REJECT, text="It is worn still")
        at("2026-09-29 11:00")
        as_("ife").act(1, Action.RESOLVE, cause="worn", fix="replaced again")
        as_("remi").act(1, Action.CONFIRM)
        as_("remi").act(1, Action.RATE, stars=4)
        as_("ini").act(2, Action.RESOLVE, cause="worn", fix="replaced")

    once(live)
    at("2026-10-05 09:00")


def every(desk: Desk, kind: Report, asked: Asked) -> list[Figure]:
    boards = [desk.board(name, asked) for name in BOARDS[kind]]
    tables = [table for board in boards for table in board.tables]
    lines = [line for table in tables for line in table.lines]
    return [*(one for board in boards for one in board.figures), *(one for line in lines for one in line.figures)]


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize("kind", [Report.WEEKLY, Report.QUARTERLY])
def test_a_report_has_the_figures_of_the_boards_and_says_how_to_see_them_again(
    kind: Report, deskterm: Run, user: User, as_: As, at: At
) -> None:
    user("lara")
    period = "last-week" if kind is Report.WEEKLY else "2026-Q3"
    ran = deskterm("report", kind.value, "--department", "it", "--period", period, "--format", "md")
    assert (ran.code, ran.err) == (0, "")
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in ran.out.splitlines()]
    cells = {cell.partition(" (")[0] for row in rows for cell in row}
    figures = every(as_("lara"), kind, Asked(period, department="it"))
    assert [one for one in figures if one.n]
    for one in figures:
        assert said(one.value, one.unit, one.goal) in cells
    for heading in ("## Goals", "## What stands out", "## Overview", "## Bottlenecks", "## How the figures are made"):
        assert heading in ran.out
    assert ("## Month by month" in ran.out) == ("## Beside the year before" in ran.out) == (kind is Report.QUARTERLY)
    at("2026-10-07 09:00")
    as_("remi").submit(Submission(title="Later", category="it_design"))
    shown = next(line for line in ran.out.splitlines() if " kpi overview " in line).strip("- `")
    again = deskterm(*shlex.split(shown)[1:], "--json").json
    assert [one["value"] for one in again["figures"]] == [one.value for one in figures[: len(again["figures"])]]


@pytest.mark.usefixtures("lived")
@SQLITE
def test_the_last_complete_period_is_the_default_and_the_file_is_whole_and_safe(
    deskterm: Run, user: User, tmp_path: Path
) -> None:
    user("lara")
    place = tmp_path / "weekly.html"
    ran = deskterm("report", "weekly", "-o", str(place))
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith(f"{place}: Weekly report: IT & Communications, week 40 of 2026, ")
    assert place.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith((".", "weekly"))] == ["weekly.html"]
    text = place.read_text("utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert text.endswith("</html>\n")
    assert "<script" not in text
    assert deskterm("report", "weekly", "-o", str(tmp_path / "w.md")).code == 0
    assert (tmp_path / "w.md").read_text("utf-8").startswith("# Weekly report: IT")
    again = deskterm("report", "weekly", "-o", str(place))
    assert (again.code, place.read_text("utf-8")) == (6, text)
    assert "--force" in again.err
    assert deskterm("report", "weekly", "-o", str(place), "--force").code == 0
    assert place.read_text("utf-8") == text  # the same desk at the same instant says the same


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize(
    ("shape", "written"), [("md", r"\<script\>alert"), ("html", "&lt;script&gt;alert"), ("txt", "<script>alert")]
)
@SQLITE
def test_a_sheet_is_of_one_person_and_says_what_came_back(shape: str, written: str, deskterm: Run, user: User) -> None:
    user("ife")
    ran = deskterm("report", "sheet", "--period", "2026-Q3", "--format", shape)
    assert ran.code == 0
    assert "Review sheet: Ife of IT, Q3 2026" in ran.out
    assert f"HD-000001 on 2026-09-28: {written}" in ran.out
    assert ran.out.count("script") == ran.out.count(written) * 2
    assert "\x1b" not in ran.out
    assert "Ini of IT" not in ran.out  # nobody else is named
    assert ran.out.index("How well") < ran.out.index("How much, by its weight") < ran.out.index("What came back")
    user("lara")
    theirs = deskterm("report", "sheet", "--period", "2026-Q3", "--format", shape, "--person", "ife")
    assert theirs.out == ran.out  # a lead reads what the person reads


@pytest.mark.usefixtures("lived")
@SQLITE
def test_a_report_is_for_whom_the_boards_are(deskterm: Run, user: User, tmp_path: Path) -> None:
    for login, arguments in (
        ("remi", ("weekly",)),
        ("ife", ("weekly",)),
        ("ife", ("sheet", "--person", "ini")),
        ("olu", ("monthly", "--department", "it")),
    ):
        user(login)
        place = tmp_path / "refused.html"
        ran = deskterm("report", *arguments, "-o", str(place))
        assert (ran.code, ran.out, place.exists()) == (4, "", False)
        assert "Traceback" not in ran.err


@pytest.mark.usefixtures("lived")
@SQLITE
def test_what_cant_be_is_said_in_a_sentence(deskterm: Run, user: User, tmp_path: Path) -> None:
    user("ezra")
    for arguments, code, words in (
        (("yearly",), 2, "yearly"),
        (("weekly", "--format", "text"), 2, "Invalid value for '--format': 'text' is not one of 'md', 'html', 'txt'."),
        (("weekly", "-o", str(tmp_path / "report.pdf")), 6, "end its name in .md, .html or .txt"),
        (("weekly", "-o", str(tmp_path / "no" / "where.md")), 6, "there is no folder"),
        (("weekly", "-o", str(tmp_path)), 6, "end its name"),
        (("weekly", "--period", "fortnight"), 6, "there is no period"),
        (("weekly", "--department", "space"), 6, "space"),
        (("sheet", "--person", "nemo"), 6, "nemo"),
        (("sheet", "--person", "nobody"), 6, "of one person"),
    ):
        ran = deskterm("report", *arguments)
        assert (ran.code, ran.out) == (code, "")
        assert words in ran.err
    assert list(tmp_path.glob("*.pdf")) == []
    ran = deskterm("report", "weekly", "--period", "2030-01", "-o", "-")
    assert (ran.code, "nothing to show in this period" in ran.out) == (0, True)


@pytest.mark.usefixtures("lived")
@SQLITE
def test_what_is_interrupted_leaves_no_half_file(
    deskterm: Run, user: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user("lara")
    before = sorted(tmp_path.iterdir())

    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)  # the file is written, and not moved into place yet
    ran = deskterm("report", "weekly", "-o", str(tmp_path / "weekly.html"))
    assert ran.code == 130
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.usefixtures("lived")
@SQLITE
def test_a_month_of_the_desk_is_told_by_department_person_priority_and_category(deskterm: Run, user: User) -> None:
    user("ezra")
    ran = deskterm("report", "monthly", "--period", "2026-09", "--format", "md")
    assert ran.out.startswith("# Monthly report: the whole desk, September 2026")
    for by in ("department", "person", "priority", "category", "tier"):
        assert f"### By {by}" in ran.out


@pytest.mark.usefixtures("lived")
def test_insights_say_what_carries_or_that_nothing_does(deskterm: Run, user: User) -> None:
    user("lara")
    assert deskterm("kpi", "insights").out.startswith("Nothing unusual: ")
    assert deskterm("kpi", "insights", "--json").json == []
    user("remi")
    assert deskterm("kpi", "insights").code == 4
