"""Fields are spelled in one way only: what was packed is read back, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.core.domain.wire import Field, packed, unpacked

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
FIELDS = st.lists(st.one_of(TEXTS, st.integers(), st.none()), max_size=8)


@given(FIELDS)
def test_what_was_packed_is_read_back(fields: list[Field]) -> None:
    assert unpacked(packed(fields)) == fields


@given(FIELDS, FIELDS)
def test_two_lists_never_have_one_spelling(one: list[Field], other: list[Field]) -> None:
    assert (packed(one) == packed(other)) == (one == other)


@given(TEXTS)
def test_a_text_that_was_not_packed_is_refused(text: str) -> None:
    try:
        fields = unpacked(text)
    except ValueError:
        return
    assert packed(fields) == text


@given(FIELDS.filter(bool), st.data())
def test_a_spelling_with_a_letter_changed_is_refused_or_says_something_else(
    fields: list[Field], data: st.DataObject
) -> None:
    text = packed(fields)
    at = data.draw(st.integers(0, len(text) - 1))
    other = text[:at] + data.draw(st.characters(exclude_categories=["Cs"])) + text[at + 1 :]
    try:
        found = unpacked(other)
    except ValueError:
        return
    assert (found == fields) == (other == text)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ([], ""),
        (["toner", 42, None], "t5:toneri2:42n0:"),
        (["", -7], "t0:i2:-7"),
        (["é"], "t2:é"),
        (["e\u0301"], "t3:e\u0301"),
        (["t5:toner", "5"], "t8:t5:tonert1:5"),
        (["a\x00b"], "t3:a\x00b"),
    ],
)
def test_how_fields_are_spelled(fields: list[Field], text: str) -> None:
    assert packed(fields) == text


@pytest.mark.parametrize(
    "text",
    [
        "x1:a", "t2:a", "t1:ab", "t-4:", "t+1:a", "t 1:a", "t1_0:aaaaaaaaaa", "t01:a", "i2:07", "i2:+7", "i0:", "i1:a",
        "n1:a", "n00:", "t:", "t1", ":", "1:a", "T1:a", "t1:\xe9", "t\u0661:a", "i1:\u0661", f"t{'9' * 5_000}:a",
        "t1:\ud800",
    ],
)  # fmt: skip
def test_no_other_spelling_is_read(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        unpacked(text)


@pytest.mark.parametrize("field", [True, 1.0, b"1", ["1"]])
def test_what_is_no_field_is_refused(field: object) -> None:
    with pytest.raises(TypeError, match="is no type of a field"):
        packed([field])  # type: ignore[list-item]
