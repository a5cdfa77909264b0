"""Measures are decided at their instant: the law over random histories, with purchases and undo, of every profile."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from made_histories import BORN, GAPS, Told, histories

from deskterm.core.domain.clocks import NEVER, passed
from deskterm.core.domain.facts import Fact
from deskterm.core.domain.history import steps
from deskterm.core.domain.measures import STANDING, Measure, Measured, clock_code
from deskterm.core.domain.measuring import measured
from deskterm.core.domain.moments import OVER
from deskterm.core.domain.undo import standing
from deskterm.core.domain.words import FactKind, Status


def until(told: Told, at: datetime, now: datetime) -> Counter[Measure]:
    """The measures of the facts up to `at`, as known at `now`."""
    facts = [fact for fact in told.facts if fact.at <= at]
    return Counter(measured(steps(facts, told.policy, 7), told.policy, now))


def as_of(measure: Measure, at: datetime, facts: list[Fact]) -> Measure | None:
    """A measure as it must have read at an instant, None when nobody knew of it."""
    if measure.kind in STANDING:
        begun = facts[measure.version - 1].at <= at
        return measure._replace(at=measure.at if measure.at <= at else NEVER) if begun else None
    if measure.at > at:
        return None
    return measure if measure.gone_at is None or measure.gone_at <= at else measure._replace(gone_at=None)


@settings(max_examples=100)
@given(histories(), GAPS, st.data())
def test_what_was_measured_until_an_instant_is_what_is_known_of_it_ever_after(
    told: Told, gap: timedelta, data: st.DataObject
) -> None:
    last = told.facts[-1].at
    dues = [clock.due_at for clock in told.history.clocks if clock.due_at is not None and clock.due_at >= BORN]
    at = data.draw(st.sampled_from(sorted({*(fact.at for fact in told.facts), *dues}))) + data.draw(
        st.sampled_from([timedelta(), timedelta(microseconds=1), timedelta(hours=3)])
    )
    ever = until(told, last, max(at, last) + gap)
    then = Counter(m for m in (as_of(one, at, told.facts) for one in ever.elements()) if m is not None)
    assert until(told, at, at) == then


def undone(told: Told) -> list[Fact]:
    """The facts as they would be had what was taken back never been done, without breaches: time tells those."""
    return [one.fact for one in standing(told.facts) if one.fact.kind is not FactKind.BREACHED]


@settings(max_examples=80)
@given(histories(), GAPS)
def test_what_was_taken_back_leaves_the_rest_as_if_it_had_never_been(told: Told, gap: timedelta) -> None:
    now = told.facts[-1].at + gap
    kept = [m for m in measured(steps(told.facts, told.policy, 7), told.policy, now) if m.gone_at is None]
    plain = [m for m in measured(steps(undone(told), told.policy, 7), told.policy, now) if m.gone_at is None]

    def work(measures: list[Measure]) -> Counter[Measure]:
        wanted = (m for m in measures if m.kind not in STANDING and m.kind is not Measured.JUDGED)
        return Counter(m._replace(version=0) for m in wanted)

    def verdicts(measures: list[Measure]) -> Counter[tuple[int, int]]:
        return Counter((m.code, m.value) for m in measures if m.kind is Measured.JUDGED)

    assert work(kept) == work(plain)
    assert verdicts(kept) == verdicts(plain)


@settings(max_examples=50)
@given(histories())
def test_a_ticket_stands_where_its_facts_left_it_at_any_instant(told: Told) -> None:
    made = steps(told.facts, told.policy, 7)
    measures = measured(made, told.policy, told.facts[-1].at)
    for (fact, history), (after, _) in pairwise([*made, (replace(made[-1][0], at=NEVER), made[-1][1])]):
        if fact.at == after.at:
            continue
        ticket, begins = history.ticket, {m.version: told.facts[m.version - 1].at for m in measures}
        stood = {m.kind: m for m in measures if m.kind in STANDING and begins[m.version] <= fact.at < m.at}
        assert (Measured.OPEN in stood) is (ticket.status not in OVER)
        assert (Measured.PENDING in stood) is (ticket.status in {Status.WAITING, Status.PENDING_APPROVAL})
        for m in stood.values():
            dimensions = (m.person_id, m.department_id, m.category_id, m.priority, m.tier, m.code)
            born = int(BORN.timestamp())
            assert dimensions == (
                ticket.assignee_id, ticket.department_id, ticket.category_id, ticket.priority, ticket.tier, born,
            )  # fmt: skip


@settings(max_examples=60)
@given(histories(), GAPS)
def test_every_cycle_with_a_target_has_one_verdict_and_no_time_is_counted_twice(told: Told, gap: timedelta) -> None:
    now = told.facts[-1].at + gap
    standing_ = [m for m in measured(steps(told.facts, told.policy, 7), told.policy, now) if m.gone_at is None]
    late = Counter(m.code for m in standing_ if m.kind is Measured.JUDGED and not m.value)
    out = (c for c in told.history.clocks if passed(c, now + timedelta(microseconds=1)).breached_at is not None)
    assert late == Counter(clock_code(c.name) for c in out)
    met = Counter(m.code for m in standing_ if m.kind is Measured.JUDGED and m.value)
    ended = Counter(clock_code(c.name) for c in told.history.clocks if c.stopped_at and not c.breached_at)
    assert met <= ended
    took = [m.value for m in standing_ if m.kind is Measured.RESOLUTION]
    assert took == sorted(took)
    if took and told.history.ticket.status is Status.RESOLVED:
        assert sum(m.value for m in standing_ if m.kind is Measured.HELD) <= took[-1]
        turned = [m.value for m in standing_ if m.kind is Measured.TURNAROUND]
        assert all(0 <= turnaround <= whole for turnaround, whole in zip(turned, took, strict=True))
