"""Approval chains: a purchase, its rounds and their stages as facts made them, and the facts that come next.

Pure functions: who may decide, what a decision leads to, and whether a finished round is one that counts. Nobody
decides about what they asked for, and nobody signs twice in a round (000-R4, R13, R32).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple

from deskterm.core.domain.facts import DECISIONS, Fact
from deskterm.core.domain.profile import DEPUTY, LEAD, REQUESTER_LEAD, StageRule
from deskterm.core.domain.purchase import Purchase
from deskterm.core.domain.stages import Signed, Slot, StageSpec
from deskterm.core.domain.words import FactKind, RoundState

_SIGNED: Final = frozenset({FactKind.APPROVED, FactKind.REFUSED})
_ENDS: Final[Mapping[FactKind, RoundState]] = {
    FactKind.AUTHORISED: RoundState.APPROVED,
    FactKind.DECLINED: RoundState.REFUSED,
    FactKind.WITHDRAWN: RoundState.WITHDRAWN,
    FactKind.AMENDED: RoundState.VOIDED,
}


class Delegation(NamedTuple):
    """That `to_id` may decide for `from_id`, from `since` until before `until`."""

    from_id: int
    to_id: int
    since: datetime
    until: datetime

    def covers(self, at: datetime) -> bool:
        """Whether it is in force at an instant."""
        return self.since <= at < self.until


@dataclass(frozen=True, slots=True)
class Roster:
    """Who holds which post, by key and department (None for the organisation's), and who stands in for whom.

    Only people who are active here are in it.
    """

    holders: Mapping[tuple[str, int | None], int]
    names: Mapping[int, str]
    delegations: tuple[Delegation, ...] = ()

    def name(self, person_id: int | None) -> str:
        """Gives somebody's name."""
        return self.names.get(person_id or 0, "somebody")

    def stand_ins(self, person_id: int | None, at: datetime) -> tuple[int, ...]:
        """Gives who may decide for somebody at an instant; a stand-in has none of their own."""
        found = (d.to_id for d in self.delegations if d.from_id == person_id and d.covers(at))
        return tuple(dict.fromkeys(to for to in found if to in self.names))


@dataclass(frozen=True, slots=True)
class Place:
    """What leads are told by: the department that serves the ticket, and the one its requester works for."""

    department_id: int
    requester_department_id: int | None = None

    def seat(self, post: str) -> tuple[str, int | None]:
        """Gives the post of an approver, as a roster knows it."""
        base = post.removesuffix(DEPUTY)
        rest = post[len(base) :]
        if base == LEAD:
            return LEAD + rest, self.department_id
        if base == REQUESTER_LEAD:
            return LEAD + rest, self.requester_department_id or -1
        return post, None


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
        signed = {person for d in self.decisions if d.kind in _SIGNED for person in (d.by_id, d.for_id)}
        return self.askers | signed

    def taken(self, slot: Slot) -> Decision | None:
        """Gives the decision that was made on a place of the open stage, None while it is open."""
        made = (d for d in self.decisions if d.kind in _SIGNED and d.stage == self.stage)
        return next((d for d in made if d.for_id == slot.person_id), None)

    def waiting(self) -> Iterator[tuple[int, Slot]]:
        """Gives the places of the open stage that nobody has decided, with their numbers."""
        return ((n, slot) for n, slot in enumerate(self.slots) if slot.person_id is None or not self.taken(slot))


Chain = tuple[Round, ...]
NOTHING_KEPT: Final[Mapping[int, Slot]] = MappingProxyType({})


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
    elif fact.kind in _ENDS:
        last = replace(last, state=_ENDS[fact.kind], ended_at=fact.at, stage="", slots=(), is_returned=False)
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


def seated(
    round_: Round, spec: StageSpec, place: Place, roster: Roster, kept: Mapping[int, Slot] = NOTHING_KEPT
) -> tuple[Slot, ...]:
    """Gives who is to decide a stage: each approver's post, its deputy where that can't be, else the next above.

    The next above are the approvers of the stages that follow. A post that nobody holds is not passed above: its
    place stays vacant until somebody has it (000-R4: no stage is skipped). Places that are `kept`, by their number,
    stay as they are, and who has one gets no other.
    """
    later = round_.specs[[s.key for s in round_.specs].index(spec.key) + 1 :]
    above = [post for one in later for post in one.approvers]
    taken = {*round_.barred, *(slot.person_id for slot in kept.values() if slot.person_id is not None)}
    slots = []
    for number, post in enumerate(spec.approvers):
        slot = kept.get(number) or _seat(post, above, place, roster, taken, round_)
        slots.append(slot)
        taken |= {slot.person_id} if slot.person_id is not None else set()
    return tuple(slots)


def _seat(post: str, above: Sequence[str], place: Place, roster: Roster, taken: set[int], round_: Round) -> Slot:
    said: list[str] = []
    held = roster.holders.get(place.seat(post)) is not None
    # a post without a holder is an admin's to fill: it is no reason to pass the stage on to those above
    for candidate in [post, post + DEPUTY, *(above if held else ())]:
        person = roster.holders.get(place.seat(candidate))
        if person is None:
            said.append(f"{candidate} is vacant")
        elif person in taken:
            why = "asked for it" if person in round_.askers else "decides elsewhere in this round"
            said.append(f"{candidate} {roster.name(person)} {why}")
        else:
            return Slot(candidate, person, "; ".join(said))
    return Slot(post, None, "; ".join(said))


def may_decide(round_: Round, roster: Roster, now: datetime) -> dict[int, Slot]:
    """Gives who may decide the open stage now, each with the place that they would decide: their own, else as a
    stand-in.
    """  # noqa: D205 - one sentence
    here = roster.names.keys() - round_.barred  # nobody stands in for who left
    own = {slot.person_id: slot for _, slot in round_.waiting() if slot.person_id in here}
    found = dict(own)
    for owner, slot in own.items():
        for person in roster.stand_ins(owner, now):
            if person in here:
                found.setdefault(person, slot)
    return found


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


def stage_opened(round_: Round, spec: StageSpec, place: Place, roster: Roster, now: datetime) -> Fact:
    """Gives the fact that opens a stage for its approvers."""
    slots = seated(round_, spec, place, roster)
    return Fact(kind=FactKind.OPENED, at=now, actor_id=None, round=round_.number, stage=spec.key, slots=slots)


def passed_on(round_: Round, place: Place, roster: Roster, now: datetime) -> Fact | None:
    """Gives the fact that gives places of the open stage to others: to who has the post by now, or to the first one
    a vacant place can be given to. None where all stays.
    """  # noqa: D205 - one sentence
    spec = round_.spec
    if spec is None:
        return None
    stays = (round_.taken(slot) or _stands(slot, round_, place, roster) for slot in round_.slots)
    kept = {number: round_.slots[number] for number, so in enumerate(stays) if so}
    made = seated(round_, spec, place, roster, kept)
    if made == round_.slots:
        return None
    return Fact(kind=FactKind.PASSED, at=now, actor_id=None, round=round_.number, stage=spec.key, slots=made)


def _stands(slot: Slot, round_: Round, place: Place, roster: Roster) -> bool:
    held = slot.person_id is not None and roster.holders.get(place.seat(slot.post)) == slot.person_id
    return held and slot.person_id not in round_.barred


@dataclass(frozen=True, slots=True)
class Panel:
    """Who decides about a ticket's purchase, and by which stages."""

    chain: Chain
    rules: tuple[StageRule, ...]
    currency: str
    roster: Roster
    place: Place

    @property
    def round(self) -> Round | None:
        """The round that is open, None when none is."""
        return self.chain[-1] if self.chain and self.chain[-1].state is RoundState.OPEN else None

    def why_not(self, person_id: int, now: datetime) -> str:
        """Gives why somebody can't decide the open stage now, in a clause; empty when they can."""
        round_ = self.round
        if round_ is None:
            return "nobody has said yet what is to be bought: amend it first"
        asked = round_.decisions[-1].by_id if round_.is_returned else person_id
        if asked != person_id:  # who asked may do without the answer
            return "it waits for the information that was asked for"
        if person_id in may_decide(round_, self.roster, now):
            return ""
        if person_id in round_.askers:
            return "nobody decides about what they asked for"
        if person_id in round_.barred:
            return "nobody signs twice in a round"
        names = [self.roster.name(slot.person_id) for _, slot in round_.waiting() if slot.person_id is not None]
        return f"it waits for {' and '.join(names)}" if names else "nobody has the post that is to decide it"


NO_PANEL: Final = Panel((), (), "", Roster({}, {}), Place(0))


class Wait(NamedTuple):
    """A time in which somebody was waited for: an approver of a stage, or None for what the stage was vacant for.

    `ended_by` is what ended it; None while it goes on. Information that was asked for is not the approver's wait.
    """

    round: int
    stage: str
    person_id: int | None
    since: datetime
    until: datetime | None
    ended_by: FactKind | None


def waits(facts: Iterable[Fact]) -> list[Wait]:
    """Gives, from a ticket's facts, whom its stages waited for and how long."""
    done: list[Wait] = []
    open_: dict[int | None, Wait] = {}
    chain: Chain = ()

    def end(people: Iterable[int | None], fact: Fact) -> None:
        ended = [person for person in people if person in open_]
        done.extend(open_.pop(person)._replace(until=fact.at, ended_by=fact.kind) for person in ended)

    for fact in facts:
        chain = follow(chain, fact)
        if not chain:
            continue
        last = chain[-1]
        if fact.kind in _SIGNED:
            end(open_ if fact.ends else [fact.on_behalf_of or fact.actor_id], fact)
        elif fact.kind is FactKind.RETURNED or fact.kind in _ENDS:
            end(open_, fact)
        if fact.kind in {FactKind.OPENED, FactKind.PASSED, FactKind.ANSWERED} and not last.is_returned:
            people = {slot.person_id for _, slot in last.waiting()}
            end([person for person in open_ if person not in people], fact)
            fresh = {person: Wait(last.number, last.stage, person, fact.at, None, None) for person in people}
            open_ = fresh | open_
    return [*done, *open_.values()]
