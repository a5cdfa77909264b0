"""What approval costs in time, stage by stage and approver by approver, and whether all that was bought went its chain.

It is reckoned from facts, in the business time of the department that served the ticket then. Only that a running
stage is late by now is its clock's to tell: there is no fact of it yet.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple

from deskterm.core.domain.access import scope_of
from deskterm.core.domain.chain import Round, chain_of
from deskterm.core.domain.clocks import passed
from deskterm.core.domain.errors import DesktermError, InvalidInput, NotAllowed
from deskterm.core.domain.facts import Fact, reference
from deskterm.core.domain.people import Person
from deskterm.core.domain.profile import APPROVAL
from deskterm.core.domain.proof import Delegated, faults
from deskterm.core.domain.words import FactKind, Role, RoundState
from deskterm.core.services.approval_hours import Case, Lost, Place, cases, lines
from deskterm.core.services.audit_delegations import delegated
from deskterm.core.services.context import Context
from deskterm.core.services.policies import DeskPolicy
from deskterm.core.store import approvals, directory, tickets
from deskterm.core.store.engine import Connection

_SLICE: Final = 500


class Unproved(NamedTuple):
    """A purchase whose facts don't prove its chain, with what they say instead."""

    ref: str
    why: str


class Through(NamedTuple):
    """How many of the purchases that became workable went through a complete, valid chain; `goal` is the profile's.

    One whose facts break the law of purchases is among them and is not proved, however far it came.
    """

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


class _Period(NamedTuple):
    """The instants of a period, of which either may be open."""

    since: datetime | None
    until: datetime | None

    def has(self, round_: Round) -> bool:
        """Whether a round was begun in it."""
        begun = self.since is None or self.since <= round_.asked_at
        return begun and (self.until is None or round_.asked_at < self.until)


class _Read(NamedTuple):
    """A purchase as the store has it: its facts, when its stages ran out of time, the policy that it is under."""

    id: int
    facts: list[Fact]
    late: list[datetime]
    policy: DeskPolicy

    def department(self, at: datetime) -> int:
        """Gives which department served it at an instant."""
        return next((fact.department_id for fact in reversed(self.facts) if fact.department_id and fact.at <= at), 0)


@dataclass(slots=True)
class _Sums:
    """What the purchases that were counted in come to."""

    purchases: int = 0
    workable: int = 0
    cases: dict[Place, list[Case]] = field(default_factory=dict)
    rounds: Counter[RoundState] = field(default_factory=Counter)
    unproved: list[Unproved] = field(default_factory=list)

    def count(self, read: _Read, period: _Period, now: datetime, could: Delegated) -> None:
        """Counts one purchase in, by its rounds of the period."""
        asked = {one.number: one for one in chain_of(read.facts) if period.has(one)}
        wrong = faults(read.facts, could)
        made = list(
            cases(read.facts, asked, read.late, lambda since: read.policy.calendar(read.department(since)), now)
        )
        self.purchases += 1
        self.rounds.update(one.state for one in asked.values())
        for place, case in made:
            self.cases.setdefault(place, []).append(case)
        if wrong or any(one.state is RoundState.APPROVED for one in asked.values()):
            self.workable += 1
            self.unproved += [Unproved(reference(read.id), wrong[0])] if wrong else []

    def through(self, goal: float | None) -> Through:
        """Gives how much of what became workable went its chain."""
        proved = self.workable - len(self.unproved)
        share = proved / self.workable if self.workable else None
        return Through(proved, self.workable, share, goal, tuple(self.unproved))


def approvals_report(context: Context, since: date | None, until: date | None) -> ApprovalsReport:
    """Gives the report over purchases asked for from one day through another, in the desk's default calendar.

    Raises:
        NotAllowed: for whoever neither leads a department nor oversees the desk; leads see their departments.
        InvalidInput: when the period ends before it begins.
    """
    now, sums = context.clock(), _Sums()
    left_out: list[str] = []
    with context.store.read() as connection:
        mine = _departments(context.actor(connection))
        policy = context.policy_now(connection)[1]
        period = _period(policy, since, until)
        wanted = approvals.bought(connection, *period)
    for at in range(0, len(wanted), _SLICE):
        with context.store.read() as connection:
            could = delegated(connection)
            slice_ = list(_slice(connection, context, wanted[at : at + _SLICE], now, left_out))
        for read in slice_:
            if mine is None or read.department(now) in mine:
                try:
                    sums.count(read, period, now, could)
                except (ValueError, TypeError, DesktermError) as error:
                    left_out.append(f"{reference(read.id)}: {error}")
    with context.store.read() as connection:
        names = directory.names(connection, {place.person_id for place in sums.cases if place.person_id is not None})
    return ApprovalsReport(
        at=now,
        since=since,
        until=until,
        purchases=sums.purchases,
        lost=tuple(lines(sums.cases, names)),
        through_chain=sums.through(policy.profile.goals.procurement_through_chain),
        rounds={state.value: sums.rounds[state] for state in RoundState if state in sums.rounds},
        left_out=tuple(left_out) if mine is None else (),
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
    try:
        begins = datetime.combine(since, time(), zone).astimezone(UTC) if since else None
        ends = datetime.combine(until + timedelta(days=1), time(), zone).astimezone(UTC) if until else None
    except OverflowError:
        raise InvalidInput("the period is beyond the calendar: name days near today, or leave them out") from None
    return _Period(begins, ends)


def _slice(
    connection: Connection, context: Context, ids: Sequence[int], now: datetime, left_out: list[str]
) -> Iterator[_Read]:
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
        unsaid = (c for c in clocks.get(number, ()) if c.name == APPROVAL and c.breached_at is None)
        late += [at for clock in unsaid if (at := passed(clock, now).breached_at)]
        yield _Read(number, told, late, context.policy(connection, under[number]))
