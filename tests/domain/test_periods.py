"""Periods: what can be written, that they follow each other over changes of the clocks, and what they compare with."""

from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.filter_dates import FIRST_YEAR
from deskterm.core.domain.periods import Length, Period, before, buckets, days, months, period, trend, year_ago

# clocks that change at midnight, twice a year, by half an hour, by a whole day, and never
ZONES = [
    ZoneInfo(name)
    for name in ("America/Sao_Paulo", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Lagos")
]
LAGOS = ZoneInfo("Africa/Lagos")
TODAY = date(2026, 9, 16)  # a Wednesday
DAYS = st.dates(date(1972, 1, 1), date(2190, 12, 31))
CALENDAR = st.one_of(
    DAYS.map(str),
    DAYS.map(lambda day: f"{day:%Y-%m}"),
    DAYS.map(lambda day: f"{day.year}-Q{(day.month + 2) // 3}"),
    DAYS.map(lambda day: f"{day.isocalendar().year}-W{day.isocalendar().week:02}"),
    DAYS.map(lambda day: str(day.year)),
)
RANGES = st.tuples(DAYS, st.integers(0, 5_000)).map(lambda pair: f"{pair[0]}..{pair[0] + timedelta(days=pair[1])}")
RUNNING = st.sampled_from(["today", "week", "month", "quarter", "year"])


def read(text: str, today: date = TODAY) -> Period:
    return period(text, today, LAGOS)


@pytest.mark.parametrize(
    ("text", "first", "last", "words"),
    [
        ("today", "2026-09-16", "2026-09-16", "16 Sep 2026"),
        ("yesterday", "2026-09-15", "2026-09-15", "15 Sep 2026"),
        ("week", "2026-09-14", "2026-09-16", "week 38 of 2026 until 16 Sep"),
        ("month", "2026-09-01", "2026-09-16", "September 2026 until 16 Sep"),
        ("QUARTER", "2026-07-01", "2026-09-16", "Q3 2026 until 16 Sep"),
        ("year", "2026-01-01", "2026-09-16", "2026 until 16 Sep"),
        ("last-week", "2026-09-07", "2026-09-13", "week 37 of 2026"),
        ("last-month", "2026-08-01", "2026-08-31", "August 2026"),
        ("last-quarter", "2026-04-01", "2026-06-30", "Q2 2026"),
        ("last-year", "2025-01-01", "2025-12-31", "2025"),
        ("all", "1970-01-01", "2026-09-16", "all time"),
        ("2025", "2025-01-01", "2025-12-31", "2025"),
        ("2026-q1", "2026-01-01", "2026-03-31", "Q1 2026"),
        ("2024-02", "2024-02-01", "2024-02-29", "February 2024"),
        ("2026-W01", "2025-12-29", "2026-01-04", "week 1 of 2026"),
        ("2026-W53", "2026-12-28", "2027-01-03", "week 53 of 2026, not begun"),
        ("2026-09", "2026-09-01", "2026-09-16", "September 2026 until 16 Sep"),  # it runs: no more of it is known
        ("2027-01", "2027-01-01", "2027-01-31", "January 2027, not begun"),
        ("2026-09-14", "2026-09-14", "2026-09-14", "14 Sep 2026"),
        ("2026-08-03..2026-09-20", "2026-08-03", "2026-09-20", "3 Aug to 20 Sep 2026"),
        ("2025-12-03..2026-01-02", "2025-12-03", "2026-01-02", "3 Dec 2025 to 2 Jan 2026"),
        ("2026-09-01..2026-09", "2026-09-01", "2026-09-30", "September 2026"),
        ("2026-08-03..Today", "2026-08-03", "2026-09-16", "3 Aug to 16 Sep 2026"),
        ("2026-01..2026-Q2", "2026-01-01", "2026-06-30", "1 Jan to 30 Jun 2026"),
        (" 2026-08-01 .. 2026-08-31 ", "2026-08-01", "2026-08-31", "August 2026"),
    ],
)
def test_what_can_be_written(text: str, first: str, last: str, words: str) -> None:
    found = read(text)
    assert (str(found.first), str(found.last), found.words) == (first, last, words)


@pytest.mark.parametrize(
    "text",
    ["", "never", "2026-13", "2026-02-30", "2025-W53", "2026-W00", "0001", "9999-12", "2026-09-30..2026-09-01",
     "..2026", "2026..", "2026..2027..2028", "2027..today", "today..2027", "last-today", "٢٠٢٦"],
)  # fmt: skip
def test_what_is_no_period_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"^(there is no|\d{4} has no week|the period) .*"):
        read(text)


@given(CALENDAR, st.sampled_from(ZONES))
def test_whole_periods_follow_each_other_without_a_gap_or_an_overlap(text: str, zone: ZoneInfo) -> None:
    this = period(text, date(2195, 1, 1), zone)
    row = trend(this)
    assert row[-1] == this
    assert row[-2] == before(this)
    assert len(row) == 8 or (len(row) < 8 and before(row[0]).first.year < FIRST_YEAR)
    assert len({one.length for one in row}) == 1
    assert all(a.until == b.since and a.last + timedelta(days=1) == b.first for a, b in pairwise(row))


@given(st.one_of(CALENDAR, RANGES), st.sampled_from(ZONES))
def test_the_parts_of_a_period_are_all_of_it(text: str, zone: ZoneInfo) -> None:
    this = period(text, date(2195, 1, 1), zone)
    for parts in (buckets(this), months(this)):
        assert parts[0].since == this.since
        assert parts[-1].until == this.until
        assert all(a.until == b.since for a, b in pairwise(parts))
        assert all(part.first <= part.last for part in parts)
    assert len(buckets(this)) <= 63  # a bar each on a screen of 80 columns


@given(RUNNING, DAYS, st.sampled_from(ZONES))
def test_what_runs_ends_today_and_is_compared_with_as_many_days(text: str, today: date, zone: ZoneInfo) -> None:
    this = period(text, today, zone)
    assert this.last == today
    assert this.since <= this.until
    for other in (before(this), year_ago(this)):
        assert other.last < this.first
        if text in {"today", "week"}:
            assert other.last - other.first == this.last - this.first
        else:  # unless that month or quarter was shorter, or this one is over today
            whole = days(this.first, this.last, zone).length is not Length.DAYS
            assert whole or other.last - other.first <= this.last - this.first


@given(st.one_of(CALENDAR, RANGES, RUNNING), DAYS, st.sampled_from(ZONES))
def test_a_period_by_its_days_is_the_same_days(text: str, today: date, zone: ZoneInfo) -> None:
    this = period(text, today, zone)
    again = period(this.written, today + timedelta(days=40_000), zone)
    assert again[:4] == this[:4]


def test_what_periods_are_compared_with() -> None:
    assert before(read("2026-09")).written == "2026-08-01..2026-08-16"
    assert before(read("month", date(2026, 3, 30))).written == "2026-02-01..2026-02-28"
    assert before(read("month", date(2026, 3, 31))).words == "February 2026"
    assert before(read("2026-03-10..2026-03-12")).written == "2026-03-07..2026-03-09"
    assert year_ago(read("month")).written == "2025-09-01..2025-09-16"
    assert year_ago(read("2026-W36")).words == "week 36 of 2025"
    assert year_ago(period("2026-W53", date(2027, 6, 1), LAGOS)).words == "week 52 of 2025"
    assert year_ago(read("2024-02-29")).written == "2023-02-28"
    assert [one.words for one in trend(read("2026-Q1"), 3)] == ["Q3 2025", "Q4 2025", "Q1 2026"]


def test_a_long_periods_trend_goes_back_to_where_the_calendar_begins() -> None:
    assert [one.first.year for one in trend(read("2006-01-01..2025-12-31"))] == [1986, 2006]
    assert len(trend(read("1970-01-01..2199-12-31"))) == 1


def test_before_all_time_is_nothing() -> None:
    everything = read("all")
    assert trend(everything) == (everything,)
    for nothing in (before(everything), year_ago(everything)):
        assert nothing.since == nothing.until
        assert nothing.words == "nothing before"


@pytest.mark.parametrize(
    ("text", "begins", "words"),
    [
        ("2026-08", None, ["1 Aug 2026", "31 Aug 2026"]),
        ("2026-Q2", None, ["week 14 of 2026 from 1 Apr", "week 27 of 2026 until 30 Jun"]),
        ("2025", None, ["January 2025", "December 2025"]),
        ("all", date(2019, 2, 11), ["Q1 2019 from 11 Feb", "Q3 2026 until 16 Sep"]),
        ("all", date(2026, 9, 15), ["15 Sep 2026", "16 Sep 2026"]),
        ("all", None, ["1970", "2026 until 16 Sep"]),
    ],
)
def test_what_a_chart_of_a_period_has_along_it(text: str, begins: date | None, words: list[str]) -> None:
    parts = buckets(read(text), begins)
    assert [parts[0].words, parts[-1].words] == words
