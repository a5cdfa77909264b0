"""stdout is data, stderr the rest: tables for people, JSON for scripts. Untrusted text is cleaned here."""

import json
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from deskterm.core.domain.text import clean


def plain(value: object) -> Any:  # noqa: ANN401 - JSON
    """Gives a view as JSON values: tuples with names become objects, instants ISO 8601 in UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date | ZoneInfo):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
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
    from deskterm.widgets.fit import fit, widths

    lines = [headers, *([clean("" if cell is None else str(cell)) for cell in row] for row in rows)]
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize
    columns = widths(lines, room=room, whole=whole)
    for line in lines:
        shown = "  ".join(fit(cell, width) for cell, width in zip(line, columns, strict=True))
        sys.stdout.write(shown.rstrip() + "\n")


def local(instant: datetime) -> str:
    """Gives an instant in the terminal's own zone, to the minute."""
    return f"{instant.astimezone():%Y-%m-%d %H:%M}"
