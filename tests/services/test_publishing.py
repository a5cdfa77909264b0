"""Publishing heads: to a real command and a real mail server, and what happens when they are down."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import Message
from pathlib import Path
from typing import Any, Final

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Mails

from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.heads import SignedHead, read_heads
from deskterm.core.services.sealer import MOST_BEHIND

NOW: Final = datetime(2026, 9, 28, 8, 0, tzinfo=UTC)
SECOND: Final = timedelta(seconds=1)


def heads(tmp_path: Path) -> list[SignedHead]:
    return read_heads((tmp_path / "heads").read_text("utf-8").splitlines())


def test_a_command_gets_each_head_and_what_it_missed_later(sealers: Any, write: Any, tmp_path: Path) -> None:
    taken, script = tmp_path / "taken", tmp_path / "take it"
    script.write_text(f'#!/bin/sh\ntest -e "{tmp_path}/down" && {{ echo "no route" >&2; exit 3; }}\ncat >> "{taken}"\n')
    script.chmod(0o755)
    command = f"'{script}' now"
    write(1)
    first = sealers(command=command).look(NOW)
    assert taken.read_text("utf-8") == f"{first.head.line}\n"

    (tmp_path / "down").touch()
    write(1)
    second = sealers(command=command).look(NOW)
    assert second.head is not None
    assert second.problems == (f"command '{script}' now: exit code 3, no route",)
    assert len(heads(tmp_path)) == 2  # the record goes on by itself
    assert sealers(command=command).look(NOW).problems == second.problems

    (tmp_path / "down").unlink()
    looked = sealers(command=command).look(NOW)  # a new process knows what is owed
    assert (looked.head, looked.problems) == (None, ())
    assert taken.read_text("utf-8") == f"{first.head.line}\n{second.head.line}\n"
    sealers(command=command).look(NOW)
    assert taken.read_text("utf-8").count("\n") == 2
    assert "# owed to command" in (tmp_path / "heads").read_text("utf-8")
    assert "# paid to command" in (tmp_path / "heads").read_text("utf-8")


def test_a_place_that_is_down_is_asked_once_a_minute(sealers: Any, write: Any, tmp_path: Path) -> None:
    sealer = sealers(command=f"sh -c 'echo tried >> {tmp_path}/tries; exit 1'", alone=False)
    write(MOST_BEHIND)
    for second in range(130):
        sealer.look(NOW + second * SECOND)

    assert (tmp_path / "tries").read_text("utf-8").count("tried") == 3


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("/nowhere/at/all", "No such file or directory"),
        ("sleep 30", "no end within"),
        ("sh -c 'printf \"\\033[31mred\" >&2; exit 1'", "exit code 1, \u241b[31mred"),
    ],
)
def test_a_command_that_fails_is_told_in_a_sentence(
    sealers: Any, write: Any, monkeypatch: pytest.MonkeyPatch, command: str, words: str
) -> None:
    monkeypatch.setattr("deskterm.core.services.publishing._PATIENCE", 0.2)
    write(1)
    assert words in sealers(command=command).look(NOW).problems[0]


@pytest.fixture
def mails() -> Iterator[tuple[str, list[Message]]]:
    """A mail server, as host and port, and what it took."""
    taken: list[Message] = []

    class Handler(Mails):
        def handle_message(self, message: Message) -> None:
            taken.append(message)

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(Handler(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield f"127.0.0.1:{port}", taken
    finally:
        server.stop()


def test_a_mail_has_the_head_as_it_is_and_its_size_in_the_subject(
    sealers: Any, write: Any, mails: tuple[str, list[Message]]
) -> None:
    server, taken = mails
    write(1)
    head = sealers(mail="audit@example.org", smtp=server).look(NOW).head

    assert [mail["To"] for mail in taken] == ["audit@example.org"]
    assert taken[0]["Subject"] == f"deskterm: {head.head.size} entries sealed"
    assert str(taken[0].get_payload()).strip() == head.line


def test_a_mail_server_that_is_down_is_told_and_the_rest_goes_on(sealers: Any, write: Any, tmp_path: Path) -> None:
    write(1)
    looked = sealers(mail="audit@example.org", smtp="127.0.0.1:9", command="true").look(NOW)

    assert looked.head is not None
    assert len(looked.problems) == 1
    assert looked.problems[0].startswith("mail audit@example.org: ")
    assert len(heads(tmp_path)) == 1


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ({"mail": "a@example.org", "smtp": "nowhere"}, "'nowhere' is no mail server: write it as host:port"),
        ({"mail": "a@example.org", "smtp": "host:0"}, "'host:0' is no mail server"),
        ({"mail": "nobody"}, "'nobody' is no mail address"),
        ({"mail": "a@example.org\nBcc: b@example.org"}, "is no mail address"),
        ({"command": "sh -c 'oh"}, "is no command: No closing quotation"),
    ],
)
def test_a_place_that_can_not_be_is_refused_at_once(sealers: Any, places: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        sealers(**places)


def test_damage_is_published_as_an_alarm_once(
    sealers: Any, tampered: Any, write: Any, tmp_path: Path, mails: tuple[str, list[Message]]
) -> None:
    server, taken = mails
    places = {"mail": "audit@example.org", "smtp": server, "command": f"sh -c 'cat >> {tmp_path}/taken'"}
    write(2)
    sealers(**places).look(NOW)
    tampered("DELETE FROM help_desk_audit WHERE seq > 1")

    for _ in range(2):
        with pytest.raises(NotAllowed, match="was cut off or rolled back"):
            sealers(**places).look(NOW)

    alarm = [line for line in (tmp_path / "heads").read_text("utf-8").splitlines() if line.startswith("# ALARM ")]
    assert len(alarm) == 1
    assert "2026-09-28T08:00:00+00:00 the audit trail was cut off or rolled back" in alarm[0]
    assert (tmp_path / "taken").read_text("utf-8").splitlines()[1:] == alarm
    assert [mail["Subject"] for mail in taken][1:] == ["deskterm: ALARM, the audit trail doesn't hold"]
    assert len(heads(tmp_path)) == 1


def test_a_full_disk_is_told_and_tried_again(sealers: Any, write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sealer = sealers()
    write(1)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    looked = sealer.look(NOW)
    assert looked.head is None
    assert looked.problems[0].endswith("heads: No space left on device")
    monkeypatch.undo()

    assert sealer.look(NOW).problems == ()
