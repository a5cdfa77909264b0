"""The door: late answers are dropped, changes never, and the UI thread waits for nothing."""

from threading import Event

from textual import on
from textual.app import App
from textual.widgets import Static

from deskterm.core.domain.errors import DesktermError, NotFound
from deskterm.gateway import Answer, Gateway


class Asker(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.gateway = Gateway("the desk")  # type: ignore[arg-type]
        self.heard: list[object] = []
        self.all_heard = Event()

    def compose(self) -> list[Static]:
        return [Listener()]


class Listener(Static):
    app: Asker

    @on(Answer)
    def answered(self, answer: Answer[object]) -> None:
        answer.deliver(self.failed)

    def failed(self, error: DesktermError) -> None:
        self.app.heard.append(str(error))


def refuse(_: object) -> None:
    raise NotFound("there is no such ticket")


async def test_of_two_reads_only_the_newer_is_delivered_and_both_changes_are() -> None:
    gate = Event()

    def slow(_: object) -> str:
        gate.wait()
        return "slow read"

    app = Asker()
    async with app.run_test() as pilot:
        asker = app.query_one(Listener)
        app.gateway.ask(asker, "page", slow, app.heard.append)
        app.gateway.ask(asker, "page", lambda _: "fast read", app.heard.append)
        app.gateway.tell(asker, lambda _: "first change", app.heard.append)
        app.gateway.tell(asker, lambda _: "second change", app.heard.append)
        gate.set()
        while len(app.heard) < 3:
            await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()

    assert sorted(map(str, app.heard)) == ["fast read", "first change", "second change"]


async def test_a_bug_is_told_and_the_app_stays_up() -> None:
    app = Asker()
    async with app.run_test() as pilot:
        app.gateway.tell(app.query_one(Listener), lambda _: 1 // 0, app.heard.append)
        while not app.heard:
            await pilot.pause()
        assert app.is_running

    assert app.heard == ["a bug, sorry (ZeroDivisionError: integer division or modulo by zero); what you typed is kept"]


async def test_a_refusal_reaches_who_asked_as_its_sentence() -> None:
    app = Asker()
    async with app.run_test() as pilot:
        app.gateway.ask(app.query_one(Listener), "page", refuse, app.heard.append)
        while not app.heard:
            await pilot.pause()

    assert app.heard == ["there is no such ticket"]
