"""The fold: facts in, the ticket with its clocks and spans out. Live work, imports and doctor all go through it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from deskterm.core.domain.chain import Chain, follow
from deskterm.core.domain.clocks import Clock, Policy, passed, started, turned
from deskterm.core.domain.facts import CHAINED, Fact, Ticket, submitted
from deskterm.core.domain.past import Past, advance, restored
from deskterm.core.domain.words import FactKind, Status, WaitReason


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch in which status, reason, owner and department stayed the same (000-R3: who had it, how long)."""

    entered_at: datetime
    left_at: datetime | None
    status: Status
    reason: WaitReason | None
    assignee_id: int | None
    department_id: int


@dataclass(frozen=True, slots=True)
class History:
    """A ticket, its clocks, its spans from first to last (live work keeps only the open one in hand), its chain.

    `past` is what can be taken back; only who folds every fact has it whole.
    """

    ticket: Ticket
    clocks: tuple[Clock, ...]
    spans: tuple[Span, ...]
    chain: Chain = ()
    past: Past | None = field(default=None, compare=False, repr=False)


def begin(fact: Fact, policy: Policy, ticket_id: int = 0) -> History:
    """Gives the history that a `submitted` fact begins.

    Raises:
        ValueError: when the fact is not a complete submission.
    """
    ticket = submitted(fact, ticket_id)
    return History(ticket, started(fact, ticket, policy), (_span(ticket),))


def extend(history: History, fact: Fact, policy: Policy) -> History:
    """Gives the history with one more fact.

    Raises:
        ValueError: when the fact is a second submission, older than the last one, or takes back what isn't the last
            thing that was done.
    """
    if fact.kind is FactKind.SUBMITTED:
        raise ValueError("a ticket is submitted once")
    if fact.at < history.ticket.updated_at:
        raise ValueError(f"it is dated {fact.at.isoformat()}, before what is known already")
    before = history.ticket
    after, past = advance(history.past, before, fact, history.clocks)
    if fact.kind is FactKind.UNDONE and history.past is not None:
        clocks = restored(history.past, history.clocks, fact.at)
    else:
        clocks = turned(history.clocks, fact, before, after, policy)
    chain = follow(history.chain, fact) if fact.kind in CHAINED else history.chain
    *done, last = history.spans
    fresh = _span(after)
    if _stands(fresh) == _stands(last):
        return History(after, clocks, history.spans, chain, past)
    return History(after, clocks, (*done, replace(last, left_at=fact.at), fresh), chain, past)


def fold(facts: Iterable[Fact], policy: Policy, ticket_id: int = 0) -> History:
    """Gives the history that `facts` make, in their order.

    Raises:
        ValueError: when they don't begin with a submission, or go back in time.
    """
    return steps(facts, policy, ticket_id)[-1][1]


def steps(facts: Iterable[Fact], policy: Policy, ticket_id: int = 0) -> list[tuple[Fact, History]]:
    """Gives each fact with the history after it; raises as `fold`."""
    every = list(facts)
    if not every:
        raise ValueError("it has no facts")
    told = [(every[0], begin(every[0], policy, ticket_id))]
    for fact in every[1:]:
        told.append((fact, extend(told[-1][1], fact, policy)))
    return told


def caught_up(history: History, at: datetime, policy: Policy) -> list[tuple[Fact, History]]:
    """Gives the breaches that came before `at` and are not known yet, the earliest first, each with what follows.

    A breach is dated when its clock was due, but never before what is known already.
    """
    told: list[tuple[Fact, History]] = []
    late = [(passed(clock, at).breached_at, clock) for clock in history.clocks if clock.breached_at is None]
    for when, clock in sorted((pair for pair in late if pair[0]), key=lambda pair: (pair[0], pair[1].name)):
        fact = _breach(clock, max(when or at, history.ticket.updated_at))
        history = extend(history, fact, policy)
        told.append((fact, history))
    return told


def followed(history: History, facts: Iterable[Fact], policy: Policy) -> list[tuple[Fact, History]]:
    """Gives each fact with the history after it, and among them the breaches that came to light.

    Those that were due before a fact stand before it; one that the fact itself makes, such as by a nearer target,
    stands after it. So do those of a fact that takes something back: which clocks are late is told without that.

    Raises:
        ValueError: as `extend`.
    """
    told: list[tuple[Fact, History]] = []
    for fact in facts:
        if fact.kind is not FactKind.UNDONE:
            told += caught_up(history, fact.at, policy)
        history = told[-1][1] if told else history
        known = _breached(history)
        history = extend(history, fact, policy)
        told.append((fact, history))
        for clock in history.clocks:
            if (clock.name, clock.cycle) in _breached(history) - known:
                breach = _breach(clock, fact.at)
                history = extend(history, breach, policy)
                told.append((breach, history))
        if fact.kind is FactKind.UNDONE:
            told += caught_up(history, fact.at, policy)
            history = told[-1][1]
    return told


def _breached(history: History) -> set[tuple[str, int]]:
    return {(clock.name, clock.cycle) for clock in history.clocks if clock.breached_at}


def _breach(clock: Clock, at: datetime) -> Fact:
    return Fact(kind=FactKind.BREACHED, at=at, actor_id=None, clock=clock.name, cycle=clock.cycle)


def _stands(span: Span) -> tuple[object, ...]:
    return span.status, span.reason, span.assignee_id, span.department_id


def _span(ticket: Ticket) -> Span:
    return Span(ticket.updated_at, None, ticket.status, ticket.reason, ticket.assignee_id, ticket.department_id)
