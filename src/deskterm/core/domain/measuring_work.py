"""What work on a ticket comes to: response, follow-up, and stretches of waiting, in one person's hands, in a tier."""

from deskterm.core.domain.facts import Ticket
from deskterm.core.domain.measures import PAUSE_CODE, Measured
from deskterm.core.domain.measuring_tally import HANDS, SECOND, Book, Step, Tally
from deskterm.core.domain.moments import OVER, moments
from deskterm.core.domain.words import Moment, PauseReason, Status


def awaited(ticket: Ticket) -> int:
    """Gives the code of what a ticket waits for, 0 where it doesn't."""
    if ticket.status is Status.WAITING:
        return PAUSE_CODE[PauseReason(ticket.reason or PauseReason.OTHER)]
    return PAUSE_CODE[PauseReason.PROCUREMENT] if ticket.status is Status.PENDING_APPROVAL else 0


def work(step: Step, tally: Tally, book: Book) -> None:
    """Measures what a fact ended, then notes what it began. What ends with the work is measured before that began."""
    fact, before, after = step.fact, step.before, step.after
    ended, begun = after.status in OVER, before.status in OVER
    if after.tier > before.tier:
        book.write(Measured.ESCALATED, fact.at, step.version, before, before.assignee_id, 1, after.tier)
        tally.was_escalated = True
    if before.assignee_id != after.assignee_id or ended != begun:
        _handed(step, tally, book, begun=begun)
    if before.tier != after.tier or ended != begun:
        if not begun:
            value = (tally.open_us - tally.tiered) // SECOND
            book.write(Measured.TIER, fact.at, step.version, before, before.assignee_id, value, before.tier)
        tally.tiered = tally.open_us
    if before.status is not after.status or before.reason is not after.reason:
        was, waits = awaited(before), awaited(after)
        if was != waits:
            if was:
                value = (tally.open_us - tally.waits) // SECOND
                book.write(Measured.WAITED, fact.at, step.version, before, before.assignee_id, value, was)
            tally.waits = tally.open_us
    if tally.assigned is None and not ended and (after.assignee_id is not None or after.status in HANDS):
        tally.assigned = tally.ran_us


def _handed(step: Step, tally: Tally, book: Book, *, begun: bool) -> None:
    before = step.before
    if before.assignee_id is not None and not begun:
        value = (tally.ran_us - tally.held) // SECOND
        book.write(Measured.HELD, step.fact.at, step.version, before, before.assignee_id, value)
    tally.held = tally.ran_us


def spoken(step: Step, tally: Tally, book: Book) -> None:
    """Measures the first response, and what staff's reply follows up; notes what the requester wrote."""
    fact, before, after = step.fact, step.before, step.after
    met = moments(fact, before, after)
    if Moment.ANSWERED in met:
        tally.messages += (tally.open_us,)
        tally.has_written = True
    elif Moment.REPLIED in met:
        for since in tally.messages:
            value = (tally.open_us - since) // SECOND
            book.write(Measured.FOLLOWED, fact.at, step.version, before, fact.actor_id, value)
        tally.messages = ()
    if tally.workable is None:
        if after.status is not Status.PENDING_APPROVAL and after.status is not Status.CLOSED:
            tally.workable = tally.open_us
    elif not tally.has_response and (Moment.ASSIGNED in met or Moment.REPLIED in met):
        person = fact.actor_id if Moment.REPLIED in met or after.assignee_id is None else after.assignee_id
        value = (tally.open_us - tally.workable) // SECOND
        book.write(Measured.RESPONSE, fact.at, step.version, before, person, value)
        tally.has_response = True
