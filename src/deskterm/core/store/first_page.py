"""Reading what a first page takes without SQLAlchemy, which takes longer to load than all of it to read.

It sends the very statements that SQLAlchemy would: they stand in `first_page.json`, made from `compiled`. Whatever is
not as usual goes the long way, which also says what is wrong.
"""

import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from deskterm.core.domain.access import Scope
from deskterm.core.views import View

_SQLITE: Final = re.compile(r"sqlite:///([^?%]+)")
_POSTGRES: Final = re.compile(r"postgresql(?:\+psycopg)?(://.+)")
_PATIENCE: Final = 30
_READ_PRAGMAS: Final = ("busy_timeout=30000", "query_only=ON")
Given: TypeAlias = Mapping[str, Any]
Run: TypeAlias = Callable[[str, Any], Sequence[Sequence[Any]]]


class LongWay(Exception):
    """The page has to be read through SQLAlchemy: its statement isn't kept, or something is not as usual."""


class Statement(NamedTuple):
    """A statement as it is kept: its values in order, and how the columns of its rows are called and stored."""

    sql: str
    values: list[list[Any]]
    columns: list[str]
    kinds: str
    order: Sequence[str] = ()


class Reading:
    """A database that is read in one transaction, by statements that are kept."""

    def __init__(self, dialect: str, run: Run) -> None:
        """Reads by `run`, which is given SQL and its values, and gives rows."""
        self._is_sqlite = dialect == "sqlite"
        self._kept: Mapping[str, Any] = kept()[dialect]
        self._run = run

    def statement(self, name: str) -> Statement:
        """Gives a statement; raises LongWay where none of the name is kept."""
        if name not in self._kept:
            raise LongWay(name)
        return Statement(**self._kept[name])

    def rows(self, name: str, **given: Any) -> list[Any]:  # noqa: ANN401 - what the statement asks for
        """Gives the rows of a statement, with names and as SQLAlchemy gives their values."""
        said = self.statement(name)
        if "tickets" in given:
            sql, values = self._each(said, given["tickets"])
        else:
            sql, values = (
                said.sql,
                [(place, given[what] if how == "given" else what) for place, how, what in said.values],
            )
        sent = [(place, self._sent(value)) for place, value in values]
        found = self._run(sql, [value for _, value in sent] if self._is_sqlite else dict(sent))
        made = _row_of(tuple(said.columns))
        return [made(*map(self._meant, row, said.kinds)) for row in found]

    def _each(self, said: Statement, tickets: Sequence[int]) -> tuple[str, list[tuple[str, Any]]]:
        """Gives a statement about one ticket as that about several: each has a place of its own."""
        place = said.values[0][0]
        values = [(f"{place.removesuffix('1')}{number}", ticket) for number, ticket in enumerate(tickets, 1)]
        one = "?" if self._is_sqlite else f"%({place})s::BIGINT"
        every = ", ".join(one.replace(place, name) for name, _ in values)
        return said.sql.replace(f"({one})", f"({every})"), values

    def _sent(self, value: object) -> object:
        if self._is_sqlite and isinstance(value, datetime):
            return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
        return value

    def _meant(self, value: Any, kind: str) -> object:  # noqa: ANN401 - as the driver gives it
        if value is None or kind == ".":
            return value
        if kind == "b":
            return bool(value)
        return datetime.fromisoformat(value).replace(tzinfo=UTC) if self._is_sqlite else value.astimezone(UTC)


@contextmanager
def reading(url: str) -> Iterator[Reading]:
    """Gives the database of a URL in a transaction that sees one moment and can't write.

    Raises:
        LongWay: when the URL is not a plain one, or there is no file.
        Exception: whatever the driver raises when the database is out of reach.
    """
    if (found := _SQLITE.fullmatch(url)) and Path(found[1]).exists():
        with closing(sqlite3.connect(found[1], isolation_level=None)) as lite:
            for pragma in _READ_PRAGMAS:
                lite.execute(f"PRAGMA {pragma}")
            lite.execute("BEGIN")
            yield Reading("sqlite", lambda sql, values: lite.execute(sql, values).fetchall())
    elif found := _POSTGRES.fullmatch(url):
        import psycopg  # noqa: PLC0415 - only a desk on a server needs it

        options = {"isolation_level": psycopg.IsolationLevel.REPEATABLE_READ, "read_only": True}
        with closing(psycopg.connect(f"postgresql{found[1]}", connect_timeout=_PATIENCE)) as server:
            for name, value in options.items():
                setattr(server, name, value)
            yield Reading("postgresql", lambda sql, values: server.execute(sql, values).fetchall())
    else:
        raise LongWay(url)


def page_name(view: View, scope: Scope) -> str:
    """Gives what the page of a view is called among the statements: for all, or for so many departments."""
    return f"{view} of {'everything' if scope.everything else len(scope.departments)}"


@cache
def kept() -> dict[str, Any]:
    """Gives what is kept: the schema's version that it is of, and the statements of each database by name."""
    found: dict[str, Any] = json.loads(Path(__file__).with_name("first_page.json").read_text("utf-8"))
    return found


@cache
def _row_of(columns: tuple[str, ...]) -> Callable[..., Any]:
    from collections import namedtuple  # noqa: PLC0415 - the columns are known only here

    return namedtuple("Row", columns)  # noqa: PYI024 - as above
