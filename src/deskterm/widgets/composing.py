"""Writing on a screen: what is being written is a draft meanwhile, and may be written in one's own editor."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from textual import on
from textual.app import SuspendNotSupported
from textual.events import Key
from textual.screen import Screen

from deskterm.actions.command import MACRO, Command
from deskterm.actions.command_line import Choices
from deskterm.core.domain.attachments import Content
from deskterm.core.domain.drafts import NO_TICKET, Draft, Place, written
from deskterm.core.domain.errors import DesktermError, InvalidInput, NotFound
from deskterm.core.domain.facts import reference
from deskterm.widgets.answers import begun, canned
from deskterm.widgets.editing import edit
from deskterm.widgets.enclosures import completed
from deskterm.widgets.prompt import Prompt
from deskterm.widgets.ticket_purchase import total
from deskterm.widgets.writing_area import WritingArea

if TYPE_CHECKING:
    from deskterm.widgets.acts import Subject
    from deskterm.widgets.host import Host

_NO_SUSPENDING = "this terminal can't be given to an editor"


class Composing(Screen[None]):
    """A screen with a prompt in which texts are written, each for the ticket that was asked about."""

    def __init__(self) -> None:
        """Makes the screen; nothing is asked yet."""
        super().__init__()
        self._asked: Subject
        self._stood: dict[str, str] = {}
        self._edits = False

    @property
    def host(self) -> "Host":
        """The app, as far as screens know it."""
        return cast("Host", self.app)

    @property
    def prompt(self) -> Prompt:
        """The bar that asks."""
        return self.query_one(Prompt)

    @property
    def _written_at(self) -> Place:
        """Where the draft of what is being asked belongs."""
        return Place(self._asked.id, self.prompt.command.id if self.prompt.command else "")

    def _written(self) -> dict[str, str]:
        """Gives what is worth a draft: nothing while it is what stood there before."""
        return self._worth(self.prompt.written())

    def _worth(self, values: dict[str, str]) -> dict[str, str]:
        found = written(values)
        return found if found != written(self._stood) else {}

    def is_unsent(self, place: Place) -> bool:
        """Gives whether a text or a file of a place is still to be sent."""
        return bool(self.host.drafts.get(place) or self.host.enclosures.get(place))

    @on(Prompt.Touched)
    def _touched(self, event: Prompt.Touched) -> None:
        event.stop()
        if self.prompt.is_open:
            self.host.drafts.touch(self._written_at, self._written)

    def read_answers(self, command: Command, about: Sequence[int]) -> None:
        """Reads what the question about some tickets can be answered with; a refusal ends it."""
        read = partial(begun, command, self._written_at, about)
        self.host.gateway.ask(self, "choices", read, self._supplied, self._not_allowed)
        if command.id == MACRO:
            self._read_canned(about[0])

    def _supplied(self, found: tuple[Choices, Draft | None]) -> None:
        """Takes in what there is to choose from, and what was written on another terminal."""
        choices, draft = found
        if not self.prompt.is_open:
            return
        self.prompt.supply(choices)
        if text := self.host.drafts.restored(self._written_at, draft):
            self.prompt.refill(text)
        if self._edits:
            self._edits = False
            self._edit()

    def _not_allowed(self, error: DesktermError) -> None:
        """Ends the question; where somebody is typing already it stays, or the rest of what they type would be keys."""
        self._edits = False
        if self.prompt.is_open and self.prompt.is_typed_into:
            self.host.drafts.put(self._written_at, self._written())
            self.prompt.refuse(f"{str(error).rstrip('.')}; {self.prompt.leaving}")
            return
        self.prompt.close()
        self.unasked()
        self.host.refuse(str(error))

    def _wrong(self, name: str, values: Mapping[str, str]) -> str:
        """Gives why lines of a purchase can't be read, "" when they can: what they come to is told from then on."""
        try:
            if name == "lines":
                self.prompt.sum = total(values[name], values.get("currency") or self.host.profile.currency)
        except DesktermError as error:
            return str(error)
        return ""

    def unasked(self) -> None:
        """Goes on after a question."""

    def with_draft(self, ticket_id: int, error: DesktermError) -> str:
        """Gives why something failed, and where its draft is when no key leads to its ticket any more."""
        is_lost = isinstance(error, NotFound) and self.host.drafts.has(ticket_id)
        return f"{error}; what you wrote is kept: deskterm drafts" if is_lost else str(error)

    @on(Prompt.TypedAhead)
    def _typed_ahead(self, event: Prompt.TypedAhead) -> None:
        event.stop()
        for key in event.keys:
            self.app.post_message(Key(key.key, key.character))

    @on(Prompt.CannedAsked)
    def _canned_asked(self, event: Prompt.CannedAsked) -> None:
        event.stop()
        if self._asked.id == NO_TICKET:
            self._no_canned(InvalidInput("a canned reply is for one ticket; a macro is for many too"))
        else:
            self._read_canned(self._asked.id)

    def _read_canned(self, ticket_id: int) -> None:
        read = partial(canned, ticket_id)
        self.host.gateway.ask(self, "canned", read, self.prompt.canned.offer, self._no_canned)

    def _no_canned(self, error: DesktermError) -> None:
        if self.prompt.is_long:
            self.prompt.action_leave()
            self.prompt.refuse(str(error))

    @on(Prompt.FileNamed)
    def _file_named(self, event: Prompt.FileNamed) -> None:
        """Reads a file now: what becomes of it until the text is sent doesn't matter."""
        event.stop()
        if self._asked.id == NO_TICKET:
            self._no_file(InvalidInput("files are attached to one ticket at a time"))
            return
        read = partial(self._file_read, self._written_at)
        self.host.gateway.ask(self, "file", lambda desk: desk.read_file(event.path), read, self._no_file)

    def _file_read(self, place: Place, content: Content) -> None:
        if not self.prompt.names_file or self._written_at != place:
            return  # they went back before it was read
        try:
            self.host.enclosures.add(place, content)
        except DesktermError as error:
            self._no_file(error)
        else:
            self.prompt.attached = self.host.enclosures.words(place)
            self.prompt.to_text()

    def _no_file(self, error: DesktermError) -> None:
        if self.prompt.names_file:
            self.prompt.refuse(str(error))

    @on(Prompt.TakenOff)
    def _taken_off(self, event: Prompt.TakenOff) -> None:
        event.stop()
        self.host.enclosures.take_off(self._written_at)
        self.prompt.attached = self.host.enclosures.words(self._written_at)
        self.prompt.to_text()

    @on(Prompt.CompletionAsked)
    def _completion_asked(self, event: Prompt.CompletionAsked) -> None:
        event.stop()
        show = self.prompt.tell_paths
        self.host.gateway.ask(self, "paths", lambda _: completed(event.path), show, self._no_file)

    @on(WritingArea.PeopleWanted)
    def _people_wanted(self, event: WritingArea.PeopleWanted) -> None:
        event.stop()
        learn = self.query_one(WritingArea).learn
        self.host.gateway.ask(
            self, "nameable", lambda desk: desk.nameable(), learn, lambda error: self.host.refuse(str(error))
        )

    @on(Prompt.EditorAsked)
    def _editor_asked(self, event: Prompt.EditorAsked) -> None:
        event.stop()
        self._edit()

    def _edit(self) -> None:
        """Gives the terminal to the editor and waits for it; the text is a draft before, and is in the box after."""
        if not self.prompt.is_long:
            return
        place, why = self._written_at, _NO_SUSPENDING
        self.host.drafts.put(place, self._written())
        try:
            with self.app.suspend():
                try:
                    edited, why = edit(self.prompt.text, f"{_named(place)}-{place.command}"), ""
                except DesktermError as error:  # here, for a suspended app that is left by an error stays suspended
                    why = str(error)
        except SuspendNotSupported:
            pass
        if why:
            self.prompt.refuse(why)
            return
        self.prompt.write(edited.text)
        self.host.drafts.keep(place, edited)
        self.host.drafts.put(place, self._written())


def _named(place: Place) -> str:
    return "several" if place.ticket_id == NO_TICKET else reference(place.ticket_id)
