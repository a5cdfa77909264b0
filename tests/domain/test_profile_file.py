"""A profile is taken whole or refused with every reason: tried on ACOB's, one edit at a time."""

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

from deskterm.core.domain.errors import ProfileError
from deskterm.core.domain.profile import APPROVAL, Budget, ClockRule, Profile, Quorum
from deskterm.core.domain.profile_file import parse_profile
from deskterm.core.domain.words import Moment, OnChange, OnReopen

GOOD = (Path(__file__).parents[2] / "data" / "profiles" / "acob.toml").read_text(encoding="utf-8")
SENTENCE = re.compile(r"desk\.toml(:\d+)?: \S.*")


def parse(text: str) -> Profile:
    return parse_profile(text, source="desk.toml")


def refusal(text: str) -> list[str]:
    """Gives the sentences of the one error, after checking how they are laid out."""
    with pytest.raises(ProfileError) as caught:
        parse(text)
    head, *sentences = str(caught.value).split("\n")
    count = len(sentences)
    assert head == f"desk.toml can't be used: {count} problem{'' if count == 1 else 's'}"
    assert sentences
    assert all(SENTENCE.fullmatch(sentence) for sentence in sentences)
    return sentences


def edited(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, f"{old!r} stands {GOOD.count(old)} times in the good profile"
    return GOOD.replace(old, new)


def line_of(text: str, piece: str) -> int:
    return text[: text.index(piece)].count("\n") + 1


class Edit(NamedTuple):
    old: str
    new: str
    place: str
    words: str


MON = 'mon = [["08:00", "17:00"]]'
MD = 'approver = "managing_director"'
DEFAULT_PRIORITY = 'default_priority = "medium"  # the document calls these "Standard Requests"'

EDITS = [
    # head
    Edit('key = "acob"\n', "", "profile.key", "missing: expected a key"),
    Edit('key = "acob"', 'key = "ACOB!"', "profile.key", 'found "ACOB!"'),
    Edit("version = 1", "", "profile.version", "missing: expected a whole number"),
    Edit("version = 1", "version = true", "profile.version", "expected a whole number from 1 to 1000000, found true"),
    Edit("version = 1", "version = 0", "profile.version", "found 0"),
    Edit("version = 1", "version = 1.0", "profile.version", "found 1.0"),
    Edit('"ACOB Lighting Technology Limited"\n', "5\n", "profile.name", "expected text on one line"),
    Edit('"ACOB Lighting Technology Limited"\n', '" "\n', "profile.name", "expected text on one line"),
    Edit('"ACOB Lighting Technology Limited"\n', '"a\\u001b[2Jb"\n', "profile.name", '"a\\u001b[2Jb"'),
    Edit('"NGN"', '"naira"', "profile.currency", "three-letter"),
    Edit(DEFAULT_PRIORITY, 'default_priority = "mediun"', "profile.default_priority", "did you mean medium?"),
    Edit(DEFAULT_PRIORITY, "default_priority = 3", "profile.default_priority", "one of urgent, high, medium, low"),
    Edit('default_calendar = "office"', 'default_calendar = "ofice"', "profile.default_calendar", "mean office?"),
    Edit('currency = "NGN"', 'currency = "NGN"\ncurency = "NGN"', "profile.curency", "did you mean currency?"),
    # calendars
    Edit('"Africa/Lagos"', '"Africa/Lagoss"', "calendars.office.zone", "did you mean Africa/Lagos?"),
    Edit('"Africa/Lagos"', '"Africa"', "calendars.office.zone", "unknown time zone"),
    Edit('"Africa/Lagos"', '"../../etc/passwd"', "calendars.office.zone", "unknown time zone"),
    Edit('country = "NG"\n', "", "calendars.office.country", "missing: expected a two-letter country code"),
    Edit('country = "NG"', 'country = "Nigeria"', "calendars.office.country", 'found "Nigeria"'),
    Edit('country = "NG"', 'country = "none"\nsubdivision = "LA"', "calendars.office.subdivision", "no country"),
    Edit(MON, 'mon = [["08:00", "25:00"]]', "calendars.office.mon[1]", "00:00 to 24:00, found"),
    Edit(MON, 'mon = [["08:00", "12:00"], ["24:00", "17:00"]]', "calendars.office.mon[2]", "00:00 to 23:59, found"),
    Edit(MON, 'mon = [["8:00", "17:00"]]', "calendars.office.mon[1]", 'found "8:00"'),
    Edit(MON, 'mon = [["08:60", "17:00"]]', "calendars.office.mon[1]", 'found "08:60"'),
    Edit(MON, 'mon = [["08:00", "08:00"]]', "calendars.office.mon[1]", "opens and closes at once"),
    Edit(MON, 'mon = ["08:00", "17:00"]', "calendars.office.mon[1]", "expected an opening and a closing time"),
    Edit(MON, 'mon = [["08:00", "13:00"], ["12:00", "17:00"]]', "calendars.office.mon", "overlap"),
    Edit(MON, 'mon = "08:00-17:00"', "calendars.office.mon", "expected a list of open hours"),
    Edit(MON, 'monday = [["08:00", "17:00"]]', "calendars.office.monday", "unknown key; did you mean mon?"),
    Edit('business_day = "9h"', 'business_day = "1bd"', "calendars.office.business_day", "24h at most"),
    Edit('business_day = "9h"', 'business_day = "25h"', "calendars.office.business_day", "24h at most"),
    Edit('business_day = "9h"', "business_day = 9", "calendars.office.business_day", "expected a duration"),
    Edit('business_day = "9h"', "holidays = { 2026-02-30 = 'x' }", "calendars.office.holidays.2026-02-30", "a date"),
    Edit('business_day = "9h"', "holidays = { 20260228 = 'x' }", "calendars.office.holidays.20260228", "a date"),
    Edit('business_day = "9h"', "holidays = { 2026-02-28 = 1 }", "calendars.office.holidays.2026-02-28", "text"),
    # priorities
    Edit("rank = 2", "rank = 1", "priorities[2].rank", "1 is taken"),
    Edit('key = "high"', 'key = "urgent"', "priorities[2].key", '"urgent" is taken'),
    Edit("rank = 4", "rank = 6", "priorities[4].rank", "from 1 to 5"),
    Edit('label = "High"\n', "", "priorities[2].label", "missing"),
    # departments
    Edit(
        'name = "Operations"\ncalendar = "office"',
        'name = "Operations"\ncalendar = "shop"',
        "departments.operations.calendar",
        "expected one of office",
    ),
    Edit(
        'name = "Operations"\ncalendar = "office"', 'name = "Operations"', "departments.operations.calendar", "missing"
    ),
    Edit(
        'name = "Design", kind = "standard"',
        'name = "Design", kind = "standart"',
        "departments.it.categories[2].kind",
        "did you mean standard?",
    ),
    Edit('"operations_repairs"', '"it_design"', "departments.operations.categories[1].key", '"it_design" is taken'),
    Edit('"it_design"', '"it_capturing"', "departments.it.categories[3].key", '"it_capturing" is taken'),
    # posts and chain
    Edit("[posts.managing_director]", "[posts.lead]", "posts.lead", "lead is taken"),
    Edit("[posts.managing_director]", "[posts.requester_lead]", "posts.requester_lead", "requester_lead is taken"),
    Edit(
        "[posts.managing_director]",
        '[posts."managing_director.deputy"]',
        'posts."managing_director.deputy"',
        "expected a key of small letters",
    ),
    Edit(
        'title = "Head of Corporate Services"\n\n[posts',
        "\n[posts",
        "posts.head_of_corporate_services.title",
        "missing",
    ),
    Edit(MD, 'approver = "md"', "chain[3].approver", 'unknown "md": expected one of lead, requester_lead, head_of'),
    Edit(MD, 'approver = "managing_director.deputy"', "chain[3].approver", "did you mean managing_director?"),
    Edit(MD, "", "chain[3].approver", "missing: expected one of lead, requester_lead"),
    Edit(MD, f'{MD}\napprovers = ["lead"]', "chain[3].approvers", "stands beside approver: expected one of the two"),
    Edit(MD, "approvers = []", "chain[3].approvers", "expected at least one of lead, requester_lead"),
    Edit(MD, 'approvers = "lead"', "chain[3].approvers", "expected a list of lead, requester_lead"),
    Edit(MD, 'approvers = ["lead", "finance"]', "chain[3].approvers[2]", 'unknown "finance": expected one of lead'),
    Edit(MD, 'approvers = ["lead", 7]', "chain[3].approvers[2]", "unknown 7: expected one of lead"),
    Edit(MD, 'approvers = ["lead", "lead"]', "chain[3].approvers[2]", "stands here twice"),
    Edit(MD, f"{MD}\nquorum = 2", "chain[3].quorum", "expected 1 at most, the number of its approvers, found 2"),
    Edit(MD, f'{MD}\nquorum = "2"', "chain[3].quorum", "expected 1 at most, the number of its approvers, found 2"),
    Edit(MD, f"{MD}\nquorum = 0", "chain[3].quorum", "expected a whole number from 1 to 100, found 0"),
    Edit(MD, f"{MD}\nquorum = 101", "chain[3].quorum", "expected a whole number from 1 to 100, found 101"),
    Edit(
        MD, f"{MD}\nquorum = true", "chain[3].quorum", "expected all, any, a number such as 2, or a share such as 50%"
    ),
    Edit(MD, f"{MD}\nquorum = 0.5", "chain[3].quorum", "found 0.5"),
    Edit(MD, f'{MD}\nquorum = "most"', "chain[3].quorum", 'found "most"'),
    Edit(MD, f'{MD}\nquorum = "0%"', "chain[3].quorum", 'found "0%"'),
    Edit(MD, f'{MD}\nquorum = "101%"', "chain[3].quorum", 'found "101%"'),
    Edit(MD, f"{MD}\nfrom = 500000", "chain[3].from", 'an amount above zero such as "500000.00", found 500000'),
    Edit(MD, f'{MD}\nfrom = "five"', "chain[3].from", 'an amount above zero such as "500000.00", found "five"'),
    Edit(MD, f'{MD}\nfrom = "1,50.00"', "chain[3].from", 'found "1,50.00"'),
    Edit(MD, f'{MD}\nfrom = "0.001"', "chain[3].from", 'found "0.001"'),
    Edit(MD, f'{MD}\nfrom = "0.00"', "chain[3].from", 'found "0.00"'),
    Edit(MD, f'{MD}\nfrom = "-5"', "chain[3].from", 'found "-5"'),
    Edit(MD, f'{MD}\nfrom = " 5"', "chain[3].from", 'found " 5"'),
    Edit('within = "24bh"', 'within = "3 days"', "chain[3].within", "expected a duration such as 4bh"),
    Edit('within = "24bh"', "within = 24", "chain[3].within", "found 24"),
    Edit(MD, f'{MD}\nsignature = "optional"', "chain[3].signature", 'unknown "optional": expected one of required'),
    Edit(MD, f"{MD}\nsignature = true", "chain[3].signature", "expected one of required, found true"),
    Edit(MD, f"{MD}\nsignatures = true", "chain[3].signatures", "unknown key; did you mean signature?"),
    Edit('key = "corporate_services"', 'key = "department_lead"', "chain[2].key", "is taken"),
    # clocks
    Edit("[clocks.response]", "[clocks.approval]", "clocks.approval", "approval is taken: it is the clock of approval"),
    Edit('medium = "3bd"\n', "", "clocks.resolution.targets.medium", "missing: expected a duration such as 4bh, 3bd"),
    Edit('medium = "3bd"', 'medium = "3 days"', "clocks.resolution.targets.medium", 'found "3 days"'),
    Edit('medium = "3bd"', 'medium = "0bd"', "clocks.resolution.targets.medium", 'found "0bd"'),
    Edit('medium = "3bd"', 'medium = "1000000bd"', "clocks.resolution.targets.medium", 'found "1000000bd"'),
    Edit('low = "7bd"', 'low = "7bd"\nlowest = "9bd"', "clocks.resolution.targets.lowest", "did you mean low?"),
    Edit("measured_only = true\n", "", "clocks.response.targets", "missing: expected a table"),
    Edit("measured_only = true", "measured_only = false", "clocks.response.targets", "missing: expected a table"),
    Edit("measured_only = true", 'measured_only = "yes"', "clocks.response.measured_only", "true or false"),
    Edit(
        "measured_only = true",
        'measured_only = true\ntargets = { low = "1bd" }',
        "clocks.response.targets",
        "one of the two",
    ),
    # the rest
    Edit('"maintenance"]', '"maintainance"]', "pauses.reasons[4]", "did you mean maintenance?"),
    Edit('"maintenance"]', '"vendor"]', "pauses.reasons[4]", "twice"),
    Edit('"maintenance"]', "7]", "pauses.reasons[4]", "unknown 7: expected one of requester"),
    Edit('auto_close_after = "5bd"\n', "", "closing.auto_close_after", "missing"),
    Edit('waiting = { staff = "Waiting", requester = "Waiting" }\n', "", "labels.status.waiting", "missing"),
    Edit('requester = "Received"', 'requestor = "Received"', "labels.status.new.requestor", "did you mean requester?"),
    Edit("sla_compliance = 0.90", "sla_compliance = 90", "goals.sla_compliance", "from 0 to 1, found 90"),
    Edit("csat = 4.0", "csat = 5.5", "goals.csat", "from 1 to 5, found 5.5"),
    Edit("csat = 4.0", f"csat = 0x{'f' * 5000}", "goals.csat", "from 1 to 5, found a number of more than 40 digits"),
    Edit("csat = 4.0", "csat = nan", "goals.csat", "found nan"),
    Edit("csat = 4.0", "csat = true", "goals.csat", "found true"),
]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: f"{edit.place}: {edit.new[:30]}")
def test_one_wrong_thing_is_refused_by_its_place(edit: Edit) -> None:
    sentences = refusal(edited(edit.old, edit.new))
    told = [sentence for sentence in sentences if re.match(rf"desk\.toml:\d+: {re.escape(edit.place)}: ", sentence)]
    assert len(told) == 1, sentences
    assert edit.words in told[0]


@pytest.mark.parametrize("table", ["profile", "calendars", "priorities", "departments", "clocks", "pauses", "goals"])
def test_a_missing_table_is_one_sentence_for_itself(table: str) -> None:
    document = tomllib.loads(GOOD)
    del document[table]
    assert [s for s in refusal(toml(document)) if f" {table}: missing: expected " in s]


def test_procurement_needs_a_chain_and_support_alone_does_not() -> None:
    document = tomllib.loads(GOOD)
    del document["chain"], document["posts"]
    assert refusal(toml(document)) == [
        "desk.toml: chain: missing: expected one [[chain]] or more, for there is a procurement category"
    ]
    for department in document["departments"].values():
        del department["categories"][-1]
    profile = parse(toml(document))
    assert (profile.chain, profile.posts) == ((), {})
    assert list(profile.clocks) == ["response", "resolution"]


def staged(**keys: Any) -> dict[str, Any]:
    """Gives the good document with these keys in its last stage; None takes one away."""
    document = tomllib.loads(GOOD)
    stage = document["chain"][-1] | keys
    document["chain"][-1] = {key: value for key, value in stage.items() if value is not None}
    return document


def test_a_stage_of_one_approver_needs_no_more_than_a_post() -> None:
    stage = parse(toml(staged(within=None))).chain[-1]
    assert (stage.approvers, stage.quorum, stage.from_minor) == (("managing_director",), Quorum("all"), 0)
    assert (stage.within, stage.signed) == (None, False)
    assert parse(toml(staged(approver=None, approvers=["managing_director"], quorum="all"))) == parse(GOOD)


def test_a_stage_may_say_all_of_it() -> None:
    several = {"approver": None, "approvers": ["requester_lead", "managing_director", "lead"]}
    said = {"quorum": "50%", "from": "1,500,000.50", "within": "2d", "signature": "required"}
    stage = parse(toml(staged(**several, **said))).chain[-1]
    assert stage.approvers == ("requester_lead", "managing_director", "lead")
    assert (stage.quorum, stage.from_minor) == (Quorum("percent", 50), 150_000_050)
    assert (stage.within, stage.signed) == (Budget(2, "d"), True)


@pytest.mark.parametrize(
    ("written", "quorum"),
    [
        ("all", Quorum("all")),
        ("any", Quorum("any")),
        (2, Quorum("count", 2)),
        ("2", Quorum("count", 2)),
        ("100%", Quorum("percent", 100)),
    ],
)
def test_a_quorum_is_a_word_a_number_or_a_share(written: str | int, quorum: Quorum) -> None:
    document = staged(approver=None, approvers=["lead", "managing_director"], quorum=written)
    assert parse(toml(document)).chain[-1].quorum == quorum


def test_what_is_wrong_with_the_approvers_is_no_fault_of_the_quorum() -> None:
    (one,) = refusal(toml(staged(approver=None, approvers=["lead", "finance"], quorum=2)))
    assert ' chain[3].approvers[2]: unknown "finance"' in one
    (two,) = refusal(toml(staged(approvers=["lead"], quorum=2)))
    assert " chain[3].approvers: stands beside approver" in two


@pytest.mark.parametrize(("currency", "written", "minor"), [("JPY", "500", 500), ("KWD", "500", 500_000)])
def test_a_threshold_is_an_amount_of_the_profiles_currency(currency: str, written: str, minor: int) -> None:
    document = staged(**{"from": written})
    document["profile"]["currency"] = currency
    assert parse(toml(document)).chain[-1].from_minor == minor


def test_an_amount_that_the_currency_has_not_is_refused() -> None:
    document = staged(**{"from": "500.50"})
    document["profile"]["currency"] = "JPY"
    (sentence,) = refusal(toml(document))
    assert sentence.endswith(' chain[3].from: expected an amount above zero such as "500000", found "500.50"')


def test_one_stage_at_least_takes_every_purchase() -> None:
    document = tomllib.loads(GOOD)
    for stage in document["chain"]:
        stage["from"] = "1000"
    (sentence,) = refusal(toml(document))
    said = "each stage has a from: expected one without, or small purchases would pass no stage"
    assert sentence.endswith(f" chain: {said}")
    del document["chain"][1]["from"]
    assert [stage.from_minor for stage in parse(toml(document)).chain] == [100_000, 0, 100_000]


def test_a_chain_brings_the_clock_of_its_stages_along_as_the_last() -> None:
    clocks = parse(GOOD).clocks
    assert list(clocks) == ["response", "resolution", APPROVAL]
    assert clocks[APPROVAL] == ClockRule(
        name="approval",
        label="Approval",
        start=frozenset({Moment.ASKED}),
        stop=frozenset({Moment.DECIDED}),
        rearm=frozenset({Moment.ASKED}),
        pauses=frozenset(),
        calendars={},
        targets={},
        tiers={},
        default=None,
        on_reopen=OnReopen.NEW_CYCLE,
        on_change=OnChange.CARRY,
    )


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (
            '[[targets]]\nkey = "a"\nclock = "approval"\npriority = "low"\ntarget = "1h"\n',
            ' targets[1].clock: unknown "approval": expected one of response, resolution',
        ),
        (
            '[[tests]]\nname = "a"\nsubmitted = "2026-03-02T08:00"\ndue = { approval = "2026-03-02T09:00" }\n',
            " tests[13].due.approval: unknown key",
        ),
    ],
)
def test_neither_sla_rows_nor_golden_tickets_name_that_clock(table: str, sentence: str) -> None:
    (found,) = refusal(f"{GOOD}\n{table}")
    assert sentence in found


def test_a_clock_of_its_own_may_follow_the_chain() -> None:
    clock = '[clocks.buying]\nlabel = "Buying"\nstart = ["asked"]\nstop = ["decided"]\nmeasured_only = true\n\n'
    found = parse(edited("[clocks.resolution]\n", f"{clock}[clocks.resolution]\n")).clocks
    assert list(found) == ["response", "buying", "resolution", APPROVAL]
    assert found["buying"].start == {Moment.ASKED}
    assert found["buying"].stop == {Moment.DECIDED}


@pytest.mark.parametrize("table", ["calendars", "departments", "posts"])
def test_a_table_of_tables_must_have_one(table: str) -> None:
    document = tomllib.loads(GOOD) | {table: {}}
    assert [s for s in refusal(toml(document)) if s.endswith(f" {table}: expected at least one table")]


@pytest.mark.parametrize("rows", ["priorities", "chain"])
def test_a_list_of_tables_must_have_one_and_only_tables(rows: str) -> None:
    document = tomllib.loads(GOOD)
    assert [s for s in refusal(toml(document | {rows: []})) if f" {rows}: expected one [[{rows}]] or more" in s]
    assert [s for s in refusal(toml(document | {rows: [1]})) if f" {rows}[1]: expected a table, found 1" in s]


def test_a_calendar_that_never_opens_is_refused() -> None:
    document = tomllib.loads(GOOD)
    for day in ("mon", "tue", "wed", "thu", "fri"):
        document["calendars"]["office"][day] = []
    assert refusal(toml(document)) == [
        "desk.toml:2: calendars.office: never open: expected open hours on one weekday at least"
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a = 1\nb 2\n", "desk.toml:2: expected TOML: Expected '=' after a key in a key/value pair, column 3"),
        ("a = [\n", "desk.toml: expected TOML: Invalid value (at end of document)"),
        ("a = " + "[" * 100_000, "desk.toml: expected TOML, found lists or tables nested too deep"),
    ],
)
def test_what_is_no_toml_is_refused_by_its_line(text: str, sentence: str) -> None:
    assert refusal(text) == [sentence]


def test_a_key_written_twice_is_refused_by_its_line() -> None:
    text = edited("csat = 4.0", "csat = 4.0\ncsat = 4.1")
    (sentence,) = refusal(text)
    assert sentence.startswith(f"desk.toml:{line_of(text, 'csat = 4.1')}: expected TOML: ")


def test_every_problem_is_told_at_once_in_the_order_of_the_file() -> None:
    text = edited("csat = 4.0", "csat = 9").replace('"Africa/Lagos"', '"Mars/Lagos"').replace('urgent = "4bh"\n', "")
    where = [line_of(text, piece) for piece in ("Mars", "[clocks.resolution.targets]", "csat = 9")]
    told = [sentence.split(": ")[:2] for sentence in refusal(text)]
    places = ["calendars.office.zone", "clocks.resolution.targets.urgent", "goals.csat"]
    assert told == [[f"desk.toml:{line}", place] for line, place in zip(where, places, strict=True)]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_line_is_where_the_statement_starts_whatever_stands_around_it(newline: str) -> None:
    decoy = '"""\ncsat = 9\n"""'
    text = edited("csat = 4.0", f"decoy = {decoy}\n# csat = 9\n\ncsat = 9 # really")
    decoy_line, csat_line = line_of(text, "decoy ="), line_of(text, "csat = 9 # really")
    first, second = refusal(text.replace("\n", newline))
    assert first.startswith(f"desk.toml:{decoy_line}: goals.decoy: unknown key")
    assert second.startswith(f"desk.toml:{csat_line}: goals.csat: expected a number")


def test_inside_a_long_list_the_line_is_where_it_starts() -> None:
    text = edited('key = "it_design"', 'kye = "it_design"')
    line = line_of(text, 'categories = [\n    { key = "it_infra')
    assert [s.split(": ")[:2] for s in refusal(text)] == [
        [f"desk.toml:{line}", "departments.it.categories[2].key"],
        [f"desk.toml:{line}", "departments.it.categories[2].kye"],
    ]


def test_a_byte_order_mark_and_windows_line_ends_change_nothing() -> None:
    assert parse("\ufeff" + GOOD.replace("\n", "\r\n")) == parse(GOOD)


def test_optional_keys_of_a_calendar() -> None:
    more = 'subdivision = "LA"\nholidays = { 2026-12-24 = "Founders\' day" }\nsat = [["22:00", "06:00"]]'
    office = parse(edited('business_day = "9h"', more)).calendars["office"]
    assert (office.subdivision, office.own_holidays) == ("LA", {date(2026, 12, 24): "Founders' day"})
    assert office.week["sat"] == (("22:00", "06:00"),)
    assert office.business_day == 9 * 3_600


@pytest.mark.parametrize(
    ("hours", "business_day"),
    [
        ('[["00:00", "24:00"]]', 24 * 3_600),
        ('[["22:00", "08:30"]]', 10 * 3_600 + 1_800),
        ('[["08:00", "12:00"], ["12:00", "18:00"]]', 10 * 3_600),
        ('[["08:00", "12:00"]]', 9 * 3_600),  # the other days are longer
    ],
)
def test_the_nominal_day_is_the_longest_unless_it_is_written(hours: str, business_day: int) -> None:
    unwritten = edited('business_day = "9h"', "").replace(MON, f"mon = {hours}")
    assert parse(unwritten).calendars["office"].business_day == business_day
    written = edited('business_day = "9h"', 'business_day = "450m"').replace(MON, f"mon = {hours}")
    assert parse(written).calendars["office"].business_day == 450 * 60


def test_no_country_is_said() -> None:
    assert parse(edited('country = "NG"', 'country = "none"')).calendars["office"].country == ""


def test_a_goal_may_be_a_whole_number() -> None:
    csat = parse(edited("csat = 4.0", "csat = 4")).goals.csat
    assert isinstance(csat, float)
    assert csat == 4.0


def toml(value: Any) -> str:
    """Writes TOML: the outermost table over lines, all others inline. Enough for what a profile has."""
    if isinstance(value, dict):
        return "".join(f"{written(key)} = {inline(child)}\n" for key, child in value.items())
    return inline(value)


def inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{written(key)} = {inline(child)}" for key, child in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    return written(value) if isinstance(value, str) else json.dumps(value)


def written(text: str) -> str:
    # JSON writes a character beyond the 16-bit ones as two halves, which TOML refuses, and leaves DEL bare
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def tables(value: Any, *place: str | int) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        yield place
        for key, child in value.items():
            yield from tables(child, *place, key)
    elif isinstance(value, list):
        for number, child in enumerate(value):
            yield from tables(child, *place, number)


DOCUMENT = tomllib.loads(GOOD)
TABLES = list(tables(DOCUMENT))
# read where they stand, if they do: no unknown keys
OPTIONAL = {"sat", "sun", "subdivision", "holidays", "tiers", "csat_scale", "resolution_time"}
OPTIONAL |= {"start", "stop", "rearm", "pauses", "calendar", "targets", "default", "measured_only"}
OPTIONAL |= {"on_reopen", "on_change", "tests", "tier", "product", "module", "question", "category"}
OPTIONAL |= {"priority", "customer", "department", "first_contact_resolution"}
OPTIONAL |= {"approvers", "quorum", "from", "within", "signature"}


def test_writing_it_again_changes_nothing_and_finds_every_table() -> None:
    assert parse(toml(DOCUMENT)) == parse(GOOD)
    assert {(), ("goals",), ("departments", "it", "categories", 3), ("labels", "status", "new")} <= set(TABLES)


@given(
    place=st.sampled_from(TABLES),
    key=st.one_of(st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True), st.text(max_size=12).filter(str.isprintable)),
    value=st.one_of(st.integers(-9, 9), st.just({}), st.just([])),
)
def test_an_unknown_key_anywhere_is_refused_by_its_place(place: tuple[str | int, ...], key: str, value: Any) -> None:
    document = copy.deepcopy(DOCUMENT)
    table = document
    for part in place:
        table = table[part]  # type: ignore[index]
    if key in table or key in OPTIONAL:
        return
    table[key] = value
    spelled = key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key)
    path = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in (*place, spelled)).lstrip(".")
    # below a table of the admin's own names the new one is taken for another, and lacks all that one has
    assert [s for s in refusal(toml(document)) if re.match(rf"desk\.toml:\d+: {re.escape(path)}[.:]", s)]
