"""The bytes of attachments, by the hash of them: beside an SQLite desk in a folder, on Postgres in a table.

A folder, because bytes in the one file of a desk would make it, and every copy of it, as large as all that was ever
attached. A table, because the terminals of a Postgres desk run on many hosts and share nothing but the database.
"""

import os
import stat
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp
from typing import Final, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from deskterm.core.domain.attachments import is_digest
from deskterm.core.domain.errors import StoreUnavailable
from deskterm.core.domain.words import FactKind
from deskterm.core.store.engine import Connection, Store
from deskterm.core.store.tables import FACTS

FILES: Final = sa.Table(
    "help_desk_files",
    sa.MetaData(),
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("bytes", sa.LargeBinary(), nullable=False),
)
"""On Postgres only."""
_BESIDE: Final = ".files"
_FOR_ALL: Final = stat.S_IWGRP
_NEW: Final = ".new-"


class Files(Protocol):
    """Where bytes are kept."""

    def prepare(self, contents: Mapping[str, bytes]) -> None:
        """Does what can be done before the transaction of `keep`, in which everybody else waits."""

    def keep(self, connection: Connection, contents: Mapping[str, bytes]) -> None:
        """Keeps bytes by their hashes, until the fact that names them is committed and from then on."""

    def read(self, connection: Connection, wanted: str) -> bytes | None:
        """Gives the bytes that are kept under a hash, whatever they are by now; None when there are none."""

    def remove(self, connection: Connection, digests: Collection[str]) -> None:
        """Removes the bytes under hashes that no fact names."""


def files_of(store: Store) -> Files:
    """Gives where a store keeps bytes."""
    return Table() if store.path is None else Folder(store.path)


def beside(desk: Path) -> Path:
    """Gives the folder of an SQLite desk."""
    return desk.with_name(desk.name + _BESIDE)


class Folder:
    """A folder beside the file of an SQLite desk, `desk.db.files/ab/abcdef...`; the gate of writers keeps it in order.

    Only its owner may read it, or the group where the desk's own file is the group's too.
    """

    def __init__(self, desk: Path) -> None:
        """Reads and makes nothing yet."""
        self._desk, self._root = desk, beside(desk)

    def prepare(self, contents: Mapping[str, bytes]) -> None:
        """Writes the files that aren't there: to disk, under another name until they are whole.

        Raises:
            StoreUnavailable: when there is no room, or no right.
        """
        try:
            for name, data in contents.items():
                if self._read(name) != data:
                    self._write(name, data)
        except OSError as error:
            raise StoreUnavailable(f"the file can't be kept in {self._root}: {error.strerror}") from error

    def keep(self, connection: Connection, contents: Mapping[str, bytes]) -> None:  # noqa: ARG002 - the table's needs it
        """Writes what was removed since `prepare`; as a rule nothing."""
        self.prepare({name: data for name, data in contents.items() if not self._place(name).exists()})

    def read(self, connection: Connection, wanted: str) -> bytes | None:  # noqa: ARG002 - as above
        """Gives the bytes; raises StoreUnavailable when they are there and can't be read."""
        try:
            return self._read(wanted)
        except OSError as error:
            raise StoreUnavailable(f"{self._root} can't be read: {error.strerror}") from error

    def remove(self, connection: Connection, digests: Collection[str]) -> None:
        """Removes files; raises StoreUnavailable when that can't be."""
        try:
            for gone in {*digests} - named(connection, digests):
                if is_digest(gone):
                    self._place(gone).unlink(missing_ok=True)
        except OSError as error:
            raise StoreUnavailable(f"a file can't be removed from {self._root}: {error.strerror}") from error

    def _place(self, name: str) -> Path:
        return self._root / name[:2] / name

    def _read(self, name: str) -> bytes | None:
        if not is_digest(name):
            return None
        try:
            return self._place(name).read_bytes()
        except FileNotFoundError:
            return None

    def _write(self, name: str, data: bytes) -> None:
        place, is_shared = self._place(name), bool(self._desk.stat().st_mode & _FOR_ALL)
        for folder in (self._root, place.parent):
            with suppress(FileExistsError):
                folder.mkdir(mode=0o700)
                folder.chmod(0o2770 if is_shared else 0o700)
                _sync(folder.parent)
        descriptor, made = mkstemp(prefix=_NEW, dir=place.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                os.fchmod(descriptor, 0o660 if is_shared else 0o600)
                file.write(data)
                file.flush()
                os.fsync(descriptor)
            Path(made).replace(place)
        except BaseException:  # ctrl+c too: no half-written file stays
            Path(made).unlink(missing_ok=True)
            raise
        _sync(place.parent)


def _sync(folder: Path) -> None:
    """Has the names in a folder on disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Table:
    """A table of a Postgres desk, written in the very transaction of the fact."""

    def prepare(self, contents: Mapping[str, bytes]) -> None:
        """Does nothing: all of it is the transaction's."""

    def keep(self, connection: Connection, contents: Mapping[str, bytes]) -> None:
        """Writes rows; one that is there is held until the end, so that who erases finds the fact that names it."""
        for name, data in sorted(contents.items()):
            row = postgresql.insert(FILES).values(hash=name, bytes=data)
            connection.execute(row.on_conflict_do_update(index_elements=["hash"], set_={"hash": row.excluded.hash}))

    def read(self, connection: Connection, wanted: str) -> bytes | None:
        """Gives the bytes of a row."""
        found = connection.scalar(sa.select(FILES.c.bytes).where(FILES.c.hash == wanted))
        return None if found is None else bytes(found)

    def remove(self, connection: Connection, digests: Collection[str]) -> None:
        """Removes rows, once those that somebody attaches anew right now are theirs."""
        mine = FILES.c.hash.in_([*digests])
        connection.execute(sa.select(FILES.c.hash).where(mine).order_by(FILES.c.hash).with_for_update()).all()
        gone = {*digests} - named(connection, digests)
        connection.execute(sa.delete(FILES).where(FILES.c.hash.in_([*gone])))


_WITH_FILES: Final = sa.and_(
    FACTS.c.kind.in_([FactKind.REPLIED, FactKind.NOTED]), sa.cast(FACTS.c.data, sa.Text()).like('%"files"%')
)


def named(connection: Connection, digests: Collection[str]) -> set[str]:
    """Gives those of some hashes that facts name. It reads every comment's fact: only erasing asks."""
    if not digests:
        return set()
    rows = connection.execute(sa.select(FACTS.c.data).where(_WITH_FILES).execution_options(yield_per=1_000))
    return {file[2] for row in rows for file in row.data.get("files", ())} & {*digests}


def on_tickets(connection: Connection, ticket_ids: Iterable[int]) -> set[str]:
    """Gives the hashes that the facts of some tickets name."""
    query = sa.select(FACTS.c.data).where(_WITH_FILES)
    rows = (row for number in ticket_ids for row in connection.execute(query.where(FACTS.c.ticket_id == number)))
    return {file[2] for row in rows for file in row.data.get("files", ())}
