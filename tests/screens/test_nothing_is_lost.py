"""What a person typed survives: clicks, keys too early, screens left too soon, a desk that can't be reached."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.widgets import Input, TextArea

from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.core.domain.drafts import NEW, Place
from deskterm.core.domain.errors import NotFound, StoreUnavailable
from deskterm.core.views import View
from deskterm.screens.notices import NoticesScreen
from deskterm.screens.ticket import TicketScreen
from deskterm.widgets import drafting
from deskterm.widgets.status_line import StatusLine
from deskterm.widgets.ticket_table import TicketTable

Keys = Callable[..., Awaitable[None]]
Open = Callable[..., DesktermApp]
SMALL = (80, 24)


def said(app: DesktermApp) -> str:
    return str(app.screen.query_one(StatusLine).render())


def kept(desk: Desk) -> dict[tuple[int, str], Any]:
    return {draft.place: draft.values for draft in desk.drafts()}


@pytest.fixture
def ticket(submit: Callable[..., int]) -> int:
    return submit("Printer jams")


async def test_tab_stays_with_the_question_and_a_click_elsewhere_brings_back_to_it(
    app_for: Open, keys: Keys, ticket: int, as_: Callable[[str], Desk]
) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "r", "precious ", "tab", "w")
        await pilot.click(TicketTable, offset=(3, 1))
        await keys(pilot, "r", "d")

        assert pilot.app.screen.query_one(TextArea).text == "precious wrd"
        await keys(pilot, "ctrl+q")
        assert not pilot.app.is_running
    assert kept(as_("ife")) == {(ticket, "reply"): {"text": "precious wrd"}}


async def test_what_is_being_written_when_the_line_breaks_is_there_on_the_next_terminal(
    app_for: Open, keys: Keys, ticket: int, as_: Callable[[str], Desk]
) -> None:
    app = app_for("ife")
    async with app.run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "r", "half a ")
        app._end(129)
        await keys(pilot)
        assert app.return_code == 129

    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot)
        assert "a draft is kept: HD-000001" in said(pilot.app)  # type: ignore[arg-type]
        await keys(pilot, "2", "r", "w", "f2")
    assert [entry.text for entry in as_("ife").ticket(ticket).timeline if entry.comment] == ["half a w"]
    assert as_("ife").drafts() == []


async def test_what_another_terminal_kept_is_in_the_box_before_what_was_typed(
    app_for: Open, keys: Keys, ticket: int, as_: Callable[[str], Desk]
) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2")
        as_("ife").keep_drafts({Place(ticket, "reply"): {"text": "from elsewhere"}})
        await pilot.press("r", "h", "i")  # before the desk has answered
        await keys(pilot)

        assert pilot.app.screen.query_one(TextArea).text in {"from elsewhere\nhi", "from elsewherehi"}


async def test_a_form_that_is_being_filled_in_is_saved_by_itself(
    app_for: Open, keys: Keys, as_: Callable[[str], Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafting, "BETWEEN_SAVES", 0.001)
    async with app_for("remi").run_test(size=SMALL) as pilot:
        await keys(pilot, "n", "No network ")
        while kept(as_("remi")).get(NEW, {}).get("title") != "No network ":
            await pilot.pause()

    async with app_for("remi").run_test(size=SMALL) as pilot:
        await keys(pilot, "n")
        assert pilot.app.screen.query_one("#title", Input).value == "No network "


async def test_a_draft_that_can_not_be_saved_is_asked_about(
    app_for: Open, keys: Keys, ticket: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Any:
        raise StoreUnavailable("the disk is full")

    monkeypatch.setattr(Desk, "keep_drafts", fail)
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "r", "one ", "escape", "q")

        assert pilot.app.is_running
        assert "the disk is full" in said(pilot.app)  # type: ignore[arg-type]
        await keys(pilot, "q")
        assert not pilot.app.is_running


async def test_what_is_typed_before_the_desk_answers_is_an_answer_and_no_command(
    app_for: Open, ticket: int, as_: Callable[[str], Desk]
) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await pilot.press("2")
        while pilot.app.screen.query_one(TicketTable).row is None:
            await pilot.pause()
        await pilot.press("r", "U", "n", "d", "o")

        assert pilot.app.screen.query_one(TextArea).text == "Undo"


async def test_a_reply_that_was_sent_is_no_draft_when_its_screen_is_left_at_once(
    app_for: Open, keys: Keys, ticket: int, as_: Callable[[str], Desk]
) -> None:
    app = app_for("ife")
    async with app.run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "enter", "r", "on my way")
        await pilot.press("f2", "escape")
        await keys(pilot)

        assert len(app.drafts) == 0
    assert [entry.text for entry in as_("ife").ticket(ticket).timeline if entry.comment] == ["on my way"]


async def test_sending_a_form_twice_makes_one_ticket(app_for: Open, keys: Keys, as_: Callable[[str], Desk]) -> None:
    async with app_for("remi").run_test(size=SMALL) as pilot:
        await keys(pilot, "n", "No network", "enter", "enter", "down", "enter", "tab", "enter", "down", "enter")
        await pilot.press("f2", "f2", "escape")
        await keys(pilot)

    assert as_("remi").count(View.REQUESTED) == 1


@pytest.mark.parametrize("error", [StoreUnavailable("the database is gone"), NotFound("there is no HD-000001")])
async def test_a_read_that_is_refused_is_said_once_and_not_read_again_by_itself(
    app_for: Open, keys: Keys, ticket: int, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    asked: list[int] = []

    def fail(_: Desk, number: int) -> Any:
        asked.append(number)
        raise error

    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "enter")
        assert isinstance(pilot.app.screen, TicketScreen)
        monkeypatch.setattr(Desk, "ticket", fail)
        await keys(pilot, "full_stop")

        assert asked == [ticket]
        assert str(error) in said(pilot.app)  # type: ignore[arg-type]
        await keys(pilot, "escape")


async def test_a_page_that_could_not_be_read_is_read_when_asked_again(
    app_for: Open, keys: Keys, submit: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(25):
        submit(f"Ticket {number}")
    page = Desk.page

    def fail(*_: object, **__: object) -> Any:
        raise StoreUnavailable("the database is gone")

    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2")
        with monkeypatch.context() as patch:
            patch.setattr(Desk, "page", fail)
            await keys(pilot, "G")
            assert "the database is gone" in said(pilot.app)  # type: ignore[arg-type]
        assert Desk.page is page
        await keys(pilot, "k", "G")
        table = pilot.app.screen.query_one(TicketTable)
        assert table.rows[-1].id == 25
        await keys(pilot, "G", "full_stop")
        assert table.row is not None
        assert table.row.id == 25


async def test_notices_can_be_left_while_nothing_can_be_written(
    app_for: Open, keys: Keys, ticket: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Any:
        raise StoreUnavailable("the disk is full")

    monkeypatch.setattr(Desk, "mark_seen", fail)
    async with app_for("lara").run_test(size=SMALL) as pilot:
        await keys(pilot, "B")
        assert isinstance(pilot.app.screen, NoticesScreen)
        await keys(pilot, "escape")
        assert not isinstance(pilot.app.screen, NoticesScreen)


async def test_a_ticket_that_leaves_the_department_leaves_the_list(
    app_for: Open, keys: Keys, ticket: int, submit: Callable[..., int]
) -> None:
    submit("Another")
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "M", "repairs", "enter", "enter")

        assert [row.title for row in pilot.app.screen.query_one(TicketTable).rows] == ["Another"]


async def test_what_goes_to_another_department_is_said_and_opens_no_empty_screen(
    app_for: Open, keys: Keys, as_: Callable[[str], Desk]
) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "n", "Inverter is dead", "enter", "r", "e", "m", "i", "enter")
        await keys(pilot, "enter", "down", "down", "enter", "tab", "enter", "down", "enter", "f2")

        assert not isinstance(pilot.app.screen, TicketScreen)
        assert "HD-000001 was submitted to a department that you don't see" in said(pilot.app)  # type: ignore[arg-type]


async def test_a_prompt_is_on_the_screen_of_the_smallest_window(app_for: Open, keys: Keys, ticket: int) -> None:
    async with app_for("ife").run_test(size=(60, 15)) as pilot:
        await keys(pilot, "2", "enter", "r")
        area = pilot.app.screen.query_one(TextArea).region

        assert area.y + 2 <= 15
        assert area.height >= 2


async def test_ones_own_change_is_no_news_to_ones_next(
    app_for: Open, keys: Keys, ticket: int, as_: Callable[[str], Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2")
        monkeypatch.setattr(Desk, "row", lambda *_: pilot.app.screen.query_one(TicketTable).row)  # reads nothing new
        await keys(pilot, "c", "b", "d", "worn roller", "enter", "new roller", "enter")

    assert as_("ife").ticket(ticket).status == "resolved"


async def test_a_burst_of_keys_arrives_whole_and_acts_on_nothing(app_for: Open, keys: Keys, ticket: int) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2")
        await pilot.press(*"/printer")
        assert pilot.app.screen.query_one("#filter", Input).value == "printer"
        await keys(pilot, "enter")
        await pilot.press(*"rbad")
        assert pilot.app.screen.query_one(TextArea).text == "bad"
