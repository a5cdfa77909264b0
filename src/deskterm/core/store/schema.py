"""The schema's version: checked at every start by one row, changed only by Alembic."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from deskterm.core.domain.errors import SchemaMismatch
from deskterm.core.store.engine import Connection, Store

HEAD: Final = "0015"
"""The newest migration. A constant because importing Alembic costs more than the rest of a short command."""

VERSION: Final = sa.table("alembic_version", sa.column("version_num"))


def version(store: Store) -> str | None:
    """Gives the schema's version, None when the database holds no desk.

    Raises:
        StoreUnavailable: when the database is out of reach.
    """
    with store.read() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.scalar(sa.select(VERSION.c.version_num))


def is_empty(store: Store) -> bool:
    """Gives whether the database holds no table at all.

    Raises:
        StoreUnavailable: when it is out of reach.
    """
    if store.path is not None and not store.path.exists():
        return True
    with store.read() as connection:
        return not sa.inspect(connection).get_table_names()


def check(store: Store) -> None:
    """Passes when the schema is this program's own.

    Raises:
        SchemaMismatch: when there is no desk, or its schema is older or newer.
        StoreUnavailable: when the database is out of reach.
    """
    found = version(store)
    if found is None:
        raise SchemaMismatch(f"{store.name} holds no desk: make one with `deskterm init`")
    if found < HEAD:
        raise SchemaMismatch(f"the desk's schema is {found} and this program needs {HEAD}: run `deskterm db upgrade`")
    if found > HEAD:
        raise SchemaMismatch(f"the desk's schema is {found}, newer than this program ({HEAD}): update deskterm")


def upgrade(store: Store, then: Callable[[Connection], None] = lambda _: None) -> None:
    """Brings the database, empty or older, to `HEAD` in one transaction, in which `then` is done last.

    Raises:
        SchemaMismatch: when it is newer than this program.
        StoreUnavailable: when the database is out of reach.
    """
    from alembic import command  # noqa: PLC0415 - 365 ms that only this needs
    from alembic.config import Config  # noqa: PLC0415

    if (store.path is None or store.path.exists()) and (version(store) or "") > HEAD:
        check(store)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with store.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)
        then(connection)
