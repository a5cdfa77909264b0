"""Who has a ticket open, beside the desk: on Postgres an unlogged table, on SQLite a file of its own.

Thirty people who say so three times a minute would make a commit every second, each with a wait for the disk behind
the one gate of all writers, and each would wake every terminal that watches the desk. So the file beside the desk
doesn't wait for the disk (WAL with synchronous=NORMAL stays whole all the same), and who watches the trail hears
nothing of it.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlmodel import Field, SQLModel

from deskterm.core.domain.presence import LASTS
from deskterm.core.store.engine import Connection, Store
from deskterm.core.store.tables import table

CHANNEL: Final = "deskterm_presence"
_BESIDE: Final = ".presence"
_MOST: Final = 2**31
_PRAGMAS: Final = ("busy_timeout=2000", "journal_mode=WAL", "synchronous=NORMAL")


class Beside(SQLModel):
    """What stands beside the desk, in a catalogue of its own."""

    metadata: ClassVar[sa.MetaData] = sa.MetaData()


class PresenceRow(Beside, table=True):
    """That somebody has a ticket open; who said nothing since `LASTS` is gone."""

    __tablename__ = "help_desk_presence"
    ticket_id: int = Field(primary_key=True, sa_type=sa.BigInteger, sa_column_kwargs={"autoincrement": False})
    person_id: int = Field(primary_key=True, sa_type=sa.BigInteger, sa_column_kwargs={"autoincrement": False})
    since: datetime
    seen_at: datetime
    is_replying: bool


PRESENCE: Final = table(PresenceRow)


class Seen(NamedTuple):
    """A person who has a ticket open, and since when."""

    person_id: int
    since: datetime
    is_replying: bool


def beat(store: Store, ticket_id: int, person_id: int, now: datetime, *, is_replying: bool) -> None:
    """Notes that somebody has a ticket open; who hears of it hears only what is new."""
    here = _of(ticket_id, person_id)
    with _beside(store, makes=True) as connection:
        if connection is None:
            return
        connection.execute(sa.delete(PRESENCE).where(PRESENCE.c.seen_at <= now - LASTS))
        before = connection.scalar(sa.select(PRESENCE.c.is_replying).where(here))
        insert = sqlite.insert if store.is_sqlite else postgresql.insert
        row = {"ticket_id": ticket_id, "person_id": person_id, "since": now, "seen_at": now}
        put = insert(PRESENCE).values(**row, is_replying=is_replying)
        again = {"seen_at": now, "is_replying": is_replying}
        connection.execute(put.on_conflict_do_update(index_elements=["ticket_id", "person_id"], set_=again))
        if before is not is_replying:
            _notify(store, connection)


def left(store: Store, ticket_id: int, person_id: int) -> None:
    """Notes that somebody has a ticket open no longer."""
    with _beside(store, makes=False) as connection:
        if connection is not None:
            connection.execute(sa.delete(PRESENCE).where(_of(ticket_id, person_id)))
            _notify(store, connection)


def there(store: Store, ticket_id: int, now: datetime) -> list[Seen]:
    """Gives who has a ticket open, who came first first."""
    query = sa.select(PRESENCE.c.person_id, PRESENCE.c.since, PRESENCE.c.is_replying)
    query = query.where(PRESENCE.c.ticket_id == ticket_id, PRESENCE.c.seen_at > now - LASTS)
    with _beside(store, makes=False) as connection:
        rows = connection.execute(query.order_by(PRESENCE.c.since, PRESENCE.c.person_id)) if connection else ()
        return [Seen(*row) for row in rows]


def watched(desk: Path) -> sqlite3.Connection | None:
    """Gives a connection to the file beside a desk's own for who watches it, None where there is none yet."""
    file = _file(desk)
    return sqlite3.connect(file, isolation_level=None, check_same_thread=False) if file.exists() else None


def version(watched: sqlite3.Connection) -> int:
    """Gives a number that is another one when somebody came, left, or began to reply; to say so again changes nothing.

    Two who come at the very same time may count as one: they are seen with the next beat at the latest.
    """
    return int(watched.execute("PRAGMA user_version").fetchone()[0])


def _file(desk: Path) -> Path:
    return desk.with_name(desk.name + _BESIDE)


def _of(ticket_id: int, person_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(PRESENCE.c.ticket_id == ticket_id, PRESENCE.c.person_id == person_id)


@contextmanager
def _beside(store: Store, *, makes: bool) -> Iterator[Connection | None]:
    """Gives a connection on which every statement is its own transaction, None where nobody was ever noted.

    Raises:
        StoreUnavailable: when what stands beside the desk is out of reach.
    """
    with store.reached():
        if store.path is None:
            engine = store.writer if makes else store.reader
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                yield connection
            return
        file = _file(store.path)
        if makes:
            _make(file, like=store.path)
        elif not file.exists():
            yield None
            return
        with _connected(file) as connection:
            if makes:
                connection.execute(sa.schema.CreateTable(PRESENCE, if_not_exists=True))
            yield connection


@contextmanager
def _connected(file: Path) -> Iterator[Connection]:
    with _engine(file).connect() as connection:
        for pragma in _PRAGMAS:
            connection.exec_driver_sql(f"PRAGMA {pragma}")
        yield connection


@lru_cache(4)
def _engine(file: Path) -> sa.Engine:
    """Gives what knows the statements for a file; it keeps no connection."""
    url = URL.create("sqlite", database=str(file))
    return sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)


def _make(path: Path, *, like: Path) -> None:
    """Makes the file with the desk's own mode, as SQLite does its side files: a umask would lock others out."""
    if not path.exists():
        with suppress(FileExistsError):
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            os.fchmod(descriptor, like.stat().st_mode & 0o666)
            os.close(descriptor)


def _notify(store: Store, connection: Connection) -> None:
    if not store.is_sqlite:
        connection.execute(sa.select(sa.func.pg_notify(CHANNEL, "")))
        return
    before = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    connection.exec_driver_sql(f"PRAGMA user_version = {(before + 1) % _MOST}")
