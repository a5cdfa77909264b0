"""People, departments, categories, posts, profiles and the desk itself, in and out."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from typing import NamedTuple

import sqlalchemy as sa

from deskterm.core.domain.people import Category, Contact, Department, Person
from deskterm.core.domain.profile import LEAD
from deskterm.core.domain.words import CategoryKind, Role
from deskterm.core.store.lines import category, people_by_id
from deskterm.core.store.tables import CATEGORIES, DEPARTMENTS, META, PEOPLE, POSTS, PROFILES, TICKETS


class Meta(NamedTuple):
    """The desk itself."""

    purpose: str
    log_id: str
    profile_id: int


def meta(connection: sa.Connection) -> Meta | None:
    """Gives what the desk is, None before `init`."""
    row = connection.execute(sa.select(META.c.purpose, META.c.log_id, META.c.profile_id)).one_or_none()
    return Meta(*row) if row else None


def found(connection: sa.Connection, purpose: str, log_id: str, profile_id: int, now: datetime) -> None:
    """Writes what the desk is."""
    connection.execute(
        sa.insert(META).values(id=1, purpose=purpose, log_id=log_id, profile_id=profile_id, created_at=now)
    )


def set_purpose(connection: sa.Connection, purpose: str) -> None:
    """Writes what the desk has become."""
    connection.execute(sa.update(META).values(purpose=purpose))


def add_profile(
    connection: sa.Connection, key: str, version: int, text: str, now: datetime, effective_at: datetime
) -> int:
    """Writes a version of a profile that is in effect from `effective_at`, and gives its id."""
    values = {"key": key, "version": version, "text": text, "applied_at": now, "effective_at": effective_at}
    return int(connection.scalars(sa.insert(PROFILES).values(values).returning(PROFILES.c.id)).one())


def profile_row(connection: sa.Connection, profile_id: int) -> dict[str, object]:
    """Gives a version of a profile as the audit trail keeps it: its text by its SHA-256."""
    query = sa.select(PROFILES.c.id, PROFILES.c.key, PROFILES.c.version, PROFILES.c.text, PROFILES.c.effective_at)
    row = dict(connection.execute(query.where(PROFILES.c.id == profile_id)).mappings().one())
    text = row.pop("text")
    return {**row, "sha256": sha256(text.encode()).hexdigest()}


def remove_profile(connection: sa.Connection, profile_id: int) -> None:
    """Takes out a version that no ticket is under."""
    connection.execute(sa.delete(PROFILES).where(PROFILES.c.id == profile_id))


def profiles(connection: sa.Connection) -> dict[int, tuple[str, int, str, datetime, datetime]]:
    """Gives every stored profile by id: key, version, text, from when it is in effect, when it was applied."""
    columns = (PROFILES.c.key, PROFILES.c.version, PROFILES.c.text, PROFILES.c.effective_at, PROFILES.c.applied_at)
    return {row[0]: tuple(row[1:]) for row in connection.execute(sa.select(PROFILES.c.id, *columns))}


def profile_at(connection: sa.Connection, instant: datetime) -> int | None:
    """Gives the id of the profile in effect at an instant, the first one where none was yet."""
    latest = sa.select(PROFILES.c.id).order_by(PROFILES.c.effective_at.desc(), PROFILES.c.id.desc()).limit(1)
    found = connection.scalar(latest.where(PROFILES.c.effective_at <= instant))
    first = sa.select(PROFILES.c.id).order_by(PROFILES.c.effective_at, PROFILES.c.id).limit(1)
    return found or connection.scalar(first)


def tickets_by_profile(connection: sa.Connection) -> dict[int, int]:
    """Gives how many tickets are under each profile."""
    rows = connection.execute(sa.select(TICKETS.c.profile_id, sa.func.count()).group_by(TICKETS.c.profile_id))
    return {row[0]: row[1] for row in rows}


def departments(connection: sa.Connection) -> dict[int, Department]:
    """Gives every department by id, in the order they were made."""
    lead = sa.and_(POSTS.c.department_id == DEPARTMENTS.c.id, POSTS.c.key == LEAD)
    rows = connection.execute(
        sa.select(DEPARTMENTS.c.id, DEPARTMENTS.c.key, DEPARTMENTS.c.name, DEPARTMENTS.c.calendar, POSTS.c.person_id)
        .select_from(DEPARTMENTS.outerjoin(POSTS, lead))
        .order_by(DEPARTMENTS.c.id)
    )
    return {row[0]: Department(*row) for row in rows}


def categories(connection: sa.Connection) -> dict[int, Category]:
    """Gives every category by id, in the order they were made."""
    columns = (CATEGORIES.c.id, CATEGORIES.c.key, CATEGORIES.c.name, CATEGORIES.c.kind, CATEGORIES.c.department_id)
    rows = connection.execute(sa.select(*columns).order_by(CATEGORIES.c.id))
    return {row[0]: category(tuple(row)) for row in rows}


def people(connection: sa.Connection, *, only: sa.ColumnElement[bool] | None = None) -> dict[int, Person]:
    """Gives people by id with the posts they hold, in the order of their names."""
    columns = ("id", "name", "role", "login", "department_id", "is_active", "customer")
    query = sa.select(*(PEOPLE.c[name] for name in columns)).order_by(PEOPLE.c.name, PEOPLE.c.id)
    rows = connection.execute(query if only is None else query.where(only)).all()
    posts = connection.execute(sa.select(POSTS.c.person_id, POSTS.c.key, POSTS.c.department_id))
    return people_by_id(rows, [tuple(post) for post in posts])


def person(connection: sa.Connection, person_id: int) -> Person | None:
    """Gives one person, None when there is no such."""
    return people(connection, only=PEOPLE.c.id == person_id).get(person_id)


def named(connection: sa.Connection, name: str) -> list[Person]:
    """Gives the people whose login is `name`, else those whose name it is, case aside."""
    by_login = list(people(connection, only=PEOPLE.c.login == name).values())
    return by_login or list(people(connection, only=sa.func.lower(PEOPLE.c.name) == name.lower()).values())


def by_login(connection: sa.Connection, logins: Iterable[str]) -> dict[int, Person]:
    """Gives the people who have these logins, by id."""
    return people(connection, only=PEOPLE.c.login.in_(list(logins)))


def names(connection: sa.Connection, ids: Collection[int]) -> dict[int, str]:
    """Gives the names of people by id."""
    return {
        row[0]: row[1] for row in connection.execute(sa.select(PEOPLE.c.id, PEOPLE.c.name).where(PEOPLE.c.id.in_(ids)))
    }


def contacts(connection: sa.Connection) -> dict[int, Contact]:
    """Gives how people are reached, by id: of those of whom something is known."""
    columns = [PEOPLE.c[name] for name in Contact._fields]
    known = sa.or_(*(column != "" for column in columns))
    return {row[0]: Contact(*row[1:]) for row in connection.execute(sa.select(PEOPLE.c.id, *columns).where(known))}


def contact(connection: sa.Connection, person_id: int) -> Contact:
    """Gives how somebody is reached."""
    query = sa.select(*(PEOPLE.c[name] for name in Contact._fields)).where(PEOPLE.c.id == person_id)
    return Contact(*connection.execute(query).one())


def shared_names(connection: sa.Connection) -> frozenset[str]:
    """Gives the names, in lower case, that name nobody alone: several people have them, or one has it as a login."""
    name = sa.func.lower(PEOPLE.c.name)
    several = sa.select(name).group_by(name).having(sa.func.count() > 1)
    return frozenset(connection.scalars(several.union(sa.select(name).where(name.in_(sa.select(PEOPLE.c.login))))))


def staff(connection: sa.Connection) -> dict[int, Person]:
    """Gives everybody who is more than a requester, by id."""
    return people(connection, only=PEOPLE.c.role != Role.REQUESTER)


def admins(connection: sa.Connection) -> frozenset[int]:
    """Gives the admins who are active."""
    query = sa.select(PEOPLE.c.id).where(PEOPLE.c.role == Role.ADMIN, PEOPLE.c.is_active)
    return frozenset(connection.scalars(query))


def open_load(connection: sa.Connection) -> dict[int, int]:
    """Gives how many open tickets each assignee has."""
    rows = connection.execute(
        sa.select(TICKETS.c.assignee_id, sa.func.count())
        .where(TICKETS.c.closed_at.is_(None), TICKETS.c.assignee_id.is_not(None), TICKETS.c.status != "resolved")
        .group_by(TICKETS.c.assignee_id)
    )
    return {row[0]: row[1] for row in rows}


def add_department(connection: sa.Connection, key: str, name: str, calendar: str) -> int:
    """Writes a department, and gives its id."""
    return int(
        connection.scalars(
            sa.insert(DEPARTMENTS).values(key=key, name=name, calendar=calendar).returning(DEPARTMENTS.c.id)
        ).one()
    )


def add_category(connection: sa.Connection, key: str, name: str, kind: CategoryKind, department_id: int | None) -> int:
    """Writes a category, and gives its id."""
    return int(
        connection.scalars(
            sa.insert(CATEGORIES)
            .values(key=key, name=name, kind=kind, department_id=department_id)
            .returning(CATEGORIES.c.id)
        ).one()
    )


def department_row(connection: sa.Connection, department_id: int) -> dict[str, object]:
    """Gives a department as the audit trail keeps it."""
    return _kept(connection, DEPARTMENTS, ("id", "key", "name", "calendar"), department_id)


def category_row(connection: sa.Connection, category_id: int) -> dict[str, object]:
    """Gives a category as the audit trail keeps it."""
    return _kept(connection, CATEGORIES, ("id", "key", "name", "kind", "department_id"), category_id)


def add_person(
    connection: sa.Connection,
    *,
    name: str,
    role: Role,
    login: str | None = None,
    department_id: int | None = None,
    origin: str | None = None,
    customer: str = "",
    contact: Mapping[str, str] = MappingProxyType({}),
) -> int:
    """Writes a person, and gives their id; `contact` are the columns of `Contact` that are known."""
    values = {
        "name": name,
        "role": role,
        "login": login,
        "department_id": department_id,
        "is_active": True,
        "origin": origin,
        "customer": customer,
        **contact,
    }
    return int(connection.scalars(sa.insert(PEOPLE).values(values).returning(PEOPLE.c.id)).one())


def change_person(connection: sa.Connection, person_id: int, **values: object) -> None:
    """Writes the columns of a person that changed."""
    connection.execute(sa.update(PEOPLE).where(PEOPLE.c.id == person_id).values(**values))


def appoint(connection: sa.Connection, key: str, person_id: int, department_id: int | None = None) -> None:
    """Gives a post to a person; whoever held it no longer does."""
    same = POSTS.c.department_id.is_(None) if department_id is None else POSTS.c.department_id == department_id
    connection.execute(sa.delete(POSTS).where(POSTS.c.key == key, same))
    connection.execute(sa.insert(POSTS).values(key=key, department_id=department_id, person_id=person_id))


def vacate(connection: sa.Connection, person_id: int) -> list[tuple[str, int | None]]:
    """Takes every post from a person, and gives which those were, with their departments."""
    mine = POSTS.c.person_id == person_id
    held = connection.execute(sa.select(POSTS.c.key, POSTS.c.department_id).where(mine).order_by(POSTS.c.id)).all()
    connection.execute(sa.delete(POSTS).where(mine))
    return [(row[0], row[1]) for row in held]


def person_row(connection: sa.Connection, person_id: int) -> dict[str, object]:
    """Gives a person as the audit trail keeps them."""
    columns = ("id", "login", "name", "role", "department_id", "is_active", "customer", *Contact._fields)
    return _kept(connection, PEOPLE, columns, person_id)


def _kept(connection: sa.Connection, table: sa.Table, columns: Iterable[str], number: int) -> dict[str, object]:
    query = sa.select(*(table.c[name] for name in columns)).where(table.c.id == number)
    return dict(connection.execute(query).mappings().one())


def origins(connection: sa.Connection) -> dict[str, int]:
    """Gives the ids of people made by an import, by their name in its log."""
    rows = connection.execute(sa.select(PEOPLE.c.origin, PEOPLE.c.id).where(PEOPLE.c.origin.is_not(None)))
    return {row[0]: row[1] for row in rows}
