"""Where a list goes on: the place that a page names on stderr, as `--after` takes it."""

from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from deskterm.cli.output import tell
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.filter_keys import KEYS
from deskterm.core.domain.filters import parse_id
from deskterm.core.views import Cursor

Limit = Annotated[int, typer.Option(min=1, max=1000, help="How many.")]
_RANKS: Final = {"": 0, **{str(rank): rank for rank in range(1, KEYS["prio"].highest + 1)}}
After = Annotated[str, typer.Option(help="Go on after this place, as the list before said.")]


def place(text: str) -> Cursor | None:
    """Gives the place that `--after` names, None when it is empty.

    Raises:
        InvalidInput: when it is none.
    """
    if not text:
        return None
    at, _, rest = text.partition("/")
    number, _, rank = rest.partition("/")
    try:
        return Cursor(datetime.fromisoformat(at).astimezone(UTC), parse_id(number), _RANKS[rank])
    except (ValueError, OverflowError, KeyError, InvalidInput):
        raise InvalidInput(f"--after {text!r}: expected what the list before said") from None


def tell_more(last: Cursor | None) -> None:
    """Says where the list goes on, if it does."""
    if last:
        rank = f"/{last.rank}" if last.rank else ""
        tell(f"there is more: --after {last.at.isoformat()}/{last.id}{rank}")
