"""A report as Markdown, HTML and text: whole, safe whatever people wrote, and with the board's own numbers."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.cells import cell_len

from deskterm.core.domain.figure_words import said
from deskterm.core.domain.insights import QUIET, Evidence, Insight, Says
from deskterm.core.domain.kpi import Unit
from deskterm.core.domain.text import clean
from deskterm.core.kpi_views import Board, Chart, Kind, Series
from deskterm.reports.composing import MOST, Found, composed
from deskterm.reports.document import Block, Cell, Document, Grid, Heading
from deskterm.reports.kinds import Report
from deskterm.reports.markdown import markdown
from deskterm.reports.numbers import numbers
from deskterm.reports.page import page
from deskterm.reports.plain import WIDTH, plain
from deskterm.reports.wording import value

_HOSTILE: Final = (
    "<script>alert(1)</script><img src=x onerror=alert(1)> \"quoted\" 'single'",
    "| a | b |\n|---|---|",
    "`code` **bold** [x](http://evil.example) ![i](http://evil.example/i.png) <http://evil.example>",
    "\x1b[31mred\x1b]0;title\x07 \u202eright to left\u2066 \x00 nul",
    "</td></table></style></svg>&lt;b&gt; &amp; &#60;",
    "1. one\n# two\n- three\n> four\n    five\n---\n\\",
)
_DRAWN: Final = frozenset({"svg", "title", "desc", "defs", "pattern", "rect", "path", "line", "text"})
_MADE: Final = _DRAWN | {
    "html", "head", "meta", "style", "body", "header", "main", "h1", "h2", "h3", "p", "dl", "dt", "dd", "div", "ul",
    "li", "small", "code", "table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "details",
    "summary",
}  # fmt: skip
_VOID: Final = {"meta"}


class _Page(HTMLParser):
    """Reads a page strictly: every element is ended, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.rows: list[list[str]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, found or "") for name, found in attrs]
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, found or "") for name, found in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["style"]:
            return
        self.words.append(data)
        if "tr" in self.open:
            self.rows[-1][-1] += data


@pytest.fixture
def document(make_board: Callable[[str], Board]) -> Callable[[str], Document]:
    """Gives the report of a month in which everything that people wrote is what the test says."""

    def made(name: str) -> Document:
        insight = Insight(
            Says.REPEATED, f"{name}: 61 came in, usually 28", (Evidence("usual", f"28, {name}"),), 61, 33.0, name
        )
        return composed(Report.MONTHLY, Found((make_board(name),), (insight,), (), (f"deskterm list {name}",)))

    return made


@pytest.mark.parametrize("name", _HOSTILE)
def test_a_page_has_only_elements_of_ours_and_loads_nothing(document: Callable[[str], Document], name: str) -> None:
    read = _Page(page(document(name)))
    assert read.tags <= _MADE
    assert not [key for key, _ in read.attributes if key.startswith("on") or key in {"src", "href", "srcset", "action"}]
    urls = [found for _, found in read.attributes if "url(" in found or "//" in found]
    assert all(re.fullmatch(r"fill:url\(#fill-\d\)", found) or "evil.example" in found for found in urls)
    assert "@import" not in page(document(name))
    assert any(clean(name) in words for words in read.words)


def test_a_page_says_its_drawings_in_words_and_numbers(
    document: Callable[[str], Document], make_board: Callable[[str], Board]
) -> None:
    made = document("Ife of IT")
    text = page(made)
    named = [found for key, found in _Page(text).attributes if key == "id"]
    assert len(named) == len(set(named))
    charts = make_board("Ife of IT").charts
    drawings = re.findall(r'<svg viewBox.*?aria-labelledby="(\S+) (\S+)"><title id="(\S+)">.*?<desc id="(\S+)">', text)
    assert len(drawings) == len(charts)
    assert all((one, other) == (title, words) for one, other, title, words in drawings)
    assert text.count("<details>") == len(charts)


@pytest.mark.parametrize("name", _HOSTILE)
def test_markdown_reads_as_what_was_written(document: Callable[[str], Document], name: str) -> None:
    made = document(name)
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown(made))
    inline = [child for token in tokens for child in token.children or ()]
    kinds = {token.type for token in [*tokens, *inline]}
    assert not kinds & {
        "html_block",
        "html_inline",
        "link_open",
        "image",
        "fence",
        "code_block",
        "hr",
        "blockquote_open",
    }
    assert [token.tag for token in tokens if token.type == "heading_open"] == _levels(made.blocks)
    rows = [block.rows for block in made.blocks if isinstance(block, Grid)]
    assert sum(token.type == "tr_open" for token in tokens) >= sum(map(len, rows))
    written = " ".join("".join(child.content for child in token.children or ()) for token in tokens)
    assert " ".join(clean(name).split()) in " ".join(written.split())


@given(st.text(max_size=40))
def test_no_text_ends_a_cell_or_becomes_markup(text: str) -> None:
    grid = Grid("a table", ("first", "second"), ((Cell(text), Cell("2", text)),))
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown(Document("", (), (grid,))))
    cells = [tokens[place + 1] for place, token in enumerate(tokens) if token.type == "td_open"]
    assert len(cells) == 2
    assert {child.type for cell in cells for child in cell.children or ()} <= {"text", "text_special"}
    shown = "".join(child.content for child in cells[0].children or ())
    assert shown.split() == clean(text).split()


@pytest.mark.parametrize("name", _HOSTILE)
def test_text_has_80_columns_and_no_bytes_for_a_terminal(document: Callable[[str], Document], name: str) -> None:
    text = plain(document(name))
    assert all(cell_len(line) <= WIDTH for line in text.splitlines() if not line.startswith("    deskterm"))
    assert clean(text, lines=True) == text


def test_every_number_is_the_boards(document: Callable[[str], Document], make_board: Callable[[str], Board]) -> None:
    board = make_board("Ife of IT")
    made = document("Ife of IT")
    rows = _Page(page(made)).rows
    for figure in board.figures:
        shown = [figure.label, value(figure), said(figure.before, figure.unit)]
        rest = [f"{figure.n:,}", said(figure.median, figure.unit), said(figure.p90, figure.unit)]
        found = [row for row in rows if row[:3] == shown and row[4:7] == rest]
        assert bool(found) == bool(figure.n)  # nothing is said of n = 0
    [table] = board.tables
    for line in table.lines:
        [row] = [row for row in rows if row[0] == line.label and len(row) == 1 + len(line.figures)]
        for cell, figure in zip(row[1:], line.figures, strict=True):
            assert cell.startswith(value(figure))
            assert f"n\N{NO-BREAK SPACE}{figure.n:,}" in cell
    for chart in board.charts:
        grid = numbers(chart)
        assert all([cell.value for cell in row] in rows for row in grid.rows)
        columns = list(zip(*[[cell.value for cell in row] for row in grid.rows], strict=True))
        for place, series in enumerate(chart.series):
            across = tuple(cell.value for cell in grid.rows[place][1:])
            there = across if chart.kind is Kind.HEAT else columns[place + 1]
            assert there == tuple(said(one, chart.unit) for one in series.values)


def test_a_chart_of_nothing_or_of_less_than_nothing_is_drawn(make_board: Callable[[str], Board]) -> None:
    board = make_board("x")
    nothing = Chart("n", "Nothing", Kind.LINE, Unit.SHARE, ("a", "b"), (Series("s", (None, None)),))
    below = Chart("n", "Net", Kind.BARS, Unit.COUNT, ("a", "b"), (Series("s", (-4.0, 3.0)),))
    perfect = Chart("n", "All", Kind.LINE, Unit.SHARE, ("a", "b"), (Series("s", (1.0, 1.0)),))
    zero = Chart("n", "Zero", Kind.BARS, Unit.SECONDS, ("a", "b"), (Series("s", (0.0, None)),))
    made = composed(Report.WEEKLY, Found((board._replace(charts=(nothing, below, perfect, zero)),), (), (), ()))
    text = page(made)
    assert "Nothing: nothing in this period." in text
    assert text.count("<details>") == 3
    sizes = [float(found) for found in re.findall(r' (?:height|width)="(-?[\d.]+)"', text)]
    assert min(sizes) >= 0
    assert "nan" not in text
    assert markdown(made)
    assert plain(made)


def test_the_same_board_makes_the_same_files(document: Callable[[str], Document]) -> None:
    for write in (markdown, page, plain):
        assert write(document("x")) == write(document("x"))


def test_a_report_says_of_whom_it_is_and_when_and_how_to_see_the_same(make_board: Callable[[str], Board]) -> None:
    board = make_board("Ife")
    text = plain(composed(Report.WEEKLY, Found((board,), (), (), ("deskterm kpi department --period 2026-09",))))
    assert text.startswith("Report: IT of Ife, September 2026\n")  # no week
    for words in ("2026-09-01 to 2026-09-30", "2026-08-01 to 2026-08-31", "2026-10-05 09:30", QUIET):
        assert words in " ".join(text.split())
    assert "    deskterm kpi department --period 2026-09\n" in text
    assert "As of" not in text
    monthly = plain(composed(Report.MONTHLY, Found((board,), (), (), ())))
    assert monthly.startswith("Monthly report: IT of Ife, September 2026\n")
    then = plain(composed(Report.WEEKLY, Found((board._replace(as_of=board.made_at),), (), (), ())))
    assert "As of:         2026-10-05 09:30" in then


def test_goals_say_in_words_whether_they_are_reached(document: Callable[[str], Document]) -> None:
    lines = [line.split() for line in plain(document("x")).splitlines()]
    assert ["SLA", "compliance", "86.4", "%", "✗", "missed", "90", "%", "-5.3", "pt", "▅█·▆▁"] in lines
    assert ["CSAT", "4.21", "✓", "met", "4.0", "+0.7", "%", "▁█▅▅"] in lines


def _levels(blocks: tuple[Block, ...]) -> list[str]:
    return ["h1", *(f"h{block.level}" for block in blocks if isinstance(block, Heading))]


def test_a_report_has_room_for_some_insights_and_says_how_many_more_there_are(
    make_board: Callable[[str], Board],
) -> None:
    many = tuple(Insight(Says.CHANGE, f"number {n}.", (), 1, 1.0, "") for n in range(MOST + 2))
    text = plain(composed(Report.WEEKLY, Found((make_board("x"),), many, (), ())))
    assert text.count("* number ") == MOST
    assert f"number {MOST}." not in text
    assert "and 2 more, of fewer tickets: deskterm kpi insights" in text
