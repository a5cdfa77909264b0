"""What a list shows is written into a file from the screen: its view and filter, and a sentence for what can't be."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from deskterm.app import DesktermApp
from deskterm.core.domain.export_columns import Dataset
from deskterm.core.services.exporting import Batch, Export
from deskterm.widgets.exporting import Exporting
from deskterm.widgets.status_line import StatusLine

Keys = Callable[..., Awaitable[None]]
Open = Callable[..., DesktermApp]


def said(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(StatusLine).render())


@pytest.fixture
def tickets(submit: Callable[..., int]) -> None:
    for priority in ("low", "urgent", "high"):
        submit(f"{priority} printer", priority=priority)


async def test_what_is_shown_is_written(app_for: Open, keys: Keys, tickets: None, tmp_path: Path) -> None:
    path = tmp_path / "what is shown.csv"
    async with app_for("lara").run_test(size=(120, 36)) as pilot:
        await keys(pilot, "3", "slash", "prio:<=2 printer", "enter", "O")
        await keys(pilot, str(path), "enter")
        assert f"2 tickets are in {path}" in said(pilot)
        assert [line[:9] for line in path.read_text().splitlines()[1:]] == ["HD-000002", "HD-000003"]

        await keys(pilot, "O", str(path), "enter")
        assert "is there already" in said(pilot)
        await keys(pilot, "O", "escape", "j")
        assert isinstance(pilot.app.screen, Exporting)


async def test_a_name_that_says_no_format_is_refused(app_for: Open, keys: Keys, tickets: None, tmp_path: Path) -> None:
    async with app_for("lara").run_test(size=(120, 36)) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, Exporting)
        screen.do_export(str(tmp_path / "shown.doc"))
        await keys(pilot, "j")
        assert "end its name in .csv, .xlsx" in said(pilot)
        assert left(tmp_path) == []


async def test_the_home_of_nobody_is_refused(app_for: Open, keys: Keys, tickets: None) -> None:
    async with app_for("lara").run_test(size=(120, 36)) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, Exporting)
        screen.do_export("~nobody-here/x.csv")
        await keys(pilot, "j")
        assert "~nobody-here/x.csv: nobody here has that home folder" in said(pilot)


def left(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if "shown" in path.name]


async def test_it_can_be_stopped_and_leaves_nothing(
    app_for: Open, keys: Keys, tickets: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "shown.jsonl"
    async with app_for("lara").run_test(size=(120, 36)) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, Exporting)
        desk = screen.gateway.desk

        def slow(_wanted: Any) -> Export:
            """Gives an export during which the key is pressed again."""

            def batches() -> Any:
                screen.app.call_from_thread(screen.do_export)
                yield Batch((), 1)

            return Export(Dataset.TICKETS, (), 2, batches())

        monkeypatch.setattr(desk, "export", slow)
        screen.do_export(str(path))
        await keys(pilot, "j")
        assert "the export was stopped" in said(pilot)

    assert left(tmp_path) == []
