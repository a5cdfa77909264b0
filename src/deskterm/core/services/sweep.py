"""The background pass: what comes about by time alone becomes a fact."""

from datetime import datetime
from typing import Final, NamedTuple

from deskterm.core.domain.errors import DesktermError, NotAllowed, told
from deskterm.core.domain.facts import reference
from deskterm.core.domain.history import caught_up, fold
from deskterm.core.domain.words import Role
from deskterm.core.services.context import Context
from deskterm.core.services.work import save, surroundings
from deskterm.core.store import lists, tickets
from deskterm.core.store.engine import Connection
from deskterm.core.store.tickets import Step

_SLICE: Final = 200


class Swept(NamedTuple):
    """What a pass came to; tickets that can't be read or trusted are named in `left_out`, with why."""

    tickets: int
    breaches: int
    left_out: tuple[str, ...]


class _Late(NamedTuple):
    """A ticket with the breaches to write."""

    before: tickets.Loaded
    steps: list[Step]


def breaches(context: Context) -> Swept:
    """Writes every breach that is due and not known yet, each once, with its notices (001-R37, 004-R28).

    A ticket that somebody changes meanwhile is left to the next pass: that change found the breach itself.

    Raises:
        NotAllowed: for anybody but an admin.
    """
    with context.store.read() as connection:
        if context.actor(connection).role is not Role.ADMIN:
            raise NotAllowed("the worker is an admin's: it passes over every ticket")
    now = context.clock()
    seen = found = last = 0
    left_out: list[str] = []
    while True:
        with context.store.read() as connection:
            slice_ = lists.overdue(connection, now, after=last, limit=_SLICE)
            around = surroundings(connection, purchase=True)
            late = [one for number in slice_ if (one := _late(context, connection, number, now, left_out))]
        if not slice_:
            return Swept(seen, found, tuple(left_out))
        last = slice_[-1]
        for before, steps in late:
            with context.store.write() as connection:
                if steps and save(connection, before.history, steps, context, around):
                    seen, found = seen + 1, found + len(steps)


def _late(context: Context, connection: Connection, ticket_id: int, now: datetime, left_out: list[str]) -> _Late | None:
    try:
        loaded = tickets.load(connection, ticket_id)
        if loaded is None:
            return None
        policy = context.policy(connection, loaded.profile_id)
        # what can't be taken back is not written on the word of a row alone
        if fold(tickets.facts(connection, ticket_id), policy, ticket_id).clocks != loaded.history.clocks:
            left_out.append(f"{reference(ticket_id)}: its clocks are not what its facts say: run `deskterm doctor`")
            return None
        status = loaded.history.ticket.status
        steps = [Step(fact, status, after) for fact, after in caught_up(loaded.history, now, policy)]
    except (ValueError, KeyError, DesktermError) as error:  # one row that can't be trusted stops no other's breach
        left_out.append(f"{reference(ticket_id)}: {told(error)}: `deskterm doctor` says more")
        return None
    return _Late(loaded, steps)
