"""The ledger of a clock: every stretch it ran or stood still, what was counted, what was closed and why.

It is made by folding the same facts with the same rules as the clock itself, so its sums are the clock's own. What was
taken back counts as never done: the ledger tells what the clock came to, and why a time that stood still was counted.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate, groupby, pairwise
from typing import Final, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from deskterm.core.domain.calendar import Calendar
from deskterm.core.domain.clocks import Clock, Policy, Terms, consumed_us
from deskterm.core.domain.facts import Fact, Ticket
from deskterm.core.domain.history import History
from deskterm.core.domain.words import FactKind, PauseReason, Status

CELLS: Final = 48
"""Half hours of a day's bar."""
COUNTED, LATE, PAUSED, CLOSED, OUTSIDE = "clp. "

_MICROSECOND: Final = timedelta(microseconds=1)
_DAY: Final = timedelta(days=1)
_WEEKEND: Final = 5
_Span: TypeAlias = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Hours:
    """How closed time is named: the zone in which days are told, and what is known of a date."""

    zone: ZoneInfo
    calendar: Calendar
    holiday: Callable[[date], str | None]
    is_workday: Callable[[date], bool]


class Stretch(NamedTuple):
    """A time through which a clock did one thing, `runs` or `paused`.

    `counted_us` is the open time in it, `sum_us` what the clock had used at its end; `begins_anew` when it restarted
    here. A pause has its reason and who set it. `closed` is the rest of a running stretch, by name, in microseconds.
    `taken_back` is what made the clock do something else then, before it was taken back.
    """

    since: datetime
    until: datetime
    state: str
    reason: PauseReason | None
    actor_id: int | None
    counted_us: int
    sum_us: int
    begins_anew: bool
    closed: Mapping[str, int]
    terms: Terms
    taken_back: FactKind | None = None


class Account(NamedTuple):
    """One cycle of a clock, explained: the clock as it stands, and its stretches from first to last."""

    clock: Clock
    terms: Terms
    stretches: tuple[Stretch, ...]

    @property
    def used_us(self) -> int:
        """What it used until the end of the last stretch."""
        return self.stretches[-1].sum_us if self.stretches else 0


class Day(NamedTuple):
    """A local day of an account: the open time counted in it, a cell for each half hour, and why none of it is open."""

    day: date
    counted_us: int
    cells: str
    closed: str


class _Mark(NamedTuple):
    since: datetime
    until: datetime
    state: str
    windows: Sequence[_Span]


class _Piece(NamedTuple):
    since: datetime
    until: datetime
    clock: Clock
    ticket: Ticket
    terms: Terms
    actor_id: int | None  # who made the ticket wait, while it does
    turn: int  # how often the clock had been taken up by then
    taken_back: FactKind | None = None

    @property
    def state(self) -> str:
        return "paused" if self.clock.running_since is None else "runs"

    @property
    def sort(self) -> tuple[object, ...]:
        return self.turn, self.reason, self.terms.calendar_key, self.terms.target_us, self.taken_back

    @property
    def reason(self) -> PauseReason | None:
        return None if self.state == "runs" else _awaited(self.ticket)


def accounts(
    steps: Sequence[tuple[Fact, History]], policy: Policy, now: datetime, hours: Callable[[Terms], Hours]
) -> tuple[Account, ...]:
    """Gives every cycle of every clock explained until `now`, from each fact with the history after it.

    `hours` names the closed time of the calendar that a clock was reckoned in.
    """
    cycles = {(clock.name, clock.cycle): clock for clock in steps[-1][1].clocks}
    stood = _as_it_stands(steps)
    found = []
    for clock in cycles.values():
        pieces = list(_pieces(stood, clock, policy, max(now, steps[-1][0].at)))
        stretches: list[Stretch] = []
        for _, group in groupby(pieces, key=lambda piece: piece.sort):
            stretches.append(_stretch(list(group), stretches[-1].sum_us if stretches else 0, hours))
        found.append(Account(clock, pieces[-1].terms, tuple(stretches)))
    return tuple(found)


class _Stood(NamedTuple):
    """A fact with the history after it, as it counts, and as it was: `taken_back` is what made the difference."""

    fact: Fact
    history: History
    was: History
    taken_back: FactKind | None = None


def _as_it_stands(steps: Sequence[tuple[Fact, History]]) -> list[_Stood]:
    """Gives the steps with what was taken back as if it had never been done."""
    told: list[_Stood] = []
    for fact, history in steps:
        if fact.kind is FactKind.UNDONE and fact.undoes is not None:
            first = fact.undoes - 1
            before, what = told[first - 1].history, told[first].fact.kind
            told[first:] = [one._replace(history=before, taken_back=one.taken_back or what) for one in told[first:]]
        told.append(_Stood(fact, history, history))
    return told


def _pieces(steps: Sequence[_Stood], of: Clock, policy: Policy, now: datetime) -> Iterator[_Piece]:
    """Gives what one cycle did from each fact to the next; nothing while it had not begun or was stopped.

    A fact that both takes it up and stops it is a piece without length.
    """
    ends = [step.fact.at for step in steps[1:]] + [now]
    before: Clock | None = None
    awaited, setter, turn = None, None, 0
    for (fact, history, was, undone), until in zip(steps, ends, strict=True):
        if _awaited(history.ticket) is not awaited:
            awaited, setter = _awaited(history.ticket), fact.actor_id
        clock = _cycle(history, of)
        if clock is not None:
            stood, stands = before is None or before.stopped_at is not None, clock.stopped_at is not None
            taken_up = stood and not (stands and _end(clock) == _end(before))
            turn += taken_up
            terms = policy.terms(of.name, history.ticket)
            if not stands:
                other = undone if _went(_cycle(was, of)) != _went(clock) else None
                yield _Piece(fact.at, until, clock, history.ticket, terms, setter, turn, other)
            elif taken_up:
                ran = replace(clock, running_since=fact.at)
                yield _Piece(fact.at, fact.at, ran, history.ticket, terms, setter, turn)
        before = clock


def _cycle(history: History, of: Clock) -> Clock | None:
    return next((clock for clock in history.clocks if (clock.name, clock.cycle) == (of.name, of.cycle)), None)


def _went(clock: Clock | None) -> tuple[bool, bool]:
    return clock is not None and clock.running_since is not None, clock is not None and clock.stopped_at is not None


def _end(clock: Clock | None) -> tuple[object, ...]:
    return () if clock is None else (clock.stopped_at, clock.stopped_by, clock.consumed_us)


def _awaited(ticket: Ticket) -> PauseReason | None:
    if ticket.status is Status.PENDING_APPROVAL:
        return PauseReason.PROCUREMENT
    return None if ticket.reason is None else PauseReason(ticket.reason)


def _stretch(pieces: Sequence[_Piece], so_far: int, hours: Callable[[Terms], Hours]) -> Stretch:
    first, last = pieces[0], pieces[-1]
    counted = 0
    closed: Mapping[str, int] = {}
    if first.state == "runs":
        counted = consumed_us(first.clock, first.terms.calendar, last.until) - consumed_us(
            first.clock, first.terms.calendar, first.since
        )
        closed = closed_time(hours(first.terms), first.since, last.until)
    base = consumed_us(first.clock, first.terms.calendar, first.since)
    return Stretch(
        since=first.since,
        until=last.until,
        state=first.state,
        reason=first.reason,
        actor_id=first.actor_id,
        counted_us=counted,
        sum_us=base + counted,
        begins_anew=base < so_far,
        closed=closed,
        terms=last.terms,
        taken_back=first.taken_back,
    )


def closed_time(hours: Hours, since: datetime, until: datetime) -> dict[str, int]:
    """Gives the closed microseconds between two instants by name: a holiday's own, weekend, closed day, night, break.

    With the open time of the calendar they add up to the time on the wall.
    """
    found: Counter[str] = Counter()
    for day, start, end in _days(hours.zone, since, until):
        windows = list(hours.calendar.windows(start, end))
        for number, (lo, hi) in enumerate(pairwise([start, *(edge for window in windows for edge in window), end])):
            lo, hi = max(lo, since), min(hi, until)  # noqa: PLW2901 - a gap is told only inside the stretch
            if number % 2 == 0 and lo < hi:
                inside = 0 < number < 2 * len(windows)
                found[_name(hours, day, inside=inside)] += (hi - lo) // _MICROSECOND
    return dict(found)


def _name(hours: Hours, day: date, *, inside: bool) -> str:
    if (holiday := hours.holiday(day)) is not None:
        return holiday
    if not hours.is_workday(day):
        return "weekend" if day.weekday() >= _WEEKEND else "closed day"
    return "break" if inside else "night"


def _days(zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[tuple[date, datetime, datetime]]:
    day = since.astimezone(zone).date()
    while (start := _midnight(day, zone)) < until:
        yield day, start, _midnight(day + _DAY, zone)
        day += _DAY


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return _at(day, zone, 0)


def _at(day: date, zone: ZoneInfo, minutes: int) -> datetime:
    return (datetime.combine(day, time.min, zone) + timedelta(minutes=minutes)).astimezone(UTC)


def days(account: Account, hours: Callable[[Terms], Hours]) -> Iterator[Day]:
    """Gives the local days of an account, each with its bar."""
    if not account.stretches:
        return
    named = hours(account.terms)
    zone = named.zone
    due = account.clock.breached_at or account.clock.due_at
    for day, start, end in _days(zone, account.stretches[0].since, account.stretches[-1].until):
        counted, marks = 0, list[_Mark]()
        for stretch in account.stretches:
            lo, hi = max(stretch.since, start), min(stretch.until, end)
            if lo < hi:
                windows = list(stretch.terms.calendar.windows(lo, hi))
                if stretch.state == "runs":
                    counted += sum((closing - opening) // _MICROSECOND for opening, closing in windows)
                marks.append(_Mark(lo, hi, stretch.state, windows))
        edges = accumulate((_at(day, zone, 30 * cell) for cell in range(CELLS, -1, -1)), min)  # no hour that is skipped
        cells = "".join(_cell(cell, marks, due) for cell in pairwise(reversed(list(edges))))
        is_open = any(named.calendar.windows(start, end))
        yield Day(day, counted, cells, "" if is_open else _name(named, day, inside=False))


def _cell(cell: _Span, marks: Sequence[_Mark], due: datetime | None) -> str:
    """Gives what most of a half hour was."""
    parts = [(max(cell[0], mark.since), min(cell[1], mark.until), mark) for mark in marks]
    start, end, mark = max(parts, key=lambda part: part[1] - part[0], default=(cell[0], cell[0], None))
    if mark is None or start >= end:
        return OUTSIDE
    middle = start + (end - start) / 2
    if not any(opening <= middle < closing for opening, closing in mark.windows):
        return CLOSED
    if mark.state == "paused":
        return PAUSED
    return LATE if due is not None and middle >= due else COUNTED
