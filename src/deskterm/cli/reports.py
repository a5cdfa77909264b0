"""`deskterm report`: the desk's figures as a file for people, and `deskterm kpi insights`: what stands out."""

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deskterm.cli.bars import bar
from deskterm.cli.delivery import STDOUT, tidy
from deskterm.cli.globals import desk
from deskterm.cli.output import put, put_json, tell
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.filter_keys import NOBODY
from deskterm.core.domain.periods import HOW
from deskterm.reports.kinds import BOARDS, PERIODS, SUFFIXES, Format, Report

if TYPE_CHECKING:
    from deskterm.core.desk import Desk
    from deskterm.core.kpi_views import Asked, Board
    from deskterm.reports.document import Document

Progress = Callable[[int, int], object]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Period = Annotated[str, typer.Option("--period", metavar="PERIOD", help=f"Of when: {HOW}.")]
Department = Annotated[str, typer.Option("--department", metavar="KEY", help="Of one department.")]
Person = Annotated[str, typer.Option("--person", metavar="LOGIN", help="Of one person.")]
_LISTED = 20
"""Tickets that came back which a sheet names."""


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("report")(report)


def report(
    context: typer.Context,
    kind: Annotated[Report, typer.Argument(metavar="KIND", help="weekly, monthly, quarterly, or sheet: one person's.")],
    period: Annotated[
        str, typer.Option("--period", metavar="PERIOD", help=f"Of when: {HOW}; else the last one that is complete.")
    ] = "",
    department: Department = "",
    person: Person = "",
    written_as: Annotated[
        Format | None, typer.Option("--format", metavar="FORMAT", help="md, html or txt; else as the file's name ends.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write to this file, for you alone; - is stdout."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Also when there is such a file.")] = False,
) -> None:
    """Write a report of the desk's figures as Markdown, HTML or text. The figures are those of the screen and of `kpi`.

    Executives see the whole desk, leads their departments, everybody their own sheet. The HTML is one file that needs
    nothing else. Without -o it is printed. For scripts, `kpi --json` has the same figures.
    """
    from deskterm.core.kpi_views import Asked
    from deskterm.core.services.placing import check_place, placed
    from deskterm.reports.markdown import markdown
    from deskterm.reports.page import page
    from deskterm.reports.plain import plain

    output = None if output == STDOUT else output
    shape = written_as or _shape(output)
    if output is not None:
        check_place(output, force=force)
    write = {Format.MARKDOWN: markdown, Format.HTML: page, Format.TEXT: plain}[shape]
    asked = Asked(period=period or PERIODS[kind], department=department, person=person)
    with desk(context) as opened, bar("reckoning") as progress:
        made = _sheet(opened, asked, progress) if kind is Report.SHEET else _report(opened, kind, asked, progress)
    text = write(made)
    if output is None:
        sys.stdout.write(text)
        return
    data = text.encode()
    with tidy(), placed(output, force=force) as file:
        file.write(data)
    tell(f"{output}: {made.title}, {len(data):,} bytes")


def insights(
    context: typer.Context,
    period: Period = "last-month",
    department: Department = "",
    person: Person = "",
    as_json: Json = False,
) -> None:
    """Show what stands out: changes beyond their usual spread, repeated faults, what will run late, bottlenecks.

    Each line says what it rests on, and lists its tickets by the filter under it.
    """
    from deskterm.core.domain.insights import QUIET
    from deskterm.core.kpi_views import Asked

    with desk(context) as opened, bar("reckoning") as progress:
        found = opened.insights(Asked(period=period, department=department, person=person), progress=progress)
    if as_json:
        put_json(found)
        return
    for one in found:
        put(one.words)
        for evidence in one.evidence:
            put(f"    {evidence.label}: {evidence.value}")
        if one.drill:
            put(f"    deskterm list {shlex.quote(one.drill)}")
    if not found:
        put(QUIET)


def _shape(output: Path | None) -> Format:
    """Gives what a file's name says that it is written as; text where there is no file.

    Raises:
        InvalidInput: when the name says nothing.
    """
    if output is None:
        return Format.TEXT
    if (found := SUFFIXES.get(output.suffix.lower())) is None:
        raise InvalidInput(f"{output} doesn't say what it is: end its name in .md, .html or .txt, or name a --format")
    return found


def _report(opened: "Desk", kind: Report, asked: "Asked", progress: Progress) -> "Document":
    from deskterm.core.kpi_views import By, Compare
    from deskterm.reports.composing import Found, composed

    first, *others = (opened.board(name, asked, progress=progress) for name in BOARDS[kind])
    if kind is not Report.WEEKLY and By.CATEGORY not in {table.by for table in first.tables}:
        by_category = opened.board(first.name, asked._replace(by=By.CATEGORY), progress=progress).tables[0]
        first = first._replace(tables=(*first.tables, by_category))
    boards = (first, *others)
    of_quarter = kind is Report.QUARTERLY
    months = opened.board("service", asked._replace(by=By.MONTH)).tables[0] if of_quarter else None
    year = opened.board("overview", asked._replace(compare=Compare.YEAR)) if of_quarter else None
    commands = tuple(_command(board.name, boards[0], asked) for board in boards)
    said = opened.insights(asked, progress=progress)
    return composed(kind, Found(boards, said, tuple(opened.kpis().values()), commands, months, year))


def _sheet(opened: "Desk", asked: "Asked", progress: Progress) -> "Document":
    from deskterm.reports.reviewing import Reviewed, sheet

    if asked.person.lower() == NOBODY:
        raise InvalidInput("a review sheet is of one person: name them by their login")
    asked = asked if asked.person else asked._replace(person=opened.actor.login or "me")
    board = opened.board("sheet", asked, progress=progress)
    back = opened.explain_kpi("reopen-rate", asked, progress=progress)
    returned = [one for one in back.counted if one.verdict == "missed"]
    peers = opened.peers(tuple(one.name for one in board.figures), asked)
    made = Reviewed(
        board, peers, tuple(returned[:_LISTED]), len(returned[_LISTED:]), tuple(opened.kpis().values()),
        (_command(board.name, board, asked),),
    )  # fmt: skip
    return sheet(made)


def _command(name: str, board: "Board", asked: "Asked") -> str:
    """Gives the command that shows a board as the report has it, whenever it is asked for; `board` says as of when."""
    options = [("--department", asked.department), ("--person", asked.person)]
    words = [f"{option} {shlex.quote(said)}" for option, said in options if said]
    as_of = (board.as_of or board.made_at).isoformat().replace("+00:00", "Z")
    return " ".join([f"deskterm --as-of {as_of} kpi {name} --period {board.period.written}", *words])
