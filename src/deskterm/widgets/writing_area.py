"""Where a text of several lines is written: names that follow an @ are completed by tab."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

from deskterm.core.domain.mentions import Named, begun, offers


class WritingArea(TextArea):
    """A text of several lines. Tab stays in it: it completes a name, or does nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", "complete", show=False)]

    class PeopleWanted(Message):
        """A name is being typed, and nobody is known who could be meant."""

    @dataclass
    class Offered(Message):
        """Whom the name that is being typed could mean; none where none is typed."""

        found: list[Named]

    def __init__(self) -> None:
        """Makes an empty one."""
        super().__init__(id="area", soft_wrap=True, compact=True)
        self.cursor_blink = False
        self._people: Sequence[Named] | None = None
        self._offered: list[Named] = []

    def learn(self, people: Sequence[Named]) -> None:
        """Takes who can be named."""
        self._people = people
        self.look()

    @on(TextArea.Changed)
    def look(self) -> None:
        """Says whom the name before the cursor could mean."""
        head = self._head
        if self._people is None and begun(head) is not None:
            self._people = ()
            self.post_message(self.PeopleWanted())
        found = offers(head, self._people or ())
        if found != self._offered:
            self._offered = found
            self.post_message(self.Offered(found))

    def action_complete(self) -> None:
        """Takes the first that is offered."""
        found, typed = offers(self._head, self._people or ()), begun(self._head)
        if found and typed is not None:
            row, column = self.cursor_location
            self.replace(f"{found[0].login} ", (row, column - len(typed)), (row, column))

    @property
    def _head(self) -> str:
        row, column = self.cursor_location
        return self.document.get_line(row)[:column]
