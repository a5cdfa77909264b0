"""`deskterm audit`: is the trail whole, and is everything as it says? For auditors, who need be nobody at the desk."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deskterm.cli.exits import BUG
from deskterm.cli.output import put, put_json, tell
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.text import many

if TYPE_CHECKING:
    from deskterm.core.domain.heads import SignedHead
    from deskterm.core.domain.trail import Verdict


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
    kept = heads or _path(settings.seal_file)
    counting = frozenset([*(key or ()), *_lines(keys)] or settings.seal_public_keys.split())
    read = _heads(kept)  # before the database: a head that is sealed meanwhile would be ahead of what is seen of it
    begun = perf_counter()
    verdict = auditing.verify_at(
        settings.database,
        heads=read,
        keys=counting,
        now=system_clock(),
        allowed_signers=_path(settings.allowed_signers),
        revoked=_path(settings.revoked_keys),
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
    rate = f"{verdict.entries / seconds:,.0f} a second"
    put(f"log {verdict.log_id or 'unknown'}: {verdict.entries:,} entries walked in {seconds:.1f} s, {rate}")
    put(f"{verdict.tickets:,} tickets replayed, {verdict.heads:,} heads and {verdict.signatures:,} signatures hold")
    for found in verdict.damage:
        where = "no entry" if found.at is None else f"entry {found.at}"
        put(f"{found.kind.replace('_', ' ')}, {where}: {found.said}")
    for alarm in verdict.alarms:
        put(f"alarm: {alarm.said}")
    if verdict.damage:
        put(f"last good entry: {verdict.last_good.size}, hash {verdict.last_good.hash}")
        put(f"the trail shows tampering: {many(len(verdict.damage), 'finding')}")
    elif verdict.alarms:
        put(f"nothing is changed as far as can be told, and {many(len(verdict.alarms), 'alarm')} left")
    else:
        put(f"the trail is whole up to entry {verdict.last_good.size}, hash {verdict.last_good.hash}")


def _heads(path: Path | None) -> "list[SignedHead] | None":
    from deskterm.core.domain.heads import read_heads

    if path is None:
        return None
    try:
        return read_heads(path.read_text(encoding="utf-8").splitlines())
    except FileNotFoundError:
        tell(f"deskterm: there are no heads at {path}")
        return None
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


def _path(text: str) -> Path | None:
    return Path(text).expanduser() if text else None
