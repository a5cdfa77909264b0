"""The profile of document 000, value by value."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from deskterm.core.domain.profile import (
    APPROVAL,
    OF_DEPARTMENT,
    Budget,
    CalendarRule,
    CategoryRule,
    ClockRule,
    ClosingRule,
    DepartmentRule,
    Goals,
    PostRule,
    PriorityRule,
    Profile,
    StageRule,
    StatusLabel,
)
from deskterm.core.domain.profile_file import parse_profile
from deskterm.core.domain.words import CategoryKind, Moment, OnChange, OnReopen, PauseReason, Status

ACOB = Path(__file__).parents[2] / "data" / "profiles" / "acob.toml"
OPEN = (("08:00", "17:00"),)


@pytest.fixture(scope="module")
def acob() -> Profile:
    return parse_profile(ACOB.read_text(encoding="utf-8"), source="acob.toml")


def department(key: str, name: str, **standard: str) -> DepartmentRule:
    categories = [CategoryRule(f"{key}_{end}", title, CategoryKind.STANDARD) for end, title in standard.items()]
    bought = CategoryRule(f"{key}_procurement", "Procurement", CategoryKind.PROCUREMENT)
    return DepartmentRule(key, name, "office", (*categories, bought))


def test_the_head(acob: Profile) -> None:
    assert (acob.key, acob.name, acob.version) == ("acob", "ACOB Lighting Technology Limited", 1)
    assert (acob.currency, acob.default_calendar, acob.default_priority) == ("NGN", "office", 3)


def test_the_office_is_open_nine_hours_on_five_days(acob: Profile) -> None:
    week = {"mon": OPEN, "tue": OPEN, "wed": OPEN, "thu": OPEN, "fri": OPEN, "sat": (), "sun": ()}
    assert acob.calendars == {"office": CalendarRule("office", "Africa/Lagos", week, "NG", "", {}, 9 * 3_600)}


def test_four_priorities(acob: Profile) -> None:
    assert acob.priorities == {
        1: PriorityRule(1, "urgent", "Urgent", "Critical failures"),
        2: PriorityRule(2, "high", "High", "Major disruptions"),
        3: PriorityRule(3, "medium", "Medium", "Standard requests"),
        4: PriorityRule(4, "low", "Low", "Long-term improvements"),
    }


def test_four_departments_each_with_its_categories_and_procurement(acob: Profile) -> None:
    expected = [
        department(
            "it",
            "IT & Communications",
            infrastructure="Digital infrastructure",
            design="Design",
            capturing="Capturing",
        ),
        department(
            "operations",
            "Operations",
            repairs="Technical repairs",
            maintenance="Equipment maintenance",
            logistics="Logistics",
        ),
        department(
            "admin_hr",
            "Admin & HR",
            documentation="Documentation",
            facilities="Facility management",
            welfare="Staff welfare",
        ),
        department("accounts", "Accounts", clearances="Financial clearances", reimbursements="Reimbursements"),
    ]
    assert list(acob.departments.values()) == expected
    assert list(acob.departments) == ["it", "operations", "admin_hr", "accounts"]


def test_three_stages_in_the_documents_order(acob: Profile) -> None:
    assert acob.posts == {
        "head_of_corporate_services": PostRule("head_of_corporate_services", "Head of Corporate Services"),
        "managing_director": PostRule("managing_director", "Managing Director"),
    }
    assert acob.chain == (
        StageRule(
            key="department_lead",
            title="Department Lead",
            approvers=("lead",),
            verifies="Technical verification of necessity within the department",
            within=Budget(8, "bh"),
        ),
        StageRule(
            key="corporate_services",
            title="Head of Corporate Services",
            approvers=("head_of_corporate_services",),
            verifies="Budgetary alignment and corporate priority",
            within=Budget(16, "bh"),
        ),
        StageRule(
            key="managing_director",
            title="Managing Director",
            approvers=("managing_director",),
            verifies="Final executive authorization for funds and resources",
            within=Budget(24, "bh"),
        ),
    )


def clock(name: str, label: str, stop: Moment, targets: Mapping[int, Budget]) -> ClockRule:
    return ClockRule(
        name=name,
        label=label,
        start=frozenset({Moment.SUBMITTED}),
        stop=frozenset({stop}),
        rearm=frozenset(),
        pauses=frozenset(PauseReason) - {PauseReason.OTHER},
        calendars=dict.fromkeys([1, 2, 3, 4], OF_DEPARTMENT),
        targets=targets,
        tiers={},
        default=None,
        on_reopen=OnReopen.RESUME,
        on_change=OnChange.CARRY,
    )


def test_the_response_is_measured_and_the_resolution_has_four_targets(acob: Profile) -> None:
    targets = {1: Budget(4, "bh"), 2: Budget(24, "bh"), 3: Budget(3, "bd"), 4: Budget(7, "bd")}
    assert {name: rule for name, rule in acob.clocks.items() if name != APPROVAL} == {
        "response": clock("response", "Response time", Moment.ASSIGNED, {}),
        "resolution": clock("resolution", "Resolution time", Moment.RESOLVED, targets),
    }


def test_one_tier_and_no_targets_but_the_clocks(acob: Profile) -> None:
    assert (acob.tiers, acob.targets) == ((), ())


def test_silence_closes_and_a_month_reopens(acob: Profile) -> None:
    assert acob.closing == ClosingRule(Budget(5, "bd"), Budget(30, "d"))


def test_the_requester_reads_plain_words(acob: Profile) -> None:
    assert acob.labels == {
        Status.NEW: StatusLabel("New", "Received"),
        Status.ASSIGNED: StatusLabel("Assigned", "Assigned to someone"),
        Status.IN_PROGRESS: StatusLabel("In Progress", "Being worked on"),
        Status.WAITING: StatusLabel("Waiting", "Waiting"),
        Status.PENDING_APPROVAL: StatusLabel("Pending Approval", "Waiting for approval"),
        Status.RESOLVED: StatusLabel("Resolved", "Solved, please confirm"),
        Status.CLOSED: StatusLabel("Closed", "Closed"),
    }


def test_the_goals_of_section_7(acob: Profile) -> None:
    assert acob.goals == Goals(
        sla_compliance=0.9,
        csat=4.0,
        csat_scale=5,
        procurement_through_chain=1.0,
        first_contact_resolution=None,
        resolution_time=None,
    )
