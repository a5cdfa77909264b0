"""The star schema of a desk (004-R30), as a folder that is there whole or not at all."""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

from deskterm.core.domain.access import scope_of
from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.export_formats import Format
from deskterm.core.domain.star import STAR, Table, described, manifest
from deskterm.core.services.context import Context
from deskterm.core.services.export_file import Shape, write
from deskterm.core.services.export_names import Names
from deskterm.core.services.exporting import Batch, Export, Wanted, period_of
from deskterm.core.services.filtering import narrowed, prepare
from deskterm.core.services.placing import target_of
from deskterm.core.services.star_rows import DIMENSIONS, FACTS, Source
from deskterm.core.store import streams
from deskterm.core.store.streams import Read

_TICKETS_AT_ONCE: Final = 500
MANIFEST: Final = "manifest.json"
FORMATS: Final = (Format.CSV, Format.PARQUET)
README: Final = "README.md"
_FILES: Final = {MANIFEST, README} | {f"{table.name}.{format_.value}" for table in STAR for format_ in FORMATS}
"""All that a star's folder can hold: what else is there is somebody's own, and is not taken away."""


def export_star(
    context: Context,
    wanted: Wanted,
    folder: Path,
    format_: Format = Format.CSV,
    *,
    force: bool = False,
    progress: Callable[[str, int, int], None] = lambda _name, _done, _of: None,
) -> dict[str, int]:
    """Writes the star of the tickets that are wanted; gives how many rows each table has.

    `progress` hears of each table how many of how many tickets are done. With `force` a star that is there already is
    written anew, where nothing else is in its folder.

    Raises:
        NotAllowed: for requesters.
        InvalidInput: when the folder is there and is no star, or can't be written, or Parquet can't be.
        FilterError: when the filter names what the desk doesn't have.
    """
    check_folder(folder, force=force)
    prepare(context, wanted.filter)
    with streams.moment(context.store) as read:
        with read() as connection:
            actor = context.actor(connection)
            if not actor.is_staff:
                raise NotAllowed("a star tells of everybody's work: it is for staff; export tickets instead")
            scope = scope_of(actor)
            policy = context.policy_now(connection)[1]
            period = period_of(wanted, policy.default_zone())
            to = narrowed(context, connection, scope, wanted.filter)
            ids = streams.ticket_ids(connection, scope, wanted.view, to, period)
            names = Names.load(context, connection, actor, masked=wanted.masked)
            source = Source(names, policy.default_zone(), context.clock(), streams.ends(connection))
        made = _beside(target_of(folder))
        try:
            counts = {
                table.name: _write(table, made, format_, read, source, ids, progress) for table in STAR
            }  # fmt: skip
            at = f"{source.now:%Y-%m-%dT%H:%M:%SZ}"
            said = {"at": at, "masked": wanted.masked, "tickets": len(ids), "zone": str(source.zone)}
            _put(made / MANIFEST, json.dumps(manifest(counts, said, format_.value), indent=2) + "\n")
            mask = ", people and customers masked" if wanted.masked else ""
            _put(made / README, described(f"{len(ids):,} tickets as they stood at {at}{mask}."))
            check_folder(folder, force=force)  # somebody may have put something there meanwhile
            _move(made, target_of(folder))
        except OSError as error:
            raise InvalidInput(f"{folder} can't be written: {error.strerror or error}") from error
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return counts


def check_folder(folder: Path, *, force: bool) -> None:
    """Passes when a star can be written into a folder of this name.

    Raises:
        InvalidInput: when there is something else, or a star and not `force`, or no folder to put it in.
    """
    target = target_of(folder)
    if target.exists():
        if not _holds_star(target):
            raise InvalidInput(f"{folder} is there and holds no star: name a folder that is to be made")
        if others := sorted(path.name for path in target.iterdir() if path.name not in _FILES):
            raise InvalidInput(
                f"{folder} holds more than a star, such as {others[0]}: move that, or name another folder"
            )
        if not force:
            raise InvalidInput(f"{folder} holds a star already: name another folder, or say --force to write it anew")
    if not target.parent.is_dir():
        raise InvalidInput(f"there is no folder {folder.parent}: make it first")


def _holds_star(folder: Path) -> bool:
    """Gives whether a folder has the manifest of a star: others call files so, too."""
    try:
        said = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(said, dict) and "star" in said


def _write(
    table: Table, folder: Path, format_: Format, read: Read, source: Source, ids: Sequence[int],
    progress: Callable[[str, int, int], None],
) -> int:  # fmt: skip
    batches = _facts(table, read, source, ids) if table.name in FACTS else _dimension(table, read, source)
    with _opened(folder / f"{table.name}.{format_.value}") as out:
        made = Export(table.name, table.columns, len(ids), batches)
        written = write(made, Shape(format_), out, str(folder), lambda done: progress(table.name, done, len(ids)))
        out.flush()
        os.fsync(out.fileno())
    return written.rows


def _facts(table: Table, read: Read, source: Source, ids: Sequence[int]) -> Iterator[Batch]:
    for begin in range(0, len(ids), _TICKETS_AT_ONCE):
        some = ids[begin : begin + _TICKETS_AT_ONCE]
        with read() as connection:
            rows = FACTS[table.name](connection, list(some), source)
        yield Batch(rows, begin + len(some))


def _dimension(table: Table, read: Read, source: Source) -> Iterator[Batch]:
    with read() as connection:
        yield Batch(DIMENSIONS[table.name](connection, source), 0)


def _opened(path: Path) -> Any:  # noqa: ANN401 - an open file
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _put(path: Path, text: str) -> None:
    with _opened(path) as out:
        out.write(text.encode())


def _beside(target: Path) -> Path:
    """Makes a folder in which something is kept until it is moved to `target`; raises InvalidInput when it can't."""
    try:
        return Path(mkdtemp(dir=target.parent, prefix=f".{target.name[:100]}."))
    except OSError as error:
        raise InvalidInput(f"{target} can't be written: {error.strerror or error}") from error


def _move(made: Path, target: Path) -> None:
    """Puts what was made in its place; a star of before is only then taken away."""
    if not target.exists():
        made.rename(target)
        return
    before = _beside(target)
    target.rename(before / target.name)
    made.rename(target)
    shutil.rmtree(before)
