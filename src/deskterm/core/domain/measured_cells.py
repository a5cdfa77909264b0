"""Measures in cells: what is counted, added up and ranked of each in a few passes over all."""

from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from deskterm.core.domain.columns import Bools, Columns, Ints

Floats: TypeAlias = NDArray[np.float64]


class Span(NamedTuple):
    """Seconds since 1970: what became known from `since` until before `until` counts; ages are as of `end`."""

    since: int
    until: int
    end: int


class Placed(NamedTuple):
    """Measures that count in spans, as places in `columns`, span after span: one can count in several.

    `offsets` says where the places of each span begin, and at last where they end.
    """

    columns: Columns
    rows: NDArray[np.intp]
    offsets: Ints

    def field(self, name: str) -> Ints:
        """Gives what a column says of each."""
        column: Ints = getattr(self.columns, name)
        return column.take(self.rows)

    def by_span(self, values: Ints) -> Ints:
        """Gives of one value a span the one of each measure's."""
        return np.repeat(values, np.diff(self.offsets))

    def where(self, mask: Bools) -> "Placed":
        """Gives those that `mask` says."""
        sizes = [int(np.count_nonzero(mask[first:end])) for first, end in pairwise(self.offsets.tolist())]
        return Placed(self.columns, self.rows[mask], np.cumsum([0, *sizes], dtype=np.int64))

    @property
    def taken(self) -> Columns:
        """The measures themselves."""
        return self.columns.where(self.rows)


class Celled(NamedTuple):
    """Measures in their cells: the span, or of so many `groups` in each span the one that `group` says."""

    placed: Placed
    groups: int = 1
    group: Ints | None = None

    @property
    def spans(self) -> int:
        """How many spans there are."""
        return int(self.placed.offsets.size) - 1

    @property
    def size(self) -> int:
        """How many cells there are, span after span."""
        return self.spans * self.groups

    def _cell(self) -> Ints:
        cell = self.placed.by_span(np.arange(self.spans, dtype=np.int64) * self.groups)
        return cell if self.group is None else cell + self.group

    def n(self) -> Ints:
        """Gives how many measures each cell has."""
        if self.group is None:
            return np.diff(self.placed.offsets)
        return np.bincount(self._cell(), minlength=self.size)

    def sums(self, values: Ints | Bools) -> Floats:
        """Gives the sum of the values of each cell's measures."""
        if self.group is None:
            parts = pairwise(self.placed.offsets.tolist())
            return np.array([values[first:end].sum() for first, end in parts], np.float64)
        return np.asarray(np.bincount(self._cell(), weights=values, minlength=self.size), np.float64)

    def different(self, values: Ints) -> Ints:
        """Gives how many different values each cell has."""
        width = int(values.max(initial=0)) + 1
        ordered = np.sort(self._cell() * width + values)
        first = np.ones(ordered.size, np.bool_)
        first[1:] = ordered[1:] != ordered[:-1]
        return np.bincount(ordered[first] // width, minlength=self.size)

    def ranks(self, values: Ints, n: Ints, spans: int) -> tuple[Floats, Floats]:
        """Gives median and 90th percentile of the cells of so many spans, the first ones; of the others nothing.

        The median is the middle value or the mean of the two, the 90th percentile the nearest rank. `n` says how many
        values each cell has.
        """
        end, some = int(self.placed.offsets[spans]), spans * self.groups
        cell = None if some == 1 else self._cell()[:end]
        rest = np.full(self.size - some, np.nan)
        median, p90 = _ranks(cell, values[:end], n[:some])
        return np.concatenate((median, rest)), np.concatenate((p90, rest))


def _ranks(cell: Ints | None, values: Ints, n: Ints) -> tuple[Floats, Floats]:
    if not values.size:
        return np.full(n.size, np.nan), np.full(n.size, np.nan)
    low = int(values.min())
    width = int(values.max()) - low + 1
    # one sort of whole numbers, whatever the cells: 60 bits hold them
    ordered = np.sort(values - low if cell is None else cell * width + (values - low))
    first = np.cumsum(n) - n
    some = np.maximum(n, 1)  # of what has none, anything: it is covered below

    def at(rank: Ints) -> Ints:
        found: Ints = ordered[np.minimum(first + rank, values.size - 1)] % width + low
        return found

    median = (at((some - 1) // 2) + at(some // 2)) / 2
    p90 = at(-(-some * 9 // 10) - 1)
    return np.where(n > 0, median, np.nan), np.where(n > 0, p90, np.nan)
