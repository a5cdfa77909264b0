"""People named in a text by their login, `@lara`: who they are, and how one is completed as it is typed."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

_MENTION: Final = re.compile(r"(?<![\w@./])@([A-Za-z0-9][\w.-]*)")
_BEGUN: Final = re.compile(r"(?<![\w@./])@([\w.-]*)$")
_MOST: Final = 20
"""Logins of one text that are looked up."""
_OFFERED: Final = 8


class Named(NamedTuple):
    """Somebody who can be named: by their login, and what they are called."""

    login: str
    name: str


def mentioned(text: str) -> list[str]:
    """Gives the logins named in a text, each once and in order; a mail address names nobody."""
    found = (login.rstrip(".-") for login in _MENTION.findall(text))
    return list(dict.fromkeys(found))[:_MOST]


def begun(head: str) -> str | None:
    """Gives what was typed of a name so far in the text before the cursor, None where none is being typed."""
    match = _BEGUN.search(head)
    return None if match is None else match[1]


def offers(head: str, people: Sequence[Named]) -> list[Named]:
    """Gives whom the text before the cursor may be about to name: logins that begin so first, then names."""
    typed = begun(head)
    if typed is None:
        return []
    start = typed.lower()
    by_login = [one for one in people if one.login.lower().startswith(start)]
    by_name = [
        one for one in people if one not in by_login and any(w.startswith(start) for w in one.name.lower().split())
    ]
    return [*by_login, *by_name][:_OFFERED]
