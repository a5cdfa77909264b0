"""The filter line: `status:open prio:<=2 dept:it @me printer`, read into a plain value that the store compiles."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.text import check_text
from deskterm.core.domain.words import Status

OPEN: Final = tuple(s for s in Status if s is not Status.CLOSED)
_GROUPS: Final[Mapping[str, tuple[Status, ...]]] = MappingProxyType(
    {
        "open": OPEN,
        **{s.value: (s,) for s in Status},
    }
)
_KEYS: Final = ("status", "prio", "dept", "from")
_RANKS: Final = re.compile(r"(<=|>=|)([1-5])")
_REFERENCE: Final = re.compile(r"(?:HD-)?0*([1-9]\d{0,17})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to; empty fields narrow nothing. Words must all be found; case does not matter.

    `assignee` is a login or name, `me`, or `nobody`; `requester` likewise.
    """

    statuses: tuple[Status, ...] = ()
    ranks: tuple[int, ...] = ()
    department: str = ""
    assignee: str = ""
    requester: str = ""
    words: tuple[str, ...] = ()


def parse_id(text: str) -> int:
    """Gives the number in `HD-000042` or `42`.

    Raises:
        InvalidInput: when it is neither.
    """
    match = _REFERENCE.fullmatch(text.strip())
    if match is None:
        raise InvalidInput(f"{text!r} is no ticket id: write HD-000042 or 42")
    return int(match[1])


def parse_filter(text: str) -> Filter:
    """Gives the filter that `text` spells; words in double quotes stay together.

    Raises:
        InvalidInput: names the word and what was expected there.
    """
    check_text(text)
    found: dict[str, str] = {}
    words: list[str] = []
    assignee = ""
    for word in re.findall(r'(?:"[^"]*"|[^\s"])+', text):
        key, colon, value = word.partition(":")
        if word.startswith("@") and len(word) > 1:
            assignee = word[1:].replace('"', "")
        elif colon and key in _KEYS:
            found[key] = value.replace('"', "")
        elif colon and (close := get_close_matches(key, _KEYS, 1)):
            raise InvalidInput(f"{word!r}: there is no {key}:, did you mean {close[0]}:?")
        elif stripped := word.replace('"', ""):
            words.append(stripped)
    return Filter(
        statuses=_statuses(found.get("status")),
        ranks=_ranks(found.get("prio")),
        department=found.get("dept", ""),
        assignee=assignee,
        requester=found.get("from", ""),
        words=tuple(words),
    )


def _statuses(value: str | None) -> tuple[Status, ...]:
    if value is None:
        return ()
    if value not in _GROUPS:
        raise InvalidInput(f"status:{value}: expected one of {', '.join(_GROUPS)}")
    return _GROUPS[value]


def _ranks(value: str | None) -> tuple[int, ...]:
    if value is None:
        return ()
    match = _RANKS.fullmatch(value)
    if match is None:
        raise InvalidInput(f"prio:{value}: expected a rank such as 1, <=2 or >=3")
    rank = int(match[2])
    first, last = {"<=": (1, rank), ">=": (rank, 5), "": (rank, rank)}[match[1]]
    return tuple(range(first, last + 1))
