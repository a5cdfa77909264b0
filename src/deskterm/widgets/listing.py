"""A screen of tickets in a list: views as tabs, a filter line, the table, a preview beside it in a wide window."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import Resize

from deskterm.actions.command import Scope
from deskterm.core.domain.filters import parse_filter
from deskterm.core.domain.glimpse import Glimpse
from deskterm.core.named_views import NamedView
from deskterm.core.views import QueueRow, View
from deskterm.widgets.acting import TICK
from deskterm.widgets.acts import Subject
from deskterm.widgets.claiming import Claiming
from deskterm.widgets.exporting import Exporting
from deskterm.widgets.filter_line import FilterHint, FilterLine
from deskterm.widgets.glimpses import glimpse
from deskterm.widgets.marking import Marking
from deskterm.widgets.moving import Moving
from deskterm.widgets.palette import Palette
from deskterm.widgets.previewing import Preview, Previewing
from deskterm.widgets.prompt import Prompt
from deskterm.widgets.registered import bindings
from deskterm.widgets.status_line import StatusLine
from deskterm.widgets.tabs import Tabs
from deskterm.widgets.ticket_columns import Column, queue_columns
from deskterm.widgets.ticket_table import TicketTable
from deskterm.widgets.undoing import Undoing

if TYPE_CHECKING:
    from deskterm.core.services.first_page import FirstPage


class Listing(Exporting, Previewing, Marking, Claiming, Undoing, Moving):
    """Tickets in a list, in one view at a time."""

    SCOPE = Scope.LIST
    BINDINGS = bindings(Scope.LIST)
    HINTS: ClassVar[tuple[str, ...]] = ()
    LABELS: ClassVar[Mapping[str, str]] = {}

    def __init__(
        self,
        view: NamedView,
        *,
        page_size: int,
        preview_columns: int,
        columns: Sequence[str] = (),
        first: "FirstPage | None" = None,
        opened_on: str = "",
    ) -> None:
        """Opens on `view`, with its `first` page where that was read already.

        A list that is `opened_on` a filter lies above another screen: going back leads there.
        """
        super().__init__()
        self.current = view
        self.typed = self._opened_on = parse_filter(opened_on)
        self._opened_text = opened_on
        self.page_size = page_size
        self.preview_columns = preview_columns
        self._columns = columns
        self._first = first

    def compose(self) -> ComposeResult:
        """Gives the tabs, the filter, the table with its preview, and the bars at the bottom."""
        yield Palette()
        yield Tabs(self.LABELS)
        hint = FilterHint()
        yield FilterLine(hint)
        yield hint
        with Horizontal():
            yield TicketTable(id="table")
            yield Preview()
        yield Prompt()
        yield StatusLine()

    def on_mount(self) -> None:
        """Puts the focus where keys act; the first page is read when the screen comes up."""
        self.table.empty, self.table.flag = "Reading...", self.flag
        self.filter_line.stand(self._opened_text)
        self.tabs.who = self.gateway.actor.name
        self.tabs.show(self.views, self.current)
        self.read_views()
        self.refocus()
        self.hint()
        self.set_interval(TICK, self.tick)
        self.set_interval(TICK, self.tick_counts)

    def on_screen_resume(self) -> None:
        """Reads the list when there is none yet, and takes in what was done on the screen above."""
        row, first = self.table.row, self._first
        if first is not None:
            self._first = None
            self.show_page(first.place, first.page, then=self.count)
        elif row is None or self.view is View.REQUESTED:
            self.read(keep=row.id if row else None)
        else:
            self.changed(row.id)
            self.follow()

    @property
    def table(self) -> TicketTable:
        """The list."""
        return self.query_one(TicketTable)

    def subject(self) -> Subject | None:
        """Gives the ticket under the cursor."""
        row = self.table.row
        return None if row is None else Subject(row.id, row.version)

    def glimpse(self) -> Glimpse | None:
        """Gives what the row under the cursor tells."""
        return None if self.table.row is None else glimpse(self.table.row)

    def refocus(self) -> None:
        """Puts the focus on the list."""
        self.set_focus(self.table)

    def hint(self) -> None:
        """Shows the keys used most, that there is news, and that decisions are waited for."""
        commands = (self.registry[name] for name in self.HINTS)
        self.status_line.hint(commands, notices=self._unseen, awaited=self.host.awaited)

    def columns(self) -> list[Column]:
        """Gives what the table shows of a ticket."""
        return queue_columns(self.host.profile, self.view, self.order, self._columns)

    def reverted(self, ids: Collection[int]) -> None:
        """Shows what was taken back or done again."""
        self.reread(ids)

    def changed(self, ticket_id: int) -> None:
        """Redraws one ticket's line where it stands: nothing is sorted anew under the cursor."""
        self.gateway.ask(
            self, f"row {ticket_id}", lambda desk: desk.row(ticket_id), partial(self._patch, ticket_id), self.failed
        )
        self.recount()

    def _patch(self, ticket_id: int, row: QueueRow | None) -> None:
        if row is None:
            self.table.drop(ticket_id)
        else:
            self.table.patch(row)
        self.preview()

    def on_resize(self, event: Resize) -> None:
        """Shows the preview when there is room for it."""
        self.fit_preview(event.size.width)

    def do_open(self) -> None:
        """Opens the ticket under the cursor."""
        row = self.table.row
        if row is not None:
            self.host.open_ticket(row.id)

    def do_explain(self) -> None:
        """Opens the ticket under the cursor on its clocks explained."""
        row = self.table.row
        if row is not None:
            self.host.open_ticket(row.id, explained=True)

    def do_reload(self) -> None:
        """Reads the list anew; the cursor stays on its ticket."""
        self.hint()
        self.read_views()
        self.read_page(keep=self.keep_row(), then=partial(self.count, anew=True))

    def do_filter(self, wanted: str = "") -> None:
        """Edits the filter, or takes one that was given."""
        if wanted:
            self.filter_line.take(wanted)
            return
        self.filter_line.display = True
        self.set_focus(self.filter_line)

    @on(FilterLine.Opened)
    def _vocabulary(self) -> None:
        """Reads once what a filter can name; until it is there, keys and their own words are completed."""
        if not self.filter_line.vocabulary.choices:
            self.gateway.ask(self, "vocabulary", lambda desk: desk.vocabulary(), self.filter_line.learn, self.failed)

    @on(FilterLine.Typed)
    def _narrowed(self, event: FilterLine.Typed) -> None:
        """Answers while a filter is typed; what is counted waits until it is kept."""
        if event.wanted != self.typed:
            self.typed = event.wanted
            self.read_page()

    @on(FilterLine.Kept)
    def _filtered(self, event: FilterLine.Kept) -> None:
        self.typed = event.wanted
        self.refocus()
        self.hint()
        if event.wanted == self.shown:
            self.count()
        else:
            self.read()

    @on(FilterLine.Refused)
    def _not_filtered(self, event: FilterLine.Refused) -> None:
        self.status_line.refuse(event.sentence)

    def do_back(self) -> None:
        """Leaves the filter line as it was before, unmarks, takes away what was typed, goes to what lies below."""
        if self.filter_line.is_edited:
            wanted = self.filter_line.leave()
        elif self.backed_out():
            self.hint()
            return
        elif self._opened_text and self.typed == self._opened_on:
            self.app.pop_screen()
            return
        elif self.filter_line.display or self._opened_text:
            self.filter_line.stand(self._opened_text)
            wanted = self._opened_on
        else:
            self.hint()
            return
        self.refocus()
        if self.typed != wanted:
            self.typed = wanted
            self.read(keep=self.keep_row())
        self.hint()
