"""Exports as Parquet, with types; pyarrow comes with `deskterm[parquet]`."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, BinaryIO, Final

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.export_columns import Column, Kind
from deskterm.core.services.export_text import Rows

_GROUP: Final = 20_000
"""Rows of a row group: what a reader takes in at once."""


def write_parquet(columns: Sequence[Column], batches: Rows, out: BinaryIO) -> int:
    """Writes Parquet; gives how many rows. Instants are timestamps in UTC, what is JSON stays its text.

    Raises:
        InvalidInput: when pyarrow isn't installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra, and large
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError:
        raise InvalidInput("Parquet needs pyarrow: install `deskterm[parquet]`, or export CSV") from None
    types = {
        Kind.COUNT: pa.int64(),
        Kind.AMOUNT: pa.float64(),
        Kind.NUMBER: pa.float64(),
        Kind.FLAG: pa.bool_(),
        Kind.INSTANT: pa.timestamp("us", tz="UTC"),
    }
    schema = pa.schema([(column.name, types.get(column.kind, pa.string())) for column in columns])
    reads = [_READS.get(column.kind) for column in columns]
    count, waiting = 0, list[Sequence[Any]]()
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:

        def write() -> None:
            cells = zip(*waiting, strict=True) if waiting else ([] for _ in columns)
            arrays = [
                pa.array(some if read is None else [None if c is None else read(c) for c in some], field.type)
                for some, read, field in zip(cells, reads, schema, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            waiting.clear()

        for rows in batches:
            waiting += rows
            count += len(rows)
            if len(waiting) >= _GROUP:
                write()
        write()
    return count


_READS: Final[dict[Kind, Callable[[Any], Any]]] = {
    Kind.INSTANT: datetime.fromisoformat,
    Kind.DATA: json.dumps,
    Kind.DIRECTORY: json.dumps,
}
