"""A report as text in 80 columns: for a terminal, a pipe, or a mail that shows nothing else."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.cells import cell_len

from deskterm.core.domain.text import clean
from deskterm.reports.document import (
    Block,
    Cell,
    Commands,
    Document,
    Finding,
    Findings,
    Grid,
    Heading,
    Items,
    Paragraph,
    Picture,
)
from deskterm.widgets.charts import drawn
from deskterm.widgets.fit import fit, wrapped

WIDTH: Final = 80
_CHART_LINES: Final = 12
_GAP: Final = 2
_HEADING: Final = 8
"""Cells that a heading has before it is broken."""
_LEAST_NAME: Final = 18
"""Cells that the first column has at least: narrower ones would break names."""
_WIDEST: Final = 26
"""Cells that any other column has at most: what is longer is broken between words."""


def plain(document: Document) -> str:
    """Gives a report as text; what somebody wrote is no terminal bytes in it."""
    lines = [*wrapped(clean(document.title), WIDTH), "=" * min(WIDTH, cell_len(clean(document.title))), ""]
    names = max((cell_len(name) for name, _ in document.about), default=0) + _GAP
    for name, words in document.about:
        lines += _hung(words, WIDTH, fit(f"{name}:", names), " " * names)
    for block in document.blocks:
        lines += ["", *_block(block)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield ""
            yield from wrapped(clean(text), WIDTH)
            yield ("-" if level == 2 else "·") * min(WIDTH, cell_len(clean(text)))
        case Paragraph(text):
            yield from wrapped(clean(text), WIDTH)
        case Findings(items):
            for item in items:
                yield from _finding(item)
        case Items(lines):
            for line in lines:
                yield from _hung(line, WIDTH, "* ", "  ")
        case Commands(lines):
            yield from (f"    {clean(line)}" for line in lines)  # never broken: they are typed as they stand
        case Picture(chart):
            yield from wrapped(clean(chart.title), WIDTH)
            yield from drawn(chart, WIDTH, _CHART_LINES)
        case Grid():
            yield from _list(block) if block.of_words else _table(block)


def _finding(found: Finding) -> Iterator[str]:
    yield from _hung(found.words, WIDTH, "* ", "  ")
    for name, value in found.evidence:
        yield from _hung(f"{name}: {value}", WIDTH, "    ", "      ")
    if found.command:
        yield f"    {clean(found.command)}"


def _hung(text: str, width: int, first: str, rest: str) -> list[str]:
    """Gives text in lines after `first`, those that follow the first one after `rest`."""
    lines = wrapped(clean(text), width - max(cell_len(first), cell_len(rest)))
    return [f"{rest if number else first}{line}" for number, line in enumerate(lines)]


def _list(grid: Grid) -> Iterator[str]:
    """Gives a table of words as a list: sentences have no room in columns."""
    for row in grid.rows:
        yield clean(row[0].value) + (f" ({clean(row[0].note)})" if row[0].note else "")
        for heading, cell in zip(grid.headings[1:], row[1:], strict=True):
            yield from _hung(f"{heading}: {cell.value}", WIDTH, "    ", "      ")


def _table(grid: Grid) -> Iterator[str]:
    """Gives a table whose first column breaks its lines; columns that have no room stand under it again."""
    cells = [grid.headings, *(tuple(map(_words, row)) for row in grid.rows)]
    columns = list(zip(*cells, strict=True))
    wide = [min(max(_heading(column[0]), *map(_longest, column[1:]), 0), _WIDEST) for column in columns]
    name = min(wide[0], _LEAST_NAME)
    gap = _GAP if name + sum(wide[1:]) + _GAP * (len(wide) - 1) <= WIDTH else 1
    for number, group in enumerate(_groups(name, wide, gap)):
        if number:
            yield ""
        used = sum(wide[place] + gap for place in group[1:])
        sizes = [min(max(map(_longest, columns[0])), WIDTH - used), *(wide[place] for place in group[1:])]
        for row, line in enumerate(cells):
            yield from _row([line[place] for place in group], sizes, " " * gap)
            if row == 0:
                yield "-" * (sum(sizes) + gap * (len(sizes) - 1))


def _groups(name: int, wide: Sequence[int], gap: int) -> list[list[int]]:
    """Gives which columns stand side by side: the first in every group, the others where they have room."""
    groups, used = [[0]], name
    for place, width in enumerate(wide[1:], 1):
        if used + gap + width > WIDTH and len(groups[-1]) > 1:
            groups.append([0])
            used = name
        groups[-1].append(place)
        used += gap + width
    return groups


def _row(cells: Sequence[str], sizes: Sequence[int], gap: str) -> Iterator[str]:
    broken = [
        [line for part in cell.split("\n") for line in wrapped(part, size) or [""]]
        for cell, size in zip(cells, sizes, strict=True)
    ]
    for number in range(max(map(len, broken))):
        parts = [column[number] if number < len(column) else "" for column in broken]
        shown = [
            fit(part, size) if place == 0 else " " * (size - cell_len(part)) + part
            for place, (part, size) in enumerate(zip(parts, sizes, strict=True))
        ]
        yield gap.join(shown).rstrip()


def _words(cell: Cell) -> str:
    """Gives a cell's value and, under it, what it rests on, a line each."""
    return "\n".join([clean(cell.value), *clean(cell.note).split(", ")] if cell.note else [clean(cell.value)])


def _heading(heading: str) -> int:
    """Gives the cells that a heading has at least: of its longest word, for it is broken between words."""
    return max(min(cell_len(heading), _HEADING), *map(cell_len, heading.split()), 0)


def _longest(cell: str) -> int:
    return max(map(cell_len, cell.split("\n")))
