"""`sla explain`: targets and why, where the time went, and that all of it adds up to the clocks that are stored."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa

from deskterm.core.desk import Desk
from deskterm.core.domain.clocks import consumed_us
from deskterm.core.domain.errors import InvalidInput, NotFound
from deskterm.core.domain.words import Action, Moment, PauseReason, WaitReason
from deskterm.core.services.context import load_policies
from deskterm.core.services.event_log import COLUMNS, parse_event_log
from deskterm.core.services.intake import Submission
from deskterm.core.store import lists, tickets
from deskterm.core.store.engine import Store
from deskterm.core.store.tables import FACTS
from deskterm.core.ticket_views import ClockAccount, Explained, StretchLine

As = Callable[[str], Desk]
At = Callable[[str], datetime]
ACOB: Final = Path(__file__).parents[2] / "data" / "profiles" / "acob.toml"
HOUR: Final = 3_600_000_000


def account(found: Explained, name: str = "resolution", cycle: int = 1) -> ClockAccount:
    (one,) = (a for a in found.clocks if (a.name, a.cycle) == (name, cycle))
    return one


def add_fact(store: Store, ticket: int, version: int, kind: str) -> None:
    with store.write() as connection:
        last = connection.scalar(sa.select(sa.func.max(FACTS.c.at)).where(FACTS.c.ticket_id == ticket))
        values = {"ticket_id": ticket, "version": version, "at": last, "via": "cli", "kind": kind, "to_status": "new"}
        connection.execute(sa.insert(FACTS).values(values | {"data": {}}))


@pytest.fixture
def late(as_: As, at: At) -> int:
    """Urgent on the eve of a holiday: half an hour of work, a wait for the vendor, a weekend."""
    at("2026-09-30 16:00")
    ticket = as_("remi").submit(Submission(title="No power", category="it_design", priority="urgent")).id
    at("2026-09-30 16:30")
    as_("ife").act(ticket, Action.WAIT, reason=WaitReason.VENDOR)
    at("2026-10-02 09:00")
    as_("ini").act(ticket, Action.RESUME)
    at("2026-10-05 08:40")
    return ticket


def test_it_tells_the_target_with_its_reason_the_calendar_and_the_profiles_version(as_: As, late: int) -> None:
    found = as_("remi").explain(late)
    assert (found.id, found.title, found.profile, found.agrees) == (late, "No power", "acob v1", True)
    assert [(a.name, a.label, a.cycle) for a in found.clocks] == [
        ("resolution", "Resolution time", 1),
        ("response", "Response time", 1),
    ]
    resolution, response = found.clocks
    assert (resolution.target, resolution.target_us) == ("4bh", 4 * HOUR)
    assert resolution.because == "the clock's target for priority Urgent"
    assert (resolution.calendar, resolution.zone, resolution.row) == ("office", "Africa/Lagos", "")
    assert (response.target, response.target_us) == ("", None)
    assert response.because == "measured only: the clock has no targets"


def test_it_tells_where_the_time_went(as_: As, at: At, late: int) -> None:
    since, paused, resumed = at("2026-09-30 16:00"), at("2026-09-30 16:30"), at("2026-10-02 09:00")
    now = at("2026-10-05 08:40")
    found = as_("remi").explain(late)
    assert found.at == now
    half, all_of_it = HOUR // 2, 9 * HOUR + HOUR // 6
    closed = {"night": 15 * HOUR, "weekend": 48 * HOUR}
    vendor, anew = PauseReason.VENDOR, False
    assert account(found).ledger == (
        StretchLine(since, paused, "runs", None, "", "4bh", "office", half, half, anew, {}),
        StretchLine(paused, resumed, "paused", vendor, "Ife of IT", "4bh", "office", 0, half, anew, {}),
        StretchLine(resumed, now, "runs", None, "", "4bh", "office", all_of_it - half, all_of_it, anew, closed),
    )
    assert [(day.day, day.counted_us, day.closed) for day in account(found).days] == [
        ("2026-09-30", HOUR // 2, ""),
        ("2026-10-01", 0, "National Day"),
        ("2026-10-02", 8 * HOUR, ""),
        ("2026-10-03", 0, "weekend"),
        ("2026-10-04", 0, "weekend"),
        ("2026-10-05", HOUR * 2 // 3, ""),
    ]


def test_it_tells_how_the_clock_stands_whether_the_breach_is_a_fact_or_not(as_: As, at: At, late: int) -> None:
    due = at("2026-10-02 12:30")
    at("2026-10-05 08:40")
    before = account(as_("remi").explain(late))
    as_("ada").sweep()
    after = account(as_("remi").explain(late))
    assert (before.breached_at, after.breached_at) == (None, due)
    assert before.left == after.left
    assert (before.left.words, before.left.due_at, before.used_us) == ("late 5h10", due, 9 * HOUR + HOUR // 6)
    assert before.days == after.days
    assert before.days[2].cells == f"{'.' * 16}pp{'c' * 7}{'l' * 9}{'.' * 14}"


def test_a_stopped_clock_says_when_and_why_and_what_is_after_is_not_told(as_: As, at: At) -> None:
    ticket = as_("remi").submit(Submission(title="x", category="it_design", priority="urgent")).id
    claimed = at("2026-09-28 09:30")
    as_("ife").act(ticket, Action.CLAIM)
    resolved = at("2026-09-28 11:00")
    as_("ife").act(ticket, Action.RESOLVE, cause="x", fix="y")
    at("2026-09-30 11:00")
    found = as_("ife").explain(ticket)
    resolution, response = account(found), account(found, "response")
    assert (response.stopped_at, response.stopped_by, response.used_us) == (claimed, Moment.ASSIGNED, HOUR // 2)
    assert (resolution.stopped_at, resolution.stopped_by, resolution.used_us) == (resolved, Moment.RESOLVED, 2 * HOUR)
    assert resolution.ledger[-1].until == resolved
    assert [day.day for day in resolution.days] == ["2026-09-28"]
    assert resolution.left.words == "met"


def test_another_target_stands_with_the_stretch_that_ran_under_it(as_: As, at: At) -> None:
    ticket = as_("remi").submit(Submission(title="x", category="it_design", priority="high")).id
    at("2026-09-28 11:00")
    as_("lara").act(ticket, Action.SET_PRIORITY, priority="urgent")
    at("2026-09-28 12:00")
    found = account(as_("lara").explain(ticket))
    assert [(s.target, s.counted_us, s.sum_us) for s in found.ledger] == [
        ("24bh", 2 * HOUR, 2 * HOUR),
        ("4bh", HOUR, 3 * HOUR),
    ]
    assert (found.target, found.because) == ("4bh", "the clock's target for priority Urgent")


def test_each_ticket_is_explained_by_the_version_it_is_under_and_by_the_row_that_fits(as_: As) -> None:
    text = ACOB.read_text("utf-8").partition("[[tests]]")[0]
    second = text.replace("version = 1", "version = 2")
    assert second != text
    row = '[[targets]]\nkey = "design"\ncategory = "it_design"\ntarget = "2bh"\n'
    old = as_("remi").submit(Submission(title="x", category="it_design")).id
    as_("ada").apply_profile(f"{second}\n{row}", "acob.toml")
    new = as_("remi").submit(Submission(title="x", category="it_design")).id
    was, now = as_("remi").explain(old), as_("remi").explain(new)
    assert [(e.profile, account(e).target, account(e).row) for e in (was, now)] == [
        ("acob v1", "3bd", ""),
        ("acob v2", "2bh", "design"),
    ]
    assert account(now).because == "row design of the SLA table: category it_design"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE help_desk_clocks SET consumed_us = consumed_us + 1 WHERE name = 'resolution'",
        "UPDATE help_desk_clocks SET target_us = 1 WHERE name = 'resolution'",
        "UPDATE help_desk_clocks SET due_at = NULL WHERE name = 'resolution'",
        "UPDATE help_desk_clocks SET running_since = NULL WHERE name = 'response'",
        "UPDATE help_desk_clocks SET breached_at = '2026-10-01 00:00:00+00:00' WHERE name = 'resolution'",
        "DELETE FROM help_desk_clocks WHERE name = 'response'",
        "UPDATE help_desk_clocks SET cycle = 2 WHERE name = 'response'",
    ],
)
def test_a_clock_that_was_changed_behind_its_back_is_told_and_not_believed(
    store: Store, as_: As, late: int, statement: str
) -> None:
    before = as_("ife").explain(late)
    with store.write() as connection:
        connection.execute(sa.text(statement))
    after = as_("ife").explain(late)
    assert (before.agrees, after.agrees) == (True, False)
    assert after.clocks == before.clocks
    as_("ada").doctor(repair=True)
    assert as_("ife").explain(late).agrees


@pytest.mark.parametrize(("version", "kind"), [(4, "submitted"), (4, "bogus")])
def test_facts_that_do_not_fit_are_not_explained_and_the_doctor_is_named(
    store: Store, as_: As, late: int, version: int, kind: str
) -> None:
    add_fact(store, late, version, kind)
    with pytest.raises(InvalidInput, match=f"HD-{late:06d} can't be explained, its facts don't fit: run `deskterm do"):
        as_("ife").explain(late)


def test_a_machine_whose_clock_stands_behind_explains_up_to_the_last_fact(as_: As, at: At, late: int) -> None:
    last = at("2026-10-02 09:00")
    at("2026-10-01 09:00")
    found = as_("ife").explain(late)
    assert (found.at, account(found).used_us, account(found).left.used) == (last, HOUR // 2, 1_800)


@pytest.mark.parametrize("login", ["sola", "ola", "olu"])
def test_who_may_not_see_the_ticket_is_told_that_there_is_none(as_: As, late: int, login: str) -> None:
    with pytest.raises(NotFound, match=f"there is no HD-{late:06d} among the tickets you may see"):
        as_(login).explain(late)
    with pytest.raises(NotFound, match="there is no HD-000099 among"):
        as_(login).explain(99)


@pytest.mark.parametrize("login", ["remi", "ife", "lara", "ezra", "ada"])
def test_who_may_see_it_is_told_the_same(as_: As, late: int, login: str) -> None:
    assert as_(login).explain(late) == as_("ada").explain(late)


LOG: Final = (
    # case, hours after Monday 28 September 2026 00:00 UTC, state, assignee, priority, group, wait
    ("C1", 7.5, "New", "", "P1", "Service desk", ""),
    ("C1", 7.6001, "In Progress", "Bob", "P1", "Service desk", ""),
    ("C1", 11.123456789, "Resolved", "Bob", "P1", "Service desk", ""),
    ("C2", 8, "New", "", "P2", "Service desk", ""),
    ("C2", 9.25, "Pending", "Bob", "P2", "Service desk", "Awaiting Vendor"),
    ("C2", 9.75, "Pending", "Eve", "P2", "Network", "Awaiting User Info"),
    ("C2", 33.3, "In Progress", "Eve", "P3", "Network", ""),
    ("C2", 130, "Resolved", "Eve", "P3", "Network", ""),
    ("C2", 131, "Closed", "Eve", "P3", "Network", ""),
    ("C2", 154.0000001, "Pending", "Eve", "P3", "Network", "Awaiting Vendor"),
    ("C2", 160, "Resolved", "Eve", "P3", "Network", ""),
    ("C3", 70, "In Progress", "Bob", "P4", "Service desk", ""),
    ("C3", 70, "Resolved", "Bob", "P4", "Service desk", ""),
    ("C3", 70, "Closed", "Bob", "P4", "Service desk", ""),
    ("C3", 107.7, "New", "", "P1", "Network", ""),
    ("C4", 3, "New", "", "P3", "Service desk", ""),
    ("C4", 150, "New", "", "P1", "Service desk", ""),
    ("C5", 120.5, "Pending", "Eve", "P2", "Network", "Awaiting Godot"),
    ("C6", 121, "New", "", "P1", "Network", ""),
    ("C6", 125.5, "Pending", "Eve", "P1", "Network", "Awaiting Vendor"),
)


def imported(desk: Desk) -> int:
    lines = [",".join(COLUMNS)]
    for seq, (case, hour, state, assignee, priority, group, wait) in enumerate(LOG, 1):
        values = {
            "case_id": case,
            "timestamp": (datetime(2026, 9, 28, tzinfo=UTC) + timedelta(hours=hour)).isoformat(),
            "actor": assignee or "Alice",
            "group": group,
            "state": state,
            "priority": priority,
            "category": "Mail",
            "requester": "Zoe",
            "event": "saved",
            "assignee": assignee,
            "raw_state": wait or state,
            "seq": str(seq),
        }
        lines.append(",".join(values[name] for name in COLUMNS))
    done = desk.import_log(parse_event_log(("\n".join(lines) + "\n").encode().splitlines(keepends=True), source="log"))
    assert done.rejected == ()
    return done.tickets


def test_every_ledger_of_an_imported_log_comes_to_its_clock_to_the_microsecond(store: Store, as_: As, at: At) -> None:
    count = imported(as_("ada"))
    now = at("2026-10-08 10:20")
    with store.read() as connection:
        policies = load_policies(connection)
        stored = {
            number: (tickets.load(connection, number), tickets.clocks_of(connection, [number])[number])
            for number in lists.ids(connection, after=0, limit=100)
        }
    assert (count, len(stored)) == (6, 6)
    states = set()
    for number, (loaded, clocks) in stored.items():
        assert loaded is not None
        policy, ticket = policies.of(loaded.profile_id), loaded.history.ticket
        wanted = {(c.name, c.cycle): consumed_us(c, policy.terms(c.name, ticket).calendar, now) for c in clocks}
        found = as_("ada").explain(number)
        assert found.agrees
        assert {(a.name, a.cycle): a.used_us for a in found.clocks} == wanted
        for one in found.clocks:
            assert one.used_us == sum(stretch.counted_us for stretch in one.ledger)
            assert one.left.used == one.used_us // 1_000_000
            states.add(one.left.state)
    assert states == {"runs", "paused", "stopped"}
    assert {us % 1_000 != 0 for _, clocks in stored.values() for us in (c.consumed_us for c in clocks)} == {True, False}


def test_the_waits_of_an_imported_log_name_what_was_waited_for_and_by_whom(as_: As, at: At) -> None:
    imported(as_("ada"))
    at("2026-10-08 10:20")
    found = as_("ada").explain(2)
    assert found.title.startswith("C2")
    waits = [(s.reason, s.by) for s in account(found).ledger if s.state == "paused"]
    assert waits == [
        (PauseReason.VENDOR, "Bob"),
        (PauseReason.REQUESTER, "Eve"),
        (PauseReason.VENDOR, "Eve"),
    ]
