"""Figures: what a period counts, and that they add up; each against a reckoning without numpy."""

import math
from datetime import UTC, datetime
from itertools import pairwise
from statistics import mean, median
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.core.domain import figures
from deskterm.core.domain.arrivals import arrivals
from deskterm.core.domain.columns import FOREVER, Columns
from deskterm.core.domain.kpi import Definition, Reduced
from deskterm.core.domain.kpi_table import Terms, known
from deskterm.core.domain.measured_cells import Celled, Placed, Span
from deskterm.core.domain.measures import Ending, clock_code

KNOWN: Final = known(Terms({"resolution": "Resolution"}, (), (), ()))
END: Final = np.array([0], np.int64)
Row = dict[str, int]


def columns(*rows: Row) -> Columns:
    """Gives measures as columns; what a row doesn't say is 1, and it was never taken back."""
    made = [[({"gone": FOREVER} | row).get(name, 1) for row in rows] for name in Columns._fields]
    return Columns(*(np.array(values, np.int64) for values in made))


def whole(of: Columns) -> Placed:
    """Gives all of them in one span."""
    return Placed(of, np.arange(of.at.size), np.array([0, of.at.size], np.int64))


def fitting(one: Definition, of: Columns, ends: Any = END) -> list[bool]:
    """Gives which of them a KPI counts."""
    rows = figures.fitting(one, whole(of), ends).rows.tolist()
    return [place in rows for place in range(of.at.size)]


def alone(one: Definition, of: Columns, *, scale: int = 5, ends: Any = END) -> tuple[int, float, float, float]:
    """Gives n, value, median and 90th percentile of all in one cell."""
    found = figures.reckoned(one, [Celled(whole(of))] * len(one.measures), ends, scale=scale, priorities=4)
    return int(found.n[0]), float(found.value[0]), float(found.median[0]), float(found.p90[0])


def test_a_span_counts_what_became_known_in_it_and_was_not_taken_back_before_its_end() -> None:
    span = Span(100, 200, 200)
    made = columns(
        {"at": 99, "ticket": 1}, {"at": 100, "ticket": 2}, {"at": 150, "gone": 199, "ticket": 3},
        {"at": 160, "gone": 200, "ticket": 4}, {"at": 199, "ticket": 5}, {"at": 200, "ticket": 6},
    )  # fmt: skip
    assert figures.counted(made, [span]).field("ticket").tolist() == [2, 4, 5]
    assert figures.taken_back(made, span).ticket.tolist() == [3]


def test_what_stands_at_the_end_of_a_span_began_before_and_ends_then_or_later() -> None:
    made = columns(
        {"value": 0, "at": 199, "ticket": 1}, {"value": 199, "at": 200, "ticket": 2},
        {"value": 150, "at": 300, "ticket": 3}, {"value": 200, "at": FOREVER, "ticket": 4},
        {"value": 100, "at": FOREVER, "ticket": 5},
    )  # fmt: skip
    found = figures.standing(made, [Span(100, 200, 200), Span(200, 300, 300)])
    assert found.offsets.tolist() == [0, 3, 6]
    assert found.field("ticket").tolist() == [2, 3, 5, 3, 4, 5]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([7], (1, 7.0, 7.0, 7.0)),
        ([1, 2], (2, 1.5, 1.5, 2.0)),
        ([3, 1, 2], (3, 2.0, 2.0, 3.0)),
        (list(range(1, 11)), (10, 5.5, 5.5, 9.0)),
        (list(range(1, 12)), (11, 6.0, 6.0, 10.0)),
    ],
)
def test_means_stand_beside_median_and_nearest_rank(values: list[int], said: tuple[float, ...]) -> None:
    assert alone(KNOWN["turnaround"], columns(*({"value": value} for value in values))) == said


def test_nothing_is_said_of_nothing() -> None:
    for one in KNOWN.values():
        if not one.parts:
            n, *said = alone(one, Columns.none())
            assert n == 0
            assert all(math.isnan(value) for value in said), one.name


def test_shares_are_of_those_that_are_counted() -> None:
    done, first = int(Ending.DONE), int(Ending.FIRST_CONTACT)
    made = columns({"code": done | first}, {"code": done}, {"code": done | first}, {"code": int(Ending.REOPENED)})
    one = KNOWN["first-contact"]
    assert fitting(one, made) == [True, True, True, False]
    assert alone(one, made.between(0, 3))[:2] == (3, 2 / 3)
    short = figures.falls_short(one, one.measures[0], whole(made.between(0, 3)))
    assert short is not None
    assert short.tolist() == [False, True, False]


def test_a_clock_is_judged_by_its_own_cycles() -> None:
    code = clock_code("resolution")
    made = columns({"code": code, "value": 1}, {"code": code, "value": 0}, {"code": clock_code("other"), "value": 0})
    assert fitting(KNOWN["sla"], made) == [True, True, False]
    assert alone(KNOWN["sla"], made.between(0, 2))[:2] == (2, 0.5)


def test_ratings_are_on_the_profiles_scale_and_low_ones_fall_short() -> None:
    made = columns(*({"value": stars} for stars in (5, 4, 2)))
    assert alone(KNOWN["csat"], made)[1] == pytest.approx(11 / 3)
    assert alone(KNOWN["csat"], made, scale=10)[1] == pytest.approx(22 / 3)
    assert alone(KNOWN["csat-normalised"], made, scale=1)[1] == pytest.approx(11 / 15)
    short = figures.falls_short(KNOWN["csat"], KNOWN["csat"].measures[0], whole(made))
    assert short is not None
    assert short.tolist() == [False, False, True]


def test_a_backlog_has_an_age_a_weight_and_holders() -> None:
    made = columns({"code": 100, "person": 0, "priority": 1, "tier": 2}, {"code": 400, "priority": 4})
    ends = np.array([1_000], np.int64)
    assert alone(KNOWN["backlog-age"], made, ends=ends) == (2, 750.0, 750.0, 900.0)
    assert fitting(KNOWN["workload"], made, ends) == [False, True]
    assert alone(KNOWN["weighted-workload"], made)[1] == 4 * 2 + 1
    assert fitting(KNOWN["backlog-age-1"], made, ends) == [True, True]
    assert fitting(KNOWN["backlog-age-2"], made, ends) == [False, False]


def test_different_tickets_are_counted_once_a_cell() -> None:
    made = columns({"ticket": 1}, {"ticket": 1}, {"ticket": 2}, {"ticket": 1})
    cells = np.array([0, 0, 0, 1], np.int64)
    found = figures.reckoned(KNOWN["handled"], [Celled(whole(made), 3, cells)], END, scale=5, priorities=4)
    assert found.n.tolist() == [2, 1, 0]


def test_quality_is_the_mean_of_what_has_anything_to_say() -> None:
    def cell(n: int, value: float) -> figures.Cells:
        return figures.cells(np.array([n]), np.array([value]))

    parts = [
        (KNOWN["sla"], cell(10, 0.8)), (KNOWN["csat-normalised"], cell(0, 0)), (KNOWN["first-contact"], cell(5, 0.6)),
        (KNOWN["reopen-rate"], cell(5, 0.2)),
    ]  # fmt: skip
    found = figures.quality(parts)
    assert found.n[0] == 20
    assert found.value[0] == pytest.approx((0.8 + 0.6 + 0.8) / 3)
    assert figures.quality([(KNOWN["reopen-rate"], cell(1, 3.0))]).value.tolist() == [0.0]
    assert math.isnan(figures.quality([(KNOWN["sla"], cell(0, 0))]).value[0])


def test_paces_and_changes() -> None:
    open_, none = figures.cells(np.array([12]), np.array([12])), figures.cells(np.array([0]), np.array([0]))
    pace = figures.per_day(figures.cells(np.array([20]), np.array([20])), np.array([40]))
    assert pace.value.tolist() == [0.5]
    assert figures.at_hand(open_, pace).value.tolist() == [24.0]
    assert math.isnan(figures.at_hand(open_, none).value[0])
    assert figures.net(open_, pace, np.array([False])).value.tolist() == [11.5]
    assert figures.net(open_, pace, np.array([True])).n.tolist() == [0]  # what comes in is nobody's yet
    assert figures.trend(np.array([4.0, 3.0, 2.0, 1.0])).tolist() == [1.0, 2.0, 4.0]
    assert figures.changes(np.array([15, 99, 10, 0])).tolist()[1:] == [pytest.approx(math.nan, nan_ok=True), 0.5]
    change = figures.change(figures.cells(np.array([15, 10]), np.array([15, 10])), 1)
    assert change.value.tolist() == [0.5, pytest.approx(math.nan, nan_ok=True)]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 10**9)), max_size=60))
def test_cells_are_what_statistics_says_of_their_values(rows: list[tuple[int, int]]) -> None:
    made = columns(*({"value": value} for _, value in rows))
    cells = np.array([cell for cell, _ in rows], np.int64)
    found = figures.reckoned(KNOWN["resolution"], [Celled(whole(made), 4, cells)], END, scale=5, priorities=4)
    n, total, *_ = alone(KNOWN["waiting"], made)
    for cell in range(4):
        mine = sorted(value for where, value in rows if where == cell)
        assert found.n[cell] == len(mine)
        if mine:
            assert found.value[cell] == pytest.approx(mean(mine))
            assert mine[0] <= found.value[cell] <= mine[-1]
            assert found.median[cell] == median(mine)
            assert found.p90[cell] == mine[math.ceil(len(mine) * 0.9 - 1e-9) - 1]
    assert found.n.sum() == n
    if rows:
        assert np.nansum(found.value * found.n) == pytest.approx(total)


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), max_size=40).map(sorted),
    st.lists(st.integers(0, 400), min_size=2, max_size=6, unique=True).map(sorted),
)
def test_consecutive_spans_count_what_the_whole_does_but_for_what_is_taken_back_across_them(
    rows: list[tuple[int, int]], edges: list[int]
) -> None:
    made = columns(*({"at": at, "gone": max(at, gone)} for at, gone in rows))
    spans = [Span(since, until, until) for since, until in pairwise(edges)]
    all_ = Span(edges[0], edges[-1], edges[-1])
    parts = figures.counted(made, spans)
    for number, span in enumerate(spans):
        expected = [at for at, gone in rows if span.since <= at < span.until and max(at, gone) >= span.until]
        assert parts.field("at")[parts.offsets[number] : parts.offsets[number + 1]].tolist() == expected
    later = sum(span.until <= max(at, gone) < all_.until for at, gone in rows for span in spans if
                span.since <= at < span.until)  # fmt: skip
    assert parts.rows.size - later == figures.counted(made, [all_]).rows.size


@pytest.mark.parametrize("zone", ["Africa/Lagos", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe"])
def test_arrivals_are_by_hour_and_weekday_of_the_zone_over_changes_of_the_clocks(zone: str) -> None:
    first = int(datetime(2026, 3, 27, tzinfo=UTC).timestamp())
    instants = range(first, first + 10 * 86_400, 1_801)
    expected = np.zeros((7, 24), np.int64)
    for at in instants:
        local = datetime.fromtimestamp(at, ZoneInfo(zone))
        expected[local.weekday(), local.hour] += 1
    assert (arrivals(np.array(instants), ZoneInfo(zone)) == expected).all()


def test_every_kpi_says_what_it_is() -> None:
    for name, one in KNOWN.items():
        assert name == one.name
        assert one.formula.endswith(".")
        assert one.excludes.endswith(".")
        assert one.answers
        assert bool(one.measures) is not bool(one.parts)
        assert len(one.heading) <= 8
        assert all(part in KNOWN for part in one.parts)
        assert one.reduced is not Reduced.SHARE or one.clocks or one.flag or one.measures[0] == "purchased"
