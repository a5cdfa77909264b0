"""One ticket: its head with both clocks, facts and comments as one timeline, every allowed action with its key."""

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from deskterm.actions import BY_ID, COMMANDS, Scope
from deskterm.core.domain.errors import DesktermError, NotFound
from deskterm.core.domain.facts import reference
from deskterm.core.views import TicketView
from deskterm.widgets.acting import Acting, Subject, bindings
from deskterm.widgets.prompt import Prompt
from deskterm.widgets.status_line import StatusLine, keys
from deskterm.widgets.ticket_text import head, whole


class TicketScreen(Acting):
    """A ticket whole, as its reader may see it."""

    CSS_PATH = "ticket.tcss"
    BINDINGS = bindings(Scope.TICKET)

    def __init__(self, ticket_id: int) -> None:
        """Opens a ticket."""
        super().__init__()
        self._ticket_id = ticket_id
        self.ticket: TicketView | None = None

    def compose(self) -> ComposeResult:
        """Gives head, timeline, keys, and the bars at the bottom."""
        yield Static(f"{reference(self._ticket_id)} ...", id="head")
        with VerticalScroll(id="timeline"):
            yield Static(id="text")
        yield Static(id="keys")
        yield Prompt()
        yield StatusLine()

    def on_mount(self) -> None:
        """Reads the ticket."""
        self.refocus()
        self.changed(self._ticket_id)

    def on_screen_resume(self) -> None:
        """Reads the ticket anew when a screen above is left."""
        if self.ticket is not None:
            self.changed(self._ticket_id)

    def subject(self) -> Subject | None:
        """Gives this ticket as it was last read."""
        return None if self.ticket is None else Subject(self.ticket.id, self.ticket.version)

    def refocus(self) -> None:
        """Puts the focus on the timeline."""
        self.set_focus(self.query_one("#timeline"))

    def changed(self, ticket_id: int) -> None:
        """Reads the ticket."""
        self.gateway.ask(self, "ticket", lambda desk: desk.ticket(ticket_id), self._show, self._gone)

    def _gone(self, error: DesktermError) -> None:
        if isinstance(error, NotFound):
            self.ticket = None
            self.query_one("#keys", Static).update("")
        self.failed(error)

    def _show(self, ticket: TicketView) -> None:
        fresh = self.ticket is None or ticket.version != self.ticket.version
        self.ticket = ticket
        self.query_one("#head", Static).update(head(ticket))
        self.query_one("#text", Static).update(whole(ticket))
        allowed = Text()
        keys(allowed, (command for command in COMMANDS if command.action in ticket.actions))
        self.query_one("#keys", Static).update(allowed)
        if fresh:
            self.query_one("#timeline", VerticalScroll).scroll_end(animate=False)
        if not self.status_line.has_news:
            self.hint()

    def hint(self) -> None:
        """Shows the keys that are no actions."""
        self.status_line.hint(BY_ID[name] for name in ("back", "reload", "new", "help"))

    def do_reload(self) -> None:
        """Reads the ticket anew."""
        self.hint()
        self.changed(self._ticket_id)

    def do_back(self) -> None:
        """Goes back to the list."""
        self.app.pop_screen()

    def do_down(self) -> None:
        """Scrolls one down."""
        self.query_one("#timeline").scroll_relative(y=1, animate=False)

    def do_up(self) -> None:
        """Scrolls one up."""
        self.query_one("#timeline").scroll_relative(y=-1, animate=False)

    def do_page_down(self) -> None:
        """Scrolls a page down."""
        self.query_one("#timeline").scroll_page_down(animate=False)

    def do_page_up(self) -> None:
        """Scrolls a page up."""
        self.query_one("#timeline").scroll_page_up(animate=False)

    def do_top(self) -> None:
        """Scrolls to the beginning."""
        self.query_one("#timeline").scroll_home(animate=False)

    def do_bottom(self) -> None:
        """Scrolls to the end."""
        self.query_one("#timeline").scroll_end(animate=False)
