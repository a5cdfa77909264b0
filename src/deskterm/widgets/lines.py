"""Lines of a list as text alone: what a table of widgets draws, and what is on the screen before there are widgets."""

from collections.abc import Callable, Sequence
from typing import Final, Generic, NamedTuple, Protocol, Self, TypeVar

from deskterm.core.domain.profile import APPROVAL, MAIN_CLOCK
from deskterm.core.domain.text import clean
from deskterm.core.views import Left, Timer
from deskterm.widgets.fit import fit, fitting

LEAST: Final = (60, 15)
"""The columns and rows that the screens have room in."""
PREVIEW: Final = 42
"""The columns that a preview takes from the list beside it."""
_SOON: Final = 2 * 3600


class Listed(Protocol):
    """What a row has that any table of tickets needs."""

    @property
    def id(self) -> int:
        """The ticket's number."""

    @property
    def left(self) -> Left:
        """Where its clock stands."""

    @property
    def timer(self) -> Timer | None:
        """Its clock, for what is left at a later instant."""

    def _replace(self, *, left: Left) -> Self: ...


R = TypeVar("R", bound=Listed)


class RowColumn(NamedTuple, Generic[R]):
    """One column: how wide (0 takes what is left), and what it says of a row, with a style."""

    title: str
    width: int
    cell: Callable[[R], tuple[str, str]]


class Piece(NamedTuple):
    """A cell as wide as its column, how it is tinted, and the gap behind it."""

    text: str
    tint: str
    gap: str


def pieces(columns: Sequence[RowColumn[R]], cells: Sequence[tuple[str, str]], width: int) -> list[Piece]:
    """Gives a line of cells, in those columns that `width` has room for."""
    columns = columns[: fitting([column.width for column in columns], width)]
    gaps = len(columns) - 1
    rest = max(1, width - gaps - sum(column.width for column in columns))
    return [
        Piece(fit(clean(text), column.width or rest), tint, " " if number < gaps else "")
        for number, (column, (text, tint)) in enumerate(zip(columns, cells, strict=False))
    ]


def titles(columns: Sequence[RowColumn[R]]) -> list[tuple[str, str]]:
    """Gives the cells of the header."""
    return [(column.title, "") for column in columns]


def has_preview(width: int, preview_columns: int) -> bool:
    """Gives whether a window of `width` columns shows a preview beside the list."""
    return width >= preview_columns


def time_left(row: Listed) -> tuple[str, str]:
    """Gives the clock's words with a glyph that needs no colour: `!` late, `~` soon, `‖` paused.

    An approval's says no name: the status of what waits for one does.
    """
    left = row.left._replace(clock=MAIN_CLOCK) if row.left.clock == APPROVAL else row.left
    if left.state == "stopped" or left.seconds is None:
        return left.named, ""
    if left.state == "paused":
        return f"‖ {left.named.removesuffix(' left')}", "dim"
    if left.seconds < 0:
        return f"! {left.named}", "bold red"
    return (f"~ {left.named}", "yellow") if left.seconds < _SOON else (left.named, "")
