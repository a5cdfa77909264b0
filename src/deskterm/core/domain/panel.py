"""Who decides: posts and their holders, deputies and stand-ins, and the places of a stage that they are given.

Nobody decides about what they asked for, and nobody signs twice in a round (000-R4, R13, R32).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple

from deskterm.core.domain.chain import Chain, Round
from deskterm.core.domain.facts import Fact
from deskterm.core.domain.profile import DEPUTY, LEAD, REQUESTER_LEAD, StageRule
from deskterm.core.domain.stages import Slot, StageSpec
from deskterm.core.domain.words import FactKind, RoundState

NOTHING_KEPT: Final[Mapping[int, Slot]] = MappingProxyType({})


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
