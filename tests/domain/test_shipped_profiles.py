"""The shipped profiles: each parses, and the facts of its document are in it. `test_acob` has acob value by value."""

from pathlib import Path

import pytest
from holidays import country_holidays

from deskterm.core.domain.profile import ALWAYS, APPROVAL, OF_DEPARTMENT, Budget, ClosingRule, Goals, Profile
from deskterm.core.domain.profile_file import parse_profile
from deskterm.core.domain.words import Moment, OnReopen, PauseReason

FOLDER = Path(__file__).parents[2] / "data" / "profiles"
SHIPPED = ("acob", "itsm", "saypro", "servicepro")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")

Table = dict[str, str]
"""Priority key to target, as written in the document and in the file."""


def read(name: str) -> Profile:
    return parse_profile((FOLDER / f"{name}.toml").read_text(encoding="utf-8"), source=f"{name}.toml")


@pytest.fixture(scope="module")
def servicepro() -> Profile:
    return read("servicepro")


@pytest.fixture(scope="module")
def saypro() -> Profile:
    return read("saypro")


@pytest.fixture(scope="module")
def itsm() -> Profile:
    return read("itsm")


def targets(profile: Profile, clock: str) -> Table:
    rule = profile.clocks[clock]
    ranks = {priority.key: rank for rank, priority in profile.priorities.items()}
    found = {key: rule.targets.get(rank, rule.default) for key, rank in ranks.items()}
    return {key: str(target) for key, target in found.items()}


def tiers(profile: Profile, clock: str) -> dict[int, set[str]]:
    rule = profile.clocks[clock]
    assert all(set(own) == set(profile.priorities) for own in rule.tiers.values())
    return {tier: {str(target) for target in own.values()} for tier, own in rule.tiers.items()}


def moments(profile: Profile, clock: str) -> tuple[set[Moment], set[Moment], set[Moment]]:
    rule = profile.clocks[clock]
    return set(rule.start), set(rule.stop), set(rule.rearm)


def office(profile: Profile) -> tuple[str, str, tuple[tuple[str, str], ...], int]:
    (rule,) = profile.calendars.values()
    assert {day for day, hours in rule.week.items() if hours} == set(WEEKDAYS)
    (hours,) = {rule.week[day] for day in WEEKDAYS}
    return rule.zone, rule.country, hours, rule.business_day


def categories(profile: Profile) -> dict[str, list[str]]:
    return {rule.name: [category.name for category in rule.categories] for rule in profile.departments.values()}


# every one of them


def test_these_are_shipped() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == [f"{name}.toml" for name in SHIPPED]


@pytest.mark.parametrize("name", SHIPPED)
def test_it_parses_and_is_called_what_its_file_is(name: str) -> None:
    assert (read(name).key, read(name).version) == (name, 1)


@pytest.mark.parametrize("name", SHIPPED)
def test_its_golden_tickets_have_each_priority_and_each_target_row(name: str) -> None:
    profile = read(name)
    assert len(profile.tests) >= 8
    assert {test.priority for test in profile.tests} == set(profile.priorities)
    tried = {(test.customer, test.product, test.module, test.question, test.priority) for test in profile.tests}
    rows = ((row.customer, row.product, row.module, row.question, row.priority) for row in profile.targets)
    for row in rows:
        assert any(all(want in {"", have} for want, have in zip(row, test, strict=True)) for test in tried), row


@pytest.mark.parametrize("name", SHIPPED)
def test_its_golden_tickets_have_each_clock_that_a_submission_starts(name: str) -> None:
    profile = read(name)
    timed = {key for key, rule in profile.clocks.items() if rule.targets or rule.tiers or rule.default}
    started = {key for key in timed if Moment.SUBMITTED in profile.clocks[key].start}
    assert {clock for test in profile.tests for clock in test.due} == started


@pytest.mark.parametrize("name", SHIPPED)
def test_its_golden_tickets_come_on_a_weekend_and_around_a_public_holiday(name: str) -> None:
    profile = read(name)
    country = profile.calendars[profile.default_calendar].country
    free = country_holidays(country, years=[2026, 2027])
    spans = [(test.submitted.date(), max(test.due.values()).date()) for test in profile.tests]
    assert any(first.weekday() >= 5 for first, _ in spans)
    assert any(first <= day <= last and day.weekday() < 5 for first, last in spans for day in free)


@pytest.mark.parametrize("name", SHIPPED)
def test_its_golden_tickets_come_early_and_late_and_end_exactly_at_closing(name: str) -> None:
    profile = read(name)
    _zone, _country, ((opening, closing),), _day = office(profile)
    times = {f"{test.submitted:%H:%M}" for test in profile.tests}
    assert any(time < opening for time in times)
    assert f"{int(closing[:2]) - 1}:59" in times
    assert any(f"{due:%H:%M}" == closing for test in profile.tests for due in test.due.values())


@pytest.mark.parametrize("name", SHIPPED)
def test_the_clock_of_approval_stages_comes_with_a_chain_and_after_the_others(name: str) -> None:
    profile = read(name)
    written = [clock for clock in profile.clocks if clock != APPROVAL]
    assert list(profile.clocks) == [*written, *([APPROVAL] if profile.chain else [])]
    assert bool(profile.chain) is (name == "acob")


# ServicePro Technologies, document 001


def test_servicepro_the_head(servicepro: Profile) -> None:
    assert (servicepro.name, servicepro.currency) == ("ServicePro Technologies", "USD")
    assert servicepro.priorities[servicepro.default_priority].label == "Normal"
    assert servicepro.tiers == ("Support agent", "Senior support staff")


def test_servicepro_the_four_goals_of_its_document(servicepro: Profile) -> None:
    assert servicepro.goals == Goals(
        sla_compliance=0.95,
        csat=8.5,
        csat_scale=10,
        procurement_through_chain=None,
        first_contact_resolution=0.85,
        resolution_time=Budget(36, "h"),
    )


def test_servicepro_is_open_eight_hours_where_clocks_change(servicepro: Profile) -> None:
    assert office(servicepro) == ("America/New_York", "US", (("09:00", "17:00"),), 8 * 3_600)


def test_servicepro_its_targets_by_priority(servicepro: Profile) -> None:
    assert {clock: targets(servicepro, clock) for clock in servicepro.clocks} == {
        "own": {"urgent": "30m", "high": "1bh", "normal": "2bh", "low": "4bh"},
        "reply": {"urgent": "1h", "high": "2bh", "normal": "4bh", "low": "8bh"},
        "escalation": {"urgent": "1h", "high": "4bh", "normal": "4bh", "low": "4bh"},
        "resolution": {"urgent": "8h", "high": "8bh", "normal": "12bh", "low": "3bd"},
    }


def test_servicepro_answers_each_message_and_an_escalation(servicepro: Profile) -> None:
    assert moments(servicepro, "reply") == ({Moment.SUBMITTED}, {Moment.REPLIED}, {Moment.ANSWERED})
    assert moments(servicepro, "escalation") == ({Moment.ESCALATED}, {Moment.ASSIGNED}, set())


def test_servicepro_waits_for_the_customer_alone(servicepro: Profile) -> None:
    for rule in servicepro.clocks.values():
        assert rule.pauses == {PauseReason.REQUESTER, PauseReason.PROCUREMENT}


def test_servicepro_closes_after_the_longest_of_todays_waits(servicepro: Profile) -> None:
    assert servicepro.closing == ClosingRule(Budget(3, "bd"), Budget(30, "d"))


# SayPro Classified Office, document 003


def test_saypro_the_head(saypro: Profile) -> None:
    assert (saypro.name, saypro.currency) == ("SayPro Classified Office", "ZAR")
    assert [rule.label for rule in saypro.priorities.values()] == ["High", "Medium", "Low", "Informational"]
    assert saypro.tiers == ("Level 1: initial support", "Level 2: senior support", "Level 3: technical team")


def test_saypro_is_open_nine_hours_in_south_africa(saypro: Profile) -> None:
    assert office(saypro) == ("Africa/Johannesburg", "ZA", (("08:00", "17:00"),), 9 * 3_600)


def test_saypro_its_departments_and_the_ticket_types_they_take(saypro: Profile) -> None:
    assert categories(saypro) == {
        "Technical Support": ["Technical issues", "Ratings and reviews"],
        "Customer Service": ["Account support", "Billing and payments", "General inquiries"],
        "Product Development": ["Feature requests"],
    }


@pytest.mark.parametrize(
    ("clock", "table"),
    [
        ("ack", {"high": "4h", "medium": "4h", "low": "4h", "informational": "4h"}),
        ("start", {"high": "1h", "medium": "48h", "low": "72h", "informational": "5bd"}),
        ("own", {"high": "1h", "medium": "4h", "low": "1bd", "informational": "1bd"}),
        ("update", {"high": "24h", "medium": "48h", "low": "72h", "informational": "5bd"}),
        ("first_reply", {"high": "2h", "medium": "24h", "low": "24h", "informational": "24h"}),
        ("resolution", {"high": "24h", "medium": "48h", "low": "72h", "informational": "5bd"}),
    ],
)
def test_saypro_its_targets_by_priority(saypro: Profile, clock: str, table: Table) -> None:
    assert targets(saypro, clock) == table
    assert not saypro.clocks[clock].tiers


def test_saypro_each_level_responds_in_an_hour_and_has_48_48_and_72(saypro: Profile) -> None:
    assert tiers(saypro, "tier_response") == {1: {"1h"}, 2: {"1h"}, 3: {"1h"}}
    assert tiers(saypro, "tier_resolution") == {1: {"48h"}, 2: {"48h"}, 3: {"72h"}}
    for clock in ("tier_response", "tier_resolution"):
        assert saypro.clocks[clock].on_reopen is OnReopen.NEW_CYCLE


def test_saypro_has_these_clocks_and_no_other(saypro: Profile) -> None:
    assert {clock: moments(saypro, clock)[1:] for clock in saypro.clocks} == {
        "ack": ({Moment.ASSIGNED, Moment.STARTED, Moment.REPLIED}, set()),
        "start": ({Moment.STARTED}, set()),
        "own": ({Moment.ASSIGNED}, set()),
        "update": (set(), {Moment.REPLIED}),
        "first_reply": ({Moment.REPLIED}, set()),
        "tier_response": ({Moment.STARTED, Moment.REPLIED}, set()),
        "tier_resolution": ({Moment.RESOLVED}, set()),
        "resolution": ({Moment.RESOLVED}, set()),
    }
    assert all(rule.start == {Moment.SUBMITTED} for rule in saypro.clocks.values())


def test_saypro_no_wait_stops_acknowledging_updating_or_responding(saypro: Profile) -> None:
    assert {clock for clock, rule in saypro.clocks.items() if not rule.pauses} == {"ack", "update", "tier_response"}
    assert saypro.clocks["resolution"].pauses == {PauseReason.REQUESTER, PauseReason.PROCUREMENT}


def test_saypro_users_read_open_in_progress_resolved(saypro: Profile) -> None:
    assert [label.requester for label in saypro.labels.values()] == [
        "Open",
        "Open",
        "In Progress",
        "Pending",
        "Waiting for approval",
        "Resolved, please confirm",
        "Closed",
    ]


def test_saypro_the_goals_that_its_documents_leave_open_are_chosen(saypro: Profile) -> None:
    assert saypro.goals == Goals(
        sla_compliance=0.9,
        csat=4.0,
        csat_scale=5,
        procurement_through_chain=None,
        first_contact_resolution=None,
        resolution_time=None,
    )


# the ITSM product, document 004


def test_itsm_the_head(itsm: Profile) -> None:
    assert (itsm.name, itsm.currency) == ("ITSM", "INR")
    assert [rule.label for rule in itsm.priorities.values()] == ["P0 Critical", "P1 High", "P2 Medium", "P3 Low"]
    assert itsm.tiers == ("Agent", "Supervisor", "Manager", "Director")


def test_itsm_is_open_from_nine_to_six(itsm: Profile) -> None:
    assert office(itsm) == ("Asia/Kolkata", "IN", (("09:00", "18:00"),), 9 * 3_600)


def test_itsm_its_targets_by_priority_whatever_the_level(itsm: Profile) -> None:
    assert {clock: targets(itsm, clock) for clock in itsm.clocks} == {
        "response": {"p0": "30m", "p1": "2h", "p2": "8bh", "p3": "24bh"},
        "resolution": {"p0": "4h", "p1": "24h", "p2": "48bh", "p3": "72bh"},
    }
    assert not any(rule.tiers for rule in itsm.clocks.values())


def test_itsm_p0_and_p1_run_round_the_clock(itsm: Profile) -> None:
    for rule in itsm.clocks.values():
        assert rule.calendars == {1: ALWAYS, 2: ALWAYS, 3: OF_DEPARTMENT, 4: OF_DEPARTMENT}


def test_itsm_the_response_stops_at_the_first_reply(itsm: Profile) -> None:
    assert moments(itsm, "response") == ({Moment.SUBMITTED}, {Moment.REPLIED}, set())


def test_itsm_pauses_for_customer_vendor_and_maintenance(itsm: Profile) -> None:
    waits = {PauseReason.REQUESTER, PauseReason.VENDOR, PauseReason.MAINTENANCE}
    for rule in itsm.clocks.values():
        assert rule.pauses == waits | {PauseReason.PROCUREMENT}


def test_itsm_the_wide_table_has_the_documents_columns_and_a_customers_row(itsm: Profile) -> None:
    rows = [
        (r.clock, r.customer, r.product, r.module, r.question, str(r.target), r.priority, r.template)
        for r in itsm.targets
    ]
    wrong, copy = "The total is wrong", "Send a copy"
    assert rows == [
        ("resolution", "", "Billing", "Invoices", wrong, "12h", 2, "Invoice questionnaire"),
        ("response", "", "Billing", "Invoices", wrong, "1h", 2, "Invoice questionnaire"),
        ("resolution", "", "Billing", "Invoices", copy, "9bh", 4, "Invoice questionnaire"),
        ("resolution", "", "Billing", "Invoices", "", "36bh", 4, "Billing questionnaire"),
        ("resolution", "", "Billing", "", "", "24bh", 3, "Billing questionnaire"),
        ("resolution", "Example Bank", "", "", "", "8h", 2, ""),
    ]


def test_itsm_the_goals_that_its_document_leaves_open_are_chosen(itsm: Profile) -> None:
    assert itsm.goals == Goals(
        sla_compliance=0.9,
        csat=4.0,
        csat_scale=5,
        procurement_through_chain=None,
        first_contact_resolution=None,
        resolution_time=None,
    )
