"""The filter line: `status:open prio:<=2 dept:it @me "exact words" -is:late`, read into a tree and written again."""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from difflib import get_close_matches
from typing import Final, NamedTuple

from deskterm.core.domain.drills import read
from deskterm.core.domain.errors import FilterError, InvalidInput
from deskterm.core.domain.filter_dates import HOW, is_amount, is_instant, spelled
from deskterm.core.domain.filter_keys import KEYS, Key, Kind
from deskterm.core.domain.filter_quotes import QUOTED, bare, in_quotes, masked, quoted
from deskterm.core.domain.filter_terms import Between, Field, Filter, Is, Op, Term, Than, Value, Word
from deskterm.core.domain.text import check_text

_REFERENCE: Final = re.compile(r"(?:HD-)?0*([1-9]\d{0,17})", re.IGNORECASE)
_WORD: Final = re.compile(rf"(?:{QUOTED.pattern}|\S)+")
_COMPARED: Final = re.compile(r"(<=|>=|<|>|)(.*)", re.DOTALL)
_RANK: Final = re.compile(r"[+-]?[0-9]+")
_NAMELIKE: Final = tuple(name for name in KEYS if len(name) > 2)  # `to` and `is` are close to too much
_LONGEST: Final = 2_000
_MOST: Final = 100


class Placed(NamedTuple):
    """A term with the place of its word in the line: from `start` and before `end`."""

    term: Term
    start: int
    end: int


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
    """Gives the filter that `text` spells; words in double quotes stay together, `""` in them is a quote.

    Raises:
        FilterError: names the word, its place and what was expected there.
        InvalidInput: when it is too long to be one.
    """
    return Filter(tuple(placed.term for placed in located(text)))


def located(text: str) -> list[Placed]:
    """Gives the terms that `text` spells, each with its place; raises as `parse_filter`."""
    check_text(text)
    if len(text) > _LONGEST:
        raise InvalidInput(f"a filter may have {_LONGEST} characters, this has {len(text)}")
    found, values = [], 0
    for start, end in words(text):
        try:
            term = _term(text[start:end])
        except _WrongError as wrong:
            raise FilterError(str(wrong), text[start:end], start, end) from None
        if term is not None:
            found.append(Placed(term, start, end))
            values += len(term.values) if isinstance(term, Field) else 1
    if values > _MOST:
        raise InvalidInput(f"a filter may have {_MOST} words and values, this has {values}")
    return found


def words(text: str) -> Iterator[tuple[int, int]]:
    """Gives the places of the words in a line: what is quoted is part of its word."""
    return (match.span() for match in _WORD.finditer(text))


def print_filter(wanted: Filter) -> str:
    """Gives the line that spells a filter: read again, it is the same filter."""
    return " ".join(map(print_term, wanted.terms))


def print_term(term: Term) -> str:
    """Gives the word that spells a term."""
    sign = "-" if term.negated else ""
    if isinstance(term, Field):
        key = "@" if term.key == "to" else f"{term.key}:"
        written = [_printed(term.key, value) for value in term.values]
        return f"{sign}{key}{','.join(written)}"
    if [*words(sign + term.text)] == [(0, len(sign + term.text))]:
        try:
            if _term(sign + term.text) == term:
                return sign + term.text
        except _WrongError:
            pass
    return sign + in_quotes(term.text)


def renamed(wanted: Filter, called: Collection[str], name: str) -> Filter:
    """Gives a filter with `name` wherever it names or looks for somebody who is `called` so, in lower case."""

    def value(kind: Kind, one: Value) -> Value:
        if isinstance(one, Is) and kind is Kind.DRILL:
            drill = read(one.text)
            return Is(drill._replace(person=name).written) if drill.person.lower() in called else one
        return Is(name) if isinstance(one, Is) and kind is Kind.PERSON and one.text.lower() in called else one

    def term(one: Term) -> Term:
        if isinstance(one, Word):
            return replace(one, text=name) if one.text.lower() in called else one
        return replace(one, values=tuple(value(KEYS[one.key].kind, each) for each in one.values))

    return Filter(tuple(map(term, wanted.terms)))


class _WrongError(Exception):
    """A word can't be read: the sentence that says so. Who knows the word's place makes a FilterError of it."""


def _printed(key: str, value: Value) -> str:
    match value:
        case Is(text):
            return text if KEYS[key].kind is Kind.DRILL else quoted(text)  # a drill has its own quotes
        case Than(op, text):
            return f"{op}{quoted(text)}"
        case Between(first, last):
            return f"{quoted(first)}..{quoted(last)}"


def _term(word: str) -> Term | None:
    """Gives the term that a word spells, None of one that says nothing."""
    negated = len(word) > 1 and word.startswith("-")
    rest = word[1:] if negated else word
    if rest.startswith("@") and len(rest) > 1:
        return Field("to", _values(KEYS["to"], rest[1:]), negated)
    name, colon, value = rest.partition(":")
    if colon and masked(rest)[: len(name)] == name:
        if key := KEYS.get(name.lower()):
            return Field(key.name, _values(key, value), negated)
        if close := get_close_matches(name.lower(), _NAMELIKE, 1):
            raise _WrongError(f"{word!r}: there is no {name}:, did you mean {close[0]}:? Quote it to find the word")
    text = bare(rest)
    return Word(text, negated) if text else None


def _values(key: Key, written: str) -> tuple[Value, ...]:
    shape, values, start = masked(written), [], 0
    for end in [*(n for n, letter in enumerate(shape) if letter == ","), len(written)]:
        values.append(_value(key, written[start:end]))
        start = end + 1
    return tuple(values)


def _value(key: Key, written: str) -> Value:
    if key.kind is Kind.DRILL:
        return Is(_drill(key, written))
    if key.kind not in {Kind.RANK, Kind.DATE}:
        return Is(_plain(key, bare(written), written))
    middle = masked(written).find("..")
    if middle >= 0:
        return Between(*(_plain(key, bare(part), written) for part in (written[:middle], written[middle + 2 :])))
    compared = _COMPARED.fullmatch(written)
    op, rest = (compared[1], compared[2]) if compared else ("", written)
    text = _plain(key, bare(rest), written)
    if op:
        return Than(Op(op), text)
    if key.kind is Kind.DATE and is_instant(text):
        near, far = ("sooner", "later") if key.ahead else ("before that", "since then")
        said = f"write {key.name}:<{text} for {near} or {key.name}:>{text} for {far}"
        raise _WrongError(f"{key.name}:{written}: nothing happens at one instant: {said}")
    return Is(text)


def _plain(key: Key, text: str, written: str) -> str:
    """Gives a value's own text in its one spelling, checked as far as that needs no desk."""
    if key.kind is Kind.CHOICE:
        if text.lower() in key.words:
            return text.lower()
        close = get_close_matches(text.lower(), key.words, 1)
        hint = f", did you mean {close[0]}?" if close else ""
        raise _WrongError(f"{key.name}:{written}: expected one of {', '.join(key.words)}{hint}")
    if not text.strip() or (key.kind is Kind.RANK and _RANK.fullmatch(text) and not _is_rank(text, key.highest)):
        raise _WrongError(f"{key.name}:{written}: expected {_EXPECTED[key.kind]}")
    if key.kind is Kind.RANK:
        return str(int(text)) if _RANK.fullmatch(text) else text.lower()
    return _date(key, text, written) if key.kind is Kind.DATE else text


def _is_rank(text: str, highest: int) -> bool:
    return text.isdecimal() and 1 <= int(text) <= highest


def _date(key: Key, text: str, written: str) -> str:
    try:
        found = spelled(text)
    except ValueError as error:
        raise _WrongError(f"{key.name}:{written}: {error}") from None
    if is_amount(found) and not key.ahead and not found.startswith("-"):
        raise _WrongError(f"{key.name}:{written}: {key.name} looks back, did you mean -{found}?")
    return found


def _drill(key: Key, written: str) -> str:
    try:
        return read(written).written
    except InvalidInput as error:
        raise _WrongError(f"{key.name}:{written}: {error}") from None


_EXPECTED: Final = {
    Kind.RANK: "a rank such as 1, <=2 or >=3, or the profile's word for one",
    Kind.DATE: HOW,
    Kind.NAME: "a key or name",
    Kind.PERSON: "me, a login or part of a name",
    Kind.TEXT: "part of a name",
}
