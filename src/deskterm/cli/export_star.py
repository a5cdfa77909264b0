"""`deskterm export star`: a star schema in a folder, for BI tools."""

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated

import typer

from deskterm.cli.bars import bars
from deskterm.cli.delivery import tidy
from deskterm.cli.globals import desk
from deskterm.cli.output import put_json, tell
from deskterm.cli.when import From, To
from deskterm.core.domain.export_columns import Dataset
from deskterm.core.domain.export_formats import Format
from deskterm.core.domain.filters import parse_filter


class StarFormat(StrEnum):
    """How the tables of a star are written."""

    CSV = Format.CSV.value
    PARQUET = Format.PARQUET.value


def star(
    context: typer.Context,
    folder: Annotated[Path, typer.Option("--output", "-o", metavar="FOLDER", help="The folder that is to be made.")],
    wanted: Annotated[str, typer.Argument(metavar="[FILTER]", help="Of which tickets, as for `list`.")] = "",
    since: From = None,
    until: To = None,
    format_: Annotated[StarFormat, typer.Option("--format", help="How its tables are written.")] = StarFormat.CSV,
    force: Annotated[bool, typer.Option("--force", help="Write a star anew that is there already.")] = False,
    masked: Annotated[bool, typer.Option("--masked", help="Pseudonyms for people and customers.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Export a star schema into a folder: facts and dimensions as tables, with their keys told; no texts are in it."""
    from deskterm.core.services.exporting import Wanted
    from deskterm.core.services.exporting_star import check_folder

    check_folder(folder, force=force)
    first, last = since.date() if since else None, until.date() if until else None
    asked = Wanted(Dataset.TICKETS, parse_filter(wanted), first, last, masked=masked)
    with tidy(), desk(context) as opened, bars(is_passing=True) as named:
        shown = cache(named)

        def hear(table: str, done: int, of: int) -> None:
            shown(table)(done, of)

        rows = opened.export_star(asked, folder, Format(format_.value), force=force, progress=hear)
    if as_json:
        put_json({"folder": str(folder), "rows": rows})
    else:
        tell(f"{len(rows)} tables, {sum(rows.values()):,} rows in {folder}")
