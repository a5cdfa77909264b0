"""Whose figures somebody may see (000-R7, 000-R34), and what they are narrowed to.

Executives and admins see all, leads the departments that they lead and their people there, everybody else of the staff
their own. What is asked for outside of that is refused; what is not said is all that one may see.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np

from deskterm.core.domain.access import leads, scope_of
from deskterm.core.domain.columns import Bools, Columns
from deskterm.core.domain.drills import Drill
from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.people import Category, Department, Person
from deskterm.core.domain.profile import Profile
from deskterm.core.domain.profile_file import MOST_RANKS
from deskterm.core.kpi_views import Asked
from deskterm.core.services.finding import the_category, the_department, the_person, the_priority
from deskterm.core.store import directory
from deskterm.core.store.engine import Connection

NOBODY: Final = "nobody"
_RANKS: Final = frozenset(str(rank) for rank in range(1, MOST_RANKS + 1))
_BY_ID: Final = "#"
_NUMBERED: Final = re.compile(r"#([0-9]{1,18})")
"""A person by their number, as far as a database has room for one."""


@dataclass(frozen=True, slots=True)
class Sight:
    """The figures that somebody sees now: of these departments (None is all), narrowed as they asked.

    `person` None is everybody, `is_nobody` asks for what nobody has. A person's own are theirs in any department.
    """

    departments: frozenset[int] | None
    department: Department | None = None
    person: Person | None = None
    called: str = ""  # what names the person in a filter
    is_nobody: bool = False
    priority: int | None = None
    priority_label: str = ""  # the profile's word for it
    category: Category | None = None
    tier: int | None = None
    is_own: bool = False  # who looks sees nobody else's figures
    is_alone: bool = False  # these are their own, and what others have is not told

    @property
    def fields(self) -> frozenset[str]:
        """The columns that it looks at."""
        return frozenset(name for name, _, _ in self._tests())

    @property
    def only(self) -> dict[str, frozenset[int]]:
        """What the columns of what is in sight say, each one of some numbers."""
        found: dict[str, frozenset[int]] = {}
        for name, wanted, _ in self._tests():
            found[name] = found.get(name, wanted) & wanted
        return found

    def _tests(self) -> list[tuple[str, frozenset[int], str]]:
        """Gives what must hold: of which column, which numbers, and what is said of those that are out."""
        found = []
        if self.departments is not None:
            found.append(("department", self.departments, ""))
        if self.department is not None:
            found.append(("department", frozenset({self.department.id}), "served by another department"))
        if self.person is not None or self.is_nobody:
            whose = frozenset({self.person.id if self.person else 0})
            found.append(("person", whose, "somebody else's"))
        if self.priority is not None:
            found.append(("priority", frozenset({self.priority}), "of another priority"))
        if self.category is not None:
            found.append(("category", frozenset({self.category.id}), "of another category"))
        if self.tier is not None:
            found.append(("tier", frozenset({self.tier}), "in another tier"))
        return found

    def of(self, columns: Columns) -> Columns:
        """Gives the measures that are in sight."""
        masks = [_among(columns, name, wanted) for name, wanted, _ in self._tests()]
        mask = reduce(np.logical_and, masks, np.ones(columns.at.size, np.bool_))
        return columns if bool(mask.all()) else columns.where(mask)

    def narrowed_out(self, columns: Columns) -> list[tuple[str, Columns]]:
        """Gives what is allowed and was not asked for, by the reason."""
        found = []
        for name, wanted, why in self._tests():
            mask = _among(columns, name, wanted)
            if why and not self.is_alone:
                found.append((why, columns.where(~mask)))
            columns = columns.where(mask)
        return found

    def words(self) -> str:
        """Says whose figures these are."""
        parts = [self.person.name] if self.person else [NOBODY] if self.is_nobody else []
        parts += [self.department.name] if self.department else []
        parts += [self.category.name] if self.category else []
        parts += [f"priority {self.priority_label or self.priority}"] if self.priority else []
        parts += [f"tier {self.tier}"] if self.tier else []
        return ", ".join(parts)

    def drill(self, name: str, period: str) -> Drill:
        """Gives the drill of a figure of these."""
        return Drill(
            name,
            period,
            dept=self.department.key if self.department else "",
            person=self.called or (NOBODY if self.is_nobody else ""),
            prio=str(self.priority or ""),
            category=self.category.key if self.category else "",
            tier=str(self.tier or ""),
        )


def _among(columns: Columns, name: str, wanted: frozenset[int]) -> Bools:
    field = getattr(columns, name)
    found: Bools = np.equal(field, next(iter(wanted))) if len(wanted) == 1 else np.isin(field, list(wanted))
    return found


def called(person: Person) -> str:
    """Gives what names a person in a filter and nobody else: the login, or for who has none the number."""
    return person.login or f"{_BY_ID}{person.id}"


def _key(person: Person, asked: str) -> str:
    return person.name if asked.lower() == person.name.lower() and not person.login else called(person)


def sight(
    connection: Connection, actor: Person, asked: Asked, profile: Profile, departments: Mapping[int, Department],
    tier: str = "",
) -> Sight:  # fmt: skip
    """Gives what `actor` sees of what they asked for.

    Raises:
        NotAllowed: when that is not theirs to see.
        InvalidInput: when it names what the desk doesn't have.
    """
    if not actor.is_staff:
        raise NotAllowed("figures are for the desk's staff: your own requests are in `deskterm list`")
    led = None if scope_of(actor).everything else frozenset(one for one in departments if leads(actor, one))
    person = _person(connection, actor, asked.person)
    if led is not None and not led:
        if asked.person and (person is None or person.id != actor.id):
            raise NotAllowed("the figures of others are for their lead: yours are on the board sheet")
        person = actor
    department = the_department(departments.values(), asked.department) if asked.department else None
    is_mine = person is not None and person.id == actor.id
    if department is not None and led is not None and not is_mine and department.id not in led:
        raise NotAllowed(f"the figures of {department.name} are for its lead and for executives")
    categories = directory.categories(connection).values() if asked.category else ()
    priority = _priority(asked.priority, profile) if asked.priority else None
    rule = profile.priorities.get(priority) if priority else None
    return Sight(
        departments=None if is_mine else led,
        department=department,
        person=person,
        called=_key(person, asked.person) if person else "",
        is_nobody=asked.person.lower() == NOBODY,
        priority=priority,
        priority_label=rule.label if rule else "",
        category=the_category(categories, asked.category, None) if asked.category else None,
        tier=_tier(tier, profile) if tier else None,
        is_own=led is not None and not led,
        is_alone=led is not None and is_mine,
    )


def _person(connection: Connection, actor: Person, name: str) -> Person | None:
    if not name or name.lower() == NOBODY:
        return None
    if name.lower() == "me":
        return actor
    if (numbered := _NUMBERED.fullmatch(name)) and (found := directory.person(connection, int(numbered[1]))):
        return found
    return the_person(connection, name)


def _priority(name: str, profile: Profile) -> int:
    """Gives a rank; by its number also one that the profile has no longer, or not yet: tickets keep what they have."""
    if name in _RANKS:
        return int(name)
    return the_priority(tuple(profile.priorities.values()), name)


def _tier(name: str, profile: Profile) -> int:
    known = {label.lower(): number for number, label in enumerate(profile.tiers, 1)}
    if name.isdecimal() and int(name) >= 1:
        return int(name)
    if name.lower() in known:
        return known[name.lower()]
    raise InvalidInput(f"there is no tier {name!r}: write a number, or {', '.join(known) or '1'}")
