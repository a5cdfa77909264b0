"""Files of a reply on the screen: named by path in the box, kept as they were, sent and taken back with the text."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.widgets import Static, TextArea

from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.core.domain.drafts import Place
from deskterm.widgets.choice_list import ChoiceLine
from deskterm.widgets.enclosures import completed

Open = Callable[..., DesktermApp]
Keys = Callable[..., Awaitable[None]]


def question(app: DesktermApp) -> str:
    return str(app.screen.query_one("#question", Static).render())


async def test_a_file_goes_with_the_reply_as_it_was_when_it_was_named(
    app_for: Open,
    keys: Keys,
    submit: Callable[..., int],
    as_: Callable[[str], Desk],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ticket = submit("Printer jams")
    monkeypatch.chdir(tmp_path)
    report = tmp_path / "report of it.pdf"
    report.write_bytes(b"x" * 1_200)
    app = app_for("ife", undo_seconds=60)
    async with app.run_test(size=(80, 24)) as pilot:
        await keys(pilot, "2", "r", "f5", "no such", "enter")
        assert "! there is no file no such" in question(app)
        app.screen.query_one(ChoiceLine).value = "rep"
        await keys(pilot, "tab", "enter")
        assert "Text, 1 file, 1 KB" in question(app)
        report.unlink()
        await keys(pilot, *"ok", "f2", "u")
        assert as_("ife").attachments(ticket) == ()
        await keys(pilot, "r")
        assert "Text, 1 file, 1 KB" in question(app)
        assert app.screen.query_one(TextArea).text == "ok"
        await keys(pilot, "f2")
        app.writings.flush()
        while not as_("ife").attachments(ticket):
            await pilot.pause()
        await keys(pilot)
        assert app.enclosures.get(Place(ticket, "reply")) == ()
    assert as_("remi").attachment(ticket, report.name).data == b"x" * 1_200


async def test_files_are_taken_off_again_and_are_for_comments_alone(
    app_for: Open, keys: Keys, submit: Callable[..., int], tmp_path: Path
) -> None:
    ticket = submit("Printer jams")
    (tmp_path / "a").write_bytes(b"a")
    app = app_for("ife")
    async with app.run_test(size=(80, 24)) as pilot:
        await keys(pilot, "2", "i", "enter", "f5")
        app.screen.query_one(ChoiceLine).value = str(tmp_path / "a")
        await keys(pilot, "enter", "f5")
        assert "F5 takes the last off" in question(app)
        await keys(pilot, "f5", "f2")
        assert "it needs an answer" in question(app)
        assert app.enclosures.get(Place(ticket, "note")) == ()


def test_a_path_is_completed_as_far_as_one_can_be_meant(tmp_path: Path) -> None:
    for name in ("report-1.txt", "report-2.txt", "red\x1b", ".hidden"):
        (tmp_path / name).touch()
    (tmp_path / "folder").mkdir()
    here = f"{tmp_path}{os.sep}"
    assert completed(f"{here}rep") == (f"{here}report-", ("report-1.txt", "report-2.txt"))
    assert completed(f"{here}fo") == (f"{here}folder/", ())
    assert completed(f"{here}.h") == (f"{here}.hidden", ())
    assert completed(f"{here}red") == (f"{here}red", ())
    assert completed("/no/such/folder/x") == ("/no/such/folder/x", ())
    assert completed("~") == ("~/", ())
