"""`sla replay`: what is, beside what would have been under another profile, reckoned by hand for a few tickets."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa

from deskterm.core.desk import Desk
from deskterm.core.domain.clocks import Clock
from deskterm.core.domain.errors import NotAllowed, ProfileError
from deskterm.core.domain.facts import Fact
from deskterm.core.domain.words import Action, FactKind, WaitReason
from deskterm.core.services import replaying
from deskterm.core.services.intake import Submission
from deskterm.core.services.replaying import Flip, Replayed, Score
from deskterm.core.store import tickets
from deskterm.core.store.engine import Store
from deskterm.core.store.tables import FACTS, TICKETS

As = Callable[[str], Desk]
At = Callable[[str], datetime]
ACOB: Final = (
    (Path(__file__).parents[2] / "data" / "profiles" / "acob.toml").read_text("utf-8").partition("[[tests]]")[0]
)
MEASURED: Final = "measured_only = true"
PAUSES: Final = 'reasons = ["requester", "vendor", "delivery", "maintenance"]'


def variation(*edits: tuple[str, str], text: str = ACOB) -> str:
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the profile"
        text = text.replace(old, new)
    return text


STRICT: Final = variation(
    ("version = 1", "version = 2"), ('urgent = "4bh"', 'urgent = "3bh"'), ('high = "24bh"', 'high = "10bh"')
)
LOOSE: Final = variation(("version = 1", "version = 3"), ('urgent = "4bh"', 'urgent = "8bh"'))


@pytest.fixture
def desk(as_: As, at: At) -> Desk:
    """Four tickets, and it is Wednesday noon.

    1. IT, urgent: claimed after half an hour, solved after 3 h 30.
    2. Operations, urgent: solved after 6 h.
    3. IT, high: still open, 18 h used.
    4. Operations, medium: solved after 2 h, and 9 h of waiting for the vendor.
    """
    for category in ("it_design", "operations_repairs"):
        as_("remi").submit(Submission(title="x", category=category, priority="urgent"))
    at("2026-09-28 09:30")
    as_("ife").act(1, Action.CLAIM)
    at("2026-09-28 10:00")
    as_("remi").submit(Submission(title="x", category="it_design", priority="high"))
    at("2026-09-28 12:30")
    as_("ife").act(1, Action.RESOLVE, cause="x", fix="x")
    at("2026-09-28 15:00")
    as_("ola").act(2, Action.RESOLVE, cause="x", fix="x")
    at("2026-09-29 09:00")
    as_("remi").submit(Submission(title="x", category="operations_repairs", priority="medium"))
    at("2026-09-29 10:00")
    as_("ola").act(4, Action.WAIT, reason=WaitReason.VENDOR)
    at("2026-09-30 10:00")
    as_("ola").act(4, Action.RESUME)
    at("2026-09-30 11:00")
    as_("ola").act(4, Action.RESOLVE, cause="x", fix="x")
    at("2026-09-30 12:00")
    return as_("ada")


def replay(desk: Desk, text: str, **given: Any) -> Replayed:
    return desk.replay(text, "new.toml", **given)


def test_a_nearer_target_is_missed_by_who_would_have_been_late(desk: Desk) -> None:
    found = replay(desk, STRICT)
    assert (found.tickets, found.before, found.after, found.left_out) == (4, ("acob v1",), "acob v2", ())
    # the clock, of what, met of judged before, met of judged after, worse, better
    assert found.by_priority == (
        Score("resolution", "Urgent", 1, 2, 0, 2, 1, 0),
        Score("resolution", "High", 0, 0, 0, 1, 0, 0),  # open until now, and late if it were 10 h
        Score("resolution", "Medium", 1, 1, 1, 1, 0, 0),
        Score("resolution", "all", 2, 3, 1, 4, 1, 0),
    )
    assert found.by_department == (
        Score("resolution", "IT & Communications", 1, 1, 0, 2, 1, 0),
        Score("resolution", "Operations", 1, 2, 1, 2, 0, 0),
        Score("resolution", "all", 2, 3, 1, 4, 1, 0),
    )
    assert found.flips == (Flip(1, "resolution", "met", "missed"),)


def test_a_farther_target_is_met_although_the_breach_of_the_old_one_is_a_fact(desk: Desk, store: Store) -> None:
    with store.read() as connection:
        assert FactKind.BREACHED in {fact.kind for fact in tickets.facts(connection, 2)}
    found = replay(desk, LOOSE)
    assert found.flips == (Flip(2, "resolution", "missed", "met"),)
    assert found.by_priority[0] == Score("resolution", "Urgent", 1, 2, 2, 2, 0, 1)
    assert found.by_department[1] == Score("resolution", "Operations", 1, 2, 2, 2, 0, 1)


def test_ending_at_the_due_time_is_in_time_and_what_still_runs_is_open_until_after_it(desk: Desk, at: At) -> None:
    just = variation(
        ('urgent = "4bh"', 'urgent = "6bh"'), ('high = "24bh"', 'high = "20bh"')
    )  # 6 h is what ticket 2 took
    found = replay(desk, just)
    assert found.flips == (Flip(2, "resolution", "missed", "met"),)
    assert found.by_priority[1] == Score("resolution", "High", 0, 0, 0, 0, 0, 0)  # due at noon, which it is
    at("2026-09-30 12:01")
    assert replay(desk, just).by_priority[1] == Score("resolution", "High", 0, 0, 0, 1, 0, 0)


def test_a_wait_that_pauses_no_longer_is_counted(desk: Desk) -> None:
    quick = ('medium = "3bd"', 'medium = "10bh"')
    assert replay(desk, variation(quick)).flips == ()
    assert replay(desk, variation(quick, (PAUSES, 'reasons = ["requester"]'))).flips == (
        Flip(4, "resolution", "met", "missed"),
    )


def test_other_open_hours_are_counted(desk: Desk) -> None:
    early = variation(*((f'{day} = [["08:00", "17:00"]]', f'{day} = [["08:00", "12:00"]]') for day in ("mon",)))
    # on Monday ticket 1 ran from 09:00 to 12:00 only, ticket 2 just as long
    assert replay(desk, early).flips == (Flip(2, "resolution", "missed", "met"),)


def test_a_clock_that_gets_a_target_was_not_judged_before(desk: Desk) -> None:
    found = replay(desk, variation((MEASURED, 'default = "29m"')))
    assert [score for score in found.by_priority if score.clock == "response"] == [
        Score("response", "Urgent", 0, 0, 0, 2),
        Score("response", "High", 0, 0, 0, 1),
        Score("response", "Medium", 0, 0, 0, 1),
        Score("response", "all", 0, 0, 0, 4),
    ]
    assert found.flips == ()
    met = replay(desk, variation((MEASURED, 'default = "30m"'))).by_priority
    assert Score("response", "Urgent", 0, 0, 1, 2) in met


def test_a_clock_that_loses_its_target_is_not_judged_after(desk: Desk) -> None:
    head, _, tail = ACOB.partition("[clocks.resolution.targets]")
    found = replay(desk, f"{head}{MEASURED}\n\n[pauses]{tail.partition('[pauses]')[2]}")
    assert found.by_priority[-1] == Score("resolution", "all", 2, 3, 0, 0)


def test_a_clock_that_only_one_of_the_profiles_has_is_told_with_a_blank_beside_it(desk: Desk, as_: As, at: At) -> None:
    clock = '[clocks.visit]\nlabel = "Visit"\nstop = ["resolved"]\ndefault = "1bh"\n\n[pauses]'
    more = variation(("version = 1", "version = 2"), ("[pauses]", clock))
    found = replay(desk, more).by_priority
    assert [s for s in found if (s.clock, s.of) == ("visit", "all")] == [Score("visit", "all", 0, 0, 0, 4)]
    desk.apply_profile(more, "acob.toml")
    as_("remi").submit(Submission(title="x", category="it_design"))
    noon = at("2026-09-30 12:00")
    at("2026-09-30 13:01")
    late = replay(desk, ACOB, since=noon)
    assert (late.tickets, late.before, late.flips) == (1, ("acob v2",), ())
    assert [s for s in late.by_priority if (s.clock, s.of) == ("visit", "all")] == [Score("visit", "all", 0, 1, 0, 0)]


NOON: Final = datetime(2026, 9, 30, 12, tzinfo=UTC)
BEFORE, AFTER = NOON - timedelta(hours=1), NOON + timedelta(hours=1)
MET: Final = Clock(name="word", target_us=1, stopped_at=BEFORE)


@pytest.mark.parametrize(
    ("clocks", "told"),
    [
        ([], "measured"),
        ([replace(MET, name="other")], "measured"),
        ([replace(MET, target_us=None)], "measured"),
        ([MET], "met"),
        ([replace(MET, breached_at=BEFORE)], "missed"),
        ([replace(MET, stopped_at=None, running_since=BEFORE, due_at=AFTER)], "open"),
        ([replace(MET, stopped_at=None, running_since=BEFORE, due_at=NOON)], "open"),
        ([replace(MET, stopped_at=None, running_since=BEFORE, due_at=BEFORE)], "missed"),
        ([replace(MET, stopped_at=None)], "open"),  # paused
        ([MET, replace(MET, cycle=2)], "met"),
        ([MET, replace(MET, cycle=2, stopped_at=None)], "open"),
        ([replace(MET, breached_at=BEFORE), replace(MET, cycle=2)], "missed"),
        ([MET, replace(MET, cycle=2, target_us=None, stopped_at=None)], "met"),
        ([MET, replace(MET, name="other", breached_at=BEFORE)], "met"),
    ],
)
def test_a_clock_is_missed_when_any_of_its_cycles_was_and_met_when_all_of_them_are(
    clocks: list[Clock], told: str
) -> None:
    assert replaying.verdict(clocks, "word", NOON) == told


def test_a_row_of_the_wide_table_is_for_the_tickets_it_fits(desk: Desk) -> None:
    row = '\n[[targets]]\nkey = "repairs"\ncategory = "operations_repairs"\ntarget = "1bh"\n'
    found = replay(desk, ACOB + row)
    assert found.flips == (Flip(4, "resolution", "met", "missed"),)


def test_under_its_own_profile_nothing_flips(desk: Desk, at: At) -> None:
    at("2026-10-05 12:00")
    desk.sweep()
    found = replay(desk, ACOB)
    assert found.flips == ()
    assert [(s.before_met, s.before_judged) for s in found.by_priority] == [
        (s.after_met, s.after_judged) for s in found.by_priority
    ]
    assert found.by_priority[-1] == Score("resolution", "all", 2, 4, 2, 4)


def test_it_names_every_version_that_tickets_are_under(desk: Desk, as_: As) -> None:
    desk.apply_profile(STRICT, "acob.toml")
    as_("remi").submit(Submission(title="x", category="it_design"))
    assert replay(desk, LOOSE).before == ("acob v1", "acob v2")


@pytest.mark.parametrize(
    ("period", "ids"),
    [
        ({}, [1, 2, 3, 4]),
        ({"since": "2026-09-28 10:00"}, [3, 4]),
        ({"since": "2026-09-28 10:01"}, [4]),
        ({"until": "2026-09-28 10:00"}, [1, 2]),
        ({"until": "2026-09-28 10:01"}, [1, 2, 3]),
        ({"since": "2026-09-28 10:00", "until": "2026-09-29 09:00"}, [3]),
        ({"since": "2026-09-30 00:00"}, []),
    ],
)
def test_a_period_takes_who_came_from_its_first_instant_on_and_before_its_last(
    desk: Desk, at: At, period: dict[str, str], ids: list[int]
) -> None:
    given = {name: at(text) for name, text in period.items()}
    at("2026-10-30 12:00")  # by now everything was late if each may take a quarter of an hour
    quick = variation(
        ('urgent = "4bh"', 'urgent = "15m"'),
        ('high = "24bh"', 'high = "15m"'),
        ('medium = "3bd"', 'medium = "15m"'),
        ("7bd", "15m"),
    )
    found = replay(desk, quick, **given)
    assert found.tickets == len(ids)
    assert [flip.id for flip in found.flips] == [number for number in (1, 4) if number in ids]
    assert sum(s.after_judged for s in found.by_priority if s.of == "all") == len(ids)


@pytest.mark.parametrize(
    ("login", "departments"),
    [
        ("lara", {"IT & Communications": 2}),
        ("ife", {"IT & Communications": 2}),
        ("olu", {"Operations": 2}),
        ("ezra", {"IT & Communications": 2, "Operations": 2}),
        ("ada", {"IT & Communications": 2, "Operations": 2}),
    ],
)
@pytest.mark.usefixtures("desk")
def test_everybody_replays_the_tickets_they_may_see(as_: As, login: str, departments: dict[str, int]) -> None:
    found = replay(as_(login), STRICT)
    assert found.tickets == sum(departments.values())
    assert {s.of: s.after_judged for s in found.by_department if s.of != "all"} == departments
    assert {flip.id for flip in found.flips} == ({1} if "IT & Communications" in departments else set())


@pytest.mark.usefixtures("desk")
def test_requesters_replay_nothing(as_: As) -> None:
    with pytest.raises(NotAllowed, match="replaying is for staff"):
        replay(as_("remi"), STRICT)


def test_a_profile_that_cannot_be_used_is_refused_with_what_is_wrong_in_it(desk: Desk) -> None:
    with pytest.raises(ProfileError, match=r"new\.toml:\d+: clocks\.resolution\.targets\.urgent: expected .* \"soon\""):
        replay(desk, variation(('urgent = "4bh"', 'urgent = "soon"')))


@pytest.mark.parametrize(("size", "told"), [(500, [(4, 4)]), (3, [(3, 4), (4, 4)]), (2, [(2, 4), (4, 4)])])
def test_progress_is_told_up_to_the_last_ticket(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, size: int, told: list[tuple[int, int]]
) -> None:
    whole = replay(desk, STRICT)
    monkeypatch.setattr(replaying, "_SLICE", size)
    heard: list[tuple[int, int]] = []
    assert replay(desk, STRICT, progress=lambda done, of: heard.append((done, of))) == whole
    assert heard == told


def test_an_empty_desk_replays_to_nothing(as_: As) -> None:
    assert replay(as_("ada"), STRICT) == Replayed(0, (), "acob v2", (), (), (), ())


def add_fact(store: Store, ticket: int, kind: str, data: dict[str, object]) -> None:
    with store.write() as connection:
        version = connection.scalar(sa.select(sa.func.max(FACTS.c.version)).where(FACTS.c.ticket_id == ticket))
        last = connection.scalar(sa.select(sa.func.max(FACTS.c.at)).where(FACTS.c.ticket_id == ticket))
        connection.execute(
            sa.insert(FACTS).values(
                ticket_id=ticket, version=(version or 0) + 1, at=last, via="cli", kind=kind, to_status="new", data=data
            )
        )


@pytest.mark.parametrize(
    ("kind", "data", "why"),
    [
        ("submitted", {}, "a ticket is submitted once"),
        ("bogus", {}, "'bogus' is not a valid FactKind"),
        ("noted", {"status": "bogus"}, "'bogus' is not a valid Status"),
        ("noted", {"colour": "red"}, "colour"),
    ],
)
def test_a_ticket_that_cannot_be_folded_is_left_out_and_named(
    desk: Desk, store: Store, kind: str, data: dict[str, object], why: str
) -> None:
    add_fact(store, 2, kind, data)
    found = replay(desk, STRICT)
    (left_out,) = found.left_out
    assert left_out.startswith("HD-000002: ")
    assert why in left_out
    assert (found.tickets, found.flips) == (3, (Flip(1, "resolution", "met", "missed"),))
    assert found.by_priority[0] == Score("resolution", "Urgent", 1, 1, 0, 1, 1, 0)


def test_a_ticket_without_facts_is_left_out_and_named(desk: Desk, store: Store) -> None:
    with store.write() as connection:
        row = dict(connection.execute(sa.select(TICKETS).where(TICKETS.c.id == 1)).mappings().one())
        connection.execute(sa.insert(TICKETS).values(row | {"id": 77}))
    found = replay(desk, STRICT)
    assert (found.tickets, found.left_out) == (4, ("HD-000077: it has no facts",))


def test_a_repair_is_no_part_of_what_is_replayed(desk: Desk, store: Store) -> None:
    before = replay(desk, STRICT)
    with store.write() as connection:
        connection.execute(sa.text("UPDATE help_desk_clocks SET breached_at = NULL"))
    assert replay(desk, STRICT).by_priority[0].before_met == 2  # what is stored is what is compared with
    assert desk.doctor(repair=True).repaired == 1
    assert replay(desk, STRICT) == before


def test_facts_are_read_and_none_is_written(desk: Desk, store: Store) -> None:
    def facts() -> dict[int, list[Fact]]:
        with store.read() as connection:
            return tickets.facts_of(connection, [1, 2, 3, 4])

    before = facts()
    replay(desk, STRICT)
    assert facts() == before
