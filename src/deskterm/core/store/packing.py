"""Columns of whole numbers as bytes: their least once, and of each what it is above that, in as few bytes as fit.

What a column's numbers need decides how many bytes they have, so nothing overflows: eight hold whatever an integer
column of the database does.
"""

from struct import Struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

from deskterm.core.domain.columns import Ints

_HEAD: Final = Struct("<Bq")
_WIDTHS: Final = (1, 2, 4)
_WHOLE: Final = 8


def pack(values: Ints) -> bytes:
    """Gives a column as bytes."""
    if not values.size:
        return _HEAD.pack(0, 0)
    low, high = int(values.min()), int(values.max())
    if low == high:
        return _HEAD.pack(0, low)
    for width in _WIDTHS:
        if high - low < 1 << 8 * width:
            return _HEAD.pack(width, low) + (values - low).astype(f"<u{width}").tobytes()
    return _HEAD.pack(_WHOLE, 0) + values.astype("<i8").tobytes()


def unpack(data: bytes, into: Ints) -> None:
    """Puts a column of as many numbers as `into` has there; raises ValueError when the bytes are not such a column."""
    width, low = _head(data)
    if width == 0 and len(data) == _HEAD.size:
        into.fill(low)
    elif width in {*_WIDTHS, _WHOLE} and len(data) == _HEAD.size + width * into.size:
        kind = "<i8" if width == _WHOLE else f"<u{width}"
        np.add(np.frombuffer(data, kind, offset=_HEAD.size), low, out=into, casting="unsafe", dtype=np.int64)
    else:
        raise ValueError(f"{len(data)} bytes are no column of {into.size} numbers")


def some(data: bytes, n: int, places: NDArray[np.intp]) -> Ints:
    """Gives of a column of `n` numbers those at some places; raises ValueError as `unpack`."""
    width, low = _head(data)
    if width == 0:
        return np.full(places.size, low, np.int64)
    if width not in {*_WIDTHS, _WHOLE} or len(data) != _HEAD.size + width * n:
        raise ValueError(f"{len(data)} bytes are no column of {n} numbers")
    numbers = np.frombuffer(data, "<i8" if width == _WHOLE else f"<u{width}", offset=_HEAD.size)
    found: Ints = np.add(numbers[places], low, dtype=np.int64, casting="unsafe")
    return found


def constant(data: bytes) -> int | None:
    """Gives the number that a whole column is, None when it has several; raises ValueError as `unpack`."""
    width, low = _head(data)
    return low if width == 0 else None


def _head(data: bytes) -> tuple[int, int]:
    if len(data) < _HEAD.size:
        raise ValueError(f"{len(data)} bytes are no column")
    width, low = _HEAD.unpack_from(data)
    return width, low
