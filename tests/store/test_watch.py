"""That something was written is noticed without asking tables, and what it was is read in an order that skips none."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from select import select

import pytest
import sqlalchemy as sa

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import DesktermError
from deskterm.core.domain.words import Action, Via
from deskterm.core.services.intake import Submission
from deskterm.core.store import audit
from deskterm.core.store import watch as watching
from deskterm.core.store.engine import Store
from deskterm.core.store.watch import Watch, Written

As = Callable[[str], Desk]


@pytest.fixture
def other(desk_url: str) -> Iterator[Store]:
    """The same database as another process has it open."""
    with closing(Store(desk_url)) as store:
        yield store


@pytest.fixture
def watch(other: Store) -> Iterator[Watch]:
    """Watches from elsewhere; the first look is done."""
    with closing(Watch(other)) as opened:
        assert opened.look()
        yield opened


def noticed(watch: Watch) -> bool:
    """Looks when there is something to see: a server's notification is on its way for a moment after the commit."""
    if not isinstance(watch._driver, sqlite3.Connection):
        assert select([watch._driver], [], [], 60)[0]
    return bool(watch.look())


@pytest.fixture
def printer(as_: As) -> int:
    return as_("remi").submit(Submission(title="Printer jams", category="it_infrastructure")).id


def test_what_is_committed_is_noticed_once(watch: Watch, as_: As, printer: int) -> None:
    assert noticed(watch)
    assert not watch.look()
    as_("ife").act(printer, Action.CLAIM)
    assert noticed(watch)
    assert not watch.look()


def test_what_is_undone_and_what_is_only_read_is_nothing(watch: Watch, as_: As, printer: int) -> None:
    assert noticed(watch)
    with pytest.raises(DesktermError):
        as_("ife").act(printer, Action.RECEIVE)
    as_("ife").ticket(printer)
    assert not watch.look()


def test_watching_holds_no_transaction(watch: Watch, other: Store, as_: As, printer: int) -> None:
    assert noticed(watch)
    driver = watch._driver
    if other.is_sqlite:
        assert not driver.in_transaction
        with closing(other.writer.raw_connection()) as raw:  # one that has no transaction of its own either
            assert raw.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0  # type: ignore[union-attr]
    else:
        assert driver.info.transaction_status.name == "IDLE"


def test_a_database_that_was_away_is_watched_again(watch: Watch, store: Store, as_: As, printer: int) -> None:
    assert noticed(watch)
    if store.is_sqlite:
        watch._driver.close()
    else:
        with store.write() as connection:
            pid = watch._driver.info.backend_pid
            connection.execute(sa.text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": pid})
    as_("ife").act(printer, Action.CLAIM)

    looks = [bool(watch.look()) for _ in range(14)]

    assert looks[:11] == [False] * 11  # it rests
    assert looks.count(True) == 1  # it begins anew, and says that something may have happened
    as_("ife").act(printer, Action.NOTE, text="x")
    assert noticed(watch)


def test_a_file_that_is_not_there_is_not_made_by_watching(tmp_path: object) -> None:
    with closing(Store(f"sqlite:///{tmp_path}/none.db")) as store:
        assert not Watch(store).look()
        assert store.path is not None
        assert not store.path.exists()


def test_what_is_written_is_told_from_a_place_on(store: Store, as_: As, printer: int) -> None:
    with store.read() as connection:
        start = watching.place(connection)
    for text in ("one", "two"):
        as_("ife").act(printer, Action.NOTE, text=text)
        with store.read() as connection:
            found = watching.written(connection, start)
        assert found == Written(start + 1, {printer: {as_("ife").actor.id}})
        start = found.place


@pytest.mark.parametrize("backend", ["postgres"])
def test_who_began_first_and_commits_last_is_not_overlooked(
    store: Store, as_: As, printer: int, clock: list[datetime]
) -> None:
    """Numbers are given at the end of a transaction, so that a place that was read leaves nothing behind it."""
    entry = audit.change("person", "changed", {}, at=clock[-1], actor_id=None, via=Via.CLI)
    with store.write() as slow:
        audit.append(slow, [entry])
        slow.execute(sa.text("SELECT 1"))
        as_("ife").act(printer, Action.CLAIM)
        with store.read() as connection:
            start = watching.place(connection)
    with store.read() as connection:
        assert watching.written(connection, start) == Written(start + 1, {})


def test_too_much_to_be_told_says_so(store: Store, as_: As, printer: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_AT_ONCE", 2)
    with store.read() as connection:
        start = watching.place(connection)
    for text in "abc":
        as_("ife").act(printer, Action.NOTE, text=text)
    with store.read() as connection:
        assert watching.written(connection, start) == (start + 3, None)
        assert watching.written(connection, start + 1).who == {printer: {as_("ife").actor.id}}
