"""The line that `:` opens: commands, views and tickets by name, completed by tab; Enter does it, Esc goes back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Key
from textual.message import Message
from textual.widgets import Input, Static

from deskterm.actions.command import Command
from deskterm.actions.command_line import (
    Choices,
    Jump,
    Known,
    Offer,
    Run,
    Suggestion,
    asked_for,
    command_of,
    meaning,
    suggestions,
)
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.filter_completion import Vocabulary
from deskterm.core.domain.text import clean
from deskterm.widgets.registered import in_force

_LONGEST: Final = 500
_SHOWN: Final = 12
_NOTHING: Final = Known(())


class Palette(Vertical):
    """One line to type in and two that say what it could become; there only while it is open.

    It lies over the last lines above the status line, and comes first in its screen: nothing moves for it, so that only
    its own lines are sent.
    """

    DEFAULT_CSS = """
    Palette {
        layer: palette; dock: bottom; margin-bottom: 1; height: 3; display: none; background: $surface; padding: 0 1;
    }
    Palette Input { border: none; height: 1; padding: 0; }
    Palette Static { height: 2; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab,shift+tab", "complete", "complete", show=False)]

    @dataclass
    class Entered(Message):
        """Enter on a line that can be read."""

        means: Jump | Run | Offer
        line: str

    @dataclass
    class Lacks(Message):
        """What a command asks for is being typed, and what there is to choose from was not read yet."""

        command: Command

    class Left(Message):
        """The person went back."""

    def __init__(self) -> None:
        """Makes a closed line."""
        super().__init__()
        self._known = _NOTHING
        self._why_not: Callable[[Command], str] = lambda _: ""
        self._subject: Callable[[Command], str] = lambda _: ""
        self._asked: set[str] = set()
        self._refused: dict[str, str] = {}
        self._before: list[str] = []
        self._place = 0
        self._typed = ""
        self._told = Text()

    def compose(self) -> ComposeResult:
        """Gives the line and what it could become."""
        line = Input(
            id="command-line", max_length=_LONGEST, compact=True, select_on_focus=False,
            placeholder="a command, a view, or a ticket: HD-42",
        )  # fmt: skip
        line.cursor_blink = False
        yield line
        yield Static()

    @property
    def is_open(self) -> bool:
        """Whether something is being typed."""
        return bool(self.display)

    @property
    def line(self) -> str:
        """What stands in the line."""
        return self._input.value

    @property
    def _input(self) -> Input:
        return self.query_one(Input)

    def open(
        self, known: Known, why_not: Callable[[Command], str], about: Callable[[Command], str], before: list[str]
    ) -> None:
        """Begins with an empty line; `before` is what was typed before, which up brings back.

        `why_not` gives why a command can't be done, "" when it can, `about` what it would be done to.
        """
        self._known, self._why_not, self._subject = known, why_not, about
        self._asked, self._refused = set(), {}
        self._before, self._place, self._typed = before, len(before), ""
        self.display = True
        self._input.value = ""
        self.resume()
        self._look()

    def resume(self) -> None:
        """Puts the focus back into the line."""
        self.screen.set_focus(self._input)

    def close(self) -> None:
        """Takes the line away."""
        self.display = False

    def leave(self) -> None:
        """Goes back without doing anything."""
        self.close()
        self.post_message(self.Left())

    def learn(self, command: Command, choices: Choices, vocabulary: Vocabulary | None = None) -> None:
        """Takes what a command can be answered with; what is being typed stays as it is."""
        every: Mapping[str, Choices] = {**self._known.choices, command.id: choices}
        self._known = replace(self._known, choices=every, vocabulary=vocabulary or self._known.vocabulary)
        self._look()

    def forbid(self, command: Command, sentence: str) -> None:
        """Takes why a command is refused, which only the desk knew."""
        self._refused[command.id] = sentence
        self._look()

    def refuse(self, sentence: str) -> None:
        """Says why what was typed can't be done; it stays to be changed."""
        self._tell(Text.assemble(("! ", "bold"), clean(sentence)))

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.is_open:
            self._look()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if not self.line.strip():
            self.leave()
            return
        try:
            means = meaning(self.line, self._known)
        except InvalidInput as error:
            self.refuse(str(error))
            return
        self._before[:] = [*(line for line in self._before if line != self.line), self.line]
        self.post_message(self.Entered(means, self.line))

    def action_complete(self) -> None:
        """Takes the first of what the line could become."""
        if (found := self._found()) and found[0].text != self.line:
            self._put(found[0].text)

    def on_key(self, event: Key) -> None:
        """Brings back what was typed before."""
        if event.key not in {"up", "down"}:
            return
        event.stop()
        if self._place == len(self._before):
            self._typed = self.line
        self._place = max(0, min(len(self._before), self._place + (-1 if event.key == "up" else 1)))
        self._put(self._typed if self._place == len(self._before) else self._before[self._place])

    def _put(self, line: str) -> None:
        self._input.value = line
        self._input.cursor_position = len(line)

    def _found(self) -> list[Suggestion]:
        return suggestions(self.line, self._known)

    def _look(self) -> None:
        """Shows what the line could become, and what the first of it does or why it can't be done."""
        command = command_of(self.line, self._known)
        if command is not None and command.id not in self._asked:
            self._asked.add(command.id)
            self.post_message(self.Lacks(command))
        found = self._found()
        offered = Text("" if found else asked_for(self.line, self._known), "dim")
        for number, one in enumerate(found[:_SHOWN]):
            is_taken = number == 0 and one.text != self.line
            offered.append("tab " if is_taken else "  " if number else "", "bold")
            offered.append(clean(one.label), "bold underline" if number == 0 else "")
        self._tell(Text("\n").join([offered, self._about(command, found)]))

    def _about(self, command: Command | None, found: list[Suggestion]) -> Text:
        registry = in_force(self)
        if not self.line.strip():
            back = registry["back"].key
            said = f"tab completes, ⏎ does it, ↑ brings back what you typed before, {back} goes back"
            return Text(said, "dim")
        if command is None and found:
            means = found[0].means
            command = means.command if isinstance(means, Run) else None
        if command is not None and (why := self._refused.get(command.id) or self._why_not(command)):
            return Text.assemble(("! ", "bold"), clean(why))
        if command is None:
            return Text(clean(found[0].help) if found else "nothing is called so", "dim")
        subject = self._subject(command)
        return Text.assemble((command.shown_keys, "bold"), f" {subject}{': ' if subject else ''}{command.help}")

    def _tell(self, told: Text) -> None:
        if told != self._told:
            self._told = told
            self.query_one(Static).update(told)
