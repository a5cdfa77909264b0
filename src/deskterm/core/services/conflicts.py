"""What changed since somebody looked, as far as it touches what they are about to do."""

from typing import Final

from deskterm.core.domain.access import sees_internal
from deskterm.core.domain.chain import Round, chain_of
from deskterm.core.domain.facts import Ticket
from deskterm.core.domain.history import History
from deskterm.core.domain.lifecycle import DECIDING
from deskterm.core.domain.people import Person
from deskterm.core.domain.text import did
from deskterm.core.domain.words import Action, FactKind
from deskterm.core.store import tickets, timelines
from deskterm.core.store.engine import Connection

_NO_NEWS: Final = frozenset({FactKind.BREACHED, FactKind.ATTEMPTED})


def conflict(connection: Connection, now: History, actor: Person, action: Action, expected: int) -> str:
    """Gives what changed since `expected` that the action would overlook, "" when nothing.

    A decision is about a purchase and its stage: what others wrote meanwhile doesn't touch it.
    """
    if action not in DECIDING or now.ticket.version == expected:
        return news_of(connection, now.ticket, actor, expected)
    then = chain_of(tickets.facts(connection, now.ticket.id)[:expected])
    if then and now.chain and _place(then[-1]) == _place(now.chain[-1]):
        return ""
    return news_of(connection, now.ticket, actor, expected)


def _place(round_: Round) -> tuple[object, ...]:
    return round_.number, round_.digest, round_.stage, round_.is_returned


def news_of(connection: Connection, ticket: Ticket, actor: Person, since: int) -> str:
    """Gives who did what since a version, as far as `actor` may know: an internal note is no news to a requester."""
    if ticket.version == since:
        return ""
    internal = sees_internal(actor, ticket)
    told = timelines.timeline(connection, ticket.id, internal=internal)
    # that a clock ran out meanwhile, or that somebody tried what they may not, changes nothing of what they decide on
    later = [(e, data.get("undoes")) for e, data in told if e.version > since and e.kind not in _NO_NEWS]
    back = {undoes for _, undoes in later if undoes is not None and undoes > since}  # done since, and taken back
    entries = [entry for entry, undoes in later if not back & {entry.version, undoes}]
    if not entries:
        return ""
    news = ", ".join(f"{entry.actor} {did(entry.kind)}" for entry in entries)
    return f"{ticket.reference} has changed since you looked: {news}. Look again, then repeat."
