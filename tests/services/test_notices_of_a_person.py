"""Notices: written with the change that caused them, read by whom they concern."""

from collections.abc import Callable

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import NotAllowed
from deskterm.core.domain.words import Action, WaitReason
from deskterm.core.services.intake import Submission

As = Callable[[str], Desk]


@pytest.fixture
def ticket(as_: As) -> int:
    return as_("remi").submit(Submission(title="Broken screen", category="it_design")).id


def texts(desk: Desk) -> list[str]:
    return [notice.text for notice in desk.notices()]


def test_the_job_tells_each_what_concerns_them(as_: As, ticket: int) -> None:
    ife, remi, lara = as_("ife"), as_("remi"), as_("lara")
    assert texts(lara) == ["Remi Requester submitted it: Broken screen"]
    ife.act(ticket, Action.CLAIM)
    ife.act(ticket, Action.WAIT, reason=WaitReason.REQUESTER, text="which?")
    assert len(texts(remi)) == 1
    remi.act(ticket, Action.REPLY, text="that one")
    assert texts(ife) == ["Remi Requester replied: Broken screen"]
    ife.act(ticket, Action.RESOLVE, cause="x", fix="y")
    assert texts(remi)[0] == "Ife of IT resolved it: Broken screen"
    assert len(texts(lara)) == 1


def test_a_note_is_told_to_nobody(as_: As, ticket: int) -> None:
    as_("ife").act(ticket, Action.NOTE, text="secretly")
    assert as_("remi").unseen() == 0
    assert as_("lara").unseen() == 1


def test_what_was_seen_is_not_counted_again(as_: As, ticket: int) -> None:
    lara = as_("lara")
    as_("remi").submit(Submission(title="Second", category="it_design"))
    latest = lara.notices()[0].id
    assert (lara.unseen(), lara.mark_seen(latest - 1), lara.unseen()) == (2, 1, 1)
    assert (lara.mark_seen(latest), lara.unseen(), lara.mark_seen(latest)) == (1, 0, 0)
    as_("remi").submit(Submission(title="Third", category="it_design"))
    assert [(n.text.rpartition(": ")[2], n.seen) for n in lara.notices()] == [
        ("Third", False),
        ("Second", True),
        ("Broken screen", True),
    ]
    assert len(lara.notices(limit=1)) == 1
    assert as_("lara").notices()[-1].ticket_id == ticket


def test_marking_seen_is_ones_own(as_: As, ticket: int) -> None:
    assert as_("olu").mark_seen(as_("lara").notices()[0].id) == 0
    assert as_("lara").unseen() == 1
    assert ticket


def test_a_refused_action_tells_nobody(as_: As, ticket: int) -> None:
    with pytest.raises(NotAllowed):
        as_("ife").act(ticket, Action.REJECT, text="x")
    assert as_("remi").unseen() == 0
    assert as_("lara").unseen() == 1
