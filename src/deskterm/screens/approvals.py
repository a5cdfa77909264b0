"""The approval inbox: what waits for a decision, everything it needs below, one key a decision."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.events import Resize
from textual.widgets import Static

from deskterm.actions import BY_ID, Command, Scope
from deskterm.core.domain.access import scope_of
from deskterm.core.domain.errors import DesktermError
from deskterm.core.domain.facts import reference
from deskterm.core.domain.text import clean
from deskterm.core.domain.words import Action
from deskterm.core.views import InboxRow, Page, Tab, TicketView
from deskterm.widgets.acting import TICK, Acting, Subject, bindings
from deskterm.widgets.inbox_table import EMPTY, NAMES, OPEN, InboxTable, Marks, inbox_columns
from deskterm.widgets.outbox import Outbox, Result
from deskterm.widgets.pending import Decision, sums
from deskterm.widgets.prompt import Prompt
from deskterm.widgets.purchase_text import PurchasePreview
from deskterm.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from deskterm.core.desk import Desk

_KEPT: Final = 500
_SHORT: Final = 60
_MARKED: Final = 0
"""The draft's ticket, where a reason is about all that is marked."""
_LEAVING: Final = frozenset({"open", "new", "notices"})
_ANSWERS: Final = frozenset({"yes", "back", "quit"})
_DECISIONS: Final[Mapping[str, tuple[Action, str]]] = {
    "approve": (Action.APPROVE, "approved"),
    "refuse": (Action.REFUSE, "rejected"),
    "ask": (Action.ASK, "sent back with a question"),
}


class _News(NamedTuple):
    sentence: str
    is_refusal: bool


class ApprovalsScreen(Acting):
    """Purchases to decide, what is due first on top; a decision is sent some seconds after it was made."""

    CSS_PATH = "approvals.tcss"
    SCOPE = Scope.INBOX
    BINDINGS = bindings(Scope.INBOX)
    HINTS: ClassVar[tuple[str, ...]] = ("approve", "refuse", "ask", "mark", "mark_all", "undo", "open", "help", "back")

    def __init__(self, outbox: Outbox, *, page_size: int) -> None:
        """Opens on what waits; decisions go through `outbox`."""
        super().__init__()
        self.tab = Tab.WAITING
        self.marks = Marks()
        self._outbox = outbox
        self._page_size = page_size
        self._page: Page[InboxRow] = Page((), None, None)
        self._rows: list[InboxRow] = []
        self._ticket: TicketView | None = None
        self._waiting: int | None = None
        self._decided: dict[int, int] = {}
        self._refused: dict[int, str] = {}
        self._news: _News | None = None
        self._about: tuple[InboxRow, ...] = ()
        self._asking: Decision | None = None
        self._is_loading = False

    def compose(self) -> ComposeResult:
        """Gives the tabs, the table, the purchase under its cursor, and the bars at the bottom."""
        yield Static(id="tabs")
        yield InboxTable(id="table")
        yield PurchasePreview(id="purchase")
        yield Prompt()
        yield StatusLine()

    def on_mount(self) -> None:
        """Puts the focus where keys act; the list is read when the screen comes up."""
        self.table.empty = "Reading..."
        self.refocus()
        self.hint()
        self.set_interval(TICK, self.tick)

    def on_screen_resume(self) -> None:
        """Reads the list, also when the screen above is left."""
        self._read()

    def on_resize(self, event: Resize) -> None:
        """Gives the table a third of a small window, and half of what a larger one has more."""
        self.table.styles.height = max(4, min(8, event.size.height // 3)) + max(0, event.size.height - 24) // 2
        self._draw()

    def tick(self) -> None:
        """Lets the clocks in sight and the seconds of what is about to be sent go on."""
        if self.is_current:
            self.table.tick(self.gateway.desk.left)
            if self._outbox.pending and self._asking is None and not self.prompt.is_open:
                self.hint()

    @property
    def table(self) -> InboxTable:
        """The list."""
        return self.query_one(InboxTable)

    @property
    def tabs(self) -> list[Tab]:
        """The lists that this person has."""
        return [*(tab for tab in NAMES if tab is not Tab.ALL or scope_of(self.gateway.desk.actor).everything)]

    def subject(self) -> Subject | None:
        """Gives the ticket under the cursor."""
        row = self.table.row
        return None if row is None else Subject(row.id, row.version)

    def refocus(self) -> None:
        """Puts the focus on the list."""
        self.set_focus(self.table)

    def hint(self) -> None:
        """Shows what is asked, or what just happened, what is marked and what is about to be sent, or the keys."""
        soon, line = self._outbox.pending.sentence, self.status_line
        if self._asking is not None:
            line.announce(_question(self._asking))
        elif self._news is not None:
            (line.refuse if self._news.is_refusal else line.say)(self._news.sentence, then=soon)
        elif soon:
            line.announce(soon)
        elif self.marks:
            keys = ", ".join(f"{BY_ID[name].key} {BY_ID[name].label}" for name in _DECISIONS)
            line.announce(f"{len(self.marks.rows)} marked, {sums(self.marks.rows.values())}: {keys}")
        else:
            line.hint(BY_ID[name] for name in self.HINTS)

    def _tell(self, sentence: str, *, is_refusal: bool = False) -> None:
        self._news = _News(sentence, is_refusal)
        if self.is_current and not self.prompt.is_open:
            self.hint()

    def failed(self, error: DesktermError) -> None:
        """Says that something couldn't be read."""
        self._tell(str(error), is_refusal=True)

    def action_command(self, command_id: str) -> None:
        """Runs a command; while a decision about several is asked for, only its answer is one."""
        if self._asking is not None and command_id not in _ANSWERS:
            self.hint()
            return
        if not self.prompt.is_open:
            self._news = None
            self.hint()
        if command_id in _LEAVING:
            self._outbox.flush()
        kind, _, number = command_id.partition("_")
        if kind == "tab" and number.isdecimal():
            if int(number) <= len(self.tabs):
                self._switch(self.tabs[int(number) - 1])
        else:
            super().action_command(command_id)

    def _read(self) -> None:
        tab, row = self.tab, self.table.row
        size = max(self._page_size, min(_KEPT, len(self._rows)))
        show = partial(self._show, tab, None if row is None else row.id)
        self.gateway.ask(self, "page", lambda desk: desk.inbox(tab, limit=size), show, self._unread)
        self._count()

    def _show(self, tab: Tab, keep: int | None, page: Page[InboxRow]) -> None:
        self._is_loading = False
        self._page, self._rows = page, _once(page.rows) if tab in OPEN else list(page.rows)
        self.table.empty = EMPTY[tab]
        if tab is Tab.WAITING and (fell := self.marks.renew(self._rows, is_all=page.last is None)):
            self._tell(f"{fell} no longer marked: decided by somebody else, or changed", is_refusal=True)
        self._draw(keep=keep)

    def _unread(self, error: DesktermError) -> None:
        self._is_loading = False
        self.table.empty = "This can't be read now. The key . tries again."
        self.table.refresh()
        self.failed(error)

    @on(InboxTable.NearEnd)
    def _more(self) -> None:
        last, tab, size = self._page.last, self.tab, self._page_size
        if last is not None and not self._is_loading:
            self._is_loading = True
            self.gateway.ask(
                self, "page", lambda desk: desk.inbox(tab, limit=size, after=last), self._extend, self._unread
            )

    def _extend(self, page: Page[InboxRow]) -> None:
        self._is_loading = False
        self._page = page
        self._rows = [*self._rows, *page.rows]
        if self.tab in OPEN:
            self._rows = _once(self._rows)
        self._draw(keep=self.table.row.id if self.table.row else None)

    def _draw(self, *, keep: int | None = None) -> None:
        """Shows the rows without those that were decided; the cursor stays on ticket `keep`, or in its place."""
        away = self._outbox.ids
        rows = [
            row
            for row in self._rows
            if self.tab not in OPEN or not (row.id in away or row.version < self._decided.get(row.id, 0))
        ]
        columns = inbox_columns(self.tab, rows, self.size.width, self.marks.rows, self._refused)
        self.table.show(self._page._replace(rows=tuple(rows)), columns, keep=keep, at=self.table.cursor)
        if len(rows) < self._page_size:
            self._more()
        self._tabs()

    def _count(self) -> None:
        """Counts after the rows: it holds nothing up."""
        self.gateway.ask(self, "count", lambda desk: desk.awaited(), self._counted, self.failed)

    def _counted(self, waiting: int) -> None:
        self._waiting = self.host.awaited = waiting
        self._tabs()

    def _tabs(self) -> None:
        text = Text(no_wrap=True, overflow="ellipsis")
        for number, tab in enumerate(self.tabs, 1):
            count = ""
            if tab is Tab.WAITING and self._waiting is not None:
                count = f" {max(0, self._waiting - len(self._outbox.ids))}"
            text.append(f" {number} {NAMES[tab]}{count} ", style="bold reverse" if tab is self.tab else "")
        who = clean(self.gateway.desk.actor.name)
        text.append(who.rjust(max(0, self.size.width - text.cell_len - 1)), style="dim")
        self.query_one("#tabs", Static).update(text)

    @on(InboxTable.Moved)
    def _preview(self) -> None:
        row = self.table.row
        if row is None or self._ticket is None or self._ticket.id != row.id:
            self._ticket = None
        self._show_purchase()
        if row is not None:
            self.gateway.ask(self, "preview", lambda desk: desk.ticket(row.id), self._previewed, self.failed)

    def _show_purchase(self) -> None:
        row = self.table.row
        refusal = self._refused.get(row.id, "") if row else ""
        self.query_one(PurchasePreview).show(row, self._ticket, refusal)

    def _previewed(self, ticket: TicketView) -> None:
        """Shows the ticket; where it buys something else than the list says, the list follows."""
        self._ticket = ticket
        row, purchase = self.table.row, ticket.purchase
        if row is not None and row.id == ticket.id and purchase is not None and self.tab in OPEN:
            fresh = row._replace(version=ticket.version, total=purchase.total, total_minor=purchase.total_minor)
            fresh = fresh._replace(currency=purchase.currency, digest=purchase.digest, round=purchase.round)
            self._rows = [fresh if old is row or old.id == row.id else old for old in self._rows]
            self.table.patch(fresh)
            if fresh.digest != row.digest:
                self.marks.rows.pop(row.id, None)
                self._tell(f"{reference(row.id)} was changed since the list was read: look again", is_refusal=True)
        self._show_purchase()

    def _why_not(self, row: InboxRow, command: Command) -> str:
        """Gives why a purchase can't be decided, as far as that is known without asking, "" when it isn't."""
        if self._ticket is None or self._ticket.id != row.id:
            return "" if self.tab in OPEN else f"{reference(row.id)} is still being read"
        if _DECISIONS[command.id][0] in self._ticket.actions:
            return ""
        return f"{reference(row.id)} doesn't wait for your decision: see its stages"

    def _decide(self, command_id: str) -> None:
        command, row = BY_ID[command_id], self.table.row
        self._about = tuple(self.marks.rows.values()) or ((row,) if row else ())
        if not self._about:
            self._tell(f"there is nothing to {command.label}", is_refusal=True)
        elif not self.marks and (why := self._why_not(self._about[0], command)):
            self._tell(why, is_refusal=True)
        elif command.asks:
            self._ask(command)
        else:
            self._made(command, "")

    def _ask(self, command: Command) -> None:
        first = self._about[0]
        self._asked = Subject(_MARKED if self.marks else first.id, first.version)
        self._stood = {}
        several = f"{len(self._about)} marked, {sums(self._about)}"
        draft = self.host.drafts.get((self._asked.id, command.id), {})
        self.prompt.open(command, several if self.marks else f"{reference(first.id)}, {first.total}", {}, draft)

    def _perform(self, command: Command, subject: Subject, values: Mapping[str, str]) -> None:
        self.host.drafts.pop((subject.id, command.id), None)
        self._made(command, values["text"])

    def _made(self, command: Command, text: str) -> None:
        action, did = _DECISIONS[command.id]
        decision = Decision(command.id, action, command.label, did, self._about, text, bool(self.marks))
        if decision.was_marked:
            self._asking = decision
            self.hint()
        else:
            self._hold(decision)

    def _hold(self, decision: Decision) -> None:
        for row in decision.rows:
            self._refused.pop(row.id, None)
        self._outbox.decide(self.gateway, decision, self._answered)
        keep = self.table.row.id if self.table.row else None
        self._draw(keep=keep)
        self.hint()

    def _answered(self, result: Result) -> None:
        """Takes in what became of a decision: what was refused is back in the list, and says why."""
        self._decided |= result.done
        self._refused |= result.refused
        if result.refused:
            self._keep_text(result.decision)
        if self.is_attached:
            self._tell(result.sentence, is_refusal=bool(result.refused))
            first = next(iter(result.refused), None)
            keep = first if first is not None and len(result.decision.rows) == 1 else None
            self._draw(keep=keep or (self.table.row.id if self.table.row else None))
            self._count()
        if not self.is_current:
            (self.host.refuse if result.refused else self.host.say)(result.sentence)

    def _keep_text(self, decision: Decision) -> None:
        if decision.text:
            about = _MARKED if decision.was_marked else decision.rows[0].id
            self.host.drafts[about, decision.command] = {"text": decision.text}

    def do_approve(self) -> None:
        """Approves what is marked, or what is under the cursor."""
        self._decide("approve")

    def do_refuse(self) -> None:
        """Asks why, and rejects."""
        self._decide("refuse")

    def do_ask(self) -> None:
        """Asks for the question, and sends it."""
        self._decide("ask")

    def do_yes(self) -> None:
        """Decides what the line at the bottom asks about."""
        decision, self._asking = self._asking, None
        if decision is not None:
            self.marks.rows.clear()
            self._hold(decision)

    def do_undo(self) -> None:
        """Takes back the last decision that was not sent: its rows are where they were."""
        decision = self._outbox.take_back()
        if decision is None:
            self._tell("nothing to take back: what was sent stays", is_refusal=True)
            return
        if decision.was_marked:
            self.marks.rows |= {row.id: row for row in decision.rows}
        self._keep_text(decision)
        self._draw(keep=decision.rows[0].id)
        self._tell(f"taken back: {decision.verb} {decision.named}")

    def do_mark(self) -> None:
        """Marks the row under the cursor, or unmarks it, and moves on."""
        row = self.table.row
        if row is None or self.tab not in OPEN:
            self._tell("what waits can be marked", is_refusal=True)
            return
        self.marks.toggle(row)
        self.table.patch(row)
        self.table.move(1)
        self.hint()

    def do_mark_all(self) -> None:
        """Marks every row that was read, or none."""
        if self.tab in OPEN:
            self.marks.toggle_all(self.table.rows)
            self.table.refresh()
        self.hint()

    def do_open(self) -> None:
        """Opens the ticket under the cursor."""
        if self.table.row is not None:
            self.host.open_ticket(self.table.row.id)

    def do_reload(self) -> None:
        """Reads the list anew; the cursor stays on its ticket."""
        self._refused.clear()
        self._read()

    def do_back(self) -> None:
        """Leaves the question about several, or the inbox; what was decided is sent then."""
        if self._asking is not None:
            self._keep_text(self._asking)
            self._asking = None
            self.hint()
        else:
            self._outbox.flush()
            self.app.pop_screen()

    def _switch(self, tab: Tab) -> None:
        self.tab = tab
        self._rows, self._page = [], Page((), None, None)
        self.table.empty = "Reading..."
        self._draw()
        self._read()

    def do_tab_next(self) -> None:
        """Shows the tab to the right."""
        self._switch(self.tabs[(self.tabs.index(self.tab) + 1) % len(self.tabs)])

    def do_tab_previous(self) -> None:
        """Shows the tab to the left."""
        self._switch(self.tabs[self.tabs.index(self.tab) - 1])

    def do_down(self) -> None:
        """Moves one down."""
        self.table.move(1)

    def do_up(self) -> None:
        """Moves one up."""
        self.table.move(-1)

    def do_page_down(self) -> None:
        """Moves a page down."""
        self.table.move(self.table.page_height)

    def do_page_up(self) -> None:
        """Moves a page up."""
        self.table.move(-self.table.page_height)

    def do_top(self) -> None:
        """Moves to the first row."""
        self.table.move(-len(self.table.rows))

    def do_bottom(self) -> None:
        """Moves to the last row that was read, and reads on."""
        self.table.move(len(self.table.rows))


def _once(rows: "Mapping[int, InboxRow] | tuple[InboxRow, ...] | list[InboxRow]") -> list[InboxRow]: ...


def _question(decision: Decision) -> str: ...
