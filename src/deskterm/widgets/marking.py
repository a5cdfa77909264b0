"""Marking tickets in a list, and doing one thing to all that are marked."""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Final

from deskterm.actions.command import Command, Takes
from deskterm.actions.selection import Selection
from deskterm.core.domain.drafts import NO_TICKET, Place, written
from deskterm.core.domain.errors import DesktermError
from deskterm.core.domain.glimpse import Glimpse
from deskterm.core.views import QueueRow
from deskterm.gateway import Answer
from deskterm.widgets.acts import TRIAGE, Subject, act
from deskterm.widgets.answers import typed
from deskterm.widgets.bulk import SURE, Outcome, confirmed, run
from deskterm.widgets.deeds import Deed
from deskterm.widgets.following import Following
from deskterm.widgets.glimpses import glimpse
from deskterm.widgets.marks import Marks

if TYPE_CHECKING:
    from deskterm.core.desk import Desk

_MARKED: Final = Subject(NO_TICKET, 0)
"""What is asked about when it is about all that is marked."""


class Marking(Following):
    """A list whose tickets can be marked. Marks survive whatever is read, and a key acts on them until none is left."""

    def __init__(self) -> None:
        """Marks nothing."""
        super().__init__()
        self.marks: Marks[QueueRow] = Marks()
        self._whys: Mapping[int, str] = {}
        self._about: tuple[Subject, ...] = ()
        self._stop: Event | None = None

    def flag(self, row: QueueRow) -> str:
        """Gives the glyph of a marked row; of one that was refused another."""
        return "" if row.id not in self.marks else "!" if row.id in self._whys else "●"

    def selection(self) -> Selection:
        """Gives what keys are for here, with what is marked; of what is in another list nothing else is certain."""
        self.marks.see(self.table.rows)
        here = {row.id for row in self.table.rows}
        marked = (
            self.certain(glimpse(row), row.version) if row.id in here else Glimpse(id=row.id)
            for row in self.marks.rows.values()
        )
        return super().selection()._replace(marked=tuple(marked))

    def do_mark(self) -> None:
        """Marks the row under the cursor, or unmarks it."""
        row = self.table.row
        if row is not None:
            self.marks.toggle(row)
            self.table.patch(row)
            self._marked()

    def do_mark_range(self) -> None:
        """Marks the rows from the last mark to the cursor."""
        if self.table.rows:
            self.marks.reach(self.table.rows, self.table.cursor)
            self.table.refresh()
            self._marked()

    def do_mark_loaded(self) -> None:
        """Marks every row that is here, or none at all."""
        self.marks.toggle_all(self.table.rows)
        self.table.refresh()
        self._marked()

    def do_mark_invert(self) -> None:
        """Marks the rows here that aren't, and unmarks the others."""
        self.marks.invert(self.table.rows)
        self.table.refresh()
        self._marked()

    def backed_out(self) -> bool:
        """Stops what is under way, or unmarks everything; gives whether there was anything of that."""
        if self._stop is not None:
            self._stop.set()
        elif self.marks:
            self.marks.rows.clear()
            self.table.refresh()
            self._marked()
        else:
            return False
        return True

    def _marked(self) -> None:
        self._whys = {number: why for number, why in self._whys.items() if number in self.marks}
        self.status_line.marked(len(self.marks))

    def do_repeat(self) -> None:
        """Does again what was done last, to what is marked, or to the ticket under the cursor; then comes the next."""
        under = self.subject()
        is_one = not self.marks
        super().do_repeat()
        if is_one and not self.prompt.is_open and self.subject() == under:
            self.table.move(1)

    def begin(self, command: Command, given: Mapping[str, str]) -> None:
        """Does a command to what is marked, where it is for many; else as ever."""
        if not self.marks or command.takes is not Takes.MANY:
            super().begin(command, given)
        elif self._stop is not None:
            self.status_line.refuse(f"something else is under way: {self.registry['back'].key} stops it")
        else:
            self._about = tuple(Subject(row.id, row.version) for row in self.marks.rows.values())
            asked = confirmed(command, len(self._about))
            self.ask(asked, _MARKED, f"{len(self._about)} marked", [one.id for one in self._about], given)

    def _perform(self, command: Command, subject: Subject, values: Mapping[str, str]) -> None:
        given = {name: text for name, text in values.items() if name != SURE}
        if subject != _MARKED:
            super()._perform(command, subject, given)
            if command.id == TRIAGE and self.subject() == subject:
                self.table.move(1)
        elif values.get(SURE, "yes") == "yes":
            self._do_all(command, given)
        else:
            self.host.drafts.put(Place(NO_TICKET, command.id), written(given))
            self.hint()

    def concerned(self, subject: Subject) -> frozenset[int]:
        """Gives the tickets that a command would be for: all that is marked, where it was asked about."""
        return frozenset(one.id for one in self._about) if subject == _MARKED else super().concerned(subject)

    def sending(self, command: Command, subject: Subject, values: Mapping[str, str]) -> Callable[[], object]:
        """Gives what does a command, now or later: to what is marked now, whatever is asked about then."""
        send, about = super().sending(command, subject, values), self._about

        def later() -> None:
            self._about = about
            send()

        return later

    def _do_all(self, command: Command, values: Mapping[str, str]) -> None:
        self.remember(command, values)
        about, arguments, stop = self._about, typed(values), Event()
        expected = {one.id: self.expected(command, one) for one in about}
        self._stop, self._whys = stop, {}

        def one(desk: "Desk", subject: Subject) -> int:
            return act(desk, command, subject.id, expected[subject.id], arguments).version

        def report(tried: int) -> None:
            self.app.post_message(Answer(partial(self._underway, command, tried, len(about))))

        def call(desk: "Desk") -> Outcome:
            return run(desk.together(), command, about, one, stop, report)

        self.gateway.tell(self, call, partial(self._ended, values), self._broke)

    def _underway(self, command: Command, tried: int, many: int) -> None:
        if self._stop is not None and self.is_active and not self.prompt.is_open:
            says = "stopping" if self._stop.is_set() else f"{self.registry['back'].key} stops it"
            self.status_line.announce(f"{command.label}: {tried} of {many}; {says}")

    def _ended(self, values: Mapping[str, str], outcome: Outcome) -> None:
        """Says what became of it; what was refused or not tried stays marked."""
        self._stop, self._whys = None, outcome.refused
        self._own |= outcome.done
        if outcome.done:
            self.host.deeds.did(Deed(outcome.command.id, dict(values), dict(outcome.done)))
        for number in outcome.done:
            self.marks.rows.pop(number, None)
        if not outcome.refused and not outcome.untried:
            self.host.drafts.drop(Place(NO_TICKET, outcome.command.id))
        if self.is_attached:
            self._marked()
            self.reread([*outcome.done, *outcome.refused])
        (self.host.refuse if outcome.refused else self.host.say)(outcome.sentence)

    def _broke(self, error: DesktermError) -> None:
        self._stop = None
        self.host.refuse(str(error))

    def reread(self, ticket_ids: Collection[int]) -> None:
        """Redraws the lines of tickets that may be others by now, of those that are here."""
        here = {row.id for row in self.table.rows}.intersection(ticket_ids)
        self.gateway.ask(self, "rows", lambda desk: desk.rows(here), partial(self._redraw, here), self.failed)
        self.recount()

    def _redraw(self, ticket_ids: set[int], rows: tuple[QueueRow, ...]) -> None:
        for row in rows:
            self.table.patch(row)
        for gone in ticket_ids - {row.id for row in rows}:
            self.table.drop(gone)
        self.table.refresh()
        self.preview()

    def on_unmount(self) -> None:
        """Stops what is under way: each ticket is either done or as it was."""
        if self._stop is not None:
            self._stop.set()
