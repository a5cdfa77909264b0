"""What notices say of a purchase: who is to decide what for how much, and what came of it."""

from collections.abc import Callable

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action
from deskterm.core.services.intake import Submission

As = Callable[[str], Desk]
Buy = Callable[..., int]


@pytest.fixture(params=["sqlite", "postgres"])
def backend(request: pytest.FixtureRequest) -> str:
    """The query reads JSON, which each database does in its own way."""
    return str(request.param)


def latest(desk: Desk) -> str:
    return desk.notices()[0].text


def test_each_stage_is_asked_with_amount_and_requester_and_the_end_is_told(as_: As, buy: Buy) -> None:
    number = buy(signed=())
    assert latest(as_("lara")) == "Approve NGN 90,000.00 for Remi Requester? (Department Lead): Toner"
    as_("lara").act(number, Action.ASK, text="which\nmodel?")
    assert latest(as_("remi")) == "Lara Lead asks: which model?"
    as_("remi").act(number, Action.REPLY, text="the big one")
    more = Wanted(("3 x Toner @ 45000.00",), justification="More")
    as_("remi").act(number, Action.AMEND, purchase=more, text="more")
    assert latest(as_("lara")) == "Approve NGN 135,000.00 for Remi Requester? (Department Lead): Toner"
    for login in ("lara", "hana", "ezra"):
        as_(login).act(number, Action.APPROVE)
    assert latest(as_("remi")) == "approved, work can begin: Toner"


def test_a_refusal_says_who_and_why(as_: As, buy: Buy) -> None:
    as_("hana").act(buy(signed=("lara",)), Action.REFUSE, text="too dear")
    assert latest(as_("remi")) == "refused by Hana Head: too dear: Toner"


def test_what_was_needed_in_mid_work_waits_for_its_delivery(as_: As) -> None:
    number = as_("remi").submit(Submission(title="Pale printer", category="it_infrastructure")).id
    as_("ife").act(number, Action.CLAIM)
    as_("ife").act(number, Action.PIVOT, purchase=Wanted(("1 x Drum @ 5",), justification="worn"), text="worn")
    for login in ("lara", "hana", "ezra"):
        as_(login).act(number, Action.APPROVE)
    assert latest(as_("ife")) == "approved, it waits for its delivery: Pale printer"


def test_an_admin_reads_which_post_stands_empty(as_: As, buy: Buy) -> None:
    as_("ada").change_person("lara", active=False)
    number = buy(signed=())
    assert latest(as_("ada")) == f"HD-{number:06d} stands still: nobody holds lead of IT & Communications"
