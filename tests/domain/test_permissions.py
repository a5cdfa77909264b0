"""Who may do what: every action by everybody a ticket can meet, written out and not derived from the rules."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from deskterm.core.domain.chain import follow, opening
from deskterm.core.domain.facts import Ticket
from deskterm.core.domain.lifecycle import allowed, why_not
from deskterm.core.domain.panel import Delegation, Panel, Place, Roster, stage_opened
from deskterm.core.domain.people import Person
from deskterm.core.domain.profile import Quorum, StageRule
from deskterm.core.domain.purchase import Line, Purchase
from deskterm.core.domain.stages import StageSpec
from deskterm.core.domain.words import Action, Outcome, Status, WaitReason

A, S = Action, Status
NOW = datetime(2026, 9, 28, 10, 0, tzinfo=UTC)
OPEN = (S.NEW, S.ASSIGNED, S.IN_PROGRESS, S.WAITING)
LEADS = "lead appointed admin"
POOL = "assignee colleague lead appointed admin"
LATER = NOW + timedelta(days=1)
APPROVERS = "executive stranger"
INSIDE = "assignee colleague lead appointed executive admin"

# action: where it exists, who may when person 3 has the ticket, who may when nobody has it.
# `assignee` is an agent of the department who has it in the first case only.
MAY: dict[Action, tuple[tuple[Status, ...], str, str]] = {
    A.CLAIM: ((S.NEW, S.IN_PROGRESS, S.WAITING), "", POOL),
    A.ASSIGN: (OPEN, LEADS, LEADS),
    A.UNASSIGN: ((S.ASSIGNED, S.IN_PROGRESS), f"assignee {LEADS}", ""),
    A.START: ((S.NEW, S.ASSIGNED), f"assignee {LEADS}", POOL),
    A.WAIT: ((S.NEW, S.ASSIGNED, S.IN_PROGRESS), f"assignee {LEADS}", POOL),
    A.RESUME: ((S.WAITING,), f"assignee {LEADS}", POOL),
    A.RECEIVE: ((S.WAITING,), f"assignee {LEADS}", POOL),
    A.RESOLVE: (OPEN, f"assignee {LEADS}", POOL),
    A.CANCEL: (OPEN, f"requester assignee {LEADS}", f"requester {POOL}"),
    A.SET_PRIORITY: (OPEN, f"assignee {LEADS}", POOL),
    A.SET_CATEGORY: (OPEN, f"assignee {LEADS}", POOL),
    A.MOVE: (OPEN, f"assignee {LEADS}", POOL),
    A.ESCALATE: ((S.NEW, S.ASSIGNED, S.IN_PROGRESS), POOL, POOL),
    A.WITHDRAW: ((S.PENDING_APPROVAL,), f"requester assignee {LEADS}", f"requester {LEADS}"),
    A.CONFIRM: ((S.RESOLVED,), f"requester {POOL}", f"requester {POOL}"),
    A.REJECT: ((S.RESOLVED,), "requester", "requester"),
    A.REOPEN: ((S.RESOLVED, S.CLOSED), f"requester {POOL}", f"requester {POOL}"),
    A.RATE: ((S.RESOLVED, S.CLOSED), "requester", "requester"),
    A.REPLY: ((*OPEN, S.PENDING_APPROVAL, S.RESOLVED), f"requester {INSIDE}", f"requester {INSIDE}"),
    A.NOTE: (tuple(S), INSIDE, INSIDE),
    A.PIVOT: ((S.ASSIGNED, S.IN_PROGRESS), f"assignee {LEADS}", ""),
    A.AMEND: ((S.PENDING_APPROVAL,), f"requester {POOL}", f"requester {POOL}"),
    A.APPROVE: ((S.PENDING_APPROVAL,), APPROVERS, APPROVERS),
    A.ASK: ((S.PENDING_APPROVAL,), APPROVERS, APPROVERS),
    A.REFUSE: ((S.PENDING_APPROVAL,), APPROVERS, APPROVERS),
    A.KEEP: (OPEN, LEADS, LEADS),
    A.AUTO_CLOSE: ((S.RESOLVED,), "", ""),
    A.CHAIN_APPROVE: ((S.PENDING_APPROVAL,), "", ""),
    A.CHAIN_REFUSE: ((S.PENDING_APPROVAL,), "", ""),
}


def panel() -> Panel:
    """A purchase that the outsider asked for; it waits for the executive, and the stranger stands in for them."""
    bought = Purchase((Line("Toner", 1, 100),), "NGN", "so")
    rule = StageRule(
        key="one", title="One", approvers=("director",), verifies="", quorum=Quorum("all"), from_minor=0, within=None
    )
    spec = StageSpec("one", "One", ("director",), "all", signed=False)
    people = Roster({("director", None): 8}, {8: "Executive", 2: "Stranger"}, (Delegation(8, 2, NOW, LATER),))
    chain = follow((), opening(1, bought, (spec,), 1, 5, None, NOW))
    chain = follow(chain, stage_opened(chain[-1], spec, Place(1), people, NOW))
    return Panel(chain, (rule,), "NGN", people, Place(1))


PANEL = panel()


def standing(ticket: Ticket, status: Status, owner: int | None) -> Ticket:
    return replace(
        ticket,
        status=status,
        assignee_id=owner,
        reason=WaitReason.DELIVERY if status is S.WAITING else None,
        outcome=Outcome.DONE if status is S.CLOSED else None,
        resolver_id=3,
        escalating=True,
    )


def test_the_table_speaks_of_every_action() -> None:
    assert set(MAY) == set(Action)


@pytest.mark.parametrize("owner", [3, None], ids=["owned", "unowned"])
@pytest.mark.parametrize("action", list(Action))
def test_an_action_is_for_exactly_these(
    new_ticket: Ticket, cast: dict[str, Person], action: Action, owner: int | None
) -> None:
    statuses, owned, unowned = MAY[action]
    expected = set((unowned if owner is None else owned).split())
    for status in statuses:
        ticket = standing(new_ticket, status, owner)
        may = {
            name
            for name, person in cast.items()
            if not why_not(ticket, action, person, now=NOW, reopen_until=None, tiers=2, panel=PANEL)
        }
        assert may == expected, status


@pytest.mark.parametrize("owner", [3, None], ids=["owned", "unowned"])
@pytest.mark.parametrize("status", list(Status))
def test_what_is_offered_is_what_is_allowed(
    new_ticket: Ticket, cast: dict[str, Person], status: Status, owner: int | None
) -> None:
    ticket = standing(new_ticket, status, owner)
    here = {
        a: unowned if owner is None else owned for a, (statuses, owned, unowned) in MAY.items() if status in statuses
    }
    for name, person in cast.items():
        expected = {action for action, may in here.items() if name in may.split()}
        assert set(allowed(ticket, person, now=NOW, reopen_until=None, tiers=2, panel=PANEL)) == expected, name


def test_a_refusal_names_who_may(new_ticket: Ticket, cast: dict[str, Person]) -> None:
    because = why_not(new_ticket, A.ASSIGN, cast["requester"], now=NOW, reopen_until=None)
    assert because == "that is for the department's lead or an admin"


def test_staff_who_left_may_nothing_of_their_department(new_ticket: Ticket, cast: dict[str, Person]) -> None:
    left = replace(cast["colleague"], is_active=False)
    assert allowed(new_ticket, left, now=NOW, reopen_until=None) == ()


def test_an_assignee_who_became_a_requester_may_nothing(new_ticket: Ticket, cast: dict[str, Person]) -> None:
    demoted = replace(cast["stranger"], id=3)
    ticket = standing(new_ticket, S.IN_PROGRESS, 3)
    assert allowed(ticket, demoted, now=NOW, reopen_until=None) == ()


def test_an_assignee_of_elsewhere_may_escalate_what_they_have(new_ticket: Ticket, cast: dict[str, Person]) -> None:
    mine, theirs = standing(new_ticket, S.IN_PROGRESS, 5), standing(new_ticket, S.IN_PROGRESS, 3)
    outsider = cast["outsider"]
    assert why_not(mine, A.ESCALATE, outsider, now=NOW, reopen_until=None, tiers=2) == ""
    assert why_not(theirs, A.ESCALATE, outsider, now=NOW, reopen_until=None, tiers=2) == (
        "that is for its assignee or its department's staff or the department's lead or an admin"
    )


def test_who_stands_in_does_so_only_while_they_do_and_who_asked_never_decides(
    new_ticket: Ticket, cast: dict[str, Person]
) -> None:
    waiting = standing(new_ticket, S.PENDING_APPROVAL, 3)
    said = {
        (name, when): why_not(waiting, A.APPROVE, cast[name], now=when, reopen_until=None, panel=PANEL)
        for name in ("stranger", "requester", "outsider", "admin")
        for when in (NOW, LATER)
    }
    assert said == {
        ("stranger", NOW): "",
        ("stranger", LATER): "it waits for Executive",
        **dict.fromkeys([("requester", NOW), ("requester", LATER)], "nobody decides about what they asked for"),
        **dict.fromkeys([("outsider", NOW), ("outsider", LATER)], "nobody decides about what they asked for"),
        **dict.fromkeys([("admin", NOW), ("admin", LATER)], "it waits for Executive"),
    }
