"""What others do appears by itself: lines change in place, new tickets are counted, what is being written stays."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.containers import VerticalScroll
from textual.pilot import Pilot
from textual.widgets import Static

from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.core.domain.words import Action
from deskterm.core.store.engine import Store
from deskterm.core.views import Noticed
from deskterm.gateway import Answer, Lookout, Written
from deskterm.screens.ticket import TicketScreen
from deskterm.widgets.prompt import Prompt
from deskterm.widgets.status_line import StatusLine
from deskterm.widgets.ticket_table import TicketTable

Keys = Callable[..., Awaitable[None]]
Open = Callable[..., DesktermApp]
As = Callable[[str], Desk]
SMALL = (80, 24)
CLAIMS = """
import sys
from datetime import UTC, datetime
from deskterm.core.desk import Desk
from deskterm.core.domain.words import Action, Via
from deskterm.core.services import setup
from deskterm.core.store.engine import Store

store = Store(sys.argv[1])
desk = Desk(store, setup.identify(store, "ini")[0], lambda: datetime(2026, 9, 28, 9, tzinfo=UTC), Via.CLI)
print(desk.act(1, Action.CLAIM).id)
"""


def said(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(StatusLine).render()).replace("\N{NO-BREAK SPACE}", " ")


def tabs(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#tabs", Static).render())


def table(pilot: Pilot[None]) -> TicketTable:
    return pilot.app.screen.query_one(TicketTable)


@pytest.fixture
def three(submit: Callable[..., int]) -> list[int]:
    return [submit("One"), submit("Two"), submit("Three")]


@pytest.fixture
def written(keys: Keys) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Does what the thread does that looks out, and waits until it was taken in."""

    async def tell(pilot: Pilot[None]) -> None:
        pilot.app.post_message(Written())
        await keys(pilot)

    return tell


async def test_a_line_changes_where_it_stands_and_the_counts_follow(
    app_for: Open, keys: Keys, written: Any, three: list[int], as_: As
) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "j")
        as_("ini").act(1, Action.CLAIM)
        as_("ini").act(3, Action.SET_PRIORITY, priority="urgent")
        await written(pilot)

        rows = table(pilot).rows
        assert [(row.id, row.status, row.priority) for row in rows] == [
            (1, "assigned", 3),
            (2, "new", 3),
            (3, "new", 1),
        ]
        assert table(pilot).row == rows[1]
        assert "2 unassigned 2" in tabs(pilot)
        assert "new, press" not in said(pilot)


async def test_what_is_new_is_counted_until_it_is_asked_for(
    app_for: Open, keys: Keys, written: Any, three: list[int], submit: Callable[..., int]
) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "j")
        urgent = submit("Urgent", priority="urgent")
        await written(pilot)
        submit("Low", priority="low")
        submit("Of operations", category="operations_repairs")
        await written(pilot)

        assert [row.id for row in table(pilot).rows] == three
        assert said(pilot).startswith("2 new, press .")
        assert len(said(pilot)) <= SMALL[0]
        await keys(pilot, "full_stop")
        assert [row.id for row in table(pilot).rows] == [urgent, *three, 5]
        assert table(pilot).row is not None
        assert table(pilot).row.title == "Two"  # type: ignore[union-attr]
        assert "new, press" not in said(pilot)


async def test_the_count_stands_beside_what_was_said_and_goes_with_another_view(
    app_for: Open, keys: Keys, written: Any, three: list[int], submit: Callable[..., int]
) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "c")
        submit("Four")
        await written(pilot)
        assert said(pilot) == "1 new, press . ✓ claim: HD-000001 is assigned"
        await keys(pilot, "1")
        assert "new, press" not in said(pilot)


async def test_ones_own_changes_are_no_news_also_from_another_terminal(
    app_for: Open, keys: Keys, written: Any, three: list[int], as_: As, submit: Callable[..., int]
) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2")
        submit("By myself", by="ife")
        as_("ife").act(2, Action.CLAIM)
        await written(pilot)

        assert [row.status for row in table(pilot).rows] == ["new", "assigned", "new"]
        assert "new, press" not in said(pilot)


async def test_the_line_under_the_cursor_stays_when_its_ticket_moves_away(
    app_for: Open, keys: Keys, written: Any, three: list[int], as_: As
) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "j")
        for number in (1, 2):
            as_("ini").act(number, Action.MOVE, category="operations_repairs")
        await written(pilot)
        assert [row.id for row in table(pilot).rows] == [2, 3]
        assert table(pilot).cursor == 0
        await keys(pilot, "c")
        assert "there is no HD-000002 among the tickets you may see" in said(pilot)
        assert [row.id for row in table(pilot).rows] == [3]


async def test_what_others_do_elsewhere_draws_nothing(
    app_for: Open, keys: Keys, written: Any, three: list[int], submit: Callable[..., int], monkeypatch: Any
) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2")
        drawn: list[str] = []
        for kind in (TicketTable, Static):
            for name in ("refresh", "refresh_line", "update"):
                if hasattr(kind, name):
                    monkeypatch.setattr(kind, name, lambda *_args, name=name, **_more: drawn.append(name))
        submit("Of operations", category="operations_repairs")
        await written(pilot)
        assert drawn == []


async def test_a_changed_line_is_all_that_is_drawn(
    app_for: Open, keys: Keys, written: Any, three: list[int], as_: As, monkeypatch: Any
) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "9")
        drawn: list[object] = []
        monkeypatch.setattr(TicketTable, "refresh_line", lambda _, number: drawn.append(number))
        monkeypatch.setattr(TicketTable, "refresh", lambda *_args, **_more: drawn.append("all"))
        as_("lara").act(2, Action.ASSIGN, person="ini")
        await written(pilot)
        assert drawn == [2]


async def test_an_answer_about_a_list_that_was_read_anew_is_dropped(
    app_for: Open, keys: Keys, three: list[int], submit: Callable[..., int]
) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2")
        late: list[Any] = []
        listing: Any = pilot.app.screen
        listing.gateway.ask = lambda *given: late.append(given)
        listing.follow()
        del listing.gateway.ask
        _, _, call, took, _ = late[0]
        submit("Four")
        answer = call(listing.gateway.desk)
        assert answer.fresh == {4}
        await keys(pilot, "full_stop")
        took(answer)
        assert "new, press" not in said(pilot)


async def test_a_hidden_list_asks_nothing_and_catches_up(
    app_for: Open, keys: Keys, written: Any, three: list[int], submit: Callable[..., int]
) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "enter")
        submit("Four")
        await written(pilot)
        await keys(pilot, "escape")
        assert said(pilot).startswith("1 new, press .")


async def test_the_ticket_that_is_open_grows_and_what_is_typed_stays(
    app_for: Open, keys: Keys, written: Any, three: list[int], as_: As
) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "enter", "r", "on my way")
        as_("ini").act(1, Action.CLAIM)
        as_("ini").act(1, Action.REPLY, text="We are looking")
        await written(pilot)

        screen = pilot.app.screen
        assert isinstance(screen, TicketScreen)
        assert "We are looking" in str(screen.query_one("#text", Static).render())
        assert said(pilot) == "✓ Ini of IT claimed it, Ini of IT replied"
        assert screen.query_one(Prompt).is_open
        await keys(pilot, "f2")
    replies = [entry.text for entry in as_("ife").ticket(1).timeline if entry.kind == "replied"]
    assert replies == ["We are looking", "on my way"]


async def test_who_reads_further_up_is_not_moved(
    app_for: Open, keys: Keys, written: Any, three: list[int], as_: As
) -> None:
    for number in range(12):
        as_("ini").act(1, Action.NOTE, text=f"Line\nof note {number}")
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "enter", "g")
        as_("ini").act(1, Action.NOTE, text="One more")
        await written(pilot)
        timeline = pilot.app.screen.query_one("#timeline", VerticalScroll)
        assert timeline.scroll_y == 0
        await keys(pilot, "G")
        as_("ini").act(1, Action.NOTE, text="And one")
        await written(pilot)
        assert timeline.scroll_y == timeline.max_scroll_y


async def test_a_requester_is_not_told_of_what_staff_write_among_themselves(
    app_for: Open, keys: Keys, written: Any, three: list[int], as_: As
) -> None:
    async with app_for("remi").run_test(size=SMALL) as pilot:
        await keys(pilot, "enter")
        as_("ini").act(3, Action.NOTE, text="A secret")
        await written(pilot)
        assert "noted" not in said(pilot)
        assert "secret" not in str(pilot.app.screen.query_one("#text", Static).render())


async def test_the_inbox_counts_what_comes_to_wait_and_shows_the_purchase_as_it_is(
    app_for: Open, keys: Keys, written: Any, buy: Callable[..., int], as_: As
) -> None:
    number = buy("Toner")
    async with app_for("ezra").run_test(size=(120, 36)) as pilot:
        await keys(pilot, "A")
        assert "1 waiting 1" in tabs(pilot)
        buy("Desks")
        as_("remi").act(number, Action.WITHDRAW, text="found some")
        await written(pilot)
        assert "1 waiting 1" in tabs(pilot)
        buy("Chairs")
        await written(pilot)
        assert "1 waiting 2" in tabs(pilot)


async def test_what_another_process_writes_is_seen_on_the_screen(
    app_for: Open, keys: Keys, three: list[int], desk_url: str
) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2")
        app: Any = pilot.app
        watch = app.gateway.desk.watch()
        assert watch.look()
        command = [sys.executable, "-c", CLAIMS, desk_url]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=True)
        assert done.stdout == "1\n"

        asked = iter([False, True])
        Lookout(app, lambda: watch, app.failed, wait=lambda _: next(asked)).run()
        await keys(pilot)
        assert table(pilot).rows[0].status == "assigned"


class Seen:
    """A watch that sees what it is told, "" for nothing, and an app that keeps what is posted to it."""

    def __init__(self, *looks: str | Exception) -> None:
        self.looks = list(looks)
        self.posted: list[object] = []
        self.is_closed = False

    def look(self) -> Noticed:
        found = self.looks.pop(0)
        if isinstance(found, Exception):
            raise found
        return {"": Noticed.NOTHING, "written": Noticed.TRAIL, "came": Noticed.PRESENCE}[found]

    def close(self) -> None:
        self.is_closed = True

    def post_message(self, message: object) -> None:
        self.posted.append(message)


def test_the_lookout_says_so_when_something_was_written_and_asks_nothing_while_it_is_quiet() -> None:
    seen, failed = Seen("", "written", "came", "written"), list[object]()
    came = list[str]()
    quiet = iter(["look", "look", "quiet", "quiet", "look", "look", "end"])

    def wait(_: float) -> bool:
        step = next(quiet)
        lookout.is_quiet = step == "quiet"
        return step == "end"

    lookout = Lookout(seen, lambda: seen, failed.append, came_or_went=lambda: came.append("came"), wait=wait)  # type: ignore[arg-type,return-value]
    lookout.run()

    assert came == ["came"]
    assert [type(message) for message in seen.posted] == [Written, Written]
    assert (seen.looks, seen.is_closed, failed) == ([], True, [])


def test_the_lookouts_own_bug_is_told_and_not_lost() -> None:
    seen, failed = Seen(RuntimeError("no")), list[object]()
    Lookout(seen, lambda: seen, failed.append, wait=lambda _: False).run()  # type: ignore[arg-type,return-value]

    (message,) = seen.posted
    assert isinstance(message, Answer)
    message.deliver()
    assert "a bug, sorry (RuntimeError: no)" in str(failed[0])
    assert seen.is_closed


def test_the_thread_ends_when_it_is_told_to(store: Store) -> None:
    seen = Seen()
    lookout = Lookout(seen, lambda: seen, print)  # type: ignore[arg-type,return-value]
    lookout.end()
    lookout.run()
    assert seen.is_closed
