"""`deskterm export`: what you may see as files for spreadsheets, scripts and BI tools."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, BinaryIO, Final

import typer

from deskterm.cli.globals import desk
from deskterm.cli.output import tell
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.export_columns import Dataset
from deskterm.core.domain.export_formats import Format
from deskterm.core.domain.filters import parse_filter
from deskterm.core.domain.text import clean

if TYPE_CHECKING:
    from deskterm.core.services.export_file import Shape, Written
    from deskterm.core.services.exporting import Export

_DAY = ["%Y-%m-%d"]
_MOMENT: Final = 1.0
"""Seconds after which an export says how far it is."""
_STDOUT: Final = Path("-")


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    export = typer.Typer(
        help="Write what you may see into files, for spreadsheets, scripts and BI tools.",
        rich_markup_mode=None,
        no_args_is_help=True,
    )
    for dataset, about in _ABOUT.items():
        export.command(dataset.value, help=about)(_command(dataset))
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
        since: Annotated[
            datetime | None, typer.Option("--from", formats=_DAY, metavar="DATE", help="The first day.")
        ] = None,
        until: Annotated[
            datetime | None, typer.Option("--to", formats=_DAY, metavar="DATE", help="The last day.")
        ] = None,
        columns: Annotated[str, typer.Option(metavar="A,B,C", help="Only these columns, in this order.")] = "",
        format_: Annotated[
            Format | None, typer.Option("--format", help="How it is written; without it as FILE is called, else csv.")
        ] = None,
        file: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where to; - is stdout.")] = _STDOUT,
        force: Annotated[bool, typer.Option("--force", help="Write a file anew that is there already.")] = False,
        internal: Annotated[bool, typer.Option("--internal", help="With what staff write for each other.")] = False,
        masked: Annotated[
            bool, typer.Option("--masked", help="Pseudonyms for people and customers, and none of their texts.")
        ] = False,
        bom: Annotated[bool, typer.Option("--bom", help="CSV with a byte order mark, for Excel.")] = False,
        sheets: Annotated[str, typer.Option(metavar="COLUMN", help="XLSX with a sheet each, such as department.")] = "",
    ) -> None:
        from deskterm.core.services.export_file import Shape, check_shape, format_of
        from deskterm.core.services.exporting import Wanted
        from deskterm.core.services.placing import check_place

        to_file = file != _STDOUT
        if dataset is Dataset.AUDIT and wanted:
            raise InvalidInput("the audit trail has no filter: narrow it by --from and --to")
        shape = Shape(format_ or (format_of(file) if to_file else None) or Format.CSV, bom=bom, sheets=sheets)
        check_shape(shape, to_file=to_file)
        if to_file:
            check_place(file, force=force)
        with desk(context) as opened:
            made = opened.export(
                Wanted(
                    dataset,
                    parse_filter(wanted),
                    since.date() if since else None,
                    until.date() if until else None,
                    tuple(name.strip() for name in columns.split(",")) if columns else (),
                    internal=internal,
                    masked=masked,
                )
            )
            if to_file:
                _to_file(made, shape, file, force)
            else:
                _to_stdout(made, shape)

    return export


def _to_file(made: "Export", shape: "Shape", file: Path, force: bool) -> None:
    from deskterm.core.services.export_file import write
    from deskterm.core.services.placing import placed

    with placed(file, force=force) as out, _progress(made) as progress:
        written = write(made, shape, out, folder=str(file.resolve().parent), progress=progress)
    _tell(written, f" in {file}")


def _to_stdout(made: "Export", shape: "Shape") -> None:
    from deskterm.core.services.export_file import write

    try:
        out: BinaryIO = _Shown() if sys.stdout.isatty() else sys.stdout.buffer  # type: ignore[assignment]
        write(made, shape, out)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Shown:
    """A terminal: what people wrote is shown there, and never drives it."""

    def write(self, data: bytes) -> int:
        """Writes text that was made safe."""
        return sys.stdout.write(clean(data.decode().replace("\r\n", "\n"), lines=True))


def _tell(written: "Written", where: str) -> None:
    rows = f"{written.rows:,} {'row' if written.rows == 1 else 'rows'}"
    tell(f"{rows}{where}")
    for note in written.notes:
        tell(f"notice: {note}")


@contextmanager
def _progress(made: "Export") -> Iterator[Callable[[int], None]]:
    """Shows on a terminal how far it is, once it takes more than a moment."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    begun = monotonic()
    with Progress(console=Console(stderr=True), transient=True, disable=False) as bar:
        task = bar.add_task(made.dataset, total=made.size, visible=False)
        yield lambda done: bar.update(task, completed=done, visible=monotonic() - begun > _MOMENT)
