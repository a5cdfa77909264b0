"""Completion of a filter line as it is typed: what could follow at the cursor, from the keys and what the desk has."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from deskterm.core.domain.drills import DIMENSIONS
from deskterm.core.domain.filter_dates import NOW, WORDS
from deskterm.core.domain.filter_keys import KEYS, ME, Key, Kind
from deskterm.core.domain.filter_quotes import masked, quoted
from deskterm.core.domain.filters import words
from deskterm.core.domain.periods import WORDS as PERIODS

_COMPARED: Final = re.compile(r"<=|>=|<|>|")
_ALONE: Final = ("is", "status")
_FEWEST: Final = 2
"""Letters after which a word alone is taken for the beginning of a value: `late` for `is:late`."""


class Choice(NamedTuple):
    """A value as it is written, and what it says to people."""

    value: str
    label: str


class Vocabulary(NamedTuple):
    """What the desk has, by key: prio, tier, dept, category, from, to, kpi. It is read once."""

    choices: Mapping[str, tuple[Choice, ...]]


class Completion(NamedTuple):
    """The line with a word completed, where the cursor stands then, and how the choice is told."""

    text: str
    cursor: int
    label: str


def completions(text: str, cursor: int, vocabulary: Vocabulary) -> list[Completion]:
    """Gives what the word that ends at the cursor could become, the keys where none does; best first."""
    start = next((start for start, end in words(text) if start < cursor <= end), cursor)
    head = text[start:cursor]
    found = []
    for typed, value, label in _following(head, vocabulary):
        whole = head[:typed] + value
        if whole != head:
            found.append(Completion(text[:start] + whole + text[cursor:], start + len(whole), label))
    return found


def _following(head: str, vocabulary: Vocabulary) -> Iterator[tuple[int, str, str]]:
    """Gives what could stand in a word: after how many of its letters, what there, and how it is told."""
    sign = 1 if head.startswith("-") else 0
    key = _key(head[sign:])
    if key is not None:
        yield from _drilled(head, sign, vocabulary) if key.kind is Kind.DRILL else _valued(key, head, sign, vocabulary)
        return
    begun = head[sign:].lower()
    for name in KEYS:
        if name.startswith(begun):
            yield sign, f"{name}:", f"{name}:"
    if len(begun) >= _FEWEST:
        for name in _ALONE:
            for word in KEYS[name].words:
                if word.startswith(begun):
                    yield sign, f"{name}:{word}", f"{name}:{word}"


def _valued(key: Key, head: str, sign: int, vocabulary: Vocabulary) -> Iterator[tuple[int, str, str]]:
    """Gives what could stand where a word ends as a value of its key."""
    typed = _value_at(masked(head), sign, ordered=key.kind in {Kind.RANK, Kind.DATE})
    begun = head[typed:].strip('"').lower()
    for choice in (*_words(key, compared=head[typed - 1] in "<=>."), *vocabulary.choices.get(key.name, ())):
        if _begins(choice, begun):
            yield typed, quoted(choice.value), choice.value


def _drilled(head: str, sign: int, vocabulary: Vocabulary) -> Iterator[tuple[int, str, str]]:
    """Gives what could stand where a drill ends: a figure's name, its period, what narrows it, and by which value."""
    typed = _value_at(masked(head), sign, ordered=False)
    said = masked(head[typed:])
    sign_at = max(said.rfind("@"), said.rfind("/"))
    begun, narrows, at = head[typed + sign_at + 1 :].lower(), said[sign_at : sign_at + 1], typed + sign_at + 1
    name, colon, value = begun.partition(":")
    if narrows == "@":
        found = [Choice(word, word) for word in PERIODS]
    elif not narrows:
        found = [Choice(f"{one.value}@", one.label) for one in vocabulary.choices.get("kpi", ())]
    elif not colon:
        found = [Choice(f"{word}:", f"{word}:") for word in DIMENSIONS]
    else:
        at, begun = at + len(name) + 1, value.strip('"')
        whose = [Choice(ME, ME), *vocabulary.choices.get("to", ())]
        found = whose if name == "person" else list(vocabulary.choices.get(name, ()))
    for choice in found:
        if _begins(choice, begun):
            is_whole = choice.value[-1] in "@:"
            yield at, choice.value if is_whole else quoted(choice.value, "/"), choice.value


def _key(word: str) -> Key | None:
    if word.startswith("@"):
        return KEYS["to"]
    name, colon, _ = word.partition(":")
    return KEYS.get(name.lower()) if colon else None


def _value_at(shape: str, sign: int, *, ordered: bool) -> int:
    """Gives where the last value of a word begins; where values have an order, behind its operator."""
    start = sign + 1 if shape.startswith("@", sign) else shape.index(":") + 1
    for parts in (",", "..") if ordered else (",",):
        start = max(start, shape.rfind(parts) + len(parts)) if parts in shape else start
    compared = _COMPARED.match(shape, start) if ordered else None
    return compared.end() if compared else start


def _words(key: Key, *, compared: bool) -> Iterator[Choice]:
    """Gives the words that any desk has; `now` is no time in which something could be, only one to compare with."""
    for word in WORDS if key.kind is Kind.DATE else key.words:
        if compared or word != NOW:
            yield Choice(word, word)


def _begins(choice: Choice, begun: str) -> bool:
    """Whether the value, or a word of what it says, begins so: `@le` finds `lara`, who is Lara Lead."""
    return any(part.startswith(begun) for part in (choice.value.lower(), *choice.label.lower().split()))
