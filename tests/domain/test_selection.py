"""Why a command can't be done where it is asked for: by what is under the cursor, what is marked, and who is there."""

from dataclasses import replace

import pytest

from deskterm.actions.registry import SHIPPED
from deskterm.actions.selection import Selection, is_refusable, refusal, why_not
from deskterm.core.domain.glimpse import Glimpse
from deskterm.core.domain.people import Person
from deskterm.core.domain.words import Status

NEW = Glimpse(id=1, status=Status.NEW, department_id=1)
MINE = Glimpse(id=2, status=Status.ASSIGNED, assignee_id=3, department_id=1)


@pytest.fixture
def agent(cast: dict[str, Person]) -> Person:
    return cast["assignee"]


def test_without_a_ticket_there_is_none_to_do_it_to(agent: Person) -> None:
    assert why_not(SHIPPED["claim"], Selection(agent)) == "there is no ticket to claim"
    assert why_not(SHIPPED["filter"], Selection(agent)) == ""
    assert not is_refusable(SHIPPED["down"])


def test_what_is_marked_counts_and_not_the_cursor(agent: Person) -> None:
    on = Selection(agent, cursor=NEW, marked=(MINE,))
    assert why_not(SHIPPED["claim"], on) == "HD-000002 can't be claimed: it is already yours"
    assert why_not(SHIPPED["open"], on) == ""
    assert on.taken_by(SHIPPED["open"]) == (NEW,)


def test_marked_are_refused_only_when_none_of_them_can_be(agent: Person) -> None:
    another = replace(MINE, id=4)
    assert why_not(SHIPPED["claim"], Selection(agent, marked=(MINE, NEW))) == ""
    assert why_not(SHIPPED["claim"], Selection(agent, marked=(MINE, Glimpse(id=9)))) == ""
    assert why_not(SHIPPED["claim"], Selection(agent, marked=(MINE, another))) == (
        "none of 2 tickets can be claimed: HD-000002 can't be claimed: it is already yours"
    )


def test_what_is_for_one_ticket_is_not_done_to_marks(agent: Person) -> None:
    on = Selection(agent, cursor=MINE, marked=(MINE, NEW))
    assert why_not(SHIPPED["pivot"], on) == (
        "purchase is for the ticket under the cursor, and 2 are marked: unmark first"
    )


def test_a_read_only_desk_refuses_every_change_and_nothing_else(agent: Person) -> None:
    on = Selection(agent, cursor=NEW, read_only="read-only")
    assert {c.id for c in SHIPPED.commands if why_not(c, on) == "read-only"} == {
        c.id for c in SHIPPED.commands if c.changes
    }


def test_what_a_chain_forbids_goes_to_the_desk_which_writes_the_attempt_down(agent: Person) -> None:
    waiting = Glimpse(id=5, status=Status.PENDING_APPROVAL, department_id=1)
    assert "nothing but the chain" in why_not(SHIPPED["resolve"], Selection(agent, cursor=waiting))
    assert refusal(SHIPPED["resolve"], Selection(agent, cursor=waiting)) == ""
    assert refusal(SHIPPED["resume"], Selection(agent, cursor=NEW)) == "HD-000001 can't be resumed: it is new"
    assert refusal(SHIPPED["resolve"], Selection(agent, cursor=waiting, read_only="read-only")) == "read-only"
