"""The fold from a ticket's facts to its measures (000-R36): pure, and decided at each instant by the facts up to it."""

from collections.abc import Sequence
from copy import copy
from datetime import datetime
from operator import attrgetter
from typing import Final

from deskterm.core.domain.facts import CHAINED, Fact
from deskterm.core.domain.history import History
from deskterm.core.domain.measures import Measure, Measured
from deskterm.core.domain.measuring_chain import purchased, stage
from deskterm.core.domain.measuring_clocks import Judging
from deskterm.core.domain.measuring_ends import ends, rated
from deskterm.core.domain.measuring_standing import Standing, has_moved
from deskterm.core.domain.measuring_tally import TOUCHES, Book, Policy, Step, Tally, to_us
from deskterm.core.domain.measuring_work import spoken, work
from deskterm.core.domain.past import UNDOABLE
from deskterm.core.domain.profile import MAIN_CLOCK
from deskterm.core.domain.proof import Delegated
from deskterm.core.domain.words import FactKind, Status

_KNOWN: Final = attrgetter("at", "version")
_Told = Sequence[tuple[Fact, History]]


def measured(told: _Told, policy: Policy, now: datetime, delegated: Delegated | None = None) -> tuple[Measure, ...]:
    """Gives the measures of one ticket, in the order in which they came to be known, then by version.

    `told` is each fact with the history after it (`history.steps`). `now`, not before the last of them, says which
    clocks ran out that no fact speaks of yet. `delegated` is what purchases are proved with, as `proof.faults`.

    What they come to at an instant T is told by the facts until T alone: later ones add measures, and say of some
    that they were taken back; only what lasts (`STANDING`) is given its end.
    """
    fold = _Fold(told, policy, delegated)
    fold.whole()
    return fold.ended(now)


class _Fold:
    """A ticket's facts, gone through once; `saved` is where it stood before what could be taken back."""

    __slots__ = ("book", "delegated", "judging", "policy", "ranks", "saved", "standing", "tally", "told")

    def __init__(self, told: _Told, policy: Policy, delegated: Delegated | None) -> None:
        first, history = told[0]
        self.told, self.policy, self.delegated = told, policy, delegated
        self.ranks = len(policy.profile.priorities)
        self.book = Book()
        self.standing = Standing(history.ticket)
        self.tally = Tally(policy.terms(MAIN_CLOCK, history.ticket).calendar, to_us(first.at))
        self.judging = Judging(first.at)
        self.saved: dict[int, tuple[int, Tally, Judging]] = {}

    def whole(self) -> None:
        """Goes through all facts."""
        told, book = self.told, self.book
        is_undone = False
        for fact, _ in told:
            if fact.kind is FactKind.UNDONE:
                is_undone = True
        last = told[0][1]
        for version, (fact, history) in enumerate(told, 1):
            step = Step(fact, version, last.ticket, history.ticket, history)
            moved = version == 1 or has_moved(step.before, step.after)
            if self.judging.due < fact.at:
                self.judging.elapse(fact.at, last, book)
            if fact.kind is FactKind.UNDONE:
                self._go_back(fact, version, history)
                self.tally.reach(fact.at)
            else:
                self.tally.reach(fact.at)
                if is_undone and fact.kind in UNDOABLE:
                    self.saved[version] = (len(book.kept), copy(self.tally), self.judging.copied())
                self._measure(step, moved=moved)
            turned = self.judging.take(step, book)
            if moved:
                self.standing.take(step, book)
            if turned or moved:
                self.tally.stand(history, self.policy)
            last = history

    def _measure(self, step: Step, *, moved: bool) -> None:
        fact, before, after, tally = step.fact, step.before, step.after, self.tally
        if fact.kind in TOUCHES:
            tally.touch(fact, after.requester_id)
        if before.status is not after.status:
            ends(step, tally, self.book, self.ranks)
        if not tally.has_response or fact.kind is FactKind.REPLIED:
            spoken(step, tally, self.book)
        if moved:
            work(step, tally, self.book)
        if fact.kind in CHAINED or before.status is Status.PENDING_APPROVAL or step.version == 1:
            stage(step, tally, self.book, self.policy)
            purchased(step, self.book, lambda: [one for one, _ in self.told[: step.version]], self.delegated)
        if fact.kind is FactKind.SUBMITTED:
            self.book.write(Measured.SUBMITTED, fact.at, step.version, after, None, 1)
        elif fact.kind is FactKind.RATED:
            rated(step, tally, self.book)

    def _go_back(self, fact: Fact, version: int, history: History) -> None:
        """Takes a version back: what it measured is gone, what was accumulated goes on as if it had never been."""
        undone = fact.undoes or 0
        mark, tally, judging = self.saved[undone]
        self.book.take_back_from(mark, fact.at)
        self.tally = copy(tally)
        self.judging = self.judging.restored(judging.copied(), history.clocks, fact.at, self.book)
        for between, _ in self.told[undone : version - 1]:
            if between.kind is FactKind.NOTED:  # the only one that stands, and that is work
                self.tally.touch(between, history.ticket.requester_id)

    def ended(self, now: datetime) -> tuple[Measure, ...]:
        """Gives the measures as they are known at an instant."""
        self.judging.elapse(now, self.told[-1][1], self.book, whole=True)
        self.standing.end(self.book)
        return tuple(sorted(self.book.kept, key=_KNOWN))
