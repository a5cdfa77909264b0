"""Mentions: whom a note names by `@login`, who of them hears of it, and who can be named."""

from collections.abc import Iterable

from deskterm.core.domain.access import sees_internal
from deskterm.core.domain.facts import Fact, Ticket
from deskterm.core.domain.mentions import Named, mentioned
from deskterm.core.domain.people import Person
from deskterm.core.domain.words import FactKind
from deskterm.core.services.context import Context, seen
from deskterm.core.store import directory
from deskterm.core.store.engine import Connection


def told_of(context: Context, ticket: Ticket, facts: Iterable[Fact]) -> frozenset[int]:
    """Gives who hears of notes by being named in them: those who may read them (003-R58)."""
    logins = [login for fact in facts if fact.kind is FactKind.NOTED for login in mentioned(fact.text or "")]
    if not logins:
        return frozenset()
    with context.store.read() as connection:
        return frozenset(one.id for one in _people(connection, logins) if _reads(one, ticket))


def untold(context: Context, ticket_id: int, text: str) -> tuple[str, ...]:
    """Gives why each of those whom a note names hears nothing of it, in clauses; none when all do.

    Raises:
        NotFound: when the ticket is not the actor's to see.
    """
    logins = mentioned(text)
    if not logins:
        return ()
    with context.store.read() as connection:
        actor = context.actor(connection)
        ticket = seen(connection, actor, ticket_id, context.clock()).history.ticket
        found = {one.login: one for one in _people(connection, logins)}
    if not actor.is_staff:  # whose login is whose is for staff to know
        return ()
    nobody = [f"nobody is called @{login}" for login in logins if login not in found]
    blind = [f"{one.name} can't read it" for one in found.values() if not _reads(one, ticket)]
    return (*nobody, *blind)


def nameable(context: Context) -> list[Named]:
    """Gives whom the actor may name: everybody with a login who is still here, and nobody to who is no staff."""
    with context.store.read() as connection:
        if not context.actor(connection).is_staff:
            return []
        people = directory.people(connection).values()
    return [Named(one.login, one.name) for one in people if one.login and one.is_active]


def _people(connection: Connection, logins: Iterable[str]) -> list[Person]:
    return list(directory.by_login(connection, logins).values())


def _reads(person: Person, ticket: Ticket) -> bool:
    return person.is_active and sees_internal(person, ticket)
