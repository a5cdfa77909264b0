"""`deskterm undo` and `redo`: what they print, and how they end."""

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]
User = Callable[[str], None]


@pytest.fixture
def two(deskterm: Run, user: User) -> None:
    user("remi")
    for title in ("One", "Two"):
        deskterm("new", "--title", title, "--category", "it_design")
    user("ini")


def test_what_one_command_did_is_taken_back_as_one_and_done_again(deskterm: Run, two: None) -> None:
    deskterm("claim", "1")
    deskterm("set", "1", "2", "--priority", "urgent")
    both = deskterm("undo")
    assert both[:2] == (0, "HD-000001 assigned: set --priority taken back\nHD-000002 new: set --priority taken back\n")
    assert deskterm("undo") == (0, "HD-000001 new: claim taken back\n", "")
    assert deskterm("redo").out == "HD-000001 assigned: claim done again\n"
    assert deskterm("undo", "1", "--json").json["done"][0]["action"] == "claim"


def test_refusals_have_their_exit_codes(deskterm: Run, two: None, user: User) -> None:
    nothing = deskterm("undo")
    assert (nothing.code, nothing.err) == (4, "deskterm: you have done nothing that could be taken back\n")
    assert deskterm("redo").code == 4
    deskterm("claim", "1", "2")
    user("lara")
    deskterm("set", "2", "--priority", "low")
    user("ini")
    done = deskterm("undo", "1", "2", "99")
    assert (done.code, done.out) == (5, "HD-000001 new: claim taken back\n")
    assert "HD-000002 can't be taken back: since then Lara Lead changed its priority." in done.err
    assert "there is no HD-000099" in done.err
    assert deskterm("--read-only", "undo", "1").code == 4
