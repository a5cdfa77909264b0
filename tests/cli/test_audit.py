"""`audit verify`: by an account that is nobody at the desk; what it prints, and the exit code that scripts read."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from deskterm.cli import audit
from deskterm.core.domain.audit import Head
from deskterm.core.domain.trail import Alarm, Verdict, Warned

Run = Callable[..., Any]


@pytest.fixture
def key(deskterm: Run, user: Callable[[str], None], tmp_path: Path) -> str:
    """A desk with a ticket, its trail sealed; the sealer's public key. Who verifies is nobody at the desk."""
    made = deskterm("seal", "--new-key", str(tmp_path / "seal.key"), "--json").json
    assert deskterm("new", "--title", "A printer is out", "--category", "it_design").code == 0
    user("a_stranger")
    sealing = deskterm("seal", "--key", f"{tmp_path}/seal.key", "--file", f"{tmp_path}/heads", "--once")
    assert sealing.code == 0
    return str(made["public_key"])


@pytest.fixture
def verify(deskterm: Run, tmp_path: Path) -> Run:
    return lambda *more: deskterm("audit", "verify", "--heads", f"{tmp_path}/heads", *more)


def tamper(url: str) -> None:
    with closing(sa.create_engine(url, poolclass=sa.NullPool).connect()) as connection:
        connection.execute(sa.text("UPDATE help_desk_tickets SET title = 'A printer is fine'"))
        connection.commit()


def test_a_trail_that_is_whole_exits_with_0(verify: Run, key: str) -> None:
    ran = verify("--key", key)
    assert (ran.code, ran.err) == (0, "")
    walked, replayed, verdict = ran.out.splitlines()
    assert "entries walked in" in walked
    assert walked.endswith(" s")  # of so few a rate says nothing
    assert replayed == "1 ticket replayed; 1 head holds; there are no decisions"
    assert verdict.startswith("the trail is whole up to entry ")


def test_damage_is_named_and_exits_with_1(verify: Run, key: str, desk_url: str) -> None:
    tamper(desk_url)
    ran = verify("--key", key)
    assert ran.code == 1
    said = "HD-000001: its row in help_desk_tickets has title 'A printer is fine', its entries say 'A printer is out'"
    *_, found, good, verdict = ran.out.splitlines()
    assert (found.startswith("edited, entry "), found.endswith(said)) == (True, True)
    assert good.startswith("last good entry: ")
    assert verdict == "the trail shows tampering: 1 finding"


def verdict_of(**said: Any) -> Verdict:
    given: dict[str, Any] = {
        "log_id": "f" * 32, "entries": 12, "tickets": 2, "heads": 2, "signatures": 0, "last_good": Head(12, "ab" * 32),
        "damage": (), "alarms": (), **said,
    }  # fmt: skip
    return Verdict(**given)


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ({}, "2 tickets replayed; 2 heads hold; there are no decisions"),
        ({"heads": 1, "decisions": 4}, "2 tickets replayed; 1 head holds; none of the 4 decisions is signed"),
        ({"decisions": 4, "signed": 3, "signatures": 3}, "3 of 4 decisions are signed and hold"),
        ({"decisions": 1_004, "signed": 1_004, "signatures": 1_003}, "1,003 of 1,004 decisions are signed and hold"),
        ({"decisions": 4, "signed": 3, "signatures": 1}, "1 of 4 decisions is signed and holds"),
        ({"decisions": 4, "signed": 3}, "0 of 4 decisions are signed and hold"),
        ({"decisions": 1}, "the one decision is not signed"),
        ({"decisions": 1, "signed": 1, "signatures": 1}, "the one decision is signed and holds"),
        ({"entries": 9_999}, "log ffffffffffffffffffffffffffffffff: 9,999 entries walked in 0.5 s\n"),
        ({"entries": 10_000}, ": 10,000 entries walked in 0.5 s, 20,000 a second\n"),
        ({"entries": 1}, ": 1 entry walked in 0.5 s\n"),
        (
            {"alarms": (Warned(Alarm.RAISED, "the sealer raised an alarm"),)},
            "\nthe trail is whole as far as the database goes; 1 alarm remains\n",
        ),
        ({"alarms": (Warned(Alarm.RAISED, "a"),) * 2}, "whole as far as the database goes; 2 alarms remain\n"),
    ],
)
def test_what_is_counted_is_said_in_words(said: dict[str, Any], line: str, capsys: pytest.CaptureFixture[str]) -> None:
    audit._print(verdict_of(**said), 0.5)  # a desk of 10,000 entries takes too long
    assert line in capsys.readouterr().out


def test_what_the_sealer_raised_is_an_alarm_of_its_own(verify: Run, key: str, tmp_path: Path) -> None:
    with (tmp_path / "heads").open("a") as heads:
        heads.write("# ALARM 2026-09-28T09:00:00+00:00 the audit trail has lost entry 3\n# owed to x\n")
    ran = verify("--key", key)
    *_, alarm, verdict = ran.out.splitlines()
    assert ran.code == 1
    said = "the sealer raised an alarm at 2026-09-28 09:00:00+00:00: the audit trail has lost entry 3"
    assert alarm == f"alarm: {said}"
    assert verdict == "the trail is whole as far as the database goes; 1 alarm remains"
    assert verify("--key", key, "--json").json["alarms"] == [{"kind": "raised", "said": said}]


def test_json_says_all_of_it(verify: Run, key: str, desk_url: str) -> None:
    well = verify("--key", key, "--json").json
    assert (well["is_well"], well["heads"], well["tickets"], well["damage"], well["alarms"]) == (True, 1, 1, [], [])
    assert well["entries"] == well["last_good"]["size"]
    assert well["entries_a_second"] > 0
    tamper(desk_url)
    ran = verify("--key", key, "--json")
    assert (ran.code, ran.json["is_well"]) == (1, False)
    assert [(found["kind"], found["at"]) for found in ran.json["damage"]] == [("edited", well["entries"])]


def test_keys_may_stand_in_a_file_or_in_the_settings(
    verify: Run, key: str, deskterm: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "keys").write_text(f"# who seals\n\n{key}\n")
    assert verify("--keys", f"{tmp_path}/keys").code == 0
    monkeypatch.setenv("DESKTERM_SEAL_PUBLIC_KEYS", f"AAAA {key}")
    monkeypatch.setenv("DESKTERM_SEAL_FILE", f"{tmp_path}/heads")
    assert deskterm("audit", "verify").code == 0


def test_without_heads_or_a_key_that_counts_it_is_an_alarm(
    verify: Run, key: str, deskterm: Run, tmp_path: Path
) -> None:
    none = deskterm("audit", "verify", "--key", key)
    assert (none.code, "alarm: there are no heads" in none.out) == (1, True)
    gone = deskterm("audit", "verify", "--key", key, "--heads", f"{tmp_path}/gone")
    assert (gone.code, gone.err) == (1, f"deskterm: there are no heads at {tmp_path}/gone\n")
    unknown = verify("--key", "AAAA")
    assert (unknown.code, "a key that is not known" in unknown.out) == (1, True)
    (tmp_path / "heads").write_text("")
    assert "the list of heads is empty" in verify("--key", key).out


def test_what_can_not_be_read_is_said(verify: Run, key: str, tmp_path: Path) -> None:
    assert verify("--keys", f"{tmp_path}/none").code == 6
    (tmp_path / "heads").write_text("deskterm-head-v1 x\n")
    ran = verify("--key", key)
    assert (ran.code, "line 1 is no head" in ran.err) == (6, True)


def test_a_database_without_a_desk_is_out_of_reach(command: Run, empty_url: str) -> None:
    assert command("--database", empty_url, "audit", "verify").code == 7
