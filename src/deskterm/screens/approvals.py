"""The approval inbox: what waits for a decision, everything it needs below, one key a decision."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from deskterm.actions.command import Command, Scope
from deskterm.actions.command_line import NOTHING
from deskterm.core.domain.drafts import Place
from deskterm.core.domain.facts import reference
from deskterm.core.domain.words import Action
from deskterm.core.views import InboxRow, Tab
from deskterm.widgets.acting import TICK
from deskterm.widgets.acts import Subject
from deskterm.widgets.fit import fit
from deskterm.widgets.inbox_list import InboxList
from deskterm.widgets.inbox_table import OPEN
from deskterm.widgets.outbox import Outbox, Result
from deskterm.widgets.pending import Decision, sums
from deskterm.widgets.registered import bindings

_SHORT: Final = 60
_MARKED: Final = 0
"""The draft's ticket, where what was written is about all that is marked."""
_LEAVING: Final = frozenset({"open", "new", "notices"})
_ANSWERS: Final = frozenset({"yes", "back", "quit"})
_DECISIONS: Final[Mapping[str, tuple[Action, str, str]]] = {
    "approve": (Action.APPROVE, "approve", "approved"),
    "refuse": (Action.REFUSE, "reject", "rejected"),
    "ask": (Action.ASK, "ask about", "sent back with a question"),
}
_DECIDING: Final = ("approve", "refuse", "ask", "mark", "mark_all", "undo", "open", "back", "help")
_HINTS: Final[Mapping[Tab, tuple[str, ...]]] = {
    Tab.WAITING: _DECIDING,
    Tab.DELEGATED: _DECIDING,
    Tab.DECIDED: ("undo", "open", "back", "help"),
    Tab.ALL: ("approve", "refuse", "ask", "undo", "open", "back", "help"),
}


class _News(NamedTuple):
    sentence: str
    is_refusal: bool


class ApprovalsScreen(InboxList):
    """Purchases to decide, what is due first on top; a decision is sent some seconds after it was made."""

    CSS_PATH = "approvals.tcss"
    SCOPE = Scope.INBOX
    BINDINGS = bindings(Scope.INBOX)

    def __init__(self, outbox: Outbox, *, page_size: int) -> None:
        """Opens on what waits; decisions go through `outbox`."""
        super().__init__(outbox, page_size=page_size)
        self._news: _News | None = None
        self._about: tuple[InboxRow, ...] = ()
        self._asking: Decision | None = None

    def on_mount(self) -> None:
        """Puts the focus where keys act; the list is read when the screen comes up."""
        self.table.empty = "Reading..."
        self.refocus()
        self.hint()
        self.set_interval(TICK, self.tick)

    def tick(self) -> None:
        """Lets the clocks in sight and the seconds of what is about to be sent go on."""
        if self.is_active:
            self.table.tick(self.gateway.left)
            if self.outbox.pending and self._asking is None:
                self.hint()

    def hint(self) -> None:
        """Shows what is asked, or what just happened, what is about to be sent and what is marked, or the keys."""
        soon, line = self.outbox.pending.sentence, self.status_line
        if self._asking is not None:
            line.announce(
                f"{_asked(self._asking)}: {self.registry['yes'].key} sends, {self.registry['back'].key} goes back"
            )
        elif self._news is not None:
            (line.refuse if self._news.is_refusal else line.say)(self._news.sentence, then=soon)
        elif soon:
            line.announce(soon)
        elif self.marks:
            keys = ", ".join(f"{self.registry[name].key} {self.registry[name].label}" for name in _DECISIONS)
            line.announce(f"{len(self.marks.rows)} marked, {sums(self.marks.rows.values())}: {keys}")
        else:
            line.hint(self.registry[name] for name in _HINTS[self.tab])

    def switch(self, tab: Tab) -> None:
        """Shows another tab, and the keys that it has."""
        super().switch(tab)
        self.hint()

    def tell(self, sentence: str, *, is_refusal: bool = False) -> None:
        """Says what was done, or why it can't be, until the next key."""
        self._news = _News(sentence, is_refusal)
        if self.is_active:
            self.hint()

    def run_command(self, command_id: str, values: Mapping[str, str] = NOTHING) -> None:
        """Runs a command; while a decision about several is asked for, only its answer is one."""
        if self._asking is not None and command_id not in _ANSWERS:
            return
        if self.status_line.has_news:
            self._news = None
            self.hint()
        if command_id in _LEAVING:
            self.outbox.flush()
        super().run_command(command_id, values)

    def _decide(self, command_id: str, text: str = "") -> None:
        command, row = self.registry[command_id], self.table.row
        self._about = tuple(self.marks.rows.values()) or ((row,) if row else ())
        if not self.marks and (why := self._why_not(self._about[0], command)):
            self.tell(why, is_refusal=True)
        elif command.asks and not text:
            self._ask(command)
        else:
            self._made(command, text)

    def _why_not(self, row: InboxRow, command: Command) -> str:
        """Gives why a purchase can't be decided, as far as what was read tells, "" when it can."""
        if self.ticket is None or self.ticket.id != row.id:
            return "" if self.tab in OPEN else f"{reference(row.id)} is still being read"
        if _DECISIONS[command.id][0] in self.ticket.actions:
            return ""
        return f"{reference(row.id)} doesn't wait for your decision: see its stages"

    def _ask(self, command: Command) -> None:
        first = self._about[0]
        about = f"{len(self._about)} marked, {sums(self._about)}" if self.marks else f"{reference(first.id)}"
        self._asked = Subject(_MARKED if self.marks else first.id, first.version)
        self._stood = {}
        self.prompt.open(command, about, {}, self.host.drafts.get(Place(self._asked.id, command.id)))

    def _perform(self, command: Command, subject: Subject, values: Mapping[str, str]) -> None:
        self.host.drafts.drop(Place(subject.id, command.id))
        self._made(command, values["text"])

    def _made(self, command: Command, text: str) -> None:
        decision = Decision(command.id, *_DECISIONS[command.id], self._about, text, bool(self.marks))
        if decision.was_marked:
            self._keep_text(decision)
            self._asking = decision
            self.hint()
        else:
            self._hold(decision)

    def _hold(self, decision: Decision) -> None:
        for row in decision.rows:
            self.refused.pop(row.id, None)
        self.outbox.decide(self.gateway, decision, self._answered)
        self.draw()
        self.hint()

    def _answered(self, result: Result) -> None:
        """Takes in what became of a decision: what was refused is back in the list, and its line says why."""
        self.decided |= result.done
        self.refused |= result.refused
        if result.refused:
            self._keep_text(result.decision)
        if self.is_attached:
            self.tell(result.sentence, is_refusal=bool(result.refused))
            self.draw()
            self.count()
        if not self.is_active:
            (self.host.refuse if result.refused else self.host.say)(result.sentence)

    def _keep_text(self, decision: Decision) -> None:
        if decision.text:
            self.host.drafts.put(_place(decision), {"text": decision.text})

    def do_approve(self) -> None:
        """Approves what is marked, or what is under the cursor."""
        self._decide("approve")

    def do_refuse(self, text: str = "") -> None:
        """Asks why, unless that was given, and rejects."""
        self._decide("refuse", text)

    def do_ask(self, text: str = "") -> None:
        """Asks for the question, unless it was given, and sends it."""
        self._decide("ask", text)

    def do_yes(self) -> None:
        """Decides what the line at the bottom asks about."""
        decision, self._asking = self._asking, None
        if decision is not None:
            self.host.drafts.drop(_place(decision))
            self.marks.rows.clear()
            self._hold(decision)

    def do_undo(self) -> None:
        """Takes back the last decision that was not sent: its rows are where they were."""
        decision = self.outbox.take_back()
        if decision is None:
            self.tell("nothing to take back: what was sent stays", is_refusal=True)
            return
        if decision.was_marked:
            self.marks.rows |= {row.id: row for row in decision.rows}
        self._keep_text(decision)
        self.draw(keep=decision.rows[0].id)
        self.tell(f"taken back: {decision.verb} {decision.named}")

    def do_mark(self) -> None:
        """Marks the row under the cursor, or unmarks it, and moves on."""
        row = self.table.row
        if row is None or self.tab not in OPEN:
            self.tell("only what waits can be marked", is_refusal=True)
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

    def do_back(self) -> None:
        """Leaves the question about several, or the inbox; what was decided is sent then."""
        if self._asking is not None:
            self._asking = None
            self.hint()
        else:
            self.outbox.flush()
            self.app.pop_screen()


def _place(decision: Decision) -> Place:
    """Gives where the draft belongs that a decision's text is."""
    return Place(_MARKED if decision.was_marked else decision.rows[0].id, decision.command)


def _asked(decision: Decision) -> str:
    """Gives a decision about several in words, with its total: `approve 5 purchases, NGN 1,250,000.00 in total`."""
    why = f", saying: {fit(decision.text, _SHORT).rstrip()}" if decision.text else ""
    return f"{decision.verb} {decision.named}, {sums(decision.rows)}{why}"
