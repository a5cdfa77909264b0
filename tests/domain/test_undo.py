"""The laws of undo, over random histories under every shipped profile: what is taken back was never done, and no time
is given by it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_histories import BORN, CATEGORIES, FIRST, GAPS, PROFILES, policy_of

from deskterm.core.domain.clocks import Clock, consumed_us
from deskterm.core.domain.decide import Arguments, decide
from deskterm.core.domain.facts import Fact, Ticket, apply, from_data, submitted, to_data
from deskterm.core.domain.history import History, begin, caught_up, extend, fold, followed
from deskterm.core.domain.ledger import accounts
from deskterm.core.domain.lifecycle import allowed
from deskterm.core.domain.past import BESIDE, UNDOABLE
from deskterm.core.domain.people import Person
from deskterm.core.domain.proof import faults
from deskterm.core.domain.undo import ACTION, standing, to_redo, undoing, why_not, without
from deskterm.core.domain.words import Action, CommentKind, FactKind, Role, WaitReason
from deskterm.core.services.explaining import hours
from deskterm.core.services.policies import DeskPolicy

Draw = Callable[..., Any]
PEOPLE: Final = (
    Person(1, "Requester", Role.REQUESTER),
    Person(2, "Agent", Role.AGENT, department_id=1),
    Person(3, "Colleague", Role.AGENT, department_id=1),
    Person(4, "Lead", Role.LEAD, department_id=1, leads=frozenset({1, 2})),
)


class Told(NamedTuple):
    """A desk's policy, what it would have stored of a ticket, and what that came to."""

    policy: DeskPolicy
    facts: list[Fact]
    history: History


def argued(draw: Draw, action: Action, ticket: Ticket, ranks: list[int]) -> Arguments:
    able = [p for p in PEOPLE if p.serves(ticket.department_id) and p.id != ticket.assignee_id]
    others = [c for c in CATEGORIES.values() if c.id != ticket.category_id]
    fit = [c for c in others if (c.department_id == ticket.department_id) is (action is not Action.MOVE)]
    return Arguments(
        text="said",
        cause="cause",
        fix="fix",
        stars=3,
        reason=draw(st.sampled_from(WaitReason)) if action is Action.WAIT else None,
        person=draw(st.sampled_from(able)) if action is Action.ASSIGN else None,
        priority=draw(st.sampled_from([r for r in ranks if r != ticket.priority])),
        category=fit[0],
    )


def acted(
    draw: Draw, told: Told, now: datetime, only: frozenset[Action] = frozenset(Action), by: Person | None = None
) -> list[Fact]:
    """What somebody does, nothing where they may do none of it."""
    ticket, profile = told.history.ticket, told.policy.profile
    actor = by or draw(st.sampled_from(PEOPLE))
    can = [
        action
        for action in allowed(ticket, actor, now=now, reopen_until=None, tiers=max(1, len(profile.tiers)))
        if action in only
    ]
    if not can:
        return []
    action = draw(st.sampled_from(can))
    given = argued(draw, action, ticket, list(profile.priorities))
    tiers, gated = max(1, len(profile.tiers)), draw(st.booleans())
    return list(decide(ticket, action, given, actor, now=now, tiers=tiers, gated=gated))


def gone_on(told: Told, facts: list[Fact]) -> Told:
    steps = followed(told.history, facts, told.policy)
    return Told(told.policy, [*told.facts, *(f for f, _ in steps)], steps[-1][1] if steps else told.history)


def last_of(told: Told) -> tuple[int, Fact]:
    return [one for one in standing(told.facts) if one.fact.kind not in BESIDE][-1]


def why(told: Told, now: datetime) -> str:
    version, fact = last_of(told)
    return why_not(told.history, fact, version, told.policy, now)


@st.composite
def histories(draw: st.DrawFn, longest: int = 8) -> Told:
    policy = policy_of(draw(st.sampled_from(PROFILES)))
    first = replace(FIRST, priority=draw(st.sampled_from(sorted(policy.profile.priorities))))
    told, now = Told(policy, [first], begin(first, policy)), BORN
    for _ in range(draw(st.integers(0, longest))):
        now += draw(GAPS)
        now = max(now, told.history.ticket.updated_at)
        if draw(st.booleans()) and not why(told, now):
            told = gone_on(told, [undoing(last_of(told)[0], now, 2)])
        else:
            told = gone_on(told, acted(draw, told, now))
    return told


def places(clocks: tuple[Clock, ...]) -> dict[tuple[str, int], Clock]:
    return {(clock.name, clock.cycle): clock for clock in clocks}


def time_is_given(before: History, after: History, acted_at: datetime) -> bool:
    """Whether a clock that ran stands still by now, or one that was late is late no longer; by the clocks alone."""
    names = {clock.name for clock in before.clocks if clock.running_since is not None}
    stopped = names - {clock.name for clock in after.clocks if clock.running_since is not None}
    late = {place for place, clock in places(before.clocks).items() if clock.breached_at not in {None, acted_at}}
    return bool(stopped) or bool(late - {p for p, clock in places(after.clocks).items() if clock.breached_at})


@given(st.data())
def test_what_is_taken_back_was_never_done_and_nothing_else_is_ever_refused(data: st.DataObject) -> None:
    told = data.draw(histories(longest=4))
    before = data.draw(st.sampled_from([Action.CLAIM, Action.START, Action.WAIT, Action.RESOLVE]))
    told = gone_on(told, acted(data.draw, told, told.history.ticket.updated_at, frozenset({before}), PEOPLE[-1]))
    at = told.history.ticket.updated_at + data.draw(GAPS)
    found = caught_up(told.history, at, told.policy)
    told = Told(told.policy, [*told.facts, *(f for f, _ in found)], found[-1][1] if found else told.history)
    often = [frozenset({action}) for action in (Action.ASSIGN, Action.SET_PRIORITY, Action.ESCALATE)]
    what = data.draw(st.sampled_from([*often, frozenset(ACTION.values())]))
    done = gone_on(told, acted(data.draw, told, at, what, PEOPLE[-1]))
    if len(done.facts) == len(told.facts):
        return
    now = done.history.ticket.updated_at + data.draw(
        st.one_of(GAPS, st.integers(9, 700).map(lambda h: timedelta(hours=h)))
    )
    undone = undoing(last_of(done)[0], now, 2)
    if data.draw(st.booleans()):  # what ran out meanwhile was found
        done = gone_on(done, [Fact(kind=FactKind.NOTED, at=now, actor_id=3, comment=CommentKind.NOTE)])
    never = caught_up(told.history, now, told.policy)
    stood = never[-1][1] if never else told.history
    late = caught_up(done.history, now, done.policy)
    if why(done, now):
        back = followed(done.history, [undone], done.policy)[-1][1]
        assert time_is_given(late[-1][1] if late else done.history, back, at)
        return
    after = gone_on(done, [undone])
    was = told.history.ticket
    assert replace(after.history.ticket, version=was.version, updated_at=was.updated_at) == was
    assert after.history.clocks == stood.clocks
    assert not time_is_given(late[-1][1] if late else done.history, after.history, at)
    known = {place for place, clock in places(done.history.clocks).items() if clock.breached_at not in {None, at}}
    assert not known & {(f.clock, f.cycle) for f in after.facts[len(done.facts) :]}  # a breach is told once


def nearer(target: int, hours_before: int, hours_after: int) -> tuple[Told, datetime]:
    """A request of low priority that got a nearer target, and when that may be taken back."""
    policy = policy_of(PROFILES[0])
    told = gone_on(Told(policy, [FIRST], begin(FIRST, policy)), [])
    at = BORN + timedelta(hours=hours_before)
    told = gone_on(told, [Fact(kind=FactKind.PRIORITISED, at=at, actor_id=2, priority=target)])
    return told, at + timedelta(hours=hours_after)


def test_what_ran_out_since_stays_late_and_what_was_late_at_once_by_a_slip_does_not() -> None:
    assert why(*nearer(1, 0, 24 * 5)) == "the clock Resolution time ran out since, and late stays late"
    slip, now = nearer(1, 24 * 5, 1)
    assert slip.facts[-1].kind is FactKind.BREACHED
    assert why(slip, now) == ""
    assert all(clock.breached_at is None for clock in gone_on(slip, [undoing(2, now, 2)]).history.clocks)


@settings(max_examples=60)
@given(histories())
def test_what_was_stored_folds_to_what_was_in_hand_and_keeps_the_law_of_purchases(told: Told) -> None:
    read = [from_data(f.kind.value, f.at, f.actor_id, to_data(f)) for f in told.facts]
    assert fold(read, told.policy) == told.history
    assert faults(told.facts) == []
    seen = fold(without(told.facts, frozenset({FactKind.BREACHED})), told.policy)
    assert replace(seen.ticket, version=0, updated_at=BORN) == replace(told.history.ticket, version=0, updated_at=BORN)


@settings(max_examples=60)
@given(histories(), GAPS)
def test_the_ledger_adds_up_to_the_clocks_and_says_what_was_counted_all_the_same(told: Told, gap: timedelta) -> None:
    steps = [(told.facts[0], begin(told.facts[0], told.policy))]
    for fact in told.facts[1:]:
        steps.append((fact, extend(steps[-1][1], fact, told.policy)))
    now, ticket = told.history.ticket.updated_at + gap, told.history.ticket
    found = accounts(steps, told.policy, now, partial(hours, told.policy, ticket))
    assert [account.clock for account in found] == list(told.history.clocks)
    for account in found:
        calendar = told.policy.terms(account.clock.name, ticket).calendar
        assert account.used_us == consumed_us(account.clock, calendar, now)
        so_far = 0
        for stretch in account.stretches:
            assert stretch.begins_anew or stretch.sum_us == so_far + stretch.counted_us
            assert stretch.taken_back in {None, *UNDOABLE}
            so_far = stretch.sum_us


@settings(max_examples=40)
@given(histories())
def test_what_was_taken_back_is_done_again_until_something_else_is_done(told: Told) -> None:
    for version in to_redo(told.facts)[:1]:
        again = replace(told.facts[version - 1], at=told.history.ticket.updated_at, deed="other")
        back = [f.undoes for f in told.facts if f.kind is FactKind.UNDONE]
        assert version in back
        assert version not in to_redo([*told.facts, again])
        assert to_redo([*told.facts, replace(again, text="otherwise")]) == []


def story(*kinds: tuple[FactKind, dict[str, object]]) -> Callable[[], Ticket]:
    facts = [from_data(kind, BORN, 2, said) for kind, said in kinds]
    return lambda: fold([FIRST, *facts], policy_of(PROFILES[0])).ticket


def test_only_the_last_thing_that_was_done_is_taken_back() -> None:
    undo = partial(lambda version: (FactKind.UNDONE, {"undoes": version}))
    claim, reply = (
        (FactKind.CLAIMED, {"status": "assigned", "assignee_id": 2}),
        (FactKind.REPLIED, {"comment": "reply"}),
    )
    assert story(claim, undo(2))().assignee_id is None
    for wrong in (
        (claim, undo(1)),
        (claim, undo(3)),
        (claim, reply, undo(2)),
        (reply, undo(2)),
        (claim, undo(2), undo(2)),
    ):
        with pytest.raises(ValueError, match="isn't the last thing that was done"):
            story(*wrong)()
    with pytest.raises(ValueError, match="stands in the facts before it"):
        apply(submitted(FIRST), undoing(2, BORN, 2))
