"""The verbs: one command an action, for one ticket or many. What is refused is named, the rest is done."""

import sys
from typing import Annotated, Any

import typer

from deskterm.cli.exits import code_of
from deskterm.cli.globals import desk
from deskterm.cli.output import put, put_json, tell
from deskterm.core.domain.errors import DesktermError, InvalidInput
from deskterm.core.domain.facts import reference
from deskterm.core.domain.filters import parse_id
from deskterm.core.domain.words import Action, CommentKind, Source, WaitReason

Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="HD-000042 or 42, several, or - for stdin.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Text = Annotated[str, typer.Option("--text", "-m", help="What to say; - reads stdin.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    for command in (
        claim, assign, unassign, start, wait, resume, reply, note, resolve, confirm, reopen, rate, cancel, move,
        escalate, receive, withdraw,
    ):  # fmt: skip
        app.command()(command)
    app.command("set")(set_fields)


def _do(context: typer.Context, ids: list[str], action: Action, as_json: bool, **given: Any) -> None:  # noqa: ANN401
    if given.get("text") == "-":
        if ids == ["-"]:
            raise InvalidInput("ids and text can't both come from stdin")
        given["text"] = sys.stdin.read()
    named = sys.stdin.read().split() if ids == ["-"] else ids
    done, refused = [], []
    with desk(context) as opened:
        for name in named:
            try:
                done.append(opened.act(parse_id(name), action, **given))
            except DesktermError as error:
                refused.append((name, error))
    if as_json:
        put_json(
            {
                "done": [{"ref": reference(one.id), **one._asdict()} for one in done],
                "refused": [{"id": name, "why": str(why), "code": code_of(why)} for name, why in refused],
            }
        )
    else:
        for one in done:
            put(f"{reference(one.id)} {one.status}")
    for _, why in refused:
        tell(f"deskterm: {why}")
    if len(named) > 1:
        tell(f"{len(done)} done, {len(refused)} refused")
    if refused:
        raise typer.Exit(max(code_of(why) for _, why in refused))


def claim(context: typer.Context, ids: Ids, as_json: Json = False) -> None:
    """Take tickets that nobody has."""
    _do(context, ids, Action.CLAIM, as_json)


def assign(
    context: typer.Context,
    ids: Ids,
    to: Annotated[str, typer.Option(help="Login or name of who is to have them.")],
    as_json: Json = False,
) -> None:
    """Give tickets to somebody of their department."""
    _do(context, ids, Action.ASSIGN, as_json, person=to)


def unassign(context: typer.Context, ids: Ids, text: Text = "", as_json: Json = False) -> None:
    """Put tickets back in the pool."""
    _do(context, ids, Action.UNASSIGN, as_json, text=text)


def start(context: typer.Context, ids: Ids, as_json: Json = False) -> None:
    """Begin work; what nobody has becomes yours."""
    _do(context, ids, Action.START, as_json)


def wait(
    context: typer.Context,
    ids: Ids,
    reason: Annotated[WaitReason, typer.Option("--for", help="What it waits for.")],
    text: Text = "",
    as_json: Json = False,
) -> None:
    """Set tickets waiting: the profile says whether that pauses their clocks."""
    _do(context, ids, Action.WAIT, as_json, reason=reason, text=text)


def resume(context: typer.Context, ids: Ids, text: Text = "", as_json: Json = False) -> None:
    """Go on with waiting tickets."""
    _do(context, ids, Action.RESUME, as_json, text=text)


def reply(
    context: typer.Context,
    ids: Ids,
    text: Text = "",
    source: Annotated[Source | None, typer.Option(help="The channel it came or went by.")] = None,
    as_json: Json = False,
) -> None:
    """Write what the requester reads; the requester's own answer resumes a ticket that waits for it."""
    _do(context, ids, Action.REPLY, as_json, text=text, source=source)


def note(
    context: typer.Context,
    ids: Ids,
    text: Text = "",
    kind: Annotated[CommentKind, typer.Option(help="note, or step, test, result of the work log.")] = CommentKind.NOTE,
    as_json: Json = False,
) -> None:
    """Write what only staff read."""
    _do(context, ids, Action.NOTE, as_json, text=text, comment=kind)


def resolve(
    context: typer.Context,
    ids: Ids,
    cause: Annotated[str, typer.Option(help="What was wrong.")] = "",
    fix: Annotated[str, typer.Option(help="What was done about it.")] = "",
    as_json: Json = False,
) -> None:
    """Call tickets solved; their requesters confirm."""
    _do(context, ids, Action.RESOLVE, as_json, cause=cause, fix=fix)


def confirm(
    context: typer.Context,
    ids: Ids,
    no: Annotated[bool, typer.Option("--no", help="It is not solved: back to work; say why with --text.")] = False,
    text: Text = "",
    as_json: Json = False,
) -> None:
    """Confirm that it is solved; staff say in --text how the requester confirmed."""
    _do(context, ids, Action.REJECT if no else Action.CONFIRM, as_json, text=text)


def reopen(context: typer.Context, ids: Ids, text: Text = "", as_json: Json = False) -> None:
    """Take up resolved or closed tickets again; --text says why."""
    _do(context, ids, Action.REOPEN, as_json, text=text)


def rate(
    context: typer.Context,
    ticket: Annotated[str, typer.Argument(metavar="ID")],
    stars: Annotated[int, typer.Argument(metavar="STARS", help="1 to 5.")],
    text: Text = "",
    as_json: Json = False,
) -> None:
    """Rate how your ticket was solved; once."""
    _do(context, [ticket], Action.RATE, as_json, stars=stars, text=text)


def escalate(context: typer.Context, ids: Ids, text: Text = "", as_json: Json = False) -> None:
    """Put tickets into the pool of the next tier; the text says why."""
    _do(context, ids, Action.ESCALATE, as_json, text=text)


def cancel(context: typer.Context, ids: Ids, text: Text = "", as_json: Json = False) -> None:
    """Close tickets that need no work; --text says why."""
    _do(context, ids, Action.CANCEL, as_json, text=text)


def set_fields(
    context: typer.Context,
    ids: Ids,
    priority: Annotated[str, typer.Option(help="A priority's key, label or rank.")] = "",
    category: Annotated[str, typer.Option(help="Another category of the same department.")] = "",
    as_json: Json = False,
) -> None:
    """Give tickets another priority, or another category."""
    if bool(priority) == bool(category):
        raise InvalidInput("set needs --priority or --category, one at a time")
    if priority:
        _do(context, ids, Action.SET_PRIORITY, as_json, priority=priority)
    else:
        _do(context, ids, Action.SET_CATEGORY, as_json, category=category)


def move(
    context: typer.Context,
    ids: Ids,
    category: Annotated[str, typer.Option(help="A category of the other department.")],
    text: Text = "",
    as_json: Json = False,
) -> None:
    """Move tickets to another department's pool."""
    _do(context, ids, Action.MOVE, as_json, category=category, text=text)


def receive(context: typer.Context, ids: Ids, text: Text = "", as_json: Json = False) -> None:
    """Say that what a ticket waited for was delivered."""
    _do(context, ids, Action.RECEIVE, as_json, text=text)


def withdraw(context: typer.Context, ids: Ids, text: Text = "", as_json: Json = False) -> None:
    """Take back a purchase that waits for approval."""
    _do(context, ids, Action.WITHDRAW, as_json, text=text)
