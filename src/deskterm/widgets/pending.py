"""What was told to be sent and wasn't yet, such as decisions: for some seconds it can be taken back."""

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from math import ceil
from time import monotonic
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

from deskterm.core.domain.facts import reference
from deskterm.core.domain.purchase import money, totals
from deskterm.core.domain.text import many
from deskterm.core.domain.words import Action
from deskterm.core.views import InboxRow

_EARLY: Final = 0.1
"""Seconds by which a timer may come before its time."""


class Decision(NamedTuple):
    """What one key decided: `rows` are as they were seen, `was_marked` when it was about what was marked."""

    command: str
    action: Action
    verb: str
    did: str
    rows: tuple[InboxRow, ...]
    text: str = ""
    was_marked: bool = False

    @property
    def named(self) -> str:
        """What it is about: `HD-000042`, or `5 purchases`."""
        return reference(self.rows[0].id) if len(self.rows) == 1 else many(len(self.rows), "purchase")

    @property
    def ids(self) -> set[int]:
        """The tickets it is about."""
        return {row.id for row in self.rows}


def sums(rows: Iterable[InboxRow]) -> str:
    """Gives what purchases come to, each currency by itself: `NGN 1,250,000.00 and USD 90.00 in total`."""
    sums = totals((row.currency, row.total_minor) for row in rows)
    return f"{' and '.join(money(minor, currency) for currency, minor in sums.items())} in total"


class Held(Protocol):
    """Something that can be held, as it is told of."""

    @property
    def verb(self) -> str:
        """What is about to be done."""

    @property
    def named(self) -> str:
        """What it is about."""

    @property
    def ids(self) -> AbstractSet[int]:
        """The tickets it is about."""


H = TypeVar("H", bound=Held)


class _Held(NamedTuple, Generic[H]):
    until: float
    item: H


class Pending(Generic[H]):
    """What is held, in the order it was told; each is due `seconds` after it was."""

    def __init__(self, seconds: float, now: Callable[[], float] = monotonic) -> None:
        """Holds nothing yet; `now` is a clock in seconds."""
        self._seconds = seconds
        self._now = now
        self._held: list[_Held[H]] = []

    def __len__(self) -> int:
        return len(self._held)

    @property
    def ids(self) -> set[int]:
        """The tickets that something is held about."""
        return {number for held in self._held for number in held.item.ids}

    def add(self, item: H) -> None:
        """Holds something."""
        self._held.append(_Held(self._now() + self._seconds, item))

    def take_back(self) -> H | None:
        """Gives the last, which is held no longer; None when nothing is."""
        return self._held.pop().item if self._held else None

    def drop(self, is_unwanted: Callable[[H], bool]) -> list[H]:
        """Gives what is unwanted; it is held no longer."""
        found = [held.item for held in self._held if is_unwanted(held.item)]
        self._held = [held for held in self._held if not is_unwanted(held.item)]
        return found

    def due(self) -> list[H]:
        """Gives that whose time has come; it is held no longer."""
        now = self._now() + _EARLY
        found = [held.item for held in self._held if held.until <= now]
        self._held = [held for held in self._held if held.until > now]
        return found

    def everything(self) -> list[H]:
        """Gives everything; nothing is held any longer."""
        found = [held.item for held in self._held]
        self._held = []
        return found

    @property
    def sentence(self) -> str:
        """What is held: `approve HD-000042 in 5 s: u takes it back`, "" when nothing is."""
        if not self._held:
            return ""
        until, last = self._held[-1]
        others = len(self._held) - 1
        before = f" (after {others} more)" if others else ""
        return f"{last.verb} {last.named} in {max(0, ceil(until - self._now()))} s{before}: u takes it back"
