"""Measures of one kind side by side: a numpy array a field, so that millions are reckoned in a moment."""

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

    def where(self, mask: Bools) -> "Columns":
        """Gives those that `mask` says."""
        return Columns(*(field[mask] for field in self))
