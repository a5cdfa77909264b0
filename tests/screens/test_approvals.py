"""The approval inbox: a managing director's twenty purchases from the keyboard, and nothing decided by mistake."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from deskterm.actions import Scope, commands
from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.core.domain.errors import StoreUnavailable
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action, Status
from deskterm.core.services.intake import Submission
from deskterm.core.views import InboxRow, Left, Tab
from deskterm.screens.approvals import ApprovalsScreen
from deskterm.widgets.inbox_table import InboxTable
from deskterm.widgets.listing import Listing
from deskterm.widgets.pending import Decision, Pending
from deskterm.widgets.status_line import StatusLine

Keys = Callable[..., Awaitable[None]]
Open = Callable[..., DesktermApp]
As = Callable[[str], Desk]
Buy = Callable[..., int]
SMALL = (80, 24)
HOLD = 60
"""Seconds that no test takes: what is decided stays unsent until something sends it."""


@pytest.fixture
def buy(as_: As) -> Buy:
    """Makes a purchase and brings it before the managing director, or before who comes after `signed`."""

    def make(title: str = "Toner", *, signed: tuple[str, ...] = ("lara", "hana"), by: str = "remi", **more: Any) -> int:
        wanted = Wanted(**{"lines": ("2 x Toner @ 45000.00",), "justification": "We print tenders", **more})
        number = as_(by).submit(Submission(title=title, category="it_procurement", purchase=wanted)).id
        for login in signed:
            as_(login).act(number, Action.APPROVE)
        return number

    return make


def shown(pilot: Pilot[None]) -> list[str]:
    """The lines on the screen."""
    return [strip.text.rstrip() for strip in pilot.app.screen._compositor.render_strips()]


def said(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(StatusLine).render())


def is_up(pilot: Pilot[None], kind: type[Screen[None]]) -> bool:
    return isinstance(pilot.app.screen, kind)


def listed(pilot: Pilot[None]) -> list[int]:
    return [row.id for row in pilot.app.screen.query_one(InboxTable).rows]


def under_cursor(pilot: Pilot[None]) -> int | None:
    row = pilot.app.screen.query_one(InboxTable).row
    return row.id if row else None


def released(desk: Desk, *numbers: int) -> list[bool]:
    return [desk.ticket(number).status is Status.NEW for number in numbers]


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


async def test_what_was_decided_can_be_taken_back_before_it_is_sent(
    app_for: Open, keys: Keys, buy: Buy, as_: As
) -> None:
    numbers = [buy(f"Purchase {n}") for n in range(3)]
    async with app_for("ezra", undo_seconds=HOLD).run_test(size=SMALL) as pilot:
        await keys(pilot, "A", "j", "a")
        assert listed(pilot) == [numbers[0], numbers[2]]
        assert under_cursor(pilot) == numbers[2]
        assert "approve HD-000002 in 60 s: u takes it back" in said(pilot)
        assert "1 waiting 2" in shown(pilot)[0]
        await keys(pilot, "u")
        assert listed(pilot) == numbers
        assert under_cursor(pilot) == numbers[1]

        await keys(pilot, "asterisk", "a", "y")
        assert listed(pilot) == []
        await keys(pilot, "full_stop", "u")
        assert listed(pilot) == numbers
        await keys(pilot, "u")
        assert "nothing to take back" in said(pilot)
    assert not any(released(as_("ezra"), *numbers))


async def test_a_reason_taken_back_is_a_draft(app_for: Open, keys: Keys, buy: Buy) -> None:
    buy()
    async with app_for("ezra", undo_seconds=HOLD).run_test(size=SMALL) as pilot:
        await keys(pilot, "A", "x", "too dear ", "enter", "u", "x")
        assert "too dear" in "\n".join(shown(pilot))


async def test_leaving_sends_at_once_and_the_queue_says_what_became_of_it(
    app_for: Open, keys: Keys, buy: Buy, as_: As
) -> None:
    number, other = buy(), buy()
    async with app_for("ezra", undo_seconds=HOLD).run_test(size=SMALL) as pilot:
        await keys(pilot)
        assert "◆2 A" in said(pilot).replace("\N{NO-BREAK SPACE}", " ")
        await keys(pilot, "A", "a", "escape")
        assert is_up(pilot, Listing)
        assert "HD-000001 approved" in said(pilot)
        await keys(pilot, "escape")
        assert "◆1 A" in said(pilot).replace("\N{NO-BREAK SPACE}", " ")
        await keys(pilot, "enter")
        assert "◆1 A" in said(pilot).replace("\N{NO-BREAK SPACE}", " ")
    assert released(as_("ezra"), number, other) == [True, False]


async def test_quitting_sends_what_is_pending_and_waits_for_the_answer(
    app_for: Open, keys: Keys, buy: Buy, as_: As
) -> None:
    first, second = buy(), buy()
    async with app_for("ezra", undo_seconds=HOLD).run_test(size=SMALL) as pilot:
        await keys(pilot, "A", "a", "a", "q")
        assert not pilot.app.is_running
    assert released(as_("ezra"), first, second) == [True, True]


async def test_a_refusal_keeps_the_app_open_when_it_was_to_quit(app_for: Open, keys: Keys, buy: Buy, as_: As) -> None:
    number = buy()
    async with app_for("ezra", undo_seconds=HOLD).run_test(size=SMALL) as pilot:
        await keys(pilot, "A", "a")
        as_("remi").act(number, Action.WITHDRAW)
        await keys(pilot, "q")
        assert pilot.app.is_running
        assert "Remi Requester withdrew it" in said(pilot)
        await keys(pilot, "q")
        assert not pilot.app.is_running


async def test_ended_from_outside_nothing_pending_is_sent(app_for: Open, keys: Keys, buy: Buy, as_: As) -> None:
    number = buy()
    async with app_for("ezra", undo_seconds=HOLD).run_test(size=SMALL) as pilot:
        await keys(pilot, "A", "a")
        pilot.app.exit(return_code=143)
    assert released(as_("ezra"), number) == [False]


async def test_a_stale_screen_is_told_who_was_first_and_the_row_is_back(
    app_for: Open, keys: Keys, buy: Buy, as_: As
) -> None:
    numbers = [buy(f"Purchase {n}") for n in range(3)]
    async with app_for("ezra", undo_seconds=HOLD).run_test(size=SMALL) as pilot:
        await keys(pilot, "A", "asterisk", "a", "y")
        as_("remi").act(
            numbers[1], Action.AMEND, purchase=Wanted(lines=("9 x Toner @ 1.00",), justification="more"), text="more"
        )
        app = pilot.app
        assert isinstance(app, DesktermApp)
        app.decisions.flush()
        await keys(pilot)

        assert "2 approved, 1 refused: HD-000002 has changed since you looked" in " ".join(said(pilot).split())
        assert "Remi Requester changed the purchase" in said(pilot)
        assert listed(pilot) == [numbers[1]]
        assert shown(pilot)[2].startswith("! HD-000002")
        assert "! HD-000002 has changed since you looked" in "\n".join(shown(pilot)[9:])
        await keys(pilot, "full_stop")
        assert listed(pilot) == []
    assert released(as_("ezra"), *numbers) == [True, False, True]


async def test_a_purchase_that_changes_while_it_is_looked_at_is_not_approved_as_it_was(
    app_for: Open, keys: Keys, buy: Buy, as_: As
) -> None:
    number, _ = buy(signed=()), buy(signed=())
    async with app_for("lara", undo_seconds=0).run_test(size=SMALL) as pilot:
        await keys(pilot, "A", "space")
        changed = Wanted(lines=("9 x Toner @ 45000.00",), justification="more")
        as_("remi").act(number, Action.AMEND, purchase=changed, text="more are needed")
        await keys(pilot, "k")
        assert "HD-000001 was changed since the list was read" in said(pilot)
        assert "NGN 405,000.00" in shown(pilot)[2]
        assert not shown(pilot)[2].startswith("●")
    assert as_("lara").awaited() == 2


async def test_an_unreachable_desk_loses_no_decision(
    app_for: Open, keys: Keys, buy: Buy, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [buy(), buy()]
    tried: list[int] = []

    def fail(_: Desk, number: int, *_more: object, **__: object) -> Any:
        tried.append(number)
        raise StoreUnavailable("the database is gone")

    async with app_for("ezra", undo_seconds=0).run_test(size=SMALL) as pilot:
        with monkeypatch.context() as patch:
            patch.setattr(Desk, "act", fail)
            await keys(pilot, "A", "asterisk", "a", "y")
        assert tried == numbers[:1]
        assert listed(pilot) == numbers
        assert "0 approved, 2 refused: HD-000001: the database is gone" in said(pilot)
        await keys(pilot, "a", "a")
    assert released(as_("ezra"), *numbers) == [True, True]


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
    as_("hana").delegate("olu", date(2026, 9, 28), date(2026, 9, 30))
    async with app_for("olu", undo_seconds=0).run_test(size=SMALL) as pilot:
        await keys(pilot, "A", "3")
        text = "\n".join(shown(pilot))
        assert "for Hana Head: Chairs" in text
        assert "waits for Hana Head, and you decide for them" in " ".join(text.split())
        assert "all purchases" not in text
        await keys(pilot, "4")
        assert "for Hana Head: Chairs" in "\n".join(shown(pilot))
        await keys(pilot, "a", "2")
        assert "✓ approved" in shown(pilot)[2]
        assert "Olu Lead approved for Hana Head" in " ".join("\n".join(shown(pilot)).split())
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


async def test_help_lists_the_keys_of_the_inbox(app_for: Open, keys: Keys) -> None:
    async with app_for("ezra").run_test(size=(120, 60)) as pilot:
        await keys(pilot, "A", "question_mark")
        text = str(pilot.app.screen.query_one(Static).render())
    for command in commands(Scope.INBOX):
        assert command.help in text
    used = Counter(key for command in commands(Scope.INBOX) for key in command.keys)
    assert [key for key, times in used.items() if times > 1] == []


@pytest.fixture
def row() -> InboxRow:
    """A line of the inbox."""
    left = Left("runs", 60, 0, None, breached=False, day=3600)
    numbers = {"id": 1, "version": 4, "round": 1, "total_minor": 100, "asked_at": datetime(2026, 9, 28, tzinfo=UTC)}
    texts = dict.fromkeys(("title", "department", "requester", "stage", "for_name", "digest", "decision"), "")
    return InboxRow(**numbers, **texts, **_REST, left=left)  # type: ignore[arg-type]


_REST = {"state": "open", "currency": "NGN", "total": "NGN 1.00", "decided_at": None, "timer": None}


def test_a_decision_is_due_when_its_seconds_have_passed(row: InboxRow) -> None:
    now = [100.0]
    pending = Pending(5, lambda: now[0])
    first, second = (Decision("approve", Action.APPROVE, "approve", "approved", (row._replace(id=n),)) for n in (1, 2))
    pending.add(first)
    now[0] = 102.5
    pending.add(second)

    assert pending.ids == {1, 2}
    assert pending.sentence == "approve HD-000002 in 5 s (after 1 more): u takes it back"
    assert pending.due() == []
    now[0] = 105.0
    assert pending.due() == [first]
    assert pending.take_back() == second
    assert pending.take_back() is None
    assert pending.sentence == ""
    assert not pending
