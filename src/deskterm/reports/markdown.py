"""A report as Markdown: CommonMark, with tables as GitHub and most others read them."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

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
from deskterm.reports.numbers import has_values, numbers, summary

_SPECIAL: Final = re.compile(r"[\\`*_{}\[\]<>|~&#$@]|:(?=//)|(?<=\bwww)\.", re.IGNORECASE)
"""What can be markup anywhere in a line, addresses that would become links among it."""
_FIRST: Final = re.compile(r"^(\d{0,9})([-+=:.)])")
"""What can be markup where a line begins: lists, rules, underlines of headings."""
_TICKS: Final = re.compile("`+")


def markdown(document: Document) -> str:
    """Gives a report as Markdown; nothing that somebody wrote is markup in it."""
    lines = [f"# {_inside(document.title)}", ""]
    lines += [f"- **{_inside(name)}:** {_inside(text)}" for name, text in document.about]
    for block in document.blocks:
        lines += ["", *_block(block)]
    return "\n".join(lines).rstrip("\n") + "\n"


def safe(text: str) -> str:
    """Gives text as Markdown that reads as that text, in one line, wherever it stands."""
    return _FIRST.sub(r"\1\\\2", _inside(text))


def _inside(text: str) -> str:
    """Gives text for where no line begins."""
    return _SPECIAL.sub(lambda found: f"\\{found[0]}", clean(text).strip())


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield f"{'#' * level} {_inside(text)}"
        case Paragraph(text, is_note):
            yield f"*{_inside(text)}*" if is_note else safe(text)
        case Findings(items):
            for item in items:
                yield from _finding(item)
        case Items(lines):
            yield from (f"- {safe(line)}" for line in lines)
        case Commands(lines):
            yield from (f"- {_code(line)}" for line in lines)
        case Picture(chart):
            yield from (f"**{_inside(chart.title)}**", "", safe(summary(chart)), "")
            yield from _table(numbers(chart)) if has_values(chart) else ()
        case Grid():
            yield from _table(block)


def _finding(found: Finding) -> Iterator[str]:
    yield f"- {safe(found.words)}"
    yield from (f"  - {safe(name)}: {_inside(value)}" for name, value in found.evidence)
    yield from (f"  - {_code(found.command)}",) if found.command else ()


def _table(grid: Grid) -> Iterator[str]:
    yield _line([_inside(heading) for heading in grid.headings])
    yield _line(["---", *["---" if grid.of_words else "---:"] * (len(grid.headings) - 1)])
    for row in grid.rows:
        yield _line([_cell(cell) for cell in row])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell) -> str:
    return _inside(cell.value) + (f" ({_inside(cell.note)})" if cell.note else "")


def _code(text: str) -> str:
    """Gives code inside a line, between more backticks than it has in a row."""
    text = clean(text)
    fence = "`" * (1 + max((len(run) for run in _TICKS.findall(text)), default=0))
    room = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{room}{text}{room}{fence}"
