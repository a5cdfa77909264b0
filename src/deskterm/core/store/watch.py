"""That something was written, by whatever process, without asking tables; and then which tickets it was about.

On SQLite a number that every commit of another connection changes is looked at; on Postgres a notification comes by
itself, sent with each entry of the audit trail. What was written is read from the trail then: its numbers are given
under a lock that is held until the commit, so that they become visible in their order, and none is overlooked.
Who has a ticket open stands beside the desk, and is noticed apart from it: it wakes nobody who shows no ticket.
"""

import sqlite3
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from deskterm.core.domain.access import Scope
from deskterm.core.domain.audit import read_entry
from deskterm.core.store import presence
from deskterm.core.store.approvals import concerning
from deskterm.core.store.audit import CHANNEL
from deskterm.core.store.contents import inside
from deskterm.core.store.engine import Store
from deskterm.core.store.tables import AUDIT, TICKETS
from deskterm.core.views import Noticed

_AT_ONCE: Final = 200
"""Entries that are told one by one; who missed more has all to look at anew."""
_APART: Final = 10
"""Looks between two attempts to reach a database that is away."""


class Watch:
    """Says whether something was written since it was last asked. It is for one thread, and holds no transaction."""

    def __init__(self, store: Store) -> None:
        """Watches what `store` is open on; connects when first asked."""
        self._store = store
        self._driver: Any = None
        self._beside: Any = None
        self._versions = (0, 0)
        self._rest = 0
        self._away = (DBAPIError, OSError, store.reader.dialect.loaded_dbapi.Error)

    def look(self) -> Noticed:
        """Gives what may have been written since the last look; it returns at once.

        The first look, and the first after the database was away, only begins to watch: what was written before is
        anybody's guess, so it is all. While the database is away it is nothing, and so it is of the past.
        """
        if self._store.as_of is not None:
            return Noticed.NOTHING
        if self._rest:
            self._rest -= 1
            return Noticed.NOTHING
        try:
            if self._driver is not None:
                return self._look(self._driver)
            self._driver = self._connected()
            self._look(self._driver)
        except self._away:
            self.close()
            self._rest = _APART
            return Noticed.NOTHING
        return Noticed.TRAIL | Noticed.PRESENCE

    def close(self) -> None:
        """Ends watching."""
        drivers, self._driver, self._beside = (self._driver, self._beside), None, None
        for driver in drivers:
            if driver is not None:
                driver.close()

    def _connected(self) -> Any:  # noqa: ANN401 - the driver's own: what is asked here passes SQLAlchemy by
        if self._store.path is not None and not self._store.path.exists():
            raise FileNotFoundError(self._store.path)  # connecting would make the file
        connection = self._store.reader.raw_connection()
        connection.detach()  # it goes back to no pool
        driver: Any = connection.dbapi_connection
        if not self._store.is_sqlite:
            driver.autocommit = True
            driver.execute(f"LISTEN {CHANNEL}")
            driver.execute(f"LISTEN {presence.CHANNEL}")
        return driver

    def _look(self, driver: Any) -> Noticed:  # noqa: ANN401 - as above
        if self._store.path is None:
            found = Noticed.NOTHING
            for notification in driver.notifies(timeout=0):  # to the end: the rest would be news again
                found |= Noticed.PRESENCE if notification.channel == presence.CHANNEL else Noticed.TRAIL
            return found
        before, self._versions = self._versions, (_version(driver), self._version_beside(self._store.path))
        trail = Noticed.TRAIL if before[0] != self._versions[0] else Noticed.NOTHING
        return trail | (Noticed.PRESENCE if before[1] != self._versions[1] else Noticed.NOTHING)

    def _version_beside(self, desk: Path) -> int:
        """Gives 0 where there is no file beside the desk yet, or none that may be read: the desk is watched anyhow."""
        try:
            if self._beside is None:
                self._beside = presence.watched(desk)
            return 0 if self._beside is None else presence.version(self._beside)
        except sqlite3.Error:
            return 0


def _version(driver: Any) -> int:  # noqa: ANN401 - as above
    """Gives a number that every commit of another connection changes."""
    return int(driver.execute("PRAGMA data_version").fetchone()[0])


class Written(NamedTuple):
    """What the trail says was written after a place in it: who changed each ticket; `who` None when it was too much."""

    place: int
    who: dict[int, set[int | None]] | None


def place(connection: sa.Connection) -> int:
    """Gives the place that the trail has come to."""
    return connection.scalar(sa.select(sa.func.max(AUDIT.c.seq))) or 0


def written(connection: sa.Connection, since: int) -> Written:
    """Gives what was written after a place."""
    query = sa.select(AUDIT.c.seq, AUDIT.c.ticket_id, AUDIT.c.body).where(AUDIT.c.seq > since)
    entries = connection.execute(query.order_by(AUDIT.c.seq).limit(_AT_ONCE + 1)).all()
    if len(entries) > _AT_ONCE:
        return Written(place(connection), None)
    who: dict[int, set[int | None]] = {}
    for _, ticket_id, body in entries:
        if ticket_id is not None:
            who.setdefault(ticket_id, set()).add(_actor(body))
    return Written(entries[-1][0] if entries else since, who)


def _actor(body: str) -> int | None:
    """Gives who did what an entry tells, None where it was nobody, or the entry can't be read."""
    try:
        return read_entry(body).actor_id
    except ValueError:
        return None


def known(connection: sa.Connection, scope: Scope, ids: Collection[int], now: datetime) -> set[int]:
    """Gives those of some tickets that are in a scope, or wait or waited for its person's decision."""
    theirs = sa.or_(inside(scope), concerning(scope.person_id, now, TICKETS.c.id))
    return set(connection.scalars(sa.select(TICKETS.c.id).where(TICKETS.c.id.in_(sorted(ids)), theirs)))
