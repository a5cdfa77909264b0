"""Taking back what one did last, and doing it again."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from deskterm.cli.exits import command_of
from deskterm.cli.globals import desk
from deskterm.cli.many import Json, Tried, each, given
from deskterm.cli.output import put, put_json
from deskterm.core.domain.facts import reference

if TYPE_CHECKING:
    from deskterm.core.desk import Desk
    from deskterm.core.services.undoing import Reverted

Ids = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ID...]", help="HD-000042 or 42, several, or - for stdin; none: what you did last."),
]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(undo)
    app.command()(redo)


def undo(context: typer.Context, ids: Ids = None, as_json: Json = False) -> None:
    """Take back what you did last, on these tickets or at all, while nobody touched them since."""
    _run(context, ids, as_json, "taken back", lambda opened: opened.last_deed(), lambda door, n: door.undo(n))


def redo(context: typer.Context, ids: Ids = None, as_json: Json = False) -> None:
    """Do again what you took back, on these tickets or last of all, while nobody touched them since."""
    _run(context, ids, as_json, "done again", lambda opened: opened.last_undone(), lambda door, n: door.redo(n))


def _run(
    context: typer.Context,
    ids: Sequence[str] | None,
    as_json: bool,
    did: str,
    last: Callable[["Desk"], list[int]],
    one: Callable[["Desk", int], "Reverted"],
) -> None:
    with desk(context) as opened:
        names = given(ids, "")[0] if ids else [reference(number) for number in last(opened)]
        door = opened.together() if len(names) > 1 else opened
        tried = each(names, lambda number: one(door, number))
    if as_json:
        done = [{"ref": reference(made.done.id), **made.done._asdict(), "action": made.action} for made in tried.done]
        put_json({"done": done, "refused": tried.refusals()})
    else:
        _put(tried, did)
    tried.end()


def _put(tried: "Tried[Reverted]", did: str) -> None:
    for made in tried.done:
        put(f"{reference(made.done.id)} {made.done.status}: {command_of(made.action)} {did}")
