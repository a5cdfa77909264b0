"""Signed heads as lines: what is written is read back, and nothing else is a head."""

from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.core.domain.audit import Head
from deskterm.core.domain.heads import CUT, Raised, SignedHead, read_alarms, read_heads
from deskterm.core.domain.text import clean
from deskterm.core.services.publishing import alarmed

WORDS: Final = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1)
HEADS: Final = st.builds(
    SignedHead,
    log_id=WORDS,
    head=st.builds(Head, st.integers(0, 2**62), WORDS),
    at=st.datetimes(timezones=st.just(UTC)),
    key=WORDS,
    signature=WORDS,
)
HEAD: Final = SignedHead(
    "0123456789abcdef", Head(120, "ab" * 32), datetime(2026, 9, 28, 8, 0, tzinfo=UTC), "a2V5", "c2ln"
)
LINE: Final = f"deskterm-head-v1 0123456789abcdef 120 {'ab' * 32} 2026-09-28T08:00:00.000000+00:00 a2V5 c2ln"


def test_a_head_is_one_line() -> None:
    assert HEAD.line == LINE
    assert HEAD.message == LINE.rpartition(" ")[0].encode()


@given(heads=st.lists(HEADS, max_size=5))
def test_heads_are_read_as_they_were_written(heads: list[SignedHead]) -> None:
    assert read_heads(head.line for head in heads) == heads


def test_what_says_nothing_is_passed_over() -> None:
    lines = ["", "  ", "# owed to mail audit@example.org", LINE, f"{LINE[:40]} {CUT}", "# ALARM", f"{LINE}\n"]
    assert read_heads(lines) == [HEAD, HEAD]


@pytest.mark.parametrize(
    "line",
    [
        "anything",
        LINE[:60],
        f"{LINE} more",
        LINE.replace("deskterm-head-v1", "deskterm-head-v2"),
        LINE.replace(" 120 ", " a "),
        LINE.replace(" 120 ", " 1_20 "),
        LINE.replace(" 120 ", " +120 "),
        LINE.replace(" 120 ", " 0120 "),
        LINE.replace(" 120 ", " \u0661\u0662\u0660 "),
        LINE.replace("+00:00", ""),
        LINE.replace("+00:00", "+01:00"),
        LINE.replace(".000000", ""),
        LINE.replace("2026-09-28T", "20260928T"),
        LINE.replace(" a2V5", "  a2V5"),
        LINE.replace("08:00", "28:00"),
        f" {LINE[:-4]}",
    ],
)
def test_what_is_spelled_in_another_way_is_no_head(line: str) -> None:
    with pytest.raises(ValueError, match="line 2 is no head: expected 7 words that begin with deskterm-head-v1"):
        read_heads([LINE, line])


@given(line=st.text())
def test_no_line_is_more_than_refused(line: str) -> None:
    try:
        heads = read_heads([line])
    except ValueError:
        return
    assert all(head.line == line.strip() for head in heads)


def test_alarms_are_read_as_the_sealer_wrote_them() -> None:
    said = "the audit trail was cut off: it has 3 entries"
    line = alarmed(said, "2026-09-28T09:00:00+01:00")
    lines = [
        LINE,
        "# owed to x",
        line,
        "",
        f"{LINE}\n",
        "# ALARM",
        "# ALARM gone",
        "# ALARM 2026-09-28T09:00:00 \x1b[2J",
    ]
    assert read_alarms(lines) == [
        Raised(datetime(2026, 9, 28, 8, 0, tzinfo=UTC), said),
        Raised(None, "gone"),
        Raised(None, clean("2026-09-28T09:00:00 \x1b[2J")),
    ]
