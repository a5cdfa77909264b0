"""Boards and explained figures as lines of text: whole at 80 columns, or in words alone for who hears them."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.cells import cell_len

from deskterm.core.domain.facts import reference
from deskterm.core.domain.figure_words import DOWN, MET, MISSED, NOTHING, UP
from deskterm.core.domain.kpi import Unit
from deskterm.core.domain.text import clean, many
from deskterm.core.kpi_views import Board, Explanation, Figure, Table
from deskterm.widgets.charts import drawn, sparkline
from deskterm.widgets.fit import fit, widths, wrapped

_GAP: Final = 2
_LABEL: Final = 20
_HEADINGS: Final = ("FIGURE", "VALUE", "N", "GOAL", "CHANGE", "TREND")
_IN_WORDS: Final = ("FIGURE", "VALUE", "MEDIAN", "P90", "N", "GOAL", "BEFORE", "CHANGE")
_CHART: Final = 12
_LEGEND: Final = {MET: "reaches its goal", MISSED: "misses it", UP: "more than before", DOWN: "less"}


def board_lines(board: Board, width: int, *, plain: bool = False) -> Iterator[str]:
    """Gives a board: its figures, tables and charts; `plain` has words in place of glyphs, and values of charts."""
    yield from _wrapped(f"{board.title}: {board.scope}, {board.period.words}", width)
    yield from _wrapped(f"against {board.compared.words}{_as_of(board)}", width)
    yield ""
    if board.why_blank:
        yield from _wrapped(board.why_blank, width)
        yield ""
    yield from _aligned(_IN_WORDS, [_said(one) for one in board.figures], width) if plain else _tiles(board, width)
    for table in board.tables:
        yield ""
        yield from _wrapped(table.title, width)
        yield from _table(table, width, plain=plain)
    for chart in board.charts:
        yield ""
        yield from _wrapped(chart.title, width)
        yield from drawn(chart, width, _CHART, plain=plain)


def goal_lines(board: Board, width: int, *, plain: bool = False) -> Iterator[str]:
    """Gives the goals of a board's figures as a tracker: what each comes to and whether it is reached."""
    judged = [one for one in board.figures if one.goal is not None]
    yield from _wrapped(f"Goals: {board.scope}, {board.period.words}{_as_of(board)}", width)
    if not judged:
        yield "the profile sets no goals"
        return
    yield ""
    if plain:
        yield from _aligned(_IN_WORDS, [_said(one) for one in judged], width)
    else:
        yield from _tiles(board._replace(figures=tuple(judged)), width)
    reached = sum(one.is_met is True for one in judged)
    unknown = sum(one.is_met is None for one in judged)
    yield ""
    yield f"{reached} of {len(judged)} reached" + (f", {unknown} with nothing to judge yet" if unknown else "")


def explained_lines(found: Explanation, width: int, *, plain: bool = False) -> Iterator[str]:
    """Gives where a figure comes from: what it is, the tickets that it counts, those left out and why (000-R36)."""
    figure = found.figure
    yield from _wrapped(f"{figure.label} ({figure.name}), {found.period.words}: {figure.words}", width)
    beside = [f"n {figure.n:,}"]
    beside += [f"median {figure.said(figure.median)}"] if figure.median is not None else []
    beside += [f"p90 {figure.said(figure.p90)}"] if figure.p90 is not None else []
    judged, change = figure.judged, figure.change
    beside += [judged.words if plain else str(judged)] if judged else []
    beside += [f"before {figure.said(figure.before)}"] if figure.before is not None else []
    beside += [change.words if plain else str(change)] if change else []
    yield from _wrapped(", ".join(beside), width)
    yield ""
    for name, said in (("is", found.formula), ("leaves out", found.excludes), ("answers", ", ".join(found.answers))):
        yield from _hung(f"{name}: ", said, width)
    if figure.drill:
        yield from _hung("its tickets: ", f"deskterm list {_shell(figure.drill)}", width)
    if figure.drill_missed:
        yield from _hung("that fell short: ", f"deskterm list {_shell(figure.drill_missed)}", width)
    yield ""
    if found.counted:
        rows = [
            (reference(one.ticket_id), f"{one.at.astimezone(found.period.zone):%Y-%m-%d %H:%M}",
             "" if figure.unit is Unit.SHARE else figure.said(one.value), one.verdict, one.title)
            for one in found.counted
        ]  # fmt: skip  # what a share counts is one or none: its verdict says which
        yield from _aligned(("COUNTED", "WHEN", "VALUE", "VERDICT", "TITLE"), rows, width, cut=True)
    else:
        yield "it counts nothing in this period"
    if found.more:
        yield f"and {found.more:,} more"
    for left in found.left_out:
        yield ""
        yield from _wrapped(f"left out, {left.why}: {many(left.n, 'ticket')}", width)
        some = ", ".join(map(reference, left.tickets))
        yield from _hung("  ", some + (", ..." if left.n > len(left.tickets) else ""), width)


def _as_of(board: Board) -> str:
    """Gives as of when a board is, where that is not now."""
    return "" if board.as_of is None else f", as of {board.as_of.astimezone(board.period.zone):%Y-%m-%d %H:%M}"


def _tiles(board: Board, width: int) -> Iterator[str]:
    """Gives the figures a line each, with median and p90 in a line below where these say something."""
    rows = [
        (clean(one.label), one.words, f"{one.n:,}", str(one.judged or ""), str(one.change or ""), sparkline(one.trend))
        for one in board.figures
    ]
    room = widths([_HEADINGS, *rows], room=width, whole=0)
    room[0] = max(room[0], min(_LABEL, width))
    yield _line(_HEADINGS, room)
    for one, cells in zip(board.figures, rows, strict=True):
        yield _line(cells, room)
        if one.median is not None and one.p90 is not None:
            yield fit(f"  median {one.said(one.median)}, p90 {one.said(one.p90)}", width).rstrip()
    shown = "".join(cell for row in rows for cell in row[3:5])
    legend = ", ".join(f"{glyph} {means}" for glyph, means in _LEGEND.items() if glyph in shown)
    if legend:
        yield from _wrapped(legend, width)


def _said(figure: Figure) -> tuple[str, ...]:
    """Gives a figure in words alone; what there is nothing to say of is `-`."""
    numbers = [figure.words, figure.said(figure.median), figure.said(figure.p90), f"{figure.n:,}"]
    judged = figure.judged.words if figure.judged else NOTHING
    change = figure.change.words if figure.change else NOTHING
    return (figure.label, *numbers, judged, figure.said(figure.before), change)


def _table(table: Table, width: int, *, plain: bool) -> Iterator[str]:
    """Gives a table; columns that have no room beside each other come in another block below."""
    if not table.lines:
        yield "nothing in this period"
        return
    columns = [
        [clean(label), *(_cell(line.figures[place], plain=plain) for line in table.lines)]
        for place, label in enumerate(table.labels)
    ]
    heads = [str(table.by).upper(), *(clean(line.label) for line in table.lines)]
    head = min(max(map(cell_len, heads)), max(_LABEL, width // 3))
    wide = [max(map(cell_len, column)) for column in columns]
    start = 0
    while start < len(columns):
        end, room = start + 1, width - head - _GAP - wide[start]
        while end < len(columns) and room >= wide[end] + _GAP:
            room -= wide[end] + _GAP
            end += 1
        if start:
            yield ""
        for place, label in enumerate(heads):
            cells = (columns[number][place] for number in range(start, end))
            yield _line([label, *cells], [head, *wide[start:end]])
        start = end


def _cell(figure: Figure, *, plain: bool) -> str:
    if figure.is_met is None:
        return figure.words
    if plain:
        return f"{figure.words} {'met' if figure.is_met else 'missed'}"
    return f"{figure.words} {MET if figure.is_met else MISSED}"


def _aligned(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int, *, cut: bool = False) -> Iterator[str]:
    """Gives cells in columns, whole ones unless they may be `cut` to fit: a screen reader gets all of them."""
    lines = [headings, *(tuple(map(clean, row)) for row in rows)]
    room = widths(lines, room=width if cut else max(width, 10_000), whole=len(headings) - 1)
    for line in lines:
        yield _line(line, room)


def _line(cells: Sequence[str], room: Sequence[int]) -> str:
    return (" " * _GAP).join(fit(cell, wide) for cell, wide in zip(cells, room, strict=True)).rstrip()


def _wrapped(text: str, width: int) -> Iterator[str]:
    yield from wrapped(clean(text), width)


def _hung(name: str, text: str, width: int) -> Iterator[str]:
    """Gives a text that goes on below itself, behind its name."""
    lines = wrapped(clean(text), max(20, width - len(name)))
    yield from (f"{name if not number else ' ' * len(name)}{line}" for number, line in enumerate(lines))


def _shell(word: str) -> str:
    """Gives a word as a shell takes it."""
    return "'" + word.replace("'", "'\\''") + "'"
