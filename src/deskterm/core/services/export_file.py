"""How an export is written: which format a file's name says, and what that can take."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.export_formats import FILES_ONLY, SUFFIXES, Format
from deskterm.core.services.export_parquet import write_parquet
from deskterm.core.services.export_text import write_csv, write_json, write_jsonl, write_log
from deskterm.core.services.export_xlsx import write_xlsx
from deskterm.core.services.exporting import Export


class Written(NamedTuple):
    """What an export came to: its rows, and what of it didn't fit the format as it was, in sentences."""

    rows: int
    notes: tuple[str, ...] = ()


class Shape(NamedTuple):
    """How a file is written: CSV with a `bom`, XLSX with `sheets` for each value of a column."""

    format: Format
    bom: bool = False
    sheets: str = ""


def format_of(path: Path) -> Format | None:
    """Gives the format that a file's name says, None where it says none."""
    return SUFFIXES.get(path.suffix.lower())


def named_format(path: Path, *, instead: str = "") -> Format:
    """Gives the format that a file's name says.

    Raises:
        InvalidInput: when it says none, with what can be done `instead`.
    """
    if (found := format_of(path)) is None:
        *others, last = SUFFIXES
        raise InvalidInput(f"{path} doesn't say what it is: end its name in {', '.join(others)} or {last}{instead}")
    return found


def write(
    export: Export, shape: Shape, out: BinaryIO, folder: str = "", progress: Callable[[int], None] = lambda _: None
) -> Written:
    """Writes an export into an open file; `progress` hears how much of its size is done.

    Raises:
        InvalidInput: when the format can't be written, or has no such sheets.
    """
    batches = _heard(export, progress)
    match shape.format:
        case Format.XLSX:
            rows, notes = write_xlsx(
                export.columns, batches, out, name=export.dataset, folder=folder, sheets=shape.sheets
            )
            return Written(rows, tuple(notes))
        case Format.PARQUET:
            return Written(write_parquet(export.columns, batches, out))
        case Format.JSON:
            return Written(write_json(export.columns, batches, out))
        case Format.JSONL:
            return Written(write_jsonl(export.columns, batches, out))
        case Format.TROUBLESHOOTING_LOG:
            return Written(write_log(export.columns, batches, out))
        case _:
            return Written(write_csv(export.columns, batches, out, bom=shape.bom))


def _heard(export: Export, progress: Callable[[int], None]) -> Iterator[Sequence[Sequence[Any]]]:
    for batch in export.batches:
        yield batch.rows
        progress(batch.done)


def check_shape(shape: Shape, *, to_file: bool) -> None:
    """Passes when a format takes these options and can go there.

    Raises:
        InvalidInput: when it doesn't.
    """
    if shape.bom and shape.format is not Format.CSV:
        raise InvalidInput(f"--bom is for CSV: {shape.format} has none")
    if shape.sheets and shape.format is not Format.XLSX:
        raise InvalidInput(f"--sheets is for xlsx: {shape.format} has none")
    if shape.format in FILES_ONLY and not to_file:
        raise InvalidInput(f"{shape.format} is no text: say which file with -o FILE")
