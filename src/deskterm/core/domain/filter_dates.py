"""Dates in a filter: one spelling for each, and the time that it stands for at an instant in the desk's own zone."""

import re
from calendar import isleap
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, product
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from deskterm.core.domain.filter_terms import Between, Is, Op, Than, Value

_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS: Final = {"yesterday": -1, "today": 0, "tomorrow": 1}
NOW: Final = "now"
WORDS: Final = (*_DAYS, NOW, *_WEEKDAYS)
"""The dates that have a name."""
_UNITS: Final = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_AMOUNT: Final = re.compile(r"([+-]?)([0-9]{1,4})([mhdw])")
_PERIOD: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_YEARLY: Final = re.compile(rf"([0-9]{{1,2}})({'|'.join(_MONTHS)})")
FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2199
"""The years that a date can be in."""
_LONGEST: Final = 40
_INSTANT: Final = timedelta(microseconds=1)
HOW: Final = "a date such as 2026-03-01, 2026-03, 1mar, today, monday or -7d"


class Interval(NamedTuple):
    """The instants from `start` on and before `end`, in UTC; None has no end there."""

    start: datetime | None
    end: datetime | None


def spelled(text: str) -> str:
    """Gives the one spelling of the date that `text` is: `2026-03-01` for `March 1, 2026`, `monday` for `Mon`.

    Raises:
        ValueError: in words, when it is no date or could be two.
    """
    word = text.strip().lower()
    if word in WORDS:
        return word
    if amount := _AMOUNT.fullmatch(word):
        return f"{'-' if amount[1] == '-' else ''}{int(amount[2])}{amount[3]}"
    if len(word) >= 3 and (days := [day for day in _WEEKDAYS if day.startswith(word)]):
        return days[0]
    if period := _PERIOD.fullmatch(word):
        return _checked(period)
    return _written_out(word)


def is_amount(word: str) -> bool:
    """Whether a date as spelled is so much time from now: `-7d`, `4h`."""
    return _AMOUNT.fullmatch(word) is not None


def is_instant(word: str) -> bool:
    """Whether a date as spelled is one instant, so that nothing lies inside it."""
    return word == NOW or is_amount(word)


def interval(value: Value, now: datetime, zone: ZoneInfo, *, ahead: bool = False) -> Interval:
    """Gives the time in which an instant fits `value` at `now`; `zone` says when its days begin.

    A weekday, or a day without a year, is the next one where that is `ahead`, else the latest: today is either.
    """
    match value:
        case Is(text):
            return Interval(*_period(text, now, zone, ahead=ahead))
        case Between(first, last):
            starts, ends = (_period(text, now, zone, ahead=ahead) for text in (first, last))
            return Interval(starts[0], ends[1])
        case Than(op, text):
            start, end = _period(text, now, zone, ahead=ahead)
            sides = {
                Op.BELOW: Interval(None, start),
                Op.UP_TO: Interval(None, end),
                Op.ABOVE: Interval(end, None),
                Op.FROM: Interval(start, None),
            }
            return sides[op]


def _checked(period: re.Match[str]) -> str:
    year, month, day = int(period[1]), int(period[2] or 1), int(period[3] or 1)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"expected a year from {FIRST_YEAR} to {LAST_YEAR}")
    try:
        date(year, month, day)
    except ValueError:
        raise ValueError(f"there is no such day: expected {HOW}") from None
    return period[0]


def _written_out(word: str) -> str:
    """Reads what has a month's name, or its numbers in another order, when there is only one way to read it."""
    if len(word) > _LONGEST:
        raise ValueError(f"expected {HOW}")
    from dateutil.parser import parse  # noqa: PLC0415 - few filters have such a date

    # what differs between two defaults was not written
    first, second = datetime(2000, 1, 1), datetime(2004, 2, 2, 1, 1)  # noqa: DTZ001 - only their dates count
    found = set()
    for dayfirst, yearfirst in product((False, True), repeat=2):
        try:
            read = [
                parse(word, default=d, dayfirst=dayfirst, yearfirst=yearfirst, ignoretz=True) for d in (first, second)
            ]
        except (ValueError, OverflowError, TypeError, AttributeError):
            continue
        found.add((read[0].date(), read[1].date(), read[0].time() == read[1].time()))
    if not found or not re.search(r"[a-z]|\d\D+\d", word):
        raise ValueError(f"expected {HOW}")
    if len(found) > 1:
        two = sorted({one.isoformat() for one, other, _ in found if one == other})
        raise ValueError(f"that can be read in several ways: write {' or '.join(two[:2]) or HOW}")
    one, other, has_time = found.pop()
    if has_time or (one.month, one.day) != (other.month, other.day):
        raise ValueError(f"expected {HOW}")
    if one.year != other.year:
        return f"{one.day}{_MONTHS[one.month - 1]}"
    if str(one.year) not in word:
        raise ValueError("write its year with four digits")
    if not FIRST_YEAR <= one.year <= LAST_YEAR:
        raise ValueError(f"expected a year from {FIRST_YEAR} to {LAST_YEAR}")
    return one.isoformat()


def _period(text: str, now: datetime, zone: ZoneInfo, *, ahead: bool) -> tuple[datetime, datetime]:
    """Gives the start and the end of a date as spelled."""
    if is_instant(text):
        at = now + _after(text)
        return at, at + _INSTANT
    today = now.astimezone(zone).date()
    if period := _PERIOD.fullmatch(text):
        return midnights(*_days(period), zone)
    if yearly := _YEARLY.fullmatch(text):
        day = _yearly(int(yearly[1]), _MONTHS.index(yearly[2]) + 1, today, ahead=ahead)
    elif text in _DAYS:
        day = today + timedelta(days=_DAYS[text])
    else:
        away = _WEEKDAYS.index(text) - today.weekday()
        day = today + timedelta(days=away % 7 if ahead else -(-away % 7))
    return midnights(day, day + timedelta(days=1), zone)


def _after(text: str) -> timedelta:
    amount = _AMOUNT.fullmatch(text)
    if amount is None:
        return timedelta()
    size = timedelta(seconds=int(amount[2]) * _UNITS[amount[3]])
    return -size if amount[1] else size


def _days(period: re.Match[str]) -> tuple[date, date]:
    year, month = int(period[1]), int(period[2] or 0)
    if period[3]:
        day = date(year, month, int(period[3]))
        return day, day + timedelta(days=1)
    if month:
        return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
    return date(year, 1, 1), date(year + 1, 1, 1)


def _yearly(day: int, month: int, today: date, *, ahead: bool) -> date:
    for year in count(today.year, 1 if ahead else -1):
        if (month, day) == (2, 29) and not isleap(year):
            continue
        found = date(year, month, day)
        if found >= today if ahead else found <= today:
            return found
    raise AssertionError("every day comes again")


def midnights(first: date, end: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Gives the instants at which two dates begin; where a change of the clocks leaves midnight out, that change."""
    start, stop = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, end))
    return start, stop
