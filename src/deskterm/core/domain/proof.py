"""The law of purchases, proved from a ticket's facts alone (000-R13): nothing bought without a complete, valid chain.

It trusts nothing that the rest of the program concluded: signatures are counted anew, stage by stage.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from deskterm.core.domain.facts import DECISIONS, SIGNED, Fact, Ticket, submitted
from deskterm.core.domain.past import Past, advance
from deskterm.core.domain.profile import DEPUTY
from deskterm.core.domain.stages import Slot, StageSpec
from deskterm.core.domain.words import CategoryKind, FactKind, Outcome, Status

_GIVEN_UP = frozenset({FactKind.DECLINED, FactKind.WITHDRAWN})
_ENDS = _GIVEN_UP | {FactKind.AMENDED}
Delegated = Callable[[int, int, datetime], bool]
"""Gives whether a place could be decided on by somebody else at an instant."""


class _Tried:
    """A round as its facts tell it, and what is wrong with it."""

    def __init__(self, fact: Fact, number: int, askers: set[int], delegated: Delegated | None) -> None:
        self.specs: dict[str, StageSpec] = {spec.key: spec for spec in fact.stages or ()}
        self.order = list(self.specs)
        self.number, self.delegated = number, delegated
        self.purchase = fact.purchase
        self.askers = askers | {p for p in (fact.actor_id, fact.by_id, fact.requester_id) if p is not None}
        self.signed: set[int] = set()
        self.approved: dict[str, set[int]] = {key: set() for key in self.specs}
        self.refused: dict[str, set[int]] = {key: set() for key in self.specs}
        self.slots: tuple[Slot, ...] = ()
        self.open = ""
        self.is_returned = False
        self.asked_by: int | None = None
        self.ended_by: FactKind | None = None
        self.wrong: list[str] = []
        if self.purchase is None or self.purchase.digest != fact.digest:
            self.wrong.append("its digest is not that of its purchase")
        if not self.specs:
            self.wrong.append("it passes no stage")
        if fact.round != number:
            self.wrong.append(f"it is called round {fact.round} and is round {number}")

    def take(self, fact: Fact) -> None:
        """Goes on with one of its facts."""
        if fact.kind in DECISIONS and not self._is_for_them(fact):
            self.wrong.append(f"{fact.stage} was decided for somebody who had not delegated it")
        if fact.kind in {FactKind.OPENED, FactKind.PASSED}:
            self._seated(fact)
        elif fact.kind in {FactKind.RETURNED, FactKind.ANSWERED}:
            self.is_returned = fact.kind is FactKind.RETURNED
            self.asked_by = fact.actor_id
        elif fact.kind in SIGNED:
            self._signed(fact)
        elif fact.kind in _ENDS:
            self.ended_by = fact.kind

    def _is_for_them(self, fact: Fact) -> bool:
        by, place = fact.actor_id, fact.on_behalf_of
        if self.delegated is None or by is None or place is None or place == by:
            return True
        return self.delegated(place, by, fact.at)

    def _seated(self, fact: Fact) -> None:
        stage, made = fact.stage or "", fact.slots or ()
        if stage not in self.order or self.ended_by is not None:
            self.wrong.append(f"{stage} was opened and is no stage of it")
            return
        before = self.order[: self.order.index(stage)]
        if any(len(self.approved[key]) < self.specs[key].needed() for key in before):
            self.wrong.append(f"{stage} was opened before the stages it follows were approved")
        if len(made) != len(self.specs[stage].approvers) or not all(self._fit(stage, made)):
            self.wrong.append(f"{stage} was opened for others than those who decide it")
        if fact.kind is FactKind.PASSED and (stage != self.open or not self._kept(made)):
            self.wrong.append(f"{stage} was passed on after it had been decided")
        self.open, self.slots = stage, made

    def _fit(self, stage: str, made: Sequence[Slot]) -> Iterator[bool]:
        """Gives of each place whether it is its approver's, the deputy's, or that of an approver above."""
        above = {post for key in self.order[self.order.index(stage) + 1 :] for post in self.specs[key].approvers}
        for own, slot in zip(self.specs[stage].approvers, made, strict=True):
            yield slot.post in {own, own + DEPUTY} | above

    def _kept(self, made: Sequence[Slot]) -> bool:
        """Whether those who signed at the open stage still have the places that they signed for."""
        taken = self.approved[self.open] | self.refused[self.open]
        return {s.person_id for s in self.slots if s.person_id in taken} <= {s.person_id for s in made}

    def _signed(self, fact: Fact) -> None:
        spec, by = self.specs.get(fact.stage or ""), fact.actor_id
        place = fact.on_behalf_of or by
        if spec is None or fact.stage != self.open or self.ended_by is not None:
            self.wrong.append(f"{fact.stage} was decided while it was not open")
        elif self.is_returned and by != self.asked_by:
            self.wrong.append(f"{spec.title} was decided while it waited for information")
        elif by is None or place is None or fact.by_id is not None:
            self.wrong.append(f"{spec.title} was not decided by an approver in person")
        elif {by, place} & self.askers:
            self.wrong.append(f"{spec.title} was decided by who asked for it")
        elif {by, place} & self.signed:
            self.wrong.append(f"{spec.title} was decided by who had signed already")
        elif place not in {slot.person_id for slot in self.slots}:
            self.wrong.append(f"{spec.title} was decided by somebody whose place it was not")
        elif self.purchase is None or fact.digest != self.purchase.digest:
            self.wrong.append(f"{spec.title} was decided about another purchase")
        elif fact.round != self.number:
            self.wrong.append(f"{spec.title} was decided in another round")
        elif spec.signed and fact.signature is None:
            self.wrong.append(f"{spec.title} was decided without the signature that it wants")
        else:
            self.is_returned = False
            self.signed |= {by, place}
            (self.approved if fact.kind is FactKind.APPROVED else self.refused)[spec.key].add(place)

    def faults(self) -> Iterator[str]:
        """Gives why this round authorises nothing; none when it is complete and valid."""
        yield from self.wrong
        for spec in self.specs.values():
            if len(self.approved[spec.key]) < spec.needed():
                yield f"{spec.title} has not approved it"
            if len(spec.approvers) - len(self.refused[spec.key]) < spec.needed():
                yield f"{spec.title} has refused it"
        if self.ended_by is not None:
            yield "it had ended before"


def faults(facts: Sequence[Fact], delegated: Delegated | None = None) -> list[str]:
    """Gives, one sentence each, where a ticket's facts break the law of purchases; none when they keep it.

    A purchase is a ticket born as one, or any ticket from its pivot on. Until its round is authorised by a chain that
    is complete and valid, it is pending approval or over without having been done. Facts don't say who had delegated
    to whom: without `delegated` every decision in somebody's stead is taken as one that was.
    """
    return list(_Told(delegated).of(facts))


class _Told:
    """A ticket's facts, gone through once: `owed` is what must be bought before any work, `locked` what waits."""

    def __init__(self, delegated: Delegated | None) -> None:
        self.delegated = delegated
        self.owed = self.locked = False
        self.tried: _Tried | None = None
        self.askers: set[int] = set()
        self.rounds = 0

    def of(self, facts: Sequence[Fact]) -> Iterator[str]:
        """Gives what is wrong, with the number of the fact that shows it."""
        ticket: Ticket | None = None
        past: Past | None = None
        for number, fact in enumerate(facts, 1):
            if ticket is None:
                ticket = submitted(fact)
                self.owed = self.locked = fact.category_kind is CategoryKind.PROCUREMENT
            else:
                ticket, past = advance(past, ticket, fact)
            yield from (f"fact {number}: {why}" for why in self._told(fact))
            if self.locked and not self._is_gated(ticket, fact):
                yield f"fact {number}: {fact.kind} made it {ticket.status} without a complete chain"
            if fact.kind in _GIVEN_UP and not self.owed:  # the repair goes on without it
                self.locked, self.tried = False, None

    def _told(self, fact: Fact) -> Iterator[str]:
        if fact.kind is FactKind.PIVOTED:
            if self.locked:
                yield "another purchase began while one was undecided"
            self.locked, self.tried = True, None
        elif fact.kind is FactKind.REQUESTED:
            yield from self._began(fact)
        elif fact.kind is FactKind.AUTHORISED:
            yield from self._authorised(fact)
        elif self.tried is not None:
            known = len(self.tried.wrong)
            self.tried.take(fact)
            yield from self.tried.wrong[known:]
            if fact.kind in _ENDS:
                self.askers = self.tried.askers
        elif fact.kind in SIGNED:
            yield "it was decided although nothing was to be decided"

    def _began(self, fact: Fact) -> Iterator[str]:
        if not self.locked:
            yield "a round began although nothing was to be bought"
        if self.tried is not None and self.tried.ended_by is not FactKind.AMENDED:
            yield "a round began while another was open, or after the last"
        self.rounds += 1
        self.tried = _Tried(fact, self.rounds, self.askers, self.delegated)
        yield from self.tried.wrong

    def _authorised(self, fact: Fact) -> Iterator[str]:
        said = ["it has no round"] if self.tried is None else list(self.tried.faults())
        if self.tried is not None and self.tried.purchase and fact.digest != self.tried.purchase.digest:
            said.append("it was asked for something else")
        yield from (f"authorised although {why}" for why in said)
        if not said:
            self.owed = self.locked = False
            self.askers = set()
        self.tried = None

    def _is_gated(self, ticket: Ticket, fact: Fact) -> bool:
        if ticket.status is Status.PENDING_APPROVAL:
            return True
        if ticket.status is Status.CLOSED:
            return ticket.outcome in {Outcome.REJECTED, Outcome.CANCELLED}
        goes_on = fact.kind in _GIVEN_UP and not self.owed
        return goes_on and ticket.status is Status.IN_PROGRESS and ticket.assignee_id is not None
