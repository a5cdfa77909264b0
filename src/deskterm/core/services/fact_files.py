"""Reading facts that another desk exported: CSV, JSON or JSON a line, gzipped or not, checked before anything is done.

Every row is one fact; a ticket's stand together, in their order. What a spreadsheet would run has an apostrophe in CSV
and loses it here.
"""

import csv
import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple, cast

import orjson

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.filters import parse_id
from deskterm.core.domain.formulas import restored

_GZIP: Final = b"\x1f\x8b"
_MUST: Final = ("ticket", "version", "at", "kind", "data")
_TEXTS: Final = ("ticket", "at", "kind")
_MAYBE: Final = ("text", "actor", "via", "from_status", "to_status", "origin")
"""Texts that a fact may lack."""
_NUMBERS: Final = ("version", "active")
"""What is said of people and profiles in whole numbers or flags; all else of it is text."""
_PARTS: Final = ("data", "met")
_FIELD: Final = 10_000_000
_DIGITS: Final = 9
"""Digits of a version at most: more are no number of facts."""


class FactRow(NamedTuple):
    """A fact as a file has it, with the line or place where it stands."""

    line: int
    ticket: str
    said: Mapping[str, Any]


class FactFile(NamedTuple):
    """A file of facts that could be read to its end, and how many it has."""

    path: Path
    facts: int

    def tickets(self) -> Iterator[tuple[str, list[FactRow]]]:
        """Gives each ticket's facts; raises as `read_fact_file` when the file has changed."""
        for ticket, rows in groupby(_rows(self.path), key=lambda row: row.ticket):
            yield ticket, list(rows)


def is_fact_file(path: Path) -> bool:
    """Gives whether a file looks like an export of facts rather than an event log.

    Raises:
        InvalidInput: when it can't be read.
    """
    with _opened(path) as lines:
        first = lines.readline(100_000).removeprefix(b"\xef\xbb\xbf").lstrip()
    names = first.decode(errors="replace").strip().split(",")
    return first[:1] in {b"{", b"["} or {*_MUST} <= {*names}


def read_fact_file(path: Path) -> FactFile:
    """Gives the facts in `path`; nothing is kept of them.

    Raises:
        InvalidInput: when it can't be read or isn't facts; the message names the line.
    """
    return FactFile(path, sum(1 for _ in _rows(path)))


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as raw:
            zipped = raw.read(2) == _GZIP
            raw.seek(0)
            yield cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if zipped else raw
    except OSError as error:
        raise InvalidInput(f"{path} can't be read: {error.strerror or error}") from error
    except EOFError as error:
        raise InvalidInput(f"{path} ends in the middle of its compressed data: fetch it again") from error
    except zlib.error as error:
        raise InvalidInput(f"{path} is damaged: fetch it again") from error


def _rows(path: Path) -> Iterator[FactRow]:
    with _opened(path) as lines:
        first = lines.readline().removeprefix(b"\xef\xbb\xbf")
        lines.seek(0)
        if first.lstrip().startswith(b"["):
            yield from _from_json(lines, path.name)
        elif first.lstrip().startswith(b"{"):
            for number, line in enumerate(lines, 1):
                yield _row(_parsed(line, f"{path.name} line {number}"), number, path.name)
        else:
            yield from _from_csv(lines, path.name)


def _from_json(lines: BinaryIO, name: str) -> Iterator[FactRow]:
    every = _parsed(lines.read(), name)
    for number, said in enumerate(every, 1):
        yield _row(said, number, name)


def _from_csv(lines: BinaryIO, name: str) -> Iterator[FactRow]:
    csv.field_size_limit(_FIELD)
    rows = csv.reader((_decoded(line, number, name) for number, line in enumerate(lines, 1)), strict=True)
    try:
        header = next(rows, [])
        for row in rows:
            if len(row) != len(header):
                raise InvalidInput(f"{name} line {rows.line_num}: {len(row)} fields where the header has {len(header)}")
            place = f"{name} line {rows.line_num}"
            said = {one: restored(cell) or None for one, cell in zip(header, row, strict=True)}
            parts = {one: _parsed(cell.encode(), place) for one, cell in said.items() if one in _PARTS and cell}
            version = said.get("version") or ""
            number = int(version) if version.isdecimal() and len(version) <= _DIGITS else 0
            yield _row({**said, "version": number, **parts}, rows.line_num, name)
    except csv.Error as error:
        raise InvalidInput(f"{name} line {rows.line_num}: {error}") from error


def _decoded(line: bytes, number: int, name: str) -> str:
    try:
        return line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{name} line {number}: not UTF-8 at byte {error.start + 1}: convert the file") from error


def _parsed(data: bytes, place: str) -> Any:  # noqa: ANN401 - JSON
    try:
        return orjson.loads(data)
    except json.JSONDecodeError as error:
        raise InvalidInput(f"{place}: no JSON: {error.msg}") from error


def _row(said: Any, line: int, name: str) -> FactRow:  # noqa: ANN401 - JSON
    place = f"{name} line {line}"
    if not isinstance(said, dict):
        raise InvalidInput(f"{place}: no fact: expected an object with {', '.join(_MUST)}")
    if missing := [one for one in _MUST if said.get(one) is None]:
        raise InvalidInput(f"{place}: no {', '.join(missing)}: export facts with all their columns, and --internal")
    typed = (
        all(isinstance(said[one], str) for one in _TEXTS)
        and all(isinstance(said.get(one), str | None) for one in _MAYBE)
        and all(isinstance(said.get(one), dict | None) for one in _PARTS)
        and _is_met(said.get("met") or {})
    )
    if not typed or not isinstance(said["version"], int) or said["version"] < 1:
        raise InvalidInput(f"{place}: a field is of another type than it has in an export of facts")
    parse_id(said["ticket"])
    return FactRow(line, said["ticket"], said)


def _is_met(met: Mapping[str, Any]) -> bool:
    """Gives whether all that a fact tells of others is as `export_met` tells it."""
    if not all(isinstance(part, dict) for part in met.values()):
        return False
    told = [met.get("ticket", {}), *(one for kind, part in met.items() if kind != "ticket" for one in part.values())]
    return all(
        isinstance(one, dict)
        and all(isinstance(value, (int if name in _NUMBERS else str) | None) for name, value in one.items())
        for one in told
    )
