"""The plain call: `deskterm` without a command, whose options are read without loading what commands need.

Typer and the commands take as long to load as all that the screens ask the disk for. So this understands the usual
spellings and no more; whatever else was typed is for Typer, which reads these the same way.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from deskterm.cli.globals import Globals

_VALUED: Final = ("--database", "--config", "--as", "--as-of")


def plain(arguments: Sequence[str]) -> Globals | None:
    """Gives the options of a call that opens the screens, None where Typer has to look at it."""
    values: dict[str, str] = {}
    read_only = False
    rest = iter(arguments)
    for word in rest:
        name, has_value, value = word.partition("=")
        if word == "--read-only":
            read_only = True
        elif name not in _VALUED:
            return None
        elif has_value:
            values[name] = value
        elif (value := next(rest, "-")).startswith("-"):
            return None
        else:
            values[name] = value
    config = values.get("--config")
    return Globals(
        values.get("--database", ""),
        None if config is None else Path(config),
        values.get("--as", ""),
        read_only,
        values.get("--as-of", ""),
    )
