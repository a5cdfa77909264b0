"""What can be taken back: where a ticket stood before the last thing that was done to it.

An `undone` fact names the version that it takes back, and no values: what the ticket and its clocks were is told by the
facts before it. Clocks that ran are not put back, they ran on.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple, Optional

from deskterm.core.domain.clocks import Clock, passed
from deskterm.core.domain.facts import Fact, Ticket, apply
from deskterm.core.domain.words import FactKind

UNDOABLE: Final = frozenset({
    FactKind.CLAIMED, FactKind.ASSIGNED, FactKind.UNASSIGNED, FactKind.STARTED, FactKind.PAUSED, FactKind.PRIORITISED,
    FactKind.CATEGORISED, FactKind.MOVED, FactKind.ESCALATED, FactKind.ESCALATION_ASKED, FactKind.ESCALATION_REFUSED,
    FactKind.RESOLVED, FactKind.CONFIRMED, FactKind.CANCELLED,
})  # fmt: skip
"""What can be taken back, as far as its clocks allow (`undo.why_not`)."""
BESIDE: Final = frozenset({FactKind.BREACHED, FactKind.NOTED})
"""What changes nothing of where a ticket stands: what was done before it can still be taken back."""


class Past(NamedTuple):
    """A ticket with its clocks as it stood before what was done `at` an instant, and `earlier` before that."""

    ticket: Ticket
    clocks: tuple[Clock, ...]
    at: datetime
    earlier: Optional["Past"]

    @property
    def version(self) -> int:
        """The version that the thing made."""
        return self.ticket.version + 1


def advance(
    past: Past | None, ticket: Ticket, fact: Fact, clocks: tuple[Clock, ...] = ()
) -> tuple[Ticket, Past | None]:
    """Gives the ticket after `fact`, and what can be taken back from then on.

    Raises:
        ValueError: when it takes back what isn't the last thing that was done.
    """
    if fact.kind is FactKind.UNDONE:
        if past is None or fact.undoes != past.version:
            raise ValueError(f"it takes back version {fact.undoes}, which isn't the last thing that was done")
        return replace(past.ticket, version=ticket.version + 1, updated_at=fact.at), past.earlier
    after = apply(ticket, fact)
    if fact.kind in UNDOABLE:
        return after, Past(ticket, clocks, fact.at, past)
    return after, past if fact.kind in BESIDE else None


def restored(past: Past, clocks: tuple[Clock, ...], at: datetime) -> tuple[Clock, ...]:
    """Gives the clocks as they stand `at` an instant had the thing never been done: what ran has run on.

    A breach that is known by now stays known, where the clock ran out without the thing too.
    """
    known = {(clock.name, clock.cycle) for clock in clocks if clock.breached_at is not None}
    return tuple(passed(clock, at) if (clock.name, clock.cycle) in known else clock for clock in past.clocks)
