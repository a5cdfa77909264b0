"""What the end of work comes to: resolutions, closings, ratings, and that it was taken up again."""

from deskterm.core.domain.measures import Ending, Measured
from deskterm.core.domain.measuring_tally import HANDS, SECOND, Book, Step, Tally, to_us
from deskterm.core.domain.moments import OVER
from deskterm.core.domain.words import CategoryKind, Outcome, Status


def ends(step: Step, tally: Tally, book: Book, ranks: int) -> None:
    """Measures what a change of status ended; `ranks` is how many priorities the profile has."""
    was, stands = step.before.status, step.after.status
    if stands is Status.RESOLVED and was is not Status.RESOLVED:
        _resolved(step, tally, book, ranks)
    elif stands is Status.CLOSED and was is not Status.CLOSED:
        _closed(step, tally, book)
    elif was in OVER and stands not in OVER:
        book.write(Measured.REOPENED, step.fact.at, step.version, step.before, step.before.resolver_id, 1)
        tally.was_reopened = True
        tally.rated = None
        tally.taken_up = tally.ran_us
        tally.assigned = tally.ran_us if step.after.assignee_id is not None or stands in HANDS else None


def rated(step: Step, tally: Tally, book: Book) -> None:
    """Measures a rating; a later one of the same closing replaces it."""
    if tally.rated is not None:
        book.take_back(tally.rated, step.fact.at)
    stars, person = step.fact.stars or 0, step.before.resolver_id
    tally.rated = book.write(Measured.RATED, step.fact.at, step.version, step.before, person, stars)


def _resolved(step: Step, tally: Tally, book: Book, ranks: int) -> None:
    at, version, before, person = step.fact.at, step.version, step.before, step.after.resolver_id
    since = tally.taken_up if tally.assigned is None else tally.assigned
    wall = (to_us(at) - to_us(before.created_at)) // SECOND
    weight = max(1, ranks - before.priority + 1) * max(1, tally.touches) * before.tier
    book.write(Measured.TURNAROUND, at, version, before, person, (tally.ran_us - since) // SECOND)
    book.write(Measured.RESOLUTION, at, version, before, person, tally.ran_us // SECOND)
    book.write(Measured.DETECTION, at, version, before, person, wall)
    book.write(Measured.WEIGHT, at, version, before, person, weight)


def _closed(step: Step, tally: Tally, book: Book) -> None:
    before = step.before
    standard = before.category_kind is CategoryKind.STANDARD and not before.round
    flags = Ending(0)
    if standard and step.after.outcome is Outcome.DONE:
        flags |= Ending.DONE
        if not tally.has_written and not tally.was_reopened:
            flags |= Ending.FIRST_CONTACT
    if tally.was_reopened:
        flags |= Ending.REOPENED
    if tally.was_escalated:
        flags |= Ending.ESCALATED
    untouched = not (tally.has_response or tally.touches)
    if standard and untouched and step.fact.actor_id == before.requester_id:
        flags |= Ending.SELF_SERVED
    value = tally.open_us // SECOND
    book.write(Measured.CLOSURE, step.fact.at, step.version, before, before.resolver_id, value, int(flags))
