"""Texts that can be erased (003-R13): they stand beside an entry of the trail, whose body has only their hash.

So erasing them changes no entry: every hash and every signed head holds as before, and what an entry says besides its
texts can still be proved. A salt stands among the texts: without it, who guessed one could confirm it by its hash.
"""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, Final

from deskterm.core.domain.audit import Entry, written
from deskterm.core.domain.facts import CHAINED
from deskterm.core.domain.words import FactKind

ERASED: Final = "[erased]"
"""What stands where a text was."""
WHAT: Final = "erased"
"""What the entry of a person says was done."""
ENTRIES: Final = "entries"
"""Where that entry has the numbers of the entries that gave up their texts."""
_SALT: Final = "salt"
_LISTS: Final = ("repaired", "files")
_OF_FACTS: Final = ("title", "description", "text", "cause", "fix", "question", *_LISTS)
_OF_PEOPLE: Final = ("name", "login", "customer", "email", "phone", "account_type")
_KEPT: Final = CHAINED | {FactKind.ATTEMPTED}
"""What is about a purchase: it is signed, and proves something years later."""


def name_of(person_id: int) -> str:
    """Gives what somebody is called when their name is erased."""
    return f"erased person {person_id}"


def parted(entry: Entry, salt: str) -> tuple[Entry, str | None]:
    """Gives an entry without the texts that can be erased, and these as JSON; None where it has none."""
    names = _names(entry)
    data = json.loads(entry.data) if names else {}
    texts = {name: data.pop(name) for name in names if data.get(name)}
    if not texts:
        return entry, None
    said = written({_SALT: salt, **texts})
    return entry._replace(data=written(data), texts=digest(said)), said


def whole(entry: Entry, texts: str | None) -> Entry:
    """Gives an entry with its texts, as it was before they were parted.

    Raises:
        ValueError: when they are missing, or aren't those it was written with.
    """
    if entry.texts != (None if texts is None else digest(texts)):
        raise ValueError(f"the texts of entry {entry.seq} are {'missing' if texts is None else 'others'}")
    if texts is None:
        return entry
    said = {name: value for name, value in json.loads(texts).items() if name != _SALT}
    return entry._replace(data=written({**json.loads(entry.data), **said}), texts=None)


def without(said: Mapping[str, Any], texts: Mapping[str, Any]) -> dict[str, Any]:
    """Gives what somebody said without its texts, which must be these.

    Raises:
        ValueError: when they are others.
    """
    left = {name: value for name, value in said.items() if name not in texts}
    if any(said.get(name) != value for name, value in texts.items() if name != _SALT):
        raise ValueError("its texts are others")
    return left


def without_erased(said: Mapping[str, Any]) -> dict[str, Any]:
    """Gives what is left of what somebody said, whose texts were erased."""
    return {name: value for name, value in said.items() if name not in _OF_FACTS or value != _blank(name)}


def erased(said: Mapping[str, Any]) -> dict[str, Any]:
    """Gives what a fact says with its texts erased; where there was none, there is none."""
    return {name: _blank(name) if name in _OF_FACTS and value else value for name, value in said.items()}


def digest(texts: str) -> str:
    """Gives the SHA-256, in hex, of texts: what the body of their entry has of them."""
    return sha256(texts.encode()).hexdigest()


def _names(entry: Entry) -> Iterable[str]:
    if entry.kind == "person":
        return _OF_PEOPLE
    return _OF_FACTS if entry.kind == "fact" and entry.what not in _KEPT else ()


def _blank(name: str) -> object:
    return [] if name in _LISTS else ERASED
