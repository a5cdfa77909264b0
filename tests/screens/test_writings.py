"""What is written leaves some seconds later: until then it is a draft, and nothing that is done loses it."""

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.core.domain.words import Action
from deskterm.widgets.prompt import Prompt
from deskterm.widgets.status_line import StatusLine

Keys = Callable[..., Awaitable[None]]
Open = Callable[..., DesktermApp]
As = Callable[[str], Desk]
SMALL = (80, 24)
HOLD = 3600
REPLY = ("2", "r", "On my way", "f2")


@pytest.fixture
def number(submit: Callable[..., int]) -> int:
    return submit("Router")


def said(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(StatusLine).render())


def kinds(as_: As, number: int) -> list[str]:
    return [entry.kind.value for entry in as_("ife").ticket(number).timeline]


async def test_a_reply_is_held_and_taken_back_into_its_draft(app_for: Open, keys: Keys, number: int, as_: As) -> None:
    async with app_for("ife", undo_seconds=HOLD).run_test(size=SMALL) as pilot:
        await keys(pilot, *REPLY)
        assert f"reply to HD-{number:06d} in {HOLD} s: u takes it back" in said(pilot)
        await keys(pilot, "u")
        assert f"taken back: reply to HD-{number:06d}, a draft again: r goes on with it" in said(pilot)
        assert "in " not in said(pilot).partition("with it")[2]
        await keys(pilot, "r")
        assert pilot.app.screen.query_one(Prompt).written() == {"text": "On my way"}
    assert kinds(as_, number) == ["submitted"]


async def test_what_is_done_to_the_ticket_next_comes_after_what_was_written(
    app_for: Open, keys: Keys, number: int, as_: As
) -> None:
    async with app_for("ife", undo_seconds=HOLD).run_test(size=SMALL) as pilot:
        await keys(pilot, *REPLY, "c", "i", "enter", "Seen it", "f2", "b")
        assert "begin: HD-000001 is in progress" in said(pilot)
    assert kinds(as_, number) == ["submitted", "replied", "claimed", "noted", "started"]


async def test_quitting_sends_what_was_written_and_leaves_no_draft(
    app_for: Open, keys: Keys, number: int, as_: As
) -> None:
    async with app_for("ife", undo_seconds=HOLD).run_test(size=SMALL) as pilot:
        await keys(pilot, *REPLY, "q")
        assert not pilot.app.is_running
    assert kinds(as_, number) == ["submitted", "replied"]
    assert as_("ife").drafts() == []


async def test_a_reply_that_is_refused_on_quitting_keeps_the_app_open_and_its_draft(
    app_for: Open, keys: Keys, number: int, as_: As
) -> None:
    async with app_for("ife", undo_seconds=HOLD).run_test(size=SMALL) as pilot:
        await keys(pilot, *REPLY)
        as_("remi").act(number, Action.CANCEL, text="found it")
        await keys(pilot, "q")
        assert pilot.app.is_running
        assert "can't be replied to" in said(pilot)
    assert [draft.values for draft in as_("ife").drafts()] == [{"text": "On my way"}]


async def test_ended_from_outside_nothing_leaves_and_it_is_a_draft(
    app_for: Open, keys: Keys, number: int, as_: As
) -> None:
    async with app_for("ife", undo_seconds=HOLD).run_test(size=SMALL) as pilot:
        await keys(pilot, *REPLY)
        pilot.app._end(129)  # type: ignore[attr-defined] # what a hang-up calls
        await keys(pilot)
    assert kinds(as_, number) == ["submitted"]
    assert [draft.values for draft in as_("ife").drafts()] == [{"text": "On my way"}]


async def test_going_on_with_a_held_reply_takes_it_back(app_for: Open, keys: Keys, number: int, as_: As) -> None:
    async with app_for("ife", undo_seconds=HOLD).run_test(size=SMALL) as pilot:
        await keys(pilot, *REPLY, "r")
        assert pilot.app.screen.query_one(Prompt).written() == {"text": "On my way"}
        await keys(pilot, " now", "f2", "q")
    assert as_("ife").ticket(number).timeline[-1].text == "On my way now"
