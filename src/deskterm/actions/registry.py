"""The commands with the keys in force: those of the table, unless the settings give others."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from deskterm.actions.command import Command, Scope
from deskterm.actions.keys import is_typed, named, shown
from deskterm.actions.table import COMMANDS
from deskterm.core.domain.errors import InvalidInput
from deskterm.settings import Chosen


class Registry:
    """Every command by its id, most used first."""

    def __init__(self, commands: tuple[Command, ...]) -> None:
        """Keeps the commands as they are."""
        self.commands = commands
        self._by_id = MappingProxyType({command.id: command for command in commands})

    def __getitem__(self, id_: str) -> Command:
        """Gives a command by its id; raises KeyError."""
        return self._by_id[id_]

    def of(self, scope: Scope) -> Iterator[Command]:
        """Gives the commands that live in `scope`, and those that live anywhere."""
        return (command for command in self.commands if command.scopes & {scope, Scope.ANYWHERE})

    @property
    def keymap(self) -> Mapping[str, str]:
        """The keys that differ from those of the table, as Textual wants them."""
        return {c.id: ",".join(c.keys) for c in self.commands if c.keys != SHIPPED[c.id].keys}

    def with_keys(self, chosen: Mapping[str, Chosen]) -> "Registry":
        """Gives the same commands with the keys that settings give to some of them, by id.

        Raises:
            InvalidInput: names file and line, what is wrong with the key, and what to do.
        """
        if not chosen:
            return self
        for id_, given in chosen.items():
            if id_ not in self._by_id:
                close = get_close_matches(id_, self._by_id, 1)
                hint = f"did you mean {close[0]}?" if close else "`deskterm keys` lists them"
                raise InvalidInput(f"{given.place}: there is no command {id_}: {hint}")
        made = Registry(tuple(_with(command, chosen.get(command.id)) for command in self.commands))
        for scope in _TOGETHER:
            _check_clashes(made.of(scope), scope, chosen)
        return made


_TOGETHER: Final = (Scope.LIST, Scope.TICKET, Scope.INBOX, Scope.KPI, Scope.FORM)
_TYPING: Final = frozenset({Scope.FORM, Scope.ANYWHERE})


def _with(command: Command, given: Chosen | None) -> Command:
    if given is None:
        return command
    place = f"{given.place}: {command.id}"
    if not given.keys:
        raise InvalidInput(f"{place} has no key: give it one, or take the line away")
    try:
        keys = tuple(dict.fromkeys(map(named, given.keys)))
    except InvalidInput as error:
        raise InvalidInput(f"{place}: {error}") from None
    for written, key in zip(given.keys, map(named, given.keys), strict=True):
        if command.scopes & _TYPING and is_typed(key):
            raise InvalidInput(f"{place}: {written} is needed for typing, where {command.id} works too: take F1 to F12")
    return replace(command, keys=keys)


def _check_clashes(commands: Iterator[Command], scope: Scope, chosen: Mapping[str, Chosen]) -> None:
    taken: dict[str, Command] = {}
    for command in commands:
        for key in command.keys:
            other = taken.setdefault(key, command)
            if other is not command:
                new, old = (command, other) if command.id in chosen else (other, command)
                both = f"{new.id} and {old.id} would both have {shown(key)} on the {scope} screen"
                raise InvalidInput(f"{chosen[new.id].place}: {both}: give {old.id} another one")


SHIPPED: Final = Registry(COMMANDS)
"""The keys that deskterm comes with."""
