"""What reading a first page sends to each database, as SQLAlchemy compiles it: `first_page.json` is made from this.

The store's own functions are called with a connection that keeps the queries instead of running them, and with values
that stand for who reads. A test compares the file with this, and what it sends with what SQLAlchemy sends.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects import registry
from sqlmodel.sql.sqltypes import UTCDateTime

from deskterm.core.domain.access import Scope
from deskterm.core.domain.filter_terms import Filter
from deskterm.core.store import directory, lists, schema, tickets, watch
from deskterm.core.store.first_page import page_name
from deskterm.core.store.narrowing import EVERYTHING
from deskterm.core.store.orders import SORTINGS
from deskterm.core.views import Start, View, orders

DIALECTS: Final = {"sqlite": "sqlite.pysqlite", "postgresql": "postgresql.psycopg"}
MOST_DEPARTMENTS: Final = 2
"""Of how many departments somebody may be for whom this is made."""
_PERSON, _DEPARTMENTS, _LIMIT, _TICKET, _LOGIN = -101, (-203, -202), -301, -401, "who reads"
_NOW: Final = datetime(1, 1, 1, tzinfo=UTC)
_STANDS_FOR: Final[dict[object, str]] = {
    _PERSON: "person", _DEPARTMENTS[0]: "department 0", _DEPARTMENTS[1]: "department 1", _LIMIT + 1: "limit",
    _TICKET: "ticket", _LOGIN: "login", _NOW: "now",
}  # fmt: skip


_Query: TypeAlias = sa.Select[Any] | sa.CompoundSelect[Any]


class _Recording:
    """A connection that keeps queries, and on which there is one ticket, of which nothing can be read."""

    def __init__(self) -> None:
        self.queries: list[_Query] = []

    def execute(self, query: _Query) -> "_Recording":
        self.queries.append(query)
        return self

    def scalar(self, query: _Query) -> None:
        self.queries.append(query)

    def scalars(self, query: _Query) -> list[int]:
        self.queries.append(query)
        return [_TICKET]

    def all(self) -> list[Any]:
        return []

    def one_or_none(self) -> None:
        return None

    def __iter__(self) -> Iterator[Any]:
        return iter(())


def _recorded(read: Callable[[Any], object], number: int = 0) -> _Query:
    connection = _Recording()
    read(connection)
    return connection.queries[number]


def text() -> str:
    """Gives what `first_page.json` has to hold."""
    made = {"head": schema.HEAD, **{name: _of(dialect) for name, dialect in DIALECTS.items()}}
    return json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _of(dialect: str) -> dict[str, Any]:
    found = {
        "version": sa.select(schema.VERSION.c.version_num),
        "meta": _recorded(directory.meta),
        "people by login": _recorded(lambda connection: directory.named(connection, _LOGIN)),
        "posts": _recorded(lambda connection: directory.named(connection, _LOGIN), 1),
        "profiles": _recorded(directory.profiles),
        "profile now": _recorded(lambda connection: directory.profile_at(connection, _NOW)),
        "departments": _recorded(directory.departments),
        "categories": _recorded(directory.categories),
        "place": _recorded(watch.place),
        "clocks": _recorded(lambda connection: tickets.clocks_of(connection, [_TICKET])),
    }
    scopes = _scopes()
    found["lines"] = _recorded(partial(_page, scopes[0], View.ALL), 1)
    made = {name: _compiled(query, dialect) for name, query in found.items()}
    for scope in scopes:
        for view in View:
            keys = [key.name for key in SORTINGS[orders(view, Filter())[0]].keys]
            made[page_name(view, scope)] = _compiled(_recorded(partial(_page, scope, view)), dialect) | {"order": keys}
    return made


def _page(scope: Scope, view: View, connection: Any) -> object:  # noqa: ANN401 - one that records
    order = orders(view, Filter())[0]
    return lists.page(connection, scope, view, EVERYTHING, order, Start(), limit=_LIMIT, tell=_tell_nothing)


def _tell_nothing(*_: object) -> Any:  # noqa: ANN401 - there are no rows
    return None


def _scopes() -> list[Scope]:
    some = [frozenset(_DEPARTMENTS[:count]) for count in range(MOST_DEPARTMENTS + 1)]
    everything = Scope(_PERSON, everything=True, departments=frozenset())
    return [everything, *(Scope(_PERSON, everything=False, departments=departments) for departments in some)]


def _compiled(query: _Query, dialect: str) -> dict[str, Any]:
    made: Any = query.compile(dialect=registry.load(dialect)(), compile_kwargs={"render_postcompile": True})
    values = made.params
    names = made.positiontup or list(values)
    return {
        "sql": made.string,
        "values": [[name, *_value(values[name])] for name in names],
        "columns": [column.name for column in query.selected_columns],
        "kinds": "".join(_kind(column.type) for column in query.selected_columns),
    }


def _value(value: object) -> tuple[str, object]:
    if value in _STANDS_FOR:
        return "given", _STANDS_FOR[value]
    return "fixed", str(value) if isinstance(value, str) else value


def _kind(column: sa.types.TypeEngine[Any]) -> str:
    return "i" if isinstance(column, UTCDateTime) else "b" if isinstance(column, sa.Boolean) else "."
