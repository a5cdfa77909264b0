"""Every command with the options that stand before it."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from deskterm import __version__
from deskterm.cli import (
    approvals,
    attachments,
    audit,
    delegations,
    desks,
    drafts,
    evidence,
    exports,
    keys,
    kpi,
    lists,
    macros,
    people,
    profiles,
    purchases,
    reports,
    seal,
    sla,
    submit,
    undo,
    views,
    work,
)
from deskterm.cli.globals import Globals
from deskterm.cli.screens import open_screens

_OF_ITS_KIND = "Value error, "


class Commands(TyperGroup):
    """The group of all commands: what a value can't be is said without the kind of error that Pydantic puts before."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - Typer keeps its type to itself
        """Runs the command; raises BadParameter with its message alone."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = error.message.removeprefix(_OF_ITS_KIND)
            raise


app = typer.Typer(
    name="deskterm",
    cls=Commands,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (
    submit, lists, views, work, attachments, undo, drafts, macros, purchases, approvals, delegations, sla, kpi, exports,
    reports, people, profiles, desks, keys, seal, audit,
):  # fmt: skip
    module.register(app)
evidence.register_on(approvals.approvals_app, audit.audit_app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"deskterm {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    database: Annotated[str, typer.Option(help="The desk: sqlite:///path or postgresql://host/name.")] = "",
    config: Annotated[Path | None, typer.Option(help="A config file instead of the user's own.")] = None,
    acting_as: Annotated[str, typer.Option("--as", help="Act for a login or name (admins, and in a demo).")] = "",
    read_only: Annotated[bool, typer.Option("--read-only", help="Refuse every change.")] = False,
    as_of: Annotated[
        str,
        typer.Option(
            "--as-of", metavar="INSTANT",
            help="Show the desk as it stood then, read-only: 2026-09-30 (the day's end) or 2026-09-30T17:00.",
        ),
    ] = "",
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:  # fmt: skip
    """The help desk that lives in a terminal. Without a command it opens the screens."""
    del version
    context.obj = Globals(database, config, acting_as, read_only, as_of)
    if context.invoked_subcommand is None and (code := open_screens(context.obj)):
        raise typer.Exit(code)
