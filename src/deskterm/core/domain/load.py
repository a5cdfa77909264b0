"""When requests come in at a desk: so much of it an hour, a weekday, a month, and more from year to year.

The tables say what is usual at an office that works Monday to Friday; they are weights, and only compare.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

HOURS: Final = (1, 1, 1, 1, 1, 2, 6, 20, 90, 120, 105, 85, 55, 70, 90, 80, 60, 25, 10, 7, 6, 5, 3, 2)
"""Of a day from midnight on: the rush after opening, the dip at lunch, the few who ask at night."""
WEEKDAYS: Final = (125, 110, 100, 95, 85, 9, 6)
"""From Monday on: what the weekend left lies there on Monday."""
MONTHS: Final = (112, 100, 104, 98, 97, 94, 88, 84, 106, 110, 106, 81)
"""From January on: budgets and new starters, then the holidays of summer and of the year's end."""
GROWTH: Final = 1.11
"""How many times as much comes a year later."""
CLOSED: Final = 0.08
"""What is left of a working day that is a holiday."""

_YEAR: Final = 365.25
_HOUR: Final = 3_600


def instants(
    count: int, since: datetime, until: datetime, zone: ZoneInfo, is_holiday: Callable[[date], bool], random: Random
) -> list[datetime]:
    """Gives so many instants from `since` until before `until`, in UTC and whole seconds, the earliest first.

    Hours and days are those of `zone`. The same random gives the same instants.
    """
    first, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    totals = list(accumulate(_of_day(day, first) * (CLOSED if is_holiday(day) else 1) for day in days))
    hours = list(accumulate(HOURS))
    found: list[datetime] = []
    while len(found) < count:
        day = days[_drawn(totals, random)]
        at = _at(day, _drawn(hours, random) * _HOUR + random.randrange(_HOUR), zone)
        if since <= at < until:
            found.append(at)
    return sorted(found)


def _of_day(day: date, first: date) -> float:
    grown: float = GROWTH ** ((day - first).days / _YEAR)
    return WEEKDAYS[day.weekday()] * MONTHS[day.month - 1] * grown


def _drawn(totals: Sequence[float], random: Random) -> int:
    """Gives a place by its weight; `totals` are the weights added up."""
    return min(bisect_right(totals, random.random() * totals[-1]), len(totals) - 1)


def _at(day: date, second: int, zone: ZoneInfo) -> datetime:
    # on a day that the clocks change, what is skipped is told an hour off: nobody counts on it
    return datetime.combine(day, time(second // _HOUR, second // 60 % 60, second % 60), zone).astimezone(UTC)


def periods(instants: Sequence[datetime], at_most: int, length: timedelta) -> list[tuple[int, int]]:
    """Gives where instants that are in order can be parted: from and to, none longer than `length` or of more."""
    parts: list[tuple[int, int]] = []
    start = 0
    while start < len(instants):
        end = min(start + at_most, bisect_left(instants, instants[start] + length))
        parts.append((start, end))
        start = end
    return parts
