"""Facts as stored and read back, and what each does to its ticket."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.core.domain.facts import UNCHANGED, Fact, Ticket, Unset, apply, from_data, submitted, to_data
from deskterm.core.domain.words import FactKind, Outcome, Status

AT = datetime(2026, 9, 28, 10, 0, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
HINTS = get_type_hints(Fact)
SAID = [f.name for f in fields(Fact) if f.name not in {"kind", "at", "actor_id"}]


def values(name: str) -> st.SearchStrategy[Any]:
    if name == "assignee_id":
        return st.just(UNCHANGED) | st.none() | st.integers(1, 9)
    (kind,) = (k for k in get_args(HINTS[name]) if k not in {type(None), Unset})
    return st.none() | st.from_type(kind)


FACTS = st.builds(
    Fact,
    kind=st.sampled_from(FactKind),
    at=st.datetimes(timezones=st.just(UTC)),
    actor_id=st.none() | st.integers(1, 9),
    **{name: values(name) for name in SAID},
)


@given(FACTS)
def test_a_fact_survives_being_stored(fact: Fact) -> None:
    stored = json.loads(json.dumps(to_data(fact)))
    assert from_data(fact.kind.value, fact.at, fact.actor_id, stored) == fact


def test_nobody_and_not_changed_are_stored_apart() -> None:
    fact = Fact(kind=FactKind.UNASSIGNED, at=AT, actor_id=1)
    assert to_data(fact) == {}
    assert to_data(replace(fact, assignee_id=None)) == {"assignee_id": None}


@pytest.mark.parametrize("missing", ["status", "requester_id", "department_id", "category_id", "priority", "title"])
def test_a_history_begins_with_a_complete_submission(missing: str) -> None:
    said: dict[str, object] = {
        "status": Status.NEW,
        "requester_id": 1,
        "department_id": 1,
        "category_id": 1,
        "priority": 3,
        "title": "x",
    }
    said |= {"category_kind": "standard"}
    assert submitted(from_data("submitted", AT, 1, said)).version == 1
    del said[missing]
    with pytest.raises(ValueError, match="complete submitted fact"):
        submitted(from_data("submitted", AT, 1, said))


@pytest.mark.parametrize("kind", [k for k in FactKind if k not in {FactKind.SUBMITTED, FactKind.UNDONE}])
def test_every_fact_is_one_version(new_ticket: Ticket, kind: FactKind) -> None:
    after = apply(new_ticket, Fact(kind=kind, at=LATER, actor_id=1))
    assert (after.version, after.updated_at) == (2, LATER)


def test_the_first_assignee_stops_the_wait_and_later_ones_do_not_move_it(new_ticket: Ticket) -> None:
    first = apply(new_ticket, Fact(kind=FactKind.ASSIGNED, at=AT, actor_id=6, assignee_id=3))
    back = apply(first, Fact(kind=FactKind.UNASSIGNED, at=LATER, actor_id=6, assignee_id=None))
    second = apply(back, Fact(kind=FactKind.ASSIGNED, at=LATER, actor_id=6, assignee_id=4))
    assert [t.assigned_at for t in (first, back, second)] == [AT, AT, AT]
    assert [t.assignee_id for t in (first, back, second)] == [3, None, 4]


def test_reopening_takes_back_the_ending(new_ticket: Ticket) -> None:
    resolved = apply(new_ticket, Fact(kind=FactKind.RESOLVED, at=AT, actor_id=3, status=Status.RESOLVED, resolver_id=3))
    closed = apply(
        resolved, Fact(kind=FactKind.CLOSED, at=LATER, actor_id=None, status=Status.CLOSED, outcome=Outcome.DONE)
    )
    again = apply(closed, Fact(kind=FactKind.REOPENED, at=LATER, actor_id=1, status=Status.NEW))
    assert (closed.resolved_at, closed.resolver_id, closed.closed_at, closed.outcome) == (AT, 3, LATER, Outcome.DONE)
    assert (again.resolved_at, again.resolver_id, again.closed_at, again.outcome) == (None, None, None, None)
    assert (resolved.reopen_count, again.reopen_count) == (0, 1)


OPENED = {"kind": FactKind.OPENED, "round": 1, "stage": "one"}


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ({"kind": FactKind.REQUESTED, "round": 2}, (2, "one", True)),
        ({**OPENED, "stage": "two"}, (1, "two", False)),
        ({"kind": FactKind.PASSED, "stage": "one"}, (1, "one", True)),
        ({"kind": FactKind.RETURNED, "stage": "one"}, (1, "one", True)),
        ({"kind": FactKind.ANSWERED, "stage": "one"}, (1, "one", False)),
        ({"kind": FactKind.APPROVED, "stage": "one"}, (1, "one", False)),
        ({"kind": FactKind.APPROVED, "stage": "one", "ends": True}, (1, "", False)),
        ({"kind": FactKind.REFUSED, "stage": "one", "ends": True}, (1, "", False)),
        ({"kind": FactKind.AMENDED}, (1, "", False)),
        ({"kind": FactKind.WITHDRAWN}, (1, "", False)),
        ({"kind": FactKind.AUTHORISED}, (1, "", False)),
        ({"kind": FactKind.DECLINED}, (1, "", False)),
        ({"kind": FactKind.ATTEMPTED, "stage": "one"}, (1, "one", True)),
        ({"kind": FactKind.REPLIED}, (1, "one", True)),
    ],
    ids=lambda said: said["kind"] if isinstance(said, dict) else "",
)
def test_where_a_chain_stands_is_what_its_facts_say(
    new_ticket: Ticket, said: dict[str, Any], stands: tuple[int, str, bool]
) -> None:
    waits = replace(new_ticket, round=1, stage="one", returned=True)
    after = apply(waits, Fact(at=LATER, actor_id=None, **said))
    assert (after.round, after.stage, after.returned) == stands
