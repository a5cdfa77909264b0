"""Saved views in and out: whose they are is a person or a department."""

from collections.abc import Collection
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from deskterm.core.store.tables import VIEWS

_V: Final = VIEWS.c


class Owner(NamedTuple):
    """Whose views: exactly one of both is given."""

    person_id: int | None = None
    department_id: int | None = None


def of(connection: sa.Connection, person_id: int, departments: Collection[int]) -> list[dict[str, Any]]:
    """Gives a person's own views and then those of departments, each in the order in which they were saved."""
    whose = sa.or_(_V.person_id == person_id, _V.department_id.in_(sorted(departments)))
    rows = connection.execute(sa.select(VIEWS).where(whose)).mappings()
    return sorted(map(dict, rows), key=lambda row: (row["department_id"] or 0, row["id"]))


def owned(connection: sa.Connection, owner: Owner) -> list[dict[str, Any]]:
    """Gives the views of an owner, in the order in which they were saved."""
    return [dict(row) for row in connection.execute(sa.select(VIEWS).where(_is(owner)).order_by(_V.id)).mappings()]


def every(connection: sa.Connection) -> list[dict[str, Any]]:
    """Gives all views of everybody."""
    return [dict(row) for row in connection.execute(sa.select(VIEWS).order_by(_V.id)).mappings()]


def write(connection: sa.Connection, owner: Owner, values: dict[str, object]) -> int:
    """Writes a view in place of the one that is called so, where there is one, and gives its number."""
    # two terminals may save under one new name at once
    insert = sqlite.insert(VIEWS) if connection.dialect.name == "sqlite" else postgresql.insert(VIEWS)
    whose = _V.person_id if owner.person_id is not None else _V.department_id
    query = insert.values(**owner._asdict(), **values).on_conflict_do_update(
        index_elements=[whose, _V.called], index_where=whose.is_not(None), set_=values
    )
    return int(connection.scalars(query.returning(_V.id)).one())


def change(connection: sa.Connection, view_id: int, values: dict[str, object]) -> None:
    """Changes a view."""
    connection.execute(sa.update(VIEWS).where(_V.id == view_id).values(values))


def free(connection: sa.Connection, owner: Owner, number: int, *, but: int) -> list[int]:
    """Takes a key from the views of an owner but one, and gives those that had it."""
    had = sa.and_(_is(owner), _V.number == number, _V.id != but)
    return list(connection.scalars(sa.update(VIEWS).where(had).values(number=None).returning(_V.id)))


def remove(connection: sa.Connection, view_id: int) -> None:
    """Takes a view out."""
    connection.execute(sa.delete(VIEWS).where(_V.id == view_id))


def erase_of(connection: sa.Connection, person_id: int) -> None:
    """Takes out all that somebody saved for themselves."""
    connection.execute(sa.delete(VIEWS).where(_V.person_id == person_id))


def _is(owner: Owner) -> sa.ColumnElement[bool]:
    return _V.department_id == owner.department_id if owner.person_id is None else _V.person_id == owner.person_id
