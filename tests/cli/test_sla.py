"""`sla explain`, `sla replay`, `doctor --repair`: what they print, what they refuse, and what they don't change."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa
from rich.cells import cell_len

from deskterm.core.store.engine import Store
from deskterm.core.store.tables import FACTS, Base

Run = Callable[..., Any]
At = Callable[[str], datetime]
ACOB: Final = Path(__file__).parents[2] / "data" / "profiles" / "acob.toml"
BARE: Final = ACOB.read_text("utf-8").partition("[[tests]]")[0]
HOUR: Final = 3_600_000_000

EXPLAINED: Final = """\
Resolution time: late 5h10
  target 4bh = 4:00:00: the clock's target for priority Urgent
  counted in the open hours of office (a day is 9h), times in Africa/Lagos
  from                     to                           counted         sum
  Wed 30 Sep 2026 16:00:00 Wed 30 Sep 2026 16:30:00     0:30:00     0:30:00
  Wed 30 Sep 2026 16:30:00 Fri 02 Oct 2026 09:00:00     0:00:00     0:30:00
      ‖ paused for vendor, set by Ife of IT
  Fri 02 Oct 2026 09:00:00 Mon 05 Oct 2026 08:40:00     8:40:00     9:10:00
      closed: night 15:00:00, weekend 48:00:00
  due Fri 02 Oct 2026 12:30:00
  late since Fri 02 Oct 2026 12:30:00
  9:10:00 used, 5:10:00 too much
  █ counted  ▓ late  ‖ paused  · closed
              0     3     6     9     12    15    18    21
  Wed 30 Sep                                  █‖·············· 0:30:00
  Thu 01 Oct  ················································ National Day
  Fri 02 Oct  ················‖‖███████▓▓▓▓▓▓▓▓▓·············· 8:00:00
  Sat 03 Oct  ················································ weekend
  Sun 04 Oct  ················································ weekend
  Mon 05 Oct  ················▓▓                               0:40:00
"""


@pytest.fixture
def late(deskterm: Run, at: At) -> Run:
    """The desk, with an urgent ticket of a holiday's eve: half an hour of work, a wait for the vendor, a weekend."""
    at("2026-09-30 16:00")
    deskterm("--as", "remi", "new", "--title", "No power", "--category", "it_infrastructure", "--priority", "urgent")
    at("2026-09-30 16:30")
    deskterm("--as", "ife", "wait", "1", "--for", "vendor")
    at("2026-10-02 09:00")
    deskterm("--as", "ini", "resume", "1")
    at("2026-10-05 08:40")
    return deskterm


def rows(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    with store.read() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(sa.select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }


def shape(text: str) -> list[str]:
    """Lines without what a terminal doesn't show at their end."""
    return [line.rstrip() for line in text.splitlines()]


def test_explain_prints_the_target_the_ledger_the_due_time_and_the_days(late: Run) -> None:
    ran = late("--as", "remi", "sla", "explain", "HD-000001")
    assert (ran.code, ran.err) == (0, "")
    first, second, blank, *rest = shape(ran.out)
    assert (first, blank) == ("HD-000001  No power", "")
    assert second.startswith("profile acob v1, as of Mon 05 Oct 2026 ")
    assert rest[: len(shape(EXPLAINED))] == shape(EXPLAINED)
    assert rest[len(shape(EXPLAINED)) + 1] == "Response time: 1d so far"
    assert max(map(cell_len, ran.out.splitlines())) <= 80


def test_a_stopped_and_a_paused_clock_say_so(deskterm: Run, at: At) -> None:
    deskterm("new", "--title", "x", "--category", "it_infrastructure", "--priority", "urgent")
    at("2026-09-28 10:30")
    deskterm("--as", "ife", "claim", "1")
    deskterm("--as", "ife", "wait", "1", "--for", "requester")
    at("2026-09-28 12:00")
    paused = shape(deskterm("sla", "explain", "1").out)
    assert "Resolution time: paused 2h30 left" in paused
    assert "  paused: it has no due time, only time left" in paused
    assert "  1:30:00 used, 2:30:00 left" in paused
    assert "  stopped Mon 28 Sep 2026 10:30:00 because it was assigned" in paused
    assert "  1:30:00 used" in paused  # the response clock has no target
    deskterm("--as", "ife", "resolve", "1", "--cause", "x", "--fix", "y")
    solved = shape(deskterm("sla", "explain", "1").out)
    assert "Resolution time: met" in solved
    assert "  stopped Mon 28 Sep 2026 12:00:00 because it was resolved" in solved


def test_rows_of_the_ledger_and_bars_keep_to_80_columns_and_texts_are_never_cut(
    command: Run, user: Callable[[str], None], clock: list[datetime], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    label, holiday = (
        "The time that it takes until somebody has a look 漢字, " * 3 + "or two",
        "A day off with a name as long as the day",
    )
    text = BARE.replace('label = "Resolution time"', f'label = "{label}"')
    text = text.replace('business_day = "9h"', f'business_day = "9h"\nholidays = {{ 2026-09-29 = "{holiday}" }}')
    assert text.count(label) == text.count(holiday) == 1
    profile = tmp_path / "long.toml"
    profile.write_text(text, "utf-8")
    monkeypatch.setenv("DESKTERM_DATABASE", f"sqlite:///{tmp_path / 'desk.db'}")
    monkeypatch.setattr("deskterm.bootstrap.system_clock", lambda: clock[-1])
    made = command("init", "--profile", str(profile))
    assert made.code == 0, made.err
    command("new", "--title", "T" * 200, "--category", "it_infrastructure")
    clock.append(datetime.fromisoformat("2029-01-01T12:00:00+00:00"))  # two years: days are left out

    out = command("sla", "explain", "1").out

    wide = [line for line in shape(out) if cell_len(line) > 80]
    said = ("HD-000001  TTT", "The time that", "      closed: ")
    assert [line for line in wide if not line.startswith(said)] == []
    assert f"HD-000001  {'T' * 200}" in out
    assert label in out
    assert f"{holiday} 24:00:00" in out  # whole in the ledger, cut beside a bar
    assert f"{'·' * 48} A day off wit…" in out
    assert " days ..." in out
    assert len(out.splitlines()) < 100


def test_hostile_names_are_shown_visibly(deskterm: Run, at: At) -> None:
    hostile = "\x1b]52;c;ZXZpbA==\x07\u202eevil"
    deskterm("people", "add", "--name", hostile, "--login", "evil", "--role", "agent", "--department", "it")
    deskterm("new", "--title", hostile, "--category", "it_infrastructure")
    deskterm("--as", "evil", "wait", "1", "--for", "vendor")
    at("2026-09-28 12:00")
    for ran in (deskterm("sla", "explain", "1"), deskterm("sla", "explain", "1", "--json")):
        assert ran.code == 0
        assert not set(ran.out) & {"\x1b", "\x07", "\u202e"}
    assert "set by \u241b]52;c;ZXZpbA==\u2407<U+202E>evil" in deskterm("sla", "explain", "1").out


def test_explain_gives_scripts_every_microsecond(late: Run) -> None:
    found = late("sla", "explain", "1", "--json").json
    assert {name: found[name] for name in ("id", "ref", "title", "profile", "at", "agrees")} == {
        "id": 1,
        "ref": "HD-000001",
        "title": "No power",
        "profile": "acob v1",
        "at": "2026-10-05T07:40:00Z",
        "agrees": True,
    }
    resolution, response = found["clocks"]
    days, ledger, left = resolution.pop("days"), resolution.pop("ledger"), resolution.pop("left")
    assert resolution == {
        "name": "resolution",
        "label": "Resolution time",
        "cycle": 1,
        "target": "4bh",
        "target_us": 4 * HOUR,
        "because": "the clock's target for priority Urgent",
        "row": "",
        "calendar": "office",
        "zone": "Africa/Lagos",
        "used_us": 9 * HOUR + HOUR // 6,
        "stopped_at": None,
        "stopped_by": None,
        "breached_at": None,  # it is late, and the worker hasn't passed
    }
    assert (left["seconds"], left["breached"], left["due_at"]) == (-18_600, True, "2026-10-02T11:30:00Z")
    assert ledger[1] == {
        "since": "2026-09-30T15:30:00Z",
        "until": "2026-10-02T08:00:00Z",
        "state": "paused",
        "reason": "vendor",
        "by": "Ife of IT",
        "target": "4bh",
        "calendar": "office",
        "counted_us": 0,
        "sum_us": HOUR // 2,
        "begins_anew": False,
        "closed": {},
        "taken_back": "",
    }
    assert ledger[2]["closed"] == {"night": 15 * HOUR, "weekend": 48 * HOUR}
    assert days[1] == {"day": "2026-10-01", "counted_us": 0, "cells": "." * 48, "closed": "National Day"}
    assert (response["name"], response["target"], response["target_us"]) == ("response", "", None)


def test_a_clock_that_was_changed_behind_its_back_is_told(late: Run, store: Store) -> None:
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE help_desk_clocks SET consumed_us = 1")
    told = "! The stored clocks differ from these facts: an admin runs `deskterm doctor`."
    assert told in late("sla", "explain", "1").out
    assert late("sla", "explain", "1", "--json").json["agrees"] is False
    late("doctor", "--repair")
    assert told not in late("sla", "explain", "1").out


@pytest.fixture
def strict(tmp_path: Path) -> str:
    """Version 2, in which an urgent ticket has 3 hours."""
    text = BARE.replace('urgent = "4bh"', 'urgent = "3bh"').replace("version = 1", "version = 2")
    path = tmp_path / "strict.toml"
    path.write_text(text, "utf-8")
    return str(path)


@pytest.fixture
def solved(deskterm: Run, at: At) -> Run:
    """The desk, with an urgent ticket of IT that took 3 h 30, and one of operations that took 6 h."""
    for category in ("it_infrastructure", "operations_repairs"):
        deskterm("--as", "remi", "new", "--title", "x", "--category", category, "--priority", "urgent")
    at("2026-09-28 12:30")
    deskterm("--as", "ife", "resolve", "1", "--cause", "x", "--fix", "x")
    at("2026-09-28 15:00")
    deskterm("--as", "ola", "resolve", "2", "--cause", "x", "--fix", "x")
    return deskterm


def test_replay_prints_before_and_after_by_priority_and_department_and_what_flips(solved: Run, strict: str) -> None:
    ran = solved("sla", "replay", "--profile", strict)
    assert (ran.code, ran.err) == (0, "")
    assert shape(ran.out) == [
        "2 tickets, acob v1 against acob v2; share met of what is decided",
        "",
        "CLOCK       PRIORITY  BEFORE  OF  AFTER  OF  MET -> MISSED  MISSED -> MET",
        "resolution  Urgent    50.0 %  2   0.0 %  2   1              0",
        "resolution  all       50.0 %  2   0.0 %  2   1              0",
        "",
        "CLOCK       DEPARTMENT           BEFORE   OF  AFTER  OF  MET -> MISSED  MISSED -> MET",
        "resolution  IT & Communications  100.0 %  1   0.0 %  1   1              0",
        "resolution  Operations           0.0 %    1   0.0 %  1   0              0",
        "resolution  all                  50.0 %   2   0.0 %  2   1              0",
        "",
        "ID         CLOCK       BEFORE  AFTER",
        "HD-000001  resolution  met     missed",
    ]


def test_replay_gives_scripts_the_same(solved: Run, strict: str) -> None:
    score = {"clock": "resolution", "before_judged": 2, "after_met": 0, "after_judged": 2, "worse": 1, "better": 0}
    found = solved("sla", "replay", "--profile", strict, "--json").json
    assert found | {"by_department": []} == {
        "tickets": 2,
        "before": ["acob v1"],
        "after": "acob v2",
        "by_priority": [score | {"of": "Urgent", "before_met": 1}, score | {"of": "all", "before_met": 1}],
        "by_department": [],
        "flips": [{"id": 1, "clock": "resolution", "before": "met", "after": "missed"}],
        "left_out": [],
    }
    assert [(s["of"], s["before_met"], s["after_met"]) for s in found["by_department"]] == [
        ("IT & Communications", 1, 0),
        ("Operations", 0, 0),
        ("all", 1, 0),
    ]


def test_replay_takes_a_shipped_profile_and_a_period(solved: Run, at: At) -> None:
    at("2026-09-29 09:00")
    solved("--as", "remi", "new", "--title", "x", "--category", "it_infrastructure")

    def count(*period: str) -> int:
        return int(solved("sla", "replay", "--profile", "acob", "--json", *period).json["tickets"])

    assert count() == 3
    assert count("--since", "2026-09-29T09:00+01:00") == 1
    assert count("--until", "2026-09-29T09:00+01:00") == 2
    assert count("--since", "2026-09-29T09:00:01+01:00") == 0
    assert shape(solved("sla", "replay", "--profile", "acob").out)[-1].startswith("resolution  all ")  # nothing flips


def test_replay_is_of_what_one_may_see(solved: Run, strict: str) -> None:
    assert solved("--as", "lara", "sla", "replay", "--profile", strict, "--json").json["tickets"] == 1
    refused = solved("--as", "remi", "sla", "replay", "--profile", strict)
    assert (refused.code, refused.out) == (4, "")
    assert "replaying is for staff" in refused.err


def test_what_is_left_out_is_told_beside_the_figures(solved: Run, strict: str, at: At, store: Store) -> None:
    with store.write() as connection:
        fact = {"ticket_id": 2, "version": 9, "at": at("2026-09-28 15:00"), "via": "cli", "kind": "submitted"}
        connection.execute(sa.insert(FACTS).values(fact | {"to_status": "new", "data": {}}))
    ran = solved("sla", "replay", "--profile", strict)
    assert (ran.code, ran.err) == (0, "left out: HD-000002: a ticket is submitted once\n")
    assert shape(ran.out)[0].startswith("1 tickets, acob v1 against acob v2")
    explained = solved("sla", "explain", "2")
    assert (explained.code, explained.out) == (6, "")
    assert "HD-000002 can't be explained, its facts don't fit: run `deskterm doctor`" in explained.err


def test_a_period_without_tickets_says_so(solved: Run, strict: str) -> None:
    ran = solved("sla", "replay", "--profile", strict, "--since", "2030-01-01")
    assert (ran.code, ran.out) == (0, "no tickets to replay: you see none that were submitted then\n")


def test_flips_that_are_not_shown_are_counted(solved: Run, strict: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deskterm.cli.sla._SHOWN_FLIPS", 0)
    ran = solved("sla", "replay", "--profile", strict)
    assert ran.err == "1 more flip: --json has them all\n"
    assert "HD-000001" not in ran.out


def test_a_profile_that_cannot_be_used_is_refused_in_the_parsers_sentences(deskterm: Run, tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(BARE.replace('urgent = "4bh"', 'urgent = "soon"').replace('"Africa/Lagos"', '"Lagos"'), "utf-8")
    ran = deskterm("sla", "replay", "--profile", str(path))
    assert (ran.code, ran.out) == (6, "")
    first, zone, target = ran.err.splitlines()
    assert first == "deskterm: wrong.toml can't be used: 2 problems"
    assert "wrong.toml:" in zone
    assert 'calendars.office.zone: unknown time zone "Lagos"' in zone
    assert "clocks.resolution.targets.urgent: expected a duration" in target
    assert 'found "soon"' in target


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("explain", "99"), 3, "there is no HD-000099 among the tickets you may see"),
        (("explain", "printer"), 6, "'printer' is no ticket id"),
        (("explain",), 2, "Missing argument"),
        (("replay",), 2, "Missing option '--profile'"),
        (("replay", "--profile", "nope"), 6, "no profile 'nope': expected a file, or one of acob"),
        (("replay", "--profile", "acob", "--since", "yesterday"), 6, "--since: 'yesterday' is no time: expected one"),
        (("replay", "--profile", "acob", "--until", "2026-13-01"), 6, "--until: '2026-13-01' is no time"),
    ],
)
def test_a_refusal_is_one_sentence_and_its_code(solved: Run, arguments: tuple[str, ...], code: int, words: str) -> None:
    ran = solved("sla", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err
    assert code == 2 or len(ran.err.splitlines()) == 1


def test_a_ticket_that_is_not_ones_own_to_see_is_not_explained(late: Run) -> None:
    ran = late("--as", "sola", "sla", "explain", "1")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err == late("--as", "sola", "sla", "explain", "99").err.replace("99", "01")


def test_explain_and_replay_change_no_row(late: Run, store: Store, strict: str) -> None:
    before = rows(store)
    assert len(before["help_desk_facts"]) >= 3
    for arguments in (("explain", "1"), ("explain", "1", "--json"), ("replay", "--profile", strict)):
        assert late("sla", *arguments).code == 0
    assert rows(store) == before


def test_doctor_puts_right_and_says_so(late: Run, store: Store) -> None:
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE help_desk_tickets SET priority = 4")
    found = late("doctor")
    repaired = late("doctor", "--repair")
    again = late("doctor", "--repair", "--json")
    assert (found.code, repaired.code, again.code) == (1, 0, 0)
    line = "HD-000001 priority: stored 4, its facts say 1"
    assert shape(found.out)[0] == shape(repaired.out)[0] == line
    assert shape(repaired.out)[-1] == "1 ticket put right: a row that changed has a fact that tells how"
    assert (again.json["findings"], again.json["repaired"]) == ([], 0)
    kinds = [entry["kind"] for entry in late("show", "1", "--json").json["timeline"]]
    assert kinds.count("repaired") == 1


def test_facts_that_cannot_be_folded_stay_and_so_does_the_exit_code(late: Run, at: At, store: Store) -> None:
    late("new", "--title", "x", "--category", "it_infrastructure")
    with store.write() as connection:
        fact = {"ticket_id": 1, "version": 9, "at": at("2026-10-05 08:40"), "via": "cli", "kind": "submitted"}
        connection.execute(sa.insert(FACTS).values(fact | {"to_status": "new", "data": {}}))
        connection.exec_driver_sql("UPDATE help_desk_tickets SET priority = 4 WHERE id = 2")
    for count in (1, 0):
        ran = late("doctor", "--repair")
        assert ran.code == 1
        assert shape(ran.out)[0] == (
            "HD-000001 facts: stored can't be folded, its facts say ValueError: a ticket is submitted once"
        )
        assert shape(ran.out)[-1].startswith(("0 tickets put right", "1 ticket put right")[count])


def test_only_an_admin_repairs(late: Run) -> None:
    ran = late("--as", "lara", "doctor", "--repair")
    assert (ran.code, ran.out) == (4, "")
    assert "doctor is an admin's" in ran.err
