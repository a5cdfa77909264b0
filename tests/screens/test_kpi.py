"""The figures on the screen: going over them, to their tickets and back, other periods, where each comes from."""

import threading
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from inbox_looks import said, shown
from rich.color import ColorSystem
from test_bytes import Terminal
from textual.pilot import Pilot
from textual.widgets import Input, Static

from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.core.domain import drills
from deskterm.core.domain.insights import Evidence, Insight, Says
from deskterm.core.domain.words import Action
from deskterm.core.kpi_views import Asked, Compare
from deskterm.core.services.intake import Submission
from deskterm.gateway import Lookout, Written
from deskterm.screens.kpi import KpiScreen
from deskterm.screens.queue import QueueScreen
from deskterm.screens.ticket import TicketScreen
from deskterm.widgets import reading_boards
from deskterm.widgets.board_lines import FigureAt, figures_of
from deskterm.widgets.board_tabs import BoardTabs
from deskterm.widgets.filter_line import FilterLine
from deskterm.widgets.key_list import KeyList
from deskterm.widgets.palette import Palette
from deskterm.widgets.prompt import Prompt

Keys = Callable[..., Awaitable[None]]
Open = Callable[..., DesktermApp]
As = Callable[[str], Desk]
SIZE = (80, 24)


@pytest.fixture(autouse=True)
def lived(as_: As, at: Callable[[str], datetime], once: Callable[[Callable[[], None]], None]) -> None:
    """Two departments in September; it is October."""

    def live() -> None:
        at("2026-09-28 09:00")
        for title in ("Mouse", "Screen"):
            as_("remi").submit(Submission(title=title, category="it_design", priority="urgent"))
        as_("sola").submit(Submission(title="Van", category="operations_logistics"))
        at("2026-09-28 10:00")
        as_("ife").act(1, Action.CLAIM)
        as_("ini").act(2, Action.CLAIM)
        as_("ola").act(3, Action.CLAIM)
        at("2026-09-28 12:00")
        as_("ife").act(1, Action.RESOLVE, cause="worn", fix="replaced")
        at("2026-09-29 12:00")
        as_("ini").act(2, Action.RESOLVE, cause="worn", fix="replaced")
        as_("ola").act(3, Action.RESOLVE, cause="flat", fix="pumped")

    once(live)
    at("2026-10-05 09:00")


def screen(pilot: Pilot[None]) -> KpiScreen:
    found = pilot.app.screen
    assert isinstance(found, KpiScreen)
    return found


def under(pilot: Pilot[None]) -> str:
    """The figure under the cursor, with its line where it stands in a table."""
    spot = screen(pilot).sheet.spot
    assert spot is not None
    assert isinstance(spot.meaning, FigureAt)
    return f"{spot.meaning.figure.name} {spot.meaning.line.key}" if spot.meaning.line else spot.meaning.figure.name


def asked(pilot: Pilot[None]) -> str:
    """What is asked, or said beside the question."""
    return str(screen(pilot).query_one("#question", Static).render())


def came_in(pilot: Pilot[None]) -> int:
    """How many tickets the line says that came in."""
    said = next(line.split()[2] for line in shown(pilot) if line.startswith(" Came in "))
    return 0 if said == "-" else int(said)


async def go_to(pilot: Pilot[None], keys: Keys, name: str) -> None:
    """Moves the cursor to a figure of the whole board."""
    await keys(pilot)
    screen(pilot).draw(("figure", name))
    assert under(pilot) == name


def listed(pilot: Pilot[None]) -> tuple[str, list[int]]:
    """The filter of the list that is up, and its tickets."""
    up = pilot.app.screen
    assert isinstance(up, QueueScreen)
    return up.query_one(FilterLine).value, sorted(row.id for row in up.table.rows)


async def test_every_figure_leads_to_its_tickets_and_back_to_its_place(app_for: Open, keys: Keys, as_: As) -> None:
    async with app_for("ezra").run_test(size=SIZE) as pilot:
        await keys(pilot, "percent_sign", "left_square_bracket")
        assert shown(pilot)[0] == " Overview · the whole desk · September 2026, against August 2026"
        await go_to(pilot, keys, "sla")
        await keys(pilot, "enter")
        wanted, tickets = listed(pilot)
        assert wanted == "kpi:sla@2026-09-01..2026-09-30"
        assert tickets == sorted(as_("ezra").kpi_tickets(drills.read(wanted.removeprefix("kpi:"))))
        assert len(tickets) == 3

        await keys(pilot, "enter", "escape", "slash", "x", "enter", "escape")
        assert listed(pilot)[0] == wanted, "what was typed besides is taken back first"
        await keys(pilot, "escape")
        assert under(pilot) == "sla"
        await keys(pilot, "m")
        assert listed(pilot) == ("kpi:sla.missed@2026-09-01..2026-09-30", [2])
        await keys(pilot, "percent_sign")
        assert under(pilot) == "sla"
        assert len(pilot.app.screen_stack) == 3

        await keys(pilot, "G", "k", "l")
        cell = under(pilot)
        assert cell == "sla it"
        await keys(pilot, "enter")
        assert listed(pilot) == ("kpi:sla@2026-09-01..2026-09-30/dept:it", [1, 2])
        await keys(pilot, "escape")
        assert under(pilot) == cell


async def test_the_board_of_a_line_is_one_key_away_and_esc_goes_back(app_for: Open, keys: Keys) -> None:
    async with app_for("ezra").run_test(size=SIZE) as pilot:
        await keys(pilot, "percent_sign", "o")
        assert "no line of a table under the cursor" in said(pilot)
        await keys(pilot, "left_square_bracket", "G", "k", "o")
        assert " · September 2026" in shown(pilot)[0]
        assert shown(pilot)[0].startswith(" Overview · IT")
        assert screen(pilot).wanted.department == "it"
        await keys(pilot, "G", "k", "o")
        assert screen(pilot).board_name == "sheet"
        assert screen(pilot).wanted.person in {"ife", "ini"}
        await keys(pilot, "escape", "escape")
        assert (screen(pilot).board_name, screen(pilot).wanted.department) == ("overview", "")
        assert under(pilot).endswith(" it")
        await keys(pilot, "tab", "tab", "shift+tab")
        assert screen(pilot).board_name == "service"
        await keys(pilot, "G", "o")
        assert said(pilot) == "!  there is no board of one tier alone"
        await keys(pilot, "s")
        assert "is explained for the whole board" in said(pilot)
        await keys(pilot, "escape")
        assert isinstance(pilot.app.screen, QueueScreen)


async def test_periods_are_chosen_typed_and_stepped_through(app_for: Open, keys: Keys) -> None:
    async with app_for("ezra").run_test(size=SIZE) as pilot:
        await keys(pilot, "percent_sign", "p", "last-mon ", "enter")
        assert " · September 2026, against" in shown(pilot)[0]
        await pilot.press(*["left_square_bracket"] * 3)
        await keys(pilot)
        assert screen(pilot).wanted.period == "2026-06", "also when they are typed faster than read"
        await keys(pilot, "right_square_bracket", "c")
        assert shown(pilot)[0].endswith("July 2026, against July 2025")
        assert screen(pilot).wanted.compare is Compare.YEAR

        await keys(pilot, "p", "2026-13 ", "enter")
        prompt = screen(pilot).query_one(Prompt)
        assert prompt.is_open
        assert "there is no day or month 2026-13" in asked(pilot)
        assert prompt.query_one(Input).value.strip() == "2026-13"
        assert screen(pilot).wanted.period == "2026-07"
        await keys(pilot, "ctrl+u", "2026-09-28 .. 2026-09-29", "enter")
        assert " · 28 Sep to 29 Sep 2026, against" in shown(pilot)[0]
        await keys(pilot, "colon", "period all", "enter")
        assert " · all time" in shown(pilot)[0]
        await keys(pilot, "left_square_bracket")
        assert screen(pilot).wanted.period == "all"


async def test_a_board_is_narrowed_and_broken_down(app_for: Open, keys: Keys) -> None:
    async with app_for("lara").run_test(size=SIZE) as pilot:
        await keys(pilot, "percent_sign", "slash", "dept:operations ", "enter")
        assert "are for its lead and for executives" in asked(pilot)
        await keys(pilot, "ctrl+u", "prio:urgent person:ife", "enter")
        assert screen(pilot).wanted[1:4] == ("", "ife", "urgent")
        await keys(pilot, "slash", "xyz: ", "enter")
        assert "there is no board of 'xyz:': write dept:KEY" in asked(pilot)
        await keys(pilot, "escape", "slash", "all ", "enter")
        assert screen(pilot).wanted[1:5] == ("", "", "", "")
        first = screen(pilot).board
        assert first is not None
        await keys(pilot, "b")
        second = screen(pilot).board
        assert second is not None
        assert (first.tables[0].by, second.tables[0].by) == ("person", "priority")


async def test_where_a_figure_comes_from_is_shown_with_its_tickets(app_for: Open, keys: Keys) -> None:
    async with app_for("ezra").run_test(size=SIZE) as pilot:
        await keys(pilot, "percent_sign", "left_square_bracket")
        await go_to(pilot, keys, "sla")
        await keys(pilot, "s")
        lines = shown(pilot)
        assert lines[2].startswith(" SLA compliance: 66.7 %, n 3, ✗ missed 90 %")
        assert lines[3] == " September 2026, in lists kpi:sla@2026-09-01..2026-09-30"
        assert any(line.startswith(" Counts: Of the cycles of the main clock") for line in lines)
        assert any("HD-000002" in line and "✗ missed" in line and line.endswith("Screen") for line in lines)
        assert any(line == " 3 counted" for line in lines)
        await keys(pilot, "j", "enter")
        assert type(pilot.app.screen) is TicketScreen
        await keys(pilot, "escape", "s")
        assert under(pilot) == "sla"


async def test_what_stands_out_leads_to_its_tickets_and_another_board_ends_it(
    app_for: Open, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = Insight(
        Says.FORECAST, "IT: 2 of 3 will run out of time.", (Evidence("resolved a week", "1"),), 2, 2.0, "dept:it prio:1"
    )
    found = [late, late._replace(drill="", words="\x1b[1mBoth are slow")]
    monkeypatch.setattr(Desk, "insights", lambda *_, **__: tuple(found))
    async with app_for("ezra").run_test(size=SIZE) as pilot:
        await keys(pilot, "percent_sign", "left_square_bracket", "j", "w")
        assert shown(pilot)[2:6] == [
            " IT: 2 of 3 will run out of time.", "   resolved a week: 1", "", " ␛[1mBoth are slow",
        ]  # fmt: skip
        await keys(pilot, "enter")
        assert listed(pilot)[0] == "dept:it prio:1"
        await keys(pilot, "escape", "j", "enter")
        assert said(pilot) == "!  there are no tickets behind that"
        await keys(pilot, "w")
        assert under(pilot) == "sla"
        found.clear()
        await keys(pilot, "w")
        assert shown(pilot)[2].startswith(" Nothing unusual: no figure moved")
        await keys(pilot, "2")
        assert (screen(pilot).board_name, under(pilot)) == ("service", "sla")


@pytest.mark.parametrize("name", ["people", "sheet"])
def test_every_figure_of_a_board_is_explained_as_what_it_is(as_: As, name: str) -> None:
    desk, wanted = as_("lara"), Asked("2026-09", person="ife" if name == "sheet" else "")
    lines = figures_of(desk.board(name, wanted), 78)
    places = [spot.meaning for line in lines for spot in line.spots if isinstance(spot.meaning, FigureAt)]
    assert {place.by for place in places} >= {"", "priority" if name == "sheet" else "person"}
    for place in places:
        alone = place.asked(wanted)
        assert alone is not None
        found = desk.explain_kpi(place.figure.name, alone).figure
        assert (found.value, found.n) == (place.figure.value, place.figure.n), place


async def test_charts_stand_in_place_of_figures_and_lead_to_the_tickets_of_a_bar(app_for: Open, keys: Keys) -> None:
    async with app_for("ezra").run_test(size=SIZE) as pilot:
        await keys(pilot, "percent_sign", "left_square_bracket", "v")
        assert shown(pilot)[2].startswith(" ── In and out ──")
        assert "█ Came in  ▒ Resolved" in "\n".join(shown(pilot))
        await keys(pilot, "enter", "28 Sep", "enter")
        assert listed(pilot) == ("kpi:submitted@2026-09-28", [1, 2, 3])
        await keys(pilot, "escape", "G", "enter")
        assert "no bar or cell of it lists its tickets" in said(pilot)
        await keys(pilot, "v", "g")
        assert under(pilot) == "quality"


async def test_figures_are_for_staff(app_for: Open, keys: Keys) -> None:
    async with app_for("remi").run_test(size=SIZE) as pilot:
        await keys(pilot, "percent_sign")
        assert said(pilot) == "!  kpi is for staff: of your own requests your list shows everything"
        assert not isinstance(pilot.app.screen, KpiScreen)
        await keys(pilot, "question_mark")
        why = {entry.command.id: entry.why for entry in pilot.app.screen.query_one(KeyList).entries}
        assert why["kpi"].startswith("kpi is for staff")
        await keys(pilot, "escape", "colon", "kpi ", "enter")
        assert pilot.app.screen.query_one(Palette).is_open


async def test_an_agent_has_their_own_sheet(app_for: Open, keys: Keys) -> None:
    async with app_for("ini").run_test(size=SIZE) as pilot:
        await keys(pilot, "percent_sign", "left_square_bracket")
        assert shown(pilot)[0].startswith(" Review sheet · Ini")
        assert shown(pilot)[1].split() == ["2", "service", "8", "sheet"]
        await keys(pilot, "3")
        assert "is for leads and executives" in said(pilot)
        assert screen(pilot).board_name == "sheet"
        await keys(pilot, "slash", "person:ife ", "enter")
        assert "the figures of others are for their lead" in asked(pilot)
        await keys(pilot, "escape", "tab")
        assert screen(pilot).board_name == "service"


async def test_what_others_write_is_taken_in_now_and_then_and_the_cursor_stays(
    app_for: Open, keys: Keys, submit: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app_for("ezra").run_test(size=SIZE) as pilot:
        await keys(pilot, "percent_sign")
        await go_to(pilot, keys, "submitted")
        submit("New")
        pilot.app.post_message(Written())
        await keys(pilot)
        assert came_in(pilot) == 0

        monkeypatch.setattr(reading_boards, "REST", 0)
        pilot.app.post_message(Written())
        await keys(pilot)
        assert came_in(pilot) == 1
        assert under(pilot) == "submitted"

        await keys(pilot, "enter")
        submit("Another")
        await keys(pilot, "escape")
        assert came_in(pilot) == 2
        assert under(pilot) == "submitted"


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Boards of all time are reckoned until they are left; gives what became of them."""
    became: list[str] = []
    go_on, reckon = threading.Event(), Desk.board

    def board(desk: Desk, name: str, asked: Asked, *, progress: Any) -> Any:
        if asked.period == "all":
            progress(3, 10)
            became.append("begun")
            go_on.wait(10)
            try:
                progress(4, 10)
            except Exception as error:
                became.append(str(error))
                raise
        return reckon(desk, name, asked, progress=progress)

    monkeypatch.setattr(Desk, "board", board)
    monkeypatch.setattr(Lookout, "start", lambda _: None)
    became.append("")
    board.go_on = go_on  # type: ignore[attr-defined]
    yield became
    go_on.set()


async def test_a_long_reckoning_says_how_far_it_is_and_esc_leaves_it(
    app_for: Open, keys: Keys, slow: list[str]
) -> None:
    async with app_for("ezra").run_test(size=SIZE) as pilot:
        await keys(pilot, "percent_sign", "p")
        await pilot.press(*"all", "enter")
        while slow[-1] != "begun":
            await pilot.pause()
        screen(pilot)._say_reckoning()
        assert said(pilot) == "▸ reckoning overview... 30 %: Esc leaves it"
        await pilot.press("j", "escape")
        Desk.board.go_on.set()  # type: ignore[attr-defined]
        await keys(pilot)
        assert slow[-1] == "overview was left"
        assert screen(pilot).wanted.period == "month"
        assert " · October 2026" in shown(pilot)[0]
        assert "tickets" in said(pilot)


async def test_a_board_that_can_not_be_read_says_how_to_try_again(
    app_for: Open, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("boom")

    async with app_for("ezra").run_test(size=SIZE) as pilot:
        with monkeypatch.context() as patch:
            patch.setattr(Desk, "board", fail)
            await keys(pilot, "percent_sign")
            assert "The key . tries again." in shown(pilot)[2]
            assert "a bug, sorry (RuntimeError: boom)" in said(pilot)
            await keys(
                pilot, "v", "v", "b", "c", "left_square_bracket", "enter", "s", "m", "o", "j", "l", "G", "ctrl+d", "p"
            )
            await keys(pilot, "escape")
        await keys(pilot, "full_stop")
        assert under(pilot) == "quality"


async def test_what_the_keys_cost_on_the_line(app_for: Open, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lookout, "start", lambda _: None)
    monkeypatch.setattr(reading_boards, "REST", 0)
    app = app_for("ezra")
    app.driver_class = Terminal
    app.console._color_system = ColorSystem.TRUECOLOR
    async with app.run_test(headless=False, size=(120, 36)) as pilot:
        await keys(pilot, "percent_sign", "left_square_bracket")

        async def cost(*names: str) -> int:
            before = Terminal.sent
            await keys(pilot, *names)
            return Terminal.sent - before

        costs = {name: await cost(name) for name in ("j", "k", "G", "l", "h", "g")}
        assert min(costs.values()) > 0
        assert max(costs.values()) <= 600
        pilot.app.post_message(Written())
        assert await cost() == 0, "what is the same is not drawn again"
        assert 0 < await cost("right_square_bracket") <= 9_000


async def test_every_board_fits_and_its_tabs_lead_on(app_for: Open, keys: Keys) -> None:
    async with app_for("ezra").run_test(size=(60, 15)) as pilot:
        await keys(pilot, "percent_sign", "left_square_bracket")
        tabs = screen(pilot).query_one(BoardTabs)
        for name in tabs.names:
            assert screen(pilot).board_name == name
            assert name in shown(pilot)[2]
            assert not any("…" in line for line in shown(pilot)), name
            await keys(pilot, "tab")
        assert screen(pilot).board_name == tabs.names[0]
