"""The main job from end to end, with the clocks as reckoned by hand.

The office is open from 08:00 to 17:00, Monday to Friday; Thursday, 1 October 2026, is a holiday. Medium is
3bd = 27 open hours.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from deskterm.core.desk import Desk
from deskterm.core.domain.words import Action, FactKind, Outcome, Status, WaitReason
from deskterm.core.services.intake import Submission
from deskterm.core.views import Left, View

As = Callable[[str], Desk]
At = Callable[[str], datetime]
HOUR = 3_600
DAY = 9 * HOUR


def clocks(desk: Desk, ticket: int) -> dict[str, Left]:
    return {line.name: line.left for line in desk.ticket(ticket).clocks}


def test_a_ticket_goes_its_whole_way(as_: As, at: At) -> None:
    remi, ife = as_("remi"), as_("ife")

    done = remi.submit(Submission(title="The printer is out", category="it_infrastructure"))
    ticket = done.id
    assert (done.version, done.status, done.assignee_id) == (1, Status.NEW, None)
    due = at("2026-10-02 09:00")  # Monday 8 hours, Tuesday 9, Wednesday 9, Friday the last one
    at("2026-09-28 09:00")
    assert clocks(ife, ticket) == {
        "response": Left("runs", None, 0, None, breached=False, day=DAY, clock="response"),
        "resolution": Left("runs", 27 * HOUR, 0, due, breached=False, day=DAY),
    }

    at("2026-09-28 09:30")
    assert ife.act(ticket, Action.CLAIM).status is Status.ASSIGNED
    at("2026-09-28 10:00")
    assert ife.act(ticket, Action.START).status is Status.IN_PROGRESS
    assert clocks(ife, ticket) == {
        "response": Left("stopped", None, HOUR // 2, None, breached=False, day=DAY, clock="response"),
        "resolution": Left("runs", 26 * HOUR, HOUR, due, breached=False, day=DAY),
    }

    at("2026-09-28 11:00")
    assert ife.act(ticket, Action.WAIT, reason=WaitReason.REQUESTER, text="which one?").status is Status.WAITING
    at("2026-09-30 16:30")
    assert clocks(ife, ticket)["resolution"] == Left("paused", 25 * HOUR, 2 * HOUR, None, breached=False, day=DAY)
    assert remi.act(ticket, Action.REPLY, text="the one on floor 2").status is Status.IN_PROGRESS
    resumed = clocks(ife, ticket)["resolution"]
    # half an hour is left of Wednesday; then 9 on Friday, 9 on Monday and 6.5 on Tuesday
    assert resumed == Left("runs", 25 * HOUR, 2 * HOUR, at("2026-10-06 14:30"), breached=False, day=DAY)

    at("2026-10-02 10:00")
    assert ife.act(ticket, Action.RESOLVE, cause="no toner", fix="new toner").status is Status.RESOLVED
    assert clocks(ife, ticket)["resolution"][:3] == ("stopped", 22.5 * HOUR, 4.5 * HOUR)

    at("2026-10-05 08:00")
    rejected = remi.act(ticket, Action.REJECT, text="still nothing")
    assert (rejected.status, rejected.assignee_id) == (Status.ASSIGNED, ife.actor.id)
    again = clocks(ife, ticket)["resolution"]
    assert again == Left("runs", 45 * HOUR // 2, 9 * HOUR // 2, at("2026-10-07 12:30"), breached=False, day=DAY)

    at("2026-10-05 12:00")
    ife.act(ticket, Action.RESOLVE, cause="wrong tray", fix="right tray")
    at("2026-10-05 13:00")
    assert remi.act(ticket, Action.CONFIRM).status is Status.CLOSED
    remi.act(ticket, Action.RATE, stars=5)

    seen = remi.ticket(ticket)
    assert (seen.status, seen.outcome, seen.stars, seen.reopen_count) == (Status.CLOSED, Outcome.DONE, 5, 1)
    assert clocks(remi, ticket)["resolution"][:3] == ("stopped", 18.5 * HOUR, 8.5 * HOUR)
    assert [e.kind for e in seen.timeline] == [
        FactKind.SUBMITTED,
        FactKind.CLAIMED,
        FactKind.STARTED,
        FactKind.PAUSED,
        FactKind.REPLIED,
        FactKind.RESUMED,
        FactKind.RESOLVED,
        FactKind.REJECTED,
        FactKind.RESOLVED,
        FactKind.CONFIRMED,
        FactKind.RATED,
    ]
    assert [e.detail for e in seen.timeline if e.kind in {FactKind.RESOLVED, FactKind.RATED}] == [
        "cause: no toner\nfix: new toner",
        "cause: wrong tray\nfix: right tray",
        "★★★★★",
    ]
    assert as_("ada").doctor().findings == ()


def test_who_had_it_and_how_long_is_told_in_open_time(as_: As, at: At) -> None:
    ticket = as_("remi").submit(Submission(title="x", category="it_design")).id
    claimed = at("2026-09-28 10:00")
    as_("ife").act(ticket, Action.CLAIM)
    given = at("2026-09-29 09:00")  # 7 hours of Monday and 1 of Tuesday
    as_("lara").act(ticket, Action.ASSIGN, person="ini")
    at("2026-09-29 09:30")
    as_("ini").act(ticket, Action.RESOLVE, cause="x", fix="y")
    told = as_("lara").ticket(ticket).owners
    assert [(h.owner, h.seconds) for h in told] == [
        (None, HOUR),
        ("Ife of IT", 8 * HOUR),
        ("Ini of IT", HOUR // 2),
    ]
    assert [h.since for h in told[1:]] == [claimed, given]


def test_a_late_ticket_says_so_and_stays_breached_when_it_is_reopened(as_: As, at: At) -> None:
    remi, ife = as_("remi"), as_("ife")
    ticket = remi.submit(Submission(title="x", category="it_design", priority="urgent")).id
    deadline = at("2026-09-28 13:00")
    row = ife.row(ticket)
    assert row is not None
    assert (row.left.seconds, row.left.breached, row.left.due_at) == (0, False, deadline)
    at("2026-09-28 14:00")
    late = ife.row(ticket)
    assert late is not None
    assert (late.left.seconds, late.left.breached) == (-HOUR, True)
    ife.act(ticket, Action.RESOLVE, cause="x", fix="y")
    ife.act(ticket, Action.REOPEN, text="not quite")
    ife.act(ticket, Action.SET_PRIORITY, priority="low")
    left = clocks(ife, ticket)["resolution"]
    assert (left.seconds, left.breached) == ((63 - 5) * HOUR, True)


def test_time_spent_in_the_night_is_no_time(as_: As, at: At) -> None:
    at("2026-10-02 17:00")
    ticket = as_("remi").submit(Submission(title="x", category="it_design")).id
    at("2026-10-05 08:00")
    assert clocks(as_("ife"), ticket)["resolution"].used == 0


def test_a_closed_ticket_is_reopened_within_thirty_days(as_: As, at: At) -> None:
    remi = as_("remi")
    tickets = [remi.submit(Submission(title="x", category="it_design")).id for _ in range(2)]
    for ticket in tickets:
        remi.act(ticket, Action.CANCEL, text="found it")
    at("2026-10-28 09:00")
    assert remi.act(tickets[0], Action.REOPEN, text="lost again").status is Status.NEW
    at("2026-10-28 09:01")
    assert Action.REOPEN not in remi.ticket(tickets[1]).actions


def test_a_clock_that_goes_back_never_makes_a_fact_older_than_the_last(as_: As, clock: list[datetime]) -> None:
    remi = as_("remi")
    ticket = remi.submit(Submission(title="x", category="it_design")).id
    clock.append(clock[0] - timedelta(hours=1))
    as_("ife").act(ticket, Action.CLAIM)
    assert [e.at for e in remi.ticket(ticket).timeline] == [clock[0], clock[0]]
    assert as_("ife").count(View.MINE) == 1
