"""Boards as text: whole at 80 columns, every glyph with a word or a sign, nothing said of nothing."""

import io
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from rich.cells import cell_len

from deskterm.cli import bars
from deskterm.cli.board_text import board_lines, explained_lines, goal_lines
from deskterm.core.domain.kpi import Unit
from deskterm.core.domain.periods import before, period
from deskterm.core.kpi_views import Board, Chart, Counted, Explanation, Figure, Kind, LeftOut, Line, Series, Table

NOW = datetime(2026, 9, 16, 12, tzinfo=UTC)
MONTH = period("2026-08", date(2026, 9, 16), ZoneInfo("Africa/Lagos"))
MISSED = Figure(
    "sla", "SLA compliance", Unit.SHARE, 0.89996, 1_204, None, None, goal=0.9, is_met=False, before=0.95,
    trend=(0.9, None, 0.95, 0.8), drill="kpi:sla@2026-08/category:\"it's\"", drill_missed="kpi:sla.missed@2026-08",
)  # fmt: skip
MET = MISSED._replace(name="csat", label="CSAT", unit=Unit.STARS, value=4.2, goal=4.0, is_met=True, before=None)
SLOW = MISSED._replace(name="detection", label="From detection to resolution, in all", unit=Unit.WALL, value=400_000.0,
                       median=90_000.0, p90=900_000.0, goal=None, is_met=None, before=200_000.0)  # fmt: skip
NOTHING = MISSED._replace(name="none", label="\x1b[31mNobody", value=None, n=0, is_met=None, before=None, trend=())
LINES = tuple(Line(f"p{n}", f"Somebody with a name as long as names are {n}", (MISSED,) * 9) for n in range(2))
BOARD = Board(
    "overview", "Overview", "IT", MONTH, before(MONTH), None, NOW, (MISSED, MET, SLOW, NOTHING),
    (Table("By person", "person", tuple(f"COLUMN {n}" for n in range(9)), LINES), Table("Empty", "tier", ("SLA",), ())),
    (Chart("volume", "In and out", Kind.BARS, Unit.COUNT, ("1 Aug", "2 Aug"), (Series("in", (3.0, None)),)),),
)  # fmt: skip
EXPLAINED = Explanation(
    MISSED, "How it is reckoned. " * 9, "Nothing.", ("000-R30",), MONTH,
    (Counted(42, "Printer [red]jam\x1b[0m " * 9, NOW, 1, "missed"),), 3, 4, (LeftOut("taken back", 60, (7, 8)),),
)  # fmt: skip


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("width", [80, 120])
def test_every_line_fits_and_nothing_drives_the_terminal(width: int, plain: bool) -> None:  # noqa: FBT001
    for lines in (board_lines(BOARD, width), goal_lines(BOARD, width), explained_lines(EXPLAINED, width, plain=plain)):
        told = list(lines)
        assert max(map(cell_len, told)) <= width
        assert "\x1b" not in "".join(told)


def test_a_board_says_each_figure_with_its_goal_and_how_it_moved() -> None:
    told = list(board_lines(BOARD, 80))
    assert told[:2] == ["Overview: IT, August 2026", "against July 2026"]
    past = BOARD._replace(as_of=NOW)
    assert list(board_lines(past, 80))[1] == "against July 2026, as of 2026-09-16 13:00"
    assert next(goal_lines(past, 80)) == "Goals: IT, August 2026, as of 2026-09-16 13:00"
    assert any("89.9 %" in line and "✗ missed 90 %" in line and "▼ -5 pt" in line for line in told)
    assert any("4.2" in line and "✓ met 4.0" in line for line in told)
    assert "  median 1d1h, p90 10d" in told
    assert any(line.startswith("␛[31mNobody") and " - " in line and " 0 " in line for line in told)
    assert sum("COLUMN" in line for line in told) > 1  # what has no room beside comes below
    assert all(any(f"COLUMN {n}" in line for line in told) for n in range(9))
    assert "nothing in this period" in told
    assert "✓ reaches its goal, ✗ misses it, ▲ more than before, ▼ less" in told


def test_in_words_there_is_no_glyph_and_every_label_is_whole() -> None:
    told = "\n".join(board_lines(BOARD, 80, plain=True))
    assert not set(told) & set("✓✗▲▼█▁·▏")
    assert "From detection to resolution, in all  4d15h" in told
    assert "89.9 % missed" in told
    assert "2 Aug: in -" in told or "2 Aug  in -" in told


def test_an_explanation_says_what_is_counted_what_not_and_how_to_list_it() -> None:
    told = "\n".join(explained_lines(EXPLAINED, 80))
    assert told.startswith("SLA compliance (sla), August 2026: 89.9 %\nn 1,204, ✗ missed 90 %, before 95 %, ▼ -5 pt")
    assert """deskterm list 'kpi:sla@2026-08/category:"it'\\''s"'""" in told
    assert "HD-000042  2026-09-16 13:00" in told
    assert "and 3 more" in told
    assert "left out, taken back: 60 tickets\n  HD-000007, HD-000008, ..." in told


def test_goals_are_counted_and_what_can_not_be_judged_is_said() -> None:
    told = list(goal_lines(BOARD, 80))
    assert told[-1] == "1 of 3 reached, 1 with nothing to judge yet"
    assert list(goal_lines(BOARD._replace(figures=(SLOW,)), 80))[-1] == "the profile sets no goals"


def test_how_far_it_is_is_told_on_a_terminal_once_it_takes_more_than_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    instants = iter([0.0, 0.1, 2.0])
    monkeypatch.setattr(bars, "monotonic", lambda: next(instants))
    monkeypatch.setattr("sys.stderr", terminal := Terminal())
    with bars.bar("reckoning") as hear:
        hear(1, 10)
        assert "reckoning" not in terminal.getvalue()
        hear(5, 10)
    assert "reckoning" in terminal.getvalue()
    assert "50%" in terminal.getvalue()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True
