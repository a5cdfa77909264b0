"""The line that `:` opens, read and completed: a ticket's number, a command with what it asks for, a view, a theme."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, NamedTuple

from deskterm.actions.command import Command, Field, Kind
from deskterm.actions.fuzzy import Fit, fit, plain
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.facts import reference
from deskterm.core.domain.filter_completion import Vocabulary, completions
from deskterm.core.domain.filters import parse_id

Choices = Mapping[str, Sequence[tuple[str, str]]]
"""What a field can be answered with: values with what they say, by the field's name."""

NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_WORD: Final = re.compile(r'\s*(?:"([^"]*)"?|(\S+))')
_CHOSEN: Final = frozenset({Kind.CHOICE, Kind.PERSON, Kind.PRIORITY, Kind.CATEGORY, Kind.MACRO})


class Offer(NamedTuple):
    """What can be chosen besides commands, such as a view."""

    name: str
    help: str
    run: Callable[[], object]


class Jump(NamedTuple):
    """Go to a ticket."""

    ticket_id: int


class Run(NamedTuple):
    """Do a command, with what was typed of what it asks for."""

    command: Command
    values: Mapping[str, str] = NOTHING


class Suggestion(NamedTuple):
    """What the line could become: its text then, how that is told, and what it means."""

    text: str
    label: str
    help: str
    means: "Jump | Run | Offer | None" = None
    fits: Fit = Fit.NAME


@dataclass(frozen=True, slots=True)
class Known:
    """What a line is read with: the commands and offers of a screen, and what was read of the desk so far.

    `choices` are by the command's id.
    """

    commands: tuple[Command, ...]
    offers: tuple[Offer, ...] = ()
    choices: Mapping[str, Choices] = field(default_factory=dict)
    vocabulary: Vocabulary = Vocabulary({})  # noqa: RUF009 - a tuple, which nothing changes


def command_of(line: str, known: Known) -> Command | None:
    """Gives the command whose arguments are being typed, None where the line is no more than a name yet."""
    found = _named(line, known)
    return None if found is None or not line[found[1] :] or not found[0].asks else found[0]


def asked_for(line: str, known: Known) -> str:
    """Gives what the last argument of a line answers, in the words of its question; "" where nothing is asked for."""
    command = command_of(line, known)
    asked = None if command is None else _open(line, command)[1]
    return "" if asked is None else f"{asked.label} (optional)" if asked.optional else asked.label


def suggestions(line: str, known: Known) -> list[Suggestion]:
    """Gives what the line could become, best first; what is named exactly comes first of all."""
    typed = line.strip()
    if (number := _number(typed)) is not None:
        return [Suggestion(line, reference(number), "Open this ticket.", Jump(number))]
    command = command_of(line, known)
    if command is not None:
        return _of_arguments(line, command, known)
    return [*_of_names(typed, known)]


def meaning(line: str, known: Known) -> Jump | Run | Offer:
    """Gives what a line asks for.

    Raises:
        InvalidInput: when it names nothing, or names it too loosely to be done unseen.
    """
    command = command_of(line, known)
    if command is not None:
        return Run(command, _values(line, command, known))
    found = suggestions(line, known)
    if not found:
        raise InvalidInput(f"there is nothing called {line.strip()!r} here: a ticket's number, a command or a view")
    best = found[0]
    if best.fits > Fit.WORD or best.means is None:
        raise InvalidInput(f"there is nothing called {line.strip()!r}: tab takes {best.label}")
    return best.means


def missing(command: Command, values: Mapping[str, str]) -> bool:
    """Gives whether a command has to ask for more than was typed."""
    return any(not asked.optional and asked.name not in values for asked in command.asks)


def _number(typed: str) -> int | None:
    try:
        return parse_id(typed)
    except InvalidInput:
        return None


def _named(line: str, known: Known) -> tuple[Command, int] | None:
    """Gives the command with the longest name that the line begins with, and where that name ends."""
    best: tuple[Command, int] | None = None
    for command in known.commands:
        for name in {command.id, plain(command.id), command.label}:
            ends = len(name)
            if line[:ends].lower() == name and line[ends : ends + 1] in {"", " "} and (best is None or ends > best[1]):
                best = (command, ends)
    return best


def _of_names(typed: str, known: Known) -> Iterable[Suggestion]:
    found = []
    for command in known.commands:
        if (how := fit(typed, (command.label, command.id), command.help)) is not None:
            follows = " " if command.asks else ""
            text = plain(command.label) + follows
            found.append(Suggestion(text, command.label, command.help, Run(command), how))
    for offer in known.offers:
        last = offer.name.partition(" ")[2]
        if (how := fit(typed, (offer.name, last), offer.help)) is not None:
            found.append(Suggestion(offer.name, offer.name, offer.help, offer, how))
    return sorted(found, key=lambda one: one.fits)


def _of_arguments(line: str, command: Command, known: Known) -> list[Suggestion]:
    start, asked = _open(line, command)
    if asked is None:
        return []
    if asked.kind is Kind.FILTER:
        found = completions(line[start:], len(line) - start, known.vocabulary)
        return [Suggestion(line[:start] + one.text, one.label, asked.label) for one in found]
    begun = line[start:].strip().strip('"')
    return [
        Suggestion(line[:start] + _quoted(value), value, says)
        for value, says in _fitting(begun, _choices(command, asked, known))
        if begun != value
    ]


def _open(line: str, command: Command) -> tuple[int, Field | None]:
    """Gives where the last argument begins, and which field it is for; None where everything is answered."""
    place = _after_name(line, command)
    for asked in command.asks:
        if asked.kind not in _CHOSEN:
            return place + 1, asked
        word = _WORD.match(line, place)
        if word is None or (word.end() == len(line)):
            return (len(line) if word is None else word.end() - len(word[0].lstrip())), asked
        place = word.end()
    return len(line), None


def _after_name(line: str, command: Command) -> int:
    found = _named(line, Known((command,)))
    return len(line) if found is None else found[1]


def _values(line: str, command: Command, known: Known) -> dict[str, str]:
    """Gives what was typed of what a command asks for; raises InvalidInput for a choice that there isn't."""
    place = _after_name(line, command)
    values: dict[str, str] = {}
    for asked in command.asks:
        if asked.kind not in _CHOSEN:
            if rest := line[place:].strip():
                values[asked.name] = rest
            return values
        word = _WORD.match(line, place)
        if word is None:
            return values
        values[asked.name] = _chosen(command, asked, word[1] if word[2] is None else word[2], known)
        place = word.end()
    if line[place:].strip():
        raise InvalidInput(f"{command.label} takes no more than that: take away {line[place:].strip()!r}")
    return values


def _chosen(command: Command, asked: Field, typed: str, known: Known) -> str:
    """Gives the value that was meant; what only the desk can know it is left to."""
    found = [value for value, _ in _fitting(typed, _choices(command, asked, known))]
    if typed in found:
        return typed
    if len(found) == 1:
        return found[0]
    if asked.kind is Kind.CHOICE:
        expected = ", ".join(value for value, _ in asked.choices)
        raise InvalidInput(f"{command.label}: {typed!r} is none of {expected}")
    return typed


def _choices(command: Command, asked: Field, known: Known) -> Sequence[tuple[str, str]]:
    return known.choices.get(command.id, {}).get(asked.name, asked.choices)


def _fitting(begun: str, choices: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Gives the choices whose value, or a word of what they say, begins so; all of them where nothing was typed."""
    wanted = begun.lower()
    return [
        (value, says)
        for value, says in choices
        if any(part.startswith(wanted) for part in (value.lower(), says.lower(), *plain(f"{value} {says}").split()))
    ]


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value
