"""What somebody did in this session: to be taken back, done again, or done to another ticket."""

from collections.abc import Mapping
from typing import Final, NamedTuple

_MOST: Final = 100


class Deed(NamedTuple):
    """A command, what it was given, and the version that each ticket came to by it."""

    command_id: str
    values: Mapping[str, str]
    versions: Mapping[int, int] = {}


class Deeds:
    """What was done, the latest last, and what of it was taken back; whatever else is done ends what can be redone."""

    def __init__(self) -> None:
        """Knows of nothing yet."""
        self._done: list[Deed] = []
        self._undone: list[Deed] = []
        self.latest: Deed | None = None
        """What was told to be done last, answered or not: the next key may want it done to another ticket."""

    def did(self, deed: Deed) -> None:
        """Knows of something that was done, whether or not it can be taken back."""
        self._undone.clear()
        self.again(deed)

    def again(self, deed: Deed) -> None:
        """Knows of something that was done again, or is still to be taken back."""
        self._done = [*self._done[1 - _MOST :], deed]

    def undo(self) -> Deed | None:
        """Gives what was done last, which is known no longer; None when nothing was."""
        return self._done.pop() if self._done else None

    def undid(self, deed: Deed) -> None:
        """Knows of something that was taken back."""
        self._undone.append(deed)

    def redo(self) -> Deed | None:
        """Gives what was taken back last, which is known no longer; None when nothing was."""
        return self._undone.pop() if self._undone else None

    def clear(self) -> None:
        """Forgets everything: somebody else goes on."""
        self.latest = None
        self._done.clear()
        self._undone.clear()
