"""The ticket lifecycle: one frozen table of (status, action) -> rule, and what it allows to whom.

No library: a table answers "what may this person do now?" in one comprehension, prints itself into the docs, and
holds its state in the row rather than in an object.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from deskterm.core.domain.access import Relation, relations
from deskterm.core.domain.facts import Ticket
from deskterm.core.domain.panel import NO_PANEL, Panel
from deskterm.core.domain.people import Person
from deskterm.core.domain.words import Action, CategoryKind, Outcome, Status, WaitReason


@dataclass(frozen=True, slots=True)
class Rule:
    """Where an action leads and who may do it.

    `to` None stays; `unowned` is where it leads instead when nobody has the ticket.
    """

    to: Status | None
    by: frozenset[Relation]
    unowned: Status | None = None

    def target(self, ticket: Ticket) -> Status | None:
        """Gives the status that `ticket` comes to, None when it stays."""
        if ticket.assignee_id is None and self.unowned is not None:
            return self.unowned
        return self.to


_R = Relation
_SYSTEM: Final = frozenset({_R.SYSTEM})
_LEADS: Final = frozenset({_R.LEAD, _R.ADMIN})
_OWNERS: Final = _LEADS | {_R.OWNER}
_HOLDERS: Final = _LEADS | {_R.ASSIGNEE}
_STAFF: Final = _LEADS | {_R.STAFF}
_INSIDERS: Final = _STAFF | {_R.ASSIGNEE, _R.EXECUTIVE}
_REQUESTER: Final = frozenset({_R.REQUESTER})
_APPROVERS: Final = frozenset({_R.APPROVER})

_S = Status
_A = Action
_OPEN: Final = (_S.NEW, _S.ASSIGNED, _S.IN_PROGRESS, _S.WAITING)
_BEFORE_CLOSED: Final = (*_OPEN, _S.PENDING_APPROVAL, _S.RESOLVED)


def _rows(statuses: Iterable[Status], action: Action, rule: Rule) -> dict[tuple[Status, Action], Rule]:
    return {(status, action): rule for status in statuses}


RULES: Final[Mapping[tuple[Status, Action], Rule]] = MappingProxyType(
    _rows((_S.NEW, _S.IN_PROGRESS, _S.WAITING), _A.CLAIM, Rule(_S.ASSIGNED, _STAFF))
    | _rows(_OPEN, _A.ASSIGN, Rule(_S.ASSIGNED, _LEADS))
    | _rows((_S.ASSIGNED, _S.IN_PROGRESS), _A.UNASSIGN, Rule(_S.NEW, _HOLDERS))
    | _rows((_S.NEW, _S.ASSIGNED), _A.START, Rule(_S.IN_PROGRESS, _OWNERS))
    | _rows((_S.NEW, _S.ASSIGNED, _S.IN_PROGRESS), _A.WAIT, Rule(_S.WAITING, _OWNERS))
    | _rows((_S.WAITING,), _A.RESUME, Rule(_S.IN_PROGRESS, _OWNERS, unowned=_S.NEW))
    | _rows(_OPEN, _A.RESOLVE, Rule(_S.RESOLVED, _OWNERS))
    | _rows(_OPEN, _A.CANCEL, Rule(_S.CLOSED, _OWNERS | _REQUESTER))
    | _rows(_OPEN, _A.SET_PRIORITY, Rule(None, _OWNERS))
    | _rows(_OPEN, _A.SET_CATEGORY, Rule(None, _OWNERS))
    | _rows(_OPEN, _A.MOVE, Rule(_S.NEW, _OWNERS))
    | _rows((_S.NEW, _S.ASSIGNED, _S.IN_PROGRESS), _A.ESCALATE, Rule(_S.NEW, _STAFF | {_R.ASSIGNEE}))
    | _rows(_OPEN, _A.KEEP, Rule(None, _LEADS))
    | _rows((_S.ASSIGNED, _S.IN_PROGRESS), _A.PIVOT, Rule(_S.PENDING_APPROVAL, _HOLDERS))
    | _rows((_S.PENDING_APPROVAL,), _A.APPROVE, Rule(None, _APPROVERS))
    | _rows((_S.PENDING_APPROVAL,), _A.REFUSE, Rule(None, _APPROVERS))
    | _rows((_S.PENDING_APPROVAL,), _A.ASK, Rule(None, _APPROVERS))
    | _rows((_S.PENDING_APPROVAL,), _A.AMEND, Rule(None, _STAFF | _REQUESTER | {_R.ASSIGNEE}))
    | _rows((_S.PENDING_APPROVAL,), _A.WITHDRAW, Rule(_S.IN_PROGRESS, _HOLDERS | _REQUESTER, unowned=_S.CLOSED))
    | _rows((_S.PENDING_APPROVAL,), _A.CHAIN_APPROVE, Rule(_S.WAITING, _SYSTEM, unowned=_S.NEW))
    | _rows((_S.PENDING_APPROVAL,), _A.CHAIN_REFUSE, Rule(_S.IN_PROGRESS, _SYSTEM, unowned=_S.CLOSED))
    | _rows((_S.WAITING,), _A.RECEIVE, Rule(_S.IN_PROGRESS, _OWNERS, unowned=_S.NEW))
    | _rows((_S.RESOLVED,), _A.CONFIRM, Rule(_S.CLOSED, _STAFF | _REQUESTER))
    | _rows((_S.RESOLVED,), _A.AUTO_CLOSE, Rule(_S.CLOSED, _SYSTEM))
    | _rows((_S.RESOLVED,), _A.REJECT, Rule(_S.ASSIGNED, _REQUESTER, unowned=_S.NEW))
    | _rows((_S.RESOLVED, _S.CLOSED), _A.REOPEN, Rule(_S.ASSIGNED, _STAFF | _REQUESTER, unowned=_S.NEW))
    | _rows((_S.RESOLVED, _S.CLOSED), _A.RATE, Rule(None, _REQUESTER))
    | _rows(_BEFORE_CLOSED, _A.REPLY, Rule(None, _INSIDERS | _REQUESTER))
    | _rows(tuple(_S), _A.NOTE, Rule(None, _INSIDERS))
)
"""The whole lifecycle (design 2). Working on a ticket belongs to its assignee or lead (000-R23)."""


DECIDING: Final = frozenset({_A.APPROVE, _A.REFUSE, _A.ASK})
"""What an approver does to the stage that is open."""


def why_not(
    ticket: Ticket,
    action: Action,
    actor: Person,
    *,
    now: datetime,
    reopen_until: datetime | None,
    tiers: int = 1,
    gated: bool = False,
    panel: Panel = NO_PANEL,
) -> str:
    """Gives why `actor` can't do `action` now, in a clause; empty when they can.

    `reopen_until` is the end of the profile's window for a closed ticket (004-R8), `tiers` how many tiers it has,
    `gated` whether an escalation wants the lead's word (002-R8), `panel` who decides about its purchase.
    """
    rule = RULES.get((ticket.status, action))
    if rule is None:
        if action is Action.CLAIM and ticket.status is Status.ASSIGNED:
            return "it is already yours" if ticket.assignee_id == actor.id else "somebody else already has it"
        if ticket.status is Status.PENDING_APPROVAL:
            return "it waits for its approval chain, and nothing but the chain makes it workable"
        return f"it is {said(ticket.status)}"
    if action in DECIDING:
        return panel.why_not(actor.id, now)
    mine = relations(actor, ticket)
    if not mine & rule.by:
        return f"that is for {' or '.join(_WHO[r] for r in Relation if r in rule.by and r in _WHO)}"
    if action is Action.ESCALATE and ticket.tier >= tiers:
        return "there is no tier above it" if tiers > 1 else "this desk has only one tier"
    if action is Action.ESCALATE and ticket.escalating and asks_first(mine, gated=gated):
        return "its lead has been asked already"
    if action is Action.PIVOT and not panel.rules:
        return "this desk's profile has no approval chain"
    return _guard(ticket, action, actor, now, reopen_until)


def asks_first(mine: frozenset[Relation], *, gated: bool) -> bool:
    """Gives whether somebody who escalates only asks the lead to: who could say yes needn't ask (002-R8)."""
    return gated and not mine & _LEADS


def _guard(ticket: Ticket, action: Action, actor: Person, now: datetime, reopen_until: datetime | None) -> str:
    late = reopen_until is not None and now > reopen_until
    match action:
        case Action.CLAIM if ticket.assignee_id is not None:
            return "it is already yours" if ticket.assignee_id == actor.id else "somebody else already has it"
        case Action.RATE if ticket.stars is not None:
            return "it has been rated, and a rating is given once"
        case Action.RATE if ticket.resolver_id is None:
            return "nobody resolved it, so there is nothing to rate"
        case Action.RATE if ticket.resolver_id == actor.id:
            return "nobody rates their own work"
        case Action.REOPEN if ticket.status is Status.CLOSED and ticket.outcome is Outcome.REJECTED:
            return "its purchase was refused: submit a new request"
        case Action.REOPEN if ticket.status is Status.CLOSED and late:
            return "the time for reopening it is over: submit a new ticket"
        case Action.REOPEN if ticket.category_kind is CategoryKind.PROCUREMENT and ticket.outcome is Outcome.CANCELLED:
            return "a purchase that was cancelled or withdrawn doesn't come back: submit a new request"
        case Action.UNASSIGN if ticket.assignee_id is None:
            return "nobody has it"
        case Action.KEEP if not ticket.escalating:
            return "nobody asked to escalate it"
        case Action.PIVOT if ticket.assignee_id is None:
            return "nobody has it, so nobody found out that it needs a purchase"
        case Action.RECEIVE if ticket.reason is not WaitReason.DELIVERY:
            return "it doesn't wait for a delivery"
        case Action.SET_CATEGORY | Action.MOVE if ticket.category_kind is CategoryKind.PROCUREMENT:
            return "a purchase keeps the category that its chain was opened for"
        case _:
            return ""


def allowed(
    ticket: Ticket,
    actor: Person,
    *,
    now: datetime,
    reopen_until: datetime | None,
    tiers: int = 1,
    gated: bool = False,
    panel: Panel = NO_PANEL,
) -> tuple[Action, ...]:
    """Gives every action that `actor` may do to `ticket` now, in the vocabulary's order."""
    return tuple(
        a
        for a in Action
        if not why_not(ticket, a, actor, now=now, reopen_until=reopen_until, tiers=tiers, gated=gated, panel=panel)
    )


def said(status: Status) -> str:
    """Gives the status in plain words, for a sentence."""
    return status.replace("_", " ")


PARTICIPLE: Final[Mapping[Action, str]] = {
    _A.CLAIM: "claimed",
    _A.ASSIGN: "assigned",
    _A.UNASSIGN: "unassigned",
    _A.START: "started",
    _A.WAIT: "set waiting",
    _A.RESUME: "resumed",
    _A.REPLY: "replied to",
    _A.NOTE: "noted on",
    _A.RESOLVE: "resolved",
    _A.CONFIRM: "confirmed",
    _A.REJECT: "rejected",
    _A.REOPEN: "reopened",
    _A.RATE: "rated",
    _A.CANCEL: "cancelled",
    _A.SET_PRIORITY: "given another priority",
    _A.SET_CATEGORY: "given another category",
    _A.MOVE: "moved",
    _A.PIVOT: "turned into a purchase",
    _A.ESCALATE: "escalated",
    _A.KEEP: "kept in its tier",
    _A.APPROVE: "approved",
    _A.REFUSE: "refused",
    _A.ASK: "returned for information",
    _A.AMEND: "amended",
    _A.WITHDRAW: "withdrawn",
    _A.RECEIVE: "received",
    _A.AUTO_CLOSE: "closed by itself",
    _A.CHAIN_APPROVE: "authorised",
    _A.CHAIN_REFUSE: "declined",
}
_WHO: Final[Mapping[Relation, str]] = {
    _R.REQUESTER: "its requester",
    _R.ASSIGNEE: "its assignee",
    _R.OWNER: "its assignee (or the department's staff while nobody has it)",
    _R.STAFF: "its department's staff",
    _R.LEAD: "the department's lead",
    _R.EXECUTIVE: "an executive",
    _R.ADMIN: "an admin",
    _R.APPROVER: "an approver of the stage that is open",
    _R.SYSTEM: "the program itself",
}
