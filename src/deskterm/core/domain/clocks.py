"""Clocks: stopwatches over business time, one row a clock and cycle.

Three stored values (target, consumed, running since) say everything; the due time is recomputed from them, never
shifted. Whether a clock runs is a function of where the ticket stands, so no action can forget a pause.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from deskterm.core.domain.calendar import Calendar
from deskterm.core.domain.facts import Ticket
from deskterm.core.domain.profile import Budget, Profile
from deskterm.core.domain.words import Status, WaitReason

RESPONSE: Final = "response"
RESOLUTION: Final = "resolution"
NEVER: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""Stands for "nothing runs" in `next_due_at`, so that one order serves every queue."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Phase(StrEnum):
    """What a clock does while a ticket stands where it stands."""

    RUNS = "runs"
    PAUSED = "paused"
    STOPPED = "stopped"


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
    breached_at: datetime | None = None


class Policy(Protocol):
    """What clocks need of a profile in force: its rules and the calendars they are reckoned in."""

    profile: Profile

    def calendar(self, department_id: int) -> Calendar:
        """Gives the open hours of a department."""

    def business_day(self, department_id: int) -> int:
        """Gives the seconds of a department's nominal business day."""

    @property
    def always(self) -> Calendar:
        """The calendar of wall-clock targets."""


def phase(name: str, ticket: Ticket, pausing: frozenset[WaitReason]) -> Phase:
    """Gives what clock `name` does where `ticket` stands.

    Response runs from submission to assignment or acceptance (000-R22); resolution from submission to resolution,
    paused for the reasons the profile names (004-R22) and while a purchase is decided (000-R25).
    """
    status = ticket.status
    if status in {Status.RESOLVED, Status.CLOSED}:
        return Phase.STOPPED
    if name == RESPONSE and (ticket.assigned_at is not None or status in {Status.ASSIGNED, Status.IN_PROGRESS}):
        return Phase.STOPPED
    if status is Status.PENDING_APPROVAL or (status is Status.WAITING and ticket.reason in pausing):
        return Phase.PAUSED
    return Phase.RUNS


def started(ticket: Ticket, policy: Policy) -> tuple[Clock, ...]:
    """Gives the clocks of a ticket just submitted."""
    return tuple(_turn(Clock(name=name), None, ticket, policy) for name in policy.profile.clocks)


def turned(clocks: Iterable[Clock], before: Ticket, after: Ticket, policy: Policy) -> tuple[Clock, ...]:
    """Gives the clocks after the fact that made `after` of `before`."""
    return tuple(_turn(clock, before, after, policy) for clock in clocks)


def next_due(clocks: Iterable[Clock]) -> datetime:
    """Gives when the next running clock is due, `NEVER` when none is."""
    return min((c.due_at for c in clocks if c.running_since and c.due_at), default=NEVER)


def consumed_us(clock: Clock, calendar: Calendar, now: datetime) -> int:
    """Gives the microseconds of open time used until `now`."""
    if clock.running_since is None:
        return clock.consumed_us
    return clock.consumed_us + max(0, calendar.elapsed_us(_us(clock.running_since), _us(now)))


def calendar_for(name: str, priority: int, department_id: int, policy: Policy) -> Calendar:
    """Gives the calendar that clock `name` is reckoned in: wall-clock targets run through nights."""
    target = _target(name, priority, policy)
    return policy.always if target is not None and not target.is_business else policy.calendar(department_id)


def _target(name: str, priority: int, policy: Policy) -> Budget | None:
    rule = policy.profile.clocks.get(name)
    return rule.targets.get(priority) if rule else None


def _turn(clock: Clock, before: Ticket | None, after: Ticket, policy: Policy) -> Clock:
    pausing = policy.profile.pausing
    now = phase(clock.name, after, pausing)
    if before is not None:
        moved = before.department_id != after.department_id or before.priority != after.priority
        if now is phase(clock.name, before, pausing) and (not moved or now is Phase.STOPPED):
            return clock
        clock = _banked(
            clock, calendar_for(clock.name, before.priority, before.department_id, policy), after.updated_at
        )
    return _entered(_overrun(_retargeted(clock, after, policy), after), now, after, policy)


def _banked(clock: Clock, calendar: Calendar, at: datetime) -> Clock:
    """Gives the clock with its running stretch counted: consumed, and breached when that went past the target."""
    consumed = consumed_us(clock, calendar, at)
    late = clock.target_us is not None and consumed > clock.target_us and clock.running_since is not None
    breached_at = clock.breached_at or (clock.due_at if late else None)
    return replace(clock, consumed_us=consumed, running_since=None, due_at=None, breached_at=breached_at)


def _retargeted(clock: Clock, ticket: Ticket, policy: Policy) -> Clock:
    target = _target(clock.name, ticket.priority, policy)
    if target is None:
        return replace(clock, target_us=None)
    seconds = target.seconds(policy.business_day(ticket.department_id))
    return replace(clock, target_us=seconds * 1_000_000)


def _overrun(clock: Clock, ticket: Ticket) -> Clock:
    """Gives the clock, breached now when a nearer target leaves it with more used than allowed."""
    if clock.breached_at or clock.target_us is None or clock.consumed_us <= clock.target_us:
        return clock
    return replace(clock, breached_at=ticket.updated_at)


def _entered(clock: Clock, now: Phase, ticket: Ticket, policy: Policy) -> Clock:
    at = ticket.updated_at
    if now is Phase.PAUSED:
        return replace(clock, stopped_at=None)
    due_at = None
    if clock.target_us is not None:
        calendar = calendar_for(clock.name, ticket.priority, ticket.department_id, policy)
        due_at = _instant(calendar.add_us(_us(at), clock.target_us - clock.consumed_us))
    if now is Phase.STOPPED:
        return replace(clock, due_at=due_at, stopped_at=at)
    return replace(clock, due_at=due_at, running_since=at, stopped_at=None)


def _us(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


def _instant(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)


def by_name(clocks: Iterable[Clock]) -> Mapping[str, Clock]:
    """Gives the clocks keyed by name, the latest cycle of each."""
    return {clock.name: clock for clock in sorted(clocks, key=lambda c: c.cycle)}
