"""Where the profile wants its lead's word, staff ask to escalate and the lead decides; elsewhere nothing is asked."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.words import Action, FactKind, Status
from deskterm.core.services.intake import Submission

As = Callable[[str], Desk]
ACOB = (Path(__file__).parents[2] / "data" / "profiles" / "acob.toml").read_text("utf-8")
TIERS = 'default_priority = "medium"\ntiers = ["First line", "Second line", "Maker"]\n'
GATED = ACOB.replace("version = 1", "version = 2").replace(
    'default_priority = "medium"', f'{TIERS}escalation = "approved"'
)


@pytest.fixture
def started(as_: As, clock: list[datetime]) -> int:
    as_("ada").apply_profile(GATED, "gated.toml", clock[-1])
    ticket = as_("remi").submit(Submission(title="The printer is out", category="it_infrastructure")).id
    as_("ife").act(ticket, Action.CLAIM)
    as_("ife").act(ticket, Action.START)
    return ticket


def test_an_agent_asks_and_the_lead_escalates(as_: As, started: int) -> None:
    asked = as_("ife").act(started, Action.ESCALATE, text="it needs the maker")
    assert (asked.status, asked.assignee_id) == (Status.IN_PROGRESS, as_("ife").actor.id)
    assert as_("lara").notices()[0].text == "Ife of IT asks to escalate it: The printer is out"
    with pytest.raises(NotAllowed, match="its lead has been asked already"):
        as_("ife").act(started, Action.ESCALATE, text="again")
    done = as_("lara").act(started, Action.ESCALATE, text="go on")
    assert (done.status, as_("lara").ticket(started).tier) == (Status.NEW, 2)
    assert as_("ada").doctor().findings == ()


def test_the_lead_refuses_with_a_reason_and_it_can_be_asked_again(as_: As, started: int) -> None:
    as_("ife").act(started, Action.ESCALATE, text="it needs the maker")
    with pytest.raises(InvalidInput, match="keep needs a text"):
        as_("lara").act(started, Action.KEEP)
    refused = as_("lara").act(started, Action.KEEP, text="try the other toner first")
    assert refused.status is Status.IN_PROGRESS
    assert as_("ife").notices()[0].text == "Lara Lead refused to escalate it: The printer is out"
    kinds = [entry.kind for entry in as_("ife").ticket(started).timeline]
    assert kinds[-2:] == [FactKind.ESCALATION_ASKED, FactKind.ESCALATION_REFUSED]
    assert as_("ife").act(started, Action.ESCALATE, text="it was no better").version > refused.version


def test_only_the_lead_answers_and_only_what_was_asked(as_: As, started: int) -> None:
    with pytest.raises(NotAllowed, match="nobody asked to escalate it"):
        as_("lara").act(started, Action.KEEP, text="no")
    as_("ife").act(started, Action.ESCALATE, text="it needs the maker")
    for login in ("ife", "ini", "remi", "ezra"):
        with pytest.raises(NotAllowed, match="that is for the department's lead or an admin"):
            as_(login).act(started, Action.KEEP, text="no")


def test_a_lead_needs_nobodys_word(as_: As, started: int) -> None:
    assert as_("lara").act(started, Action.ESCALATE, text="the maker").status is Status.NEW
    assert as_("lara").ticket(started).tier == 2


def test_what_was_asked_ends_with_the_work(as_: As, started: int) -> None:
    as_("ife").act(started, Action.ESCALATE, text="it needs the maker")
    as_("ife").act(started, Action.RESOLVE, cause="toner", fix="changed")
    as_("remi").act(started, Action.REOPEN, text="no better")
    with pytest.raises(NotAllowed, match="nobody asked to escalate it"):
        as_("lara").act(started, Action.KEEP, text="no")


def test_without_the_gate_nothing_is_asked(as_: As, clock: list[datetime]) -> None:
    as_("ada").apply_profile(GATED.replace('escalation = "approved"', ""), "free.toml", clock[-1])
    ticket = as_("remi").submit(Submission(title="The printer is out", category="it_infrastructure")).id
    assert as_("ife").act(ticket, Action.ESCALATE, text="too hard").status is Status.NEW
    assert as_("ife").ticket(ticket).tier == 2
