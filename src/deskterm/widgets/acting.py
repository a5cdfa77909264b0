"""What every screen with tickets shares: keys from the registry, prompts, changes through the gateway, refusals."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol, cast

from textual import on
from textual.binding import Binding, BindingType
from textual.screen import Screen

from deskterm.actions import BY_ID, Command, Kind, Scope, commands
from deskterm.core.domain.errors import DesktermError
from deskterm.core.domain.facts import reference
from deskterm.core.domain.words import Action, CommentKind, WaitReason
from deskterm.gateway import Answer, Gateway
from deskterm.widgets.prompt import Prompt
from deskterm.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from deskterm.core.desk import Desk
    from deskterm.core.domain.profile import Profile
    from deskterm.core.services.work import Done

Drafts = dict[tuple[int, str], dict[str, str]]
"""What was written and not sent, by ticket and command; it outlives its screen."""

_COMMUTES = {Action.REPLY, Action.NOTE, Action.RATE}
"""Adding to a ticket is right whatever others did meanwhile; the rest must see what they change."""


class Host(Protocol):
    """What a screen needs of the app."""

    gateway: Gateway
    drafts: Drafts
    profile: "Profile"


class Subject(NamedTuple):
    """The ticket that a key is for, as it was seen."""

    id: int
    version: int


def bindings(scope: Scope) -> list[BindingType]:
    """Gives the registry's keys for a screen."""
    return [
        Binding(",".join(c.keys), f"command('{c.id}')", c.label, show=False, id=c.id)
        for c in commands(scope)
        if c.id != "send"
    ]


class Acting(Screen[None]):
    """A screen on which tickets are acted upon."""

    AUTO_FOCUS: ClassVar[str | None] = None

    @property
    def host(self) -> Host:
        """The app, as far as screens know it."""
        return cast("Host", self.app)

    @property
    def gateway(self) -> Gateway:
        """The door to the desk."""
        return self.host.gateway

    @property
    def status_line(self) -> StatusLine:
        """The bottom line."""
        return self.query_one(StatusLine)

    @property
    def prompt(self) -> Prompt:
        """The bar that asks."""
        return self.query_one(Prompt)

    def subject(self) -> Subject | None:
        """Gives the ticket that keys are for, None where there is none."""
        return None

    def changed(self, ticket_id: int) -> None:
        """Reads anew what an action changed."""

    def hint(self) -> None:
        """Shows the keys of the moment."""

    def refocus(self) -> None:
        """Puts the focus where keys act."""

    def action_command(self, command_id: str) -> None:
        """Runs a command of the registry: a change of the ticket, the screen's own `do_...`, or the app's."""
        command = BY_ID[command_id]
        if command.action is not None:
            self._begin(command)
            return
        own = getattr(self, f"do_{command_id}", None) or getattr(self.app, f"do_{command_id}")
        own()

    def _begin(self, command: Command) -> None:
        subject = self.subject()
        if subject is None:
            self.status_line.refuse(f"there is no ticket to {command.label}")
        elif command.asks:
            asked = partial(self._ask, command, subject)
            self.gateway.ask(self, "choices", partial(_choices, command, subject.id), asked)
        else:
            self._perform(command, subject, {})

    def _ask(self, command: Command, subject: Subject, choices: Mapping[str, list[tuple[str, str]]]) -> None:
        self._asked = subject
        draft = self.host.drafts.get((subject.id, command.id), {})
        self.prompt.open(command, reference(subject.id), choices, draft)

    @on(Prompt.Given)
    def _given(self, event: Prompt.Given) -> None:
        event.stop()
        self.host.drafts[self._asked.id, event.command.id] = dict(event.values)
        self.refocus()
        self._perform(event.command, self._asked, event.values)

    @on(Prompt.Left)
    def _left(self, event: Prompt.Left) -> None:
        event.stop()
        place = (self._asked.id, event.command.id)
        if event.values:
            self.host.drafts[place] = event.values
            self.status_line.say(f"kept as a draft: {event.command.key} goes on with it")
        else:
            self.host.drafts.pop(place, None)
            self.hint()
        self.refocus()

    def _perform(self, command: Command, subject: Subject, values: Mapping[str, str]) -> None:
        expected = None if command.action in _COMMUTES else subject.version
        arguments = _typed(values)

        def call(desk: "Desk") -> "Done":
            return desk.act(subject.id, cast("Action", command.action), expected=expected, **arguments)

        self.gateway.tell(self, call, partial(self._done, command))

    def _done(self, command: Command, done: "Done") -> None:
        self.host.drafts.pop((done.id, command.id), None)
        label = self.host.profile.labels[done.status].staff
        self.status_line.say(f"{command.label}: {reference(done.id)} is {label.lower()}")
        self.changed(done.id)

    @on(Answer)
    def _answered(self, answer: Answer[Any]) -> None:
        answer.stop()
        answer.deliver(self.failed)

    def failed(self, error: DesktermError) -> None:
        """Shows a refusal; what was typed is kept as a draft."""
        self.status_line.refuse(str(error))
        subject = self.subject()
        if subject is not None:
            self.changed(subject.id)


def _choices(command: Command, ticket_id: int, desk: "Desk") -> dict[str, list[tuple[str, str]]]:
    """Gives what can be chosen for each field; a command that will be refused is refused before anything is asked."""
    desk.check(ticket_id, cast("Action", command.action))
    choices: dict[str, list[tuple[str, str]]] = {}
    for field in command.asks:
        if field.kind is Kind.CHOICE:
            choices[field.name] = list(field.choices)
        elif field.kind is Kind.PERSON:
            choices[field.name] = [
                (person.login or person.name, f"{person.name}  {load} open")
                for person, load in desk.candidates(ticket_id)
            ]
        elif field.kind is Kind.PRIORITY:
            rules = desk.profile().priorities.values()
            choices[field.name] = [(rule.key, f"{rule.label}  {rule.meaning}") for rule in rules]
        elif field.kind is Kind.CATEGORY:
            choices[field.name] = _categories(command, ticket_id, desk)
    return choices


def _categories(command: Command, ticket_id: int, desk: "Desk") -> list[tuple[str, str]]:
    home = desk.ticket(ticket_id).department_id
    elsewhere = command.action is Action.MOVE
    return [
        (category.key, f"{department.name} / {category.name}")
        for department in desk.departments()
        if (department.id != home) is elsewhere
        for category in department.categories
        if category.kind == "standard"
    ]


def _typed(values: Mapping[str, str]) -> dict[str, Any]:
    kinds = {"reason": WaitReason, "stars": int, "comment": CommentKind}
    return {name: kinds.get(name, str)(value) for name, value in values.items()}
