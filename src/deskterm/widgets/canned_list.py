"""Choosing a macro or a canned reply: type to narrow, and see what it writes and does before it is taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static

from deskterm.core.domain.text import clean


class CannedText(NamedTuple):
    """One to choose: its key, what it is called, what it does, and its text as it would be."""

    key: str
    name: str
    does: str
    text: str


class CannedList(Vertical):
    """What there is to choose, with a preview of the one that is under the cursor."""

    DEFAULT_CSS = """
    CannedList { height: auto; display: none; }
    CannedList OptionList { height: auto; max-height: 5; text-wrap: nowrap; text-overflow: ellipsis; }
    CannedList #sample { height: auto; max-height: 6; padding: 0 2; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "down", show=False),
        Binding("up", "move(-1)", "up", show=False),
    ]

    @dataclass
    class Picked(Message):
        """One was chosen."""

        chosen: CannedText

    def __init__(self) -> None:
        """Offers nothing yet."""
        super().__init__()
        self._offered: Sequence[CannedText] = ()
        self._listed: list[CannedText] = []
        self._is_read = False

    def compose(self) -> ComposeResult:
        """Gives the line to narrow by, what fits it, and the preview."""
        line = Input(id="canned", compact=True, select_on_focus=False, placeholder="type to narrow")
        line.cursor_blink = False
        yield line
        yield OptionList(id="texts", compact=True)
        yield Static(id="sample")

    def open(self) -> None:
        """Begins to choose; what there is comes with `offer`, and what is typed until then narrows it."""
        self.display, self._offered, self._is_read = True, (), False
        self.query_one(Input).value = ""
        self._narrow("")
        self.resume()

    def offer(self, found: Sequence[CannedText]) -> None:
        """Shows what there is to choose."""
        self._offered, self._is_read = found, True
        self._narrow(self.query_one(Input).value)

    def resume(self) -> None:
        """Puts the focus where is typed."""
        self.screen.set_focus(self.query_one(Input))

    @property
    def chosen(self) -> CannedText | None:
        """The one under the cursor, None where nothing fits."""
        place = self.query_one(OptionList).highlighted
        return self._listed[place] if place is not None and place < len(self._listed) else None

    def action_move(self, by: int) -> None:
        """Moves the cursor."""
        options = self.query_one(OptionList)
        options.action_cursor_down() if by > 0 else options.action_cursor_up()

    def _narrow(self, words: str) -> None:
        options = self.query_one(OptionList)
        options.clear_options()
        wanted = words.lower().split()
        self._listed = [one for one in self._offered if all(word in f"{one.key} {one.name}".lower() for word in wanted)]
        options.add_options([Content(clean(f"{one.name}  {one.does}")) for one in self._listed])
        options.highlighted = 0 if self._listed else None
        self._preview()

    def _preview(self) -> None:
        one = self.chosen
        none = "there are none for this ticket" if self._is_read else "reading..."
        nothing = "nothing fits" if self._offered else none
        text = Text(nothing) if one is None else Text(clean(one.text or "it writes nothing", lines=True))
        self.query_one("#sample", Static).update(text)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._narrow(event.value)

    @on(OptionList.OptionHighlighted)
    def _moved(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._preview()

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def _picked(self, event: Message) -> None:
        event.stop()
        self.pick()

    def pick(self) -> None:
        """Takes the one under the cursor."""
        if (one := self.chosen) is not None:
            self.post_message(self.Picked(one))
