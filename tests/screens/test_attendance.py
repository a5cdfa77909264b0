"""Which ticket is open here is told to the desk by a thread, and who else has it open stands on the bottom line."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from textual.pilot import Pilot

from deskterm.app import DesktermApp
from deskterm.attendance import Attendance
from deskterm.core.domain.errors import NotFound
from deskterm.core.domain.presence import BETWEEN_BEATS, Present
from deskterm.gateway import Answer
from deskterm.widgets.status_line import StatusLine

Keys = Callable[..., Awaitable[None]]
INI = Present("Ini of IT", datetime(2026, 9, 28, 9, tzinfo=UTC), is_replying=False)


class Known:
    """A desk that keeps what it is told, the gateway to it, and the app that hears of it."""

    def __init__(self, *others: tuple[Present, ...] | Exception) -> None:
        self.others_there = list(others)
        self.told: list[str] = []
        self.heard: list[tuple[int | None, tuple[Present, ...]]] = []

    @property
    def desk(self) -> "Known":
        return self

    def attend(self, ticket_id: int, *, is_replying: bool) -> tuple[Present, ...]:
        self.told.append(f"{'reply' if is_replying else 'open'} {ticket_id}")
        return self._answer()

    def others(self, ticket_id: int) -> tuple[Present, ...]:
        self.told.append(f"look {ticket_id}")
        return self._answer()

    def leave(self, ticket_id: int) -> None:
        self.told.append(f"leave {ticket_id}")

    def _answer(self) -> tuple[Present, ...]:
        found = self.others_there.pop(0) if self.others_there else ()
        if isinstance(found, Exception):
            raise found
        return found

    def post_message(self, message: Answer) -> None:
        message.deliver()


def attendance(known: Any, *moments: float) -> Attendance:
    """One whose clock shows these moments, and that is told to end at the last."""
    left = [*moments]

    def now() -> float:
        if len(left) == 1:
            made.end()
        return left.pop(0) if left else moments[-1]

    made = Attendance(known, lambda *heard: known.heard.append(heard), known.heard.append, now=now)
    return made


def test_the_desk_is_told_again_and_again_until_the_end() -> None:
    known: Any = Known()
    thread = attendance(known, 0, BETWEEN_BEATS, BETWEEN_BEATS, 2 * BETWEEN_BEATS, 2 * BETWEEN_BEATS)
    thread.opened(known, 7, is_replying=False)
    thread.run()
    assert known.told == ["open 7", "open 7", "open 7", "leave 7"]


def test_only_what_is_new_is_told_on_and_a_refusal_is_nobody() -> None:
    known: Any = Known((), (INI,), (INI,), NotFound("gone"))
    thread = attendance(known, 0.0)
    thread.opened(known, 7, is_replying=False)
    thread.look()
    thread.opened(known, 7, is_replying=True)
    thread.opened(known, 7, is_replying=False)
    thread.opened(known, 8, is_replying=False)
    thread.closed()
    thread.end()
    thread.run()
    assert known.told == ["open 7", "reply 7", "open 7", "leave 7", "open 8", "leave 8"]
    assert known.heard == [(7, ()), (7, (INI,)), (8, ()), (None, ())]


def test_a_look_asks_and_says_nothing() -> None:
    known: Any = Known((), (INI,))
    thread = attendance(known, 0, 0, 0)
    thread.opened(known, 7, is_replying=False)
    attend = known.attend

    def attend_while_somebody_comes(ticket_id: int, *, is_replying: bool) -> tuple[Present, ...]:
        thread.look()
        found: tuple[Present, ...] = attend(ticket_id, is_replying=is_replying)
        return found

    known.attend = attend_while_somebody_comes
    thread.run()
    assert known.told == ["open 7", "look 7", "leave 7"]
    assert known.heard == [(7, ()), (7, (INI,)), (None, ())]


def said(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(StatusLine).render()).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def printer(submit: Callable[..., int]) -> int:
    return submit("Printer jams")


async def test_the_ticket_that_is_open_and_what_is_replied_to_are_told(
    app_for: Callable[..., DesktermApp], keys: Keys, printer: int
) -> None:
    app = app_for("ife")
    told: list[str] = []
    attended: Any = app._attendance
    attended.opened = lambda *_, is_replying: told.append("reply" if is_replying else "open")
    attended.closed = lambda: told.append("closed")
    async with app.run_test(size=(80, 24)) as pilot:
        await keys(pilot, "2", "r", "escape")
        assert told == ["reply", "closed"]
        await keys(pilot, "enter", "r", "escape", "question_mark", "escape", "escape")
        assert told[2:] == ["open", "reply", "open", "closed", "open", "closed"]


async def test_who_else_is_there_stands_before_the_keys_while_the_ticket_is_open(
    app_for: Callable[..., DesktermApp], keys: Keys, printer: int
) -> None:
    app = app_for("ife")
    async with app.run_test(size=(80, 24)) as pilot:
        await keys(pilot, "2", "enter")
        app._present(printer, (INI,))
        assert said(pilot).startswith("Ini of IT has it open  Esc back")
        assert len(said(pilot)) <= 80
        app._present(99, ())  # late, of another ticket
        assert said(pilot).startswith("Ini of IT has it open")
        app._present(printer, (INI._replace(name="N" * 200, is_replying=True),))
        assert len(said(pilot)) <= 80
        app._present(printer, ())
        assert said(pilot).startswith(" Esc back")
