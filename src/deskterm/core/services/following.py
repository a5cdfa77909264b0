"""What was written since somebody last looked, inside what they may see: by ticket, and as a list has it."""

from collections.abc import Collection
from typing import Final

from deskterm.core.domain.access import Scope, scope_of
from deskterm.core.services.context import Context
from deskterm.core.services.filtering import narrowed
from deskterm.core.services.measuring import teller
from deskterm.core.services.reading import ordered
from deskterm.core.store import lists, watch
from deskterm.core.store.engine import Connection
from deskterm.core.views import Changes, ListNews, Shown

_AT_MOST: Final = 500
"""New tickets of a list that are counted."""


def place(context: Context) -> int:
    """Gives where the trail is by now, for a list or ticket that is read next."""
    with context.store.read() as connection:
        context.actor(connection)
        return watch.place(connection)


def changes(context: Context, since: int, shown: Collection[int]) -> Changes:
    """Gives which tickets changed since a place: those that the actor may see, and those of `shown` in any case."""
    with context.store.read() as connection:
        return _changes(context, connection, context.scope(connection), since, shown)


def list_news(context: Context, since: int, shown: Shown) -> ListNews:
    """Gives what changed since a place in a list that is on a screen."""
    with context.store.read() as connection:
        actor = context.actor(connection)
        scope = scope_of(actor)
        found = _changes(context, connection, scope, since, shown.tickets)
        if not found.tickets and not found.is_cut:
            return ListNews(found)
        changed = found.tickets & shown.tickets
        rows = lists.rows(connection, scope, changed, teller(context, connection, actor)) if changed else ()
        asked = None if found.is_cut else (found.others | shown.fresh & found.tickets) - shown.tickets
        fresh = shown.fresh - found.tickets
        if asked is None or asked:
            to = narrowed(context, connection, scope, shown.wanted)
            order = ordered(shown.view, shown.wanted, shown.order)
            fresh |= lists.among(
                connection, scope, shown.view, to, order, asked, since=shown.since, until=shown.until, limit=_AT_MOST
            )
        return ListNews(found, rows, changed - {row.id for row in rows}, fresh - shown.tickets)


def _changes(context: Context, connection: Connection, scope: Scope, since: int, shown: Collection[int]) -> Changes:
    found = watch.written(connection, since)
    if found.who is None:
        return Changes(found.place, frozenset(shown), frozenset(shown), is_cut=True)
    elsewhere = found.who.keys() - set(shown)
    seen = watch.known(connection, scope, elsewhere, context.clock()) if elsewhere else set()
    mine = {ticket: who for ticket, who in found.who.items() if ticket in seen or ticket not in elsewhere}
    others = (ticket for ticket, who in mine.items() if who != {context.actor_id})
    return Changes(found.place, frozenset(mine), frozenset(others))
