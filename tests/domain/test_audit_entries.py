"""Entries and heads: how they are spelled, chained and read, and that docs/audit.md tells the truth about it."""

import re
from base64 import b64decode
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from deskterm.core.domain.audit import START, Entry, Head, chained, hashed, instant, micros, read_entry, spelled
from deskterm.core.domain.erasure import parted, whole
from deskterm.core.domain.heads import read_heads
from deskterm.core.domain.wire import packed

PAGE = (Path(__file__).parents[2] / "docs" / "audit.md").read_text("utf-8")
ENTRY = Entry(
    log="", seq=0, at_us=1_790_582_400_000_000, kind="fact", ticket_id=7, version=2, actor_id=3, on_behalf_of=None,
    by_id=None, via="cli", what="noted", from_status="new", to_status="new", data='{"comment":"note"}', origin=None,
)  # fmt: skip
LOG = "0123456789abcdef0123456789abcdef"


def test_the_page_has_vectors_that_hold() -> None:
    log_id = found(r"log id `([0-9a-f]{32})`")
    vectors = re.findall(
        r"^entry (\d+), body:\n\n```\n(.*?)\n```\n\nhash `([0-9a-f]{64})`", PAGE, re.MULTILINE | re.DOTALL
    )
    assert len(vectors) >= 3
    last = START
    for number, (seq, body, expected) in enumerate(vectors, 1):
        assert (int(seq), read_entry(body).seq) == (number, number)
        assert read_entry(body).log == log_id[:8]
        # by the page's own words, and by the program
        inner = sha256(body.encode()).hexdigest()
        text = f"t17:deskterm-audit-v1t32:{log_id}t64:{last}t64:{inner}"
        assert sha256(text.encode()).hexdigest() == expected == hashed(log_id, last, body)
        last = expected


def test_the_page_has_a_head_that_holds() -> None:
    (head,) = read_heads([found(r"(deskterm-head-v1 .*)")])
    key = Ed25519PublicKey.from_public_bytes(b64decode(head.key))
    key.verify(b64decode(head.signature), head.message)
    entries = re.findall(r"^hash `([0-9a-f]{64})`", PAGE, re.MULTILINE)
    assert head.head == Head(len(entries), entries[-1])


def test_the_page_names_every_field() -> None:
    rows = re.findall(r"^\| \d+ \| `(\w+)` \|", PAGE, re.MULTILINE)
    assert tuple(rows) == Entry._fields


def test_the_page_has_texts_that_are_their_entrys() -> None:
    texts, body = re.findall(r"^```\n((?:{|t8:).*?)\n```\n\n(?:and, with|The head)", PAGE, re.MULTILINE)
    assert whole(read_entry(body), texts).data == '{"comment":"note","text":"toner"}'
    assert parted(whole(read_entry(body), texts), "000102030405060708090a0b0c0d0e0f") == (read_entry(body), texts)


def found(pattern: str) -> str:
    match = re.search(pattern, PAGE)
    assert match is not None, pattern
    return match[1]


def test_an_entry_is_read_back() -> None:
    assert read_entry(spelled(ENTRY)) == ENTRY


@pytest.mark.parametrize(
    "change",
    [{"seq": "1"}, {"ticket_id": "7"}, {"via": 1}, {"data": None}, {"origin": 1}, {"kind": None}, {"at_us": None}],
)
def test_a_field_of_another_type_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="another type"):
        read_entry(packed(ENTRY._replace(**change)))  # type: ignore[arg-type]


@pytest.mark.parametrize("fields", [ENTRY[:-2], (*ENTRY, None), ()])
def test_another_number_of_fields_is_refused(fields: tuple[str | int | None, ...]) -> None:
    with pytest.raises(ValueError, match="fields where an entry has 15"):
        read_entry(packed(fields))


def test_every_hash_covers_the_one_before_and_the_log() -> None:
    written = chained(LOG, Head(0, START), [(ENTRY, None)] * 3)
    assert [one.seq for one in written] == [1, 2, 3]
    assert [read_entry(one.body).log for one in written] == [LOG[:8]] * 3
    assert written[2].hash == hashed(LOG, written[1].hash, written[2].body)
    other = chained("f" * 32, Head(0, START), [(ENTRY, None)] * 3)
    assert not {one.hash for one in written} & {one.hash for one in other}
    later = chained(LOG, Head(1, written[0].hash), [(ENTRY, None)] * 2)
    assert later == written[1:]


def test_nothing_and_an_empty_text_are_hashed_apart() -> None:
    nothing, empty = (spelled(ENTRY._replace(origin=origin)) for origin in (None, ""))
    assert hashed(LOG, START, nothing) != hashed(LOG, START, empty)


@given(st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31)))  # noqa: DTZ001 - made aware below
def test_an_instant_is_read_back_to_the_microsecond(at: datetime) -> None:
    aware = at.replace(tzinfo=UTC)
    assert instant(micros(aware)) == aware
