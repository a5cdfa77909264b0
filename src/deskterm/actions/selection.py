"""What keys are for on a screen, and why a command can't be done there, as far as the screen knows."""

from typing import NamedTuple

from deskterm.actions.command import Command, Takes
from deskterm.core.domain.glimpse import Glimpse, surely_not
from deskterm.core.domain.lifecycle import PARTICIPLE
from deskterm.core.domain.people import Person
from deskterm.core.domain.text import many
from deskterm.core.domain.words import Status


class Selection(NamedTuple):
    """Who is there, the ticket under the cursor, those that are marked; `read_only` is why nothing can be changed."""

    actor: Person
    cursor: Glimpse | None = None
    marked: tuple[Glimpse, ...] = ()
    read_only: str = ""

    def taken_by(self, command: Command) -> tuple[Glimpse, ...]:
        """Gives the tickets that a command is for here."""
        if command.takes is Takes.NONE:
            return ()
        if command.takes is Takes.MANY and self.marked:
            return self.marked
        return () if self.cursor is None else (self.cursor,)


def is_refusable(command: Command) -> bool:
    """Gives whether there can be anything against a command: there is nothing against moving the cursor."""
    return command.changes or command.takes is not Takes.NONE or command.is_for_staff


def refusal(command: Command, on: Selection) -> str:
    """Gives why a command is refused without asking the desk, in a sentence; "" where the desk is asked.

    What a chain forbids the desk is asked all the same: it writes the attempt down.
    """
    hears_of_it = command.action is not None and not on.read_only
    if hears_of_it and any(seen.status is Status.PENDING_APPROVAL for seen in on.taken_by(command)):
        return ""
    return why_not(command, on)


def why_not(command: Command, on: Selection) -> str:
    """Gives why a command can't be done, in a sentence; "" where it can, or where only the desk knows."""
    taken = on.taken_by(command)
    if command.is_for_staff and not on.actor.is_staff:
        return f"{command.label} is for staff: of your own requests your list shows everything"
    if command.takes is not Takes.NONE and not taken:
        return f"there is no ticket to {command.label}"
    if command.changes and on.read_only:
        return on.read_only
    if command.changes and command.takes is Takes.ONE and on.marked:
        marked = f"{len(on.marked)} are" if len(on.marked) > 1 else "one is"
        return f"{command.label} is for the ticket under the cursor, and {marked} marked: unmark first"
    if command.action is None:
        return ""
    first = ""
    for seen in taken:
        because = surely_not(seen, command.action, on.actor)
        if not because:
            return ""
        first = first or because
    if len(taken) == 1:
        return first
    return f"none of {many(len(taken), 'ticket')} can be {PARTICIPLE[command.action]}: {first}"
