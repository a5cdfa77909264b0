"""Random histories by random people: the fold, the spans and the clocks hold whatever happens.

The clocks' law is checked against an oracle that knows nothing of `clocks`: it walks the finished spans.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.core.domain.approve import put_before
from deskterm.core.domain.calendar import Calendar
from deskterm.core.domain.chain import Chain, chain_of, follow
from deskterm.core.domain.clocks import NEVER, Clock, Rated, Terms, consumed_us, next_due
from deskterm.core.domain.decide import Arguments, decide
from deskterm.core.domain.errors import NotAllowed
from deskterm.core.domain.facts import Fact, Ticket, apply, from_data, submitted, to_data
from deskterm.core.domain.history import History, Span, begin, caught_up, extend, fold, followed
from deskterm.core.domain.lifecycle import allowed
from deskterm.core.domain.panel import Delegation, Panel, Place, Roster
from deskterm.core.domain.people import Category, Person
from deskterm.core.domain.profile import Budget, ClockRule, Profile, Quorum, StageRule
from deskterm.core.domain.profile_file import parse_profile
from deskterm.core.domain.proof import faults
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.targets import Match
from deskterm.core.domain.words import (
    Action,
    CategoryKind,
    FactKind,
    Moment,
    OnChange,
    OnReopen,
    Outcome,
    PauseReason,
    Role,
    Status,
    WaitReason,
)

ACOB: Final = Path(__file__).parents[2] / "data" / "profiles" / "acob.toml"
BORN: Final = datetime(2026, 9, 25, 14, 0, tzinfo=UTC)  # a Friday afternoon
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
US: Final = timedelta(microseconds=1)
WEEK: Final = ("mon", "tue", "wed", "thu", "fri")
OFFICE: Final = Calendar.compile(
    zone="Africa/Lagos", week=dict.fromkeys(WEEK, (("08:00", "17:00"),)), holidays=[date(2026, 10, 1)]
)
SHIFTS: Final = Calendar.compile(zone="Europe/Berlin", week={"sat": [("06:00", "12:00")], "tue": [("20:00", "04:00")]})
ALWAYS: Final = Calendar.always()
WALL: Final = 1  # the rank whose targets are on the wall


@dataclass
class TwoCalendars:
    """Department 1 keeps office hours, department 2 odd shifts; the most urgent rank is reckoned on the wall."""

    profile: Profile

    def terms(self, name: str, ticket: Rated) -> Terms:
        budget = self.profile.clocks[name].targets.get(ticket.priority)
        key, calendar, hours = {1: ("office", OFFICE, 9), 2: ("shifts", SHIFTS, 6)}[ticket.department_id]
        if budget is not None and not budget.is_business:
            key, calendar, hours = "always", ALWAYS, 24
        target = None if budget is None else budget.seconds(hours * 3_600) * 1_000_000
        return Terms(Match(budget, "by priority"), target, key, calendar, hours * 3_600)


def _policy() -> TwoCalendars:
    profile = parse_profile(ACOB.read_text("utf-8"), source="acob.toml")
    targets = {
        "response": {WALL: Budget(30, "m"), 2: Budget(2, "bh")},
        "resolution": {WALL: Budget(2, "d"), 2: Budget(4, "bh"), 3: Budget(3, "bd")},
    }
    waits = (PauseReason.REQUESTER, PauseReason.VENDOR, PauseReason.DELIVERY, PauseReason.MAINTENANCE)
    clocks = {
        name: ClockRule(
            name=name,
            label=name,
            start=frozenset({Moment.SUBMITTED}),
            stop=frozenset({Moment.ASSIGNED if name == "response" else Moment.RESOLVED}),
            rearm=frozenset(),
            pauses=frozenset({*waits, PauseReason.PROCUREMENT}),
            calendars={},
            targets=ranks,
            tiers={},
            default=None,
            on_reopen=OnReopen.RESUME,
            on_change=OnChange.CARRY,
        )
        for name, ranks in targets.items()
    }
    return TwoCalendars(replace(profile, clocks=clocks, tiers=("First", "Second")))


POLICY: Final = _policy()
PEOPLE: Final = (
    Person(1, "Requester", Role.REQUESTER),
    Person(2, "Agent", Role.AGENT, department_id=1),
    Person(3, "Colleague", Role.AGENT, department_id=1),
    Person(4, "Lead", Role.LEAD, department_id=1, leads=frozenset({1, 2})),
    Person(5, "Other agent", Role.AGENT, department_id=2),
    Person(6, "Admin", Role.ADMIN),
    Person(7, "Executive", Role.EXECUTIVE),
)
CATEGORIES: Final = tuple(Category(n, f"c{n}", f"C{n}", CategoryKind.STANDARD, 2 - n % 2) for n in (1, 2, 3, 4))
GAPS: Final = st.one_of(
    st.just(timedelta()),
    st.integers(1, 10**11).map(lambda us: timedelta(microseconds=us)),
    st.integers(0, 7 * 24 * 4).map(lambda quarters: timedelta(minutes=15 * quarters)),
)


STAGES: Final = tuple(
    StageRule(key=key, title=key, approvers=posts, verifies="", quorum=Quorum.parse(quorum), from_minor=0, within=None)
    for key, posts, quorum in (("one", ("lead",), "all"), ("two", ("director", "chair"), "any"))
)
POSTS: Final = Roster(
    {("lead", 1): 4, ("lead", 2): 4, ("lead.deputy", 1): 3, ("director", None): 7, ("chair", None): 6},
    {person.id: person.name for person in PEOPLE},
    (Delegation(7, 5, BORN, BORN + timedelta(days=9)),),
)
BUYING: Final = st.sampled_from([Wanted((f"{count} x Toner @ 45",), justification="so") for count in (1, 2, 3)])


def panel(chain: Chain, ticket: Ticket) -> Panel:
    return Panel(chain, STAGES, "NGN", POSTS, Place(ticket.department_id))


def argued(draw: st.DrawFn, action: Action, ticket: Ticket) -> Arguments:
    able = [p for p in PEOPLE if p.serves(ticket.department_id) and p.id != ticket.assignee_id]
    others = [c for c in CATEGORIES if c.id != ticket.category_id]
    fit = [c for c in others if (c.department_id == ticket.department_id) is (action is not Action.MOVE)]
    ranks = [rank for rank in (1, 2, 3, 4) if rank != ticket.priority]
    return Arguments(
        text="said",
        cause="cause",
        fix="fix",
        stars=draw(st.integers(1, 5)) if action is Action.RATE else None,
        reason=draw(st.sampled_from(WaitReason)) if action is Action.WAIT else None,
        person=draw(st.sampled_from(able)) if action is Action.ASSIGN else None,
        priority=draw(st.sampled_from(ranks)) if action is Action.SET_PRIORITY else None,
        category=fit[0],
        purchase=draw(BUYING) if action in {Action.PIVOT, Action.AMEND} else None,
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Fact]:
    standard = draw(st.booleans())
    facts = [
        Fact(
            kind=FactKind.SUBMITTED,
            at=BORN,
            actor_id=1,
            status=Status.NEW if standard else Status.PENDING_APPROVAL,
            requester_id=1,
            department_id=1,
            category_id=1,
            category_kind=CategoryKind.STANDARD if standard else CategoryKind.PROCUREMENT,
            priority=draw(st.integers(1, 4)),
            title="title",
        )
    ]
    ticket, now = submitted(facts[0]), BORN
    chain: Chain = ()
    if not standard:
        facts += put_before(ticket, panel((), ticket), draw(BUYING).read("NGN"), 1, BORN)
        ticket, chain = reduce(apply, facts[1:], ticket), chain_of(facts)
    for _ in range(draw(st.integers(0, 25))):
        now += draw(GAPS)
        actor = draw(st.sampled_from([None, *PEOPLE]))
        board, gated = panel(chain, ticket), draw(st.booleans())
        set_: dict[str, Any] = {"now": now, "reopen_until": None, "tiers": 2, "gated": gated, "panel": board}
        made: tuple[Fact, ...] = ()
        if actor is None:
            over = {"status": Status.CLOSED, "outcome": Outcome.DONE}
            if ticket.status is Status.RESOLVED and draw(st.booleans()):
                made = (from_data(FactKind.CLOSED.value, now, None, over),)
        elif can := allowed(ticket, actor, **set_):
            action = draw(st.sampled_from(can))
            with suppress(NotAllowed):  # an amendment that changes nothing
                made = decide(ticket, action, argued(draw, action, ticket), actor, **set_)
        ticket, chain = reduce(apply, made, ticket), reduce(follow, made, chain)
        facts += made
    return facts


@given(histories())
def test_no_history_breaks_the_law_of_purchases(facts: list[Fact]) -> None:
    assert faults(facts) == []


@given(histories())
def test_what_was_stored_folds_to_what_live_work_has_in_hand(facts: list[Fact]) -> None:
    live, past = begin(facts[0], POLICY), list[Span]()
    for fact in facts[1:]:
        live = extend(live, fact, POLICY)
        past += live.spans[:-1]
        live = History(live.ticket, live.clocks, live.spans[-1:], live.chain)  # as the store loads it
    read = [from_data(f.kind.value, f.at, f.actor_id, to_data(f)) for f in facts]
    assert fold(read, POLICY) == History(live.ticket, live.clocks, (*past, *live.spans), live.chain)


@given(histories())
def test_versions_are_dense_and_spans_join(facts: list[Fact]) -> None:
    versions = [fold(facts[:count], POLICY).ticket.version for count in range(1, len(facts) + 1)]
    assert versions == list(range(1, len(facts) + 1))
    spans = fold(facts, POLICY).spans
    assert spans[0].entered_at == BORN
    assert [s.left_at for s in spans[:-1]] == [s.entered_at for s in spans[1:]]
    assert spans[-1].left_at is None
    assert all(replace(b, entered_at=a.entered_at, left_at=a.left_at) != a for a, b in pairwise(spans))


def us(instant: datetime) -> int:
    return (instant - EPOCH) // US


def phases(name: str, spans: Iterable[Span]) -> Iterator[tuple[Span, str]]:
    """What a clock does in each span, told from the spans alone."""
    pausing = {WaitReason.REQUESTER, WaitReason.VENDOR, WaitReason.DELIVERY, WaitReason.MAINTENANCE}
    taken = False
    for span in spans:
        taken = taken or span.assignee_id is not None
        accepted = taken or span.status in {Status.ASSIGNED, Status.IN_PROGRESS}
        over = span.status in {Status.RESOLVED, Status.CLOSED}
        if over or (name == "response" and accepted):
            yield span, "stopped"
        elif span.status is Status.PENDING_APPROVAL or span.reason in pausing:
            yield span, "paused"
        else:
            yield span, "runs"


def ranks(facts: list[Fact]) -> list[tuple[datetime, int]]:
    return [(f.at, f.priority) for f in facts if f.priority is not None]


def calendar_of(department: int, rank: int) -> Calendar:
    return ALWAYS if rank == WALL else {1: OFFICE, 2: SHIFTS}[department]


def open_time(name: str, history: History, facts: list[Fact], now: datetime) -> int:
    """The open microseconds of the spans in which the clock ran, each stretch in its own calendar."""
    total = 0
    changes = [*ranks(facts), (now, 0)]
    for span, phase in phases(name, history.spans):
        for (since, rank), (until, _) in pairwise(changes):
            start, end = max(span.entered_at, since), min(span.left_at or now, until)
            if phase == "runs" and start < end:
                total += calendar_of(span.department_id, rank).elapsed_us(us(start), us(end))
    return total


def named(history: History) -> Mapping[str, Clock]:
    return {clock.name: clock for clock in history.clocks}


@pytest.mark.parametrize("name", ["response", "resolution"])
@given(histories(), GAPS)
def test_a_clock_has_used_the_open_time_in_which_it_ran(name: str, facts: list[Fact], gap: timedelta) -> None:
    history = fold(facts, POLICY)
    ticket, clock, now = history.ticket, named(history)[name], history.ticket.updated_at + gap
    running = consumed_us(clock, calendar_of(ticket.department_id, ticket.priority), now)
    assert running == open_time(name, history, facts, now)


@pytest.mark.parametrize("name", ["response", "resolution"])
@given(histories())
def test_a_clock_stands_where_its_ticket_stands(name: str, facts: list[Fact]) -> None:
    history = fold(facts, POLICY)
    ticket, clock = history.ticket, named(history)[name]
    *_, (_, phase) = phases(name, history.spans)
    assert (clock.running_since is not None, clock.stopped_at is not None) == (phase == "runs", phase == "stopped")
    if phase == "paused":
        assert clock.due_at is None
    elif phase == "runs" and clock.target_us is not None and clock.running_since is not None:
        assert clock.due_at is not None
        calendar = calendar_of(ticket.department_id, ticket.priority)
        left = calendar.elapsed_us(us(clock.running_since), us(clock.due_at))
        assert left == clock.target_us - clock.consumed_us


@given(histories())
def test_the_target_is_the_one_of_priority_and_department(facts: list[Fact]) -> None:
    ticket, clocks = (history := fold(facts, POLICY)).ticket, named(history)
    day = {1: 9, 2: 6}[ticket.department_id]
    hours = {1: 48, 2: 4, 3: 3 * day, 4: None}[ticket.priority]
    if clocks["resolution"].stopped_at is None:  # a stopped clock keeps what it was measured against
        assert clocks["resolution"].target_us == (None if hours is None else hours * 3_600_000_000)


@given(histories())
def test_the_next_due_is_the_earliest_of_what_runs(facts: list[Fact]) -> None:
    clocks = fold(facts, POLICY).clocks
    due = sorted(c.due_at for c in clocks if c.running_since is not None and c.due_at is not None)
    assert next_due(clocks) == (due[0] if due else NEVER)


@given(histories())
def test_a_breach_is_never_taken_back_and_dates_from_the_deadline(facts: list[Fact]) -> None:
    history = begin(facts[0], POLICY)
    for fact in facts[1:]:
        before, history = named(history), extend(history, fact, POLICY)
        for name, after in named(history).items():
            was = before[name]
            banked = was.running_since is not None and after.running_since != was.running_since
            if was.breached_at is not None:
                assert after.breached_at == was.breached_at
            elif banked and was.due_at is not None and was.due_at < fact.at:
                assert after.breached_at == was.due_at
            elif after.stopped_at is None and after.target_us is not None and after.consumed_us > after.target_us:
                assert after.breached_at == fact.at  # a nearer target, already used up
            else:
                assert after.breached_at is None


@given(histories(), GAPS)
def test_the_breaches_that_follow_are_facts_and_the_facts_fold_to_what_followed(
    facts: list[Fact], gap: timedelta
) -> None:
    steps = followed(begin(facts[0], POLICY), facts[1:], POLICY)
    last = steps[-1][1] if steps else begin(facts[0], POLICY)
    now = last.ticket.updated_at + gap
    steps += caught_up(last, now, POLICY)
    told = [facts[0], *(fact for fact, _ in steps)]
    assert [fact for fact in told if fact.kind is not FactKind.BREACHED] == facts
    assert [fact.at for fact in told] == sorted(fact.at for fact in told)
    after = fold(told, POLICY)
    assert after == (steps[-1][1] if steps else last)
    breached = {name: clock.breached_at for name, clock in named(after).items() if clock.breached_at is not None}
    assert {f.clock: f.at for f in told if f.kind is FactKind.BREACHED} == breached
    assert len(breached) == len([f for f in told if f.kind is FactKind.BREACHED])
    assert all(c.due_at is None or c.due_at >= now for c in after.clocks if c.running_since and not c.breached_at)


def test_a_history_goes_forward_and_begins_once() -> None:
    facts = [
        Fact(
            kind=FactKind.SUBMITTED,
            at=BORN,
            actor_id=1,
            status=Status.NEW,
            requester_id=1,
            department_id=1,
            category_id=1,
            category_kind=CategoryKind.STANDARD,
            priority=3,
            title="title",
        )
    ]
    with pytest.raises(ValueError, match="before what is known"):
        fold([*facts, Fact(kind=FactKind.NOTED, at=BORN - US, actor_id=1)], POLICY)
    with pytest.raises(ValueError, match="submitted once"):
        fold([*facts, *facts], POLICY)
