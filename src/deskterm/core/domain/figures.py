"""Figures from measures: which of them a period counts, and what they come to, many cells at once.

A cell is a period, or a period and a group; measures are put into cells by numbers, and every cell is reckoned in the
same few passes. Means and sums are exact up to 2^53, median and 90th percentile are those of all values.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from typing import Final, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from deskterm.core.domain.columns import Bools, Columns, Ints
from deskterm.core.domain.kpi import LOW, Better, Definition, Reduced
from deskterm.core.domain.measures import Measured, clock_code

Floats: TypeAlias = NDArray[np.float64]

STARS: Final = 5
"""What a rating can have at most."""
_DAY: Final = 86_400
_HOURS: Final = 24
_WEEK: Final = 7
_THURSDAY: Final = 3  # 1 January 1970, from Monday on


class Span(NamedTuple):
    """Seconds since 1970: what became known from `since` until before `until` counts; ages are as of `end`."""

    since: int
    until: int
    end: int


class Placed(NamedTuple):
    """Measures with the number of the span that each counts in; one can count in several."""

    columns: Columns
    span: Ints

    def where(self, mask: Bools) -> "Placed":
        """Gives those that `mask` says."""
        return Placed(self.columns.where(mask), self.span[mask])


class Cells(NamedTuple):
    """What the measures of each cell come to; what can't be said is not a number, as everything of n = 0."""

    n: Ints
    value: Floats
    median: Floats
    p90: Floats


def counted(columns: Columns, spans: Sequence[Span]) -> Placed:
    """Gives what counts in spans, of measures in order of `at`.

    It is what became known in one, and wasn't taken back before its end (000-R36).
    """
    return _placed([_known(columns, span) for span in spans])


def standing(columns: Columns, spans: Sequence[Span]) -> Placed:
    """Gives what stands at the ends of spans, of measures in order of `at` that last from `value` until then."""
    return _placed([_stands(columns, span) for span in spans])


def taken_back(columns: Columns, span: Span) -> Columns:
    """Gives what became known in a span and was taken back in it, which is why it doesn't count."""
    part = _slice(columns, span)
    return part.where(part.gone < span.until)


def _slice(columns: Columns, span: Span) -> Columns:
    first, last = np.searchsorted(columns.at, [span.since, span.until])
    return columns.between(int(first), int(last))


def _known(columns: Columns, span: Span) -> Columns:
    part = _slice(columns, span)
    kept = part.gone >= span.until
    return part if bool(kept.all()) else part.where(kept)


def _stands(columns: Columns, span: Span) -> Columns:
    part = columns.between(int(np.searchsorted(columns.at, span.until)), columns.at.size)
    return part.where((part.value < span.until) & (part.gone >= span.until))


def _placed(parts: Sequence[Columns]) -> Placed:
    sizes = [part.at.size for part in parts]
    number = np.repeat(np.arange(len(parts), dtype=np.int64), sizes)
    return Placed(Columns.joined(parts), number)


def fitting(one: Definition, columns: Columns, spans: Ints, ends: Ints) -> Bools | None:
    """Gives which measures a KPI counts of those of its period, None of all.

    `spans` says the span of each, `ends` the `end` of each span.
    """
    masks: list[Bools] = []
    if one.clocks:
        masks.append(np.isin(columns.code, [clock_code(name) for name in one.clocks]))
    if one.code is not None:
        masks.append(columns.code == one.code)
    if one.among:
        masks.append((columns.code & int(one.among)) == int(one.among))
    if one.held:
        masks.append(columns.person > 0)
    if one.ages is not None:
        age = ends[spans] - columns.code
        masks.append((age >= one.ages[0] * _DAY) & (age < one.ages[1] * _DAY))
    if not masks:
        return None
    found: Bools = reduce(np.logical_and, masks)
    return found


def falls_short(one: Definition, kind: Measured, columns: Columns) -> Bools | None:
    """Gives which measures speak against, None where a KPI judges none of this kind."""
    match one.reduced:
        case Reduced.SHARE:
            good = _good(one, columns)
            return good if one.better is Better.LESS else np.logical_not(good)
        case Reduced.RATING:
            return np.less_equal(columns.value, LOW)
        case Reduced.RATIO:
            return np.full(columns.at.size, kind is one.measures[-1])
        case _:
            return None


def _good(one: Definition, columns: Columns) -> Bools:
    flag = int(one.flag)
    found: Bools = np.equal(columns.code & flag, flag) if flag else np.equal(columns.value, 1)
    return found


def reckoned(
    one: Definition, of: Sequence[tuple[Columns, Ints]], count: int, scale: int, ends: Ints, ranks_: int
) -> Cells:
    """Gives the cells of a KPI that is made of measures, of which `of` has those it counts with the cell of each.

    They are as its `measures`. `ends` is the `end` of each cell, `scale` that of the ratings, `ranks_` how many
    priorities the profile has.
    """
    columns, cell = of[0]
    n = np.bincount(cell, minlength=count)
    match one.reduced:
        case Reduced.TICKETS:
            n = np.bincount(np.unique(np.stack((cell, columns.ticket)), axis=1)[0], minlength=count)
            return cells(n, n)
        case Reduced.SHARE:
            return cells(n, _sums(cell, _good(one, columns), count) / _or_nan(n))
        case Reduced.RATIO:
            return cells(n, np.bincount(of[1][1], minlength=count) / _or_nan(n))
        case Reduced.RATING:
            stars = _sums(cell, columns.value, count) / _or_nan(n) / STARS
            return cells(n, stars * scale)
        case Reduced.MEAN | Reduced.SUM | Reduced.AGE:
            values = ends[cell] - columns.code if one.reduced is Reduced.AGE else columns.value
            total = _sums(cell, values, count)
            value = total if one.reduced is Reduced.SUM else total / _or_nan(n)
            return cells(n, value, *ranks(cell, values, n))
        case Reduced.WEIGHED:
            return cells(n, _sums(cell, np.maximum(ranks_ + 1 - columns.priority, 1) * columns.tier, count))
        case _:
            return cells(n, n)


def cells(n: Ints, value: NDArray[np.int64] | Floats, median: Floats | None = None, p90: Floats | None = None) -> Cells:
    """Gives cells of which nothing is said where n is 0."""
    nothing = np.full(n.size, np.nan)
    said = np.where(n > 0, value, np.nan).astype(np.float64)
    return Cells(n, said, nothing if median is None else median, nothing if p90 is None else p90)


def ranks(cell: Ints, values: Ints, n: Ints) -> tuple[Floats, Floats]:
    """Gives median and 90th percentile of each cell: the middle value or the mean of the two, and the nearest rank.

    `n` says how many values each cell has.
    """
    if not values.size:
        return np.full(n.size, np.nan), np.full(n.size, np.nan)
    low = int(values.min())
    width = int(values.max()) - low + 1
    ordered = np.sort(cell * width + (values - low))  # one sort of whole numbers, whatever the cells: 60 bits hold them
    first = np.cumsum(n) - n
    some = np.maximum(n, 1)  # of what has none, anything: it is covered below

    def at(rank: Ints) -> Ints:
        found: Ints = ordered[np.minimum(first + rank, values.size - 1)] % width + low
        return found

    median = (at((some - 1) // 2) + at(some // 2)) / 2
    p90 = at(-(-some * 9 // 10) - 1)
    return np.where(n > 0, median, np.nan), np.where(n > 0, p90, np.nan)


def _sums(cell: Ints, values: Ints | Bools, count: int) -> Floats:
    return np.asarray(np.bincount(cell, weights=values, minlength=count), np.float64)


def _or_nan(n: Ints) -> Floats:
    return np.where(n > 0, n.astype(np.float64), np.nan)


def quality(parts: Sequence[tuple[Definition, Cells]]) -> Cells:
    """Gives the mean of what has anything to say, what is wanted to be less as what is left to 1 (001-R33)."""
    said = [
        np.maximum(1 - found.value, 0) if one.better is Better.LESS else found.value for one, found in parts
    ]  # fmt: skip
    n = reduce(np.add, (found.n for _, found in parts))
    known = np.stack(said)
    have = (~np.isnan(known)).sum(axis=0)
    return cells(n, np.nansum(known, axis=0) / _or_nan(have))


def net(into: Cells, out: Cells) -> Cells:
    """Gives what came in less what went out."""
    return cells(into.n + out.n, np.nan_to_num(into.value) - np.nan_to_num(out.value))


def change(found: Cells, size: int) -> Cells:
    """Gives by which share there is more than in the last of the periods, which have `size` cells each."""
    before = np.tile(found.n[-size:] if size else found.n, found.n.size // max(size, 1))
    value = (found.n - before) / _or_nan(before)
    value[-size or value.size :] = np.nan
    return cells(found.n, value)


def changes(n: Ints, last: int) -> Floats:
    """Gives by which share there is more in each period than in the one before it, up to the last."""
    before = n[:last]
    found = (n[1 : last + 1] - before) / _or_nan(before)
    return np.concatenate(([np.nan], found))


def per_day(found: Cells, days: Ints) -> Cells:
    """Gives how much there is of each cell's days."""
    return cells(found.n, found.n / _or_nan(days))


def at_hand(open_: Cells, pace: Cells) -> Cells:
    """Gives how many days what is open takes at a pace."""
    with np.errstate(divide="ignore"):
        found = open_.value / pace.value
    return cells(open_.n, np.where(np.isfinite(found), found, np.nan))


def arrivals(columns: Columns, zone: ZoneInfo) -> Ints:
    """Gives how many measures fall into each hour of each weekday (rows from Monday, columns from midnight) of a zone.

    An instant's offset is that of its quarter of an hour.
    """
    days, which = np.unique(columns.at // _DAY, return_inverse=True)
    offsets = [_offset(int(day) * _DAY, zone) for day in (*days, *(days + 1))]
    begins, ends = np.array(offsets[: days.size], np.int64), np.array(offsets[days.size :], np.int64)
    offset = begins[which]
    for place in np.flatnonzero((begins != ends)[which]):  # the few of a day on which the clocks change
        offset[place] = _offset(int(columns.at[place]) // 900 * 900, zone)
    local = columns.at + offset
    hour = (local // _DAY + _THURSDAY) % _WEEK * _HOURS + local % _DAY // 3_600
    found: Ints = np.bincount(hour, minlength=_WEEK * _HOURS).reshape(_WEEK, _HOURS)
    return found


def _offset(at: int, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(at, zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0
