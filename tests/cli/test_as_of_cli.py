"""`--as-of`: the desk as it stood, by every command that shows it, and one sentence where that makes no sense."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import pytest

from deskterm.cli.globals import Reading

Run = Callable[..., Any]
THEN: Final = "2026-09-28T10:00"
SAID: Final = "as of 2026-09-28 10:00 WAT, read-only\n"
PURCHASE: Final = ("--category", "it_procurement", "--line", "2 x Toner @ 45000.00", "--why", "to print")
CHANGES: Final = (
    ("claim", "1"),
    ("reply", "1", "-m", "Hello"),
    ("people", "set", "ini", "--role", "requester"),
    ("new", "--title", "Another", "--category", "it_infrastructure"),
)
NOW_ONLY: Final = (
    ("audit", "verify"), ("worker", "--once"), ("db", "upgrade"), ("init",), ("demo", "--json"), ("keys",),
)  # fmt: skip


@pytest.fixture
def worked(deskterm: Run, user: Callable[[str], None], at: Callable[[str], datetime]) -> None:
    """Something is done until ten o'clock, and after it."""
    at("2026-09-28 09:30")
    user("remi")
    deskterm("new", "--title", "Printer jams", "--category", "it_infrastructure")
    deskterm("new", "--title", "Toner", *PURCHASE)
    user("ife")
    deskterm("claim", "1")
    at("2026-09-28 12:00")
    deskterm("resolve", "1", "--cause", "dust", "--fix", "cleaned")
    user("lara")
    deskterm("approve", "2")
    at("2026-09-30 12:00")


def test_it_shows_what_was_shown_then(deskterm: Run, worked: None) -> None:
    now = deskterm("list", "--json")
    then = deskterm("--as-of", THEN, "list", "--json")
    assert {row["id"]: row["status"] for row in now.json} == {1: "resolved", 2: "pending_approval"}
    assert {row["id"]: row["status"] for row in then.json} == {1: "assigned", 2: "pending_approval"}
    assert (then.code, then.err) == (0, SAID)
    filtered = deskterm(f"--as-of={THEN}", "list", "status:assigned @ife", "--json")
    assert [row["id"] for row in filtered.json] == [1]
    shown = deskterm("--as-of", THEN, "show", "1")
    assert "resolved" in deskterm("show", "1").out
    assert "resolved" not in shown.out
    assert shown.err == SAID
    assert [row["id"] for row in deskterm("--as-of", THEN, "approvals", "--json").json] == [2]
    assert deskterm("approvals", "--json").json == []


def test_every_change_is_refused(deskterm: Run, user: Callable[[str], None], worked: None) -> None:
    user("ada")
    before = deskterm("audit", "verify", "--json").json["entries"]
    refused = "deskterm: nothing can be changed here: this is the desk as of 2026-09-28 10:00 WAT\n"
    for change in CHANGES:
        assert deskterm("--as-of", THEN, *change) == (4, "", f"{SAID}{refused}")
    assert deskterm("audit", "verify", "--json").json["entries"] == before


def test_what_takes_more_than_a_moment_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    times = iter([0.0, 0.1, 0.8, 0.9, 2.9, 9.0])
    reading = Reading(lambda: next(times))
    for done in (0, 500, 1_000, 1_500, 2_000):
        reading("as of 2026-09-28 10:00 WAT", done, 2_000)
    assert capsys.readouterr().err.splitlines() == [
        "reading the desk as of 2026-09-28 10:00 WAT: 500 of 2,000 tickets that changed since",
        "reading the desk as of 2026-09-28 10:00 WAT: 1,500 of 2,000 tickets that changed since",
    ]


@pytest.mark.parametrize("words", NOW_ONLY, ids=" ".join)
def test_what_knows_only_now_says_so(command: Run, words: tuple[str, ...]) -> None:
    said = "--as-of is for what shows tickets and figures: this command knows only now, leave it out"
    ran = command("--database", "sqlite:///nowhere.db", "--as-of", THEN, *words)
    assert ran == (6, "", f"deskterm: {said}\n")


@pytest.mark.parametrize("words", [("doctor",), ("export", "audit")], ids=" ".join)
@pytest.mark.parametrize("backend", ["sqlite"])
def test_what_is_stored_is_of_now(
    deskterm: Run, user: Callable[[str], None], worked: None, words: tuple[str, ...]
) -> None:
    user("ada")
    said = "that can be told of the desk as it is now alone: leave --as-of out"
    assert deskterm("--as-of", THEN, *words) == (6, "", f"{SAID}deskterm: {said}\n")


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_time_that_is_none_is_refused_in_one_sentence(deskterm: Run, worked: None) -> None:
    for text, said in (
        ("yesterday", "'yesterday' is no time: expected a day such as 2026-09-30, or an instant such as"),
        ("2026-12-24", "2026-12-24 is still to come: leave it out for how the desk is now, or name an earlier time"),
        ("2020-01-01", "the desk's first fact is of 2026-09-28 09:30 WAT: name that time or a later one"),
    ):
        for words in (("list",), ("show", "1"), ()):  # the last would open the screens
            ran = deskterm("--as-of", text, *words)
            assert (ran.code, ran.out) == (6, "")
            assert ran.err.startswith(f"deskterm: --as-of: {said}")
            assert ran.err.count("\n") == 1


@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_screens_need_a_terminal_then_too(deskterm: Run, worked: None) -> None:
    ran = deskterm("--as-of", THEN)
    assert (ran.code, ran.out) == (6, "")
    assert "the screens need a terminal" in ran.err
