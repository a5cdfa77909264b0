"""The line that `:` opens: what it is read as, and what it could become."""

from contextlib import suppress
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskterm.actions.command import Scope
from deskterm.actions.command_line import (
    Jump,
    Known,
    Offer,
    Run,
    asked_for,
    command_of,
    meaning,
    missing,
    suggestions,
)
from deskterm.actions.registry import SHIPPED
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.filter_completion import Choice, Vocabulary

LATE: Final = Offer("view late", "What is late.", lambda: None)
PEOPLE: Final = (("ife", "Ife of IT  3 open"), ("ini", "Ini of IT  1 open"), ("Zed", "Zed Who  0 open"))
CATEGORIES: Final = (("it_printers", "IT / Printers"), ("it_network", "IT / Network"))
KNOWN: Final = Known(
    tuple(SHIPPED.of(Scope.LIST)),
    (LATE, Offer("view my own", "", lambda: None)),
    {"assign": {"person": PEOPLE}, "set_category": {"category": CATEGORIES}},
    Vocabulary({"dept": (Choice("it", "IT"),)}),
)


def read(line: str) -> tuple[str, dict[str, str]]:
    found = meaning(line, KNOWN)
    assert isinstance(found, Run)
    return found.command.id, dict(found.values)


def offered(line: str) -> list[str]:
    return [one.text for one in suggestions(line, KNOWN)]


@pytest.mark.parametrize("line", ["42", "HD-42", " hd-000042 ", "HD-000042"])
def test_a_number_is_a_ticket(line: str) -> None:
    assert meaning(line, KNOWN) == Jump(42)
    assert suggestions(line, KNOWN)[0].label == "HD-000042"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("claim", ("claim", {})),
        ("  Claim ", ("claim", {})),
        ("claim next", ("claim_next", {})),
        ("claim_next", ("claim_next", {})),
        ("claim n", ("claim_next", {})),
        ("done", ("resolve", {})),
        ("resolve", ("resolve", {})),
        ("resolve the cable was cut", ("resolve", {"cause": "the cable was cut"})),
        ("assign", ("assign", {})),
        ("assign ife", ("assign", {"person": "ife"})),
        ("assign If", ("assign", {"person": "ife"})),
        ('assign "Ife of IT"', ("assign", {"person": "ife"})),
        ("assign i", ("assign", {"person": "i"})),  # two begin so: the desk says which there are
        ("assign nobody", ("assign", {"person": "nobody"})),
        ("priority urgent", ("set_priority", {"priority": "urgent"})),
        ("category printers", ("set_category", {"category": "it_printers"})),
        ("wait vendor ordered a part", ("wait", {"reason": "vendor", "text": "ordered a part"})),
        ("wait vendor", ("wait", {"reason": "vendor"})),
        ("not solved it still jams", ("reject", {"text": "it still jams"})),
        ("filter status:waiting  @me", ("filter", {"wanted": "status:waiting  @me"})),
    ],
)
def test_a_command_is_named_by_label_or_id_and_followed_by_what_it_asks_for(line: str, expected: Any) -> None:
    assert read(line) == expected


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("wait soon", "wait: 'soon' is none of requester, vendor, delivery, maintenance, other"),
        ("assign ife and ini", "assign takes no more than that: take away 'and ini'"),
        ("zzzz", "there is nothing called 'zzzz' here: a ticket's number, a command or a view"),
        ("urgent", "there is nothing called 'urgent': tab takes claim next"),
        ("asgn", "there is nothing called 'asgn': tab takes assign"),
    ],
)
def test_what_can_not_be_read_is_one_sentence(line: str, sentence: str) -> None:
    with pytest.raises(InvalidInput) as error:
        meaning(line, KNOWN)
    assert str(error.value) == sentence


def test_names_are_found_by_beginning_word_letters_and_meaning_in_that_order() -> None:
    assert offered("ass")[:2] == ["assign ", "unassign"]
    assert offered("next")[:2] == ["next view", "claim next"]
    assert offered("unasgn") == ["unassign"]
    assert offered("profile says") == ["wait "]
    assert len(offered("")) == len(KNOWN.commands) + len(KNOWN.offers)


def test_a_view_is_named_with_or_without_its_kind() -> None:
    assert meaning("view late", KNOWN) is LATE
    assert meaning("late", KNOWN) is LATE
    assert offered("view la") == ["view late"]


def test_what_a_command_asks_for_is_completed() -> None:
    assert offered("assign ") == ["assign ife", "assign ini", "assign Zed"]
    assert offered("assign i") == ["assign ife", "assign ini"]
    assert offered("assign ife") == []
    assert offered("assign ife ") == []
    assert offered("category net") == ["category it_network"]
    assert offered("wait d") == ["wait delivery"]
    assert offered("wait delivery of") == []
    assert offered("filter -dept:i") == ["filter -dept:it"]
    assert offered("priority ") == []  # not read yet


def test_the_argument_that_is_typed_is_told_by_its_question() -> None:
    said = [
        asked_for(line, KNOWN) for line in ("done", "done ", "done the cab", "wait vendor ", "assign ife ", "claim ")
    ]
    cause = "Cause: what was wrong"
    assert said == ["", cause, cause, "What exactly (optional)", "", ""]


def test_who_typed_all_that_is_needed_is_asked_nothing_more() -> None:
    assert missing(SHIPPED["resolve"], {"cause": "cable"})
    assert not missing(SHIPPED["wait"], {"reason": "vendor"})
    assert missing(SHIPPED["wait"], {})
    assert not missing(SHIPPED["claim"], {})


@pytest.mark.parametrize("scope", [Scope.LIST, Scope.TICKET, Scope.INBOX, Scope.KPI])
def test_no_name_means_two_commands_on_a_screen(scope: Scope) -> None:
    for command in SHIPPED.of(scope):
        known = Known(tuple(SHIPPED.of(scope)))
        for name in (command.id, command.label):
            found = meaning(name, known)
            assert isinstance(found, Run)
            assert found.command is command, name


@settings(max_examples=40)
@given(line=st.text(st.sampled_from('assign wait:042HD-"_ efivndor\t'), max_size=20))
def test_what_is_taken_means_what_was_offered(line: str) -> None:
    command_of(line, KNOWN)
    for one in suggestions(line, KNOWN):
        if one.means is not None:
            assert meaning(one.text, KNOWN) == one.means
    with suppress(InvalidInput):
        meaning(line, KNOWN)
