"""Where `deskterm export` writes to, and how: a file that is there whole or not at all, or the standard output."""

import gc
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Final, NamedTuple

import typer

from deskterm.cli.bars import bar
from deskterm.cli.output import tell
from deskterm.core.domain.export_formats import Format
from deskterm.core.domain.text import clean

if TYPE_CHECKING:
    from deskterm.core.services.export_file import Shape, Written
    from deskterm.core.services.exporting import Export

_ENDED: Final = 128
"""What shells add a signal's number to, for the exit code of what it ended."""
STDOUT: Final = Path("-")
Columns = Annotated[str, typer.Option(metavar="A,B,C", help="Only these columns, in this order.")]
_FORMAT: Final = (
    "How it is written; without it as the name of FILE ends, csv on stdout. troubleshooting-log has its own nine "
    "fields, in a FILE called .csv or .xlsx as that, else as text."
)
WrittenAs = Annotated[Format | None, typer.Option("--format", help=_FORMAT)]
File = Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where to; - is stdout.")]
Force = Annotated[bool, typer.Option("--force", help="Write a file anew that is there already.")]
Bom = Annotated[bool, typer.Option("--bom", help="CSV with a byte order mark, for Excel.")]
Sheets = Annotated[str, typer.Option(metavar="COLUMN", help="XLSX with a sheet each, such as department.")]


class Delivery(NamedTuple):
    """Where an export goes and how it is written."""

    shape: "Shape"
    file: Path
    force: bool

    def write(self, made: "Export") -> None:
        """Writes an export there; raises as `export_file.write` and `placing.placed`."""
        gc.disable()  # rows hold no circles, and looking for some takes a tenth of the time
        try:
            if self.file == STDOUT:
                _to_stdout(made, self.shape)
            else:
                _to_file(made, self.shape, self.file, self.force)
        finally:
            gc.enable()


def delivery(
    format_: Format | None, file: Path, *, force: bool = False, bom: bool = False, sheets: str = ""
) -> Delivery:
    """Gives where an export goes, before anything is read for it.

    Raises:
        InvalidInput: when it can't go there, or not so.
    """
    from deskterm.core.services.export_file import Shape, check_shape, format_of, named_format
    from deskterm.core.services.placing import check_place

    to_file = file != STDOUT
    by_name = format_of(file) if to_file else None
    if to_file and format_ is None and not file.is_dir():
        by_name = named_format(file, instead=", or name a --format")
    is_log = format_ is Format.TROUBLESHOOTING_LOG
    shape = Shape((by_name if is_log else None) or format_ or by_name or Format.CSV, bom=bom, sheets=sheets)
    check_shape(shape, to_file=to_file)
    if to_file:
        check_place(file, force=force)
    return Delivery(shape, file, force)


@contextmanager
def tidy() -> Iterator[None]:
    """Has a timer that ends the program, or a terminal that goes, leave no half of a file behind, as ctrl+c does."""

    def end(number: int, _frame: object) -> None:
        raise SystemExit(_ENDED + number)

    # what nohup or somebody else has decided about stays so
    ours = [number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


def names(columns: str) -> tuple[str, ...]:
    """Gives the columns that an option names."""
    return tuple(name.strip() for name in columns.split(",")) if columns else ()


def _to_file(made: "Export", shape: "Shape", file: Path, force: bool) -> None:
    from deskterm.core.services.export_file import write
    from deskterm.core.services.placing import placed

    with tidy(), placed(file, force=force) as out, bar(made.dataset) as hear:
        folder = str(file.resolve().parent)
        written = write(made, shape, out, folder=folder, progress=lambda done: hear(done, made.size))
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
