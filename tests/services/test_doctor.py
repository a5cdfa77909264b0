"""Doctor: finds nothing after whatever people did, finds what was changed behind the desk's back, and puts it right."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import InvalidInput, NotAllowed, NotFound
from deskterm.core.domain.facts import Fact
from deskterm.core.domain.filters import parse_filter
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action, FactKind, Role, Status, Via, WaitReason
from deskterm.core.services import setup
from deskterm.core.services.intake import Submission
from deskterm.core.store import tickets
from deskterm.core.store.engine import Store
from deskterm.core.store.tables import FACTS, TICKETS
from deskterm.core.views import View

As = Callable[[str], Desk]
Once = Callable[[Callable[[], Any]], Any]
LOGINS = ("remi", "ife", "ini", "lara", "ola", "olu", "ezra", "ada")
ACOB = (Path(__file__).parents[2] / "data" / "profiles" / "acob.toml").read_text("utf-8")
PAPER = Wanted(lines=("2 x Paper @ 4500.00",), justification="none is left")
CATEGORIES = ("it_design", "it_infrastructure", "operations_repairs", "it_procurement")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(LOGINS),
        st.sampled_from(Action),
        st.sampled_from(("urgent", "high", "medium", "low")),
        st.sampled_from(CATEGORIES),
        st.sampled_from(("ife", "ini", "lara", "ola")),
        st.sampled_from(WaitReason),
        st.integers(0, 3_000),
    ),
    min_size=5,
    max_size=30,
)

CHANGES: Final = (
    ("UPDATE help_desk_tickets SET status = 'assigned'", "status"),
    ("UPDATE help_desk_tickets SET priority = 1", "priority"),
    ("UPDATE help_desk_tickets SET assignee_id = 1", "assignee_id"),
    ("UPDATE help_desk_tickets SET title = 'y'", "title"),
    ("UPDATE help_desk_tickets SET version = 9", "version"),
    ("UPDATE help_desk_tickets SET created_at = '2026-01-01 00:00:00+00:00'", "created_at"),
    ("UPDATE help_desk_tickets SET next_due_at = '2026-01-01 00:00:00+00:00'", "next_due_at"),
    ("UPDATE help_desk_clocks SET consumed_us = consumed_us + 1 WHERE name = 'response'", "clock response"),
    ("UPDATE help_desk_clocks SET running_since = NULL WHERE name = 'resolution'", "clock resolution"),
    ("DELETE FROM help_desk_clocks WHERE name = 'response'", "clock response"),
    ("UPDATE help_desk_status_spans SET status = 'waiting' WHERE left_at IS NULL", "spans"),
    ("UPDATE help_desk_status_spans SET left_at = entered_at WHERE left_at IS NOT NULL", "spans"),
    ("DELETE FROM help_desk_status_spans WHERE left_at IS NOT NULL", "spans"),
)


@settings(max_examples=12)
@given(st.sampled_from(CATEGORIES), STEPS)
def test_whatever_people_do_the_rows_are_what_the_facts_say(
    as_: As,
    clock: list[datetime],
    category: str,
    steps: list[tuple[str, Action, str, str, str, WaitReason, int]],
) -> None:
    desks = {login: as_(login) for login in LOGINS}
    bought = PAPER if category == "it_procurement" else Wanted()
    made = desks["remi"].submit(Submission(title="x", category=category, purchase=bought))
    ticket, done = made.id, made.version
    for login, action, priority, to, person, reason, minutes in steps:
        clock.append(clock[-1] + timedelta(minutes=minutes))
        offered = desks["ada"].ticket(ticket).actions
        try:
            after = desks[login].act(
                ticket,
                action if login == "remi" or not offered else offered[minutes % len(offered)],
                text="said",
                cause="cause",
                fix="fix",
                stars=4,
                priority=priority,
                category=to,
                person=person,
                reason=reason,
                purchase=PAPER._replace(vendor=priority),
            )
        except (NotAllowed, NotFound, InvalidInput):
            before, done = done, desks["ada"].ticket(ticket).version
            assert before <= done <= before + 3  # what a chain forbids is an attempt, and breaches may come to light
        else:
            assert done < after.version <= done + 6
            done = after.version
    report = desks["ada"].doctor()
    assert report.findings == ()
    assert report.facts >= done


@pytest.fixture
def worked(once: Once, as_: As, clock: list[datetime]) -> int:

    def work() -> int:
        ticket = as_("remi").submit(Submission(title="x", category="it_design")).id
        for action in (Action.CLAIM, Action.START):
            clock.append(clock[-1] + timedelta(minutes=30))
            as_("ife").act(ticket, action)
        return ticket

    made: int = once(work)
    return made


@pytest.mark.parametrize(("statement", "field"), CHANGES)
def test_a_row_changed_behind_its_back_is_found(store: Store, as_: As, worked: int, statement: str, field: str) -> None:
    assert as_("ada").doctor().findings == ()
    with store.write() as connection:
        connection.execute(sa.text(statement))
    found = as_("ada").doctor().findings
    assert [(f.ticket, f.field) for f in found] == [(f"HD-{worked:06d}", field)]
    assert found[0].stored != found[0].folded


def test_words_that_are_not_those_of_the_texts_are_found_and_put_right_without_a_fact(
    store: Store, as_: As, worked: int
) -> None:
    ada, before = as_("ada"), facts_of(store, worked)
    as_("remi").submit(Submission(title="Another", category="it_design"))
    behind_its_back(store, "UPDATE help_desk_wordings SET public = ' nonsense' WHERE ticket_id = 1")
    behind_its_back(store, "DELETE FROM help_desk_wordings WHERE ticket_id = 2")
    assert [(one.ticket, one.field) for one in ada.doctor().findings] == [(f"HD-00000{n}", "words") for n in (1, 2)]
    assert ada.doctor(repair=True).repaired == 2
    assert ada.doctor().findings == ()
    assert facts_of(store, worked) == before
    assert [ada.count(View.ALL, parse_filter(words)) for words in ("nonsense", "another", "remi")] == [0, 1, 2]


def test_a_fact_too_many_is_found(store: Store, as_: As, worked: int) -> None:
    with store.write() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO help_desk_facts (ticket_id, version, at, via, kind, to_status, data) "
                "VALUES (:t, 9, '2026-09-29 08:00:00+00:00', 'cli', 'resumed', 'new', '{\"status\": \"new\"}')"
            ),
            {"t": worked},
        )
    assert {f.field for f in as_("ada").doctor().findings} >= {"status", "version"}


def test_a_row_that_says_nonsense_is_found_too(store: Store, as_: As, worked: int) -> None:
    with store.write() as connection:
        connection.execute(sa.text("UPDATE help_desk_tickets SET status = 'bogus'"))
    found = as_("ada").doctor().findings
    assert [f.ticket for f in found] == [f"HD-{worked:06d}"]


def test_every_ticket_is_looked_at_and_progress_is_told(as_: As) -> None:
    for _ in range(3):
        as_("remi").submit(Submission(title="x", category="it_design"))
    told: list[int] = []
    assert as_("ada").doctor(told.append)[:2] == (3, 3)
    assert told == [3]


@pytest.mark.parametrize("login", ["remi", "ife", "lara", "ezra"])
def test_doctor_is_an_admins(as_: As, login: str) -> None:
    with pytest.raises(NotAllowed, match="doctor is an admin's"):
        as_(login).doctor()


def test_a_ticket_without_facts_is_found_and_stays(store: Store, as_: As, worked: int) -> None:
    with store.write() as connection:
        row = dict(connection.execute(sa.select(TICKETS).where(TICKETS.c.id == worked)).mappings().one())
        connection.execute(sa.insert(TICKETS).values(row | {"id": 77}))
    report = as_("ada").doctor(repair=True)
    assert report.findings == (("HD-000077", "facts", "can't be folded", "ValueError: it has no facts"),)
    assert (report.tickets, report.facts, report.repaired) == (2, 3, 0)


def test_another_profile_on_the_row_is_found_and_put_right(
    store: Store, as_: As, clock: list[datetime], worked: int
) -> None:
    other = ACOB.replace("version = 1", "version = 2").replace('approver = "managing_director"', 'approver = "lead"')
    as_("ada").apply_profile(other, "other.toml", clock[-1])
    behind_its_back(store, "UPDATE help_desk_tickets SET profile_id = 2")
    assert [f[1:] for f in as_("ada").doctor().findings] == [("profile_id", "2", "1")]
    assert as_("ada").doctor(repair=True).repaired == 1
    assert as_("ada").doctor().findings == ()
    assert as_("ada").ticket(worked).profile == "acob v1"


def test_a_round_with_other_stages_than_the_profile_has_is_found_and_stays(store: Store, as_: As) -> None:
    ticket = as_("remi").submit(Submission(title="x", category="it_procurement", purchase=PAPER)).id
    no_triggers(store)
    with store.write() as connection:
        row = connection.execute(sa.select(FACTS).where(FACTS.c.kind == FactKind.REQUESTED)).mappings().one()
        fewer = {**row["data"], "stages": row["data"]["stages"][:1]}
        connection.execute(sa.update(FACTS).where(FACTS.c.id == row["id"]).values(data=fewer))
    found = [f for f in as_("ada").doctor(repair=True).findings if f.field == "law of purchases"]
    assert [(f.ticket, f.stored) for f in found] == [
        (f"HD-{ticket:06d}", "fact 2: its stages are not those of the profile")
    ]


def no_triggers(store: Store) -> None:
    """As who holds the database would: what refuses changes is taken away."""
    with store.write() as connection:
        if store.is_sqlite:
            connection.execute(sa.text("DROP TRIGGER help_desk_facts_no_update"))
        else:
            connection.execute(sa.text("ALTER TABLE help_desk_facts DISABLE TRIGGER ALL"))


def behind_its_back(store: Store, *statements: str) -> None:
    with store.write() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


def facts_of(store: Store, ticket: int) -> list[Fact]:
    with store.read() as connection:
        return tickets.facts(connection, ticket)


@pytest.mark.parametrize(("statement", "field"), CHANGES)
def test_a_row_is_made_what_its_facts_say_and_a_fact_tells_what_was(
    store: Store, as_: As, clock: list[datetime], worked: int, statement: str, field: str
) -> None:
    facts, view = facts_of(store, worked), as_("ada").ticket(worked)
    behind_its_back(store, statement)
    report = as_("ada").doctor(repair=True)
    (found,) = report.findings
    *before, last = facts_of(store, worked)
    assert (report.tickets, report.facts, report.repaired, found.field) == (1, 3, 1, field)
    assert before == facts
    assert (last.kind, last.at, last.actor_id) == (FactKind.REPAIRED, clock[-1], as_("ada").actor.id)
    assert last.repaired == ((field, found.stored, found.folded),)
    assert as_("ada").doctor(repair=True) == (1, 4, (), 0)
    after = as_("ada").ticket(worked)
    assert (after.version, after.status, after.clocks) == (view.version + 1, view.status, view.clocks)
    assert as_("ada").explain(worked).agrees


def test_what_the_fact_tells_is_to_be_read_by_people(store: Store, as_: As, worked: int) -> None:
    behind_its_back(
        store,
        "UPDATE help_desk_tickets SET priority = 1, assignee_id = NULL, created_at = '2026-09-28 07:00:00+00:00'",
        "UPDATE help_desk_clocks SET consumed_us = 7 WHERE name = 'response'",
        "DELETE FROM help_desk_clocks WHERE name = 'resolution'",
    )
    as_("ada").doctor(repair=True)
    told = {field: (was, now) for field, was, now in facts_of(store, worked)[-1].repaired or ()}
    assert told.keys() == {"priority", "assignee_id", "created_at", "clock response", "clock resolution"}
    assert told["priority"] == ("1", "3")
    assert told["assignee_id"] == ("nothing", str(as_("ife").actor.id))
    assert told["created_at"] == ("2026-09-28T07:00:00+00:00", "2026-09-28T08:00:00+00:00")
    was, now = told["clock response"]
    assert "consumed_us 7," in was
    assert "consumed_us 1800000000," in now
    assert told["clock resolution"][0] == "nothing"


def test_a_clock_and_a_span_too_many_are_taken_out(store: Store, as_: As, worked: int) -> None:
    behind_its_back(
        store,
        "INSERT INTO help_desk_clocks (ticket_id, name, cycle, consumed_us) SELECT ticket_id, name, 2, 5 "
        "FROM help_desk_clocks WHERE name = 'response'",
        "INSERT INTO help_desk_status_spans (ticket_id, entered_at, left_at, status, department_id) SELECT ticket_id, "
        "entered_at, left_at, status, department_id FROM help_desk_status_spans WHERE status = 'new'",
    )
    assert [f.field for f in as_("ada").doctor(repair=True).findings] == ["clock response, cycle 2", "spans"]
    assert as_("ada").doctor().findings == ()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE help_desk_tickets SET status = 'bogus'",
        "UPDATE help_desk_tickets SET category_kind = 'bogus'",
        "UPDATE help_desk_clocks SET stopped_by = 'bogus' WHERE name = 'response'",
        "UPDATE help_desk_status_spans SET status = 'bogus' WHERE left_at IS NOT NULL",
    ],
)
def test_a_row_that_cannot_be_read_is_put_right(store: Store, as_: As, worked: int, statement: str) -> None:
    behind_its_back(store, statement)
    report = as_("ada").doctor(repair=True)
    assert [(f.field, f.stored) for f in report.findings] == [("row", "can't be read")]
    assert "'bogus' is not a valid" in report.findings[0].folded
    assert report.repaired == 1
    assert as_("ada").doctor() == (1, 4, (), 0)
    assert as_("ife").ticket(worked).status is Status.IN_PROGRESS


def test_what_is_put_right_goes_on_as_before(store: Store, as_: As, clock: list[datetime], worked: int) -> None:
    behind_its_back(store, "UPDATE help_desk_tickets SET status = 'new', assignee_id = NULL")
    as_("ada").doctor(repair=True)
    clock.append(clock[-1] + timedelta(minutes=30))
    done = as_("ife").act(worked, Action.RESOLVE, cause="x", fix="y", expected=4)
    assert (done.version, done.status) == (5, Status.RESOLVED)
    assert as_("ada").doctor().findings == ()
    used = {line.name: line.left.used for line in as_("ife").ticket(worked).clocks}
    assert used == {"response": 1_800, "resolution": 5_400}


def test_only_what_differs_is_touched(store: Store, as_: As) -> None:
    for _ in range(3):
        as_("remi").submit(Submission(title="x", category="it_design"))
    behind_its_back(store, "UPDATE help_desk_tickets SET priority = 1 WHERE id <> 2")
    report = as_("ada").doctor(repair=True)
    assert (report.tickets, len(report.findings), report.repaired) == (3, 2, 2)
    assert [len(facts_of(store, number)) for number in (1, 2, 3)] == [2, 1, 2]
    assert as_("ada").doctor().findings == ()


def test_without_being_asked_nothing_is_put_right(store: Store, as_: As, worked: int) -> None:
    behind_its_back(store, "UPDATE help_desk_tickets SET title = 'y'")
    assert as_("ada").doctor().repaired == 0
    assert len(facts_of(store, worked)) == 3
    assert as_("ada").ticket(worked).title == "y"


def test_a_ticket_that_is_changed_meanwhile_is_left_alone(
    store: Store, as_: As, clock: list[datetime], worked: int
) -> None:
    behind_its_back(store, "UPDATE help_desk_tickets SET title = 'y'")

    def noted_meanwhile() -> datetime:
        as_("ife").act(worked, Action.NOTE, text="I was faster")
        return clock[-1]

    admin = Desk(store, setup.identify(store, "ada")[0], noted_meanwhile, Via.CLI)
    report = admin.doctor(repair=True)
    assert ([f.field for f in report.findings], report.repaired) == (["title"], 0)
    assert [fact.kind for fact in facts_of(store, worked)][3:] == [FactKind.NOTED]
    assert as_("ada").ticket(worked).title == "y"
    assert as_("ada").doctor(repair=True).repaired == 1
    assert as_("ada").ticket(worked).title == "x"


def test_a_row_that_was_changed_once_more_meanwhile_is_left_to_the_next_doctor(
    store: Store, as_: As, clock: list[datetime], worked: int
) -> None:
    behind_its_back(store, "UPDATE help_desk_tickets SET title = 'y'")

    def changed_meanwhile() -> datetime:
        behind_its_back(store, "UPDATE help_desk_tickets SET version = 8")
        return clock[-1]

    admin = Desk(store, setup.identify(store, "ada")[0], changed_meanwhile, Via.CLI)
    assert admin.doctor(repair=True).repaired == 0
    report = as_("ada").doctor(repair=True)
    assert ([f.field for f in report.findings], report.repaired) == (["version", "title"], 1)
    assert len(facts_of(store, worked)) == 4


def add_fact(store: Store, ticket: int, version: int, kind: str, data: dict[str, object]) -> None:
    with store.write() as connection:
        last = connection.scalar(sa.select(sa.func.max(FACTS.c.at)).where(FACTS.c.ticket_id == ticket))
        values = {"ticket_id": ticket, "version": version, "at": last, "via": "cli", "kind": kind, "to_status": "new"}
        connection.execute(sa.insert(FACTS).values(values | {"data": data}))


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("submitted", "ValueError: a ticket is submitted once"),
        ("bogus", "ValueError: 'bogus' is not a valid FactKind"),
    ],
)
def test_facts_that_cannot_be_folded_stay_as_they_are_and_the_rest_is_put_right(
    store: Store, as_: As, worked: int, kind: str, why: str
) -> None:
    other = as_("remi").submit(Submission(title="x", category="it_design")).id
    add_fact(store, worked, 4, kind, {})
    behind_its_back(store, "UPDATE help_desk_tickets SET title = 'y'")
    report = as_("ada").doctor(repair=True)
    assert [(f.ticket, f.field) for f in report.findings] == [
        (f"HD-{worked:06d}", "facts"),
        (f"HD-{other:06d}", "title"),
    ]
    assert report.findings[0][2:] == ("can't be folded", why)
    assert report.repaired == 1
    again = as_("ada").doctor(repair=True)
    assert ([f.ticket for f in again.findings], again.repaired) == ([f"HD-{worked:06d}"], 0)
    assert as_("ada").ticket(other).title == "x"
    with store.read() as connection:
        loaded = tickets.load(connection, worked)
    assert loaded is not None
    assert (loaded.history.ticket.title, loaded.history.ticket.version) == ("y", 3)


def test_a_fact_that_the_row_never_heard_of_is_followed(store: Store, as_: As, worked: int) -> None:
    add_fact(store, worked, 4, "prioritised", {"priority": 1})
    report = as_("ada").doctor(repair=True)
    assert {f.field for f in report.findings} >= {"priority", "version", "clock resolution"}
    assert report.repaired == 1
    assert (as_("ada").ticket(worked).priority, as_("ada").ticket(worked).version) == (1, 5)
    assert as_("ada").doctor().findings == ()


def test_facts_with_a_gap_among_their_numbers_are_found_and_left(store: Store, as_: As, worked: int) -> None:
    add_fact(store, worked, 9, "resumed", {"status": "new"})
    for _ in range(2):
        report = as_("ada").doctor(repair=True)
        assert ({f.field for f in report.findings} >= {"status", "version"}, report.repaired) == (True, 0)
    assert len(facts_of(store, worked)) == 4


@pytest.mark.parametrize("login", ["remi", "ife", "lara", "ezra"])
def test_repairing_is_an_admins(store: Store, as_: As, worked: int, login: str) -> None:
    behind_its_back(store, "UPDATE help_desk_tickets SET title = 'y'")
    with pytest.raises(NotAllowed, match="doctor is an admin's"):
        as_(login).doctor(repair=True)
    assert len(facts_of(store, worked)) == 3


def test_who_repairs_as_somebody_else_is_named(store: Store, as_: As, worked: int) -> None:
    as_("ada").change_person("lara", role=Role.ADMIN)
    behind_its_back(store, "UPDATE help_desk_tickets SET title = 'y'")
    as_("ada").acting_as("lara").doctor(repair=True)
    last = facts_of(store, worked)[-1]
    assert (last.actor_id, last.by_id) == (as_("lara").actor.id, as_("ada").actor.id)


def test_a_round_that_differs_is_told_field_by_field(store: Store, as_: As) -> None:
    wanted = Wanted(("2 x Toner @ 45.00",), justification="empty")
    as_("remi").submit(Submission(title="Toner", category="it_procurement", purchase=wanted))
    with store.write() as connection:
        connection.execute(sa.text("UPDATE help_desk_procurements SET total_minor = 900, state = 'approved'"))
        connection.execute(sa.text("UPDATE help_desk_slots SET person_id = 1"))
    lara = as_("lara").actor.id
    found = {(one.field, one.stored, one.folded) for one in as_("ada").doctor().findings}
    assert found == {
        ("round 1 state", "approved", "open"),
        ("round 1 total_minor", "900", "9000"),
        ("place 0 person_id", "1", str(lara)),
    }
    with store.write() as connection:
        connection.execute(sa.text("DELETE FROM help_desk_procurements"))
        connection.execute(sa.text("DELETE FROM help_desk_slots"))
    gone = {one.field: one for one in as_("ada").doctor().findings}
    assert set(gone) == {"round 1", "place 0"}
    assert all(one.stored == "nothing" for one in gone.values())
    said = " ".join(one.folded for one in gone.values())
    assert "state open" in said
    assert "asked_at 2026-09-28T08:00:00+00:00" in said
    assert not set("{}<>'") & set(said)
