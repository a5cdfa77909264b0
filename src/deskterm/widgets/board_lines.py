"""A board as lines of a sheet: its figures one below the other, tables that are never cut, or charts in their place."""

from collections.abc import Hashable, Iterator, Sequence
from typing import Final, NamedTuple

from rich.cells import cell_len
from rich.text import Text

from deskterm.core.domain.drills import PREFIX, read
from deskterm.core.domain.figure_words import MET, MISSED
from deskterm.core.domain.kpi import Unit
from deskterm.core.domain.text import clean
from deskterm.core.kpi_views import Asked, Board, By, Chart, Figure, Line, Table
from deskterm.widgets.charts import drawn, sparkline
from deskterm.widgets.fit import fit, wrapped
from deskterm.widgets.sheet import SheetLine, Spot

_GAP: Final = 2
_LEAST_LABEL: Final = 12
_HEADING: Final = 9
"""Cells that a heading has before it is broken into lines."""
_CHART: Final = (8, 12)
"""Lines that a chart has at least and at most; two of them are in sight at once where that can be."""
_HEADINGS: Final = ("", "value", "median", "p90", "n", "goal", "change", "trend")
_BESIDE: Final = (2, 3, 4)
"""The columns that a line of their own may say instead."""
_LEGEND: Final = f"{MET} reaches the goal, {MISSED} misses it"


class FigureAt(NamedTuple):
    """A figure on a board: of the whole board, or of a line of a table."""

    figure: Figure
    by: str = ""
    line: Line | None = None

    def asked(self, wanted: Asked) -> Asked | None:
        """Gives what is asked for when it is the figure alone, None where nothing says it: of a tier there is no board.

        `wanted` is what its board was asked for.
        """
        if not self.figure.drill:  # it counts nothing
            return wanted if self.line is None else self.board_of_line(wanted)
        drill = read(self.figure.drill.removeprefix(PREFIX))
        narrowed = Asked(drill.period, drill.dept, drill.person, drill.prio, drill.category, compare=wanted.compare)
        return None if drill.tier else narrowed

    def board_of_line(self, wanted: Asked) -> Asked | None:
        """Gives what is asked for when the board is to be of the line alone; None where no board is of such."""
        if self.line is None or self.by not in set(By):
            return None
        wanted, key = wanted._replace(by=None), self.line.key
        match By(self.by):
            case By.DEPARTMENT:
                return wanted._replace(department=key)
            case By.PERSON:
                return wanted._replace(person=key)
            case By.PRIORITY:
                return wanted._replace(priority=key)
            case By.CATEGORY:
                return wanted._replace(category=key)
            case By.MONTH:
                return wanted._replace(period=key)


class ChartAt(NamedTuple):
    """A chart on a board."""

    chart: Chart


class TicketAt(NamedTuple):
    """A ticket that a figure counts, or leaves out."""

    ticket_id: int


class ListAt(NamedTuple):
    """A sentence about tickets, with the filter that lists them."""

    wanted: str
    words: str


Meaning = FigureAt | ChartAt | TicketAt | ListAt
"""What a place stands for: on a board, or on what is shown in its place."""
BoardLine = SheetLine[Meaning]


def head_of(board: Board) -> Text:
    """Gives the head: which board, of whom, of when, against what, and as of when it is."""
    text = Text().append(clean(board.title), style="bold").append(f" · {clean(board.scope)}")
    text.append(f" · {board.period.words}").append(f", against {board.compared.words}", style="dim")
    if board.as_of is not None:
        text.append(f" · as of {board.as_of.astimezone(board.period.zone):%d %b %Y %H:%M}", style="bold reverse")
    return text


def figures_of(board: Board, width: int) -> list[BoardLine]:
    """Gives the goals, the figures, and the tables below."""
    blank = [_text(line, "bold") for line in wrapped(board.why_blank, width)] if board.why_blank else []
    lines = [*blank, *_goals(board, width), *_tiles(board.figures, width)]
    for table in board.tables:
        lines += [SheetLine(), *_table(table, width)]
    return lines


def charts_of(board: Board, width: int, height: int) -> list[BoardLine]:
    """Gives the charts, each under its title; a place to ask for what it is made of."""
    if not board.charts:
        return [_text("this board has no charts")]
    high = max(_CHART[0], min(_CHART[1], height // 2 - 2))
    lines: list[BoardLine] = []
    for chart in board.charts:
        title = f"── {fit(clean(chart.title), min(cell_len(clean(chart.title)), width - 6))} "
        title += "─" * (width - cell_len(title))
        spot = Spot[Meaning](0, width, ("chart", chart.name), ChartAt(chart))
        lines.append(SheetLine(((title, "bold"),), (spot,)))
        lines += [_text(line) for line in drawn(chart, width, high)]
        lines.append(SheetLine())
    return lines[:-1]


def _text(text: str, style: str = "") -> BoardLine:
    return SheetLine(((text, style),))


def _goals(board: Board, width: int) -> Iterator[BoardLine]:
    judged = [figure for figure in board.figures if figure.goal is not None and figure.is_met is not None]
    if not judged:
        return
    missed = [clean(figure.label) for figure in judged if not figure.is_met]
    glyph = MISSED if missed else MET
    which = f"; missed: {', '.join(missed)}" if missed else ""
    sentence = f"{glyph} goals: {len(judged) - len(missed)} of {len(judged)} reached{which}"
    yield from (_text(line, "bold") for line in wrapped(sentence, width))
    yield SheetLine()


def _tiles(figures: Sequence[Figure], width: int) -> Iterator[BoardLine]:
    """Gives the figures in columns; where these have no room, what is beside a figure's value comes below it."""
    cells = [_cells(figure) for figure in figures]
    if not cells:
        return
    columns = [number for number in range(len(_HEADINGS)) if number < 2 or any(row[number] for row in cells)]
    widths = {n: max(cell_len(_HEADINGS[n]), *(cell_len(row[n]) for row in cells)) for n in columns}
    firsts = [number for number in columns if number not in _BESIDE]
    for gap, shown in ((_GAP, columns), (1, columns), (1, firsts)):
        label = width - sum(widths[number] for number in shown[1:]) - gap * (len(shown) - 1)
        if label >= (widths[0] if gap == _GAP else _LEAST_LABEL):
            break
    wide = [min(label, widths[0]), *(widths[number] for number in shown[1:])]
    if shown is columns:
        yield _text(_aligned([_HEADINGS[number] for number in shown], wide, gap), "dim")
    for figure, row in zip(figures, cells, strict=True):
        first, *rest = wrapped(row[0], wide[0])
        text = _aligned([first, *(row[number] for number in shown[1:])], wide, gap)
        spot = Spot[Meaning](0, width, ("figure", figure.name), FigureAt(figure))
        yield SheetLine(((text, "bold" if figure.is_met is False else ""),), (spot,))
        yield from map(_text, rest)
        beside = [f"{_HEADINGS[number]} {row[number]}" for number in _BESIDE if number not in shown and row[number]]
        if beside:
            yield _text(f"  {', '.join(beside)}", "dim")


def _cells(figure: Figure) -> tuple[str, ...]:
    spread = ("" if value is None else figure.said(value) for value in (figure.median, figure.p90))
    counted = "" if figure.unit is Unit.COUNT else f"{figure.n:,}"
    words = ("" if one is None else str(one) for one in (figure.judged, figure.change))
    return clean(figure.label), figure.words, *spread, counted, *words, sparkline(figure.trend)


def _aligned(cells: Sequence[str], widths: Sequence[int], gap: int) -> str:
    """Gives cells in columns: the first and those of words to the left, numbers to the right."""
    parts = [
        _right(cell, wide) if number and _is_number(cell) else fit(cell, wide)
        for number, (cell, wide) in enumerate(zip(cells, widths, strict=True))
    ]
    return (" " * gap).join(parts).rstrip()


def _is_number(cell: str) -> bool:
    return cell[:1].isdigit() or cell in {"-", *_HEADINGS[1:5]} or cell[:1] == "<"


def _table(table: Table, width: int) -> Iterator[BoardLine]:
    """Gives a table; columns that have no room beside each other come in another block below."""
    has_goal = any(figure.goal is not None for line in table.lines for figure in line.figures)
    title = clean(table.title)
    key = f"   {_LEGEND}" if has_goal and cell_len(title) + len(_LEGEND) + 3 <= width else ""
    yield SheetLine(((title, "bold"), (key, "dim")))
    if not table.lines:
        yield _text("nothing in this period", "dim")
        return
    labels = [clean(line.label) for line in table.lines]
    head = min(max(_LEAST_LABEL, *map(cell_len, labels)), width // 3)
    columns = [_Column(number, clean(label), table) for number, label in enumerate(table.labels)]
    while columns:
        count = _fitting([column.width for column in columns], width - head)
        yield from _block(table, labels, columns[:count], head)
        columns = columns[count:]


class _Column:
    """A column of a table: its heading in lines, its cells, and how wide they are."""

    def __init__(self, number: int, label: str, table: Table) -> None:
        self.number = number
        self.cells = [_cell(line.figures[number]) for line in table.lines]
        wide = max(map(cell_len, self.cells))
        words = map(cell_len, label.split())
        self.heading = wrapped(label, max(_HEADING, wide, *words)) or [""]
        self.width = max(wide, *map(cell_len, self.heading))


def _cell(figure: Figure) -> str:
    glyph = {True: MET, False: MISSED, None: ""}[figure.is_met]
    return f"{glyph}{figure.words}"


def _fitting(widths: Sequence[int], room: int) -> int:
    """Gives how many columns have room, at least one."""
    used = 0
    for number, wide in enumerate(widths):
        used += _GAP + wide
        if used > room and number:
            return number
    return len(widths)


def _block(table: Table, labels: Sequence[str], columns: Sequence[_Column], head: int) -> Iterator[BoardLine]:
    high = max(len(column.heading) for column in columns)
    for row_number in range(high):
        parts = [_right(_heading_line(column, row_number - high), column.width) for column in columns]
        yield _text((" " * head + "".join(" " * _GAP + part for part in parts)).rstrip(), "dim")
    for place, (label, line) in enumerate(zip(labels, table.lines, strict=True)):
        first, *rest = wrapped(label, head) or [""]
        text, spots = fit(first, head), []
        for column in columns:
            start = cell_len(text) + _GAP
            text += " " * _GAP + _right(column.cells[place], column.width)
            figure = line.figures[column.number]
            key: Hashable = ("cell", table.by, line.key, figure.name)
            spots.append(Spot[Meaning](start, start + column.width, key, FigureAt(figure, table.by, line)))
        yield SheetLine(((text, ""),), tuple(spots))
        yield from map(_text, rest)


def _right(text: str, width: int) -> str:
    return " " * (width - cell_len(text)) + text


def _heading_line(column: _Column, from_end: int) -> str:
    return column.heading[from_end] if -from_end <= len(column.heading) else ""
