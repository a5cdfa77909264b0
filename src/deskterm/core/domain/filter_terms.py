"""What a filter line says, as a small tree of frozen values. It is symbolic: `me`, `today` and `urgent` stay words.

A filter is terms that all hold; a term is a word to be found, or a key with values of which one holds.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Op(StrEnum):
    """How a value with an order compares."""

    BELOW = "<"
    UP_TO = "<="
    ABOVE = ">"
    FROM = ">="


@dataclass(frozen=True, slots=True)
class Is:
    """A value itself: `urgent`; of a date, inside its day, month or year."""

    text: str


@dataclass(frozen=True, slots=True)
class Than:
    """What is on one side of a value: `<=2`, `>2026-03-01`."""

    op: Op
    text: str


@dataclass(frozen=True, slots=True)
class Between:
    """What is from one value through another, both included: `1..3`, `2026-03..2026-05`."""

    first: str
    last: str


Value: TypeAlias = Is | Than | Between


@dataclass(frozen=True, slots=True)
class Word:
    """Words that stand in one of a ticket's texts as they stand here, the last of them perhaps not to its end.

    The texts are its title, description, the names of requester and category, its replies, and for who may read them
    its internal comments; its id is found as well. `wordings.words` says what a word is.
    """

    text: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A key of `filter_keys.KEYS` with values of which one holds."""

    key: str
    values: tuple[Value, ...]
    negated: bool = False


Term: TypeAlias = Word | Field


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to: every term holds. Without any it narrows nothing."""

    terms: tuple[Term, ...] = ()

    @property
    def has_words(self) -> bool:
        """Whether words are looked up for it."""
        return any(isinstance(term, Word) for term in self.terms)

    @property
    def asks_closed(self) -> bool:
        """Whether only what is closed can fit, so that the closed are what is meant, and in their order."""
        return any(not term.negated and isinstance(term, Field) and _is_closed(term) for term in self.terms)

    @property
    def asks_both(self) -> bool:
        """Whether what is open and what is closed are meant alike: a figure counts tickets that ended since."""
        asks = any(not term.negated and isinstance(term, Field) and term.key == "kpi" for term in self.terms)
        return asks and not self.asks_closed


def _is_closed(term: Field) -> bool:
    """Whether only closed tickets have it: an outcome and a closing time are theirs alone."""
    if term.key in {"status", "is"}:
        return all(value == Is("closed") for value in term.values)
    return term.key in {"outcome", "closed"}
