"""The desk itself: init, demo, import, db, doctor, the worker."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deskterm.cli.bars import bars
from deskterm.cli.exits import BUG
from deskterm.cli.globals import Globals, desk
from deskterm.cli.output import put, put_json, tell
from deskterm.cli.screens import has_terminal, run
from deskterm.core.domain.errors import InvalidInput, StoreUnavailable
from deskterm.core.domain.text import many

if TYPE_CHECKING:
    from deskterm.core.desk import Desk
    from deskterm.core.services.demo import Filled

_BETWEEN_PASSES = 60.0
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    db = typer.Typer(help="The database.", rich_markup_mode=None, no_args_is_help=True)
    db.command("upgrade")(upgrade)
    app.add_typer(db, name="db")
    for command in (demo, init, doctor, worker):
        app.command()(command)
    app.command("import")(import_log)


def demo(
    context: typer.Context,
    keep: Annotated[Path | None, typer.Option(help="Keep the desk in this folder.")] = None,
    tickets: Annotated[
        int | None,
        typer.Option(
            min=100, max=10_000_000,
            help="A desk ten years old with so many tickets, in --keep FOLDER or an empty --database.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Another number makes another demo.")] = 7,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Open a throwaway desk with something to do on every screen, or make a big one to keep."""
    import tempfile

    given: Globals = context.obj
    given.check_now()
    if tickets is not None:
        _decade(given, keep, tickets, seed, as_json)
        return
    if keep is not None:
        _made_folder(keep)
        _demo(given, keep, seed, as_json, kept=True)
        return
    with tempfile.TemporaryDirectory(prefix="deskterm-demo-") as folder:
        _demo(given, Path(folder), seed, as_json, kept=False)


def _made_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput(f"{folder} can't be made: {error.strerror}") from error


def _demo(given: Globals, folder: Path, seed: int, as_json: bool, *, kept: bool) -> None:
    from deskterm.bootstrap import make_demo
    from deskterm.core.domain.clock import system_clock

    url, filled = make_demo(folder, system_clock(), seed=seed)
    _show_demo(given, url, filled, as_json, kept=url if kept else "")


def _decade(given: Globals, keep: Path | None, tickets: int, seed: int, as_json: bool) -> None:
    from deskterm.bootstrap import make_decade
    from deskterm.core.domain.clock import system_clock

    # what the environment or the config names is somebody's own desk: only what was typed here is filled
    if (keep is None) is (not given.database):
        raise InvalidInput("say where a desk of --tickets goes: --keep FOLDER, or --database URL before `demo`")
    if keep is not None:
        _made_folder(keep)
    url = given.database if keep is None else f"sqlite:///{keep / 'demo.db'}"
    try:
        with bars() as named:
            written, measured = named("tickets"), named("measures")
            name, filled = make_decade(
                url, system_clock(), count=tickets, seed=seed, progress=lambda done: written(done, tickets),
                measuring=measured,
            )  # fmt: skip
    except KeyboardInterrupt:
        tell("deskterm: interrupted: what was written so far is not finished, and no command opens it: delete it")
        raise
    _show_demo(given, url, filled, as_json, kept=name)


def _show_demo(given: Globals, url: str, filled: "Filled", as_json: bool, *, kept: str) -> None:
    """Tells what a demo is, and opens it where there is a terminal; `kept` names the database that stays."""
    from deskterm.bootstrap import open_desk
    from deskterm.core.domain.words import Via
    from deskterm.core.services.demo import PERSONAS

    settings = Globals(url, given.config, "", given.read_only).settings()
    if as_json:
        put_json({"database": kept or None, "personas": list(PERSONAS), **filled._asdict()})
        return
    put(f"a demo desk of {filled.people} people, {filled.tickets} tickets, {filled.facts} facts")
    put(f"personas: {', '.join(PERSONAS)}")
    if has_terminal():
        from deskterm.app import DesktermApp

        with open_desk(settings, via=Via.TUI, acting_as=given.acting_as or PERSONAS[1]) as opened:
            code = run(DesktermApp(opened, settings, personas=PERSONAS), mouse=settings.mouse)
        if code:
            raise typer.Exit(code)
    if kept:
        put(f"kept: deskterm --database {kept} --as {PERSONAS[1]}")


def init(
    context: typer.Context,
    profile: Annotated[str, typer.Option(help="A shipped profile's name, or a file.")] = "acob",
    name: Annotated[str, typer.Option(help="Your name as others read it.")] = "",
    as_json: Json = False,
) -> None:
    """Make a desk under a profile, with you as its admin."""
    from deskterm.bootstrap import make_desk

    made = make_desk(context.obj.settings(), profile=profile, name=name)
    if as_json:
        put_json({"database": made, "profile": profile})
    else:
        put(f"a desk at {made}: add people with `deskterm people add`")


def import_log(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(help="A neutral CSV of events, or facts that `export facts --internal` wrote; also gzipped."),
    ],
    until: Annotated[str, typer.Option(help="Take only events up to this instant.")] = "",
    profile: Annotated[str, typer.Option(help="Make the desk under this profile if there is none.")] = "",
    as_json: Json = False,
) -> None:
    """Import another desk's event log, or facts that a desk exported; a second run adds nothing."""
    from deskterm.bootstrap import has_desk, make_desk
    from deskterm.core.services.event_log import parse_instant, read_event_log
    from deskterm.core.services.fact_files import is_fact_file, read_fact_file

    settings = context.obj.settings()
    facts = read_fact_file(file) if is_fact_file(file) else None
    if facts and until:
        raise InvalidInput("--until is for event logs: tickets that were exported are taken whole")
    log = None if facts else read_event_log(file, until=parse_instant(until, "--until") if until else None)
    if profile and not has_desk(settings):
        make_desk(settings, profile=profile, name="")
    total = facts.facts if facts else len(log.events if log else ())
    with desk(context) as opened, bars() as named:
        taken, measured = named(file.name), named("measures")
        if facts:
            done = opened.import_facts(facts, lambda count: taken(count, total), measuring=measured)
        elif log:
            done = opened.import_log(log, lambda count: taken(count, total), measuring=measured)
        else:
            return
    for row in done.rejected:
        tell(f"line {row.line}, {row.case_id or 'no case'}: not taken: {row.why}")
    if as_json:
        put_json(done)
    else:
        what = "facts" if facts else "events"
        put(f"{done.tickets} tickets and {done.facts} facts added, {done.known} {what} were known")
        put(f"made as met: {done.people} people, {done.departments} departments, {done.categories} categories")
        put(
            f"not taken: {len(done.rejected)} {'tickets' if facts else 'rows'}"
            + (f"; later than --until: {done.later}" if until else "")
        )


def upgrade(context: typer.Context, as_json: Json = False) -> None:
    """Bring the desk's schema to this program's, and measure its tickets.

    Ended while it measures, it has done the upgrade: the worker, or who asks for figures, measures the rest.
    """
    from deskterm.bootstrap import upgrade as run

    with bars() as named:
        upgraded = run(context.obj.settings(), named("measures"))
    if as_json:
        put_json({"database": upgraded})
    else:
        put(f"{upgraded} is up to date")


def worker(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="One pass instead of one a minute until it is ended.")] = False,
    as_json: Json = False,
) -> None:
    """Make facts of what time alone brings about: clocks that ran out. With a sealing key, seal the audit trail too.

    It keeps the measures ready that figures are made of.
    """
    from contextlib import nullcontext
    from threading import Event

    from deskterm.cli.seal import look_in_passing, sealer_of

    settings = context.obj.settings()
    with desk(context) as opened, sealer_of(settings, alone=True) if settings.seal_key else nullcontext() as sealer:
        while True:
            is_well = True
            try:
                _pass(opened, once, as_json)
                is_well = sealer is None or look_in_passing(sealer)
            except StoreUnavailable as error:
                if once:
                    raise
                tell(f"deskterm: {error}; the next pass tries again")
            if once and not is_well:
                raise typer.Exit(BUG)
            if once or Event().wait(_BETWEEN_PASSES):
                return


def _pass(opened: "Desk", once: bool, as_json: bool) -> None:
    swept = opened.sweep()
    if as_json:
        put_json(swept)
    elif once or swept.breaches:
        put(f"{many(swept.breaches, 'breach')} found on {many(swept.tickets, 'ticket')}")
    for said in swept.left_out:
        tell(f"left out: {said}")


def doctor(
    context: typer.Context,
    repair: Annotated[bool, typer.Option("--repair", help="Make rows what their facts say; a fact tells how.")] = False,
    as_json: Json = False,
) -> None:
    """Fold every ticket's facts and compare with what is stored; exits with 1 when they differ and stay so.

    Posts of the approval chain that nobody holds are told as notices on stderr: a stage would stand still there. So are
    those without a deputy where that would keep their holder's own purchases from being decided.
    """
    from deskterm.core.services.vacancies import in_words

    with desk(context) as opened:
        report = opened.doctor(repair=repair)
        vacant, wanting = in_words(opened.vacant_posts())
    for said in [*vacant, *([wanting] if wanting else [])]:
        tell(f"notice: {said}")
    if as_json:
        put_json({**report._asdict(), "vacant": vacant})
    else:
        for finding in report.findings:
            put(f"{finding.ticket} {finding.field}: stored {finding.stored}, its facts say {finding.folded}")
        put(f"{report.tickets} tickets, {report.facts} facts: {len(report.findings) or 'no'} differences")
        if repair:
            put(f"{many(report.repaired, 'ticket')} put right: a row that changed has a fact that tells how")
    if len({finding.ticket for finding in report.findings}) > report.repaired:
        raise typer.Exit(BUG)
