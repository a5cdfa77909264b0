"""Attaching files to a ticket, by the one door, and giving them back. Nothing here opens or runs what is in them."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from deskterm.core.domain.access import sees_internal
from deskterm.core.domain.attachments import Attached, Content, check, check_size, chosen, digest
from deskterm.core.domain.decide import Arguments
from deskterm.core.domain.errors import DesktermError, InvalidInput, StoreUnavailable
from deskterm.core.domain.facts import Fact, reference
from deskterm.core.domain.words import Action, FactKind
from deskterm.core.services import work
from deskterm.core.services.context import Context, seen
from deskterm.core.services.work import Done
from deskterm.core.store import timelines
from deskterm.core.store.engine import Connection, Store
from deskterm.core.store.files import Files, files_of
from deskterm.core.views import AttachmentLine

_FLAGS: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_OWN: Final = tuple(f"{name}{end}" for name in ("", ".presence") for end in ("", "-wal", "-shm", "-journal"))
"""What SQLite keeps of a desk, by what follows its name."""


def read_file(context: Context, path: str) -> Content:
    """Gives a file of the actor's own machine with its bytes, as it is now; `~` is their home.

    Raises:
        InvalidInput: when there is none, it is no plain file, it can't be read, is empty or too large.
    """
    try:
        place = Path(path).expanduser()
        _check_place(context.store, place)
        with os.fdopen(os.open(place, _FLAGS), "rb") as file:
            _check_plain(place, os.fstat(file.fileno()))
            check_size(str(place), os.fstat(file.fileno()).st_size, context.attachment_limit)
            data = file.read(context.attachment_limit + 1)
    except OSError as error:
        raise InvalidInput(f"{path} can't be read: {error.strerror or error}") from error
    except (ValueError, RuntimeError):  # a null byte; a home of nobody
        raise InvalidInput(f"there is no file {path!r}: name one by its path") from None
    check_size(str(place), len(data), context.attachment_limit)
    return Content(place.name, data)


def _check_place(store: Store, place: Path) -> None:
    """Passes when a path leads to a plain file that isn't the desk itself: to close that would drop SQLite's locks."""
    try:
        found = place.stat()
    except FileNotFoundError:
        raise InvalidInput(f"there is no file {place}: name one by its path") from None
    _check_plain(place, found)
    if store.path is None:
        return
    for suffix in _OWN:
        own = Path(f"{store.path}{suffix}")
        if own.exists() and own.samefile(place):
            raise InvalidInput(f"{place} is the desk's own file: it can't be attached")


def _check_plain(place: Path, found: os.stat_result) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise InvalidInput(f"{place} is a directory: attach the files in it, or pack it first")
    if not stat.S_ISREG(found.st_mode):
        raise InvalidInput(f"{place} is a device, a pipe or a socket: only files can be attached")


def attach(
    context: Context,
    ticket_id: int,
    action: Action,
    arguments: Arguments,
    contents: Sequence[Content],
    *,
    expected: int | None = None,
) -> Done:
    """Replies or notes with files: their bytes are kept before the fact that names them is committed.

    Raises:
        NotFound, NotAllowed, ChangedElsewhere: as `work.act`.
        InvalidInput: as that, or when a file can't be attached.
        StoreUnavailable: when the bytes can't be kept.
    """
    if action not in {Action.REPLY, Action.NOTE}:
        raise InvalidInput("files come with a reply or a note")
    check(contents, context.attachment_limit)
    work.check(context, ticket_id, action)  # nothing is kept of what is refused
    files, kept = files_of(context.store), {digest(content.data): content.data for content in contents}
    files.prepare(kept)
    named = Arguments(
        text=arguments.text,
        comment=arguments.comment,
        source=arguments.source,
        files=tuple(content.attached for content in contents),
    )
    beside = partial(files.keep, contents=kept)
    return work.act(context, ticket_id, action, named, expected=expected, beside=beside)


def listed(context: Context, ticket_id: int) -> tuple[AttachmentLine, ...]:
    """Gives the files of a ticket that the actor may read, oldest first.

    Raises:
        NotFound: when the ticket is not theirs to see.
    """
    with context.store.read() as connection:
        return _listed(context, connection, ticket_id)


def _listed(context: Context, connection: Connection, ticket_id: int) -> tuple[AttachmentLine, ...]:
    actor = context.actor(connection)
    ticket = seen(connection, actor, ticket_id, context.clock())[0].ticket
    internal = sees_internal(actor, ticket)
    return tuple(
        AttachmentLine(file.name, file.size, file.digest, entry.at, entry.actor, entry.version, entry.is_internal)
        for entry, data in timelines.timeline(connection, ticket_id, internal=internal)
        if internal or entry.kind is FactKind.REPLIED
        for file in (Attached(*part) for part in data.get("files", ()))
    )


def fetch(context: Context, ticket_id: int, name: str) -> Content:
    """Gives a file of a ticket by its name, or by the first digits of its hash, with its bytes.

    Raises:
        NotFound: when the actor may see no such ticket, or no such file of it.
        InvalidInput: when several files have this name.
        StoreUnavailable: when its bytes are gone, or are no longer those that were attached.
    """
    with context.store.read() as connection:
        lines = _listed(context, connection, ticket_id)
        file = chosen([Attached(line.name, line.size, line.digest) for line in lines], name)
        data = files_of(context.store).read(connection, file.digest)
    if why := _damage(file, data):
        raise StoreUnavailable(f"{file.name} of {reference(ticket_id)} is {why}: bring it back from a backup")
    return Content(file.name, data or b"")


def _damage(file: Attached, data: bytes | None) -> str:
    if data is None:
        return "missing"
    return "" if digest(data) == file.digest else "damaged: its bytes have another hash"


class Missing(NamedTuple):
    """A file that a fact names and that is not kept as it was: which, and what is the matter."""

    file: Attached
    why: str


Checker = Callable[[Connection, Iterable[Fact]], Iterator[Missing]]
"""Gives the files of facts that are missing or damaged."""


def checker(context: Context) -> Checker:
    """Gives what tells the files of facts that are missing or damaged; each is read once."""
    files: Files = files_of(context.store)
    known: dict[Attached, str] = {}

    def check_facts(connection: Connection, facts: Iterable[Fact]) -> Iterator[Missing]:
        for file in (file for fact in facts for file in fact.files or ()):
            if file not in known:
                known[file] = _looked_at(files, connection, file)
            if known[file]:
                yield Missing(file, known[file])

    return check_facts


def _looked_at(files: Files, connection: Connection, file: Attached) -> str:
    try:
        return _damage(file, files.read(connection, file.digest))
    except DesktermError as error:
        return str(error)
