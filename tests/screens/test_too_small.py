"""A terminal smaller than 60 columns and 15 lines is told so, and loses nothing."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.core.domain.presence import Present
from deskterm.screens.queue import QueueScreen
from deskterm.screens.ticket import TicketScreen
from deskterm.screens.too_small import TooSmallScreen
from deskterm.widgets.prompt import Prompt

Keys = Callable[..., Awaitable[None]]
Open = Callable[..., DesktermApp]


def shown(pilot: Any) -> str:
    return " ".join(" ".join(strip.text for strip in pilot.app.screen._compositor.render_strips()).split())


@pytest.mark.parametrize(("size", "fits"), [((60, 15), 1), ((59, 15), 0), ((60, 14), 0), ((20, 5), 0)])
async def test_it_begins_with_one_sentence(app_for: Open, keys: Keys, size: tuple[int, int], fits: int) -> None:
    async with app_for("ife").run_test(size=size) as pilot:
        await keys(pilot)
        assert isinstance(pilot.app.screen, QueueScreen if fits else TooSmallScreen)
        if not fits:
            assert shown(pilot).startswith("deskterm needs 60 columns and 15 lines;")
            await pilot.resize_terminal(80, 24)
            await keys(pilot)
            assert isinstance(pilot.app.screen, QueueScreen)


async def test_what_is_being_written_is_kept(
    app_for: Open, keys: Keys, submit: Callable[..., int], as_: Callable[[str], Desk]
) -> None:
    submit("Printer jams")
    async with app_for("ife").run_test(size=(80, 24)) as pilot:
        await keys(pilot, "2", "enter", "r", "on my")
        await pilot.resize_terminal(40, 10)
        await keys(pilot)
        assert isinstance(pilot.app.screen, TooSmallScreen)
        assert "what you wrote is kept" in shown(pilot)
        await pilot.resize_terminal(80, 24)
        await keys(pilot)
        assert isinstance(pilot.app.screen, TicketScreen)
        assert pilot.app.screen.query_one(Prompt).is_open
        await keys(pilot, " way", "f2")
    assert as_("ife").ticket(1).timeline[-1].text == "on my way"


@pytest.mark.parametrize("ask", ["r", "t", "d"])
async def test_in_the_smallest_that_is_enough_the_bottom_line_is_in_sight_while_something_is_asked(
    app_for: Open, keys: Keys, submit: Callable[..., int], ask: str
) -> None:
    submit("Printer jams")
    app = app_for("ife")
    async with app.run_test(size=(60, 15)) as pilot:
        await keys(pilot, "2", "enter")
        app._present(1, (Present("Ini of IT", datetime(2026, 9, 28, 9, tzinfo=UTC), is_replying=True),))
        await keys(pilot, ask)
        lines = [strip.text for strip in pilot.app.screen._compositor.render_strips()]
        assert lines[-1].replace("\N{NO-BREAK SPACE}", " ").startswith(" Ini of IT is replying")
