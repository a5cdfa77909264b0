"""Exports as text: CSV by RFC 4180, JSON, and JSON a line. UTF-8, written as it is read."""

import csv
import io
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any, BinaryIO, Final

import orjson

from deskterm.core.domain.export_columns import Column, Kind
from deskterm.core.domain.formulas import neutral

Rows = Iterable[Sequence[Sequence[Any]]]
"""An export's rows, some at a time."""
BOM: Final = b"\xef\xbb\xbf"
_SAFE: Final = frozenset({Kind.TICKET, Kind.COUNT, Kind.AMOUNT, Kind.NUMBER, Kind.INSTANT})
"""What is never a formula, for no person wrote it."""
_LINE: Final = orjson.OPT_APPEND_NEWLINE


def write_csv(columns: Sequence[Column], batches: Rows, out: BinaryIO, *, bom: bool = False) -> int:
    """Writes CSV with a header; texts that a spreadsheet would run are made `formulas.neutral`. Gives how many rows."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    tells = [(place, _cell(column.kind)) for place, column in enumerate(columns) if column.kind not in _SAFE]
    out.write(BOM if bom else b"")
    writer.writerow([column.name for column in columns])
    count = 0
    for rows in batches:
        for row in rows:
            cells = list(row)
            for place, tell in tells:
                if cells[place] is not None:
                    cells[place] = tell(cells[place])
            writer.writerow(cells)
        count += len(rows)
        out.write(text.getvalue().encode())
        text.seek(0)
        text.truncate()
    out.write(text.getvalue().encode())
    return count


def _cell(kind: Kind) -> Any:  # noqa: ANN401 - a function of a cell's own type
    match kind:
        case Kind.FLAG:
            return {True: "true", False: "false"}.get
        case Kind.DATA | Kind.DIRECTORY:
            return _as_json
        case _:
            return neutral


def _as_json(value: object) -> str:
    return orjson.dumps(value).decode()


def write_log(columns: Sequence[Column], batches: Rows, out: BinaryIO) -> int:
    """Writes a block of lines for each row, a field a line or more; gives how many rows."""
    width = max(len(column.name) for column in columns) + 2
    count = 0
    for rows in batches:
        for row in rows:
            for column, value in zip(columns, row, strict=True):
                first, *more = str(value or "").splitlines() or [""]
                lines = [f"{column.name:{width}}{first}", *(f"{'':{width}}{line}" for line in more)]
                out.write("".join(f"{line.rstrip()}\n" for line in lines).encode())
            out.write(b"\n")
        count += len(rows)
    return count


def write_jsonl(columns: Sequence[Column], batches: Rows, out: BinaryIO) -> int:
    """Writes an object a line; gives how many."""
    names = [column.name for column in columns]
    count = 0
    for rows in batches:
        objects = map(dict, map(zip, repeat(names), rows))
        out.write(b"".join(map(orjson.dumps, objects, repeat(None), repeat(_LINE))))
        count += len(rows)
    return count


def write_json(columns: Sequence[Column], batches: Rows, out: BinaryIO) -> int:
    """Writes one array of objects; gives how many."""
    names = [column.name for column in columns]
    count, before = 0, b"[\n"
    for rows in batches:
        if rows:
            out.write(before + b",\n".join([orjson.dumps(dict(zip(names, row, strict=True))) for row in rows]))
            before = b",\n"
            count += len(rows)
    out.write(b"\n]\n" if count else b"[]\n")
    return count
