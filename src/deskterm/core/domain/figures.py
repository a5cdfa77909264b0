"""Figures from measures: which of them a period counts, and what they come to, many cells at once.

A cell is a period, or a group in a period. Means and sums are exact up to 2^53, median and 90th percentile are those of
all values. Of measures only the columns that a KPI looks at are gathered: that is what makes millions quick.
"""

from collections.abc import Sequence
from functools import reduce
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from deskterm.core.domain.columns import Bools, Columns, Ints
from deskterm.core.domain.kpi import LOW, Better, Definition, Reduced
from deskterm.core.domain.measured_cells import Celled, Floats, Placed, Span
from deskterm.core.domain.measures import Measured, clock_code

STARS: Final = 5
"""What a rating can have at most."""
_DAY: Final = 86_400


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
    return _placed(columns, [_known(columns, span) for span in spans])


def standing(columns: Columns, spans: Sequence[Span]) -> Placed:
    """Gives what stands at the ends of spans, of measures in order of `at` that last from `value` until then.

    At the end of one that has not begun, or has nothing in it, nothing stands.
    """
    return _placed(columns, [_stands(columns, span) for span in spans])


def taken_back(columns: Columns, span: Span) -> Columns:
    """Gives what became known in a span and was taken back in it, which is why it doesn't count."""
    part = columns.between(*_between(columns, span))
    return part.where(part.gone < span.until)


def _between(columns: Columns, span: Span) -> tuple[int, int]:
    first, last = np.searchsorted(columns.at, [span.since, span.until])
    return int(first), max(int(first), int(last))


def _known(columns: Columns, span: Span) -> NDArray[np.intp]:
    first, last = _between(columns, span)
    return np.flatnonzero(columns.gone[first:last] >= span.until) + first


def _stands(columns: Columns, span: Span) -> NDArray[np.intp]:
    first = int(np.searchsorted(columns.at, span.until)) if span.since < span.until else columns.at.size
    stands = (columns.value[first:] < span.until) & (columns.gone[first:] >= span.until)
    return np.flatnonzero(stands) + first


def _placed(columns: Columns, parts: Sequence[NDArray[np.intp]]) -> Placed:
    offsets = np.cumsum([0, *(part.size for part in parts)], dtype=np.int64)
    return Placed(columns, np.concatenate(parts), offsets)


def fitting(one: Definition, placed: Placed, ends: Ints) -> Placed:
    """Gives those that a KPI counts of the measures of its spans, whose `end`s these are."""
    masks: list[Bools] = []
    if one.clocks:
        code = placed.field("code")
        masks.append(reduce(np.logical_or, (code == clock_code(name) for name in one.clocks)))
    if one.code is not None:
        masks.append(placed.field("code") == one.code)
    if one.among:
        masks.append((placed.field("code") & int(one.among)) == int(one.among))
    if one.held:
        masks.append(placed.field("person") > 0)
    if one.ages is not None:
        age = placed.by_span(ends) - placed.field("code")
        masks.append((age >= one.ages[0] * _DAY) & (age < one.ages[1] * _DAY))
    return placed.where(reduce(np.logical_and, masks)) if masks else placed


def falls_short(one: Definition, kind: Measured, placed: Placed) -> Bools | None:
    """Gives which measures speak against, None where a KPI judges none of this kind."""
    match one.reduced:
        case Reduced.SHARE:
            good = _good(one, placed)
            return good if one.better is Better.LESS else np.logical_not(good)
        case Reduced.RATING:
            return np.less_equal(placed.field("value"), LOW)
        case Reduced.RATIO:
            return np.full(placed.rows.size, kind is one.measures[-1])
        case _:
            return None


def _good(one: Definition, placed: Placed) -> Bools:
    flag = int(one.flag)
    said = placed.field("code") & flag if flag else placed.field("value")
    found: Bools = np.equal(said, flag or 1)
    return found


def reckoned(
    one: Definition, of: Sequence[Celled], ends: Ints, *, scale: int, priorities: int, ranked: int = 1
) -> Cells:
    """Gives the cells of a KPI that is made of measures, of which `of` has those it counts, as its `measures`.

    `ends` is the `end` of each span, `scale` that of the ratings, `priorities` how many the profile has; of `ranked`
    spans, the first ones, there are median and 90th percentile.
    """
    mine = of[0]
    placed, n = mine.placed, mine.n()
    match one.reduced:
        case Reduced.TICKETS:
            n = mine.different(placed.field("ticket"))
            return cells(n, n)
        case Reduced.SHARE:
            return cells(n, mine.sums(_good(one, placed)) / or_nan(n))
        case Reduced.RATIO:
            return cells(n, of[1].n() / or_nan(n))
        case Reduced.RATING:
            return cells(n, mine.sums(placed.field("value")) / or_nan(n) / STARS * scale)
        case Reduced.MEAN | Reduced.SUM | Reduced.AGE:
            is_age = one.reduced is Reduced.AGE
            values = placed.by_span(ends) - placed.field("code") if is_age else placed.field("value")
            total = mine.sums(values)
            value = total if one.reduced is Reduced.SUM else total / or_nan(n)
            return cells(n, value, *mine.ranks(values, n, ranked))
        case Reduced.WEIGHED:
            urgency = np.maximum(priorities + 1 - placed.field("priority"), 1)
            return cells(n, mine.sums(urgency * placed.field("tier")))
        case _:
            return cells(n, n)


def cells(n: Ints, value: Ints | Floats, median: Floats | None = None, p90: Floats | None = None) -> Cells:
    """Gives cells of which nothing is said where n is 0."""
    nothing = np.full(n.size, np.nan)
    said = np.where(n > 0, value, np.nan).astype(np.float64)
    return Cells(n, said, nothing if median is None else median, nothing if p90 is None else p90)


def or_nan(n: Ints) -> Floats:
    """Gives numbers to divide by: where there is none, nothing comes of it."""
    return np.where(n > 0, n.astype(np.float64), np.nan)


def quality(parts: Sequence[tuple[Definition, Cells]]) -> Cells:
    """Gives the mean of what has anything to say, what is wanted to be less as what is left to 1 (001-R33)."""
    said = [np.maximum(1 - made.value, 0) if one.better is Better.LESS else made.value for one, made in parts]
    known = np.stack(said)
    have = (~np.isnan(known)).sum(axis=0)
    return cells(reduce(np.add, (made.n for _, made in parts)), np.nansum(known, axis=0) / or_nan(have))


def net(into: Cells, out: Cells, without: Bools) -> Cells:
    """Gives what came in less what went out, and nothing of the cells `without` anything that could come in."""
    value = np.nan_to_num(into.value) - np.nan_to_num(out.value)
    return cells(np.where(without, 0, into.n + out.n), np.where(without, np.nan, value))


def change(found: Cells, size: int) -> Cells:
    """Gives by which share there is more in the first of the periods, of `size` cells each, than in the second."""
    value = np.full(found.n.size, np.nan)
    before = found.n[size : 2 * size]
    if before.size:
        value[:size] = (found.n[:size] - before) / or_nan(before)
    return cells(found.n, value)


def per_day(found: Cells, days: Ints) -> Cells:
    """Gives how much there is of each cell's days."""
    return cells(found.n, found.n / or_nan(days))


def at_hand(open_: Cells, pace: Cells) -> Cells:
    """Gives how many days what is open takes at a pace."""
    with np.errstate(divide="ignore"):
        found = open_.value / pace.value
    return cells(open_.n, np.where(np.isfinite(found), found, np.nan))


def trend(values: Floats) -> Floats:
    """Gives what tiles have as their trend, the oldest first: of this period, the compared one, and those before it."""
    return np.concatenate((values[:1:-1], values[:1]))


def changes(n: Ints) -> Floats:
    """Gives by which share there is more in each of a trend's periods than in the one before it."""
    told = trend(n.astype(np.float64))
    return np.concatenate(([np.nan], (told[1:] - told[:-1]) / np.where(told[:-1] > 0, told[:-1], np.nan)))
