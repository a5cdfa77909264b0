"""`deskterm sla`: where the time went, and how it would have gone under another profile."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from deskterm.cli.globals import desk
from deskterm.cli.output import put, put_json, put_table, tell
from deskterm.cli.when import instant
from deskterm.core.domain.facts import reference
from deskterm.core.domain.filters import parse_id

if TYPE_CHECKING:
    from deskterm.core.services.replaying import Replayed, Score

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_SHOWN_FLIPS = 20


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    sla = typer.Typer(help="The clocks: why, and what if.", rich_markup_mode=None, no_args_is_help=True)
    sla.command("explain")(explain)
    sla.command("replay")(replay)
    app.add_typer(sla, name="sla")


def explain(
    context: typer.Context,
    ticket: Annotated[str, typer.Argument(metavar="ID", help="HD-000042 or 42.")],
    as_json: Json = False,
) -> None:
    """Show where every second of a ticket's clocks went: target and why, ledger, pauses, due time, days."""
    from deskterm.widgets.explained import explained

    with desk(context) as opened:
        found = opened.explain(parse_id(ticket))
    if as_json:
        put_json({"ref": reference(found.id), **found._asdict()})
    else:
        put(explained(found).plain.rstrip())


def replay(
    context: typer.Context,
    profile: Annotated[str, typer.Option(help="A profile's file, or a shipped profile's name.")],
    since: Annotated[str, typer.Option(help="Only tickets submitted from this instant on.")] = "",
    until: Annotated[str, typer.Option(help="Only tickets submitted before this instant.")] = "",
    as_json: Json = False,
) -> None:
    """Reckon every ticket's clocks under another profile: compliance before and after, and what flips. Reads only."""
    from deskterm.bootstrap import profile_text

    text, source = profile_text(profile)
    start, end = instant(since, "--since"), instant(until, "--until")
    with desk(context) as opened:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress

            with Progress(console=Console(stderr=True)) as bar:
                task = bar.add_task(source, total=None)

                def tick(done: int, of: int) -> None:
                    bar.update(task, completed=done, total=of)

                found = opened.replay(text, source, since=start, until=end, progress=tick)
        else:
            found = opened.replay(text, source, since=start, until=end)
    if as_json:
        put_json(found)
    else:
        _put(found)


def _put(found: "Replayed") -> None:
    for said in found.left_out:
        tell(f"left out: {said}")
    if not found.tickets:
        put("no tickets to replay: you see none that were submitted then")
        return
    put(f"{found.tickets} tickets, {' and '.join(found.before)} against {found.after}; share met of what is decided")
    for by, scores in (("PRIORITY", found.by_priority), ("DEPARTMENT", found.by_department)):
        put("")
        put_table(
            ("CLOCK", by, "BEFORE", "OF", "AFTER", "OF", "MET -> MISSED", "MISSED -> MET"),
            [(s.clock, s.of, *_shares(s), s.worse, s.better) for s in scores],
        )
    if found.flips:
        put("")
        put_table(
            ("ID", "CLOCK", "BEFORE", "AFTER"),
            [(reference(f.id), f.clock, f.before, f.after) for f in found.flips[:_SHOWN_FLIPS]],
        )
    if len(found.flips) > _SHOWN_FLIPS:
        tell(f"{len(found.flips) - _SHOWN_FLIPS} more flip: --json has them all")


def _shares(score: "Score") -> tuple[str, int, str, int]:
    return (
        _share(score.before_met, score.before_judged),
        score.before_judged,
        _share(score.after_met, score.after_judged),
        score.after_judged,
    )


def _share(met: int, judged: int) -> str:
    return f"{100 * met / judged:.1f} %" if judged else "-"
