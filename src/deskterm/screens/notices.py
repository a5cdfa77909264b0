"""What a person should know of, newest first."""

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList

from deskterm.actions.registry import SHIPPED
from deskterm.core.domain.errors import DesktermError
from deskterm.core.domain.facts import reference
from deskterm.core.domain.text import clean
from deskterm.core.views import NoticeLine
from deskterm.gateway import Gateway
from deskterm.widgets.drawn_once import DrawnOnce
from deskterm.widgets.registered import bound, in_force
from deskterm.widgets.status_line import StatusLine
from deskterm.widgets.ticket_text import local


class NoticesScreen(DrawnOnce[int | None]):
    """Dismisses with the ticket chosen; leaving marks them all seen."""

    CSS_PATH = "notices.tcss"
    BINDINGS = [  # noqa: RUF012 - Textual's name and shape
        bound(SHIPPED["back"], "back"),
        bound(SHIPPED["quit"], "back"),
        bound(SHIPPED["down"], "move(1)"),
        bound(SHIPPED["up"], "move(-1)"),
    ]

    def __init__(self, gateway: Gateway) -> None:
        """Reads through `gateway`."""
        super().__init__()
        self._gateway = gateway
        self._found: list[NoticeLine] = []

    def compose(self) -> ComposeResult:
        """Gives the list."""
        yield OptionList(id="notices")
        yield StatusLine()

    def on_mount(self) -> None:
        """Reads them."""
        self.query_one(StatusLine).hint([in_force(self)["open"], in_force(self)["back"]])
        self._gateway.ask(self, "notices", lambda desk: desk.notices(), self._show, self._failed)

    def _show(self, found: list[NoticeLine]) -> None:
        self._found = found
        options = self.query_one(OptionList)
        options.add_options(
            [
                Content.from_rich_text(
                    Text(clean(f"{'  ' if n.seen else '● '}{local(n.at)}  {reference(n.ticket_id)}  {n.text}"))
                )
                for n in found
            ]
            or [Content("Nothing yet.")]
        )
        options.highlighted = 0
        options.focus()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self._leave(self._found[event.option_index].ticket_id if self._found else None)

    def action_back(self) -> None:
        """Leaves."""
        self._leave(None)

    def _leave(self, ticket_id: int | None) -> None:
        self.dismiss(ticket_id)
        if self._found:
            latest = self._found[0].id
            self._gateway.tell(self, lambda desk: desk.mark_seen(latest), lambda _: None, lambda _: None)

    def action_move(self, by: int) -> None:
        """Moves the cursor."""
        options = self.query_one(OptionList)
        options.action_cursor_down() if by > 0 else options.action_cursor_up()

    def _failed(self, error: DesktermError) -> None:
        self.query_one(StatusLine).refuse(str(error))
