"""What a managing director sees who opens the approval inbox: one picture, looked at before it is kept."""

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from textual.pilot import Pilot

from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action
from deskterm.core.services.intake import Submission
from deskterm.settings import Settings

SETTINGS = Settings(database="", theme="textual-dark", mouse=True, page_size=100, preview_columns=110)
BOUGHT = (
    ("Toner for the print room", ("12 x Toner HP 26A @ 45000.00", "2 x Drum unit @ 38500.00"), "Acme Office Ltd"),
    ("Laptop for the new engineer", ("1 x Laptop 14 inch, 32 GB @ 1250000.00",), "Adé & Sons"),
    ("Cable for the Abuja site", tuple(f"{n} x Cable CAT6 {n}00 m @ {n}2500.00" for n in range(1, 9)), ""),
    ("Visitors' chairs", ("6 x Chair, stackable @ 18250.50",), "Acme Office Ltd"),
)
WHY = "The print room prints all tender documents; the last cartridge went in on Monday and tenders close on Friday."


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture(autouse=True)
def lagos(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Africa/Lagos")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def desk(as_: Callable[[str], Desk], at: Callable[[str], datetime]) -> Desk:
    """The managing director's desk, with a purchase approved this month and three that wait."""
    for hour, (title, lines, vendor) in enumerate(reversed(BOUGHT), 9):
        at(f"2026-09-28 {hour:02}:10")
        wanted = Wanted(lines=lines, justification=WHY, vendor=vendor, cost_centre="IT-03", quotes=("Q-17", "Q-18"))
        number = as_("remi").submit(Submission(title=title, category="it_procurement", purchase=wanted)).id
        at(f"2026-09-28 {hour:02}:25")
        as_("lara").act(number, Action.APPROVE, text="Needed; the cheapest of three")
        at(f"2026-09-28 {hour:02}:50")
        as_("hana").act(number, Action.APPROVE)
    as_("ezra").act(1, Action.APPROVE)
    return as_("ezra")


def test_the_inbox(snap_compare: Callable[..., bool], desk: Desk) -> None:
    async def press(pilot: Pilot[None]) -> None:
        for key in ("A", "G", "space"):
            await pilot.press(key)
            await pilot.pause()
            while running := [worker for worker in pilot.app.workers if not worker.is_finished]:
                await asyncio.gather(*(worker.wait() for worker in running), return_exceptions=True)
                await pilot.pause()

    assert snap_compare(DesktermApp(desk, SETTINGS), terminal_size=(80, 24), run_before=press)
