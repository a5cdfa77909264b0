"""A screen's palette: what can be typed on it, and how what was typed is done: the same way as by its key."""

import re
from abc import abstractmethod
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on

from deskterm.actions.command import Command, Kind, Scope
from deskterm.actions.command_line import NOTHING, Jump, Known, Offer, Run
from deskterm.actions.selection import Selection, refusal, why_not
from deskterm.core.domain.errors import DesktermError
from deskterm.core.domain.facts import reference
from deskterm.gateway import Gateway
from deskterm.widgets.answers import choices, known
from deskterm.widgets.drawn_once import DrawnOnce
from deskterm.widgets.palette import Palette
from deskterm.widgets.registered import in_force

if TYPE_CHECKING:
    from deskterm.core.domain.profile import Profile

_ELSEWHERE: Final = frozenset({"palette", "back", "up", "down", "page_up", "page_down"})
"""What nobody types: it is done by its key, or where one writes."""
_VIEW: Final = re.compile(r"view_\d+")
"""Views are offered by their names."""
_READ: Final = frozenset({Kind.PERSON, Kind.PRIORITY, Kind.CATEGORY, Kind.MACRO})


class Commanding(DrawnOnce[None]):
    """A screen whose commands can be typed."""

    SCOPE: ClassVar[Scope]

    @property
    @abstractmethod
    def gateway(self) -> Gateway:
        """The door to the desk."""

    @property
    @abstractmethod
    def profile(self) -> "Profile":
        """The profile that new tickets come under."""

    @property
    @abstractmethod
    def typed_before(self) -> list[str]:
        """What was typed in this session, the latest last."""

    @property
    def palette(self) -> Palette:
        """The line that commands are typed in."""
        return self.query_one(Palette)

    @abstractmethod
    def selection(self) -> Selection:
        """Gives what keys are for here."""

    @abstractmethod
    def run_command(self, command_id: str, values: Mapping[str, str] = NOTHING) -> None:
        """Runs a command of the registry, with what was given already of what it asks for."""

    @abstractmethod
    def open_ticket(self, ticket_id: int) -> None:
        """Opens a ticket."""

    @abstractmethod
    def refocus(self) -> None:
        """Puts the focus where keys act."""

    def offers(self) -> list[Offer]:
        """Gives what can be chosen here besides commands."""
        return []

    def do_palette(self) -> None:
        """Opens the line."""
        commands = tuple(c for c in in_force(self).of(self.SCOPE) if not (c.id in _ELSEWHERE or _VIEW.fullmatch(c.id)))
        ready = {command.id: known(command, self.profile) for command in commands if command.asks}
        self.palette.open(Known(commands, tuple(self.offers()), ready), self.why_not, self._done_to, self.typed_before)

    def why_not(self, command: Command) -> str:
        """Gives why a command can't be done here now, as far as the screen knows."""
        return why_not(command, self.selection())

    def _done_to(self, command: Command) -> str:
        taken = self.selection().taken_by(command)
        return f"{len(taken)} marked" if len(taken) > 1 else "".join(reference(one.id) for one in taken)

    @on(Palette.Lacks)
    def _read_choices(self, event: Palette.Lacks) -> None:
        """Reads what a command can be answered with, for the ticket that it would be done to."""
        event.stop()
        command = event.command
        kinds = {field.kind for field in command.asks}
        taken = self.selection().taken_by(command)
        if Kind.FILTER in kinds:
            learn = partial(self.palette.learn, command, {})
            self.gateway.ask(self, "palette", lambda desk: desk.vocabulary(), learn, self._not_read(command))
        elif command.is_act and kinds & _READ and taken:
            number, learned = taken[0].id, partial(self.palette.learn, command)
            self.gateway.ask(self, "palette", partial(choices, command, number), learned, self._not_read(command))

    @on(Palette.Left)
    def _left_palette(self, event: Palette.Left) -> None:
        event.stop()
        self.refocus()

    @on(Palette.Entered)
    def _entered(self, event: Palette.Entered) -> None:
        event.stop()
        means = event.means
        if isinstance(means, Jump):
            jump = partial(self._jump, means.ticket_id, event.line)
            self.gateway.ask(self, "jump", lambda desk: desk.ticket(means.ticket_id), jump, self._no_such_ticket)
            return
        if isinstance(means, Run) and (why := refusal(means.command, self.selection())):
            self.palette.refuse(why)
            return
        self.palette.close()
        self.refocus()
        if isinstance(means, Run):
            self.run_command(means.command.id, means.values)
        else:
            means.run()

    def _jump(self, ticket_id: int, line: str, _: object) -> None:
        """Opens a ticket that may be seen, unless something else was typed meanwhile."""
        if self.palette.is_open and self.palette.line == line:
            self.palette.close()
            self.refocus()
            self.open_ticket(ticket_id)

    def _no_such_ticket(self, error: DesktermError) -> None:
        if self.palette.is_open:
            self.palette.refuse(str(error))

    def _not_read(self, command: Command) -> Callable[[DesktermError], None]:
        return lambda error: self.palette.forbid(command, str(error))
