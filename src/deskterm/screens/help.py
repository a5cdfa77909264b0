"""`?`: the keys that live on the screen it was asked on, straight from the registry."""

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from deskterm.actions.command import Scope
from deskterm.actions.registry import SHIPPED
from deskterm.widgets.registered import bound, in_force


class HelpScreen(Screen[None]):
    """A list of keys; any of Esc, q and ? leaves."""

    CSS_PATH = "help.tcss"
    BINDINGS = [  # noqa: RUF012 - Textual's name and shape
        *(bound(SHIPPED[name], "dismiss") for name in ("back", "help", "quit")),
        bound(SHIPPED["down"], "scroll(1)"),
        bound(SHIPPED["up"], "scroll(-1)"),
    ]

    def __init__(self, scope: Scope) -> None:
        """Lists the keys of `scope`."""
        super().__init__()
        self._scope = scope

    def compose(self) -> ComposeResult:
        """Gives the list."""
        text = Text("Keys (Esc goes back)\n\n", style="bold")
        for command in in_force(self).of(self._scope):
            text.append(f"{command.shown_keys:<14}", style="bold")
            text.append(f"{command.label:<15}", style="not bold")
            text.append(f"{command.help}\n", style="not bold dim")
        with VerticalScroll():
            yield Static(text)

    def action_scroll(self, by: int) -> None:
        """Scrolls the list."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)
