"""Macros and canned replies on the screen: seen before they are taken, held for some seconds, taken back as one."""

from collections.abc import Awaitable, Callable

import pytest
from textual.widgets import Static, TextArea

from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.widgets.canned_list import CannedList

Open = Callable[..., DesktermApp]
Keys = Callable[..., Awaitable[None]]
FILE = """
[[macros]]
key = "mine"
name = "I have it"
text = "Dear {requester_first}, I have it."
assign = "me"
priority = "high"

[[macros]]
key = "vendor"
name = "With the vendor"
wait = "vendor"
"""


@pytest.fixture
def ticket(submit: Callable[..., int], as_: Callable[[str], Desk]) -> int:
    as_("ada").apply_macros(FILE, "m.toml")
    return submit("Printer jams")


async def test_a_macro_is_seen_chosen_done_and_taken_back(
    app_for: Open, keys: Keys, ticket: int, as_: Callable[[str], Desk]
) -> None:
    app = app_for("ife", undo_seconds=0)
    async with app.run_test(size=(80, 24)) as pilot:
        await keys(pilot, "2", "m")
        sample = app.screen.query_one("#sample", Static)
        assert str(sample.render()) == "Dear Remi, I have it."
        await keys(pilot, "down")
        assert str(sample.render()) == "it writes nothing"
        await keys(pilot, *"have", "enter")
        while as_("ife").ticket(ticket).assignee != "Ife of IT":
            await pilot.pause()
        await keys(pilot, "u")
        after = as_("ife").ticket(ticket)
        assert (after.status, after.assignee, after.priority) == ("new", None, 3)


async def test_a_canned_reply_goes_into_the_text_where_its_cursor_is(
    app_for: Open, keys: Keys, ticket: int, as_: Callable[[str], Desk]
) -> None:
    app = app_for("ife")
    async with app.run_test(size=(80, 24)) as pilot:
        await keys(pilot, "2", "r", "!", "left", "f3", *"have", "enter")
        assert app.screen.query_one(TextArea).text == "Dear Remi, I have it.!"
        await keys(pilot, "f3", "escape", "?")
        assert not app.screen.query_one(CannedList).display
        assert app.screen.query_one(TextArea).text == "Dear Remi, I have it.?!"
