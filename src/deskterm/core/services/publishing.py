"""Where heads are published: the sealer's own record, an append-only file, and beside it a command and a mailbox."""

import fcntl
import os
import shlex
import smtplib
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Final, Protocol

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.heads import CUT, SignedHead, read_heads
from deskterm.core.domain.text import clean

_PATIENCE: Final = 30
_OWED: Final = "# owed to "
_PAID: Final = "# paid to "
_ALARM: Final = "# ALARM "


class Place(Protocol):
    """Somewhere that takes a line, beside the record."""

    name: str

    def take(self, line: str, subject: str) -> str:
        """Publishes a line; gives why it could not be, "" when it was."""


class Command:
    """A command that takes each line on stdin, such as `ssh auditor@host append` or `logger`."""

    def __init__(self, text: str) -> None:
        """Reads the command as a shell would split it; no shell runs it.

        Raises:
            InvalidInput: when it can't be split.
        """
        try:
            self._command = shlex.split(text)
        except ValueError as error:
            raise InvalidInput(f"{text!r} is no command: {error}") from None
        self.name = clean(f"command {shlex.join(self._command)}")

    def take(self, line: str, subject: str) -> str:
        """Publishes a line; gives why it could not be, "" when it was."""
        del subject
        try:
            done = subprocess.run(  # noqa: S603 - the sealer's own command, no shell
                self._command, input=f"{line}\n".encode(), capture_output=True, timeout=_PATIENCE, check=False,
                start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            return f"{self.name}: {error.strerror}"
        except subprocess.TimeoutExpired:
            return f"{self.name}: no end within {_PATIENCE} s"
        if done.returncode == 0:
            return ""
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        return f"{self.name}: exit code {done.returncode}" + (f", {clean(said[-1])[:200]}" if said else "")


class Mailbox:
    """A mail address, by a mail server that takes mail from here."""

    def __init__(self, address: str, server: str) -> None:
        """Names the address, and the server as `host:port`.

        Raises:
            InvalidInput: when either is not to be used.
        """
        host, _, port = server.rpartition(":")
        if not host or not port.isdecimal() or int(port) not in range(1, 65_536):
            raise InvalidInput(f"{server!r} is no mail server: write it as host:port")
        if "@" not in address or not address.isprintable() or set(address) & set(" ,;<>"):
            raise InvalidInput(f"{address!r} is no mail address")
        self._address, self._host, self._port = address, host.strip("[]"), int(port)
        self.name = f"mail {address}"

    def take(self, line: str, subject: str) -> str:
        """Publishes a line; gives why it could not be, "" when it was."""
        mail = EmailMessage()
        mail["From"] = f"deskterm@{socket.gethostname()}"
        mail["To"] = self._address
        mail["Subject"] = subject
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(f"{line}\n", cte="8bit")
        try:
            with smtplib.SMTP(self._host, self._port, socket.gethostname(), timeout=_PATIENCE) as server:
                server.send_message(mail)
        except (OSError, smtplib.SMTPException) as error:
            return f"{self.name}: {clean(str(error))[:200]}"
        return ""


class Record:
    """The file that heads are appended to: what the sealer knows of heads that were published before.

    Lines are only ever appended. Beside heads it holds remarks: what a place is owed, what it was paid, alarms.
    """

    def __init__(self, path: Path) -> None:
        """Names the file, which is made when first used."""
        self.path = path
        self.last: SignedHead | None = None
        self.owed: set[str] = set()
        self.alarm = ""
        self._descriptor = -1
        self._read_to = 0

    @contextmanager
    def held(self) -> Iterator[bool]:
        """Holds the file and reads what is new in it; gives whether it could: another sealer may be at it.

        Raises:
            InvalidInput: when the file can't be used, or holds what no sealer wrote.
        """
        try:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise InvalidInput(f"{self.path} can't be written: {error.strerror}") from error
        try:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            self._catch_up()
            yield True
        finally:
            os.close(self._descriptor)
            self._descriptor = -1

    def append(self, lines: list[str]) -> str:
        """Writes lines behind the last one, to the disk; gives why it could not, "" when it did."""
        data = "".join(f"{line}\n" for line in lines).encode()
        try:
            done = os.write(self._descriptor, data)
            os.fsync(self._descriptor)
        except OSError as error:
            return f"{self.path}: {error.strerror}"
        if done < len(data):
            return f"{self.path}: only a part could be written: is the disk full?"
        self._catch_up()
        return ""

    def _catch_up(self) -> None:
        with os.fdopen(os.dup(self._descriptor), "rb") as file:
            if os.fstat(file.fileno()).st_size < self._read_to:
                raise InvalidInput(f"{self.path} became shorter, and lines are never taken back: look who changed it")
            file.seek(self._read_to)
            for raw in file:
                self._read_to += len(raw)
                line = raw.decode("utf-8", "replace")
                if not line.endswith("\n"):
                    self._read_to += os.write(self._descriptor, f" {CUT}\n".encode())
                    break
                self._note(line.rstrip("\n"))

    def _note(self, line: str) -> None:
        if line.startswith((_OWED, _PAID)):
            (self.owed.add if line.startswith(_OWED) else self.owed.discard)(line[len(_OWED) :])
        elif line.startswith(_ALARM):
            self.alarm = line[len(_ALARM) :].partition(" ")[2]
        else:
            self._head(line)

    def _head(self, line: str) -> None:
        try:
            heads = read_heads([line])
        except ValueError:
            raise InvalidInput(f"{self.path} holds a line that is no head: {clean(line)[:80]}") from None
        for head in heads:
            before = self.last
            if before and (head.log_id != before.log_id or head.head.size < before.head.size):
                raise InvalidInput(f"{self.path}: the head of {head.head.size} entries doesn't follow the one before")
            if before and head.head.size == before.head.size and head.head.hash != before.head.hash:
                raise InvalidInput(f"{self.path}: it has two heads of {head.head.size} entries that differ")
            self.last, self.alarm = head, ""


def owed(name: str) -> str:
    """Gives the remark that a place hasn't got the last head yet."""
    return f"{_OWED}{name}"


def paid(name: str) -> str:
    """Gives the remark that it has got it by now."""
    return f"{_PAID}{name}"


def alarmed(what: str, at: str) -> str:
    """Gives the remark that the trail doesn't hold."""
    return f"{_ALARM}{at} {clean(what)}"
