"""The queue: what an agent and a lead do all day, from the keyboard."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.core.domain.words import Action, Status
from deskterm.widgets.listing import Listing
from deskterm.widgets.previewing import Preview
from deskterm.widgets.prompt import Prompt
from deskterm.widgets.status_line import StatusLine
from deskterm.widgets.ticket_table import TicketTable

Keys = Callable[..., Awaitable[None]]
Open = Callable[..., DesktermApp]
SMALL = (80, 24)


def shown(pilot: Pilot[None]) -> list[str]:
    """The lines on the screen."""
    strips = pilot.app.screen._compositor.render_strips()
    return [strip.text.rstrip() for strip in strips]


def said(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(StatusLine).render())


def titles(pilot: Pilot[None]) -> list[str]:
    return [row.title for row in pilot.app.screen.query_one(TicketTable).rows]


@pytest.fixture
def three(submit: Callable[..., int]) -> list[int]:
    return [submit("Low one", priority="low"), submit("Urgent one", priority="urgent"), submit("Plain one")]


async def test_what_is_due_first_stands_on_top(app_for: Open, keys: Keys, three: list[int]) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2")

        assert titles(pilot) == ["Urgent one", "Plain one", "Low one"]
        lines = shown(pilot)
        assert lines[1].split() == ["ID", "Prio", "Status", "Time", "left", "▴", "Title", "Requester"]
        assert lines[2].split()[:5] == ["HD-000002", "Urgent", "New", "4h", "left"]
        assert max(map(len, lines)) <= 80


async def test_a_ticket_is_claimed_waited_for_resumed_and_resolved_with_one_key_each(
    app_for: Open, keys: Keys, three: list[int], as_: Callable[[str], Desk]
) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "c")
        assert "claim: HD-000002 is assigned" in said(pilot)
        await keys(pilot, "b", "w", "v", "e", "n", "enter", "enter", "W")
        await keys(pilot, "d", "worn roller", "enter", "new roller", "enter")

    ticket = as_("ife").ticket(2)
    assert ticket.status is Status.RESOLVED
    assert [entry.kind for entry in ticket.timeline[1:]] == ["claimed", "started", "paused", "resumed", "resolved"]
    assert ticket.timeline[3].reason == "vendor"
    assert ticket.timeline[5].detail == "cause: worn roller\nfix: new roller"


async def test_a_lead_assigns_from_a_picker_that_shows_open_load(
    app_for: Open, keys: Keys, three: list[int], as_: Callable[[str], Desk]
) -> None:
    as_("ife").act(1, "claim")  # type: ignore[arg-type]
    async with app_for("lara").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "a")
        picker = [line.strip() for line in shown(pilot) if " open" in line and "HD-" not in line]
        await keys(pilot, "i", "f", "e", "enter")

    assert picker[:3] == ["1 Ini of IT  0 open", "2 Lara Lead  0 open", "3 Ife of IT  1 open"]
    assert as_("lara").ticket(2).assignee == "Ife of IT"


async def test_what_may_not_be_done_is_refused_before_anything_is_asked(
    app_for: Open, keys: Keys, three: list[int]
) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "a")

        assert "that is for the department's lead or an admin" in said(pilot)
        assert not pilot.app.screen.query_one("Prompt").display


async def test_what_is_being_typed_when_it_is_refused_is_no_key(
    app_for: Open, keys: Keys, three: list[int], as_: Callable[[str], Desk]
) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2")
        as_("ini").act(2, "cancel", text="a twin")  # type: ignore[arg-type]
        await keys(pilot, "x claimed it is")

        prompt = pilot.app.screen.query_one(Prompt)
        assert "can't be cancelled: it is closed" in str(prompt.query_one("#question", Static).render())
        assert prompt.query_one(Input).value == " claimed it is"
        await keys(pilot, "escape")
        assert "kept as a draft" in said(pilot)
        assert not prompt.display
    assert {as_("lara").ticket(number).assignee for number in (1, 3)} == {None}


async def test_a_change_by_somebody_else_is_told_and_the_row_is_read_anew(
    app_for: Open, keys: Keys, three: list[int], as_: Callable[[str], Desk]
) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2")
        as_("ini").act(2, "claim")  # type: ignore[arg-type]
        await keys(pilot, "c")

        assert "Ini of IT claimed it" in said(pilot)
        row = pilot.app.screen.query_one(TicketTable).row
        assert row is not None
        assert row.assignee == "Ini of IT"


async def test_nothing_jumps_the_cursor_keeps_its_ticket_when_the_list_is_read_anew(
    app_for: Open, keys: Keys, three: list[int], submit: Callable[..., int], as_: Callable[[str], Desk]
) -> None:
    async with app_for("lara").run_test(size=SMALL) as pilot:
        await keys(pilot, "3", "j")
        table = pilot.app.screen.query_one(TicketTable)
        before = table.row
        submit("Another urgent one", priority="urgent")
        as_("lara").act(3, "set_priority", priority="low")  # type: ignore[arg-type]
        await keys(pilot, "full_stop")

        assert before is not None
        assert table.row is not None
        assert table.row.id == before.id == 3
        assert titles(pilot)[:2] == ["Urgent one", "Another urgent one"]


async def test_views_filter_and_escape(app_for: Open, keys: Keys, three: list[int]) -> None:
    async with app_for("ezra").run_test(size=SMALL) as pilot:
        screen = pilot.app.screen
        await keys(pilot)
        assert isinstance(screen, Listing)
        assert screen.view == "all"
        await keys(pilot, "slash", "prio:<=2 one", "enter")
        assert titles(pilot) == ["Urgent one"]
        await keys(pilot, "slash", *["backspace"] * 20, "stats:new ", "enter")
        assert "did you mean status:?" in said(pilot)
        await keys(pilot, "escape")
        assert titles(pilot) == ["Urgent one"]
        await keys(pilot, "escape")
        assert len(titles(pilot)) == 3
        assert not screen.query_one("#filter", Input).display
        await keys(pilot, "8")
        assert "Nothing is closed." in shown(pilot)[2]
        await keys(pilot, "h", "h", "h")
        assert screen.current.name == "due today"


async def test_pages_are_read_before_the_cursor_gets_there_from_both_ends(
    app_for: Open, keys: Keys, submit: Callable[..., int]
) -> None:
    for number in range(85):
        submit(f"Ticket {number:02}")
    async with app_for("ife").run_test(size=(80, 20)) as pilot:
        await keys(pilot, "2")
        table = pilot.app.screen.query_one(TicketTable)
        assert len(table.rows) == 20
        await keys(pilot, "G")
        assert [row.id for row in table.rows] == list(range(66, 86))
        assert table.row is not None
        assert table.row.id == 85
        assert "Ticket 84" in "\n".join(shown(pilot))
        before = shown(pilot)
        await keys(pilot, "k")
        assert [row.id for row in table.rows] == list(range(46, 86))
        assert shown(pilot) == before  # the page before came, and nothing moved on the screen
        assert (table.row.id, table.cursor) == (84, 38)
        await keys(pilot, "g")
        assert "Ticket 00" in shown(pilot)[2]
        await keys(pilot, *["ctrl+d"] * 5)
        assert [row.id for row in table.rows] == list(range(1, 86))
        assert table.row.id == 85


async def test_a_page_of_the_view_before_never_lands_and_stops_no_view_from_being_read(
    app_for: Open, submit: Callable[..., int], keys: Keys
) -> None:
    for number in range(45):
        submit(f"Ticket {number:02}")
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2")
        listing = pilot.app.screen
        assert isinstance(listing, Listing)
        asked: list[Any] = []
        ask = listing.gateway.ask
        listing.gateway.ask = lambda *given: asked.append(given)  # type: ignore[method-assign]
        listing.action_command("view_1")
        listing._more(before=False)
        assert [given[1] for given in asked] == ["page"]
        listing.gateway.ask = ask  # type: ignore[method-assign]
        listing.action_command("view_2")
        await keys(pilot, "j")
        assert [row.id for row in listing.table.rows] == list(range(1, 41))


async def test_the_preview_comes_with_the_room_for_it(app_for: Open, keys: Keys, three: list[int]) -> None:
    async with app_for("ife").run_test(size=(120, 36)) as pilot:
        await keys(pilot, "2")
        preview = pilot.app.screen.query_one(Preview)
        assert preview.styles.display == "block"
        assert "Urgent one" in str(preview.render())
        await keys(pilot, "j")
        assert "Plain one" in str(preview.render())
        await pilot.resize_terminal(80, 24)
        await keys(pilot)
        assert preview.styles.display == "none"
        assert max(map(len, shown(pilot))) <= 80


async def test_time_left_is_said_in_words_with_a_glyph(
    app_for: Open, keys: Keys, three: list[int], at: Callable[[str], datetime], as_: Callable[[str], Desk]
) -> None:
    as_("ife").act(1, "start")  # type: ignore[arg-type]
    as_("ife").act(1, "wait", reason="vendor")  # type: ignore[arg-type]
    at("2026-09-28 16:30")
    async with app_for("lara").run_test(size=SMALL) as pilot:
        await keys(pilot, "3")
        lines = {line[:9]: line for line in shown(pilot)}

    assert "! late 3h30" in lines["HD-000002"]
    assert "‖ paused 7d " in lines["HD-000001"]
    assert "2d1h left" in lines["HD-000003"]


async def test_hostile_text_is_drawn_as_text(app_for: Open, keys: Keys, submit: Callable[..., int]) -> None:
    hostile = "\x1b]0;x\x07 [/] [@click=app.exit]boo[/] \u202elive"
    submit(hostile, description=hostile)
    async with app_for("ife").run_test(size=(120, 36)) as pilot:
        await keys(pilot, "2")
        queue = "\n".join(shown(pilot))
        await keys(pilot, "enter")
        ticket = "\n".join(shown(pilot))

    for text in (queue, ticket):
        assert not set(text) & {"\x1b", "\x07", "\u202e"}
        assert "␛]0;x␇ [/] [@click" in text


async def test_drafts_are_kept_until_they_are_sent(
    app_for: Open, keys: Keys, three: list[int], as_: Callable[[str], Desk]
) -> None:
    app: Any = app_for("ife")
    async with app.run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "r", "half a reply", "escape")
        assert "kept as a draft" in said(pilot)
        await keys(pilot, "r", "f2")
        assert len(app.drafts) == 0

    assert [entry.text for entry in as_("ife").ticket(2).timeline if entry.text] == ["half a reply"]


async def test_an_approval_s_time_is_never_cut_and_help_stays_on_the_line(
    app_for: Open, keys: Keys, buy: Callable[..., int], at: Callable[[str], datetime]
) -> None:
    for _ in range(2):
        buy(signed=())
    at("2026-10-02 15:15")
    async with app_for("lara").run_test(size=(80, 24)) as pilot:
        await keys(pilot, "3")
        rows = [strip.text.rstrip() for strip in pilot.app.screen._compositor.render_strips()]
        screen = pilot.app.screen
        assert isinstance(screen, Listing)
        screen.status_line.hint([screen.registry[name] for name in screen.HINTS], notices=35, awaited=2)
        await keys(pilot)
        hint = said(pilot).replace("\N{NO-BREAK SPACE}", " ")
        assert screen.status_line.size.height == 1
    assert re.search(r"! late \d+\w+ +Toner", rows[2])
    assert hint.startswith("●35 B ◆2 A c claim")
    assert hint.endswith("? help")
    assert "filter" not in hint


async def test_an_escalation_that_is_asked_for_is_marked(
    app_for: Open, keys: Keys, submit: Callable[..., int], as_: Callable[[str], Desk], clock: list[datetime]
) -> None:
    acob = (Path(__file__).parents[2] / "data" / "profiles" / "acob.toml").read_text("utf-8")
    gated = acob.replace("version = 1", "version = 2").replace(
        'default_priority = "medium"',
        'default_priority = "medium"\ntiers = ["First", "Second"]\nescalation = "approved"',
    )
    as_("ada").apply_profile(gated, "gated.toml", clock[-1])
    number = submit("Printer jams")
    as_("ife").act(number, Action.CLAIM)
    as_("ife").act(number, Action.START)
    as_("ife").act(number, Action.ESCALATE, text="it needs the maker")
    async with app_for("lara").run_test(size=(80, 24)) as pilot:
        await keys(pilot, "3")
        assert "In Progress ↑" in pilot.app.screen._compositor.render_strips()[2].text
        await keys(pilot, "enter")
        assert "In Progress · asks to escalate" in str(pilot.app.screen.query_one("#head", Static).render())
