"""What the groups of a board's tables are called: departments, people, priorities, categories, tiers."""

from functools import cached_property

from deskterm.core.domain.people import Category, Department, Person
from deskterm.core.domain.profile import Profile
from deskterm.core.services.board_parts import Named
from deskterm.core.services.kpi_sight import NOBODY, called
from deskterm.core.services.reckoning import Dimension
from deskterm.core.store import directory
from deskterm.core.store.engine import Connection
from deskterm.core.store.tables import PEOPLE

_LAST = 1_000_000_000


class Names:
    """The names of a desk, each read when it is first asked for."""

    def __init__(self, connection: Connection, profile: Profile) -> None:
        """Keeps where they are read."""
        self._connection = connection
        self._profile = profile

    @cached_property
    def _departments(self) -> dict[int, Department]:
        return directory.departments(self._connection)

    @cached_property
    def _categories(self) -> dict[int, Category]:
        return directory.categories(self._connection)

    @cached_property
    def _people(self) -> dict[int, Person]:
        return directory.staff(self._connection)

    @cached_property
    def _shared(self) -> frozenset[str]:
        return directory.shared_names(self._connection)

    def of(self, by: Dimension, number: int) -> Named:
        """Gives what a group is called, and where it stands among the others."""
        match by:
            case Dimension.DEPARTMENT:
                department = self._departments[number]
                return Named(department.key, department.name, (number, ""))
            case Dimension.PERSON:
                return self._person(number)
            case Dimension.PRIORITY:
                rule = self._profile.priorities.get(number)
                return Named(str(number), rule.label if rule else f"priority {number}", (number, ""))
            case Dimension.CATEGORY:
                category = self._categories[number]
                owner = self._departments.get(category.department_id or 0)
                return Named(category.key, category.name, (0, category.name.casefold()), owner.name if owner else "")
            case Dimension.TIER:
                tiers = self._profile.tiers
                return Named(str(number), tiers[number - 1] if number <= len(tiers) else f"tier {number}", (number, ""))

    def _person(self, number: int) -> Named:
        if number == 0:
            return Named(NOBODY, NOBODY, (_LAST, ""))
        if number not in self._people:  # who is no longer of the staff
            self._people |= directory.people(self._connection, only=PEOPLE.c.id == number)
        person = self._people[number]
        key = person.login or (called(person) if person.name.lower() in self._shared else person.name)
        return Named(key, person.name, (0, person.name.casefold()))
