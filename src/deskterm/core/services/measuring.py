"""Where clocks stand at an instant: for lists, for a ticket, and for what counts down on a screen."""

from datetime import datetime
from functools import partial

from deskterm.core.domain.clocks import by_name
from deskterm.core.domain.people import Person
from deskterm.core.domain.profile import APPROVAL, MAIN_CLOCK
from deskterm.core.services import telling
from deskterm.core.services.context import Context
from deskterm.core.services.policies import DeskPolicy
from deskterm.core.services.telling import measured, timer_of
from deskterm.core.store import tickets
from deskterm.core.store.engine import Connection
from deskterm.core.store.lines import Tell
from deskterm.core.ticket_views import ClockLine
from deskterm.core.views import Left, Timer


def left_now(context: Context, timer: Timer) -> Left | None:
    """Gives where a clock stands now without reading anything, None before anything was read."""
    calendar = context.calendar_known(timer.profile_id, timer.calendar)
    return None if calendar is None else measured(timer, calendar, context.clock())


def teller(context: Context, connection: Connection, actor: Person) -> Tell:
    """Gives what tells of a list's rows which clock to show, and their labels, each by the ticket's own profile."""
    return telling.teller(partial(context.policy, connection), actor, context.clock())


def clock_lines(loaded: tickets.Loaded, policy: DeskPolicy, now: datetime) -> tuple[ClockLine, ...]:
    """Gives a ticket's clocks, the latest cycle of each, the main one first; a stage's only while it is open."""
    latest, found = by_name(loaded.history.clocks), loaded.history.ticket
    lines = []
    order = sorted(policy.profile.clocks, key=lambda name: name != MAIN_CLOCK)  # the rest as written
    for name in order:
        if name in latest and (name != APPROVAL or latest[name].stopped_at is None):
            timer, calendar = timer_of(latest[name], found, loaded.profile_id, policy)
            budget = policy.terms(name, found).match.budget
            left = measured(timer, calendar, now)
            lines.append(ClockLine(name, policy.profile.clocks[name].label, str(budget) if budget else "", left, timer))
    return tuple(lines)
