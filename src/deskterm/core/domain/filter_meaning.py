"""What the words of a filter stand for: `me`, `urgent` and `today` mean something at one desk, to one person, now."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from deskterm.core.domain.errors import FilterError
from deskterm.core.domain.filter_dates import Interval, interval
from deskterm.core.domain.filter_keys import KEYS
from deskterm.core.domain.filter_terms import Between, Field, Is, Op, Than, Value
from deskterm.core.domain.filters import print_term

_TOLD: Final = 12


class Known(NamedTuple):
    """What a key's names stand for: ranks or ids by every name in lower case; `keys` are those that errors tell."""

    keys: tuple[str, ...]
    numbers: Mapping[str, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What is meant by the words of a filter; `known` is by key: prio, tier, dept, category. `zone` has the days.

    `counted` has the tickets behind figures, by their drills as they are written.
    """

    me: int
    now: datetime
    zone: ZoneInfo
    known: Mapping[str, Known]
    counted: Mapping[str, Collection[int]] = field(default_factory=dict)

    def intervals(self, field: Field) -> list[Interval]:
        """Gives the times that a date's values stand for."""
        return [interval(value, self.now, self.zone, ahead=KEYS[field.key].ahead) for value in field.values]

    def counted_by(self, field: Field) -> list[int]:
        """Gives the tickets that one of a field's drills counts, by number.

        Raises:
            FilterError: when the desk has no such figure.
        """
        texts = [value.text for value in field.values if isinstance(value, Is)]
        if unknown := [text for text in texts if text not in self.counted]:
            raise FilterError(f"there is no {field.key}:{unknown[0]} at this desk", print_term(field))
        found = [self.counted[text] for text in texts]
        return sorted(frozenset[int]().union(*found)) if len(found) > 1 else list(found[0])

    def ids(self, field: Field) -> list[int]:
        """Gives the ids of what a field names.

        Raises:
            FilterError: when the desk has none that is called so.
        """
        found = [self._named(field, value.text) for value in field.values if isinstance(value, Is)]
        return sorted(frozenset[int]().union(*found))

    def bounds(self, field: Field, value: Value) -> tuple[int, int]:
        """Gives the first and the last rank that fit a value; none does where the first is above the last.

        Raises:
            FilterError: when the profile has no such word.
        """
        last = KEYS[field.key].highest
        match value:
            case Is(text):
                return self._rank(field, text), self._rank(field, text)
            case Between(first, end):
                return self._rank(field, first), self._rank(field, end)
            case Than(op, text):
                rank = self._rank(field, text)
                sides = {
                    Op.BELOW: (1, rank - 1),
                    Op.UP_TO: (1, rank),
                    Op.ABOVE: (rank + 1, last),
                    Op.FROM: (rank, last),
                }
                return sides[op]

    def _rank(self, field: Field, text: str) -> int:
        return int(text) if text.isascii() and text.isdecimal() else min(self._named(field, text))

    def _named(self, field: Field, text: str) -> frozenset[int]:
        known = self.known[field.key]
        found = known.numbers.get(text.lower())
        if found is None:
            close = get_close_matches(text.lower(), known.numbers, 1)
            told = ", ".join(known.keys[:_TOLD]) + (", ..." if len(known.keys) > _TOLD else "")
            hint = (
                f"did you mean {close[0]}?" if close else f"expected one of {told}" if told else "there are none here"
            )
            raise FilterError(f"there is no {field.key}:{text}: {hint}", print_term(field))
        return found
