"""`deskterm list --view` and `deskterm views`: every view by its name, the saved ones too."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.words import Action, WaitReason
from deskterm.core.services.intake import Submission

Run = Callable[..., Any]
As = Callable[[str], Desk]


FOUND = {
    "mine": {4},
    "unassigned": {1, 2},
    "department": {1, 2, 4},
    "late": {1},
    "due today": {1, 4},
    "Due-Today": {1, 4},
    "waiting": {2},
    "approvals": set(),
    "closed": {3},
    "all": {1, 2, 4},
    "requested": set(),
}


@pytest.fixture
def backend() -> str:
    """What is compiled is tested on both databases elsewhere."""
    return "sqlite"


@pytest.fixture
def tickets(as_: As, at: Callable[[str], datetime]) -> None:
    for title, priority in (("Late", "urgent"), ("Waits", "low"), ("Gone", "low")):
        as_("remi").submit(Submission(title=title, category="it_infrastructure", priority=priority))
    as_("ife").act(2, Action.WAIT, reason=WaitReason.VENDOR)
    as_("remi").act(3, Action.CANCEL, text="x")
    at("2026-09-28 12:00")
    as_("remi").submit(Submission(title="Today", category="it_infrastructure", priority="urgent"))
    as_("ife").act(4, Action.CLAIM)
    at("2026-09-28 15:00")


@pytest.mark.usefixtures("tickets")
def test_every_built_in_view_is_named_and_narrowed(deskterm: Run, user: Callable[[str], None]) -> None:
    user("ife")

    for name, found in FOUND.items():
        assert {row["id"] for row in deskterm("list", "--json", "--view", name).json} == found, name
        assert {row["id"] for row in deskterm("list", "--json", "--view", name, "today").json} == found & {4}


def test_a_view_that_there_is_not(deskterm: Run) -> None:
    ran = deskterm("list", "--view", "latte")

    assert ran.code == 6
    assert "there is no view 'latte': did you mean late?" in ran.err
