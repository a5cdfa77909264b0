"""Fields of measures: the different numbers in several."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from deskterm.core.domain.columns import distinct


@given(st.lists(st.lists(st.integers(0, 2**62), max_size=5), max_size=4))
def test_the_different_numbers_of_some_fields_are_in_order(fields: list[list[int]]) -> None:
    found = distinct([np.array(field, np.int64) for field in fields])
    assert found.tolist() == sorted({number for field in fields for number in field})
