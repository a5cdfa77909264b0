"""`?`: the keys of the screen it was asked on. Typing searches, Enter does what is marked there, Esc goes back."""

from collections.abc import Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input

from deskterm.actions.command import Command
from deskterm.actions.fuzzy import Fit, fit
from deskterm.actions.registry import SHIPPED
from deskterm.widgets.drawn_once import DrawnOnce
from deskterm.widgets.key_list import Entry, KeyList
from deskterm.widgets.registered import bound, in_force
from deskterm.widgets.status_line import StatusLine


class HelpScreen(DrawnOnce[str | None]):
    """Dismisses with the id of the command that is to be done on the screen below."""

    CSS_PATH = "help.tcss"
    BINDINGS = [  # noqa: RUF012 - Textual's name and shape
        *(bound(SHIPPED[name], "leave", priority=True) for name in ("back", "help")),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("pageup", "move(-10)", show=False),
        Binding("tab,shift+tab", "stay", show=False),
    ]

    def __init__(self, commands: Sequence[Command], why_not: Callable[[Command], str]) -> None:
        """Lists `commands`; `why_not` says why one can't be done on the screen below, "" when it can."""
        super().__init__()
        self._entries = [Entry(command, why_not(command)) for command in commands]

    def compose(self) -> ComposeResult:
        """Gives the line to search in and the list."""
        back = in_force(self)["back"].key
        line = Input(compact=True, placeholder=f"Keys: type to search, ↑ ↓ and ⏎ to do one, {back} goes back")
        line.cursor_blink = False
        yield line
        yield KeyList(self._entries)
        yield StatusLine()

    def on_mount(self) -> None:
        """Says how to leave."""
        self._hint()

    def _hint(self) -> None:
        self.query_one(StatusLine).hint([in_force(self)["back"]])

    @on(Input.Changed)
    def _searched(self, event: Input.Changed) -> None:
        """Lists what fits, best first."""
        event.stop()
        fits = [(self._fit(entry.command, event.value), entry) for entry in self._entries]
        found = [(how, entry) for how, entry in fits if how is not None]
        if event.value.strip():
            found.sort(key=lambda one: one[0])
        self.query_one(KeyList).show([entry for _, entry in found])
        self._hint()

    @staticmethod
    def _fit(command: Command, typed: str) -> Fit | None:
        return fit(typed, (command.label, command.id, *command.keys), command.help)

    @on(Input.Submitted)
    def _chosen(self, event: Input.Submitted) -> None:
        event.stop()
        chosen = self.query_one(KeyList).chosen
        if chosen is None:
            return
        if chosen.why:
            self.query_one(StatusLine).refuse(chosen.why)
        else:
            self.dismiss(chosen.command.id)

    def action_move(self, by: int) -> None:
        """Marks another one."""
        self.query_one(KeyList).move(by)
        self._hint()

    def action_stay(self) -> None:
        """Keeps the focus where one types."""

    def action_leave(self) -> None:
        """Goes back."""
        self.dismiss(None)
