"""Keeping what somebody writes until they send it: theirs alone, on whatever terminal they go on."""

from collections.abc import Mapping

from deskterm.core.domain.drafts import Draft, Place, Values, check, written
from deskterm.core.services.context import Context
from deskterm.core.store import drafts


def keep(context: Context, found: Mapping[Place, Values]) -> None:
    """Keeps drafts in place of what was kept there before; one with nothing in it is no draft any more.

    Whether their tickets are still to be seen is not asked: what was typed is lost to nobody who typed it.

    Raises:
        NotAllowed: when the desk takes no changes, or its user is no longer active.
        InvalidInput: when a text can't be kept.
    """
    for place, values in found.items():
        check(place, values)
    with context.store.write() as connection:
        context.actor(connection)
        for place, values in sorted(found.items()):
            if text := written(values):
                drafts.write(connection, context.there_id, place, text, context.clock())
            else:
                drafts.remove(connection, context.there_id, place)


def mine(context: Context, place: Place | None = None) -> list[Draft]:
    """Gives the drafts of who is really there, the latest first; only the one of `place` where that is given."""
    with context.store.read() as connection:
        context.actor(connection)
        return drafts.of_person(connection, context.there_id, place)
