"""Hours lost in approval: from a purchase's facts, whom its stages waited for, and how long in business time."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from statistics import median
from typing import Final, NamedTuple

from deskterm.core.domain.calendar import Calendar
from deskterm.core.domain.chain import Round
from deskterm.core.domain.facts import SIGNED, Fact
from deskterm.core.domain.waits import waits
from deskterm.core.domain.words import FactKind

PERSON, VACANT, INFORMATION = "person", "vacant", "information"
_WORDS: Final = {VACANT: "vacant", INFORMATION: "information asked for"}
_KINDS: Final = (PERSON, VACANT, INFORMATION)
_GIVEN: Final = frozenset({
    FactKind.ANSWERED, FactKind.AMENDED, FactKind.WITHDRAWN, FactKind.DECLINED, FactKind.AUTHORISED,
})  # fmt: skip
"""What ends a wait for information: the answer, or the round's end."""


class Lost(NamedTuple):
    """Business time that purchases spent at a stage with one approver; seconds, of all cases and of one.

    A case is a purchase's round. `kind` is `person`; or `vacant`, while nobody had the post; or `information`, while
    what an approver asked for was not given. What a stand-in takes is the time of whose place it is. `decided` counts
    what the approver decided (information: was given), `open` what waits now. `breaches` is how often the stage ran
    out of its time while it waited for this approver.
    """

    stage: str
    approver: str
    kind: str
    cases: int
    decided: int
    open: int
    total: int
    median: int
    p90: int
    longest: int
    breaches: int


class Place(NamedTuple):
    """A line of the report: a stage's number in its chain and title, and whom it waited for."""

    order: int
    stage: str
    kind: str
    person_id: int | None


class Case(NamedTuple):
    """A round at one place: business seconds, whether it was decided, whether it waits now, breaches."""

    seconds: int
    is_decided: bool
    is_open: bool
    breaches: int


class _Stretch(NamedTuple):
    """A time in which a round's stage waited for somebody; `until` is None while it goes on."""

    round: int
    stage: str
    kind: str
    person_id: int | None
    since: datetime
    until: datetime | None

    def covers(self, at: datetime) -> bool:
        """Whether an instant is in it."""
        return self.since <= at and (self.until is None or at < self.until)


def cases(
    facts: Sequence[Fact],
    rounds: Mapping[int, Round],
    late: Iterable[datetime],
    calendar: Callable[[datetime], Calendar],
    now: datetime,
) -> Iterator[tuple[Place, Case]]:
    """Gives what some rounds of a ticket come to, each at the places that it waited at.

    `late` is when its stages ran out of time, `calendar` gives whose business time counts from an instant on.
    """
    found: dict[tuple[int, Place], list[_Stretch]] = {}
    for stretch in _stretches(facts):
        round_ = rounds.get(stretch.round)
        keys = [spec.key for spec in round_.specs] if round_ else []
        if round_ is not None and stretch.stage in keys:
            order = keys.index(stretch.stage)
            place = Place(order, round_.specs[order].title, stretch.kind, stretch.person_id)
            found.setdefault((stretch.round, place), []).append(stretch)
    breached = list(late)
    for (number, place), stretches in found.items():
        open_ = any(one.until is None for one in stretches)
        yield (
            place,
            Case(
                seconds=sum(max(0, calendar(one.since).elapsed(one.since, one.until or now)) for one in stretches),
                is_decided=not open_ if place.kind == INFORMATION else _has_decided(rounds[number], place),
                is_open=open_,
                breaches=sum(any(one.covers(at) for one in stretches) for at in breached),
            ),
        )


def _has_decided(round_: Round, place: Place) -> bool:
    key = round_.specs[place.order].key
    made = (d for d in round_.decisions if d.kind in SIGNED and d.stage == key)
    return any(d.for_id == place.person_id for d in made)


def _stretches(facts: Sequence[Fact]) -> Iterator[_Stretch]:
    for wait in waits(facts):
        kind = VACANT if wait.person_id is None else PERSON
        yield _Stretch(wait.round, wait.stage, kind, wait.person_id, wait.since, wait.until)
    for number, fact in enumerate(facts):
        if fact.kind is FactKind.RETURNED:
            ends = (later.at for later in facts[number:] if later.kind in _GIVEN)
            yield _Stretch(fact.round or 0, fact.stage or "", INFORMATION, None, fact.at, next(ends, None))


def lines(found: Mapping[Place, Sequence[Case]], names: Mapping[int, str]) -> list[Lost]:
    """Gives the lines: stages in the order of their chain, in each people by name, then vacant, then information."""

    def name(place: Place) -> str:
        return _WORDS.get(place.kind) or names.get(place.person_id or 0, "somebody")

    order = sorted(found, key=lambda p: (p.order, p.stage, _KINDS.index(p.kind), name(p), p.person_id or 0))
    return [_line(place, name(place), found[place]) for place in order]


def _line(place: Place, name: str, made: Sequence[Case]) -> Lost:
    times = sorted(case.seconds for case in made)
    return Lost(
        stage=place.stage,
        approver=name,
        kind=place.kind,
        cases=len(made),
        decided=sum(case.is_decided for case in made),
        open=sum(case.is_open for case in made),
        total=sum(times),
        median=round(median(times)),
        p90=times[-(-len(times) * 9 // 10) - 1],
        longest=times[-1],
        breaches=sum(case.breaches for case in made),
    )
