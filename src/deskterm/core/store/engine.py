"""Opening a database: one code path for an SQLite file and a Postgres server, two engines for each.

SQLAlchemy's defaults let two people claim one ticket, and its documented BEGIN recipe starves. So on SQLite writers
say BEGIN IMMEDIATE behind an flock on a side file, which makes waiting fair, with synchronous=FULL, which keeps an
acknowledged change through a power cut; readers have an engine of their own that can't write. Nothing here ever
opens the database file itself: closing it would drop SQLite's locks.
"""

import fcntl
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.engine.interfaces import IsolationLevel
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from deskterm.core.domain.errors import ChangedElsewhere, InvalidInput, NotAllowed, StoreUnavailable

__all__ = [
    "NO_PRIVILEGE",
    "Collided",
    "Connection",
    "Store",
    "code_of",
    "in_the_end",
    "on_postgres",
    "on_sqlite",
]

_WRITE_PRAGMAS: Final = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000")
_PATIENCE: Final = 30
_SHARED: Final = 0o660
_GATE: Final = ".gate"
_OUTAGES: Final = frozenset({"08", "25", "53", "57"})
NO_PRIVILEGE: Final = "42501"
"""Postgres's code for what somebody has no right to."""
_COLLISIONS: Final = frozenset({"40001", "40P01"})
"""A serialization failure and a deadlock: done again, it works."""
_DRIVERS: Final = frozenset({"sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg"})
_READ_PRAGMAS: Final = ("busy_timeout=30000", "query_only=ON")
_SECRETS: Final = ("password", "sslpassword")
_ENDING: Final = "deskterm.ending"


class Collided(ChangedElsewhere):
    """Two wrote to the same rows at once, and the database undid this one: nothing of it is kept."""


def in_the_end(connection: Connection, work: Callable[[Connection, list[Any]], None]) -> list[Any]:
    """Gives a list of the transaction's own; `work` is done with what is in it, once, right before the commit.

    Raises:
        RuntimeError: when the connection is not one of `Store.write`, so that nothing would come of it.
    """
    endings = connection.info.get(_ENDING)
    if endings is None:
        raise RuntimeError("what has to be done in the end needs a connection of Store.write()")
    found: list[Any] = endings.setdefault(work, [])
    return found


class Store:
    """A database that is open: short reads and short writes, each a transaction of its own."""

    as_of: datetime | None = None
    """The instant whose desk it shows, None for now; `as_of_said` is that in words."""
    as_of_said: str = ""

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        """Opens `url`, such as `sqlite:///desk.db` or `postgresql://host/desk`; connects when first used.

        A store that is `read_only` refuses every change.

        Raises:
            InvalidInput: when it is no URL of these two kinds.
        """
        self.url = _parsed(url)
        self.is_read_only: Final = read_only
        self.is_sqlite: Final = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._write, self._read = (
                on_sqlite(self.url, "BEGIN IMMEDIATE", _WRITE_PRAGMAS),
                on_sqlite(self.url, "BEGIN", _READ_PRAGMAS),
            )
        else:
            self._write = on_postgres(self.url, "READ COMMITTED")
            self._read = on_postgres(self.url)

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
        with self.reached():
            self._check_there()
        with self.reached(), self._read.connect() as connection:
            if not self.is_sqlite:
                connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            yield connection

    def _check_there(self) -> None:
        """Passes unless the file is missing, which connecting would make; raises StoreUnavailable."""
        if self.path is not None and not self.path.exists():
            hint = "make one with `deskterm init`, or try `deskterm demo`"
            raise StoreUnavailable(f"there is no desk at {self.name}: {hint}")

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Gives a connection whose changes are kept when the block ends well, and undone when it raises.

        Raises:
            NotAllowed: when the store is read-only.
            StoreUnavailable: when the database is out of reach.
            Collided: when the database undid it for another's sake.
        """
        self.check_writable()
        with self.reached(), self._gate(), self._write.begin() as connection:
            info, endings = connection.info, dict[Callable[[Connection, list[Any]], None], list[Any]]()
            info[_ENDING] = endings
            try:
                yield connection
                for work, items in endings.items():
                    work(connection, items)
            finally:
                info.pop(_ENDING, None)

    def check_writable(self) -> None:
        """Passes when changes are taken, so that nobody is asked for what comes to nothing.

        Raises:
            NotAllowed: when the store is read-only.
        """
        if self.is_read_only:
            raise NotAllowed("nothing can be changed here: deskterm was started read-only")

    def check_now(self) -> None:
        """Passes unless it shows the past, for what tells of the desk as it is alone; raises InvalidInput."""
        if self.as_of is not None:
            raise InvalidInput("that can be told of the desk as it is now alone: leave --as-of out")

    def share(self) -> None:
        """Lets the group write a database file of the user's own, where its folder is one that a group shares (setgid).

        SQLite makes its side files, and the gate is made, with the database's own mode.
        """
        if self.path is None or not self.path.parent.stat().st_mode & stat.S_ISGID:
            return
        for suffix in ("", "-wal", "-shm", _GATE):
            with suppress(FileNotFoundError, PermissionError):
                Path(f"{self.path}{suffix}").chmod(
                    _SHARED
                )  # by its name: an open and a close would drop SQLite's locks

    def settle(self) -> bool:
        """Has SQLite bring its side file into the database and empty it: what was overwritten is in neither then.

        Gives whether it could: somebody who reads hinders it. On Postgres that is VACUUM's, and the server's own time.
        """
        if self.path is None:
            return False
        # past SQLAlchemy, which would begin a transaction, and in one nothing is brought in
        with self.reached(), self._gate(), closing(self._write.raw_connection()) as connection:
            busy, *_ = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    @property
    def writer(self) -> sa.Engine:
        """The engine of writers, for migrations; raises NotAllowed as `write`."""
        self.check_writable()
        return self._write

    @property
    def reader(self) -> sa.Engine:
        """The engine of readers, for who watches what is written."""
        return self._read

    def close(self) -> None:
        """Closes every connection."""
        self._read.dispose()
        self._write.dispose()

    @contextmanager
    def _gate(self) -> Iterator[None]:
        if self.path is None:
            yield
            return
        descriptor = os.open(f"{self.path}{_GATE}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _SHARED)
        try:
            self._share(descriptor)
            if not _locked(descriptor):
                raise StoreUnavailable(f"somebody has been writing to {self.name} for {_PATIENCE} s: try again")
            yield
        finally:
            os.close(descriptor)

    def _share(self, descriptor: int) -> None:
        """Gives the gate the database's own mode, as SQLite does for its side files: a umask would lock others out."""
        gate = os.fstat(descriptor)
        if gate.st_uid != os.geteuid() or self.path is None or not self.path.exists():
            return
        mode = self.path.stat().st_mode & 0o666
        if gate.st_mode & 0o777 != mode:
            os.fchmod(descriptor, mode)

    @contextmanager
    def reached(self) -> Iterator[None]:
        """Raises what goes wrong inside as StoreUnavailable, or Collided, where it is the database's."""
        try:
            yield
        except PoolTimeoutError as error:
            raise StoreUnavailable(f"the database {self.name} is busy: try again") from error
        except DatabaseError as error:
            if code_of(error) in _COLLISIONS:
                raise Collided("somebody wrote to the same at the same moment and was first: try again") from error
            if not _is_outage(error):
                raise
            raise StoreUnavailable(f"the database {self.name} is out of reach: {_reason(error)}") from error
        except OSError as error:
            where = f" ({error.filename})" if error.filename else ""
            raise StoreUnavailable(f"the database {self.name} is out of reach: {error.strerror}{where}") from error


def _is_outage(error: DatabaseError) -> bool:
    """Whether the database itself can't serve.

    The driver's class says so, or Postgres's code for connection, state, privileges, resources or shutdown. A bare
    DatabaseError is SQLite's way to say that the file is no database.
    """
    code = code_of(error)
    return type(error) in {DatabaseError, OperationalError} or code[:2] in _OUTAGES or code == NO_PRIVILEGE


def code_of(error: DBAPIError) -> str:
    """Gives Postgres's code of an error, "" where there is none."""
    return str(getattr(error.orig, "sqlstate", None) or "")


def _locked(descriptor: int) -> bool:
    """Waits its turn for the gate, a bounded time; gives whether it came.

    The wait is the kernel's own queue, in a thread because it can't be given a bound. When that thread is left
    behind, its lock goes with the descriptor.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        waiter = Thread(target=fcntl.flock, args=(descriptor, fcntl.LOCK_EX), daemon=True)
        waiter.start()
        waiter.join(_PATIENCE)
        return not waiter.is_alive()
    return True


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


def on_postgres(url: URL, isolation: IsolationLevel = "REPEATABLE READ") -> sa.Engine:
    """Gives an engine on a server; without another isolation its transactions see one moment."""
    return sa.create_engine(
        url, isolation_level=isolation, pool_pre_ping=True, connect_args={"connect_timeout": _PATIENCE}
    )


def on_sqlite(url: URL, begin: str, pragmas: tuple[str, ...]) -> sa.Engine:
    """Gives an engine on a file, whose transactions begin as `begin` says."""
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
