"""One key takes the most urgent ticket; the cursor goes to it, or it opens."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.screens.queue import QueueScreen
from deskterm.screens.ticket import TicketScreen
from deskterm.widgets.status_line import StatusLine
from deskterm.widgets.ticket_table import TicketTable

Keys = Callable[..., Awaitable[None]]
Open = Callable[..., DesktermApp]
SMALL = (80, 24)


def said(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(StatusLine).render())


@pytest.fixture
def three(submit: Callable[..., int]) -> list[int]:
    return [submit("Low one", priority="low"), submit("Plain one"), submit("Urgent one", priority="urgent")]


async def test_the_cursor_goes_to_what_was_claimed(
    app_for: Open, keys: Keys, three: list[int], as_: Callable[[str], Desk]
) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "G", "C")
        table = pilot.app.screen.query_one(TicketTable)
        assert [row.id for row in table.rows] == [3, 2, 1]
        assert (table.cursor, table.rows[0].status) == (0, "assigned")
        assert said(pilot) == "✓ claim: HD-000003 is yours: Urgent one"
        await keys(pilot, "b")
        assert "begin: HD-000003 is in progress" in said(pilot)
    assert as_("ife").ticket(3).assignee == "Ife of IT"


async def test_what_the_list_does_not_show_opens_and_the_filter_counts(
    app_for: Open, keys: Keys, three: list[int]
) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "1", "slash", "plain one", "enter", "C")
        screen: Any = pilot.app.screen
        assert isinstance(screen, TicketScreen)
        assert screen.ticket is not None
        assert screen.ticket.id == 2
        assert said(pilot) == "✓ claim: HD-000002 is yours: Plain one"
        await keys(pilot, "escape", "C")
        assert "nothing that fits the filter waits to be taken" in said(pilot)


async def test_who_takes_no_tickets_is_told_so(app_for: Open, keys: Keys, three: list[int]) -> None:
    async with app_for("ezra").run_test(size=SMALL) as pilot:
        await keys(pilot, "C")
        assert "only a department's staff take tickets" in said(pilot)
        assert isinstance(pilot.app.screen, QueueScreen)
