"""How people are reached and what kind of account they have (003-R6): set by admins, told to staff, in the trail."""

from collections.abc import Callable
from typing import Any

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.people import Contact
from deskterm.core.domain.words import Role
from deskterm.core.services.auditing import verify
from deskterm.core.services.intake import Submission
from deskterm.core.store.engine import Store

As = Callable[[str], Desk]
ZOE = {"email": "zoe@example.org", "phone": "+234 1", "account_type": "seller"}


@pytest.fixture
def asked(as_: As) -> int:
    """A ticket of somebody who is known in full."""
    as_("ada").add_person(name="Zoe", role=Role.REQUESTER, customer="Zed Ltd", contact=ZOE)
    return as_("ife").submit(Submission(title="Printer", category="it_design", requester="Zoe")).id


def line(desk: Desk, name: str) -> Any:
    return next(one for one in desk.people() if one.name == name)


def test_staff_are_told_how_a_requester_is_reached(as_: As, asked: int) -> None:
    assert as_("ife").ticket(asked).contact == Contact(**ZOE)
    assert as_("ife").ticket(asked).contact.words == "zoe@example.org, +234 1, seller"
    assert line(as_("ife"), "Zoe")[-3:] == tuple(ZOE.values())
    assert line(as_("remi"), "Ife of IT")[-3:] == ("", "", "")


def test_what_is_left_out_stays_and_what_is_empty_goes(as_: As, asked: int) -> None:
    as_("ada").change_person("Zoe", contact={"phone": "", "account_type": "buyer"})

    assert as_("ife").ticket(asked).contact == Contact(ZOE["email"], "", "buyer")


@pytest.mark.parametrize("contact", [{"email": "zoe"}, {"email": "a b@c"}, {"phone": "1" * 201}, {"phone": "\0"}])
def test_what_reaches_nobody_is_refused(as_: As, contact: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        as_("ada").change_person("remi", contact=contact)


def test_the_trail_holds_and_tells_of_it(as_: As, asked: int, store: Store, clock: list[Any]) -> None:
    as_("ada").change_person("Zoe", contact={"phone": "+234 2"})
    verdict = verify(store, heads=None, keys=frozenset(), now=clock[-1], check_head=lambda _: True)

    assert verdict.damage == ()
