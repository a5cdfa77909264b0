"""Sealing: real keys, real files, a real command and a real mail server; only the time is the test's."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.audit import Head, hashed
from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.heads import SignedHead, read_heads
from deskterm.core.services.sealer import LATEST, MOST_BEHIND
from deskterm.core.services.sealing import check_head, new_key, public_key, read_key, seal
from deskterm.core.store import audit
from deskterm.core.store.engine import Store

As = Callable[[str], Desk]
NOW: Final = datetime(2026, 9, 28, 8, 0, tzinfo=UTC)
SECOND: Final = timedelta(seconds=1)


def heads(tmp_path: Path) -> list[SignedHead]:
    return read_heads((tmp_path / "heads").read_text("utf-8").splitlines())


def test_a_new_key_is_its_owners_alone_and_overwrites_nothing(tmp_path: Path) -> None:
    made = new_key(tmp_path / "key")

    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "key").read_text().startswith("-----BEGIN PRIVATE KEY-----")
    assert public_key(read_key(tmp_path / "key")) == made
    with pytest.raises(InvalidInput, match="already: a key is never overwritten"):
        new_key(tmp_path / "key")
    with pytest.raises(InvalidInput, match="can't be written: No such file or directory"):
        new_key(tmp_path / "nowhere" / "key")


def test_a_key_that_is_not_to_be_used_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other"
    with pytest.raises(InvalidInput, match=r"there is no key .* make one with `deskterm seal --new-key"):
        read_key(other)
    other.write_text("no key")
    with pytest.raises(InvalidInput, match="is open to others than its owner: chmod 600"):
        read_key(other)
    other.chmod(0o600)
    with pytest.raises(InvalidInput, match="holds no private key in PEM"):
        read_key(other)
    subprocess.run(["ssh-keygen", "-q", "-t", "ecdsa", "-m", "PKCS8", "-N", "", "-f", tmp_path / "ec"], check=True)
    with pytest.raises(InvalidInput, match="holds another kind of key than Ed25519"):
        read_key(tmp_path / "ec")


def test_a_head_is_the_end_of_the_trail_signed(store: Store, write: Any, key_file: Path) -> None:
    key = read_key(key_file)
    write(3)
    with store.read() as connection:
        log_id, end = audit.head(connection)

    first = seal(store, key, [], NOW)

    assert first is not None
    assert (first.log_id, first.head, first.at, first.key) == (log_id, end, NOW, public_key(key))
    assert check_head(first)
    assert seal(store, key, [first], NOW) is None
    write(2)
    second = seal(store, key, [first], NOW + SECOND)
    assert second is not None
    assert second.head.size > first.head.size
    assert check_head(second)


def test_a_head_that_was_changed_anywhere_is_not_signed(store: Store, write: Any, key_file: Path) -> None:
    write(1)
    head = seal(store, read_key(key_file), [], NOW)
    assert head is not None
    other = new_key(key_file.with_name("other"))

    for changed in (
        {"log_id": "0" * 32}, {"head": Head(head.head.size + 1, head.head.hash)}, {"at": NOW + SECOND}, {"key": other},
        {"head": Head(head.head.size, "0" * 64)}, {"signature": ""}, {"signature": "*"}, {"key": "AAAA"}, {"key": "*"},
    ):  # fmt: skip
        assert not check_head(head._replace(**changed)), changed


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "DELETE FROM help_desk_audit WHERE seq > {size} - 1",
            "was cut off or rolled back: a head of {size} entries",
        ),
        ("DELETE FROM help_desk_audit", "was cut off or rolled back: .* it has 0"),
        (
            "UPDATE help_desk_audit SET hash = 'x' WHERE seq = {size}",
            "rebuilt or rolled back: its entry {size} is not",
        ),
        ("DELETE FROM help_desk_audit WHERE seq = {size}", "rebuilt or rolled back: its entry {size} is not"),
        ("DELETE FROM help_desk_audit WHERE seq = {size} + 1", r"has lost entry {next}"),
        ("UPDATE help_desk_audit SET body = body || ' ' WHERE seq = {size} + 2", "was changed at entry {last}"),
        ("UPDATE help_desk_audit SET hash = 'x' WHERE seq = {size} + 2", "was changed at entry {last}"),
        ("UPDATE help_desk_meta SET log_id = 'other'", "is of another desk's trail"),
    ],
)
def test_what_does_not_follow_the_published_head_is_not_signed(
    store: Store, write: Any, tampered: Any, key_file: Path, statement: str, words: str
) -> None:
    key = read_key(key_file)
    write(2)
    published = seal(store, key, [], NOW)
    assert published is not None
    size = published.head.size
    if "> {size} - 1" not in statement:
        write(2)

    tampered(statement.format(size=size))

    with pytest.raises(NotAllowed, match=words.format(size=size, next=size + 1, last=size + 2)):
        seal(store, key, [published], NOW)


def test_a_head_without_a_good_signature_is_nothing_to_go_on_from(store: Store, write: Any, key_file: Path) -> None:
    key = read_key(key_file)
    write(1)
    published = seal(store, key, [], NOW)
    assert published is not None

    with pytest.raises(NotAllowed, match="is not signed by the key it names"):
        seal(store, key, [published._replace(at=NOW + SECOND)], NOW)


def test_a_rebuilt_entry_that_names_another_place_is_not_signed(
    store: Store, write: Any, tampered: Any, key_file: Path
) -> None:
    write(2)
    with store.read() as connection:
        log_id, _ = audit.head(connection)
        entries = list(audit.walk(connection))
    last, before = entries[-1], entries[-2]
    again = hashed(log_id, before.hash, before.body)
    change = "UPDATE help_desk_audit SET body = (SELECT body FROM help_desk_audit WHERE seq = {}), hash = '{}'"
    tampered(change + " WHERE seq = {}", before.seq, again, last.seq)

    with pytest.raises(NotAllowed, match=f"was changed at entry {last.seq}"):
        seal(store, read_key(key_file), [], NOW)


def test_entries_wait_less_than_a_minute_and_fifty_do_not_wait(sealers: Any, write: Any, tmp_path: Path) -> None:
    sealer = sealers(alone=False)
    write(1)
    first = sealer.look(NOW)
    assert (first.head, first.behind > 0) == (None, True)
    assert sealer.look(NOW + LATEST - SECOND).head is None
    assert sealer.look(NOW + LATEST).head is not None
    assert timedelta(0) < timedelta(seconds=60) - LATEST

    assert sealer.look(NOW + LATEST + SECOND).behind == 0
    write(1)
    assert sealer.look(NOW + 2 * LATEST).head is None  # it waits from when it was seen
    assert sealer.look(NOW - timedelta(hours=1)).head is None  # the clock was set back
    assert sealer.look(NOW - timedelta(hours=1) + LATEST).head is not None
    write(MOST_BEHIND)
    assert sealer.look(NOW + 3 * LATEST).head is not None
    assert len(heads(tmp_path)) == 3


def test_heads_are_lines_that_are_only_ever_appended(sealers: Any, write: Any, tmp_path: Path) -> None:
    write(1)
    sealers().look(NOW)
    before = (tmp_path / "heads").read_bytes()
    write(1)
    looked = sealers().look(NOW + SECOND)
    sealers().look(NOW + 2 * SECOND)

    assert (tmp_path / "heads").read_bytes() == before + f"{looked.head.line}\n".encode()
    first, second = heads(tmp_path)
    assert first.head.size < second.head.size
    assert check_head(first)
    assert check_head(second)


def test_half_a_line_from_a_power_cut_is_left_and_gone_on_from(sealers: Any, write: Any, tmp_path: Path) -> None:
    write(1)
    sealers().look(NOW)
    line = (tmp_path / "heads").read_text("utf-8")
    with (tmp_path / "heads").open("a", encoding="utf-8") as file:
        file.write(line[:60])
    write(1)

    assert sealers().look(NOW).head is not None
    lines = (tmp_path / "heads").read_text("utf-8").splitlines()
    assert lines[1] == f"{line[:60]} # cut off"
    assert len(heads(tmp_path)) == 2


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda first, second: second + first, "doesn't follow the one before"),
        (lambda first, second: first + "anything\n" + second, "holds a line that is no head: anything"),
        (
            lambda first, second: first + second + second.replace(second.split()[3], "0" * 64),
            "two heads .* that differ",
        ),
        (lambda first, second: first.replace(first.split()[1], "other") + second, "doesn't follow the one before"),
    ],
)
def test_a_record_that_no_sealer_wrote_is_refused(
    sealers: Any, write: Any, tmp_path: Path, damage: Callable[[str, str], str], words: str
) -> None:
    for number in range(2):
        write(1)
        sealers().look(NOW + number * SECOND)
    lines = (tmp_path / "heads").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "heads").write_text(damage(*lines), "utf-8")

    with pytest.raises(InvalidInput, match=words):
        sealers().look(NOW)


def test_a_record_that_became_shorter_is_refused(sealers: Any, write: Any, tmp_path: Path) -> None:
    sealer = sealers()
    write(1)
    sealer.look(NOW)
    (tmp_path / "heads").write_text("")

    with pytest.raises(InvalidInput, match="became shorter, and lines are never taken back"):
        sealer.look(NOW)


def test_two_sealers_of_one_record_take_turns(sealers: Any, write: Any, tmp_path: Path) -> None:
    one, other = sealers(), sealers()
    write(1)
    with one._record.held() as mine:
        assert mine
        assert other.look(NOW).problems == (f"another sealer is at work on {tmp_path / 'heads'}",)
    assert other.look(NOW).head is not None
    write(1)
    assert one.look(NOW).head is not None
    assert [head.head.size for head in heads(tmp_path)] == sorted({head.head.size for head in heads(tmp_path)})


def test_nothing_loads_the_cryptography_that_does_not_use_it() -> None:
    modules = "deskterm.cli, deskterm.app, deskterm.core.services.sealer, deskterm.core.services.evidence_check"
    script = f"import {modules}, sys, json; print(json.dumps('cryptography' in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) is False
