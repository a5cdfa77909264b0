"""Drills: which tickets are behind a figure, as a word that people can read, type and keep (000-R36).

`sla.missed@2026-09/dept:it` are the tickets that the figure `sla` of September counts for the department, as far as
they fell short. It is the value of the filter's key `kpi:`, so every list, export and saved view understands it.
"""

import re
from typing import Final, NamedTuple

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.filter_quotes import bare, masked, quoted
from deskterm.core.domain.periods import spelled

PARTS: Final = ("met", "missed")
"""Of a figure's tickets those that reached what was wanted, and those that fell short."""
DIMENSIONS: Final = ("dept", "person", "prio", "category", "tier")
"""What a drill can narrow a figure by, as the filter's keys name it; `person` is whose figure it is."""
HOW: Final = "a figure and its period, such as sla.missed@2026-09/dept:it"
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]*(?:\.[a-z0-9_-]+)*")
PREFIX: Final = "kpi:"
"""What makes a filter of a drill."""


class Drill(NamedTuple):
    """The tickets behind a figure. `part` is one of `PARTS` or "" for all; a dimension that is "" narrows nothing.

    The period is as people write it (`2026-09-01..2026-09-30`, `month`); what it narrows by are keys, logins and names
    as filters have them.
    """

    name: str
    period: str
    part: str = ""
    dept: str = ""
    person: str = ""
    prio: str = ""
    category: str = ""
    tier: str = ""

    @property
    def written(self) -> str:
        """The one spelling of it: `read` gives this drill again."""
        part = f".{self.part}" if self.part else ""
        by = (f"/{key}:{quoted(value, '/')}" for key in DIMENSIONS if (value := getattr(self, key)))
        return f"{self.name}{part}@{self.period}{''.join(by)}"

    @property
    def filter(self) -> str:
        """The filter that lists its tickets."""
        return f"{PREFIX}{self.written}"


def read(written: str) -> Drill:
    """Gives the drill that `written` spells, in any order of its parts; the name may be of no figure.

    Raises:
        InvalidInput: says in a sentence what was expected.
    """
    if written.startswith('"'):
        written = bare(written)
    head, *rest = _parted(written, "/")
    name, at, when = head.partition("@")
    if not at:
        raise InvalidInput(f"expected {HOW}")
    stem, _, last = name.lower().rpartition(".")
    name, part = (stem, last) if last in PARTS and stem else (name.lower(), "")
    if not _NAME.fullmatch(name):
        raise InvalidInput(f"{name or at!r} is no name of a figure: expected {HOW}")
    by: dict[str, str] = {}
    for one in rest:
        key, _, value = one.partition(":")
        key, value = key.lower(), bare(value)
        if key not in DIMENSIONS:
            raise InvalidInput(f"{one!r} narrows no figure: expected one of {', '.join(f'{k}:' for k in DIMENSIONS)}")
        if not value.strip() or key in by:
            raise InvalidInput(f"expected one value of {key}: after /")
        by[key] = value
    return Drill(name, spelled(bare(when)), part, **by)


def _parted(written: str, sign: str) -> list[str]:
    """Gives what stands between signs that are not in quotes."""
    shape, parts, start = masked(written), [], 0
    for end in [*(n for n, letter in enumerate(shape) if letter == sign), len(written)]:
        parts.append(written[start:end])
        start = end + 1
    return parts
