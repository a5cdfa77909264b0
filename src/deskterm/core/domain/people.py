"""People, departments and categories as the rules see them."""

from dataclasses import dataclass, field
from typing import NamedTuple

from deskterm.core.domain.words import CategoryKind, Role


@dataclass(frozen=True, slots=True)
class Department:
    """A service provider: a queue, a lead, a calendar, categories (000-R14)."""

    id: int
    key: str
    name: str
    calendar: str
    lead_id: int | None = None


@dataclass(frozen=True, slots=True)
class Category:
    """What a request is about; `department_id` None serves every department (imported logs know no other)."""

    id: int
    key: str
    name: str
    kind: CategoryKind
    department_id: int | None


class Contact(NamedTuple):
    """How somebody is reached, and what kind of account they have, such as buyer or seller (003-R6)."""

    email: str = ""
    phone: str = ""
    account_type: str = ""

    @property
    def words(self) -> str:
        """It as people read it: `zoe@example.org, +234 1, seller`."""
        return ", ".join(part for part in self if part)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the desk. `login` is the operating system's name, None for who never signs in.

    `customer` is whose tickets theirs are, "" for one's own people (004-R23).
    """

    id: int
    name: str
    role: Role
    login: str | None = None
    department_id: int | None = None
    is_active: bool = True
    leads: frozenset[int] = field(default_factory=frozenset)
    posts: tuple[str, ...] = ()
    customer: str = ""

    @property
    def is_staff(self) -> bool:
        """Whether this person works tickets rather than only submitting them."""
        return self.role is not Role.REQUESTER

    def serves(self, department_id: int) -> bool:
        """Whether this person can be given work of that department."""
        works = self.role in {Role.AGENT, Role.LEAD} and self.department_id == department_id
        return self.is_active and (works or department_id in self.leads)
