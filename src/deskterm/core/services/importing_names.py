"""What another desk's facts name and this desk lacks: people, departments, categories and profiles, made as told.

People are known by their logins. Who has none is known by where they came from, so that a second import makes nobody.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.fact_keys import Keys
from deskterm.core.domain.people import Contact
from deskterm.core.domain.words import CategoryKind, Role
from deskterm.core.services.context import Context
from deskterm.core.services.event_log import parse_instant
from deskterm.core.services.people import checked_contact
from deskterm.core.services.policies import checked_profile
from deskterm.core.store import directory
from deskterm.core.store.engine import Connection

Said = Mapping[str, Any]
_NAME: Final = 200


class OtherProfile(InvalidInput):
    """The file's tickets are under a version of a profile that is another one here: none of them can be taken."""


class Known:
    """The desk's numbers for another desk's keys; `made` counts what had to be made."""

    def __init__(self, connection: Connection) -> None:
        """Knows what the desk has."""
        self._logins = {one.login: one.id for one in directory.people(connection).values() if one.login}
        self._origins = directory.origins(connection)
        self._people: dict[str, int] = {}
        self._departments = {one.key: one.id for one in directory.departments(connection).values()}
        self._categories = {one.key: one.id for one in directory.categories(connection).values()}
        stored = directory.profiles(connection)
        self._texts = {f"{one[0]} v{one[1]}": one[2] for one in stored.values()}
        self._profiles = {f"{one[0]} v{one[1]}": number for number, one in stored.items()}
        self.made: Counter[str] = Counter()

    def numbers(self) -> Keys:
        """Gives the numbers for keys; each raises KeyError at one that was never told."""
        return Keys(
            self._people.__getitem__, self._departments.__getitem__, self._categories.__getitem__,
            self._profiles.__getitem__,
        )  # fmt: skip

    def profile(self, name: str) -> int:
        """Gives the number of a profile's version; raises KeyError at one that was never told."""
        return self._profiles[name]

    def tell(self, context: Context, connection: Connection, met: Said, desk: str) -> bool:
        """Makes what a fact is the first to name and the desk lacks; gives whether something was made.

        Raises:
            InvalidInput: when something told can't be kept.
            OtherProfile: when a profile's version is another one here.
        """
        before = sum(self.made.values())
        try:
            for name, said in met.get("profiles", {}).items():
                self._profile(context, connection, name, said)
            for key, said in met.get("departments", {}).items():
                self._department(context, connection, key, said)
            for key, said in met.get("categories", {}).items():
                self._category(context, connection, key, said)
            for key, said in met.get("people", {}).items():
                self._person(context, connection, key, said, desk)
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidInput(f"what it says of people, departments or profiles can't be read: {error}") from error
        return sum(self.made.values()) > before

    def _profile(self, context: Context, connection: Connection, name: str, said: Said) -> None:
        text = said["text"]
        if name in self._profiles:
            if self._texts[name] != text:
                hint = "import into a desk that was made under the one the file has"
                raise OtherProfile(f"{name} is another profile here, by which clocks come to something else: {hint}")
            return
        checked_profile(text, source=name)
        applied, effective = (parse_instant(said[one], name) for one in ("applied_at", "effective_at"))
        number = directory.add_profile(connection, said["key"], int(said["version"]), text, applied, effective)
        context.record(connection, "profile", "applied", directory.profile_row(connection, number))
        self._profiles[name], self._texts[name] = number, text
        self.made["profiles"] += 1

    def _department(self, context: Context, connection: Connection, key: str, said: Said) -> None:
        if key not in self._departments:
            number = directory.add_department(connection, key, str(said["name"])[:_NAME], said["calendar"])
            context.record(connection, "department", "added", directory.department_row(connection, number))
            self._departments[key] = number
            self.made["departments"] += 1

    def _category(self, context: Context, connection: Connection, key: str, said: Said) -> None:
        if key not in self._categories:
            home = self._departments[said["department"]] if said.get("department") else None
            kind = CategoryKind(said["kind"])
            number = directory.add_category(connection, key, str(said["name"])[:_NAME], kind, home)
            context.record(connection, "category", "added", directory.category_row(connection, number))
            self._categories[key] = number
            self.made["categories"] += 1

    def _person(self, context: Context, connection: Connection, key: str, said: Said, desk: str) -> None:
        if key in self._people:
            return
        login, origin = said.get("login"), said.get("origin") or (None if said.get("login") else f"{desk}:{key}")
        found = self._logins.get(login or "") or self._origins.get(origin or "")
        if found is None:
            found = directory.add_person(
                connection,
                name=str(said["name"])[:_NAME],
                role=Role(said["role"]),
                login=login,
                department_id=self._departments[said["department"]] if said.get("department") else None,
                origin=origin,
                customer=said.get("customer", ""),
                contact=checked_contact({name: said[name] for name in Contact._fields if name in said}),
            )
            if said.get("active") is False:
                directory.change_person(connection, found, is_active=False)
            context.record(connection, "person", "added", directory.person_row(connection, found))
            self.made["people"] += 1
        self._people[key] = found
