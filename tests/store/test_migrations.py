"""A desk that an older program made is brought to this one's schema with all it says, and doctor finds nothing amiss.

The rows are as the program of schema 0001 wrote them: the acob profile, three people, and tickets of Monday,
28 September 2026, submitted at 09:00 in Lagos. Urgent is four open hours.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from deskterm.core.desk import Desk
from deskterm.core.domain.audit import read_entry
from deskterm.core.domain.errors import SchemaMismatch
from deskterm.core.domain.filters import parse_filter
from deskterm.core.domain.trail import Damage
from deskterm.core.domain.words import Action, Role, Status, Via
from deskterm.core.services import setup, upgrading
from deskterm.core.services.auditing import verify
from deskterm.core.services.intake import Submission
from deskterm.core.store import schema, wordings
from deskterm.core.store.engine import Store
from deskterm.core.store.files import FILES
from deskterm.core.store.presence import Beside
from deskterm.core.store.tables import TICKETS, WORDINGS, Base
from deskterm.core.views import View

ACOB: Final = (Path(__file__).parents[2] / "data" / "profiles" / "acob.toml").read_text("utf-8").split("[[tests]]")[0]
BORN: Final = datetime(2026, 9, 28, 8, 0, tzinfo=UTC)
NEVER: Final = datetime(9999, 12, 31, tzinfo=UTC)
ADA, REMI, IFE = 1, 2, 3
HOUR: Final = 3_600_000_000

Rows = Sequence[Mapping[str, Any]]


def at(hours: float) -> datetime:
    """So many hours after the tickets came."""
    return BORN + timedelta(hours=hours)


@pytest.fixture
def old(empty_url: str) -> Iterator[Store]:
    """A desk as schema 0001 has it, open."""
    with closing(Store(empty_url)) as store:
        config = Config()
        config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
        with store.write() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "0001")
        put(store, "profiles", [{"key": "acob", "version": 1, "text": ACOB, "applied_at": at(-1)}])
        put(store, "meta", [{"id": 1, "purpose": "desk", "log_id": "x", "profile_id": 1, "created_at": at(-1)}])
        put(
            store,
            "departments",
            [
                {"key": "it", "name": "IT & Communications", "calendar": "office"},
                {"key": "operations", "name": "Operations", "calendar": "office"},
            ],
        )
        put(
            store,
            "categories",
            [
                {"key": "it_design", "name": "Design", "kind": "standard", "department_id": 1},
                {"key": "operations_repairs", "name": "Repairs", "kind": "standard", "department_id": 2},
            ],
        )
        put(
            store,
            "people",
            [
                {"login": "ada", "name": "Ada", "role": "admin", "department_id": None, "is_active": True},
                {"login": "remi", "name": "Remi", "role": "requester", "department_id": None, "is_active": True},
                {"login": "ife", "name": "Ife", "role": "agent", "department_id": 1, "is_active": True},
            ],
        )
        put(store, "posts", [{"key": "lead", "department_id": 1, "person_id": 3}])
        yield store


def put(store: Store, name: str, rows: Rows) -> None:
    """Writes rows by SQL, as the older program's tables had them."""

    def kept(value: object) -> object:
        if isinstance(value, datetime):
            # SQLite keeps an instant as UTC without saying so
            return value.strftime("%Y-%m-%d %H:%M:%S.%f") if store.is_sqlite else value
        return json.dumps(value) if isinstance(value, dict) else value

    with store.write() as connection:
        for row in rows:
            columns = ", ".join(row)
            values = ", ".join(f":{column}" for column in row)
            statement = sa.text(f"INSERT INTO help_desk_{name} ({columns}) VALUES ({values})")  # noqa: S608
            connection.execute(statement, {column: kept(value) for column, value in row.items()})


def ticket(store: Store, number: int, facts: Rows, clocks: Rows, **said: Any) -> None:
    """Writes a ticket with its facts (`kind`, `hours`, who, what it says), clocks and spans."""
    values = {
        "version": len(facts),
        "status": facts[-1]["status"],
        "requester_id": REMI,
        "department_id": 1,
        "category_id": 1,
        "category_kind": "standard",
        "priority": 1,
        "title": "The printer is out",
        "description": "",
        "source": "form",
        "created_at": BORN,
        "updated_at": at(facts[-1]["hours"]),
        "reopen_count": 0,
        "next_due_at": NEVER,
        "profile_id": 1,
    }
    put(store, "tickets", [values | said])
    before: str | None = None
    stand: dict[str, Any] = {"assignee_id": None, "department_id": 1}
    spans: list[dict[str, Any]] = []
    for version, fact in enumerate(facts, 1):
        data = {key: value for key, value in fact.items() if key not in {"kind", "hours", "actor_id"}}
        row = {"ticket_id": number, "version": version, "at": at(fact["hours"]), "actor_id": fact["actor_id"]}
        row |= {"via": "cli", "kind": fact["kind"], "from_status": before, "to_status": fact["status"], "data": data}
        put(store, "facts", [row])
        before = fact["status"]
        now = stand | {"status": before, "reason": fact.get("reason")}
        now |= {key: fact[key] for key in ("assignee_id", "department_id") if key in fact}
        if now != stand:
            if spans:
                spans[-1]["left_at"] = at(fact["hours"])
            spans.append({"ticket_id": number, "entered_at": at(fact["hours"]), "left_at": None, **now})
        stand = now
    put(store, "status_spans", spans)
    put(store, "clocks", [{"ticket_id": number, "cycle": 1, **clock} for clock in clocks])


SUBMITTED: Final = {
    "kind": "submitted",
    "hours": 0,
    "actor_id": REMI,
    "status": "new",
    "requester_id": REMI,
    "department_id": 1,
    "category_id": 1,
    "category_kind": "standard",
    "priority": 1,
    "title": "The printer is out",
    "description": "",
    "source": "form",
}
CLAIMED: Final = {"kind": "claimed", "hours": 0.5, "actor_id": IFE, "status": "assigned", "assignee_id": IFE}


def resolved(hours: float) -> dict[str, Any]:
    said = {"status": "resolved", "cause": "no toner", "fix": "toner", "resolver_id": IFE}
    return {"kind": "resolved", "hours": hours, "actor_id": IFE, **said}


def stopped(name: str, hours: float, used: float, **said: Any) -> dict[str, Any]:
    timed: dict[str, Any] = {"target_us": 4 * HOUR, "due_at": at(4)} if name == "resolution" else {}
    return {"name": name, "consumed_us": int(used * HOUR), "stopped_at": at(hours), **timed, **said}


RESPONSE: Final = stopped("response", 0.5, 0.5)


@pytest.fixture
def worked(old: Store) -> Store:
    """The desk with a ticket of every ending, one that is worked on and one that waits."""
    claimed: dict[str, Any] = {"assignee_id": IFE, "assigned_at": at(0.5)}
    done: dict[str, Any] = {"resolved_at": at(2), "resolver_id": IFE}
    ticket(old, 1, [SUBMITTED, CLAIMED, resolved(2)], [RESPONSE, stopped("resolution", 2, 2)], **claimed, **done)
    ticket(
        old,
        2,
        [SUBMITTED, resolved(2)],
        [stopped("response", 2, 2), stopped("resolution", 2, 2)],
        **done,
    )
    ticket(
        old,
        3,
        [
            SUBMITTED,
            CLAIMED,
            resolved(2),
            {"kind": "confirmed", "hours": 3, "actor_id": REMI, "status": "closed", "outcome": "done"},
        ],
        [RESPONSE, stopped("resolution", 2, 2)],
        **claimed,
        **done,
        outcome="done",
        closed_at=at(3),
    )
    ticket(
        old,
        4,
        [SUBMITTED, {"kind": "cancelled", "hours": 1, "actor_id": REMI, "status": "closed", "outcome": "cancelled"}],
        [stopped("response", 1, 1), stopped("resolution", 1, 1)],
        outcome="cancelled",
        closed_at=at(1),
    )
    running = {"name": "resolution", "target_us": 4 * HOUR, "consumed_us": 0, "running_since": BORN, "due_at": at(4)}
    ticket(old, 5, [SUBMITTED, CLAIMED], [RESPONSE, running], **claimed, next_due_at=at(4))
    ticket(
        old,
        6,
        [
            SUBMITTED,
            CLAIMED,
            {"kind": "paused", "hours": 1, "actor_id": IFE, "status": "waiting", "reason": "vendor"},
        ],
        [RESPONSE, {"name": "resolution", "target_us": 4 * HOUR, "consumed_us": HOUR}],
        **claimed,
        reason="vendor",
    )
    return old


@pytest.fixture
def as_now(worked: Store) -> Callable[..., Desk]:
    """The upgraded desk as a person uses it, so many hours after the tickets came."""
    upgrading.upgrade(worked)

    def desk(login: str, hours: float = 24) -> Desk:
        return Desk(worked, setup.identify(worked, login)[0], lambda: at(hours), Via.CLI)

    return desk


def read(store: Store, query: str) -> list[tuple[Any, ...]]:
    with store.read() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def test_an_older_desk_is_refused_until_it_is_upgraded(worked: Store) -> None:
    with pytest.raises(SchemaMismatch, match=f"schema is 0001 and this program needs {schema.HEAD}"):
        schema.check(worked)
    upgrading.upgrade(worked)
    schema.check(worked)


def is_ours(_object: object, name: str | None, *_: object) -> bool:
    """Whether a part of a database is the program's: the index of words is the database's own, as it keeps it."""
    return name is None or not name.startswith(("help_desk_words", "words"))


def test_an_upgraded_desk_has_exactly_the_tables(worked: Store) -> None:
    upgrading.upgrade(worked)
    with worked.read() as connection:
        beside = [] if worked.is_sqlite else [Beside.metadata, FILES.metadata]
        context = MigrationContext.configure(connection, opts={"include_object": is_ours})
        assert compare_metadata(context, [Base.metadata, *beside]) == []  # type: ignore[arg-type]  # it takes several


def test_every_stopped_clock_knows_what_stopped_it(worked: Store) -> None:
    upgrading.upgrade(worked)
    found = read(worked, "SELECT ticket_id, name, stopped_by FROM help_desk_clocks ORDER BY ticket_id, name DESC")
    assert found == [
        (1, "response", "assigned"),
        (1, "resolution", "resolved"),
        (2, "response", "resolved"),
        (2, "resolution", "resolved"),
        (3, "response", "assigned"),
        (3, "resolution", "resolved"),
        (4, "response", "closed"),
        (4, "resolution", "closed"),
        (5, "response", "assigned"),
        (5, "resolution", None),
        (6, "response", "assigned"),
        (6, "resolution", None),
    ]


def test_a_profile_is_in_effect_from_when_it_was_applied(worked: Store) -> None:
    upgrading.upgrade(worked)
    assert read(worked, "SELECT effective_at = applied_at FROM help_desk_profiles") == [(True,)]


def test_what_is_new_says_nothing_of_what_was_there(worked: Store) -> None:
    upgrading.upgrade(worked)
    new = "tier, customer, product, module, question"
    assert set(read(worked, f"SELECT {new} FROM help_desk_tickets")) == {(1, "", "", "", "")}  # noqa: S608
    assert set(read(worked, "SELECT customer FROM help_desk_people")) == {("",)}


def test_doctor_finds_nothing_after_an_upgrade(as_now: Callable[..., Desk]) -> None:
    report = as_now("ada").doctor()
    assert (report.tickets, report.facts, report.findings) == (6, 16, ())


RUNS: Final = {"consumed_us": 0, "running_since": BORN}
TIMED: Final = {**RUNS, "target_us": 4 * HOUR, "due_at": at(4)}
FRIDAY: Final = -3 * 24 + 4
"""The hour of Friday, 13:00: four open hours end at closing."""


@pytest.fixture(
    params=[
        (  # what moved counted its hours up to there, though nothing else came of it
            [
                SUBMITTED,
                {
                    "kind": "moved",
                    "hours": 1,
                    "actor_id": IFE,
                    "status": "new",
                    "department_id": 2,
                    "category_id": 2,
                    "assignee_id": None,
                },
            ],
            [
                {"name": "response", "consumed_us": HOUR, "running_since": at(1)},
                {**TIMED, "name": "resolution", "consumed_us": HOUR, "running_since": at(1)},
            ],
            {"department_id": 2, "category_id": 2, "next_due_at": at(4)},
        ),
        (  # what ended at closing was late only when more was used
            [{**SUBMITTED, "hours": FRIDAY}, resolved(FRIDAY + 6)],
            [
                stopped("response", FRIDAY + 6, 4),
                stopped("resolution", FRIDAY + 6, 4, due_at=at(FRIDAY + 6)),
            ],
            {"created_at": at(FRIDAY), "resolved_at": at(FRIDAY + 6), "resolver_id": IFE},
        ),
        (  # and was due at the next opening, once it was late
            [{**SUBMITTED, "hours": FRIDAY}, resolved(0)],
            [
                stopped("response", 0, 5),
                stopped("resolution", 0, 5, due_at=at(-1), breached_at=at(FRIDAY + 4)),
            ],
            {"created_at": at(FRIDAY), "resolved_at": BORN, "resolver_id": IFE},
        ),
        (  # a group took it, nobody did
            [
                SUBMITTED,
                {"kind": "started", "hours": 1, "actor_id": IFE, "status": "in_progress"},
                resolved(2),
            ],
            [stopped("response", 1, 1), stopped("resolution", 2, 2)],
            {"resolved_at": at(2), "resolver_id": IFE},
        ),
        (  # and put it back, so that it waited to be taken once more
            [
                SUBMITTED,
                {"kind": "started", "hours": 1, "actor_id": IFE, "status": "in_progress"},
                {"kind": "unassigned", "hours": 2, "actor_id": IFE, "status": "new"},
                resolved(3),
            ],
            [stopped("response", 3, 2), stopped("resolution", 3, 3)],
            {"resolved_at": at(3), "resolver_id": IFE},
        ),
    ],
    ids=["moved", "solved after closing", "late from closing", "taken by a group", "put back by a group"],
)
def odd(request: pytest.FixtureRequest, worked: Store) -> Store:
    """The desk with one more ticket, whose clocks the older program reckoned by other rules."""
    facts, clocks, said = request.param
    ticket(worked, 7, facts, clocks, **said)
    return worked


def test_clocks_are_reckoned_anew_where_the_rules_were_others(odd: Store) -> None:
    schema.upgrade(odd)
    admin = Desk(odd, setup.identify(odd, "ada")[0], lambda: at(24), Via.CLI)
    assert "HD-000007" in {finding.ticket for finding in admin.doctor().findings}
    assert upgrading.upgrade(odd) == 7  # what the step of the schema alone left is taken up
    assert admin.doctor().findings == ()
    assert upgrading.upgrade(odd) == 0


def test_a_desk_on_which_nothing_is_stopped_is_reckoned_anew_too(old: Store) -> None:
    moved = {"kind": "moved", "hours": 1, "actor_id": IFE, "status": "new", "department_id": 2, "category_id": 2}
    running = {"consumed_us": HOUR, "running_since": at(1)}
    clocks = [{"name": "response", **running}, {**TIMED, "name": "resolution", **running}]
    ticket(old, 1, [SUBMITTED, moved], clocks, department_id=2, category_id=2, next_due_at=at(4))
    assert upgrading.upgrade(old) == 1
    assert Desk(old, setup.identify(old, "ada")[0], lambda: at(24), Via.CLI).doctor().findings == ()


def test_an_upgrade_from_nothing_and_of_what_is_current_reckons_nothing(empty_url: str) -> None:
    with closing(Store(empty_url)) as store:
        assert upgrading.upgrade(store) == 0
        assert upgrading.upgrade(store) == 0
        schema.check(store)


def test_no_fact_is_touched_by_an_upgrade(worked: Store) -> None:
    query = "SELECT ticket_id, version, at, actor_id, kind, from_status, to_status FROM help_desk_facts ORDER BY id"
    before = read(worked, query)
    upgrading.upgrade(worked)
    assert read(worked, query) == before


def damage(store: Store) -> list[tuple[Damage, str]]:
    verdict = verify(store, heads=None, keys=frozenset(), now=at(24), check_head=lambda _: True)
    return [(found.kind, found.said) for found in verdict.damage]


def test_all_that_stood_before_the_trail_has_its_entry(as_now: Callable[..., Desk], worked: Store) -> None:
    assert damage(worked) == []
    kinds = [read_entry(body) for (body,) in read(worked, "SELECT body FROM help_desk_audit ORDER BY seq")]
    counted = Counter(entry.kind for entry in kinds)
    assert counted == {"fact": 16, "profile": 1, "department": 2, "category": 2, "person": 3, "post": 1, "desk": 1}
    assert (kinds[-1].kind, kinds[-1].what) == ("desk", "upgraded")
    latest = max(entry.at_us for entry in kinds if entry.kind == "fact")
    assert {entry.at_us for entry in kinds if entry.kind != "fact"} == {latest}
    as_now("ada").change_person("ife", active=False)
    as_now("ada").add_person(name="Ngozi", role=Role.AGENT, login="ngozi", department="it", post="lead")
    assert damage(worked) == []


@pytest.mark.parametrize(
    ("statement", "kind", "name"),
    [
        (
            "INSERT INTO help_desk_people (id, login, name, role, is_active) VALUES (99, 'evil', 'E', 'admin', {true})",
            Damage.INSERTED,
            "person 99",
        ),
        ("UPDATE help_desk_people SET role = 'admin' WHERE login = 'remi'", Damage.EDITED, "person 2"),
        ("INSERT INTO help_desk_posts (id, key, person_id) VALUES (99, 'director', 2)", Damage.INSERTED, "post"),
        ("UPDATE help_desk_posts SET person_id = 2", Damage.EDITED, "the post lead"),
        ("DELETE FROM help_desk_posts", Damage.DELETED, "the post lead"),
        ("UPDATE help_desk_categories SET kind = 'procurement' WHERE id = 1", Damage.EDITED, "category 1"),
        ("UPDATE help_desk_profiles SET text = text || '#'", Damage.EDITED, "profile 1"),
        ("UPDATE help_desk_meta SET purpose = 'demo'", Damage.EDITED, "the desk"),
    ],
)
def test_what_is_changed_behind_an_upgraded_desk_is_found(
    worked: Store, statement: str, kind: Damage, name: str
) -> None:
    upgrading.upgrade(worked)
    with worked.write() as connection:
        connection.execute(sa.text(statement.format(true=1 if worked.is_sqlite else "true")))
    ((found, said),) = damage(worked)
    assert (found, said.startswith(name)) == (kind, True), said


def test_an_upgrade_goes_by_no_table_or_format_of_today() -> None:
    folder = Path(schema.__file__).parent / "migrations"
    for path in [*folder.glob("versions/*.py"), *folder.glob("trail_*.py")]:
        names = re.findall(r"^\s*(?:from|import) (deskterm[\w.]*)", path.read_text("utf-8"), re.MULTILINE)
        assert set(names) <= {"deskterm.core.store.migrations"}, path.name


def test_work_goes_on_where_the_older_program_left_it(as_now: Callable[..., Desk]) -> None:
    again = as_now("remi").act(1, Action.REJECT, text="still nothing")
    assert (again.status, again.assignee_id) == (Status.ASSIGNED, IFE)
    left = {line.name: line.left for line in as_now("ife").ticket(1).clocks}
    assert (left["resolution"].state, left["resolution"].used) == ("runs", 2 * 3_600)
    assert left["resolution"].due_at == at(26)
    assert (left["response"].state, left["response"].used) == ("stopped", 1_800)
    back = as_now("remi").act(2, Action.REJECT, text="nor here")
    assert back.status is Status.NEW
    assert {line.left.state for line in as_now("ife").ticket(2).clocks} == {"runs"}
    as_now("ife").act(6, Action.RESUME)
    assert as_now("ada").sweep()[:2] == (1, 1)
    assert as_now("ife").ticket(5).timeline[-1].at == at(4)
    assert {row.id for row in as_now("ife").page(View.ALL, parse_filter("printer")).rows} == {1, 2, 5, 6}
    done = as_now("remi").submit(Submission(title="x", category="it_design"))
    assert as_now("remi").ticket(done.id).profile == "acob v1"
    assert {row.id for row in as_now("ife").page(View.ALL).rows} == {1, 2, 5, 6, done.id}
    assert as_now("ada", 48).doctor().findings == ()


def test_a_breach_that_the_older_program_did_not_write_is_dated_when_it_was_due(old: Store) -> None:
    note = {"kind": "updated", "hours": 6, "actor_id": IFE, "status": "new"}
    clocks = [
        {"name": "response", "consumed_us": 0, "running_since": BORN},
        {"name": "resolution", "target_us": 4 * HOUR, "consumed_us": 0, "running_since": BORN, "due_at": at(4)},
    ]
    ticket(old, 1, [SUBMITTED, note], clocks, next_due_at=at(4))
    upgrading.upgrade(old)
    ada = Desk(old, setup.identify(old, "ada")[0], lambda: at(7), Via.CLI)
    assert ada.doctor().findings == ()
    assert ada.sweep()[:2] == (1, 1)
    assert ada.ticket(1).timeline[-1].at == at(6)  # no fact is older than the one before it
    (breached,) = read(old, "SELECT breached_at = due_at FROM help_desk_clocks WHERE breached_at IS NOT NULL")
    assert breached == (True,)
    assert ada.doctor().findings == ()


@pytest.mark.parametrize("backend", ["postgres"])
def test_who_writes_while_words_are_filled_is_waited_for(store: Store, as_: Callable[[str], Desk]) -> None:
    ticket = as_("remi").submit(Submission(title="Printer", category="it_design")).id
    waiting = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    with store.write() as connection:
        connection.execute(sa.delete(WORDINGS))
    with ThreadPoolExecutor() as pool:
        with store.write() as connection:
            connection.execute(sa.update(TICKETS).values(title="Scanner"))
            wordings.refresh(connection, [ticket])
            upgraded = pool.submit(upgrading.upgrade, store)
            blocked = False
            while not blocked:
                assert not upgraded.done()
                with store.read() as reader:
                    blocked = bool(reader.scalar(waiting))
        assert upgraded.result() == 0
    assert as_("ife").count(View.ALL, parse_filter("scanner")) == 1


def test_an_upgrade_that_is_stopped_leaves_the_desk_as_it_was(old: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    ticket(old, 1, [SUBMITTED], [])
    monkeypatch.setattr("deskterm.core.store.wordings.fill", interrupted)
    with pytest.raises(KeyboardInterrupt):
        upgrading.upgrade(old)
    assert schema.version(old) == "0001"
