"""Files that go with a text that isn't sent yet: their bytes as they were when they were named, in this session."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from deskterm.core.domain.attachments import FILES_LIMIT, Content, counted
from deskterm.core.domain.drafts import Place
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.text import clean

_LOOKED_AT: Final = 10_000
_OFFERED: Final = 6


class Enclosures:
    """The files of each text, by its place; what becomes of a file meanwhile doesn't matter."""

    def __init__(self) -> None:
        """Holds none yet."""
        self._held: dict[Place, tuple[Content, ...]] = {}

    def get(self, place: Place) -> tuple[Content, ...]:
        """Gives the files of a text, in the order in which they were named."""
        return self._held.get(place, ())

    def words(self, place: Place) -> str:
        """Gives how many they are and how large: `2 files, 1.2 MB`, "" for none."""
        return counted(len(content.data) for content in self.get(place))

    def add(self, place: Place, content: Content) -> None:
        """Adds a file.

        Raises:
            InvalidInput: when there are as many as can be attached at once.
        """
        if len(self.get(place)) >= FILES_LIMIT:
            raise InvalidInput(f"{FILES_LIMIT} files can be attached at once: take two replies")
        self._held[place] = (*self.get(place), content)

    def take_off(self, place: Place) -> None:
        """Takes the last one off again, where there is one."""
        self._held[place] = self.get(place)[:-1]

    def sent(self, place: Place, contents: Sequence[Content]) -> None:
        """Forgets files that were sent; what was named since stays."""
        self._held[place] = tuple(one for one in self.get(place) if not any(one is gone for gone in contents))

    def clear(self) -> None:
        """Forgets all of them."""
        self._held.clear()


class Completed(NamedTuple):
    """A path as far as only one can be meant, and the names that it could go on with."""

    path: str
    names: tuple[str, ...]


def completed(typed: str) -> Completed:
    """Gives a path that is being typed with the rest of the only name that fits, or what all that fit have in common.

    Names with signs that can't be seen aren't offered. It reads a folder: not on the thread of the screen.
    """
    if typed == "~":
        return Completed("~/", ())
    head, slash, tail = typed.rpartition("/")
    names: list[str] = []
    with suppress(OSError, ValueError, RuntimeError), os.scandir(Path(head + slash or ".").expanduser()) as found:
        for _, entry in zip(range(_LOOKED_AT), found, strict=False):
            if entry.name.startswith(tail) and entry.name.startswith(".") <= tail.startswith("."):
                names.append(f"{entry.name}/" if entry.is_dir() else entry.name)
    names = sorted(name for name in names if clean(name) == name)
    shared = os.path.commonprefix(names) if names else tail  # noqa: RUF071 - by letters is meant
    return Completed(f"{head}{slash}{shared}", tuple(names[:_OFFERED]) if len(names) > 1 else ())
