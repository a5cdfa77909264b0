"""What a question can be answered with, and what its answers are as arguments."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from deskterm.actions.command import Command, Kind
from deskterm.actions.command_line import Choices
from deskterm.core.domain.drafts import Draft, Place
from deskterm.core.domain.errors import DesktermError, NotAllowed, NotFound
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action, CommentKind, WaitReason
from deskterm.widgets.canned_list import CannedText
from deskterm.widgets.choice_list import LEAVE
from deskterm.widgets.prompt import WRITTEN
from deskterm.widgets.ticket_purchase import wanted

if TYPE_CHECKING:
    from deskterm.core.desk import Desk
    from deskterm.core.domain.profile import Profile

_TRIED: Final = 20
"""Tickets of many that are asked whether the command can be done to them, before it is said that it can't."""


def known(command: Command, profile: "Profile") -> dict[str, list[tuple[str, str]]]:
    """Gives the choices that need no reading, so that whatever is typed next is already an answer."""
    choices = {field.name: list(field.choices) for field in command.asks if field.kind is Kind.CHOICE}
    rules = profile.priorities.values()
    priorities = [(rule.key, f"{rule.label}  {rule.meaning}") for rule in rules]
    return choices | {
        field.name: [*priorities, LEAVE] if field.optional else priorities
        for field in command.asks
        if field.kind is Kind.PRIORITY
    }


def begun(command: Command, place: Place, about: Sequence[int], desk: "Desk") -> tuple[Choices, Draft | None]:
    """Gives the choices that the first ticket has to which the command can be done, and what was written before.

    Raises:
        NotFound, NotAllowed: as `choices` of the first ticket, when none has any.
    """
    refusal: DesktermError | None = None
    for ticket_id in about[:_TRIED]:
        try:
            found = choices(command, ticket_id, desk)
        except (NotFound, NotAllowed) as error:
            refusal = refusal or error
        else:
            drafts = desk.drafts(place) if any(field.kind in WRITTEN for field in command.asks) else []
            return found, drafts[0] if drafts else None
    raise refusal or NotFound("there is no ticket to ask about")


def choices(command: Command, ticket_id: int, desk: "Desk") -> dict[str, list[tuple[str, str]]]:
    """Gives the choices that stand in the desk; raises NotAllowed when the command would be refused."""
    if command.action is not None:
        desk.check(ticket_id, command.action)
    choices: dict[str, list[tuple[str, str]]] = {}
    for field in command.asks:
        if field.kind is Kind.PERSON:
            choices[field.name] = [
                (person.login or person.name, f"{person.name}  {load} open")
                for person, load in desk.candidates(ticket_id)
            ]
        elif field.kind is Kind.PRIORITY:
            choices[field.name] = [(r.key, f"{r.label}  {r.meaning}") for r in desk.priorities(ticket_id)]
        elif field.kind is Kind.CATEGORY:
            choices[field.name] = _categories(command, ticket_id, desk)
        elif field.kind is Kind.MACRO:
            choices[field.name] = [(one.key, f"{one.name}  {one.does}") for one in canned(ticket_id, desk)]
        if field.name in choices and field.optional:
            choices[field.name] = [*choices[field.name], LEAVE]
    return choices


def canned(ticket_id: int, desk: "Desk") -> list[CannedText]:
    """Gives the macros for a ticket as they are chosen; raises as `Desk.canned`."""
    found = desk.canned(ticket_id)
    return [CannedText(one.macro.key, one.macro.name, ", ".join(one.macro.does), one.text) for one in found]


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


def typed(values: Mapping[str, str]) -> dict[str, Any]:
    """Gives what was asked for as the arguments of `Desk.act`; the parts of a purchase become one."""
    kinds = {"reason": WaitReason, "stars": int, "comment": CommentKind}
    rest = {name: kinds.get(name, str)(text) for name, text in values.items() if name not in Wanted._fields}
    bought = {name: text for name, text in values.items() if name in Wanted._fields}
    return rest | {"purchase": wanted(bought)} if bought else rest
