"""Insights: what statistics carry and nothing else, each with what it rests on (001-R32, 003-R30, 004-R30).

Four rules. A change: a figure is unusual against the eight periods before (`unusual`). Repeated faults: more tickets of
a category than its usual, by the same rule and judged together with the changes. A forecast: which open tickets run out
of time if work goes on as it did. A bottleneck: one place takes more than a stated share of all open time.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import groupby
from typing import Final, NamedTuple

from deskterm.core.domain.kpi import Unit
from deskterm.core.domain.unusual import Point, Usual, chance, told, usual

QUIET: Final = "Nothing unusual: no figure moved beyond its usual spread, and no open work is foreseen to run late."
"""What is said where nothing stands out."""
BOTTLENECK_SHARE: Final = 0.3
"""A place that takes this share of all open time is a bottleneck."""
LEAST_CASES: Final = 10
"""Of fewer tickets no place is one."""
LEAST_RESOLVED: Final = 20
"""Of fewer resolved tickets in all the weeks looked at nothing is forecast."""

_SAME_POINTS: Final = 0.05
_SAME_RATIO: Final = 1.25
_WHY: Final = 0.5


class Track(NamedTuple):
    """A figure over time: the periods before, oldest first, and the one asked for.

    `name` is the figure's, `of` what it is of ("" is all that was asked for), `is_category` whether that is a category.
    """

    name: str
    label: str
    of: str
    unit: Unit
    before: tuple[Point, ...]
    now: Point
    drill: str
    is_category: bool = False


class Change(NamedTuple):
    """A figure that is unusual: how likely chance alone does that, and about how many tickets it concerns."""

    track: Track
    usual: Usual
    now: float
    chance: float
    weight: float

    @property
    def is_repeated(self) -> bool:
        """Whether it is that a category came more often than it usually does."""
        return self.track.is_category and self.now > self.usual.median


class Queue(NamedTuple):
    """What is open in a department: open seconds until each clock that runs is due (not above 0: out of time already).

    `weeks` has how many were resolved in each of the last weeks; a week is `week` open seconds, a day `day`.
    """

    department: str
    left: tuple[int, ...]
    weeks: tuple[int, ...]
    week: int
    day: int
    drill: str


class Forecast(NamedTuple):
    """How many of those open run out of time within a business day and a week, if work goes on as it did.

    `least` and `most` are within a week as in the fastest and in the slowest of the weeks; `rate` is a week's mean.
    """

    queue: Queue
    open: int
    already: int
    in_a_day: int
    in_a_week: int
    least: int
    most: int
    rate: float

    @property
    def weight(self) -> float:
        """About how many tickets it concerns."""
        return float(self.in_a_week)


class Place(NamedTuple):
    """Open time that was spent in one place, and by how many tickets. Places of one `group` are shares of its whole.

    One that is no `loss` (work in hand, the first tier) is part of the whole and no bottleneck.
    """

    group: str
    label: str
    seconds: int
    n: int
    drill: str
    is_loss: bool = True


class Bottleneck(NamedTuple):
    """The place of its group that takes the most open time, when that is more than `BOTTLENECK_SHARE`."""

    place: Place
    share: float
    whole: int

    @property
    def weight(self) -> float:
        """About how many tickets it concerns."""
        return self.place.n * self.share


class Says(StrEnum):
    """What an insight is about."""

    CHANGE = "change"
    REPEATED = "repeated"
    FORECAST = "forecast"
    BOTTLENECK = "bottleneck"


class Evidence(NamedTuple):
    """What an insight rests on: what it is, and the number in words."""

    label: str
    value: str


class Insight(NamedTuple):
    """One sentence with what it rests on; `drill` is the filter of the tickets behind it."""

    says: Says
    words: str
    evidence: tuple[Evidence, ...]
    n: int
    weight: float
    drill: str


def changes(tracks: Sequence[Track]) -> list[Change]:
    """Gives the figures that are unusual, those that concern most tickets first; all are judged together.

    A department or category that only moved along with the whole isn't among them where the whole is.
    """
    chances = [chance(track.before, track.now, track.unit) for track in tracks]
    found = []
    for track, by_chance, speaks in zip(tracks, chances, told(chances), strict=True):
        before = usual(track.before, track.unit)
        if speaks and by_chance is not None and before is not None and track.now.value is not None:
            weight = _concerned(track, before.median, track.now.value)
            found.append(Change(track, before, track.now.value, by_chance, weight))
    wholes = {one.track.name: one for one in found if not one.track.of}
    apart = [one for one in found if not one.track.of or not _moved_along(one, wholes.get(one.track.name))]
    return sorted(apart, key=lambda one: (-one.weight, one.track.name, one.track.of))


def forecast(queue: Queue) -> Forecast | None:
    """Gives how many of a queue run out of time; None when too little was resolved, or none will.

    It goes by what the department resolved in the weeks before: the most urgent first, what is out of time already
    and what comes new left aside. So it is the least that is to be expected of a queue that is worked so.
    """
    resolved = sum(queue.weeks)
    if resolved < LEAST_RESOLVED or queue.week <= 0:
        return None
    ahead = sorted(left for left in queue.left if left > 0)
    rate = resolved / len(queue.weeks)
    in_a_week = _lost(ahead, rate, queue.week, queue.week)
    if in_a_week == 0:
        return None
    in_a_day = _lost(ahead, rate, queue.week, queue.day)
    least, most = (_lost(ahead, pace, queue.week, queue.week) for pace in (max(queue.weeks), min(queue.weeks)))
    return Forecast(queue, len(queue.left), len(queue.left) - len(ahead), in_a_day, in_a_week, least, most, rate)


def bottlenecks(places: Iterable[Place]) -> list[Bottleneck]:
    """Gives the place of each group that takes more than its share, those that concern most tickets first."""
    found = []
    in_order = sorted(places, key=lambda place: (place.group, -place.seconds, place.label))
    for _, group in groupby(in_order, key=lambda place: place.group):
        together = list(group)
        whole = sum(place.seconds for place in together)
        worst = next((place for place in together if place.is_loss), None)
        if worst is not None and worst.n >= LEAST_CASES and whole > 0 and worst.seconds / whole > BOTTLENECK_SHARE:
            found.append(Bottleneck(worst, worst.seconds / whole, whole))
    return sorted(found, key=lambda one: (-one.weight, one.place.group))


def _moved_along(part: Change, whole: Change | None) -> bool:
    """Says whether a part moved as the whole did: a share by as many points within five, all else within a quarter.

    What makes half or more of the whole's movement is why it moved, and not along with it.
    """
    if whole is None:
        return False
    ours, theirs = part.now - part.usual.median, whole.now - whole.usual.median
    if part.track.unit is Unit.SHARE:
        return abs(ours - theirs) < _SAME_POINTS
    if part.track.unit is Unit.COUNT and ours / theirs >= _WHY:
        return False
    low, high = sorted((part.now * whole.usual.median, whole.now * part.usual.median))
    return 0 < high <= _SAME_RATIO * low


def _lost(ahead: Sequence[int], rate: float, week: int, within: int) -> int:
    """Gives how many are due `within`, but not yet reached by then when `rate` of them are resolved in a week."""
    return sum(1 for rank, left in enumerate(ahead, 1) if left <= within and rank > rate * left / week)


def _concerned(track: Track, before: float, now: float) -> float:
    """Gives about how many tickets a change concerns: those more or fewer, those that fell short, or a share of all."""
    distance = abs(now - before)
    if track.unit is Unit.COUNT:
        return distance
    return distance * track.now.n / (1 if track.unit is Unit.SHARE else max(now, before))
