"""From what a person wrote to what they mean: people, departments, categories and priorities by key or name."""

from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.people import Category, Department, Person
from deskterm.core.domain.profile import PriorityRule, Profile
from deskterm.core.domain.targets import subjects
from deskterm.core.domain.text import check_text
from deskterm.core.store import directory
from deskterm.core.store.engine import Connection


def the_person(connection: Connection, name: str) -> Person:
    """Gives the one person whose login or name is `name`.

    Raises:
        InvalidInput: when there is none, or more than one.
    """
    check_text(name)
    found = directory.named(connection, name)
    if not found:
        raise InvalidInput(f"there is nobody called {name!r} here: `deskterm people` lists who is")
    if len(found) > 1:
        raise InvalidInput(f"{len(found)} people are called {name!r}: use a login")
    return found[0]


def the_department(departments: Iterable[Department], name: str) -> Department:
    """Gives the department whose key or name is `name`.

    Raises:
        InvalidInput: when there is none.
    """
    known = list(departments)
    for department in known:
        if name.lower() in {department.key.lower(), department.name.lower()}:
            return department
    raise InvalidInput(_unknown("department", name, [d.key for d in known], [d.name for d in known]))


def the_category(categories: Iterable[Category], name: str, home: Department | None) -> Category:
    """Gives the category whose key or name is `name`, in `home` where that is given.

    Raises:
        InvalidInput: when there is none, or the name alone fits several.
    """
    known = [c for c in categories if home is None or c.department_id in {None, home.id}]
    for category in known:
        if name.lower() == category.key.lower():
            return category
    found = [c for c in known if name.lower() == c.name.lower()]
    if len(found) > 1:
        raise InvalidInput(
            f"several departments have a category {name!r}: use a key, {', '.join(c.key for c in found)}"
        )
    if not found:
        raise InvalidInput(_unknown("category", name, [c.key for c in known], {c.name for c in known}))
    return found[0]


def the_priority(rules: Collection[PriorityRule], name: str) -> int:
    """Gives the rank of the priority whose key, label or rank is `name`.

    Raises:
        InvalidInput: when there is none.
    """
    for rule in rules:
        if name.lower() in {str(rule.rank), rule.key.lower(), rule.label.lower()}:
            return rule.rank
    raise InvalidInput(_unknown("priority", name, [rule.key for rule in rules]))


def the_subject(profile: Profile, name: str, customer: str) -> tuple[str, str, str]:
    """Gives product, module and question of the SLA table that `Product / Module / Question` spells; empty is none.

    Other customers' rows are not there for `customer`: what they buy is nobody else's to know.

    Raises:
        InvalidInput: when the table has no such.
    """
    if not name.strip():
        return "", "", ""
    known = {" / ".join(filter(None, parts)): parts for parts in subjects(profile, customer)}
    for spelled, parts in known.items():
        if _plain(name) == _plain(spelled):
            return parts
    raise InvalidInput(_unknown("product, module or question", name, list(known)) if known else _NO_TABLE)


def _plain(path: str) -> list[str]:
    return [part.strip().casefold() for part in path.split("/")]


_NO_TABLE = "this desk has no table of products, so nothing can be about one: leave it out"


def _unknown(what: str, name: str, keys: Sequence[str], names: Iterable[str] = ()) -> str:
    close = get_close_matches(name, [*keys, *names], 1)
    shown = ", ".join(keys[:12]) + (", ..." if len(keys) > 12 else "")
    return f"there is no {what} {name!r}: {f'did you mean {close[0]}?' if close else f'expected one of {shown}'}"
