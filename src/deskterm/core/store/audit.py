"""The audit trail in the database: entries are appended in the transaction of what they tell of, and read in order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from secrets import token_hex
from typing import Any, Final

import sqlalchemy as sa

from deskterm.core.domain.audit import START, Entry, Head, Written, chained, micros, written
from deskterm.core.domain.erasure import parted
from deskterm.core.domain.words import Via
from deskterm.core.store import bulk
from deskterm.core.store.engine import in_the_end
from deskterm.core.store.tables import AUDIT, META

_SALT: Final = 16
_LOCK: Final = 0x6465736B
"""The advisory lock that orders writers on Postgres; on SQLite writers are in order anyway."""
CHANNEL: Final = "deskterm"
"""Where Postgres tells who listens that entries were written."""
_SLICE: Final = 2_000
COLUMNS: Final = tuple(AUDIT.c[name] for name in Written._fields)
"""What an entry is read as, in the order of `Written`."""


def lock(connection: sa.Connection) -> None:
    """Puts this transaction in line among those that write entries, until it ends; on SQLite it is anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def append(connection: sa.Connection, entries: Sequence[Entry]) -> None:
    """Has entries written behind the last one when the transaction ends, all of a transaction at once.

    The lock that it takes is held until the commit: who waits for a row while others wait for the lock would never
    get it. So it is the last thing that a transaction does.

    Raises:
        RuntimeError: when the connection is not one of `Store.write`.
    """
    if entries:
        in_the_end(connection, _write).extend(entries)


def _write(connection: sa.Connection, entries: Sequence[Entry]) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK), sa.func.pg_notify(CHANNEL, "")))
    latest = sa.select(AUDIT.c.seq, AUDIT.c.hash).order_by(AUDIT.c.seq.desc()).limit(1).subquery()
    query = sa.select(META.c.log_id, latest.c.seq, latest.c.hash).select_from(META.outerjoin(latest, sa.true()))
    log_id, size, last = connection.execute(query).one()
    made = chained(log_id, Head(size or 0, last or START), (parted(entry, token_hex(_SALT)) for entry in entries))
    bulk.write(connection, AUDIT, [one._asdict() for one in made])


def fact_entries(rows: Iterable[Mapping[str, Any]], texts: Mapping[tuple[int, int], str]) -> list[Entry]:
    """Gives the entries of fact rows; `texts` are the comments', by ticket and version."""
    return [fact_entry(row, texts.get((row["ticket_id"], row["version"]))) for row in rows]


def fact_entry(row: Mapping[str, Any], text: str | None) -> Entry:
    """Gives the entry of one fact row; `text` is its comment's, which the fact itself doesn't keep."""
    data = row["data"] if text is None else {**row["data"], "text": text}
    return Entry(
        log="",
        seq=0,
        at_us=micros(row["at"]),
        kind="fact",
        ticket_id=row["ticket_id"],
        version=row["version"],
        actor_id=row["actor_id"],
        on_behalf_of=row["data"].get("on_behalf_of"),
        by_id=row["data"].get("by_id"),
        via=str(row["via"]),
        what=str(row["kind"]),
        from_status=None if row["from_status"] is None else str(row["from_status"]),
        to_status=str(row["to_status"]),
        data=written(data),
        origin=row["origin"],
    )


def change(
    kind: str,
    what: str,
    data: Mapping[str, object],
    *,
    at: datetime,
    actor_id: int | None,
    via: Via,
    by_id: int | None = None,
) -> Entry:
    """Gives the entry of a change of something other than a ticket: `kind` says of what, `what` what was done."""
    return Entry(
        log="", seq=0, at_us=micros(at), kind=kind, ticket_id=None, version=None, actor_id=actor_id,
        on_behalf_of=None, by_id=by_id, via=str(via), what=what, from_status=None, to_status=None,
        data=written(data), origin=None,
    )  # fmt: skip


def head(connection: sa.Connection) -> tuple[str, Head]:
    """Gives the log's id and its end."""
    log_id = connection.scalars(sa.select(META.c.log_id)).one()
    row = connection.execute(sa.select(AUDIT.c.seq, AUDIT.c.hash).order_by(AUDIT.c.seq.desc()).limit(1)).one_or_none()
    return log_id, Head(*row) if row else Head(0, START)


def of_ticket(connection: sa.Connection, ticket_id: int) -> list[Written]:
    """Gives the entries of a ticket in their order."""
    rows = connection.execute(sa.select(*COLUMNS).where(AUDIT.c.ticket_id == ticket_id).order_by(AUDIT.c.seq))
    return [Written(*row) for row in rows]


def of_no_ticket(connection: sa.Connection, *, before: int) -> list[Written]:
    """Gives the entries before one of them that are of no ticket, in their order: what was done to people and posts."""
    query = sa.select(*COLUMNS).where(AUDIT.c.ticket_id.is_(None), AUDIT.c.seq < before).order_by(AUDIT.c.seq)
    return [Written(*row) for row in connection.execute(query)]


def walk(connection: sa.Connection, *, after: int = 0) -> Iterator[Written]:
    """Gives entries in the order of their numbers, after one of them, a slice at a time."""
    while True:
        query = sa.select(*COLUMNS).where(AUDIT.c.seq > after).order_by(AUDIT.c.seq).limit(_SLICE)
        rows = connection.execute(query).all()
        yield from (Written(*row) for row in rows)
        if len(rows) < _SLICE:
            return
        after = rows[-1][0]
