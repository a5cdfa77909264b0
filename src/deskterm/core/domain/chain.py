"""Approval chains: a purchase, its rounds and their stages as facts made them, and the facts that come next.

Pure functions over facts: what a decision leads to, and whether a stage is won or lost (000-R4, R32). Who decides is
`panel`'s.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NamedTuple

from deskterm.core.domain.facts import DECISIONS, SIGNED, Fact
from deskterm.core.domain.profile import StageRule
from deskterm.core.domain.purchase import Purchase
from deskterm.core.domain.stages import Signed, Slot, StageSpec
from deskterm.core.domain.words import FactKind, RoundState

ENDS: Final[Mapping[FactKind, RoundState]] = {
    FactKind.AUTHORISED: RoundState.APPROVED,
    FactKind.DECLINED: RoundState.REFUSED,
    FactKind.WITHDRAWN: RoundState.WITHDRAWN,
    FactKind.AMENDED: RoundState.VOIDED,
}


class Decision(NamedTuple):
    """What one approver decided. `for_id` is whose place it was: their own, or that of who delegated to them."""

    kind: FactKind
    stage: str
    by_id: int
    for_id: int
    at: datetime
    digest: str
    text: str
    signature: Signed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A purchase before its chain. `askers` may not decide; `stage` is the key of the open one, with its places."""

    number: int
    purchase: Purchase
    digest: str
    specs: tuple[StageSpec, ...]
    asked_by: int | None
    asked_at: datetime
    askers: frozenset[int]
    state: RoundState = RoundState.OPEN
    ended_at: datetime | None = None
    stage: str = ""
    slots: tuple[Slot, ...] = ()
    is_returned: bool = False
    decisions: tuple[Decision, ...] = ()

    @property
    def spec(self) -> StageSpec | None:
        """The stage that is open, None when none is."""
        return next((spec for spec in self.specs if spec.key == self.stage), None)

    @property
    def barred(self) -> frozenset[int]:
        """Who may not decide: who asked for it, and who has signed in this round or been signed for."""
        signed = {person for d in self.decisions if d.kind in SIGNED for person in (d.by_id, d.for_id)}
        return self.askers | signed

    def taken(self, slot: Slot) -> Decision | None:
        """Gives the decision that was made on a place of the open stage, None while it is open."""
        made = (d for d in self.decisions if d.kind in SIGNED and d.stage == self.stage)
        return next((d for d in made if d.for_id == slot.person_id), None)

    def waiting(self) -> Iterator[tuple[int, Slot]]:
        """Gives the places of the open stage that nobody has decided, with their numbers."""
        return ((n, slot) for n, slot in enumerate(self.slots) if slot.person_id is None or not self.taken(slot))


Chain = tuple[Round, ...]


def follow(chain: Chain, fact: Fact) -> Chain:
    """Gives the chain after a fact; what isn't about it changes nothing."""
    if fact.kind is FactKind.REQUESTED:
        return (*chain, _begun(chain, fact))
    if not chain or chain[-1].state is not RoundState.OPEN:
        return chain
    *before, last = chain
    if fact.kind in {FactKind.OPENED, FactKind.PASSED}:
        last = replace(last, stage=fact.stage or "", slots=fact.slots or ())
    elif fact.kind is FactKind.ANSWERED:
        last = replace(last, is_returned=False)
    elif fact.kind in DECISIONS:
        returned = fact.kind is FactKind.RETURNED
        last = replace(last, decisions=(*last.decisions, _decision(fact)), is_returned=returned)
        if fact.ends:
            last = replace(last, stage="", slots=())
    elif fact.kind in ENDS:
        last = replace(last, state=ENDS[fact.kind], ended_at=fact.at, stage="", slots=(), is_returned=False)
    else:
        return chain
    return (*before, last)


def _begun(chain: Chain, fact: Fact) -> Round:
    if fact.purchase is None:
        raise ValueError("a round has a purchase")
    asked = {fact.actor_id, fact.by_id, fact.requester_id}
    askers = frozenset(person for person in asked if person is not None)
    if chain and chain[-1].state is not RoundState.APPROVED:
        askers |= chain[-1].askers  # asking anew frees nobody who asked for it before
    return Round(
        number=fact.round or 0,
        purchase=fact.purchase,
        digest=fact.digest or "",
        specs=fact.stages or (),
        asked_by=fact.actor_id,
        asked_at=fact.at,
        askers=askers,
    )


def _decision(fact: Fact) -> Decision:
    by = fact.actor_id or 0
    behalf = fact.on_behalf_of or by
    return Decision(
        fact.kind, fact.stage or "", by, behalf, fact.at, fact.digest or "", fact.text or "", fact.signature
    )


def chain_of(facts: Iterable[Fact]) -> Chain:
    """Gives the chain that a ticket's facts make, in their order."""
    chain: Chain = ()
    for fact in facts:
        chain = follow(chain, fact)
    return chain


def applying(rules: Sequence[StageRule], purchase: Purchase, currency: str) -> tuple[StageSpec, ...]:
    """Gives the stages that a purchase passes. What is paid in another currency than the thresholds passes them all."""
    same = purchase.currency == currency
    return tuple(
        StageSpec(rule.key, rule.title, rule.approvers, str(rule.quorum), rule.signed)
        for rule in rules
        if not (same and purchase.total_minor < rule.from_minor)
    )


def opening(
    number: int, purchase: Purchase, specs: tuple[StageSpec, ...], requester_id: int, actor_id: int | None,
    by_id: int | None, now: datetime,
) -> Fact:  # fmt: skip
    """Gives the fact that puts a purchase before its chain."""
    return Fact(
        kind=FactKind.REQUESTED, at=now, actor_id=actor_id, by_id=by_id, requester_id=requester_id, round=number,
        purchase=purchase, digest=purchase.digest, stages=specs,
    )  # fmt: skip


def next_stage(round_: Round) -> StageSpec | None:
    """Gives the first stage that has not been approved yet, None when all have."""
    return next((spec for spec in round_.specs if not _is_approved(round_, spec)), None)


def _is_approved(round_: Round, spec: StageSpec) -> bool:
    return _count(round_, spec, FactKind.APPROVED) >= spec.needed()


def _count(round_: Round, spec: StageSpec, kind: FactKind) -> int:
    return len({d.for_id for d in round_.decisions if d.stage == spec.key and d.kind is kind})


def is_lost(round_: Round, spec: StageSpec) -> bool:
    """Gives whether so many refused that the quorum can't be reached any more."""
    return len(spec.approvers) - _count(round_, spec, FactKind.REFUSED) < spec.needed()


def is_won(round_: Round, spec: StageSpec) -> bool:
    """Gives whether enough approved."""
    return _is_approved(round_, spec)
