"""The verbs: one command an action, for one ticket or many. What is refused is named, the rest is done."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from deskterm.cli.attachments import Attach, contents
from deskterm.cli.editing import Edit, written
from deskterm.cli.globals import desk
from deskterm.cli.many import Ids, Json, Text, Tried, do, given, run, show
from deskterm.core.domain.errors import DesktermError, InvalidInput
from deskterm.core.domain.facts import reference
from deskterm.core.domain.filters import parse_filter
from deskterm.core.domain.words import Action, CommentKind, FactKind, Source, WaitReason

if TYPE_CHECKING:
    from deskterm.core.desk import Desk
    from deskterm.core.services.work import Done


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    for command in (
        claim, assign, triage, unassign, start, wait, resume, reply, note, resolve, confirm, reopen, rate, cancel, move,
        escalate, receive, withdraw,
    ):  # fmt: skip
        app.command()(command)
    app.command("set")(set_fields)


def claim(
    context: typer.Context,
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID...|FILTER]", help="HD-000042 or 42, several, or - for stdin; --next: a filter."),
    ] = None,
    is_next: Annotated[bool, typer.Option("--next", help="The most urgent one that waits, and fits a filter.")] = False,
    as_json: Json = False,
) -> None:
    """Take tickets that nobody has, or with --next the most urgent one that you may take."""
    if is_next:
        _claim_next(context, " ".join(ids or ()), as_json)
    elif ids:
        do(context, ids, Action.CLAIM, as_json)
    else:
        raise typer.BadParameter("name the tickets, or take the most urgent one with --next")


def _claim_next(context: typer.Context, wanted: str, as_json: bool) -> None:
    lines: list[str] = []
    with desk(context) as opened:
        try:
            made = opened.claim_next(parse_filter(wanted))
        except DesktermError as error:
            tried: Tried[Done] = Tried([], [("--next", error)])
        else:
            tried = Tried([made], [])
            row = opened.row(made.id)
            lines = [f"{reference(made.id)} {made.status}{f': {row.title}' if row else ''}"]
    show(tried, as_json, lines)


def assign(
    context: typer.Context,
    ids: Ids,
    to: Annotated[str, typer.Option(help="Login or name of who is to have them.")],
    as_json: Json = False,
) -> None:
    """Give tickets to somebody of their department."""
    do(context, ids, Action.ASSIGN, as_json, person=to)


def triage(
    context: typer.Context,
    ids: Ids,
    category: Annotated[str, typer.Option(help="A category of their department.")] = "",
    priority: Annotated[str, typer.Option(help="A priority's key, label or rank.")] = "",
    to: Annotated[str, typer.Option(help="Login or name of who is to have them.")] = "",
    as_json: Json = False,
) -> None:
    """Give tickets category, priority and assignee in one go, all of it or nothing."""

    def one(opened: "Desk", number: int) -> "Done":
        return opened.triage(number, category=category, priority=priority, person=to)

    run(context, given(ids, "")[0], one, as_json)


def unassign(context: typer.Context, ids: Ids, text: Text = "", as_json: Json = False) -> None:
    """Put tickets back in the pool."""
    do(context, ids, Action.UNASSIGN, as_json, text=text)


def start(context: typer.Context, ids: Ids, as_json: Json = False) -> None:
    """Begin work; what nobody has becomes yours."""
    do(context, ids, Action.START, as_json)


def wait(
    context: typer.Context,
    ids: Ids,
    reason: Annotated[WaitReason, typer.Option("--for", help="What it waits for.")],
    text: Text = "",
    as_json: Json = False,
) -> None:
    """Set tickets waiting: the profile says whether that pauses their clocks."""
    do(context, ids, Action.WAIT, as_json, reason=reason, text=text)


def resume(context: typer.Context, ids: Ids, text: Text = "", as_json: Json = False) -> None:
    """Go on with waiting tickets."""
    do(context, ids, Action.RESUME, as_json, text=text)


def reply(
    context: typer.Context,
    ids: Ids,
    text: Text = "",
    source: Annotated[Source | None, typer.Option(help="The channel it came or went by.")] = None,
    edit: Edit = False,
    attached: Attach = None,
    as_json: Json = False,
) -> None:
    """Write what the requester reads; the requester's own answer resumes a ticket that waits for it."""
    files = contents(context, attached)
    with written(context, ids, Action.REPLY, text, edit=edit) as words:
        do(context, ids, Action.REPLY, as_json, text=words, source=source, files=files)


def note(
    context: typer.Context,
    ids: Ids,
    text: Text = "",
    kind: Annotated[CommentKind, typer.Option(help="note, or step, test, result of the work log.")] = CommentKind.NOTE,
    edit: Edit = False,
    attached: Attach = None,
    as_json: Json = False,
) -> None:
    """Write what only staff read."""
    files = contents(context, attached)
    with written(context, ids, Action.NOTE, text, edit=edit) as words:
        do(context, ids, Action.NOTE, as_json, text=words, comment=kind, files=files, said=partial(_noted, words))


def _noted(text: str, opened: "Desk", made: "Done") -> str:
    """Gives what became of a note, and who of those that it names hears nothing of it."""
    untold = opened.untold(made.id, text)
    return f"{reference(made.id)} {made.status}" + (f"; no notice for all: {'; '.join(untold)}" if untold else "")


def resolve(
    context: typer.Context,
    ids: Ids,
    cause: Annotated[str, typer.Option(help="What was wrong.")] = "",
    fix: Annotated[str, typer.Option(help="What was done about it.")] = "",
    as_json: Json = False,
) -> None:
    """Call tickets solved; their requesters confirm."""
    do(context, ids, Action.RESOLVE, as_json, cause=cause, fix=fix)


def confirm(
    context: typer.Context,
    ids: Ids,
    no: Annotated[bool, typer.Option("--no", help="It is not solved: back to work; say why with --text.")] = False,
    text: Text = "",
    as_json: Json = False,
) -> None:
    """Confirm that it is solved; staff say in --text how the requester confirmed."""
    do(context, ids, Action.REJECT if no else Action.CONFIRM, as_json, text=text)


def reopen(context: typer.Context, ids: Ids, text: Text = "", as_json: Json = False) -> None:
    """Take up resolved or closed tickets again; --text says why."""
    do(context, ids, Action.REOPEN, as_json, text=text)


def rate(
    context: typer.Context,
    ticket: Annotated[str, typer.Argument(metavar="ID")],
    stars: Annotated[int, typer.Argument(metavar="STARS", help="1 to 5.")],
    text: Text = "",
    as_json: Json = False,
) -> None:
    """Rate how your ticket was solved; once."""
    do(context, [ticket], Action.RATE, as_json, stars=stars, text=text)


def escalate(
    context: typer.Context,
    ids: Ids,
    refused: Annotated[bool, typer.Option("--refuse", help="Don't: they keep their tier; a lead's to say.")] = False,
    text: Text = "",
    as_json: Json = False,
) -> None:
    """Put tickets into the pool of the next tier, or ask their lead to where the profile wants it; --text says why."""
    if not text.strip():
        raise InvalidInput(f"say with --text why it is {'not ' if refused else ''}to be escalated")
    if refused:
        do(context, ids, Action.KEEP, as_json, text=text)
    else:
        do(context, ids, Action.ESCALATE, as_json, text=text, said=_escalated)


def _escalated(opened: "Desk", made: "Done") -> str:
    """Gives what became of a ticket that was to be escalated: only asked for, it is where it was."""
    found = opened.ticket(made.id)
    if found.timeline[-1].kind is not FactKind.ESCALATION_ASKED:
        return f"{reference(made.id)} {made.status}"
    lead = next((home.lead for home in opened.departments() if home.id == found.department_id), None)
    return f"{reference(made.id)}: {lead or 'an admin'} was asked to escalate it"


def cancel(context: typer.Context, ids: Ids, text: Text = "", as_json: Json = False) -> None:
    """Close tickets that need no work; --text says why."""
    do(context, ids, Action.CANCEL, as_json, text=text)


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
        do(context, ids, Action.SET_PRIORITY, as_json, priority=priority)
    else:
        do(context, ids, Action.SET_CATEGORY, as_json, category=category)


def move(
    context: typer.Context,
    ids: Ids,
    category: Annotated[str, typer.Option(help="A category of the other department.")],
    text: Text = "",
    as_json: Json = False,
) -> None:
    """Move tickets to another department's pool."""
    do(context, ids, Action.MOVE, as_json, category=category, text=text)


def receive(context: typer.Context, ids: Ids, text: Text = "", as_json: Json = False) -> None:
    """Say that what a ticket waited for was delivered."""
    do(context, ids, Action.RECEIVE, as_json, text=text)


def withdraw(context: typer.Context, ids: Ids, text: Text = "", as_json: Json = False) -> None:
    """Take back a purchase that waits for approval."""
    do(context, ids, Action.WITHDRAW, as_json, text=text)
