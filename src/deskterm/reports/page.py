"""A report as one HTML file that needs nothing else: no script, nothing fetched, for light, dark and paper."""

from collections.abc import Iterator
from itertools import count
from typing import Final

from deskterm.core.kpi_views import Chart
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
from deskterm.reports.drawing import drawn, patterns
from deskterm.reports.markup import NOTHING, Markup, element, joined, text
from deskterm.reports.numbers import has_values, numbers, summary

_FORBIDDEN: Final = "default-src 'none'; style-src 'unsafe-inline'"
"""What a browser is told to load: nothing."""
_NBSP: Final = "\N{NO-BREAK SPACE}"
_STYLE: Final = Markup("""
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --ground: #ffffff; --panel: #f3f5f7;
  --rule: #d0d7de; --s0: #0b5cad; --s1: #b35900; --s2: #1a7f4b; --s3: #8a3ffc; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9da7b1; --ground: #0f1419; --panel: #1a2129;
  --rule: #36404b; --s0: #6cb2ff; --s1: #ffb057; --s2: #5fd38d; --s3: #c9a6ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 60rem; color: var(--ink); background: var(--ground);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .75rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; padding-bottom: .25rem; border-bottom: 1px solid var(--rule); }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
dl.about { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0; }
dl.about dt, .note, small, summary { color: var(--soft); }
dl.about dd { margin: 0; }
.scroll { overflow-x: auto; margin: .75rem 0 1.25rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .9rem;
  overflow-wrap: normal; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { padding: .35rem .6rem; text-align: right; vertical-align: top; border-bottom: 1px solid var(--rule); }
th:first-child, td:first-child, table.words th, table.words td { text-align: left; }
thead th { border-bottom: 2px solid var(--rule); vertical-align: bottom; }
tbody th { font-weight: 500; overflow-wrap: anywhere; min-width: 8rem; }
td { white-space: nowrap; } table.words td { white-space: normal; }
small { display: block; font-size: .78rem; white-space: normal; }
ul.findings { list-style: none; margin: 0; padding: 0; }
ul.findings > li { background: var(--panel); border-left: 4px solid var(--s0); padding: .75rem 1rem;
  margin: 0 0 .75rem; }
ul.findings dl { display: flex; flex-wrap: wrap; gap: .15rem 1.25rem; margin: .35rem 0 0; font-size: .85rem;
  color: var(--soft); }
ul.findings dl div { display: flex; gap: .4rem; } ul.findings dt { overflow-wrap: normal; }
ul.findings dd { margin: 0; color: var(--ink); }
code { font: .85em/1.4 ui-monospace, monospace; background: var(--panel); padding: .1rem .3rem; border-radius: 3px; }
figure { margin: 1rem 0 1.5rem; }
figcaption { font-weight: 600; margin-bottom: .25rem; }
svg { width: 100%; height: auto; font: 11px system-ui, sans-serif; }
svg.patterns { position: absolute; width: 0; height: 0; }
svg text { fill: var(--soft); } svg text.on { fill: var(--ground); font-weight: 600; }
.grid { stroke: var(--rule); stroke-width: 1; } .stroke { fill: none; stroke-width: 2; }
.s0 { --of: var(--s0); } .s1 { --of: var(--s1); } .s2 { --of: var(--s2); } .s3 { --of: var(--s3); }
.bar { fill: var(--of); stroke: var(--of); } .mark { fill: var(--of); } .stroke { stroke: var(--of); }
.ground { fill: var(--ground); } .cell { fill: var(--s0); stroke: var(--rule); stroke-width: .5; }
@media print { :root { color-scheme: light; --ink: #000; --soft: #444; --ground: #fff; --panel: #f3f5f7; --rule: #bbb;
  --s0: #0b5cad; --s1: #b35900; --s2: #1a7f4b; --s3: #8a3ffc; }
  body { max-width: none; padding: 0; font-size: 10.5pt; } h2 { break-after: avoid; }
  figure, tr, ul.findings > li { break-inside: avoid; } .scroll { overflow: visible; }
  * { print-color-adjust: exact; } @page { margin: 16mm; } }
""")


def page(document: Document) -> str:
    """Gives a report as a page of HTML; nothing that somebody wrote is markup in it."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_FORBIDDEN),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", text(document.title)),
        element("style", _STYLE),
    )
    about = [
        joined(element("dt", text(name)), element("dd", text(words))) for name, words in document.about
    ]  # fmt: skip
    header = element("header", element("h1", text(document.title)), element("dl", *about, class_="about"))
    numbered = count(1)
    drawings = patterns() if any(isinstance(block, Picture) for block in document.blocks) else NOTHING
    main = element("main", joined(*(_block(block, numbered) for block in document.blocks)))
    return f"<!DOCTYPE html>\n{element('html', head, element('body', drawings, header, main), lang='en')}\n"


def _block(block: Block, numbered: "Iterator[int]") -> Markup:
    match block:
        case Heading(words, level):
            return element(f"h{level}", text(words))
        case Paragraph(words, is_note):
            return element("p", text(words), class_="note" if is_note else None)
        case Findings(items):
            return element("ul", joined(*map(_finding, items)), class_="findings")
        case Items(lines):
            return element("ul", joined(*(element("li", text(line)) for line in lines)))
        case Commands(lines):
            return joined(*(element("p", element("code", text(line))) for line in lines))
        case Picture(chart):
            return _picture(chart, next(numbered))
        case Grid():
            return _table(block)


def _finding(found: Finding) -> Markup:
    evidence = [
        element("div", element("dt", text(name)), element("dd", text(value))) for name, value in found.evidence
    ]  # fmt: skip
    return element(
        "li",
        text(found.words),
        element("dl", *evidence) if evidence else NOTHING,
        element("small", element("code", text(found.command))) if found.command else NOTHING,
    )


def _picture(chart: Chart, number: int) -> Markup:
    caption = element("figcaption", text(chart.title))
    if not has_values(chart):
        return element("figure", caption, element("p", text(summary(chart)), class_="note"))
    table = element("details", element("summary", text("The numbers")), _table(numbers(chart)))
    return element("figure", caption, drawn(chart, number), table)


def _table(grid: Grid) -> Markup:
    caption = element("caption", text(grid.caption))
    head = element("tr", *(element("th", text(heading), scope="col") for heading in grid.headings))
    rows = [
        element("tr", element("th", _cell(row[0]), scope="row"), *(element("td", _cell(cell)) for cell in row[1:]))
        for row in grid.rows
    ]
    body = element("tbody", joined(*rows))
    table = element("table", caption, element("thead", head), body, class_="words" if grid.of_words else None)
    return element("div", table, class_="scroll", tabindex=0, role="region", aria_label=grid.caption)


def _cell(cell: Cell) -> Markup:
    note = ", ".join(part.replace(" ", _NBSP) for part in cell.note.split(", "))  # broken between its parts alone
    return joined(text(cell.value), element("small", text(note)) if note else NOTHING)
