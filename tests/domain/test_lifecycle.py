"""The lifecycle table, written out: every status, what leads out of it, and where to (design, section 2)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from deskterm.core.domain.decide import Arguments, decide
from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.facts import Ticket, apply
from deskterm.core.domain.lifecycle import RULES, allowed
from deskterm.core.domain.people import Person
from deskterm.core.domain.words import Action, CategoryKind, FactKind, Outcome, Status, WaitReason

# status, action, where it leads, and where instead when nobody has the ticket; `-` stays where it is
TABLE = """
new               claim          assigned
new               assign         assigned
new               start          in_progress
new               wait           waiting
new               resolve        resolved
new               cancel         closed
new               set_priority   -
new               set_category   -
new               move           new
new               escalate       new
new               keep           -
new               reply          -
new               note           -
assigned          assign         assigned
assigned          unassign       new
assigned          start          in_progress
assigned          wait           waiting
assigned          pivot          pending_approval
assigned          resolve        resolved
assigned          cancel         closed
assigned          set_priority   -
assigned          set_category   -
assigned          move           new
assigned          escalate       new
assigned          keep           -
assigned          reply          -
assigned          note           -
in_progress       claim          assigned
in_progress       assign         assigned
in_progress       unassign       new
in_progress       wait           waiting
in_progress       pivot          pending_approval
in_progress       resolve        resolved
in_progress       cancel         closed
in_progress       set_priority   -
in_progress       set_category   -
in_progress       move           new
in_progress       escalate       new
in_progress       keep           -
in_progress       reply          -
in_progress       note           -
waiting           claim          assigned
waiting           assign         assigned
waiting           resume         in_progress       new
waiting           receive        in_progress       new
waiting           resolve        resolved
waiting           cancel         closed
waiting           set_priority   -
waiting           set_category   -
waiting           move           new
waiting           keep           -
waiting           reply          -
waiting           note           -
pending_approval  approve        -
pending_approval  refuse         -
pending_approval  ask            -
pending_approval  amend          -
pending_approval  withdraw       in_progress       closed
pending_approval  chain_approve  waiting           new
pending_approval  chain_refuse   in_progress       closed
pending_approval  reply          -
pending_approval  note           -
resolved          confirm        closed
resolved          auto_close     closed
resolved          reject         assigned          new
resolved          reopen         assigned          new
resolved          rate           -
resolved          reply          -
resolved          note           -
closed            reopen         assigned          new
closed            rate           -
closed            note           -
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]
TARGETS = {(Status(row[0]), Action(row[1])): (row[2], row[-1]) for row in ROWS}
NOW = datetime(2026, 9, 28, 10, 0, tzinfo=UTC)


def standing(ticket: Ticket, status: Status, *, owner: int | None = None) -> Ticket:
    reason = WaitReason.DELIVERY if status is Status.WAITING else None
    return replace(ticket, status=status, assignee_id=owner, reason=reason, resolver_id=3)


@pytest.mark.parametrize(("status", "action"), list(product(Status, Action)))
def test_every_status_and_action_stands_as_written(new_ticket: Ticket, status: Status, action: Action) -> None:
    rule = RULES.get((status, action))
    if rule is None:
        assert (status, action) not in TARGETS
        return
    owned, unowned = (rule.target(standing(new_ticket, status, owner=owner)) for owner in (3, None))
    assert (owned or "-", unowned or "-") == TARGETS[status, action]


def reached(start: Status) -> set[Status]:
    found, edge = {start}, [start]
    while edge:
        here = edge.pop()
        for (status, _), targets in TARGETS.items():
            fresh = {Status(t) for t in targets if status is here and t != "-"} - found
            found |= fresh
            edge += fresh
    return found


@pytest.mark.parametrize("birth", [Status.NEW, Status.PENDING_APPROVAL])
def test_every_status_is_reached_from_a_birth(birth: Status) -> None:
    assert reached(birth) == set(Status)


@pytest.mark.parametrize("status", list(Status))
def test_closed_is_reached_from_every_status(status: Status) -> None:
    assert Status.CLOSED in reached(status)


@pytest.mark.parametrize(("status", "action"), sorted({*product(Status, Action)} - {*TARGETS}))
def test_an_action_outside_the_table_is_refused_with_why_and_what_instead(
    new_ticket: Ticket, cast: dict[str, Person], status: Status, action: Action
) -> None:
    why = "nothing but the chain" if status is Status.PENDING_APPROVAL else f"it is {status.replace('_', ' ')}"
    if action is Action.CLAIM and status is Status.ASSIGNED:
        why = "somebody else already has it"
    with pytest.raises(NotAllowed, match=rf"^HD-000042 can't be .*{why}.* You may: .*note.*\.$"):
        decide(standing(new_ticket, status, owner=3), action, Arguments(), cast["admin"], now=NOW)


def refusal(
    ticket: Ticket,
    action: Action,
    actor: Person,
    given: Arguments | None = None,
    until: datetime | None = None,
    tiers: int = 1,
) -> str:
    with pytest.raises(NotAllowed) as caught:
        decide(ticket, action, given or Arguments(text="x", stars=3), actor, now=NOW, reopen_until=until, tiers=tiers)
    return str(caught.value)


def test_a_ticket_is_claimed_once(new_ticket: Ticket, cast: dict[str, Person]) -> None:
    working = standing(new_ticket, Status.IN_PROGRESS, owner=3)
    assert "somebody else already has it" in refusal(working, Action.CLAIM, cast["colleague"])
    assert "it is already yours" in refusal(working, Action.CLAIM, cast["assignee"])


def test_work_is_rated_once_by_who_did_not_do_it(new_ticket: Ticket, cast: dict[str, Person]) -> None:
    done = standing(new_ticket, Status.RESOLVED, owner=3)
    requester = cast["requester"]
    assert "given once" in refusal(replace(done, stars=5), Action.RATE, requester)
    assert "nobody resolved it" in refusal(replace(done, resolver_id=None), Action.RATE, requester)
    assert "their own work" in refusal(replace(done, requester_id=3), Action.RATE, cast["assignee"])


def test_a_closed_ticket_is_reopened_inside_the_window_only(new_ticket: Ticket, cast: dict[str, Person]) -> None:
    closed = replace(standing(new_ticket, Status.CLOSED, owner=3), outcome=Outcome.DONE)
    requester, again = cast["requester"], Arguments(text="again")
    late = refusal(closed, Action.REOPEN, requester, until=NOW - timedelta(microseconds=1))
    assert "the time for reopening it is over" in late
    (fact,) = decide(closed, Action.REOPEN, again, requester, now=NOW, reopen_until=NOW)
    assert fact.status is Status.ASSIGNED


def test_work_becomes_a_purchase_only_of_somebody_and_where_there_is_a_chain(
    new_ticket: Ticket, cast: dict[str, Person]
) -> None:
    mine = standing(new_ticket, Status.ASSIGNED, owner=3)
    assert "this desk's profile has no approval chain" in refusal(mine, Action.PIVOT, cast["assignee"])
    assert "that is for its assignee" in refusal(mine, Action.PIVOT, cast["colleague"])


@pytest.mark.parametrize("action", [Action.APPROVE, Action.REFUSE, Action.ASK])
def test_what_nobody_wrote_down_is_not_decided(new_ticket: Ticket, cast: dict[str, Person], action: Action) -> None:
    older = replace(standing(new_ticket, Status.PENDING_APPROVAL), category_kind=CategoryKind.PROCUREMENT)
    assert "nobody has said yet what is to be bought: amend it first" in refusal(older, action, cast["admin"])


def test_an_escalation_that_nobody_asked_for_is_not_refused(new_ticket: Ticket, cast: dict[str, Person]) -> None:
    assert "nobody asked to escalate it" in refusal(new_ticket, Action.KEEP, cast["lead"])


def test_what_the_chain_ended_stays_ended(new_ticket: Ticket, cast: dict[str, Person]) -> None:
    closed = replace(standing(new_ticket, Status.CLOSED), category_kind=CategoryKind.PROCUREMENT)
    refused, withdrawn = (replace(closed, outcome=o) for o in (Outcome.REJECTED, Outcome.CANCELLED))
    assert "its purchase was refused" in refusal(refused, Action.REOPEN, cast["requester"])
    assert "doesn't come back" in refusal(withdrawn, Action.REOPEN, cast["requester"])


def test_only_a_delivery_is_received(new_ticket: Ticket, cast: dict[str, Person]) -> None:
    waiting = replace(standing(new_ticket, Status.WAITING, owner=3), reason=WaitReason.VENDOR)
    assert "doesn't wait for a delivery" in refusal(waiting, Action.RECEIVE, cast["assignee"])


@pytest.mark.parametrize("action", [Action.SET_CATEGORY, Action.MOVE])
def test_a_purchase_keeps_its_category(new_ticket: Ticket, cast: dict[str, Person], action: Action) -> None:
    purchase = replace(standing(new_ticket, Status.ASSIGNED, owner=3), category_kind=CategoryKind.PROCUREMENT)
    assert "keeps the category" in refusal(purchase, action, cast["lead"])


def test_an_escalation_is_one_tier_up_and_nobodys(new_ticket: Ticket, cast: dict[str, Person]) -> None:
    working = replace(standing(new_ticket, Status.IN_PROGRESS, owner=3), tier=2)
    (fact,) = decide(working, Action.ESCALATE, Arguments(text="beyond us"), cast["assignee"], now=NOW, tiers=3)
    assert (fact.kind, fact.status, fact.tier, fact.text) == (FactKind.ESCALATED, Status.NEW, 3, "beyond us")
    after = apply(working, fact)
    assert (after.status, after.tier, after.assignee_id) == (Status.NEW, 3, None)
    assert after.department_id == working.department_id


def test_an_escalation_says_why(new_ticket: Ticket, cast: dict[str, Person]) -> None:
    with pytest.raises(InvalidInput, match="escalate needs a text"):
        decide(new_ticket, Action.ESCALATE, Arguments(text=" "), cast["lead"], now=NOW, tiers=2)


def test_above_the_last_tier_is_nothing(new_ticket: Ticket, cast: dict[str, Person]) -> None:
    assert "this desk has only one tier" in refusal(new_ticket, Action.ESCALATE, cast["lead"])
    assert "there is no tier above it" in refusal(replace(new_ticket, tier=3), Action.ESCALATE, cast["lead"], tiers=3)
    assert Action.ESCALATE in allowed(new_ticket, cast["lead"], now=NOW, reopen_until=None, tiers=2)
    assert Action.ESCALATE not in allowed(new_ticket, cast["lead"], now=NOW, reopen_until=None)
