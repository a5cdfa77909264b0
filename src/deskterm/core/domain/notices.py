"""Who should know of what happened."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from deskterm.core.domain.facts import Fact, Ticket
from deskterm.core.domain.profile import APPROVAL
from deskterm.core.domain.words import FactKind, Status, WaitReason

_POOLED = {FactKind.SUBMITTED, FactKind.MOVED, FactKind.UNASSIGNED, FactKind.ESCALATED}
_FOR_LEAD = _POOLED | {FactKind.BREACHED, FactKind.ESCALATION_ASKED}
_OF_CHAIN = {FactKind.RETURNED, FactKind.AUTHORISED, FactKind.DECLINED, FactKind.WITHDRAWN}
_FOR_OWNER = _OF_CHAIN | {
    FactKind.ESCALATION_REFUSED, FactKind.REJECTED, FactKind.REOPENED, FactKind.CANCELLED, FactKind.ASSIGNED,
    FactKind.BREACHED,
}  # fmt: skip
_FOR_REQUESTER = _OF_CHAIN | {
    FactKind.RESOLVED, FactKind.CANCELLED, FactKind.CLOSED, FactKind.CONFIRMED, FactKind.PIVOTED,
}  # fmt: skip
_FOR_APPROVERS = {FactKind.OPENED, FactKind.PASSED, FactKind.ANSWERED}


class Circle(NamedTuple):
    """Who is around a ticket besides those that it names itself.

    `waited_for` are those whose decision a stage waits for, with their stand-ins; None is a place that is vacant.
    `mentioned` are those whom a note names and who may read it.
    """

    lead_id: int | None = None
    admins: frozenset[int] = frozenset()
    stand_ins: Mapping[int, tuple[int, ...]] = {}
    waited_for: tuple[int | None, ...] = ()
    mentioned: frozenset[int] = frozenset()


NOBODY: Final = Circle()


def concerned(fact: Fact, ticket: Ticket, circle: Circle = NOBODY) -> frozenset[int]:
    """Gives the people to notify of `fact`, which made `ticket`; never the one who did it.

    The lead hears of work that nobody has yet (000-R17) and of breaches (004-R7), the requester of answers and the
    resolution (003-R26), the owner of what comes back and what is late, approvers and their stand-ins of what waits
    for them (000-R26), admins of a stage that nobody can decide, those whom a note mentions of the note.
    """
    told: set[int | None] = set()
    lead_id = circle.lead_id
    owner = ticket.assignee_id or lead_id
    if fact.kind in _FOR_APPROVERS or (fact.kind is FactKind.BREACHED and fact.clock == APPROVAL):
        for person in circle.waited_for:
            told |= circle.admins if person is None else {person, *circle.stand_ins.get(person, ())}
        return _without(told, fact)
    if fact.kind in _FOR_LEAD and ticket.status is not Status.PENDING_APPROVAL:
        told.add(lead_id)
    if fact.kind in _FOR_OWNER:
        told.add(owner)
    if fact.kind in _FOR_REQUESTER or fact.reason is WaitReason.REQUESTER:
        told.add(ticket.requester_id)
    if fact.kind is FactKind.REPLIED:
        told.add(owner if fact.actor_id == ticket.requester_id else ticket.requester_id)
    if fact.kind is FactKind.NOTED:
        told |= circle.mentioned
    if fact.kind is FactKind.RATED:
        told.add(ticket.resolver_id)
    return _without(told, fact)


def _without(told: set[int | None], fact: Fact) -> frozenset[int]:
    return frozenset(person for person in told if person is not None and person != fact.actor_id)
