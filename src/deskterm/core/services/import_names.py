"""What an imported log names and the desk lacks: people, departments and categories, made as they are met."""

import re
from collections.abc import Iterable
from itertools import chain, count
from typing import Final, NamedTuple

from deskterm.core.domain.words import CategoryKind, Role
from deskterm.core.services.context import Context
from deskterm.core.services.event_log import LogEvent
from deskterm.core.services.policies import DeskPolicy
from deskterm.core.store import directory
from deskterm.core.store.engine import Connection

NO_GROUP: Final = "No group"
NO_CATEGORY: Final = "Uncategorised"
NO_REQUESTER: Final = "Unknown requester"


class Ids(NamedTuple):
    """The desk's ids for a log's names."""

    people: dict[str, int]
    departments: dict[str, int]
    categories: dict[str, int]


def make_met(
    context: Context, connection: Connection, events: list[LogEvent], policy: DeskPolicy
) -> tuple[Ids, tuple[int, int, int]]:
    """Makes what events name and the desk lacks; gives all ids, and how many people, departments, categories are new.

    Each that is made has its entry in the audit trail.
    """
    departments = {d.name: d.id for d in directory.departments(connection).values()}
    categories = {c.name: c.id for c in directory.categories(connection).values() if c.department_id is None}
    people = directory.origins(connection)
    known = Ids(people.copy(), departments.copy(), categories.copy())
    department_keys = {d.key for d in directory.departments(connection).values()}
    category_keys = {c.key for c in directory.categories(connection).values()}
    calendar = policy.profile.default_calendar
    for name in _met(e.group or NO_GROUP for e in events):
        if name not in departments:
            departments[name] = directory.add_department(connection, _slug(name, department_keys), name, calendar)
    for name in _met(e.category or NO_CATEGORY for e in events):
        if name not in categories:
            kind = CategoryKind.STANDARD
            categories[name] = directory.add_category(connection, _slug(name, category_keys), name, kind, None)
    homes = {name: e.group or NO_GROUP for e in reversed(events) for name in (e.actor, e.assignee) if name}
    for name in _met(n for e in events for n in (e.actor, e.assignee, e.requester or NO_REQUESTER) if n):
        if name in people:
            continue
        role = Role.AGENT if name in homes else Role.REQUESTER
        home = departments[homes[name]] if name in homes else None
        people[name] = directory.add_person(connection, name=name, role=role, department_id=home, origin=name)
    new_people, new_departments, new_categories = (
        [number for name, number in now.items() if name not in before]
        for now, before in zip((people, departments, categories), known, strict=True)
    )
    rows = (directory.department_row, directory.category_row, directory.person_row)
    made = (new_departments, new_categories, new_people)
    for kind_of, row, ids in zip(("department", "category", "person"), rows, made, strict=True):
        context.record(connection, kind_of, "added", *(row(connection, number) for number in ids))
    return Ids(people, departments, categories), (len(new_people), len(new_departments), len(new_categories))


def _met(names: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(names)


def _slug(name: str, taken: set[str]) -> str:
    """Gives a key for `name` that is not `taken`, and takes it."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:58] or "unnamed"
    key = next(key for key in chain([plain], (f"{plain}_{number}" for number in count(2))) if key not in taken)
    taken.add(key)
    return key
