"""The indexes that lists of tickets are read by: one for each order of what each list holds, with its number last.

What is open is few and what is closed is all of ten years, so most of them are over what is open alone.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

import sqlalchemy as sa

_OPEN: Final = "closed_at IS NULL"
_POOL: Final = f"{_OPEN} AND assignee_id IS NULL"
_OVER: Final = "closed_at IS NOT NULL"
_KEYS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "due": ("next_due_at",),
        "priority": ("priority", "next_due_at"),
        "updated": ("updated_at",),
        "created": ("created_at",),
        "closed": ("closed_at",),
    }
)
_WHOSE: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"": (), "dept_": ("department_id",), "mine_": ("assignee_id",), "asked_": ("requester_id",)}
)
_OPEN_ORDERS: Final = ("due", "priority", "updated", "created")


def partial(name: str, *columns: str, where: str, unique: bool = False) -> sa.Index:
    """Gives an index over some of the rows."""
    clause = sa.text(where)
    return sa.Index(name, *columns, unique=unique, sqlite_where=clause, postgresql_where=clause)


def ticket_indexes() -> Iterator[sa.Index]:
    """Gives the indexes, with one for the tickets of a category, which its name finds."""
    name = "ix_help_desk_tickets_"
    for whose, first in _WHOSE.items():
        for order in _OPEN_ORDERS:
            yield partial(f"{name}{whose}{order}", *first, *_KEYS[order], "id", where=_OPEN)
        # what somebody had in other departments than their own is told from the index alone: it may be all of ten years
        where_it_was = ("department_id",) if whose == "mine_" else ()
        yield partial(f"{name}{whose}closed", *first, "closed_at", "id", *where_it_was, where=_OVER)
        if whose != "asked_":
            yield partial(f"{name}over_{whose}created", *first, "created_at", "id", *where_it_was, where=_OVER)
    for whose in ("", "dept_"):
        for order in _OPEN_ORDERS:
            yield partial(f"{name}pool_{whose}{order}", *_WHOSE[whose], *_KEYS[order], "id", where=_POOL)
    yield sa.Index(f"{name}category", "category_id", "id")
    yield sa.Index(f"{name}requester", "requester_id", "created_at", "id")
    yield sa.Index(f"{name}requester_updated", "requester_id", "updated_at", "id")
