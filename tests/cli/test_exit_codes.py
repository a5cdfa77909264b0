"""Every refusal is one sentence on stderr, nothing on stdout, and the exit code that scripts rely on."""

import errno
from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("frobnicate",), 2, "No such command"),
        (("claim",), 2, "name the tickets"),
        (("show", "99"), 3, "there is no HD-000099"),
        (("--as", "sola", "show", "1"), 3, "there is no HD-000001"),
        (("--as", "remi", "claim", "1"), 4, "that is for its department's staff"),
        (("--as", "remi", "people", "add", "--name", "X"), 4, "an admin's to change"),
        (("--as", "remi", "doctor"), 4, "doctor is an admin's"),
        (("show", "printer"), 6, "'printer' is no ticket id"),
        (("list", "status:nonsense"), 6, "status:nonsense: expected one of open"),
        (("list", "stats:new"), 6, "did you mean status:?"),
        (("list", "--after", "x"), 6, "expected what the list before said"),
        (("list", "--sort", "priority", "--after", "2026-09-28/1/99999"), 6, "expected what the list before said"),
        (("list", "status:closed", "--sort", "due"), 6, "no order due: it can be sorted by closed, created"),
        (("--as", "nobody-here", "list"), 6, "nobody has the login or name 'nobody-here'"),
        (("resolve", "1"), 6, "needs the cause"),
        (("assign", "1", "--to", "ola"), 6, "doesn't work for this ticket's department"),
        (("set", "1"), 6, "--priority or --category"),
        (("rate", "1", "9"), 4, "can't be rated: it is new"),
        (("--database", "sqlite:////nowhere/desk.db", "list"), 7, "there is no desk at"),
        (("--database", "mysql://host/x", "list"), 6, "mysql can't keep a desk"),
        (("--database", "nonsense", "list"), 6, "is no database URL"),
        (("--config", "/nowhere.toml", "list"), 6, "there is no config file"),
        (("init", "--profile", "nope"), 6, "expected a file, or one of acob"),
        (("init",), 6, "there is a desk at"),
        (("import", "/nowhere.csv"), 6, "can't be read"),
    ],
)
def test_a_refusal_is_one_sentence_and_its_code(
    deskterm: Run, arguments: tuple[str, ...], code: int, words: str
) -> None:
    deskterm("--as", "remi", "new", "--title", "Printer jams", "--category", "it_infrastructure")

    ran = deskterm(*arguments)

    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err
    assert "Traceback" not in ran.err
    assert code == 2 or len(ran.err.splitlines()) == 1


def test_somebody_the_desk_does_not_know_is_told_what_to_do(deskterm: Run, user: Callable[[str], None]) -> None:
    user("stranger")

    ran = deskterm("list")

    assert ran.code == 4
    assert "deskterm people add --login stranger" in ran.err


def test_as_is_refused_to_everybody_but_an_admin(deskterm: Run, user: Callable[[str], None]) -> None:
    user("remi")

    ran = deskterm("--as", "ada", "list")

    assert ran.code == 4
    assert "--as is for admins" in ran.err


def test_a_bug_is_told_in_one_line(deskterm: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deskterm.core.desk.Desk.departments", lambda _: 1 / 0)

    ran = deskterm("departments")

    assert ran.code == 1
    assert ran.err == "deskterm: a bug, sorry (ZeroDivisionError: division by zero); DESKTERM_DEBUG=1 shows where\n"


def test_a_full_disk_is_no_bug(deskterm: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("deskterm.core.desk.Desk.departments", full)

    ran = deskterm("departments")

    assert (ran.code, ran.err) == (6, "deskterm: what it writes has no room: No space left on device\n")


def test_doctor_exits_with_1_when_a_row_was_changed_behind_its_back(deskterm: Run, store: Any) -> None:
    deskterm("new", "--title", "Printer jams", "--category", "it_infrastructure")
    before = deskterm("doctor")
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE help_desk_tickets SET priority = 1")

    after = deskterm("doctor", "--json")

    assert (before.code, before.out) == (0, "1 tickets, 1 facts: no differences\n")
    assert after.code == 1
    assert [(f["ticket"], f["field"]) for f in after.json["findings"]] == [("HD-000001", "priority")]
