"""`deskterm macro` runs one; `deskterm macros` lists them, and loads and exports them as TOML."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deskterm.cli.globals import desk
from deskterm.cli.many import Ids, Json, Tried, each, given, run
from deskterm.cli.output import put, put_json, put_table, tell
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.facts import reference
from deskterm.core.domain.text import many

if TYPE_CHECKING:
    from deskterm.core.services.macro_runs import Plan

Key = Annotated[str, typer.Argument(metavar="[KEY]", help="Only this one.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("macro")(macro)
    macros = typer.Typer(help="List macros and canned replies; load and export them as TOML.", rich_markup_mode=None)
    macros.callback(invoke_without_command=True)(list_macros)
    macros.command("show")(show)
    macros.command("apply")(apply)
    macros.command("drop")(drop)
    app.add_typer(macros, name="macros")


def macro(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A macro's key or name.")],
    ids: Ids,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would do, and do nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Run a macro on tickets: on each of them all of it, or nothing."""
    names = given(ids, "")[0]
    if not dry_run:
        run(context, names, lambda opened, number: opened.run_macro(number, name), as_json)
        return
    with desk(context) as opened:
        tried: Tried[Plan] = each(names, lambda number: opened.rehearse_macro(number, name))
    if as_json:
        done = [{"ref": reference(plan.id), **plan._asdict()} for plan in tried.done]
        put_json({"would": done, "refused": tried.refusals()})
    else:
        for plan in tried.done:
            put(f"{reference(plan.id)}: {', then '.join(plan.steps) or 'nothing, all of it stands already'}")
            for line in plan.text.splitlines():
                put(f"  | {line}".rstrip())
    tried.end(done="could be done")


def list_macros(context: typer.Context, as_json: Json = False) -> None:
    """List the macros that you may use."""
    if context.invoked_subcommand is not None:
        return
    with desk(context) as opened:
        found = opened.macros()
    if as_json:
        put_json(found)
        return
    rows = [(one.key, one.department or "all", one.name, ", ".join(one.does)) for one in found]
    put_table(("KEY", "DEPARTMENT", "NAME", "DOES"), rows)


def show(context: typer.Context, key: Key = "", as_json: Json = False) -> None:
    """Print macros as a TOML file, to be edited and applied again."""
    with desk(context) as opened:
        text, found = opened.macros_as_toml(key), opened.macros()
    if as_json:
        put_json([one for one in found if key in {"", one.key}])
    else:
        put(text.rstrip("\n"))


def apply(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A TOML file of [[macros]].")],
    as_json: Json = False,
) -> None:
    """Load macros from a file, in place of those with the same keys; others stay. For leads and admins."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"{file} can't be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{file} is not UTF-8 at byte {error.start + 1}: convert the file") from None
    with desk(context) as opened:
        done = opened.apply_macros(text, file.name)
    if as_json:
        put_json(done)
    else:
        put(f"{many(len(done.added), 'macro')} added, {len(done.changed)} changed")


def drop(
    context: typer.Context, key: Annotated[str, typer.Argument(metavar="KEY", help="Which one.")], as_json: Json = False
) -> None:
    """Take a macro out. For leads and admins."""
    with desk(context) as opened:
        opened.drop_macro(key)
    if as_json:
        put_json({"dropped": key})
    else:
        tell(f"{key} is gone")
