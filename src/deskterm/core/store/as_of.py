"""A desk as it stood at an instant: a store whose one connection has the tables of then (`store/shadows.py`).

The desk is worked on meanwhile. So each read looks first, in its own transaction, at what the audit trail says was
written since, and tells these tickets anew: what is read is always one moment, and always the same.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import RLock
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from deskterm.core.domain.access import Scope
from deskterm.core.domain.errors import NotAllowed, StoreUnavailable
from deskterm.core.store import shadows
from deskterm.core.store.approvals import concerning
from deskterm.core.store.contents import inside
from deskterm.core.store.engine import NO_PRIVILEGE, Connection, Store, code_of, on_postgres, on_sqlite
from deskterm.core.store.shadows import FOLDED, Folded, Past
from deskterm.core.store.tables import AUDIT, FACTS, TICKETS
from deskterm.core.store.wordings import LOOKED_BESIDE

_AT_ONCE: Final = 500
_PRAGMAS: Final = ("busy_timeout=30000", "query_only=ON")
_READ_ONLY: Final = "25006"
"""Postgres's code for a server, or a transaction, that takes no CREATE: such as a standby."""


class Changed(NamedTuple):
    """A ticket whose row is another by now, and that its reader may see today."""

    id: int
    profile_id: int
    origin: str | None


Fold = Callable[[Connection, Sequence[Changed]], list[Folded]]
"""Folds tickets from their facts as the connection has them: those up to the instant."""
Progress = Callable[[str, int, int], object]
"""Hears as of when the desk is read, how many of the tickets that are folded anew are done, and of how many."""


def first_fact(connection: Connection) -> datetime | None:
    """Gives when the desk's first fact happened, None when it has none."""
    first: datetime | None = connection.scalar(sa.select(sa.func.min(FACTS.c.at)))
    return first


class StoreAsOf(Store):
    """A database as it stood at an instant. It has one connection, which its threads use one after the other."""

    def __init__(
        self, url: str, at: datetime, said: str, *, now: datetime, reader: Scope, fold: Fold, progress: Progress
    ) -> None:
        """Opens `url` as of `at`, which is `said` in words, for one reader; reads it when first used.

        What `reader` may not see `now` isn't there.
        """
        super().__init__(url, read_only=True)
        self.as_of: datetime = at
        self.as_of_said = said
        self._now, self._reader = now, reader
        self._fold, self._progress = fold, progress
        self._then = on_sqlite(self.url, "BEGIN", _PRAGMAS) if self.is_sqlite else on_postgres(self.url)
        if self.is_sqlite:
            sa.event.listen(self._then, "before_execute", shadows.joined_by_id, retval=True)
        self._turn = RLock()
        self._held: Connection | None = None
        self._is_read = False
        self._schema = "main"
        self._place = self._spans = 0

    def prepare(self) -> None:
        """Folds what is another today, so that nobody who reads waits for it; raises as `read`."""
        with self.read():
            pass

    def check_writable(self) -> None:
        """Raises NotAllowed: nobody changes the past."""
        raise NotAllowed(f"nothing can be changed here: this is the desk {self.as_of_said}")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Gives the connection on which tables are as they stood; it sees one moment and can't write.

        Raises:
            StoreUnavailable: when the database is out of reach, or refuses temporary tables.
        """
        with self._turn, self.reached():
            if self._held is not None and self._is_read:  # within a read of this thread's own
                yield self._held
                return
            self._check_there()
            connection = self._connected()
            place, spans = self._place, self._spans
            with connection.begin():
                try:
                    self._is_read = True
                    if not self.is_sqlite:
                        connection.exec_driver_sql("SET TRANSACTION READ ONLY")  # temporary tables are written still
                    self._follow(connection)
                    yield connection
                except BaseException:  # ctrl+c too: it is raised again
                    self._place, self._spans = place, spans  # what was folded is undone with the transaction
                    raise
                finally:
                    self._is_read = False

    def close(self) -> None:
        """Closes every connection, and forgets what was folded."""
        with self._turn:
            self._let_go()
            self._then.dispose()
        super().close()

    def _let_go(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None
            self._then.dispose()  # with the connection its temporary tables are gone

    def _connected(self) -> Connection:
        """Gives the connection with its views: made when first asked for, and when the one before broke."""
        if self._held is not None and self._held.invalidated:
            self._let_go()
        if self._held is None:
            self._held = self._then.connect()
            try:
                with self._held.begin():
                    self._make(self._held)
            except BaseException as error:  # ctrl+c too: no connection stays half made
                self._let_go()
                if isinstance(error, DBAPIError) and code_of(error) in {NO_PRIVILEGE, _READ_ONLY}:
                    raise StoreUnavailable(
                        f"{self.name} takes no temporary tables, which the desk {self.as_of_said} is kept in while "
                        "it is open: GRANT TEMPORARY on the database; a standby can't have them"
                    ) from error
                raise
        return self._held

    def _make(self, connection: Connection) -> None:
        if not self.is_sqlite:
            self._schema = str(connection.scalar(sa.select(sa.func.current_schema())))
            path = "SELECT set_config('search_path', 'pg_temp, ' || current_setting('search_path'), false)"
            connection.exec_driver_sql(path)
        place = self._end(connection)
        schema = connection.dialect.identifier_preparer.quote(self._schema)
        past = Past(self.as_of, self._now, schema, place, self.is_sqlite)
        with self._writing(connection):
            for statement in shadows.made(past):
                connection.exec_driver_sql(statement)
        connection.info[LOOKED_BESIDE] = FOLDED[TICKETS].name
        self._spans = 0
        self._put(connection, None)
        if not self.is_sqlite:
            for table in FOLDED.values():
                connection.exec_driver_sql(f"ANALYZE {table.name}")
        self._place = place

    def _follow(self, connection: Connection) -> None:
        """Folds the tickets anew that something happened to since the last look."""
        place = self._end(connection)
        if place > self._place:
            written = sa.select(AUDIT.c.ticket_id).where(AUDIT.c.seq > self._place, AUDIT.c.ticket_id.is_not(None))
            self._put(connection, sorted(self._real(connection, written.distinct()).scalars()))
            self._place = place

    def _end(self, connection: Connection) -> int:
        latest = sa.select(sa.func.coalesce(sa.func.max(AUDIT.c.seq), 0))
        return int(self._real(connection, latest).scalar_one())

    def _put(self, connection: Connection, among: Sequence[int] | None) -> None:
        """Folds those `among` these tickets that are other ones by now, of all of them (None)."""
        self._progress(self.as_of_said, 0, 0)
        if among is None:
            changed = self._changed(connection)
            ids = [one.id for one in changed]
        else:
            ids = list(among)
            slices = (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
            changed = [one for some in slices for one in self._changed(connection, TICKETS.c.id.in_(some))]
        known = {one.id: one for one in changed}
        for start in range(0, len(ids), _AT_ONCE):
            self._progress(self.as_of_said, start, len(ids))
            some = ids[start : start + _AT_ONCE]
            folded = self._fold(connection, [known[number] for number in some if number in known])
            with self._writing(connection):
                self._spans = shadows.put(connection, folded, some, spans=self._spans)
        self._progress(self.as_of_said, len(ids), len(ids))

    def _changed(self, connection: Connection, *where: sa.ColumnElement[bool]) -> list[Changed]:
        """Gives the tickets of then whose rows are others by now, as far as their reader may see them today."""
        ticket = TICKETS.c
        query = sa.select(ticket.id, ticket.profile_id, ticket.origin).order_by(ticket.id)
        query = query.where(ticket.created_at <= self.as_of, ticket.updated_at > self.as_of, *where)
        if not self._reader.everything:
            mine = concerning(self._reader.person_id, self._now, ticket.id)
            query = query.where(sa.or_(inside(self._reader), mine))
        return [Changed._make(row) for row in self._real(connection, query)]

    def _real(self, connection: Connection, query: sa.Select[Any]) -> sa.CursorResult[Any]:
        """Gives what a query finds in the tables themselves, as they are now."""
        return connection.execute(query, execution_options={"schema_translate_map": {None: self._schema}})

    @contextmanager
    def _writing(self, connection: Connection) -> Iterator[None]:
        """Lets temporary tables be written, which SQLite's `query_only` refuses like all others."""
        if not self.is_sqlite:
            yield
            return
        connection.exec_driver_sql("PRAGMA query_only=OFF")
        try:
            yield
        finally:
            connection.exec_driver_sql("PRAGMA query_only=ON")
