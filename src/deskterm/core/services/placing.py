"""Where a file that is made goes: it is there whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from deskterm.core.domain.errors import InvalidInput


def check_place(path: Path, *, force: bool) -> None:
    """Passes when a file can be written at `path`.

    Raises:
        InvalidInput: when there is no such folder, something else is there, or a file and not `force`.
    """
    target_of(path)
    if path.is_dir() or (path.exists() and not path.is_file()):
        raise InvalidInput(f"{path} is no file: name one that is to be written, or - for the standard output")
    if path.exists() and not force:
        raise InvalidInput(f"{path} is there already: name another file, or have it written anew (--force)")
    if not path.parent.is_dir():
        raise InvalidInput(f"there is no folder {path.parent}: make it first")


def target_of(path: Path) -> Path:
    """Gives where a path leads, whether or not something is there; raises InvalidInput when it can lead nowhere."""
    try:
        target = path.resolve()
        target.exists()  # which says when a name is too long, or a folder closed
    except (OSError, RuntimeError) as error:  # links in a circle are a RuntimeError before Python 3.13
        why = (error.strerror if isinstance(error, OSError) else None) or "its links lead in a circle"
        raise InvalidInput(f"{path} can't be written: {why}") from error
    return target


@contextmanager
def placed(path: Path, *, force: bool) -> Iterator[BinaryIO]:
    """Gives a file to write that is moved to `path` when the block ends well, and is gone when it doesn't.

    Nobody but its owner reads it.

    Raises:
        InvalidInput: as `check_place`, or when it can't be written.
    """
    check_place(path, force=force)
    target = target_of(path)
    try:
        with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name[:100]}.", delete=False) as file:
            made = Path(file.name)
            try:
                yield file  # type: ignore[misc] # a wrapper around one
                file.flush()
                os.fsync(file.fileno())
                _move(made, target, path, force=force)
                _settle(target.parent)
            finally:
                made.unlink(missing_ok=True)
    except OSError as error:
        raise InvalidInput(f"{path} can't be written: {error.strerror or error}") from error


def _move(made: Path, target: Path, path: Path, *, force: bool) -> None:
    if not force:
        try:
            os.link(made, target)  # which somebody's file of that name, made meanwhile, hinders
        except FileExistsError:
            raise InvalidInput(f"{path} was made meanwhile: name another file, or say --force") from None
        except OSError:  # a file system without links
            made.replace(target)
        return
    made.replace(target)


def _settle(folder: Path) -> None:
    """Has the folder itself kept through a power cut, where the file system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
