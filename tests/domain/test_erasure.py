"""Texts beside an entry: what is parted is put together again, and what is left says nothing of them."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.core.domain.audit import Entry, micros, read_entry, spelled, written
from deskterm.core.domain.erasure import erased, parted, whole, without, without_erased
from deskterm.core.domain.facts import CHAINED
from deskterm.core.domain.words import FactKind

SALT = "000102030405060708090a0b0c0d0e0f"
TEXTS = ("title", "description", "text", "cause", "fix", "question")
DATA = st.dictionaries(
    st.sampled_from([*TEXTS, "status", "priority", "assignee_id"]), st.none() | st.text() | st.integers(0, 9)
)
KINDS = st.sampled_from([*(("fact", kind.value) for kind in FactKind), ("person", "added"), ("post", "given")])


def entry(kind: str, what: str, data: dict[str, object]) -> Entry:
    at = micros(datetime(2026, 9, 28, tzinfo=UTC))
    return Entry(
        "01234567", 1, at, kind, None, None, None, None, None, "cli", what, None, None, written(data), None
    )  # fmt: skip


@given(KINDS, DATA)
def test_parted_and_put_together_an_entry_is_what_it_was(kind: tuple[str, str], data: dict[str, object]) -> None:
    was = entry(*kind, data)
    left, texts = parted(was, SALT)
    assert whole(read_entry(spelled(left)), texts) == was
    assert (texts is None) == (spelled(left) == spelled(was))


@given(st.sampled_from(sorted({*FactKind} - CHAINED - {FactKind.ATTEMPTED})), DATA)
def test_what_is_left_of_a_fact_is_the_same_whatever_its_texts_were(kind: str, data: dict[str, object]) -> None:
    left, texts = parted(entry("fact", kind, data), SALT)
    assert not any(json.loads(left.data).get(name) for name in TEXTS)
    if texts is not None:
        assert without(data, json.loads(texts)) == json.loads(left.data)
    assert without_erased(erased(data)) == json.loads(left.data)


@given(st.sampled_from(sorted({*CHAINED, FactKind.ATTEMPTED})), DATA)
def test_what_a_chain_is_made_of_keeps_its_texts(kind: str, data: dict[str, object]) -> None:
    was = entry("fact", kind, data)
    assert parted(was, SALT) == (was, None)


def test_texts_that_are_missing_or_others_are_refused() -> None:
    left, texts = parted(entry("fact", "noted", {"text": "toner"}), SALT)
    for other in (None, "", texts and texts.replace("toner", "paper")):
        with pytest.raises(ValueError, match="texts of entry 1"):
            whole(left, other)
    with pytest.raises(ValueError, match="others"):
        whole(entry("fact", "noted", {}), texts)
