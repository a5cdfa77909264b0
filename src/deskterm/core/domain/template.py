"""Texts with variables: `Dear {requester_first}, ...`. A small strict form: what is unknown is an error.

A brace that is meant is written twice. What a variable stands for is a value and never read as a template again.
"""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Final

VARIABLES: Final[Mapping[str, str]] = {
    "requester": "the requester's name",
    "requester_first": "the first word of it",
    "agent": "who writes",
    "ticket": "the reference, HD-000042",
    "title": "the ticket's title",
    "department": "the department's name",
    "due": "when it is to be resolved, or `no date yet` while its clock stands still",
}
"""What a text may name: all of it is what its requester may know."""
_PART: Final = re.compile(r"\{\{|\}\}|\{([^{}\n]*)\}|[{}]")


def wrong(text: str) -> Iterator[str]:
    """Gives why each part of a text that can't be read can't, in a sentence; none when all of it can."""
    for part in _PART.finditer(text):
        name = part[1]
        if name is None and len(part[0]) == 1:
            yield f"a {part[0]} stands alone: write {part[0] * 2} where one is meant"
        elif name is not None and name not in VARIABLES:
            near = get_close_matches(name, VARIABLES, 1)
            instead = f"did you mean {{{near[0]}}}?" if near else f"expected one of {', '.join(VARIABLES)}"
            yield f"there is no variable {{{name}}}: {instead}"


def filled(text: str, values: Mapping[str, str]) -> str:
    """Gives a text with the values of its variables; what is `wrong` stays as it is written."""

    def value(part: re.Match[str]) -> str:
        if part[0] in {"{{", "}}"}:
            return part[0][0]
        return values.get(part[1] or "", part[0])

    return _PART.sub(value, text)
