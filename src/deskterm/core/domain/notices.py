"""Who should know of what happened."""

from deskterm.core.domain.facts import Fact, Ticket
from deskterm.core.domain.words import FactKind, Status, WaitReason

_POOLED = {FactKind.SUBMITTED, FactKind.MOVED, FactKind.UNASSIGNED, FactKind.ESCALATED}
_FOR_LEAD = _POOLED | {FactKind.BREACHED}
_FOR_OWNER = {FactKind.REJECTED, FactKind.REOPENED, FactKind.CANCELLED, FactKind.ASSIGNED, FactKind.BREACHED}
_FOR_REQUESTER = {FactKind.RESOLVED, FactKind.CANCELLED, FactKind.CLOSED, FactKind.CONFIRMED}


def concerned(fact: Fact, ticket: Ticket, lead_id: int | None) -> frozenset[int]:
    """Gives the people to notify of `fact`, which made `ticket`; never the one who did it.

    The lead hears of work that nobody has yet (000-R17) and of breaches (004-R7), the requester of answers and the
    resolution (003-R26), the owner of what comes back and what is late.
    """
    told: set[int | None] = set()
    owner = ticket.assignee_id or lead_id
    if fact.kind in _FOR_LEAD and ticket.status is not Status.PENDING_APPROVAL:
        told.add(lead_id)
    if fact.kind in _FOR_OWNER:
        told.add(owner)
    if fact.kind in _FOR_REQUESTER or fact.reason is WaitReason.REQUESTER:
        told.add(ticket.requester_id)
    if fact.kind is FactKind.REPLIED:
        told.add(owner if fact.actor_id == ticket.requester_id else ticket.requester_id)
    if fact.kind is FactKind.RATED:
        told.add(ticket.resolver_id)
    return frozenset(person for person in told if person is not None and person != fact.actor_id)
