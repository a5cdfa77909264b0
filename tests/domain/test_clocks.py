"""Named clocks: what starts, stops, re-arms and pauses each, told as what happened and the rows that come of it.

The office is open from 08:00 to 17:00, Monday to Friday, and closed on Thursday, 1 October 2026; the plant from 14:00
to 22:00 on weekdays. Times are Lagos's: `mon 09:00` is 28 September 2026, `mon2` the Monday after.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskterm.core.domain.clocks import NEVER, Clock, consumed_us, next_due, passed, shown
from deskterm.core.domain.facts import Fact, Ticket, apply, from_data, submitted, to_data
from deskterm.core.domain.history import History, begin, caught_up, extend, fold, followed
from deskterm.core.domain.moments import moments
from deskterm.core.domain.people import Category, Department
from deskterm.core.domain.profile import ALWAYS, OF_DEPARTMENT, Budget, CalendarRule, ClockRule
from deskterm.core.domain.profile_file import parse_profile
from deskterm.core.domain.words import (
    CategoryKind,
    FactKind,
    Moment,
    OnChange,
    OnReopen,
    PauseReason,
    Status,
    WaitReason,
)
from deskterm.core.services.policies import DeskPolicy

S, K, M = Status, FactKind, Moment
LAGOS: Final = timedelta(hours=1)
MONDAY: Final = date(2026, 9, 28)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
US: Final = timedelta(microseconds=1)
HOUR: Final = 3_600_000_000
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAYS: Final = DAYS[:5]
REQUESTER, AGENT, COLLEAGUE = 1, 2, 3
OFFICE: Final = CalendarRule(
    "office",
    "Africa/Lagos",
    {day: (("08:00", "17:00"),) if day in WEEKDAYS else () for day in DAYS},
    "",
    "",
    {date(2026, 10, 1): "Independence Day"},
    9 * 3_600,
)
PLANT: Final = CalendarRule(
    "plant",
    "Africa/Lagos",
    {day: (("14:00", "22:00"),) if day in WEEKDAYS else () for day in DAYS},
    "",
    "",
    {},
    8 * 3_600,
)
HOURS: Final = {"office": (8, 17), "plant": (14, 22)}
ACOB: Final = parse_profile(
    (Path(__file__).parents[2] / "data" / "profiles" / "acob.toml").read_text("utf-8"), source="acob.toml"
)
DEPARTMENTS: Final = {1: Department(1, "it", "IT", "office"), 2: Department(2, "plant", "Plant", "plant")}
CATEGORIES: Final = {
    1: Category(1, "it_design", "Design", CategoryKind.STANDARD, 1),
    2: Category(2, "plant_repairs", "Repairs", CategoryKind.STANDARD, 2),
}


def rule(name: str, *, start: str = "submitted", stop: str = "", rearm: str = "", **said: Any) -> ClockRule:
    """A clock with four open hours, paused by a wait for the requester or a vendor and by a purchase."""
    usual: dict[str, Any] = {
        "pauses": {PauseReason.REQUESTER, PauseReason.VENDOR, PauseReason.PROCUREMENT},
        "calendars": {},
        "targets": {},
        "tiers": {},
        "default": Budget(4, "bh"),
        "on_reopen": OnReopen.RESUME,
        "on_change": OnChange.CARRY,
    }
    values = usual | said
    return ClockRule(
        name=name,
        label=name,
        start=frozenset(map(M, start.split())),
        stop=frozenset(map(M, stop.split())),
        rearm=frozenset(map(M, rearm.split())),
        pauses=frozenset(values.pop("pauses")),
        **values,
    )


RESOLUTION: Final = rule("resolution", stop="resolved")
NAMED: Final = (
    rule("ack", stop="assigned started replied"),
    rule("response", stop="assigned"),
    rule("first_reply", stop="replied"),
    rule("own", stop="assigned"),
    rule("start", stop="started"),
    rule("update", rearm="replied"),
    RESOLUTION,
)


def under(*rules: ClockRule, **said: Any) -> DeskPolicy:
    values: dict[str, Any] = {
        "calendars": {"office": OFFICE, "plant": PLANT},
        "clocks": {one.name: one for one in rules},
        "tiers": ("First", "Second", "Third"),
        **said,
    }
    return DeskPolicy(replace(ACOB, **values), DEPARTMENTS, CATEGORIES)


def instant(text: str) -> datetime:
    """The instant of `mon 09:00` or `tue2 09:00:00.000001`."""
    day, clock = text.split()
    weeks = int(day[3:] or 1) - 1
    local = datetime.combine(MONDAY, datetime.fromisoformat(f"2026-09-28T{clock}").time(), UTC)
    return local + timedelta(days=7 * weeks + DAYS.index(day[:3])) - LAGOS


def spelled(at: datetime) -> str:
    local = at + LAGOS
    weeks, day = divmod((local.date() - MONDAY).days, 7)
    text = local.time().isoformat()
    return f"{DAYS[day]}{weeks + 1 if weeks else ''} {text.removesuffix(':00')}"


def time(us: int) -> str:
    """Microseconds as hours and minutes."""
    hours, rest = divmod(us, HOUR)
    minutes, rest = divmod(rest, HOUR // 60)
    return f"{hours}:{minutes:02}" + (f" and {rest} us" if rest else "")


WORDS: Final[Mapping[str, tuple[FactKind, int | None, dict[str, Any]]]] = {
    "claim": (K.CLAIMED, AGENT, {"status": S.ASSIGNED, "assignee_id": AGENT}),
    "assign": (K.ASSIGNED, COLLEAGUE, {"status": S.ASSIGNED, "assignee_id": COLLEAGUE}),
    "unassign": (K.UNASSIGNED, AGENT, {"status": S.NEW, "assignee_id": None}),
    "start": (K.STARTED, AGENT, {"status": S.IN_PROGRESS, "assignee_id": AGENT}),
    "start_by_a_group": (K.STARTED, AGENT, {"status": S.IN_PROGRESS}),
    "resume": (K.RESUMED, AGENT, {"status": S.IN_PROGRESS}),
    "requeue": (K.RESUMED, AGENT, {"status": S.NEW}),
    "reply": (K.REPLIED, AGENT, {}),
    "answer": (K.REPLIED, REQUESTER, {}),
    "note": (K.NOTED, AGENT, {}),
    "resolve": (K.RESOLVED, AGENT, {"status": S.RESOLVED, "resolver_id": AGENT}),
    "confirm": (K.CONFIRMED, REQUESTER, {"status": S.CLOSED}),
    "cancel": (K.CANCELLED, REQUESTER, {"status": S.CLOSED}),
    "reopen": (K.REOPENED, REQUESTER, {"status": S.ASSIGNED}),
    "reopen_to_the_pool": (K.REOPENED, REQUESTER, {"status": S.NEW}),
    "move": (K.MOVED, AGENT, {"status": S.NEW, "department_id": 2, "category_id": 2, "assignee_id": None}),
    "pivot": (K.PIVOTED, None, {"status": S.PENDING_APPROVAL}),
    "approve": (K.APPROVED, None, {"status": S.WAITING, "reason": WaitReason.DELIVERY}),
}


def what_happened(text: str, ticket: Ticket | None) -> Fact:
    """The fact of `mon 09:00 claim`, `mon 09:00 wait vendor`, `mon 09:00 priority 1`."""
    day, clock, word, *more = text.split()
    kind, actor, said = WORDS.get(word, (K.UPDATED, AGENT, {}))
    match word:
        case "submit":
            kind, actor = K.SUBMITTED, REQUESTER
            said = {
                "status": S.PENDING_APPROVAL if "purchase" in more else S.NEW,
                "requester_id": REQUESTER,
                "department_id": 1,
                "category_id": 1,
                "category_kind": CategoryKind.STANDARD,
                "priority": next((int(word) for word in more if word.isdigit()), 3),
                "title": "The printer is out",
            }
        case "wait":
            kind, said = K.PAUSED, {"status": S.WAITING, "reason": WaitReason(more[0])}
            if len(more) > 1:
                said["assignee_id"] = AGENT
        case "priority":
            kind, said = K.PRIORITISED, {"priority": int(more[0])}
        case "escalate":
            assert ticket is not None
            kind, said = K.ESCALATED, {"status": S.NEW, "tier": ticket.tier + 1, "assignee_id": None}
        case _:
            assert word in WORDS, word
    return Fact(kind=kind, at=instant(f"{day} {clock}"), actor_id=actor, **said)


def facts_of(*story: str) -> list[Fact]:
    facts = [what_happened(story[0], None)]
    ticket = submitted(facts[0])
    for text in story[1:]:
        facts.append(what_happened(text, ticket))
        ticket = apply(ticket, facts[-1])
    return facts


def lived(policy: DeskPolicy, *story: str, until: str = "") -> tuple[History, list[Fact]]:
    """What a story comes to with the breaches it brings about, also those until a later time; and all its facts."""
    first, *rest = facts_of(*story)
    steps = followed(begin(first, policy), rest, policy)
    history = steps[-1][1] if steps else begin(first, policy)
    if until:
        steps += caught_up(history, instant(until), policy)
        history = steps[-1][1] if steps else history
    told = [first, *(fact for fact, _ in steps)]
    assert fold(told, policy) == history
    return history, told


def row(clock: Clock) -> str:
    if clock.stopped_at is not None:
        state = f"stopped by {clock.stopped_by} {spelled(clock.stopped_at)}"
    elif clock.running_since is not None:
        state = f"runs since {spelled(clock.running_since)}"
    else:
        state = "paused"
    words = [f"{clock.name} {clock.cycle} {state}", f"used {time(clock.consumed_us)}"]
    words += [f"due {spelled(clock.due_at)}"] if clock.due_at is not None else []
    words += [f"breached {spelled(clock.breached_at)}"] if clock.breached_at is not None else []
    return ", ".join(words)


def rows(policy: DeskPolicy, *story: str, until: str = "") -> list[str]:
    return [row(clock) for clock in lived(policy, *story, until=until)[0].clocks]


# What is a moment


@pytest.mark.parametrize(
    ("story", "met"),
    [
        (["submit"], {M.SUBMITTED}),
        (["submit purchase"], {M.SUBMITTED}),
        (["submit", "claim"], {M.ASSIGNED}),
        (["submit", "claim", "assign"], {M.ASSIGNED}),
        (["submit", "start"], {M.ASSIGNED, M.STARTED}),
        (["submit", "start_by_a_group"], {M.ASSIGNED, M.STARTED}),
        (["submit", "claim", "start"], {M.STARTED}),
        (["submit", "claim", "unassign"], set()),
        (["submit", "reply"], {M.REPLIED}),
        (["submit", "answer"], {M.ANSWERED}),
        (["submit", "note"], set()),
        (["submit", "wait vendor"], set()),
        (["submit", "wait vendor taken"], {M.ASSIGNED}),
        (["submit", "wait vendor", "requeue"], set()),
        (["submit", "priority 1"], set()),
        (["submit", "move"], set()),
        (["submit", "claim", "escalate"], {M.ESCALATED}),
        (["submit", "resolve"], {M.RESOLVED}),
        (["submit", "resolve", "confirm"], {M.CLOSED}),
        (["submit", "resolve", "confirm", "note"], set()),
        (["submit", "cancel"], {M.CLOSED}),
        (["submit", "resolve", "answer"], {M.ANSWERED}),
        (["submit", "resolve", "reopen_to_the_pool"], {M.REOPENED}),
        (["submit", "claim", "resolve", "reopen"], {M.REOPENED, M.ASSIGNED}),
        (["submit", "claim", "cancel", "reopen"], {M.REOPENED, M.ASSIGNED}),
        (["submit", "claim", "pivot"], set()),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_fact_is_these_moments(story: list[str], met: set[Moment]) -> None:
    facts = facts_of(*(f"mon 09:{minute:02} {text}" for minute, text in enumerate(story)))
    before, after = None, submitted(facts[0])
    for fact in facts[1:]:
        before, after = after, apply(after, fact)
    assert moments(facts[-1], before, after) == met


# Start and stop


STOPS: Final = """
                        ack       response  first_reply  own       start    update  resolution
note                    -         -         -            -         -        -       -
answer                  -         -         -            -         -        -       -
wait other              -         -         -            -         -        -       -
escalate                -         -         -            -         -        -       -
claim                   assigned  assigned  -            assigned  -        -       -
wait other taken        assigned  assigned  -            assigned  -        -       -
start                   assigned  assigned  -            assigned  started  -       -
reply                   replied   -         replied      -         -        replied -
resolve                 resolved  resolved  resolved     resolved  resolved resolved resolved
cancel                  closed    closed    closed       closed    closed   closed  closed
"""


def stops() -> Iterator[tuple[str, str, str]]:
    head, *lines = STOPS.strip().splitlines()
    names = head.split()
    for line in lines:
        words = line.split()
        event, cells = " ".join(words[: -len(names)]), words[-len(names) :]
        yield from ((event, name, cell) for name, cell in zip(names, cells, strict=True))


@pytest.mark.parametrize(("event", "name", "by"), list(stops()))
def test_a_clock_is_stopped_by_these_and_runs_on_through_the_rest(event: str, name: str, by: str) -> None:
    history, _ = lived(under(*NAMED), "mon 09:00 submit", f"mon 10:30 {event}")
    (clock,) = (clock for clock in history.clocks if (clock.name, clock.cycle) == (name, 1))
    if by == "-":
        assert row(clock) == f"{name} 1 runs since mon 09:00, used 0:00, due mon 13:00"
    else:
        assert row(clock) == f"{name} 1 stopped by {by} mon 10:30, used 1:30, due mon 13:00"


def test_what_stopped_stays_stopped_when_it_happens_again() -> None:
    story = ("mon 09:00 submit", "mon 10:00 claim", "mon 11:00 unassign", "mon 12:00 assign", "mon 13:00 start")
    assert rows(under(rule("response", stop="assigned")), *story) == [
        "response 1 stopped by assigned mon 10:00, used 1:00, due mon 13:00"
    ]


def test_a_clock_begins_at_its_own_moment_and_not_before() -> None:
    policy = under(rule("escalation", start="escalated", stop="assigned"))
    assert rows(policy, "mon 09:00 submit", "mon 10:00 claim") == []
    story = ("mon 09:00 submit", "mon 10:00 claim", "mon 11:00 escalate")
    assert rows(policy, *story) == ["escalation 1 runs since mon 11:00, used 0:00, due mon 15:00"]
    assert rows(policy, *story, "mon 11:30 claim") == [
        "escalation 1 stopped by assigned mon 11:30, used 0:30, due mon 15:00"
    ]


def test_what_starts_and_stops_a_clock_at_once_is_met_with_nothing_used() -> None:
    policy = under(rule("hand", start="started", stop="assigned"))
    assert rows(policy, "mon 09:00 submit", "mon 10:00 start") == [
        "hand 1 stopped by assigned mon 10:00, used 0:00, due mon 14:00"
    ]


def test_a_clock_that_begins_while_its_ticket_waits_begins_paused() -> None:
    assert rows(under(RESOLUTION), "mon 09:00 submit purchase") == ["resolution 1 paused, used 0:00"]
    assert rows(under(replace(RESOLUTION, pauses=frozenset())), "mon 09:00 submit purchase") == [
        "resolution 1 runs since mon 09:00, used 0:00, due mon 13:00"
    ]


def test_nothing_begins_where_nobody_works_any_more() -> None:
    policy = under(RESOLUTION, rule("answer", start="answered", stop="replied"))
    assert rows(policy, "mon 09:00 submit", "mon 10:00 resolve", "mon 11:00 answer") == [
        "resolution 1 stopped by resolved mon 10:00, used 1:00, due mon 13:00"
    ]


def test_a_stop_beats_a_pause() -> None:
    policy = under(rule("response", stop="assigned"))
    assert rows(policy, "mon 09:00 submit", "mon 10:00 wait vendor taken") == [
        "response 1 stopped by assigned mon 10:00, used 1:00, due mon 13:00"
    ]


def test_the_end_of_the_work_stops_what_is_paused_without_counting_the_pause() -> None:
    story = ("mon 09:00 submit", "mon 10:00 wait vendor", "tue 10:00 cancel")
    # three hours were left: the deadline of a paused clock is what it would have been from there
    assert rows(under(RESOLUTION), *story) == ["resolution 1 stopped by closed tue 10:00, used 1:00, due tue 13:00"]


def test_clocks_are_listed_by_name_and_cycle() -> None:
    story = ("mon 09:00 submit", "mon 10:00 reply", "mon 11:00 reply", "mon 12:00 claim")
    names = [(clock.name, clock.cycle) for clock in lived(under(*NAMED), *story)[0].clocks]
    assert names == sorted(names)
    assert [cycle for name, cycle in names if name == "update"] == [1, 2, 3]


# Targets and calendars


@pytest.mark.parametrize(
    ("said", "submitted_at", "rank", "due"),
    [
        ({"default": Budget(4, "bh")}, "mon 09:00", 3, "mon 13:00"),
        ({"default": Budget(4, "bh")}, "mon 13:00", 3, "mon 17:00"),  # at closing, not at the next opening
        ({"default": Budget(4, "bh")}, "mon 17:00", 3, "tue 12:00"),
        ({"default": Budget(4, "bh")}, "wed 16:00", 3, "fri 11:00"),  # over the holiday
        ({"default": Budget(2, "bd")}, "mon 09:00", 3, "wed 09:00"),
        ({"default": Budget(4, "h")}, "mon 16:00", 3, "mon 20:00"),  # on the wall
        ({"default": Budget(30, "m")}, "sun 23:45", 3, "mon2 00:15"),
        ({"default": Budget(1, "d")}, "fri 12:00", 3, "sat 12:00"),
        ({"calendars": {1: ALWAYS, 2: OF_DEPARTMENT}}, "mon 16:00", 1, "mon 20:00"),  # 4bh round the clock
        ({"calendars": {1: ALWAYS, 2: OF_DEPARTMENT}}, "mon 16:00", 2, "tue 11:00"),
        ({"calendars": {1: ALWAYS}}, "mon 16:00", 2, "tue 11:00"),
        ({"calendars": {3: "plant"}}, "mon 09:00", 3, "mon 18:00"),
        ({"calendars": {3: "plant"}, "default": Budget(1, "bd")}, "mon 09:00", 3, "mon 22:00"),
        ({"calendars": {3: ALWAYS}, "default": Budget(1, "bd")}, "fri 12:00", 3, "sat 12:00"),
        ({"calendars": {3: "plant"}, "default": Budget(2, "h")}, "mon 09:00", 3, "mon 11:00"),
        ({"targets": {1: Budget(1, "bh")}, "default": Budget(4, "bh")}, "mon 09:00", 1, "mon 10:00"),
        ({"targets": {1: Budget(1, "bh")}, "default": Budget(4, "bh")}, "mon 09:00", 2, "mon 13:00"),
    ],
)
def test_a_target_is_counted_in_the_calendar_of_its_unit_and_priority(
    said: dict[str, Any], submitted_at: str, rank: int, due: str
) -> None:
    (found,) = rows(under(replace(RESOLUTION, **said)), f"{submitted_at} submit {rank}")
    assert found == f"resolution 1 runs since {submitted_at}, used 0:00, due {due}"


def test_a_clock_without_a_target_is_measured_and_never_late() -> None:
    policy = under(replace(RESOLUTION, default=None))
    assert rows(policy, "mon 09:00 submit", until="fri2 09:00") == ["resolution 1 runs since mon 09:00, used 0:00"]
    assert rows(policy, "mon 09:00 submit", "tue 09:00 resolve") == [
        "resolution 1 stopped by resolved tue 09:00, used 9:00"
    ]


# Pauses


@pytest.mark.parametrize("reason", list(WaitReason))
@pytest.mark.parametrize("pauses", [frozenset(), frozenset({PauseReason.VENDOR, PauseReason.OTHER})])
def test_a_wait_pauses_a_clock_for_the_reasons_it_names(reason: WaitReason, pauses: frozenset[PauseReason]) -> None:
    story = ("mon 09:00 submit", f"mon 10:00 wait {reason}")
    (found,) = rows(under(replace(RESOLUTION, pauses=pauses)), *story)
    if PauseReason(reason) in pauses:
        assert found == "resolution 1 paused, used 1:00"
    else:
        assert found == "resolution 1 runs since mon 09:00, used 0:00, due mon 13:00"


def test_a_purchase_pauses_until_it_is_decided_and_its_delivery_by_its_own_reason() -> None:
    story = ("mon 09:00 submit", "mon 09:30 claim", "mon 10:00 pivot")
    assert rows(under(RESOLUTION), *story, until="fri 10:00") == ["resolution 1 paused, used 1:00"]
    decided = (*story, "tue 10:00 approve")
    assert rows(under(RESOLUTION), *decided) == ["resolution 1 runs since tue 10:00, used 1:00, due tue 13:00"]
    waits = replace(RESOLUTION, pauses=frozenset({PauseReason.PROCUREMENT, PauseReason.DELIVERY}))
    assert rows(under(waits), *decided) == ["resolution 1 paused, used 1:00"]


def test_one_wait_pauses_one_clock_and_not_another() -> None:
    policy = under(RESOLUTION, rule("update", rearm="replied", pauses=()))
    assert rows(policy, "mon 09:00 submit", "mon 10:00 wait vendor") == [
        "resolution 1 paused, used 1:00",
        "update 1 runs since mon 09:00, used 0:00, due mon 13:00",
    ]


def test_a_pause_moves_the_due_time_by_what_was_left_when_it_began() -> None:
    story = ("mon 09:00 submit", "mon 11:00 wait vendor", "wed 16:30 resume")
    assert rows(under(RESOLUTION), *story) == ["resolution 1 runs since wed 16:30, used 2:00, due fri 09:30"]


def test_what_happens_inside_a_pause_counts_nothing() -> None:
    story = ("mon 09:00 submit", "mon 11:00 wait vendor", "mon 12:00 note", "tue 09:00 wait requester")
    assert rows(under(RESOLUTION), *story, "tue 10:00 reply") == ["resolution 1 paused, used 2:00"]


def test_a_wait_for_another_reason_goes_on_where_the_pause_stopped() -> None:
    story = ("mon 09:00 submit", "mon 11:00 wait vendor", "mon 12:00 wait other")
    assert rows(under(RESOLUTION), *story) == ["resolution 1 runs since mon 12:00, used 2:00, due mon 14:00"]


def test_a_pause_at_the_instant_of_its_end_changes_nothing_but_where_it_runs_from() -> None:
    story = ("mon 09:00 submit", "mon 11:00 wait vendor", "mon 11:00 resume")
    assert rows(under(RESOLUTION), *story) == ["resolution 1 runs since mon 11:00, used 2:00, due mon 13:00"]


# Due times and breaches


@pytest.mark.parametrize(
    ("submitted_at", "solved_at", "used", "due", "breached"),
    [
        ("mon 09:00", "mon 12:59:59.999999", "3:59 and 59999999 us", "mon 13:00", ""),
        ("mon 09:00", "mon 13:00", "4:00", "mon 13:00", ""),
        ("mon 09:00", "mon 13:00:00.000001", "4:00 and 1 us", "mon 13:00", "mon 13:00"),
        ("fri 13:00", "fri 17:00", "4:00", "fri 17:00", ""),
        # the desk is closed and no more is used, but the time it was due is over
        ("fri 13:00", "fri 17:00:00.000001", "4:00", "fri 17:00", "fri 17:00"),
        ("fri 13:00", "sat 10:00", "4:00", "fri 17:00", "fri 17:00"),
        ("fri 13:00", "mon2 09:00", "5:00", "fri 17:00", "fri 17:00"),
    ],
)
def test_exactly_at_the_due_time_is_met_and_a_microsecond_later_is_not(
    submitted_at: str, solved_at: str, used: str, due: str, breached: str
) -> None:
    story = (f"{submitted_at} submit", f"{solved_at} resolve")
    history, told = lived(under(RESOLUTION), *story)
    late = f", breached {breached}" if breached else ""
    assert row(history.clocks[0]) == f"resolution 1 stopped by resolved {solved_at}, used {used}, due {due}{late}"
    found = [(fact.clock, fact.cycle, spelled(fact.at)) for fact in told if fact.kind is K.BREACHED]
    assert found == ([("resolution", 1, breached)] if breached else [])


def test_a_breach_comes_about_by_time_alone_the_earliest_first() -> None:
    policy = under(RESOLUTION, rule("seen", stop="assigned", default=Budget(1, "bh")), rule("own", stop="assigned"))
    _, told = lived(policy, "mon 09:00 submit", until="mon 13:00:00.000001")
    assert [(fact.clock, spelled(fact.at), fact.actor_id) for fact in told[1:]] == [
        ("seen", "mon 10:00", None),
        ("own", "mon 13:00", None),
        ("resolution", "mon 13:00", None),
    ]
    assert rows(policy, "mon 09:00 submit", until="mon 13:00") == [
        "own 1 runs since mon 09:00, used 0:00, due mon 13:00",
        "resolution 1 runs since mon 09:00, used 0:00, due mon 13:00",
        "seen 1 runs since mon 09:00, used 0:00, due mon 10:00, breached mon 10:00",
    ]


def test_a_breach_stands_before_the_fact_that_brings_it_to_light() -> None:
    _, told = lived(under(RESOLUTION), "mon 09:00 submit", "mon 12:00 note", "tue 09:00 note", "tue 10:00 note")
    assert [(fact.kind, spelled(fact.at)) for fact in told[1:]] == [
        (K.NOTED, "mon 12:00"),
        (K.BREACHED, "mon 13:00"),
        (K.NOTED, "tue 09:00"),
        (K.NOTED, "tue 10:00"),
    ]


LONG: Final = (
    "mon 09:00 submit 3",
    "tue 09:00 wait vendor",
    "tue 10:00 priority 1",
    "tue 11:00 resume",
    "tue 12:00 priority 2",
    "tue 13:00 resolve",
    "tue 14:00 reopen",
    "tue 15:00 move",
    "wed 15:00 claim",
    "fri 20:00 resolve",
    "fri 21:00 reopen_to_the_pool",
    "mon2 09:00 cancel",
)


@pytest.mark.parametrize("on_reopen", [OnReopen.RESUME, OnReopen.RESTART])
@pytest.mark.parametrize("on_change", list(OnChange))
def test_a_cycle_is_breached_once_whatever_comes_after(on_reopen: OnReopen, on_change: OnChange) -> None:
    targets = {1: Budget(2, "bh"), 2: Budget(90, "bh")}
    policy = under(replace(RESOLUTION, targets=targets, on_reopen=on_reopen, on_change=on_change))
    history, told = lived(policy, *LONG, until="fri2 09:00")
    assert [spelled(fact.at) for fact in told if fact.kind is K.BREACHED] == ["mon 13:00"]
    assert [spelled(clock.breached_at) for clock in history.clocks if clock.breached_at] == ["mon 13:00"]


def test_each_cycle_is_breached_on_its_own() -> None:
    policy = under(replace(RESOLUTION, on_reopen=OnReopen.NEW_CYCLE))
    _, told = lived(policy, "mon 09:00 submit", "mon 16:00 resolve", "tue 08:00 reopen", until="tue 17:00")
    assert [(fact.cycle, spelled(fact.at)) for fact in told if fact.kind is K.BREACHED] == [
        (1, "mon 13:00"),
        (2, "tue 12:00"),
    ]


def test_what_is_late_is_due_when_its_time_was_over_also_after_a_pause() -> None:
    story = ("mon 09:00 submit", "mon 14:00 wait vendor", "tue 09:00 resume")
    assert rows(under(RESOLUTION), *story) == [
        "resolution 1 runs since tue 09:00, used 5:00, due tue 08:00, breached mon 13:00"
    ]


def test_a_breach_that_an_older_program_let_pass_dates_from_the_deadline_all_the_same() -> None:
    policy = under(RESOLUTION)
    plain = fold(facts_of("mon 09:00 submit", "mon 15:00 note"), policy)  # it wrote no breach before the note
    assert [row(clock) for clock in plain.clocks] == ["resolution 1 runs since mon 09:00, used 0:00, due mon 13:00"]
    (step,) = caught_up(plain, instant("mon 16:00"), policy)
    fact, after = step
    assert (spelled(fact.at), [row(clock) for clock in after.clocks]) == (
        "mon 15:00",  # a fact is never older than the last one
        ["resolution 1 runs since mon 09:00, used 0:00, due mon 13:00, breached mon 13:00"],
    )


def test_the_same_breach_told_twice_stays_as_it_was() -> None:
    policy = under(RESOLUTION)
    history, _ = lived(policy, "mon 09:00 submit", "mon 15:00 note")
    again = Fact(kind=K.BREACHED, at=instant("mon 16:00"), actor_id=None, clock="resolution", cycle=1)
    assert extend(history, again, policy).clocks == history.clocks


def test_a_breach_of_a_cycle_that_is_over_is_none_of_the_next() -> None:
    policy = under(replace(RESOLUTION, on_reopen=OnReopen.NEW_CYCLE))
    history, _ = lived(policy, "mon 09:00 submit", "mon 16:00 resolve", "tue 08:00 reopen")
    again = Fact(kind=K.BREACHED, at=instant("tue 09:00"), actor_id=None, clock="resolution", cycle=1)
    assert extend(history, again, policy).clocks == history.clocks


def test_passing_is_only_for_what_runs_and_is_not_known() -> None:
    (clock,) = fold(facts_of("mon 09:00 submit"), under(RESOLUTION)).clocks
    due = instant("mon 13:00")
    assert passed(clock, due) == clock
    late = passed(clock, due + US)
    assert late == replace(clock, breached_at=due)
    assert passed(late, due + timedelta(days=1)) == late
    for still in (replace(clock, running_since=None), replace(clock, due_at=None, target_us=None)):
        assert passed(still, due + timedelta(days=1)) == still


# Another target or calendar


@pytest.mark.parametrize(
    ("said", "change", "carried", "restarted"),
    [
        ({"targets": {1: Budget(3, "bh")}}, "priority 1", "used 2:00, due mon 12:00", "used 0:00, due mon 14:00"),
        ({"targets": {1: Budget(9, "bh")}}, "priority 1", "used 2:00, due tue 09:00", "used 0:00, due tue 11:00"),
        ({"calendars": {1: ALWAYS}}, "priority 1", "used 2:00, due mon 13:00", "used 0:00, due mon 15:00"),
        ({"calendars": {1: "plant"}}, "priority 1", "used 2:00, due mon 16:00", "used 0:00, due mon 18:00"),
        ({"targets": {1: Budget(30, "h")}}, "priority 1", "used 2:00, due tue 15:00", "used 0:00, due tue 17:00"),
        ({}, "move", "used 2:00, due mon 16:00", "used 0:00, due mon 18:00"),
        # two open hours were used, and only one is given
        (
            {"targets": {1: Budget(1, "bh")}},
            "priority 1",
            "used 2:00, due mon 10:00, breached mon 11:00",
            "used 0:00, due mon 12:00",
        ),
        ({"targets": {1: Budget(2, "bh")}}, "priority 1", "used 2:00, due mon 11:00", "used 0:00, due mon 13:00"),
    ],
)
def test_another_target_or_calendar_is_reckoned_from_what_was_used_or_from_nothing(
    said: dict[str, Any], change: str, carried: str, restarted: str
) -> None:
    for on_change, expected in ((OnChange.CARRY, carried), (OnChange.RESTART, restarted)):
        policy = under(replace(RESOLUTION, on_change=on_change, **said))
        (found,) = rows(policy, "mon 09:00 submit", f"mon 11:00 {change}")
        assert found == f"resolution 1 runs since mon 11:00, {expected}"


@pytest.mark.parametrize("on_change", list(OnChange))
def test_a_change_that_gives_the_same_target_in_the_same_hours_is_none(on_change: OnChange) -> None:
    policy = under(replace(RESOLUTION, on_change=on_change, targets={1: Budget(4, "bh")}))
    assert rows(policy, "mon 09:00 submit 3", "mon 11:00 priority 1", "mon 11:30 claim") == [
        "resolution 1 runs since mon 09:00, used 0:00, due mon 13:00"
    ]


def test_a_nearer_target_already_used_up_is_a_breach_at_that_moment_also_in_a_pause() -> None:
    policy = under(replace(RESOLUTION, targets={1: Budget(1, "bh"), 2: Budget(30, "bh")}))
    story = ("mon 09:00 submit", "mon 11:00 wait vendor", "mon 12:00 priority 1")
    _, told = lived(policy, *story)
    assert [(fact.kind, spelled(fact.at)) for fact in told[-2:]] == [
        (K.PRIORITISED, "mon 12:00"),
        (K.BREACHED, "mon 12:00"),
    ]
    assert rows(policy, *story) == ["resolution 1 paused, used 2:00, breached mon 12:00"]
    assert rows(policy, *story, "mon 13:00 priority 2", "mon 14:00 resume") == [
        "resolution 1 runs since mon 14:00, used 2:00, due fri 15:00, breached mon 12:00"
    ]


def test_a_stopped_clock_keeps_what_it_was_measured_against() -> None:
    policy = under(rule("response", stop="assigned", targets={1: Budget(1, "bh")}), RESOLUTION)
    assert rows(policy, "mon 09:00 submit", "mon 11:00 claim", "mon 12:00 priority 1")[1] == (
        "response 1 stopped by assigned mon 11:00, used 2:00, due mon 13:00"
    )


def test_a_change_at_the_stop_is_reckoned_as_before_it() -> None:
    policy = under(replace(RESOLUTION, default=None, targets={3: Budget(4, "bh"), 1: Budget(4, "h")}))
    first, *_ = facts_of("mon 16:00 submit")
    both = Fact(kind=K.RESOLVED, at=instant("tue 09:00"), actor_id=AGENT, status=S.RESOLVED, priority=1)
    (clock,) = fold([first, both], policy).clocks
    assert row(clock) == "resolution 1 stopped by resolved tue 09:00, used 2:00, due tue 11:00"


# Reopening


SOLVED: Final = ("mon 09:00 submit", "mon 10:00 claim", "mon 11:00 resolve")


@pytest.mark.parametrize(
    ("on_reopen", "expected"),
    [
        (OnReopen.RESUME, ["resolution 1 runs since tue 08:00, used 2:00, due tue 10:00"]),
        (OnReopen.RESTART, ["resolution 1 runs since tue 08:00, used 0:00, due tue 12:00"]),
        (
            OnReopen.NEW_CYCLE,
            [
                "resolution 1 stopped by resolved mon 11:00, used 2:00, due mon 13:00",
                "resolution 2 runs since tue 08:00, used 0:00, due tue 12:00",
            ],
        ),
    ],
)
@pytest.mark.parametrize("end", ["mon 11:00 resolve", "mon 11:00 cancel"])
def test_a_reopened_clock_goes_on_or_begins_anew_or_begins_another_cycle(
    on_reopen: OnReopen, expected: list[str], end: str
) -> None:
    policy = under(replace(RESOLUTION, on_reopen=on_reopen))
    by = "closed" if "cancel" in end else "resolved"
    story = (*SOLVED[:2], end, "tue 08:00 reopen")
    assert rows(policy, *story) == [text.replace("by resolved", f"by {by}") for text in expected]


def test_a_reopened_clock_waits_where_its_ticket_waits() -> None:
    facts = facts_of(*SOLVED)
    again = Fact(kind=K.REOPENED, at=instant("tue 08:00"), actor_id=AGENT, status=S.WAITING, reason=WaitReason.VENDOR)
    (clock,) = fold([*facts, again], under(RESOLUTION)).clocks
    assert row(clock) == "resolution 1 paused, used 2:00"


def test_reopening_does_not_take_back_a_stop_of_its_own() -> None:
    policy = under(rule("first_reply", stop="replied"), rule("response", stop="assigned"))
    story = ("mon 09:00 submit", "mon 10:00 reply", "mon 11:00 resolve", "tue 08:00 reopen_to_the_pool")
    assert rows(policy, *story) == [
        "first_reply 1 stopped by replied mon 10:00, used 1:00, due mon 13:00",
        "response 1 runs since tue 08:00, used 2:00, due tue 10:00",
    ]
    assert rows(policy, *story, "tue 09:00 claim")[1] == (
        "response 1 stopped by assigned tue 09:00, used 3:00, due tue 10:00"
    )


def test_reopened_for_who_had_it_is_assigned_at_once() -> None:
    policy = under(rule("response", stop="assigned"))
    story = ("mon 09:00 submit", "mon 11:00 resolve", "tue 08:00 reopen")
    assert rows(policy, *story) == ["response 1 stopped by assigned tue 08:00, used 2:00, due tue 10:00"]


@pytest.mark.parametrize(
    ("on_reopen", "expected"),
    [
        (OnReopen.RESTART, ["first_reply 1 runs since tue 08:00, used 0:00, due tue 12:00"]),
        (
            OnReopen.NEW_CYCLE,
            [
                "first_reply 1 stopped by replied mon 10:00, used 1:00, due mon 13:00",
                "first_reply 2 runs since tue 08:00, used 0:00, due tue 12:00",
            ],
        ),
    ],
)
def test_to_begin_again_is_also_for_a_clock_that_had_its_own_stop(on_reopen: OnReopen, expected: list[str]) -> None:
    policy = under(rule("first_reply", stop="replied", on_reopen=on_reopen))
    story = ("mon 09:00 submit", "mon 10:00 reply", "mon 11:00 resolve", "tue 08:00 reopen")
    assert rows(policy, *story) == expected


def test_the_end_of_the_work_is_counted_once() -> None:
    story = (*SOLVED, "mon 12:00 confirm", "mon 13:00 note")
    assert rows(under(RESOLUTION), *story) == ["resolution 1 stopped by resolved mon 11:00, used 2:00, due mon 13:00"]


# Cadence, next replies, tiers


def test_every_reply_ends_a_cycle_of_the_updates_and_begins_the_next() -> None:
    policy = under(rule("update", rearm="replied"))
    story = ("mon 09:00 submit", "mon 10:00 reply", "mon 16:00 reply", "mon 16:30 claim")
    assert rows(policy, *story) == [
        "update 1 stopped by replied mon 10:00, used 1:00, due mon 13:00",
        "update 2 stopped by replied mon 16:00, used 6:00, due mon 14:00, breached mon 14:00",
        "update 3 runs since mon 16:00, used 0:00, due tue 11:00",
    ]
    assert rows(policy, *story, "tue 09:00 resolve", "tue 10:00 reply")[2:] == [
        "update 3 stopped by resolved tue 09:00, used 2:00, due tue 11:00"
    ]
    assert rows(policy, *story, "tue 09:00 resolve", "tue 10:00 reopen")[2:] == [
        "update 3 runs since tue 10:00, used 2:00, due tue 12:00"
    ]


def test_a_reply_inside_a_pause_ends_the_cycle_and_the_next_one_begins_paused() -> None:
    policy = under(rule("update", rearm="replied"))
    assert rows(policy, "mon 09:00 submit", "mon 10:00 wait vendor", "mon 11:00 reply", "mon 12:00 resume") == [
        "update 1 stopped by replied mon 11:00, used 1:00, due mon 14:00",
        "update 2 runs since mon 12:00, used 0:00, due mon 16:00",
    ]


def test_each_message_is_to_be_answered_and_a_second_one_gives_no_more_time() -> None:
    policy = under(rule("reply", stop="replied", rearm="answered"))
    story = ("mon 09:00 submit", "mon 10:00 answer", "mon 11:00 reply", "tue 09:00 answer", "tue 11:00 answer")
    assert rows(policy, *story) == [
        "reply 1 stopped by replied mon 11:00, used 2:00, due mon 13:00",
        "reply 2 runs since tue 09:00, used 0:00, due tue 13:00",
    ]
    assert rows(policy, *story, "tue 12:00 reply", "tue 13:00 reply")[1:] == [
        "reply 2 stopped by replied tue 12:00, used 3:00, due tue 13:00"
    ]


def test_a_message_after_the_end_is_no_cycle_until_it_is_reopened() -> None:
    policy = under(rule("reply", stop="replied", rearm="answered"))
    story = ("mon 09:00 submit", "mon 10:00 reply", "mon 11:00 resolve", "mon 12:00 answer")
    ended = "reply 1 stopped by replied mon 10:00, used 1:00, due mon 13:00"
    assert rows(policy, *story) == [ended]
    assert rows(policy, *story, "mon 13:00 reopen", "mon 14:00 answer") == [
        ended,
        "reply 2 runs since mon 14:00, used 0:00, due tue 09:00",
    ]


def test_a_clock_that_stops_only_at_the_end_makes_room_for_its_next_cycle_at_once() -> None:
    policy = under(rule("resolution", stop="resolved", rearm="answered"))
    assert rows(policy, "mon 09:00 submit", "mon 10:00 answer") == [
        "resolution 1 stopped by answered mon 10:00, used 1:00, due mon 13:00",
        "resolution 2 runs since mon 10:00, used 0:00, due mon 14:00",
    ]


TIERED: Final = replace(RESOLUTION, tiers={1: {3: Budget(2, "bh")}, 2: {3: Budget(4, "bh")}})


def test_every_tier_is_a_cycle_with_its_own_target() -> None:
    story = ("mon 09:00 submit", "mon 10:00 escalate", "mon 11:00 claim")
    first = "resolution 1 stopped by escalated mon 10:00, used 1:00, due mon 11:00"
    assert rows(under(TIERED), *story) == [first, "resolution 2 runs since mon 10:00, used 0:00, due mon 14:00"]
    assert rows(under(TIERED), *story, "mon 16:00 escalate") == [
        first,
        "resolution 2 stopped by escalated mon 16:00, used 6:00, due mon 14:00, breached mon 14:00",
        "resolution 3 runs since mon 16:00, used 0:00, due tue 11:00",
    ]


def test_a_clock_without_tiers_is_not_touched_by_an_escalation() -> None:
    policy = under(RESOLUTION, rule("response", stop="assigned"))
    assert rows(policy, "mon 09:00 submit", "mon 10:00 claim", "mon 11:00 escalate") == [
        "resolution 1 runs since mon 09:00, used 0:00, due mon 13:00",
        "response 1 stopped by assigned mon 10:00, used 1:00, due mon 13:00",
    ]


def test_what_had_stopped_begins_again_in_the_next_tier() -> None:
    policy = under(replace(TIERED, name="response", stop=frozenset({M.ASSIGNED})))
    story = ("mon 09:00 submit", "mon 10:00 claim", "mon 12:00 escalate")
    assert rows(policy, *story) == [
        "response 1 stopped by assigned mon 10:00, used 1:00, due mon 11:00",
        "response 2 runs since mon 12:00, used 0:00, due mon 16:00",
    ]


def test_a_stop_at_the_escalation_beats_the_next_tier() -> None:
    policy = under(replace(TIERED, name="response", stop=frozenset({M.ESCALATED})))
    assert rows(policy, "mon 09:00 submit", "mon 10:00 escalate") == [
        "response 1 stopped by escalated mon 10:00, used 1:00, due mon 11:00"
    ]


# Which clock a list shows


def the_shown(policy: DeskPolicy, *story: str) -> str:
    clock = shown(lived(policy, *story)[0].clocks)
    return row(clock) if clock else "none"


def test_a_list_shows_what_is_due_first_else_what_has_least_left_else_the_main_clock() -> None:
    quick = rule("ack", stop="assigned", default=Budget(1, "bh"))
    policy = under(RESOLUTION, quick, replace(quick, name="first", default=None))
    assert the_shown(policy, "mon 09:00 submit") == "ack 1 runs since mon 09:00, used 0:00, due mon 10:00"
    assert the_shown(policy, "mon 09:00 submit", "mon 09:30 wait vendor") == "ack 1 paused, used 0:30"
    assert the_shown(policy, "mon 09:00 submit", "mon 09:30 claim") == (
        "resolution 1 runs since mon 09:00, used 0:00, due mon 13:00"
    )
    assert the_shown(policy, "mon 09:00 submit", "mon 09:30 claim", "mon 10:00 resolve") == (
        "resolution 1 stopped by resolved mon 10:00, used 1:00, due mon 13:00"
    )
    untimed = under(replace(RESOLUTION, default=None), replace(quick, name="first", default=None))
    assert the_shown(untimed, "mon 09:00 submit") == "resolution 1 runs since mon 09:00, used 0:00"
    assert shown(()) is None


def test_a_list_shows_the_running_before_the_paused() -> None:
    policy = under(RESOLUTION, rule("ack", stop="assigned", default=Budget(30, "bh"), pauses=()))
    assert the_shown(policy, "mon 09:00 submit", "mon 12:59 wait vendor") == (
        "ack 1 runs since mon 09:00, used 0:00, due fri 12:00"
    )


def test_of_what_is_paused_a_list_shows_what_has_least_left_and_not_what_used_most() -> None:
    policy = under(RESOLUTION, rule("help", start="started", stop="replied", default=Budget(1, "bh")))
    story = ("mon 09:00 submit", "mon 11:00 start", "mon 11:30 wait vendor")
    assert the_shown(policy, *story) == "help 1 paused, used 0:30"


def test_a_list_shows_no_cycle_that_is_over() -> None:
    policy = under(replace(RESOLUTION, default=Budget(40, "bh")), rule("update", rearm="replied"))
    assert the_shown(policy, "mon 09:00 submit", "mon 10:00 reply").startswith("update 2 runs since mon 10:00")


def test_the_next_due_is_of_what_runs() -> None:
    policy = under(RESOLUTION, rule("ack", stop="assigned", default=Budget(1, "bh"), pauses=()))

    def due(*story: str) -> str:
        at = next_due(lived(policy, *story)[0].clocks)
        return "never" if at == NEVER else spelled(at)

    assert due("mon 09:00 submit") == "mon 10:00"
    assert due("mon 09:00 submit", "mon 09:30 claim") == "mon 13:00"
    assert due("mon 09:00 submit", "mon 09:30 claim", "mon 09:45 wait vendor") == "never"
    assert due("mon 09:00 submit", "mon 09:30 resolve") == "never"


# Random histories under random rules


RANKS: Final = (1, 2, 3)
BUDGETS: Final = st.builds(Budget, st.integers(1, 30), st.sampled_from(("bh", "h", "m", "bd"))) | st.builds(
    Budget, st.integers(1, 3), st.just("d")
)
TARGETS: Final = st.dictionaries(st.sampled_from(RANKS), BUDGETS)


@st.composite
def rules(draw: st.DrawFn, name: str = "resolution") -> ClockRule:
    places: dict[str, set[str]] = {"start": set(), "stop": set(), "rearm": set(), "": set()}
    for moment in Moment:
        only = {M.SUBMITTED: "start", M.RESOLVED: "stop", M.CLOSED: "stop"}.get(moment)
        choices = ("", only) if only else ("", "", "start", "stop", "rearm")
        places[draw(st.sampled_from(choices))].add(moment)
    if not places["start"]:
        places["start"].add(M.SUBMITTED)
    return rule(
        name,
        **{place: " ".join(found) for place, found in places.items() if place},
        pauses=draw(st.sets(st.sampled_from(PauseReason))),
        calendars=draw(st.dictionaries(st.sampled_from(RANKS), st.sampled_from((ALWAYS, OF_DEPARTMENT, "plant")))),
        targets=draw(TARGETS),
        tiers=draw(st.just(dict[int, Any]()) | st.dictionaries(st.sampled_from((1, 2, 3)), TARGETS, min_size=1)),
        default=draw(st.sampled_from((None, Budget(1, "bh"), Budget(3, "bh"), Budget(9, "h"), Budget(2, "bd")))),
        on_reopen=draw(st.sampled_from(OnReopen)),
        on_change=draw(st.sampled_from(OnChange)),
    )


GAPS: Final = st.one_of(
    st.just(timedelta()),
    st.integers(1, 10**10).map(lambda us: timedelta(microseconds=us)),
    st.integers(0, 3 * 24 * 4).map(lambda quarters: timedelta(minutes=15 * quarters)),
)
OPEN: Final = (S.NEW, S.ASSIGNED, S.IN_PROGRESS, S.WAITING, S.PENDING_APPROVAL)


def to(draw: st.DrawFn, ticket: Ticket, at: datetime) -> Fact:
    """Goes to any status from any other, as imported desks do; who has it may change with it."""
    status = draw(st.sampled_from((*OPEN, *OPEN, S.RESOLVED, S.CLOSED)))
    said: dict[str, Any] = {"status": status}
    if status is S.WAITING:
        said["reason"] = draw(st.sampled_from(WaitReason))
    if draw(st.booleans()):
        said["assignee_id"] = draw(st.sampled_from((None, AGENT, COLLEAGUE)))
    if draw(st.integers(0, 5)) == 0:
        said["priority"] = draw(st.sampled_from(RANKS))
    reopens = ticket.status in {S.RESOLVED, S.CLOSED} and status in OPEN
    kind = K.REOPENED if reopens else K.RESOLVED if status is S.RESOLVED else K.UPDATED
    return Fact(kind=kind, at=at, actor_id=AGENT, **said)


def beside(draw: st.DrawFn, ticket: Ticket, at: datetime) -> Fact:
    """Changes what the ticket is, or what is said on it."""
    match draw(st.sampled_from(("reply", "answer", "note", "priority", "move", "escalate"))):
        case "priority":
            return Fact(kind=K.PRIORITISED, at=at, actor_id=AGENT, priority=draw(st.sampled_from(RANKS)))
        case "move":
            home = 3 - ticket.department_id
            return Fact(kind=K.MOVED, at=at, actor_id=AGENT, department_id=home, category_id=home, assignee_id=None)
        case "escalate" if ticket.tier < 3:
            said: dict[str, Any] = {"status": S.NEW, "tier": ticket.tier + 1, "assignee_id": None}
            return Fact(kind=K.ESCALATED, at=at, actor_id=AGENT, **said)
        case "reply" | "answer" as word:
            return Fact(kind=K.REPLIED, at=at, actor_id=WORDS[word][1])
        case _:
            return Fact(kind=K.NOTED, at=at, actor_id=AGENT)


@st.composite
def stories(draw: st.DrawFn) -> list[Fact]:
    at = instant("fri 15:00")
    purchase = draw(st.integers(0, 4)) == 0
    facts = [what_happened(f"fri 15:00 submit {draw(st.sampled_from(RANKS))}{' purchase' if purchase else ''}", None)]
    ticket = submitted(facts[0])
    for _ in range(draw(st.integers(3, 16))):
        at += draw(GAPS)
        facts.append(draw(st.sampled_from((to, beside)))(draw, ticket, at))
        ticket = apply(ticket, facts[-1])
    return facts


def open_us(key: str, since: datetime, until: datetime) -> int:
    """The open microseconds between two instants, day by day and without a calendar."""
    if key == ALWAYS:
        return (until - since) // US
    total, day = timedelta(), (since + LAGOS).date()
    while day <= (until + LAGOS).date():
        closed = day.weekday() > 4 or (key == "office" and day == date(2026, 10, 1))
        midnight = datetime.combine(day, datetime.min.time(), UTC) - LAGOS
        opens, closes = (midnight + timedelta(hours=hour) for hour in HOURS[key])
        total += timedelta() if closed else max(timedelta(), min(closes, until) - max(opens, since))
        day += timedelta(days=1)
    return total // US


@dataclass
class Cycle:
    """A cycle as the walk knows it: the stretches it ran, in the hours of each."""

    target: int | None
    ran: list[tuple[datetime, datetime, str]] = field(default_factory=list)
    since: datetime | None = None
    key: str = ""
    stopped: tuple[datetime, Moment] | None = None
    breached: datetime | None = None

    def used(self, now: datetime) -> int:
        running = [(self.since, now, self.key)] if self.since is not None else []
        return sum(open_us(key, since, until) for since, until, key in [*self.ran, *running])

    def halt(self, at: datetime) -> None:
        if self.since is not None:
            self.ran.append((self.since, at, self.key))
        self.since = None


def moments_of(fact: Fact, before: Ticket, after: Ticket) -> set[Moment]:
    """What a fact means, told once more and by hand."""
    held, over = (S.ASSIGNED, S.IN_PROGRESS), (S.RESOLVED, S.CLOSED)
    new = before.status != after.status
    found = {
        M.REPLIED: fact.kind == K.REPLIED and fact.actor_id != REQUESTER,
        M.ANSWERED: fact.kind == K.REPLIED and fact.actor_id == REQUESTER,
        M.ESCALATED: fact.kind == K.ESCALATED,
        M.STARTED: new and after.status == S.IN_PROGRESS,
        M.RESOLVED: new and after.status == S.RESOLVED,
        M.CLOSED: new and after.status == S.CLOSED,
        M.REOPENED: before.status in over and after.status not in over,
        M.ASSIGNED: (after.assignee_id not in {None, before.assignee_id})
        or (after.status in held and before.status not in held),
    }
    return {moment for moment, holds in found.items() if holds}


class Walk:
    """Goes over a history fact by fact, and keeps of one clock the stretches it ran."""

    def __init__(self, of: ClockRule, policy: DeskPolicy) -> None:
        self.rule = of
        self.policy = policy
        self.cycles: list[Cycle] = []

    def rests(self, ticket: Ticket) -> bool:
        why = {S.PENDING_APPROVAL: "procurement", S.WAITING: str(ticket.reason)}.get(ticket.status)
        return why in {str(reason) for reason in self.rule.pauses}

    def place(self, cycle: Cycle, ticket: Ticket, at: datetime) -> None:
        """Puts a cycle where the ticket stands: it runs or rests, against the target of now."""
        terms = self.policy.terms(self.rule.name, ticket)
        cycle.target, cycle.key = terms.target_us, terms.calendar_key
        if cycle.target is not None and cycle.used(at) > cycle.target:
            cycle.breached = cycle.breached or at
        cycle.since = None if self.rests(ticket) else at

    def begin(self, ticket: Ticket, at: datetime, met: set[Moment], again: Cycle | None = None) -> None:
        cycle = again or Cycle(None)
        if again is None:
            self.cycles.append(cycle)
        cycle.stopped = None
        self.place(cycle, ticket, at)
        self.end(cycle, met & self.rule.stop, at)

    def end(self, cycle: Cycle, by: set[Moment], at: datetime) -> bool:
        if by:
            cycle.halt(at)
            cycle.stopped = (at, min(by, key=list(Moment).index))
        return bool(by)

    def late(self, cycle: Cycle, at: datetime) -> None:
        """Finds that a cycle ran past its time before `at`: dated at the first instant when no more was left."""
        if cycle.since is None or cycle.target is None or cycle.breached is not None:
            return
        left = cycle.target - sum(open_us(key, since, until) for since, until, key in cycle.ran)
        lo, hi = cycle.since, at
        if open_us(cycle.key, lo, hi) < left:
            return
        while lo < hi:
            middle = lo + (hi - lo) // 2
            lo, hi = (lo, middle) if open_us(cycle.key, cycle.since, middle) >= left else (middle + US, hi)
        cycle.breached = lo if lo < at else None

    def step(self, fact: Fact, before: Ticket | None, after: Ticket) -> None:
        at, over = fact.at, after.status in {S.RESOLVED, S.CLOSED}
        met = {M.SUBMITTED} if before is None else moments_of(fact, before, after)
        cycle = self.cycles[-1] if self.cycles else None
        next_tier = M.ESCALATED in met and bool(self.rule.tiers)
        if cycle is None:
            if met & self.rule.start and not over:
                self.begin(after, at, met)
        elif cycle.stopped is not None:
            self.again(cycle, met, after, at)
        else:
            self.late(cycle, at)
            ends = {M.RESOLVED, M.CLOSED} if over else set()
            if self.end(cycle, met & (self.rule.stop | ends), at):
                return
            makes_room = set() if self.rule.stop - {M.RESOLVED, M.CLOSED} else met & self.rule.rearm
            if self.end(cycle, {M.ESCALATED} if next_tier else makes_room, at):
                self.begin(after, at, met)
                return
            terms = self.policy.terms(self.rule.name, after)
            if (cycle.target, cycle.key) != (terms.target_us, terms.calendar_key):
                cycle.halt(at)
                cycle.ran = [] if self.rule.on_change == "restart" else cycle.ran
                self.place(cycle, after, at)
            elif (cycle.since is None) != self.rests(after):
                cycle.halt(at)
                self.place(cycle, after, at)

    def again(self, cycle: Cycle, met: set[Moment], after: Ticket, at: datetime) -> None:
        if after.status in {S.RESOLVED, S.CLOSED} or cycle.stopped is None:
            return
        if M.REOPENED in met and self.rule.on_reopen == "new_cycle":
            self.begin(after, at, met)
        elif M.REOPENED in met and self.rule.on_reopen == "restart":
            cycle.ran = []
            self.begin(after, at, met, cycle)
        elif M.REOPENED in met and cycle.stopped[1] in {M.RESOLVED, M.CLOSED}:
            self.begin(after, at, met, cycle)
        elif met & self.rule.rearm or (M.ESCALATED in met and self.rule.tiers):
            self.begin(after, at, met)


def walked(facts: list[Fact], of: ClockRule, policy: DeskPolicy, now: datetime) -> list[Cycle]:
    walk, before = Walk(of, policy), None
    for fact in facts:
        after = submitted(fact) if before is None else apply(before, fact)
        walk.step(fact, before, after)
        before = after
    for cycle in walk.cycles:
        walk.late(cycle, now)
    return walk.cycles


def us(at: datetime) -> int:
    return (at - EPOCH) // US


@settings(max_examples=300)
@given(rules(), stories(), GAPS)
def test_a_clock_has_used_the_open_time_of_the_stretches_it_ran(
    of: ClockRule, facts: list[Fact], gap: timedelta
) -> None:
    policy = under(of)
    steps = followed(begin(facts[0], policy), facts[1:], policy)
    history = steps[-1][1] if steps else begin(facts[0], policy)
    now = history.ticket.updated_at + gap
    steps += caught_up(history, now, policy)
    history = steps[-1][1] if steps else history
    calendar = policy.terms(of.name, history.ticket).calendar
    found = [
        (c.cycle, consumed_us(c, calendar, now), c.running_since is not None, c.stopped_at, c.stopped_by, c.breached_at)
        for c in history.clocks
    ]
    expected = [
        (number, c.used(now), c.since is not None, *(c.stopped or (None, None)), c.breached)
        for number, c in enumerate(walked(facts, of, policy, now), 1)
    ]
    assert found == expected


@given(rules(), stories())
def test_a_clock_is_due_when_what_is_left_of_its_target_will_be_used(of: ClockRule, facts: list[Fact]) -> None:
    policy = under(of)
    history = begin(facts[0], policy)
    for fact in facts:
        history = history if fact is facts[0] else extend(history, fact, policy)
        for clock in history.clocks:
            calendar = policy.terms(of.name, history.ticket).calendar
            assert (clock.stopped_at is None) is (clock.stopped_by is None)
            assert clock.running_since is None or clock.stopped_at is None
            if clock.running_since is not None:
                assert clock.target_us == policy.terms(of.name, history.ticket).target_us
                assert (clock.due_at is None) is (clock.target_us is None)
            elif clock.stopped_at is None:
                assert clock.due_at is None
            if clock.running_since is not None and clock.due_at is not None and clock.target_us is not None:
                left = clock.target_us - clock.consumed_us
                assert us(clock.due_at) == calendar.add_us(us(clock.running_since), left)


@given(rules(), stories())
def test_only_the_last_cycle_is_open_and_a_breach_once_known_never_changes(of: ClockRule, facts: list[Fact]) -> None:
    policy = under(of)
    before: dict[int, Clock] = {}
    for _, history in followed(begin(facts[0], policy), facts[1:], policy):
        after = {clock.cycle: clock for clock in history.clocks}
        assert list(after) == list(range(1, len(after) + 1))
        assert all(clock.stopped_at is not None for clock in history.clocks[:-1])
        for cycle, clock in before.items():
            assert clock.breached_at in {None, after[cycle].breached_at}
            if cycle != len(before):
                assert after[cycle] == clock
        before = after


@given(rules(), rules("ack"), stories(), st.integers(0, 20))
def test_facts_fold_to_what_followed_at_once_in_parts_and_as_stored(
    of: ClockRule, other: ClockRule, facts: list[Fact], cut: int
) -> None:
    policy = under(of, other)
    steps = followed(begin(facts[0], policy), facts[1:], policy)
    history = steps[-1][1] if steps else begin(facts[0], policy)
    told = [facts[0], *(fact for fact, _ in steps)]
    assert fold(told, policy) == history
    parts = fold(told[: cut + 1], policy)
    for fact in told[cut + 1 :]:
        parts = extend(parts, fact, policy)
    assert parts == history
    assert fold([from_data(f.kind.value, f.at, f.actor_id, to_data(f)) for f in told], policy) == history
    versions = [after.ticket.version for _, after in steps]
    assert versions == list(range(2, len(told) + 1))


@given(rules(), rules("ack"), stories())
def test_every_breach_is_one_fact_and_every_such_fact_a_breach(
    of: ClockRule, other: ClockRule, facts: list[Fact]
) -> None:
    policy = under(of, other)
    steps = followed(begin(facts[0], policy), facts[1:], policy)
    told = [(f.clock, f.cycle, f.at) for f, _ in steps if f.kind is K.BREACHED]
    clocks = steps[-1][1].clocks if steps else ()
    assert sorted(told, key=str) == sorted(((c.name, c.cycle, c.breached_at) for c in clocks if c.breached_at), key=str)
    assert all(f.actor_id is None for f, _ in steps if f.kind is K.BREACHED)
    assert [f for f, _ in steps if f.kind is not K.BREACHED] == facts[1:]
    assert all(a.at <= b.at for a, b in pairwise([f for f, _ in steps]))


@given(rules(), stories(), st.lists(GAPS, max_size=4))
def test_a_sweep_at_any_time_changes_nothing_but_when_a_breach_is_written(
    of: ClockRule, facts: list[Fact], gaps: list[timedelta]
) -> None:
    policy = under(of)
    seldom = often = begin(facts[0], policy)
    told: list[Fact] = []
    for number, fact in enumerate(facts[1:]):
        swept = often.ticket.updated_at + (gaps[number] if number < len(gaps) else timedelta())
        for breach, after in caught_up(often, min(swept, fact.at), policy):
            told, often = [*told, breach], after
        for one, after in followed(often, [fact], policy):
            told, often = [*told, one], after
        seldom = followed(seldom, [fact], policy)[-1][1]
    assert (often.clocks, often.ticket, often.spans) == (seldom.clocks, seldom.ticket, seldom.spans)
    assert fold([facts[0], *told], policy) == often


@given(rules(), stories())
def test_without_the_breaches_that_were_written_the_clocks_stand_as_they_stand(
    of: ClockRule, facts: list[Fact]
) -> None:
    policy = under(of)
    steps = followed(begin(facts[0], policy), facts[1:], policy)
    history = steps[-1][1] if steps else begin(facts[0], policy)
    plain = fold(facts, policy)
    for have, want in zip(plain.clocks, history.clocks, strict=True):
        if have.breached_at is None and want.breached_at is not None:
            # it runs on since before its time was over, and nothing has counted it yet
            assert have.running_since is not None
            assert have.due_at == want.breached_at
            have = replace(have, breached_at=want.breached_at)  # noqa: PLW2901
        assert have == want
    plainly = replace(history.ticket, version=plain.ticket.version)
    assert (plain.ticket, plain.spans) == (plainly, history.spans)
