"""A purchase is born waiting for its chain, and nothing but the chain makes it workable."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import NotAllowed
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action, FactKind, Outcome, Status, WaitReason
from deskterm.core.services.intake import Submission
from deskterm.core.views import View

As = Callable[[str], Desk]
WORK: list[tuple[Action, dict[str, Any]]] = [
    (Action.CLAIM, {}),
    (Action.ASSIGN, {"person": "ife"}),
    (Action.UNASSIGN, {}),
    (Action.START, {}),
    (Action.WAIT, {"reason": WaitReason.VENDOR}),
    (Action.RESUME, {}),
    (Action.RESOLVE, {"cause": "x", "fix": "y"}),
    (Action.CONFIRM, {"text": "x"}),
    (Action.REJECT, {"text": "x"}),
    (Action.REOPEN, {"text": "x"}),
    (Action.RATE, {"stars": 3}),
    (Action.CANCEL, {"text": "x"}),
    (Action.SET_PRIORITY, {"priority": "urgent"}),
    (Action.SET_CATEGORY, {"category": "it_design"}),
    (Action.MOVE, {"category": "operations_repairs"}),
    (Action.PIVOT, {}),
    (Action.RECEIVE, {}),
    (Action.AUTO_CLOSE, {}),
]


PEOPLE = ("remi", "ife", "lara", "ezra", "ada")


@pytest.fixture
def pending(as_: As, purchase: Wanted) -> int:
    given = Submission(title="A projector", category="it_procurement", priority="urgent", purchase=purchase)
    done = as_("remi").submit(given)
    assert done.status is Status.PENDING_APPROVAL
    return done.id


def test_no_work_can_be_done_on_it_and_who_tried_what_is_a_fact(as_: As, pending: int) -> None:
    before = as_("ada").ticket(pending)
    for login in PEOPLE:
        for action, given in WORK:
            with pytest.raises(NotAllowed, match="nothing but the chain makes it workable"):
                as_(login).act(pending, action, **given)

    after = as_("ada").ticket(pending)
    tried = after.timeline[before.version :]
    assert after._replace(version=before.version, timeline=before.timeline) == before
    assert after.timeline[: before.version] == before.timeline
    assert [(entry.kind, entry.actor_id) for entry in tried] == [
        (FactKind.ATTEMPTED, as_(login).actor.id) for login in PEOPLE for _ in WORK
    ]
    assert tried[0].detail == (
        "to claim it, and was refused: it waits for its approval chain, and nothing but the chain makes it workable"
    )
    assert {entry.detail.partition(", ")[0] for entry in tried if entry.actor == "Ife of IT"} == {
        "to claim it", "to assign it", "to unassign it", "to start it", "to set it waiting", "to go on with it",
        "to resolve it", "to confirm it", "to say that it is not solved", "to reopen it", "to rate it", "to cancel it",
        "to change its priority", "to change its category", "to move it", "to ask for another purchase",
        "to receive it", "to close it",
    }  # fmt: skip


def test_what_a_check_refuses_is_a_fact_too(as_: As, pending: int) -> None:
    with pytest.raises(NotAllowed, match="nothing but the chain makes it workable"):
        as_("ife").check(pending, Action.RESOLVE)
    with pytest.raises(NotAllowed, match="it waits for Lara Lead"):
        as_("ezra").act(pending, Action.APPROVE)
    assert [entry.detail.partition(":")[0] for entry in as_("ada").ticket(pending).timeline[-2:]] == [
        "to resolve it, and was refused",
        "to approve it, and was refused",
    ]
    assert all(entry.kind is not FactKind.ATTEMPTED for entry in as_("remi").ticket(pending).timeline)


def test_the_chain_is_nobodys_to_play(as_: As, pending: int) -> None:
    for login in PEOPLE:
        for action in (Action.CHAIN_APPROVE, Action.CHAIN_REFUSE):
            with pytest.raises(NotAllowed, match="that is for the program itself"):
                as_(login).act(pending, action)
    assert as_("ada").ticket(pending).status is Status.PENDING_APPROVAL


def test_its_clocks_stand_still_and_it_is_in_no_pool(as_: As, at: Callable[[str], datetime], pending: int) -> None:
    at("2026-09-29 15:00")
    clocks = {line.name: line.left for line in as_("ife").ticket(pending).clocks}
    for name in ("response", "resolution"):
        assert (clocks[name].state, clocks[name].used, clocks[name].due_at) == ("paused", 0, None)
    assert clocks["approval"].state == "runs"
    assert as_("ife").count(View.UNASSIGNED) == 0
    assert as_("ife").count(View.DEPARTMENT) == 1
    (notice,) = as_("lara").notices()
    assert notice.text == "Approve NGN 1,290.50 for Remi Requester? (Department Lead): A projector"


def test_it_can_be_talked_about_and_withdrawn(as_: As, pending: int) -> None:
    as_("remi").act(pending, Action.REPLY, text="a bright one")
    as_("ife").act(pending, Action.NOTE, text="we have one")
    assert as_("remi").act(pending, Action.WITHDRAW, text="borrowed one").status is Status.CLOSED
    assert as_("remi").ticket(pending).outcome is Outcome.CANCELLED
    with pytest.raises(NotAllowed, match="a purchase that was cancelled or withdrawn doesn't come back"):
        as_("remi").act(pending, Action.REOPEN, text="please")


def test_a_stage_says_in_words_why_another_decides(as_: As, purchase: Wanted) -> None:
    done = as_("lara").submit(Submission(title="A chair", category="it_procurement", purchase=purchase))
    seen = as_("lara").ticket(done.id)
    because = "Lara Lead asked for it; deputy lead of the department is vacant"
    assert seen.timeline[-1].detail == f"Department Lead waits for Hana Head ({because})"
    assert seen.purchase is not None
    assert seen.purchase.stages[0].slots[0].because == because
