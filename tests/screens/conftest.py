"""The app on a small desk in an SQLite file, driven by keys; every wait is for work that was asked for."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

import pytest
from textual.events import Key
from textual.keys import _character_to_key
from textual.pilot import Pilot

from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action, Via
from deskterm.core.services import setup
from deskterm.core.services.intake import Submission
from deskterm.core.store.engine import Store
from deskterm.settings import Chosen, Settings
from deskterm.widgets.previewing import Previewing

SETTINGS = Settings(database="", theme="textual-dark", mouse=True, page_size=20, preview_columns=110)

NO_KEYS: Mapping[str, Chosen] = MappingProxyType({})


@pytest.fixture
def backend() -> str:
    """Screens know no database: one is enough."""
    return "sqlite"


@pytest.fixture(autouse=True)
def no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The preview comes at once: no test waits for a cursor to rest."""
    monkeypatch.setattr(Previewing, "REST", 0)


@pytest.fixture
def submit(as_: Callable[[str], Desk]) -> Callable[..., int]:
    """Makes a ticket and gives its id."""

    def make(title: str, *, by: str = "remi", category: str = "it_infrastructure", **more: str) -> int:
        return as_(by).submit(Submission(title=title, category=category, **more)).id  # type: ignore[arg-type]

    return make


@pytest.fixture
def buy(as_: Callable[[str], Desk]) -> Callable[..., int]:
    """Makes a purchase and brings it before the managing director, or before who comes after `signed`."""

    def make(title: str = "Toner", *, signed: tuple[str, ...] = ("lara", "hana"), by: str = "remi", **more: Any) -> int:
        wanted = Wanted(**{"lines": ("2 x Toner @ 45000.00",), "justification": "We print tenders", **more})
        number = as_(by).submit(Submission(title=title, category="it_procurement", purchase=wanted)).id
        for login in signed:
            as_(login).act(number, Action.APPROVE)
        return number

    return make


@pytest.fixture
def app_for(store: Store, clock: list[datetime]) -> Callable[..., DesktermApp]:
    """Gives the app as somebody opens it."""

    def make(login: str, *, undo_seconds: int = 0, keys: Mapping[str, Chosen] = NO_KEYS, **more: Any) -> DesktermApp:
        desk = Desk(store, setup.identify(store, login)[0], lambda: clock[-1], Via.TUI)
        return DesktermApp(desk, replace(SETTINGS, undo_seconds=undo_seconds, keys=keys), **more)

    return make


@pytest.fixture
def keys() -> Callable[..., Awaitable[None]]:
    """Presses keys one after the other, each when all that the one before asked for has been answered.

    A name with a space in it is a text, typed at one go as by who types fast.
    """

    async def settle(pilot: Pilot[None]) -> None:
        await pilot.pause()
        while running := [worker for worker in pilot.app.workers if not worker.is_finished]:
            await asyncio.gather(*(worker.wait() for worker in running), return_exceptions=True)
            await pilot.pause()

    async def press(pilot: Pilot[None], *names: str) -> None:
        await settle(pilot)
        for name in names:
            if len(name) > 1 and " " in name:
                for letter in name:
                    pilot.app.post_message(Key(_character_to_key(letter), letter))
            else:
                await pilot.press(name)
            await settle(pilot)

    return press
