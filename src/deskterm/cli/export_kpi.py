"""`deskterm export kpi`: figures as rows, of one board or of all."""

from typing import Annotated

import typer

from deskterm.cli import boards
from deskterm.cli.delivery import STDOUT, Bom, Columns, File, Force, Sheets, WrittenAs, delivery, names
from deskterm.cli.globals import desk
from deskterm.cli.when import From
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.export_formats import Format
from deskterm.core.kpi_views import Asked, Compare


def kpi(
    context: typer.Context,
    board: Annotated[str, typer.Argument(metavar="[BOARD]", help="Only this one: see `deskterm kpi boards`.")] = "",
    period: boards.Period = "",
    since: From = None,
    until: boards.To = None,
    department: boards.Department = "",
    person: boards.Person = "",
    priority: boards.Priority = "",
    category: boards.Category = "",
    by: boards.BrokenDown = None,
    compare: boards.ComparedTo = Compare.BEFORE,
    columns: Columns = "",
    format_: WrittenAs = None,
    file: File = STDOUT,
    force: Force = False,
    bom: Bom = False,
    sheets: Sheets = "",
) -> None:
    """Export the figures of all boards that you can open, a row a figure, those of their tables too."""
    if format_ is Format.TROUBLESHOOTING_LOG:
        raise InvalidInput("the troubleshooting log is of tickets: export tickets, not kpi")
    when = boards.period_of(period, since, until)
    asked = Asked(when, department, person, priority, category, by, compare)
    target = delivery(format_, file, force=force, bom=bom, sheets=sheets)
    with desk(context) as opened:
        target.write(opened.export_kpi(board, asked, names(columns)))
