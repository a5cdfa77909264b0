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
        self.heard: list[str] = []

    def compose(self) -> list[Static]:
        return [Static(id="asker")]

    @on(Answer)
    def answered(self, answer: Answer) -> None:
        answer.deliver()

    def hear(self, value: object) -> None:
        self.heard.append(str(value))

    def failed(self, error: DesktermError) -> None:
        self.heard.append(f"refused: {error}")


def refuse(_: object) -> None:
    raise NotFound("there is no such ticket")


async def test_of_two_reads_only_the_newer_is_delivered_and_both_changes_are() -> None:
    gate = Event()

    def slow(_: object) -> str:
        gate.wait()
        return "slow read"

    app = Asker()
    async with app.run_test() as pilot:
        asker = app.query_one("#asker")
        app.gateway.ask(asker, "page", slow, app.hear, app.failed)
        app.gateway.ask(asker, "page", lambda _: "fast read", app.hear, app.failed)
        app.gateway.tell(asker, lambda _: "first change", app.hear, app.failed)
        app.gateway.tell(asker, lambda _: "second change", app.hear, app.failed)
        gate.set()
        while len(app.heard) < 3:
            await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()

    assert sorted(app.heard) == ["fast read", "first change", "second change"]


async def test_who_is_gone_hears_no_read_and_a_change_goes_through_all_the_same() -> None:
    gate = Event()

    def held(_: object) -> str:
        gate.wait()
        return "the change"

    app = Asker()
    async with app.run_test() as pilot:
        asker = app.query_one("#asker")
        app.gateway.tell(asker, held, app.hear, app.failed)
        app.gateway.ask(asker, "page", lambda _: gate.wait() and "the read", app.hear, app.failed)
        await asker.remove()
        gate.set()
        while not app.heard:
            await pilot.pause()
        await pilot.pause()

    assert app.heard == ["the change"]


async def test_a_refusal_and_a_bug_reach_who_asked_in_one_sentence_and_the_app_stays_up() -> None:
    app = Asker()
    async with app.run_test() as pilot:
        asker = app.query_one("#asker")
        app.gateway.ask(asker, "page", refuse, app.hear, app.failed)
        while not app.heard:
            await pilot.pause()
        app.gateway.tell(asker, lambda _: int("SELECT\nsecret"), app.hear, app.failed)
        while len(app.heard) < 2:
            await pilot.pause()
        assert app.is_running

    assert app.heard[0] == "refused: there is no such ticket"
    assert app.heard[1].startswith("refused: a bug, sorry (ValueError: invalid literal")
    assert "\n" not in app.heard[1]
