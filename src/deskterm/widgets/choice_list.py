"""What a question can be answered with: narrowed by typing, moved through, or chosen by its number with one key."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from deskterm.core.domain.text import clean

_DIGITS: Final = "123456789"
Choice = tuple[str, str]
"""A value, and the label that people read; after two spaces the label says more about it."""
LEAVE: Final[Choice] = ("", "leave it as it is")
"""The answer that changes nothing; it has the number 0."""


def narrowed(choices: Sequence[Choice], words: str) -> list[Choice]:
    """Gives the choices in whose value or label every word is."""
    return [
        (value, label)
        for value, label in choices
        if all(word in f"{value} {label}".lower() for word in words.lower().split())
    ]


def is_numbered(choices: Sequence[Choice]) -> bool:
    """Gives whether a digit can only mean the place of a choice: none is named by the number of another."""
    names = [f"{value} {label.split('  ')[0]}" for value, label in choices]
    return not any(
        digit in name
        for place, digit in enumerate(_DIGITS[: len(names)])
        for name in names[:place] + names[place + 1 :]
    )


class ChoiceLine(Input):
    """The line beside a list; a key that is an answer by itself isn't typed into it."""

    def __init__(self, taken: Callable[[Key], bool], *, longest: int) -> None:
        """Asks `taken` of every key whether it was one."""
        super().__init__(id="line", max_length=longest, compact=True, select_on_focus=False)
        self.cursor_blink = False
        self._taken = taken

    def on_key(self, event: Key) -> None:
        """Keeps from the line what was an answer."""
        if self._taken(event):
            event.stop()
            event.prevent_default()


class ChoiceList(OptionList):
    """The choices that fit what was typed. Until they were read, what is typed after a number waits for them."""

    def __init__(self) -> None:
        """Offers nothing yet."""
        super().__init__(id="list", compact=True)
        self.held: list[Key] = []
        """The keys that wait until it is known what there is to choose from."""
        self.otherwise = "nothing fits"
        """What stands in place of choices when none fits."""
        self._listed: list[Choice] = []
        self._is_numbered = self._is_read = False

    @property
    def chosen(self) -> str | None:
        """The value of the choice that is highlighted, None when nothing fits."""
        return None if self.highlighted is None else self._listed[self.highlighted][0]

    @property
    def hint(self) -> str:
        """How a choice is made."""
        if not self._is_numbered:
            return "type to narrow"
        many = sum(choice != LEAVE for choice in self._listed)
        return f"{0 if LEAVE in self._listed else 1}-{min(many, len(_DIGITS))} or type"

    def offer(self, choices: Sequence[Choice] | None, words: str = "") -> None:
        """Shows the choices that fit some words; None when they are still to be read."""
        self._is_read = choices is not None
        self._listed = narrowed(choices or (), words)
        self._is_numbered = bool(self._listed) and not words and is_numbered(self._listed)
        self.clear_options()
        for place, (_, label) in enumerate(self._listed):
            self.add_option(Content(self._number(place) + clean(label)))
        if not self._listed:
            self.add_option(Option(Content(self.otherwise), disabled=True))
        stays = not words and LEAVE in self._listed  # Enter alone changes nothing then
        self.highlighted = self._listed.index(LEAVE) if stays else 0 if self._listed else None

    def _number(self, place: int) -> str:
        if not self._is_numbered:
            return ""
        if self._listed[place] == LEAVE:
            return "0 "
        return f"{_DIGITS[place]} " if place < len(_DIGITS) else "  "

    def takes(self, event: Key, words: str) -> bool:
        """Gives whether a key isn't for the line: it chose, or waits for what there is to choose from."""
        if not self._is_read and (self.held or (event.key in {"0", *_DIGITS} and not words)):
            self.held.append(event)
            return True
        return not words and self.choose(event.key)

    def choose(self, digit: str) -> bool:
        """Highlights the choice with this number; gives whether there is one."""
        place = next((n for n in range(len(self._listed)) if self._number(n) == f"{digit} "), None)
        if place is not None:
            self.highlighted = place
        return place is not None


class Choosing(Vertical):
    """What asks, by typing or from a list."""

    @dataclass
    class TypedAhead(Message):
        """Keys that were typed before the last answer was known to be one: they are for whatever comes after it."""

        keys: list[Key]

    @property
    @abstractmethod
    def choices(self) -> Sequence[Choice] | None:
        """What the question can be answered with, None while that is read."""

    @abstractmethod
    def action_next(self) -> None:
        """Takes the answer and asks the next."""

    def narrow(self, words: str) -> None:
        """Lists the choices that fit some words."""
        self.query_one(ChoiceList).offer(self.choices, words)

    def takes(self, event: Key) -> bool:
        """Gives whether a key was an answer by itself, or waits until it is known what it means."""
        choices = self.query_one(ChoiceList)
        if not choices.display or not choices.takes(event, self.query_one(Input).value):
            return False
        if not choices.held:
            self.action_next()
        return True

    def replay(self) -> None:
        """Types what waited for the choices."""
        choices, line = self.query_one(ChoiceList), self.query_one(Input)
        held, choices.held = choices.held, []
        for place, event in enumerate(held):
            if not self.display:
                self.post_message(self.TypedAhead(held[place:]))
                return
            if event.key == "enter":
                self.action_next()
            elif not self.takes(event) and event.character is not None and event.is_printable:
                line.insert_text_at_cursor(event.character)
                if choices.display:
                    self.narrow(line.value)

    def on_key(self, event: Key) -> None:
        """Moves the list while the words are typed."""
        options = self.query_one(ChoiceList)
        if options.display and event.key in {"up", "down"}:
            event.stop()
            options.action_cursor_up() if event.key == "up" else options.action_cursor_down()

    @on(OptionList.OptionSelected)
    def _picked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_next()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_next()
