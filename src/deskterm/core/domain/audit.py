"""The audit trail's entries: how each is spelled and hashed. docs/audit.md has the format with test vectors.

The trail is tamper-evident: the hash of every entry covers the one before it, so that a change shows; with heads
kept outside the database, a trail that was rebuilt, cut off or rolled back shows too.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from types import NoneType
from typing import Final, NamedTuple

from deskterm.core.domain.wire import packed, unpacked

TAG: Final = "deskterm-audit-v1"
START: Final = "0" * 64
"""What stands for the hash before the first entry."""

_KINDS: Final[tuple[type | tuple[type, ...], ...]] = (
    str, int, int, str, (int, NoneType), (int, NoneType), (int, NoneType), (int, NoneType), (int, NoneType), str, str,
    (str, NoneType), (str, NoneType), str, (str, NoneType), str,
)  # fmt: skip
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Entry(NamedTuple):
    """One thing that was written; the order of its fields is the format's.

    `log` begins the log's id; `at_us` is microseconds since 1970 UTC. `kind` is `fact` for what happened to a
    ticket, else what was changed: `person`, `post`, `delegation`, `profile`, `department`, `category`, `view`, `macro`,
    `desk`. `data` is JSON as it was written; `texts` is the hash of those that stand beside it (`erasure.parted`), None
    where none do: then it is no part of the body.
    """

    log: str
    seq: int
    at_us: int
    kind: str
    ticket_id: int | None
    version: int | None
    actor_id: int | None
    on_behalf_of: int | None
    by_id: int | None
    via: str
    what: str
    from_status: str | None
    to_status: str | None
    data: str
    origin: str | None
    texts: str | None = None


class Written(NamedTuple):
    """An entry as it is stored."""

    seq: int
    ticket_id: int | None
    body: str
    hash: str
    texts: str | None = None


class Head(NamedTuple):
    """The end of a log: how many entries it has, and the hash of the last one."""

    size: int
    hash: str


def spelled(entry: Entry) -> str:
    """Gives the body of an entry."""
    return packed(entry if entry.texts is not None else entry[:-1])


def read_entry(body: str) -> Entry:
    """Gives the entry that a body spells.

    Raises:
        ValueError: when it spells none.
    """
    fields = unpacked(body)
    if len(fields) not in {len(_KINDS), len(_KINDS) - 1}:
        raise ValueError(f"{len(fields)} fields where an entry has {len(_KINDS) - 1} or {len(_KINDS)}")
    if any(not isinstance(value, kinds) for value, kinds in zip(fields, _KINDS, strict=False)):
        raise ValueError("a field is of another type than it has in an entry")
    return Entry(*fields)  # type: ignore[arg-type] # each is of its kind


def hashed(log_id: str, before: str, body: str) -> str:
    """Gives the hash, in hex, of an entry's body after the entry whose hash is `before`."""
    return linked(log_id, before, body_hash(body))


def body_hash(body: str) -> str:
    """Gives the SHA-256, in hex, of an entry's body: what the entry's own hash covers."""
    return sha256(body.encode()).hexdigest()


def linked(log_id: str, before: str, body_hash: str) -> str:
    """Gives the hash of an entry from the hash of its body alone: a chain can be followed past what may not be read."""
    # spelled as `packed` does: hex digits need no encoding to be counted, and this runs once an entry
    digits = f"t{len(before)}:{before}t{len(body_hash)}:{body_hash}"
    return sha256(f"{_begun(log_id)}{digits}".encode()).hexdigest()


@cache
def _begun(log_id: str) -> str:
    return packed((TAG, log_id))


def chained(log_id: str, head: Head, entries: Iterable[tuple[Entry, str | None]]) -> list[Written]:
    """Gives entries, with the texts beside them, as they follow `head`: each with number, log, body and hash."""
    made = []
    size, last = head
    for given, texts in entries:
        size += 1
        body = spelled(given._replace(log=log_id[:8], seq=size))
        last = hashed(log_id, last, body)
        made.append(Written(size, given.ticket_id, body, last, texts))
    return made


def written(data: Mapping[str, object]) -> str:
    """Gives data as the JSON that an entry keeps: what is hashed is this very text."""
    return _encode(data)


_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=str).encode


def micros(instant: datetime) -> int:
    """Gives an instant as microseconds since 1970 UTC."""
    return (instant - _EPOCH) // _MICROSECOND


def instant(at_us: int) -> datetime:
    """Gives the instant that `micros` counted."""
    return _EPOCH + timedelta(microseconds=at_us)
