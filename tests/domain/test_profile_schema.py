"""The published schema and the reader agree: on the shipped profiles, on wrong ones, and on generated ones."""

import copy
import json
import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from deskterm.core.domain.calendar import WEEKDAYS
from deskterm.core.domain.errors import ProfileError
from deskterm.core.domain.profile_clocks import STOPS
from deskterm.core.domain.profile_file import parse_profile
from deskterm.core.domain.words import CategoryKind, Moment, OnChange, OnReopen, PauseReason, Status, WaitReason

DATA = Path(__file__).parents[2] / "data"
SHIPPED = sorted((DATA / "profiles").iterdir())
SCHEMA: dict[str, Any] = json.loads((DATA / "profile.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)

Place = tuple[str | int, ...]
WHOLE: dict[str, Any] = {
    "profile": {
        "key": "wide",
        "name": "Wide",
        "version": 3,
        "currency": "EUR",
        "default_calendar": "office",
        "default_priority": "low",
        "tiers": ["Level 1", "Level 2"],
        "escalation": "approved",
    },
    "calendars": {
        "office": {
            "zone": "Europe/Berlin",
            "country": "DE",
            "subdivision": "BE",
            **{day: [["08:00", "12:00"], ["13:00", "24:00"]] for day in WEEKDAYS},
            "business_day": "450m",
            "holidays": {"2026-12-24": "Founders' day"},
        }
    },
    "priorities": [
        {"rank": 1, "key": "urgent", "label": "Urgent", "meaning": "All of it stands still"},
        {"rank": 5, "key": "low", "label": "Low", "meaning": "A question"},
    ],
    "departments": {
        "it": {
            "name": "IT",
            "calendar": "office",
            "categories": [
                {"key": "repair", "name": "Repair", "kind": "standard"},
                {"key": "purchase", "name": "Purchase", "kind": "procurement"},
            ],
        }
    },
    "posts": {"director": {"title": "Director"}},
    "chain": [
        {"key": "first", "title": "Director", "approver": "director", "verifies": "All of it"},
        {
            "key": "second",
            "title": "Leads",
            "approvers": ["requester_lead", "lead"],
            "verifies": "That it is needed",
            "quorum": 1,
            "from": "1,500,000.00",
            "within": "8bh",
            "signature": "required",
        },
    ],
    "clocks": {
        **{name: {"label": name, "default": "1h"} for name in STOPS},
        "callback": {
            "label": "Call back",
            "start": ["submitted", "reopened"],
            "stop": ["replied", "resolved"],
            "rearm": ["answered"],
            "pauses": ["vendor", "procurement"],
            "calendar": {"urgent": "always"},
            "targets": {"urgent": "1h"},
            "default": "3bd",
            "tiers": {"1": "2h", "2": {"low": "9bh"}},
            "on_reopen": "new_cycle",
            "on_change": "restart",
        },
        "seen": {"label": "Seen", "rearm": ["escalated"], "calendar": "office", "measured_only": True},
    },
    "targets": [
        {
            "key": "ward",
            "clock": "callback",
            "customer": "Hospital",
            "product": "Ward",
            "module": "Bed",
            "question": "Alarm",
            "category": "repair",
            "department": "it",
            "priority": "urgent",
            "target": "30m",
            "template": "Call back",
        }
    ],
    "tests": [
        {
            "name": "On a Friday",
            "submitted": "2026-03-06T16:00",
            "priority": "urgent",
            "tier": 2,
            "customer": "Hospital",
            "product": "Ward",
            "module": "Bed",
            "question": "Alarm",
            "category": "repair",
            "department": "it",
            "due": {"resolution": "2026-03-06T17:00:30"},
        }
    ],
    "pauses": {"reasons": ["vendor", "other"]},
    "closing": {"auto_close_after": "5bd", "reopen_within": "30d"},
    "labels": {"status": {status.value: {"staff": "New", "requester": "Received"} for status in Status}},
    "goals": {
        "sla_compliance": 0.95,
        "csat": 8.5,
        "csat_scale": 10,
        "procurement_through_chain": 1,
        "first_contact_resolution": 0.7,
        "resolution_time": "2d",
    },
}


def schema_takes(document: object) -> bool:
    return VALIDATOR.is_valid(document)


def reader_takes(document: object) -> bool:
    try:
        parse_profile(json.dumps(document), source="desk.json")
    except ProfileError:
        return False
    return True


def tables(value: object, *place: str | int) -> Iterator[Place]:
    if isinstance(value, dict):
        yield place
        for key, child in value.items():
            yield from tables(child, *place, key)
    elif isinstance(value, list):
        for number, child in enumerate(value):
            yield from tables(child, *place, number)


def at(document: Any, place: Place) -> Any:
    for part in place:
        document = document[part]
    return document


def changed(place: Place, value: Any) -> dict[str, Any]:
    document = copy.deepcopy(WHOLE)
    at(document, place[:-1])[place[-1]] = value
    return document


def without(*place: str | int) -> dict[str, Any]:
    document = copy.deepcopy(WHOLE)
    del at(document, place[:-1])[place[-1]]
    return document


def followed(schema: Any) -> Any:
    while isinstance(schema, dict) and "$ref" in schema:
        schema = at(SCHEMA, tuple(schema["$ref"].removeprefix("#/").split("/")))
    return schema


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_every_shipped_profile_is_valid(path: Path) -> None:
    document = tomllib.loads(path.read_text("utf-8"))
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []
    assert reader_takes(document)


def properties(schema: Any, *place: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Gives each key that the schema names with what it says of it; entries and keys of the admin's choice are "*"."""
    schema = followed(schema)
    each = [schema[below] for below in ("items", "additionalProperties") if isinstance(schema.get(below), dict)]
    for child in each:
        yield from properties(child, *place, "*")
    # the clocks that have a name of their own are clocks as others are
    named = {} if each else schema.get("properties", {})
    for key, child in named.items():
        yield (*place, key), child
        yield from properties(child, *place, key)
    for option in schema.get("anyOf", ()):
        if "type" in followed(option):
            yield from properties(option, *place)


def shape(place: Place) -> tuple[str, ...]:
    parts = ["*" if part in {"urgent", "low", "1", "2", "2026-12-24"} else str(part) for part in place]
    if place[0] in {"calendars", "departments", "posts", "clocks"}:
        parts[1:2] = ["*"] * len(parts[1:2])
    return tuple("*" if isinstance(whole, int) else part for whole, part in zip(place, parts, strict=True))


def test_every_key_is_described_and_every_table_is_closed() -> None:
    found = dict(properties(SCHEMA))
    assert len(found) > 100
    assert [place for place, schema in found.items() if not schema.get("description", "").endswith(".")] == []
    named = [SCHEMA, *map(followed, found.values()), *SCHEMA["$defs"].values()]
    tables = [schema for schema in named if schema.get("type") == "object"]
    assert [schema["description"] for schema in tables if "additionalProperties" not in schema] == []


def test_the_whole_profile_has_every_key_of_the_schema_and_both_take_it() -> None:
    assert [error.message for error in VALIDATOR.iter_errors(WHOLE)] == []
    assert parse_profile(json.dumps(WHOLE), source="desk.json").key == "wide"
    written = {shape((*place, key)) for place in tables(WHOLE) for key in at(WHOLE, place)}
    assert {place for place, _ in properties(SCHEMA)} - written == set()


def test_the_reference_names_every_key_of_the_schema() -> None:
    reference = (DATA.parent / "docs" / "profiles.md").read_text("utf-8")
    keys = {place[-1] for place, _ in properties(SCHEMA)} - {*WEEKDAYS, "*"}
    assert [key for key in sorted(keys) if not re.search(rf"[`\[.{{] ?{key}\b", reference)] == []


VOCABULARIES = [
    (("clocks", "additionalProperties", "start"), set(Moment) - {Moment.RESOLVED, Moment.CLOSED}),
    (("clocks", "additionalProperties", "stop"), set(Moment) - {Moment.SUBMITTED}),
    (
        ("clocks", "additionalProperties", "rearm"),
        set(Moment) - {Moment.SUBMITTED, Moment.RESOLVED, Moment.CLOSED},
    ),
    (("clocks", "additionalProperties", "pauses"), set(PauseReason)),
    (("clocks", "additionalProperties", "on_reopen"), set(OnReopen)),
    (("clocks", "additionalProperties", "on_change"), set(OnChange)),
    (("pauses", "reasons"), set(WaitReason)),
    (("departments", "additionalProperties", "categories", "items", "kind"), set(CategoryKind)),
]


@pytest.mark.parametrize(("place", "words"), VOCABULARIES, ids=[place[-1] for place, _ in VOCABULARIES])
def test_the_schema_has_the_vocabulary(place: tuple[str, ...], words: set[str]) -> None:
    schema = SCHEMA
    for part in place:
        schema = followed(schema.get(part) or followed(schema).get("properties", {}).get(part))
    assert set(schema.get("enum") or schema["items"]["enum"]) == words


def test_the_schema_has_the_well_known_clocks() -> None:
    clocks = SCHEMA["properties"]["clocks"]
    assert set(clocks["properties"]) == set(STOPS)


@pytest.mark.parametrize("place", list(tables(WHOLE)), ids=str)
@pytest.mark.parametrize("key", ["unknown", "Unknown"])
def test_both_refuse_an_unknown_key_in_every_table(place: Place, key: str) -> None:
    document = changed((*place, key), 1)
    assert not reader_takes(document)
    assert not schema_takes(document)


REQUIRED = [
    (*place, key) for place in tables(WHOLE) for key in at(WHOLE, place) if not reader_takes(without(*place, key))
]


NAMED_ELSEWHERE = {("profile", "tiers"), ("posts",), ("clocks", "callback")}
"""What the rest of the file names, and a schema can't follow."""


@pytest.mark.parametrize("place", REQUIRED, ids=str)
def test_both_refuse_a_key_that_is_missing(place: Place) -> None:
    if place not in NAMED_ELSEWHERE:
        assert not schema_takes(without(*place))


def test_what_is_required_is_what_the_reference_says() -> None:
    optional = {
        (*place, key) for place in tables(WHOLE) for key in at(WHOLE, place) if reader_takes(without(*place, key))
    }
    assert len(REQUIRED) > 60
    assert {place for place in optional if len(place) == 1} == {("targets",), ("tests",)}
    assert {place for place in optional if place[0] == "goals"} == {
        ("goals", "procurement_through_chain"),
        ("goals", "first_contact_resolution"),
        ("goals", "resolution_time"),
    }


JUNK: list[Any] = [None, True, False, 0, -1, 1.5, 10**9, "", " ", "no such", "\x1b[2J", [], [1], {}, {"x": 1}, "4bh"]
LEAVES = sorted(
    {
        (*place, key)
        for place in tables(WHOLE)
        for key in at(WHOLE, place)
        if not isinstance(at(WHOLE, (*place, key)), dict)
    },
    key=str,
)


@pytest.mark.parametrize("place", LEAVES, ids=str)
def test_both_refuse_a_value_of_a_wrong_type(place: Place) -> None:
    wrong = [True, {"x": 1}, None] if place[-1] != "measured_only" else [1, "true", None]
    for value in wrong:
        if place[-1] == "calendar" and isinstance(value, dict):
            continue
        assert not reader_takes(changed(place, value)), value
        assert not schema_takes(changed(place, value)), value


@given(place=st.sampled_from([*LEAVES, *list(tables(WHOLE))[1:]]), value=st.sampled_from(JUNK))
def test_what_the_reader_takes_the_schema_takes(place: Place, value: Any) -> None:
    document = changed(place, value)
    if reader_takes(document):
        assert schema_takes(document)


class Wrong(NamedTuple):
    place: Place
    value: Any


CLOCK = ("clocks", "callback")
ROW = ("targets", 0)
STAGE = ("chain", 1)
OFFICE = ("calendars", "office")
WRONG = [
    Wrong(("profile", "version"), 0),
    Wrong(("profile", "version"), 1_000_001),
    Wrong(("profile", "version"), 1.5),
    Wrong(("profile", "currency"), "euro"),
    Wrong(("profile", "key"), "Wide!"),
    Wrong(("profile", "name"), " Wide"),
    Wrong(("profile", "name"), "two\nlines"),
    Wrong(("profile", "tiers"), ["Level 1", "Level 1"]),
    Wrong(("profile", "escalation"), "asked"),
    Wrong(("profile", "tiers"), ["Level 1", ""]),
    Wrong(("calendars", "always"), WHOLE["calendars"]["office"]),
    Wrong(("calendars", "department"), WHOLE["calendars"]["office"]),
    Wrong(("calendars",), {}),
    Wrong((*OFFICE, "country"), "Germany"),
    Wrong((*OFFICE, "country"), "none"),
    Wrong((*OFFICE, "mon"), [["8:00", "17:00"]]),
    Wrong((*OFFICE, "mon"), [["24:00", "17:00"]]),
    Wrong((*OFFICE, "mon"), [["08:00"]]),
    Wrong((*OFFICE, "mon"), [["08:00", "12:00", "13:00"]]),
    Wrong((*OFFICE, "mon"), ["08:00", "17:00"]),
    Wrong((*OFFICE, "business_day"), "25h"),
    Wrong((*OFFICE, "business_day"), "1441m"),
    Wrong((*OFFICE, "business_day"), "1bd"),
    Wrong((*OFFICE, "business_day"), "2d"),
    Wrong((*OFFICE, "holidays"), {"20261224": "x"}),
    Wrong(("calendars", "office"), {"zone": "Europe/Berlin", "country": "DE", "mon": []}),
    Wrong(("priorities",), []),
    Wrong(("priorities", 0, "rank"), 6),
    Wrong(("departments", "it", "categories"), []),
    Wrong(("departments", "it", "categories", 0, "kind"), "special"),
    Wrong(("posts", "lead"), {"title": "Lead"}),
    Wrong(("posts", "requester_lead"), {"title": "Lead"}),
    Wrong(("posts", "director.deputy"), {"title": "Deputy"}),
    Wrong(("chain",), []),
    Wrong(("chain", 0, "approvers"), ["lead"]),
    Wrong(("chain", 0, "from"), "1500"),
    Wrong((*STAGE, "approvers"), []),
    Wrong((*STAGE, "approvers"), ["lead", "lead"]),
    *(Wrong((*STAGE, "quorum"), value) for value in (0, 101, 1.5, "0", "00", "01", "101", "0%", "half", "-1", " 1")),
    *(Wrong((*STAGE, "from"), value) for value in (1500, "0", "0.00", "", "1.", ".5", "-5", "1,5", "1 500", "1.00000")),
    Wrong((*STAGE, "within"), "soon"),
    Wrong((*STAGE, "signature"), "optional"),
    Wrong(("clocks", "approval"), {"label": "Approval", "stop": [], "default": "1h"}),
    Wrong((*CLOCK, "start"), []),
    Wrong((*CLOCK, "start"), ["resolved"]),
    Wrong((*CLOCK, "stop"), ["submitted"]),
    Wrong((*CLOCK, "stop"), ["replied", "replied"]),
    Wrong((*CLOCK, "rearm"), ["closed"]),
    Wrong((*CLOCK, "pauses"), ["vendor", "weather"]),
    Wrong((*CLOCK, "calendar"), {"urgent": 1}),
    Wrong((*CLOCK, "targets"), {"urgent": "soon"}),
    Wrong((*CLOCK, "default"), "0h"),
    Wrong((*CLOCK, "default"), "1000000m"),
    Wrong((*CLOCK, "default"), "\u0664h"),
    Wrong((*CLOCK, "default"), "-4h"),
    Wrong((*CLOCK, "default"), "4 h"),
    Wrong((*CLOCK, "default"), "4w"),
    Wrong((*CLOCK, "tiers"), {"0": "1h"}),
    Wrong((*CLOCK, "tiers"), {"01": "1h"}),
    Wrong((*CLOCK, "tiers"), {"one": "1h"}),
    Wrong((*CLOCK, "tiers"), {"1": ["1h"]}),
    Wrong((*CLOCK, "measured_only"), value=True),
    Wrong((*CLOCK, "on_reopen"), "carry"),
    Wrong((*CLOCK, "on_change"), "resume"),
    Wrong(("clocks", "a" * 25), {"label": "Long", "stop": [], "default": "1h"}),
    Wrong(("clocks", "other"), {"label": "Without an end", "default": "1h"}),
    Wrong(("clocks", "ack"), {"label": "Without a target"}),
    Wrong(("clocks", "ack"), {"label": "Without a target", "measured_only": False}),
    Wrong(ROW, {"key": "all", "target": "1h"}),
    Wrong(ROW, {"key": "half", "module": "Bed", "target": "1h"}),
    Wrong(ROW, {"key": "half", "customer": "Hospital", "question": "Alarm", "target": "1h"}),
    Wrong(("targets",), []),
    Wrong(("tests",), []),
    Wrong(("tests", 0, "submitted"), "2026-03-06"),
    Wrong(("tests", 0, "submitted"), "2026-03-06 16:00"),
    Wrong(("tests", 0, "submitted"), "2026-03-06T16:00Z"),
    Wrong(("tests", 0, "submitted"), "2026-13-06T16:00"),
    Wrong(("tests", 0, "submitted"), "1969-03-06T16:00"),
    Wrong(("tests", 0, "tier"), 0),
    Wrong(("tests", 0, "due"), {}),
    Wrong(("pauses", "reasons"), ["procurement"]),
    Wrong(("goals", "sla_compliance"), 95),
    Wrong(("goals", "csat"), 0),
    Wrong(("goals", "csat_scale"), 101),
    Wrong(("goals", "csat_scale"), 1),
    Wrong(("goals",), {"sla_compliance": 1, "csat": 5.5}),
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_both_refuse(wrong: Wrong) -> None:
    document = changed(*wrong)
    assert not reader_takes(document)
    assert not schema_takes(document)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("profile", "version"), 1_000_000),
        (("profile", "name"), "Ærø & Søn"),
        ((*OFFICE, "business_day"), "24h"),
        ((*OFFICE, "business_day"), "1440m"),
        ((*OFFICE, "business_day"), "1d"),
        ((*OFFICE, "mon"), []),
        ((*OFFICE, "mon"), [["22:00", "06:00"]]),
        ((*CLOCK, "calendar"), {}),
        ((*CLOCK, "calendar"), "always"),
        ((*CLOCK, "calendar"), {"urgent": "office", "low": "department"}),
        ((*CLOCK, "pauses"), []),
        ((*CLOCK, "stop"), []),
        ((*CLOCK, "start"), ["asked"]),
        ((*CLOCK, "stop"), ["decided"]),
        ((*CLOCK, "measured_only"), False),
        *(((*STAGE, "quorum"), value) for value in ("all", "any", "2", 2, "1%", "100%")),
        *(((*STAGE, "from"), value) for value in ("1500", "0.01", "007", "1,500", "999999999999999.99")),
        ((*STAGE, "approvers"), ["director"]),
        ((*CLOCK, "default"), "999999m"),
        ((*CLOCK, "default"), "007h"),
        (("clocks", "response"), {"label": "Response", "measured_only": True}),
        (("clocks", "a" * 24), {"label": "Long", "stop": [], "default": "1h"}),
        (ROW, {"key": "bed", "product": "Ward", "module": "Bed", "target": "1h"}),
        (("pauses", "reasons"), []),
        (("goals",), {"sla_compliance": 0, "csat": 5}),
    ],
    ids=str,
)
def test_both_take(place: Place, value: Any) -> None:
    document = changed(place, value)
    assert reader_takes(document)
    assert schema_takes(document)


KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(
    lambda key: key not in {"always", "department", "approval"}
)
TEXTS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=9)
DURATIONS = st.builds("{}{}".format, st.integers(1, 999_999), st.sampled_from(["bh", "bd", "m", "h", "d"]))
DATES = st.dates(min_value=date(1970, 1, 1), max_value=date(2999, 12, 31))
SECONDS = st.sampled_from(["", ":00", ":59"])
WALL_TIMES = st.builds("{}T{:02}:{:02}{}".format, DATES, st.integers(0, 23), st.integers(0, 59), SECONDS)
SHARES = st.floats(0, 1) | st.sampled_from([0, 1])
CONDITIONS: list[dict[str, st.SearchStrategy[str]]] = [
    {"customer": TEXTS},
    {"product": TEXTS},
    {"product": TEXTS, "module": TEXTS},
    {"product": TEXTS, "module": TEXTS, "question": TEXTS},
    {"category": st.sampled_from(["repair", "purchase"])},
    {"department": st.just("it")},
]


def some(*words: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(words), unique=True)


@st.composite
def clocks(draw: st.DrawFn, name: str, priorities: list[str], tiers: int) -> dict[str, Any]:
    ends = draw(some("start", "stop", "rearm")) if name not in STOPS else ["start", "stop", "rearm"]
    if not {"stop", "rearm"} & set(ends):
        ends.append("stop")
    free = draw(st.permutations(["assigned", "started", "replied", "answered", "escalated", "reopened"]))
    moments = {"start": ["submitted", *free[:1]], "stop": ["resolved", *free[1:3]], "rearm": list(free[3:])}
    by_priority = st.fixed_dictionaries({}, optional=dict.fromkeys(priorities, DURATIONS))
    calendar = st.sampled_from(["department", "always", "office"])
    targets = draw(
        st.fixed_dictionaries({"targets": st.fixed_dictionaries(dict.fromkeys(priorities, DURATIONS))})
        | st.fixed_dictionaries(
            {"default": DURATIONS},
            optional={
                "targets": by_priority,
                "tiers": st.dictionaries(st.integers(1, tiers).map(str), DURATIONS | by_priority),
            },
        )
        | st.just({"measured_only": True} if name != "resolution" else {"default": "1h"})
    )
    more = draw(
        st.fixed_dictionaries(
            {"label": TEXTS},
            optional={
                "pauses": some(*PauseReason),
                "calendar": calendar | st.dictionaries(st.sampled_from(priorities), calendar),
                "on_reopen": st.sampled_from([*OnReopen]),
                "on_change": st.sampled_from([*OnChange]),
            },
        )
    )
    return {**more, **{end: moments[end] for end in ends}, **targets}


@st.composite
def stages(draw: st.DrawFn) -> dict[str, Any]:
    posts = ["lead", "requester_lead", "director"]
    approvers = draw(st.lists(st.sampled_from(posts), min_size=1, unique=True))
    counts = st.integers(1, len(approvers))
    shares = st.integers(1, 100).map("{}%".format)
    optional = {
        "quorum": st.sampled_from(["all", "any"]) | counts | counts.map(str) | shares,
        "from": st.integers(1, 10**15).map("{:,}".format) | st.integers(1, 99).map("{:,}.50".format),
        "within": DURATIONS,
        "signature": st.just("required"),
    }
    single = len(approvers) == 1 and draw(st.booleans())
    return {
        "key": draw(KEYS.filter(lambda key: key != "last")),
        "title": draw(TEXTS),
        "verifies": draw(TEXTS),
        **({"approver": approvers[0]} if single else {"approvers": approvers}),
        **draw(st.fixed_dictionaries({}, optional=optional)),
    }


@st.composite
def profiles(draw: st.DrawFn) -> dict[str, Any]:
    document = copy.deepcopy(WHOLE)
    priorities = draw(st.lists(KEYS, min_size=1, max_size=5, unique=True))
    ranks = draw(st.permutations(range(1, 6)))
    tiers = draw(st.lists(TEXTS, max_size=3, unique=True))
    document["priorities"] = [
        {"rank": rank, "key": key, "label": draw(TEXTS), "meaning": draw(TEXTS)}
        for rank, key in zip(ranks, priorities, strict=False)
    ]
    document["profile"] |= {"default_priority": priorities[-1], "tiers": tiers, "name": draw(TEXTS)}
    names = {"resolution", *draw(st.lists(KEYS | st.sampled_from([*STOPS]), max_size=3))}
    document["clocks"] = {name: draw(clocks(name, priorities, len(tiers) or 1)) for name in sorted(names)}
    due = [name for name, clock in document["clocks"].items() if "measured_only" not in clock]
    told = [draw(st.fixed_dictionaries(each)) for each in draw(st.lists(st.sampled_from(CONDITIONS), unique_by=str))]
    rows = [{**each, "key": f"row{number}", "target": draw(DURATIONS)} for number, each in enumerate(told)]
    tests = draw(st.lists(st.dictionaries(st.sampled_from(due), WALL_TIMES, min_size=1), max_size=3))
    document["targets"] = [{**row, "priority": draw(st.sampled_from(priorities))} for row in rows]
    document["chain"] = draw(st.lists(stages(), max_size=3, unique_by=lambda stage: stage["key"]))
    document["chain"].append({"key": "last", "title": "Last", "approver": "director", "verifies": draw(TEXTS)})
    document["tests"] = [
        {"name": f"Test {number}", "submitted": draw(WALL_TIMES), "due": each} for number, each in enumerate(tests)
    ]
    goals = {"procurement_through_chain": SHARES, "first_contact_resolution": SHARES, "resolution_time": DURATIONS}
    document["goals"] = {"sla_compliance": 1, "csat": 5, **draw(st.fixed_dictionaries({}, optional=goals))}
    return {key: value for key, value in document.items() if value}


@given(profiles())
def test_both_take_what_is_generated(document: dict[str, Any]) -> None:
    parse_profile(json.dumps(document), source="desk.json")
    VALIDATOR.validate(document)


@given(profiles(), st.data())
def test_what_the_reader_takes_of_it_when_it_is_changed_the_schema_takes(document: dict[str, Any], data: Any) -> None:
    place = data.draw(st.sampled_from([each for each in tables(document) if at(document, each)]))
    key = data.draw(st.sampled_from([*at(document, place)]))
    at(document, place)[key] = data.draw(st.sampled_from(JUNK))
    if reader_takes(document):
        VALIDATOR.validate(document)
