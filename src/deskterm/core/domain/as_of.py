"""The instant that a desk is opened as of: what a person may write for it, and how it is told."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from deskterm.core.domain.errors import InvalidInput

OPTION: Final = "--as-of"
_DAY: Final = len("2026-09-30")
_LEAST: Final = timedelta(microseconds=1)
_WANTED: Final = "expected a day such as 2026-09-30, or an instant such as 2026-09-30T17:00 or 2026-09-30T17:00+01:00"


def instant_of(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Gives the instant, in UTC, that `text` means in the desk's own zone; a day alone is its last microsecond.

    Raises:
        InvalidInput: when it is no time, or still to come.
    """
    from dateutil.parser import isoparse  # noqa: PLC0415 - few ask for the past

    given = text.strip()
    day = _day(given)
    is_whole = day is not None or len(given) > _DAY  # isoparse takes a month, or a year, for its first day
    try:
        wall = datetime.combine(day + timedelta(days=1), time()) if day else isoparse(given if is_whole else "")
        at = (wall if wall.tzinfo else wall.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput(f"{OPTION}: {text!r} is no time: {_WANTED}") from None
    at = at if day is None else at - _LEAST
    if at > now:
        still = "isn't over yet" if day == now.astimezone(zone).date() else "is still to come"
        raise InvalidInput(f"{OPTION}: {given} {still}: leave it out for how the desk is now, or name an earlier time")
    return at


def told(at: datetime, zone: ZoneInfo) -> str:
    """Gives an instant as it stands on screens and in sentences, `as of 2026-09-30 17:00 WAT`: in the desk's zone."""
    return f"as of {at.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def check_known(at: datetime, first: datetime | None, zone: ZoneInfo) -> None:
    """Passes when the desk has a fact by then; raises InvalidInput when its `first` came later, or it has none."""
    if first is None:
        raise InvalidInput(f"{OPTION}: the desk has no facts yet: there is nothing to look back at")
    if at < first:
        since = f"{first.astimezone(zone):%Y-%m-%d %H:%M %Z}"
        raise InvalidInput(f"{OPTION}: the desk's first fact is of {since}: name that time or a later one")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
