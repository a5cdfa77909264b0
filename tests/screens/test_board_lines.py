"""A board as lines: nothing is cut or left out at any width, and what each place means can be asked for."""

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st
from made_boards import CSAT, FIGURES, RESPONSE, SLA, VOLUME, board, figure, table
from rich.cells import cell_len

from deskterm.core.kpi_views import Asked, By
from deskterm.widgets.board_lines import BoardLine, ChartAt, FigureAt, charts_of, figures_of, head_of
from deskterm.widgets.sheet import Spot

NAMES = st.text(st.sampled_from("Aé 部署abc&"), min_size=1, max_size=40).filter(lambda name: name.strip() == name)


def text(line: BoardLine) -> str:
    return "".join(text for text, _ in line.texts)


def spots(lines: list[BoardLine]) -> Iterator[tuple[str, Spot[object]]]:
    for line in lines:
        for spot in line.spots:
            yield text(line), spot  # type: ignore[misc]


@settings(max_examples=60)
@given(st.integers(56, 130), st.lists(NAMES, max_size=4, unique=True), st.integers(1, 12))
def test_every_figure_of_a_board_is_there_whole_at_any_width(width: int, names: list[str], columns: int) -> None:
    figures = [figure(f"a-figure-{n}", value=n / 20, label=f"Figure of number {n}") for n in range(columns)]
    lines = figures_of(board(tables=[table(names, figures=figures)]), width)
    assert max(cell_len(text(line)) for line in lines) <= width
    assert not any("…" in text(line) for line in lines)
    shown = [spot.meaning.figure.name for _, spot in spots(lines) if isinstance(spot.meaning, FigureAt)]
    expected = [one.name for one in figures]
    assert sorted(shown) == sorted([one.name for one in FIGURES] + expected * len(names))
    for line, spot in spots(lines):
        assert 0 <= spot.start < spot.end <= width
        if isinstance(spot.meaning, FigureAt) and spot.meaning.line is not None:
            assert f"{spot.meaning.figure.value:.0%}".rstrip("%") in line


def test_tiles_say_value_spread_number_goal_change_and_trend_in_aligned_columns() -> None:
    wide = [text(line) for line in figures_of(board(), 78)]
    assert wide[0] == "✗ goals: 1 of 2 reached; missed: CSAT"
    assert wide[2:] == [
        "           value  median  p90      n  goal          change     trend",
        "SLA       94.7 %               1,204  ✓ met 90 %    ▲ +1.6 pt  ▁▆·█",
        "CSAT         3.8                  88  ✗ missed 4.0  ▼ -7.3 %",
        "RESPONSE    2h10    1h30   6h  1,250                ▼ -13 %",
        "CADENCE        -                   0",
    ]


def test_tiles_that_have_no_room_beside_each_other_take_two_lines() -> None:
    narrow = [text(line) for line in figures_of(board(), 44)]
    assert narrow[2:4] == ["SLA      94.7 % ✓ met 90 %   ▲ +1.6 pt ▁▆·█", "  n 1,204"]
    assert "  median 1h30, p90 6h, n 1,250" in narrow


def test_a_table_says_which_figures_reach_their_goal_and_what_has_nothing() -> None:
    lines = [text(line) for line in figures_of(board(tables=[table(["IT"])]), 78)][-4:]
    assert lines[1].startswith("By department   ✓ reaches the goal, ✗ misses it")
    assert lines[2].split() == ["SLA", "CSAT", "RESPONSE", "CADENCE"]
    assert lines[3].split() == ["IT", "✓94.7", "%", "✗3.8", "2h10", "-"]
    empty = [text(line) for line in figures_of(board(tables=[table([])]), 78)]
    assert empty[-1] == "nothing in this period"


def test_what_a_place_means_is_asked_for_by_its_drill() -> None:
    wanted = Asked("month", compare=Asked().compare)
    of_it = figure("sla", drill="kpi:sla@2026-09/dept:it/person:ife")
    (line,) = table(["IT"], figures=[of_it]).lines
    assert FigureAt(of_it, "department", line).asked(wanted) == Asked("2026-09", "it", "ife")
    nothing = figure("sla", value=None, n=0, drill="")
    assert FigureAt(nothing).asked(wanted) == wanted
    assert FigureAt(nothing, "department", line).asked(wanted) == wanted._replace(department="it")
    assert FigureAt(nothing, "tier", line).asked(wanted) is None
    assert FigureAt(figure("sla", drill="kpi:sla@2026-09/tier:2"), "tier", line).asked(wanted) is None
    assert FigureAt(of_it, "department", line).board_of_line(wanted) == wanted._replace(department="it")
    assert FigureAt(of_it, "month", line).board_of_line(wanted._replace(by=By.MONTH)) == Asked("it")
    assert FigureAt(of_it, "stage", line).board_of_line(wanted) is None
    assert FigureAt(of_it).board_of_line(wanted) is None


def test_charts_stand_one_below_the_other_each_with_its_place() -> None:
    lines = charts_of(board(charts=(VOLUME, VOLUME)), 60, 20)
    assert [spot.meaning for _, spot in spots(lines)] == [ChartAt(VOLUME)] * 2
    assert text(lines[0]).startswith("── In and out ───")
    assert max(cell_len(text(line)) for line in lines) == 60
    assert [text(line) for line in charts_of(board(charts=()), 60, 20)] == ["this board has no charts"]


def test_the_head_says_which_board_of_whom_of_when_and_as_of_when() -> None:
    made = board()
    assert head_of(made).plain == "Overview · the whole desk · September 2026, against August 2026"
    past = made._replace(as_of=made.made_at, scope="a\x1b[1m")
    assert head_of(past).plain.endswith(" · as of 05 Oct 2026 10:00")
    assert "\x1b" not in head_of(past).plain


def test_goals_that_are_all_reached_say_so() -> None:
    made = board()._replace(figures=(SLA, RESPONSE))
    assert text(figures_of(made, 78)[0]) == "✓ goals: 1 of 1 reached"
    assert not any("goals:" in text(line) for line in figures_of(made._replace(figures=(RESPONSE,)), 78))
    assert CSAT.is_met is False
