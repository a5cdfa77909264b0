"""Drafts: what somebody wrote and hasn't sent, for themselves alone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.text import check_text

Values = Mapping[str, str]
"""What was written, by the name of its field."""
NO_TICKET: Final = 0
FIELDS_LIMIT: Final = 40


class Place(NamedTuple):
    """What a draft is for: a ticket and a command; the form of a new ticket has `NO_TICKET`."""

    ticket_id: int
    command: str


NEW: Final = Place(NO_TICKET, "new")
"""The form of a new ticket."""


class Draft(NamedTuple):
    """What was written for a place, and when it was last saved."""

    place: Place
    values: Values
    saved_at: datetime


def written(values: Values) -> dict[str, str]:
    """Gives what is worth keeping: fields with nothing in them are left out."""
    return {name: text for name, text in values.items() if text.strip()}


def check(place: Place, values: Values) -> None:
    """Passes when a draft can be kept.

    Raises:
        InvalidInput: when it has too many fields, or a text of it can't be kept.
    """
    if len(values) > FIELDS_LIMIT:
        raise InvalidInput(f"a draft may have {FIELDS_LIMIT} fields, this has {len(values)}")
    for text in (place.command, *values, *values.values()):
        check_text(text)
