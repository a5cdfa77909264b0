"""`deskterm claim --next`: what it prints and how it ends."""

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def two(deskterm: Run, user: Callable[[str], None]) -> None:
    user("remi")
    for title, priority in (("Low one", "low"), ("Urgent one", "urgent")):
        deskterm("new", "--title", title, "--category", "it_infrastructure", "--priority", priority)
    user("ife")


def test_the_most_urgent_is_claimed_and_named(deskterm: Run, two: None) -> None:
    assert deskterm("claim", "--next") == (0, "HD-000002 assigned: Urgent one\n", "")
    done = deskterm("claim", "--next", "--json")
    assert (done.code, done.json["done"][0]["ref"], done.json["refused"]) == (0, "HD-000001", [])


def test_a_filter_may_follow(deskterm: Run, two: None) -> None:
    assert deskterm("claim", "--next", "prio:>=3", "low").out == "HD-000001 assigned: Low one\n"
    wrong = deskterm("claim", "--next", "prio:9")
    assert (wrong.code, wrong.out) == (6, "")
    assert "expected a rank" in wrong.err


def test_nothing_to_take_is_one_sentence_and_not_found(deskterm: Run, user: Callable[[str], None]) -> None:
    user("ife")
    assert deskterm("claim", "--next") == (3, "", "deskterm: nothing waits to be taken\n")
    refused = {"id": "--next", "why": "nothing that fits the filter waits to be taken", "code": 3}
    assert deskterm("claim", "--next", "prio:1", "--json").json == {"done": [], "refused": [refused]}
    user("remi")
    assert deskterm("claim", "--next").code == 4


def test_neither_tickets_nor_next_is_wrong_use(deskterm: Run) -> None:
    assert deskterm("claim").code == 2
