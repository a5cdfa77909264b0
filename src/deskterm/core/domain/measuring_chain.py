"""What approval comes to: how long each stage took, and whether what was bought went its whole chain."""

from collections.abc import Callable, Sequence
from typing import Final

from deskterm.core.domain.chain import ENDS
from deskterm.core.domain.facts import SIGNED, Fact
from deskterm.core.domain.measures import Measured
from deskterm.core.domain.measuring_tally import Book, Policy, Step, Tally
from deskterm.core.domain.proof import Delegated, faults
from deskterm.core.domain.words import CategoryKind, FactKind, Outcome, RoundState, Status

_GIVEN_UP: Final = frozenset({FactKind.DECLINED, FactKind.WITHDRAWN})
_REFUSED: Final = frozenset({Outcome.REJECTED, Outcome.CANCELLED})


def stage(step: Step, tally: Tally, book: Book, policy: Policy) -> None:
    """Measures the stage that a fact of the chain ends; it begins where one opens."""
    fact = step.fact
    if fact.kind is FactKind.OPENED:
        keys = [spec.key for spec in step.history.chain[-1].specs] if step.history.chain else []
        number = keys.index(fact.stage) + 1 if fact.stage in keys else 0
        tally.stage = (number, fact.at, step.before.department_id)
    elif tally.stage is not None and (fact.kind in ENDS or (fact.kind in SIGNED and fact.ends)):
        number, since, department = tally.stage
        seconds = policy.calendar(department).elapsed(since, fact.at)
        person = fact.actor_id if fact.kind in SIGNED else None
        book.write(Measured.STAGE, fact.at, step.version, step.before, person, seconds, number)
        tally.stage = None


def purchased(step: Step, book: Book, told: Callable[[], Sequence[Fact]], delegated: Delegated | None) -> None:
    """Measures that a purchase became workable, and whether its facts so far, which `told` gives, prove its chain."""
    if _is_bought(step):
        asked = step.history.chain[-1].asked_by if step.history.chain else None
        proved = not faults(told(), delegated)
        book.write(Measured.PURCHASED, step.fact.at, step.version, step.before, asked, int(proved))


def _is_bought(step: Step) -> bool:
    fact, before, after = step.fact, step.before, step.after
    if fact.kind is FactKind.AUTHORISED:
        return True
    is_gated = after.status is Status.PENDING_APPROVAL or (after.status is Status.CLOSED and after.outcome in _REFUSED)
    if is_gated:
        return False
    owed = after.category_kind is CategoryKind.PROCUREMENT and not _is_approved(step)
    if before.status is Status.PENDING_APPROVAL:  # a repair goes on without what was given up, a purchase doesn't
        return owed or fact.kind not in _GIVEN_UP
    return fact.kind is FactKind.SUBMITTED and owed


def _is_approved(step: Step) -> bool:
    return any(one.state is RoundState.APPROVED for one in step.history.chain)
