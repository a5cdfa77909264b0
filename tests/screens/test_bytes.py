"""What the queue sends over the line, in exact bytes: a key, a page, a changed row, nothing while it is idle."""

from collections.abc import Awaitable, Callable

import pytest
from rich.color import ColorSystem
from textual.drivers.headless_driver import HeadlessDriver

from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.core.domain.words import Action
from deskterm.gateway import Lookout, Written
from deskterm.widgets.listing import Listing
from deskterm.widgets.previewing import Previewing

Keys = Callable[..., Awaitable[None]]
WIDE = (120, 36)
KEY, PAGE, ROW, SHOWN_ROW = 600, 9_000, 600, 3_000


class Terminal(HeadlessDriver):
    """A terminal that counts what it is sent."""

    sent = 0

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        Terminal.sent += len(data.encode())


@pytest.fixture
def opened(app_for: Callable[..., DesktermApp], monkeypatch: pytest.MonkeyPatch) -> Callable[[str], DesktermApp]:
    """Gives the app as it draws on a terminal with all colours; the preview, which waits for a rest, never comes."""
    monkeypatch.setattr(Lookout, "start", lambda _: None)
    monkeypatch.setattr(Previewing, "REST", 3600)

    def make(login: str) -> DesktermApp:
        app = app_for(login)
        app.driver_class = Terminal
        app.console._color_system = ColorSystem.TRUECOLOR
        return app

    return make


async def test_what_the_keys_that_move_and_a_changed_row_cost(
    opened: Callable[[str], DesktermApp],
    keys: Keys,
    submit: Callable[..., int],
    as_: Callable[[str], Desk],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(90):
        submit(
            f"The printer on floor {number} jams again and again, and nobody knows why or since when, help", by="remi"
        )
    async with opened("ife").run_test(headless=False, size=WIDE) as pilot:
        await keys(pilot, "2", "ctrl+d", "g")

        async def cost(*names: str) -> int:
            before = Terminal.sent
            await keys(pilot, *names)
            return Terminal.sent - before

        costs = {name: await cost(name) for name in ("j", "ctrl+d", "k", "G", "ctrl+u", "g")}
        assert 0 < costs["j"] <= KEY
        assert 0 < costs["k"] <= KEY
        assert max(costs.values()) <= PAGE

        as_("ini").act(2, Action.CLAIM)
        pilot.app.post_message(Written())
        assert 0 < await cost() <= ROW
        assert isinstance(pilot.app.screen, Listing)
        pilot.app.screen.tick()
        assert await cost() == 0

        monkeypatch.setattr(Previewing, "REST", 0)
        assert 0 < await cost("j", "j") <= 2 * PAGE  # two lines each, and the whole preview
        row = pilot.app.screen.table.row
        assert row is not None
        as_("ini").act(row.id, Action.CLAIM)
        pilot.app.post_message(Written())
        assert 0 < await cost() <= SHOWN_ROW
