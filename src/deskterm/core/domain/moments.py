"""Moments: what a fact means to clocks, told from the fact and the ticket before and after it."""

from typing import Final

from deskterm.core.domain.facts import Fact, Ticket
from deskterm.core.domain.words import FactKind, Moment, Status

OVER: Final = frozenset({Status.RESOLVED, Status.CLOSED})
"""Where nobody works any more: every clock is stopped."""

_HELD: Final = frozenset({Status.ASSIGNED, Status.IN_PROGRESS})


def moments(fact: Fact, before: Ticket | None, after: Ticket) -> frozenset[Moment]:
    """Gives the moments that `fact` is; `before` is None for a submission."""
    if before is None:
        return frozenset({Moment.SUBMITTED})
    met = set()
    if fact.kind is FactKind.REPLIED:
        met.add(Moment.ANSWERED if fact.actor_id == after.requester_id else Moment.REPLIED)
    if after.tier > before.tier:
        met.add(Moment.ESCALATED)
    met |= _chain(before, after)
    taken = after.assignee_id is not None and after.assignee_id != before.assignee_id
    if after.status is not before.status:
        met |= _entered(before.status, after.status)
    if taken:
        met.add(Moment.ASSIGNED)
    return frozenset(met)


def _chain(before: Ticket, after: Ticket) -> set[Moment]:
    """Gives that a stage opened or ended; one that waits for information goes on where it stood."""
    if before.stage == after.stage:
        return set()
    return {Moment.ASKED} if after.stage else {Moment.DECIDED}


def _entered(before: Status, after: Status) -> set[Moment]:
    met = set()
    if after in _HELD and before not in _HELD:
        met.add(Moment.ASSIGNED)
    if after is Status.IN_PROGRESS:
        met.add(Moment.STARTED)
    if before in OVER and after not in OVER:
        met.add(Moment.REOPENED)
    if after is Status.RESOLVED:
        met.add(Moment.RESOLVED)
    if after is Status.CLOSED:
        met.add(Moment.CLOSED)
    return met
