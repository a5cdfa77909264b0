"""Clocks on the screen: they count down in business time by themselves, and explain themselves on a key."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from textual.pilot import Pilot

from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.core.domain.words import Action, WaitReason
from deskterm.core.store.engine import Store
from deskterm.screens.ticket import TicketScreen
from deskterm.widgets.listing import Listing
from deskterm.widgets.previewing import Preview
from deskterm.widgets.ticket_table import TicketTable

Keys = Callable[..., Awaitable[None]]
Open = Callable[..., DesktermApp]
At = Callable[[str], datetime]
As = Callable[[str], Desk]
SMALL = (80, 24)


def shown(pilot: Pilot[None]) -> list[str]:
    """The lines on the screen."""
    return [strip.text.rstrip() for strip in pilot.app.screen._compositor.render_strips()]


def line_of(pilot: Pilot[None], reference: str) -> str:
    return next(line for line in shown(pilot) if line.startswith(reference))


@pytest.fixture
def repainted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lines of the table that were asked to be drawn anew."""
    lines: list[int] = []
    plain = TicketTable.refresh_line

    def note(table: TicketTable, y: int) -> None:
        lines.append(y)
        plain(table, y)

    monkeypatch.setattr(TicketTable, "refresh_line", note)
    return lines


@pytest.fixture
def statements(store: Store) -> list[str]:
    """What the database is asked."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: object) -> None:
        asked.append(statement)

    for engine in (store._read, store._write):
        sa.event.listen(engine, "before_cursor_execute", note)
    return asked


async def test_what_is_left_counts_down_on_the_lines_that_changed_and_asks_the_database_nothing(
    app_for: Open, keys: Keys, submit: Callable[..., int], at: At, as_: As, repainted: list[int], statements: list[str]
) -> None:
    submit("Urgent one", priority="urgent")
    waiting = submit("Waits", priority="high")
    as_("ife").act(waiting, Action.START)
    as_("ife").act(waiting, Action.WAIT, reason=WaitReason.VENDOR)
    async with app_for("lara").run_test(size=SMALL) as pilot:
        await keys(pilot, "3")
        queue = pilot.app.screen
        assert isinstance(queue, Listing)
        assert " 4h left " in line_of(pilot, "HD-000001")
        repainted.clear()
        statements.clear()

        at("2026-09-28 09:00:00")
        queue.tick()
        assert repainted == []  # nothing at all while the words stay the same

        at("2026-09-28 09:00:30")
        queue.tick()
        await pilot.pause()
        assert " 3h59 left " in line_of(pilot, "HD-000001")
        assert repainted == [1]  # and the one that stands still is not drawn

        at("2026-09-28 12:30")
        queue.tick()
        await pilot.pause()
        assert " ~ 30m left " in line_of(pilot, "HD-000001")

        at("2026-09-28 20:00")  # in the evening business time stands still
        queue.tick()
        await pilot.pause()
        assert " ! late 4h " in line_of(pilot, "HD-000001")
        assert " ‖ paused 2d6h " in line_of(pilot, "HD-000002")
        at("2026-09-29 03:00")
        repainted.clear()
        queue.tick()
        assert repainted == []
        assert statements == []


async def test_the_head_of_a_ticket_counts_down_too(
    app_for: Open, keys: Keys, submit: Callable[..., int], at: At, statements: list[str]
) -> None:
    submit("Urgent one", priority="urgent")
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "enter")
        ticket = pilot.app.screen
        assert isinstance(ticket, TicketScreen)
        statements.clear()
        before = ticket.ticket
        ticket.tick()
        assert ticket.ticket is before
        at("2026-09-28 10:30")
        ticket.tick()
        await pilot.pause()
        assert any("1h30 used of 4bh, 2h30 left" in line for line in shown(pilot))
        assert statements == []


async def test_the_preview_counts_down_beside_the_list(
    app_for: Open, keys: Keys, submit: Callable[..., int], at: At
) -> None:
    submit("Urgent one", priority="urgent")
    async with app_for("ife").run_test(size=(120, 36)) as pilot:
        await keys(pilot, "2")
        at("2026-09-28 10:30")
        queue = pilot.app.screen
        assert isinstance(queue, Listing)
        queue.tick()
        await pilot.pause()
        assert "2h30 left" in str(queue.query_one(Preview).render())


async def test_s_explains_the_clocks_of_the_ticket_and_goes_back(
    app_for: Open, keys: Keys, submit: Callable[..., int], at: At, as_: As
) -> None:
    ticket = submit("Urgent one", priority="urgent", description="It is the printer.")
    as_("ife").act(ticket, Action.START)
    at("2026-09-28 10:00")
    as_("ife").act(ticket, Action.WAIT, reason=WaitReason.VENDOR)
    at("2026-09-28 11:00")
    async with app_for("ife").run_test(size=(80, 36)) as pilot:
        await keys(pilot, "1", "s")
        page = "\n".join(shown(pilot))
        assert "target 4bh = 4:00:00: the clock's target for priority Urgent" in page
        assert "paused for vendor, set by Ife of IT" in page
        assert "1:00:00 used, 3:00:00 left" in page
        assert "It is the printer." not in page
        assert max(map(len, shown(pilot))) <= 80

        await keys(pilot, "W")  # keys act on the ticket while it is explained, and the explanation follows
        at("2026-09-28 11:30")
        await keys(pilot, "full_stop")
        assert "1:30:00 used, 2:30:00 left" in "\n".join(shown(pilot))

        await keys(pilot, "escape")
        assert "It is the printer." in "\n".join(shown(pilot))
        await keys(pilot, "s", "s")
        assert "It is the printer." in "\n".join(shown(pilot))
        await keys(pilot, "escape")
        assert isinstance(pilot.app.screen, Listing)


async def test_a_table_that_is_scrolled_draws_only_what_is_in_sight(
    app_for: Open, keys: Keys, submit: Callable[..., int], at: At, repainted: list[int]
) -> None:
    for number in range(19):
        submit(f"Number {number}", priority="urgent")
    async with app_for("ife").run_test(size=(80, 15)) as pilot:
        await keys(pilot, "2")
        table = pilot.app.screen.query_one(TicketTable)
        at("2026-09-28 10:30")
        repainted.clear()
        queue = pilot.app.screen
        assert isinstance(queue, Listing)
        queue.tick()
        assert repainted == list(range(1, 1 + table.page_height))
        assert table.page_height < 19
