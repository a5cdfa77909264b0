"""What the verifier looks at: a clean trail gives no alarm, whoever works meanwhile, and every row has its entry."""

import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from deskterm.core.desk import Desk
from deskterm.core.domain.audit import Head, read_entry
from deskterm.core.domain.erasure import whole
from deskterm.core.domain.heads import SignedHead
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.trail import Alarm, Damage, Verdict
from deskterm.core.domain.words import Action, Role
from deskterm.core.services import upgrading
from deskterm.core.services.audit_facts import excerpt
from deskterm.core.services.auditing import verify
from deskterm.core.services.intake import Submission
from deskterm.core.store import audit, schema
from deskterm.core.store.engine import Store

As = Callable[[str], Desk]
Once = Callable[[Callable[[], Any]], Any]
KEY: Final = "a-key"
BORN: Final = datetime(2026, 9, 28, 8, 0, tzinfo=UTC)


def head_now(store: Store, at: datetime) -> SignedHead:
    with store.read() as connection:
        log_id, end = audit.head(connection)
    return SignedHead(log_id, end, at, KEY, "good")


def look(store: Store, *heads: SignedHead, now: datetime = BORN, **said: Any) -> Verdict:
    """Gives the verdict, under the heads given or under one that was signed a moment ago."""
    under = heads or (head_now(store, now),)
    return verify(
        store, heads=under, keys=frozenset({KEY}), now=now, check_head=lambda head: head.signature == "good", **said
    )


def past_guards(store: Store, *statements: str) -> None:
    """Runs statements as who has the file, or is the database's superuser."""
    with closing(sa.create_engine(store.url, poolclass=sa.NullPool).connect()) as connection:
        if store.is_sqlite:
            named = connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
            for (name,) in named:
                connection.execute(sa.text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(sa.text("SET session_replication_role = replica"))
        for statement in statements:
            connection.execute(sa.text(statement))
        connection.commit()


@pytest.fixture
def worked(once: Once, as_: As) -> int:
    """A ticket with a note and a reply, and a purchase that its lead approved."""

    def work() -> int:
        ticket = as_("remi").submit(Submission(title="The printer is out", category="it_infrastructure")).id
        as_("ife").act(ticket, Action.CLAIM)
        as_("ife").act(ticket, Action.NOTE, text="toner")
        as_("remi").act(ticket, Action.REPLY, text="thanks")
        bought = Wanted(lines=("2 x Toner @ 45.00",), justification="none is left")
        purchase = as_("remi").submit(Submission(title="Toner", category="it_procurement", purchase=bought)).id
        as_("lara").act(purchase, Action.APPROVE, text="yes")
        as_("ezra").delegate("ife", date(2026, 10, 5), date(2026, 10, 9), "leave")
        return ticket

    made: int = once(work)
    return made


def seq_of(store: Store, ticket_id: int, version: int) -> int:
    with store.read() as connection:
        return audit.of_ticket(connection, ticket_id)[version - 1].seq


# what is no tampering


def test_a_desk_that_was_just_made_is_well(store: Store) -> None:
    verdict = look(store)
    assert verdict.is_well, verdict
    assert (verdict.tickets, verdict.heads) == (0, 1)


def test_a_desk_at_work_is_well(store: Store, worked: int) -> None:
    heard: list[int] = []
    verdict = look(store, progress=heard.append)
    assert verdict.is_well, verdict
    assert heard[-1] == verdict.entries == verdict.last_good.size
    assert verdict.last_good == head_now(store, BORN).head
    assert verdict.tickets == 2


def test_an_empty_database_is_no_crash(empty_url: str) -> None:
    with closing(Store(empty_url)) as store:
        if store.path is not None:
            store.path.touch()
        verdict = verify(store, heads=[], keys=frozenset(), now=BORN, check_head=lambda _: True)
    assert [found.kind for found in verdict.damage] == [Damage.CUT_OFF]


def test_who_writes_meanwhile_gives_no_alarm(store: Store, as_: As, worked: int) -> None:
    done = Event()
    seen: list[Exception] = []

    def write() -> None:
        try:
            while not done.is_set():
                ticket = as_("remi").submit(Submission(title="Again", category="it_infrastructure")).id
                as_("ife").act(ticket, Action.CLAIM)
                as_("ife").act(ticket, Action.NOTE, text="more toner")
        except Exception as error:  # noqa: BLE001 - told by the test
            seen.append(error)

    writers = [Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    sizes = []
    try:
        for _ in range(12):
            verdict = look(store)
            assert (verdict.damage, verdict.alarms) == ((), ())
            sizes.append(verdict.entries)
    finally:
        done.set()
        for writer in writers:
            writer.join()
    assert seen == []
    assert sizes[-1] > sizes[0]


def test_a_clock_that_was_set_back_gives_no_alarm(
    store: Store, as_: As, at: Callable[[str], datetime], worked: int
) -> None:
    now = at("2026-09-28 07:00")
    as_("ife").act(worked, Action.NOTE, text="an hour ago")
    other = as_("remi").submit(Submission(title="Earlier", category="it_infrastructure")).id
    at("2026-09-28 06:00")
    as_("ife").act(other, Action.CLAIM)
    verdict = look(store, now=now)
    assert verdict.is_well, verdict


def test_a_breach_that_is_found_late_gives_no_alarm(
    store: Store, as_: As, at: Callable[[str], datetime], worked: int
) -> None:
    old = head_now(store, BORN)
    now = at("2026-12-01 09:00")
    assert as_("ada").sweep().breaches > 0
    assert look(store, old, now=now).is_well


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
def test_who_may_only_read_the_database_can_verify_it(desk_url: str, worked: int) -> None:
    with psycopg.connect(desk_url, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS auditor")
        connection.execute("CREATE ROLE auditor LOGIN")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO auditor")
    url = sa.make_url(desk_url).set(username="auditor")
    with closing(Store(url.render_as_string(hide_password=False))) as reading:
        schema.check(reading)
        assert look(reading).is_well
    with psycopg.connect(desk_url, autocommit=True) as connection:
        connection.execute("DROP OWNED BY auditor")
        connection.execute("DROP ROLE auditor")


def test_a_desk_that_was_upgraded_is_well(empty_url: str) -> None:
    with closing(Store(empty_url)) as store:
        older(store)
        upgrading.upgrade(store)
        verdict = look(store)
        assert verdict.is_well, verdict
        assert (verdict.entries, verdict.tickets) == (7, 1)  # two facts, four of the directory, the upgrade itself
        past_guards(store, "UPDATE help_desk_comments SET body = 'ink'")
        assert [(found.kind, found.at) for found in look(store).damage] == [(Damage.EDITED, 2)]


def older(store: Store) -> None:
    """Makes a desk of schema 0002: a ticket with a note."""
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    with store.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        text = (Path(__file__).parents[2] / "data" / "profiles" / "acob.toml").read_text("utf-8").split("[[tests]]")[0]
        born = BORN.strftime("%Y-%m-%d %H:%M:%S.%f") + ("" if store.is_sqlite else "+00")
        submitted = {
            "status": "new", "requester_id": 1, "department_id": 1, "category_id": 1, "category_kind": "standard",
            "priority": 3, "title": "The printer is out", "description": "", "source": "form",
        }  # fmt: skip
        said = {"comment": "note"}
        rows: list[tuple[str, dict[str, object]]] = [
            ("profiles", {"key": "acob", "version": 1, "text": text, "applied_at": born, "effective_at": born}),
            ("meta", {"id": 1, "purpose": "desk", "log_id": "x", "profile_id": 1, "created_at": born}),
            ("departments", {"key": "it", "name": "IT", "calendar": "office"}),
            ("categories", {"key": "it_design", "name": "Design", "kind": "standard", "department_id": 1}),
            ("people", {"login": "ada", "name": "Ada", "role": "admin", "is_active": True}),
            ("tickets", {**submitted, "version": 2, "created_at": born, "updated_at": born, "reopen_count": 0,
                         "next_due_at": born, "profile_id": 1}),
        ]  # fmt: skip
        fact = {"ticket_id": 1, "at": born, "actor_id": 1, "via": "cli", "to_status": "new"}
        rows.append(("facts", {**fact, "version": 1, "kind": "submitted", "data": json.dumps(submitted)}))
        noted = {"version": 2, "kind": "noted", "from_status": "new", "data": json.dumps(said)}
        rows.append(("facts", {**fact, **noted}))
        rows.append(
            ("comments", {"ticket_id": 1, "version": 2, "author_id": 1, "at": born, "kind": "note", "body": "toner"})
        )
        for name, row in rows:
            columns, values = ", ".join(row), ", ".join(f":{column}" for column in row)
            statement = f"INSERT INTO help_desk_{name} ({columns}) VALUES ({values})"  # noqa: S608 - the test's own
            connection.execute(sa.text(statement), row)


# rows without entries, and entries without rows

FACT: Final = """INSERT INTO help_desk_facts (id, ticket_id, version, at, actor_id, via, kind, to_status, data)
                 SELECT max(id) + 1, 1, 9, max(at), 1, 'cli', 'noted', 'assigned', '{}' FROM help_desk_facts"""
COMMENT: Final = """INSERT INTO help_desk_comments (id, ticket_id, version, author_id, at, kind, body)
                    SELECT max(id) + 1, 1, 1, 1, max(at), 'note', 'forged' FROM help_desk_comments"""
DECISION: Final = """INSERT INTO help_desk_approvals
    (id, ticket_id, version, round, stage, decision, at, digest, reason, is_signed)
    SELECT max(id) + 1, 1, 1, 1, 'x', 'approved', max(at), 'x', '', {} FROM help_desk_approvals"""
PERSON: Final = "INSERT INTO help_desk_people (id, name, role, is_active) VALUES (99, 'Mallory', 'admin', {})"


@pytest.mark.parametrize("statement", [FACT, COMMENT, DECISION, PERSON])
def test_a_row_that_was_put_in_is_found(store: Store, worked: int, statement: str) -> None:
    past_guards(store, statement.format(1 if store.is_sqlite else "true"))
    assert [(found.kind, found.at) for found in look(store).damage] == [(Damage.INSERTED, None)]


def test_a_ticket_that_was_put_in_is_found(store: Store, worked: int) -> None:
    columns = ", ".join(name for name in look_at(store, "help_desk_tickets") if name != "id")
    copy = f"INSERT INTO help_desk_tickets (id, {columns}) SELECT 77, {columns} FROM help_desk_tickets WHERE id = 1"  # noqa: S608
    past_guards(store, copy)
    assert [(found.kind, found.at) for found in look(store).damage] == [(Damage.INSERTED, None)]


def look_at(store: Store, table: str) -> list[str]:
    with store.read() as connection:
        return [column["name"] for column in sa.inspect(connection).get_columns(table)]


@pytest.mark.parametrize(
    ("statement", "version"),
    [
        ("DELETE FROM help_desk_facts WHERE ticket_id = 1 AND version = 3", 3),
        ("DELETE FROM help_desk_comments WHERE ticket_id = 1 AND version = 4", 4),
        ("DELETE FROM help_desk_tickets WHERE id = 1", 4),
        ("DELETE FROM help_desk_facts WHERE ticket_id = 1", 1),
    ],
)
def test_a_row_that_is_gone_is_found(store: Store, worked: int, statement: str, version: int) -> None:
    past_guards(store, statement)
    assert [(found.kind, found.at) for found in look(store).damage] == [(Damage.DELETED, seq_of(store, 1, version))]


def test_a_decision_that_is_gone_is_found(store: Store, worked: int) -> None:
    past_guards(store, "DELETE FROM help_desk_approvals")
    (found,) = look(store).damage
    assert (found.kind, "decision of HD-000002" in found.said) == (Damage.DELETED, True)


@pytest.mark.parametrize(
    "change", ["decision = 'refused'", "approver_id = 1", "reason = ''", "digest = 'x'", "round = 2"]
)
def test_a_decision_that_was_changed_is_found(store: Store, worked: int, change: str) -> None:
    past_guards(store, "UPDATE help_desk_approvals SET " + change)  # noqa: S608 - the test's own
    (found,) = look(store).damage
    assert (found.kind, "decision of HD-000002" in found.said) == (Damage.EDITED, True)


def test_an_entry_that_nothing_else_knows_of_was_put_in(store: Store, worked: int) -> None:
    before = head_now(store, BORN)
    with store.read() as connection:
        last = audit.of_ticket(connection, 1)[-1]
    entry = whole(read_entry(last.body), last.texts)
    with store.write() as connection:
        audit.append(connection, [entry._replace(version=9)])
    (found,) = look(store, before).damage
    assert (found.kind, found.at) == (Damage.INSERTED, before.head.size + 1)


# who is who


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE help_desk_people SET role = 'admin' WHERE login = 'remi'", Damage.EDITED),
        ("UPDATE help_desk_people SET login = 'mallory' WHERE login = 'lara'", Damage.EDITED),
        ("UPDATE help_desk_people SET department_id = NULL WHERE login = 'ife'", Damage.EDITED),
        ("UPDATE help_desk_people SET is_active = {false} WHERE login = 'lara'", Damage.EDITED),
        ("DELETE FROM help_desk_people WHERE login = 'sola'", Damage.DELETED),
        ("UPDATE help_desk_posts SET person_id = 2 WHERE key = 'managing_director'", Damage.EDITED),
        ("DELETE FROM help_desk_posts WHERE key = 'managing_director'", Damage.DELETED),
        ("UPDATE help_desk_delegations SET until = since", Damage.EDITED),
        ("UPDATE help_desk_delegations SET revoked_at = since", Damage.EDITED),
        ("DELETE FROM help_desk_delegations", Damage.DELETED),
        ("UPDATE help_desk_profiles SET text = text || '#'", Damage.EDITED),
        ("UPDATE help_desk_profiles SET version = 2", Damage.EDITED),
        ("UPDATE help_desk_meta SET purpose = 'demo'", Damage.EDITED),
    ],
)
def test_a_change_of_the_directory_is_found(store: Store, worked: int, statement: str, kind: Damage) -> None:
    past_guards(store, statement.format(false="0" if store.is_sqlite else "false"))
    verdict = look(store)
    assert [found.kind for found in verdict.damage] == [kind]
    at = verdict.damage[0].at
    assert at is not None
    assert at <= verdict.entries


def test_a_post_that_was_given_past_the_program_is_found(store: Store, worked: int) -> None:
    post = "INSERT INTO help_desk_posts (id, key, person_id) VALUES (99, 'auditor', 2)"
    past_guards(store, post)
    assert [(found.kind, found.at) for found in look(store).damage] == [(Damage.INSERTED, None)]


def test_the_latest_entry_of_a_person_counts(store: Store, as_: As, worked: int) -> None:
    as_("ada").change_person("remi", role=Role.AGENT, department="it", post="lead")
    as_("ada").change_person("sola", active=False)
    assert look(store).is_well
    past_guards(store, "UPDATE help_desk_people SET is_active = NOT is_active WHERE login = 'sola'")
    assert [found.kind for found in look(store).damage] == [Damage.EDITED]


# what guards the tables


@pytest.mark.parametrize("table", ["facts", "comments", "approvals", "audit"])
def test_a_trigger_that_is_gone_is_an_alarm(store: Store, worked: int, table: str) -> None:
    with closing(sa.create_engine(store.url, poolclass=sa.NullPool).connect()) as connection:
        drop = f"DROP TRIGGER help_desk_{table}_no_update" if store.is_sqlite else (
            f"ALTER TABLE help_desk_{table} DISABLE TRIGGER ALL"
        )  # fmt: skip
        connection.execute(sa.text(drop))
        connection.commit()
    verdict = look(store)
    assert verdict.damage == ()
    assert [(alarm.kind, f"help_desk_{table} " in alarm.said) for alarm in verdict.alarms] == [(Alarm.UNGUARDED, True)]


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("DROP TABLE help_desk_audit", Damage.CUT_OFF),
        ("DROP TABLE help_desk_comments", Damage.DELETED),
        ("ALTER TABLE help_desk_comments DROP COLUMN body", Damage.DELETED),
        ("DELETE FROM help_desk_meta", Damage.EDITED),
    ],
)
def test_a_table_that_is_gone_is_damage_and_no_crash(store: Store, worked: int, statement: str, kind: Damage) -> None:
    head = head_now(store, BORN)
    past_guards(store, statement)
    (found,) = look(store, head).damage
    assert (found.kind, found.at) == (kind, 1)


def test_another_log_id_is_no_longer_the_log_that_heads_vouch_for(store: Store, worked: int) -> None:
    head = head_now(store, BORN)
    past_guards(store, "UPDATE help_desk_meta SET log_id = 'ffffffffffffffffffffffffffffffff'")
    verdict = look(store, head)
    assert [(found.kind, found.at) for found in verdict.damage] == [(Damage.SPLICED, 1)]
    alarms = [alarm.kind for alarm in verdict.alarms if alarm.kind is not Alarm.UNGUARDED]
    assert alarms == [Alarm.OTHER_LOG, Alarm.NO_HEADS]


def test_the_number_of_an_entry_is_not_where_it_is_filed(store: Store, worked: int) -> None:
    at = seq_of(store, 1, 2)
    past_guards(store, f"UPDATE help_desk_audit SET ticket_id = 2 WHERE seq = {at}")  # noqa: S608 - a number
    assert [(found.kind, found.at) for found in look(store).damage] == [(Damage.EDITED, at)]


@pytest.mark.parametrize("rows", [1, 3])
def test_entries_are_missed_without_any_head(store: Store, worked: int, rows: int) -> None:
    end = head_now(store, BORN).head.size
    past_guards(store, f"DELETE FROM help_desk_audit WHERE seq > {end - 1 - rows}")  # noqa: S608 - a number
    verdict = verify(store, heads=None, keys=frozenset(), now=BORN, check_head=lambda _: True)
    assert [found.kind for found in verdict.damage] == [Damage.CUT_OFF]
    assert verdict.last_good.size == end - 1 - rows


def test_a_head_of_nothing_agrees_with_every_log(store: Store, worked: int) -> None:
    whole = head_now(store, BORN)
    none = SignedHead(whole.log_id, Head(0, "0" * 64), BORN - timedelta(hours=1), KEY, "good")
    assert look(store, none, whole).is_well
    assert [found.kind for found in look(store, none._replace(head=Head(0, "1" * 64)), whole).damage] == [
        Damage.REBUILT
    ]


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("UPDATE help_desk_facts SET via = 'mail' WHERE ticket_id = 1 AND version = 3", "help_desk_facts"),
        ("UPDATE help_desk_comments SET body = 'ink' WHERE ticket_id = 1 AND version = 3", "help_desk_comments"),
        ("UPDATE help_desk_approvals SET reason = 'no'", "help_desk_approvals"),
        ("UPDATE help_desk_tickets SET title = 'x' WHERE id = 1", "help_desk_tickets"),
    ],
)
def test_a_finding_names_the_table(store: Store, worked: int, statement: str, table: str) -> None:
    past_guards(store, statement)
    (found,) = look(store).damage
    assert (found.kind, f" in {table} " in found.said) == (Damage.EDITED, True), found.said


def test_an_excerpt_begins_with_a_word() -> None:
    text = "The printer on the second floor is out of toner again, and nobody " * 4
    at = text.index("toner", 100)
    said = excerpt(text, at)
    assert said.startswith("...'") and said.endswith("'...")  # noqa: PT018 - both ends of one
    words = said.strip(".'").split()
    assert words[0] in text.split()
    assert "toner" in words
    assert excerpt("short", 3) == "'short'"
    assert excerpt("x" * 1_000, 500).startswith("...'x")
