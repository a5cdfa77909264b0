"""Facts: what happened to a ticket, and the ticket that they fold into.

A fact records results, not rules: the status it led to stands in it, so a later change of the lifecycle can't
rewrite history. `apply` is the whole of the fold; the stored row is its view (design, rule 2).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum
from operator import attrgetter
from typing import Any, Final, cast

from deskterm.core.domain.attachments import Attached
from deskterm.core.domain.purchase import Purchase
from deskterm.core.domain.stages import Signed, Slot, StageSpec
from deskterm.core.domain.words import (
    CategoryKind,
    CommentKind,
    FactKind,
    Outcome,
    Source,
    Status,
    WaitReason,
)


class Unset(Enum):
    """Tells "not changed" from "changed to nobody"."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unset.UNCHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that happened. Of the fields after `actor_id`, those that are None (or unset) say nothing."""

    kind: FactKind
    at: datetime
    actor_id: int | None
    status: Status | None = None
    reason: WaitReason | None = None
    outcome: Outcome | None = None
    assignee_id: int | Unset | None = UNCHANGED
    requester_id: int | None = None
    department_id: int | None = None
    category_id: int | None = None
    category_kind: CategoryKind | None = None
    priority: int | None = None
    title: str | None = None
    description: str | None = None
    source: Source | None = None
    comment: CommentKind | None = None
    text: str | None = None
    cause: str | None = None
    fix: str | None = None
    resolver_id: int | None = None
    stars: int | None = None
    on_behalf_of: int | None = None
    by_id: int | None = None  # who did it, when an admin acted as the actor
    customer: str | None = None
    product: str | None = None
    module: str | None = None
    question: str | None = None
    tier: int | None = None
    profile_id: int | None = None
    clock: str | None = None
    cycle: int | None = None
    repaired: tuple[tuple[str, str, str], ...] | None = None  # field, what was stored, what the facts say
    round: int | None = None
    purchase: Purchase | None = None
    digest: str | None = None  # of the purchase that a decision is about
    stages: tuple[StageSpec, ...] | None = None
    stage: str | None = None  # the stage that this is about
    slots: tuple[Slot, ...] | None = None
    ends: bool | None = None  # this decision ended its stage
    signature: Signed | None = None
    attempted: str | None = None  # the action that was refused
    undoes: int | None = None  # the version that an `undone` fact takes back
    deed: str | None = None  # what was done to several tickets at once has the same
    files: tuple[Attached, ...] | None = None  # that came with this comment


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket as its facts have made it. Instants are aware UTC; `version` counts the facts."""

    id: int
    version: int
    status: Status
    reason: WaitReason | None
    outcome: Outcome | None
    requester_id: int
    assignee_id: int | None
    department_id: int
    category_id: int
    category_kind: CategoryKind
    priority: int
    title: str
    description: str
    source: Source
    created_at: datetime
    updated_at: datetime
    assigned_at: datetime | None
    resolved_at: datetime | None
    resolver_id: int | None
    closed_at: datetime | None
    reopen_count: int
    stars: int | None
    tier: int = 1
    customer: str = ""
    product: str = ""
    module: str = ""
    question: str = ""
    round: int = 0  # of its approval chain; 0 has none
    stage: str = ""  # the stage that is open, "" none
    returned: bool = False  # that stage waits for information
    escalating: bool = False  # its lead is asked to let it go to the next tier
    profile_id: int = 0  # the version it came under; 0 is not said: facts of an older program don't

    @property
    def reference(self) -> str:
        """The id as people read it, `HD-000042`."""
        return reference(self.id)


def reference(ticket_id: int) -> str:
    """Gives the id as people read it, `HD-000042`."""
    return f"HD-{ticket_id:06d}"


def submitted(fact: Fact, ticket_id: int = 0) -> Ticket:
    """Gives the ticket that a `submitted` fact begins; the id is 0 until the store has given one.

    Raises:
        ValueError: when the fact doesn't say all that a ticket needs.
    """
    must = (fact.status, fact.requester_id, fact.department_id, fact.category_id, fact.category_kind, fact.priority)
    if fact.kind is not FactKind.SUBMITTED or None in must or fact.title is None:
        raise ValueError(f"a history begins with a complete submitted fact, not {fact.kind}")
    return Ticket(
        id=ticket_id,
        version=1,
        status=cast("Status", fact.status),
        reason=None,
        outcome=None,
        requester_id=cast("int", fact.requester_id),
        assignee_id=None,
        department_id=cast("int", fact.department_id),
        category_id=cast("int", fact.category_id),
        category_kind=cast("CategoryKind", fact.category_kind),
        priority=cast("int", fact.priority),
        title=fact.title,
        description=fact.description or "",
        source=fact.source or Source.FORM,
        created_at=fact.at,
        updated_at=fact.at,
        assigned_at=None,
        resolved_at=None,
        resolver_id=None,
        closed_at=None,
        reopen_count=0,
        stars=None,
        tier=fact.tier or 1,
        customer=fact.customer or "",
        product=fact.product or "",
        module=fact.module or "",
        question=fact.question or "",
        profile_id=fact.profile_id or 0,
    )


_STATE: Final = tuple(f.name for f in fields(Ticket))
_STATED: Final = attrgetter(*_STATE)
_PLAIN: Final = ("status", "outcome", "requester_id", "department_id", "category_id", "priority", "stars", "tier")


def apply(ticket: Ticket, fact: Fact) -> Ticket:
    """Gives the ticket after `fact`: one version on, with what the fact says and what follows from it.

    Raises:
        ValueError: when it takes something back: what that comes to is told by the facts before (`past.advance`).
    """
    if fact.kind is FactKind.UNDONE:
        raise ValueError("what is taken back to stands in the facts before it")
    change: dict[str, Any] = {name: value for name in _PLAIN if (value := getattr(fact, name)) is not None}
    change |= {"version": ticket.version + 1, "updated_at": fact.at}
    if fact.assignee_id is not UNCHANGED:
        change["assignee_id"] = fact.assignee_id
        if fact.assignee_id is not None and ticket.assigned_at is None:
            change["assigned_at"] = fact.at
    if fact.status is not None:
        change["reason"] = fact.reason
        change |= _entering(ticket, fact)
    if fact.kind in CHAINED:
        change |= _chained(fact)
    if fact.kind is FactKind.ESCALATION_ASKED:
        change["escalating"] = True
    elif fact.kind in _ANSWERS_ESCALATION or fact.status in {Status.RESOLVED, Status.CLOSED}:
        change["escalating"] = False
    if fact.kind is FactKind.RESOLVED:
        change |= {"resolved_at": fact.at, "resolver_id": fact.resolver_id}
    elif fact.kind in {FactKind.REOPENED, FactKind.REJECTED}:
        change["reopen_count"] = ticket.reopen_count + 1
    # as dataclasses.replace, which looks at each field by itself: this runs once a fact, for every ticket of a desk
    return Ticket(**{**dict(zip(_STATE, _STATED(ticket), strict=True)), **change})


def _entering(ticket: Ticket, fact: Fact) -> dict[str, object]:
    if fact.status is Status.CLOSED:
        return {"closed_at": fact.at} if ticket.status is not Status.CLOSED else {}
    change: dict[str, object] = {"closed_at": None, "outcome": None}
    if fact.status is not Status.RESOLVED:
        change |= {"resolved_at": None, "resolver_id": None}
    return change


_ANSWERS_ESCALATION: Final = frozenset({FactKind.ESCALATED, FactKind.ESCALATION_REFUSED, FactKind.MOVED})
CHAINED: Final = frozenset({
    FactKind.REQUESTED, FactKind.OPENED, FactKind.PASSED, FactKind.APPROVED, FactKind.REFUSED, FactKind.RETURNED,
    FactKind.ANSWERED, FactKind.AMENDED, FactKind.AUTHORISED, FactKind.DECLINED, FactKind.WITHDRAWN,
})  # fmt: skip
"""The facts that an approval chain is made of."""
SIGNED: Final = frozenset({FactKind.APPROVED, FactKind.REFUSED})
"""The decisions that count as a signature in a round."""
DECISIONS: Final = SIGNED | {FactKind.RETURNED}
"""What an approver decides; each is a row of the approvals too."""


def _chained(fact: Fact) -> dict[str, object]:
    match fact.kind:
        case FactKind.REQUESTED:
            return {"round": fact.round}
        case FactKind.OPENED:
            return {"stage": fact.stage, "returned": False}
        case FactKind.RETURNED:
            return {"returned": True}
        case FactKind.ANSWERED:
            return {"returned": False}
        case FactKind.APPROVED | FactKind.REFUSED if not fact.ends:
            return {"returned": False}
        case FactKind.PASSED:
            return {}
        case _:
            return {"stage": "", "returned": False}


_CODES: Final[Mapping[str, type[Enum]]] = {
    "status": Status,
    "reason": WaitReason,
    "outcome": Outcome,
    "category_kind": CategoryKind,
    "source": Source,
    "comment": CommentKind,
}
_PARTS: Final[Mapping[str, Callable[[Any], object]]] = {
    "repaired": lambda parts: tuple(tuple(difference) for difference in parts),
    "purchase": Purchase.from_data,
    "stages": lambda parts: tuple(StageSpec.from_data(part) for part in parts),
    "slots": lambda parts: tuple(Slot(*part) for part in parts),
    "signature": lambda parts: Signed(*parts),
    "files": lambda parts: tuple(Attached(*part) for part in parts),
}
_NAMES: Final = tuple(f.name for f in fields(Fact) if f.name not in {"kind", "at", "actor_id"})
_values: Final = attrgetter(*_NAMES)


def to_data(fact: Fact) -> dict[str, object]:
    """Gives what the fact says as JSON values; `from_data` reads it back."""
    data: dict[str, object] = {
        name: value.value if isinstance(value, Enum) else value
        for name, value in zip(_NAMES, _values(fact), strict=True)
        if value is not None and value is not UNCHANGED
    }
    if fact.assignee_id is None:  # that nobody has it is said too
        data["assignee_id"] = None
    if fact.purchase is not None:
        data["purchase"] = fact.purchase.as_data()
    return data


def from_data(kind: str, at: datetime, actor_id: int | None, data: Mapping[str, object]) -> Fact:
    """Gives the fact that `to_data` wrote."""
    values: dict[str, Any] = {name: _CODES[name](v) if name in _CODES else v for name, v in data.items()}
    for name, read in _PARTS.items():
        if name in values:
            values[name] = read(values[name])
    return Fact(kind=FactKind(kind), at=at, actor_id=actor_id, **values)
