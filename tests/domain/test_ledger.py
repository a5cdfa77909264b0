"""The ledger says where the time of a clock went: it adds up to the clock itself, whatever happens to the ticket."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.core.domain.calendar import WEEKDAYS
from deskterm.core.domain.clocks import Clock, Terms, consumed_us, is_paused
from deskterm.core.domain.facts import Fact, Ticket, apply, submitted
from deskterm.core.domain.history import History, begin, extend, followed
from deskterm.core.domain.ledger import CELLS, Account, Day, Hours, Stretch, accounts, closed_time, days
from deskterm.core.domain.moments import OVER
from deskterm.core.domain.people import Category, Department
from deskterm.core.domain.profile import ALWAYS, OF_DEPARTMENT, Budget, CalendarRule, ClockRule, Profile
from deskterm.core.domain.profile_file import parse_profile
from deskterm.core.domain.words import (
    CategoryKind,
    CommentKind,
    FactKind,
    Moment,
    OnChange,
    OnReopen,
    Outcome,
    PauseReason,
    Status,
    WaitReason,
)
from deskterm.core.services.explaining import hours
from deskterm.core.services.policies import DeskPolicy

Steps = Sequence[tuple[Fact, History]]
K, S, M = FactKind, Status, Moment
ACOB: Final = Path(__file__).parents[2] / "data" / "profiles" / "acob.toml"
BERLIN: Final = ZoneInfo("Europe/Berlin")
US: Final = timedelta(microseconds=1)
HOUR: Final = 3_600_000_000
OFFICE, NIGHTS, PLANT = 1, 2, 3  # departments, each with the calendar of its name
SPLIT: Final = (("08:00", "12:00"), ("13:00", "17:30"))


def _calendar(key: str, week: Mapping[str, tuple[tuple[str, str], ...]], free: Mapping[date, str]) -> CalendarRule:
    full = {day: week.get(day, ()) for day in WEEKDAYS}
    return CalendarRule(key, "Europe/Berlin", full, "", "", free, business_day=8 * 3_600)


CALENDARS: Final = (
    _calendar("office", dict.fromkeys(("mon", "tue", "thu", "fri"), SPLIT), {date(2026, 10, 13): "Founders' Day"}),
    _calendar("nights", dict.fromkeys(WEEKDAYS, (("22:00", "06:00"),)), {date(2026, 10, 15): "Quiet Night"}),
    _calendar("plant", dict.fromkeys(WEEKDAYS, (("00:00", "24:00"),)), {}),
)
TARGETS: Final = {1: Budget(2, "h"), 2: Budget(4, "bh"), 3: Budget(3, "bd")}  # the fourth priority has none


def _clock(name: str, **said: Any) -> ClockRule:
    usual: dict[str, Any] = {
        "label": name,
        "start": frozenset({M.SUBMITTED}),
        "stop": frozenset(),
        "rearm": frozenset(),
        "pauses": frozenset({PauseReason.VENDOR, PauseReason.REQUESTER, PauseReason.PROCUREMENT}),
        "calendars": {},
        "targets": TARGETS,
        "tiers": {},
        "default": None,
        "on_reopen": OnReopen.RESUME,
        "on_change": OnChange.CARRY,
    }
    return ClockRule(name=name, **usual | said)


CLOCKS: Final = (
    _clock("resolution"),
    _clock(
        "response",
        stop=frozenset({M.ASSIGNED}),
        on_reopen=OnReopen.RESTART,
        on_change=OnChange.RESTART,
        calendars={2: "nights", 3: OF_DEPARTMENT},
    ),
    _clock("again", on_reopen=OnReopen.RESTART, calendars={1: "plant", 2: ALWAYS}),
    _clock(
        "word",
        rearm=frozenset({M.REPLIED}),
        targets={},
        default=Budget(6, "bh"),
        calendars=dict.fromkeys((1, 2, 3, 4), "plant"),
        on_reopen=OnReopen.NEW_CYCLE,
    ),
    _clock(
        "answer",
        start=frozenset({M.ANSWERED}),
        stop=frozenset({M.REPLIED}),
        rearm=frozenset({M.REOPENED}),
        pauses=frozenset(),
    ),
    _clock(
        "level",
        start=frozenset({M.SUBMITTED, M.ESCALATED}),
        stop=frozenset({M.STARTED}),
        tiers={1: {2: Budget(1, "bh")}, 2: {2: Budget(30, "m")}},
        calendars={2: "nights", 4: "nights"},
        on_reopen=OnReopen.NEW_CYCLE,
    ),
)


def _profile() -> Profile:
    acob = parse_profile(ACOB.read_text("utf-8"), source="acob.toml")
    return replace(
        acob,
        calendars={rule.key: rule for rule in CALENDARS},
        clocks={rule.name: rule for rule in CLOCKS},
        departments={},
        default_calendar="office",
        tiers=("First", "Second", "Third"),
    )


POLICY: Final = DeskPolicy(
    _profile(),
    {number: Department(number, key, key, key) for number, key in ((1, "office"), (2, "nights"), (3, "plant"))},
    {1: Category(1, "any", "Any", CategoryKind.STANDARD, None)},
)


def submission(at: datetime, *, priority: int = 3, department: int = OFFICE, status: Status = S.NEW) -> Fact:
    return Fact(
        kind=K.SUBMITTED,
        at=at,
        actor_id=1,
        status=status,
        requester_id=1,
        department_id=department,
        category_id=1,
        category_kind=CategoryKind.STANDARD,
        priority=priority,
        title="title",
    )


def steps_of(facts: Sequence[Fact]) -> Steps:
    """What the desk would have stored: the facts, the breaches that came to light, the history after each."""
    first = begin(facts[0], POLICY)
    return [(facts[0], first), *followed(first, facts[1:], POLICY)]


def named(steps: Steps, terms: Terms) -> Hours:
    return hours(POLICY, steps[-1][1].ticket, terms)


def explained(steps: Steps, now: datetime) -> tuple[Account, ...]:
    return accounts(steps, POLICY, now, partial(named, steps))


# Random histories: anything may follow anything, as in an imported log, and one fact may change it all at once.

GAPS: Final = st.one_of(
    st.just(timedelta()),
    st.integers(1, 10**11).map(lambda us: timedelta(microseconds=us)),
    st.integers(0, 7 * 24 * 4).map(lambda quarters: timedelta(minutes=15 * quarters)),
)
BORN: Final = datetime(2026, 10, 9, 13, 0, tzinfo=UTC)  # a Friday, two holidays and a change of the clocks ahead


def _change(draw: st.DrawFn, ticket: Ticket, at: datetime) -> Fact:
    said: dict[str, Any] = {}
    kind = K.UPDATED
    what = draw(st.sampled_from(["status", "status", "status", "rank", "reply", "mixed", "nothing"]))
    if what in {"status", "mixed"}:
        status = draw(st.sampled_from(Status))
        said |= {"status": status, "reason": draw(st.sampled_from(WaitReason)) if status is S.WAITING else None}
        said |= {"outcome": Outcome.DONE if status is S.CLOSED else None}
        reopened = ticket.status in OVER and status not in OVER
        kind = K.RESOLVED if status is S.RESOLVED else K.REOPENED if reopened else K.UPDATED
    if what in {"rank", "mixed"}:
        said["priority"] = draw(st.integers(1, 4))
    if what == "mixed":
        said["department_id"] = draw(st.sampled_from([OFFICE, NIGHTS, PLANT]))
        said["assignee_id"] = draw(st.sampled_from([None, 2, 3]))
        said["tier"] = draw(st.integers(ticket.tier, 3))
    if what == "reply":
        kind, said["comment"] = K.REPLIED, CommentKind.REPLY
    return Fact(kind=kind, at=at, actor_id=draw(st.sampled_from([1, 2, 3, None])), **said)


@st.composite
def histories(draw: st.DrawFn) -> Steps:
    status = draw(st.sampled_from([S.NEW, S.PENDING_APPROVAL]))
    facts = [submission(BORN, priority=draw(st.integers(1, 4)), department=draw(st.integers(1, 3)), status=status)]
    ticket = submitted(facts[0])
    for _ in range(draw(st.integers(0, 12))):
        facts.append(_change(draw, ticket, facts[-1].at + draw(GAPS)))
        ticket = apply(ticket, facts[-1])
    return steps_of(facts)


def used(clock: Clock, ticket: Ticket, now: datetime) -> int:
    """What the clock itself says."""
    return consumed_us(clock, POLICY.terms(clock.name, ticket).calendar, now)


def waited_for(ticket: Ticket) -> PauseReason | None:
    if ticket.status is S.PENDING_APPROVAL:
        return PauseReason.PROCUREMENT
    return PauseReason(ticket.reason) if ticket.reason is not None else None


@given(histories(), GAPS)
def test_every_cycle_of_every_clock_has_an_account_of_just_what_it_used(steps: Steps, gap: timedelta) -> None:
    history, now = steps[-1][1], steps[-1][0].at + gap
    found = explained(steps, now)
    assert [account.clock for account in found] == list(history.clocks)
    for account in found:
        assert account.used_us == used(account.clock, history.ticket, now)


@given(histories(), GAPS)
def test_sums_go_up_by_what_was_counted_but_where_a_clock_began_anew(steps: Steps, gap: timedelta) -> None:
    for account in explained(steps, steps[-1][0].at + gap):
        so_far = 0
        for stretch in account.stretches:
            if stretch.begins_anew:
                assert stretch.sum_us == stretch.counted_us < so_far + stretch.counted_us
                assert OnReopen.RESTART is POLICY.profile.clocks[account.clock.name].on_reopen
            else:
                assert stretch.sum_us == so_far + stretch.counted_us
            so_far = stretch.sum_us


@given(histories(), GAPS)
def test_counted_and_closed_time_are_the_time_on_the_wall_and_a_pause_counts_nothing(
    steps: Steps, gap: timedelta
) -> None:
    for stretch in (s for account in explained(steps, steps[-1][0].at + gap) for s in account.stretches):
        if stretch.state == "runs":
            assert stretch.counted_us + sum(stretch.closed.values()) == (stretch.until - stretch.since) // US
            assert all(us > 0 for us in stretch.closed.values())
            assert (stretch.reason, stretch.counted_us >= 0) == (None, True)
        else:
            assert (stretch.state, stretch.counted_us, dict(stretch.closed)) == ("paused", 0, {})
            assert stretch.reason is not None


def standing(clock: Clock | None) -> str:
    if clock is None or clock.stopped_at is not None:
        return "nothing"
    return "paused" if clock.running_since is None else "runs"


@given(histories(), GAPS)
def test_from_each_fact_to_the_next_the_ledger_says_what_the_clock_did_and_nothing_else(
    steps: Steps, gap: timedelta
) -> None:
    now = steps[-1][0].at + gap
    ends = [fact.at for fact, _ in steps[1:]] + [now]
    setters: list[int | None] = []
    before: PauseReason | None = None
    for fact, history in steps:  # who made the ticket wait for what it waits for now
        why = waited_for(history.ticket)
        setters.append(setters[-1] if setters and why is before else fact.actor_id)
        before = why
    for account in explained(steps, now):
        name, cycle = account.clock.name, account.clock.cycle
        assert all(a.until <= b.since for a, b in pairwise(account.stretches))
        assert all(s.since <= s.until for s in account.stretches)
        for (fact, history), until, setter in zip(steps, ends, setters, strict=True):
            if fact.at == until:
                continue
            clock = next((c for c in history.clocks if (c.name, c.cycle) == (name, cycle)), None)
            here = [s for s in account.stretches if s.since < until and s.until > fact.at]
            assert [s.state for s in here] == [standing(clock)] * (standing(clock) != "nothing")
            for stretch in here:
                terms = POLICY.terms(name, history.ticket)
                assert (stretch.terms.target_us, stretch.terms.calendar_key) == terms[1:3]
                if stretch.state == "paused":
                    assert (stretch.reason, stretch.actor_id) == (waited_for(history.ticket), setter)
                    assert is_paused(POLICY.profile.clocks[name], history.ticket)


@given(histories(), GAPS)
def test_the_days_add_up_to_the_stretches_and_each_has_a_bar_of_half_hours(steps: Steps, gap: timedelta) -> None:
    for account in explained(steps, steps[-1][0].at + gap):
        told = list(days(account, partial(named, steps)))
        assert sum(day.counted_us for day in told) == sum(stretch.counted_us for stretch in account.stretches)
        assert all(len(day.cells) == CELLS and set(day.cells) <= set("clp. ") for day in told)
        assert all(b.day - a.day == timedelta(days=1) for a, b in pairwise(told))
        assert all(day.counted_us > 0 or not set(day.cells) & set("cl") for day in told)


# Hand-reckoned. The office is open Mon, Tue, Thu, Fri 08:00-12:00 and 13:00-17:30, but not on 13 October.


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def local(instant: datetime) -> str:
    return f"{instant.astimezone(BERLIN):%a %d %H:%M}"


def clocked(us: int) -> str:
    minutes, rest = divmod(us, 60_000_000)
    assert rest == 0
    return f"{minutes // 60}:{minutes % 60:02}"


def line(stretch: Stretch) -> str:
    closed = "".join(f"; {name} {clocked(us)}" for name, us in stretch.closed.items())
    anew = "anew, " if stretch.begins_anew else ""
    did = clocked(stretch.counted_us) if stretch.state == "runs" else f"{stretch.reason} by {stretch.actor_id}"
    return f"{local(stretch.since)} - {local(stretch.until)}: {anew}{did}, sum {clocked(stretch.sum_us)}{closed}"


def change(when: str, by: int | None = 2, kind: FactKind = K.UPDATED, **said: Any) -> Fact:
    kinds = {S.RESOLVED: K.RESOLVED} if kind is K.UPDATED else {}
    return Fact(kind=kinds.get(said.get("status", S.NEW), kind), at=at(when), actor_id=by, **said)


class Example(NamedTuple):
    """What happened in a department to a ticket until `now`, and the lines of one clock's cycle."""

    name: str
    since: str
    now: str
    lines: tuple[str, ...]
    changes: tuple[Fact, ...] = ()
    clock: str = "resolution"
    cycle: int = 1
    department: int = OFFICE
    priority: int = 3
    status: Status = S.NEW


def waiting(when: str, reason: WaitReason, by: int | None = 2) -> Fact:
    return change(when, by, K.PAUSED, status=S.WAITING, reason=reason)


EXAMPLES: Final = (
    Example(
        "a weekend",
        "2026-10-09 16:00",
        "2026-10-12 09:00",
        ("Fri 09 16:00 - Mon 12 09:00: 2:30, sum 2:30; night 14:30; weekend 48:00",),
    ),
    Example(
        "a holiday by its name",
        "2026-10-12 17:00",
        "2026-10-13 10:00",
        ("Mon 12 17:00 - Tue 13 10:00: 0:30, sum 0:30; night 6:30; Founders' Day 10:00",),
    ),
    Example(
        "a lunch break",
        "2026-10-05 11:00",
        "2026-10-05 14:00",
        ("Mon 05 11:00 - Mon 05 14:00: 2:00, sum 2:00; break 1:00",),
    ),
    Example(
        "half a lunch break",
        "2026-10-05 12:10",
        "2026-10-05 12:40",
        ("Mon 05 12:10 - Mon 05 12:40: 0:00, sum 0:00; break 0:30",),
    ),
    Example(
        "a closed weekday",
        "2026-10-06 17:00",
        "2026-10-08 08:30",
        ("Tue 06 17:00 - Thu 08 08:30: 1:00, sum 1:00; night 14:30; closed day 24:00",),
    ),
    Example(
        "a night",
        "2026-10-05 17:00",
        "2026-10-06 09:00",
        ("Mon 05 17:00 - Tue 06 09:00: 1:30, sum 1:30; night 14:30",),
    ),
    Example(
        "a Sunday of 25 hours",
        "2026-10-23 17:00",
        "2026-10-26 08:30",
        ("Fri 23 17:00 - Mon 26 08:30: 1:00, sum 1:00; night 14:30; weekend 49:00",),
    ),
    Example(
        "a Sunday of 23 hours",
        "2027-03-26 17:00",
        "2027-03-29 08:30",
        ("Fri 26 17:00 - Mon 29 08:30: 1:00, sum 1:00; night 14:30; weekend 47:00",),
    ),
    Example(
        "a night shift of nine hours",
        "2026-10-24 22:00",
        "2026-10-25 06:00",
        ("Sat 24 22:00 - Sun 25 06:00: 9:00, sum 9:00",),
        department=NIGHTS,
    ),
    Example(
        "a night shift of seven hours",
        "2027-03-27 22:00",
        "2027-03-28 06:00",
        ("Sat 27 22:00 - Sun 28 06:00: 7:00, sum 7:00",),
        department=NIGHTS,
    ),
    Example(
        "a night shift goes on into a holiday, and none begins on it",
        "2026-10-14 22:00",
        "2026-10-16 01:00",
        ("Wed 14 22:00 - Fri 16 01:00: 8:00, sum 8:00; Quiet Night 18:00; night 1:00",),
        department=NIGHTS,
    ),
    Example(
        "a desk that never closes",
        "2026-10-24 12:00",
        "2026-10-26 12:00",
        ("Sat 24 12:00 - Mon 26 12:00: 49:00, sum 49:00",),
        department=PLANT,
    ),
    Example(
        "a target on the wall is counted while the office is closed",
        "2026-10-10 12:00",
        "2026-10-10 13:00",
        ("Sat 10 12:00 - Sat 10 13:00: 1:00, sum 1:00",),
        priority=1,
    ),
    Example(
        "a wait, with its reason and who set it",
        "2026-10-05 09:00",
        "2026-10-05 15:00",
        (
            "Mon 05 09:00 - Mon 05 10:00: 1:00, sum 1:00",
            "Mon 05 10:00 - Mon 05 14:00: vendor by 2, sum 1:00",
            "Mon 05 14:00 - Mon 05 15:00: 1:00, sum 2:00",
        ),
        (waiting("2026-10-05 10:00", WaitReason.VENDOR), change("2026-10-05 14:00", 3, status=S.IN_PROGRESS)),
    ),
    Example(
        "a wait that pauses nothing",
        "2026-10-05 09:00",
        "2026-10-05 11:00",
        ("Mon 05 09:00 - Mon 05 11:00: 2:00, sum 2:00",),
        (waiting("2026-10-05 10:00", WaitReason.OTHER),),
    ),
    Example(
        "one wait after another, each with who set it; a note changes nothing",
        "2026-10-05 09:00",
        "2026-10-05 12:00",
        (
            "Mon 05 09:00 - Mon 05 09:30: 0:30, sum 0:30",
            "Mon 05 09:30 - Mon 05 11:00: vendor by 2, sum 0:30",
            "Mon 05 11:00 - Mon 05 12:00: requester by 3, sum 0:30",
        ),
        (
            waiting("2026-10-05 09:30", WaitReason.VENDOR, 2),
            change("2026-10-05 10:00", 4, K.NOTED, comment=CommentKind.NOTE),
            waiting("2026-10-05 11:00", WaitReason.REQUESTER, 3),
        ),
    ),
    Example(
        "a cycle that begins in a wait names who set the wait, not who began the cycle",
        "2026-10-05 09:00",
        "2026-10-05 12:00",
        ("Mon 05 11:00 - Mon 05 12:00: vendor by 2, sum 0:00",),
        (
            waiting("2026-10-05 10:00", WaitReason.VENDOR, 2),
            change("2026-10-05 11:00", 3, K.REPLIED, comment=CommentKind.REPLY),
        ),
        clock="word",
        cycle=2,
    ),
    Example(
        "a purchase that is decided",
        "2026-10-05 09:00",
        "2026-10-05 12:00",
        (
            "Mon 05 09:00 - Mon 05 10:00: procurement by 1, sum 0:00",
            "Mon 05 10:00 - Mon 05 12:00: 2:00, sum 2:00",
        ),
        (change("2026-10-05 10:00", None, K.APPROVED, status=S.NEW),),
        status=S.PENDING_APPROVAL,
    ),
    Example(
        "a purchase and then its delivery, which this clock doesn't wait for",
        "2026-10-05 09:00",
        "2026-10-05 12:00",
        (
            "Mon 05 09:00 - Mon 05 10:00: procurement by 1, sum 0:00",
            "Mon 05 10:00 - Mon 05 12:00: 2:00, sum 2:00",
        ),
        (change("2026-10-05 10:00", None, K.APPROVED, status=S.WAITING, reason=WaitReason.DELIVERY),),
        status=S.PENDING_APPROVAL,
    ),
    Example(
        "resolved and reopened: it goes on where it stopped, and what is between is not told",
        "2026-10-05 09:00",
        "2026-10-06 11:00",
        (
            "Mon 05 09:00 - Mon 05 10:00: 1:00, sum 1:00",
            "Tue 06 10:00 - Tue 06 11:00: 1:00, sum 2:00",
        ),
        (
            change("2026-10-05 10:00", status=S.RESOLVED),
            change("2026-10-06 10:00", kind=K.REOPENED, status=S.ASSIGNED),
        ),
    ),
    Example(
        "stopped before anything was counted and reopened: still two stretches",
        "2026-10-10 09:00",
        "2026-10-12 09:00",
        (
            "Sat 10 09:00 - Sat 10 10:00: 0:00, sum 0:00; weekend 1:00",
            "Mon 12 08:30 - Mon 12 09:00: 0:30, sum 0:30",
        ),
        (
            change("2026-10-10 10:00", status=S.RESOLVED),
            change("2026-10-12 08:30", kind=K.REOPENED, status=S.ASSIGNED),
        ),
    ),
    Example(
        "closed in a wait and reopened into the same: still two stretches",
        "2026-10-05 09:00",
        "2026-10-05 15:00",
        (
            "Mon 05 09:00 - Mon 05 10:00: 1:00, sum 1:00",
            "Mon 05 10:00 - Mon 05 11:00: vendor by 2, sum 1:00",
            "Mon 05 14:00 - Mon 05 15:00: vendor by 3, sum 1:00",
        ),
        (
            waiting("2026-10-05 10:00", WaitReason.VENDOR),
            change("2026-10-05 11:00", kind=K.CANCELLED, status=S.CLOSED, outcome=Outcome.CANCELLED),
            change("2026-10-05 14:00", 3, K.REOPENED, status=S.WAITING, reason=WaitReason.VENDOR),
        ),
    ),
    Example(
        "a restart",
        "2026-10-05 09:00",
        "2026-10-06 10:30",
        (
            "Mon 05 09:00 - Mon 05 10:00: 1:00, sum 1:00",
            "Tue 06 10:00 - Tue 06 10:30: anew, 0:30, sum 0:30",
        ),
        (
            change("2026-10-05 10:00", status=S.RESOLVED),
            change("2026-10-06 10:00", kind=K.REOPENED, status=S.NEW),
        ),
        clock="again",
    ),
    Example(
        "a restart that the same fact stops",
        "2026-10-05 09:00",
        "2026-10-06 10:30",
        (
            "Mon 05 09:00 - Mon 05 10:00: 1:00, sum 1:00",
            "Tue 06 10:00 - Tue 06 10:00: anew, 0:00, sum 0:00",
        ),
        (
            change("2026-10-05 10:00", status=S.RESOLVED),
            change("2026-10-06 10:00", kind=K.REOPENED, status=S.ASSIGNED),
        ),
        clock="response",
    ),
    Example(
        "a restart that the same fact stops, in the instant in which it was stopped before",
        "2026-10-05 09:00",
        "2026-10-06 10:30",
        (
            "Mon 05 09:00 - Mon 05 10:00: 1:00, sum 1:00",
            "Mon 05 10:00 - Mon 05 10:00: anew, 0:00, sum 0:00",
        ),
        (
            change("2026-10-05 10:00", status=S.ASSIGNED),
            change("2026-10-05 10:00", status=S.RESOLVED),
            change("2026-10-05 10:00", kind=K.REOPENED, status=S.ASSIGNED),
        ),
        clock="response",
    ),
    Example(
        "another calendar with the same target: each stretch is counted in its own",
        "2026-10-05 16:30",
        "2026-10-05 23:00",
        (
            "Mon 05 16:30 - Mon 05 17:00: 0:30, sum 0:30",
            "Mon 05 17:00 - Mon 05 23:00: 1:00, sum 1:30; break 5:00",
        ),
        (change("2026-10-05 17:00", kind=K.MOVED, department_id=NIGHTS),),
    ),
    Example(
        "another target: what was used is carried",
        "2026-10-05 09:00",
        "2026-10-05 11:30",
        (
            "Mon 05 09:00 - Mon 05 11:00: 2:00, sum 2:00",
            "Mon 05 11:00 - Mon 05 11:30: 0:30, sum 2:30",
        ),
        (change("2026-10-05 11:00", kind=K.PRIORITISED, priority=2),),
    ),
    Example(
        "another target: it begins anew",
        "2026-10-05 09:00",
        "2026-10-05 23:00",
        (
            "Mon 05 09:00 - Mon 05 11:00: 2:00, sum 2:00",
            "Mon 05 11:00 - Mon 05 23:00: anew, 1:00, sum 1:00; break 11:00",
        ),
        (change("2026-10-05 11:00", kind=K.PRIORITISED, priority=2),),
        clock="response",
    ),
    Example(
        "a cycle of its own",
        "2026-10-05 09:00",
        "2026-10-05 12:00",
        ("Mon 05 11:00 - Mon 05 12:00: 1:00, sum 1:00",),
        (change("2026-10-05 11:00", kind=K.REPLIED, comment=CommentKind.REPLY),),
        clock="word",
        cycle=2,
    ),
)


def account_of(example: Example) -> tuple[Steps, Account]:
    born = submission(
        at(example.since), priority=example.priority, department=example.department, status=example.status
    )
    steps = steps_of([born, *example.changes])
    found = explained(steps, at(example.now))
    return steps, next(a for a in found if (a.clock.name, a.clock.cycle) == (example.clock, example.cycle))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_ledger_reads(example: Example) -> None:
    steps, account = account_of(example)
    assert tuple(map(line, account.stretches)) == example.lines
    assert account.used_us == used(account.clock, steps[-1][1].ticket, at(example.now))


NIGHT: Final = "." * 48


@pytest.mark.parametrize(
    ("example", "told"),
    [
        (
            Example(
                "counted, paused and a break",
                "2026-10-05 09:00",
                "2026-10-05 15:00",
                (),
                (waiting("2026-10-05 10:00", WaitReason.VENDOR), change("2026-10-05 14:00", 3, status=S.IN_PROGRESS)),
            ),
            [Day(date(2026, 10, 5), 2 * HOUR, f"{' ' * 18}ccpppp..ppcc{' ' * 18}", "")],
        ),
        (
            Example("late from the due time on", "2026-10-05 08:00", "2026-10-05 14:00", (), priority=2),
            [Day(date(2026, 10, 5), 5 * HOUR, f"{' ' * 16}cccccccc..ll{' ' * 20}", "")],
        ),
        (
            Example(
                "late before a pause stays late, with no due time any more",
                "2026-10-05 08:00",
                "2026-10-05 14:00",
                (),
                (waiting("2026-10-05 13:30", WaitReason.VENDOR),),
                priority=2,
            ),
            [Day(date(2026, 10, 5), HOUR * 9 // 2, f"{' ' * 16}cccccccc..lp{' ' * 20}", "")],
        ),
        (
            Example(
                "a half hour is what most of it was",
                "2026-10-05 09:05",
                "2026-10-05 10:10",
                (),
                (waiting("2026-10-05 09:14", WaitReason.VENDOR), change("2026-10-05 09:47", 3, status=S.IN_PROGRESS)),
            ),
            [Day(date(2026, 10, 5), 32 * 60_000_000, f"{' ' * 18}ppc{' ' * 27}", "")],
        ),
        (
            Example("a holiday and a closed weekday", "2026-10-12 17:00", "2026-10-15 08:30", ()),
            [
                Day(date(2026, 10, 12), HOUR // 2, f"{' ' * 34}c{'.' * 13}", ""),
                Day(date(2026, 10, 13), 0, NIGHT, "Founders' Day"),
                Day(date(2026, 10, 14), 0, NIGHT, "closed day"),
                Day(date(2026, 10, 15), HOUR // 2, f"{'.' * 16}c{' ' * 31}", ""),
            ],
        ),
        (
            Example("a weekend of 49 hours", "2026-10-24 00:00", "2026-10-26 00:00", (), department=PLANT),
            [
                Day(date(2026, 10, 24), 24 * HOUR, "c" * 48, ""),
                Day(date(2026, 10, 25), 25 * HOUR, "l" * 48, ""),
            ],
        ),
        (
            Example("an hour that is skipped", "2027-03-28 00:00", "2027-03-29 00:00", (), department=PLANT),
            [Day(date(2027, 3, 28), 23 * HOUR, f"cccc  {'c' * 42}", "")],
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Example) else "",
)
def test_a_day_reads(example: Example, told: list[Day]) -> None:
    steps, account = account_of(example)
    assert list(days(account, partial(named, steps))) == told


def test_time_that_is_closed_is_named_in_the_calendars_own_zone() -> None:
    lagos = replace(POLICY.profile.calendars["office"], zone="Africa/Lagos")  # an hour behind Berlin in summer
    policy = DeskPolicy(replace(POLICY.profile, calendars={"office": lagos}), {}, {})
    terms = policy.terms("resolution", submitted(submission(BORN)))
    told = partial(closed_time, hours(policy, submitted(submission(BORN)), terms))
    assert told(at("2026-10-05 09:00"), at("2026-10-05 15:00")) == {"break": HOUR}
    assert told(at("2026-10-05 09:00"), at("2026-10-05 13:00")) == {}
    assert told(at("2026-10-05 18:00"), at("2026-10-05 18:30")) == {}
    assert told(at("2026-10-12 23:00"), at("2026-10-13 02:00")) == {
        "night": 2 * HOUR,
        "Founders' Day": HOUR,
    }
    assert told(at("2026-10-05 09:00"), at("2026-10-05 09:00")) == {}


def test_the_target_of_an_account_is_the_one_that_the_clock_has_now() -> None:
    row = change("2026-10-05 10:00", kind=K.PRIORITISED, priority=4)
    facts = [submission(at("2026-10-05 09:00"), priority=3), row]
    steps = steps_of(facts)
    resolution = next(a for a in explained(steps, at("2026-10-05 11:00")) if a.clock.name == "resolution")
    assert (resolution.clock.target_us, resolution.terms.target_us) == (None, None)
    assert [s.terms.target_us for s in resolution.stretches] == [24 * HOUR, None]


def test_a_cycle_that_was_stopped_keeps_the_target_it_had_whatever_the_ticket_becomes() -> None:
    facts = [
        submission(at("2026-10-05 09:00"), priority=2),
        change("2026-10-05 10:00", status=S.ASSIGNED),
        change("2026-10-05 11:00", kind=K.PRIORITISED, priority=4),
    ]
    response = next(a for a in explained(steps_of(facts), at("2026-10-05 12:00")) if a.clock.name == "response")
    assert response.clock.target_us == response.terms.target_us == 4 * HOUR


def test_an_instant_before_the_last_fact_is_taken_for_it() -> None:
    steps = steps_of([submission(at("2026-10-05 09:00")), change("2026-10-05 11:00", kind=K.NOTED)])
    assert explained(steps, at("2026-10-05 10:00")) == explained(steps, at("2026-10-05 11:00"))


def test_facts_that_are_folded_again_give_the_same_ledger() -> None:
    """What `sla explain` does: the breaches are facts already."""
    steps = steps_of([submission(at("2026-10-05 08:00"), priority=2), change("2026-10-05 14:00", status=S.RESOLVED)])
    assert [fact.kind for fact, _ in steps] == [K.SUBMITTED, K.BREACHED, K.BREACHED, K.RESOLVED]
    again: list[tuple[Fact, History]] = [(steps[0][0], begin(steps[0][0], POLICY))]
    for fact, _ in steps[1:]:
        again.append((fact, extend(again[-1][1], fact, POLICY)))
    now = at("2026-10-06 14:00")
    assert explained(again, now) == explained(steps, now)
