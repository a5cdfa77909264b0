"""The bottom line: what just happened, or what can be done. It takes up to four lines when a sentence needs them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from rich.cells import cell_len
from rich.text import Text
from textual.widgets import Static

from deskterm.actions.command import Command
from deskterm.actions.registry import Registry
from deskterm.core.domain.text import clean
from deskterm.widgets.drawn_once import redraw
from deskterm.widgets.fit import fit
from deskterm.widgets.registered import in_force

if TYPE_CHECKING:
    from deskterm.widgets.host import Host

_PADDING: Final = 2


def keys(text: Text, commands: Iterable[Command]) -> None:
    """Appends keys with their labels; a key is never parted from its label."""
    for command in commands:
        text.append(f" {command.key}", style="bold underline")
        text.append(f"\N{NO-BREAK SPACE}{command.label.replace(' ', chr(0xA0))}")


class StatusLine(Static):
    """The bottom line: key hints, or the last sentence until the next key hint is due."""

    DEFAULT_CSS = """
    StatusLine { height: auto; max-height: 4; padding: 0 1; background: $panel; color: $foreground; }
    """

    has_news = False

    def __init__(self) -> None:
        """Shows nothing yet."""
        super().__init__()
        self._hinted: _Hinted | None = None
        self._fresh = self._marked = 0
        self._present = self._soon = ""
        self._text = Text()

    def fresh(self, count: int) -> None:
        """Shows, before whatever stands here, how many tickets are new in the list that is up; 0 shows nothing."""
        if count != self._fresh:
            self._fresh = count
            self._redraw()

    def marked(self, count: int) -> None:
        """Shows, before whatever stands here, how many tickets are marked; 0 shows nothing."""
        if count != self._marked:
            self._marked = count
            self._redraw()

    def present(self, sentence: str) -> None:
        """Shows, before whatever stands here, who else has the ticket open; "" shows nothing."""
        if sentence != self._present:
            self._present = sentence
            self._redraw()

    def soon(self, sentence: str) -> None:
        """Shows, after what was done last or in place of the keys, what is about to leave; "" shows nothing."""
        if sentence != self._soon:
            self._soon = sentence
            self._draw()

    def _redraw(self) -> None:
        if self._hinted is not None and not self.has_news:
            self._draw_hint(self._hinted)
        self._draw()

    def _put(self, text: Text) -> None:
        if text != self._text:
            self._text = text
            self._draw()

    def _draw(self) -> None:
        pill, text = self._pill(), self._text
        if self._soon:
            text = Text.assemble(text if self.has_news else "", *_next(self._soon))
        redraw(self, Text.assemble(pill, text) if pill else text)

    def _pill(self) -> Text:
        """Gives what stands before everything else, that this is the past first: each at most half of a line."""
        fresh = f"{self._fresh} new, press {in_force(self)['reload'].key}" if self._fresh else ""
        marked = f"{self._marked} marked" if self._marked else ""
        present = clean(self._present)
        then = cast("Host", self.app).gateway.as_of_said
        past = f"{then}, read-only" if then else ""
        room = (self.app.size.width - _PADDING) // 2
        said = [one if cell_len(one) <= room else fit(one, room) for one in (past, fresh, marked, present) if one]
        parts = ((part.replace(" ", "\N{NO-BREAK SPACE}"), "bold reverse") for part in said)
        return Text(" ").join([Text(*part) for part in parts]) + (Text(" ") if said else Text())

    def hint(self, commands: Iterable[Command], *, notices: int = 0, awaited: int = 0) -> None:
        """Shows keys with their labels, how many notices are new, and how many purchases wait for a decision.

        Keys that have no room on the line are left out, the last but one first: the last one leads to all others.
        """
        self.has_news = False
        self._hinted = _Hinted(tuple(commands), notices, awaited)
        self._draw_hint(self._hinted)

    def on_mount(self) -> None:
        """Shows what stands here also where no keys are shown."""
        self._draw()

    def on_resize(self) -> None:
        """Shows the keys that have room now."""
        if self._hinted is not None and not self.has_news:
            self._draw_hint(self._hinted)

    def _draw_hint(self, hinted: "_Hinted") -> None:
        *most, last = hinted.commands
        registry = in_force(self)
        room = self.app.size.width - _PADDING - self._pill().cell_len
        while most and _hint((*most, last), hinted.notices, hinted.awaited, registry).cell_len > room:
            most.pop()
        self._put(_hint((*most, last), hinted.notices, hinted.awaited, registry))

    def say(self, sentence: str, *, then: str = "") -> None:
        """Shows what was done, and `then` what is about to be."""
        self.has_news = True
        self._put(Text.assemble(("✓ ", "bold"), clean(sentence), *_next(then)))

    def refuse(self, sentence: str, *, then: str = "") -> None:
        """Shows why something can't be done, and `then` what is about to be."""
        self.has_news = True
        self._put(Text.assemble(("! ", "bold reverse"), " ", clean(sentence), *_next(then)))

    def announce(self, sentence: str) -> None:
        """Shows what is about to be done, or would be."""
        self.has_news = True
        self._put(Text.assemble(("▸ ", "bold"), (clean(sentence), "bold")))


class _Hinted(NamedTuple):
    commands: tuple[Command, ...]
    notices: int
    awaited: int


def _hint(commands: Iterable[Command], notices: int, awaited: int, registry: Registry) -> Text:
    text = Text(no_wrap=False)
    if notices:
        text.append(f"●{notices}\N{NO-BREAK SPACE}{registry['notices'].key}", style="bold reverse")
    if notices and awaited:
        text.append(" ")
    if awaited:
        text.append(f"◆{awaited}\N{NO-BREAK SPACE}{registry['approvals'].key}", style="bold reverse")
    keys(text, commands)
    return text


def _next(sentence: str) -> tuple[tuple[str, str], ...]:
    return ((f" ▸ {clean(sentence)}", "bold"),) if sentence else ()
