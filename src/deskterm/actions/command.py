"""What a command is made of: where it lives, what it asks for, how many tickets it takes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from deskterm.actions.keys import shown
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action


class Scope(StrEnum):
    """Where a command lives."""

    LIST = "list"
    TICKET = "ticket"
    INBOX = "inbox"
    KPI = "kpi"
    FORM = "form"
    ANYWHERE = "anywhere"


class Takes(StrEnum):
    """How many tickets a command is for."""

    NONE = "none"
    ONE = "one"
    MANY = "many"  # all that are marked, else the one under the cursor


class Kind(StrEnum):
    """How a field is asked for."""

    LINE = "line"
    AREA = "area"
    CHOICE = "choice"
    PERSON = "person"
    PRIORITY = "priority"
    CATEGORY = "category"
    MACRO = "macro"
    FILTER = "filter"
    SUGGESTED = "suggested"  # one of the choices, or whatever else is written


@dataclass(frozen=True, slots=True)
class Field:
    """Something a command asks for; `name` is an argument of `Desk.act`, or a part of its `purchase`."""

    name: str
    label: str
    kind: Kind
    choices: tuple[tuple[str, str], ...] = ()
    optional: bool = False

    @property
    def fills(self) -> str:
        """The argument of `Desk.act` that it fills, alone or with others."""
        return "purchase" if self.name in Wanted._fields else self.name


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a person can do: with an `action` it is a change of tickets, otherwise the screen's own."""

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    scopes: frozenset[Scope]
    takes: Takes = Takes.NONE
    action: Action | None = None
    asks: tuple[Field, ...] = ()
    undoable: bool = False
    is_for_staff: bool = False

    @property
    def key(self) -> str:
        """The first key as people read it."""
        return shown(self.keys[0])

    @property
    def changes(self) -> bool:
        """Whether it leads to a change of the desk."""
        return self.is_act or self.id in _CHANGING

    @property
    def is_act(self) -> bool:
        """Whether it is something that is done to tickets: an action, or the several of a macro."""
        return self.action is not None or self.id == MACRO

    @property
    def shown_keys(self) -> str:
        """Every key as people read it."""
        return " ".join(map(shown, self.keys))


MACRO: Final = "macro"
"""The command that does what a macro says."""
_CHANGING: Final = frozenset(
    {"claim_next", "edit", "new", "approve", "refuse", "ask", "undo", "redo", "repeat", "save_view", "drop_view"}
)
