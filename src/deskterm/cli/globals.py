"""What every command is handed: the global options, and the desk they lead to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from deskterm.core.domain.errors import InvalidInput

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
    as_of: str = ""

    def settings(self) -> "Settings":
        """Gives the settings in force, to who works on the desk as it is now.

        Raises:
            InvalidInput: when they can't be used, or the desk was asked for as of another time.
        """
        self.check_now()
        return self.settings_of_any_time()

    def check_now(self) -> None:
        """Passes unless the desk was asked for as of another time; raises InvalidInput."""
        if self.as_of:
            raise InvalidInput(
                "--as-of is for what shows tickets and figures: this command knows only now, leave it out"
            )

    def settings_of_any_time(self) -> "Settings":
        """Gives the settings in force, to who opens the desk as of when it was asked for; raises InvalidInput."""
        from deskterm import settings

        return settings.load(config=self.config, database=self.database, read_only=self.read_only)


@contextmanager
def desk(context: "typer.Context") -> Iterator["Desk"]:
    """Gives the desk that the options lead to, as the user."""
    from deskterm.bootstrap import open_desk
    from deskterm.core.domain.words import Via

    given: Globals = context.obj
    with open_desk(
        given.settings_of_any_time(), via=Via.CLI, acting_as=given.acting_as, as_of=given.as_of, progress=Reading()
    ) as opened:
        if opened.as_of_said:
            from deskterm.cli.output import tell

            tell(f"{opened.as_of_said}, read-only")
        yield opened


class Reading:
    """Says on stderr that a desk of the past is read, once that takes more than a moment, and how far it is."""

    _MOMENT, _APART = 0.7, 2.0

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        """Has said nothing yet; `now` is in seconds, and goes on."""
        self._now = now
        self._next = now() + self._MOMENT

    def __call__(self, said: str, done: int, of: int) -> None:
        """Hears as of when it is, how many tickets are folded, and of how many; 0 of 0 while they are looked for."""
        now = self._now()
        if now >= self._next and done < of:
            from deskterm.cli.output import tell

            self._next = now + self._APART
            tell(f"reading the desk {said}: {done:,} of {of:,} tickets that changed since")
