"""The approval inbox: a managing director's twenty purchases from the keyboard, and nothing decided by mistake."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime

import pytest
from inbox_looks import is_up, listed, released, said, shown, under_cursor

from deskterm.actions.command import Scope
from deskterm.actions.registry import SHIPPED
from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action, Status
from deskterm.core.views import Tab
from deskterm.screens.approvals import ApprovalsScreen
from deskterm.widgets.key_list import KeyList
from deskterm.widgets.listing import Listing

Keys = Callable[..., Awaitable[None]]
Open = Callable[..., DesktermApp]
As = Callable[[str], Desk]
Buy = Callable[..., int]
SMALL = (80, 24)
HOLD = 60
"""Seconds that no test takes: what is decided stays unsent until something sends it."""


@pytest.mark.parametrize("backend", ["sqlite", "postgres"])
async def test_twenty_purchases_are_approved_one_by_one_in_under_forty_keys(
    app_for: Open, keys: Keys, buy: Buy, as_: As
) -> None:
    twenty = [buy(f"Purchase {n}", lines=(f"{n} x Toner @ 1000.00",)) for n in range(1, 21)]
    pressed = ["A", *["a"] * 20]
    async with app_for("ezra", undo_seconds=0).run_test(size=SMALL) as pilot:
        await keys(pilot, *pressed)

        assert "Nothing waits for your decision." in "\n".join(shown(pilot))
        assert "1 waiting 0" in shown(pilot)[0]
    assert all(released(as_("ezra"), *twenty))
    assert len(pressed) == 21


@pytest.mark.parametrize("backend", ["sqlite", "postgres"])
async def test_twenty_purchases_are_approved_at_once_after_a_line_that_states_count_and_total(
    app_for: Open, keys: Keys, buy: Buy, as_: As
) -> None:
    twenty = [buy(lines=("1 x Toner @ 1000.00",)) for _ in range(19)]
    twenty.append(buy(lines=("1 x Licence @ 90.50",), currency="USD"))
    pressed = ["A", "asterisk", "a", "y"]
    async with app_for("ezra", undo_seconds=0).run_test(size=SMALL) as pilot:
        await keys(pilot, *pressed[:3])
        assert "approve 20 purchases, NGN 19,000.00 and USD 90.50 in total: y sends, Esc goes back" in said(pilot)
        assert len(listed(pilot)) == 20
        await keys(pilot, "j", "a", pressed[3])

        assert "20 purchases approved" in said(pilot)
        assert listed(pilot) == []
    assert all(released(as_("ezra"), *twenty))
    assert len(pressed) == 4


async def test_everything_a_decision_needs_is_on_one_screen(
    app_for: Open, keys: Keys, buy: Buy, as_: As, at: Callable[[str], datetime]
) -> None:
    as_("ezra").act(buy(lines=("1 x Chair @ 60000.00",)), Action.APPROVE)
    number = buy(
        "Toner for the print room",
        signed=(),
        lines=("2 x Toner @ 45000.00", "1 x Drum @ 38500.50"),
        justification="Tenders close on Friday",
        vendor="Acme Office",
        cost_centre="IT-03",
        quotes=("Q-17", "Q-18"),
    )
    as_("lara").act(number, Action.APPROVE, text="the cheapest of three")
    at("2026-09-28 10:30")
    as_("hana").act(number, Action.APPROVE)
    async with app_for("ezra").run_test(size=SMALL) as pilot:
        await keys(pilot, "A")
        lines = shown(pilot)
        text = " ".join(" ".join(lines).split())

    assert len(lines) == 24
    assert max(map(len, lines)) <= 80
    assert lines[2].split()[:3] == ["HD-000002", "NGN", "128,500.50"]
    for needed in (
        "HD-000002 Toner for the print room",
        "NGN 128,500.50 · Remi Requester · IT & Communications",
        "2 x Toner @ 45,000.00 = 90,000.00",
        "1 x Drum @ 38,500.50 = 38,500.50",
        "Tenders close on Friday",
        "Acme Office · cost centre IT-03 · quotes Q-17, Q-18",
        "✓ Department Lead: Lara Lead approved 28 Sep",
        "the cheapest of three",
        "✓ Head of Corporate Services: Hana Head approved 28 Sep",
        "▸ Managing Director waits for Ezra Executive",
        "IT & Communications: NGN 60,000.00 so far, 188,500.50 with this",
        "Remi Requester submitted it",
        "a approve x reject i ask space mark",
    ):
        assert needed in text.replace("\N{NO-BREAK SPACE}", " "), needed


MORE = Wanted(("3 x Toner @ 45000.00",), justification="We print tenders", vendor="Acme")


async def test_what_a_change_made_void_stands_in_the_preview(app_for: Open, keys: Keys, buy: Buy, as_: As) -> None:
    number = buy(signed=("lara",))
    as_("remi").act(number, Action.AMEND, purchase=MORE, text="three are needed")
    changed = "Changed Remi Requester: three are needed · was NGN 90,000.00 for 2 x Toner · vendor added · "
    async with app_for("lara").run_test(size=SMALL) as pilot:
        await keys(pilot, "A")
        text = " ".join(" ".join(shown(pilot)).split())
        assert "r2 Toner" in shown(pilot)[2]
        assert f"{changed}your approval of round 1 is void" in text
        assert "Remi Requester changed the purchase" in shown(pilot)[-2]
        await keys(pilot, "a", "escape")
    async with app_for("hana").run_test(size=SMALL) as pilot:
        await keys(pilot, "A")
        assert f"{changed}Lara Lead's approval of round 1 is void" in " ".join(" ".join(shown(pilot)).split())


async def test_what_was_withdrawn_tells_of_no_later_stage(app_for: Open, keys: Keys, buy: Buy, as_: As) -> None:
    number = buy(signed=("lara",))
    as_("remi").act(number, Action.WITHDRAW)
    async with app_for("ezra").run_test(size=SMALL) as pilot:
        await keys(pilot, "A", "4")
        text = "\n".join(shown(pilot))
    assert "✓ Department Lead: Lara Lead approved" in text
    assert "· then " not in text


async def test_each_tab_offers_the_keys_that_it_has(app_for: Open, keys: Keys, buy: Buy, as_: As) -> None:
    as_("ezra").act(buy(), Action.APPROVE)
    async with app_for("ezra").run_test(size=SMALL) as pilot:
        await keys(pilot, "A", "2")
        assert said(pilot).replace("\N{NO-BREAK SPACE}", " ").split() == [
            "u",
            "undo",
            "⏎",
            "open",
            "Esc",
            "back",
            "?",
            "help",
        ]
        await keys(pilot, "4")
        assert "approve" in said(pilot)
        assert "mark" not in said(pilot)


async def test_what_has_no_room_is_never_hidden_silently(app_for: Open, keys: Keys, buy: Buy) -> None:
    buy(lines=tuple(f"{n} x Cable @ 100.00" for n in range(1, 30)), justification="why " * 500, vendor="V" * 200)
    async with app_for("ezra").run_test(size=SMALL) as pilot:
        await keys(pilot, "A")
        text = "\n".join(shown(pilot))
        assert "of 29 items, ⏎ opens it" in text
        assert text.count("… ⏎ opens it") >= 2
        assert "so far, 43,500.00 with this" in text
        assert "▸ Managing Director waits for Ezra Executive" in text


async def test_rejecting_needs_a_reason_and_asking_a_question(app_for: Open, keys: Keys, buy: Buy, as_: As) -> None:
    first, second = buy("First"), buy("Second")
    async with app_for("ezra", undo_seconds=0).run_test(size=SMALL) as pilot:
        await keys(pilot, "A", "x", "enter")
        assert "it needs an answer" in "\n".join(shown(pilot))
        await keys(pilot, "too dear ", "enter")
        assert "HD-000001 rejected" in said(pilot)
        assert under_cursor(pilot) == second
        await keys(pilot, "i", "which room ", "enter")
        assert listed(pilot) == []

    desk = as_("ezra")
    assert desk.ticket(first).status is Status.CLOSED
    asked, refused = desk.inbox(Tab.DECIDED).rows
    assert (asked.id, asked.decision, refused.id, refused.decision) == (second, "returned", first, "refused")
    assert any("which room" in entry.text for entry in as_("remi").ticket(second).timeline)


async def test_several_are_rejected_for_one_reason(app_for: Open, keys: Keys, buy: Buy, as_: As) -> None:
    numbers = [buy(f"Purchase {n}") for n in range(3)]
    async with app_for("ezra", undo_seconds=0).run_test(size=SMALL) as pilot:
        await keys(pilot, "A", "space", "space", "x", "no budget ", "enter")
        assert "reject 2 purchases, NGN 180,000.00 in total, saying: no budget: y sends" in said(pilot)
        await keys(pilot, "escape", "x", "enter", "y")
        assert listed(pilot) == numbers[2:]
        assert "2 purchases rejected" in said(pilot)
    assert [as_("ezra").ticket(number).status for number in numbers[:2]] == [Status.CLOSED] * 2


async def test_marks_are_tickets_and_survive_reading_anew_and_other_tabs(app_for: Open, keys: Keys, buy: Buy) -> None:
    numbers = [buy(f"Purchase {n}") for n in range(4)]
    async with app_for("ezra", undo_seconds=HOLD).run_test(size=SMALL) as pilot:
        await keys(pilot, "A", "space", "j", "space", "2", "l", "1", "full_stop")
        marked = [line[2:11] for line in shown(pilot) if line.startswith("●")]
        assert marked == ["HD-000001", "HD-000003"]
        assert "2 marked, NGN 180,000.00 in total" in said(pilot)
        await keys(pilot, "4", "space")
        assert "only what waits can be marked" in said(pilot)
        await keys(pilot, "a")
        assert "approve 2 purchases" in said(pilot)
        await keys(pilot, "y", "1")
        assert listed(pilot) == [numbers[1], numbers[3]]


async def test_what_somebody_decides_for_another_says_for_whom(app_for: Open, keys: Keys, buy: Buy, as_: As) -> None:
    number = buy("Chairs", signed=("lara",))
    as_("hana").delegate("ini", date(2026, 9, 28), date(2026, 9, 30))
    async with app_for("ini", undo_seconds=0).run_test(size=SMALL) as pilot:
        await keys(pilot, "A", "3")
        text = "\n".join(shown(pilot))
        assert "for Hana Head: Chairs" in text
        assert "waits for Hana Head, and you decide for them" in " ".join(text.split())
        assert "all purchases" not in text
        await keys(pilot, "4")
        assert "for Hana Head: Chairs" in "\n".join(shown(pilot))
        await keys(pilot, "a", "2")
        assert "✓ approved" in shown(pilot)[2]
        assert "Ini of IT approved for Hana Head" in " ".join("\n".join(shown(pilot)).split())
    assert as_("ezra").awaited() == 1
    assert number == 1


async def test_what_does_not_wait_for_oneself_is_refused_before_anything_is_asked(
    app_for: Open, keys: Keys, buy: Buy
) -> None:
    buy(signed=())
    async with app_for("ezra", undo_seconds=0).run_test(size=SMALL) as pilot:
        await keys(pilot, "A")
        assert "Nothing waits for your decision." in "\n".join(shown(pilot))
        await keys(pilot, "4", "x")
        assert "HD-000001 doesn't wait for your decision: see its stages" in said(pilot)


async def test_hostile_text_is_text(app_for: Open, keys: Keys, buy: Buy, as_: As) -> None:
    evil = "[/] [@click=app.exit]x[/] \x1b]0;title\x07 \x9b31m \u202egpj"
    buy(f"Title {evil}", lines=(f"1 x {evil} @ 10.00",), vendor=evil, justification=f"{evil}\nnext", quotes=(evil,))
    async with app_for("ezra", undo_seconds=0).run_test(size=SMALL) as pilot:
        await keys(pilot, "A", "space", "x", "[/b] ", "enter")
        text = "\n".join(shown(pilot))
        assert "saying: [/b]" in said(pilot)
        assert text.count("[@click=app.exit]") >= 4
        assert not set(text) & set("\x1b\x07\x9b\u202e")
        await keys(pilot, "y")
        assert "HD-000001 rejected" in said(pilot)


async def test_coming_back_from_a_ticket_the_cursor_is_where_it_was(app_for: Open, keys: Keys, buy: Buy) -> None:
    numbers = [buy(f"Purchase {n}") for n in range(3)]
    async with app_for("ezra", undo_seconds=0).run_test(size=SMALL) as pilot:
        await keys(pilot, "A", "j", "enter", "Y", "enter", "escape")
        assert is_up(pilot, ApprovalsScreen)
        assert listed(pilot) == [numbers[0], numbers[2]]
        assert under_cursor(pilot) == numbers[2]
        await keys(pilot, "enter", "A")
        assert is_up(pilot, ApprovalsScreen)
        await keys(pilot, "escape")
        assert is_up(pilot, Listing)


async def test_what_is_decided_makes_room_for_what_was_not_read_yet(app_for: Open, keys: Keys, buy: Buy) -> None:
    numbers = [buy(f"Purchase {n}") for n in range(25)]
    async with app_for("ezra", undo_seconds=0).run_test(size=SMALL) as pilot:
        await keys(pilot, "A", "a", "a")
        assert listed(pilot) == numbers[2:]


async def test_help_lists_the_keys_of_the_inbox_and_does_what_is_chosen(app_for: Open, keys: Keys) -> None:
    async with app_for("ezra").run_test(size=(120, 60)) as pilot:
        await keys(pilot, "A", "question_mark")
        entries = pilot.app.screen.query_one(KeyList).entries
        assert [entry.command.id for entry in entries] == [command.id for command in SHIPPED.of(Scope.INBOX)]
        assert {entry.command.id: entry.why for entry in entries}["approve"] == "there is no ticket to approve"
        await keys(pilot, *"decided", "enter")
        assert pilot.app.screen.tab is Tab.DECIDED  # type: ignore[attr-defined]
