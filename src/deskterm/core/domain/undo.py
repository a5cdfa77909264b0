"""Undo and redo: what can be taken back, why something can't, and what was taken back that could be done again.

Taking something back never gives time: a clock that runs goes on running, and what is late stays late.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple

from deskterm.core.domain.clocks import Policy, by_name, passed
from deskterm.core.domain.facts import CHAINED, DECISIONS, Fact
from deskterm.core.domain.history import History
from deskterm.core.domain.past import BESIDE, UNDOABLE
from deskterm.core.domain.words import Action, CommentKind, FactKind

ACTION: Final[Mapping[FactKind, Action]] = MappingProxyType({
    FactKind.CLAIMED: Action.CLAIM,
    FactKind.ASSIGNED: Action.ASSIGN,
    FactKind.UNASSIGNED: Action.UNASSIGN,
    FactKind.STARTED: Action.START,
    FactKind.PAUSED: Action.WAIT,
    FactKind.PRIORITISED: Action.SET_PRIORITY,
    FactKind.CATEGORISED: Action.SET_CATEGORY,
    FactKind.MOVED: Action.MOVE,
    FactKind.ESCALATED: Action.ESCALATE,
    FactKind.ESCALATION_ASKED: Action.ESCALATE,
    FactKind.ESCALATION_REFUSED: Action.KEEP,
    FactKind.RESOLVED: Action.RESOLVE,
    FactKind.CONFIRMED: Action.CONFIRM,
    FactKind.CANCELLED: Action.CANCEL,
})  # fmt: skip
"""The action that made what can be taken back."""

_WAIT_AGAIN: Final = "that would give its clocks time back; set it waiting again instead"
_END_AGAIN: Final = "that would give its clocks time back; end it again instead"
_WRITTEN: Final = "what was written has left; write again instead"
_INSTEAD: Final[Mapping[FactKind, str]] = {
    FactKind.RESUMED: _WAIT_AGAIN,
    FactKind.RECEIVED: _WAIT_AGAIN,
    FactKind.REOPENED: _END_AGAIN,
    FactKind.REJECTED: _END_AGAIN,
    FactKind.REPLIED: _WRITTEN,
    FactKind.NOTED: _WRITTEN,
    FactKind.RATED: "a rating is given once",
    FactKind.SUBMITTED: "a request that is not wanted is cancelled instead",
    FactKind.PIVOTED: "a purchase is taken back with withdraw",
    FactKind.REQUESTED: "a purchase is taken back with withdraw",
    FactKind.AMENDED: "a purchase is taken back with withdraw",
    FactKind.WITHDRAWN: "a purchase that was withdrawn is asked for anew",
}


class Standing(NamedTuple):
    """A fact that was not taken back, with its version."""

    version: int
    fact: Fact


def standing(facts: Sequence[Fact]) -> list[Standing]:
    """Gives the facts that were not taken back; that something was is none of them."""
    gone = {fact.undoes for fact in facts if fact.kind is FactKind.UNDONE}
    told = (Standing(version, fact) for version, fact in enumerate(facts, 1))
    return [one for one in told if one.fact.kind is not FactKind.UNDONE and one.version not in gone]


def told_to(facts: Iterable[Standing], *, internal: bool) -> list[Standing]:
    """Gives what people did, as far as somebody may know of it; what time alone brought about is not."""
    hidden = {FactKind.BREACHED, FactKind.ATTEMPTED}
    shown = (one for one in facts if one.fact.kind not in hidden)
    return [one for one in shown if internal or one.fact.comment in {None, CommentKind.REPLY}]


def why_not(history: History, fact: Fact, version: int, policy: Policy, now: datetime) -> str:
    """Gives why `fact`, the last thing that was done, can't be taken back, in a clause; "" when it can.

    It can't when that would make a clock stand still that goes on, or not be late that is.
    """
    if fact.kind not in UNDOABLE:
        decided = "a decision that was sent stands" if fact.kind in DECISIONS else "what its chain is made of stands"
        return _INSTEAD.get(fact.kind) or (decided if fact.kind in CHAINED else "that can't be taken back")
    past = history.past
    if past is None or past.version != version:
        return "more was done to it since"
    then, now_ = by_name(past.clocks), by_name(history.clocks)
    for name, clock in now_.items():
        before = then.get(name)
        if clock.running_since is not None and (before is None or before.running_since is None):
            return f"it let the clock {policy.profile.clocks[name].label} go on, and nothing gives that time back"
    was = {(clock.name, clock.cycle): clock for clock in past.clocks}
    for clock in history.clocks:
        late, before = passed(clock, now).breached_at, was.get((clock.name, clock.cycle))
        if late is not None and late != past.at and (before is None or passed(before, now).breached_at is None):
            return f"the clock {policy.profile.clocks[clock.name].label} ran out since, and late stays late"
    return ""


def undoing(version: int, now: datetime, actor_id: int) -> Fact:
    """Gives the fact that takes a version back."""
    return Fact(kind=FactKind.UNDONE, at=now, actor_id=actor_id, undoes=version)


def own_breaches(facts: Sequence[Fact], version: int) -> list[int]:
    """Gives the versions of the breaches that a version made itself, such as by a nearer target."""
    at = facts[version - 1].at
    after = enumerate(facts[version:], version + 1)
    return [number for number, fact in after if fact.kind is FactKind.BREACHED and fact.at == at]


def to_redo(facts: Sequence[Fact]) -> list[int]:
    """Gives the versions that would be done again next, in their order: all that one undo took back, none of none.

    Whatever else is done ends it, and done again it is the undo before.
    """
    undone: list[Fact] = []
    for fact in facts:
        if fact.kind is FactKind.UNDONE:
            undone.append(fact)
        elif undone and _is_again(fact, facts[(undone[-1].undoes or 1) - 1]):
            undone.pop()
        elif fact.kind not in BESIDE:
            undone.clear()
    last = undone[-1:]
    one = [fact for fact in undone if last[0].deed is not None and (fact.at, fact.deed) == (last[0].at, last[0].deed)]
    return [fact.undoes for fact in reversed(one or last) if fact.undoes is not None]


def _is_again(fact: Fact, first: Fact) -> bool:
    return replace(fact, at=first.at, deed=first.deed) == first


def without(facts: Sequence[Fact], kinds: frozenset[FactKind]) -> list[Fact]:
    """Gives facts without some kinds; what takes a version back names it by its new number."""
    kept: list[Fact] = []
    numbers: dict[int | None, int] = {}
    for version, fact in enumerate(facts, 1):
        if fact.kind not in kinds:
            kept.append(replace(fact, undoes=numbers[fact.undoes]) if fact.kind is FactKind.UNDONE else fact)
            numbers[version] = len(kept)
    return kept
