"""The background pass: what comes about by time alone becomes a fact."""

from typing import Final, NamedTuple

from deskterm.core.domain.errors import NotAllowed
from deskterm.core.domain.history import caught_up
from deskterm.core.domain.words import Role
from deskterm.core.services.context import Context
from deskterm.core.services.work import save
from deskterm.core.store import directory, lists, tickets
from deskterm.core.store.tickets import Step

_SLICE: Final = 200


class Swept(NamedTuple):
    """What a pass came to."""

    tickets: int
    breaches: int


def breaches(context: Context) -> Swept:
    """Writes every breach that is due and not known yet, each once, with its notices (001-R37, 004-R28).

    A ticket that somebody changes meanwhile is left to the next pass: that change found the breach itself.

    Raises:
        NotAllowed: for anybody but an admin.
    """
    with context.store.read() as connection:
        if context.actor(connection).role is not Role.ADMIN:
            raise NotAllowed("the worker is an admin's: it passes over every ticket")
    done: set[int] = set()
    found = 0
    while True:
        with context.store.read() as connection:
            now = context.clock()
            late = [n for n in lists.overdue(connection, now, limit=_SLICE + len(done)) if n not in done]
            loaded = [ticket for ticket in (tickets.load(connection, number) for number in late) if ticket]
            leads = {d.id: d.lead_id for d in directory.departments(connection).values()}
            policies = {t.profile_id: context.policy(connection, t.profile_id) for t in loaded}
        if not late:
            return Swept(len(done), found)
        done |= set(late)
        for before, profile_id in loaded:
            status = before.ticket.status
            steps = [Step(fact, status, after) for fact, after in caught_up(before, now, policies[profile_id])]
            with context.store.write() as connection:
                if steps and save(connection, before, steps, context, leads):
                    found += len(steps)
