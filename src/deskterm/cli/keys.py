"""`deskterm keys`: the keys in force, those that the settings give among them."""

from typing import TYPE_CHECKING, Annotated

import typer

from deskterm.cli.output import put_json, put_table

if TYPE_CHECKING:
    from deskterm.cli.globals import Globals

_HEADERS = ("ID", "KEYS", "DOES", "WHERE", "HELP")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("keys")(keys)


def keys(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the keys in force: the ids are what [keys] in the settings gives other keys by."""
    from deskterm.actions.command import Scope
    from deskterm.actions.registry import SHIPPED

    given: Globals = context.obj
    commands = SHIPPED.with_keys(given.settings().keys).commands
    places = {command.id: [scope.value for scope in Scope if scope in command.scopes] for command in commands}
    if as_json:
        put_json(
            [
                {
                    "id": command.id,
                    "keys": list(command.keys),
                    "label": command.label,
                    "help": command.help,
                    "scopes": places[command.id],
                    "takes": command.takes,
                    "undoable": command.undoable,
                }
                for command in commands
            ]
        )
    else:
        rows = [(c.id, c.shown_keys, c.label, ", ".join(places[c.id]), c.help) for c in commands]
        put_table(_HEADERS, rows, whole=2)
