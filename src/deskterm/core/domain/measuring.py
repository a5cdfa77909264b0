"""The fold from a ticket's facts to its measures (000-R36): pure, and decided at each instant by the facts up to it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from deskterm.core.domain.clocks import NEVER
from deskterm.core.domain.facts import CHAINED, Fact, Ticket
from deskterm.core.domain.history import History
from deskterm.core.domain.measures import Measure, Measured
from deskterm.core.domain.measuring_chain import purchased, stage
from deskterm.core.domain.measuring_clocks import Judging
from deskterm.core.domain.measuring_ends import ends, rated
from deskterm.core.domain.measuring_tally import Book, Policy, Step, Tally, to_seconds, to_us
from deskterm.core.domain.measuring_work import awaited, work
from deskterm.core.domain.moments import OVER
from deskterm.core.domain.past import UNDOABLE
from deskterm.core.domain.profile import MAIN_CLOCK
from deskterm.core.domain.proof import Delegated
from deskterm.core.domain.words import FactKind, Status

_CHAIN: Final = CHAINED | {FactKind.SUBMITTED}
_Told = Sequence[tuple[Fact, History]]


def measured(told: _Told, policy: Policy, now: datetime, delegated: Delegated | None = None) -> tuple[Measure, ...]:
    """Gives the measures of one ticket, in the order in which they came to be known, then by version.

    `told` is each fact with the history after it (`history.steps`). `now` says which clocks ran out that no fact
    speaks of yet. `delegated` is what purchases are proved with, as `proof.faults`.

    What they come to at an instant T is told by the facts until T alone: later ones add measures, and say of some
    that they were taken back; only what lasts (`STANDING`) is given its end.
    """
    fold = _Fold(told, policy, delegated)
    for version in range(1, len(told) + 1):
        fold.take(version)
    return fold.ended(now)


class _Fold:
    """A ticket's facts, gone through once; `saved` is where it stood before what could be taken back."""

    def __init__(self, told: _Told, policy: Policy, delegated: Delegated | None) -> None:
        first, history = told[0]
        self.told, self.policy, self.delegated = told, policy, delegated
        self.ranks = len(policy.profile.priorities)
        self.book = Book()
        self.standing = (_Standing(Measured.OPEN, history.ticket), _Standing(Measured.PENDING, history.ticket))
        self.tally = Tally(policy.terms(MAIN_CLOCK, history.ticket).calendar, to_us(first.at))
        self.judging = Judging(first.at)
        self.undone = any(fact.kind is FactKind.UNDONE for fact, _ in told)
        self.saved: dict[int, tuple[int, Tally, Judging]] = {}

    def take(self, version: int) -> None:
        """Goes on with the fact that made a version."""
        told, book = self.told, self.book
        fact, history = told[version - 1]
        last = told[version - 2][1] if version > 1 else history
        step = Step(fact, version, last.ticket, history.ticket, history)
        self.judging.elapse(fact.at, last, book)
        if fact.kind is FactKind.UNDONE:
            self._go_back(fact, version, history)
        self.tally.reach(fact.at)
        if self.undone and fact.kind in UNDOABLE:
            self.saved[version] = (len(book.kept), self.tally.copied(), self.judging.copied())
        if version == 1:
            book.write(Measured.SUBMITTED, fact.at, version, history.ticket, None, 1)
        if fact.kind is not FactKind.UNDONE:
            self._measure(step)
        self.judging.take(step, book)
        self.tally.stand(history, self.policy)
        for one in self.standing:
            one.take(step, book)

    def _measure(self, step: Step) -> None:
        fact, before, after = step.fact, step.before, step.after
        self.tally.touch(fact, after.requester_id)
        if before.status is not after.status:
            ends(step, self.tally, self.book, self.ranks)
        work(step, self.tally, self.book)
        if fact.kind is FactKind.RATED:
            rated(step, self.tally, self.book)
        if fact.kind in _CHAIN or before.status is Status.PENDING_APPROVAL:
            stage(step, self.tally, self.book, self.policy)
            facts = self.told[: step.version]
            purchased(step, self.book, lambda: [one for one, _ in facts], self.delegated)

    def _go_back(self, fact: Fact, version: int, history: History) -> None:
        """Takes a version back: what it measured is gone, what was accumulated goes on as if it had never been."""
        undone = fact.undoes or 0
        mark, tally, judging = self.saved[undone]
        self.book.take_back_from(mark, fact.at)
        self.tally = tally.copied()
        self.judging = self.judging.restored(judging.copied(), history.clocks, fact.at, self.book)
        for between, _ in self.told[undone : version - 1]:
            if between.kind is FactKind.NOTED:  # the only one that stands, and that is work
                self.tally.touch(between, history.ticket.requester_id)

    def ended(self, now: datetime) -> tuple[Measure, ...]:
        """Gives the measures as they are known at an instant."""
        last = self.told[-1][1]
        self.judging.elapse(now, last, self.book, whole=True)
        for one in self.standing:
            one.end(NEVER, self.book)
        return tuple(sorted(self.book.kept, key=lambda measure: (measure.at, measure.version)))


class _Standing:
    """A stretch in which a ticket stood open, or pending, with the same dimensions: as it was, also what was undone."""

    __slots__ = ("kind", "since", "submitted", "ticket", "version")

    def __init__(self, kind: Measured, ticket: Ticket) -> None:
        self.kind, self.submitted = kind, to_seconds(ticket.created_at)
        self.ticket: Ticket | None = None
        self.since, self.version = ticket.created_at, 1

    def take(self, step: Step, book: Book) -> None:
        """Goes on with a fact: a stretch ends where something of it changes."""
        after = step.after
        stands = after.status not in OVER if self.kind is Measured.OPEN else awaited(after) > 0
        if stands and self.ticket is not None and _dimensions(self.ticket) == _dimensions(after):
            return
        self.end(step.fact.at, book)
        self.ticket, self.since, self.version = after if stands else None, step.fact.at, step.version

    def end(self, at: datetime, book: Book) -> None:
        """Writes the stretch, if there is one, that ends at an instant; one without length was none."""
        if self.ticket is not None and self.since < at:
            person, since = self.ticket.assignee_id, to_seconds(self.since)
            book.write(self.kind, at, self.version, self.ticket, person, since, self.submitted)


def _dimensions(ticket: Ticket) -> tuple[int | None, ...]:
    return ticket.department_id, ticket.category_id, ticket.priority, ticket.tier, ticket.assignee_id
