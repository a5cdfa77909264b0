"""Whether a figure is unusual against the periods before it: by their own spread, and by what chance alone does.

A figure speaks when both say so. By the spread: how far it is from the median of the periods before, in units of
their scaled median absolute deviation (1.4826 MAD, widened for the median's own error), is judged by Student's t with
four degrees of freedom; simulation of normal figures puts the chance of eight periods between 1.4 and 2.3 times what
that says, and the second test halves it at least. By chance alone: counts by the exact conditional test of Poisson
arrivals, shares by the pooled two-proportion test, all else by its own sampling error.

Many figures are looked at together, so what is said is chosen by Benjamini and Hochberg's rule (1995) over all that
were: on noise alone, at most one report in ten says anything.
"""

from collections.abc import Sequence
from math import erfc, exp, lgamma, log, log1p, pi, sqrt
from statistics import median
from typing import Final, NamedTuple

from deskterm.core.domain.kpi import Unit

PERIODS: Final = 8
"""How many periods before the one asked for are its usual."""
LEAST_PERIODS: Final = 6
"""How many of them must have something to say."""
FALSE_SHARE: Final = 0.1
"""The share of what is said that may be chance, and of reports on noise alone that say anything."""
_SCALE: Final = 1.4826 * sqrt(1 + pi / (2 * PERIODS))
"""From a median absolute deviation to a standard one, and to that of a difference from a median of eight."""
_LEAST_N: Final = {Unit.COUNT: 10, Unit.SHARE: 20}
_LEAST_N_ELSE: Final = 10
_LEAST_CHANGE: Final = {Unit.SHARE: 0.05, Unit.STARS: 0.3}
"""Smaller changes say nothing to people, however sure they are; of all other units a tenth of the usual."""
_LEAST_TENTH: Final = 0.1


class Point(NamedTuple):
    """What a period came to, of how many; `error` is how far chance alone moves it (of counts and shares: unused)."""

    value: float | None
    n: int
    error: float = 0.0


class Usual(NamedTuple):
    """What the periods before came to: the median, the least and the most, and of how many periods."""

    median: float
    least: float
    most: float
    periods: int


def usual(points: Sequence[Point], unit: Unit) -> Usual | None:
    """Gives what is usual by the periods before; None when too few of them have enough to say."""
    values = [point.value for point in _speaking(points, unit) if point.value is not None]
    if len(values) < LEAST_PERIODS:
        return None
    return Usual(median(values), min(values), max(values), len(values))


def chance(points: Sequence[Point], now: Point, unit: Unit) -> float | None:
    """Gives how likely such a difference is when nothing changed, 0..1; None when there is too little to judge by.

    The order of the periods before makes no difference. A change too small to matter is certain to be nothing.
    """
    before = usual(points, unit)
    if before is None or now.value is None:
        return None
    if unit is Unit.COUNT:
        if max(now.value, before.median) < _LEAST_N[unit]:
            return None
    elif now.n < _LEAST_N.get(unit, _LEAST_N_ELSE):
        return None
    distance = abs(now.value - before.median)
    if distance < _LEAST_CHANGE.get(unit, _LEAST_TENTH * abs(before.median)) or distance == 0:
        return 1.0
    speaking = _speaking(points, unit)
    return max(_by_spread(speaking, before.median, distance), _by_chance(speaking, now, unit, distance))


def told(chances: Sequence[float | None], share: float = FALSE_SHARE) -> list[bool]:
    """Gives which of several figures speak, so that at most `share` of them do by chance (Benjamini-Hochberg).

    Those that are None weren't judged, and don't count.
    """
    judged = sorted(one for one in chances if one is not None)
    limit = max((one for rank, one in enumerate(judged, 1) if one <= share * rank / len(judged)), default=-1.0)
    return [one is not None and one <= limit for one in chances]


def _speaking(points: Sequence[Point], unit: Unit) -> list[Point]:
    """Gives the periods that have something to say; a count of 0 is one."""
    if unit is Unit.COUNT:
        return [point for point in points if point.value is not None]
    return [point for point in points if point.value is not None and point.n >= _LEAST_N_ELSE]


def _by_spread(points: Sequence[Point], middle: float, distance: float) -> float:
    spread = _SCALE * median(abs(point.value - middle) for point in points if point.value is not None)
    if spread == 0:
        return 0.0  # it never moved: what chance does is all there is to judge by
    t = distance / spread
    root = 1 + t * t / 4
    return max(0.0, 1 - 0.75 * t / sqrt(root) * (1 - t * t / (12 * root)))


def _by_chance(points: Sequence[Point], now: Point, unit: Unit, distance: float) -> float:
    assert now.value is not None  # noqa: S101 - who asks has looked
    if unit is Unit.COUNT:
        return _poisson(round(now.value), round(sum(point.value or 0 for point in points)), len(points))
    if unit is Unit.SHARE:
        before = sum(point.n for point in points)
        met = sum((point.value or 0) * point.n for point in points)
        pooled = (met + now.value * now.n) / (before + now.n)
        spread = pooled * (1 - pooled) if pooled < 1 else pooled  # a ratio of two counts can be more than all
        error = sqrt(spread * (1 / now.n + 1 / before))
        distance = abs(now.value - met / before)
    else:
        own = median(point.error for point in points)
        error = sqrt(now.error**2 + own**2 * pi / (2 * len(points)))
    return erfc(distance / error / sqrt(2)) if error > 0 else 0.0


def _poisson(now: int, before: int, periods: int) -> float:
    """Gives the two-sided chance of `now` arrivals where all periods have one rate: given the sum, it is binomial."""
    total, share = now + before, 1 / (periods + 1)
    if total == 0:
        return 1.0
    tail = range(now, total + 1) if now > total * share else range(now + 1)
    return min(1.0, 2 * _binomial(tail, total, share, rising=now > total * share))


def _binomial(tail: range, total: int, share: float, *, rising: bool) -> float:
    """Gives the chance of a tail, from its likeliest number on until nothing is added any more."""
    found = 0.0
    for number in tail if rising else reversed(tail):
        ways = lgamma(total + 1) - lgamma(number + 1) - lgamma(total - number + 1)
        part = exp(ways + number * log(share) + (total - number) * log1p(-share))
        found += part
        if part <= found * 1e-9:  # also where the likeliest is nothing already
            break
    return found
