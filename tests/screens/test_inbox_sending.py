"""Decisions on their way: taken back, sent, refused, and none lost silently."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from inbox_looks import is_up, listed, released, said, shown, under_cursor

from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.core.domain.errors import StoreUnavailable
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action, RoundState
from deskterm.core.views import InboxRow, Left, Tab
from deskterm.widgets.listing import Listing
from deskterm.widgets.pending import Decision, Pending

Keys = Callable[..., Awaitable[None]]
Open = Callable[..., DesktermApp]
As = Callable[[str], Desk]
Buy = Callable[..., int]
SMALL = (80, 24)
HOLD = 60
"""Seconds that no test takes: what is decided stays unsent until something sends it."""


async def test_what_was_decided_can_be_taken_back_before_it_is_sent(
    app_for: Open, keys: Keys, buy: Buy, as_: As
) -> None:
    numbers = [buy(f"Purchase {n}") for n in range(3)]
    async with app_for("ezra", undo_seconds=HOLD).run_test(size=SMALL) as pilot:
        await keys(pilot, "A", "j", "a")
        assert listed(pilot) == [numbers[0], numbers[2]]
        assert under_cursor(pilot) == numbers[2]
        assert re.search(r"approve HD-000002 in \d+ s: u takes it back", said(pilot))
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


async def test_decisions_are_sent_in_the_order_they_were_made(app_for: Open, keys: Keys, buy: Buy, as_: As) -> None:
    numbers = [buy() for _ in range(6)]
    async with app_for("ezra", undo_seconds=HOLD).run_test(size=SMALL) as pilot:
        await keys(pilot, "A", *["a"] * 5, "x", "no ", "enter", "escape")
    assert [row.id for row in as_("ezra").inbox(Tab.DECIDED).rows] == numbers[::-1]


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


@pytest.fixture
def row() -> InboxRow:
    """A line of the inbox."""
    return InboxRow(
        id=1,
        version=4,
        round=1,
        state=RoundState.OPEN,
        title="Toner",
        department="IT",
        requester="Remi",
        stage="Managing Director",
        for_name="",
        currency="NGN",
        total_minor=100,
        total="NGN 1.00",
        digest="",
        asked_at=datetime(2026, 9, 28, tzinfo=UTC),
        decision="",
        decided_at=None,
        left=Left("runs", 60, 0, None, breached=False, day=3600),
        timer=None,
    )


def test_a_decision_is_due_when_its_seconds_have_passed(row: InboxRow) -> None:
    now = [100.0]
    pending: Pending[Decision] = Pending(5, lambda: now[0])
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
