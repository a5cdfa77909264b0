"""One ticket on the screen: everything its reader may see and do, and nothing more."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from textual.pilot import Pilot
from textual.widgets import Static

from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.core.domain.drafts import Place
from deskterm.core.domain.purchase import Wanted
from deskterm.screens.ticket import TicketScreen
from deskterm.widgets.status_line import StatusLine

Keys = Callable[..., Awaitable[None]]
Open = Callable[..., DesktermApp]
SMALL = (80, 24)


def part(pilot: Pilot[None], name: str) -> str:
    return str(pilot.app.screen.query_one(name, Static).render())


async def test_head_clocks_timeline_and_allowed_keys(
    app_for: Open,
    keys: Keys,
    submit: Callable[..., int],
    at: Callable[[str], datetime],
    as_: Callable[[str], Desk],
) -> None:
    submit("Printer jams", description="On the second floor", priority="urgent")
    at("2026-09-28 09:30")
    as_("ife").act(1, "claim")  # type: ignore[arg-type]
    as_("ife").act(1, "note", text="roller worn", comment="test")  # type: ignore[arg-type]
    at("2026-09-28 10:00")
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "1", "enter")

        head = part(pilot, "#head").splitlines()
        assert head[0] == "HD-000001  Printer jams"
        assert head[1] == "Assigned · Urgent · IT & Communications / Digital infrastructure"
        assert head[2] == "from Remi Requester by form · Ife of IT has it"
        assert "Resolution time: 1h used of 4bh, 3h left, due Mon 28 Sep" in head[3]
        assert head[4] == "Response time: 30m used"
        timeline = part(pilot, "#text")
        assert "On the second floor" in timeline
        assert "Owners: nobody 30m, Ife of IT 30m" in timeline
        assert "Ife of IT noted [test, internal]\n    ▏ roller worn" in timeline
        allowed = part(pilot, "#keys").replace("\N{NO-BREAK SPACE}", " ").split("  ")
        assert " ".join(allowed).split()[:4] == ["b", "begin", "w", "wait"]
        assert "claim" not in part(pilot, "#keys")


async def test_actions_work_from_here_and_the_timeline_grows(
    app_for: Open, keys: Keys, submit: Callable[..., int], as_: Callable[[str], Desk]
) -> None:
    submit("Printer jams")
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "enter", "c", "i", "s", "t", "e", "p", "enter", "checked the cable", "f2")
        await keys(pilot, "r", "it is on my desk", "f2", "p", "u", "r", "g", "enter")

        timeline = part(pilot, "#text")
        assert "[step, internal]\n    ▏ checked the cable" in timeline
        assert "Ife of IT replied\n    it is on my desk" in timeline
        assert "changed its priority: priority Urgent" in timeline
        assert "Urgent" in part(pilot, "#head")
        await keys(pilot, "escape")
        assert not isinstance(pilot.app.screen, TicketScreen)

    assert as_("ife").ticket(1).assignee == "Ife of IT"


async def test_a_stale_screen_is_refused_and_loses_nothing_typed(
    app_for: Open, keys: Keys, submit: Callable[..., int], as_: Callable[[str], Desk]
) -> None:
    submit("Printer jams")
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "enter", "x", "not needed any more")
        as_("lara").act(1, "assign", person="ini")  # type: ignore[arg-type]
        await keys(pilot, "enter")

        refused = str(pilot.app.screen.query_one(StatusLine).render())
        assert "Lara Lead assigned it" in refused
        assert pilot.app.drafts.get(Place(1, "cancel")) == {"text": "not needed any more"}  # type: ignore[attr-defined]
        assert "Ini of IT has it" in part(pilot, "#head")


async def test_a_purchase_says_that_nothing_but_its_chain_makes_it_workable(
    app_for: Open, keys: Keys, submit: Callable[..., int]
) -> None:
    bought = Wanted(lines=("2 x Battery @ 9500.00",), justification="the old ones swell")
    submit("Two batteries", category="it_procurement", purchase=bought)
    async with app_for("lara").run_test(size=SMALL) as pilot:
        await keys(pilot, "3", "enter", "c")

        assert "nothing but the chain makes it workable" in str(pilot.app.screen.query_one(StatusLine).render())
        assert "‖ Resolution time" in part(pilot, "#head")


async def test_who_moves_a_ticket_out_of_their_sight_is_told_that_it_was_moved(
    app_for: Open, keys: Keys, submit: Callable[..., int]
) -> None:
    submit("Printer jams")
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "enter", "M", "operations_repairs", "enter", "enter")

        assert str(pilot.app.screen.query_one(StatusLine).render()) == "✓ HD-000001 is moved to another department"
        assert part(pilot, "#keys") == ""


async def test_who_writes_about_a_ticket_that_others_move_away_is_told_that_the_text_is_kept(
    app_for: Open, keys: Keys, submit: Callable[..., int], as_: Callable[[str], Desk]
) -> None:
    submit("Printer jams")
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "enter", "r", "half a ")
        as_("lara").act(1, "move", category="operations_repairs")  # type: ignore[arg-type]
        await keys(pilot, "f2")

        assert str(pilot.app.screen.query_one(StatusLine).render()).endswith(
            "; what you wrote is kept: deskterm drafts"
        )
        await keys(pilot, "ctrl+q")
    assert [draft.values for draft in as_("ife").drafts()] == [{"text": "half a "}]
