"""The screens of a desk that is open read-only: one sentence, before anything is asked."""

from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime

import pytest
from textual.pilot import Pilot

from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.core.domain.words import Via
from deskterm.core.services import setup
from deskterm.core.store.engine import Store
from deskterm.settings import Settings
from deskterm.widgets.prompt import Prompt
from deskterm.widgets.status_line import StatusLine

Keys = Callable[..., Awaitable[None]]
SENTENCE = "nothing can be changed here: deskterm was started read-only"


def said(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(StatusLine).render())


@pytest.mark.parametrize(
    ("login", "path", "changes"),
    [
        ("ife", ("2",), ("c", "C", "r", "d", "n")),
        ("ife", ("2", "enter"), ("c", "i", "x", "n")),
        ("ezra", ("A",), ("a", "x", "i", "n")),
    ],
)
async def test_every_change_is_refused_before_anything_is_asked(
    desk_url: str,
    clock: list[datetime],
    keys: Keys,
    submit: Callable[..., int],
    buy: Callable[..., int],
    login: str,
    path: tuple[str, ...],
    changes: tuple[str, ...],
) -> None:
    submit("Printer jams")
    buy("Toner")
    settings = Settings(database="", theme="textual-dark", mouse=True, page_size=20, preview_columns=110)
    with closing(Store(desk_url, read_only=True)) as store:
        desk = Desk(store, setup.identify(store, login)[0], lambda: clock[-1], Via.TUI)
        async with DesktermApp(desk, replace(settings, read_only=True)).run_test(size=(80, 24)) as pilot:
            await keys(pilot, *path)
            up = pilot.app.screen
            place = desk.place()
            for key in changes:
                await keys(pilot, key)
                assert SENTENCE in said(pilot)
                assert pilot.app.screen is up
                assert not up.query_one(Prompt).is_open
                await keys(pilot, "full_stop")
            assert desk.place() == place
