"""Masked exports (003-R13): who a person or customer is, told by a number that means something inside the house only.

A pseudonym is the desk's own number, so that it is the same in every export: `person-17` is the seventeenth person
that the desk was told of, `customer-42` whoever asked by ticket 42 first. Who has the desk can look it up; outside it
nothing can be reckoned back from it, which a hash of a name could be by whoever guesses names.
"""

from collections.abc import Mapping
from typing import Any, Final

_PLAIN: Final = frozenset({
    "status", "reason", "outcome", "category_kind", "priority", "source", "comment", "stars", "tier", "clock", "cycle",
    "round", "stage", "ends", "attempted", "undoes", "department", "category", "profile",
})  # fmt: skip
"""What a fact says in codes and numbers alone."""
_PEOPLE: Final = frozenset({"assignee", "requester", "resolver", "on_behalf_of", "by"})


def pseudonym(person_id: int) -> str:
    """Gives what somebody is called in a masked export."""
    return f"person-{person_id}"


def customer_pseudonym(first_ticket: int) -> str:
    """Gives what the customer is called who first asked by this ticket."""
    return f"customer-{first_ticket}"


def masked_data(data: Mapping[str, Any]) -> dict[str, Any]:
    """Gives what a fact says without all that people wrote; whom it names is told by pseudonyms already."""
    return {name: value for name, value in data.items() if name in _PLAIN or name in _PEOPLE}
