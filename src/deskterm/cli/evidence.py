"""`deskterm approvals prove` and `deskterm audit check`: one file that proves a purchase, and whether it does."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deskterm.cli.exits import BUG
from deskterm.cli.globals import desk
from deskterm.cli.output import put, put_json, tell
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.filters import parse_id
from deskterm.core.domain.text import many
from deskterm.settings import path_of

if TYPE_CHECKING:
    from deskterm.core.domain.heads import SignedHead
    from deskterm.core.services.evidence_check import Checked
    from deskterm.settings import Settings

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register_on(approvals: typer.Typer, audit: typer.Typer) -> None:
    """Adds the commands to the two nouns that they belong to."""
    approvals.command("prove")(prove)
    audit.command("check")(check)


def prove(
    context: typer.Context,
    ticket: Annotated[str, typer.Argument(metavar="ID", help="HD-000042 or 42.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file, for you alone.")] = None,
    heads: Annotated[Path | None, typer.Option(help="The file of signed heads; else the sealer's own.")] = None,
    as_text: Annotated[bool, typer.Option("--text", help="Print what it says as text.")] = False,
    as_json: Json = False,
) -> None:
    """Write the evidence of a purchase: one file that whoever has no desk can check. It holds internal notes."""
    from deskterm.core.domain.evidence_text import text_of

    settings: Settings = context.obj.settings()
    number = parse_id(ticket)
    known = _heads(settings, heads)
    with desk(context) as opened:
        made = opened.prove(number, known)
    spelled = json.dumps(made, indent=1, ensure_ascii=True) + "\n"
    if made["head"] is None:
        tell("no signed head covers it yet: seal, or name the sealer's file with --heads")
    if output is not None:
        _write(output, spelled)
    counted = {"entries": len(made["entries"]), "links": len(made["links"]), "bytes": len(spelled)}
    if as_text:
        put(text_of(made).rstrip("\n"))
    elif output is None:
        put_json(made)
    elif as_json:
        put_json({"file": str(output), **counted, "head": made["head"]})
    else:
        put(f"{output}: {counted['entries']} entries, {counted['links']} links to the head, {counted['bytes']:,} bytes")


def check(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `deskterm approvals prove` wrote.")],
    key: Annotated[list[str] | None, typer.Option(help="A sealer's public key that counts; can be repeated.")] = None,
    allowed_signers: Annotated[
        Path | None, typer.Option(help="Whose SSH key is whose, as ssh-keygen reads it.")
    ] = None,
    revoked: Annotated[Path | None, typer.Option(help="SSH keys that no longer count.")] = None,
    as_text: Annotated[bool, typer.Option("--text", help="Print what it says as text too.")] = False,
    as_json: Json = False,
) -> None:
    """Check the evidence of a purchase; needs no desk and no database. Exits with 1 when something doesn't hold."""
    from deskterm.core.services import evidence_check

    settings: Settings = context.obj.settings()
    found = evidence_check.read(_text(file))
    done = evidence_check.check(
        found,
        keys=frozenset(key or settings.seal_public_keys.split()) or None,
        allowed_signers=allowed_signers or path_of(settings.allowed_signers),
        revoked=revoked or path_of(settings.revoked_keys),
    )
    if as_json:
        put_json(done)
    else:
        _tell_checked(done, found, as_text=as_text)
    if done.problems:
        raise typer.Exit(BUG)


def _tell_checked(done: "Checked", found: dict[str, Any], *, as_text: bool) -> None:
    if done.reference:
        if as_text:
            from deskterm.core.domain.evidence_text import text_of

            put(text_of(found))
        put(f"{done.reference}: {done.state} {done.total}, as of {done.until}")
        parts = ((done.entries, "entry"), (done.links, "link"), (done.decisions, "decision"))
        counted = ", ".join(many(count, what) for count, what in parts)
        put(f"{counted}; {many(done.signatures, 'signature')} {'holds' if done.signatures == 1 else 'hold'}")
        if done.sealed:
            put(f"head of {done.sealed.head.size} entries, sealed {done.sealed.at} by {done.sealed.key}")
    for problem in done.problems:
        put(f"PROBLEM: {problem}")
    if not done.problems:
        unsigned = done.signatures < done.decisions
        rest = "; names of those who didn't sign are the desk's word" if unsigned else ""
        put(f"everything that can be checked holds{rest}")


def _heads(settings: "Settings", given: Path | None) -> "list[SignedHead]":
    from deskterm.core.domain.heads import read_heads

    path = given or path_of(settings.seal_file)
    if path is None or (given is None and not path.exists()):
        return []
    try:
        return read_heads(_text(path).splitlines())
    except ValueError as error:
        raise InvalidInput(f"{path}: {error}") from None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"{path} can't be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise InvalidInput(f"{path} is no text in UTF-8") from None


def _write(path: Path, text: str) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise InvalidInput(f"{path} can't be written: {error.strerror}") from error
