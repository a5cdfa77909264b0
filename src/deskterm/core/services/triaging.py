"""Triage: category, priority and assignee of a ticket in one go, in one transaction."""

from collections.abc import Iterator
from dataclasses import replace
from secrets import token_hex
from typing import Final, NamedTuple

from deskterm.core.domain.decide import Arguments, decide, refuse
from deskterm.core.domain.errors import ChangedElsewhere, InvalidInput
from deskterm.core.domain.facts import Ticket, reference
from deskterm.core.domain.profile import Profile
from deskterm.core.domain.words import Action
from deskterm.core.services import work
from deskterm.core.services.conflicts import conflict
from deskterm.core.services.context import Context, limits, seen
from deskterm.core.services.finding import the_category, the_person, the_priority
from deskterm.core.services.work import Done, followed, save, surroundings
from deskterm.core.store import directory
from deskterm.core.store.engine import Collided, Connection
from deskterm.core.store.tickets import Step

_ATTEMPTS: Final = 5


class Triage(NamedTuple):
    """What a ticket is given, by key, name or number; what is empty stays as it is."""

    category: str = ""
    priority: str = ""
    person: str = ""


def triage(context: Context, ticket_id: int, given: Triage, *, expected: int | None = None) -> Done:
    """Gives a ticket its category, priority and assignee: all of it, or nothing. What stands already is passed over.

    Raises:
        NotFound: when it is not the actor's to see.
        NotAllowed: when the actor may not do one of it, or the lifecycle refuses.
        InvalidInput: when nothing is given or would change, or a name isn't the desk's.
        ChangedElsewhere: when the ticket is no longer as `expected`, or somebody was first.
    """
    if not any(given):
        raise InvalidInput("triage gives a ticket a category, a priority or an assignee: name one at least")
    for action in _actions(given):
        work.check(context, ticket_id, action)  # before a name is looked up: who may not act learns of no names
    context = replace(context, deed=context.deed or token_hex(4))
    for _ in range(_ATTEMPTS):
        with context.store.read() as connection:
            actor = context.actor(connection)
            before, profile_id = seen(connection, actor, ticket_id, context.clock())
            if expected is not None and (news := conflict(connection, before, actor, Action.ASSIGN, expected)):
                raise ChangedElsewhere(news)
            policy = context.policy(connection, profile_id)
            now = max(context.clock(), before.ticket.updated_at)
            history, steps = before, list[Step]()
            for action in _actions(given):
                set_ = limits(connection, history, policy, action)
                refuse(history.ticket, action, actor, now=now, **set_)
                arguments = _arguments(connection, policy.profile, action, given)
                if not _stands(history.ticket, arguments):
                    facts = decide(history.ticket, action, arguments, actor, now=now, by_id=context.by_id, **set_)
                    steps += followed(history, context.signed(facts), policy)
                    history = steps[-1].after
            around = surroundings(connection, purchase=bool(before.chain))
        if not steps:
            raise InvalidInput(f"{reference(ticket_id)} has all of that already")
        try:
            with context.store.write() as connection:
                if save(connection, before, steps, context, around):
                    return Done.of(history.ticket)
        except Collided:
            continue
    raise ChangedElsewhere(f"{reference(ticket_id)} keeps changing: try again")


def _actions(given: Triage) -> Iterator[Action]:
    """Gives what is done, in its order: who can have a ticket depends on nothing that comes after."""
    if given.category:
        yield Action.SET_CATEGORY
    if given.priority:
        yield Action.SET_PRIORITY
    if given.person:
        yield Action.ASSIGN


def _arguments(connection: Connection, profile: Profile, action: Action, given: Triage) -> Arguments:
    if action is Action.SET_CATEGORY:
        return Arguments(category=the_category(directory.categories(connection).values(), given.category, None))
    if action is Action.SET_PRIORITY:
        return Arguments(priority=the_priority(list(profile.priorities.values()), given.priority))
    return Arguments(person=the_person(connection, given.person))


def _stands(ticket: Ticket, given: Arguments) -> bool:
    if given.category is not None:
        return given.category.id == ticket.category_id
    if given.priority is not None:
        return given.priority == ticket.priority
    return given.person is not None and given.person.id == ticket.assignee_id
