"""`audit verify`: by an account that is nobody at the desk; what it prints, and the exit code that scripts read."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

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
    assert walked.endswith("a second")
    assert replayed == "1 tickets replayed, 1 heads and 0 signatures hold"
    assert verdict.startswith("the trail is whole up to entry ")


def test_damage_is_named_and_exits_with_1(verify: Run, key: str, desk_url: str) -> None:
    tamper(desk_url)
    ran = verify("--key", key)
    assert ran.code == 1
    said = "HD-000001: its row has title 'A printer is fine', its entries say 'A printer is out'"
    *_, found, good, verdict = ran.out.splitlines()
    assert (found.startswith("edited, entry "), found.endswith(said)) == (True, True)
    assert good.startswith("last good entry: ")
    assert verdict == "the trail shows tampering: 1 finding"


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
