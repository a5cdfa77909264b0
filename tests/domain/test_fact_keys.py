"""A fact by keys is the same fact by another desk's numbers."""

from typing import Any

import pytest

from deskterm.core.domain.fact_keys import Keys, by_keys, by_numbers

NAMES = {7: "ife", 8: "#8", 1: "it", 2: "it_design", 3: "acob v1"}
KEYS = Keys(*[NAMES.__getitem__] * 4)
NUMBERS = Keys(*[{name: number for number, name in NAMES.items()}.__getitem__] * 4)
DATA: dict[str, Any] = {
    "assignee_id": 7,
    "requester_id": 8,
    "resolver_id": 7,
    "on_behalf_of": 8,
    "by_id": 7,
    "department_id": 1,
    "category_id": 2,
    "profile_id": 3,
    "slots": [["lead", 7, ""], ["head", None, "vacant"]],
    "title": "Printer",
    "priority": 3,
}


def test_nothing_of_a_fact_is_lost() -> None:
    told = by_keys(DATA, KEYS)

    assert told["assignee"] == "ife"
    assert not {name for name in told if name.endswith("_id")}
    assert by_numbers(told, NUMBERS) == DATA


def test_that_nobody_has_it_is_told_too() -> None:
    assert by_keys({"assignee_id": None}, KEYS) == {"assignee": None}
    assert by_numbers({"assignee": None}, NUMBERS) == {"assignee_id": None}


def test_whom_nothing_was_told_of_is_an_error() -> None:
    with pytest.raises(KeyError):
        by_numbers({"assignee": "nobody"}, NUMBERS)
