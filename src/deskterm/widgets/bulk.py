"""One action for many tickets: each in its own transaction, so that what is refused holds nothing else up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from deskterm.actions.command import Command, Field, Kind
from deskterm.core.domain.errors import DesktermError, StoreUnavailable
from deskterm.core.domain.facts import reference
from deskterm.core.domain.words import Action
from deskterm.widgets.acts import Subject

if TYPE_CHECKING:
    from deskterm.core.desk import Desk

BETWEEN_REPORTS: Final = 0.5
"""Seconds between two words on how far it is: what is drawn costs bytes."""
_MANY: Final = 20
_TOLD: Final = 2
_DESTROYS: Final = frozenset({Action.CANCEL})
SURE: Final = "sure"


class Outcome(NamedTuple):
    """What became of many tickets: the version that each has now, why some were refused, which were not tried."""

    command: Command
    done: Mapping[int, int]
    refused: Mapping[int, str]
    untried: tuple[int, ...] = ()

    @property
    def sentence(self) -> str:
        """It in a sentence: `priority: 18 done`, `priority: 18 done, 2 refused: why; why`."""
        parts = [f"{len(self.done)} done"]
        if self.untried:
            parts.append(f"{len(self.untried)} not tried")
        if self.refused:
            parts.append(f"{len(self.refused)} refused: {told(list(self.refused.values()))}")
        return f"{self.command.label}: {', '.join(parts)}"


def told(whys: Sequence[str], more: str = "") -> str:
    """Gives the first of many reasons, and how many more there are."""
    others = len(whys) - _TOLD
    return "; ".join(whys[:_TOLD]) + (f"; {others} more{more}" if others > 0 else "")


def why(ticket_id: int, error: DesktermError) -> str:
    """Gives why a ticket was refused, without what could be done to it instead; its number is said once."""
    said, number = str(error).partition(" You may: ")[0].rstrip("."), reference(ticket_id)
    return said if number in said else f"{number}: {said}"


def confirmed(command: Command, many: int) -> Command:
    """Gives the command with a question more, where it destroys something or is for very many."""
    if many <= 1 or (many <= _MANY and command.action not in _DESTROYS):
        return command
    answers = (("no", "No, go back"), ("yes", f"Yes, {command.label} {many} tickets"))
    sure = Field(SURE, f"Really {command.label} {many} tickets", Kind.CHOICE, answers)
    return replace(command, asks=(*command.asks, sure))


def run(
    desk: "Desk",
    command: Command,
    subjects: Sequence[Subject],
    act: Callable[["Desk", Subject], int],
    stopped: Event,
    report: Callable[[int], Any],
) -> Outcome:
    """Does a command to each ticket by `act`, which gives its version, until it is `stopped`.

    `report` hears now and then how many were tried. Once the desk is out of reach the rest isn't tried.
    """
    done: dict[int, int] = {}
    refused: dict[int, str] = {}
    reported = monotonic()
    for place, subject in enumerate(subjects):
        if stopped.is_set():
            return Outcome(command, done, refused, tuple(late.id for late in subjects[place:]))
        try:
            done[subject.id] = act(desk, subject)
        except StoreUnavailable as error:
            refused[subject.id] = why(subject.id, error)
            return Outcome(command, done, refused, tuple(late.id for late in subjects[place + 1 :]))
        except DesktermError as error:
            refused[subject.id] = why(subject.id, error)
        if monotonic() - reported >= BETWEEN_REPORTS:
            report(place + 1)
            reported = monotonic()
    return Outcome(command, done, refused)
