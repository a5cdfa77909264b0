"""A new desk: schema, profile, departments with their categories, and the first admin."""

import secrets
from datetime import datetime
from functools import partial

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.people import Person
from deskterm.core.domain.profile import Profile
from deskterm.core.domain.words import Role, Via
from deskterm.core.services.golden import require_golden
from deskterm.core.services.identity import DEMO, DESK, UNFINISHED, os_login, who
from deskterm.core.services.policies import checked_profile
from deskterm.core.store import audit, directory, schema
from deskterm.core.store.engine import Connection, Store

__all__ = ["DEMO", "DESK", "UNFINISHED", "os_login"]  # besides what is defined here

Made = tuple[str, str, dict[str, object]]
"""What an entry of the audit trail is of, what was done, and what it is by now."""


def make_desk(
    store: Store, profile_text: str, *, source: str, login: str, name: str, now: datetime, purpose: str = DESK
) -> int:
    """Makes a desk under a profile with `login` as its admin, and gives the admin's id.

    Raises:
        ProfileError: when the profile can't be used; nothing is made.
        InvalidInput: when the database holds a desk already, or a golden ticket doesn't hold.
        StoreUnavailable: when it is out of reach.
    """
    profile = checked_profile(profile_text, source=source)
    require_golden(profile, source=source)
    if store.path is not None:
        try:
            store.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InvalidInput(f"{store.path.parent} can't be made: {error.strerror}") from error
    schema.upgrade(store)
    with store.write() as connection:
        if directory.meta(connection) is not None:
            raise InvalidInput(f"there is a desk at {store.name} already: use it, or name another --database")
        profile_id = directory.add_profile(connection, profile.key, profile.version, profile_text, now, now)
        directory.found(connection, purpose, secrets.token_hex(16), profile_id, now)
        made = _departments(connection, profile)
        admin = directory.add_person(connection, name=name or login, role=Role.ADMIN, login=login)
        founding: list[Made] = [
            ("desk", "founded", {"purpose": purpose}),
            ("profile", "applied", directory.profile_row(connection, profile_id)),
            *made,
            ("person", "added", directory.person_row(connection, admin)),
        ]
        audit.append(connection, [audit.change(*one, at=now, actor_id=None, via=Via.CLI) for one in founding])
    store.share()
    return admin


def _departments(connection: Connection, profile: Profile) -> list[Made]:
    """Makes the profile's departments with their categories; gives what the audit trail is to say of them."""
    made: list[Made] = []
    for rule in profile.departments.values():
        department_id = directory.add_department(connection, rule.key, rule.name, rule.calendar)
        made.append(("department", "added", directory.department_row(connection, department_id)))
        for category in rule.categories:
            number = directory.add_category(connection, category.key, category.name, category.kind, department_id)
            made.append(("category", "added", directory.category_row(connection, number)))
    return made


def really(store: Store, login: str, actor: Person) -> int | None:
    """Gives who is at the desk when that is not `actor`: an admin's `--as` is written into every fact."""
    with store.read() as connection:
        mine = [p.id for p in directory.named(connection, login) if p.login == login]
    return mine[0] if mine and mine[0] != actor.id else None


def founder(store: Store) -> Person:
    """Gives who made the desk: its first admin."""
    with store.read() as connection:
        return directory.people(connection)[min(directory.admins(connection))]


def identify(store: Store, login: str, *, acting_as: str = "") -> tuple[Person, bool]:
    """Gives who is at the desk, and whether it is a demo; raises as `identity.who`."""
    with store.read() as connection:
        meta = directory.meta(connection)
        named = partial(directory.named, connection)
        return who(meta.purpose if meta else None, named, login, acting_as, desk=store.name)
