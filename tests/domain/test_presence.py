"""Who has a ticket open, in words: who replies is named first, and a crowd is counted."""

from datetime import UTC, datetime

import pytest

from deskterm.core.domain.presence import Present, told

NOON = datetime(2026, 9, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("reading", "replying", "said"),
    [
        ("", "", ""),
        ("Ini", "", "Ini has it open"),
        ("Ini Ola", "", "Ini and Ola have it open"),
        ("", "Ini", "Ini is replying"),
        ("Ola", "Ini", "Ini is replying, Ola has it open"),
        ("Ola Lara Ada Olu", "Ini Ife", "Ini and Ife are replying, Ola, Lara and 2 more have it open"),
    ],
)
def test_who_is_there(reading: str, replying: str, said: str) -> None:
    present = [Present(name, NOON, is_replying=False) for name in reading.split()]
    present += [Present(name, NOON, is_replying=True) for name in replying.split()]
    assert told(present) == said
