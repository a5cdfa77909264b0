"""Who has a ticket open: told to staff who may see it. It is no fact, has no entry, and is forgotten in a minute."""

from contextlib import suppress

from deskterm.core.domain.access import sees_internal
from deskterm.core.domain.errors import StoreUnavailable
from deskterm.core.domain.presence import Present
from deskterm.core.services.context import Context, seen
from deskterm.core.store import directory, presence


def attend(context: Context, ticket_id: int, *, is_replying: bool) -> tuple[Present, ...]:
    """Notes that the actor has a ticket open, unless the desk is read-only, and gives who else has.

    Raises:
        NotFound: when the ticket is not the actor's to see.
    """
    is_told = _is_told(context, ticket_id)
    if not context.store.is_read_only:
        with suppress(StoreUnavailable):  # as in `_others`
            presence.beat(context.store, ticket_id, context.there_id, context.clock(), is_replying=is_replying)
    return _others(context, ticket_id) if is_told else ()


def leave(context: Context, ticket_id: int) -> None:
    """Notes that the actor has a ticket open no longer."""
    if not context.store.is_read_only:
        presence.left(context.store, ticket_id, context.there_id)


def others(context: Context, ticket_id: int) -> tuple[Present, ...]:
    """Gives who else has a ticket open; nobody to who is only its requester.

    Raises:
        NotFound: when the ticket is not the actor's to see.
    """
    return _others(context, ticket_id) if _is_told(context, ticket_id) else ()


def _is_told(context: Context, ticket_id: int) -> bool:
    with context.store.read() as connection:
        actor = context.actor(connection)
        return sees_internal(actor, seen(connection, actor, ticket_id, context.clock()).history.ticket)


def _others(context: Context, ticket_id: int) -> tuple[Present, ...]:
    """Gives who else is there; what is out of reach beside the desk is nobody: the ticket can be read all the same.

    Who was there at an instant of the past is told by nothing.
    """
    if context.store.as_of is not None:
        return ()
    try:
        there = presence.there(context.store, ticket_id, context.clock())
    except StoreUnavailable:
        return ()
    found = [one for one in there if one.person_id != context.there_id]
    if not found:
        return ()
    with context.store.read() as connection:
        names = directory.names(connection, {one.person_id for one in found})
    return tuple(Present(names[one.person_id], one.since, one.is_replying) for one in found if one.person_id in names)
