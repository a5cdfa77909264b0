"""`deskterm audit`: is the trail whole, and is everything as it says? For auditors, who need be nobody at the desk."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from deskterm.cli.exits import BUG
from deskterm.cli.output import put, put_json, tell
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.text import many
from deskterm.settings import path_of

if TYPE_CHECKING:
    from deskterm.core.domain.heads import Raised, SignedHead
    from deskterm.core.domain.trail import Verdict


_ENOUGH: Final = 10_000
"""So many entries make a rate that says something."""
audit_app = typer.Typer(help="The audit trail.", rich_markup_mode=None, no_args_is_help=True)
"""The group `deskterm audit`; what checks evidence is added to it where the commands are wired."""


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    audit_app.command()(verify)
    app.add_typer(audit_app, name="audit")


def verify(
    context: typer.Context,
    heads: Annotated[Path | None, typer.Option(help="The signed heads that were kept outside the database.")] = None,
    key: Annotated[list[str] | None, typer.Option(help="A sealer's public key that counts; may be repeated.")] = None,
    keys: Annotated[Path | None, typer.Option(help="A file of such keys, one a line.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Walk the whole audit trail, replay it against the tables, weigh heads and signatures; exits with 1 on a finding.

    It only reads. What isn't given is as the settings say: seal_file, seal_public_keys, allowed_signers, revoked_keys.
    """
    from time import perf_counter

    from deskterm.core.domain.clock import system_clock
    from deskterm.core.services import auditing

    settings = context.obj.settings()
    kept = heads or path_of(settings.seal_file)
    counting = frozenset([*(key or ()), *_lines(keys)] or settings.seal_public_keys.split())
    # before the database: a head that is sealed meanwhile would be ahead of what is seen of it
    read, raised = _heads(kept)
    begun = perf_counter()
    verdict = auditing.verify_at(
        settings.database,
        heads=read,
        keys=counting,
        now=system_clock(),
        allowed_signers=path_of(settings.allowed_signers),
        revoked=path_of(settings.revoked_keys),
        alarms=raised,
    )
    seconds = perf_counter() - begun
    if as_json:
        rate = round(verdict.entries / seconds)
        said = {"is_well": verdict.is_well, **verdict._asdict(), "seconds": round(seconds, 3), "entries_a_second": rate}
        put_json(said)
    else:
        _print(verdict, seconds)
    if not verdict.is_well:
        raise typer.Exit(BUG)


def _print(verdict: "Verdict", seconds: float) -> None:
    rate = f", {verdict.entries / seconds:,.0f} a second" if verdict.entries >= _ENOUGH else ""
    put(f"log {verdict.log_id or 'unknown'}: {_many(verdict.entries, 'entry')} walked in {seconds:.1f} s{rate}")
    held = f"{_many(verdict.heads, 'head')} {'holds' if verdict.heads == 1 else 'hold'}"
    put(f"{_many(verdict.tickets, 'ticket')} replayed; {held}; {_signatures(verdict)}")
    for one in verdict.erasures:
        when = f"{one.at:%Y-%m-%d %H:%M} UTC"
        put(f"erased, entry {one.seq}: on {when} by {one.by}, {_many(one.entries, 'entry')} gave up texts")
    for found in verdict.damage:
        where = "no entry" if found.at is None else f"entry {found.at}"
        put(f"{found.kind.replace('_', ' ')}, {where}: {found.said}")
    for alarm in verdict.alarms:
        put(f"alarm: {alarm.said}")
    if verdict.damage:
        put(f"last good entry: {verdict.last_good.size}, hash {verdict.last_good.hash}")
        put(f"the trail shows tampering: {many(len(verdict.damage), 'finding')}")
    elif verdict.alarms:
        left = f"{many(len(verdict.alarms), 'alarm')} {'remains' if len(verdict.alarms) == 1 else 'remain'}"
        put(f"the trail is whole as far as the database goes; {left}")
    else:
        put(f"the trail is whole up to entry {verdict.last_good.size}, hash {verdict.last_good.hash}")


def _signatures(verdict: "Verdict") -> str:
    made, held = verdict.decisions, verdict.signatures
    if not made:
        return "there are no decisions"
    if made == 1:
        return "the one decision is " + ("signed and holds" if held else "signed" if verdict.signed else "not signed")
    if not verdict.signed:
        return f"none of the {made:,} decisions is signed"
    holds = "is signed and holds" if held == 1 else "are signed and hold"
    return f"{held:,} of {made:,} decisions {holds}"


def _many(count: int, what: str) -> str:
    """Gives a number with its noun, thousands told apart."""
    return f"{count:,} {many(count, what).partition(' ')[2]}"


def _heads(path: Path | None) -> "tuple[list[SignedHead] | None, list[Raised]]":
    """Gives the heads in a file, None where there is none, and the alarms beside them."""
    from deskterm.core.domain.heads import read_alarms, read_heads

    if path is None:
        return None, []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return read_heads(lines), read_alarms(lines)
    except FileNotFoundError:
        tell(f"deskterm: there are no heads at {path}")
        return None, []
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{path} can't be read: {error}") from error


def _lines(path: Path | None) -> list[str]:
    if path is None:
        return []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} can't be read: {error}") from error
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
