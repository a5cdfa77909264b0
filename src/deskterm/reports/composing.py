"""What is in a report: the boards' own figures, in the order in which a lead reads them."""

import shlex
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from deskterm.core.domain.figure_words import judged, said
from deskterm.core.domain.insights import QUIET, Insight
from deskterm.core.domain.kpi import Definition, unmarked
from deskterm.core.domain.periods import Length
from deskterm.core.kpi_views import Board, Figure, Table
from deskterm.reports.document import (
    Block,
    Cell,
    Commands,
    Document,
    Finding,
    Findings,
    Grid,
    Heading,
    Paragraph,
    Picture,
)
from deskterm.reports.kinds import Report
from deskterm.reports.wording import basis, change, trend, value


class Found(NamedTuple):
    """What a report is made of: boards, what stands out, what figures mean, and commands that show the same.

    `months` and `year` are for a quarter: a table of its months, and a board beside that of a year ago (003-R47).
    """

    boards: tuple[Board, ...]
    insights: tuple[Insight, ...]
    definitions: tuple[Definition, ...]
    commands: tuple[str, ...]
    months: Table | None = None
    year: Board | None = None


MOST: Final = 12
"""Insights that a report has room for."""
TITLES: Final = {
    Report.WEEKLY: "Weekly report",
    Report.MONTHLY: "Monthly report",
    Report.QUARTERLY: "Quarterly report",
    Report.SHEET: "Review sheet",
}
_LENGTHS: Final = {
    Report.WEEKLY: Length.WEEK,
    Report.MONTHLY: Length.MONTH,
    Report.QUARTERLY: Length.QUARTER,
}
"""Of which periods a report is called so: of another it is called a report."""
HOW: Final = (
    "Durations are means, in open time unless it says otherwise; hours lost are sums. n is how many events a figure is "
    "reckoned from. The trend has the last eight periods like this one, this one last, drawn between the least and the "
    "most of them. Where nothing happened that a figure counts, there is none: -."
)


def composed(kind: Report, found: Found) -> Document:
    """Gives a report of a department, a desk or whatever else its boards are of; the same boards give the same one."""
    first, *others = found.boards
    told: set[str] = set()
    blocks: list[Block] = [*goals(found.boards), *standing_out(found.insights), Paragraph(HOW, is_note=True)]
    blocks += section(first, told)
    blocks += _quarter(found)
    for board in others:
        blocks += section(board, told)
    blocks += appendix(found.boards, found.definitions, found.commands)
    called = TITLES[kind] if first.period.length is _LENGTHS.get(kind) else "Report"
    return Document(f"{called}: {first.scope}, {first.period.words}", about(first), tuple(blocks))


def about(board: Board) -> tuple[tuple[str, str], ...]:
    """Gives of whom a report is and when: its period, what that is compared with, as of when and when it was made."""
    period, compared = board.period, board.compared
    said = [
        ("Scope", board.scope),
        ("Period", f"{period.words}, {period.first} to {period.last} ({period.zone.key})"),
        ("Compared with", f"{compared.words}, {compared.first} to {compared.last}"),
    ]
    if board.as_of is not None:
        said.append(("As of", f"{board.as_of.astimezone(period.zone):%Y-%m-%d %H:%M}: the desk as it stood then"))
    said.append(("Made", f"{board.made_at.astimezone(period.zone):%Y-%m-%d %H:%M}"))
    return tuple(said)


def goals(boards: Iterable[Board]) -> Iterator[Block]:
    """Gives how the goals of the profile are reached (000-R35)."""
    held = {one.name: one for board in boards for one in board.figures if one.goal is not None and one.n}
    if held:
        rows = [
            (
                Cell(one.label),
                Cell(value(one), basis(one)),
                Cell(str(judged(one.goal, one.is_met, one.unit))),
                Cell(change(one)),
                Cell(trend(one)),
            )
            for one in held.values()
        ]
        yield Heading("Goals")
        yield Grid("Goals", ("Figure", "Value", "Goal", "Change", "Trend"), tuple(rows))


def standing_out(found: Sequence[Insight]) -> Iterator[Block]:
    """Gives insights, each with what it rests on and the command that lists its tickets."""
    yield Heading("What stands out")
    if not found:
        yield Paragraph(QUIET)
        return
    items = (Finding(one.words, tuple(one.evidence), _listing(one.drill)) for one in found[:MOST])
    yield Findings(tuple(items))
    if len(found) > MOST:
        yield Paragraph(f"and {len(found) - MOST} more, of fewer tickets: deskterm kpi insights", is_note=True)


def section(board: Board, told: set[str]) -> Iterator[Block]:
    """Gives a board: its figures and charts that weren't told yet, and its tables."""
    yield Heading(board.title)
    fresh = [one for one in board.figures if one.name not in told]
    if fresh:
        yield figures(fresh, board.compared.words, board.title)
    for table in board.tables:
        if table.lines:
            yield Heading(table.title, 3)
            yield broken_down(table)
    for chart in board.charts:
        if f"chart {chart.name}" not in told:
            yield Picture(chart)
    told |= {one.name for one in board.figures} | {f"chart {chart.name}" for chart in board.charts}


def figures(found: Sequence[Figure], before: str, caption: str) -> Grid:
    """Gives figures with how they moved, of how many they are, their median and 90th percentile, and their trend.

    Those that have nothing to say, neither now nor in the compared period, are left out.
    """
    headings = ("Figure", "Value", before, "Change", "n", "Median", "p90", "Trend")
    rows = [
        (
            Cell(one.label),
            Cell(value(one)),
            Cell(said(one.before, one.unit)),
            Cell(change(one)),
            Cell(f"{one.n:,}"),
            Cell(said(one.median, one.unit)),
            Cell(said(one.p90, one.unit)),
            Cell(trend(one)),
        )
        for one in found
        if one.n or one.before is not None
    ]
    return Grid(caption, headings, tuple(rows))


def broken_down(table: Table) -> Grid:
    """Gives a table of a board as it is, every figure with what it rests on."""
    rows = [(Cell(line.label), *(Cell(value(one), basis(one)) for one in line.figures)) for line in table.lines]
    return Grid(table.title, (table.by.capitalize(), *table.labels), tuple(rows))


def appendix(boards: Iterable[Board], definitions: Iterable[Definition], commands: Iterable[str]) -> Iterator[Block]:
    """Gives how the figures are reckoned and what they leave out (000-R36), and the commands that show the same."""
    shown = {one.name for board in boards for one in _all(board)}
    yield Heading("How the figures are made")
    rows = [
        (
            Cell(one.label, one.name),
            Cell(unmarked(one.formula)),
            Cell(unmarked(one.excludes)),
            Cell(", ".join(one.answers)),
        )
        for one in definitions
        if one.name in shown
    ]
    yield Grid("Definitions", ("Figure", "Formula", "Left out", "Answers"), tuple(rows), of_words=True)
    yield Heading("To see the same")
    yield Paragraph("These commands show the same figures whenever they are asked for.", is_note=True)
    yield Commands(tuple(commands))


def _all(board: Board) -> Iterator[Figure]:
    yield from board.figures
    for table in board.tables:
        for line in table.lines:
            yield from line.figures


def _quarter(found: Found) -> Iterator[Block]:
    """Gives the averages of the quarter's months, and the quarter beside the year before (003-R47, 003-R87)."""
    if found.months is not None and found.months.lines:
        yield Heading("Month by month")
        yield broken_down(found.months)
    if found.year is not None:
        yield Heading("Beside the year before")
        yield figures(found.year.figures, found.year.compared.words, "Beside the year before")


def _listing(drill: str) -> str:
    """Gives the command that lists the tickets of a filter."""
    return f"deskterm list {shlex.quote(drill)}" if drill else ""
