"""What the main screens look like: few pictures, of one Textual version, looked at before they are kept."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Final

import pytest
from textual.pilot import Pilot

from deskterm import bootstrap
from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.core.domain.words import Via
from deskterm.core.services import setup
from deskterm.core.services.demo import PERSONAS
from deskterm.core.store.engine import Store
from deskterm.settings import Settings
from deskterm.widgets.previewing import Previewing

NOW: Final = datetime(2026, 11, 23, 9, 40, tzinfo=UTC)
SETTINGS: Final = Settings(database="", theme="textual-dark", mouse=True, page_size=100, preview_columns=110)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    url, _ = bootstrap.make_demo(tmp_path_factory.mktemp("demo"), NOW)
    with closing(Store(url)) as store:
        yield store


@pytest.fixture(autouse=True)
def lagos(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Africa/Lagos")
        patch.setattr(Previewing, "REST", 0)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("login", "size", "keys"),
    [
        pytest.param("ada", (80, 24), ("2",), id="queue-80x24"),
        pytest.param("ada", (120, 36), ("j",), id="queue-120x36"),
        pytest.param("ada", (80, 24), ("j", "j", "enter"), id="ticket-80x24"),
        pytest.param("ada", (80, 36), ("j", "s"), id="explained-80x36"),
        pytest.param("ngozi", (80, 24), ("percent_sign", "j", "j"), id="kpi-80x24"),
        pytest.param("bisi", (80, 24), (), id="my-tickets-80x24"),
    ],
)
def test_screen(
    snap_compare: Callable[..., bool], demo: Store, login: str, size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    desk = Desk(demo, setup.identify(demo, login)[0], lambda: NOW, Via.TUI)

    async def press(pilot: Pilot[None]) -> None:
        for key in ("", *keys):
            if key:
                await pilot.press(key)
            await pilot.pause()
            while running := [worker for worker in pilot.app.workers if not worker.is_finished]:
                await asyncio.gather(*(worker.wait() for worker in running), return_exceptions=True)
                await pilot.pause()

    app = DesktermApp(desk, SETTINGS, personas=PERSONAS)
    assert snap_compare(app, terminal_size=size, run_before=press)
