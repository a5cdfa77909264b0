"""`deskterm profile`: the desk's policy: shown, checked, compared, tested, applied, and its SLA table."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deskterm.cli.exits import CODES
from deskterm.cli.globals import desk
from deskterm.cli.output import local, put, put_json, put_table, tell
from deskterm.cli.when import instant
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.text import many

if TYPE_CHECKING:
    from deskterm.core.services.profiles import Version

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
From = Annotated[str, typer.Option("--from", help="From when it is in effect, such as 2027-01-01; now without it.")]
Source = Annotated[str, typer.Argument(metavar="PROFILE", help="A file, TOML or JSON, or a shipped profile's name.")]
Either = Annotated[str, typer.Argument(metavar="PROFILE", help="A file, a shipped name, or a kept version: acob:2.")]
Customer = Annotated[str | None, typer.Option(help="Whose tickets it is for.")]
Product = Annotated[str | None, typer.Option(help="The product it is for.")]
Module = Annotated[str | None, typer.Option(help="The product's module.")]
Question = Annotated[str | None, typer.Option(help="The module's question.")]
Category = Annotated[str | None, typer.Option(help="A category's key.")]
Department = Annotated[str | None, typer.Option(help="A department's key.")]
Priority = Annotated[str | None, typer.Option(help="A priority's key.")]
Clock = Annotated[str | None, typer.Option(help="Which clock; resolution without it.")]
Template = Annotated[str | None, typer.Option(help="What is used for such a request.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    profile = typer.Typer(help="The desk's policy, in versions.", rich_markup_mode=None, no_args_is_help=True)
    for command in (show, check, diff, apply, withdraw, schema):
        profile.command()(command)
    profile.command("test")(run_golden)
    targets = typer.Typer(help="The SLA table: list, add, change, retire rows.", rich_markup_mode=None)
    targets.callback(invoke_without_command=True)(list_targets)
    targets.command("list")(list_rows)
    for edit in (add, change, retire):
        targets.command()(edit)
    profile.add_typer(targets, name="targets")
    app.add_typer(profile, name="profile")


def show(
    context: typer.Context,
    version: Annotated[str, typer.Argument(metavar="[VERSION]", help="Print a kept version's text: acob:2.")] = "",
    text: Annotated[bool, typer.Option("--text", help="Print the text of the one in effect.")] = False,
    as_json: Json = False,
) -> None:
    """List the versions that the desk keeps, or print the text of one."""
    with desk(context) as opened:
        if version or text:
            found, name = opened.profile_text(version)
            if as_json:
                put_json({"profile": name, "text": found})
            else:
                put(found.rstrip("\n"))
            return
        versions = opened.profile_versions()
    if as_json:
        put_json(versions)
    else:
        put_table(
            ("PROFILE", "IN EFFECT FROM", "", "TICKETS"),
            [(f"{v.key}:{v.version}", local(v.effective_at), "now" * v.in_effect, v.tickets) for v in versions],
        )


def check(
    context: typer.Context,
    profile: Source,
    at_desk: Annotated[bool, typer.Option("--desk", help="Also whether somebody at the desk holds each post.")] = False,
    as_json: Json = False,
) -> None:
    """Check a profile's file: every problem with its line and key; then its golden tickets.

    With --desk, a post of the approval chain that nobody at the desk holds is a problem too.
    """
    from deskterm.bootstrap import profile_text
    from deskterm.core.domain.profile import APPROVAL
    from deskterm.core.services.golden import check_golden
    from deskterm.core.services.policies import checked_profile
    from deskterm.core.services.vacancies import in_words

    text, source = profile_text(profile)
    found = checked_profile(text, source=source)
    vacant: list[str] = []
    clocks = len([name for name in found.clocks if name != APPROVAL])  # that the file doesn't have
    failed = [c for c in check_golden(found) if not c.holds]
    if at_desk:
        with desk(context) as opened:
            vacant, wanting = in_words(opened.vacant_posts(found))
        if wanting:
            tell(f"notice: {wanting}")
    if as_json:
        said = {"profile": found.key, "version": found.version, "failed": failed}
        put_json({**said, "vacant": vacant} if at_desk else said)
    else:
        put(f"{source} is a profile: {found.name}, {found.key} v{found.version}, {clocks} clocks")
        put(f"{len(found.tests)} golden tickets, {len(failed)} of their due times don't hold")
        for c in failed:
            put(f"  {c.ticket}, {c.clock}: expected {c.expected}, found {c.found}")
        for sentence in vacant:
            put(sentence)
    if failed or vacant:
        raise typer.Exit(CODES[InvalidInput])


def diff(context: typer.Context, old: Either, new: Either, as_json: Json = False) -> None:
    """Compare two profiles, key by key."""
    from deskterm.core.domain.profile_diff import differences
    from deskterm.core.domain.profile_file import parse_profile

    before, after = (parse_profile(text, source=name) for text, name in (_text(context, old), _text(context, new)))
    found = differences(before, after)
    if as_json:
        put_json(found)
    elif not found:
        put("no differences")
    else:
        put_table(("KEY", "BEFORE", "AFTER"), [(d.path, d.before or "-", d.after or "-") for d in found])


def _text(context: typer.Context, wanted: str) -> tuple[str, str]:
    from deskterm.bootstrap import profile_text

    if ":" in wanted and not Path(wanted).exists():
        with desk(context) as opened:
            return opened.profile_text(wanted)
    return profile_text(wanted)


def run_golden(context: typer.Context, profile: Source, as_json: Json = False) -> None:
    """Run a profile's own golden tickets: the due times that it states for given submissions."""
    del context
    from deskterm.bootstrap import profile_text
    from deskterm.core.services.golden import check_golden
    from deskterm.core.services.policies import checked_profile

    text, source = profile_text(profile)
    found = check_golden(checked_profile(text, source=source))
    failed = [c for c in found if not c.holds]
    if as_json:
        put_json([{**c._asdict(), "holds": c.holds} for c in found])
    else:
        put_table(
            ("", "GOLDEN TICKET", "CLOCK", "EXPECTED", "FOUND"),
            [("ok" if c.holds else "FAILS", c.ticket, c.clock, c.expected, c.found) for c in found],
        )
    held = f"{len(found) - len(failed)} of {len(found)} due times hold"
    tell(f"{source}: {held if found else 'it has no golden tickets ([[tests]])'}")
    if failed:
        raise typer.Exit(CODES[InvalidInput])


def apply(context: typer.Context, profile: Source, effective: From = "", as_json: Json = False) -> None:
    """Make a profile the one that new tickets come under; tickets that are there keep the version they have."""
    from deskterm.bootstrap import profile_text

    text, source = profile_text(profile)
    with desk(context) as opened:
        _applied(opened.apply_profile(text, source, instant(effective, "--from")), as_json)


def withdraw(
    context: typer.Context,
    version: Annotated[str, typer.Argument(metavar="VERSION", help="A version not in effect yet: acob:2.")],
    as_json: Json = False,
) -> None:
    """Take back a version that is not in effect yet."""
    with desk(context) as opened:
        name = opened.withdraw_profile(version)
    if as_json:
        put_json({"withdrawn": name})
    else:
        put(f"{name} is withdrawn")


def schema(context: typer.Context) -> None:
    """Print the JSON Schema of profiles."""
    del context
    from deskterm.bootstrap import data_path

    put((data_path() / "profile.schema.json").read_text(encoding="utf-8").rstrip("\n"))


def list_targets(context: typer.Context, as_json: Json = False) -> None:
    """List the rows of the newest version's SLA table."""
    if context.invoked_subcommand is None:
        _list_rows(context, as_json)


def _list_rows(context: typer.Context, as_json: bool) -> None:
    with desk(context) as opened:
        version, rows = opened.targets()
    if as_json:
        put_json(rows)
    else:
        tell(f"{version.key} v{version.version}, in effect from {local(version.effective_at)}")
        put_table(
            (
                "ROW",
                "CUSTOMER",
                "PRODUCT",
                "MODULE",
                "QUESTION",
                "CATEGORY",
                "DEPARTMENT",
                "PRIORITY",
                "CLOCK",
                "SLA TIME",
                "TEMPLATE",
            ),
            rows,
        )


def list_rows(context: typer.Context, as_json: Json = False) -> None:
    """List the rows of the newest version's SLA table."""
    _list_rows(context, as_json)


def add(
    context: typer.Context,
    target: Annotated[str, typer.Option(help="The SLA time: 4bh, 3bd, 30m, 2h or 2d.")],
    key: Annotated[str, typer.Option(help="The row's key; row_1, row_2 and so on without it.")] = "",
    customer: Customer = None,
    product: Product = None,
    module: Module = None,
    question: Question = None,
    category: Category = None,
    department: Department = None,
    priority: Priority = None,
    clock: Clock = None,
    template: Template = None,
    effective: From = "",
    as_json: Json = False,
) -> None:
    """Add a row, as a new version of the profile."""
    row = _row(customer, product, module, question, category, department, priority, clock, template, target)
    with desk(context) as opened:
        _applied(opened.add_target({**row, "key": key} if key else row, instant(effective, "--from")), as_json)


def change(
    context: typer.Context,
    row: Annotated[str, typer.Argument(help="The row's key.")],
    target: Annotated[str | None, typer.Option(help="Another SLA time.")] = None,
    customer: Customer = None,
    product: Product = None,
    module: Module = None,
    question: Question = None,
    category: Category = None,
    department: Department = None,
    priority: Priority = None,
    clock: Clock = None,
    template: Template = None,
    effective: From = "",
    as_json: Json = False,
) -> None:
    """Change a row, as a new version; an empty value takes a condition away."""
    given = _row(customer, product, module, question, category, department, priority, clock, template, target)
    if not given:
        raise InvalidInput("nothing to change: give --target or another option")
    with desk(context) as opened:
        _applied(opened.change_target(row, given, instant(effective, "--from")), as_json)


def retire(
    context: typer.Context,
    row: Annotated[str, typer.Argument(help="The row's key.")],
    effective: From = "",
    as_json: Json = False,
) -> None:
    """Take a row out, as a new version."""
    with desk(context) as opened:
        _applied(opened.retire_target(row, instant(effective, "--from")), as_json)


_COLUMNS = (
    "customer", "product", "module", "question", "category", "department", "priority", "clock", "template", "target",
)  # fmt: skip


def _row(*values: str | None) -> dict[str, str]:
    return {name: value for name, value in zip(_COLUMNS, values, strict=True) if value is not None}


def _applied(made: "Version", as_json: bool) -> None:
    if as_json:
        put_json(made)
    else:
        put(f"{made.key} v{made.version} is in effect from {made.effective_at.astimezone():%Y-%m-%d %H:%M %Z}")
    if made.failing:
        told = many(made.failing, "other due time")
        tell(f"its golden tickets still expect {told}: mend [[tests]] in the next version")
