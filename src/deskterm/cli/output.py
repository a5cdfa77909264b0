"""stdout is data, stderr the rest: tables for people, JSON for scripts. Untrusted text is cleaned here."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from deskterm.core.domain.text import clean


def plain(value: object) -> Any:  # noqa: ANN401 - JSON
    """Gives a view as JSON values: tuples with names become objects, instants ISO 8601 in UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {key: plain(item) for key, item in value._asdict().items()}
    if isinstance(value, list | tuple | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def put_json(value: object) -> None:
    """Prints a value as JSON; what is not ASCII is escaped, so a terminal can't be driven by it."""
    sys.stdout.write(json.dumps(plain(value), indent=2, ensure_ascii=True) + "\n")


def put(text: str) -> None:
    """Prints lines of data."""
    sys.stdout.write(clean(text, lines=True) + "\n")


def tell(text: str) -> None:
    """Prints what is not data."""
    sys.stderr.write(clean(text, lines=True) + "\n")


def put_table(headers: Sequence[str], rows: Iterable[Sequence[object]], *, whole: int = 1) -> None:
    """Prints a table: as wide as the terminal, whole when piped. The first `whole` columns are never cut."""
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    cells = [[clean("" if cell is None else str(cell)) for cell in row] for row in rows]
    for number, header in enumerate(headers):
        least = max(map(cell_len, (header, *(row[number] for row in cells)))) if number < whole else None
        table.add_column(header, no_wrap=True, min_width=least)
    for row in cells:
        table.add_row(*map(Text, row))
    console = Console(highlight=False) if sys.stdout.isatty() else Console(highlight=False, width=10_000)
    with console.capture() as capture:
        console.print(table)
    for line in capture.get().splitlines():
        sys.stdout.write(line.rstrip() + "\n")


def local(instant: datetime) -> str:
    """Gives an instant in the terminal's own zone, to the minute."""
    return f"{instant.astimezone():%Y-%m-%d %H:%M}"
