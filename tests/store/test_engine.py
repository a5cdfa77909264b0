"""Opening a database: what is in force on it, who can write, and that nobody is shown a password."""

import fcntl
import os
import socket
import stat
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from deskterm.core.domain.errors import InvalidInput, StoreUnavailable
from deskterm.core.services import setup
from deskterm.core.store import schema
from deskterm.core.store.engine import Connection, Store

ACOB = Path(__file__).parents[2] / "data" / "profiles" / "acob.toml"
PEOPLE = "SELECT count(*) FROM help_desk_people"
ONE_MORE = "INSERT INTO help_desk_people (login, name, role, is_active) VALUES ('x', 'X', 'requester', true)"
sqlite_only = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def pragma(connection: Connection, name: str) -> object:
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()


@sqlite_only
def test_an_acknowledged_change_outlives_a_power_cut(store: Store) -> None:
    with store.write() as connection:
        found = [pragma(connection, name) for name in ("journal_mode", "synchronous", "foreign_keys")]
    assert found == ["wal", 2, 1]  # synchronous 2 is FULL


@sqlite_only
def test_sqlite_readers_are_readers(store: Store) -> None:
    with store.read() as connection:
        assert [pragma(connection, name) for name in ("journal_mode", "query_only")] == ["wal", 1]


@sqlite_only
def test_a_writer_holds_the_gate_and_a_reader_does_not(store: Store) -> None:
    with Path(f"{store.path}.gate").open("w") as gate:
        with store.write(), pytest.raises(BlockingIOError):
            fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with store.read():
            fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)


@sqlite_only
def test_writers_take_turns(store: Store) -> None:
    order: list[str] = []
    began = threading.Event()

    def second() -> None:
        began.set()
        with store.write() as connection:
            order.append("second")
            connection.execute(sa.text(ONE_MORE.replace("'x'", "'y'")))

    with store.write() as connection:
        other = threading.Thread(target=second)
        other.start()
        began.wait()
        connection.execute(sa.text(ONE_MORE))
        order.append("first")
    other.join()
    assert order == ["first", "second"]


def people(store: Store) -> int:
    with store.read() as connection:
        return int(connection.scalar(sa.text(PEOPLE)) or 0)


def test_a_reader_can_not_write(store: Store) -> None:
    before = people(store)
    with pytest.raises((DBAPIError, StoreUnavailable), match=r"read.?only"), store.read() as connection:
        connection.execute(sa.text(ONE_MORE))
    assert people(store) == before


def test_a_reader_sees_one_moment(store: Store) -> None:
    with store.read() as reader:
        before = reader.scalar(sa.text(PEOPLE))
        with store.write() as writer:
            writer.execute(sa.text(ONE_MORE))
        assert reader.scalar(sa.text(PEOPLE)) == before
    assert people(store) == before + 1


def twice(store: Store) -> None:
    with store.write() as connection:
        for _ in range(2):
            connection.execute(sa.text(ONE_MORE))


def test_what_raises_is_undone(store: Store) -> None:
    before = people(store)
    with pytest.raises(IntegrityError):
        twice(store)
    assert people(store) == before


def test_foreign_keys_are_held(store: Store) -> None:
    with pytest.raises(IntegrityError), store.write() as connection:
        connection.execute(sa.text("UPDATE help_desk_posts SET person_id = 4711"))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://desk:s3cret@127.0.0.1:1/desk",
        "postgresql://127.0.0.1:1/desk?user=desk&password=s3cret",
        "postgresql:///desk?host=/nowhere&password=s3cret",
    ],
)
def test_an_unreachable_server_is_named_without_its_password(url: str) -> None:
    with closing(Store(url)) as store:
        with pytest.raises(StoreUnavailable, match=r"^the database .*/desk.* is out of reach: ") as caught:
            schema.check(store)
        with pytest.raises(StoreUnavailable), store.write():
            pass
        assert "s3cret" not in f"{store.name} {caught.value}"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "desk.db",
        "postgresql//desk:s3cret@host/desk",
        "postgresql://desk:s3cret@host:port/desk",
        "mysql://desk:s3cret@host/desk",
        "postgresql+asyncpg://desk:s3cret@host/desk",
        "sqlite://",
        "sqlite:///:memory:",
    ],
)
def test_what_is_no_database_of_a_desk_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(InvalidInput, match=r"write sqlite:///path/desk\.db or postgresql://host/desk") as caught:
        Store(url)
    assert "s3cret" not in str(caught.value)


def test_a_silent_server_that_hangs_up_is_out_of_reach() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def hang_up() -> None:
            peer, _ = server.accept()
            peer.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        with (
            closing(Store(f"postgresql://desk@127.0.0.1:{port}/desk?sslmode=disable&gssencmode=disable")) as store,
            pytest.raises(StoreUnavailable),
        ):
            schema.check(store)
        thread.join()


def test_a_missing_file_is_said_and_not_made(tmp_path: Path) -> None:
    with closing(Store(f"sqlite:///{tmp_path / 'none.db'}")) as store:
        with pytest.raises(StoreUnavailable, match=r"there is no desk at .*none\.db: make one with `deskterm init`"):
            schema.check(store)
        assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_out_of_reach(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_text("Dear Sir or Madam, " * 100, "utf-8")
    with closing(Store(f"sqlite:///{path}")) as store:
        with pytest.raises(StoreUnavailable):
            schema.check(store)
        with pytest.raises(StoreUnavailable), store.read() as connection:
            connection.execute(sa.text(PEOPLE))


def test_a_folder_that_does_not_exist_is_out_of_reach(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'none' / 'desk.db'}"
    with closing(Store(url)) as store, pytest.raises(StoreUnavailable, match="No such file"), store.write():
        pass


@pytest.mark.parametrize(("mode", "wanted"), [(0o2770, 0o660), (0o770, 0o640)])
def test_a_desk_in_a_folder_that_a_group_shares_is_the_groups_to_write(tmp_path: Path, mode: int, wanted: int) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(mode)
    before = os.umask(0o027)
    try:
        with closing(Store(f"sqlite:///{folder / 'desk.db'}")) as store:
            now = datetime(2026, 9, 28, 8, tzinfo=UTC)
            setup.make_desk(store, ACOB.read_text("utf-8"), source="acob.toml", login="ada", name="Ada", now=now)
            with store.write() as connection, store.read():
                connection.exec_driver_sql("UPDATE help_desk_people SET name = 'Ada A.'")
                modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("desk.db", "desk.db-wal", "desk.db-shm", "desk.db.gate"), wanted)
