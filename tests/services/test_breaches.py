"""A breach is a fact: found by the sweep or before the next change, written once, told to who has the ticket and leads.

An urgent ticket of Monday, 09:00, is due at 13:00; a medium one of then on Friday, 09:00.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import ChangedElsewhere, NotAllowed
from deskterm.core.domain.facts import Fact
from deskterm.core.domain.history import History, caught_up
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action, FactKind, Status, WaitReason
from deskterm.core.services import sweep, work
from deskterm.core.services.intake import Submission
from deskterm.core.services.policies import DeskPolicy
from deskterm.core.store.engine import Connection, Store
from deskterm.core.store.tables import CLOCKS, FACTS, NOTICES, PEOPLE

As = Callable[[str], Desk]
At = Callable[[str], datetime]
K = FactKind
US = timedelta(microseconds=1)
NOTHING = Wanted()


@pytest.fixture
def urgent(as_: As) -> Callable[..., int]:
    def submit(category: str = "it_design", priority: str = "urgent", purchase: Wanted = NOTHING) -> int:
        given = Submission(title="x", category=category, priority=priority, purchase=purchase)
        return as_("remi").submit(given).id

    return submit


def breaches(store: Store) -> list[tuple[int, int, datetime, int | None, str]]:
    """Every breach that is written: ticket, version, when, who, by which road."""
    query = sa.select(FACTS.c.ticket_id, FACTS.c.version, FACTS.c.at, FACTS.c.actor_id, FACTS.c.via)
    with store.read() as connection:
        found = connection.execute(query.where(FACTS.c.kind == K.BREACHED).order_by(FACTS.c.ticket_id))
        return [(ticket, version, at, actor, via) for ticket, version, at, actor, via in found]


def told(store: Store) -> list[tuple[str, int]]:
    """Who was told of a breach, and of which ticket's."""
    same = sa.and_(FACTS.c.ticket_id == NOTICES.c.ticket_id, FACTS.c.version == NOTICES.c.version)
    whose = NOTICES.join(FACTS, same).join(PEOPLE, PEOPLE.c.id == NOTICES.c.person_id)
    query = sa.select(PEOPLE.c.login, NOTICES.c.ticket_id).select_from(whose)
    with store.read() as connection:
        return sorted((login, ticket) for login, ticket in connection.execute(query.where(FACTS.c.kind == K.BREACHED)))


def swept(desk: Desk) -> tuple[int, int]:
    """How many tickets a pass found late and how many breaches on them, when it left none out."""
    done = desk.sweep()
    assert done.left_out == ()
    return done.tickets, done.breaches


def kinds(desk: Desk, ticket: int) -> list[FactKind]:
    return [entry.kind for entry in desk.ticket(ticket).timeline]


def test_a_sweep_writes_each_breach_once_and_tells_who_has_it_and_who_leads(
    as_: As, at: At, store: Store, urgent: Callable[..., int]
) -> None:
    mine, nobodys, elsewhere, later = urgent(), urgent(), urgent("operations_repairs"), urgent(priority="medium")
    as_("ife").act(mine, Action.CLAIM)
    due = at("2026-09-28 13:00")
    at("2026-09-28 15:00")
    assert swept(as_("ada")) == (3, 3)
    assert breaches(store) == [
        (mine, 3, due, None, "cli"),
        (nobodys, 2, due, None, "cli"),
        (elsewhere, 2, due, None, "cli"),
    ]
    assert told(store) == [("ife", mine), ("lara", mine), ("lara", nobodys), ("olu", elsewhere)]
    assert swept(as_("ada")) == (0, 0)
    at("2026-09-30 15:00")
    assert swept(as_("ada")) == (0, 0)
    assert len(breaches(store)) == 3
    assert kinds(as_("ada"), later) == [K.SUBMITTED]
    assert as_("ada").doctor().findings == ()


def test_what_ends_exactly_at_its_due_time_is_in_time(
    as_: As, at: At, clock: list[datetime], urgent: Callable[..., int]
) -> None:
    urgent()
    due = at("2026-09-28 13:00")
    assert swept(as_("ada")) == (0, 0)
    clock.append(due + US)
    assert swept(as_("ada")) == (1, 1)


def test_the_row_keeps_when_it_was_due_and_no_longer_waits_for_the_sweep(
    as_: As, at: At, store: Store, urgent: Callable[..., int]
) -> None:
    ticket = urgent()
    due = at("2026-09-28 13:00")
    at("2026-09-29 09:00")
    as_("ada").sweep()
    with store.read() as connection:
        query = sa.select(CLOCKS.c.due_at, CLOCKS.c.breached_at, CLOCKS.c.running_since.is_not(None))
        (row,) = connection.execute(query.where(CLOCKS.c.ticket_id == ticket, CLOCKS.c.name == "resolution"))
    assert tuple(row) == (due, due, True)
    seen = as_("ife").row(ticket)
    assert seen is not None
    assert (seen.left.breached, seen.left.seconds, seen.next_due_at) == (True, -5 * 3_600, due)


def test_a_paused_clock_is_not_late_however_long_it_waits(as_: As, at: At, urgent: Callable[..., int]) -> None:
    waits, purchase = urgent(), urgent("it_procurement", purchase=Wanted(lines=("1 x Toner @ 9",), justification="out"))
    as_("ife").act(waits, Action.WAIT, reason=WaitReason.VENDOR)
    at("2026-12-24 09:00")
    assert swept(as_("ada")) == (1, 1)  # its approvers' own clock runs on
    late = [e.detail for e in as_("ada").ticket(purchase).timeline if e.kind is K.BREACHED]
    assert late == ["the time to approve ran out"]
    assert K.BREACHED not in kinds(as_("ada"), waits)


def test_what_is_solved_in_time_is_never_late(as_: As, at: At, urgent: Callable[..., int]) -> None:
    ticket = urgent()
    at("2026-09-28 13:00")
    as_("ife").act(ticket, Action.RESOLVE, cause="x", fix="y")
    at("2026-10-05 09:00")
    assert swept(as_("ada")) == (0, 0)
    as_("remi").act(ticket, Action.CONFIRM)
    assert K.BREACHED not in kinds(as_("ada"), ticket)


def test_a_change_after_the_due_time_writes_the_breach_first(
    as_: As, at: At, store: Store, urgent: Callable[..., int]
) -> None:
    ticket = urgent()
    due = at("2026-09-28 13:00")
    at("2026-09-28 14:00")
    done = as_("ife").act(ticket, Action.CLAIM)
    assert (done.version, done.status) == (3, Status.ASSIGNED)
    assert kinds(as_("ada"), ticket) == [K.SUBMITTED, K.BREACHED, K.CLAIMED]
    assert breaches(store) == [(ticket, 2, due, None, "cli")]
    assert told(store) == [("lara", ticket)]  # nobody had it when it was due
    entry = as_("ife").ticket(ticket).timeline[1]
    assert (entry.at, entry.actor_id, entry.by) == (due, None, None)
    assert entry.detail.startswith("Resolution time")
    assert swept(as_("ada")) == (0, 0)
    assert as_("ada").doctor().findings == ()


def test_an_answer_after_the_due_time_finds_the_breach_before_it_and_resumes_after(
    as_: As, at: At, urgent: Callable[..., int]
) -> None:
    ticket = urgent()
    as_("ife").act(ticket, Action.CLAIM)
    at("2026-09-28 12:00")
    as_("ife").act(ticket, Action.WAIT, reason=WaitReason.OTHER, text="who knows")  # stops no clock
    at("2026-09-28 15:00")
    as_("remi").act(ticket, Action.REPLY, text="well?")
    assert kinds(as_("ada"), ticket)[3:] == [K.BREACHED, K.REPLIED]
    as_("ife").act(ticket, Action.RESUME)
    as_("ife").act(ticket, Action.RESOLVE, cause="x", fix="y")
    assert kinds(as_("ada"), ticket).count(K.BREACHED) == 1
    assert as_("ada").doctor().findings == ()


def test_a_nearer_target_that_is_used_up_is_told_after_the_change_that_set_it(
    as_: As, at: At, store: Store, urgent: Callable[..., int]
) -> None:
    ticket = urgent(priority="medium")
    raised = at("2026-09-28 16:00")
    as_("lara").act(ticket, Action.SET_PRIORITY, priority="urgent")
    assert kinds(as_("ada"), ticket) == [K.SUBMITTED, K.PRIORITISED, K.BREACHED]
    assert breaches(store) == [(ticket, 3, raised, None, "cli")]
    assert swept(as_("ada")) == (0, 0)
    assert as_("ada").doctor().findings == ()


def test_a_breach_stays_one_through_pauses_other_priorities_and_reopening(
    as_: As, at: At, store: Store, urgent: Callable[..., int]
) -> None:
    ticket = urgent()
    due = at("2026-09-28 13:00")
    at("2026-09-28 14:00")
    as_("lara").act(ticket, Action.WAIT, reason=WaitReason.VENDOR)
    at("2026-09-29 09:00")
    as_("lara").act(ticket, Action.RESUME)
    as_("lara").act(ticket, Action.SET_PRIORITY, priority="low")
    at("2026-09-29 10:00")
    as_("lara").act(ticket, Action.RESOLVE, cause="x", fix="y")
    as_("remi").act(ticket, Action.REJECT, text="no")
    as_("lara").act(ticket, Action.SET_PRIORITY, priority="urgent")
    at("2026-10-28 10:00")
    assert swept(as_("ada")) == (0, 0)
    as_("lara").act(ticket, Action.CANCEL, text="x")
    assert [(number, when) for number, _, when, _, _ in breaches(store)] == [(ticket, due)]
    assert as_("ada").doctor().findings == ()


@pytest.mark.parametrize("login", ["remi", "ife", "lara", "ezra"])
def test_a_sweep_is_an_admins(as_: As, at: At, store: Store, urgent: Callable[..., int], login: str) -> None:
    urgent()
    at("2026-09-28 15:00")
    with pytest.raises(NotAllowed, match="the worker is an admin's"):
        as_(login).sweep()
    assert breaches(store) == []


def test_a_sweep_goes_over_all_there_is_a_slice_at_a_time(
    as_: As, at: At, store: Store, urgent: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "_SLICE", 2)
    tickets = [urgent() for _ in range(5)]
    at("2026-09-28 15:00")
    assert swept(as_("ada")) == (5, 5)
    assert [found[0] for found in breaches(store)] == tickets
    assert as_("ada").doctor().findings == ()


def test_a_ticket_that_somebody_changes_meanwhile_is_left_to_them(
    as_: As, at: At, store: Store, urgent: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets = [urgent(), urgent()]
    at("2026-09-28 15:00")
    rivals = [as_("ife")]

    def beaten(before: History, now: datetime, policy: DeskPolicy) -> Iterable[tuple[Fact, History]]:
        steps = caught_up(before, now, policy)
        while rivals:
            rivals.pop().act(before.ticket.id, Action.CLAIM)
        return steps

    monkeypatch.setattr(sweep, "caught_up", beaten)
    assert swept(as_("ada")) == (1, 1)
    assert [kinds(as_("ada"), ticket) for ticket in tickets] == [
        [K.SUBMITTED, K.BREACHED, K.CLAIMED],
        [K.SUBMITTED, K.BREACHED],
    ]
    assert swept(as_("ada")) == (0, 0)
    assert len(told(store)) == 2
    assert as_("ada").doctor().findings == ()


def test_a_pass_ends_and_reaches_the_rest_when_some_tickets_can_not_be_written(
    as_: As, at: At, store: Store, urgent: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets = [urgent() for _ in range(5)]
    at("2026-09-28 15:00")
    refused: list[int] = []

    def stuck(connection: Connection, before: History, *rest: Any) -> bool:
        if before.ticket.id in tickets[:3]:
            refused.append(before.ticket.id)
            return False
        return work.save(connection, before, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(sweep, "_SLICE", 2)
        patched.setattr(sweep, "save", stuck)
        assert swept(as_("ada")) == (2, 2)
    assert refused == tickets[:3]
    assert swept(as_("ada")) == (3, 3)
    assert [found[0] for found in breaches(store)] == tickets


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE help_desk_tickets SET status = 'bogus' WHERE id = :ticket", "bogus"),
        ("UPDATE help_desk_clocks SET stopped_by = 'bogus' WHERE ticket_id = :ticket AND name = 'response'", "bogus"),
    ],
)
def test_a_ticket_that_can_not_be_read_is_named_and_stops_no_other(
    as_: As, at: At, store: Store, urgent: Callable[..., int], statement: str, why: str
) -> None:
    first, broken, last = urgent(), urgent(), urgent()
    with store.write() as connection:
        connection.execute(sa.text(statement), {"ticket": broken})
    at("2026-09-28 15:00")
    done = as_("ada").sweep()
    assert (done.tickets, done.breaches) == (2, 2)
    (told_why,) = done.left_out
    assert told_why.startswith(f"HD-{broken:06d}: ")
    assert why in told_why
    assert [found[0] for found in breaches(store)] == [first, last]


def test_no_breach_is_written_on_the_word_of_a_row_that_its_facts_deny(
    as_: As, at: At, store: Store, urgent: Callable[..., int]
) -> None:
    ticket = urgent()
    early = "UPDATE help_desk_clocks SET due_at = '2026-09-28 07:30:00+00:00' WHERE name = 'resolution'"
    with store.write() as connection:
        connection.execute(sa.text(early))
    at("2026-09-28 09:30")
    done = as_("ada").sweep()
    assert (done.breaches, done.left_out) == (
        0,
        (f"HD-{ticket:06d}: its clocks are not what its facts say: run `deskterm doctor`",),
    )
    assert as_("ada").doctor(repair=True).repaired == 1
    assert as_("ada").sweep().left_out == ()
    assert breaches(store) == []


def test_that_a_clock_ran_out_is_no_news_that_keeps_anybody_from_acting(
    as_: As, at: At, urgent: Callable[..., int]
) -> None:
    ticket, other = urgent(), urgent()
    seen = as_("ife").ticket(ticket).version
    at("2026-09-28 15:00")
    as_("ada").sweep()
    done = as_("ife").act(ticket, Action.CLAIM, expected=seen)
    assert (done.version, done.status) == (seen + 2, Status.ASSIGNED)
    as_("ini").act(other, Action.CLAIM)
    with pytest.raises(ChangedElsewhere) as caught:
        as_("ife").act(other, Action.CLAIM, expected=seen)
    assert str(caught.value) == (
        f"HD-{other:06d} has changed since you looked: Ini of IT claimed it. Look again, then repeat."
    )
