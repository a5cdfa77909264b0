"""`deskterm attach`, `attachments` and `attachment`: files of a ticket, put there, listed and taken out."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deskterm.cli.globals import desk
from deskterm.cli.many import Id, Json, Text, do
from deskterm.cli.output import local, put_json, put_table, tell
from deskterm.core.domain.attachments import sized
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.filters import parse_id
from deskterm.core.domain.words import Action

if TYPE_CHECKING:
    from deskterm.core.domain.attachments import Content

_STDOUT = "-"
_HEADERS = ("NAME", "SIZE", "SHA-256", "WHEN", "BY", "FOR")
Attach = Annotated[list[str] | None, typer.Option("--attach", metavar="FILE", help="A file to attach; repeatable.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("attach")(attach)
    app.command("attachments")(attachments)
    app.command("attachment")(attachment)


def contents(context: typer.Context, paths: Sequence[str] | None) -> "tuple[Content, ...]":
    """Gives files with their bytes; raises InvalidInput for the first that can't be attached."""
    if not paths:
        return ()
    with desk(context) as opened:
        return tuple(map(opened.read_file, paths))


def attach(
    context: typer.Context,
    ticket: Id,
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Which files.")],
    note: Annotated[bool, typer.Option("--note", help="For staff alone.")] = False,
    text: Text = "",
    as_json: Json = False,
) -> None:
    """Attach files to a ticket, in a reply that its requester reads or, with --note, in a note that staff read."""
    found = contents(context, files)
    do(context, [ticket], Action.NOTE if note else Action.REPLY, as_json, text=text, files=found)


def attachments(context: typer.Context, ticket: Id, as_json: Json = False) -> None:
    """List the files of a ticket that you may read, oldest first."""
    with desk(context) as opened:
        found = opened.attachments(parse_id(ticket))
    if as_json:
        put_json(found)
        return
    rows = [
        (one.name, sized(one.size), one.digest[:12], local(one.at), one.actor, "staff" if one.is_internal else "all")
        for one in found
    ]
    put_table(_HEADERS, rows, whole=3)


def attachment(
    context: typer.Context,
    ticket: Id,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name, or 8 digits of its hash.")],
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="Write to this file; - is stdout.")],
    force: Annotated[bool, typer.Option("--force", help="Also when there is such a file.")] = False,
    as_json: Json = False,
) -> None:
    """Take a file out of a ticket. What is in it is whoever's who attached it: nothing opens it."""
    if output == _STDOUT and sys.stdout.isatty():
        raise InvalidInput("a file isn't written on a terminal: name one with -o, or lead stdout elsewhere")
    with desk(context) as opened:
        found = opened.attachment(parse_id(ticket), name)
    if output == _STDOUT:
        sys.stdout.buffer.write(found.data)
        return
    _write(Path(output), found.data, force=force)
    if as_json:
        put_json({"file": output, **found.attached._asdict()})
    else:
        tell(f"{output}: {sized(len(found.data))}, as it was attached")


def _write(path: Path, data: bytes, *, force: bool) -> None:
    """Writes a file, for the user alone; raises InvalidInput when it is there already and not `force`."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | (os.O_TRUNC if force else os.O_EXCL)
    try:
        with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
            file.write(data)
    except FileExistsError:
        raise InvalidInput(f"{path} is there already: name another, or overwrite it with --force") from None
    except OSError as error:
        raise InvalidInput(f"{path} can't be written: {error.strerror or error}") from error
