"""Who hears of what: the owner or lead, the requester, and never the one who did it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from deskterm.core.domain.facts import Fact, Ticket
from deskterm.core.domain.notices import Circle, concerned
from deskterm.core.domain.words import FactKind, Status, WaitReason

K = FactKind
AT = datetime(2026, 9, 28, 10, 0, tzinfo=UTC)
REQUESTER, ASSIGNEE, LEAD, OTHER, RESOLVER = 1, 3, 6, 9, 7


def told(ticket: Ticket, kind: FactKind, by: int = OTHER, lead: int | None = LEAD, **said: Any) -> set[int]:
    return set(concerned(Fact(kind=kind, at=AT, actor_id=by, **said), ticket, Circle(lead)))


@pytest.mark.parametrize(
    ("kind", "owned", "unowned"),
    [
        (K.SUBMITTED, {LEAD}, {LEAD}),
        (K.MOVED, {LEAD}, {LEAD}),
        (K.UNASSIGNED, {LEAD}, {LEAD}),
        (K.ASSIGNED, {ASSIGNEE}, {LEAD}),
        (K.REJECTED, {ASSIGNEE}, {LEAD}),
        (K.REOPENED, {ASSIGNEE}, {LEAD}),
        (K.CANCELLED, {ASSIGNEE, REQUESTER}, {LEAD, REQUESTER}),
        (K.RESOLVED, {REQUESTER}, {REQUESTER}),
        (K.CONFIRMED, {REQUESTER}, {REQUESTER}),
        (K.CLOSED, {REQUESTER}, {REQUESTER}),
        (K.REPLIED, {REQUESTER}, {REQUESTER}),
        (K.RATED, {RESOLVER}, {RESOLVER}),
        (K.PIVOTED, {REQUESTER}, {REQUESTER}),
        (K.RETURNED, {ASSIGNEE, REQUESTER}, {LEAD, REQUESTER}),
        (K.AUTHORISED, {ASSIGNEE, REQUESTER}, {LEAD, REQUESTER}),
        (K.DECLINED, {ASSIGNEE, REQUESTER}, {LEAD, REQUESTER}),
        (K.WITHDRAWN, {ASSIGNEE, REQUESTER}, {LEAD, REQUESTER}),
        (K.REQUESTED, set(), set()),
        (K.APPROVED, set(), set()),
        (K.REFUSED, set(), set()),
        (K.AMENDED, set(), set()),
        (K.ATTEMPTED, set(), set()),
        (K.RECEIVED, set(), set()),
        (K.NOTED, set(), set()),
        (K.CLAIMED, set(), set()),
        (K.PRIORITISED, set(), set()),
    ],
)
def test_a_fact_is_told_to_exactly_these(
    new_ticket: Ticket, kind: FactKind, owned: set[int], unowned: set[int]
) -> None:
    nobodys = replace(new_ticket, resolver_id=RESOLVER)
    somebodys = replace(nobodys, assignee_id=ASSIGNEE)
    assert (told(somebodys, kind), told(nobodys, kind)) == (owned, unowned)


@pytest.mark.parametrize(("owner", "hears"), [(ASSIGNEE, {ASSIGNEE}), (None, {LEAD})])
def test_the_requesters_reply_is_told_to_who_has_it(new_ticket: Ticket, owner: int | None, hears: set[int]) -> None:
    assert told(replace(new_ticket, assignee_id=owner), K.REPLIED, by=REQUESTER) == hears


def test_a_requester_hears_when_it_waits_for_them_and_for_nobody_else(new_ticket: Ticket) -> None:
    assert told(new_ticket, K.PAUSED, reason=WaitReason.REQUESTER) == {REQUESTER}
    assert told(new_ticket, K.PAUSED, reason=WaitReason.VENDOR) == set()


def test_a_purchase_is_no_work_for_the_queue_yet(new_ticket: Ticket) -> None:
    assert told(replace(new_ticket, status=Status.PENDING_APPROVAL), K.SUBMITTED) == set()


AROUND = Circle(LEAD, frozenset({20, 21}), {10: (11, 12)}, (10, 13))
VACANT = AROUND._replace(waited_for=(10, None))


@pytest.mark.parametrize("kind", [K.OPENED, K.PASSED, K.ANSWERED])
def test_what_waits_for_a_decision_is_told_to_approvers_and_stand_ins_and_to_admins_when_nobody_can(
    new_ticket: Ticket, kind: FactKind
) -> None:
    waits = replace(new_ticket, status=Status.PENDING_APPROVAL, assignee_id=ASSIGNEE)
    fact = Fact(kind=kind, at=AT, actor_id=None)
    assert concerned(fact, waits, AROUND) == {10, 11, 12, 13}
    assert concerned(fact, waits, VACANT) == {10, 11, 12, 20, 21}
    assert concerned(fact, waits, Circle(LEAD, frozenset({20}))) == set()
    assert concerned(replace(fact, actor_id=12), waits, AROUND) == {10, 11, 13}


def test_a_stage_that_is_late_is_told_to_who_it_waits_for_and_other_clocks_to_who_works(new_ticket: Ticket) -> None:
    waits = replace(new_ticket, status=Status.PENDING_APPROVAL, assignee_id=ASSIGNEE)
    late = Fact(kind=K.BREACHED, at=AT, actor_id=None, clock="approval", cycle=1)
    assert concerned(late, waits, AROUND) == {10, 11, 12, 13}
    assert concerned(replace(late, clock="resolution"), waits, AROUND) == {ASSIGNEE}


@pytest.mark.parametrize("kind", list(FactKind))
def test_nobody_is_told_what_they_did(new_ticket: Ticket, kind: FactKind) -> None:
    ticket = replace(new_ticket, assignee_id=REQUESTER, resolver_id=REQUESTER)
    assert told(ticket, kind, by=REQUESTER, lead=REQUESTER) == set()


def test_a_department_without_a_lead_tells_nobody(new_ticket: Ticket) -> None:
    assert told(new_ticket, K.SUBMITTED, lead=None) == set()
