"""A ticket that needs a purchase: asked for, changed, decided and followed from the keyboard; the form that asks."""

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Label, Select, Static, TextArea

from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action, FactKind, Status
from deskterm.core.views import View
from deskterm.screens.new_ticket import NewTicketScreen
from deskterm.screens.ticket import TicketScreen
from deskterm.widgets.status_line import StatusLine
from deskterm.widgets.ticket_purchase import as_written, wanted

Keys = Callable[..., Awaitable[None]]
Open = Callable[..., DesktermApp]
As = Callable[[str], Desk]
Buy = Callable[..., int]
SMALL = (80, 24)
WIDE = (120, 36)
TONER = Wanted(lines=("2 x Toner @ 45000.00",), justification="the last one is empty")
HOSTILE = "\x1b[31m[/] [bold]x[/bold] [@click=app.bell]y[/] \u202eabc"


@pytest.fixture
def worked(submit: Callable[..., int], as_: As) -> int:
    """A ticket that Ife of IT works on."""
    ticket = submit("Printer is pale")
    as_("ife").act(ticket, Action.CLAIM)
    as_("ife").act(ticket, Action.START)
    return ticket


@pytest.fixture
def pivoted(worked: int, as_: As) -> int:
    """The same, waiting for the Department Lead to decide about two toners."""
    as_("ife").act(worked, Action.PIVOT, purchase=TONER, text="the last one is empty")
    return worked


def part(pilot: Pilot[None], name: str) -> str:
    return str(pilot.app.screen.query_one(name, Static).render())


def said(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(StatusLine).render())


def lines(pilot: Pilot[None]) -> str:
    return "\n".join(strip.text.rstrip() for strip in pilot.app.screen._compositor.render_strips())


async def test_work_becomes_a_purchase_by_one_key_and_its_requester_reads_why(
    app_for: Open, keys: Keys, worked: int, as_: As
) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "1", "P", "2 x Toner @ 45000.00", "enter", "1 x Drum @ 12,500", "f2")
        assert part(pilot, "#question").startswith("purchase NGN 102,500.00 · Why")
        await keys(pilot, "the drum is worn", "enter", "Lumen Ltd", "enter", "enter", "enter")
        assert "HD-000001: NGN 102,500.00 waits for Lara Lead" in said(pilot)
        await keys(pilot, "enter")
        assert "Purchase: NGN 102,500.00 · Department Lead waits for Lara Lead" in part(pilot, "#head")
        assert "‖ Resolution time" in part(pilot, "#head")
        shown = part(pilot, "#text")

    assert "  2 x Toner @ 45,000.00 = 90,000.00\n  1 x Drum @ 12,500.00\n  Vendor: Lumen Ltd\n" in shown
    assert "  ▸ Department Lead waits for Lara Lead\n  · Head of Corporate Services comes after\n" in shown
    assert "Ife of IT needs a purchase for it\n    the drum is worn\n" in shown
    assert "deskterm asks for a decision: Department Lead waits for Lara Lead" in shown
    assert as_("ife").ticket(worked).status is Status.PENDING_APPROVAL
    assert "Approve NGN 102,500.00 for Remi Requester? (Department Lead): Printer" in as_("lara").notices()[0].text
    async with app_for("remi").run_test(size=SMALL) as pilot:
        await keys(pilot, "enter")
        assert "Waiting for approval" in part(pilot, "#head")
        assert "the drum is worn" in part(pilot, "#text")


async def test_a_line_that_is_none_is_refused_at_once_and_is_kept_as_a_draft(
    app_for: Open, keys: Keys, worked: int, as_: As
) -> None:
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "1", "P", "2 toner", "f2")
        assert "'2 toner' is no line of a purchase: write it as `2 x Toner @ 45.00`" in part(pilot, "#question")
        await keys(pilot, "escape")
        assert "kept as a draft: P goes on with it" in said(pilot)
        await keys(pilot, "P")
        assert pilot.app.screen.query_one("#area", TextArea).text == "2 toner"
        await keys(pilot, *["backspace"] * 5, "x Toner @ 45", "f2", "no toner", *["enter"] * 4)

    bought = as_("ife").ticket(worked).purchase
    assert bought is not None
    assert bought.total == "NGN 90.00"


async def test_a_purchase_is_changed_where_it_stands_and_begins_another_round(
    app_for: Open, keys: Keys, pivoted: int, as_: As
) -> None:
    as_("lara").act(pivoted, Action.APPROVE)
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "1", "enter", "V")
        area = pilot.app.screen.query_one("#area", TextArea)
        assert area.text == "2 x Toner @ 45000.00"
        await keys(pilot, "escape")
        assert len(pilot.app.drafts) == 0  # type: ignore[attr-defined]
        await keys(pilot, "V", *["backspace"] * 8, "50000 ", "f2")
        assert area.text == "the last one is empty"
        await keys(pilot, "f2", "enter", "enter", "f2", "it got dearer", "enter")
        assert "Purchase, round 2: NGN 100,000.00 · Department Lead waits for Lara Lead" in part(pilot, "#head")
        assert "Ife of IT changed the purchase: a new round begins\n    it got dearer" in part(pilot, "#text")

    bought = as_("ife").ticket(pivoted).purchase
    assert bought is not None
    assert (bought.round, bought.justification) == (2, "the last one is empty")


async def test_a_change_keeps_currency_and_quotes_as_they_were(
    app_for: Open, keys: Keys, pivoted: int, as_: As
) -> None:
    quotes = ("the mail of 12 September", f"drive/q.pdf sha256:{'a' * 64}")
    given = Wanted(("1 x Drum @ 90.5",), "USD", "first line\nsecond line", "Acme", "IT-01", quotes)
    as_("ife").act(pivoted, Action.AMEND, purchase=given, text="in dollars")
    before = as_("ife").ticket(pivoted).purchase
    assert before is not None
    assert wanted(as_written(before)).read("NGN") == given.read("NGN")
    async with app_for("ife").run_test(size=SMALL) as pilot:
        await keys(pilot, "1", "enter", "V", "0", "f2", "f2", "enter", "enter", "f2", "a typo", "enter")

    after = as_("ife").ticket(pivoted).purchase
    assert after is not None
    assert (after.total, after.quotes, after.round) == ("USD 90.50", before.quotes, before.round)


async def test_an_approver_decides_on_the_ticket_with_what_is_bought_in_sight(
    app_for: Open, keys: Keys, pivoted: int, as_: As
) -> None:
    async with app_for("lara").run_test(size=SMALL) as pilot:
        await keys(pilot, "3", "enter")
        assert "2 x Toner @ 45,000.00" in lines(pilot)
        allowed = part(pilot, "#keys").replace("\N{NO-BREAK SPACE}", " ").split()
        assert allowed[:9] == ["a", "Y", "approve", "x", "N", "refuse", "i", "I", "ask"]
        await keys(pilot, "Y")
        assert "approve HD-000001 for NGN 90,000.00" in part(pilot, "#question")
        await keys(pilot, "needed", "enter")
        assert "HD-000001 approved: NGN 90,000.00 waits for Hana Head" in said(pilot)
        assert "Head of Corporate Services waits for Hana Head" in part(pilot, "#head")
        assert "✓ Department Lead: Lara Lead approved, " in part(pilot, "#text")

    async with app_for("hana").run_test(size=SMALL) as pilot:
        await keys(pilot, "9", "enter", "I", "which model", "enter")
        assert "Head of Corporate Services asked for information" in part(pilot, "#head")
    as_("ife").act(pivoted, Action.REPLY, text="the big one")
    async with app_for("hana").run_test(size=SMALL) as pilot:
        await keys(pilot, "9", "enter", "N", "too dear", "enter")
        assert "NGN 90,000.00 · refused by Head of Corporate Services" in part(pilot, "#head")
        assert "comes after" not in part(pilot, "#text")

    ticket = as_("ife").ticket(pivoted)
    assert ticket.status is Status.IN_PROGRESS
    assert [entry.text for entry in ticket.timeline if entry.kind is FactKind.REFUSED] == ["too dear"]


@pytest.mark.parametrize(("key", "kind"), [("a", "approved"), ("x", "refused"), ("i", "returned")])
async def test_the_keys_of_the_inbox_decide_on_the_ticket_too_and_nothing_is_written_down_as_tried(
    app_for: Open, keys: Keys, pivoted: int, as_: As, key: str, kind: str
) -> None:
    async with app_for("lara").run_test(size=SMALL) as pilot:
        await keys(pilot, "A", "enter", key, "say why", "enter")
    kinds = [entry.kind for entry in as_("lara").ticket(pivoted).timeline]
    assert kind in kinds
    assert FactKind.ATTEMPTED not in kinds


async def test_where_nothing_waits_for_oneself_these_keys_are_what_they_are_elsewhere(
    app_for: Open, keys: Keys, worked: int
) -> None:
    async with app_for("lara").run_test(size=SMALL) as pilot:
        await keys(pilot, "3", "enter", "a")
        assert part(pilot, "#question").startswith("assign HD-000001")


async def test_an_executive_reads_what_became_of_it_in_the_past_tense(app_for: Open, keys: Keys, buy: Buy) -> None:
    buy()
    async with app_for("ezra").run_test(size=SMALL) as pilot:
        await keys(pilot, "A", "enter", "a", "enter")
        assert "HD-000001 approved: it is new" in said(pilot)


@pytest.mark.parametrize("tab", ["1", "2", "4"])
async def test_from_the_inbox_a_ticket_opens_on_what_is_bought(
    app_for: Open, keys: Keys, buy: Buy, as_: As, tab: str
) -> None:
    number = buy(justification="why\n" * 30)
    if tab != "1":
        as_("ezra").act(number, Action.APPROVE)
    async with app_for("ezra").run_test(size=SMALL) as pilot:
        await keys(pilot, "A", tab, "enter")
        assert isinstance(pilot.app.screen, TicketScreen)
        assert pilot.app.screen.query_one("#timeline").scroll_y == 0
        assert "2 x Toner @ 45,000.00" in lines(pilot)


async def test_who_does_not_decide_sees_no_keys_for_it(app_for: Open, keys: Keys, pivoted: int) -> None:
    async with app_for("ini").run_test(size=SMALL) as pilot:
        await keys(pilot, "3", "enter")
        shown = part(pilot, "#keys")

    assert "approve" not in shown
    assert "refuse" not in shown
    assert "ask" not in shown


async def test_what_was_tried_is_told_to_staff_and_not_to_the_requester(
    app_for: Open, keys: Keys, pivoted: int, as_: As
) -> None:
    as_("lara").act(pivoted, Action.APPROVE, text="between us")
    async with app_for("ife").run_test(size=WIDE) as pilot:
        await keys(pilot, "1", "enter", "d")
        assert "nothing but the chain makes it workable" in said(pilot)
        await keys(pilot, "full_stop")
        assert (
            "Ife of IT tried to resolve it, and was refused: it waits for its approval chain, and nothing but the"
            " chain makes it workable\n"
        ) in part(pilot, "#text")

    async with app_for("remi").run_test(size=WIDE) as pilot:
        await keys(pilot)
        preview = lines(pilot)
        await keys(pilot, "enter")
        shown = preview + part(pilot, "#text")
    assert "tried to" not in shown
    assert "between us" not in shown
    bought = as_("remi").ticket(pivoted).purchase
    assert bought is not None
    assert "between us" not in str(bought)
    assert bought.spent == ()


async def choose(pilot: Pilot[None], keys: Keys, category: str) -> None:
    pilot.app.screen.query_one("#department", Select).value = "it"
    await keys(pilot)
    pilot.app.screen.query_one("#category", Select).value = category
    await keys(pilot)


async def test_the_form_asks_for_a_purchase_only_in_procurement_and_adds_it_up(
    app_for: Open, keys: Keys, as_: As
) -> None:
    async with app_for("remi").run_test(size=SMALL) as pilot:
        await keys(pilot, "n", "Two desks")
        form = pilot.app.screen
        await choose(pilot, keys, "it_infrastructure")
        assert not form.query_one("#lines").display
        assert str(form.query_one("#why", Label).render()) == "Description"
        await choose(pilot, keys, "it_procurement")
        assert form.query_one("#lines").display
        assert form.query_one("#currency", Input).value == "NGN"

        form.query_one("#lines").focus()
        await keys(pilot, "2 x Desk @ 45000", "enter", "1 x Lamp")
        assert part(pilot, "#total") == "NGN 90,000.00 so far"
        await keys(pilot, "tab")
        assert part(pilot, "#total") == "! '1 x Lamp' is no line of a purchase: write it as `2 x Toner @ 45.00`"
        await keys(pilot, "shift+tab", " @ 500")
        assert part(pilot, "#total") == "NGN 90,500.00"

        await keys(pilot, "f2")
        assert "it needs a reason: why is it to be bought?" in said(pilot)
        await keys(pilot, "we are two more", "f2")
        assert isinstance(pilot.app.screen, TicketScreen)

    bought = as_("remi").ticket(1).purchase
    assert bought is not None
    assert (bought.total, bought.justification) == ("NGN 90,500.00", "we are two more")


async def test_the_form_keeps_a_purchase_as_a_draft_and_sends_none_for_standard_work(
    app_for: Open, keys: Keys, as_: As
) -> None:
    async with app_for("remi").run_test(size=SMALL) as pilot:
        await keys(pilot, "n", "Two desks")
        await choose(pilot, keys, "it_procurement")
        pilot.app.screen.query_one("#lines").focus()
        await keys(pilot, "2 x Desk", "f2")
        assert "it needs a reason" in said(pilot)
        await keys(pilot, "we are two more", "f2")
        assert "'2 x Desk' is no line of a purchase" in said(pilot)
        assert pilot.app.screen.focused is pilot.app.screen.query_one("#lines")
        await keys(pilot, "escape", "n")
        assert isinstance(pilot.app.screen, NewTicketScreen)
        assert pilot.app.screen.query_one("#lines", TextArea).text == "2 x Desk"
        assert pilot.app.screen.query_one("#lines").display
        await choose(pilot, keys, "it_design")
        await keys(pilot, "f2")

    (row,) = as_("remi").page(View.REQUESTED).rows
    assert (row.category, as_("remi").ticket(row.id).purchase) == ("Design", None)


async def test_hostile_text_in_a_purchase_is_shown_and_does_nothing(
    app_for: Open, keys: Keys, submit: Callable[..., int], as_: As
) -> None:
    evil = Wanted((f"1 x {HOSTILE} @ 5",), "", "", HOSTILE, HOSTILE, (HOSTILE,))
    ticket = submit("Chair", category="it_procurement", description=HOSTILE, purchase=evil)
    as_("lara").act(ticket, Action.ASK, text=HOSTILE)
    as_("remi").act(ticket, Action.REPLY, text=HOSTILE)
    for login in ("lara", "remi"):
        async with app_for(login).run_test(size=WIDE) as pilot:
            await keys(pilot, "3") if login == "lara" else await keys(pilot)
            preview = lines(pilot)
            await keys(pilot, "enter", "V")
            shown = preview + lines(pilot) + part(pilot, "#head") + part(pilot, "#text")
            await keys(pilot, *["backspace"] * 3, HOSTILE, "f2")
            assert "is no line of a purchase" in part(pilot, "#question")
            shown += part(pilot, "#question")
            await keys(pilot, "escape", "escape")
            assert "\x1b" not in shown
            assert "\u202e" not in shown
            assert "[bold]x[/bold]" in shown
