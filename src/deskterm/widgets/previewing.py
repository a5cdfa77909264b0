"""The ticket under the cursor, beside the list in a wide window."""

from typing import ClassVar, Final

from textual import on
from textual.timer import Timer
from textual.widgets import Static

from deskterm.core.views import TicketView
from deskterm.widgets.following import Following
from deskterm.widgets.ticket_table import TicketTable
from deskterm.widgets.ticket_text import head, ticked, whole

_PREVIEWED: Final = 8


class Previewing(Following):
    """A list with a preview, where there is room for it; what the cursor only passes is neither read nor drawn."""

    REST: ClassVar[float] = 0.2
    """Seconds for which the cursor rests on a ticket before it is shown: drawing it costs twenty cursor keys."""
    preview_columns: int
    """How wide a window has to be for a preview."""
    _previewed_ticket: TicketView | None = None
    _resting: Timer | None = None

    def tick(self) -> None:
        """Lets the clocks in sight go on: nothing is read, and nothing drawn while their words stay the same."""
        if self.is_current:
            self.table.tick(self.gateway.left)
            if self._previewed_ticket is not None:
                now = ticked(self._previewed_ticket, self.gateway.left)
                if now is not self._previewed_ticket:
                    self._previewed(now)

    def fit_preview(self, width: int) -> None:
        """Shows the preview when a window of `width` columns has room for it."""
        preview = self.query_one("#preview")
        wide = width >= self.preview_columns
        if preview.display is not wide:
            preview.display = wide
            self.preview()

    @on(TicketTable.Moved)
    def _moved(self) -> None:
        self._previewed_ticket = None
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(self.REST, self.preview) if self.REST else None
        if not self.REST:
            self.preview()

    def preview(self) -> None:
        """Shows the ticket under the cursor beside the list, where there is room."""
        row = self.table.row
        self._previewed_ticket = None
        if self.query_one("#preview").display:
            if row is None:
                self.query_one("#preview", Static).update("", layout=False)
            else:
                self.gateway.ask(self, "preview", lambda desk: desk.ticket(row.id), self._previewed, self.failed)

    def _previewed(self, ticket: TicketView) -> None:
        if self.table.row is None or self.table.row.id != ticket.id:
            return
        self._previewed_ticket = ticket
        shown = head(ticket).append("\n\n").append_text(whole(ticket, latest=_PREVIEWED))
        self.query_one("#preview", Static).update(shown, layout=False)
