"""When requests come in: inside the years, in office hours most of all, more from year to year."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from deskterm.core.domain.load import instants, periods

SINCE: Final = datetime(2016, 10, 1, tzinfo=UTC)
UNTIL: Final = datetime(2026, 9, 30, 11, tzinfo=UTC)
LAGOS: Final = ZoneInfo("Africa/Lagos")
HOLIDAY: Final = date(2024, 10, 1)


def some(count: int, seed: int, *, zone: ZoneInfo = LAGOS) -> list[datetime]:
    return instants(count, SINCE, UNTIL, zone, lambda day: day == HOLIDAY, Random(seed))  # noqa: S311 - it draws times and keeps no secret


@given(st.integers(0, 400), st.integers(), st.sampled_from(["Africa/Lagos", "Europe/Berlin", "Asia/Kathmandu"]))
def test_they_lie_inside_the_years_in_order_and_are_the_same_for_a_seed(count: int, seed: int, zone: str) -> None:
    found = some(count, seed, zone=ZoneInfo(zone))

    assert len(found) == count
    assert all(SINCE <= at < UNTIL and at.microsecond == 0 for at in found)
    assert found == sorted(found)
    assert found == some(count, seed, zone=ZoneInfo(zone))


def test_the_office_asks_by_day_on_weekdays_and_more_from_year_to_year() -> None:
    found = [at.astimezone(LAGOS) for at in some(40_000, 1)]
    hours, weekdays = Counter(at.hour for at in found), Counter(at.weekday() for at in found)
    years = Counter(at.year for at in found)

    assert sum(hours[hour] for hour in range(8, 17)) > 0.8 * len(found)
    assert 0 < sum(hours[hour] for hour in range(6)) < 0.02 * len(found)
    assert hours[9] > hours[12] < hours[14]
    assert weekdays[0] > weekdays[4] > 5 * weekdays[5] > 0
    assert all(years[year] < years[year + 1] for year in range(2017, 2025))
    assert years[2025] > 1.8 * years[2017]
    assert sum(at.month == 12 for at in found) < sum(at.month == 10 for at in found)


def test_on_a_holiday_little_comes_in() -> None:
    found = Counter(at.astimezone(LAGOS).date() for at in some(40_000, 2))

    assert found[HOLIDAY] < found[HOLIDAY + timedelta(days=1)] / 3


@given(
    st.lists(st.integers(0, 5_000), max_size=80).map(sorted),
    st.integers(1, 9),
    st.integers(1, 900).map(lambda hours: timedelta(hours=hours)),
)
def test_stretches_are_all_of_it_and_none_is_too_long(hours: list[int], at_most: int, length: timedelta) -> None:
    times = [SINCE + timedelta(hours=hour) for hour in hours]
    parts = periods(times, at_most, length)

    assert [at for start, end in parts for at in times[start:end]] == times
    assert all(0 < end - start <= at_most and times[end - 1] - times[start] < length for start, end in parts)
    assert all(before[1] == after[0] for before, after in pairwise(parts))
