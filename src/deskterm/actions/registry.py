"""The commands with the keys in force: those of the table, unless the settings give others."""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from deskterm.actions.command import Command, Scope
from deskterm.actions.table import COMMANDS


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


SHIPPED: Final = Registry(COMMANDS)
"""The keys that deskterm comes with."""
