"""Instants and days as people give them to options."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from deskterm.core.domain.errors import InvalidInput


def instant(text: str, option: str) -> datetime | None:
    """Gives the instant that ISO 8601 `text` spells, None for an empty one; without an offset it is local time.

    Raises:
        InvalidInput: names `option`, when it is no time.
    """
    if not text:
        return None
    from dateutil.parser import isoparse

    try:
        return isoparse(text).astimezone(UTC)
    except (ValueError, OverflowError):
        wanted = "expected one such as 2027-01-01 or 2027-01-01T08:00+01:00"
        raise InvalidInput(f"{option}: {text!r} is no time: {wanted}") from None


def day(given: str) -> datetime:
    """Gives the day that an option names, as its midnight.

    Raises:
        BadParameter: when it is none, with how one is written.
    """
    try:
        return datetime.strptime(given, "%Y-%m-%d")  # noqa: DTZ007 - a date, of no zone
    except ValueError:
        raise typer.BadParameter(f"{given!r} is no day: write it as 2026-09-14") from None


From = Annotated[datetime | None, typer.Option("--from", parser=day, metavar="DATE", help="The first day.")]
To = Annotated[datetime | None, typer.Option("--to", parser=day, metavar="DATE", help="The last day.")]
