"""The one door: an actor, a ticket, an action. Decide on what was read, then write it all or nothing."""

from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

from deskterm.core.domain.access import sees_internal
from deskterm.core.domain.decide import Arguments, decide, refuse
from deskterm.core.domain.errors import ChangedElsewhere, NotAllowed
from deskterm.core.domain.facts import Fact, Ticket, reference
from deskterm.core.domain.history import History
from deskterm.core.domain.history import followed as folded
from deskterm.core.domain.notices import concerned
from deskterm.core.domain.people import Person
from deskterm.core.domain.text import did
from deskterm.core.domain.words import Action, FactKind, Status
from deskterm.core.services.context import Context, limits, seen
from deskterm.core.services.policies import DeskPolicy
from deskterm.core.store import directory, tickets, timelines
from deskterm.core.store.engine import Connection
from deskterm.core.store.tickets import Step

_ATTEMPTS: Final = 5


class Promise(NamedTuple):
    """When a clock is due."""

    clock: str
    label: str
    due_at: datetime


class Done(NamedTuple):
    """What an action came to, and what a submission promises: when its clocks are due, the earliest first (003-R33)."""

    id: int
    version: int
    status: Status
    assignee_id: int | None
    promises: tuple[Promise, ...] = ()


def act(context: Context, ticket_id: int, action: Action, arguments: Arguments, *, expected: int | None = None) -> Done:
    """Does `action` to a ticket in one transaction.

    `expected` is the version the actor saw; without it, the action is decided on what stands, and decided again when
    somebody is faster.

    Raises:
        NotFound: when the actor may not know of it.
        NotAllowed: when the lifecycle or access refuses.
        InvalidInput: when an argument can't be used.
        ChangedElsewhere: when the ticket is no longer as `expected`, or somebody was first.
    """
    first = None
    for _ in range(_ATTEMPTS):
        with context.store.read() as connection:
            actor = context.actor(connection)
            before, profile_id = seen(connection, actor, ticket_id)
            policy = context.policy(connection, profile_id)
            leads = {d.id: d.lead_id for d in directory.departments(connection).values()}
            first = first or before.ticket.version
            if expected is not None and (news := _news(connection, before.ticket, actor, expected)):
                raise ChangedElsewhere(news)
            now = max(context.clock(), before.ticket.updated_at)
            try:
                facts = decide(before.ticket, action, arguments, actor, now=now, **limits(before.ticket, policy))
            except NotAllowed as refusal:
                if news := _news(connection, before.ticket, actor, first):
                    raise ChangedElsewhere(news) from refusal
                raise
        steps = followed(before, tuple(replace(fact, by_id=context.by_id) for fact in facts), policy)
        with context.store.write() as connection:
            if save(connection, before, steps, context, leads):
                after = steps[-1].after.ticket
                return Done(after.id, after.version, after.status, after.assignee_id)
    raise ChangedElsewhere(f"{reference(ticket_id)} keeps changing: try again")


def check(context: Context, ticket_id: int, action: Action) -> None:
    """Passes when the actor may do `action` now, so that nobody is asked for what will be refused.

    Raises:
        NotFound, NotAllowed: as `act`.
    """
    with context.store.read() as connection:
        actor = context.actor(connection)
        loaded = seen(connection, actor, ticket_id)
        policy = context.policy(connection, loaded.profile_id)
        ticket = loaded.history.ticket
        refuse(ticket, action, actor, now=context.clock(), **limits(ticket, policy))


def followed(before: History, facts: tuple[Fact, ...], policy: DeskPolicy) -> list[Step]:
    """Gives the steps that `facts` make from `before`, breaches that came to light among them."""
    steps = []
    status = before.ticket.status
    for fact, after in folded(before, facts, policy):
        steps.append(Step(fact, status, after))
        status = after.ticket.status
    return steps


def save(
    connection: Connection,
    before: History,
    steps: list[Step],
    context: Context,
    leads: dict[int, int | None],
) -> bool:
    """Writes facts, row, clocks, spans and notices if the ticket is still as before; gives whether it was."""
    if not tickets.update(connection, before, steps[-1].after):
        return False
    tickets.append(connection, before.ticket.id, steps, context.via)
    for step in steps:
        ticket = step.after.ticket
        tickets.notify(connection, concerned(step.fact, ticket, leads.get(ticket.department_id)), step)
    return True


def _news(connection: Connection, ticket: Ticket, actor: Person, since: int) -> str:
    """Gives who did what since a version, as far as `actor` may know: an internal note is no news to a requester."""
    if ticket.version == since:
        return ""
    internal = sees_internal(actor, ticket)
    told = timelines.timeline(connection, ticket.id, internal=internal)
    # that a clock ran out meanwhile changes nothing of what they decided on
    entries = [e for e, _ in told if e.version > since and e.kind is not FactKind.BREACHED]
    if not entries:
        return ""
    news = ", ".join(f"{entry.actor} {did(entry.kind)}" for entry in entries)
    return f"{ticket.reference} has changed since you looked: {news}. Look again, then repeat."
