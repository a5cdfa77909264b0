"""How a ticket stood, from when until when: what backlogs are counted from. As it was, also what was undone later."""

from datetime import datetime

from deskterm.core.domain.clocks import NEVER
from deskterm.core.domain.facts import Ticket
from deskterm.core.domain.measures import Measured
from deskterm.core.domain.measuring_tally import Book, Step, to_seconds
from deskterm.core.domain.moments import OVER
from deskterm.core.domain.words import Status

_PENDING = frozenset({Status.WAITING, Status.PENDING_APPROVAL})
_Since = tuple[datetime, int, Ticket]


def has_moved(before: Ticket, after: Ticket) -> bool:
    """Gives whether a ticket stands elsewhere: status, reason, who has it, or what figures are told apart by."""
    return (
        before.status is not after.status
        or before.assignee_id != after.assignee_id
        or before.reason is not after.reason
        or before.priority != after.priority
        or before.department_id != after.department_id
        or before.category_id != after.category_id
        or before.tier != after.tier
    )


class Standing:
    """The stretches that last: in which a ticket is open, and in which it is pending, with the same dimensions."""

    __slots__ = ("open", "pending", "submitted")

    def __init__(self, ticket: Ticket) -> None:
        self.submitted = to_seconds(ticket.created_at)
        self.open: _Since | None = None
        self.pending: _Since | None = None

    def take(self, step: Step, book: Book) -> None:
        """Goes on with a fact that moved the ticket: stretches end with it, and others begin."""
        begins, status = (step.fact.at, step.version, step.after), step.after.status
        self.open = self._gone_on(Measured.OPEN, self.open, begins, book, stands=status not in OVER)
        self.pending = self._gone_on(Measured.PENDING, self.pending, begins, book, stands=status in _PENDING)

    def _gone_on(
        self, kind: Measured, since: _Since | None, begins: _Since, book: Book, *, stands: bool
    ) -> _Since | None:
        if since is None:
            return begins if stands else None
        if stands and _dimensions(since[2]) == _dimensions(begins[2]):
            return since
        self._write(kind, since, begins[0], book)
        return begins if stands else None

    def _write(self, kind: Measured, since: _Since, until: datetime, book: Book) -> None:
        at, version, ticket = since
        if at < until:  # one without length was none
            book.write(kind, until, version, ticket, ticket.assignee_id, to_seconds(at), self.submitted)

    def end(self, book: Book) -> None:
        """Writes the stretches that last."""
        for kind, since in ((Measured.OPEN, self.open), (Measured.PENDING, self.pending)):
            if since is not None:
                self._write(kind, since, NEVER, book)


def _dimensions(ticket: Ticket) -> tuple[int | None, ...]:
    return ticket.department_id, ticket.category_id, ticket.priority, ticket.tier, ticket.assignee_id
