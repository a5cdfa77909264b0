"""`deskterm export`: what you may see as files for spreadsheets, scripts and BI tools."""

from collections.abc import Callable
from typing import Annotated, Final

import typer

from deskterm.cli import export_kpi, export_star
from deskterm.cli.delivery import STDOUT, Bom, Columns, File, Force, Sheets, WrittenAs, delivery, names
from deskterm.cli.globals import desk
from deskterm.cli.when import From, To
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.export_columns import Dataset
from deskterm.core.domain.export_formats import Format
from deskterm.core.domain.filters import parse_filter

_VIEW: Final = "Only what a view has, such as mine or late, or a saved one; without it everything, open and closed."


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    export = typer.Typer(
        help="Write what you may see into files, for spreadsheets, scripts and BI tools.",
        rich_markup_mode=None,
        no_args_is_help=True,
    )
    for dataset, about in _ABOUT.items():
        export.command(dataset.value, help=about)(_command(dataset))
    export.command("kpi")(export_kpi.kpi)
    export.command("star")(export_star.star)
    app.add_typer(export, name="export")


_ABOUT: Final = {
    Dataset.TICKETS: "Export tickets, open and closed, with what their clocks came to; the period is when they came.",
    Dataset.COMMENTS: "Export replies, and with --internal what staff wrote for each other.",
    Dataset.APPROVALS: "Export the decisions on purchases.",
    Dataset.FACTS: "Export everything that happened; with --internal, `deskterm import` takes it into another desk.",
    Dataset.AUDIT: "Export the audit trail as it was hashed (admins and executives).",
}


def _command(dataset: Dataset) -> Callable[..., None]:
    def export(
        context: typer.Context,
        wanted: Annotated[str, typer.Argument(metavar="[FILTER]", help="Of which tickets, as for `list`.")] = "",
        since: From = None,
        until: To = None,
        view: Annotated[str, typer.Option(metavar="NAME", help=_VIEW)] = "",
        columns: Columns = "",
        format_: WrittenAs = None,
        file: File = STDOUT,
        force: Force = False,
        internal: Annotated[bool, typer.Option("--internal", help="With what staff write for each other.")] = False,
        masked: Annotated[
            bool, typer.Option("--masked", help="Pseudonyms for people and customers, and none of their texts.")
        ] = False,
        bom: Bom = False,
        sheets: Sheets = "",
    ) -> None:
        from deskterm.core.services.exporting import Wanted

        if dataset is Dataset.AUDIT and (wanted or view):
            raise InvalidInput("the audit trail has no filter and no views: narrow it by --from and --to")
        is_log = format_ is Format.TROUBLESHOOTING_LOG
        if is_log and dataset is not Dataset.TICKETS:
            raise InvalidInput(f"the troubleshooting log is of tickets: export tickets, not {dataset}")
        target = delivery(format_, file, force=force, bom=bom, sheets=sheets)
        with desk(context) as opened:
            of = opened.view(view) if view else None
            made = opened.export(
                Wanted(
                    Dataset.LOG if is_log else dataset,
                    of.narrowed(parse_filter(wanted)) if of else parse_filter(wanted),
                    since.date() if since else None,
                    until.date() if until else None,
                    names(columns),
                    internal=internal,
                    masked=masked,
                    view=of.base if of else None,
                )
            )
            target.write(made)

    return export
