"""Taking back what one did last in this session, and doing it again: one ticket or all that one key changed."""

from collections.abc import Callable, Mapping
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from deskterm.core.domain.errors import DesktermError, StoreUnavailable
from deskterm.core.domain.facts import reference
from deskterm.core.domain.text import many
from deskterm.gateway import Answer
from deskterm.widgets.acting import Acting
from deskterm.widgets.bulk import BETWEEN_REPORTS, told, why
from deskterm.widgets.deeds import Deed

if TYPE_CHECKING:
    from deskterm.core.desk import Desk
    from deskterm.core.services.undoing import Reverted

_One = Callable[["Desk", int], "Reverted"]


class Result(NamedTuple):
    """What became of tickets: the version that each has now, why some are as they were, and which were not tried."""

    done: Mapping[int, int]
    refused: Mapping[int, str]
    untried: Mapping[int, int]

    def sentence(self, did: str, label: str) -> str:
        """It in a sentence: `taken back: claim of HD-000042`, `taken back: priority of 18 tickets, 2 not: why`."""
        if not self.done:
            return told(list(self.refused.values()))
        named = reference(next(iter(self.done))) if len(self.done) == 1 else many(len(self.done), "ticket")
        rest = f", {len(self.refused)} not: {told(list(self.refused.values()))}" if self.refused else ""
        return f"{did}: {label} of {named}{rest}"


class Undoing(Acting):
    """A screen on which what was done last is taken back."""

    def do_undo(self) -> None:
        """Takes back what was written and hasn't left, else what was done last, as far as nobody touched it since."""
        if (writing := self.host.writings.take_back()) is not None:
            again = f"{writing.command.key} goes on with it"
            self.host.say(f"taken back: {writing.verb} {writing.named}, a draft again: {again}")
            return
        if (deed := self.host.deeds.undo()) is None:
            self.status_line.refuse("you have done nothing here that could be taken back")
            return
        versions = dict(deed.versions)
        self._revert(deed, lambda desk, number: desk.undo(number, expected=versions[number]), self._undone)

    def do_redo(self) -> None:
        """Does again what was taken back last."""
        if (deed := self.host.deeds.redo()) is None:
            self.status_line.refuse("you have taken nothing back here that could be done again")
            return
        self._revert(deed, lambda desk, number: desk.redo(number), self._redone)

    def _revert(self, deed: Deed, one: _One, then: Callable[[Deed, Result], object]) -> None:
        label, many_ = self.registry[deed.command_id].label, len(deed.versions)

        def report(tried: int) -> None:
            self.app.post_message(Answer(lambda: self._reached(f"{label}: {tried} of {many_}")))

        call = partial(_each, deed.versions, one, report)
        self.gateway.tell(self, call, partial(then, deed), lambda error: self.host.refuse(str(error)))

    def _reached(self, sentence: str) -> None:
        if self.is_active and not self.prompt.is_open:
            self.status_line.announce(sentence)

    def _undone(self, deed: Deed, result: Result) -> None:
        if result.untried:
            self.host.deeds.again(deed._replace(versions=result.untried))
        if result.done:
            self.host.deeds.undid(deed._replace(versions=result.done))
        self._tell("taken back", deed, result)

    def _redone(self, deed: Deed, result: Result) -> None:
        if result.untried:
            self.host.deeds.undid(deed._replace(versions=result.untried))
        if result.done:
            self.host.deeds.again(deed._replace(versions=result.done))
        self._tell("done again", deed, result)

    def _tell(self, did: str, deed: Deed, result: Result) -> None:
        self._own |= result.done
        say = self.host.say if result.done else self.host.refuse
        say(result.sentence(did, self.registry[deed.command_id].label))
        if self.is_attached:
            self.reverted([*result.done, *result.refused])


def _each(versions: Mapping[int, int], one: _One, report: Callable[[int], None], desk: "Desk") -> Result:
    """Does `one` to each ticket by itself; once the desk is out of reach the rest isn't tried.

    `report` hears now and then how many were tried.
    """
    done: dict[int, int] = {}
    refused: dict[int, str] = {}
    untried = dict(versions)
    door = desk.together() if len(versions) > 1 else desk
    reported = monotonic()
    for tried, number in enumerate(versions):
        if monotonic() - reported >= BETWEEN_REPORTS:
            report(tried)
            reported = monotonic()
        try:
            done[number] = one(door, number).done.version
        except StoreUnavailable as error:
            return Result(done, {**refused, number: why(number, error)}, untried)
        except DesktermError as error:
            refused[number] = why(number, error)
        del untried[number]
    return Result(done, refused, untried)
