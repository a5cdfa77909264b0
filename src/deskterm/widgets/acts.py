"""What is done to a ticket from a screen: to which, seen how, and how it is told."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from deskterm.actions.command import MACRO, Command
from deskterm.core.domain.errors import DesktermError
from deskterm.core.domain.facts import reference
from deskterm.core.domain.lifecycle import DECIDING, PARTICIPLE
from deskterm.core.domain.words import Action, Role, Status
from deskterm.widgets.ticket_purchase import waited_for

if TYPE_CHECKING:
    from deskterm.core.desk import Desk
    from deskterm.core.domain.people import Person
    from deskterm.core.domain.profile import Profile
    from deskterm.core.services.work import Done

COMMUTES: Final = frozenset({Action.REPLY, Action.NOTE, Action.RATE})
"""Adding to a ticket is right whatever others did meanwhile; the rest must see what they change."""

WAITS: Final = frozenset({Action.PIVOT, Action.AMEND, Action.APPROVE})
"""After these somebody's decision is waited for, as a rule."""

TRIAGE: Final = "triage"
"""The command that is several actions in one."""

_DID: Final[Mapping[Action, str]] = {
    Action.REPLY: "reply to {} is sent",
    Action.NOTE: "note on {} is kept",
    Action.SET_PRIORITY: "priority of {} is changed",
    Action.SET_CATEGORY: "category of {} is changed",
    Action.MOVE: "{} is moved to another department",
}
"""How what leaves a ticket where it stood is told: its status would be no answer."""


class Subject(NamedTuple):
    """The ticket that a key is for, as it was seen."""

    id: int
    version: int


def addressed(command: Command, actor: "Person") -> Command:
    """Gives the command as it asks somebody: who can only confirm for themselves isn't asked how the requester did."""
    if command.action is not Action.CONFIRM or actor.role is not Role.REQUESTER:
        return command
    return replace(command, asks=tuple(replace(field, label="Is there anything to add") for field in command.asks))


def act(desk: "Desk", command: Command, ticket_id: int, expected: int | None, arguments: Mapping[str, Any]) -> "Done":
    """Does a command to a ticket that has to be at the version `expected`; raises as the desk's own service."""
    if command.id == TRIAGE:
        return desk.triage(ticket_id, expected=expected, **arguments)
    if command.id == MACRO:
        return desk.run_macro(ticket_id, arguments["macro"], expected=expected)
    return desk.act(ticket_id, cast("Action", command.action), expected=expected, **arguments)


def aside(desk: "Desk", command: Command, done: "Done", arguments: Mapping[str, Any]) -> str:
    """Gives what else there is to say of something that was done: whom it waits for, who hears nothing of it."""
    if command.action in WAITS:
        return awaits(desk, done)
    if command.action is Action.NOTE and (untold := desk.untold(done.id, arguments.get("text", ""))):
        return f"noted, but no notice for all: {'; '.join(untold)}"
    return ""


def sentence(profile: "Profile", command: Command, done: "Done", awaits: str) -> str:
    """Gives what was done: a decision by its participle, a purchase that waits by its amount and for whom.

    Otherwise it is where the ticket stands now, or what changed where it stands as before.
    """
    label = profile.labels[done.status].staff.lower()
    if command.action in DECIDING:
        return f"{reference(done.id)} {PARTICIPLE[command.action]}: {awaits or f'it is {label}'}"
    if awaits:
        return f"{reference(done.id)}: {awaits}"
    if command.action is not None and command.action in _DID:
        return _DID[command.action].format(reference(done.id))
    return f"{command.label}: {reference(done.id)} is {label}"


def awaits(desk: "Desk", done: "Done") -> str:
    """Gives the amount of a purchase that waits and for whom, `NGN 90,000.00 waits for Lara Lead`, "" of no other."""
    if done.status is not Status.PENDING_APPROVAL:
        return ""
    try:
        purchase = desk.ticket(done.id).purchase
    except DesktermError:  # it was done all the same
        return ""
    names = waited_for(purchase) if purchase is not None else []
    return f"{purchase.total} waits for {' and '.join(names)}" if purchase is not None and names else ""
