"""Business time: 401 cases from other programs' tests, and laws against an oracle that counts minutes."""

import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deskterm.core.domain.calendar import FIRST_YEAR, LAST_YEAR, WEEKDAYS, Calendar
from deskterm.core.domain.errors import InvalidInput

Hours = Sequence[tuple[str, str]]

PEERS = json.loads((Path(__file__).parent / "business_time_cases.json").read_text("utf-8"))
LAWS = settings(
    derandomize=True, max_examples=100, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
MINUTE = timedelta(minutes=1)
NINE_TO_FIVE: Mapping[str, Hours] = dict.fromkeys(WEEKDAYS[:5], (("09:00", "17:00"),))
ALL_DAY: Mapping[str, Hours] = dict.fromkeys(WEEKDAYS, (("00:00", "24:00"),))

# a zone and dates around which its clock does something, or the year turns
PLACES = (
    ("UTC", date(2019, 12, 31)),
    ("Europe/Berlin", date(2024, 3, 31)),
    ("Europe/Berlin", date(2024, 10, 27)),
    ("America/New_York", date(2016, 11, 6)),
    ("America/Sao_Paulo", date(2016, 10, 16)),  # the clock skips 00:00 to 01:00
    ("America/Sao_Paulo", date(2016, 2, 21)),  # the clock goes from 24:00 back to 23:00
    ("America/Havana", date(2016, 11, 6)),  # the clock goes from 01:00 back to 00:00
    ("Asia/Kolkata", date(2021, 1, 1)),
    ("Pacific/Chatham", date(2016, 9, 25)),  # three quarters of an hour off
    ("Australia/Lord_Howe", date(2016, 4, 3)),  # half an hour back
    ("Australia/Lord_Howe", date(2016, 10, 2)),
    ("Africa/Lagos", date(2020, 2, 29)),
    ("Pacific/Apia", date(2011, 12, 30)),  # a date that never was
    ("Pacific/Kiritimati", date(2022, 1, 1)),
)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def case_calendar(name: str) -> Calendar:
    written: dict[str, Any] = PEERS["calendars"][name]
    dated = {
        part: {date.fromisoformat(day): hours for day, hours in written.get(part, {}).items()}
        for part in ("shifts", "breaks")
    }
    return Calendar.compile(
        zone=written["zone"],
        week=written["week"],
        holidays=[date.fromisoformat(day) for day in written.get("holidays", [])],
        **dated,
    )


@pytest.mark.parametrize("case", PEERS["cases"], ids=lambda case: case["id"])
def test_the_cases_of_other_programs(case: dict[str, Any]) -> None:
    calendar, start = case_calendar(case["calendar"]), datetime.fromisoformat(case["start"])
    if case["op"] == "add":
        assert calendar.add(start, case["seconds"]) == datetime.fromisoformat(case["expected"])
    else:
        assert calendar.elapsed(start, datetime.fromisoformat(case["end"])) == case["expected"]


def test_there_are_401_cases() -> None:
    assert len({case["id"] for case in PEERS["cases"]}) == 401


@dataclass(frozen=True)
class Slow:
    """The oracle: the set of open minutes of the days around a date, and steps through them."""

    zone: str
    middle: date
    week: Mapping[str, Hours]
    holidays: frozenset[date]
    shifts: Mapping[date, Hours]
    breaks: Mapping[date, Hours]

    @property
    def origin(self) -> datetime:
        return datetime.combine(self.middle, time(), UTC) - timedelta(days=10)

    @property
    def minutes(self) -> int:
        return 20 * 24 * 60

    @cached_property
    def open(self) -> list[bool]:
        """Whether each minute from the origin on is open; dates far out count, minutes far out don't."""
        opened, closed = set[int](), set[int]()
        for day in (self.middle + timedelta(days=n) for n in range(-14, 15)):
            hours = self.shifts.get(day, self.week.get(WEEKDAYS[day.weekday()], ()))
            if day not in self.holidays:
                opened |= self._minutes(day, hours)
            closed |= self._minutes(day, self.breaks.get(day, ()))
        return [minute in opened and minute not in closed for minute in range(self.minutes)]

    def _minutes(self, day: date, hours: Hours) -> set[int]:
        found = set[int]()
        for opening, closing in hours:
            end = day if closing > opening else day + timedelta(days=1)
            found |= set(range(self._minute(day, opening), self._minute(end, closing)))
        return found

    def _minute(self, day: date, clock: str) -> int:
        hour, minute = map(int, clock.split(":"))
        wall = datetime.combine(day, time()) + timedelta(hours=hour, minutes=minute)
        zone = ZoneInfo(self.zone)

        def offset(instant: datetime) -> timedelta:
            local = instant.astimezone(zone)
            return local.replace(tzinfo=UTC) - instant

        around = [offset(wall.replace(tzinfo=UTC) + timedelta(hours=hours)) for hours in (-36, 36)]
        meant = [wall.replace(tzinfo=UTC) - ahead for ahead in around]
        real = [instant for instant in meant if instant.astimezone(zone).replace(tzinfo=None) == wall]
        # none in a gap: the offset before it counts
        return (min(real, default=meant[0]) - self.origin) // MINUTE

    def at(self, second: int) -> datetime:
        return self.origin + timedelta(seconds=second)

    def elapsed(self, start: int, end: int) -> int:
        if end < start:
            return -self.elapsed(end, start)
        return sum(
            min(end, minute * 60 + 60) - max(start, minute * 60)
            for minute in range(start // 60, -(-end // 60))
            if self.open[minute]
        )

    def add(self, start: int, seconds: int) -> int | None:
        """Steps a second at a time, or a minute where it fits; None where it leaves the days that are known."""
        step = 1 if seconds > 0 else -1
        at, left = start, abs(seconds)
        while left:
            size = 60 if left > 60 and at % 60 == 0 else 1
            minute = at // 60 if step > 0 else -(-at // 60) - 1
            if not 0 <= minute < self.minutes:
                return None
            if self.open[minute]:
                left -= size
            at += step * size
        if step < 0 and seconds:  # the latest such instant: back up over closed time
            while at // 60 < self.minutes and not self.open[at // 60]:
                at = (at // 60 + 1) * 60
        return at

    @cached_property
    def calendar(self) -> Calendar:
        return Calendar.compile(
            zone=self.zone, week=self.week, holidays=self.holidays, shifts=self.shifts, breaks=self.breaks
        )


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


# quarters of an hour, so that intervals touch, overlap and fall into gaps often
CLOCKS = st.integers(0, 95).map(lambda quarter: clock(quarter * 15))
INTERVAL = st.one_of(
    st.tuples(CLOCKS, CLOCKS).filter(lambda pair: pair[0] != pair[1]),
    st.tuples(CLOCKS, st.just("24:00")),
    st.sampled_from([("00:00", "24:00"), ("22:00", "06:00"), ("00:30", "02:15"), ("23:30", "00:00")]),
)
HOURS = st.lists(INTERVAL, max_size=3)


@st.composite
def slow_calendars(draw: st.DrawFn) -> Slow:
    zone, middle = draw(st.sampled_from(PLACES))
    days = st.integers(-4, 4).map(lambda n: middle + timedelta(days=n))
    week = draw(st.dictionaries(st.sampled_from(WEEKDAYS), HOURS, max_size=7))
    week[WEEKDAYS[middle.weekday()]] = draw(st.lists(INTERVAL, min_size=1, max_size=3))
    return Slow(
        zone=zone,
        middle=middle,
        week=week,
        holidays=frozenset(draw(st.sets(days, max_size=2))),
        shifts=draw(st.dictionaries(days, HOURS, max_size=3)),
        breaks=draw(st.dictionaries(days, HOURS, max_size=2)),
    )


SECONDS = st.one_of(
    st.integers(4 * 86_400, 16 * 86_400), st.integers(4 * 96, 16 * 96).map(lambda quarter: quarter * 900)
)
BUDGETS = st.one_of(st.integers(0, 30 * 3_600), st.integers(0, 60).map(lambda quarter: quarter * 900))


@LAWS
@given(slow_calendars(), SECONDS, SECONDS)
def test_elapsed_counts_the_open_seconds(slow: Slow, start: int, end: int) -> None:
    assert slow.calendar.elapsed(slow.at(start), slow.at(end)) == slow.elapsed(start, end)


@LAWS
@given(slow_calendars(), SECONDS, BUDGETS, st.sampled_from([1, -1]))
def test_add_steps_through_the_open_seconds(slow: Slow, start: int, budget: int, sign: int) -> None:
    expected = slow.add(start, sign * budget)
    if expected is not None and 0 <= expected < slow.minutes * 60:
        assert slow.calendar.add(slow.at(start), sign * budget) == slow.at(expected)


@LAWS
@given(slow_calendars(), SECONDS)
def test_next_open_and_windows_agree_with_the_minutes(slow: Slow, start: int) -> None:
    minute = start // 60
    ahead = next((n for n in range(minute, slow.minutes) if slow.open[n]), None)
    if ahead is not None:
        assert slow.calendar.next_open(slow.at(start)) == slow.at(max(start, ahead * 60))
    low, high = slow.at(start - start % 60), slow.at(16 * 86_400)
    found = list(slow.calendar.windows(low, high))
    covered = {
        (opening - slow.origin) // MINUTE + n for opening, end in found for n in range((end - opening) // MINUTE)
    }
    assert covered == {n for n in range(minute, 16 * 1_440) if slow.open[n]}
    assert all(opening < closing for opening, closing in found)
    assert all(before[1] < after[0] for before, after in pairwise(found))


@LAWS
@given(slow_calendars(), SECONDS, st.integers(-400_000, 400_000))
def test_what_was_added_has_elapsed(slow: Slow, start: int, seconds: int) -> None:
    calendar, at = slow.calendar, slow.at(start)
    assert calendar.elapsed(at, calendar.add(at, seconds)) == seconds


@LAWS
@given(slow_calendars(), SECONDS, st.integers(0, 400_000), st.integers(0, 400_000))
def test_two_budgets_are_one(slow: Slow, start: int, first: int, second: int) -> None:
    calendar, at = slow.calendar, slow.at(start)
    assert calendar.add(calendar.add(at, first), second) == calendar.add(at, first + second)
    assert calendar.add(calendar.add(at, -first), -second) == calendar.add(at, -first - second)


@LAWS
@given(slow_calendars(), SECONDS, SECONDS, SECONDS)
def test_elapsed_adds_up_and_turns_its_sign(slow: Slow, a: int, b: int, c: int) -> None:
    elapsed, at = slow.calendar.elapsed, slow.at
    assert elapsed(at(a), at(b)) + elapsed(at(b), at(c)) == elapsed(at(a), at(c))
    assert elapsed(at(a), at(b)) == -elapsed(at(b), at(a))
    assert elapsed(at(a), at(a)) == 0


@LAWS
@given(slow_calendars(), SECONDS, SECONDS, st.integers(-90_000, 90_000), st.integers(0, 90_000))
def test_add_never_falls(slow: Slow, a: int, b: int, seconds: int, more: int) -> None:
    early, late = sorted((slow.at(a), slow.at(b)))
    assert slow.calendar.add(early, seconds) <= slow.calendar.add(late, seconds)
    assert slow.calendar.add(early, seconds) <= slow.calendar.add(early, seconds + more)


@LAWS
@given(slow_calendars(), st.integers(4 * 86_400, 16 * 86_400), st.integers(1, 10**12), st.integers(-(10**11), 10**11))
def test_microseconds_are_exact(slow: Slow, start: int, gap: int, budget: int) -> None:
    calendar, at = slow.calendar, int(slow.at(start).timestamp()) * 1_000_000 + 123_457
    assert calendar.elapsed_us(at, calendar.add_us(at, budget)) == budget
    whole, rest = divmod(calendar.elapsed_us(at, at + gap), 1_000_000)
    instants = (slow.at(start) + timedelta(microseconds=us) for us in (123_457, 123_457 + gap))
    assert calendar.elapsed(*instants) == whole
    assert 0 <= rest < 1_000_000


@LAWS
@given(slow_calendars(), SECONDS, SECONDS, st.integers(-90_000, 90_000))
def test_epoch_seconds_and_datetimes_give_the_same(slow: Slow, a: int, b: int, seconds: int) -> None:
    calendar, first, second = slow.calendar, int(slow.at(a).timestamp()), int(slow.at(b).timestamp())
    assert calendar.add_epoch(first, seconds) == calendar.add(slow.at(a), seconds).timestamp()
    assert calendar.elapsed_epoch(first, second) == calendar.elapsed(slow.at(a), slow.at(b))


@settings(LAWS, max_examples=20)  # each grows five calendars by a score of years
@given(slow_calendars(), st.permutations(range(2005, 2028)), st.integers(0, 80_000))
def test_the_answer_does_not_depend_on_what_was_asked_before(slow: Slow, years: list[int], seconds: int) -> None:
    asked = [utc(year, 1, 1, 3) for year in years[:4]]
    fresh = [slow_copy(slow).calendar.elapsed(slow.at(0), instant) for instant in asked]
    assert [slow.calendar.elapsed(slow.at(0), instant) for instant in asked] == fresh
    assert slow.calendar.add(asked[0], -seconds) == slow_copy(slow).calendar.add(asked[0], -seconds)


def slow_copy(slow: Slow) -> Slow:
    return Slow(slow.zone, slow.middle, slow.week, slow.holidays, slow.shifts, slow.breaks)


@LAWS
@given(st.sampled_from(PLACES), st.integers(-3 * 86_400, 3 * 86_400), st.one_of(SECONDS, st.integers(-(10**8), 10**8)))
def test_a_calendar_that_never_closes_is_utc_subtraction(place: tuple[str, date], away: int, seconds: int) -> None:
    start = datetime.combine(place[1], time(), UTC) + timedelta(seconds=away)
    local, end = start.astimezone(ZoneInfo(place[0])), start + timedelta(seconds=seconds)
    everywhere = Calendar.compile(zone=place[0], week=ALL_DAY)
    for calendar in (Calendar.always(), everywhere):
        assert calendar.add(local, seconds) == end
        assert calendar.elapsed(local, end) == seconds
        assert calendar.next_open(local) == start
        assert list(calendar.windows(local, end)) == ([(start, end)] if seconds > 0 else [])


@pytest.mark.parametrize("zone", sorted({zone for zone, _ in PLACES}))
def test_no_change_of_the_clock_opens_or_closes_anything(zone: str) -> None:
    calendar, whole = Calendar.compile(zone=zone, week=ALL_DAY), (utc(FIRST_YEAR, 1, 1), utc(2051, 1, 1))
    assert list(calendar.windows(*whole)) == [whole]


class TestTheContract:
    calendar = Calendar.compile(zone="UTC", week=NINE_TO_FIVE, holidays=[date(2024, 5, 1)])
    friday = utc(2024, 5, 3, 17)

    def test_a_budget_that_ends_at_closing_is_due_at_closing(self) -> None:
        assert self.calendar.add(utc(2024, 5, 3, 16), 3_600) == self.friday

    def test_going_back_to_opening_stays_at_opening(self) -> None:
        assert self.calendar.add(utc(2024, 5, 6, 10), -3_600) == utc(2024, 5, 6, 9)

    def test_a_zero_budget_stays_where_it_is(self) -> None:
        assert self.calendar.add(utc(2024, 5, 4, 12), 0) == utc(2024, 5, 4, 12)

    def test_the_closing_instant_is_closed(self) -> None:
        assert self.calendar.next_open(self.friday) == utc(2024, 5, 6, 9)
        assert self.calendar.next_open(self.friday - timedelta(microseconds=1)) < self.friday

    def test_the_opening_instant_is_open(self) -> None:
        assert self.calendar.next_open(utc(2024, 5, 6, 9)) == utc(2024, 5, 6, 9)

    def test_a_holiday_is_closed(self) -> None:
        assert self.calendar.elapsed(utc(2024, 4, 30), utc(2024, 5, 3)) == 2 * 8 * 3_600

    def test_what_is_overdue_is_negative(self) -> None:
        assert self.calendar.elapsed(self.friday, utc(2024, 5, 3, 9)) == -8 * 3_600

    def test_part_seconds_are_cut_toward_zero(self) -> None:
        nine = utc(2024, 5, 3, 9)
        later = nine + timedelta(seconds=2, microseconds=999_999)
        assert (self.calendar.elapsed(nine, later), self.calendar.elapsed(later, nine)) == (2, -2)

    def test_answers_are_in_utc_whatever_the_zone_of_the_question(self) -> None:
        local = datetime(2024, 5, 3, 11, tzinfo=ZoneInfo("Europe/Berlin"))
        answer = self.calendar.add(local, 60)
        assert (answer, answer.tzinfo) == (utc(2024, 5, 3, 9, 1), UTC)

    def test_windows_are_clipped(self) -> None:
        found = list(self.calendar.windows(utc(2024, 5, 2, 16), utc(2024, 5, 3, 10)))
        assert found == [(utc(2024, 5, 2, 16), utc(2024, 5, 2, 17)), (utc(2024, 5, 3, 9), utc(2024, 5, 3, 10))]
        assert list(self.calendar.windows(self.friday, utc(2024, 5, 6, 9))) == []
        assert list(self.calendar.windows(self.friday, utc(2024, 5, 3))) == []


@pytest.mark.parametrize(
    ("day", "hours", "expected"),
    [
        (date(2024, 3, 31), ("02:30", "05:00"), [(utc(2024, 3, 31, 1, 30), utc(2024, 3, 31, 3))]),
        (date(2024, 3, 31), ("01:00", "02:30"), [(utc(2024, 3, 31), utc(2024, 3, 31, 1, 30))]),
        (date(2024, 3, 31), ("02:30", "03:15"), []),  # it would open at 03:30
        (date(2024, 3, 30), ("22:00", "06:00"), [(utc(2024, 3, 30, 21), utc(2024, 3, 31, 4))]),
        (date(2024, 10, 27), ("02:30", "05:00"), [(utc(2024, 10, 27, 0, 30), utc(2024, 10, 27, 4))]),
        (date(2024, 10, 27), ("01:00", "02:30"), [(utc(2024, 10, 26, 23), utc(2024, 10, 27, 0, 30))]),
        (date(2024, 10, 26), ("22:00", "06:00"), [(utc(2024, 10, 26, 20), utc(2024, 10, 27, 5))]),
    ],
)
def test_a_gap_moves_an_end_later_and_an_overlap_takes_the_first(
    day: date, hours: tuple[str, str], expected: list[tuple[datetime, datetime]]
) -> None:
    calendar = Calendar.compile(zone="Europe/Berlin", week={}, shifts={day: [hours]})
    assert list(calendar.windows(utc(2024, 1, 1), utc(2025, 1, 1))) == expected


NIGHTS: Mapping[str, Hours] = dict.fromkeys(WEEKDAYS, (("22:00", "06:00"),))


def test_a_night_shift_belongs_to_its_start_date() -> None:
    calendar = Calendar.compile(zone="UTC", week=NIGHTS, holidays=[date(2024, 5, 1)])
    assert list(calendar.windows(utc(2024, 4, 30, 12), utc(2024, 5, 3))) == [
        (utc(2024, 4, 30, 22), utc(2024, 5, 1, 6)),
        (utc(2024, 5, 2, 22), utc(2024, 5, 3)),
    ]


def test_a_night_shift_on_new_years_eve_runs_into_the_year() -> None:
    calendar = Calendar.compile(zone="UTC", week=NIGHTS, holidays=[date(2025, 1, 1)])
    assert calendar.elapsed(utc(2025, 1, 1), utc(2025, 1, 2)) == 6 * 3_600
    assert list(calendar.windows(utc(2024, 12, 31, 20), utc(2025, 1, 2))) == [
        (utc(2024, 12, 31, 22), utc(2025, 1, 1, 6))
    ]


@pytest.mark.parametrize(
    ("zone", "opening", "closing"),
    [
        ("Pacific/Honolulu", utc(2024, 12, 31, 8), utc(2025, 1, 1, 6)),  # 30 December 22:00 to 20:00
        ("Pacific/Kiritimati", utc(2024, 12, 30, 8), utc(2024, 12, 31, 6)),
    ],
)
def test_a_shift_is_whole_across_the_years_of_utc(zone: str, opening: datetime, closing: datetime) -> None:
    calendar = Calendar.compile(zone=zone, week=dict.fromkeys(WEEKDAYS, (("22:00", "20:00"),)))
    for year in (2024, 2025):
        calendar.next_open(utc(year, 6, 1))
    assert (opening, closing) in list(calendar.windows(utc(2024, 12, 29), utc(2025, 1, 3)))


def test_a_holiday_wins_over_a_dated_shift() -> None:
    day = date(2024, 5, 1)
    shifts = {day: [("10:00", "12:00")], date(2024, 5, 4): [("10:00", "12:00")], date(2024, 5, 3): []}
    calendar = Calendar.compile(zone="UTC", week=NINE_TO_FIVE, holidays=[day], shifts=shifts)
    assert list(calendar.windows(utc(2024, 5, 1), utc(2024, 5, 5))) == [
        (utc(2024, 5, 2, 9), utc(2024, 5, 2, 17)),
        (utc(2024, 5, 4, 10), utc(2024, 5, 4, 12)),
    ]


def test_a_break_is_closed_time() -> None:
    breaks = {date(2024, 5, 2): [("11:00", "12:00"), ("11:30", "13:00"), ("16:00", "09:30")]}
    calendar = Calendar.compile(zone="UTC", week=NINE_TO_FIVE, breaks=breaks)
    assert list(calendar.windows(utc(2024, 5, 2), utc(2024, 5, 4))) == [
        (utc(2024, 5, 2, 9), utc(2024, 5, 2, 11)),
        (utc(2024, 5, 2, 13), utc(2024, 5, 2, 16)),
        (utc(2024, 5, 3, 9, 30), utc(2024, 5, 3, 17)),
    ]


def test_a_break_on_a_holiday_cuts_the_night_that_began_before_it() -> None:
    day = date(2024, 5, 1)
    calendar = Calendar.compile(zone="UTC", week=NIGHTS, holidays=[day], breaks={day: [("02:00", "03:00")]})
    assert list(calendar.windows(utc(2024, 4, 30, 12), utc(2024, 5, 2, 12))) == [
        (utc(2024, 4, 30, 22), utc(2024, 5, 1, 2)),
        (utc(2024, 5, 1, 3), utc(2024, 5, 1, 6)),
    ]


def test_the_holidays_of_a_year_are_asked_for_when_it_is_needed() -> None:
    asked = set[int]()

    def christmas(year: int) -> Iterable[date]:
        asked.add(year)
        return [date(year, 12, 25)]

    calendar = Calendar.compile(zone="UTC", week=NINE_TO_FIVE, holidays=christmas)
    assert asked == set()
    calendar.add(utc(2024, 6, 1), 60)
    assert asked == {2023, 2024, 2025}
    assert calendar.next_open(utc(2028, 12, 24, 18)) == utc(2028, 12, 26, 9)
    assert max(asked) == 2029


@pytest.mark.parametrize(
    ("week", "hours"),
    [
        (NINE_TO_FIVE, 8.0),
        ({"mon": [("09:00", "12:00")], "tue": [("09:00", "12:00"), ("13:00", "17:30")]}, 7.5),
        ({"mon": [("22:00", "06:00")]}, 8.0),
        ({"mon": [("09:00", "12:00"), ("11:00", "13:00")]}, 4.0),
        (ALL_DAY, 24.0),
    ],
)
def test_the_nominal_day_is_the_longest_weekday(week: Mapping[str, Hours], hours: float) -> None:
    assert Calendar.compile(zone="Europe/Berlin", week=week).business_day == hours * 3_600


def test_the_nominal_day_of_a_calendar_of_dated_shifts_is_the_longest_of_them() -> None:
    shifts = {date(2024, 5, 1): [("10:00", "12:00")], date(2024, 5, 4): [("10:00", "13:00")]}
    assert Calendar.compile(zone="UTC", week={}, shifts=shifts).business_day == 3 * 3_600


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ({"week": {"mon": [("09:00", "09:00")]}}, "mon: 09:00 to 09:00 .*00:00 to 24:00"),
        ({"week": {"mon": [("9:00", "17:00")]}}, "mon: '9:00' .*HH:MM"),
        ({"week": {"tue": [("09:00", "17:60")]}}, "tue: '17:60' .*HH:MM"),
        ({"week": {"tue": [("09:00", "24:01")]}}, "tue: '24:01' .*HH:MM"),
        ({"week": {"tue": [("09:00", "17:00\n")]}}, "tue: .*HH:MM"),
        ({"week": {"wed": [("24:00", "08:00")]}}, "wed: nothing opens at 24:00"),
        ({"week": {"Monday": [("09:00", "17:00")]}}, "'Monday' is no weekday; expected one of mon, tue"),
        ({"week": NINE_TO_FIVE, "zone": "Mars/Olympus"}, "'Mars/Olympus' is no time zone"),
        ({"week": NINE_TO_FIVE, "zone": "../etc/passwd"}, "is no time zone"),
        ({"week": NINE_TO_FIVE, "zone": "Europe"}, "is no time zone"),
        ({"week": NINE_TO_FIVE, "zone": ""}, "is no time zone"),
        ({"week": NINE_TO_FIVE, "shifts": {date(2024, 5, 1): [("x", "12:00")]}}, "shift of 2024-05-01: 'x'"),
        ({"week": NINE_TO_FIVE, "breaks": {date(2024, 5, 1): [("1", "12:00")]}}, "break of 2024-05-01: '1'"),
        ({"week": {}}, "no open time"),
        ({"week": {"mon": []}, "shifts": {date(2024, 5, 1): []}}, "no open time"),
    ],
)
def test_hours_that_make_no_sense_are_refused(written: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        Calendar.compile(**{"zone": "UTC", **written})


class TestTheHorizon:
    once = Calendar.compile(zone="UTC", week={}, shifts={date(2024, 5, 1): [("10:00", "12:00")]})
    before, after = utc(2024, 1, 1), utc(2024, 6, 1)

    def test_a_budget_that_is_never_used_up_is_refused(self) -> None:
        assert self.once.add(self.before, 7_200) == utc(2024, 5, 1, 12)
        assert self.once.add(self.after, -7_200) == utc(2024, 5, 1, 10)
        for start, seconds in ((self.before, 7_201), (self.after, 1), (self.after, -7_201), (self.before, -1)):
            with pytest.raises(InvalidInput, match=f"horizon, which is the years {FIRST_YEAR} to {LAST_YEAR}"):
                self.once.add(start, seconds)

    def test_a_calendar_that_never_opens_again_says_so(self) -> None:
        with pytest.raises(InvalidInput, match="horizon"):
            self.once.next_open(self.after)

    def test_years_without_open_time_are_passed_over(self) -> None:
        fresh = Calendar.compile(zone="UTC", week={}, shifts={date(2024, 5, 1): [("10:00", "12:00")]})
        assert fresh.next_open(utc(2019, 6, 1)) == utc(2024, 5, 1, 10)

    def test_the_first_instant_of_a_year_belongs_to_it(self) -> None:
        always, new_year = Calendar.always(), utc(2025, 1, 1)
        assert always.next_open(new_year - MINUTE) == new_year - MINUTE
        assert always.next_open(new_year) == new_year

    @pytest.mark.parametrize("far", [utc(FIRST_YEAR - 1, 12, 31), utc(LAST_YEAR + 1, 1, 1), utc(9999, 12, 31)])
    def test_an_instant_beyond_it_is_refused(self, far: datetime) -> None:
        for ask in (
            lambda: self.once.add(far, 0),
            lambda: self.once.elapsed(self.before, far),
            lambda: self.once.next_open(far),
            lambda: list(self.once.windows(far, self.before)),
        ):
            with pytest.raises(InvalidInput, match="horizon"):
                ask()

    def test_its_first_and_last_instants_can_be_asked_about(self) -> None:
        first, last = utc(FIRST_YEAR, 1, 1), utc(LAST_YEAR, 12, 31, 23, 59, 59)
        assert Calendar.always().elapsed(first, last) == (last - first) // timedelta(seconds=1)

    def test_an_instant_without_a_zone_is_refused(self) -> None:
        with pytest.raises(InvalidInput, match="no time zone"):
            self.once.add(datetime(2024, 5, 1), 60)  # noqa: DTZ001 - the point of the test


def test_threads_that_grow_one_calendar_get_the_same_answers() -> None:
    years = [2024, 1999, 2031, 2010, 2040, 1985]
    expected = {year: Calendar.compile(zone="UTC", week=NINE_TO_FIVE).add(utc(year, 1, 1), 10**6) for year in years}
    shared = Calendar.compile(zone="UTC", week=NINE_TO_FIVE)
    wrong = list[int]()

    def ask(turn: int) -> None:
        for year in years[turn:] + years[:turn]:
            if shared.add(utc(year, 1, 1), 10**6) != expected[year]:
                wrong.append(year)

    threads = [threading.Thread(target=ask, args=(turn,)) for turn in range(len(years))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
