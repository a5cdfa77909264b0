"""Business time: which instants are open, and how much open time lies between two of them.

W(t), the open time from an origin to the instant t, is piecewise linear and never falls. A year is compiled once, when
it is first asked about; after that `elapsed` is W(b) - W(a) and `add` is W read the other way: two bisects, exact to
the microsecond. Everything inside is whole microseconds since the epoch; a window is [open, close).
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from deskterm.core.domain.errors import InvalidInput

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199

_Hours: TypeAlias = Sequence[tuple[str, str]]
_Span: TypeAlias = tuple[int, int]

_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")
_DAY_MINUTES: Final = 24 * 60
_SECOND: Final = 1_000_000
_MICROSECOND: Final = timedelta(microseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_BEYOND: Final = f"The answer lies beyond the calendar's horizon, which is the years {FIRST_YEAR} to {LAST_YEAR}."


def _year_start(year: int) -> int:
    return (datetime(year, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND


_FLOOR: Final = _year_start(FIRST_YEAR)
_CEILING: Final = _year_start(LAST_YEAR + 1)


@dataclass(frozen=True, slots=True)
class _Rules:
    """Hours as minutes from the start date's midnight; a close past 24:00 lies on the next date."""

    zone: ZoneInfo
    week: tuple[tuple[_Span, ...], ...]
    holidays: Callable[[int], Iterable[date]]
    shifts: Mapping[date, tuple[_Span, ...]]
    breaks: Mapping[date, tuple[_Span, ...]]

    def year(self, year: int) -> list[_Span]:
        """Gives the open windows of a UTC year, sorted, apart and clipped to it."""
        lo, hi = _year_start(year), _year_start(year + 1)
        # with a night and the zone's offset, hours of the two dates before and the one after reach into the year
        first, last = date(year, 1, 1).toordinal() - 2, date(year + 1, 1, 1).toordinal()
        dates = [date.fromordinal(number) for number in range(first, last + 1)]
        free = {day for near in (year - 1, year, year + 1) for day in self.holidays(near)}
        hours = ((day, self.shifts.get(day, self.week[day.weekday()])) for day in dates if day not in free)
        windows = _merged(self._instants(day, span) for day, spans in hours for span in spans)
        for out, back in _merged(self._instants(day, span) for day in dates for span in self.breaks.get(day, ())):
            halves = (half for start, end in windows for half in ((start, min(end, out)), (max(start, back), end)))
            windows = [(start, end) for start, end in halves if start < end]
        return [(max(start, lo), min(end, hi)) for start, end in windows if start < hi and end > lo]

    def _instants(self, day: date, span: _Span) -> _Span:
        # fold=0 is RFC 5545 3.3.5: a wall time in a gap moves later, one in an overlap is the first of the two
        midnight = datetime.combine(day, time.min, self.zone)
        start, end = (_to_us(midnight + timedelta(minutes=minutes)) for minutes in span)
        return start, end


@dataclass(frozen=True, slots=True)
class _Table:
    """W over the whole years in [lo, hi). Entry 0 is an empty window at `lo`, so that every instant has one before it.

    Per window: `starts`; `shifts`, its start less W(start); `ends`, W at its end. W is 0 where the first table began
    and negative before it, so a table that grows keeps the values it had.
    """

    lo: int
    hi: int
    starts: list[int]
    shifts: list[int]
    ends: list[int]

    def window(self, index: int) -> _Span:
        """Gives when a window opens and closes."""
        return self.starts[index], self.shifts[index] + self.ends[index]

    def later(self, windows: list[_Span], hi: int) -> "_Table":
        """Gives this table and the windows of the year after it."""
        starts, shifts, ends = self.starts[:], self.shifts[:], self.ends[:]
        for start, end in windows:
            if start == shifts[-1] + ends[-1] and len(starts) > 1:  # open across New Year
                ends[-1] += end - start
            else:
                starts.append(start)
                shifts.append(start - ends[-1])
                ends.append(ends[-1] + end - start)
        return _Table(self.lo, hi, starts, shifts, ends)

    def earlier(self, windows: list[_Span], lo: int) -> "_Table":
        """Gives this table and the windows of the year before it."""
        base = self.ends[0] - sum(end - start for start, end in windows)
        front = _Table(lo, lo, [lo], [lo - base], [base]).later(windows, self.lo)
        own = [self.window(index) for index in range(1, len(self.starts))]
        return front.later(own, self.hi)


class Calendar:
    """Open hours, compiled; immutable to its users and safe to share between threads. Made by `compile` or `always`.

    Every method raises `InvalidInput` where the answer, or an instant asked about, lies outside the horizon (UTC years
    `FIRST_YEAR` to `LAST_YEAR`): a calendar with too little open time ends there. Datetimes are aware going in and UTC
    coming out.

    Attributes:
        business_day: seconds in the nominal business day: the longest weekday as written (with no weekday open, the
            longest dated shift). Holidays, breaks and clock changes don't alter it.
    """

    __slots__ = ("_rules", "_table", "business_day")

    def __init__(self, rules: _Rules) -> None:
        week, dated = ([_minutes_in(spans) for spans in hours] for hours in (rules.week, rules.shifts.values()))
        self.business_day: Final = 60 * (max(week) or max(dated, default=0))
        if not self.business_day:
            raise InvalidInput("The calendar has no open time; expected an interval in its week or its shifts.")
        self._rules = rules
        self._table = _Table(0, 0, [0], [0], [0])

    @classmethod
    def compile(
        cls,
        *,
        zone: str,
        week: Mapping[str, _Hours],
        holidays: Iterable[date] | Callable[[int], Iterable[date]] = (),
        shifts: Mapping[date, _Hours] = {},
        breaks: Mapping[date, _Hours] = {},
    ) -> "Calendar":
        """Gives the calendar that these hours describe.

        Hours are (open, close) pairs of `HH:MM` wall time in `zone`; 24:00 is a legal close. A close before its open
        is on the next date, and the interval belongs to the date it starts on. Intervals that overlap are one.

        Args:
            zone: an IANA name such as `Europe/Berlin`.
            week: `mon` to `sun` and their hours; a day left out is closed.
            holidays: dates on which no interval starts, or what gives those of a year; asked as years are needed.
            shifts: the hours of a date instead of its weekday's; a holiday wins over them.
            breaks: closed time, by the date it starts on.

        Raises:
            InvalidInput: an unknown zone or weekday, a bad clock text, opening = closing, no open time at all.
        """
        unknown = next((day for day in week if day not in WEEKDAYS), None)
        if unknown is not None:
            raise InvalidInput(f"{unknown!r} is no weekday; expected one of {', '.join(WEEKDAYS)}.")
        return cls(
            _Rules(
                zone=_zone(zone),
                week=tuple(_spans(day, week.get(day, ())) for day in WEEKDAYS),
                holidays=_by_year(holidays),
                shifts={day: _spans(f"shift of {day}", hours) for day, hours in shifts.items()},
                breaks={day: _spans(f"break of {day}", hours) for day, hours in breaks.items()},
            )
        )

    @classmethod
    def always(cls) -> "Calendar":
        """Gives the calendar that is open at every instant."""
        return cls.compile(zone="UTC", week={day: [("00:00", "24:00")] for day in WEEKDAYS})

    def add(self, start: datetime, seconds: int) -> datetime:
        """Gives when `seconds` of open time from `start` are used up; negative `seconds` go back.

        Forward it is the earliest such instant, so a budget that ends at closing ends at closing. Backward it is the
        latest, so one that ends at opening ends at opening. Zero gives `start`, open or not.
        """
        return _to_utc(self.add_us(_to_us(start), seconds * _SECOND))

    def elapsed(self, start: datetime, end: datetime) -> int:
        """Gives the open seconds from `start` to `end`, cut to whole ones toward zero; negative when `end` is first."""
        us = self.elapsed_us(_to_us(start), _to_us(end))
        return us // _SECOND if us >= 0 else -(-us // _SECOND)

    def add_epoch(self, start: int, seconds: int) -> int:
        """Gives what `add` gives, in whole seconds since the epoch."""
        return self.add_us(start * _SECOND, seconds * _SECOND) // _SECOND

    def elapsed_epoch(self, start: int, end: int) -> int:
        """Gives what `elapsed` gives, from whole seconds since the epoch."""
        return self.elapsed_us(start * _SECOND, end * _SECOND) // _SECOND

    def add_us(self, start_us: int, us: int) -> int:
        """Gives what `add` gives, in microseconds since the epoch: exact."""
        table = self._table
        if not table.lo <= start_us < table.hi:
            table = self._reach(start_us)
        index = bisect_right(table.starts, start_us) - 1
        target = min(start_us - table.shifts[index], table.ends[index]) + us
        if us > 0:
            while target > table.ends[-1]:
                table = self._later(table)
            return table.shifts[bisect_left(table.ends, target)] + target
        if us < 0:
            while target < table.ends[0]:
                table = self._earlier(table)
            return table.shifts[bisect_right(table.ends, target)] + target
        return start_us

    def elapsed_us(self, start_us: int, end_us: int) -> int:
        """Gives the open microseconds between two instants, in microseconds since the epoch: exact."""
        table = self._table
        if not (table.lo <= start_us < table.hi and table.lo <= end_us < table.hi):
            table = self._reach(start_us, end_us)
        starts, shifts, ends = table.starts, table.shifts, table.ends
        first, last = bisect_right(starts, start_us) - 1, bisect_right(starts, end_us) - 1
        return min(end_us - shifts[last], ends[last]) - min(start_us - shifts[first], ends[first])

    def next_open(self, instant: datetime) -> datetime:
        """Gives the first open instant from `instant` on: itself when it is open."""
        us = _to_us(instant)
        table = self._reach(us)
        index = bisect_right(table.starts, us) - 1
        if us < table.window(index)[1]:
            return _to_utc(us)
        while index + 1 == len(table.starts):
            table = self._later(table)
        return _to_utc(table.starts[index + 1])

    def windows(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Gives the open windows between two instants, in order and clipped to them; none when `end` is first."""
        lo, hi = _to_us(start), _to_us(end)
        table = self._reach(lo, hi)
        for index in range(bisect_right(table.starts, lo) - 1, bisect_left(table.starts, hi)):
            opening, closing = table.window(index)
            opening, closing = max(opening, lo), min(closing, hi)
            if opening < closing:
                yield _to_utc(opening), _to_utc(closing)

    # Growing takes no lock: a table is never altered, each call keeps to the one it holds, and at worst two threads
    # compile the same year.

    def _reach(self, *instants: int) -> _Table:
        """Gives a table that holds the instants."""
        table = self._table
        for instant in instants:
            if not _FLOOR <= instant < _CEILING:
                raise InvalidInput(_BEYOND)
            if table.lo == table.hi:
                origin = _year_start(_to_utc(instant).year)
                table = self._later(_Table(origin, origin, [origin], [origin], [0]))
            while instant >= table.hi:
                table = self._later(table)
            while instant < table.lo:
                table = self._earlier(table)
        return table

    def _later(self, table: _Table) -> _Table:
        if table.hi >= _CEILING:
            raise InvalidInput(_BEYOND)
        year = _to_utc(table.hi).year
        self._table = grown = table.later(self._rules.year(year), _year_start(year + 1))
        return grown

    def _earlier(self, table: _Table) -> _Table:
        if table.lo <= _FLOOR:
            raise InvalidInput(_BEYOND)
        year = _to_utc(table.lo).year - 1
        self._table = grown = table.earlier(self._rules.year(year), _year_start(year))
        return grown


def _to_us(instant: datetime) -> int:
    try:
        return (instant - _EPOCH) // _MICROSECOND
    except TypeError:
        raise InvalidInput(f"{instant} has no time zone; expected an instant with one.") from None


def _to_utc(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)


def _merged(spans: Iterable[_Span]) -> list[_Span]:
    """Gives the spans without the empty ones, sorted, those that touch or overlap made one."""
    apart: list[_Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(apart[-1][1], end))
        else:
            apart.append((start, end))
    return apart


def _by_year(holidays: Iterable[date] | Callable[[int], Iterable[date]]) -> Callable[[int], Iterable[date]]:
    if callable(holidays):
        return holidays
    dates = frozenset(holidays)
    return lambda _year: dates


def _minutes_in(spans: Iterable[_Span]) -> int:
    return sum(end - start for start, end in _merged(spans))


def _spans(day: str, hours: _Hours) -> tuple[_Span, ...]:
    return tuple(_span(day, opening, closing) for opening, closing in hours)


def _span(day: str, opening: str, closing: str) -> _Span:
    start, end = _minutes(day, opening), _minutes(day, closing)
    if start == _DAY_MINUTES:
        raise InvalidInput(f"{day}: nothing opens at 24:00; expected 00:00 of the next day.")
    if start == end:
        raise InvalidInput(f"{day}: {opening} to {closing} is no time; expected two clock times, or 00:00 to 24:00.")
    return start, end if end > start else end + _DAY_MINUTES


def _minutes(day: str, clock: str) -> int:
    match = _CLOCK.fullmatch(clock)
    if match is None:
        raise InvalidInput(f"{day}: {clock!r} is no clock time; expected HH:MM from 00:00 to 24:00.")
    return int(match[1]) * 60 + int(match[2]) if match[1] else _DAY_MINUTES


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise InvalidInput(f"{name!r} is no time zone; expected an IANA name such as Europe/Berlin.") from None
