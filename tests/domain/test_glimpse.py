"""What a screen refuses by itself the desk refuses too, always; and what anybody can see it does refuse."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.core.domain.facts import Ticket
from deskterm.core.domain.glimpse import Glimpse, surely_not
from deskterm.core.domain.lifecycle import DECIDING, RULES, why_not
from deskterm.core.domain.panel import NO_PANEL, Delegation, Panel, Place, Roster
from deskterm.core.domain.people import Person
from deskterm.core.domain.profile import Quorum, StageRule
from deskterm.core.domain.words import Action, CategoryKind, Outcome, Role, Source, Status, WaitReason

NOW: Final = datetime(2026, 9, 28, 10, 0, tzinfo=UTC)
IDS: Final = st.integers(1, 4)
RULE: Final = StageRule(
    key="one", title="One", approvers=("director",), verifies="", quorum=Quorum("all"), from_minor=0, within=None
)
PANELS: Final = (
    NO_PANEL,
    Panel((), (RULE,), "NGN", Roster({}, {}, (Delegation(1, 2, NOW, NOW + timedelta(1)),)), Place(1)),
)
PEOPLE: Final = st.builds(
    Person,
    id=IDS,
    name=st.just("P"),
    role=st.sampled_from(Role),
    department_id=st.none() | IDS,
    is_active=st.booleans(),
    leads=st.frozensets(IDS, max_size=2),
)
TICKETS: Final = st.builds(
    Ticket,
    id=IDS,
    version=IDS,
    status=st.sampled_from(Status),
    reason=st.none() | st.sampled_from(WaitReason),
    outcome=st.none() | st.sampled_from(Outcome),
    requester_id=IDS,
    assignee_id=st.none() | IDS,
    department_id=IDS,
    category_id=IDS,
    category_kind=st.sampled_from(CategoryKind),
    priority=IDS,
    title=st.just(""),
    description=st.just(""),
    source=st.just(Source.FORM),
    created_at=st.just(NOW),
    updated_at=st.just(NOW),
    assigned_at=st.none(),
    resolved_at=st.none(),
    resolver_id=st.none() | IDS,
    closed_at=st.none(),
    reopen_count=st.just(0),
    stars=st.none() | IDS,
    tier=st.integers(1, 3),
    escalating=st.booleans(),
)


def seen(ticket: Ticket, *, requester: bool) -> Glimpse:
    return Glimpse(
        id=ticket.id,
        status=ticket.status,
        reason=ticket.reason,
        outcome=ticket.outcome,
        assignee_id=ticket.assignee_id,
        department_id=ticket.department_id,
        escalating=ticket.escalating,
        requester_id=ticket.requester_id if requester else None,
    )


@given(
    ticket=TICKETS,
    actor=PEOPLE,
    requester=st.booleans(),
    tiers=st.integers(1, 4),
    gated=st.booleans(),
    panel=st.sampled_from(PANELS),
    until=st.sampled_from([None, NOW, NOW - timedelta(1)]),
)
def test_what_is_refused_unasked_the_desk_refuses(
    *,
    ticket: Ticket,
    actor: Person,
    requester: bool,
    tiers: int,
    gated: bool,
    panel: Panel,
    until: datetime | None,
) -> None:
    for action in Action:
        if surely_not(seen(ticket, requester=requester), action, actor):
            assert why_not(ticket, action, actor, now=NOW, reopen_until=until, tiers=tiers, gated=gated, panel=panel), (
                action
            )


@pytest.mark.parametrize("status", list(Status))
def test_what_the_status_forbids_to_everybody_is_refused_unasked(
    new_ticket: Ticket, cast: dict[str, Person], status: Status
) -> None:
    shown = seen(replace(new_ticket, status=status), requester=False)
    for action in Action:
        if (status, action) not in RULES:
            assert all(surely_not(shown, action, person) for person in cast.values()), action


def test_it_says_what_the_desk_would_say(new_ticket: Ticket, cast: dict[str, Person]) -> None:
    row = seen(replace(new_ticket, status=Status.ASSIGNED, assignee_id=3), requester=False)
    agent, requester = cast["colleague"], cast["requester"]

    assert surely_not(row, Action.CLAIM, agent) == "HD-000042 can't be claimed: somebody else already has it"
    assert surely_not(row, Action.ASSIGN, agent) == (
        "HD-000042 can't be assigned: that is for the department's lead or an admin"
    )
    assert surely_not(row, Action.NOTE, requester) != ""
    assert surely_not(row, Action.CANCEL, requester) == ""  # a row doesn't say whose request it is
    assert surely_not(Glimpse(id=42), Action.NOTE, requester) == ""


@pytest.mark.parametrize("action", sorted(DECIDING))
def test_who_decides_a_purchase_only_the_desk_knows(
    new_ticket: Ticket, cast: dict[str, Person], action: Action
) -> None:
    waiting = seen(replace(new_ticket, status=Status.PENDING_APPROVAL), requester=True)
    assert [surely_not(waiting, action, person) for person in cast.values()] == [""] * len(cast)
