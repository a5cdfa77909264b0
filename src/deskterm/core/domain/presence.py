"""Who has a ticket open just now, or is replying to it: a courtesy among staff, no part of the record."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

BETWEEN_BEATS: Final = 20.0
"""Seconds after which a terminal says again that a ticket is open in it."""
LASTS: Final = timedelta(seconds=3 * BETWEEN_BEATS)
"""How long somebody is taken to be there after they last said so: a lost line is forgotten by then."""
_NAMED: Final = 2


class Present(NamedTuple):
    """Somebody who has a ticket open."""

    name: str
    since: datetime
    is_replying: bool


def told(present: Sequence[Present]) -> str:
    """Gives who is there, who replies first: `Ini is replying, Ola and Lara have it open`; "" for nobody."""
    replying = [one.name for one in present if one.is_replying]
    reading = [one.name for one in present if not one.is_replying]
    said = [(replying, "is replying", "are replying"), (reading, "has it open", "have it open")]
    return ", ".join(f"{_and(names)} {one if len(names) == 1 else more}" for names, one, more in said if names)


def _and(names: Sequence[str]) -> str:
    shown = [*names[:_NAMED], f"{len(names) - _NAMED} more"] if len(names) > _NAMED else names
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))
