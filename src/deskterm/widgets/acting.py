"""What every screen with tickets shares: keys from the registry, prompts, changes through the gateway, refusals."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.widgets import Input

from deskterm.actions.command import Command, Takes
from deskterm.actions.command_line import NOTHING, missing
from deskterm.actions.registry import Registry
from deskterm.actions.selection import Selection, is_refusable, refusal
from deskterm.core.domain.drafts import Place, written
from deskterm.core.domain.errors import DesktermError, NotAllowed
from deskterm.core.domain.facts import reference
from deskterm.core.domain.glimpse import Glimpse
from deskterm.core.domain.words import Action
from deskterm.gateway import Gateway
from deskterm.widgets.acts import COMMUTES, Subject, act, addressed, aside, sentence
from deskterm.widgets.answers import known, typed
from deskterm.widgets.clipboard import Copying
from deskterm.widgets.commanding import Commanding
from deskterm.widgets.composing import Composing
from deskterm.widgets.deeds import Deed
from deskterm.widgets.prompt import Prompt
from deskterm.widgets.status_line import StatusLine
from deskterm.widgets.writings import Writing, leaves_later

if TYPE_CHECKING:
    from deskterm.core.desk import Desk
    from deskterm.core.domain.profile import Profile
    from deskterm.core.services.work import Done

TICK: Final = 1.0
"""Seconds between two looks at the clocks; only words that changed are drawn."""


class Acting(Composing, Copying, Commanding):
    """A screen on which tickets are acted upon."""

    AUTO_FOCUS: ClassVar[str | None] = None
    opened: int | None = None
    """The ticket that this screen shows whole."""

    def __init__(self) -> None:
        """Makes the screen; it knows the versions that its own changes made, so that they are no news to it."""
        super().__init__()
        self._own: dict[int, int] = {}

    @property
    def gateway(self) -> Gateway:
        """The door to the desk."""
        return self.host.gateway

    @property
    def profile(self) -> "Profile":
        """The profile that new tickets come under."""
        return self.host.profile

    @property
    def typed_before(self) -> list[str]:
        """What was typed in this session, the latest last."""
        return self.host.typed_before

    def open_ticket(self, ticket_id: int) -> None:
        """Opens a ticket."""
        self.host.open_ticket(ticket_id)

    @property
    def registry(self) -> Registry:
        """The commands with the keys in force."""
        return self.host.registry

    @property
    def status_line(self) -> StatusLine:
        """The bottom line."""
        return self.query_one(StatusLine)

    def subject(self) -> Subject | None:
        """Gives the ticket that keys are for, None where there is none."""
        return None

    def glimpse(self) -> Glimpse | None:
        """Gives what this screen knows of the ticket that keys are for, None where there is none."""
        subject = self.subject()
        return None if subject is None else Glimpse(id=subject.id)

    def selection(self) -> Selection:
        """Gives what keys are for here. While a change is not answered and read, nothing is certain of its ticket."""
        subject, cursor, refused = self.subject(), self.glimpse(), self.gateway.read_only()
        if subject is not None and cursor is not None:
            cursor = self.certain(cursor, subject.version)
        return Selection(self.gateway.actor, cursor, (), "" if refused is None else str(refused))

    def certain(self, seen: Glimpse, version: int) -> Glimpse:
        """Gives what is certain of a ticket that was seen at a version: no more than its number while it changes."""
        is_old = self.gateway.is_changing or version < self._own.get(seen.id, 0)
        return Glimpse(id=seen.id) if is_old else seen

    def named(self, command: Command, subject: Subject) -> str:  # noqa: ARG002 - a screen may name it by both
        """Gives what a question calls the ticket."""
        return reference(subject.id)

    def standing(self, command: Command) -> Mapping[str, str]:  # noqa: ARG002 - as above
        """Gives what stands already of what a command asks for, to be changed."""
        return {}

    def changed(self, ticket_id: int) -> None:
        """Reads anew what an action changed."""

    def follow(self) -> None:
        """Takes in what others wrote."""

    def hint(self) -> None:
        """Shows the keys of the moment."""

    def attend(self) -> None:
        """Lets others know which ticket is open on this screen, or replied to."""
        asked = self.prompt.command
        if asked is not None and asked.action is Action.REPLY:
            self.host.attend(self._asked.id, is_replying=True)
        else:
            self.host.attend(self.opened)

    def refocus(self) -> None:
        """Puts the focus where keys act."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Gives whether a key is a command: while something is written or asked, only going back is."""
        if action != "command" or parameters == ("back",):
            return True
        for asking in (self.prompt, self.palette):
            if asking.is_open:
                asking.resume()  # a click may have taken the focus away: what is typed belongs to the question
                return False
        return not isinstance(self.focused, Input)

    def action_command(self, command_id: str) -> None:
        """Runs the command of a key."""
        self.run_command(command_id)

    def run_command(self, command_id: str, values: Mapping[str, str] = NOTHING) -> None:
        """Runs a command of the registry: a change of the ticket, the screen's own `do_...`, or the app's.

        `values` are what was given already of what it asks for.
        """
        command = self.registry[command_id]
        if self.prompt.is_open:
            self.prompt.action_leave()
        elif self.palette.is_open:
            self.palette.leave()
        elif is_refusable(command) and (why := refusal(command, self.selection())):
            self.failed(NotAllowed(why))
        elif command.is_act:
            self.begin(command, values)
        else:
            own = getattr(self, f"do_{command_id}", None) or getattr(self.app, f"do_{command_id}")
            own(**values)

    def begin(self, command: Command, given: Mapping[str, str]) -> None:
        """Asks for what a command wants that isn't given, or does it."""
        subject = self.subject()
        if subject is not None:
            self.ask(command, subject, self.named(command, subject), (subject.id,), given)

    def ask(
        self, command: Command, subject: Subject, named: str, about: Sequence[int], given: Mapping[str, str]
    ) -> None:
        """Asks about what is `named`, or does it; the choices are those of the first ticket of `about` that has any."""
        command, place = addressed(command, self.gateway.actor), Place(subject.id, command.id)
        draft = self.host.drafts.get(place)
        if not command.asks or (given and draft in ({}, written(given)) and not missing(command, given)):
            if given:
                self.host.drafts.hold(place, given)
            self.perform(command, subject, given)
            return
        self.host.writings.take_back_at(place)  # or what is a draft again would leave
        self._asked = subject
        self._stood = dict(self.standing(command))
        self.hint()  # what was said of the action before is no answer to this question
        self.add_class("-asking")
        ready = known(command, self.host.profile)
        self.prompt.attached = self.host.enclosures.words(place)
        self.prompt.open(command, named, ready, draft or self._stood, self._wrong, given)
        if given and draft:
            self.prompt.refill(draft)
        self.attend()
        self.read_answers(command, about)

    def unasked(self) -> None:
        """Goes on after a question: keys are commands again."""
        self.remove_class("-asking")
        self.attend()
        if not self.palette.is_open:
            self.refocus()

    def do_edit(self) -> None:
        """Begins a reply in the editor, once it is known that a reply may be written."""
        self._edits = True
        self.begin(self.registry["reply"], NOTHING)

    @on(Prompt.Given)
    def _given(self, event: Prompt.Given) -> None:
        event.stop()
        self.host.drafts.hold(Place(self._asked.id, event.command.id), event.values)
        self.unasked()
        self.perform(event.command, self._asked, event.values)

    @on(Prompt.Left)
    def _left(self, event: Prompt.Left) -> None:
        event.stop()
        place, values = Place(self._asked.id, event.command.id), self._worth(event.values)
        self.host.drafts.put(place, values)
        if self.is_unsent(place):
            self.status_line.say(f"kept as a draft: {event.command.key} goes on with it")
        else:
            self.hint()
        self.unasked()

    def expected(self, command: Command, subject: Subject) -> int | None:
        """Gives the version that a ticket has to be at, None where adding to it is right whatever others did."""
        return None if command.action in COMMUTES else max(subject.version, self._own.get(subject.id, 0))

    def remember(self, command: Command, values: Mapping[str, str]) -> None:
        """Keeps what was done last, where it can be done to other tickets too."""
        if command.takes is Takes.MANY:
            self.host.deeds.latest = Deed(command.id, values)

    def do_repeat(self) -> None:
        """Does again, here, what was done last."""
        deed = self.host.deeds.latest
        if deed is None:
            self.status_line.refuse("nothing was done yet that could be done to another ticket")
        else:
            self.run_command(deed.command_id, deed.values)

    def concerned(self, subject: Subject) -> frozenset[int]:
        """Gives the tickets that a command would be for."""
        return frozenset({subject.id})

    def perform(self, command: Command, subject: Subject, values: Mapping[str, str]) -> None:
        """Does a command; what is written waits for some seconds, and what else is done comes after it."""
        about, writings = self.concerned(subject), self.host.writings
        send = self.sending(command, subject, values)
        if leaves_later(command):
            self.remember(command, values)
            writings.hold(Writing(command, Place(subject.id, command.id), about), send)
        elif about & writings.pending.ids:
            left = [writing.place for writing in writings.flush()]
            self.gateway.when_settled(lambda: None if any(map(self.is_unsent, left)) else send())
        else:
            send()

    def sending(self, command: Command, subject: Subject, values: Mapping[str, str]) -> Callable[[], object]:
        """Gives what does a command, now or later."""
        return partial(self._perform, command, subject, values)

    def _perform(self, command: Command, subject: Subject, values: Mapping[str, str]) -> None:
        expected, files = self.expected(command, subject), self.host.enclosures.get(Place(subject.id, command.id))
        arguments = typed(values) | ({"files": files} if files else {})
        self.remember(command, values)

        def call(desk: "Desk") -> tuple["Done", str]:
            done = act(desk, command, subject.id, expected, arguments)
            return done, aside(desk, command, done, arguments)

        def answered(answer: "tuple[Done, str]") -> None:
            self.host.enclosures.sent(Place(subject.id, command.id), files)
            self._done(command, subject, values, answer)

        self.gateway.tell(self, call, answered, partial(self._refused, subject))

    def _done(self, command: Command, subject: Subject, values: Mapping[str, str], answer: "tuple[Done, str]") -> None:
        done, waits = answer
        self.host.deeds.did(Deed(command.id, dict(values), {done.id: done.version}))
        up = self if self.is_attached else self.app.screen  # what was written may leave when its screen is closed
        if isinstance(up, Acting) and (command.action not in COMMUTES or done.version == subject.version + 1):
            up.knows(done.id, done.version)
        self.host.drafts.drop(Place(done.id, command.id))
        self.host.say(sentence(self.host.profile, command, done, waits))
        if isinstance(up, Acting):
            up.reverted([done.id])

    def knows(self, ticket_id: int, version: int) -> None:
        """Takes a version as one's own: it is no news here."""
        self._own[ticket_id] = version

    def reverted(self, ids: Collection[int]) -> None:
        """Shows tickets as they are after what was done, taken back or done again."""
        for ticket_id in ids:
            self.changed(ticket_id)

    def _refused(self, subject: Subject, error: DesktermError) -> None:
        """Says why; what was typed is a draft, and the ticket is read anew because it may be another by now."""
        self.host.refuse(self.with_draft(subject.id, error))
        if self.is_attached:
            self.changed(subject.id)

    def failed(self, error: DesktermError) -> None:
        """Says that something couldn't be read; nothing is read again by itself."""
        self.status_line.refuse(str(error))
