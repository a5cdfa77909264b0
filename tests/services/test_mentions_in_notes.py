"""A note that names somebody gives them a notice, if they may read it; who can't be told is said."""

from collections.abc import Callable

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.words import Action
from deskterm.core.services.intake import Submission

As = Callable[[str], Desk]
TEXT = "@ini and @ife: ask @ola, @remi or @nobody"


@pytest.fixture
def ticket(as_: As) -> int:
    return as_("remi").submit(Submission(title="Printer jams", category="it_infrastructure")).id


def noted(desk: Desk) -> list[str]:
    return [line.text for line in desk.notices() if "noted" in line.text]


def test_who_is_named_in_a_note_and_may_read_it_hears_of_it(as_: As, ticket: int) -> None:
    as_("ife").act(ticket, Action.NOTE, text=TEXT)
    assert noted(as_("ini")) == ["Ife of IT noted: Printer jams"]
    assert [noted(as_(login)) for login in ("ife", "ola", "remi", "lara")] == [[], [], [], []]
    untold = as_("ife").untold(ticket, TEXT)
    assert untold == ("nobody is called @nobody", "Ola of Operations can't read it", "Remi Requester can't read it")


def test_a_reply_that_names_somebody_gives_no_notice(as_: As, ticket: int) -> None:
    as_("ife").act(ticket, Action.REPLY, text=TEXT)
    assert [line for line in as_("ini").notices() if "replied" in line.text] == []


def test_a_macros_note_names_people_too(as_: As, ticket: int) -> None:
    as_("ada").apply_macros('[[macros]]\nkey = "m"\nname = "M"\nnote = true\ntext = "see this, @ini"', "m.toml")
    as_("ife").run_macro(ticket, "m")
    assert noted(as_("ini")) == ["Ife of IT noted: Printer jams"]


def test_whose_login_is_whose_is_for_staff_to_know(as_: As, ticket: int) -> None:
    as_("ada").change_person("sola", active=False)
    assert {one.login for one in as_("ife").nameable()} >= {"remi", "ola", "lara"}
    assert "sola" not in {one.login for one in as_("ife").nameable()}
    assert as_("remi").nameable() == []
    assert as_("remi").untold(ticket, TEXT) == ()
