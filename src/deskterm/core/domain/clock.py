"""The clock that is injected: the one place where time is read."""

from collections.abc import Callable
from datetime import UTC, datetime

Now = Callable[[], datetime]


def system_clock() -> datetime:
    """Gives the time as an aware UTC instant, to the microsecond."""
    return datetime.now(UTC)
