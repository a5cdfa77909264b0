"""Who stands in for whom: nobody who signs in the same chain, and they hear of what waits already."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action
from deskterm.core.services.intake import Submission

As = Callable[[str], Desk]
MONDAY = date(2026, 9, 28)
TONER = Wanted(("2 x Toner @ 45.00",), justification="The old one is empty")


@pytest.fixture
def bought(as_: As) -> int:
    return as_("remi").submit(Submission(title="Toner", category="it_procurement", purchase=TONER)).id


@pytest.mark.parametrize(
    ("principal", "stand_in", "said"),
    [
        (
            "lara",
            "ezra",
            "Ezra Executive holds managing_director and signs there in person: name somebody else, or give",
        ),
        (
            "lara",
            "hana",
            "Hana Head holds head_of_corporate_services and signs there in person: name somebody else, or",
        ),
        ("hana", "olu", "Olu Lead holds lead of Operations and signs there in person: name somebody else$"),
        ("ezra", "hana", "Hana Head holds head_of_corporate_services and signs there in person: name somebody else$"),
    ],
)
def test_nobody_stands_in_who_signs_in_the_same_chain(as_: As, principal: str, stand_in: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        as_(principal).delegate(stand_in, MONDAY, MONDAY)
    assert as_("ada").delegations() == []


def test_with_a_deputy_the_stand_in_signs_once_and_the_chain_goes_on(as_: As, bought: int) -> None:
    as_("ada").change_person("ola", post="head_of_corporate_services.deputy")
    as_("lara").delegate("hana", MONDAY, MONDAY)
    for login in ("hana", "ola", "ezra"):
        as_(login).act(bought, Action.APPROVE)
    assert as_("ada").ticket(bought).status == "new"


def test_a_deputy_of_a_place_that_comes_before_is_of_no_use(as_: As) -> None:
    as_("ada").change_person("ola", post="head_of_corporate_services.deputy")
    with pytest.raises(InvalidInput, match=r"and signs there in person: name somebody else$"):
        as_("ezra").delegate("hana", MONDAY, MONDAY)


def test_a_deputy_who_delegates_is_none(as_: As) -> None:
    as_("ada").change_person("lara", post="head_of_corporate_services.deputy")
    with pytest.raises(InvalidInput, match="signs there in person"):
        as_("lara").delegate("hana", MONDAY, MONDAY)


def test_leads_of_two_departments_stand_in_for_each_other(as_: As, bought: int) -> None:
    as_("lara").delegate("olu", MONDAY, MONDAY)
    as_("olu").act(bought, Action.APPROVE)
    with pytest.raises(NotAllowed, match="nobody signs twice"):
        as_("lara").act(bought, Action.APPROVE)


def test_who_stands_in_hears_of_what_waits_already(as_: As, bought: int) -> None:
    own = as_("ini").submit(Submission(title="Mine", category="it_procurement", purchase=TONER)).id
    other = as_("remi").submit(Submission(title="Signed", category="it_procurement", purchase=TONER)).id
    as_("lara").act(other, Action.APPROVE)
    assert as_("ini").notices() == []
    as_("lara").delegate("ini", MONDAY, MONDAY + timedelta(2))
    told = [notice.ticket_id for notice in as_("ini").notices()]
    assert told == [bought]
    assert own != bought
    assert as_("ada").doctor().findings == ()


def test_of_days_to_come_nobody_hears_yet(as_: As, bought: int) -> None:
    as_("lara").delegate("ini", MONDAY + timedelta(1), MONDAY + timedelta(2))
    assert as_("ini").notices() == []
    assert bought
