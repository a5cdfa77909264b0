"""Dates in a filter: one spelling each, and the time they stand for, also where the clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.core.domain.filter_dates import Interval, interval, spelled
from deskterm.core.domain.filter_terms import Between, Is, Op, Than, Value

# clocks that change at midnight, twice a year, by half an hour, by a whole day, and never
ZONES = [
    ZoneInfo(name)
    for name in (
        "America/Sao_Paulo", "America/Havana", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Cairo",
        "Asia/Beirut", "Africa/Lagos",
    )
]  # fmt: skip
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 26, 15, 30, tzinfo=UTC)  # a Thursday, days before the clocks go forward
INSTANTS = st.integers(5 * 365 * 86_400, 220 * 365 * 86_400).map(lambda second: datetime.fromtimestamp(second, UTC))
DAYS = st.dates(date(1971, 1, 1), date(2198, 12, 30))
WORDS = st.sampled_from(["today", "yesterday", "tomorrow", "monday", "sunday", "1mar", "29feb", "2026", "2026-03"])
EDGES = st.one_of(WORDS, DAYS.map(str), st.sampled_from(["now", "-7d", "-30m", "4h", "2w"]))
VALUES: st.SearchStrategy[Value] = st.one_of(
    st.builds(Is, EDGES), st.builds(Than, st.sampled_from(Op), EDGES), st.builds(Between, EDGES, EDGES)
)


def inside(at: datetime, found: Interval) -> bool:
    return (found.start is None or at >= found.start) and (found.end is None or at < found.end)


@given(DAYS, st.sampled_from(ZONES), INSTANTS)
def test_days_follow_each_other_without_a_gap(day: date, zone: ZoneInfo, now: datetime) -> None:
    one, next_ = (interval(Is(str(d)), now, zone) for d in (day, day + timedelta(days=1)))
    assert one.end == next_.start


@given(INSTANTS, st.sampled_from(ZONES))
def test_an_instant_is_inside_its_own_day_month_and_year(now: datetime, zone: ZoneInfo) -> None:
    day = now.astimezone(zone).date()
    for text in ("today", str(day), f"{day:%Y-%m}", f"{day.year:04}"):
        assert inside(now, interval(Is(text), now, zone))
    assert interval(Is("today"), now, zone) == interval(Is(str(day)), now, zone)


@given(INSTANTS, st.sampled_from(ZONES), st.data())
def test_whatever_is_inside_a_day_has_its_date(now: datetime, zone: ZoneInfo, data: st.DataObject) -> None:
    day = data.draw(DAYS)
    start, end = interval(Is(str(day)), now, zone)
    assert start is not None
    assert end is not None
    if start < end:  # Samoa left a day out
        share = data.draw(st.integers(0, (end - start) // timedelta(microseconds=1) - 1))
        assert (start + timedelta(microseconds=share)).astimezone(zone).date() == day


@given(VALUES, INSTANTS, INSTANTS, st.sampled_from(ZONES), st.booleans())
def test_before_inside_and_after_are_three_parts_of_all_time(
    value: Value,
    at: datetime,
    now: datetime,
    zone: ZoneInfo,
    ahead: bool,  # noqa: FBT001
) -> None:
    text = value.last if isinstance(value, Between) else value.text
    kinds: tuple[Value, ...] = (Is(text), *(Than(op, text) for op in Op), Between(text, text))
    found = {kind: inside(at, interval(kind, now, zone, ahead=ahead)) for kind in kinds}
    assert found[Than(Op.BELOW, text)] + found[Is(text)] + found[Than(Op.ABOVE, text)] == 1
    assert found[Than(Op.UP_TO, text)] is not found[Than(Op.ABOVE, text)]
    assert found[Than(Op.FROM, text)] is not found[Than(Op.BELOW, text)]
    assert found[Between(text, text)] is found[Is(text)]


@given(INSTANTS, st.sampled_from(ZONES), st.sampled_from(["monday", "friday", "1mar", "29feb", "31dec"]), st.booleans())
def test_a_day_without_a_date_is_the_nearest_on_its_side(
    now: datetime,
    zone: ZoneInfo,
    text: str,
    ahead: bool,  # noqa: FBT001
) -> None:
    today, found = interval(Is("today"), now, zone), interval(Is(text), now, zone, ahead=ahead)
    assert None not in {*today, *found}
    if ahead:
        assert found.start >= today.start  # type: ignore[operator]
    else:
        assert found.end <= today.end  # type: ignore[operator]
    far = 8 * 366 if "feb" in text else 366 if text[0].isdecimal() else 7
    assert abs(found.start - today.start) <= timedelta(days=far + 1)  # type: ignore[operator]


@given(st.one_of(EDGES, st.dates(date(1970, 1, 1), date(2199, 12, 31)).map(str)))
def test_a_spelling_is_its_own(text: str) -> None:
    assert spelled(text) == text


@given(DAYS)
def test_every_day_can_be_written_out(day: date) -> None:
    for form in ("%B %-d, %Y", "%-d %b %Y", "%-d-%b-%Y", "%-d%b%Y"):
        assert spelled(day.strftime(form)) == day.isoformat()
    assert spelled(day.strftime("%-d %B")) == day.strftime("%-d%b").lower()


@given(st.text(max_size=12))
def test_any_text_is_a_date_or_refused_in_words(text: str) -> None:
    try:
        found = spelled(text)
    except ValueError:
        return
    assert spelled(found) == found
    interval(Is(found), NOW, BERLIN)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("03/04/2026", "write 2026-03-04 or 2026-04-03"),
        ("march", "expected a date such as"),
        ("10", "expected a date such as"),
        ("10:30", "expected a date such as"),
        ("1 march 10:30", "expected a date such as"),
        ("2026-02-29", "there is no such day"),
        ("30feb", "expected a date such as"),
        ("2300", "expected a year from 1970 to 2199"),
        ("1mar2300", "expected a year from 1970 to 2199"),
        ("99999d", "expected a date such as"),
    ],
)
def test_what_is_no_date_or_two_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        spelled(text)


def test_a_day_that_can_be_read_one_way_only_is_read() -> None:
    assert [spelled(text) for text in ("13/04/2026", "+4h", "Mon", "1. Mar. 2026", "007d")] == [
        "2026-04-13", "4h", "monday", "2026-03-01", "7d",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "start", "end"),
    [
        (Is("today"), "2026-03-26T00:00+01:00", "2026-03-27T00:00+01:00"),
        (Is("2026-03-29"), "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00"),
        (Is("2026-03"), "2026-03-01T00:00+01:00", "2026-04-01T00:00+02:00"),
        (Is("2026"), "2026-01-01T00:00+01:00", "2027-01-01T00:00+01:00"),
        (Is("friday"), "2026-03-20T00:00+01:00", "2026-03-21T00:00+01:00"),
        (Is("27mar"), "2025-03-27T00:00+01:00", "2025-03-28T00:00+01:00"),
        (Is("29feb"), "2024-02-29T00:00+01:00", "2024-03-01T00:00+01:00"),
        (Between("2026-01", "yesterday"), "2026-01-01T00:00+01:00", "2026-03-26T00:00+01:00"),
        (Than(Op.FROM, "-7d"), "2026-03-19T15:30+00:00", None),
        (Than(Op.BELOW, "4h"), None, "2026-03-26T19:30+00:00"),
    ],
)
def test_a_date_stands_for_its_time_in_the_desk_s_own_zone(value: Value, start: str | None, end: str | None) -> None:
    wanted = [datetime.fromisoformat(text).astimezone(UTC) if text else None for text in (start, end)]
    assert interval(value, NOW, BERLIN) == Interval(*wanted)


def test_what_is_ahead_looks_for_the_next_day_of_its_name() -> None:
    assert interval(Is("thursday"), NOW, BERLIN, ahead=True) == interval(Is("today"), NOW, BERLIN)
    assert interval(Is("wednesday"), NOW, BERLIN, ahead=True) == interval(Is("2026-04-01"), NOW, BERLIN)
    assert interval(Is("1mar"), NOW, BERLIN, ahead=True) == interval(Is("2027-03-01"), NOW, BERLIN)
