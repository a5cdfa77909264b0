"""Clocks: stopwatches over business time, one row a clock and cycle.

Three stored values (target, consumed, running since) say everything; the due time is recomputed from them, never
shifted. Whether a clock runs is a function of where the ticket stands, so no action can forget a pause.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple, Protocol

from deskterm.core.domain.calendar import Calendar
from deskterm.core.domain.facts import Fact, Ticket
from deskterm.core.domain.moments import OVER, moments
from deskterm.core.domain.profile import APPROVAL, MAIN_CLOCK, ClockRule, Profile
from deskterm.core.domain.targets import Match
from deskterm.core.domain.words import FactKind, Moment, OnChange, OnReopen, PauseReason, Status

NEVER: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""Stands for "nothing runs" in `next_due_at`, so that one order serves every queue."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_END: Final = frozenset({Moment.RESOLVED, Moment.CLOSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A stopwatch. `target_us` None is measured and never late; a paused clock has no `due_at`.

    Of a stopped clock, `due_at` is the deadline it was measured against. `breached_at` is written once.
    """

    name: str
    cycle: int = 1
    target_us: int | None = None
    consumed_us: int = 0
    running_since: datetime | None = None
    due_at: datetime | None = None
    stopped_at: datetime | None = None
    stopped_by: Moment | None = None
    breached_at: datetime | None = None

    @property
    def is_late(self) -> bool:
        """Whether more was used than the target, as far as it was counted."""
        return self.target_us is not None and self.consumed_us > self.target_us


class Terms(NamedTuple):
    """What a clock is reckoned by: its target with why, its calendar, and the seconds of a day in it."""

    match: Match
    target_us: int | None
    calendar_key: str
    calendar: Calendar
    day: int


class Rated(Protocol):
    """What of a ticket decides its targets and calendars: a ticket, or a row that has as much."""

    @property
    def priority(self) -> int:
        """The rank of its priority."""

    @property
    def tier(self) -> int:
        """The tier it is in."""

    @property
    def department_id(self) -> int:
        """Who serves it."""

    @property
    def category_id(self) -> int:
        """What it is about."""

    @property
    def customer(self) -> str:
        """Whose it is."""

    @property
    def product(self) -> str:
        """The product it is about."""

    @property
    def module(self) -> str:
        """The product's module."""

    @property
    def question(self) -> str:
        """The module's question."""

    @property
    def stage(self) -> str:
        """The stage of its approval chain that is open."""


class Policy(Protocol):
    """What clocks need of a profile in force."""

    profile: Profile

    def terms(self, name: str, ticket: Rated) -> Terms:
        """Gives what a clock of the profile is reckoned by, for a ticket as it stands."""


def started(fact: Fact, ticket: Ticket, policy: Policy) -> tuple[Clock, ...]:
    """Gives the clocks of a ticket just submitted."""
    return turned((), fact, None, ticket, policy)


def turned(
    clocks: Iterable[Clock], fact: Fact, before: Ticket | None, after: Ticket, policy: Policy
) -> tuple[Clock, ...]:
    """Gives the clocks, by name and cycle, after `fact` that made `after` of `before`."""
    met = moments(fact, before, after)
    kept = {(clock.name, clock.cycle): clock for clock in clocks}
    last = by_name(kept.values())
    for name, rule in policy.profile.clocks.items():
        clock = last.get(name)
        for changed in _Turn(rule, met, fact, before, after, policy).of(clock):
            kept[name, changed.cycle] = changed
    return tuple(kept[place] for place in sorted(kept))


class _Turn(NamedTuple):
    """One fact, as one clock sees it."""

    rule: ClockRule
    met: frozenset[Moment]
    fact: Fact
    before: Ticket | None
    after: Ticket
    policy: Policy

    def of(self, clock: Clock | None) -> Iterable[Clock]:
        """Gives the cycles that the fact changed or began; stop beats pause beats start."""
        if clock is None:
            begins = self.met & self.rule.start and self.after.status not in OVER
            return self._begun(Clock(name=self.rule.name)) if begins else ()
        if self.fact.kind is FactKind.BREACHED and (self.fact.clock, self.fact.cycle) == (clock.name, clock.cycle):
            return (replace(clock, breached_at=passed(clock, self.fact.at).breached_at or self.fact.at),)
        if clock.stopped_at is not None:
            return self._taken_up(clock)
        if (by := self._stop()) is not None:
            return (self._stopped(clock, by),)
        if (by := self._next_cycle()) is not None:
            return (self._stopped(clock, by), *self._begun(Clock(name=clock.name, cycle=clock.cycle + 1)))
        return (self._went_on(clock),)

    def _stop(self) -> Moment | None:
        ends = _END if self.after.status in OVER else frozenset()
        return _first(self.met & (self.rule.stop | ends))

    def _next_cycle(self) -> Moment | None:
        """Gives why a cycle that runs or is paused makes room for another.

        A clock with a stop of its own is re-armed only once it has stopped: who writes twice doesn't get twice the
        time to wait.
        """
        if Moment.ESCALATED in self.met and self.rule.tiers:
            return Moment.ESCALATED
        if self.rule.stop - _END:
            return None
        return _first(self.met & self.rule.rearm)

    def _taken_up(self, clock: Clock) -> Iterable[Clock]:
        if self.after.status in OVER:
            return ()
        fresh = Clock(name=clock.name, cycle=clock.cycle + 1)
        if Moment.REOPENED in self.met and self.rule.name != APPROVAL:  # no stage opens by that
            if self.rule.on_reopen is OnReopen.NEW_CYCLE:
                return self._begun(fresh)
            if self.rule.on_reopen is OnReopen.RESTART:
                return self._begun(replace(clock, consumed_us=0))
            if clock.stopped_by in _END:
                return self._begun(clock)
        if self.met & self.rule.rearm or (Moment.ESCALATED in self.met and self.rule.tiers):
            return self._begun(fresh)
        return ()

    def _begun(self, clock: Clock) -> Iterable[Clock]:
        clock = self._entered(replace(clock, stopped_at=None, stopped_by=None))
        by = self._stop()
        return (clock if by is None else self._stopped(clock, by, self.after),)

    def _went_on(self, clock: Clock) -> Clock:
        before = self.after if self.before is None else self.before
        old, new = self.policy.terms(clock.name, before), self.policy.terms(clock.name, self.after)
        changed = (old.target_us, old.calendar_key) != (new.target_us, new.calendar_key)
        if not changed and is_paused(self.rule, before) is is_paused(self.rule, self.after):
            return clock
        clock = _banked(clock, old.calendar, self.fact.at)
        if changed and self.rule.on_change is OnChange.RESTART:
            clock = replace(clock, consumed_us=0)
        return self._entered(clock)

    def _entered(self, clock: Clock) -> Clock:
        """Gives a clock that stands still as it goes on where the ticket stands now."""
        terms, at = self.policy.terms(clock.name, self.after), self.fact.at
        clock = replace(clock, target_us=terms.target_us, due_at=None, running_since=None)
        if clock.is_late and clock.breached_at is None:  # a nearer target than what was used
            clock = replace(clock, breached_at=at)
        if is_paused(self.rule, self.after):
            return clock
        return replace(clock, running_since=at, due_at=_due(clock, terms.calendar, at))

    def _stopped(self, clock: Clock, by: Moment, ticket: Ticket | None = None) -> Clock:
        terms, at = self.policy.terms(clock.name, ticket or self.before or self.after), self.fact.at
        banked = _banked(clock, terms.calendar, at)
        due_at = clock.due_at or _due(banked, terms.calendar, at)  # what ran keeps the deadline it ran against
        return replace(banked, due_at=due_at, stopped_at=at, stopped_by=by)


def _first(met: frozenset[Moment]) -> Moment | None:
    return next((moment for moment in Moment if moment in met), None) if met else None


def is_paused(rule: ClockRule, ticket: Ticket) -> bool:
    """Gives whether a clock stands still where `ticket` stands: for a reason it names (004-R22), or while a purchase
    is decided (000-R25).
    """  # noqa: D205 - one sentence
    if rule.name == APPROVAL:
        return ticket.returned
    if ticket.status is Status.PENDING_APPROVAL:
        return PauseReason.PROCUREMENT in rule.pauses
    return ticket.status is Status.WAITING and ticket.reason is not None and PauseReason(ticket.reason) in rule.pauses


def passed(clock: Clock, at: datetime) -> Clock:
    """Gives the clock, breached when it ran past its due time before `at`; ending exactly at it is in time."""
    if clock.breached_at or clock.due_at is None or clock.running_since is None or clock.due_at >= at:
        return clock
    return replace(clock, breached_at=max(clock.due_at, clock.running_since))


def shown(clocks: Iterable[Clock]) -> Clock | None:
    """Gives the clock that a line of a list shows: what is due first, else what is paused with the least left.

    Where nothing counts down any more it is the main clock; None of none.
    """
    latest = by_name(clocks)
    going = [c for c in latest.values() if c.stopped_at is None and c.target_us is not None]
    running = [(c.due_at, c.name, c) for c in going if c.due_at is not None]
    if running:
        return min(running)[2]
    if going:
        return min(going, key=lambda c: ((c.target_us or 0) - c.consumed_us, c.name))
    return latest.get(MAIN_CLOCK)


def next_due(clocks: Iterable[Clock]) -> datetime:
    """Gives when the next running clock is due, `NEVER` when none is."""
    return min((c.due_at for c in clocks if c.running_since and c.due_at), default=NEVER)


def consumed_us(clock: Clock, calendar: Calendar, now: datetime) -> int:
    """Gives the microseconds of open time used until `now`."""
    if clock.running_since is None:
        return clock.consumed_us
    return clock.consumed_us + max(0, calendar.elapsed_us(_us(clock.running_since), _us(now)))


def _banked(clock: Clock, calendar: Calendar, at: datetime) -> Clock:
    """Gives the clock standing still: what it used is counted, and that it ran past its due time."""
    clock = passed(clock, at)
    return replace(clock, consumed_us=consumed_us(clock, calendar, at), running_since=None, due_at=None)


def _due(clock: Clock, calendar: Calendar, at: datetime) -> datetime | None:
    if clock.target_us is None:
        return None
    return _EPOCH + timedelta(microseconds=calendar.add_us(_us(at), clock.target_us - clock.consumed_us))


def _us(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


def by_name(clocks: Iterable[Clock]) -> Mapping[str, Clock]:
    """Gives the clocks keyed by name, the latest cycle of each."""
    return {clock.name: clock for clock in sorted(clocks, key=lambda c: c.cycle)}
