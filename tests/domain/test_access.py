"""What somebody may know of, and whether internal comments are theirs to read."""

from dataclasses import replace

import pytest

from deskterm.core.domain.access import scope_of, sees_internal
from deskterm.core.domain.facts import Ticket
from deskterm.core.domain.people import Person

STAFF = {"assignee", "colleague", "lead", "appointed"}


def test_a_ticket_is_seen_by_its_requester_its_department_and_the_top(
    new_ticket: Ticket, cast: dict[str, Person]
) -> None:
    seeing = {name for name, person in cast.items() if scope_of(person).covers(new_ticket)}
    assert seeing == {"requester", *STAFF, "executive", "admin"}


def test_who_was_given_a_ticket_sees_it_from_another_department(new_ticket: Ticket, cast: dict[str, Person]) -> None:
    given = replace(new_ticket, assignee_id=cast["outsider"].id)
    assert scope_of(cast["outsider"]).covers(given)


@pytest.mark.parametrize("name", sorted(STAFF))
def test_who_left_sees_only_their_own(new_ticket: Ticket, cast: dict[str, Person], name: str) -> None:
    left = replace(cast[name], is_active=False)
    assert not scope_of(left).covers(new_ticket)
    assert scope_of(left).covers(replace(new_ticket, requester_id=left.id))


def test_a_requester_of_a_department_is_not_its_staff(new_ticket: Ticket, cast: dict[str, Person]) -> None:
    employee = replace(cast["stranger"], department_id=1)
    assert not scope_of(employee).covers(new_ticket)


def test_internal_comments_are_for_everybody_but_requesters_and_strangers(
    new_ticket: Ticket, cast: dict[str, Person]
) -> None:
    reading = {name for name, person in cast.items() if sees_internal(person, new_ticket)}
    assert reading == {*STAFF, "executive", "admin"}


def test_an_agent_of_the_department_reads_notes_on_their_own_request(
    new_ticket: Ticket, cast: dict[str, Person]
) -> None:
    own = replace(new_ticket, requester_id=cast["colleague"].id)
    assert sees_internal(cast["colleague"], own)
    assert not sees_internal(cast["outsider"], replace(new_ticket, requester_id=cast["outsider"].id))
