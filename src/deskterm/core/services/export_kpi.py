"""Figures as an export: all figures of boards, and of their tables, a row each."""

from collections.abc import Iterator, Sequence
from typing import Final

from deskterm.core.domain.export_columns import FIGURES, Column, chosen
from deskterm.core.kpi_views import Asked, Board
from deskterm.core.services import boards
from deskterm.core.services.context import Context
from deskterm.core.services.exporting import Batch, Export
from deskterm.core.services.kpi_rows import FigureRow, rows

_NAME: Final = "kpi"


def export_kpi(context: Context, board: str, asked: Asked, columns: Sequence[str] = ()) -> Export:
    """Gives the figures of a board, of all that the actor can open where none is named; each is a batch.

    Raises:
        InvalidInput, NotAllowed: as `boards.board`; InvalidInput too when there is no such column.
    """
    picked = chosen(FIGURES, columns, masked=False)
    names = [board] if board else [name for name, _ in boards.boards(context)]
    first = boards.board(context, names[0], asked)  # what is asked for wrongly is told before anything is written

    def told() -> Iterator[Board]:
        yield first
        yield from (boards.board(context, name, asked) for name in names[1:])

    batches = (Batch(_cells(one, picked), done) for done, one in enumerate(told(), 1))
    return Export(_NAME, picked, len(names), batches)


def of_board(board: Board) -> Export:
    """Gives the figures of one board that is there already, with all columns."""
    return Export(_NAME, FIGURES, 1, iter([Batch(_cells(board, FIGURES), 1)]))


def _cells(board: Board, picked: Sequence[Column]) -> list[list[object]]:
    places = [FigureRow._fields.index(column.name) for column in picked]
    return [[row[place] for place in places] for row in rows(board)]
