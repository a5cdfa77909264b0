"""The audit trail and the tables beside it as the database has them, for who proves one against the other.

Values come as the driver gives them, so that one whose type or spelling was changed differs; nothing is written.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import sqlalchemy as sa

from deskterm.core.domain.audit import Entry, micros, written
from deskterm.core.domain.erasure import digest, without
from deskterm.core.domain.words import CategoryKind, Outcome, Source, Status, WaitReason
from deskterm.core.store.tables import APPROVALS, AUDIT, COMMENTS, FACTS, META, TICKETS

REPLAY: Final = (FACTS.c.ticket_id, FACTS.c.version, FACTS.c.kind, FACTS.c.at, FACTS.c.actor_id, FACTS.c.data)
GUARDED: Final = (FACTS, COMMENTS, APPROVALS, AUDIT)
_NEEDED: Final = (META, TICKETS, *GUARDED)
_CODES: Final = (Status, WaitReason, Outcome, CategoryKind, Source)
Made = TypeVar("Made")
_AT_ONCE: Final = 2_000
_CHUNK: Final = 500
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}", re.ASCII)
"""How SQLite's instants are spelled; the same instant in another spelling is another text."""


class Reading:
    """A database whose trail is looked at, in one read."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.values = Values(connection)
        self._open: list[sa.CursorResult[Any]] = []

    def stream(self, columns: Sequence[sa.Column[Any]], order: Sequence[sa.Column[Any]]) -> Iterator[sa.Row[Any]]:
        """Gives every row of a table in an order, values as the driver has them, without holding them all."""
        options = {"stream_results": True, "max_row_buffer": _AT_ONCE}
        result = self.connection.execute(_raw(columns).order_by(*order), execution_options=options)
        self._open.append(result)
        for rows in result.partitions(_AT_ONCE):
            yield from rows

    def close(self) -> None:
        """Ends what was not read to its end."""
        for result in self._open:
            result.close()


def read(connection: sa.Connection, work: Callable[[Reading], Made]) -> Made:
    """Gives what `work` makes of the database.

    SQLite's driver gives up at a text that is no UTF-8. The work is done again then, and such texts come through to be
    compared, which costs everybody's texts some time.
    """
    try:
        with closing(Reading(connection)) as reading:
            return work(reading)
    except sa.exc.OperationalError as error:
        if "decode to UTF-8" not in str(error.orig):
            raise
    driver: Any = connection.connection.driver_connection
    before = driver.text_factory
    driver.text_factory = _text
    try:
        with closing(Reading(connection)) as reading:
            return work(reading)
    finally:
        driver.text_factory = before


def _text(value: bytes) -> str:
    return str(value, "utf-8", "surrogateescape")


def lacking(connection: sa.Connection) -> list[str]:
    """Gives the tables, and the columns, that a desk has and this database hasn't."""
    look = sa.inspect(connection)
    tables = set(look.get_table_names())
    gone = [table.name for table in _NEEDED if table.name not in tables]
    for table in _NEEDED:
        if table.name in tables:
            have = {column["name"] for column in look.get_columns(table.name)}
            gone += [f"{table.name}.{column.name}" for column in table.c if column.name not in have]
    return gone


def unguarded(connection: sa.Connection) -> list[str]:
    """Gives the append-only tables whose trigger against changes is gone or out of force."""
    if connection.dialect.name == "sqlite":
        found = connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        ends = ["_no_update", "_no_delete"]
    else:
        found = connection.execute(sa.text("SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')"))
        ends = ["_append_only"]
    have = {row[0] for row in found}
    return [table.name for table in GUARDED if any(f"{table.name}{end}" not in have for end in ends)]


def _raw(columns: Sequence[sa.Column[Any]]) -> sa.Select[Any]:
    plain: list[Any] = [sa.type_coerce(column, sa.types.NullType()).label(column.name) for column in columns]
    return sa.select(*plain)


def of_fact(connection: sa.Connection, table: sa.Table, ticket_id: object, version: object) -> sa.Row[Any] | None:
    """Gives the row of a ticket's version in one of the tables, None when there is none."""
    here = (table.c.ticket_id == ticket_id, table.c.version == version)
    return connection.execute(_raw(tuple(table.c)).where(*here).order_by(table.c.id).limit(1)).one_or_none()


def by_id(connection: sa.Connection, table: sa.Table, ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Gives rows by their id, values as the driver has them."""
    found = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), _CHUNK):
        query = _raw(tuple(table.c)).where(table.c.id.in_(wanted[start : start + _CHUNK]))
        found.update({row["id"]: dict(row) for row in connection.execute(query).mappings()})
    return found


def every(connection: sa.Connection, table: sa.Table) -> list[dict[str, Any]]:
    """Gives every row of a small table, values as the driver has them."""
    return [dict(row) for row in connection.execute(_raw(tuple(table.c))).mappings()]


def log_id(connection: sa.Connection) -> str | None:
    """Gives the log's id, None when the desk has lost it."""
    found = connection.scalars(_raw([META.c.log_id])).all()
    return str(found[0]) if len(found) == 1 and isinstance(found[0], str) else None


def hash_at(connection: sa.Connection, seq: int) -> str | None:
    """Gives the stored hash of an entry."""
    return connection.scalar(sa.select(AUDIT.c.hash).where(AUDIT.c.seq == seq).limit(1))


def entries_after(connection: sa.Connection, seq: int, limit: int) -> list[str]:
    """Gives the bodies of the first entries after one."""
    query = sa.select(AUDIT.c.body).where(AUDIT.c.seq > seq).order_by(AUDIT.c.seq).limit(limit)
    return list(connection.scalars(query))


def end(connection: sa.Connection) -> int:
    """Gives the number of the last entry, 0 for an empty log."""
    return connection.scalar(sa.select(sa.func.max(AUDIT.c.seq))) or 0


def version_of(connection: sa.Connection, ticket_id: int) -> int | None:
    """Gives the version that a ticket's row has, None when there is none to read."""
    found = connection.scalar(_raw([TICKETS.c.version]).where(TICKETS.c.id == ticket_id))
    return found if isinstance(found, int) else None


def last_entry(connection: sa.Connection, ticket_id: int) -> int | None:
    """Gives the number of a ticket's last entry."""
    found: int | None = connection.scalar(sa.select(sa.func.max(AUDIT.c.seq)).where(AUDIT.c.ticket_id == ticket_id))
    return found


class Values:
    """How this database spells what a fact or a ticket says."""

    def __init__(self, connection: sa.Connection) -> None:
        self._is_sqlite = connection.dialect.name == "sqlite"
        self._kept: dict[type, Callable[[Any], object]] = dict.fromkeys(_CODES, str)
        if self._is_sqlite:
            self._kept |= {bool: int, datetime: _as_text}

    def micros(self, value: object) -> int:
        """Gives a stored instant as microseconds; raises TypeError or ValueError where none is stored as it should."""
        return micros(self.instant(value))

    def instant(self, value: Any) -> datetime:  # noqa: ANN401 - whatever is stored
        """Gives a stored instant; raises TypeError or ValueError where none is stored as it should be."""
        if self._is_sqlite:
            if not _INSTANT.fullmatch(value):
                raise ValueError(f"{value!r} is no instant as it is stored")
            return datetime.fromisoformat(f"{value}+00:00")
        if not isinstance(value, datetime):
            raise TypeError(f"{value!r} is no instant")
        return value

    def data(self, value: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever is stored
        """Gives stored JSON that is an object; raises TypeError or ValueError where it is none or has a key twice."""
        found = _decode(value) if self._is_sqlite else value
        if not isinstance(found, dict):
            raise TypeError("not an object")
        return found

    def stored(self, values: Iterable[object]) -> tuple[object, ...]:
        """Gives what stands in columns that hold values."""
        kept = self._kept
        return tuple([kept[kind](value) if (kind := type(value)) in kept else value for value in values])

    def entry(
        self, log: str, seq: int, fact: Sequence[Any], data: Mapping[str, Any], text: str | None, texts: str | None
    ) -> Entry:
        """Gives the entry that a fact's row must have, `data` read from it, with its comment's text.

        `texts` stand beside the entry: then they are parted from it, and must be the row's.

        Raises:
            AttributeError, TypeError, ValueError: when the row's instant is none, or its texts are others.
        """
        _, ticket_id, version, at, actor_id, via, kind, before, after, _, origin = fact
        who, by = data.get("on_behalf_of"), data.get("by_id")
        said = data if text is None else {**data, "text": text}
        if texts is not None:
            said = without(said, _decode(texts))
        return Entry(
            log, seq, self.micros(at), "fact", ticket_id, version, actor_id, who, by, via, kind, before, after,
            written(said), origin, None if texts is None else digest(texts),
        )  # fmt: skip


def _as_text(instant: datetime) -> str:
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


_decode: Final = json.JSONDecoder(object_pairs_hook=_once).decode
