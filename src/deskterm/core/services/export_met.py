"""Whom and what facts name, told with the fact that names them first: a file of facts needs no other beside it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from deskterm.core.domain.people import Category, Contact, Department, Person
from deskterm.core.services.export_asked import Asked
from deskterm.core.services.export_names import key_of
from deskterm.core.store import directory
from deskterm.core.store.engine import Connection

SHORT: Final = 8
"""Letters of its log's id that tell a desk from others, as entries of its trail have them."""
_NAMES: Final = {
    **dict.fromkeys(("assignee", "requester", "resolver", "on_behalf_of", "by"), "people"),
    "department": "departments",
    "category": "categories",
    "profile": "profiles",
}
"""What of a fact names somebody or something, and what kind of thing that is."""


class Met:
    """What has been named so far in an export; what is named first is told in full."""

    def __init__(self, asked: Asked) -> None:
        """Begins with nothing named."""
        self._policies = asked.names.policies
        self._by_id: Mapping[int, str] = {}
        self._told: set[tuple[str, str]] = set()
        self._desk = ""
        self._people: Mapping[str, Person] | None = None
        self._departments: Mapping[str, Department] = {}
        self._categories: Mapping[str, Category] = {}
        self._origins: Mapping[int, str] = {}
        self._contacts: Mapping[int, Contact] = {}
        self._profiles: Mapping[str, Mapping[str, Any]] = {}

    def first(self, connection: Connection, row: Any, told: Mapping[str, Any]) -> dict[str, Any] | None:  # noqa: ANN401
        """Gives what a fact is the first to name, by kind and key; None where it names nothing new."""
        people = self._people if self._people is not None else self._read(connection)
        met: dict[str, dict[str, Any]] = {}
        if row.version == 1:
            profile = self._policies.name(row.profile_id)
            met["ticket"] = {"profile": profile, "desk": self._desk} | ({"origin": row.case_id} if row.case_id else {})
            self._tell(met, "profiles", profile)
        if row.actor_id is not None:
            self._tell(met, "people", self._by_id.get(row.actor_id, ""))
        for field, value in told.items():
            if field in _NAMES and value:
                self._tell(met, _NAMES[field], value)
            elif field == "slots":
                for slot in value:
                    if slot[1] in people:
                        self._tell(met, "people", slot[1])
        return met or None

    def _tell(self, met: dict[str, dict[str, Any]], kind: str, key: str) -> None:
        if not key or (kind, key) in self._told:
            return
        self._told.add((kind, key))
        match kind:
            case "people":
                said = self._person(met, (self._people or {})[key])
            case "departments":
                department = self._departments[key]
                said = {"name": department.name, "calendar": department.calendar}
            case "categories":
                said = self._category(met, self._categories[key])
            case _:
                said = dict(self._profiles[key])
        met.setdefault(kind, {})[key] = said

    def _person(self, met: dict[str, dict[str, Any]], person: Person) -> dict[str, Any]:
        home = self._home(met, person.department_id)
        said: dict[str, Any] = {
            "name": person.name,
            "role": person.role.value,
            "login": person.login,
            "department": home,
        }
        said |= {"active": person.is_active, "customer": person.customer, "origin": self._origins.get(person.id)}
        said |= self._contacts.get(person.id, Contact())._asdict()
        return {name: value for name, value in said.items() if value not in {None, ""}}

    def _category(self, met: dict[str, dict[str, Any]], category: Category) -> dict[str, Any]:
        home = self._home(met, category.department_id)
        return {"name": category.name, "kind": category.kind.value, "department": home}

    def _home(self, met: dict[str, dict[str, Any]], department_id: int | None) -> str | None:
        key = next((key for key, one in self._departments.items() if one.id == department_id), None)
        if key is not None:
            self._tell(met, "departments", key)
        return key

    def _read(self, connection: Connection) -> Mapping[str, Person]:
        meta = directory.meta(connection)
        self._desk = meta.log_id[:SHORT] if meta else ""
        everybody = directory.people(connection)
        self._by_id = {one.id: key_of(one) for one in everybody.values()}
        self._people = {key_of(one): one for one in everybody.values()}
        self._departments = {one.key: one for one in directory.departments(connection).values()}
        self._categories = {one.key: one for one in directory.categories(connection).values()}
        self._contacts = directory.contacts(connection)
        self._origins = {number: name for name, number in directory.origins(connection).items()}
        self._profiles = {
            self._policies.name(number): {
                "key": key, "version": version, "text": text, "effective_at": _spelled(effective),
                "applied_at": _spelled(applied),
            }
            for number, (key, version, text, effective, applied) in directory.profiles(connection).items()
            if self._policies.knows(number)
        }  # fmt: skip
        return self._people


def _spelled(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
