"""The law of purchases, proved from a ticket's facts alone (000-R13): nothing bought without a complete, valid chain.

It trusts nothing that the rest of the program concluded: signatures are counted anew, stage by stage.
"""

from collections.abc import Iterator, Sequence

from deskterm.core.domain.facts import Fact, Ticket, apply, submitted
from deskterm.core.domain.stages import StageSpec
from deskterm.core.domain.words import CategoryKind, FactKind, Outcome, Status

_SIGNED = frozenset({FactKind.APPROVED, FactKind.REFUSED})


class _Tried:
    """A round as its facts tell it, and what is wrong with it."""

    def __init__(self, fact: Fact, askers: set[int]) -> None:
        self.specs: dict[str, StageSpec] = {spec.key: spec for spec in fact.stages or ()}
        self.order = list(self.specs)
        self.purchase = fact.purchase
        self.askers = askers | {p for p in (fact.actor_id, fact.by_id, fact.requester_id) if p is not None}
        self.signed: set[int] = set()
        self.approved: dict[str, set[int]] = {key: set() for key in self.specs}
        self.places: set[int] = set()
        self.open = ""
        self.is_over = False
        self.wrong: list[str] = []
        if self.purchase is None or self.purchase.digest != fact.digest:
            self.wrong.append("its digest is not that of its purchase")
        if not self.specs:
            self.wrong.append("it passes no stage")

    def take(self, fact: Fact) -> None:
        """Goes on with one of its facts."""
        if fact.kind in {FactKind.OPENED, FactKind.PASSED}:
            self._open(fact)
        elif fact.kind in _SIGNED:
            self._signed(fact)
        elif fact.kind in {FactKind.AMENDED, FactKind.WITHDRAWN, FactKind.DECLINED}:
            self.is_over = True

    def _open(self, fact: Fact) -> None:
        self.open = fact.stage or ""
        self.places = {slot.person_id for slot in fact.slots or () if slot.person_id is not None}
        before = self.order[: self.order.index(self.open)] if self.open in self.order else self.order
        if any(len(self.approved[key]) < self.specs[key].needed() for key in before):
            self.wrong.append(f"{self.open} was opened before the stages it follows were approved")

    def _signed(self, fact: Fact) -> None:
        spec, by = self.specs.get(fact.stage or ""), fact.actor_id
        place = fact.on_behalf_of or by
        if spec is None or fact.stage != self.open or self.is_over:
            self.wrong.append(f"{fact.stage} was decided while it was not open")
        elif by is None or fact.by_id is not None:
            self.wrong.append(f"{spec.title} was not decided by an approver in person")
        elif {by, place} & self.askers:
            self.wrong.append(f"{spec.title} was decided by who asked for it")
        elif {by, place} & self.signed:
            self.wrong.append(f"{spec.title} was decided by who had signed already")
        elif place not in self.places:
            self.wrong.append(f"{spec.title} was decided by somebody whose place it was not")
        elif self.purchase is None or fact.digest != self.purchase.digest:
            self.wrong.append(f"{spec.title} was decided about another purchase")
        elif spec.signed and fact.signature is None:
            self.wrong.append(f"{spec.title} was decided without the signature that it wants")
        else:
            self.signed |= {by, place or by}
            if fact.kind is FactKind.APPROVED:
                self.approved[spec.key].add(place or by)

    def faults(self) -> list[str]:
        """Gives why this round authorises nothing; none when it is complete and valid."""
        missing = [s.title for s in self.specs.values() if len(self.approved[s.key]) < s.needed()]
        said = [*self.wrong, *(f"{title} has not approved it" for title in missing)]
        return [*said, "it had ended before"] if self.is_over else said


def faults(facts: Sequence[Fact]) -> list[str]:
    """Gives, one sentence each, where a ticket's facts break the law of purchases; none when they keep it.

    A purchase is a ticket born as one, or any ticket from its pivot on. Until its round is authorised by a chain that
    is complete and valid, it is pending approval or over without having been done.
    """
    return list(_faults(facts))


def _faults(facts: Sequence[Fact]) -> Iterator[str]:
    ticket: Ticket | None = None
    tried: _Tried | None = None
    locked = pivoted = False
    askers: set[int] = set()
    for number, fact in enumerate(facts, 1):
        ticket = submitted(fact) if ticket is None else apply(ticket, fact)
        if number == 1:
            locked = fact.category_kind is CategoryKind.PROCUREMENT
        if fact.kind is FactKind.PIVOTED:
            locked, pivoted, tried, askers = True, True, None, set()
        elif fact.kind is FactKind.REQUESTED:
            if tried is not None and not tried.is_over:
                yield f"fact {number}: a round began while another was open"
            tried = _Tried(fact, askers)
        elif tried is not None:
            tried.take(fact)
            if fact.kind is FactKind.AMENDED:
                askers = tried.askers
        if fact.kind is FactKind.AUTHORISED:
            said = ["it has no round"] if tried is None else tried.faults()
            yield from (f"fact {number}: authorised although {why}" for why in said)
            locked, tried = bool(said), None
        if locked and not _is_gated(ticket, fact):
            yield f"fact {number}: {fact.kind} made it {ticket.status} without a complete chain"
        if pivoted and fact.kind in {FactKind.DECLINED, FactKind.WITHDRAWN}:  # the repair goes on without it
            locked, tried = False, None


def _is_gated(ticket: Ticket, fact: Fact) -> bool:
    if ticket.status is Status.PENDING_APPROVAL:
        return True
    if ticket.status is Status.CLOSED:
        return ticket.outcome in {Outcome.REJECTED, Outcome.CANCELLED}
    given_up = fact.kind in {FactKind.DECLINED, FactKind.WITHDRAWN}
    return given_up and ticket.status is Status.IN_PROGRESS and ticket.assignee_id is not None
