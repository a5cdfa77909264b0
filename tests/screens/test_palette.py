"""The palette: what is typed runs as its key would, is completed, stays when it can't be done, and comes back."""

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.core.domain.words import Status
from deskterm.widgets.filter_line import FilterLine
from deskterm.widgets.palette import Palette
from deskterm.widgets.prompt import Prompt
from deskterm.widgets.status_line import StatusLine
from deskterm.widgets.ticket_table import TicketTable

Keys = Callable[..., Awaitable[None]]
Open = Callable[..., DesktermApp]
As = Callable[[str], Desk]
SMALL = (80, 24)


def palette(pilot: Pilot[None]) -> Palette:
    return pilot.app.screen.query_one(Palette)


def hint(pilot: Pilot[None]) -> list[str]:
    return str(palette(pilot).query_one(Static).render()).split("\n")


def said(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(StatusLine).render())


async def test_what_a_command_asks_for_is_completed_and_all_of_it_runs_at_once(
    app_for: Open, keys: Keys, submit: Callable[..., int], as_: As
) -> None:
    number = submit("Printer jams")
    async with app_for("lara").run_test(size=SMALL) as pilot:
        await keys(pilot, "colon", "assign in")
        assert hint(pilot) == ["tab ini", "a HD-000001: Give it to somebody of its department."]
        await keys(pilot, "tab", "enter")
        assert as_("lara").ticket(number).assignee == "Ini of IT"
        assert said(pilot) == "✓ assign: HD-000001 is assigned"
        await keys(pilot, "colon", "wait vendor ordered a part", "enter")
        assert as_("lara").ticket(number).status is Status.WAITING
        assert not palette(pilot).is_open


async def test_what_is_still_missing_is_asked_and_what_was_given_is_not(
    app_for: Open, keys: Keys, submit: Callable[..., int], as_: As
) -> None:
    number = submit("Printer jams")
    async with app_for("lara").run_test(size=SMALL) as pilot:
        await keys(pilot, "ctrl+p", "done the cable was cut", "enter")
        prompt = pilot.app.screen.query_one(Prompt)
        assert prompt.is_open
        await keys(pilot, "a new cable", "enter")
        assert as_("lara").ticket(number).status is Status.RESOLVED
        entry = as_("lara").ticket(number).timeline[-1]
        assert "the cable was cut" in str(entry)


async def test_what_can_not_be_done_is_said_and_stays_to_be_changed(
    app_for: Open, keys: Keys, submit: Callable[..., int]
) -> None:
    submit("Printer jams")
    elsewhere = submit("Roof leaks", category="Facility management")
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "colon", "assign ", "enter")
        assert hint(pilot)[-1].startswith("! HD-000001 can't be assigned: that is for the department's lead")
        assert palette(pilot).line == "assign "
        await keys(pilot, "escape", "colon", "xyzzy 1", "enter")
        assert hint(pilot) == ["! there is nothing called 'xyzzy 1' here: a ticket's number, a command or a view"]
        await keys(pilot, "escape", "colon", *str(elsewhere), "enter")
        assert palette(pilot).is_open
        assert hint(pilot) == [f"! there is no HD-{elsewhere:06} among the tickets you may see"]
        await keys(pilot, "escape")
        assert pilot.app.screen.focused is pilot.app.screen.query_one(TicketTable)


async def test_a_number_jumps_and_what_was_typed_before_comes_back(
    app_for: Open, keys: Keys, submit: Callable[..., int]
) -> None:
    submit("Printer jams")
    second = submit("Screen flickers")
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "colon", *"unassigne", "tab", "enter")
        assert [row.id for row in pilot.app.screen.query_one(TicketTable).rows] == [1, 2]
        await keys(pilot, "colon", *f"HD-{second}", "enter")
        assert "Screen flickers" in str(pilot.app.screen.query_one("#head", Static).render())
        await keys(pilot, "colon", "up")
        assert palette(pilot).line == f"HD-{second}"
        await keys(pilot, "up", "up", "down", "down", *"x", "up", "down")
        assert palette(pilot).line == "x"


async def test_a_filter_and_a_theme_are_taken_by_name(app_for: Open, keys: Keys, submit: Callable[..., int]) -> None:
    submit("Printer jams")
    submit("Screen flickers", priority="urgent")
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "colon", "filter prio:ur", "tab", "enter")
        assert [row.title for row in pilot.app.screen.query_one(TicketTable).rows] == ["Screen flickers"]
        await keys(pilot, "colon", "theme con", "tab", "enter")
        assert pilot.app.theme == "contrast"
        await keys(pilot, "colon", "filter is:nothing", "enter")
        assert pilot.app.screen.query_one(FilterLine).has_focus
        assert pilot.app.screen.query_one(FilterLine).value == "is:nothing"


async def test_a_purchase_is_rejected_with_the_reason_that_was_typed(
    app_for: Open, keys: Keys, buy: Callable[..., int], as_: As
) -> None:
    number = buy()
    async with app_for("ezra", undo_seconds=0).run_test(size=SMALL) as pilot:
        await keys(pilot, "A", "colon", "reject too expensive", "enter")
        assert as_("ezra").ticket(number).status is Status.CLOSED


@pytest.mark.parametrize("key", ["c", "q"])
async def test_keys_are_letters_while_a_line_is_open_also_after_a_click(
    app_for: Open, keys: Keys, submit: Callable[..., int], key: str
) -> None:
    submit("Printer jams")
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "colon")
        await pilot.click(TicketTable)
        await keys(pilot, key, key)
        assert palette(pilot).is_open
        assert palette(pilot).line == key * 2
