"""A screen of purchases in a list: tabs, the table, and the one under the cursor with all that its decision needs."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.events import Resize
from textual.widgets import Static

from deskterm.actions.command_line import NOTHING
from deskterm.core.domain.access import scope_of
from deskterm.core.domain.errors import DesktermError
from deskterm.core.domain.facts import reference
from deskterm.core.domain.text import clean
from deskterm.core.ticket_views import TicketView
from deskterm.core.views import Changes, InboxRow, Page, Tab
from deskterm.widgets.acting import Acting
from deskterm.widgets.acts import Subject
from deskterm.widgets.inbox_table import EMPTY, NAMES, OPEN, InboxMarks, InboxTable, inbox_columns
from deskterm.widgets.moving import Moving
from deskterm.widgets.outbox import Outbox
from deskterm.widgets.palette import Palette
from deskterm.widgets.prompt import Prompt
from deskterm.widgets.purchase_text import PurchasePreview
from deskterm.widgets.status_line import StatusLine

_KEPT = 500
_NOTHING: Page[InboxRow] = Page((), None, None)


class InboxList(Moving, Acting):
    """Purchases in a list, in one tab at a time; what was decided leaves it."""

    def __init__(self, outbox: Outbox, *, page_size: int) -> None:
        """Opens on what waits; `outbox` knows what was decided and is on its way."""
        super().__init__()
        self.tab = Tab.WAITING
        self.marks = InboxMarks()
        self.outbox = outbox
        self.ticket: TicketView | None = None
        self.decided: dict[int, int] = {}
        self.refused: dict[int, str] = {}
        self._page_size = page_size
        self._page = _NOTHING
        self._rows: list[InboxRow] = []
        self._waiting: int | None = None
        self._is_loading = False
        self._place = 0
        self._tabbed = Text()

    def compose(self) -> ComposeResult:
        """Gives the tabs, the table, the purchase under its cursor, and the bars at the bottom."""
        yield Palette()
        yield Static(id="tabs")
        yield InboxTable(id="table")
        yield PurchasePreview(id="purchase")
        yield Prompt()
        yield StatusLine()

    def on_screen_resume(self) -> None:
        """Reads the list, also when the screen above is left."""
        self.read()

    def on_resize(self, event: Resize) -> None:
        """Gives the table a third of a small window, and half of what a larger one has more."""
        self.table.styles.height = max(4, min(8, event.size.height // 3)) + max(0, event.size.height - 24) // 2
        self.draw()

    @property
    def table(self) -> InboxTable:
        """The list."""
        return self.query_one(InboxTable)

    @property
    def tabs(self) -> list[Tab]:
        """The lists that this person has."""
        everything = scope_of(self.gateway.actor).everything
        return [tab for tab in NAMES if everything or tab is not Tab.ALL]

    def subject(self) -> Subject | None:
        """Gives the ticket under the cursor."""
        row = self.table.row
        return None if row is None else Subject(row.id, row.version)

    def refocus(self) -> None:
        """Puts the focus on the list."""
        self.set_focus(self.table)

    @abstractmethod
    def tell(self, sentence: str, *, is_refusal: bool = False) -> None:
        """Says what was done, or why it can't be, on this screen."""

    def failed(self, error: DesktermError) -> None:
        """Says that something couldn't be read."""
        self.tell(str(error), is_refusal=True)

    def read(self) -> None:
        """Reads the list; the cursor stays on its ticket."""
        tab, size = self.tab, max(self._page_size, min(_KEPT, len(self._rows)))
        self.gateway.ask(
            self, "page", lambda desk: (desk.place(), desk.inbox(tab, limit=size)), self._was_read, self._unread
        )
        self.count()

    def _was_read(self, found: tuple[int, Page[InboxRow]]) -> None:
        self._place = found[0]
        self._show(found[1])

    def follow(self) -> None:
        """Counts anew when others changed something, and reads the purchase under the cursor if it was that.

        The list stays as it is under the cursor until it is asked for.
        """
        since, shown = self._place, [row.id for row in self._rows]
        if since:
            self.gateway.ask(self, "follow", lambda desk: desk.changes(since, shown), self._took, self.failed)

    def _took(self, found: Changes) -> None:
        self._place = max(self._place, found.place)
        if found.others:
            self.count()
        if self.table.row is not None and self.table.row.id in found.others:
            self._moved()

    def _show(self, page: Page[InboxRow]) -> None:
        self._is_loading = False
        self._page, self._rows = page, self._listed(page.rows)
        self.table.empty = EMPTY[self.tab]
        if self.tab is Tab.WAITING and (fell := self.marks.renew(self._rows, is_all=page.last is None)):
            self.tell(f"{fell} no longer marked: decided by somebody else, or changed", is_refusal=True)
        self.draw()

    def _listed(self, rows: Iterable[InboxRow]) -> list[InboxRow]:
        """Gives the rows; of what waits each ticket once, whosever places in it are one's to decide."""
        return list({row.id: row for row in reversed(list(rows))}.values())[::-1] if self.tab in OPEN else list(rows)

    def _unread(self, error: DesktermError) -> None:
        self._is_loading = False
        self.table.empty = f"This can't be read now. The key {self.registry['reload'].key} tries again."
        self.table.refresh()
        self.failed(error)

    @on(InboxTable.NearEnd)
    def _more(self) -> None:
        last, tab, size = self._page.last, self.tab, self._page_size
        if last is None or self._is_loading:
            return
        self._is_loading = True
        self.gateway.ask(self, "page", lambda desk: desk.inbox(tab, limit=size, after=last), self._extend, self._unread)

    def _extend(self, page: Page[InboxRow]) -> None:
        self._is_loading = False
        self._page, self._rows = page, self._listed([*self._rows, *page.rows])
        self.draw()

    def draw(self, *, keep: int | None = None) -> None:
        """Shows the rows that were not decided; the cursor comes to ticket `keep`, else stays on its own, or in place.

        What was decided is not back before it was read as something else: an older answer may come late.
        """
        away = self.outbox.ids
        rows = [
            row
            for row in self._rows
            if self.tab not in OPEN or not (row.id in away or row.version < self.decided.get(row.id, 0))
        ]
        on_ticket = keep or (self.table.row.id if self.table.row else None)
        columns = inbox_columns(self.tab, rows, self.size.width, self.marks.rows, self.refused)
        self.table.show(self._page._replace(rows=tuple(rows)), columns, keep=on_ticket, at=self.table.cursor)
        if len(rows) < self._page_size:
            self._more()
        self._draw_tabs()

    def count(self) -> None:
        """Counts what waits; it holds nothing up."""
        self.gateway.ask(self, "count", lambda desk: desk.awaited(), self._counted, self.failed)

    def _counted(self, waiting: int) -> None:
        self._waiting = self.host.awaited = waiting
        self._draw_tabs()

    def _draw_tabs(self) -> None:
        text = Text(no_wrap=True, overflow="ellipsis")
        for number, tab in enumerate(self.tabs, 1):
            count = ""
            if tab is Tab.WAITING and self._waiting is not None:
                count = f" {max(0, self._waiting - len(self.outbox.ids))}"
            text.append(f" {number} {NAMES[tab]}{count} ", style="bold reverse" if tab is self.tab else "")
        who = clean(self.gateway.actor.name)
        text.append(who.rjust(max(0, self.size.width - text.cell_len - 1)), style="dim")
        if text != self._tabbed:
            self._tabbed = text
            self.query_one("#tabs", Static).update(text)

    @on(InboxTable.Moved)
    def _moved(self) -> None:
        row = self.table.row
        if row is None or self.ticket is None or self.ticket.id != row.id:
            self.ticket = None
        self._preview()
        if row is not None:
            self.gateway.ask(self, "preview", lambda desk: desk.ticket(row.id), self._previewed, self.failed)

    def _preview(self) -> None:
        row = self.table.row
        refusal = self.refused.get(row.id, "") if row else ""
        self.query_one(PurchasePreview).show(row, self.ticket, refusal)

    def _previewed(self, ticket: TicketView) -> None:
        """Shows the ticket; where it buys something else than the list says, the list follows."""
        self.ticket = ticket
        row, purchase = self.table.row, ticket.purchase
        if row is not None and row.id == ticket.id and purchase is not None and self.tab in OPEN:
            fresh = row._replace(version=ticket.version, round=purchase.round, digest=purchase.digest)
            fresh = fresh._replace(currency=purchase.currency, total_minor=purchase.total_minor, total=purchase.total)
            self._rows = [fresh if old.id == row.id else old for old in self._rows]
            if fresh.digest != row.digest:
                self.marks.rows.pop(row.id, None)
            if fresh.digest != row.digest and row.id not in self.refused:
                self.tell(f"{reference(row.id)} was changed since the list was read: look again", is_refusal=True)
            self.table.patch(fresh)
        self._preview()

    def switch(self, tab: Tab) -> None:
        """Shows another tab; what is marked stays so."""
        self.tab = tab
        self._rows, self._page = [], _NOTHING
        self.table.empty = "Reading..."
        self.draw()
        self.read()

    def run_command(self, command_id: str, values: Mapping[str, str] = NOTHING) -> None:
        """Runs a command; the tabs' own come by number."""
        kind, _, number = command_id.partition("_")
        if kind != "tab" or not number.isdecimal():
            super().run_command(command_id, values)
        elif int(number) <= len(self.tabs):
            self.switch(self.tabs[int(number) - 1])

    def do_tab_next(self) -> None:
        """Shows the tab to the right."""
        self.switch(self.tabs[(self.tabs.index(self.tab) + 1) % len(self.tabs)])

    def do_tab_previous(self) -> None:
        """Shows the tab to the left."""
        self.switch(self.tabs[self.tabs.index(self.tab) - 1])

    def do_open(self) -> None:
        """Opens the ticket under the cursor."""
        if self.table.row is not None:
            self.host.open_ticket(self.table.row.id)

    def do_reload(self) -> None:
        """Reads the list anew; the cursor stays on its ticket."""
        self.refused.clear()
        self.read()
