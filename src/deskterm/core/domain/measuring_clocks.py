"""Each cycle of each clock, judged once: met when it stops in time, missed as soon as its time is over (000-R30)."""

from collections.abc import Iterable
from copy import copy
from datetime import datetime
from typing import NamedTuple

from deskterm.core.domain.clocks import NEVER, Clock, passed
from deskterm.core.domain.facts import SIGNED, Ticket
from deskterm.core.domain.history import History
from deskterm.core.domain.measures import Measured, clock_code
from deskterm.core.domain.measuring_tally import Book, Step
from deskterm.core.domain.profile import APPROVAL
from deskterm.core.domain.words import FactKind, Outcome, Status

_Place = tuple[str, int]


class _Verdict(NamedTuple):
    place: int  # in the book
    is_met: bool


class Judging:
    """The verdicts on a ticket's clocks so far."""

    __slots__ = ("due", "last", "seen", "verdicts", "version")

    def __init__(self, submitted_at: datetime) -> None:
        self.verdicts: dict[_Place, _Verdict] = {}
        self.seen: dict[_Place, Clock] = {}
        self.due = NEVER  # when the next cycle is, of those without a verdict
        self.last = submitted_at  # when the last fact was
        self.version = 1  # of the last fact that is no breach: what ran out since then did so by time alone

    def copied(self) -> "Judging":
        """Gives it as it is now."""
        made = copy(self)
        made.verdicts, made.seen = dict(self.verdicts), dict(self.seen)
        return made

    def elapse(self, until: datetime, history: History, book: Book, *, whole: bool = False) -> None:
        """Judges the cycles whose time was over before `until` as missed, where the ticket stands; `whole`: or at it.

        A deadline that lies before the last fact was none then: it is missed by what that fact took back.
        """
        for clock in history.clocks:
            if clock.due_at is None or clock.running_since is None or (clock.name, clock.cycle) in self.verdicts:
                continue
            if clock.due_at < until or (whole and clock.due_at == until):
                self._miss(clock, max(clock.due_at, self.last), history.ticket, history, book)
        self._next(history)

    def take(self, step: Step, book: Book) -> bool:
        """Judges the cycles that a fact stopped, or made late at once; one that goes on again loses its `met`.

        Gives whether a clock turned.

        What was ended without having been done (cancelled, a duplicate) is not credited, nor a stage that nobody
        decided, nor a cycle that began and stopped with the same fact: nobody was waited for.
        """
        self.last = step.fact.at
        if step.fact.kind is not FactKind.BREACHED:
            self.version = step.version
        turned = False
        for clock in step.history.clocks:
            place = (clock.name, clock.cycle)
            old = self.seen.get(place)
            if old is not clock:
                turned = True
                self.seen[place] = clock
                self._turned(clock, old, step, book)
        if turned:
            self._next(step.history)
        return turned

    def _turned(self, clock: Clock, old: Clock | None, step: Step, book: Book) -> None:
        place = (clock.name, clock.cycle)
        verdict = self.verdicts.get(place)
        if verdict is not None and verdict.is_met and clock.stopped_at is None:
            book.take_back(self.verdicts.pop(place).place, step.fact.at)
            verdict = None
        if verdict is not None or clock.target_us is None:
            return
        if clock.breached_at is not None:
            self._miss(clock, step.fact.at, step.after, step.history, book)
        elif clock.stopped_at is not None and old is not None and _is_credited(clock, step):
            written = book.write(
                Measured.JUDGED, step.fact.at, self.version, step.before, _who(clock, step), 1, clock_code(clock.name)
            )
            self.verdicts[place] = _Verdict(written, is_met=True)

    def _miss(self, clock: Clock, at: datetime, ticket: Ticket, history: History, book: Book) -> None:
        person = ticket.assignee_id
        if clock.name == APPROVAL and history.chain:
            waiting = (slot.person_id for _, slot in history.chain[-1].waiting())
            person = next((one for one in waiting if one is not None), None)
        written = book.write(Measured.JUDGED, at, self.version, ticket, person, 0, clock_code(clock.name))
        self.verdicts[clock.name, clock.cycle] = _Verdict(written, is_met=False)

    def restored(self, before: "Judging", clocks: Iterable[Clock], at: datetime, book: Book) -> "Judging":
        """Gives the verdicts as they stand when what came after `before` was taken back, which leaves `clocks`.

        What was missed meanwhile stays so where it is late without that too; all else is taken back.
        """
        late = {(clock.name, clock.cycle) for clock in clocks if passed(clock, at).breached_at is not None}
        for place, verdict in self.verdicts.items():
            if before.verdicts.get(place) == verdict:
                continue
            if not verdict.is_met and place in late:
                before.verdicts[place] = verdict
            else:
                book.take_back(verdict.place, at)
        return before

    def _next(self, history: History) -> None:
        self.due = NEVER
        for clock in history.clocks:
            due = clock.due_at if clock.running_since is not None else None
            if due is not None and due < self.due and (clock.name, clock.cycle) not in self.verdicts:
                self.due = due


def _is_credited(clock: Clock, step: Step) -> bool:
    if clock.name == APPROVAL:
        return step.fact.kind in SIGNED
    return step.after.status is not Status.CLOSED or step.after.outcome is Outcome.DONE


def _who(clock: Clock, step: Step) -> int | None:
    if clock.name == APPROVAL:
        return step.fact.actor_id
    person = step.before.assignee_id or step.after.assignee_id
    return person or (None if step.fact.actor_id == step.before.requester_id else step.fact.actor_id)
