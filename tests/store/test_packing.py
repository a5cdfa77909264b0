"""Columns as bytes: whatever numbers there are come back, in as few bytes as they need, and damage is noticed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.core.store.packing import constant, pack, unpack

WHOLE = st.integers(-(2**63), 2**63 - 1)
NEAR = st.integers(0, 2**33).flatmap(lambda span: st.lists(st.integers(10**9, 10**9 + span)))


@given(st.lists(WHOLE) | NEAR | st.lists(st.just(7)))
def test_every_column_comes_back(numbers: list[int]) -> None:
    values = np.array(numbers, np.int64)
    packed = pack(values)
    into = np.empty_like(values)
    unpack(packed, into)
    assert into.tolist() == numbers
    assert constant(packed) == (None if len(set(numbers)) > 1 else numbers[0] if numbers else 0)


@pytest.mark.parametrize(
    ("span", "size"), [(0, 9), (255, 9 + 3), (256, 9 + 6), (65_535, 9 + 6), (65_536, 9 + 12), (2**32, 9 + 24)]
)
def test_a_number_takes_the_bytes_that_the_widest_of_its_column_needs(span: int, size: int) -> None:
    assert len(pack(np.array([10**12, 10**12 + span, 10**12], np.int64))) == size


@pytest.mark.parametrize("damage", [b"", b"\1", b"\3" + bytes(11), pack(np.arange(4)), pack(np.arange(3)) + b"\0"])
def test_bytes_that_are_no_such_column_are_refused(damage: bytes) -> None:
    with pytest.raises(ValueError, match="no column"):
        unpack(damage, np.empty(3, np.int64))
