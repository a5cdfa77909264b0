"""What a ticket's measures are reckoned with: a fact as they see it, what was accumulated so far, what was written."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple, Protocol

from deskterm.core.domain import clocks
from deskterm.core.domain.calendar import Calendar
from deskterm.core.domain.facts import Fact, Ticket
from deskterm.core.domain.history import History
from deskterm.core.domain.measures import STANDING, Measure, Measured
from deskterm.core.domain.profile import MAIN_CLOCK
from deskterm.core.domain.words import FactKind, Status

SECOND: Final = 1_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
HANDS: Final = frozenset({Status.ASSIGNED, Status.IN_PROGRESS})
"""Where somebody has a ticket, or works on it, whoever it is."""

TOUCHES: Final = frozenset({
    FactKind.CLAIMED, FactKind.ASSIGNED, FactKind.STARTED, FactKind.PAUSED, FactKind.RESUMED, FactKind.REPLIED,
    FactKind.NOTED, FactKind.RESOLVED, FactKind.PRIORITISED, FactKind.CATEGORISED, FactKind.MOVED, FactKind.PIVOTED,
    FactKind.ESCALATED, FactKind.RECEIVED, FactKind.UPDATED,
})  # fmt: skip
"""The work on a ticket that its weight counts, where staff did it (001-R33)."""


class Policy(clocks.Policy, Protocol):
    """What measures need of a profile in force."""

    def calendar(self, department_id: int) -> Calendar:
        """Gives the open hours of a department."""


class Step(NamedTuple):
    """One fact with the ticket before and after it. A submission is before itself."""

    fact: Fact
    version: int
    before: Ticket
    after: Ticket
    history: History


class Book:
    """The measures of one ticket as they are written down."""

    __slots__ = ("kept",)

    def __init__(self) -> None:
        self.kept: list[Measure] = []

    def write(
        self, kind: Measured, at: datetime, version: int, of: Ticket, person_id: int | None, value: int, code: int = 0
    ) -> int:
        """Writes a measure with the dimensions of `of`, and gives its place in the book."""
        self.kept.append(
            Measure(
                kind, at, None, of.id, version, person_id, of.department_id, of.category_id, of.priority, of.tier,
                value, code,
            )
        )  # fmt: skip
        return len(self.kept) - 1

    def take_back(self, place: int, at: datetime) -> None:
        """Says of a measure that it was taken back; what was taken back already stays so."""
        measure = self.kept[place]
        if measure.gone_at is None:
            self.kept[place] = measure._replace(gone_at=at)

    def take_back_from(self, mark: int, at: datetime) -> None:
        """Takes back what was written since `mark`.

        Not how the ticket stood, which it did; and what was judged is its clocks' to say.
        """
        for place in range(mark, len(self.kept)):
            if self.kept[place].kind not in STANDING and self.kept[place].kind is not Measured.JUDGED:
                self.take_back(place, at)


@dataclass(slots=True, eq=False)
class Tally:
    """What was accumulated of a ticket so far. Fields have immutable values only: a copy is one for good.

    Time is in microseconds since the submission: `open_us` of the main clock's calendar, each part of it in the one in
    force then, `ran_us` what the main clock ran of it. The rest are readings of these two when something began.
    """

    calendar: Calendar
    until_us: int
    runs: bool = False
    open_us: int = 0
    ran_us: int = 0
    workable: int | None = None  # of the open time, when work could begin
    has_response: bool = False
    messages: tuple[int, ...] = ()  # of the requester, that staff hasn't replied to
    has_written: bool = False  # the requester, after the submission
    touches: int = 0
    touched: tuple[FactKind, int] | None = None  # what the last touch was, and whose
    taken_up: int = 0  # of the main clock, when it was submitted or last reopened
    assigned: int | None = None  # of the main clock, when somebody had it first since then
    held: int = 0  # of the main clock, when its assignee got it
    tiered: int = 0
    waits: int = 0
    was_reopened: bool = False
    was_escalated: bool = False
    rated: int | None = None  # where the rating of this closing is in the book
    stage: tuple[int, datetime, int] | None = None  # the number of the open stage, since when, in which department

    def reach(self, at: datetime) -> None:
        """Counts the time until an instant, as the ticket stood until then."""
        us = to_us(at)
        if us > self.until_us:
            spent = self.calendar.elapsed_us(self.until_us, us)
            self.open_us += spent
            if self.runs:
                self.ran_us += spent
            self.until_us = us

    def stand(self, history: History, policy: clocks.Policy) -> None:
        """Goes on where a ticket stands: in its calendar, with its main clock."""
        self.calendar = policy.terms(MAIN_CLOCK, history.ticket).calendar
        self.runs = False
        for clock in history.clocks:  # its latest cycle is the last of them
            if clock.name == MAIN_CLOCK:
                self.runs = clock.running_since is not None

    def touch(self, fact: Fact, requester_id: int) -> None:
        """Counts work, where staff did it; the same by the same person straight away again is one touch."""
        if fact.actor_id is not None and fact.actor_id != requester_id:
            touch = (fact.kind, fact.actor_id)
            self.touches += touch != self.touched
            self.touched = touch


def to_us(instant: datetime) -> int:
    """Gives the microseconds since 1970."""
    return (instant - _EPOCH) // _MICROSECOND


def to_seconds(instant: datetime) -> int:
    """Gives the whole seconds since 1970."""
    return to_us(instant) // SECOND
