"""Views by their names: those built in, one's own, and those of the departments that one serves.

One's own are nobody else's to know, of who acts as them neither, and change nothing for others, so the audit trail
doesn't tell of them. A department's stand on its people's screens: their saving and dropping are entries.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from hashlib import sha256
from typing import Any, Final, NamedTuple

from deskterm.core.domain.access import leads, scope_of
from deskterm.core.domain.errors import InvalidInput, NotAllowed, NotFound
from deskterm.core.domain.filter_terms import Filter
from deskterm.core.domain.filters import parse_filter, print_filter, renamed
from deskterm.core.domain.people import Department, Person
from deskterm.core.domain.text import check_text
from deskterm.core.domain.words import Role
from deskterm.core.named_views import (
    BUILT_IN,
    FOR_REQUESTERS,
    KEYS,
    NamedView,
    Saved,
    alike,
    arranged,
    check_order,
    named,
)
from deskterm.core.services.context import Context
from deskterm.core.services.filtering import narrowed
from deskterm.core.services.finding import the_department
from deskterm.core.store import audit, directory, saved_views
from deskterm.core.store.engine import Connection
from deskterm.core.store.saved_views import Owner
from deskterm.core.views import Order, View

_NAME_LIMIT: Final = 30
_MOST: Final = 50


class Kept(NamedTuple):
    """What saving came to: the view's name, the department that it is for, whether there was one that it replaced."""

    name: str
    department: str
    replaced: bool


def views(context: Context) -> tuple[NamedView, ...]:
    """Gives the actor's views, in the order of their tabs."""
    with context.store.read() as connection:
        actor = context.actor(connection)
        return arranged(BUILT_IN if actor.is_staff else FOR_REQUESTERS, _saved(context, connection, actor))


def view(context: Context, name: str) -> NamedView:
    """Gives the actor's view that is called `name`.

    Raises:
        InvalidInput: when there is none, or its filter can't be read any more.
    """
    found = named((*views(context), *BUILT_IN), name)
    if found is None:
        raise InvalidInput(_unknown(name, [one.name for one in (*views(context), *BUILT_IN)]))
    if found.wrong:
        raise InvalidInput(found.wrong)
    return found


def departments(context: Context) -> list[Department]:
    """Gives the departments that the actor may save views for."""
    with context.store.read() as connection:
        actor = context.actor(connection)
        return [one for one in directory.departments(connection).values() if _arranges(actor, one.id)]


def save(
    context: Context,
    name: str,
    base: View,
    wanted: Filter,
    *,
    order: Order | None = None,
    department: str = "",
    number: int | None = None,
) -> Kept:
    """Saves a list, a filter and an order under a name, the actor's own or a department's, in place of what is there.

    With a `number` its key is that, and another view of the same owner that had it gives it up; without one the key
    stays as it was.

    Raises:
        InvalidInput: when the name can't be one, the filter names what the desk doesn't have, or there are too many.
        NotAllowed: when the department is not the actor's to arrange.
    """
    _check_name(name)
    check_order(base, wanted, order)
    parse_filter(text := print_filter(wanted))  # that of a view and what was typed besides may be too much together
    with context.store.read() as connection:
        owner, home = _owner(context, connection, department)
        narrowed(context, connection, scope_of(context.actor(connection)), wanted)
    row: dict[str, object] = {
        "name": " ".join(name.split()),
        "called": alike(name),
        "base": base,
        "wanted": text,
        "sort": order,
        **({"number": _key(number)} if number is not None else {}),
    }
    with context.store.write() as connection:
        audit.lock(connection)
        there = saved_views.owned(connection, owner)
        replaced = any(one["called"] == row["called"] for one in there)
        if not replaced and len(there) >= _MOST:
            raise InvalidInput(f"there are {len(there)} saved views already: drop one first")
        view_id = saved_views.write(connection, owner, row)
        _settle(context, connection, owner, view_id, "saved")
    return Kept(str(row["name"]), home.name if home else "", replaced)


def change(
    context: Context, name: str, *, department: str = "", new_name: str = "", number: int | None = None
) -> NamedView:
    """Renames a saved view, or gives it another key: 0 takes its key away.

    Raises:
        NotFound: when there is none called so.
        InvalidInput, NotAllowed: as `save`.
    """
    changed: dict[str, object] = {}
    if new_name:
        _check_name(new_name)
        changed |= {"name": " ".join(new_name.split()), "called": alike(new_name)}
    if number is not None:
        changed["number"] = _key(number) if number else None
    with context.store.read() as connection:
        owner, _ = _owner(context, connection, department)
    with context.store.write() as connection:
        audit.lock(connection)
        there = saved_views.owned(connection, owner)
        row = _the(there, name)
        if any(one["called"] == changed.get("called") and one["id"] != row["id"] for one in there):
            raise InvalidInput(f"there is a saved view {new_name!r} already: drop it first")
        if changed:
            saved_views.change(connection, row["id"], changed)
            _settle(context, connection, owner, row["id"], "changed")
    return _named({**row, **changed}, department)


def drop(context: Context, name: str, *, department: str = "") -> str:
    """Takes a saved view out, and gives its name; what it stood in place of is there again.

    Raises:
        NotFound: when there is none called so.
        NotAllowed: when the department is not the actor's to arrange.
    """
    with context.store.read() as connection:
        owner, _ = _owner(context, connection, department)
    with context.store.write() as connection:
        audit.lock(connection)
        row = _the(saved_views.owned(connection, owner), name)
        saved_views.remove(connection, row["id"])
        if owner.department_id is not None:
            context.record(connection, "view", "removed", _told(row))
    return str(row["name"])


def forget(context: Context, connection: Connection, person: Person, name: str) -> None:
    """Has all filters that name somebody who is erased name them as they are called from then on."""
    called = {person.name.lower(), (person.login or person.name).lower()}
    for row in saved_views.every(connection):
        try:
            before = parse_filter(row["wanted"])
        except InvalidInput:
            continue  # it finds nothing, and says so to who opens it
        if (after := renamed(before, called, name)) != before:
            wanted = print_filter(after)
            saved_views.change(connection, row["id"], {"wanted": wanted})
            if row["department_id"] is not None:
                context.record(connection, "view", "changed", _told({**row, "wanted": wanted}))


def _saved(context: Context, connection: Connection, actor: Person) -> list[NamedView]:
    known = directory.departments(connection)
    rows = saved_views.of(connection, context.there_id, scope_of(actor).departments)
    return [_named(row, known[row["department_id"]].key if row["department_id"] else "") for row in rows]


def _named(row: Mapping[str, Any], department: str) -> NamedView:
    text, number, wanted, wrong = row["wanted"], row["number"], Filter(), ""
    try:
        wanted = parse_filter(text)
    except InvalidInput as error:
        wrong = f"the filter of {row['name']!r} can't be read any more: {error}"
    return NamedView(
        name=row["name"],
        base=View(row["base"]),
        wanted=wanted,
        key=str(number) if number else "",
        help=text or f"Saved: all of {row['base']}.",
        order=Order(row["sort"]) if row["sort"] else None,
        saved=Saved(row["id"], department, text, number, wrong),
    )


def _owner(context: Context, connection: Connection, department: str) -> tuple[Owner, Department | None]:
    actor = context.actor(connection)
    if not department:
        return Owner(person_id=context.there_id), None
    home = the_department(directory.departments(connection).values(), department)
    if not _arranges(actor, home.id):
        raise NotAllowed(f"the views of {home.name} are for its lead or an admin to arrange; your own you can save")
    return Owner(department_id=home.id), home


def _arranges(actor: Person, department_id: int) -> bool:
    return actor.role is Role.ADMIN or leads(actor, department_id)


def _settle(context: Context, connection: Connection, owner: Owner, view_id: int, what: str) -> None:
    """Leaves a key with one view, and writes into the audit trail what a department's views are by now."""
    row = next(one for one in saved_views.owned(connection, owner) if one["id"] == view_id)
    lost = saved_views.free(connection, owner, row["number"], but=view_id) if row["number"] else []
    if owner.department_id is not None:
        told = [_told(one) for one in saved_views.owned(connection, owner) if one["id"] in {view_id, *lost}]
        context.record(connection, "view", what, *told)


def _told(row: Mapping[str, Any]) -> dict[str, object]:
    """Gives a view as the audit trail keeps it: its filter, which may name somebody, by its SHA-256."""
    kept = {name: row[name] for name in ("id", "department_id", "name", "base", "sort", "number")}
    return {**kept, "sha256": sha256(row["wanted"].encode()).hexdigest()}


def _the(rows: list[dict[str, Any]], name: str) -> dict[str, Any]:
    found = next((row for row in rows if row["called"] == alike(name)), None)
    if found is None:
        if named(BUILT_IN, name) is not None:
            raise InvalidInput(f"{alike(name)} is built in: it can't be changed or dropped")
        raise NotFound(_unknown(name, [row["name"] for row in rows]))
    return found


def _check_name(name: str) -> None:
    check_text(name)
    if not alike(name) or "\n" in name or name.startswith("-"):
        raise InvalidInput("a view needs a name, on one line and not beginning with -")
    if (length := max(len(name), len(alike(name)))) > _NAME_LIMIT:  # without case, some letters are three
        raise InvalidInput(f"the name of a view may have {_NAME_LIMIT} characters, this has {length}: shorten it")
    if named(BUILT_IN, name) is not None:
        raise InvalidInput(f"{alike(name)} is built in: take another name, and the key of {alike(name)} if you want")


def _key(number: int) -> int:
    if not 1 <= number <= len(KEYS):
        raise InvalidInput(f"the key {number} is no view's: expected 1 to 9")
    return number


def _unknown(name: str, names: list[str]) -> str:
    if not names:
        return f"there is no saved view {name!r}: none is saved there; is it yours, or which department's?"
    close = get_close_matches(alike(name), [alike(one) for one in names], 1)
    hint = f"did you mean {close[0]}?" if close else f"expected one of {', '.join(dict.fromkeys(names))}"
    return f"there is no view {name!r}: {hint}"
