"""Replies and notes on their way: until one has left it is a draft, and can be taken back."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from deskterm.actions.command import MACRO, Command
from deskterm.core.domain.drafts import Place
from deskterm.core.domain.facts import reference
from deskterm.core.domain.text import many
from deskterm.core.domain.words import Action
from deskterm.widgets.holding import Holding, Send

if TYPE_CHECKING:
    from textual.app import App

WRITTEN: Final = frozenset({Action.REPLY, Action.NOTE})
"""What is read by others as soon as it has left."""
_SECOND: Final = 1.0


def leaves_later(command: Command) -> bool:
    """Gives whether what a command does waits for some seconds: it is read by others, or may be."""
    return command.action in WRITTEN or command.id == MACRO


class Writing(NamedTuple):
    """What was written, where its draft is, and for which tickets."""

    command: Command
    place: Place
    ids: frozenset[int]

    @property
    def verb(self) -> str:
        """What is about to be done: `reply to`, `note on`."""
        return f"{self.command.label} {'to' if self.command.action is Action.REPLY else 'on'}"

    @property
    def named(self) -> str:
        """What it is about: `HD-000042`, or `5 tickets`."""
        return reference(next(iter(self.ids))) if len(self.ids) == 1 else many(len(self.ids), "ticket")


class Writings(Holding[Writing]):
    """What was written and has not left; `soon` is told each second what is about to leave, "" when nothing is."""

    def __init__(self, app: "App[Any]", seconds: float, soon: Callable[[str], object]) -> None:
        """Holds nothing yet."""
        super().__init__(app, seconds)
        self._soon = soon
        self._is_counting = False

    def hold(self, item: Writing, send: Send) -> None:
        """Holds what was written, and counts its seconds down."""
        super().hold(item, send)
        if not self._is_counting:
            self._count()

    def take_back(self) -> Writing | None:
        """Gives what was written last and has not left, which now never will; None when there is nothing."""
        item = super().take_back()
        self._soon(self.pending.sentence)
        return item

    def flush(self) -> list[Writing]:
        """Sends everything at once, and gives what that was."""
        items = super().flush()
        self._soon(self.pending.sentence)
        return items

    def take_back_at(self, place: Place) -> None:
        """Takes back what is held of a place: somebody goes on with its draft."""
        for item in self.pending.drop(lambda held: held.place == place):
            del self._sends[id(item)]
            self._soon(self.pending.sentence)

    def _count(self) -> None:
        self._is_counting = bool(self.pending)
        self._soon(self.pending.sentence)
        if self._is_counting:
            self._app.set_timer(_SECOND, self._count)
