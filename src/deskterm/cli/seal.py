"""`deskterm seal`: signs the end of the audit trail and publishes it where nobody at the desk can reach it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deskterm.cli.exits import BUG
from deskterm.cli.output import put, put_json, tell
from deskterm.core.domain.errors import InvalidInput, NotAllowed, StoreUnavailable
from deskterm.settings import path_of

if TYPE_CHECKING:
    from deskterm.core.services.sealer import Sealer
    from deskterm.settings import Settings

_BETWEEN_LOOKS = 1.0


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(seal)


def seal(
    context: typer.Context,
    key: Annotated[Path | None, typer.Option(help="The private key to sign with.")] = None,
    file: Annotated[Path | None, typer.Option(help="Append signed heads to this file.")] = None,
    command: Annotated[str, typer.Option(help="Hand each head to this command, a line on stdin.")] = "",
    mail: Annotated[str, typer.Option(help="Mail each head to this address.")] = "",
    smtp: Annotated[str, typer.Option(help="The mail server for that, as host:port.")] = "",
    once: Annotated[bool, typer.Option("--once", help="Seal what is new now, instead of going on.")] = False,
    new_key: Annotated[Path | None, typer.Option(help="Make a private key in this file, and nothing else.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Sign the end of the audit trail and publish it; meant for an account of its own, by which nobody works."""
    if new_key is not None:
        _new_key(new_key, as_json)
        return
    from threading import Event

    settings: Settings = context.obj.settings()
    with sealer_of(settings, key=key, file=file, command=command, mail=mail, smtp=smtp, alone=once) as sealer:
        told: tuple[str, ...] = ()
        while True:
            try:
                problems = look(sealer, once=once, as_json=as_json)
            except StoreUnavailable as error:
                if once:
                    raise
                problems = (f"{error}; the next look tries again",)
            if problems != told:  # what stays so is not told every second
                tell_problems(problems)
            told = problems
            if once and problems:
                raise typer.Exit(BUG)
            if once or Event().wait(_BETWEEN_LOOKS):
                return


@contextmanager
def sealer_of(
    settings: "Settings",
    *,
    key: Path | None = None,
    file: Path | None = None,
    command: str = "",
    mail: str = "",
    smtp: str = "",
    alone: bool,
) -> Iterator["Sealer"]:
    """Gives the sealer of the desk; what isn't given is as the settings say."""
    from deskterm.core.services.sealer import opened

    with opened(
        settings.database,
        key=key or path_of(settings.seal_key),
        file=file or path_of(settings.seal_file),
        command=command or settings.seal_command,
        mail=mail or settings.seal_mail,
        smtp=smtp or settings.seal_smtp,
        alone=alone,
    ) as sealer:
        yield sealer


def look(sealer: "Sealer", *, once: bool, as_json: bool) -> tuple[str, ...]:
    """Lets the sealer look once and says what came of it; gives what could not be done."""
    from deskterm.core.domain.clock import system_clock

    looked = sealer.look(system_clock())
    if as_json and (once or looked.head):
        put_json({"size": looked.size, "head": looked.head and looked.head.line, "problems": looked.problems})
    elif looked.head:
        put(f"sealed up to entry {looked.size}")
    elif once and not looked.problems:
        put(f"nothing new since entry {looked.size}")
    return looked.problems


def look_in_passing(sealer: "Sealer") -> bool:
    """Lets the sealer look beside other work, which goes on whatever comes of it; gives whether nothing went wrong."""
    from deskterm.core.domain.clock import system_clock

    try:
        problems = sealer.look(system_clock()).problems
    except (NotAllowed, InvalidInput) as error:
        problems = (str(error),)
    tell_problems(problems)
    return not problems


def tell_problems(problems: Iterable[str]) -> None:
    """Says what could not be sealed or published."""
    for problem in problems:
        tell(f"deskterm: sealing: {problem}")


def _new_key(path: Path, as_json: bool) -> None:
    from deskterm.core.services.sealing import new_key

    made = new_key(path)
    if as_json:
        put_json({"key": str(path), "public_key": made})
    else:
        put(made)
        tell(f"{path} is for the sealer alone; who verifies is told the line above, in seal_public_keys")
