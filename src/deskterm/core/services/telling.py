"""What a line of a list says: labels and clocks, each by the ticket's own profile. Nothing is read here."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from deskterm.core.domain.calendar import Calendar
from deskterm.core.domain.clocks import Clock, Rated, consumed_us, passed, shown
from deskterm.core.domain.people import Person
from deskterm.core.domain.words import Status
from deskterm.core.services.policies import DeskPolicy
from deskterm.core.store.lines import Tell, Told
from deskterm.core.views import Left, Timer

_SECOND_US: Final = 1_000_000


def measured(timer: Timer, calendar: Calendar, now: datetime) -> Left:
    """Gives where a clock stands at `now`."""
    clock = timer.clock
    used = consumed_us(clock, calendar, now)
    state = "stopped" if clock.stopped_at else "runs" if clock.running_since else "paused"
    left = None if clock.target_us is None else clock.target_us - used
    return Left(
        state,
        None if left is None else left // _SECOND_US,
        used // _SECOND_US,
        clock.due_at,
        breached=(left is not None and left < 0) or passed(clock, now).breached_at is not None,
        day=timer.day,
        clock=clock.name,
    )


def timer_of(clock: Clock, of: Rated, profile_id: int, policy: DeskPolicy) -> tuple[Timer, Calendar]:
    """Gives a clock with what it is reckoned by, and the calendar of that."""
    terms = policy.terms(clock.name, of)
    return Timer(clock, profile_id, terms.calendar_key, terms.day), terms.calendar


def teller(policy_of: Callable[[int], DeskPolicy], actor: Person, now: datetime) -> Tell:
    """Gives what tells of a list's rows which clock to show, and their labels; profiles are asked for by their id."""

    def tell(row: Any, clocks: tuple[Clock, ...]) -> Told:  # noqa: ANN401 - a row of a list
        policy = policy_of(row.profile_id)
        status = policy.profile.labels[Status(row.status)]
        label = status.staff if actor.is_staff else status.requester
        clock = shown(clocks)
        if clock is None:
            left = Left("stopped", None, 0, None, breached=False, day=policy.business_day(row.department_id))
            return Told(priority_label(policy, row.priority), label, None, left)
        timer, calendar = timer_of(clock, row, row.profile_id, policy)
        return Told(priority_label(policy, row.priority), label, timer, measured(timer, calendar, now))

    return tell


def priority_label(policy: DeskPolicy, rank: int) -> str:
    """Gives a priority in the organisation's word."""
    rule = policy.profile.priorities.get(rank)
    return rule.label if rule else f"P{rank}"
