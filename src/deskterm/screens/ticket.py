"""One ticket: its head with both clocks, facts and comments as one timeline, every allowed action with its key."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from deskterm.actions.command import Command, Scope
from deskterm.core.domain.errors import DesktermError, NotFound
from deskterm.core.domain.facts import reference
from deskterm.core.domain.glimpse import Glimpse
from deskterm.core.domain.lifecycle import DECIDING
from deskterm.core.domain.text import clean, did, some
from deskterm.core.domain.words import Action
from deskterm.core.ticket_views import Explained, TicketView
from deskterm.widgets.acting import TICK, Acting
from deskterm.widgets.acts import Subject
from deskterm.widgets.drawn_once import redraw
from deskterm.widgets.explained import explained
from deskterm.widgets.glimpses import glimpse
from deskterm.widgets.palette import Palette
from deskterm.widgets.prompt import Prompt
from deskterm.widgets.registered import bindings
from deskterm.widgets.status_line import StatusLine, keys
from deskterm.widgets.ticket_purchase import as_written
from deskterm.widgets.ticket_text import head, ticked, whole
from deskterm.widgets.undoing import Undoing

if TYPE_CHECKING:
    from deskterm.core.desk import Desk

_TWINS: Final = {"assign": "ticket_approve", "cancel": "ticket_refuse", "note": "ticket_ask"}
"""The commands whose keys decide in the inbox, with what they are for one who decides on the ticket."""


class TicketScreen(Undoing):
    """A ticket whole, as its reader may see it."""

    CSS_PATH = "ticket.tcss"
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-high")]  # noqa: RUF012 - Textual's name and shape
    SCOPE = Scope.TICKET
    BINDINGS = bindings(Scope.TICKET)

    def __init__(self, ticket_id: int, *, explained: bool = False) -> None:
        """Opens a ticket, on its timeline or on its clocks explained."""
        super().__init__()
        self._ticket_id = self.opened = ticket_id
        self._explained = explained
        self.ticket: TicketView | None = None
        self._place = 0
        self._from_inbox = False

    def compose(self) -> ComposeResult:
        """Gives head, timeline, keys, and the bars at the bottom."""
        yield Palette()
        yield Static(f"{reference(self._ticket_id)} ...", id="head")
        with VerticalScroll(id="timeline"):
            yield Static(id="text")
        yield Static(id="keys")
        yield Prompt()
        yield StatusLine()

    def on_mount(self) -> None:
        """Reads the ticket; from then on its clocks tick."""
        below = self.app.screen_stack[:-1]
        self._from_inbox = any(isinstance(one, Acting) and one.SCOPE is Scope.INBOX for one in below)
        self.refocus()
        self.changed(self._ticket_id)
        self.set_interval(TICK, self.tick)

    def tick(self) -> None:
        """Redraws the head when what is left has other words: nothing is read or written."""
        if self.ticket is not None and self.is_active:
            now = ticked(self.ticket, self.gateway.left)
            if now is not self.ticket:
                self.ticket = now
                redraw(self.query_one("#head", Static), head(now))

    def on_screen_resume(self) -> None:
        """Reads the ticket anew when a screen above is left."""
        self.attend()
        if self.ticket is not None:
            self.changed(self._ticket_id)

    def on_screen_suspend(self) -> None:
        """Lets others know that it is not before anybody's eyes here."""
        self.host.leave(self._ticket_id)

    def to_copy(self, ids: Sequence[int]) -> str:
        """Gives the reference with the title: what one tells others of the ticket that one has open."""
        return super().to_copy(ids) + (f" {clean(self.ticket.title)}" if self.ticket else "")

    def subject(self) -> Subject | None:
        """Gives this ticket as it was last read."""
        return None if self.ticket is None else Subject(self.ticket.id, self.ticket.version)

    def glimpse(self) -> Glimpse | None:
        """Gives what was read of this ticket."""
        return None if self.ticket is None else glimpse(self.ticket)

    def named(self, command: Command, subject: Subject) -> str:
        """Gives what a question calls the ticket: who decides about a purchase sees how much."""
        name = super().named(command, subject)
        bought = self.ticket.purchase if self.ticket is not None and command.action in DECIDING else None
        return name if bought is None else f"{name} for {bought.total}"

    def standing(self, command: Command) -> Mapping[str, str]:
        """Gives the purchase that is to be changed."""
        if command.action is not Action.AMEND or self.ticket is None or self.ticket.purchase is None:
            return super().standing(command)
        return as_written(self.ticket.purchase)

    def refocus(self) -> None:
        """Puts the focus on the timeline."""
        self.set_focus(self.query_one("#timeline"))

    def changed(self, ticket_id: int) -> None:
        """Reads the ticket."""
        self.gateway.ask(
            self, "ticket", lambda desk: (desk.place(), desk.ticket(ticket_id)), self._was_read, self._gone
        )
        if self._explained:
            self._read_explanation()

    def reverted(self, ids: Collection[int]) -> None:
        """Reads the ticket when it was among what was taken back or done again."""
        if self._ticket_id in ids:
            self.changed(self._ticket_id)

    def _read_explanation(self) -> None:
        self.gateway.ask(self, "explain", lambda desk: desk.explain(self._ticket_id), self._explain, self._gone)

    def _explain(self, found: Explained) -> None:
        if self._explained:
            self.query_one("#text", Static).update(explained(found))

    def _gone(self, error: DesktermError) -> None:
        if isinstance(error, NotFound):
            mine = self.ticket is not None and self._own.get(self._ticket_id, 0) > self.ticket.version
            self.ticket = None
            self.query_one("#keys", Static).update("")
            if mine:
                return  # what was just done put it out of sight, and says so
        self.status_line.refuse(self.with_draft(self._ticket_id, error))

    def _was_read(self, found: tuple[int, TicketView]) -> None:
        self._place = found[0]
        self._show(found[1])

    def follow(self) -> None:
        """Takes in what others did to this ticket; what is being written stays as it is."""
        if self.ticket is None:
            return
        since, number = self._place, self._ticket_id

        def call(desk: "Desk") -> tuple[int, TicketView | None]:
            found = desk.changes(since, (number,))
            return found.place, desk.ticket(number) if number in found.tickets else None

        self.gateway.ask(self, "follow", call, partial(self._took, since), self._gone)

    def _took(self, since: int, found: tuple[int, TicketView | None]) -> None:
        place, ticket = found
        if since != self._place or self.ticket is None:
            return  # it was read anew meanwhile
        self._place = place
        if ticket is None or ticket.version <= self.ticket.version:
            return
        me, known = self.gateway.actor.id, self.ticket.version
        news = [f"{e.actor} {did(e.kind)}" for e in ticket.timeline if e.version > known and e.actor_id != me]
        self._show(ticket, stays=not self.query_one("#timeline", VerticalScroll).is_vertical_scroll_end)
        if self._explained:
            self._read_explanation()
        if news:
            self.status_line.say(some(news))

    def _show(self, ticket: TicketView, *, stays: bool = False) -> None:
        opened = self.ticket is None
        fresh = self.ticket is None or ticket.version != self.ticket.version
        self.ticket = ticket
        self.query_one("#head", Static).update(head(ticket))
        if not self._explained:
            self.query_one("#text", Static).update(whole(ticket))
        allowed = Text()
        keys(allowed, self._allowed(ticket))
        self.query_one("#keys", Static).update(allowed)
        if fresh and not self._explained and not stays:
            timeline = self.query_one("#timeline", VerticalScroll)
            # who decides, or looks at what was decided, begins with what is to be bought
            by_purchase = opened and (self._from_inbox or DECIDING & set(ticket.actions))
            (timeline.scroll_home if by_purchase else timeline.scroll_end)(animate=False)
        if not self.status_line.has_news:
            self.hint()

    def _allowed(self, ticket: TicketView) -> Iterator[Command]:
        """Gives what may be done; who decides finds the inbox's keys too, and not what these do elsewhere."""
        twins = _TWINS if Action.APPROVE in ticket.actions else {}
        registry = self.registry
        for command in registry.of(Scope.TICKET):
            if command.action in ticket.actions and command.id not in twins:
                also = [registry[twin].key for twin, own in twins.items() if own == command.id]
                yield replace(command, keys=(" ".join([*also, command.key]),))

    def action_command(self, command_id: str) -> None:
        """Runs the command of a key: those of the inbox decide here too, where the ticket waits for that."""
        if self.ticket is not None and Action.APPROVE in self.ticket.actions:
            command_id = _TWINS.get(command_id, command_id)
        super().action_command(command_id)

    def hint(self) -> None:
        """Shows the keys that are no actions, and that decisions are waited for."""
        commands = (self.registry[name] for name in ("back", "explain", "reload", "new", "help"))
        self.status_line.hint(commands, awaited=self.host.awaited)

    def do_explain(self) -> None:
        """Shows where the time went in place of the timeline, or the timeline again."""
        self._explained = not self._explained
        timeline = self.query_one("#timeline", VerticalScroll)
        (timeline.scroll_home if self._explained else timeline.scroll_end)(animate=False)
        self.hint()
        self.changed(self._ticket_id)

    def do_reload(self) -> None:
        """Reads the ticket anew."""
        self.hint()
        self.changed(self._ticket_id)

    def do_back(self) -> None:
        """Goes back to the timeline, or to the list."""
        if self._explained:
            self.do_explain()
        else:
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
