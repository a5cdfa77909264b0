"""The schema: what the migrations make is what the tables say, and any other version is refused in one sentence."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from deskterm.core.domain.errors import SchemaMismatch
from deskterm.core.store import schema
from deskterm.core.store.engine import Store
from deskterm.core.store.files import FILES
from deskterm.core.store.presence import Beside
from deskterm.core.store.tables import Base


@pytest.fixture
def empty(empty_url: str) -> Iterator[Store]:
    with closing(Store(empty_url)) as store:
        yield store


def pretend(store: Store, version: str) -> None:
    with store.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :v"), {"v": version})


def refusal(store: Store) -> str:
    with pytest.raises(SchemaMismatch) as caught:
        schema.check(store)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def is_ours(_object: object, name: str | None, *_: object) -> bool:
    """Whether a part of a database is the program's: the index of words is the database's own, as it keeps it."""
    return name is None or not name.startswith(("help_desk_words", "words"))


def test_an_upgrade_from_nothing_makes_exactly_the_tables(empty: Store) -> None:
    schema.upgrade(empty)
    with empty.read() as connection:
        beside = [] if empty.is_sqlite else [Beside.metadata, FILES.metadata]
        context = MigrationContext.configure(connection, opts={"include_object": is_ours})
        assert compare_metadata(context, [Base.metadata, *beside]) == []  # type: ignore[arg-type]  # it takes several


def test_partial_indexes_are_partial(empty: Store) -> None:
    schema.upgrade(empty)
    with empty.read() as connection:
        found = {i["name"]: i for i in sa.inspect(connection).get_indexes("help_desk_tickets")}
    for name in ("due", "dept_due", "mine_due"):
        options = found[f"ix_help_desk_tickets_{name}"]["dialect_options"]
        assert any("closed_at IS NULL" in str(value) for value in options.values()), name


def test_an_upgrade_of_what_is_current_changes_nothing(empty: Store) -> None:
    schema.upgrade(empty)
    schema.upgrade(empty)
    schema.check(empty)
    assert schema.version(empty) == schema.HEAD


def test_the_head_that_is_checked_is_the_newest_migration() -> None:
    versions = Path(schema.__file__).parent / "migrations" / "versions"
    assert max(path.name[:4] for path in versions.glob("0*.py")) == schema.HEAD


def test_a_database_without_a_desk_is_refused(empty: Store) -> None:
    with empty.write() as connection:
        connection.execute(sa.text("CREATE TABLE something_else (id INTEGER)"))
    assert schema.version(empty) is None
    assert "holds no desk: make one with `deskterm init`" in refusal(empty)


def test_an_older_schema_is_refused_with_the_command_that_helps(store: Store) -> None:
    pretend(store, "0000")
    assert refusal(store) == (
        f"the desk's schema is 0000 and this program needs {schema.HEAD}: run `deskterm db upgrade`"
    )


def test_a_newer_schema_is_refused_and_not_upgraded(store: Store) -> None:
    pretend(store, "9999")
    assert refusal(store) == (f"the desk's schema is 9999, newer than this program ({schema.HEAD}): update deskterm")
    with pytest.raises(SchemaMismatch, match="newer than this program"):
        schema.upgrade(store)
    assert schema.version(store) == "9999"
