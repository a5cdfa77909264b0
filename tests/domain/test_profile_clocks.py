"""Clocks, the wide SLA table and golden tickets: what is left out, what is refused, and JSON as well as TOML."""

import json
import re
import tomllib
from datetime import datetime
from typing import Any, NamedTuple

import pytest

from deskterm.core.domain.errors import ProfileError
from deskterm.core.domain.profile import (
    ALWAYS,
    OF_DEPARTMENT,
    Budget,
    ClockRule,
    GoldenTicket,
    Profile,
    TargetRow,
)
from deskterm.core.domain.profile_clocks import STOPS
from deskterm.core.domain.profile_file import parse_profile
from deskterm.core.domain.words import Moment, OnChange, OnReopen, PauseReason, WaitReason

GOOD = """\
[profile]
key = "wide"
name = "Wide"
version = 3
currency = "EUR"
default_calendar = "office"
default_priority = "low"
tiers = ["Level 1", "Level 2", "Level 3"]

[calendars.office]
zone = "Europe/Berlin"
country = "DE"
mon = [["09:00", "17:00"]]

[calendars.plant]
zone = "Europe/Berlin"
country = "none"
mon = [["00:00", "24:00"]]

[[priorities]]
rank = 1
key = "urgent"
label = "Urgent"
meaning = "All of it stands still"

[[priorities]]
rank = 3
key = "low"
label = "Low"
meaning = "A question"

[departments.it]
name = "IT"
calendar = "office"
categories = [
    { key = "billing", name = "Billing", kind = "standard" },
    { key = "network", name = "Network", kind = "standard" },
]

[clocks.ack]
label = "Acknowledged"
default = "15m"

[clocks.update]
label = "Next word"
targets = { urgent = "1h" }
default = "3bd"
pauses = []
calendar = { urgent = "always" }

[clocks.resolution]
label = "Solved"
start = ["submitted", "reopened"]
stop = ["resolved", "closed"]
rearm = ["answered"]
pauses = ["vendor"]
calendar = "plant"
targets = { low = "5bd" }
tiers = { 1 = "48h", 3 = { urgent = "4bh" }, 2 = { urgent = "8bh", low = "9bh" } }
on_reopen = "new_cycle"
on_change = "restart"

[clocks.seen]
label = "Seen"
stop = ["assigned"]
measured_only = true

[[targets]]
key = "hospital"
customer = "Hospital"
product = "Ward"
module = "Bed"
question = "Alarm"
target = "30m"
template = "Call back"

[[targets]]
key = "billing"
clock = "ack"
category = "billing"
department = "it"
priority = "urgent"
target = "5m"

[[tests]]
name = "Hospital, on a Friday"
submitted = "2026-03-06T16:00"
priority = "urgent"
tier = 2
customer = "Hospital"
product = "Ward"
module = "Bed"
question = "Alarm"
category = "network"
department = "it"
due = { resolution = "2026-03-06T16:30", ack = "2026-03-06T16:15:30" }

[[tests]]
name = "Nothing said"
submitted = "2026-03-07T09:00:00"
due = { ack = "2026-03-07T09:15" }

[pauses]
reasons = ["vendor", "other"]

[closing]
auto_close_after = "5bd"
reopen_within = "30d"

[labels.status]
new = { staff = "New", requester = "New" }
assigned = { staff = "Assigned", requester = "Assigned" }
in_progress = { staff = "In Progress", requester = "In Progress" }
waiting = { staff = "Waiting", requester = "Waiting" }
pending_approval = { staff = "Pending", requester = "Pending" }
resolved = { staff = "Resolved", requester = "Resolved" }
closed = { staff = "Closed", requester = "Closed" }

[goals]
sla_compliance = 0.95
csat = 8.5
csat_scale = 10
first_contact_resolution = 0.7
resolution_time = "2d"
"""
DOCUMENT: dict[str, Any] = tomllib.loads(GOOD)


def parse(text: str) -> Profile:
    return parse_profile(text, source="desk")


def refusal(text: str) -> list[str]:
    with pytest.raises(ProfileError) as caught:
        parse(text)
    head, *sentences = str(caught.value).split("\n")
    count = len(sentences)
    assert head == f"desk can't be used: {count} problem{'' if count == 1 else 's'}"
    return sentences


def edited(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, f"{old!r} stands {GOOD.count(old)} times in the good profile"
    return GOOD.replace(old, new)


def clock(name: str, body: str) -> ClockRule:
    return parse(edited("[clocks.ack]", f'[clocks.{name}]\nlabel = "Tried"\n{body}\n\n[clocks.ack]')).clocks[name]


def test_a_clock_in_full() -> None:
    assert parse(GOOD).clocks["resolution"] == ClockRule(
        name="resolution",
        label="Solved",
        start=frozenset({Moment.SUBMITTED, Moment.REOPENED}),
        stop=frozenset({Moment.RESOLVED, Moment.CLOSED}),
        rearm=frozenset({Moment.ANSWERED}),
        pauses=frozenset({PauseReason.VENDOR}),
        calendars={1: "plant", 3: "plant"},
        targets={3: Budget(5, "bd")},
        tiers={
            1: {1: Budget(48, "h"), 3: Budget(48, "h")},
            2: {1: Budget(8, "bh"), 3: Budget(9, "bh")},
            3: {1: Budget(4, "bh")},
        },
        default=None,
        on_reopen=OnReopen.NEW_CYCLE,
        on_change=OnChange.RESTART,
    )


def test_what_a_clock_leaves_out() -> None:
    assert parse(GOOD).clocks["ack"] == ClockRule(
        name="ack",
        label="Acknowledged",
        start=frozenset({Moment.SUBMITTED}),
        stop=frozenset({Moment.ASSIGNED, Moment.STARTED, Moment.REPLIED}),
        rearm=frozenset(),
        pauses=frozenset({PauseReason.VENDOR, PauseReason.OTHER, PauseReason.PROCUREMENT}),
        calendars={1: OF_DEPARTMENT, 3: OF_DEPARTMENT},
        targets={},
        tiers={},
        default=Budget(15, "m"),
        on_reopen=OnReopen.RESUME,
        on_change=OnChange.CARRY,
    )


def test_some_priorities_have_a_target_and_a_calendar_of_their_own() -> None:
    update = parse(GOOD).clocks["update"]
    assert (update.targets, update.default) == ({1: Budget(1, "h")}, Budget(3, "bd"))
    assert update.calendars == {1: ALWAYS, 3: OF_DEPARTMENT}
    assert update.pauses == frozenset()


def test_clocks_are_in_the_order_written_and_need_no_response() -> None:
    assert list(parse(GOOD).clocks) == ["ack", "update", "resolution", "seen"]


@pytest.mark.parametrize(
    ("name", "stop", "rearm"),
    [
        ("response", {Moment.ASSIGNED}, set()),
        ("first_reply", {Moment.REPLIED}, set()),
        ("own", {Moment.ASSIGNED}, set()),
        ("start", {Moment.STARTED}, set()),
    ],
)
def test_a_clock_of_a_well_known_name_knows_its_end(name: str, stop: set[Moment], rearm: set[Moment]) -> None:
    rule = clock(name, 'default = "1h"')
    assert (set(rule.stop), set(rule.rearm)) == (stop, rearm)


def test_the_next_word_is_due_again_and_again() -> None:
    update = parse(GOOD).clocks["update"]
    assert (set(update.stop), set(update.rearm)) == (set(), {Moment.REPLIED})
    assert set(STOPS) == {"response", "ack", "first_reply", "own", "start", "update", "resolution"}


@pytest.mark.parametrize(
    ("body", "stop", "rearm"),
    [
        ('stop = ["replied"]', {Moment.REPLIED}, set()),
        ("stop = []", set(), set()),
        ('rearm = ["escalated"]', set(), {Moment.ESCALATED}),
        ('stop = ["replied"]\nrearm = ["answered"]', {Moment.REPLIED}, {Moment.ANSWERED}),
    ],
)
def test_another_clock_says_its_end_or_what_rearms_it(body: str, stop: set[Moment], rearm: set[Moment]) -> None:
    rule = clock("callback", f'{body}\ndefault = "1h"')
    assert (set(rule.stop), set(rule.rearm)) == (stop, rearm)


def test_a_well_known_clock_may_say_otherwise() -> None:
    rule = clock("response", 'stop = ["replied"]\nrearm = ["answered"]\ndefault = "1h"')
    assert (set(rule.stop), set(rule.rearm)) == ({Moment.REPLIED}, {Moment.ANSWERED})
    assert clock("response", 'rearm = ["answered"]\ndefault = "1h"').stop == {Moment.ASSIGNED}
    assert parse(edited("pauses = []", 'pauses = []\nrearm = []\nstop = ["replied"]')).clocks["update"].rearm == set()


def test_a_clock_name_has_24_characters_at_most() -> None:
    assert clock("a" * 24, 'stop = ["replied"]\ndefault = "1h"').name == "a" * 24
    text = edited("[clocks.seen]", f"[clocks.{'a' * 25}]")
    (sentence,) = refusal(text)
    assert sentence.endswith(f"clocks.{'a' * 25}: expected a key of 24 characters at most")


def test_without_tiers_there_is_one() -> None:
    text = edited('tiers = ["Level 1", "Level 2", "Level 3"]\n', "").replace("tier = 2\n", "tier = 1\n")
    text = re.sub(r"(?m)^tiers = .*$", 'tiers = { 1 = { urgent = "2h" } }', text)
    profile = parse(text)
    assert profile.tiers == ()
    assert profile.clocks["resolution"].tiers == {1: {1: Budget(2, "h")}}


def test_tiers_have_labels() -> None:
    assert parse(GOOD).tiers == ("Level 1", "Level 2", "Level 3")


def test_a_default_fills_what_tiers_leave_out() -> None:
    text = edited("targets = { low", 'default = "9bd"\nsome = { low')
    text = text.replace('some = { low = "5bd" }\n', "")
    rule = parse(text).clocks["resolution"]
    assert (rule.targets, rule.default, rule.tiers[3]) == ({}, Budget(9, "bd"), {1: Budget(4, "bh")})


def test_the_wide_table() -> None:
    assert parse(GOOD).targets == (
        TargetRow(
            key="hospital",
            clock="resolution",
            customer="Hospital",
            product="Ward",
            module="Bed",
            question="Alarm",
            category="",
            department="",
            priority=None,
            target=Budget(30, "m"),
            template="Call back",
        ),
        TargetRow(
            key="billing",
            clock="ack",
            customer="",
            product="",
            module="",
            question="",
            category="billing",
            department="it",
            priority=1,
            target=Budget(5, "m"),
            template="",
        ),
    )


def test_golden_tickets() -> None:
    first, second = parse(GOOD).tests
    assert first == GoldenTicket(
        name="Hospital, on a Friday",
        submitted=datetime.fromisoformat("2026-03-06T16:00"),
        priority=1,
        tier=2,
        customer="Hospital",
        product="Ward",
        module="Bed",
        question="Alarm",
        category="network",
        department="it",
        due={
            "ack": datetime.fromisoformat("2026-03-06T16:15:30"),
            "resolution": datetime.fromisoformat("2026-03-06T16:30"),
        },
    )
    assert second == GoldenTicket(
        name="Nothing said",
        submitted=datetime.fromisoformat("2026-03-07T09:00"),
        priority=3,
        tier=1,
        customer="",
        product="",
        module="",
        question="",
        category="",
        department="",
        due={"ack": datetime.fromisoformat("2026-03-07T09:15")},
    )


def test_goals_that_are_left_out_are_none() -> None:
    goals = parse(GOOD).goals
    assert (goals.csat, goals.csat_scale, goals.first_contact_resolution) == (8.5, 10, 0.7)
    assert (goals.procurement_through_chain, goals.resolution_time) == (None, Budget(2, "d"))
    few = parse(GOOD[: GOOD.index("csat =")] + "csat = 4\n").goals
    assert (few.csat_scale, few.first_contact_resolution, few.resolution_time) == (5, None, None)


class Edit(NamedTuple):
    old: str
    new: str
    place: str
    words: str


ACK = 'label = "Acknowledged"\n'
SEEN = 'label = "Seen"\nstop = ["assigned"]\n'
UPDATE = 'label = "Next word"\n'
HOSPITAL = 'target = "30m"\n'
BILLING = 'clock = "ack"\ncategory = "billing"\ndepartment = "it"\npriority = "urgent"\n'
EDITS = [
    # head
    Edit('"Level 2"', '" "', "profile.tiers[2]", "expected text on one line"),
    Edit('"Level 2"', "2", "profile.tiers[2]", "found 2"),
    Edit('"Level 2"', '"Level 1"', "profile.tiers[2]", '"Level 1" is taken'),
    Edit(
        'tiers = ["Level 1", "Level 2", "Level 3"]', "tiers = 3", "profile.tiers", "expected a list of texts, found 3"
    ),
    Edit("[calendars.plant]", "[calendars.always]", "calendars.always", "always is taken: for a clock"),
    Edit("[calendars.plant]", "[calendars.department]", "calendars.department", "department is taken"),
    # what moves a clock
    Edit("[clocks.resolution]", "[clocks.solution]", "clocks.resolution", "missing: expected a table"),
    Edit("[clocks.seen]", "[clocks.Seen]", "clocks.Seen", "expected a key of small letters"),
    Edit(ACK, "", "clocks.ack.label", "missing"),
    Edit(ACK, f"{ACK}start = []\n", "clocks.ack.start", "expected at least one of submitted, assigned"),
    Edit(ACK, f'{ACK}start = "submitted"\n', "clocks.ack.start", "expected a list of submitted, assigned"),
    Edit(ACK, f'{ACK}start = ["submited"]\n', "clocks.ack.start[1]", "did you mean submitted?"),
    Edit(ACK, f'{ACK}start = ["closed"]\n', "clocks.ack.start", "closed can only be in stop"),
    Edit(ACK, f'{ACK}stop = ["submitted"]\n', "clocks.ack.stop", "submitted can only be in start"),
    Edit(ACK, f'{ACK}rearm = ["resolved"]\n', "clocks.ack.rearm", "resolved can only be in stop"),
    Edit(ACK, f'{ACK}rearm = ["replied"]\n', "clocks.ack.rearm", "replied is in stop too: expected each moment in one"),
    Edit(ACK, f'{ACK}stop = ["escalated", "escalated"]\n', "clocks.ack.stop[2]", "stands here twice"),
    Edit(SEEN, 'label = "Seen"\n', "clocks.seen.stop", "missing: expected a list of submitted, assigned"),
    Edit(UPDATE, f'{UPDATE}stop = ["replied"]\n', "clocks.update.rearm", "replied is in stop too"),
    Edit('pauses = ["vendor"]', 'pauses = ["vendors"]', "clocks.resolution.pauses[1]", "did you mean vendor?"),
    Edit('pauses = ["vendor"]', 'pauses = "never"', "clocks.resolution.pauses", "expected a list of requester"),
    Edit('"new_cycle"', '"newcycle"', "clocks.resolution.on_reopen", "did you mean new_cycle?"),
    Edit('"restart"', '"keep"', "clocks.resolution.on_change", "expected one of carry, restart"),
    Edit(ACK, f"{ACK}stops = []\n", "clocks.ack.stops", "did you mean stop?"),
    # what it counts in
    Edit('calendar = "plant"', 'calendar = "plants"', "clocks.resolution.calendar", "did you mean plant?"),
    Edit('calendar = "plant"', "calendar = 5", "clocks.resolution.calendar", "expected one of department, always, off"),
    Edit('{ urgent = "always" }', '{ urgnt = "always" }', "clocks.update.calendar.urgnt", "did you mean urgent?"),
    Edit('{ urgent = "always" }', '{ urgent = "allways" }', "clocks.update.calendar.urgent", "did you mean always?"),
    # its targets
    Edit('default = "15m"\n', "", "clocks.ack.targets", "missing: expected a table"),
    Edit('default = "15m"', 'default = "0m"', "clocks.ack.default", "expected a duration"),
    Edit('default = "15m"', 'default = "\u0664h"', "clocks.ack.default", "expected a duration"),
    Edit('default = "15m"', 'targets = { low = "1h" }', "clocks.ack.targets.urgent", "missing: expected a duration"),
    Edit('default = "15m"', 'targets = "1h"', "clocks.ack.targets", "expected a table"),
    Edit('targets = { urgent = "1h" }', 'targets = { urgnt = "1h" }', "clocks.update.targets.urgnt", "mean urgent?"),
    Edit('default = "3bd"\n', "", "clocks.update.targets.low", "missing: expected a duration"),
    Edit(
        'targets = { low = "5bd" }\n',
        "",
        "clocks.resolution.tiers.3.low",
        "missing: expected a duration such as 4bh, 3bd, 30m, 2h or 2d, here, in targets or as default",
    ),
    Edit('1 = "48h", ', "", "clocks.resolution.tiers.1.urgent", "missing: expected a duration"),
    Edit(
        '1 = "48h"', '1 = "48"', "clocks.resolution.tiers.1", "expected a duration such as 4bh, 3bd, 30m, 2h or 2d, f"
    ),
    Edit('1 = "48h"', '1 = "48h", 4 = "1h"', "clocks.resolution.tiers.4", "unknown key: expected one of 1, 2, 3"),
    Edit('urgent = "8bh"', "urgent = 8", "clocks.resolution.tiers.2.urgent", "expected a duration"),
    Edit('urgent = "8bh"', 'urgent = "8bh", lo = "1h"', "clocks.resolution.tiers.2.lo", "did you mean low?"),
    Edit("measured_only = true", 'measured_only = true\ndefault = "1h"', "clocks.seen.default", "one of the two"),
    Edit("measured_only = true", 'measured_only = true\ntiers = { 1 = "1h" }', "clocks.seen.tiers", "one of the two"),
    # the wide table
    Edit(HOSPITAL, "", "targets[1].target", "missing: expected a duration"),
    Edit(HOSPITAL, 'target = "soon"\n', "targets[1].target", "expected a duration"),
    Edit('key = "hospital"\n', "", "targets[1].key", "missing: expected a key"),
    Edit('key = "hospital"', 'key = "billing"\nclock = "ack"', "targets[2].key", '"billing" is taken'),
    Edit('clock = "ack"', 'clock = "akc"', "targets[2].clock", "did you mean ack?"),
    Edit('clock = "ack"', 'clock = "seen"', "targets[2].clock", "seen is measured only: expected a clock with targets"),
    Edit('category = "billing"', 'category = "biling"', "targets[2].category", "did you mean billing?"),
    Edit(BILLING, BILLING.replace('"it"', '"ti"'), "targets[2].department", "expected one of it"),
    Edit(BILLING, BILLING.replace('"urgent"', "1"), "targets[2].priority", "expected one of urgent, low, found 1"),
    Edit(BILLING, 'clock = "ack"\n', "targets[2]", "fits every request: expected one at least of customer, product"),
    Edit(
        BILLING,
        'customer = "Hospital"\nproduct = "Ward"\nmodule = "Bed"\nquestion = "Alarm"\n',
        "targets[2]",
        'asks for what row "hospital" asks for: expected other conditions',
    ),
    Edit(BILLING, f'{BILLING}module = "Bed"\n', "targets[2].product", "missing: expected the product of this module"),
    Edit(BILLING, f'{BILLING}question = "?"\n', "targets[2].module", "missing: expected the module of this question"),
    Edit('template = "Call back"', 'template = ""', "targets[1].template", "expected text on one line"),
    Edit('template = "Call back"', "tempalte = 1", "targets[1].tempalte", "did you mean template?"),
    # golden tickets
    Edit('name = "Nothing said"', 'name = "Hospital, on a Friday"', "tests[2].name", "is taken"),
    Edit('"2026-03-07T09:00:00"', '"2026-03-07"', "tests[2].submitted", "expected a local time from 1970 on"),
    Edit('"2026-03-07T09:00:00"', '"2026-02-30T09:00"', "tests[2].submitted", 'found "2026-02-30T09:00"'),
    Edit('"2026-03-07T09:00:00"', '"2026-03-07T09:00Z"', "tests[2].submitted", 'found "2026-03-07T09:00Z"'),
    Edit('"2026-03-07T09:00:00"', '"0001-01-01T00:00"', "tests[2].submitted", "from 1970 on"),
    Edit('"2026-03-07T09:00:00"', "2026-03-07T09:00:00", "tests[2].submitted", "found 2026-03-07 09:00:00"),
    Edit("tier = 2", "tier = 4", "tests[1].tier", "expected a whole number from 1 to 3, found 4"),
    Edit('category = "network"', 'category = "networks"', "tests[1].category", "did you mean network?"),
    Edit('due = { ack = "2026-03-07T09:15" }', "due = {}", "tests[2].due", "for one clock at least"),
    Edit('due = { ack = "2026-03-07T09:15" }\n', "", "tests[2].due", "missing: expected a table"),
    Edit('{ ack = "2026-03-07T09:15" }', '{ akc = "2026-03-07T09:15" }', "tests[2].due.akc", "did you mean ack?"),
    Edit('{ ack = "2026-03-07T09:15" }', '{ seen = "2026-03-07T09:15" }', "tests[2].due.seen", "is measured only"),
    Edit('{ ack = "2026-03-07T09:15" }', '{ ack = "09:15" }', "tests[2].due.ack", 'found "09:15"'),
    # goals
    Edit("csat_scale = 10", "csat_scale = 1", "goals.csat_scale", "expected a whole number from 2 to 100, found 1"),
    Edit("csat_scale = 10\n", "", "goals.csat", "expected a number from 1 to 5, found 8.5"),
    Edit("csat = 8.5", "csat = 10.5", "goals.csat", "expected a number from 1 to 10, found 10.5"),
    Edit("csat = 8.5\n", "", "goals.csat", "missing"),
    Edit("resolution = 0.7", "resolution = 7", "goals.first_contact_resolution", "expected a number from 0 to 1"),
    Edit('resolution_time = "2d"', "resolution_time = 2", "goals.resolution_time", "expected a duration"),
]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: f"{edit.place}: {edit.new[:30]}")
def test_one_wrong_thing_is_refused_by_its_place(edit: Edit) -> None:
    sentences = refusal(edited(edit.old, edit.new))
    told = [sentence for sentence in sentences if re.match(rf"desk:\d+: {re.escape(edit.place)}: ", sentence)]
    assert len(told) == 1, sentences
    assert edit.words in told[0]


def test_a_clock_that_rows_take_for_granted_must_have_targets() -> None:
    document = tomllib.loads(GOOD)
    document["clocks"]["resolution"] = {"label": "Solved", "measured_only": True}
    assert refusal(json.dumps(document)) == [
        "desk: targets[1].clock: missing: expected a clock with targets, for resolution is measured only",
        "desk: tests[1].due.resolution: resolution is measured only: expected a clock with targets",
    ]


def test_clocks_of_which_only_tiers_or_only_targets_give_a_target_have_targets() -> None:
    document = tomllib.loads(GOOD)
    document["clocks"]["resolution"] = {"label": "Solved", "tiers": {"1": "1h", "2": "2h", "3": "3h"}}
    assert len(parse(json.dumps(document)).targets) == 2
    document["clocks"]["resolution"] = {"label": "Solved", "targets": {"urgent": "1h", "low": "2h"}}
    assert len(parse(json.dumps(document)).targets) == 2


def test_rows_of_different_clocks_may_have_the_same_conditions() -> None:
    document = tomllib.loads(GOOD)
    document["targets"] = [
        {"key": "a", "customer": "A", "target": "1h"},
        {"key": "b", "customer": "A", "clock": "ack", "target": "1h"},
    ]
    assert [row.clock for row in parse(json.dumps(document)).targets] == ["resolution", "ack"]


def test_what_was_refused_is_no_twin() -> None:
    document = tomllib.loads(GOOD)
    document["targets"] = [
        {"key": "a", "product": "P", "customer": 1, "target": "1h"},
        {"product": "P", "customer": 2, "target": "1h"},
        {"product": "Q", "target": "1h"},
    ]
    told = {tuple(sentence.split(": ")[1:3]) for sentence in refusal(json.dumps(document))}
    assert {(place, words.partition(",")[0]) for place, words in told} == {
        ("targets[1].customer", "expected text on one line"),
        ("targets[2].customer", "expected text on one line"),
        ("targets[2].key", "missing"),
        ("targets[3].key", "missing"),
    }


@pytest.mark.parametrize(("key", "value"), [("targets", "5bd"), ("tiers", 3), ("tiers", [])])
def test_what_is_no_table_of_targets_leaves_no_gaps(key: str, value: object) -> None:
    document = tomllib.loads(GOOD)
    document["clocks"]["resolution"][key] = value
    (sentence,) = refusal(json.dumps(document))
    assert sentence.startswith(f"desk: clocks.resolution.{key}: expected a table, found ")


def test_without_clocks_the_names_of_clocks_are_no_problem() -> None:
    document = {key: value for key, value in DOCUMENT.items() if key != "clocks"}
    (sentence,) = refusal(json.dumps(document))
    assert sentence.startswith("desk: clocks: missing: expected a table")


@pytest.mark.parametrize("table", ["clocks", "priorities", "departments"])
def test_a_refused_table_is_not_told_again_by_those_who_name_it(table: str) -> None:
    document = json.loads(json.dumps(DOCUMENT))
    document["clocks"]["resolution"] = {"label": "Solved", "targets": {"urgent": "1h", "low": "2h"}}
    del document[table]
    sentences = refusal(json.dumps(document))
    assert [s for s in sentences if s.startswith(f"desk: {table}: missing")]
    assert not [s for s in sentences if "measured only" in s]


def test_json_says_the_same_as_toml() -> None:
    assert parse(json.dumps(DOCUMENT)) == parse(GOOD)
    assert parse(" \n\t" + json.dumps(DOCUMENT, indent=2)) == parse(GOOD)
    assert parse("\ufeff" + json.dumps(DOCUMENT)) == parse(GOOD)


def test_what_is_wrong_in_json_is_told_by_its_key_path() -> None:
    document = json.loads(json.dumps(DOCUMENT))
    document["goals"]["csat"] = 99
    del document["priorities"][1]["label"]
    assert refusal(json.dumps(document, indent=2)) == [
        "desk: priorities[2].label: missing: expected text on one line, not empty and with no blank at its ends",
        "desk: goals.csat: expected a number from 1 to 10, found 99",
    ]


TWICE = 'desk: expected JSON: the key "%s" stands twice in one table'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"a": 1,\n "b" 2}', "desk:2: expected JSON: Expecting ':' delimiter, column 6"),
        ('{"a": 1,\n', "desk:2: expected JSON: "),
        ('{"a": {"b": 1},\n "b": [{"b": 1}, {"b": 2}],\n "a": 2}', TWICE % "a"),
        ('{"a": {"b": 1, "c": "b\\"", "\\u0062": 2}}', TWICE % "b"),
        ('{"a":\n  NaN}', "desk: expected JSON: NaN is no number"),
        ('{"a": [1, -Infinity]}', "desk: expected JSON: -Infinity is no number"),
        ('{"a": "NaN", "b": "Infinity: {", "c": Infinity}', "desk: expected JSON: Infinity is no number"),
        ('{"a": ' + "[" * 100_000, "desk: expected JSON, found lists or tables nested too deep"),
        ('{"a": ' + "9" * 5_000 + "}", "desk: expected JSON: "),
        ("{} {}", "desk:1: expected JSON: Extra data, column 4"),
    ],
)  # fmt: skip
def test_what_is_no_json_is_refused_by_its_line(text: str, sentence: str) -> None:
    (told,) = refusal(text)
    assert told.startswith(sentence)


def test_half_a_character_is_no_text() -> None:
    document = json.loads(json.dumps(DOCUMENT))
    document["profile"]["name"] = "A\ud800"
    assert refusal(json.dumps(document)) == [
        'desk: profile.name: expected text on one line, not empty and with no blank at its ends, found "A\\ud800"'
    ]


def test_every_reason_to_wait_is_a_reason_to_pause() -> None:
    assert set(PauseReason) - {PauseReason.PROCUREMENT} == {PauseReason(reason) for reason in WaitReason}
