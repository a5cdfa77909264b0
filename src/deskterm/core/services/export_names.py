"""What people, departments and all else are called in an export: as the actor may know them, masked, or by keys."""

from collections.abc import Mapping
from typing import NamedTuple

from deskterm.core.domain.masking import customer_pseudonym, pseudonym
from deskterm.core.domain.people import Person
from deskterm.core.services.context import Context
from deskterm.core.services.policies import Policies
from deskterm.core.services.telling import priority_label
from deskterm.core.store import directory, streams
from deskterm.core.store.engine import Connection


class Names(NamedTuple):
    """Every name that a row can need, by number; what there is no name for stays empty.

    `people` are names, or pseudonyms where `masked`; `keys` tell people apart, by their logins where they have one.
    `tells_contacts` is whether the actor may know how people are reached.
    """

    people: Mapping[int | None, str]
    keys: Mapping[int | None, str]
    departments: Mapping[int, str]
    department_keys: Mapping[int, str]
    categories: Mapping[int, str]
    category_keys: Mapping[int, str]
    profiles: Mapping[int, str]
    customers: Mapping[str, str] | None
    policies: Policies
    masked: bool
    tells_contacts: bool
    labels: dict[tuple[int, int], str]

    @classmethod
    def load(cls, context: Context, connection: Connection, actor: Person, *, masked: bool) -> "Names":
        """Gives the names as `actor` may know them: logins are staff's."""
        everybody = directory.people(connection)
        departments, categories = directory.departments(connection), directory.categories(connection)
        told: dict[int | None, str] = {one.id: pseudonym(one.id) if masked else one.name for one in everybody.values()}
        keys = told
        if actor.is_staff and not masked:
            keys = {one.id: key_of(one) for one in everybody.values()}
        firsts = streams.first_tickets(connection) if masked else {}
        return cls(
            told,
            keys,
            {one.id: one.name for one in departments.values()},
            {one.id: one.key for one in departments.values()},
            {one.id: one.name for one in categories.values()},
            {one.id: one.key for one in categories.values()},
            {number: f"{one[0]} v{one[1]}" for number, one in directory.profiles(connection).items()},
            {name: customer_pseudonym(first) for name, first in firsts.items()} if masked else None,
            context.policies(connection, fresh=True),
            masked,
            actor.is_staff and not masked,
            {},
        )

    def customer(self, name: str) -> str:
        """Gives a customer, masked where names are."""
        return name if self.customers is None else self.customers.get(name, "")

    def priority(self, profile_id: int, rank: int) -> str:
        """Gives a priority in the word of a profile."""
        place = (profile_id, rank)
        if place not in self.labels:
            self.labels[place] = priority_label(self.policies.of(profile_id), rank)
        return self.labels[place]


def key_of(person: Person) -> str:
    """Gives what tells somebody apart for good: their login, or their number at this desk, `#17`."""
    return person.login or f"#{person.id}"
