"""Who somebody is to a ticket, and what they may see (000-R34). What they may do is `lifecycle.RULES`."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from deskterm.core.domain.facts import Ticket
from deskterm.core.domain.people import Person
from deskterm.core.domain.words import FactKind, Role


class Relation(StrEnum):
    """What a person is to one ticket; somebody can be several at once."""

    REQUESTER = "requester"
    ASSIGNEE = "assignee"
    OWNER = "owner"  # the assignee, or any of the department's staff while nobody has it
    STAFF = "staff"
    LEAD = "lead"
    EXECUTIVE = "executive"
    ADMIN = "admin"
    APPROVER = "approver"  # may decide the stage that is open now, also for somebody who delegated to them
    SYSTEM = "system"  # the chain and the worker


def relations(actor: Person, ticket: Ticket) -> frozenset[Relation]:
    """Gives everything that `actor` is to `ticket`; empty is a stranger."""
    found: set[Relation] = set()
    if actor.id == ticket.requester_id:
        found.add(Relation.REQUESTER)
    if actor.serves(ticket.department_id):
        found.add(Relation.STAFF)
        if leads(actor, ticket.department_id):
            found.add(Relation.LEAD)
    if actor.is_staff and actor.id == ticket.assignee_id:
        found |= {Relation.ASSIGNEE, Relation.OWNER}
    if ticket.assignee_id is None and Relation.STAFF in found:
        found.add(Relation.OWNER)
    if actor.role is Role.EXECUTIVE:
        found.add(Relation.EXECUTIVE)
    if actor.role is Role.ADMIN:
        found.add(Relation.ADMIN)
    return frozenset(found)


def leads(actor: Person, department_id: int) -> bool:
    """Whether `actor` speaks for a department: by their role in it, or as the holder of its post."""
    return actor.serves(department_id) and (actor.role is Role.LEAD or department_id in actor.leads)


FOR_REQUESTER: Final = frozenset({
    FactKind.REPLIED, FactKind.RESOLVED, FactKind.CONFIRMED, FactKind.REJECTED, FactKind.REOPENED, FactKind.RATED,
    FactKind.CANCELLED, FactKind.WITHDRAWN, FactKind.PIVOTED, FactKind.REFUSED, FactKind.RETURNED, FactKind.DECLINED,
    FactKind.AMENDED,
})  # fmt: skip
"""The facts whose text a requester reads; what staff write on the others stays inside (003-R58)."""


def sees_internal(actor: Person, ticket: Ticket) -> bool:
    """Whether internal comments are this actor's to read: never for somebody who is only the requester (003-R58)."""
    return bool(relations(actor, ticket) - {Relation.REQUESTER})


@dataclass(frozen=True, slots=True)
class Scope:
    """The tickets somebody may know of: all, or their own, those given to them, and whole departments.

    The one filter behind every list, search, count and export. `is_staff` is who reads the internal comments of what
    they have, wherever that is.
    """

    person_id: int
    everything: bool
    departments: frozenset[int]
    is_staff: bool = False

    def covers(self, ticket: Ticket) -> bool:
        """Whether `ticket` is inside; the store's WHERE clause is the same rule."""
        mine = self.person_id in {ticket.requester_id, ticket.assignee_id}
        return self.everything or mine or ticket.department_id in self.departments

    def reads_internal(self, ticket: Ticket) -> bool:
        """Whether internal comments of `ticket` are found, as `sees_internal`; the store's clause is the same rule."""
        has = self.is_staff and self.person_id == ticket.assignee_id
        return self.everything or has or ticket.department_id in self.departments


def scope_of(actor: Person) -> Scope:
    """Gives what `actor` may know of: requesters their own, staff their department, executives and admins all."""
    departments = set(actor.leads)
    if actor.role in {Role.AGENT, Role.LEAD} and actor.department_id is not None:
        departments.add(actor.department_id)
    everything = actor.role in {Role.EXECUTIVE, Role.ADMIN}
    served = frozenset(departments) if actor.is_active else frozenset[int]()
    return Scope(actor.id, everything, served, actor.is_staff)
