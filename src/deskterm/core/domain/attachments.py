"""Attachments: files that came with a reply or a note. A fact has their names, sizes and hashes; never their bytes."""

import re
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final, NamedTuple

from deskterm.core.domain.errors import InvalidInput, NotFound
from deskterm.core.domain.text import clean, many

MEGABYTE: Final = 1_000_000
LIMIT: Final = 10 * MEGABYTE
"""Bytes that a file may have where no setting says otherwise."""
FILES_LIMIT: Final = 20
_NAME_LIMIT: Final = 120
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_DIGITS: Final = 8
"""Digits of a hash from which on it names a file."""


class Attached(NamedTuple):
    """A file as a fact has it: its name, its size in bytes, and the SHA-256 of its bytes in hex."""

    name: str
    size: int
    digest: str

    @property
    def words(self) -> str:
        """It as a person reads it: `report.pdf (1.2 MB)`."""
        return f"{self.name} ({sized(self.size)})"


class Content(NamedTuple):
    """A file with its bytes."""

    name: str
    data: bytes

    @property
    def attached(self) -> Attached:
        """What a fact has of it."""
        return Attached(named(self.name), len(self.data), digest(self.data))


def digest(data: bytes) -> str:
    """Gives the SHA-256 of bytes, in hex."""
    return sha256(data).hexdigest()


def is_digest(text: str) -> bool:
    """Gives whether a text is such a hash: what a fact that was tampered with says may be anything."""
    return _DIGEST.fullmatch(text) is not None


def named(path: str) -> str:
    """Gives the name that a file is attached under: without its folders, with nothing in it that can't be seen.

    One that is too long keeps its end, which says what kind of file it is.
    """
    name = clean(path.rstrip("/").rpartition("/")[2]).strip()
    if name in {"", ".", ".."}:
        return "file"
    return name if len(name) <= _NAME_LIMIT else f"{name[: _NAME_LIMIT // 2]}…{name[-_NAME_LIMIT // 2 + 1 :]}"


def sized(size: int) -> str:
    """Gives a number of bytes as people read it: `1.2 MB`, `14 KB`, `3 B`."""
    if size >= MEGABYTE:
        return f"{size / MEGABYTE:.1f} MB"
    return f"{size // 1_000} KB" if size >= 1_000 else f"{size} B"


def counted(sizes: Iterable[int]) -> str:
    """Gives how many files there are and how large they are together: `2 files, 1.2 MB`; "" for none."""
    found = list(sizes)
    return f"{many(len(found), 'file')}, {sized(sum(found))}" if found else ""


def check_size(name: str, size: int, limit: int) -> None:
    """Passes when a file of this size can be attached.

    Raises:
        InvalidInput: when it is empty, or larger than `limit` bytes.
    """
    if size == 0:
        raise InvalidInput(f"{name} is empty: there is nothing to attach")
    if size > limit:
        larger = sized(size) if sized(size) != sized(limit) else f"{size:,} bytes"
        raise InvalidInput(
            f"{name} has {larger}: a file may have {sized(limit)} here (attachment_limit), pack it or split it"
        )


def check(contents: Sequence[Content], limit: int) -> None:
    """Passes when files can be attached together.

    Raises:
        InvalidInput: when they are too many, or as `check_size`.
    """
    if len(contents) > FILES_LIMIT:
        raise InvalidInput(f"{FILES_LIMIT} files can be attached at once, these are {len(contents)}: take two replies")
    for content in contents:
        check_size(content.name, len(content.data), limit)


def chosen(files: Sequence[Attached], name: str) -> Attached:
    """Gives the file of this name, or whose hash begins so, from 8 digits on.

    Raises:
        NotFound: when there is none.
        InvalidInput: when there are several that differ.
    """
    found = {file.digest: file for file in files if file.name == name}
    if not found and len(name) >= _DIGITS:
        found = {file.digest: file for file in files if file.digest.startswith(name.lower())}
    if not found:
        raise NotFound(f"there is no attachment {name!r}: `deskterm attachments` lists those there are")
    if len(found) > 1:
        hashes = ", ".join(digest[:_DIGITS] for digest in found)
        raise InvalidInput(f"there are {len(found)} files called {name}: name one by its hash, {hashes}")
    return next(iter(found.values()))
