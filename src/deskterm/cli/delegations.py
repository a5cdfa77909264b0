"""`deskterm delegate` and `delegations`: letting somebody decide for you while you are away."""

from datetime import datetime
from typing import Annotated

import typer

from deskterm.cli.globals import desk
from deskterm.cli.output import put, put_json, put_table, tell
from deskterm.cli.when import day

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(delegate)
    group = typer.Typer(help="Who decides for whom, and when.", rich_markup_mode=None)
    group.callback(invoke_without_command=True)(list_delegations)
    group.command()(revoke)
    app.add_typer(group, name="delegations")


def delegate(
    context: typer.Context,
    to: Annotated[str, typer.Argument(metavar="TO", help="Login or name of who is to decide for you.")],
    since: Annotated[datetime, typer.Option("--from", parser=day, metavar="DATE", help="The first day.")],
    until: Annotated[datetime, typer.Option("--to", parser=day, metavar="DATE", help="The last day.")],
    reason: Annotated[str, typer.Option(help="Why, such as leave.")] = "",
    of: Annotated[str, typer.Option(metavar="WHO", help="For somebody else: an admin's to say.")] = "",
    as_json: Json = False,
) -> None:
    """Let somebody decide purchases for you from one day through another, in the desk's default zone."""
    with desk(context) as opened:
        made = opened.delegate(to, since.date(), until.date(), reason, of=of)
        line = next(line for line in opened.delegations() if line.id == made)
    if as_json:
        put_json(line)
    else:
        put(f"delegation {line.id}: {line.to} decides for {line.of} from {since:%Y-%m-%d} through {until:%Y-%m-%d}")
    if line.is_idle:
        tell(f"{line.of} holds no post of the chain: nothing waits for them")


def list_delegations(context: typer.Context, as_json: Json = False) -> None:
    """List the delegations from and to you; who oversees the desk sees all."""
    if context.invoked_subcommand is not None:
        return
    with desk(context) as opened:
        found = opened.delegations()
    if as_json:
        put_json(found)
    else:
        put_table(
            ("NUMBER", "STATE", "OF", "TO", "DAYS", "MADE BY", "REASON"),
            [(d.id, d.state, d.of, d.to, d.days, d.made_by, d.reason) for d in found],
            whole=2,
        )


def revoke(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="As the list names it.")],
    as_json: Json = False,
) -> None:
    """Take a delegation back, from now on."""
    with desk(context) as opened:
        opened.revoke(number)
    if as_json:
        put_json({"revoked": number})
    else:
        put(f"delegation {number} is taken back")
