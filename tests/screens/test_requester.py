"""A requester's screens: plain words, own tickets, confirm, not solved, rate, submit."""

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Select, Static

from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.core.views import View
from deskterm.screens.my_tickets import MyTicketsScreen
from deskterm.screens.new_ticket import NewTicketScreen
from deskterm.screens.ticket import TicketScreen
from deskterm.widgets.status_line import StatusLine
from deskterm.widgets.ticket_table import TicketTable

Keys = Callable[..., Awaitable[None]]
Open = Callable[..., DesktermApp]
SMALL = (80, 24)


def lines(pilot: Pilot[None]) -> list[str]:
    return [strip.text.rstrip() for strip in pilot.app.screen._compositor.render_strips()]


@pytest.fixture
def solved(submit: Callable[..., int], as_: Callable[[str], Desk]) -> int:
    ticket = submit("Printer jams")
    submit("Somebody else's", by="sola")
    as_("ife").act(ticket, "claim")  # type: ignore[arg-type]
    as_("ife").act(ticket, "note", text="the secret note")  # type: ignore[arg-type]
    as_("ife").act(ticket, "resolve", cause="roller", fix="replaced")  # type: ignore[arg-type]
    return ticket


async def test_own_tickets_in_plain_words_confirmed_and_rated_from_the_list(
    app_for: Open, keys: Keys, solved: int, as_: Callable[[str], Desk]
) -> None:
    async with app_for("remi").run_test(size=SMALL) as pilot:
        await keys(pilot)
        assert isinstance(pilot.app.screen, MyTicketsScreen)
        assert [row.title for row in pilot.app.screen.query_one(TicketTable).rows] == ["Printer jams"]
        assert "Solved, please confirm" in lines(pilot)[2]
        await keys(pilot, "f", "enter", "asterisk", "4", "enter", "quick work", "enter")

    ticket = as_("remi").ticket(solved)
    assert (ticket.status, ticket.outcome, ticket.stars) == ("closed", "done", 4)
    assert ticket.timeline[-1].text == "quick work"


async def test_not_solved_asks_why_and_sends_it_back(
    app_for: Open, keys: Keys, solved: int, as_: Callable[[str], Desk]
) -> None:
    async with app_for("remi").run_test(size=SMALL) as pilot:
        await keys(pilot, "F", "still jams", "enter")
        assert "Assigned to someone" in lines(pilot)[2]

    ticket = as_("ife").ticket(solved)
    assert (ticket.status, ticket.reopen_count, ticket.timeline[-1].text) == ("assigned", 1, "still jams")


async def test_internal_notes_are_on_no_screen_of_the_requester(app_for: Open, keys: Keys, solved: int) -> None:
    async with app_for("remi").run_test(size=(120, 36)) as pilot:
        await keys(pilot)
        preview = "\n".join(lines(pilot))
        await keys(pilot, "enter")
        ticket = str(pilot.app.screen.query_one("#text", Static).render())

    assert "cause: roller" in preview
    assert "cause: roller" in ticket
    assert "secret" not in preview + ticket


async def test_a_requester_submits_by_form_and_sees_the_ticket(
    app_for: Open, keys: Keys, as_: Callable[[str], Desk]
) -> None:
    async with app_for("remi").run_test(size=SMALL) as pilot:
        await keys(pilot, "n", "No network here")
        form = pilot.app.screen_stack[-1]
        assert isinstance(form, NewTicketScreen)
        assert not form.query("#requester")
        await keys(pilot, "enter", "enter", "down", "down", "enter", "tab", "enter", "down", "down", "enter", "f2")
        opened = pilot.app.screen_stack[-1]
        assert isinstance(opened, TicketScreen)

    (row,) = as_("remi").page(View.REQUESTED).rows
    assert (row.title, row.department, row.category) == ("No network here", "Operations", "Equipment maintenance")


async def test_staff_log_a_call_for_somebody_in_three_fields(
    app_for: Open, keys: Keys, as_: Callable[[str], Desk]
) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "n", "Door is stuck", "enter", "s", "o", "l", "a")
        pilot.app.screen.query_one("#department", Select).value = "admin_hr"
        await keys(pilot)
        pilot.app.screen.query_one("#category", Select).value = "admin_hr_facilities"
        pilot.app.screen.query_one("#source", Select).value = "phone"
        await keys(pilot, "f2")

    ticket = as_("sola").ticket(1)
    assert (ticket.requester, ticket.source, ticket.timeline[0].actor) == ("Sola Requester", "phone", "Ife of IT")


async def test_a_form_that_is_left_or_refused_keeps_what_was_written(app_for: Open, keys: Keys) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "n", "Door is stuck", "f2")
        assert "it needs a department" in str(pilot.app.screen.query_one(StatusLine).render())
        await keys(pilot, "escape", "n")
        assert pilot.app.screen.query_one("#title", Input).value == "Door is stuck"


async def test_notices_lead_to_the_ticket_and_are_seen(
    app_for: Open, keys: Keys, solved: int, as_: Callable[[str], Desk]
) -> None:
    async with app_for("remi").run_test(size=SMALL) as pilot:
        await keys(pilot)
        assert "●1\N{NO-BREAK SPACE}B" in str(pilot.app.screen.query_one(StatusLine).render())
        await keys(pilot, "B", "enter")
        assert isinstance(pilot.app.screen, TicketScreen)

    assert as_("remi").unseen() == 0
