"""When a ticket is due, by priority and the instant it came: reckoned by hand in Nigeria's calendar."""

from collections.abc import Callable
from datetime import datetime

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.clocks import by_name
from deskterm.core.domain.words import Action, WaitReason
from deskterm.core.services.intake import Submission
from deskterm.core.store import tickets
from deskterm.core.store.engine import Store

As = Callable[[str], Desk]
At = Callable[[str], datetime]


@pytest.mark.parametrize(
    ("submitted", "priority", "due"),
    [
        ("2026-09-28 09:00", "urgent", "2026-09-28 13:00"),
        ("2026-09-28 09:00", "high", "2026-09-30 15:00"),  # 8 + 9 + 7
        ("2026-09-28 09:00", "medium", "2026-10-02 09:00"),  # 8 + 9 + 9, a holiday, 1
        ("2026-09-28 09:00", "low", "2026-10-08 09:00"),  # 8 + 9 + 9 + 9 + 9 + 9 + 9 + 1
        ("2026-09-30 16:00", "urgent", "2026-10-02 11:00"),  # over the holiday
        ("2026-10-01 10:00", "urgent", "2026-10-02 12:00"),  # on the holiday
        ("2026-10-02 16:30", "urgent", "2026-10-05 11:30"),  # over the weekend
        ("2026-10-03 12:00", "urgent", "2026-10-05 12:00"),  # on a Saturday
        ("2026-09-28 03:00", "urgent", "2026-09-28 12:00"),  # before opening
        ("2026-09-28 13:00", "urgent", "2026-09-28 17:00"),  # ends at closing, not at the next opening
        ("2026-12-24 16:00", "urgent", "2026-12-29 11:00"),  # Boxing Day, a Saturday, is given on the Monday
    ],
)
def test_a_ticket_is_due(as_: As, at: At, submitted: str, priority: str, due: str) -> None:
    at(submitted)
    ticket = as_("remi").submit(Submission(title="x", category="it_design", priority=priority)).id
    row = as_("ife").row(ticket)
    assert row is not None
    assert row.left.due_at == row.next_due_at == at(due)


def test_a_change_of_priority_keeps_the_time_used(as_: As, at: At) -> None:
    ticket = as_("remi").submit(Submission(title="x", category="it_design", priority="high")).id
    at("2026-09-28 12:00")
    as_("lara").act(ticket, Action.SET_PRIORITY, priority="urgent")
    row = as_("lara").row(ticket)
    assert row is not None
    assert (row.left.used, row.left.due_at) == (3 * 3_600, at("2026-09-28 13:00"))


def test_a_nearer_target_that_is_already_used_up_is_a_breach_at_that_moment(as_: As, at: At, store: Store) -> None:
    ticket = as_("remi").submit(Submission(title="x", category="it_design", priority="medium")).id
    as_("lara").act(ticket, Action.START)
    at("2026-09-28 15:00")
    as_("lara").act(ticket, Action.WAIT, reason=WaitReason.VENDOR)
    raised = at("2026-09-28 16:00")
    as_("lara").act(ticket, Action.SET_PRIORITY, priority="urgent")
    at("2026-09-28 16:30")
    as_("lara").act(ticket, Action.RESOLVE, cause="x", fix="x")
    with store.read() as connection:
        loaded = tickets.load(connection, ticket)
    assert loaded is not None
    clock = by_name(loaded.history.clocks)["resolution"]
    assert (clock.consumed_us, clock.breached_at) == (6 * 3_600_000_000, raised)
    assert as_("ada").doctor().findings == ()


@pytest.mark.parametrize(
    ("reason", "used"),
    [
        (WaitReason.REQUESTER, 1),
        (WaitReason.VENDOR, 1),
        (WaitReason.DELIVERY, 1),
        (WaitReason.MAINTENANCE, 1),
        (WaitReason.OTHER, 4),  # a wait that nobody explains stops no clock
    ],
)
def test_a_wait_stops_the_clock_for_the_reasons_of_the_profile(as_: As, at: At, reason: WaitReason, used: int) -> None:
    ticket = as_("remi").submit(Submission(title="x", category="it_design")).id
    at("2026-09-28 10:00")
    as_("ife").act(ticket, Action.WAIT, reason=reason, text="for it")
    at("2026-09-28 13:00")
    row = as_("ife").row(ticket)
    assert row is not None
    assert row.left.used == used * 3_600
    assert row.left.state == ("runs" if used == 4 else "paused")
    assert (row.left.due_at is None) == (used == 1)
