"""What can be told for certain from the little that a screen knows of a ticket: whom an action is surely not for.

It is the rules themselves, asked about the ticket as it would be if all that isn't known spoke for the action. So it
never says no where the desk would say yes; where it says nothing, the desk is asked.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from deskterm.core.domain.facts import Ticket, reference
from deskterm.core.domain.lifecycle import DECIDING, PARTICIPLE, RULES, why_not
from deskterm.core.domain.panel import NO_PANEL, Panel
from deskterm.core.domain.people import Person
from deskterm.core.domain.profile import Quorum, StageRule
from deskterm.core.domain.words import Action, CategoryKind, Outcome, Source, Status, WaitReason

_STAGE: Final = StageRule(
    key="any", title="Any", approvers=(), verifies="", quorum=Quorum("all"), from_minor=0, within=None
)
_A_PANEL: Final = Panel(NO_PANEL.chain, (_STAGE,), "", NO_PANEL.roster, NO_PANEL.place)
_AT: Final = datetime(2000, 1, 1, tzinfo=UTC)
_TIERS: Final = 2
_SOMEBODY: Final = 0
"""No person's number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """A ticket as a screen shows it. Without a status nothing is known for certain; nor is None for its requester."""

    id: int
    status: Status | None = None
    reason: WaitReason | None = None
    outcome: Outcome | None = None
    assignee_id: int | None = None
    department_id: int = 0
    escalating: bool = False
    requester_id: int | None = None


def surely_not(seen: Glimpse, action: Action, actor: Person) -> str:
    """Gives why `actor` can't do `action` to a ticket, in a sentence, where that is certain; "" where it isn't."""
    if seen.status is None or (action in DECIDING and (seen.status, action) in RULES):
        return ""
    likely = _speaking_for_it(seen, seen.status, actor)
    because = why_not(likely, action, actor, now=_AT, reopen_until=None, tiers=_TIERS, panel=_A_PANEL)
    return f"{reference(seen.id)} can't be {PARTICIPLE[action]}: {because}" if because else ""


def _speaking_for_it(seen: Glimpse, status: Status, actor: Person) -> Ticket:
    return Ticket(
        id=seen.id,
        version=0,
        status=status,
        reason=seen.reason,
        outcome=seen.outcome,
        requester_id=actor.id if seen.requester_id is None else seen.requester_id,
        assignee_id=seen.assignee_id,
        department_id=seen.department_id,
        category_id=0,
        category_kind=CategoryKind.STANDARD,
        priority=0,
        title="",
        description="",
        source=Source.FORM,
        created_at=_AT,
        updated_at=_AT,
        assigned_at=None,
        resolved_at=None,
        resolver_id=_SOMEBODY,
        closed_at=None,
        reopen_count=0,
        stars=None,
        escalating=seen.escalating,
    )
