"""`deskterm drafts`: what you wrote and haven't sent, on whatever terminal; nobody else sees it."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from deskterm.cli.globals import desk
from deskterm.cli.many import Json
from deskterm.cli.output import local, put, put_json, put_table
from deskterm.core.domain.drafts import NEW, NO_TICKET, Draft
from deskterm.core.domain.errors import NotFound
from deskterm.core.domain.facts import reference
from deskterm.core.domain.filters import parse_id
from deskterm.core.domain.text import many

if TYPE_CHECKING:
    from deskterm.core.desk import Desk

_NEW = "new"
Where = Annotated[str, typer.Argument(metavar="ID", help="HD-000042 or 42, or new for the form of a new ticket.")]
Command = Annotated[str, typer.Argument(metavar="[COMMAND]", help="Only the one for this command: reply, note, ...")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    drafts = typer.Typer(help="List what you wrote and haven't sent; read it, or throw it away.", rich_markup_mode=None)
    drafts.callback(invoke_without_command=True)(list_drafts)
    drafts.command("show")(show)
    drafts.command("drop")(drop)
    app.add_typer(drafts, name="drafts")


def list_drafts(context: typer.Context, as_json: Json = False) -> None:
    """List your drafts, the latest first."""
    if context.invoked_subcommand is not None:
        return
    with desk(context) as opened:
        found = opened.drafts()
    if as_json:
        put_json([_plain(draft) for draft in found])
        return
    rows = [(_id(d), d.place.command, local(d.saved_at), " ".join(" ".join(d.values.values()).split())) for d in found]
    put_table(("ID", "COMMAND", "SAVED", "TEXT"), rows, whole=3)


def show(context: typer.Context, where: Where, command: Command = "", as_json: Json = False) -> None:
    """Print the drafts of a ticket whole."""
    with desk(context) as opened:
        found = _of(opened, where, command)
    if as_json:
        put_json([_plain(draft) for draft in found])
        return
    for draft in found:
        for name, text in draft.values.items():
            put(f"{draft.place.command} {name}:\n{text}" if len(found) > 1 or len(draft.values) > 1 else text)


def drop(
    context: typer.Context,
    where: Annotated[str, typer.Argument(metavar="[ID]", help="HD-000042 or 42, or new.")] = "",
    command: Command = "",
    everything: Annotated[bool, typer.Option("--all", help="Every draft you have.")] = False,
    as_json: Json = False,
) -> None:
    """Throw drafts away: those of a ticket, the one of a command, or --all."""
    if bool(where) == everything:
        raise typer.BadParameter("name a ticket, or throw all of them away with --all")
    with desk(context) as opened:
        found = opened.drafts() if everything else _of(opened, where, command)
        if found:
            opened.keep_drafts({draft.place: {} for draft in found})
    if as_json:
        put_json({"dropped": [_plain(draft) for draft in found]})
    else:
        put(f"{many(len(found), 'draft')} thrown away")


def _of(opened: "Desk", where: str, command: str) -> list[Draft]:
    number = NO_TICKET if where == _NEW else parse_id(where)
    found = [d for d in opened.drafts() if d.place.ticket_id == number and command in {"", d.place.command}]
    if not found:
        about = f"for {command} " if command else ""
        raise NotFound(f"you have no draft {about}on {where}: `deskterm drafts` lists those you have")
    return found


def _id(draft: Draft) -> str:
    if draft.place.ticket_id:
        return reference(draft.place.ticket_id)
    return _NEW if draft.place == NEW else "inbox"


def _plain(draft: Draft) -> dict[str, Any]:
    return {"ref": _id(draft), "id": draft.place.ticket_id, "command": draft.place.command,
            "values": draft.values, "saved_at": draft.saved_at}  # fmt: skip
