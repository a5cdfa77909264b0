"""The names of keys: as people write them, as Textual knows them, and as they are shown."""

import string
import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

from deskterm.core.domain.errors import InvalidInput

_RENAMED: Final = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
_DRAWN: Final = {
    "enter": "⏎",
    "escape": "Esc",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "insert": "Ins",
    "delete": "Del",
    "backspace": "Bksp",
    "tab": "Tab",
    "space": "space",
}
_FUNCTION: Final = tuple(f"f{number}" for number in range(1, 13))


def name_of(character: str) -> str:
    """Gives Textual's name of the key that types a character."""
    if character.isalnum():
        return character
    if character == " ":
        return "space"
    name = unicodedata.name(character, character).lower().replace("-", "_").replace(" ", "_")
    return _RENAMED.get(name, name)


_SIGNS: Final[Mapping[str, str]] = {name_of(sign): sign for sign in string.punctuation}
_WITH_CONTROL: Final = {f"ctrl+{letter}" for letter in string.ascii_lowercase}
_MOVED: Final = {
    f"{held}+{key}" for held in ("ctrl", "shift") for key in ("up", "down", "left", "right", "home", "end")
}
_KNOWN: Final = frozenset({*_DRAWN, *_SIGNS, *_FUNCTION, *_WITH_CONTROL, *_MOVED, "shift+tab"})
SWALLOWED: Final[Mapping[str, str]] = {
    "ctrl+h": "terminals send it for backspace",
    "ctrl+i": "terminals send it for tab",
    "ctrl+m": "terminals send it for enter",
    "ctrl+s": "terminals stop their output with it",
    "ctrl+q": "terminals go on with their output with it",
    "ctrl+c": "it copies, and ends programs",
}
"""Keys that don't arrive, or mean something else everywhere."""
_EDITS: Final = frozenset(f"ctrl+{letter}" for letter in "abdefkuvwxyz")
"""What moves and deletes where text is written, besides what is no letter."""


def shown(key: str) -> str:
    """Gives a key as people read it."""
    if key in _FUNCTION:
        return key.upper()
    return _DRAWN.get(key) or _SIGNS.get(key, key)


def named(written: str) -> str:
    """Gives Textual's name of a key that somebody wrote: `c`, `/`, `f3`, `ctrl+l`, `slash`.

    Raises:
        InvalidInput: when there is no such key, or it doesn't arrive.
    """
    if len(written) == 1 and written.isprintable():
        return name_of(written)
    key = written.lower()
    if key in SWALLOWED:
        raise InvalidInput(f"{key} is no key for a command, {SWALLOWED[key]}: take another")
    if key not in _KNOWN:
        close = get_close_matches(key, _KNOWN, 1)
        raise InvalidInput(
            f"there is no key {written!r}{f', did you mean {close[0]}?' if close else ': write c, /, f3 or ctrl+l'}"
        )
    return key


def is_typed(key: str) -> bool:
    """Gives whether a key is needed where text is written."""
    return not (key == "escape" or key in _FUNCTION or (key in _WITH_CONTROL and key not in _EDITS))
