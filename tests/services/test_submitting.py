"""A request becomes a ticket: what it must say, for whom, and where it goes."""

from collections.abc import Callable
from typing import Any

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.decide import TITLE_LIMIT
from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Role, Source
from deskterm.core.services.intake import Submission
from deskterm.core.views import View

As = Callable[[str], Desk]
_TONER = Wanted(lines=("2 x Toner @ 45.00",))


def test_a_submission_is_kept_as_it_was_said(as_: As) -> None:
    text = "\tFirst line\n\x1b[31mred\x1b[0m [bold]x[/] \u202ereversed  \n"
    given = Submission(title="  A   [/]  title\n", category="it_design", description=text, source=Source.WALK_IN)
    seen = as_("remi").ticket(as_("remi").submit(given).id)
    assert (seen.title, seen.description, seen.source) == ("A [/] title", text.strip(), Source.WALK_IN)
    assert (seen.department, seen.category, seen.priority_label) == ("IT & Communications", "Design", "Medium")
    assert (seen.requester, seen.assignee, seen.profile) == ("Remi Requester", None, "acob v1")


@pytest.mark.parametrize("priority", ["urgent", "Urgent", "URGENT", "1"])
def test_a_priority_is_named_by_key_label_or_rank(as_: As, priority: str) -> None:
    done = as_("remi").submit(Submission(title="x", category="Design", priority=priority))
    assert as_("remi").ticket(done.id).priority == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"title": ""}, "a ticket needs a title"),
        ({"title": " \n "}, "a ticket needs a title"),
        ({"title": "x" * (TITLE_LIMIT + 1)}, "200"),
        ({"description": "x" * 100_001}, "100000"),
        ({"category": "it_desing"}, "there is no category 'it_desing': did you mean it_design?"),
        ({"category": "Procurement"}, "several departments have a category 'Procurement': use a key, it_procurement"),
        ({"category": "Design", "department": "ops"}, "there is no department 'ops'"),
        ({"category": "it_design", "department": "operations"}, "there is no category 'it_design'"),
        ({"priority": "asap"}, "there is no priority 'asap'"),
        ({"requester": "nobody"}, "there is nobody called 'nobody' here"),
        ({"category": "it_procurement"}, "a purchase needs a line at least: what is to be bought"),
        ({"category": "it_procurement", "purchase": _TONER}, "a purchase needs a justification: why is it to be"),
        ({"purchase": _TONER}, "this category buys nothing: choose one of procurement, or leave the purchase out"),
    ],
)
def test_what_can_not_be_used_is_named(as_: As, given: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        as_("ife").submit(Submission(**{"title": "x", "category": "it_design", **given}))
    assert said in str(caught.value)
    assert as_("ada").count(View.ALL) == 0


def test_a_name_with_a_department_is_enough(as_: As, purchase: Wanted) -> None:
    given = Submission(title="x", category="Procurement", department="Operations", purchase=purchase)
    assert as_("remi").ticket(as_("remi").submit(given).id).department == "Operations"


def test_a_purchase_may_find_its_justification_in_the_description(as_: As) -> None:
    wanted = Wanted(lines=("2 x Toner @ 45.00",))
    given = Submission(title="x", category="it_procurement", description=" it is\nempty ", purchase=wanted)
    bought = as_("remi").ticket(as_("remi").submit(given).id).purchase
    assert bought is not None
    assert (bought.justification, bought.total) == ("it is\nempty", "NGN 90.00")


def test_staff_submit_for_others_and_it_is_said(as_: As) -> None:
    done = as_("ife").submit(Submission(title="x", category="it_design", requester="remi", source=Source.PHONE))
    seen = as_("remi").ticket(done.id)
    assert (seen.requester, seen.timeline[0].actor) == ("Remi Requester", "Ife of IT")
    assert seen.timeline[0].on_behalf_of == "Remi Requester"


def test_a_requester_submits_for_nobody_else(as_: As) -> None:
    with pytest.raises(NotAllowed, match="only staff may submit for somebody else"):
        as_("remi").submit(Submission(title="x", category="it_design", requester="sola"))


def test_nothing_is_submitted_for_who_left(as_: As) -> None:
    as_("ada").change_person("remi", active=False)
    with pytest.raises(InvalidInput, match="Remi Requester is no longer active here"):
        as_("ife").submit(Submission(title="x", category="it_design", requester="remi"))


def test_two_of_one_name_are_told_apart_by_login(as_: As) -> None:
    as_("ada").add_person(name="Remi Requester", role=Role.REQUESTER, login="remi2")
    with pytest.raises(InvalidInput, match="2 people are called 'Remi Requester': use a login"):
        as_("ife").submit(Submission(title="x", category="it_design", requester="Remi Requester"))


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"], ids=ascii)
def test_what_no_database_keeps_is_refused_alike_on_both(as_: As, text: str) -> None:
    for given in (
        Submission(title=text, category="it_design"),
        Submission(title="x", category="it_design", description=text),
    ):
        with pytest.raises(InvalidInput):
            as_("remi").submit(given)
