"""`decide`: an action and its arguments in, facts out. It reads no clock, no config and no database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from deskterm.core.domain.access import relations
from deskterm.core.domain.approve import amended, answers, decided, put_before
from deskterm.core.domain.attachments import Attached
from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.facts import Fact, Ticket
from deskterm.core.domain.lifecycle import DECIDING, PARTICIPLE, RULES, allowed, asks_first, why_not
from deskterm.core.domain.panel import NO_PANEL, Panel
from deskterm.core.domain.people import Category, Person
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.stages import Signed
from deskterm.core.domain.text import check_text
from deskterm.core.domain.words import (
    Action,
    CategoryKind,
    CommentKind,
    FactKind,
    Outcome,
    Source,
    Status,
    WaitReason,
)

_A = Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What an action needs besides its ticket; `NEEDS` says which. References are resolved before they come here."""

    text: str = ""
    reason: WaitReason | None = None
    person: Person | None = None
    priority: int | None = None
    category: Category | None = None
    stars: int | None = None
    cause: str = ""
    fix: str = ""
    comment: CommentKind = CommentKind.NOTE
    source: Source | None = None
    purchase: Wanted | None = None
    signature: Signed | None = None
    files: tuple[Attached, ...] = ()


NEEDS: Final[Mapping[Action, tuple[str, ...]]] = MappingProxyType(
    {
        _A.ASSIGN: ("person",),
        _A.WAIT: ("reason",),
        _A.REPLY: ("text",),
        _A.NOTE: ("text",),
        _A.RESOLVE: ("cause", "fix"),
        _A.REJECT: ("text",),
        _A.REOPEN: ("text",),
        _A.RATE: ("stars",),
        _A.CANCEL: ("text",),
        _A.ESCALATE: ("text",),
        _A.KEEP: ("text",),
        _A.PIVOT: ("purchase",),
        _A.AMEND: ("purchase",),
        _A.REFUSE: ("text",),
        _A.ASK: ("text",),
        _A.SET_PRIORITY: ("priority",),
        _A.SET_CATEGORY: ("category",),
        _A.MOVE: ("category",),
    }
)
"""What must be given: a resolution names cause and fix (001-R21), a refusal its reason."""

TITLE_LIMIT: Final = 200


def refuse(
    ticket: Ticket,
    action: Action,
    actor: Person,
    *,
    now: datetime,
    reopen_until: datetime | None,
    tiers: int = 1,
    gated: bool = False,
    panel: Panel = NO_PANEL,
) -> None:
    """Passes when `actor` may do `action` to `ticket` now.

    Raises:
        NotAllowed: when the table, access or a guard refuses; the message says why and what is allowed.
    """
    because = why_not(ticket, action, actor, now=now, reopen_until=reopen_until, tiers=tiers, gated=gated, panel=panel)
    if because:
        may = allowed(ticket, actor, now=now, reopen_until=reopen_until, tiers=tiers, gated=gated, panel=panel)
        can = ", ".join(a.replace("_", " ") for a in may)
        raise NotAllowed(
            f"{ticket.reference} can't be {PARTICIPLE[action]}: {because}. You may: {can or 'only read it'}."
        )


def decide(
    ticket: Ticket,
    action: Action,
    arguments: Arguments,
    actor: Person,
    *,
    now: datetime,
    reopen_until: datetime | None = None,
    tiers: int = 1,
    gated: bool = False,
    panel: Panel = NO_PANEL,
    by_id: int | None = None,
) -> tuple[Fact, ...]:
    """Gives the facts that `action` makes; nothing is changed here. `by_id` is who acts as the actor, if somebody does.

    Raises:
        NotAllowed: when the table, access or a guard refuses; the message says why and what is allowed.
        InvalidInput: when an argument is missing or can't be used.
    """
    refuse(ticket, action, actor, now=now, reopen_until=reopen_until, tiers=tiers, gated=gated, panel=panel)
    _check(ticket, action, arguments, actor)
    rule = RULES[ticket.status, action]
    if action is Action.ESCALATE and asks_first(relations(actor, ticket), gated=gated):
        said = arguments.text.strip()
        return (Fact(kind=FactKind.ESCALATION_ASKED, at=now, actor_id=actor.id, text=said),)
    if action in DECIDING:
        return decided(ticket, panel, _KIND[action], actor.id, arguments.text, now, arguments.signature)
    wanted = arguments.purchase.read(panel.currency, why=arguments.text) if arguments.purchase else None
    if action is Action.AMEND and wanted is not None:
        return amended(ticket, panel, wanted, arguments.text, actor.id, now, by_id=by_id)
    facts = [_fact(ticket, action, arguments, actor, now, rule.target(ticket))]
    if action is Action.PIVOT and wanted is not None:
        facts += put_before(ticket, panel, wanted, actor.id, now, by_id=by_id)
    if action is Action.REPLY and answers(ticket, panel, actor.id, now):
        facts.append(Fact(kind=FactKind.ANSWERED, at=now, actor_id=actor.id, round=ticket.round, stage=ticket.stage))
    answered = action is Action.REPLY and actor.id == ticket.requester_id
    if answered and ticket.status is Status.WAITING and ticket.reason is WaitReason.REQUESTER:
        back = RULES[Status.WAITING, Action.RESUME].target(ticket)
        facts.append(Fact(kind=FactKind.RESUMED, at=now, actor_id=actor.id, status=back))
    return tuple(facts)


def _check(ticket: Ticket, action: Action, given: Arguments, actor: Person) -> None:
    for name in NEEDS.get(action, ()):
        value = getattr(given, name)
        if given.files and name == "text":
            continue  # files say enough
        if value is None or (isinstance(value, str) and not value.strip()):
            raise InvalidInput(_WANTED[name].format(action=action.replace("_", " ")))
    for text in (given.text, given.cause, given.fix):
        check_text(text)
    match action:
        case Action.ASSIGN if given.person is not None and not given.person.is_active:
            raise InvalidInput(f"{given.person.name} is no longer active here")
        case Action.ASSIGN if given.person is not None and not given.person.serves(ticket.department_id):
            raise InvalidInput(f"{given.person.name} doesn't work for this ticket's department: move it first")
        case Action.ASSIGN if given.person is not None and given.person.id == ticket.assignee_id:
            raise InvalidInput(f"{given.person.name} already has it")
        case Action.WAIT if given.reason is WaitReason.OTHER and not given.text.strip():
            raise InvalidInput("waiting for something else needs a text that says for what")
        case Action.RATE if given.stars is not None and not 1 <= given.stars <= 5:
            raise InvalidInput(f"a rating is 1 to 5 stars, not {given.stars}")
        case Action.SET_PRIORITY if given.priority == ticket.priority:
            raise InvalidInput("it has that priority already")
        case Action.SET_CATEGORY if given.category is not None and given.category.id == ticket.category_id:
            raise InvalidInput("it is in that category already")
        case Action.CONFIRM if actor.id != ticket.requester_id and not given.text.strip():
            raise InvalidInput("confirming for the requester needs a text that says how they confirmed")
        case Action.NOTE if given.comment is CommentKind.REPLY:
            raise InvalidInput("a note is internal: use reply for what the requester may read")
        case Action.SET_CATEGORY | Action.MOVE if given.category is not None:
            _check_category(ticket, action, given.category)
        case _:
            pass


def _check_category(ticket: Ticket, action: Action, category: Category) -> None:
    if category.kind is CategoryKind.PROCUREMENT:
        raise InvalidInput(
            f"{category.name} is procurement: work becomes a purchase by its own request, with its chain"
        )
    elsewhere = category.department_id not in {None, ticket.department_id}
    if action is Action.SET_CATEGORY and elsewhere:
        raise InvalidInput(f"{category.name} belongs to another department: move the ticket there")
    if action is Action.MOVE and not elsewhere:
        raise InvalidInput("it is in that department already: name a category of another one")


_KIND: Final[Mapping[Action, FactKind]] = MappingProxyType(
    {
        _A.CLAIM: FactKind.CLAIMED,
        _A.ASSIGN: FactKind.ASSIGNED,
        _A.UNASSIGN: FactKind.UNASSIGNED,
        _A.START: FactKind.STARTED,
        _A.WAIT: FactKind.PAUSED,
        _A.RESUME: FactKind.RESUMED,
        _A.REPLY: FactKind.REPLIED,
        _A.NOTE: FactKind.NOTED,
        _A.RESOLVE: FactKind.RESOLVED,
        _A.CONFIRM: FactKind.CONFIRMED,
        _A.REJECT: FactKind.REJECTED,
        _A.REOPEN: FactKind.REOPENED,
        _A.RATE: FactKind.RATED,
        _A.CANCEL: FactKind.CANCELLED,
        _A.SET_PRIORITY: FactKind.PRIORITISED,
        _A.SET_CATEGORY: FactKind.CATEGORISED,
        _A.MOVE: FactKind.MOVED,
        _A.PIVOT: FactKind.PIVOTED,
        _A.ESCALATE: FactKind.ESCALATED,
        _A.KEEP: FactKind.ESCALATION_REFUSED,
        _A.APPROVE: FactKind.APPROVED,
        _A.REFUSE: FactKind.REFUSED,
        _A.ASK: FactKind.RETURNED,
        _A.AMEND: FactKind.AMENDED,
        _A.WITHDRAW: FactKind.WITHDRAWN,
        _A.RECEIVE: FactKind.RECEIVED,
        _A.AUTO_CLOSE: FactKind.CLOSED,
        _A.CHAIN_APPROVE: FactKind.AUTHORISED,
        _A.CHAIN_REFUSE: FactKind.DECLINED,
    }
)


def _fact(ticket: Ticket, action: Action, given: Arguments, actor: Person, now: datetime, to: Status | None) -> Fact:
    return Fact(
        kind=_KIND[action],
        at=now,
        actor_id=actor.id,
        status=to,
        text=given.text.strip() or None,
        **_effects(ticket, action, given, actor, to),
    )


def _effects(ticket: Ticket, action: Action, given: Arguments, actor: Person, to: Status | None) -> dict[str, Any]:
    category_id = given.category.id if given.category else None
    match action:
        case Action.CLAIM:
            return {"assignee_id": actor.id}
        case Action.START:
            return {"assignee_id": actor.id} if ticket.assignee_id is None else {}
        case Action.ASSIGN:
            return {"assignee_id": given.person.id if given.person else None}
        case Action.UNASSIGN:
            return {"assignee_id": None}
        case Action.WAIT:
            return {"reason": given.reason}
        case Action.REPLY:
            return {"comment": CommentKind.REPLY, "source": given.source, "files": given.files or None}
        case Action.NOTE:
            return {"comment": given.comment, "files": given.files or None}
        case Action.RESOLVE:
            return {"cause": given.cause.strip(), "fix": given.fix.strip(), "resolver_id": actor.id}
        case Action.CONFIRM:
            behalf = None if actor.id == ticket.requester_id else ticket.requester_id
            return {"outcome": Outcome.DONE, "on_behalf_of": behalf}
        case Action.RATE:
            return {"stars": given.stars}
        case Action.SET_PRIORITY:
            return {"priority": given.priority}
        case Action.SET_CATEGORY:
            return {"category_id": category_id}
        case Action.MOVE:
            home = given.category.department_id if given.category else None
            return {"department_id": home, "category_id": category_id, "assignee_id": None}
        case Action.ESCALATE:
            return {"tier": ticket.tier + 1, "assignee_id": None}
        case Action.CHAIN_APPROVE if to is Status.WAITING:
            return {"reason": WaitReason.DELIVERY}
        case Action.WITHDRAW:
            return {"round": ticket.round or None, "outcome": Outcome.CANCELLED if to is Status.CLOSED else None}
        case _ if to is Status.CLOSED:
            return {"outcome": _ENDED[action]}
        case _:
            return {}


_ENDED: Final[Mapping[Action, Outcome]] = {
    _A.CANCEL: Outcome.CANCELLED,
    _A.AUTO_CLOSE: Outcome.DONE,
    _A.CHAIN_REFUSE: Outcome.REJECTED,
}
_WANTED: Final[Mapping[str, str]] = {
    "person": "{action} needs a person: whose is it to be?",
    "reason": "{action} needs a reason: requester, vendor, delivery, maintenance or other",
    "text": "{action} needs a text",
    "purchase": "{action} needs a purchase: what is to be bought, such as `2 x Toner @ 45.00`?",
    "cause": "{action} needs the cause: what was wrong?",
    "fix": "{action} needs the fix: what was done about it?",
    "stars": "{action} needs 1 to 5 stars",
    "priority": "{action} needs a priority",
    "category": "{action} needs a category",
}
