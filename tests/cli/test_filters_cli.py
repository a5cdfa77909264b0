"""`deskterm list FILTER`: the language of the filter line, on the command line."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.filter_keys import KEYS
from deskterm.core.domain.words import Action
from deskterm.core.services.intake import Submission

Run = Callable[..., Any]
As = Callable[[str], Desk]


@pytest.fixture
def backend() -> str:
    """What is compiled is tested on both databases elsewhere."""
    return "sqlite"


@pytest.fixture
def tickets(as_: As, at: Callable[[str], datetime]) -> None:
    at("2026-09-21 09:00")
    as_("remi").submit(Submission(title="Old printer", category="it_infrastructure", priority="low"))
    at("2026-09-28 09:00")
    as_("remi").submit(Submission(title="New printer", category="it_infrastructure", priority="urgent"))
    closed = as_("sola").submit(Submission(title="Gone", category="operations_repairs")).id
    as_("sola").act(closed, Action.CANCEL, text="x")


@pytest.mark.usefixtures("tickets")
@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("printer",), {1, 2}),
        (("printer prio:<=high",), {2}),
        (('"new printer",',), {2}),
        (("created:2026-09-21",), {1}),
        (("created:monday",), {2}),
        (("created:>=-7d @nobody",), {1, 2}),
        (("created:<-6d",), {1}),
        (("due:<4h",), set()),
        (("due:<=4h",), {2}),
        (("--", "-prio:urgent"), {1}),
        (("status:closed",), {3}),
        (("closed:today from:sola",), {3}),
    ],
)
def test_a_filter_narrows_the_list(deskterm: Run, arguments: tuple[str, ...], found: set[int]) -> None:
    assert {row["id"] for row in deskterm("list", "--json", *arguments).json} == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("printer created:03/04/2026", "can be read in several ways: write 2026-03-04 or 2026-04-03"),
        ("prio:urgnt", "did you mean urgent?"),
        ("dept:nowhere", "there is no dept:nowhere: expected one of it, operations"),
        ("updated:<7d", "did you mean -7d?"),
    ],
)
def test_a_mistake_is_one_sentence_and_bad_input(deskterm: Run, text: str, said: str) -> None:
    ran = deskterm("list", text)
    assert (ran.code, ran.out) == (6, "")
    assert said in ran.err


def test_help_names_every_key(deskterm: Run) -> None:
    told = deskterm("list", "--help").out
    assert [key for key in KEYS if key not in told] == []
