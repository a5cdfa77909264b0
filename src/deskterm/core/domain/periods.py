"""Periods of KPIs: how people write them, which local days they are, and what they are compared with (000-R7, 001-R33).

A period is whole days of the desk's default zone. Periods of a kind follow each other without a gap or an overlap, also
where the clocks change. What runs now ends today, and is compared with as many days of what was before.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise, takewhile
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.filter_dates import FIRST_YEAR, LAST_YEAR, midnights


class Length(StrEnum):
    """What a period is one of, or the beginning of one that runs; weeks begin on Monday (ISO 8601)."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    ALL = "all"
    DAYS = "days"  # from any day through another


class Period(NamedTuple):
    """Whole local days in the desk's default zone: `since` is in it, `until` no more. `words` is how people say it."""

    first: date
    last: date
    since: datetime
    until: datetime
    words: str
    length: Length = Length.DAYS
    zone: ZoneInfo = ZoneInfo("UTC")

    @property
    def written(self) -> str:
        """The period as filters and commands read it, on whatever day: `2026-09-01..2026-09-30`."""
        return f"{self.first}..{self.last}" if self.last > self.first else str(self.first)


HOW: Final = (
    "today, yesterday, week, month, quarter, year, last-week, last-month, last-quarter, last-year, all, "
    "2026, 2026-Q3, 2026-09, 2026-W36, 2026-09-14, 2026-09-01..2026-09-30 or 2026-09-01..today"
)
"""What can be written, in the words of errors and help."""
WORDS: Final = (
    "today", "yesterday", "week", "month", "quarter", "year",
    "last-week", "last-month", "last-quarter", "last-year", "all",
)  # fmt: skip
"""The periods that have a name."""
_WRITTEN: Final = re.compile(
    r"(?P<year>[0-9]{4})(?:-Q(?P<quarter>[1-4])|-W(?P<week>[0-9]{1,2})|-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?",
    re.IGNORECASE | re.ASCII,
)
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_IN_FULL: Final = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                   "November", "December")  # fmt: skip
_TODAY: Final = "today"
_DAY: Final = timedelta(days=1)
_BEGINNING: Final = date(FIRST_YEAR, 1, 1)
_STEPS: Final = {Length.MONTH: 1, Length.QUARTER: 3, Length.YEAR: 12}
"""Months in what is made of months."""
_FINE: Final = ((31, Length.DAY), (184, Length.WEEK), (5 * 366, Length.MONTH), (15 * 366, Length.QUARTER))
"""Up to how many days a chart has a place for each of which; years beyond."""


def period(text: str, today: date, zone: ZoneInfo) -> Period:
    """Gives the period that `text` is on the day `today`; of what runs, up to and with that day.

    Of one that is still to come the words say so: nothing in it is known.

    Raises:
        InvalidInput: when it is none, ends before it begins, or is beyond the calendar; it says what can be written.
    """
    found = _read(spelled(text), today, zone)
    return found if found.first <= today else found._replace(words=f"{found.words}, not begun")


def _read(word: str, today: date, zone: ZoneInfo) -> Period:
    begins, dots, ends = word.partition("..")
    if dots:
        return days(_calendar(begins)[1], today if ends == _TODAY else _last(*_calendar(ends)), zone)
    if word == "all":
        return _made(Length.ALL, _BEGINNING, max(today, _BEGINNING), zone)
    length, first = _named(word, today) if word in WORDS else _calendar(word)
    last = _last(length, first)
    return _made(length, first, today if first <= today < last else last, zone)


def spelled(text: str) -> str:
    """Gives the one spelling of the period that `text` is on any day: `2026-Q3` for ` 2026-q3`; raises as `period`."""
    word = text.strip()
    if word.lower() in WORDS:
        return word.lower()
    begins, dots, ends = (part.strip() for part in word.partition(".."))
    first = _calendar(begins)[1]
    if ends.lower() == _TODAY:
        return f"{begins.upper()}..{_TODAY}"
    last = _last(*_calendar(ends if dots else begins))
    if last < first:
        raise InvalidInput(f"the period {begins}..{ends} ends before it begins: write the earlier day first")
    return f"{begins}{dots}{ends}".upper()


def days(first: date, last: date, zone: ZoneInfo) -> Period:
    """Gives the period from one day through another; a month by its days is that month.

    Raises:
        InvalidInput: when it ends before it begins, or is beyond the calendar.
    """
    if last < first:
        raise InvalidInput(f"the period ends on {last}, before it begins on {first}")
    if first.year < FIRST_YEAR or last.year > LAST_YEAR:
        raise InvalidInput(f"the period is beyond the calendar: name days of the years {FIRST_YEAR} to {LAST_YEAR}")
    for length in (Length.DAY, Length.WEEK, Length.MONTH, Length.QUARTER, Length.YEAR):
        if _begin(length, first) == first and _last(length, first) == last:
            return _made(length, first, last, zone)
    return _made(Length.DAYS, first, last, zone)


def before(this: Period) -> Period:
    """Gives the period right before: of a month the month before, of a running one as many days of it.

    Before all time there is nothing: an empty period.
    """
    return _moved(this, 1)


def year_ago(this: Period) -> Period:
    """Gives the same period a year ago: the week of that number, the days of these dates (of 29 February, the 28th)."""
    match this.length:
        case Length.ALL:
            return before(this)
        case Length.MONTH | Length.QUARTER | Length.YEAR:
            return _moved(this, 12 // _STEPS[this.length])
        case Length.WEEK:
            year, week, _ = this.first.isocalendar()
            first = _week(year - 1, week) or date.fromisocalendar(year - 1, 52, 1)
            return _made(Length.WEEK, first, first + (this.last - this.first), this.zone)
        case Length.DAY | Length.DAYS:
            first, last = (_months_on(day, -12, day.day) for day in (this.first, this.last))
            return _made(this.length, first, last, this.zone)


def trend(this: Period, n: int = 8) -> tuple[Period, ...]:
    """Gives the last `n` periods like this one, the oldest first and this one last; of all time there is one.

    What came before the years that a period can be in is not among them: they are fewer then.
    """
    if this.length is Length.ALL:
        return (this,)
    earlier = takewhile(lambda one: one.first >= _BEGINNING, (_moved(this, back) for back in range(1, n)))
    return (*reversed(list(earlier)), this)


def beside(this: Period, by: int) -> str:
    """Gives how the whole period is written that is `by` after this one, or before where that is negative.

    What runs now is one of the calendar's too; beside all time there is nothing else.
    """
    if this.length is Length.ALL:
        return "all"
    if this.length in {Length.DAY, Length.DAYS}:
        number = this.last - this.first + _DAY
        return _moved(this, -by).written if number > _DAY else str(this.first + by * _DAY)
    start = _begin(this.length, this.first)
    if this.length is Length.WEEK:
        year, week, _ = (start + 7 * by * _DAY).isocalendar()
        return f"{year}-W{week:02}"
    first = _months_on(start, by * _STEPS[this.length], 1)
    ends = {Length.MONTH: f"-{first.month:02}", Length.QUARTER: f"-Q{(first.month + 2) // 3}", Length.YEAR: ""}
    return f"{first.year}{ends[this.length]}"


def months(this: Period) -> tuple[Period, ...]:
    """Gives the months of a period, the first and the last as far as they are in it."""
    return _split(this, Length.MONTH)


def buckets(this: Period, begins: date | None = None) -> tuple[Period, ...]:
    """Gives the parts that a chart of a period has: days of a month, weeks of half a year, months and more beyond.

    They are the whole period, one after the other; before the day when it `begins`, there is nothing to draw.
    """
    if begins is not None and this.first < begins <= this.last:
        this = _made(this.length, begins, this.last, this.zone)
    number = (this.last - this.first).days + 1
    return _split(this, next((length for most, length in _FINE if number <= most), Length.YEAR))


def _named(word: str, today: date) -> tuple[Length, date]:
    """Gives what a name stands for: what it is, and the day on which that began."""
    if word in {_TODAY, "yesterday"}:
        return Length.DAY, today if word == _TODAY else today - _DAY
    length = Length(word.removeprefix("last-"))
    first = _begin(length, today)
    return length, _begin(length, first - _DAY) if word.startswith("last-") else first


def _calendar(word: str) -> tuple[Length, date]:
    """Gives what a year, quarter, month, week or day is, and the day on which it begins."""
    if (found := _WRITTEN.fullmatch(word)) is None:
        raise InvalidInput(f"there is no period {word!r}: write {HOW}")
    year, quarter, week, month, day = (int(found[part] or 0) for part in ("year", "quarter", "week", "month", "day"))
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidInput(f"there is no period {word!r}: expected a year from {FIRST_YEAR} to {LAST_YEAR}")
    if quarter:
        return Length.QUARTER, date(year, 3 * quarter - 2, 1)
    if found["week"]:
        if (monday := _week(year, week)) is None:
            raise InvalidInput(f"{year} has no week {week}: its last one is W{date(year, 12, 28).isocalendar().week}")
        return Length.WEEK, monday
    try:
        first = date(year, month if found["month"] else 1, day if found["day"] else 1)
    except ValueError:
        raise InvalidInput(f"there is no day or month {word}: write {HOW}") from None
    return Length.DAY if found["day"] else Length.MONTH if found["month"] else Length.YEAR, first


def _week(year: int, week: int) -> date | None:
    """Gives the Monday of a week by its number, None where the year has no such week."""
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError:
        return None


def _made(length: Length, first: date, last: date, zone: ZoneInfo) -> Period:
    return Period(first, last, *midnights(first, last + _DAY, zone), _said(length, first, last), length, zone)


def _begin(length: Length, day: date) -> date:
    """Gives the first day of the calendar's week, month ... that a day is in."""
    if length is Length.WEEK:
        return day - timedelta(days=day.weekday())
    if length is Length.DAY:
        return day
    step = _STEPS[length]
    return date(day.year, (day.month - 1) // step * step + 1, 1)


def _last(length: Length, first: date) -> date:
    """Gives the last day of what begins on `first`."""
    if length is Length.WEEK:
        return first + 6 * _DAY
    return first if length is Length.DAY else _months_on(first, _STEPS[length], 1) - _DAY


def _months_on(day: date, step: int, number: int) -> date:
    """Gives the day of that number, or the last one, of the month that is `step` months on."""
    year, month = divmod(day.year * 12 + day.month - 1 + step, 12)
    return date(year, month + 1, min(number, monthrange(year, month + 1)[1]))


def _moved(this: Period, back: int) -> Period:
    """Gives the period that is so many periods like this one before it."""
    number = this.last - this.first + _DAY
    match this.length:
        case _ if back == 0:
            return this
        case Length.ALL:
            return _made(Length.ALL, this.first, this.first - _DAY, this.zone)
        case Length.DAY | Length.DAYS:
            return _made(this.length, this.first - back * number, this.last - back * number, this.zone)
        case Length.WEEK:
            first = this.first - 7 * back * _DAY
        case Length.MONTH | Length.QUARTER | Length.YEAR:
            first = _months_on(this.first, -back * _STEPS[this.length], 1)
    is_whole = this.last == _last(this.length, this.first)
    end = _last(this.length, first)
    return _made(this.length, first, end if is_whole else min(end, first + number - _DAY), this.zone)


def _split(this: Period, length: Length) -> tuple[Period, ...]:
    """Gives the days, weeks, months ... of a period."""

    def beginnings() -> Iterator[date]:
        day = this.first
        while day <= this.last:
            yield day
            day = _last(length, _begin(length, day)) + _DAY
        yield this.last + _DAY

    return tuple(_made(length, first, end - _DAY, this.zone) for first, end in pairwise(beginnings()))


def _said(length: Length, first: date, last: date) -> str:
    match length:
        case Length.ALL:
            return "all time" if first <= last else "nothing before"
        case Length.DAY:
            return _day(first)
        case Length.DAYS:
            begins = f"{first.day} {_MONTHS[first.month - 1]}" if first.year == last.year else _day(first)
            return f"{begins} to {_day(last)}"
        case Length.WEEK:
            year, week, _ = first.isocalendar()
            name = f"week {week} of {year}"
        case Length.MONTH:
            name = f"{_IN_FULL[first.month - 1]} {first.year}"
        case Length.QUARTER:
            name = f"Q{(first.month + 2) // 3} {first.year}"
        case Length.YEAR:
            name = str(first.year)
    start = _begin(length, first)
    if first != start:
        name += f" from {first.day} {_MONTHS[first.month - 1]}"
    if last != _last(length, start):
        name += f" until {last.day} {_MONTHS[last.month - 1]}"
    return name


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
