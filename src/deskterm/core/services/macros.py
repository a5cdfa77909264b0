"""Macros: which there are, and who may change them."""

from typing import NamedTuple

from deskterm.core.domain.errors import InvalidInput, NotAllowed, NotFound
from deskterm.core.domain.macros import Macro, read_macros, to_toml
from deskterm.core.domain.people import Person
from deskterm.core.domain.words import Role
from deskterm.core.services.context import Context
from deskterm.core.services.finding import the_category, the_priority
from deskterm.core.store import audit, directory, macros
from deskterm.core.store.engine import Connection
from deskterm.core.store.macros import Kept


class Applied(NamedTuple):
    """The keys of macros that a file added and changed; the rest of it stood already."""

    added: tuple[str, ...]
    changed: tuple[str, ...]


def listed(context: Context) -> list[Macro]:
    """Gives the macros of the desk and of the actor's department, every one to who oversees all.

    Raises:
        NotAllowed: to who is no staff.
    """
    with context.store.read() as connection:
        actor = context.actor(connection)
        if not actor.is_staff:
            raise NotAllowed("macros are for staff")
        return [kept.macro for kept in macros.every(connection) if _is_for(actor, kept)]


def as_toml(context: Context, key: str = "") -> str:
    """Gives a macro, or all that the actor sees, as a file to edit and apply; raises as `listed`, and NotFound."""
    found = [macro for macro in listed(context) if key in {"", macro.key}]
    if key and not found:
        raise NotFound(f"there is no macro {key}: `deskterm macros` lists them")
    return to_toml(found)


def apply(context: Context, text: str, source: str) -> Applied:
    """Adds the macros of a file, in place of those that have their keys; all of them, or none.

    Raises:
        ProfileError: when the file can't be used: which lines, and what was expected.
        NotAllowed: unless an admin does it, or the lead of each macro's department.
        InvalidInput: when a department, category or priority isn't the desk's.
    """
    wanted = read_macros(text, source)
    context.store.check_writable()
    with context.store.write() as connection:
        audit.lock(connection)  # a key is added once, whoever else adds it just now
        actor = context.actor(connection)
        known = {kept.macro.key: kept for kept in macros.every(connection)}
        added, changed = [], []
        for macro in wanted:
            home = _home(context, connection, macro)
            _check_right(actor, macro.key, home)
            if macro.key in known:
                _check_right(actor, macro.key, known[macro.key].department_id)
                if known[macro.key].macro != macro:
                    row = macros.change(connection, known[macro.key].id, macro, home)
                    context.record(connection, "macro", "changed", row)
                    changed.append(macro.key)
            else:
                context.record(connection, "macro", "added", macros.add(connection, macro, home))
                added.append(macro.key)
    return Applied(tuple(added), tuple(changed))


def drop(context: Context, key: str) -> None:
    """Takes a macro out.

    Raises:
        NotFound: when there is none of that key.
        NotAllowed: unless an admin does it, or the lead of its department.
    """
    context.store.check_writable()
    with context.store.write() as connection:
        audit.lock(connection)
        actor = context.actor(connection)
        kept = next((one for one in macros.every(connection) if one.macro.key == key and _is_for(actor, one)), None)
        if kept is None:
            raise NotFound(f"there is no macro {key}: `deskterm macros` lists them")
        _check_right(actor, key, kept.department_id)
        macros.remove(connection, kept.id)
        context.record(connection, "macro", "removed", {"id": kept.id, "key": key})


def _is_for(actor: Person, kept: Kept) -> bool:
    everywhere = kept.department_id is None or actor.role in {Role.ADMIN, Role.EXECUTIVE}
    return actor.is_staff and (everywhere or actor.serves(kept.department_id or 0))


def _check_right(actor: Person, key: str, department_id: int | None) -> None:
    leads = actor.role is Role.LEAD and department_id is not None and actor.serves(department_id)
    if actor.role is not Role.ADMIN and not leads:
        whose = "the lead of its department, or " if department_id is not None else ""
        raise NotAllowed(f"the macro {key} is for {whose}an admin to change")


def _home(context: Context, connection: Connection, macro: Macro) -> int | None:
    """Gives the department of a macro; raises InvalidInput when what it names isn't the desk's."""
    departments = directory.departments(connection).values()
    home = next((department for department in departments if department.key == macro.department), None)
    if macro.department and home is None:
        known = ", ".join(department.key for department in departments)
        raise InvalidInput(f"macro {macro.key}: there is no department {macro.department}: expected one of {known}")
    try:
        if macro.category:
            the_category(directory.categories(connection).values(), macro.category, home)
        if macro.priority:
            the_priority(list(context.policy_now(connection)[1].profile.priorities.values()), macro.priority)
    except InvalidInput as error:
        raise InvalidInput(f"macro {macro.key}: {error}") from None
    return home.id if home else None
