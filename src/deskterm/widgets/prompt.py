"""Asking for what an action needs: a bar at the bottom, one field at a time, instead of a modal."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.message import Message
from textual.widgets import Input, Static, TextArea

from deskterm.actions.command import Command, Field, Kind
from deskterm.actions.command_line import NOTHING, Choices
from deskterm.actions.registry import SHIPPED
from deskterm.core.domain.text import clean
from deskterm.widgets.attaching import Attaching
from deskterm.widgets.canned_list import CannedList
from deskterm.widgets.choice_list import Choice, ChoiceLine, ChoiceList
from deskterm.widgets.registered import bound, in_force
from deskterm.widgets.writing_area import WritingArea

Wrong = Callable[[str, Mapping[str, str]], str]
"""Gives why the field of this name can't be as it was written, in one sentence, or ""."""
_LONGEST: Final = 500
WRITTEN: Final = frozenset({Kind.LINE, Kind.AREA})
"""The kinds whose answers are texts."""


class Prompt(Attaching):
    """Asks a command's fields in turn. Enter goes on (F2 in a text of several lines); Esc leaves and keeps a draft."""

    DEFAULT_CSS = """
    Prompt { height: auto; max-height: 60%; display: none; background: $surface; padding: 0 1; }
    Prompt TextArea { height: 6; }
    Prompt OptionList { height: auto; max-height: 8; }
    Prompt OptionList > .option-list--option-highlighted { text-style: bold reverse; }
    """
    BINDINGS = [  # noqa: RUF012 - Textual's name and shape
        bound(SHIPPED["back"], "leave"),
        bound(SHIPPED["send"], "next"),
        bound(SHIPPED["editor"], "editor"),
        bound(SHIPPED["canned"], "canned"),
        bound(SHIPPED["attach"], "attach"),
        Binding("tab,shift+tab", "resume", "stay", show=False),
    ]

    @dataclass
    class Given(Message):
        """Everything was answered."""

        command: Command
        values: dict[str, str]

    class Touched(Message):
        """A text is being written."""

    @dataclass
    class Left(Message):
        """The person went back; `values` is the draft."""

        command: Command
        values: dict[str, str]

    def __init__(self) -> None:
        """Makes a closed prompt."""
        super().__init__()
        self.command: Command | None = None
        self._subject = ""
        self._choices: Choices = {}
        self._values: dict[str, str] = {}
        self._draft: dict[str, str] = {}
        self._step = 0
        self._wrong: Wrong = lambda _name, _values: ""
        self.sum = ""
        """What was answered so far comes to, told in place of the ticket from the second question on."""

    def compose(self) -> ComposeResult:
        """Gives the question and one widget for each kind of answer."""
        yield Static(id="question")
        yield ChoiceLine(self.takes, longest=_LONGEST)
        yield ChoiceList()
        yield WritingArea()
        yield CannedList()

    def open(
        self,
        command: Command,
        subject: str,
        choices: Choices,
        draft: Mapping[str, str],
        wrong: Wrong | None = None,
        given: Mapping[str, str] = NOTHING,
    ) -> None:
        """Begins to ask; `choices` are values with labels by field, `draft` what was written before.

        What is `wrong` is said at once and asked for again; what was `given` already is not asked for.
        """
        self.command, self._subject, self._choices = command, subject, choices
        self._wrong = wrong or (lambda _name, _values: "")
        self._values, self._draft, self._step, self.sum = {**draft, **given}, dict(draft), 0, ""
        while self._field is not command.asks[-1] and self._is_given(given):
            self._step += 1
        self.display = True
        self._show()

    def _is_given(self, given: Mapping[str, str]) -> bool:
        return self._field.name in given and not self._wrong(self._field.name, self._values)

    @property
    def choices(self) -> Sequence[Choice] | None:
        """What the question can be answered with, None while that is read."""
        return self._choices.get(self._field.name)

    def supply(self, choices: Choices) -> None:
        """Adds choices that had to be read; what was typed meanwhile narrows them."""
        if self.is_open and choices:
            self._choices = {**self._choices, **choices}
            self.narrow(self.query_one(Input).value)
            self.hint()
            self.replay()

    def refill(self, draft: Mapping[str, str]) -> None:
        """Puts in what was written on another terminal; what was typed meanwhile stands after it."""
        if self.command is None:
            return
        now = self.written()
        for field in self.command.asks:
            if field.kind in WRITTEN and (text := draft.get(field.name, "")):
                typed = now.get(field.name, "")
                is_new = typed.strip() and typed != self._draft.get(field.name)
                between = "\n" if field.kind is Kind.AREA else " "
                self._values[field.name] = f"{text}{between}{typed}" if is_new else text
        self._draft = dict(draft)
        self._show()

    def written(self) -> dict[str, str]:
        """Gives what was answered and written so far."""
        if self.command is not None and self._field.kind in WRITTEN:
            return {**self._values, self._field.name: self._written() or ""}
        return dict(self._values)

    @property
    def is_long(self) -> bool:
        """Whether what is asked for is a text of several lines."""
        return self.command is not None and self._field.kind is Kind.AREA

    @property
    def is_typed_into(self) -> bool:
        """Whether something stands in the box that wasn't there before."""
        typed = self._written() if self._field.kind in WRITTEN else self.query_one(Input).value
        return bool(typed and typed.strip()) and typed != self._draft.get(self._field.name)

    @property
    def leaving(self) -> str:
        """How one gets away from the question."""
        return f"{in_force(self)['back'].key} leaves"

    def refuse(self, sentence: str) -> None:
        """Says beside the question why something can't be."""
        self.tell(f"! {sentence}", "bold")

    def resume(self) -> None:
        """Puts the focus back where the answer goes."""
        area = self.query_one(TextArea)
        if self.canned.display:
            self.canned.resume()
        else:
            self.screen.set_focus(area if area.display else self.query_one(Input))

    def action_resume(self) -> None:
        """Keeps the focus on the question; a path is completed."""
        if self.names_file:
            self.post_message(self.CompletionAsked(self.query_one(Input).value))
        else:
            self.resume()

    @property
    def is_open(self) -> bool:
        """Whether something is being asked."""
        return self.command is not None

    def close(self) -> None:
        """Stops asking."""
        self.command = None
        self.display = False

    @property
    def _field(self) -> Field:
        if self.command is None:
            raise RuntimeError("nothing is being asked")
        return self.command.asks[self._step]

    def _show(self) -> None:
        field = self._field
        line, area, options = self.query_one(Input), self.query_one(TextArea), self.query_one(ChoiceList)
        area.display = field.kind is Kind.AREA
        self.canned.display = field.kind is Kind.MACRO
        line.display = not area.display and not self.canned.display
        options.display = line.display and field.kind is not Kind.LINE
        options.held = []
        text = self._values.get(field.name, "")
        typed = text if field.kind is Kind.SUGGESTED or not options.display else ""
        options.otherwise = "as you write it" if field.kind is Kind.SUGGESTED else "nothing fits"
        if options.display:
            self.narrow(typed)
        self.hint()
        if self.canned.display:
            self.canned.open()
        elif area.display:
            area.text = text
            area.move_cursor(area.document.end)
            self.screen.set_focus(area)
        else:
            line.value = typed
            line.cursor_position = len(line.value)
            self.screen.set_focus(line)

    def hint(self) -> None:
        """Asks, with the keys that answer."""
        options = self.query_one(ChoiceList)
        last = self.command is not None and self._step + 1 == len(self.command.asks)
        leaves = "goes back" if self._step else "keeps it"
        names = ("send", "back", "editor", "canned", "attach")
        send, back, editor, canned, attach = (in_force(self)[name].key for name in names)
        files = f", {attach} file" if self.takes_files else ""
        hint = f"{send} {'sends' if last else 'goes on'}, {canned} canned, {editor} editor{files}, {back} {leaves}"
        hint = hint if self.is_long else f"⏎ next, {back} back"
        hint = f"type to narrow, {hint}" if self.canned.display else hint
        self.tell(f"{options.hint}, {hint}" if options.display else hint)

    def tell(self, hint: str, style: str = "dim") -> None:
        """Asks, and says something beside."""
        field = self._field
        label = f"{field.label} (optional)" if field.optional else field.label
        about = self._subject if self._step == 0 else self.sum or self._subject
        title = f"{self.command.label if self.command else ''} {about}"
        attached = f", {self.attached}" if self.attached else ""
        question = Text.assemble((title, "bold"), f" · {label}{attached}  ", (clean(hint), style))
        self.query_one("#question", Static).update(question)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self.is_open and self.query_one(ChoiceList).display:
            self.narrow(event.value)
        elif self.is_open:
            self.post_message(self.Touched())

    @on(TextArea.Changed)
    def _wrote(self, event: TextArea.Changed) -> None:
        event.stop()
        if self.is_open:
            self.post_message(self.Touched())

    def _written(self) -> str | None:
        if self._field.kind is Kind.AREA:
            return self.query_one(TextArea).text
        if self._field.kind is Kind.LINE:
            return self.query_one(Input).value
        if self._field.kind is Kind.MACRO:
            chosen = self.canned.chosen
            return None if chosen is None else chosen.key
        listed = self.query_one(ChoiceList).chosen
        if self._field.kind is Kind.SUGGESTED:
            typed = self.query_one(Input).value.strip()
            return typed if not listed or any(typed == value for value, _ in self.choices or ()) else listed
        return listed

    def action_next(self) -> None:
        """Takes the answer and asks the next field."""
        if self.names_file:
            self.name_file()
            return
        if self.canned.display and self.is_long:
            self.canned.pick()
            return
        written = self._written()
        if self.command is None:
            return
        if written is None or not (written.strip() or self._field.optional or (self.is_long and self.attached)):
            self.tell(f"it needs an answer; {self.leaving}")
            return
        self._values[self._field.name] = written
        if wrong := self._wrong(self._field.name, self._values):
            self.refuse(wrong)
            return
        if self._step + 1 < len(self.command.asks):
            self._step += 1
            self._show()
            return
        command, values = self.command, self._values
        self.close()
        self.post_message(self.Given(command, values))

    def action_leave(self) -> None:
        """Goes one field back; from the first, leaves with what was written so far."""
        if self.command is None:
            return
        if self.is_long and (self.canned.display or self.names_file):
            self.to_text()
            return
        self._values = self.written()
        if self._step:
            self._step -= 1
            self._show()
            return
        command, values = self.command, self._values
        self.close()
        self.post_message(self.Left(command, values))
