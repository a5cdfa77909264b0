"""A board's figures as rows, one a figure: what `deskterm kpi --csv` and `deskterm export kpi` write."""

from collections.abc import Iterator
from typing import NamedTuple

from deskterm.core.kpi_views import Board, Figure


class FigureRow(NamedTuple):
    """A figure with where it stands. What is of the whole board has no `table`; `key` and `line` name a line of one."""

    board: str
    scope: str
    first: str
    last: str
    table: str
    by: str
    key: str
    line: str
    figure: str
    label: str
    unit: str
    value: float | None
    n: int
    median: float | None
    p90: float | None
    goal: float | None
    met: bool | None
    before: float | None
    drill: str


def rows(board: Board) -> Iterator[FigureRow]:
    """Gives the figures of a board, then those of its tables line by line."""
    for figure in board.figures:
        yield _row(board, figure)
    for table in board.tables:
        for line in table.lines:
            for figure in line.figures:
                yield _row(board, figure)._replace(table=table.title, by=table.by, key=line.key, line=line.label)


def _row(board: Board, figure: Figure) -> FigureRow:
    return FigureRow(
        board=board.name,
        scope=board.scope,
        first=str(board.period.first),
        last=str(board.period.last),
        table="",
        by="",
        key="",
        line="",
        figure=figure.name,
        label=figure.label,
        unit=figure.unit.value,
        value=figure.value,
        n=figure.n,
        median=figure.median,
        p90=figure.p90,
        goal=figure.goal,
        met=figure.is_met,
        before=figure.before,
        drill=figure.drill,
    )
