"""`u` takes back what was done last in this session, `ctrl+r` does it again: one ticket, or all of one deed."""

from collections.abc import Awaitable, Callable
from typing import Any

from textual.pilot import Pilot

from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.core.domain.words import Action
from deskterm.widgets.deeds import Deed, Deeds
from deskterm.widgets.status_line import StatusLine

Keys = Callable[..., Awaitable[None]]
Open = Callable[..., DesktermApp]
SMALL = (80, 24)


def said(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(StatusLine).render())


async def test_what_was_done_last_is_taken_back_and_done_again(
    app_for: Open, keys: Keys, submit: Callable[..., int], as_: Callable[[str], Desk]
) -> None:
    number = submit("Router")
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "u")
        assert "you have done nothing here that could be taken back" in said(pilot)
        await keys(pilot, "2", "c", "enter", "b", "u")
        assert f"taken back: begin of HD-{number:06d}" in said(pilot)
        assert as_("ife").ticket(number).status == "assigned"
        await keys(pilot, "ctrl+r")
        assert f"done again: begin of HD-{number:06d}" in said(pilot)
        await keys(pilot, "u", "escape", "u")
        screen: Any = pilot.app.screen
        assert [row.status for row in screen.table.rows] == ["new"]
        as_("lara").act(number, Action.SET_PRIORITY, priority="urgent")
        await keys(pilot, "ctrl+r")
        assert "since then Lara Lead changed its priority" in said(pilot)


async def test_many_are_taken_back_as_one_and_those_that_somebody_touched_are_named(
    app_for: Open, keys: Keys, submit: Callable[..., int], as_: Callable[[str], Desk]
) -> None:
    numbers = [submit(f"Router {n}") for n in range(3)]
    app = app_for("ife")
    door = as_("ife").together()
    versions = {number: door.act(number, Action.CLAIM).version for number in numbers}
    as_("lara").act(numbers[0], Action.SET_PRIORITY, priority="urgent")
    async with app.run_test(size=(120, 36)) as pilot:
        app.deeds.did(Deed("claim", {}, versions))
        await keys(pilot, "u")
        assert "taken back: claim of 2 tickets, 1 not: HD-000001 can't be taken back: since then Lara" in said(pilot)
        await keys(pilot, "ctrl+r")
        assert "done again: claim of 2 tickets" in said(pilot)
    assert [as_("ife").ticket(number).status for number in numbers] == ["assigned"] * 3


def test_whatever_else_is_done_ends_what_can_be_done_again() -> None:
    deeds = Deeds()
    first, second = Deed("claim", {}, {1: 2}), Deed("start", {}, {1: 3})
    deeds.did(first)
    assert deeds.undo() == first
    deeds.undid(first)
    deeds.did(second)
    assert (deeds.redo(), deeds.undo(), deeds.undo()) == (None, second, None)
