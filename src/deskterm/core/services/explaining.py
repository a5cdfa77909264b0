"""`sla explain`: where every second of a ticket's clocks went, from its facts."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from deskterm.core.domain.calendar import WEEKDAYS
from deskterm.core.domain.clocks import Terms
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.facts import Ticket, reference
from deskterm.core.domain.history import steps
from deskterm.core.domain.ledger import Account, Hours, Stretch, accounts, days
from deskterm.core.domain.profile import MAIN_CLOCK
from deskterm.core.services.context import Context, seen
from deskterm.core.services.policies import DeskPolicy
from deskterm.core.services.telling import measured
from deskterm.core.store import directory, tickets
from deskterm.core.ticket_views import ClockAccount, DayLine, Explained, StretchLine
from deskterm.core.views import Timer


def explain(context: Context, ticket_id: int) -> Explained:
    """Gives every clock of a ticket with its target, why that, and the ledger that adds up to it.

    Raises:
        NotFound: when the ticket is not the actor's to see.
        InvalidInput: when its facts can't be folded.
    """
    now = context.clock()
    with context.store.read() as connection:
        actor = context.actor(connection)
        loaded = seen(connection, actor, ticket_id, context.clock())
        policy = context.policy(connection, loaded.profile_id)
        profile = context.policies(connection).name(loaded.profile_id)
        try:
            told = steps(tickets.facts(connection, ticket_id), policy, ticket_id)
        except (ValueError, TypeError) as error:
            raise InvalidInput(
                f"{reference(ticket_id)} can't be explained, its facts don't fit: run `deskterm doctor`"
            ) from error
        setters = {fact.actor_id for fact, _ in told if fact.actor_id is not None}
        names = directory.names(connection, setters)
    history = told[-1][1]
    ticket = history.ticket
    now = max(now, ticket.updated_at)  # the clock of this machine may stand behind
    found = accounts(told, policy, now, partial(hours, policy, ticket))
    order = sorted(policy.profile.clocks, key=lambda name: name != MAIN_CLOCK)
    lines = [_account(account, ticket, policy, loaded.profile_id, names, now) for account in found]
    return Explained(
        id=ticket.id,
        title=ticket.title,
        profile=profile,
        at=now,
        agrees=set(history.clocks) == set(loaded.history.clocks),  # a database may sort names otherwise
        clocks=tuple(sorted(lines, key=lambda line: (order.index(line.name), line.cycle))),
    )


def hours(policy: DeskPolicy, ticket: Ticket, terms: Terms) -> Hours:
    """Gives how closed time is named in a calendar; the one that is always open tells days in its department's zone."""
    rule = policy.rule(terms.calendar_key)
    zone = ZoneInfo((rule or policy.profile.calendars[policy.calendar_key(ticket.department_id)]).zone)
    return Hours(
        zone=zone,
        calendar=terms.calendar,
        holiday=lambda day: policy.holidays(terms.calendar_key, day.year).get(day),
        is_workday=lambda day: rule is None or bool(rule.week[WEEKDAYS[day.weekday()]]),
    )


def _account(
    account: Account, ticket: Ticket, policy: DeskPolicy, profile_id: int, names: Mapping[int, str], now: datetime
) -> ClockAccount:
    clock, terms = account.clock, account.terms
    told = partial(hours, policy, ticket)
    timer = Timer(clock, profile_id, terms.calendar_key, terms.day)
    return ClockAccount(
        name=clock.name,
        label=policy.profile.clocks[clock.name].label,
        cycle=clock.cycle,
        target=str(terms.match.budget) if terms.match.budget else "",
        target_us=clock.target_us,
        because=terms.match.because,
        row=terms.match.row,
        calendar=terms.calendar_key,
        zone=told(terms).zone.key,
        used_us=account.used_us,
        left=measured(timer, terms.calendar, now),
        stopped_at=clock.stopped_at,
        stopped_by=clock.stopped_by,
        breached_at=clock.breached_at,
        ledger=tuple(_line(stretch, names) for stretch in account.stretches),
        days=tuple(DayLine(day.day.isoformat(), day.counted_us, day.cells, day.closed) for day in days(account, told)),
    )


def _line(stretch: Stretch, names: Mapping[int, str]) -> StretchLine:
    return StretchLine(
        since=stretch.since,
        until=stretch.until,
        state=stretch.state,
        reason=stretch.reason,
        by=names.get(stretch.actor_id, "somebody") if stretch.reason and stretch.actor_id else "",
        target=str(stretch.terms.match.budget or ""),
        calendar=stretch.terms.calendar_key,
        counted_us=stretch.counted_us,
        sum_us=stretch.sum_us,
        begins_anew=stretch.begins_anew,
        closed=dict(stretch.closed),
        taken_back=stretch.taken_back or "",
    )
