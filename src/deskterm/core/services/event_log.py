"""Reading an event log: another desk's history as a neutral CSV, gzipped or not, checked before anything is written."""

import csv
import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from dateutil.parser import isoparse

from deskterm.core.domain.errors import InvalidInput

COLUMNS: Final = (
    "case_id", "timestamp", "actor", "group", "state", "priority", "category", "requester", "event", "assignee",
    "raw_state", "seq",
)  # fmt: skip
_FIELD_LIMIT: Final = 180
_GZIP: Final = b"\x1f\x8b"
_RANK: Final = re.compile(r"P?([1-5])\b", re.IGNORECASE)
STATES: Final = ("new", "assigned", "in progress", "pending", "resolved", "closed", "reopened")


class LogEvent(NamedTuple):
    """One row of a log; `rank` is the priority's, `state` lower-case."""

    line: int
    case_id: str
    at: datetime
    actor: str
    group: str
    state: str
    rank: int
    category: str
    requester: str
    assignee: str
    raw_state: str
    seq: int

    @property
    def origin(self) -> str:
        """What names this row for good: a second import knows it by this."""
        return f"{self.case_id}:{self.seq}"


class Rejected(NamedTuple):
    """A row that could not be taken, and why."""

    line: int
    case_id: str
    why: str


class EventLog(NamedTuple):
    """A log as read: its events by case and time, the rows it could not take, and those later than asked for."""

    source: str
    events: tuple[LogEvent, ...]
    rejected: tuple[Rejected, ...]
    later: int


def read_event_log(path: Path, *, until: datetime | None = None) -> EventLog:
    """Gives the log in `path`, with the events up to and including `until`.

    Raises:
        InvalidInput: when the file can't be read or is broken: wrong encoding, a missing column, a bad time, a row
            that is too short or long. The message names the line; nothing of the file is taken.
    """
    try:
        with path.open("rb") as raw:
            zipped = raw.read(2) == _GZIP
            raw.seek(0)
            return parse_event_log(gzip.open(raw) if zipped else raw, source=path.name, until=until)
    except OSError as error:
        raise InvalidInput(f"{path} can't be read: {error.strerror or error}") from error
    except EOFError as error:
        raise InvalidInput(f"{path} ends in the middle of its compressed data: fetch it again") from error
    except zlib.error as error:
        raise InvalidInput(f"{path} is damaged: fetch it again") from error


def parse_event_log(lines: Iterable[bytes], *, source: str, until: datetime | None = None) -> EventLog:
    """Gives the log that `lines` hold; raises as `read_event_log`."""
    rows = csv.reader(_decoded(lines, source), strict=True)
    try:
        header = next(rows, [])
        missing = [name for name in COLUMNS if name not in header]
        if missing:
            raise InvalidInput(f"{source} line 1: no column {', '.join(missing)}: expected {', '.join(COLUMNS)}")
        places = [header.index(name) for name in COLUMNS]
        events, rejected, later = [], [], 0
        for row in rows:
            if len(row) != len(header):
                raise InvalidInput(
                    f"{source} line {rows.line_num}: {len(row)} fields where the header has {len(header)}"
                )
            found = _event([row[place].strip() for place in places], rows.line_num, source)
            if isinstance(found, Rejected):
                rejected.append(found)
            elif until is not None and found.at > until:
                later += 1
            else:
                events.append(found)
    except csv.Error as error:
        raise InvalidInput(f"{source} line {rows.line_num}: {error}") from error
    events.sort(key=lambda e: (e.case_id, e.at, e.seq))
    return EventLog(source, tuple(events), tuple(rejected), later)


def parse_instant(text: str, place: str) -> datetime:
    """Gives the UTC instant that ISO 8601 `text` spells.

    Raises:
        InvalidInput: names `place`, when it is no time or has no offset.
    """
    try:
        at = isoparse(text)
    except ValueError:
        wanted = "expected one such as 2016-03-24T12:00:00-03:00"
        raise InvalidInput(f"{place}: {text!r} is no time: {wanted}") from None
    if at.tzinfo is None:
        raise InvalidInput(f"{place}: {text!r} has no offset: expected one such as -03:00 or Z")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise InvalidInput(f"{place}: {text!r} is beyond all calendars") from None


def _decoded(lines: Iterable[bytes], source: str) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise InvalidInput(
                f"{source} line {number}: not UTF-8 at byte {error.start + 1}: convert the file"
            ) from error


def _event(row: list[str], line: int, source: str) -> LogEvent | Rejected:
    case_id, timestamp, actor, group, state, priority, category, requester, _, assignee, raw_state, seq = row
    at = parse_instant(timestamp, f"{source} line {line}")
    if not seq.isdecimal():
        raise InvalidInput(f"{source} line {line}: seq {seq!r} is no number")
    rank = _RANK.match(priority)
    if max(map(len, row)) > _FIELD_LIMIT or "\0" in "".join(row):
        return Rejected(line, case_id[:_FIELD_LIMIT], f"a field has a NUL or more than {_FIELD_LIMIT} characters")
    if not case_id:
        return Rejected(line, case_id, "it names no case")
    if state.lower() not in STATES:
        return Rejected(line, case_id, f"unknown state {state!r}: expected one of {', '.join(STATES)}")
    if rank is None:
        return Rejected(line, case_id, f"unknown priority {priority!r}: expected P1 to P5")
    return LogEvent(
        line, case_id, at, actor, group, state.lower(), int(rank[1]), category, requester, assignee, raw_state, int(seq)
    )
