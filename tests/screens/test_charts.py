"""Charts as lines: nothing is wider or higher than told, no label is cut, and they say the same in words alone."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from deskterm.core.domain.kpi import Unit
from deskterm.core.kpi_views import Chart, Kind, Series
from deskterm.widgets.charts import NOTHING, drawn, sparkline

Values = Sequence[float | None]
DAYS = tuple(f"{day:02}" for day in range(1, 31))
HOURS = tuple(f"{hour:02}" for hour in range(24))


def chart(kind: Kind, labels: Sequence[str], series: Mapping[str, Values], unit: Unit = Unit.COUNT) -> Chart:
    return Chart("one", "One", kind, unit, tuple(labels), tuple(Series(name, tuple(v)) for name, v in series.items()))


values = st.one_of(st.none(), st.floats(0, 10_000))


@given(
    st.sampled_from(Kind),
    st.sampled_from(Unit),
    st.integers(1, 60).flatmap(lambda n: st.lists(st.lists(values, min_size=n, max_size=n), min_size=1, max_size=3)),
    st.integers(56, 130),
    st.integers(9, 20),
)
def test_a_chart_keeps_to_its_cells_and_lines(
    kind: Kind, unit: Unit, rows: list[list[float | None]], width: int, height: int
) -> None:
    labels = [f"{place:02}" for place in range(len(rows[0]))]
    if kind is Kind.HEAT:
        labels = labels[:24]
    shown = chart(kind, labels, {f"s{n}": row[: len(labels)] for n, row in enumerate(rows)}, unit)
    lines = drawn(shown, width, height)
    assert max(map(cell_len, lines)) <= width
    assert len(lines) <= height
    assert lines == drawn(shown, width, height)


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=12))
def test_a_sparkline_rises_and_falls_with_its_values(numbers: list[float]) -> None:
    line = sparkline(numbers)
    assert len(line) == len(numbers)
    for one, glyph in zip(numbers, line, strict=True):
        assert all(glyph >= other for less, other in zip(numbers, line, strict=True) if less <= one)


def test_a_sparkline_says_what_is_not_known() -> None:
    assert sparkline([1, None, 8]) == "▁·█"
    assert sparkline([None, None]) == ""


def test_bars_stand_where_there_are_many_and_say_what_has_no_room() -> None:
    shown = chart(Kind.BARS, DAYS, {"in": [float(n % 7) for n in range(30)], "out": [1.0] * 30})
    assert drawn(shown, 76, 8)[-1] == "█ in  ▒ out"
    assert drawn(shown, 42, 8)[-1] == "█ in  ▒ out  10 earlier have no room"
    assert drawn(shown, 42, 8)[-2].startswith("  11  13  15")


def test_bars_lie_with_their_values_where_there_are_few() -> None:
    shown = chart(Kind.BARS, ("under a day", "over 4 weeks"), {"open": [8.0, 0.1]})
    assert drawn(shown, 40, 8) == ["under a day  ███████████████████████ 8", "over 4 weeks ▎ 0.1"]


def test_what_is_more_than_nothing_is_seen_and_nothing_is_not() -> None:
    shown = chart(Kind.BARS, DAYS, {"in": [1000.0, 1.0, 0.0] + [0.0] * 27, "out": [0.0] * 3 + [1.0] + [0.0] * 26})
    bottom = drawn(shown, 76, 10)[-3]
    assert bottom == "    0 █ ▁    ▒"


def test_a_line_has_its_points_apart_without_colour_and_breaks_where_nothing_is_known() -> None:
    shown = chart(Kind.LINE, ("Sep", "Oct", "Nov"), {"one": [0.8, None, 0.95], "two": [0.7, 0.7, 0.7]}, Unit.SHARE)
    lines = drawn(shown, 60, 8)
    assert lines[0].startswith("95 %")
    assert "".join(lines).count("●") == 3  # two points and the legend
    assert not any(set(line) >= {"●", "·"} for line in lines[:-2])
    assert lines[-1] == "● one, last 95 %  ○ two, last 70 %"


def test_a_heat_map_reads_by_numbers_or_by_shades_with_their_scale() -> None:
    week = {day: [float(hour) if hour > 7 else 0.0 for hour in range(24)] for day in ("Mon", "Tue")}
    shown = chart(Kind.HEAT, HOURS, week)
    wide, narrow = drawn(shown, 76, 9), drawn(shown, 56, 9)
    assert wide[1].endswith("█22█23")
    assert narrow[1].endswith("████████████")
    assert wide[-1] == narrow[-1] == "up to ░ 5  ▒ 11  ▓ 17  █ 23   most: Mon 23 (23)"
    few = drawn(chart(Kind.HEAT, HOURS, {"Mon": [float(hour == 9) for hour in range(24)]}), 76, 9)
    assert few[-1] == "up to █ 1   most: Mon 09 (1)"


@pytest.mark.parametrize("kind", Kind)
def test_without_values_it_says_so(kind: Kind) -> None:
    assert drawn(chart(kind, ("a", "b"), {"none": [None, None]}), 60, 9) == [NOTHING]


def test_hours_in_which_nothing_came_in_are_nothing_to_show() -> None:
    assert drawn(chart(Kind.HEAT, ("08", "09"), {"Mon": [0.0, 0.0]}), 60, 9) == [NOTHING]


def test_in_words_every_value_is_said() -> None:
    line = chart(Kind.LINE, ("Sep", "Oct"), {"response": [0.8, None], "resolution": [0.75, 1.0]}, Unit.SHARE)
    assert drawn(line, 76, 9, plain=True) == [
        "Sep  response 80 %, resolution 75 %", "Oct  response -, resolution 100 %",
    ]  # fmt: skip
    heat = chart(Kind.HEAT, ("08", "09"), {"Mon": [1.0, 2.0], "Sun": [0.0, 0.0]})
    assert drawn(heat, 76, 9, plain=True) == ["Mon  08: 1, 09: 2", "Sun  nothing"]


def test_what_people_wrote_is_shown_visibly() -> None:
    shown = chart(Kind.BARS, ("a\x1b[31m", "b"), {"in": [1.0, 2.0]})
    assert not any("\x1b" in line for line in drawn(shown, 60, 9))
