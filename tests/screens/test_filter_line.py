"""The filter line: it answers while it is typed, completes, points at what is wrong, and Esc goes back."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.core.domain.filter_terms import Filter
from deskterm.core.domain.filters import parse_filter
from deskterm.core.views import Page, QueueRow, View
from deskterm.widgets.filter_line import FilterHint, FilterLine
from deskterm.widgets.listing import Listing
from deskterm.widgets.status_line import StatusLine
from deskterm.widgets.ticket_table import TicketTable

Keys = Callable[..., Awaitable[None]]
Open = Callable[..., DesktermApp]
SMALL = (80, 24)


def titles(pilot: Pilot[None]) -> list[str]:
    return [row.title for row in pilot.app.screen.query_one(TicketTable).rows]


def line(pilot: Pilot[None]) -> FilterLine:
    return pilot.app.screen.query_one(FilterLine)


def hint(pilot: Pilot[None]) -> str:
    """What stands below the line, "" while nothing does."""
    found = pilot.app.screen.query_one(FilterHint)
    return str(found.render()) if found.display else ""


def said(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(StatusLine).render())


def marked(pilot: Pilot[None]) -> str:
    """The part of the line that is underlined."""
    text = line(pilot)._value
    return "".join(text.plain[span.start : span.end] for span in text.spans if "underline" in str(span.style))


@pytest.fixture
def three(submit: Callable[..., int]) -> list[int]:
    return [submit("Low one", priority="low"), submit("Urgent one", priority="urgent"), submit("Plain one")]


@pytest.mark.usefixtures("three")
async def test_what_is_typed_is_answered_and_enter_keeps_it(app_for: Open, keys: Keys) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "slash", "prio:urgent ")
        assert titles(pilot) == ["Urgent one"]
        await keys(pilot, "backspace", *["backspace"] * 6, "low ")
        assert titles(pilot) == ["Low one"]
        await keys(pilot, "enter")
        assert titles(pilot) == ["Low one"]
        assert line(pilot).display
        assert not hint(pilot)
        assert "2 unassigned 1" in str(pilot.app.screen.query_one("#tabs").render())


@pytest.mark.usefixtures("three")
async def test_esc_brings_back_the_filter_that_was_there_and_again_takes_it_away(app_for: Open, keys: Keys) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "slash", "-prio:low ", "enter", "slash", "end", "plain ")
        assert titles(pilot) == ["Plain one"]
        await keys(pilot, "escape")
        assert titles(pilot) == ["Urgent one", "Plain one"]
        assert (line(pilot).value, hint(pilot)) == ("-prio:low ", "")
        await keys(pilot, "escape")
        assert len(titles(pilot)) == 3
        assert not line(pilot).display
        await keys(pilot, "slash", "urgent ", "escape")
        assert len(titles(pilot)) == 3
        assert not line(pilot).display


@pytest.mark.usefixtures("three")
async def test_a_word_that_is_not_finished_is_no_error_and_tab_finishes_it(app_for: Open, keys: Keys) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "slash")
        assert hint(pilot).startswith("tab status:  prio:")
        await keys(pilot, *"is:una")
        assert hint(pilot) == "tab unassigned"
        assert (marked(pilot), len(titles(pilot))) == ("", 3)
        await keys(pilot, "tab", "space", *"prio")
        assert len(titles(pilot)) == 3  # looked for nowhere: it becomes a key
        await keys(pilot, *":ur", "tab")
        assert line(pilot).value == "is:unassigned prio:urgent"
        assert titles(pilot) == ["Urgent one"]
        await keys(pilot, "space", *"@la")
        assert hint(pilot) == "tab lara"
        await keys(pilot, "tab", "tab")
        assert line(pilot).has_focus
        assert titles(pilot) == []


@pytest.mark.usefixtures("three")
async def test_what_is_wrong_is_underlined_and_said_below_and_the_rows_stay(app_for: Open, keys: Keys) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "slash", "urgent ", "updated:<7d x ")
        assert marked(pilot) == "updated:<7d"
        assert hint(pilot) == "! updated:<7d: updated looks back, did you mean -7d?"
        assert titles(pilot) == ["Urgent one"]
        await keys(pilot, "enter")
        assert "did you mean -7d?" in said(pilot)
        assert line(pilot).has_focus
        await keys(pilot, "escape")
        assert len(titles(pilot)) == 3


@pytest.mark.usefixtures("three")
async def test_what_only_the_desk_can_know_is_wrong_is_marked_too(app_for: Open, keys: Keys) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "slash", "urgent ", "dept:nowhere ")
        assert marked(pilot) == "dept:nowhere"
        assert hint(pilot).startswith("! there is no dept:nowhere: expected one of it, operations")
        assert titles(pilot) == ["Urgent one"]
        screen: Any = pilot.app.screen
        assert screen.wanted == parse_filter("urgent")
        await keys(pilot, *["backspace"] * 6)
        assert hint(pilot).startswith("! there is no dept:no")
        await keys(pilot, "backspace", "backspace", *"oper")
        assert hint(pilot) == "tab operations"
        assert not marked(pilot)
        await keys(pilot, "tab", "enter")
        assert titles(pilot) == []


@pytest.mark.usefixtures("three")
async def test_the_answer_to_what_was_typed_before_comes_too_late(
    app_for: Open, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Filter] = []
    page = Desk.page

    def recorded(self: Desk, view: View, wanted: Filter | None = None, **more: Any) -> Page[QueueRow]:
        asked.append(wanted or Filter())
        return page(self, view, wanted, **more)

    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2")
        monkeypatch.setattr(Desk, "page", recorded)
        await keys(pilot, "slash", "urgent one ")
        assert titles(pilot) == ["Urgent one"]
        assert parse_filter("urgent one") in asked
        screen = pilot.app.screen
        assert isinstance(screen, Listing)
        assert screen.wanted == parse_filter("urgent one")


async def test_a_requester_completes_the_names_of_staff_only(
    app_for: Open, keys: Keys, submit: Callable[..., int]
) -> None:
    submit("Mine")
    async with app_for("remi").run_test(size=SMALL) as pilot:
        await keys(pilot, "slash", *"from:so")
        assert not hint(pilot)
        await keys(pilot, *["backspace"] * 7, *"@Ife")
        assert hint(pilot) == "tab Ife of IT"
        await keys(pilot, "tab")
        assert line(pilot).value == '@"Ife of IT"'
