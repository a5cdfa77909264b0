"""Who hears of what: the owner or lead, the requester, and never the one who did it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from deskterm.core.domain.facts import Fact, Ticket
from deskterm.core.domain.notices import concerned
from deskterm.core.domain.words import FactKind, Status, WaitReason

K = FactKind
AT = datetime(2026, 9, 28, 10, 0, tzinfo=UTC)
REQUESTER, ASSIGNEE, LEAD, OTHER, RESOLVER = 1, 3, 6, 9, 7


def told(ticket: Ticket, kind: FactKind, by: int = OTHER, lead: int | None = LEAD, **said: Any) -> set[int]:
    return set(concerned(Fact(kind=kind, at=AT, actor_id=by, **said), ticket, lead))


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


@pytest.mark.parametrize("kind", list(FactKind))
def test_nobody_is_told_what_they_did(new_ticket: Ticket, kind: FactKind) -> None:
    ticket = replace(new_ticket, assignee_id=REQUESTER, resolver_id=REQUESTER)
    assert told(ticket, kind, by=REQUESTER, lead=REQUESTER) == set()


def test_a_department_without_a_lead_tells_nobody(new_ticket: Ticket) -> None:
    assert told(new_ticket, K.SUBMITTED, lead=None) == set()
