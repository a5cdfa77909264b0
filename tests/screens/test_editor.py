"""Writing in one's own editor: what comes back is in the box, what can't be taken changes nothing and is kept."""

import stat
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from pathlib import Path

import pytest
from textual.widgets import Static, TextArea

from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.core.domain.errors import InvalidInput
from deskterm.widgets.editing import edit, editor
from deskterm.widgets.status_line import StatusLine

Keys = Callable[..., Awaitable[None]]
VI = {"EDITOR": "vi -n"}


def writing(content: bytes, code: int = 0) -> Callable[[Sequence[str]], int]:
    """An editor that leaves this in the file."""

    def run(arguments: Sequence[str]) -> int:
        Path(arguments[-1]).write_bytes(content)
        return code

    return run


def test_the_editor_has_the_text_in_a_private_file_that_stays_until_it_was_sent(tmp_path: Path) -> None:
    seen = []

    def run(arguments: Sequence[str]) -> int:
        path = Path(arguments[-1])
        seen.append((arguments[:-1], path.read_text(), stat.S_IMODE(path.stat().st_mode)))
        path.write_text("wörld\r\nand more\n")
        return 0

    folder = tmp_path / "own" / "editing"
    edited = edit("hello", "HD-000042-reply", folder=folder, environ={"VISUAL": "code -w", "EDITOR": "vi"}, run=run)

    assert seen == [(["code", "-w"], "hello", 0o600)]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert edited.text == "wörld\nand more"
    assert edited.path.name.startswith("HD-000042-reply-")
    edited.remove()
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "code", "why", "stays"),
    [
        (b" \n", 0, "came back empty: your text is as it was", 0),
        (b"caf\xe9", 0, "no UTF-8 text at byte 4", 1),
        (b"a\0b", 0, "the character U\\+0000", 1),
        (b"x" * 100_002, 0, "100000 characters, this has 100002", 1),
        (b"x" * 400_001, 0, "100000 characters, this has more", 1),
        (b"half", 1, "the editor ended with 1: your text is as it was", 1),
    ],
)
def test_what_can_not_be_taken_is_said_and_stays_in_its_file(
    tmp_path: Path, content: bytes, code: int, why: str, stays: int
) -> None:
    with pytest.raises(InvalidInput, match=why) as refused:
        edit("hello", "x", folder=tmp_path, environ=VI, run=writing(content, code))
    left = list(tmp_path.iterdir())
    assert [path.read_bytes() for path in left] == [content] * stays
    assert all(str(path) in str(refused.value) for path in left)


def test_an_editor_that_is_not_there_or_not_set_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no editor is set: put one into VISUAL or EDITOR"):
        editor({"VISUAL": " "})
    with pytest.raises(InvalidInput, match="EDITOR can't be read: no closing quotation"):
        editor({"EDITOR": "vi '"})
    with pytest.raises(InvalidInput, match="no-such-editor can't be started: No such file"):
        edit("hello", "x", folder=tmp_path, environ={"EDITOR": "no-such-editor"})
    assert list(tmp_path.iterdir()) == []


def files(folder: Path) -> list[Path]:
    return list(folder.glob("state/**/*.txt"))


async def test_a_reply_is_written_in_the_editor_and_sent_from_the_box(
    app_for: Callable[..., DesktermApp],
    keys: Keys,
    submit: Callable[..., int],
    as_: Callable[[str], Desk],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    ticket = submit("Printer jams")
    script = tmp_path / "editor"
    script.write_text("#!/bin/sh\necho from the editor >> $1\n")
    script.chmod(0o700)
    monkeypatch.setenv("VISUAL", str(script))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(DesktermApp, "suspend", nullcontext)
    async with app_for("ife").run_test(size=(80, 24)) as pilot:
        await keys(pilot, "2", "e")
        box = pilot.app.screen.query_one(TextArea)
        assert box.text == "from the editor"
        await keys(pilot, "!", "f4")
        assert box.text == "from the editor!from the editor"
        await keys(pilot, "ctrl+z")
        assert box.text == "from the editor!"
        assert len(files(tmp_path)) == 1
        monkeypatch.delenv("VISUAL")
        monkeypatch.delenv("EDITOR", raising=False)
        await keys(pilot, "f4")
        assert "no editor is set" in str(pilot.app.screen.query_one("#question").render())
        await keys(pilot, "f2")

    assert [entry.text for entry in as_("ife").ticket(ticket).timeline if entry.comment] == ["from the editor!"]
    assert files(tmp_path) == []


async def test_a_name_after_an_at_sign_is_completed_by_tab_and_who_hears_nothing_is_said(
    app_for: Callable[..., DesktermApp], keys: Keys, submit: Callable[..., int], as_: Callable[[str], Desk]
) -> None:
    submit("Printer jams")
    app = app_for("ife", undo_seconds=0)
    async with app.run_test(size=(80, 24)) as pilot:
        await keys(pilot, "2", "i", "enter", "ask @op")
        while "@ola Ola of Operations" not in str(app.screen.query_one("#question", Static).render()):
            await pilot.pause()
        await keys(pilot, "tab", "tab")
        assert app.screen.query_one(TextArea).text == "ask @ola "
        await keys(pilot, "f2")
        while not (found := str(app.screen.query_one(StatusLine).render())).count("Ola"):
            await pilot.pause()
        assert "no notice for all: Ola of Operations can't read it" in found
