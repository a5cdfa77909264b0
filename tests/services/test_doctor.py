"""Doctor: finds nothing after whatever people did, and finds what was changed behind the desk's back."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import InvalidInput, NotAllowed, NotFound
from deskterm.core.domain.words import Action, WaitReason
from deskterm.core.services.intake import Submission
from deskterm.core.store.engine import Store

As = Callable[[str], Desk]
LOGINS = ("remi", "ife", "ini", "lara", "ola", "olu", "ezra", "ada")
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


@settings(max_examples=12)
@given(st.sampled_from(CATEGORIES), STEPS)
def test_whatever_people_do_the_rows_are_what_the_facts_say(
    as_: As,
    clock: list[datetime],
    category: str,
    steps: list[tuple[str, Action, str, str, str, WaitReason, int]],
) -> None:
    desks = {login: as_(login) for login in LOGINS}
    ticket = desks["remi"].submit(Submission(title="x", category=category)).id
    done = 1
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
            )
        except (NotAllowed, NotFound, InvalidInput):
            assert desks["ada"].ticket(ticket).version == done
        else:
            assert done < after.version <= done + 2
            done = after.version
    report = desks["ada"].doctor()
    assert report.findings == ()
    assert report.facts >= done


@pytest.fixture
def worked(as_: As, clock: list[datetime]) -> int:
    ticket = as_("remi").submit(Submission(title="x", category="it_design")).id
    for action in (Action.CLAIM, Action.START):
        clock.append(clock[-1] + timedelta(minutes=30))
        as_("ife").act(ticket, action)
    return ticket


@pytest.mark.parametrize(
    ("statement", "field"),
    [
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
    ],
)
def test_a_row_changed_behind_its_back_is_found(store: Store, as_: As, worked: int, statement: str, field: str) -> None:
    assert as_("ada").doctor().findings == ()
    with store.write() as connection:
        connection.execute(sa.text(statement))
    found = as_("ada").doctor().findings
    assert [(f.ticket, f.field) for f in found] == [(f"HD-{worked:06d}", field)]
    assert found[0].stored != found[0].folded


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
