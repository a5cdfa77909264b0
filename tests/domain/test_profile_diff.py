"""What two profiles differ in: each change is one difference, in the words of the file."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.core.domain.profile import APPROVAL, Budget, Profile, Quorum
from deskterm.core.domain.profile_diff import Difference, differences
from deskterm.core.domain.profile_file import parse_profile

SHIPPED = sorted((Path(__file__).parents[2] / "data" / "profiles").iterdir())
ACOB = next(path for path in SHIPPED if path.stem == "acob").read_text("utf-8").partition("[[tests]]")[0]
MORE = """
[clocks.update]
label = "Next word"
targets = { urgent = "1h" }
default = "3bd"
pauses = []
calendar = { urgent = "always" }
tiers = { 1 = "48h", 2 = { low = "9bh", high = "9bh" } }

[[targets]]
key = "hospital"
customer = "Hospital"
product = "Ward"
module = "Bed"
question = "Alarm"
target = "30m"
template = "Call back"

[[targets]]
key = "design"
clock = "update"
category = "it_design"
department = "it"
priority = "urgent"
target = "5m"

[[tests]]
name = "Hospital, on a Friday"
submitted = "2026-03-06T16:00"
priority = "low"
tier = 2
customer = "Hospital"
product = "Ward"
module = "Bed"
question = "Alarm"
category = "it_design"
department = "it"
due = { resolution = "2026-03-06T16:30", update = "2026-03-06T16:15:30" }
"""
GOOD = (
    ACOB.replace('default_priority = "medium"', 'tiers = ["One", "Two"]\ndefault_priority = "medium"')
    .replace('country = "NG"', 'country = "NG"\nsubdivision = "LA"\nholidays = { 2026-12-24 = "Day" }')
    .replace('within = "16bh"', 'within = "16bh"\nfrom = "500000"')
    .replace('approver = "head_of_corporate_services"', 'approvers = ["head_of_corporate_services", "lead"]')
    .replace("csat = 4.0", 'csat = 4.0\nfirst_contact_resolution = 0.5\nresolution_time = "2d"')
) + MORE


def parse(text: str) -> Profile:
    return parse_profile(text, source="desk")


PROFILE = parse(GOOD)


def edited(old: str, new: str) -> Profile:
    assert GOOD.count(old) == 1, f"{old!r} stands {GOOD.count(old)} times in the good profile"
    return parse(GOOD.replace(old, new))


class Edit(NamedTuple):
    old: str
    new: str
    path: str
    before: str
    after: str


DESIGN = '{ key = "it_design", name = "Design", kind = "standard" },'
CAPTURING = '{ key = "it_capturing", name = "Capturing", kind = "standard" },'
EDITS = [
    Edit("version = 1", "version = 2", "profile.version", "1", "2"),
    Edit('priority = "medium"  #', 'priority = "low"  #', "profile.default_priority", "medium", "low"),
    Edit('tiers = ["One"', 'escalation = "approved"\ntiers = ["One"', "profile.escalation", "", "approved"),
    Edit('["One", "Two"]', '["One", "2"]', "profile.tiers", "[One, Two]", "[One, 2]"),
    Edit(
        'mon = [["08:00", "17:00"]]',
        'mon = [["08:00", "12:00"], ["13:00", "17:00"]]',
        "calendars.office.mon",
        "[[08:00, 17:00]]",
        "[[08:00, 12:00], [13:00, 17:00]]",
    ),
    Edit('mon = [["08:00", "17:00"]]\n', "", "calendars.office.mon", "[[08:00, 17:00]]", ""),
    Edit('business_day = "9h"', 'business_day = "450m"', "calendars.office.business_day", "9h", "450m"),
    Edit('2026-12-24 = "Day"', '2026-12-24 = "Eve"', "calendars.office.holidays.2026-12-24", "Day", "Eve"),
    Edit('holidays = { 2026-12-24 = "Day" }', "", "calendars.office.holidays", "{ 2026-12-24 = Day }", ""),
    Edit('subdivision = "LA"\n', "", "calendars.office.subdivision", "LA", ""),
    Edit('label = "Urgent"', 'label = "P1"', "priorities.urgent.label", "Urgent", "P1"),
    Edit("rank = 4", "rank = 5", "priorities.low.rank", "4", "5"),
    Edit('name = "Design"', 'name = "Art"', "departments.it.categories.it_design.name", "Design", "Art"),
    Edit(CAPTURING, "", "departments.it.categories.it_capturing", "{ name = Capturing, kind = standard }", ""),
    Edit(
        f"{DESIGN}\n    {CAPTURING}",
        f"{CAPTURING}\n    {DESIGN}",
        "departments.it.categories",
        "[it_infrastructure, it_design, it_capturing, it_procurement]",
        "[it_infrastructure, it_capturing, it_design, it_procurement]",
    ),
    Edit(
        "[posts.managing_director]\n",
        '[posts.other]\ntitle = "Other"\n\n[posts.managing_director]\n',
        "posts.other",
        "",
        "{ title = Other }",
    ),
    Edit(
        'approver = "managing_director"',
        'approvers = ["managing_director", "lead"]',
        "chain.managing_director.approvers",
        "[managing_director]",
        "[managing_director, lead]",
    ),
    Edit(
        'approvers = ["head_of_corporate_services", "lead"]',
        'approvers = ["head_of_corporate_services", "lead"]\nquorum = 1',
        "chain.corporate_services.quorum",
        "",
        "1",
    ),
    Edit('from = "500000"\n', 'from = "1,250.5"\n', "chain.corporate_services.from", "500000.00", "1250.50"),
    Edit('from = "500000"\n', "", "chain.corporate_services.from", "500000.00", ""),
    Edit('within = "16bh"', 'within = "2bd"', "chain.corporate_services.within", "16bh", "2bd"),
    Edit('within = "24bh"\n', "", "chain.managing_director.within", "24bh", ""),
    Edit(
        'within = "24bh"',
        'within = "24bh"\nsignature = "required"',
        "chain.managing_director.signature",
        "",
        "required",
    ),
    Edit('urgent = "4bh"', 'urgent = "5bh"', "clocks.resolution.targets.urgent", "4bh", "5bh"),
    Edit(
        "measured_only = true",
        'targets = { urgent = "1h", high = "2h", medium = "3h", low = "4h" }',
        "clocks.response.targets",
        "",
        "{ urgent = 1h, high = 2h, medium = 3h, low = 4h }",
    ),
    Edit('default = "3bd"', 'default = "4bd"', "clocks.update.default", "3bd", "4bd"),
    Edit(
        "pauses = []",
        'pauses = ["vendor", "other", "delivery"]',
        "clocks.update.pauses",
        "[]",
        "[delivery, other, vendor]",
    ),
    Edit(
        'calendar = { urgent = "always" }',
        'calendar = { urgent = "office" }',
        "clocks.update.calendar.urgent",
        "always",
        "office",
    ),
    Edit(
        'calendar = { urgent = "always" }',
        "",
        "clocks.update.calendar",
        "{ urgent = always, high = department, medium = department, low = department }",
        "department",
    ),
    Edit(
        'tiers = { 1 = "48h", 2 = { low = "9bh", high = "9bh" } }',
        "",
        "clocks.update.tiers",
        "{ 1 = 48h, 2 = { high = 9bh, low = 9bh } }",
        "",
    ),
    Edit('1 = "48h"', '1 = "49h"', "clocks.update.tiers.1", "48h", "49h"),
    Edit('{ low = "9bh", high = "9bh" }', "{}", "clocks.update.tiers.2", "{ high = 9bh, low = 9bh }", "{}"),
    Edit('low = "9bh"', 'low = "8bh"', "clocks.update.tiers.2.low", "9bh", "8bh"),
    Edit(
        'label = "Next word"',
        'label = "Next word"\non_reopen = "restart"',
        "clocks.update.on_reopen",
        "resume",
        "restart",
    ),
    Edit('target = "30m"', 'target = "45m"', "targets.hospital.target", "30m", "45m"),
    Edit('template = "Call back"\n', "", "targets.hospital.template", "Call back", ""),
    Edit('clock = "update"\n', "", "targets.design.clock", "update", "resolution"),
    Edit(
        'key = "hospital"',
        'key = "clinic"\ncustomer = "Clinic"\npriority = "low"\ntarget = "1bd"\n\n[[targets]]\nkey = "hospital"',
        "targets.clinic",
        "",
        "{ clock = resolution, customer = Clinic, priority = low, target = 1bd }",
    ),
    Edit(
        'update = "2026-03-06T16:15:30"',
        'update = "2026-03-06T16:15"',
        'tests."Hospital, on a Friday".due.update',
        "2026-03-06T16:15:30",
        "2026-03-06T16:15",
    ),
    Edit("tier = 2", "tier = 1", 'tests."Hospital, on a Friday".tier', "2", "1"),
    Edit('reopen_within = "30d"', 'reopen_within = "9d"', "closing.reopen_within", "30d", "9d"),
    Edit('requester = "Received"', 'requester = "Got it"', "labels.status.new.requester", "Received", "Got it"),
    Edit("sla_compliance = 0.90", "sla_compliance = 0.95", "goals.sla_compliance", "0.9", "0.95"),
    Edit("procurement_through_chain = 1.0", "", "goals.procurement_through_chain", "1.0", ""),
    Edit("csat = 4.0", "csat = 4.0\ncsat_scale = 10", "goals.csat_scale", "5", "10"),
]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: f"{edit.path}: {edit.after[:30]}")
def test_one_change_is_one_difference_either_way(edit: Edit) -> None:
    other = edited(edit.old, edit.new)
    assert differences(PROFILE, other) == (Difference(edit.path, edit.before, edit.after),)
    assert differences(other, PROFILE) == (Difference(edit.path, edit.after, edit.before),)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_profile_does_not_differ_from_itself(path: Path) -> None:
    text = path.read_text("utf-8")
    assert differences(parse(text), parse(text)) == ()


def test_the_first_row_is_a_row_too() -> None:
    row = '[[targets]]\nkey = "clinic"\ncustomer = "Clinic"\ntarget = "1bd"\n'
    shown = "{ clock = resolution, customer = Clinic, target = 1bd }"
    assert differences(parse(ACOB), parse(ACOB + row)) == (Difference("targets.clinic", "", shown),)
    assert differences(parse(ACOB + row), parse(ACOB)) == (Difference("targets.clinic", shown, ""),)


def test_how_it_is_written_is_no_difference() -> None:
    assert differences(PROFILE, parse(json.dumps(tomllib.loads(GOOD)))) == ()


@given(st.sets(st.sampled_from(EDITS)))
def test_several_changes_are_several_differences_in_the_order_of_the_file(edits: set[Edit]) -> None:
    text = GOOD
    paths: list[str] = []
    for edit in EDITS:
        if edit in edits and edit.old in text and edit.path not in paths:
            text = text.replace(edit.old, edit.new)
            paths.append(edit.path)
    found = [difference.path for difference in differences(PROFILE, parse(text))]
    assert sorted(found) == sorted(paths)
    order = ["profile", "calendars", "priorities", "departments", "posts", "chain", "clocks", "targets", "tests"]
    heads = [[*order, "closing", "labels", "goals"].index(path.split(".")[0]) for path in found]
    assert heads == sorted(heads)


def test_what_is_written_as_it_would_be_anyway_is_no_difference() -> None:
    lead = 'approver = "lead"  # of the department that serves the ticket'
    assert differences(PROFILE, edited(lead, 'approvers = ["lead"]\nquorum = "all"')) == ()


def test_the_clock_that_a_chain_brings_along_is_not_shown() -> None:
    document = tomllib.loads(ACOB)
    for department in document["departments"].values():
        del department["categories"][-1]
    with_chain = parse(json.dumps(document))
    del document["chain"]
    without = parse(json.dumps(document))
    assert APPROVAL in with_chain.clocks
    assert APPROVAL not in without.clocks
    assert {found.path for found in differences(with_chain, without)} == {
        "chain.department_lead",
        "chain.corporate_services",
        "chain.managing_director",
    }


def other(value: Any) -> Any:
    """Gives another value of the same kind."""
    match value:
        case Enum():
            return next(word for word in type(value) if word is not value)
        case Budget():
            return Budget(value.amount + 1, value.unit)
        case Quorum():
            return Quorum("any")
        case bool():
            return not value
        case str():
            return f"{value}x"
        case datetime():
            return value + timedelta(minutes=1)
        case int() | float():
            return value + 1
        case frozenset():
            return value - {max(value)} if value else frozenset({"assigned"})
        case _:
            raise NotImplementedError(value)


WHOLE = {"priorities", "labels", "calendars", "week"}
"""Tables that are no profile's with an entry less."""
NAMES = {"key", "name", "rank", "priority", "default_priority"}
"""What other parts of the profile, or the paths, know things by."""


def single_changes(value: Any, *place: str) -> Iterator[tuple[str, Any]]:
    """Gives `value` with one thing in it changed, for each thing in it."""
    if is_dataclass(value):
        for field in fields(value):
            if field.name not in NAMES:
                for where, changed in single_changes(getattr(value, field.name), *place, field.name):
                    yield where, replace(value, **{field.name: changed})  # type: ignore[type-var]
    elif isinstance(value, Mapping):
        yield from changes_of_a_table(value, *place)
    elif isinstance(value, tuple) and not isinstance(value, Budget | Quorum):
        yield from changes_of_a_list(value, *place)
    elif value is not None:
        yield ".".join(place), other(value)


def changes_of_a_table(table: Mapping[Any, Any], *place: str) -> Iterator[tuple[str, Any]]:
    for key, child in table.items():
        if key == APPROVAL:
            continue  # no profile's own
        for where, changed in single_changes(child, *place, str(key)):
            yield where, {**table, key: changed}
        if place[-1] not in WHOLE:
            yield ".".join([*place, f"without {key}"]), {each: table[each] for each in table if each != key}


def changes_of_a_list(entries: tuple[Any, ...], *place: str) -> Iterator[tuple[str, Any]]:
    for number, child in enumerate(entries):
        for where, changed in single_changes(child, *place, str(number)):
            yield where, (*entries[:number], changed, *entries[number + 1 :])
    if len(entries) > 1:
        yield ".".join([*place, "turned"]), entries[::-1]


SINGLE = [(where, changed) for where, changed in single_changes(PROFILE) if changed != PROFILE]


def test_the_single_changes_are_many() -> None:
    assert len(SINGLE) > 150
    assert {"clocks.update.rearm", "targets.0.question", "goals.csat", "chain.turned"} <= {where for where, _ in SINGLE}


@pytest.mark.parametrize(("where", "changed"), SINGLE, ids=[where for where, _ in SINGLE])
def test_every_single_change_is_exactly_one_difference(where: str, changed: Profile) -> None:
    (difference,) = differences(PROFILE, changed)
    assert difference.before != difference.after
    assert differences(changed, changed) == ()
