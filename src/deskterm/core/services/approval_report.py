"""Hours lost in approval, stage by stage and approver by approver, and how much of what was bought went its chain.

Everything is reckoned from facts: whom the open stages waited for and how long, in the business time of the
department that served the ticket then.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Final, NamedTuple

from deskterm.core.domain.access import scope_of
from deskterm.core.domain.chain import Chain, Round, chain_of, waits
from deskterm.core.domain.clocks import passed
from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.facts import Fact, reference
from deskterm.core.domain.people import Person
from deskterm.core.domain.profile import APPROVAL
from deskterm.core.domain.proof import faults
from deskterm.core.domain.words import FactKind, Role, RoundState
from deskterm.core.services.context import Context
from deskterm.core.services.policies import DeskPolicy
from deskterm.core.store import approvals, directory, tickets
from deskterm.core.store.engine import Connection

_SLICE: Final = 500
_SIGNED: Final = frozenset({FactKind.APPROVED, FactKind.REFUSED})
PERSON, VACANT, INFORMATION = "person", "vacant", "information"
_WORDS: Final = {VACANT: "vacant", INFORMATION: "information asked for"}
_KINDS: Final = (PERSON, VACANT, INFORMATION)


class Lost(NamedTuple):
    """Business time that purchases spent at a stage with one approver; seconds, of all cases and of one.

    A case is a purchase's round. `kind` is `person`; or `vacant`, while nobody had the post; or `information`, while
    what an approver asked for was not given. What a stand-in takes is the time of whose place it is. `decided` counts
    what the approver decided (information: was given), `open` what waits now. `breaches` is how often the stage ran
    out of its time while it waited for this approver.
    """

    stage: str
    approver: str
    kind: str
    cases: int
    decided: int
    open: int
    total: int
    median: int
    p90: int
    longest: int
    breaches: int


class Unproved(NamedTuple):
    """A purchase whose facts don't prove its chain, with what they say instead."""

    ref: str
    why: str


class Through(NamedTuple):
    """How many of the purchases that became workable went through a complete, valid chain; `goal` is the profile's."""

    proved: int
    of: int
    share: float | None
    goal: float | None
    offending: tuple[Unproved, ...]


class ApprovalsReport(NamedTuple):
    """What approval cost in time. `rounds` counts by state; tickets that could not be read are in `left_out`."""

    at: datetime
    since: date | None
    until: date | None
    purchases: int
    lost: tuple[Lost, ...]
    through_chain: Through
    rounds: Mapping[str, int]
    left_out: tuple[str, ...]


class _Place(NamedTuple):
    """A line of the report: a stage's number in its chain and title, and whom it waited for."""

    order: int
    stage: str
    kind: str
    person_id: int | None


class _Stretch(NamedTuple):
    """A time in which a round's stage waited for somebody; `until` is None while it goes on."""

    round: int
    stage: str
    kind: str
    person_id: int | None
    since: datetime
    until: datetime | None

    def covers(self, at: datetime) -> bool:
        """Whether an instant is in it."""
        return self.since <= at and (self.until is None or at < self.until)


class _Case(NamedTuple):
    """A round at one place: business seconds, whether it was decided, whether it waits now, breaches."""

    seconds: int
    decided: bool
    open: bool
    breaches: int


class _Period(NamedTuple):
    """The instants of a period, of which either may be open."""

    since: datetime | None
    until: datetime | None

    def has(self, round_: Round) -> bool:
        """Whether a round was begun in it."""
        early = self.since is not None and round_.asked_at < self.since
        return not (early or (self.until is not None and round_.asked_at >= self.until))


def approvals_report(context: Context, since: date | None, until: date | None) -> ApprovalsReport:
    """Gives the report over purchases asked for from one day through another, in the desk's default calendar.

    Raises:
        NotAllowed: for whoever neither leads a department nor oversees the desk; leads see their departments.
        InvalidInput: when the period ends before it begins.
    """
    now = context.clock()
    cases: dict[_Place, list[_Case]] = {}
    rounds: dict[RoundState, int] = {}
    unproved: list[Unproved] = []
    left_out: list[str] = []
    seen = workable = 0
    with context.store.read() as connection:
        mine = _departments(context.actor(connection))
        policy = context.policy_now(connection)[1]
        period = _period(policy, since, until)
        wanted = approvals.bought(connection, *period)
    for at in range(0, len(wanted), _SLICE):
        with context.store.read() as connection:
            for number, facts, late, own in _slice(connection, context, wanted[at : at + _SLICE], now, left_out):
                if mine is not None and _department(facts, now) not in mine:
                    continue
                chain = chain_of(facts)
                asked = {one.number: one for one in chain if period.has(one)}
                seen += 1
                for one in asked.values():
                    rounds[one.state] = rounds.get(one.state, 0) + 1
                for place, case in _cases(facts, asked, late, own, now):
                    cases.setdefault(place, []).append(case)
                wrong = faults(facts)
                if wrong or any(one.state is RoundState.APPROVED for one in asked.values()):
                    workable += 1
                    unproved += [Unproved(reference(number), wrong[0])] if wrong else []
    with context.store.read() as connection:
        names = directory.names(connection, {place.person_id for place in cases if place.person_id is not None})
    proved = workable - len(unproved)
    return ApprovalsReport(
        at=now,
        since=since,
        until=until,
        purchases=seen,
        lost=tuple(sorted_lines(cases, names)),
        through_chain=Through(
            proved,
            workable,
            proved / workable if workable else None,
            policy.profile.goals.procurement_through_chain,
            tuple(unproved),
        ),
        rounds={state.value: rounds[state] for state in RoundState if state in rounds},
        left_out=tuple(left_out),
    )


def _departments(actor: Person) -> frozenset[int] | None:
    """Gives whose purchases somebody may have reckoned up, None is everybody's."""
    if scope_of(actor).everything:
        return None
    home = {actor.department_id} if actor.role is Role.LEAD and actor.department_id is not None else set()
    if not (found := frozenset(actor.leads | home)):
        raise NotAllowed("what approval costs in time is for leads, of their departments, and for executives")
    return found


def _period(policy: DeskPolicy, since: date | None, until: date | None) -> _Period:
    if since and until and until < since:
        raise InvalidInput(f"the period ends on {until}, before it begins on {since}")
    zone = policy.default_zone()
    begins = datetime.combine(since, time(), zone) if since else None
    return _Period(begins, datetime.combine(until + timedelta(days=1), time(), zone) if until else None)


_Line = tuple[int, list[Fact], list[datetime], DeskPolicy]


def _slice(
    connection: Connection, context: Context, ids: Sequence[int], now: datetime, left_out: list[str]
) -> Iterator[_Line]:
    """Gives the facts of tickets, when their stages ran out of time, and the policy that they are under."""
    try:
        facts, clocks = tickets.facts_of(connection, ids), tickets.clocks_of(connection, ids)
    except (ValueError, TypeError) as error:
        if len(ids) == 1:
            left_out.append(f"{reference(ids[0])}: {error}")
            return
        for number in ids:  # one of them can't be read: the others can
            yield from _slice(connection, context, [number], now, left_out)
        return
    under = tickets.profiles_of(connection, ids)
    for number in ids:
        told = facts.get(number, [])
        late = [fact.at for fact in told if fact.kind is FactKind.BREACHED and fact.clock == APPROVAL]
        running = (c for c in clocks.get(number, ()) if c.name == APPROVAL and c.breached_at is None)
        late += [at for c in running if (at := passed(c, now).breached_at)]
        yield number, told, late, context.policy(connection, under[number])


def _department(facts: Sequence[Fact], at: datetime) -> int:
    """Gives which department served a ticket at an instant."""
    return next(fact.department_id or 0 for fact in reversed(facts) if fact.department_id and fact.at <= at)


def _stretches(facts: Sequence[Fact], chain: Chain) -> Iterator[_Stretch]:
    for wait in waits(facts):
        kind = VACANT if wait.person_id is None else PERSON
        yield _Stretch(wait.round, wait.stage, kind, wait.person_id, wait.since, wait.until)
    for one in chain:
        told = [fact for fact in facts if fact.round == one.number]
        for number, fact in enumerate(told):
            if fact.kind is FactKind.RETURNED:
                ends = (later.at for later in told[number + 1 :] if later.kind in _GIVEN)
                yield _Stretch(one.number, fact.stage or "", INFORMATION, None, fact.at, next(ends, None))


_GIVEN: Final = frozenset({
    FactKind.ANSWERED, FactKind.AMENDED, FactKind.WITHDRAWN, FactKind.DECLINED, FactKind.AUTHORISED,
})  # fmt: skip


def _cases(
    facts: Sequence[Fact], asked: Mapping[int, Round], late: Iterable[datetime], policy: DeskPolicy, now: datetime
) -> Iterator[tuple[_Place, _Case]]:
    """Gives what a ticket's rounds come to, each at the places that it waited at."""
    found: dict[tuple[int, _Place], list[_Stretch]] = {}
    for stretch in _stretches(facts, tuple(asked.values())):
        round_ = asked.get(stretch.round)
        keys = [spec.key for spec in round_.specs] if round_ else []
        if round_ is not None and stretch.stage in keys:
            order = keys.index(stretch.stage)
            place = _Place(order, round_.specs[order].title, stretch.kind, stretch.person_id)
            found.setdefault((stretch.round, place), []).append(stretch)
    for (number, place), stretches in found.items():
        seconds = 0
        for one in stretches:
            calendar = policy.calendar(_department(facts, one.since))
            seconds += max(0, calendar.elapsed(one.since, one.until or now))
        open_ = any(one.until is None for one in stretches)
        breaches = sum(any(one.covers(at) for one in stretches) for at in late)
        yield place, _Case(seconds, _is_decided(asked[number], place, open_), open_, breaches)


def _is_decided(round_: Round, place: _Place, is_open: bool) -> bool:
    if place.kind == INFORMATION:
        return not is_open
    key = round_.specs[place.order].key
    return any(d.kind in _SIGNED and (d.stage, d.for_id) == (key, place.person_id) for d in round_.decisions)


def sorted_lines(cases: Mapping[_Place, Sequence[_Case]], names: Mapping[int, str]) -> list[Lost]:
    """Gives the lines of the report: stages in the order of their chain, people by name, then vacant and information."""

    def name(place: _Place) -> str:
        return _WORDS.get(place.kind) or names.get(place.person_id or 0, "somebody")

    order = sorted(cases, key=lambda p: (p.order, p.stage, _KINDS.index(p.kind), name(p), p.person_id or 0))
    return [_line(place, name(place), cases[place]) for place in order]


def _line(place: _Place, name: str, cases: Sequence[_Case]) -> Lost:
    times = sorted(case.seconds for case in cases)
    return Lost(
        stage=place.stage,
        approver=name,
        kind=place.kind,
        cases=len(cases),
        decided=sum(case.decided for case in cases),
        open=sum(case.open for case in cases),
        total=sum(times),
        median=round(median(times)),
        p90=times[-(-len(times) * 9 // 10) - 1],
        longest=times[-1],
        breaches=sum(case.breaches for case in cases),
    )
