"""The ticket under the cursor, beside the list in a wide window."""

from itertools import zip_longest
from typing import ClassVar, Final

from rich.text import Text
from textual import on
from textual.geometry import Region
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from deskterm.core.ticket_views import TicketView
from deskterm.widgets.following import Following
from deskterm.widgets.lines import PREVIEW, has_preview
from deskterm.widgets.ticket_table import TicketTable
from deskterm.widgets.ticket_text import head, ticked, whole

_PREVIEWED: Final = 8


class Preview(Widget):
    """A text of which only those lines are drawn that changed."""

    def __init__(self) -> None:
        """Shows nothing yet."""
        super().__init__(id="preview")
        self.styles.width = PREVIEW
        self._text = Text()
        self._lines: list[Strip] = []

    def show(self, text: Text) -> None:
        """Shows a text in place of another."""
        self._text = text
        self._lay_out()

    def on_resize(self) -> None:
        """Breaks the lines anew."""
        self._lay_out()

    def _lay_out(self) -> None:
        before, width = self._lines, self.size.width
        if width:
            options = self.app.console.options.update(width=width, height=None)
            lines = self.app.console.render_lines(self._text, options)[: self.size.height]
            self._lines = [Strip(line) for line in lines]
        for y, (old, new) in enumerate(zip_longest(before, self._lines)):
            if old != new:
                self.refresh(Region(0, y, width, 1))

    def render(self) -> Text:
        """Gives the text."""
        return self._text

    def render_line(self, y: int) -> Strip:
        """Gives one line of it."""
        line = self._lines[y] if y < len(self._lines) else Strip.blank(self.size.width)
        return line.apply_style(self.rich_style)


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
        if self.is_active:
            self.table.tick(self.gateway.left)
            if self._previewed_ticket is not None:
                now = ticked(self._previewed_ticket, self.gateway.left)
                if now is not self._previewed_ticket:
                    self._previewed(now)

    def fit_preview(self, width: int) -> None:
        """Shows the preview when a window of `width` columns has room for it."""
        preview = self.query_one(Preview)
        wide = has_preview(width, self.preview_columns)
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
        if self.query_one(Preview).display:
            if row is None:
                self.query_one(Preview).show(Text())
            else:
                self.gateway.ask(self, "preview", lambda desk: desk.ticket(row.id), self._previewed, self.failed)

    def _previewed(self, ticket: TicketView) -> None:
        if self.table.row is None or self.table.row.id != ticket.id:
            return
        self._previewed_ticket = ticket
        shown = head(ticket).append("\n\n").append_text(whole(ticket, latest=_PREVIEWED))
        self.query_one(Preview).show(shown)
