"""Reading an event log: what is broken is refused whole with its line, what is odd is set aside row by row."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.services.event_log import COLUMNS, EventLog, Rejected, read_event_log

HEADER = ",".join(COLUMNS)
FIRST = "C1,2026-09-28T09:00:00+01:00,Alice,Desk,New,P2,Mail,Zoe,submitted,,Open,1"
SECOND = "C1,2026-09-28T10:00:00+01:00,Alice,Desk,In Progress,P2,Mail,Zoe,saved,Alice,Active,2"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.csv"


def read(path: Path, *rows: str) -> EventLog:
    path.write_text("\n".join([HEADER, *rows]) + "\n", "utf-8")
    return read_event_log(path)


def refusal(path: Path) -> str:
    with pytest.raises(InvalidInput) as caught:
        read_event_log(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_rows_are_read_by_case_and_time_whatever_their_order(path: Path) -> None:
    other = FIRST.replace("C1", "C0")
    log = read(path, SECOND, FIRST, other)
    assert [(e.case_id, e.seq, e.line) for e in log.events] == [("C0", 1, 4), ("C1", 1, 3), ("C1", 2, 2)]
    first = log.events[1]
    assert (first.at, first.at.tzinfo) == (datetime(2026, 9, 28, 8, tzinfo=UTC), UTC)
    assert (first.state, first.rank, first.origin, first.assignee) == ("new", 2, "C1:1", "")
    assert (log.source, log.rejected, log.later) == ("log.csv", (), 0)


def test_a_gzipped_log_reads_the_same_whatever_its_name(path: Path) -> None:
    plain = read(path, FIRST, SECOND)
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert read_event_log(path) == plain


def test_columns_may_stand_in_any_order_beside_others_after_a_byte_order_mark(path: Path) -> None:
    plain = read(path, FIRST)
    names = [*reversed(COLUMNS), "extra"]
    values = [*reversed(FIRST.split(",")), "whatever"]
    path.write_text("\ufeff" + ",".join(names) + "\n" + ",".join(values) + "\n", "utf-8")
    assert read_event_log(path).events == plain.events


def test_what_is_later_than_asked_for_is_counted_and_left(path: Path) -> None:
    read(path, FIRST, SECOND)
    until = datetime(2026, 9, 28, 8, 59, 59, tzinfo=UTC)
    assert (len(read_event_log(path, until=until).events), read_event_log(path, until=until).later) == (1, 1)
    at = datetime(2026, 9, 28, 9, 0, tzinfo=UTC)
    assert (len(read_event_log(path, until=at).events), read_event_log(path, until=at).later) == (2, 0)


def test_what_is_odd_is_set_aside_with_its_line_and_why(path: Path) -> None:
    log = read(
        path,
        FIRST.replace("New", "Frozen"),
        FIRST.replace("P2", "soon"),
        FIRST.replace("C1", ""),
        FIRST,
    )
    assert [e.line for e in log.events] == [5]
    assert log.rejected == (
        Rejected(
            2,
            "C1",
            "unknown state 'Frozen': expected one of new, assigned, in progress, pending, resolved, closed, reopened",
        ),
        Rejected(3, "C1", "unknown priority 'soon': expected P1 to P5"),
        Rejected(4, "", "it names no case"),
    )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (FIRST.replace("2026-09-28T09", "2026-13-28T09"), "line 3: '2026-13-28T09:00:00+01:00' is no time"),
        (FIRST.replace("2026-09-28T09:00:00+01:00", "yesterday"), "line 3: 'yesterday' is no time"),
        (FIRST.replace("+01:00", ""), "line 3: '2026-09-28T09:00:00' has no offset"),
        (FIRST[: -len(",Open,1")], "line 3: 10 fields where the header has 12"),
        (FIRST + ",more", "line 3: 13 fields where the header has 12"),
        (FIRST.replace(",1", ",one"), "line 3: seq 'one' is no number"),
        (FIRST.replace("Mail", '"Mail"x'), "line 3: "),
    ],
)
def test_a_broken_row_refuses_the_file_with_its_line(path: Path, row: str, said: str) -> None:
    read(path, FIRST)
    path.write_text(f"{HEADER}\n{FIRST}\n{row}\n", "utf-8")
    assert refusal(path).startswith(f"log.csv {said}")


def test_a_missing_column_is_named(path: Path) -> None:
    path.write_text(HEADER.replace("raw_state,", "") + "\n", "utf-8")
    assert refusal(path).startswith("log.csv line 1: no column raw_state: expected case_id, timestamp, ")


@pytest.mark.parametrize("text", ["", "\n", "not a log at all\n"])
def test_what_is_no_log_is_refused(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
    assert refusal(path).startswith("log.csv line 1: no column case_id, timestamp, actor")


def test_another_encoding_is_refused_with_line_and_byte(path: Path) -> None:
    path.write_bytes(f"{HEADER}\n{FIRST}\n".encode() + FIRST.replace("Alice", "Ren\u00e9e").encode("latin-1"))
    assert refusal(path) == "log.csv line 3: not UTF-8 at byte 33: convert the file"


@pytest.mark.parametrize("cut", [1, 9, 40])
def test_a_file_that_was_cut_off_is_refused(path: Path, cut: int) -> None:
    rows = "\n".join(FIRST.replace("C1", f"C{n}") for n in range(2_000))
    whole = gzip.compress(f"{HEADER}\n{rows}\n".encode())
    path.write_bytes(whole[:-cut])
    assert "ends in the middle of its compressed data" in refusal(path)


def test_a_spoilt_archive_is_refused(path: Path) -> None:
    whole = bytearray(gzip.compress(f"{HEADER}\n{FIRST}\n".encode()))
    whole[20] ^= 0xFF
    path.write_bytes(whole)
    assert refusal(path) == f"{path} is damaged: fetch it again"
    whole[20] ^= 0xFF
    whole[-5] ^= 0xFF  # of the checksum
    path.write_bytes(whole)
    assert refusal(path).startswith(f"{path} can't be read: CRC check failed")


def test_a_file_that_is_not_there_is_named(path: Path) -> None:
    assert refusal(path) == f"{path} can't be read: No such file or directory"
