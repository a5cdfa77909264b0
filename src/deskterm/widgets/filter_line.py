"""The line that narrows a list: answered while it is typed, completed by tab; Enter keeps it, Esc goes back."""

from dataclasses import dataclass
from typing import ClassVar, Final

from rich.highlighter import Highlighter
from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input, Static

from deskterm.core.domain.errors import DesktermError, FilterError
from deskterm.core.domain.filter_completion import Completion, Vocabulary, completions
from deskterm.core.domain.filter_keys import KEYS
from deskterm.core.domain.filter_terms import Filter, Word
from deskterm.core.domain.filters import Placed, located, parse_filter, print_term
from deskterm.core.domain.text import clean

_NOTHING_READ: Final = Vocabulary({})


class FilterHint(Static):
    """What could be typed next, or why what was typed can't be read; there only while the line is edited."""

    DEFAULT_CSS = """
    FilterHint { height: auto; max-height: 2; padding: 0 1; display: none; color: $text-muted; }
    """

    def offer(self, found: list[Completion]) -> None:
        """Shows what could follow: tab takes the first."""
        text = Text(no_wrap=True, overflow="ellipsis")
        for number, one in enumerate(found):
            text.append("tab " if number == 0 else "  ", style="bold" if number == 0 else "")
            text.append(clean(one.label), style="bold underline" if number == 0 else "")
        self.update(text)

    def refuse(self, sentence: str) -> None:
        """Shows why what was typed can't be read."""
        self.update(Text.assemble(("! ", "bold"), clean(sentence)))


class _Mark(Highlighter):
    """Underlines the word that can't be read."""

    start = end = 0

    def highlight(self, text: Text) -> None:
        """Marks it, where there is one."""
        if self.end > self.start:
            text.stylize("bold underline", self.start, self.end)


class FilterLine(Input):
    """Edits a filter. While it is edited, `before` is what comes back with Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", "complete", show=False)]

    @dataclass
    class Typed(Message):
        """What stands in the line can be read."""

        wanted: Filter

    @dataclass
    class Kept(Message):
        """Enter: the filter stays."""

        wanted: Filter

    @dataclass
    class Refused(Message):
        """Enter on what can't be read."""

        sentence: str

    class Opened(Message):
        """The line is edited from now on."""

    def __init__(self, hint: FilterHint) -> None:
        """Makes an empty line that is not shown."""
        self._mark = _Mark()
        super().__init__(
            id="filter", compact=True, highlighter=self._mark, placeholder="status:open prio:<=2 dept:it @me words"
        )
        self.cursor_blink = False
        self.display = False
        self.vocabulary = _NOTHING_READ
        self._hint = hint
        self._before: str | None = None
        self._error: DesktermError | None = None

    @property
    def is_edited(self) -> bool:
        """Whether something is being typed that was not kept yet."""
        return self._before is not None

    def on_focus(self) -> None:
        """Begins to edit: what stands there now is what Esc brings back."""
        if self._before is None and self.display:  # Textual focuses for a moment what a new screen doesn't show
            self._before = self.value
            self.post_message(self.Opened())
            self._look()

    def learn(self, vocabulary: Vocabulary) -> None:
        """Takes what there is to choose from."""
        self.vocabulary = vocabulary
        self._look()

    def take(self, wanted: str) -> None:
        """Takes a filter that was written elsewhere, as if it had been typed here and Enter pressed."""
        self.display = True
        self.value, self.cursor_position = wanted, len(wanted)
        try:
            kept = parse_filter(wanted)
        except DesktermError as error:
            self._before = ""
            self._look()
            self.post_message(self.Refused(str(error)))
            self.screen.set_focus(self)
            return
        self._before = None
        self._close()
        self.post_message(self.Kept(kept))

    def leave(self) -> Filter:
        """Ends editing, and gives the filter that was there before."""
        self.value, self._before = self._before or "", None
        self._close()
        return parse_filter(self.value)

    def stand(self, wanted: str) -> None:
        """Shows a filter that is in force already."""
        self.value = wanted
        self._close()

    def clear_filter(self) -> None:
        """Takes the filter away."""
        self.stand("")

    def refuse(self, error: FilterError) -> None:
        """Marks the word of an error that only the desk could find: a department that it doesn't have."""
        places = [(start, end) for term, start, end in located(self.value) if print_term(term) == error.word]
        self._wrong(error, *(places[0] if places else (0, 0)), self._completions())

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.is_edited:
            self._look()
            if self._error is None:
                self.post_message(self.Typed(self._live()))

    def _live(self) -> Filter:
        """Gives what is answered by now: a word that may yet become a key, `sta`, is looked for when it is over."""
        return Filter(tuple(placed.term for placed in located(self.value) if not self._may_become_a_key(placed)))

    def _may_become_a_key(self, placed: Placed) -> bool:
        term, start, end = placed
        is_typed = start < self.cursor_position <= end
        return is_typed and isinstance(term, Word) and any(key.startswith(term.text.lower()) for key in KEYS)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._error is not None:
            self.post_message(self.Refused(str(self._error)))
            return
        self._before = None
        self._close()
        self.post_message(self.Kept(parse_filter(self.value)))

    def action_complete(self) -> None:
        """Takes the first completion; where there is none, nothing happens and the focus stays."""
        if found := self._completions():
            self.value, self.cursor_position = found[0].text, found[0].cursor

    def _completions(self) -> list[Completion]:
        return completions(self.value, self.cursor_position, self.vocabulary)

    def _look(self) -> None:
        """Shows what could follow, or what can't be read."""
        if not self.is_edited:
            return
        self._hint.display = True
        self._error, self._mark.end, found = None, 0, self._completions()
        self._hint.offer(found)
        try:
            parse_filter(self.value)
        except FilterError as error:
            self._wrong(error, error.start, error.end, found)
        except DesktermError as error:
            self._wrong(error, 0, 0, [])

    def _wrong(self, error: DesktermError, start: int, end: int, found: list[Completion]) -> None:
        """Keeps what is wrong, and shows it unless that is the word being typed and something completes it."""
        self._error = error
        if not (found and start < self.cursor_position <= end):
            self._mark.start, self._mark.end = start, end
            self._hint.refuse(str(error))
            self.refresh()

    def _close(self) -> None:
        self._error, self._mark.end = None, 0
        self._hint.display = False
        self.display = bool(self.value.strip())
        self.refresh()
