"""What insights say, and that nothing is said where nothing is."""

from collections.abc import Sequence
from math import comb, exp
from random import Random
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.core.domain import unusual
from deskterm.core.domain.insight_words import odds, of_change, of_forecast
from deskterm.core.domain.insights import (
    BOTTLENECK_SHARE,
    LEAST_CASES,
    LEAST_RESOLVED,
    Evidence,
    Insight,
    Place,
    Queue,
    Says,
    Track,
    bottlenecks,
    changes,
    forecast,
)
from deskterm.core.domain.kpi import Unit
from deskterm.core.domain.unusual import LEAST_PERIODS, PERIODS, Point, chance, told, usual

_HOUR: Final = 3_600
_DAY: Final = 8 * _HOUR
_WEEK: Final = 5 * _DAY
_ERROR: Final = {Unit.COUNT: 0.0, Unit.SHARE: 0.0, Unit.SECONDS: 600.0, Unit.STARS: 0.1}
counts = st.integers(0, 5_000)
units = st.sampled_from(sorted(_ERROR))


def _counted(*values: float) -> tuple[Point, ...]:
    return tuple(Point(float(value), int(value)) for value in values)


def _track(before: Sequence[Point], now: Point, *, of: str = "", unit: Unit = Unit.COUNT) -> Track:
    return Track("submitted", "submitted", of, unit, tuple(before), now, "kpi:submitted", is_category=bool(of))


def _queue(left: Sequence[int], weeks: Sequence[int] = (40,) * 8) -> Queue:
    return Queue("it", tuple(left), tuple(weeks), _WEEK, _DAY, "department:it is:open")


def _poisson(random: Random, rate: float) -> int:
    """Gives a Poisson number, by multiplying chances until nothing is left."""
    number, left = 0, exp(-rate)
    chance_of = random.random()
    while chance_of > left:
        chance_of *= random.random()
        number += 1
    return number


@given(st.floats(0.0, 1.0), st.integers(0, 10_000), units)
def test_a_constant_series_never_speaks(value: float, n: int, unit: Unit) -> None:
    level = float(n) if unit is Unit.COUNT else value
    point = Point(level, n, _ERROR[unit])
    assert changes([_track([point] * PERIODS, point, unit=unit)]) == []


@given(st.lists(counts, min_size=PERIODS, max_size=PERIODS), counts, st.randoms(use_true_random=False))
def test_the_order_of_the_periods_before_makes_no_difference(before: list[int], now: int, random: Random) -> None:
    shuffled = before.copy()
    random.shuffle(shuffled)
    [one], [other] = (_counted(now) for _ in range(2))
    assert chance(_counted(*before), one, Unit.COUNT) == pytest.approx(chance(_counted(*shuffled), other, Unit.COUNT))


@given(
    st.lists(st.tuples(st.lists(counts, min_size=8, max_size=8), counts), max_size=4),
    st.randoms(use_true_random=False),
)
def test_the_order_of_the_figures_makes_no_difference(figures: list[tuple[list[int], int]], random: Random) -> None:
    tracks = [_track(_counted(*before), _counted(now)[0], of=f"c{n}") for n, (before, now) in enumerate(figures)]
    shuffled = tracks.copy()
    random.shuffle(shuffled)
    assert changes(tracks) == changes(shuffled)


@given(
    st.integers(30, 2_000).flatmap(
        lambda level: st.tuples(
            st.just(level), st.lists(st.integers(level - level // 20, level + level // 20), min_size=8, max_size=8)
        )
    )
)
def test_a_step_of_sufficient_size_speaks_up_and_down(series: tuple[int, list[int]]) -> None:
    level, before = series
    [risen] = changes([_track(_counted(*before), _counted(3 * level)[0], of="printers")])
    assert risen.is_repeated
    assert risen.weight == 3 * level - risen.usual.median
    [fallen] = changes([_track(_counted(*before), _counted(level // 5)[0], of="printers")])
    assert not fallen.is_repeated


@pytest.mark.parametrize("rate", [3.0, 12.0, 60.0])
def test_on_noise_alone_at_most_one_report_in_twenty_says_anything(rate: float) -> None:
    random = Random(6)  # noqa: S311 - the same noise every time
    reports, said = 300, 0
    for _ in range(reports):
        noise = [_counted(*(_poisson(random, rate) for _ in range(PERIODS + 1))) for _ in range(12)]
        said += bool(changes([_track(points[:-1], points[-1]) for points in noise]))
    assert said / reports <= 0.05


def test_shares_of_few_tickets_say_no_more_on_noise_alone() -> None:
    random = Random(7)  # noqa: S311 - as above
    reports, said = 150, 0
    for _ in range(reports):
        noise = [
            [Point(sum(random.random() < 0.9 for _ in range(40)) / 40, 40) for _ in range(PERIODS + 1)]
            for _ in range(10)
        ]
        said += bool(changes([_track(points[:-1], points[-1], unit=Unit.SHARE) for points in noise]))
    assert said / reports <= 0.05


def test_noise_that_is_wider_than_poisson_is_judged_by_its_own_width() -> None:
    wide = _counted(400, 900, 520, 1_300, 610, 980, 450, 1_100)
    assert changes([_track(wide, _counted(1_500)[0])]) == []
    assert changes([_track(_counted(*[800, 790] * 4), _counted(1_500)[0])])


def test_a_count_is_judged_by_the_binomial_test_that_one_rate_of_all_periods_makes() -> None:
    before, now = (10, 10, 10, 10, 10, 10, 10, 10), 22
    total = sum(before) + now
    tail = sum(comb(total, n) * 8 ** (total - n) / 9**total for n in range(now, total + 1))
    assert chance(_counted(*before), _counted(now)[0], Unit.COUNT) == pytest.approx(2 * tail)


def test_what_is_beyond_all_chance_is_judged_without_adding_up_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    added: list[float] = []

    def noted(power: float) -> float:
        added.append(power)
        return exp(power)

    monkeypatch.setattr(unusual, "exp", noted)
    before = [Point(80_000 + 500 * number, 80_000) for number in range(PERIODS)]
    for now in (10, 250_000):
        assert chance(before, Point(now, now), Unit.COUNT) == pytest.approx(0, abs=1e-5)
    assert len(added) == 2


def test_a_share_of_few_says_less_than_the_same_share_of_many() -> None:
    few = chance([Point(0.9, 30)] * 8, Point(0.8, 30), Unit.SHARE)
    many = chance([Point(0.9, 3_000)] * 8, Point(0.8, 3_000), Unit.SHARE)
    assert few is not None
    assert many is not None
    assert many < 1e-9
    assert few > 0.05


def test_a_duration_is_judged_by_its_own_sampling_error_too() -> None:
    before = [Point(hours * 3_600.0, 50, 900.0) for hours in (8, 8.1, 7.9, 8, 8.05, 7.95, 8, 8)]
    sure = chance(before, Point(12 * 3_600.0, 50, 900.0), Unit.SECONDS)
    unsure = chance(before, Point(12 * 3_600.0, 50, 9_000.0), Unit.SECONDS)
    assert sure is not None
    assert unsure is not None
    assert sure < 0.001
    assert unsure > 0.05


def test_of_too_few_periods_or_tickets_nothing_is_judged() -> None:
    short = [*_counted(*[50] * (LEAST_PERIODS - 1)), *[Point(None, 0)] * 3]
    assert usual(short, Unit.COUNT) is None
    assert chance(short, _counted(500)[0], Unit.COUNT) is None
    assert chance(_counted(*[1] * 8), _counted(9)[0], Unit.COUNT) is None
    assert chance([Point(0.9, 100)] * 8, Point(0.1, 5), Unit.SHARE) is None
    assert chance([Point(0.9, 100)] * 8, Point(None, 0), Unit.SHARE) is None


def test_what_is_too_small_to_matter_is_not_said_however_sure_it_is() -> None:
    assert changes([_track(_counted(*[100_000] * 8), _counted(105_000)[0])]) == []
    assert changes([_track([Point(0.90, 10**6)] * 8, Point(0.93, 10**6), unit=Unit.SHARE)]) == []


def test_of_many_figures_a_single_chance_must_be_smaller() -> None:
    assert told([0.05]) == [True]
    assert told([0.05, *[0.9] * 19]) == [False] * 20
    assert told([0.004, None, 0.05, 0.9]) == [True, False, True, False]


@given(st.lists(st.integers(-_WEEK, 2 * _WEEK), max_size=60), st.lists(st.integers(3, 80), min_size=8, max_size=8))
def test_who_works_more_loses_no_more_and_what_is_open_more_loses_no_less(left: list[int], weeks: list[int]) -> None:
    def lost(queue: Queue) -> int:
        found = forecast(queue)
        return 0 if found is None else found.in_a_week

    queue = _queue(left, weeks)
    assert lost(_queue(left, [week + 5 for week in weeks])) <= lost(queue) <= lost(_queue([*left, _HOUR], weeks))
    if (found := forecast(queue)) is not None:
        assert found.least <= found.in_a_week <= found.most <= len(left) - found.already
        assert found.in_a_day <= found.in_a_week
    assert lost(_queue([*left, -_HOUR], weeks)) == lost(queue)  # what is out of time already is no news


def test_a_forecast_is_counted_by_hand() -> None:
    # 40 a week are one an hour: of five due after two hours two are done; the sixth has a day
    found = forecast(_queue([2 * _HOUR] * 5 + [_DAY, -1], (20, 60, 40, 40, 40, 40, 40, 40)))
    assert found is not None
    assert (found.open, found.already, found.in_a_day, found.in_a_week) == (7, 1, 3, 3)
    assert (found.least, found.most, found.rate) == (2, 5, 40.0)


def test_nothing_is_forecast_of_a_department_that_resolved_too_little() -> None:
    assert forecast(_queue([1] * 50, (0,) * 7 + (LEAST_RESOLVED - 1,))) is None
    assert forecast(_queue([1] * 50, (0,) * 7 + (LEAST_RESOLVED,))) is not None


def test_a_place_that_takes_more_than_its_share_is_a_bottleneck_where_it_is_a_loss() -> None:
    def places(vendor: int, n: int = LEAST_CASES) -> list[Place]:
        hands = Place("work", "in hand", 100 - vendor, 90, "", is_loss=False)
        return [hands, Place("work", "waiting for the vendor", vendor, n, "is:waiting")]

    share = round(100 * BOTTLENECK_SHARE)
    [found] = bottlenecks(places(share + 1))
    assert (found.place.label, found.whole, found.share) == ("waiting for the vendor", 100, (share + 1) / 100)
    assert bottlenecks(places(share)) == []
    assert bottlenecks(places(90, n=LEAST_CASES - 1)) == []
    assert bottlenecks([]) == []


@given(
    st.lists(st.builds(Place, st.sampled_from("ab"), st.sampled_from("wxyz"), counts, counts, st.just("")), max_size=6)
)
def test_bottlenecks_come_in_one_order(places: list[Place]) -> None:
    found = bottlenecks(places)
    assert found == sorted(found, key=lambda one: (-one.weight, one.place.group))
    assert len({one.place.group for one in found}) == len(found)


def _said(label: str, unit: Unit, before: Point, now: Point, *, of: str = "", is_category: bool = False) -> Insight:
    track = Track("k", label, of, unit, (before,) * PERIODS, now, "kpi:k", is_category)
    [found] = changes([track])
    return of_change(found, "September 2026")


def test_a_change_is_said_in_words_with_what_it_rests_on() -> None:
    fell = _said("SLA compliance", Unit.SHARE, Point(0.93, 300), Point(0.8, 250), of="IT")
    assert fell.words == "SLA compliance of IT below its usual: 80 %, usually 93 %."
    assert fell.evidence == (
        Evidence("September 2026", "80 %, n 250"),
        Evidence("the 8 periods before", "93 % to 93 %, median 93 %"),
        Evidence("by chance alone", "less than 1 in 10,000"),
    )
    assert (fell.says, fell.n, fell.drill) == (Says.CHANGE, 250, "kpi:k")
    assert fell.weight == pytest.approx(0.13 * 250)
    slow = _said("Response", Unit.SECONDS, Point(3_600.0, 50, 60.0), Point(7_200.0, 50, 60.0))
    assert slow.words == "Response took longer than usual: 2h, usually 1h (medians)."
    more = _said("Came in", Unit.COUNT, Point(20.0, 20), Point(60.0, 60), of="Printers", is_category=True)
    assert (more.says, more.words) == (Says.REPEATED, "More Printers than usual: 60 came in, usually 20.")
    less = _said("Came in", Unit.COUNT, Point(60.0, 60), Point(20.0, 20), of="Printers", is_category=True)
    assert (less.says, less.words) == (Says.CHANGE, "Less Printers than usual: 20 came in, usually 60.")


def test_what_moved_along_with_the_whole_is_not_said_again() -> None:
    def some(of: str, before: int, now: int) -> Track:
        return _track(_counted(*[before] * PERIODS), _counted(now)[0], of=of)

    along, apart, against = some("Printers", 100, 155), some("Mail", 100, 300), some("Desks", 100, 40)
    assert {one.track.of for one in changes([along, apart, against])} == {"Printers", "Mail", "Desks"}
    whole = some("", 1_000, 1_600)
    assert {one.track.of for one in changes([whole, along, apart, against])} == {"", "Mail", "Desks"}
    why = some("Printers", 100, 155)
    assert {one.track.of for one in changes([some("", 150, 240), why])} == {"", "Printers"}  # 55 of the 90 more
    shares = [(of, Point(now, 900)) for of, now in (("", 0.8), ("IT", 0.78), ("Accounts", 0.6))]
    tracks = [_track([Point(0.9, 900)] * PERIODS, now, of=of, unit=Unit.SHARE) for of, now in shares]
    assert {one.track.of for one in changes(tracks)} == {"", "Accounts"}


def test_a_forecast_says_what_it_takes_for_granted() -> None:
    found = forecast(_queue([2 * _HOUR] * 5 + [_DAY, -1], (20, 60, 40, 40, 40, 40, 40, 40)))
    assert found is not None
    said = of_forecast(found)
    assert said.words == (
        "it: 3 of 7 tickets open now and due within a week will run out of time, 3 of them within a business day, "
        "if work goes on as in the last 8 weeks."
    )
    assert [one.value for one in said.evidence] == [
        "40 (20 to 60)", "2 to 5", "the most urgent first; what comes in, and what is out of time already, left aside",
    ]  # fmt: skip


def test_a_chance_is_said_as_one_in_so_many() -> None:
    assert (odds(0.004), odds(0.5), odds(1e-4), odds(9e-5)) == (
        "1 in 250",
        "1 in 2",
        "1 in 10,000",
        "less than 1 in 10,000",
    )
