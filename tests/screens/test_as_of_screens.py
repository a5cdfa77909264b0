"""The screens on the desk as it stood: they say so all the time, show what was there, and take no changes."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from datetime import datetime

import pytest
from textual.pilot import Pilot

from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.core.domain.words import Action, Via
from deskterm.core.services import as_of, setup
from deskterm.core.services.context import Context
from deskterm.core.store.engine import Store
from deskterm.settings import Settings
from deskterm.widgets.status_line import StatusLine
from deskterm.widgets.ticket_table import TicketTable

Keys = Callable[..., Awaitable[None]]
PILL = "as of 2026-09-28 10:00 WAT, read-only"
SETTINGS = Settings(database="", theme="textual-dark", mouse=True, page_size=20, preview_columns=110)


def said(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(StatusLine).render()).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def past(
    store: Store, as_: Callable[[str], Desk], submit: Callable[..., int], buy: Callable[..., int],
    at: Callable[[str], datetime],
) -> Iterator[Callable[[str], Desk]]:  # fmt: skip
    """Opens the small desk as of ten o'clock, two days later."""
    at("2026-09-28 09:30")
    jam, toner = submit("Printer jams"), buy("Toner")
    at("2026-09-28 11:00")
    as_("ife").act(jam, Action.CLAIM)
    as_("ezra").act(toner, Action.APPROVE)
    submit("Screen flickers")
    now = at("2026-09-30 12:00")
    opened = []

    def open_(login: str) -> Desk:
        actor = setup.identify(store, login)[0]
        then = as_of.opened(Context(store, actor.id, lambda: now, Via.TUI), "2026-09-28T10:00", lambda *_: None)
        opened.append(then)
        return Desk(then, actor, lambda: then.as_of, Via.TUI)

    yield open_
    for one in opened:
        with closing(one):
            pass


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_queue_and_ticket_say_as_of_when(past: Callable[[str], Desk], keys: Keys, size: tuple[int, int]) -> None:
    async with DesktermApp(past("ife"), SETTINGS).run_test(size=size) as pilot:
        await keys(pilot, "2")
        assert said(pilot).startswith(PILL)
        titles = [row.title for row in pilot.app.screen.query_one(TicketTable).rows]
        assert "Screen flickers" not in titles
        assert "Printer jams" in titles
        await keys(pilot, "c")
        assert "nothing can be changed here: this is the desk as of 2026-09-28 10:00 WAT" in said(pilot)
        assert said(pilot).startswith(PILL)
        await keys(pilot, "enter")
        assert said(pilot).startswith(PILL)
        assert "claimed" not in str(pilot.app.screen.query_one("#text").render())


async def test_the_inbox_has_what_waited_then(past: Callable[[str], Desk], keys: Keys) -> None:
    async with DesktermApp(past("ezra"), SETTINGS).run_test(size=(80, 24)) as pilot:
        await keys(pilot, "A")
        assert said(pilot).startswith(PILL)
        assert "Toner" in "\n".join(str(strip.text) for strip in pilot.app.screen._compositor.render_strips())
        await keys(pilot, "a")
        assert "nothing can be changed here" in said(pilot)


async def test_today_says_nothing_of_it(app_for: Callable[..., DesktermApp], keys: Keys) -> None:
    async with app_for("ife").run_test(size=(80, 24)) as pilot:
        await keys(pilot, "2")
        assert "as of" not in said(pilot)
