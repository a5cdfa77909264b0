"""`deskterm profile`: checked, compared, tested, applied from a date, and the SLA table edited as versions."""

import json
import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from deskterm.bootstrap import data_path

Run = Callable[..., Any]
At = Callable[[str], datetime]
Write = Callable[..., Path]
ACOB = (data_path() / "profiles" / "acob.toml").read_text(encoding="utf-8")


@pytest.fixture
def file(tmp_path: Path) -> Write:
    """Writes acob's profile with some of it replaced."""

    def write(*changes: tuple[str, str], name: str = "new.toml") -> Path:
        text = ACOB
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


SECOND = ("version = 1", "version = 2")
QUICK = ('urgent = "4bh"', 'urgent = "2bh"')
NO_TESTS = (ACOB[ACOB.index("[[tests]]") :], "")


def due(deskterm: Run, ticket: int) -> str:
    row = next(row for row in deskterm("list", "--json").json if row["id"] == ticket)
    return str(row["left"]["due_at"])


def test_a_good_file_is_a_profile_and_its_golden_tickets_hold(deskterm: Run, file: Write) -> None:
    ran = deskterm("profile", "check", str(file()))
    assert ran.code == 0
    assert "new.toml is a profile: ACOB Lighting Technology Limited, acob v1, 2 clocks" in ran.out
    assert ", 0 of their due times don't hold" in ran.out


def test_every_problem_of_a_bad_file_is_told_with_its_line(deskterm: Run, file: Write) -> None:
    ran = deskterm("profile", "check", str(file(('zone = "Africa/Lagos"', 'zone = "Africa/Lagoss"'), QUICK)))
    assert ran.code == 6
    assert 'unknown time zone "Africa/Lagoss"; did you mean Africa/Lagos?' in ran.err
    assert "new.toml:" in ran.err


def test_golden_tickets_that_do_not_hold_are_named_and_keep_a_profile_from_being_applied(
    deskterm: Run, file: Write
) -> None:
    path = str(file(SECOND, QUICK))
    ran = deskterm("profile", "test", path, "--json")
    assert ran.code == 6
    failed = [check for check in ran.json if not check["holds"]]
    assert failed
    assert all(check["clock"] == "resolution" and check["expected"] != check["found"] for check in failed)
    assert deskterm("profile", "check", path).code == 6
    applied = deskterm("profile", "apply", path)
    assert applied.code == 6
    assert "golden tickets don't hold" in applied.err
    assert [version["version"] for version in deskterm("profile", "show", "--json").json] == [1]


@pytest.mark.parametrize("name", ["acob", "itsm", "saypro", "servicepro"])
def test_the_golden_tickets_of_every_shipped_profile_hold(deskterm: Run, name: str) -> None:
    ran = deskterm("profile", "test", name)
    assert ran.code == 0
    held, of = ran.err.split(": ")[1].split(" due times")[0].split(" of ")
    assert held == of != "0"


def test_json_says_the_same_as_toml(deskterm: Run, file: Write, tmp_path: Path) -> None:
    path = tmp_path / "same.json"
    path.write_text(json.dumps(tomllib.loads(ACOB)), encoding="utf-8")
    assert deskterm("profile", "diff", str(path), "acob").out == "no differences\n"


def test_a_difference_is_told_by_its_key(deskterm: Run, file: Write) -> None:
    ran = deskterm("profile", "diff", "acob", str(file(SECOND, QUICK)), "--json")
    assert ran.json == [
        {"path": "profile.version", "before": "1", "after": "2"},
        {"path": "clocks.resolution.targets.urgent", "before": "4bh", "after": "2bh"},
    ]


def test_a_version_comes_into_effect_on_its_day_and_old_tickets_keep_theirs(deskterm: Run, file: Write, at: At) -> None:
    deskterm("new", "--title", "Before", "--category", "it_design", "--priority", "urgent")
    path = str(file(SECOND, QUICK, NO_TESTS))
    ran = deskterm("profile", "apply", path, "--from", "2026-09-29T00:00:00+01:00", "--json")
    assert ran.code == 0
    assert (ran.json["version"], ran.json["in_effect"]) == (2, False)
    deskterm("new", "--title", "The same day", "--category", "it_design", "--priority", "urgent")
    at("2026-09-29 09:00")
    deskterm("new", "--title", "The day after", "--category", "it_design", "--priority", "urgent")
    assert [due(deskterm, n) for n in (1, 2, 3)] == [
        "2026-09-28T12:00:00Z",
        "2026-09-28T12:00:00Z",
        "2026-09-29T10:00:00Z",
    ]
    shown = deskterm("profile", "show", "--json").json
    assert [(v["version"], v["in_effect"], v["tickets"]) for v in shown] == [(1, False, 2), (2, True, 1)]
    assert deskterm("profile", "show", "acob:2").out.strip() == Path(path).read_text(encoding="utf-8").strip()
    assert deskterm("doctor").code == 0


@pytest.mark.parametrize(
    ("changes", "more", "told"),
    [
        ((QUICK, NO_TESTS), (), "acob v1 is kept already and a version is never edited: give this one version 2"),
        ((SECOND,), ("--from", "2026-01-01"), "can't come into effect in the past"),
        ((SECOND,), ("--from", "soon"), "--from: 'soon' is no time: expected one such as 2027-01-01"),
    ],
)
def test_what_can_not_be_applied_is_refused_and_changes_nothing(
    deskterm: Run, file: Write, changes: tuple[tuple[str, str], ...], more: tuple[str, ...], told: str
) -> None:
    ran = deskterm("profile", "apply", str(file(*changes)), *more)
    assert ran.code == 6
    assert told in ran.err
    assert len(deskterm("profile", "show", "--json").json) == 1


def test_nothing_comes_into_effect_before_what_is_planned_already(deskterm: Run, file: Write) -> None:
    assert deskterm("profile", "apply", str(file(SECOND)), "--from", "2027-01-01").code == 0
    third = file(("version = 1", "version = 3"), name="third.toml")
    ran = deskterm("profile", "apply", str(third), "--from", "2026-12-01")
    assert ran.code == 6
    assert "acob v2 comes into effect on 2027-01-01" in ran.err


def test_departments_and_categories_that_are_new_are_made(deskterm: Run, file: Write) -> None:
    fleet = '[departments.fleet]\nname = "Fleet"\ncalendar = "office"\n'
    fleet += 'categories = [{ key = "fleet_repair", name = "Car repair", kind = "standard" }]\n\n[posts.head'
    assert deskterm("profile", "apply", str(file(SECOND, ("[posts.head", fleet)))).code == 0
    assert deskterm("new", "--title", "Flat tyre", "--category", "fleet_repair").code == 0


def test_rows_of_the_table_are_added_changed_and_retired_as_versions(deskterm: Run) -> None:
    targets = ("profile", "targets")
    assert deskterm(*targets, "add", "--product", "Billing", "--module", "Invoices", "--target", "8bh").code == 0
    assert deskterm(*targets, "add", "--customer", "Example Bank", "--target", "2bh", "--key", "bank").code == 0
    rows = deskterm(*targets, "--json").json
    assert [(r["key"], r["product"], r["module"], r["customer"], r["target"]) for r in rows] == [
        ("row_1", "Billing", "Invoices", "", "8bh"),
        ("bank", "", "", "Example Bank", "2bh"),
    ]
    assert deskterm(*targets, "change", "row_1", "--target", "6bh", "--module", "").code == 0
    assert deskterm(*targets, "retire", "bank").code == 0
    rows = deskterm(*targets, "--json").json
    assert [(r["key"], r["product"], r["module"], r["target"]) for r in rows] == [("row_1", "Billing", "", "6bh")]
    assert [v["version"] for v in deskterm("profile", "show", "--json").json] == [1, 2, 3, 4, 5]
    assert "# Section 4 measures the response time" in deskterm("profile", "show", "--text").out  # comments stay


def test_a_ticket_about_a_product_has_its_target_and_says_why(deskterm: Run) -> None:
    deskterm("profile", "targets", "add", "--product", "Billing", "--module", "Invoices", "--target", "1bh")
    deskterm("new", "--title", "Wrong sum", "--category", "it_design", "--about", "billing/invoices")
    (clock, _) = deskterm("sla", "explain", "1", "--json").json["clocks"]
    assert (clock["target"], clock["row"]) == ("1bh", "row_1")
    assert clock["because"] == "row row_1 of the SLA table: product Billing, module Invoices"
    refused = deskterm("new", "--title", "Wrong sum", "--category", "it_design", "--about", "Billing / Refunds")
    assert refused.code == 6
    assert "there is no product, module or question 'Billing / Refunds'" in refused.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("retire", "row_9"), "the SLA table has no row row_9"),
        (("change", "row_9", "--target", "4bh"), "the SLA table has no row row_9"),
        (("change", "row_9"), "nothing to change"),
        (("add", "--target", "4bh"), "expected"),
        (("add", "--target", "soon", "--product", "x"), "expected a duration such as 4bh"),
        (("add", "--target", "4bh", "--priority", "hgh"), "did you mean high?"),
    ],
)
def test_a_row_that_can_not_be_is_refused_in_a_sentence(deskterm: Run, arguments: tuple[str, ...], told: str) -> None:
    ran = deskterm("profile", "targets", *arguments)
    assert ran.code == 6
    assert told in ran.err
    assert len(deskterm("profile", "show", "--json").json) == 1


def test_a_row_that_a_golden_ticket_speaks_of_is_changed_and_that_is_said(
    deskterm: Run,
) -> None:
    assert deskterm("profile", "apply", "itsm").code == 0
    ran = deskterm("profile", "targets", "change", "billing", "--target", "20bh")
    assert ran.code == 0
    assert "its golden tickets still expect " in ran.err
    again = deskterm("profile", "targets", "change", "billing", "--target", "20bh")
    assert (again.code, again.err) == (6, "deskterm: nothing to change: the row says that already\n")
    assert [
        row["target"] for row in deskterm("profile", "targets", "list", "--json").json if row["key"] == "billing"
    ] == ["20bh"]


@pytest.mark.parametrize(("data", "said"), [(b"\xff\xfe[\x00", "is not UTF-8 at byte 1"), (None, "can't be read")])
def test_a_file_that_can_not_be_read_is_not_called_missing(
    deskterm: Run, tmp_path: Path, data: bytes | None, said: str
) -> None:
    path = tmp_path / "there.toml"
    path.mkdir() if data is None else path.write_bytes(data)
    ran = deskterm("profile", "check", str(path))
    assert ran.code == 6
    assert said in ran.err


def test_only_an_admin_changes_the_profile_and_requesters_do_not_read_it(
    deskterm: Run, file: Write, user: Callable[[str], None]
) -> None:
    path = str(file(SECOND))
    user("lara")
    assert deskterm("profile", "show").code == 0
    assert deskterm("profile", "apply", path).code == 4
    assert deskterm("profile", "targets", "add", "--product", "x", "--target", "4bh").code == 4
    user("remi")
    assert deskterm("profile", "show").code == 4
    assert deskterm("profile", "targets").code == 4


def test_the_schema_is_printed(deskterm: Run) -> None:
    assert deskterm("profile", "schema").json["type"] == "object"


def test_the_worker_passes_once_and_says_what_it_found(deskterm: Run, at: At, user: Callable[[str], None]) -> None:
    deskterm("new", "--title", "Late", "--category", "it_design", "--priority", "urgent")
    at("2026-09-28 13:00")
    assert deskterm("worker", "--once").out == "0 breaches found on 0 tickets\n"  # ending exactly then is in time
    at("2026-09-28 13:01")
    assert deskterm("worker", "--once").out == "1 breach found on 1 ticket\n"
    assert deskterm("worker", "--once", "--json").json == {"tickets": 0, "breaches": 0, "left_out": []}
    told = deskterm("show", "1").out
    assert "deskterm found it late: Resolution time ran out" in told
    user("ife")
    assert deskterm("worker", "--once").code == 4
