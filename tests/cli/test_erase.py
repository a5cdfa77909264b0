"""`deskterm people erase`: it says what it would do, wants to be meant, and says what it did."""

import json
from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def left(deskterm: Run) -> None:
    deskterm("--as", "remi", "new", "--category", "it_infrastructure", "--title", "My wedding")
    deskterm("people", "set", "remi", "--left")


def test_a_dry_run_says_what_would_be_erased(deskterm: Run, left: None) -> None:
    ran = deskterm("people", "erase", "remi", "--reason", "left", "--texts", "--dry-run")
    assert ran.out == "would be erased: Remi Requester, and the texts of 1 ticket\n"
    assert "Remi Requester" in deskterm("people").out


def test_it_wants_to_be_meant(deskterm: Run, left: None) -> None:
    ran = deskterm("people", "erase", "remi", "--reason", "left")
    assert ran.code == 6
    assert "this erases Remi Requester for good: say --yes if that is meant" in ran.err


def test_somebody_is_erased_and_the_audit_says_so(deskterm: Run, left: None) -> None:
    ran = deskterm("people", "erase", "remi", "--reason", "left", "--texts", "--yes")
    assert ran.out.startswith("erased: person ")
    assert "backups" in ran.err
    assert "Remi" not in deskterm("people").out
    assert "wedding" not in deskterm("show", "1").out
    said = deskterm("audit", "verify").out
    assert "gave up texts" in said
    assert "the trail is whole" in said
    again = json.loads(deskterm("audit", "verify", "--json").out)
    assert [one["entries"] for one in again["erasures"]] == [3]
