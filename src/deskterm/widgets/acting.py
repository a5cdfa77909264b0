"""What every screen with tickets shares: keys from the registry, prompts, changes through the gateway, refusals."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple, Protocol, cast

from textual import on
from textual.widgets import Input

from deskterm.actions.command import Command
from deskterm.actions.command_line import NOTHING, missing
from deskterm.actions.registry import Registry
from deskterm.actions.selection import Selection, refusal
from deskterm.core.domain.drafts import Place
from deskterm.core.domain.errors import DesktermError, NotAllowed
from deskterm.core.domain.facts import reference
from deskterm.core.domain.glimpse import Glimpse
from deskterm.core.domain.lifecycle import DECIDING, PARTICIPLE
from deskterm.core.domain.words import Action, Status
from deskterm.gateway import Gateway
from deskterm.widgets.answers import known, typed
from deskterm.widgets.clipboard import Copying
from deskterm.widgets.commanding import Commanding
from deskterm.widgets.composing import Composing
from deskterm.widgets.deeds import Deed, Deeds
from deskterm.widgets.drafting import Drafts
from deskterm.widgets.prompt import Prompt
from deskterm.widgets.status_line import StatusLine
from deskterm.widgets.ticket_purchase import total, waited_for

if TYPE_CHECKING:
    from deskterm.core.desk import Desk
    from deskterm.core.domain.profile import Profile
    from deskterm.core.services.work import Done

TICK: Final = 1.0
"""Seconds between two looks at the clocks; only words that changed are drawn."""

_COMMUTES = {Action.REPLY, Action.NOTE, Action.RATE}
"""Adding to a ticket is right whatever others did meanwhile; the rest must see what they change."""

_WAITS = {Action.PIVOT, Action.AMEND, Action.APPROVE}
"""After these somebody's decision is waited for, as a rule."""


class Host(Protocol):
    """What a screen needs of the app."""

    gateway: Gateway
    registry: Registry
    drafts: Drafts
    typed_before: list[str]
    deeds: Deeds
    profile: "Profile"
    awaited: int

    def open_ticket(self, ticket_id: int, *, explained: bool = False) -> None:
        """Opens a ticket, on its timeline or on its clocks explained."""

    def attend(self, ticket_id: int | None, *, is_replying: bool = False) -> None:
        """Lets others know which ticket is open here, None for none, and whether a reply is being written."""

    def leave(self, ticket_id: int) -> None:
        """Lets others know that a ticket is not open here any more."""

    def say(self, sentence: str) -> None:
        """Says what was done, on whatever screen is up."""

    def refuse(self, sentence: str) -> None:
        """Says why something can't be done, on whatever screen is up."""


class Subject(NamedTuple):
    """The ticket that a key is for, as it was seen."""

    id: int
    version: int


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
        if subject and (self.gateway.is_changing or subject.version < self._own.get(subject.id, 0)):
            cursor = Glimpse(id=subject.id)
        return Selection(self.gateway.desk.actor, cursor, (), "" if refused is None else str(refused))

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
        elif why := refusal(command, self.selection()):
            self.failed(NotAllowed(why))
        elif command.action is not None:
            self._begin(command, values)
        else:
            own = getattr(self, f"do_{command_id}", None) or getattr(self.app, f"do_{command_id}")
            own(**values)

    def _begin(self, command: Command, given: Mapping[str, str]) -> None:
        subject = self.subject()
        if subject is None:
            return
        place = Place(subject.id, command.id)
        draft = self.host.drafts.get(place)
        if not command.asks or (given and not draft and not missing(command, given)):
            if given:
                self.host.drafts.hold(place, given)
            self._perform(command, subject, given)
            return
        self._asked = subject
        self._stood = dict(self.standing(command))
        self.hint()  # what was said of the action before is no answer to this question
        self.add_class("-asking")
        ready = known(command, self.host.profile)
        self.prompt.open(command, self.named(command, subject), ready, draft or self._stood, self._wrong, given)
        if given and draft:
            self.prompt.refill(draft)
        self.attend()
        self.read_answers(command)

    def _wrong(self, name: str, values: Mapping[str, str]) -> str:
        """Gives why lines of a purchase can't be read, "" when they can: what they come to is told from then on."""
        try:
            if name == "lines":
                self.prompt.sum = total(values[name], values.get("currency") or self.host.profile.currency)
        except DesktermError as error:
            return str(error)
        return ""

    def unasked(self) -> None:
        """Goes on after a question: keys are commands again."""
        self.remove_class("-asking")
        self.attend()
        if not self.palette.is_open:
            self.refocus()

    def do_edit(self) -> None:
        """Begins a reply in the editor, once it is known that a reply may be written."""
        self._edits = True
        self._begin(self.registry["reply"], NOTHING)

    @on(Prompt.Given)
    def _given(self, event: Prompt.Given) -> None:
        event.stop()
        self.host.drafts.hold(Place(self._asked.id, event.command.id), event.values)
        self.unasked()
        self._perform(event.command, self._asked, event.values)

    @on(Prompt.Left)
    def _left(self, event: Prompt.Left) -> None:
        event.stop()
        values = self._worth(event.values)
        self.host.drafts.put(Place(self._asked.id, event.command.id), values)
        if values:
            self.status_line.say(f"kept as a draft: {event.command.key} goes on with it")
        else:
            self.hint()
        self.unasked()

    def _perform(self, command: Command, subject: Subject, values: Mapping[str, str]) -> None:
        expected = None if command.action in _COMMUTES else max(subject.version, self._own.get(subject.id, 0))
        arguments = typed(values)

        def call(desk: "Desk") -> tuple["Done", str]:
            done = desk.act(subject.id, cast("Action", command.action), expected=expected, **arguments)
            return done, _awaits(desk, done) if command.action in _WAITS else ""

        self.gateway.tell(self, call, partial(self._done, command, subject, values), partial(self._refused, subject))

    def _done(self, command: Command, subject: Subject, values: Mapping[str, str], answer: "tuple[Done, str]") -> None:
        done, awaits = answer
        self.host.deeds.did(Deed(command.id, dict(values), {done.id: done.version}))
        if command.action not in _COMMUTES or done.version == subject.version + 1:
            self._own[done.id] = done.version
        self.host.drafts.drop(Place(done.id, command.id))
        self.host.say(self._sentence(command, done, awaits))
        if self.is_attached:
            self.changed(done.id)

    def _sentence(self, command: Command, done: "Done", awaits: str) -> str:
        """Gives what was done: a decision by its participle, a purchase that waits by its amount and for whom."""
        label = self.host.profile.labels[done.status].staff.lower()
        if command.action in DECIDING:
            return f"{reference(done.id)} {PARTICIPLE[command.action]}: {awaits or f'it is {label}'}"
        return f"{reference(done.id)}: {awaits}" if awaits else f"{command.label}: {reference(done.id)} is {label}"

    def _refused(self, subject: Subject, error: DesktermError) -> None:
        """Says why; what was typed is a draft, and the ticket is read anew because it may be another by now."""
        self.host.refuse(str(error))
        if self.is_attached:
            self.changed(subject.id)

    def failed(self, error: DesktermError) -> None:
        """Says that something couldn't be read; nothing is read again by itself."""
        self.status_line.refuse(str(error))


def _awaits(desk: "Desk", done: "Done") -> str:
    """Gives the amount of a purchase that waits and for whom, `NGN 90,000.00 waits for Lara Lead`, "" of no other."""
    if done.status is not Status.PENDING_APPROVAL:
        return ""
    try:
        purchase = desk.ticket(done.id).purchase
    except DesktermError:  # it was done all the same
        return ""
    names = waited_for(purchase) if purchase is not None else []
    return f"{purchase.total} waits for {' and '.join(names)}" if purchase is not None and names else ""
