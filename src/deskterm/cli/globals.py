"""What every command is handed: the global options, and the desk they lead to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer

    from deskterm.core.desk import Desk
    from deskterm.settings import Settings


@dataclass(frozen=True, slots=True)
class Globals:
    """The options that stand before the command."""

    database: str
    config: Path | None
    acting_as: str
    read_only: bool = False

    def settings(self) -> "Settings":
        """Gives the settings in force; raises InvalidInput."""
        from deskterm import settings

        return settings.load(config=self.config, database=self.database, read_only=self.read_only)


@contextmanager
def desk(context: "typer.Context") -> Iterator["Desk"]:
    """Gives the desk that the options lead to, as the user."""
    from deskterm.bootstrap import open_desk
    from deskterm.core.domain.words import Via

    given: Globals = context.obj
    with open_desk(given.settings(), via=Via.CLI, acting_as=given.acting_as) as opened:
        yield opened
