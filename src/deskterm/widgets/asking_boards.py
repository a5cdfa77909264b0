"""What a board is asked for: which period, of whom, by what; asked in the bar, or stepped through by keys."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final

from textual import on

from deskterm.actions.command import Command, Field, Kind
from deskterm.actions.command_line import Choices
from deskterm.actions.fields import PERIODS
from deskterm.core.domain.drafts import NO_TICKET
from deskterm.core.domain.errors import DesktermError, InvalidInput
from deskterm.core.domain.filter_completion import Vocabulary
from deskterm.core.domain.periods import beside, period
from deskterm.core.kpi_views import Asked, By, Compare
from deskterm.widgets.acts import Subject
from deskterm.widgets.prompt import Prompt
from deskterm.widgets.reading_boards import ReadingBoards

if TYPE_CHECKING:
    from deskterm.core.domain.people import Person

_NO_SUBJECT: Final = Subject(NO_TICKET, 0)
_MONTHS: Final = 12
_YEARS: Final = 3
_EVERYTHING: Final = "all"
WHICH: Final = "which"
"""What is answered when it is asked which bar of a chart is meant."""
_PARTS: Final = ("dept", "person", "prio", "category")
"""What a board is narrowed by, as one writes it."""
_HOW: Final = "dept:KEY, person:LOGIN, prio:KEY, category:KEY, or all"
_OFFERED: Final = (
    ("dept", "dept", "department"), ("person", "to", "person"), ("prio", "prio", "priority"),
    ("category", "category", "category"),
)  # fmt: skip
"""What is offered for that: by which words of filters, and what it is called."""


class AskingBoards(ReadingBoards):
    """A screen that shows a board; what is asked for stays until an answer says that it can't be."""

    def ask_again(self, command_id: str, typed: str, why: str) -> None:
        """Asks with what was typed before, and says why it can't be."""
        self._ask(command_id, typed)
        self.prompt.refuse(why)

    def do_period(self, span: str = "") -> None:
        """Asks for a period, or takes one."""
        self._take("period", span) if span else self._ask("period")

    def do_period_before(self) -> None:
        """Goes to the period before."""
        self._step(-1)

    def do_period_after(self) -> None:
        """Goes to the period after."""
        self._step(1)

    def _step(self, by: int) -> None:
        if self._today is not None and self.board is not None:
            now = period(self.wanted.period, self._today, self.board.period.zone)
            self.show_board(self.board_name, self.wanted._replace(period=beside(now, by)))

    def do_compare(self) -> None:
        """Compares with the period before, or with the same a year ago."""
        other = Compare.YEAR if self.wanted.compare is Compare.BEFORE else Compare.BEFORE
        self.show_board(self.board_name, self.wanted._replace(compare=other))

    def do_by(self) -> None:
        """Breaks the first table down by the next."""
        shown = self.board.tables[0].by if self.board is not None and self.board.tables else ""
        now = self.wanted.by or shown
        order = list(By)
        place = order.index(By(now)) if now in order else -1
        then = order[(place + 1) % len(order)]
        self.status_line.say(f"the table below is broken down by {then}")
        self.show_board(self.board_name, self.wanted._replace(by=then))

    def do_narrow(self, of: str = "") -> None:
        """Asks of whom or what the board is to be, or takes it."""
        if of:
            self._take("narrow", of)
            return
        self._ask("narrow")
        self.gateway.ask(self, "vocabulary", lambda desk: desk.vocabulary(of_boards=True), self._offer, self.failed)

    def _offer(self, found: Vocabulary) -> None:
        if self.prompt.command is not None and self.prompt.command.id == "narrow":
            self.prompt.supply({"of": list(_whom(found, self.gateway.actor))})

    def _take(self, command_id: str, typed: str) -> None:
        try:
            wanted = (
                self.wanted._replace(period=typed.strip()) if command_id == "period" else narrowed(self.wanted, typed)
            )
        except InvalidInput as error:
            self.ask_again(command_id, typed, str(error))
            return
        self.show_board(self.board_name, wanted, refused=partial(self._refused_board, command_id, typed))

    def _ask(self, command_id: str, typed: str = "") -> None:
        command = self.registry[command_id]
        name = command.asks[0].name
        ready: Choices = {name: list(_periods(self._today))} if command_id == "period" else {}
        about = "" if self.board is None else self.board.period.words if command_id == "period" else self.board.scope
        self._open(command, about, ready, {name: typed} if typed else {})

    def _open(self, command: Command, about: str, ready: Choices, typed: Mapping[str, str]) -> None:
        self.hint()
        self.add_class("-asking")
        self._asked, self._stood = _NO_SUBJECT, {}
        self.prompt.open(command, about, ready, typed)

    @property
    def _today(self) -> date | None:
        return None if self.board is None else self.board.made_at.astimezone(self.board.period.zone).date()

    @on(Prompt.Touched)
    def _typing(self, event: Prompt.Touched) -> None:
        event.stop().prevent_default()  # it is about no ticket: nothing of it is a draft of one

    @on(Prompt.Given)
    def _answered(self, event: Prompt.Given) -> None:
        event.stop().prevent_default()
        self.unasked()
        self.given(event.command.id, event.values)

    def ask_which(self, command_id: str, about: str, choices: Sequence[tuple[str, str]]) -> None:
        """Asks which of some things a command is for."""
        command = replace(self.registry[command_id], asks=(Field(WHICH, "Which", Kind.CHOICE),))
        self._open(command, about, {WHICH: choices}, {})

    def given(self, command_id: str, values: Mapping[str, str]) -> None:
        """Takes what was answered."""
        self._take(command_id, next(iter(values.values()), ""))

    @on(Prompt.Left)
    def _let_be(self, event: Prompt.Left) -> None:
        event.stop().prevent_default()
        self.unasked()
        self.hint()

    def _refused_board(self, asked_by: str, typed: str, error: DesktermError) -> None:
        if self.is_active and not self.prompt.is_open:
            self.ask_again(asked_by, typed, str(error))
        else:
            self.failed(error)


def narrowed(wanted: Asked, typed: str) -> Asked:
    """Gives what is asked for when `dept:it prio:high` was written besides a period; `all` is everything.

    Raises:
        InvalidInput: says what can be written.
    """
    found = dict.fromkeys(_PARTS, "")
    for word in typed.split() if typed.strip().lower() != _EVERYTHING else ():
        key, _, value = word.partition(":")
        if not value or key.lower() not in found:
            raise InvalidInput(f"there is no board of {word!r}: write {_HOW}")
        found[key.lower()] = value
    return wanted._replace(
        department=found["dept"], person=found["person"], priority=found["prio"], category=found["category"]
    )


def _periods(today: date | None) -> Iterator[tuple[str, str]]:
    """Gives the periods to choose from: those with a name, the last years, the last months."""
    yield from PERIODS
    if today is None:
        return
    yield from ((str(today.year - n), f"the year {today.year - n}") for n in range(_YEARS))
    for n in range(_MONTHS):
        year, month = divmod(today.year * 12 + today.month - 1 - n, 12)
        yield f"{year}-{month + 1:02}", f"{date(year, month + 1, 1):%B %Y}"


def _whom(found: Vocabulary, actor: "Person") -> Iterator[tuple[str, str]]:
    """Gives what a board can be of."""
    yield _EVERYTHING, "all that you may see"
    for key, vocabulary, word in _OFFERED:
        for choice in found.choices.get(vocabulary, ()):
            mine = ", yours" if key == "person" and choice.value == actor.login else ""
            yield f"{key}:{choice.value}", f"{word} {choice.label}{mine}  {key}:{choice.value}"
