"""What the clock of approval stages is reckoned by: the time that the open stage sets."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deskterm.core.domain.clocks import by_name
from deskterm.core.domain.facts import Fact, Ticket, submitted
from deskterm.core.domain.history import begin, extend
from deskterm.core.domain.people import Category, Department
from deskterm.core.domain.profile import ALWAYS, APPROVAL, MAIN_CLOCK, Budget
from deskterm.core.domain.profile_file import parse_profile
from deskterm.core.domain.words import CategoryKind, FactKind, Status
from deskterm.core.services.policies import DeskPolicy

TEXT = (Path(__file__).parents[2] / "data" / "profiles" / "acob.toml").read_text(encoding="utf-8")
HOUR_US = 3_600_000_000
ASKED = Fact(
    kind=FactKind.SUBMITTED,
    at=datetime(2026, 3, 2, 7, tzinfo=UTC),  # a Monday, 08:00 in Lagos
    actor_id=1,
    status=Status.PENDING_APPROVAL,
    requester_id=1,
    department_id=1,
    category_id=1,
    category_kind=CategoryKind.PROCUREMENT,
    priority=3,
    title="Toner",
)


def policy(*changes: tuple[str, str]) -> DeskPolicy:
    text = TEXT
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    departments = {1: Department(1, "it", "IT & Communications", "office")}
    categories = {1: Category(1, "it_procurement", "Procurement", CategoryKind.PROCUREMENT, 1)}
    return DeskPolicy(parse_profile(text, source="acob.toml"), departments, categories)


def at_stage(stage: str) -> Ticket:
    return replace(submitted(ASKED), stage=stage)


@pytest.mark.parametrize(
    ("stage", "hours", "because"),
    [
        ("department_lead", 8, "stage Department Lead"),
        ("corporate_services", 16, "stage Head of Corporate Services"),
        ("managing_director", 24, "stage Managing Director"),
    ],
)
def test_each_stage_has_the_time_that_the_chain_gives_it(stage: str, hours: int, because: str) -> None:
    terms = policy().terms(APPROVAL, at_stage(stage))
    assert terms.match == (Budget(hours, "bh"), because, "")
    assert (terms.target_us, terms.calendar_key, terms.day) == (hours * HOUR_US, "office", 9 * 3_600)


def test_business_days_are_the_departments_and_wall_time_is_always_open() -> None:
    other = policy(('within = "8bh"', 'within = "2bd"'), ('within = "16bh"', 'within = "2d"'))
    days, wall = (other.terms(APPROVAL, at_stage(key)) for key in ("department_lead", "corporate_services"))
    assert (days.target_us, days.calendar_key) == (18 * HOUR_US, "office")
    assert (wall.target_us, wall.calendar_key) == (48 * HOUR_US, ALWAYS)


@pytest.mark.parametrize(
    ("stage", "because"),
    [
        ("", "no stage of the chain is open"),
        ("of_another_profile", "no stage of the chain is open"),
        ("department_lead", "stage Department Lead sets no time"),
    ],
)
def test_without_a_time_it_is_measured_only(stage: str, because: str) -> None:
    terms = policy(('within = "8bh"\n', "")).terms(APPROVAL, at_stage(stage))
    assert (terms.match.budget, terms.match.because, terms.target_us) == (None, because, None)
    assert terms.calendar_key == "office"


def test_other_clocks_do_not_ask_which_stage_is_open() -> None:
    one = policy()
    assert one.terms(MAIN_CLOCK, at_stage("department_lead")) == one.terms(MAIN_CLOCK, at_stage(""))


def test_it_is_a_cycle_a_stage_and_stands_still_for_information() -> None:
    one, hour = policy(), ASKED.at.replace
    story = [
        Fact(kind=FactKind.OPENED, at=ASKED.at, actor_id=None, stage="department_lead", slots=()),
        Fact(kind=FactKind.APPROVED, at=hour(hour=9), actor_id=2, stage="department_lead", ends=True),
        Fact(kind=FactKind.OPENED, at=hour(hour=9), actor_id=None, stage="corporate_services", slots=()),
        Fact(kind=FactKind.RETURNED, at=hour(hour=10), actor_id=3, stage="corporate_services"),
        Fact(kind=FactKind.ANSWERED, at=hour(hour=13), actor_id=1, stage="corporate_services"),
    ]
    history = begin(ASKED, one)
    assert APPROVAL not in by_name(history.clocks)
    for fact in story:
        history = extend(history, fact, one)
    first, second = (clock for clock in history.clocks if clock.name == APPROVAL)
    assert (first.target_us, first.consumed_us, first.stopped_at) == (8 * HOUR_US, 2 * HOUR_US, hour(hour=9))
    assert (second.target_us, second.consumed_us, second.stopped_at) == (16 * HOUR_US, HOUR_US, None)
    # 3 open hours are left of Monday, 9 of Tuesday: the last 3 are Wednesday's
    assert second.due_at == datetime(2026, 3, 4, 10, tzinfo=UTC)
