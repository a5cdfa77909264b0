"""Triage: category, priority and assignee in one transaction, all of it or nothing."""

from collections.abc import Callable

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import ChangedElsewhere, DesktermError, InvalidInput, NotAllowed, NotFound
from deskterm.core.domain.words import Action
from deskterm.core.services.intake import Submission

As = Callable[[str], Desk]


@pytest.fixture
def number(as_: As) -> int:
    return as_("remi").submit(Submission(title="Printer jams", category="it_infrastructure")).id


def test_it_is_several_facts_of_one_deed_in_one_transaction(as_: As, number: int) -> None:
    lara = as_("lara")
    done = lara.triage(number, category="it_design", priority="urgent", person="ini", expected=1)
    ticket = lara.ticket(number)
    assert (done.version, ticket.version) == (4, 4)
    assert (ticket.priority, ticket.assignee, ticket.category) == (1, "Ini of IT", "Design")
    assert [entry.kind for entry in ticket.timeline[1:]] == ["categorised", "prioritised", "assigned"]


def test_what_stands_already_is_passed_over(as_: As, number: int) -> None:
    lara = as_("lara")
    assert lara.triage(number, category="it_infrastructure", priority="medium", person="ini").version == 2
    with pytest.raises(InvalidInput, match="has all of that already"):
        lara.triage(number, category="it_infrastructure", person="ini")


REFUSED: tuple[tuple[str, dict[str, str], type[DesktermError]], ...] = (
    ("lara", {}, InvalidInput),
    ("lara", {"priority": "urgent", "person": "nobody such"}, InvalidInput),
    ("lara", {"priority": "urgent", "person": "ola"}, InvalidInput),
    ("lara", {"priority": "urgent", "category": "operations_repairs"}, InvalidInput),
    ("ife", {"person": "ini"}, NotAllowed),
    ("ola", {"priority": "urgent"}, NotFound),
)


def test_all_of_it_is_done_or_nothing(as_: As, number: int) -> None:
    for login, given, error in REFUSED:
        with pytest.raises(error):
            as_(login).triage(number, **given)  # type: ignore[arg-type]
        assert as_("lara").ticket(number).version == 1, given


def test_it_is_bound_to_what_was_seen(as_: As, number: int) -> None:
    as_("ini").act(number, Action.CLAIM)
    with pytest.raises(ChangedElsewhere, match="Ini of IT claimed it"):
        as_("lara").triage(number, priority="urgent", expected=1)


def test_it_is_taken_back_whole_and_done_again_whole(as_: As, number: int) -> None:
    lara = as_("lara")
    as_("ini").act(number, Action.NOTE, text="Looks like the roller")
    done = lara.triage(number, category="it_design", priority="urgent", person="ini")
    lara.undo(number, expected=done.version)
    ticket = lara.ticket(number)
    assert (ticket.priority, ticket.assignee, ticket.category) == (3, None, "Digital infrastructure")
    lara.redo(number)
    ticket = lara.ticket(number)
    assert (ticket.priority, ticket.assignee, ticket.category) == (1, "Ini of IT", "Design")
    lara.undo(number)
    assert lara.ticket(number).assignee is None
    assert lara.ticket(number).priority == 3
