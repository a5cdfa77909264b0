"""What a fact says, with people, departments, categories and profiles by keys instead of this desk's numbers.

So that another desk can take it: `by_keys` is what an export writes, `by_numbers` what an import reads of it.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

_PEOPLE: Final = {
    "assignee_id": "assignee",
    "requester_id": "requester",
    "resolver_id": "resolver",
    "on_behalf_of": "on_behalf_of",
    "by_id": "by",
}
_OTHERS: Final = {"department_id": "department", "category_id": "category", "profile_id": "profile"}
_NUMBERS: Final = {key: name for name, key in (_PEOPLE | _OTHERS).items()}
_SLOTS: Final = "slots"


class Keys(NamedTuple):
    """What gives a key for a number, or a number for a key: of people, departments, categories, profiles."""

    people: Callable[[Any], Any]
    departments: Callable[[Any], Any]
    categories: Callable[[Any], Any]
    profiles: Callable[[Any], Any]

    def of(self, key: str) -> Callable[[Any], Any]:
        """Gives what turns the field that an export calls `key`."""
        match key:
            case "department":
                return self.departments
            case "category":
                return self.categories
            case "profile":
                return self.profiles
            case _:
                return self.people


def by_keys(data: Mapping[str, Any], keys: Keys) -> dict[str, Any]:
    """Gives what a fact says with keys; raises what `keys` raise at a number that there isn't."""
    told: dict[str, Any] = {}
    for name, value in data.items():
        if name in _PEOPLE:
            told[_PEOPLE[name]] = None if value is None else keys.people(value)
        elif name in _OTHERS:
            key = _OTHERS[name]
            told[key] = None if value is None else keys.of(key)(value)
        elif name == _SLOTS:
            told[name] = _slots(value, keys.people)
        else:
            told[name] = value
    return told


def by_numbers(told: Mapping[str, Any], numbers: Keys) -> dict[str, Any]:
    """Gives what `by_keys` was made of, by another desk's numbers; raises what `numbers` raise at an unknown key."""
    data: dict[str, Any] = {}
    for name, value in told.items():
        if name in _NUMBERS:
            data[_NUMBERS[name]] = None if value is None else numbers.of(name)(value)
        elif name == _SLOTS:
            data[name] = _slots(value, numbers.people)
        else:
            data[name] = value
    return data


def _slots(slots: list[list[Any]], people: Callable[[Any], Any]) -> list[list[Any]]:
    return [[post, None if person is None else people(person), *because] for post, person, *because in slots]
