"""Opening a database: one code path for an SQLite file and a Postgres server, two engines for each.

SQLAlchemy's defaults let two people claim one ticket, and its documented BEGIN recipe starves. So on SQLite writers
say BEGIN IMMEDIATE behind an flock on a side file, which makes waiting fair, with synchronous=FULL, which keeps an
acknowledged change through a power cut; readers have an engine of their own that can't write. Nothing here ever
opens the database file itself: closing it would drop SQLite's locks.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, OperationalError

from deskterm.core.domain.errors import InvalidInput, StoreUnavailable

__all__ = ["Connection", "Store"]

_WRITE_PRAGMAS: Final = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000")
_DRIVERS: Final = frozenset({"sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg"})
_READ_PRAGMAS: Final = ("busy_timeout=30000", "query_only=ON")
_SECRETS: Final = ("password", "sslpassword")


class Store:
    """A database that is open: short reads and short writes, each a transaction of its own."""

    def __init__(self, url: str) -> None:
        """Opens `url`, such as `sqlite:///desk.db` or `postgresql://host/desk`; connects when first used.

        Raises:
            InvalidInput: when it is no URL of these two kinds.
        """
        self.url = _parsed(url)
        self.is_sqlite: Final = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._write, self._read = (
                _sqlite(self.url, "BEGIN IMMEDIATE", _WRITE_PRAGMAS),
                _sqlite(self.url, "BEGIN", _READ_PRAGMAS),
            )
        else:
            self._write = sa.create_engine(self.url, isolation_level="READ COMMITTED")
            self._read = sa.create_engine(self.url, isolation_level="REPEATABLE READ")

    @property
    def name(self) -> str:
        """The database as it may be shown: without its password, wherever in the URL that stands."""
        return self.url.difference_update_query(_SECRETS).render_as_string(hide_password=True)

    @property
    def path(self) -> Path | None:
        """The SQLite file, None on a server."""
        return Path(str(self.url.database)) if self.is_sqlite else None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Gives a connection that sees one moment and can't write.

        Raises:
            StoreUnavailable: when the database is out of reach.
        """
        if self.path is not None and not self.path.exists():
            raise StoreUnavailable(
                f"there is no desk at {self.name}: make one with `deskterm init`, or try `deskterm demo`"
            )
        with self._reached(), self._read.connect() as connection:
            if not self.is_sqlite:
                connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Gives a connection whose changes are kept when the block ends well, and undone when it raises.

        Raises:
            StoreUnavailable: when the database is out of reach.
        """
        with self._reached(), self._gate(), self._write.begin() as connection:
            yield connection

    @property
    def writer(self) -> sa.Engine:
        """The engine of writers, for migrations."""
        return self._write

    def close(self) -> None:
        """Closes every connection."""
        self._read.dispose()
        self._write.dispose()

    @contextmanager
    def _gate(self) -> Iterator[None]:
        if self.path is None:
            yield
            return
        descriptor = os.open(f"{self.path}.gate", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            if type(error) not in {DatabaseError, OperationalError}:  # the bare one: the file is no database
                raise
            raise StoreUnavailable(f"the database {self.name} is out of reach: {_reason(error)}") from error
        except OSError as error:
            raise StoreUnavailable(f"the database {self.name} is out of reach: {error.strerror}") from error


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        shown = url.rpartition("@")[2]  # before it may stand a password
        raise InvalidInput(
            f"{shown!r} is no database URL: write sqlite:///path/desk.db or postgresql://host/desk"
        ) from None
    backend = parsed.get_backend_name()
    nowhere = backend == "sqlite" and parsed.database in {None, "", ":memory:"}
    if parsed.drivername not in _DRIVERS or nowhere:
        raise InvalidInput(
            f"{parsed.drivername} can't keep a desk: write sqlite:///path/desk.db or postgresql://host/desk"
        )
    return parsed


def _sqlite(url: URL, begin: str, pragmas: tuple[str, ...]) -> sa.Engine:
    engine = sa.create_engine(url)

    def connected(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver decides its type
        connection.isolation_level = None  # the driver must not begin transactions by itself
        connection.create_function("lower", 1, _lower, deterministic=True)  # SQLite's own knows ASCII only
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    sa.event.listen(engine, "connect", connected)
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _lower(text: object) -> object:
    return text.lower() if isinstance(text, str) else text


def _reason(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0] if error.orig else "no answer"
