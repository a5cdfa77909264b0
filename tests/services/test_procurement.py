"""A purchase is born waiting for its chain, and nothing but the chain makes it workable."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import NotAllowed
from deskterm.core.domain.words import Action, Outcome, Status, WaitReason
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


@pytest.fixture
def purchase(as_: As) -> int:
    done = as_("remi").submit(Submission(title="A projector", category="it_procurement", priority="urgent"))
    assert done.status is Status.PENDING_APPROVAL
    return done.id


def test_no_work_can_be_done_on_it_by_anybody(as_: As, purchase: int) -> None:
    for login in ("remi", "ife", "lara", "ezra", "ada"):
        for action, given in WORK:
            with pytest.raises(NotAllowed, match="nothing but the chain makes it workable"):
                as_(login).act(purchase, action, **given)
    assert as_("ada").ticket(purchase).version == 1


def test_the_chain_is_nobodys_to_play(as_: As, purchase: int) -> None:
    for login in ("remi", "ife", "lara", "ezra", "ada"):
        for action in (Action.CHAIN_APPROVE, Action.CHAIN_REFUSE):
            with pytest.raises(NotAllowed, match="that is for the program itself"):
                as_(login).act(purchase, action)


def test_its_clocks_stand_still_and_it_is_in_no_pool(as_: As, at: Callable[[str], datetime], purchase: int) -> None:
    at("2026-09-29 15:00")
    for line in as_("ife").ticket(purchase).clocks:
        assert (line.left.state, line.left.used, line.left.due_at) == ("paused", 0, None)
    assert as_("ife").count(View.UNASSIGNED) == 0
    assert as_("ife").count(View.DEPARTMENT) == 1
    assert as_("lara").notices() == []


def test_it_can_be_talked_about_and_withdrawn(as_: As, purchase: int) -> None:
    as_("remi").act(purchase, Action.REPLY, text="a bright one")
    as_("ife").act(purchase, Action.NOTE, text="we have one")
    assert as_("remi").act(purchase, Action.WITHDRAW, text="borrowed one").status is Status.CLOSED
    assert as_("remi").ticket(purchase).outcome is Outcome.CANCELLED
    with pytest.raises(NotAllowed, match="a withdrawn purchase doesn't come back"):
        as_("remi").act(purchase, Action.REOPEN, text="please")
