"""Attachments: what a file is called, how its size reads, which of several is meant."""

import json
from datetime import UTC, datetime

import pytest

from deskterm.core.domain.attachments import Attached, Content, check, chosen, counted, digest, is_digest, named, sized
from deskterm.core.domain.errors import InvalidInput, NotFound
from deskterm.core.domain.facts import Fact, from_data, to_data
from deskterm.core.domain.words import CommentKind, FactKind

OLD, NEW, LOG = Attached("a.pdf", 3, "a" * 64), Attached("a.pdf", 4, "b" * 64), Attached("log", 5, "c" * 64)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/home/ife/a b.pdf", "a b.pdf"),
        ("folder/", "folder"),
        ("/", "file"),
        ("..", "file"),
        ("\x1b]0;owned\x07", "␛]0;owned␇"),
        ("exe\u202efdp.sh", "exe<U+202E>fdp.sh"),
        ("two\nlines", "two lines"),
        ("undecodable\udcff", "undecodable<U+DCFF>"),
        (f"{'x' * 300}.pdf", f"{'x' * 60}…{'x' * 55}.pdf"),
    ],
)
def test_a_file_is_called_by_what_can_be_seen_of_its_name(path: str, name: str) -> None:
    assert named(path) == name


def test_sizes_read_in_the_unit_that_fits() -> None:
    assert [sized(n) for n in (1, 999, 1_000, 999_999, 1_234_567)] == ["1 B", "999 B", "1 KB", "999 KB", "1.2 MB"]
    assert (counted([]), counted([5]), counted([200_000, 1_000_000])) == ("", "1 file, 5 B", "2 files, 1.2 MB")


def test_a_hash_is_64_digits_and_nothing_else() -> None:
    assert is_digest(digest(b"x"))
    assert not any(map(is_digest, ("", "../" * 21 + "x", "A" * 64, "a" * 63, "a" * 64 + "\n")))


def test_one_of_several_is_named_by_name_or_hash() -> None:
    assert chosen([OLD, LOG, LOG], "log") == LOG
    assert chosen([OLD, NEW, LOG], "bbbbbbbb") == NEW
    with pytest.raises(InvalidInput, match="aaaaaaaa, bbbbbbbb"):
        chosen([OLD, NEW], "a.pdf")
    for name in ("ccccccc", "dddddddd", ""):
        with pytest.raises(NotFound):
            chosen([OLD, LOG], name)


def test_files_that_can_be_attached_are_few_and_small_and_not_empty() -> None:
    check([Content("a", b"1234567890")] * 20, 10)
    for wrong in ([Content("a", b"1")] * 21, [Content("a", b"")], [Content("a", b"12345678901")]):
        with pytest.raises(InvalidInput):
            check(wrong, 10)


def test_a_fact_keeps_its_files_through_json() -> None:
    at = datetime(2026, 9, 28, 8, 0, tzinfo=UTC)
    fact = Fact(kind=FactKind.NOTED, at=at, actor_id=1, comment=CommentKind.NOTE, files=(OLD, LOG))
    assert from_data(fact.kind, at, 1, json.loads(json.dumps(to_data(fact)))) == fact
