"""From what went wrong to the exit code that scripts read (design 7)."""

from typing import Final

from deskterm.core.domain.errors import (
    ChangedElsewhere,
    DesktermError,
    InvalidInput,
    NotAllowed,
    NotFound,
    StoreUnavailable,
)

BUG: Final = 1
WRONG_USE: Final = 2
CODES: Final[dict[type[DesktermError], int]] = {
    NotFound: 3,
    NotAllowed: 4,
    ChangedElsewhere: 5,
    InvalidInput: 6,
    StoreUnavailable: 7,
}


def code_of(error: DesktermError) -> int:
    """Gives the exit code of an error."""
    return next((code for kind, code in CODES.items() if isinstance(error, kind)), BUG)
