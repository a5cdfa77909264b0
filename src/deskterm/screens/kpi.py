"""The figures: a board at a time, its figures and tables or its charts, and where each of them comes from."""

from collections.abc import Hashable, Mapping
from typing import Final

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from deskterm.actions.command import Scope
from deskterm.actions.command_line import NOTHING
from deskterm.actions.fields import BOARDS
from deskterm.core.domain.figure_words import said
from deskterm.core.domain.words import Role
from deskterm.core.kpi_views import SHEET, By, Chart
from deskterm.widgets.asides import Asides
from deskterm.widgets.asking_boards import WHICH
from deskterm.widgets.board_lines import ChartAt, FigureAt, ListAt, Meaning, TicketAt, charts_of, figures_of, head_of
from deskterm.widgets.board_tabs import BoardTabs
from deskterm.widgets.drawn_once import redraw
from deskterm.widgets.palette import Palette
from deskterm.widgets.prompt import Prompt
from deskterm.widgets.reading_boards import Way
from deskterm.widgets.registered import bindings
from deskterm.widgets.sheet import Sheet, SheetLine
from deskterm.widgets.status_line import StatusLine

_NAMES: Final = tuple(name for _, name, _ in BOARDS)
_HINTS: Final = ("tickets", "explain_figure", "period", "narrow", "by", "charts", "back", "help")
_ASIDE: Final = ("tickets", "back", "help")


class KpiScreen(Asides):
    """A board; the cursor goes over its figures, and each leads to its tickets."""

    CSS_PATH = "kpi.tcss"
    SCOPE = Scope.KPI
    BINDINGS = bindings(Scope.KPI)

    def __init__(self) -> None:
        """Opens on what its reader asks for first."""
        super().__init__()
        self._has_charts = False
        self._head = Text()

    def compose(self) -> ComposeResult:
        """Gives the head, the boards, the sheet, and the bars at the bottom."""
        yield Palette()
        yield Static(id="about")
        yield BoardTabs()
        yield Sheet[Meaning]()
        yield Prompt()
        yield StatusLine()

    def on_mount(self) -> None:
        """Reads the first board: who leads nobody begins with their own sheet."""
        self.refocus()
        self.hint()
        self.sheet.show([SheetLine((("Reckoning...", "italic"),))])
        self.show_board(SHEET if self.gateway.actor.role is Role.AGENT else _NAMES[0], self.wanted)
        self.gateway.ask(self, "boards", lambda desk: desk.boards(), self._has_boards, self.failed)

    def _has_boards(self, found: tuple[tuple[str, str], ...]) -> None:
        self.tabs.names = tuple(name for name, _ in found)
        self.tabs.draw()

    @property
    def tabs(self) -> BoardTabs:
        """The boards that there are."""
        return self.query_one(BoardTabs)

    @property
    def sheet(self) -> Sheet[Meaning]:
        """What is read."""
        return self.query_one(Sheet)

    def refocus(self) -> None:
        """Puts the focus on the sheet."""
        self.set_focus(self.sheet)

    def hint(self) -> None:
        """Shows the keys of the moment."""
        names = _HINTS if self.aside is None else _ASIDE
        self.status_line.hint((self.registry[name] for name in names), awaited=self.host.awaited)

    def unread(self) -> None:
        """Says how to try again."""
        sentence = f"This can't be read now. The key {self.registry['reload'].key} tries again."
        self.sheet.show([SheetLine(((sentence, "italic"),))])

    @on(Sheet.Resized)
    def _fit(self) -> None:
        self.draw()

    def draw(self, at: Hashable = None) -> None:
        """Draws what is shown, as wide as there is room; the cursor comes to the place `at`."""
        self.tabs.show(self.board_name)
        if self.board is None:
            return
        head = head_of(self.board)
        if head != self._head:
            self._head = head
            redraw(self.query_one("#about", Static), head)
        size, board = self.sheet.size, self.board
        if self.aside is not None:
            lines = self.aside(size.width)
        elif self._has_charts:
            lines = charts_of(board, size.width, size.height)
        else:
            lines = figures_of(board, size.width)
        self.sheet.show(lines, at=at)

    def run_command(self, command_id: str, values: Mapping[str, str] = NOTHING) -> None:
        """Runs a command; the boards' own come by their names."""
        name = command_id.removeprefix("board_")
        if name in _NAMES and not self.prompt.is_open and not self.palette.is_open:
            self._go(name)
        else:
            super().run_command(command_id, values)

    def _go(self, name: str) -> None:
        if not name:
            return
        self.ways.clear()
        self.show_board(name, self.wanted)

    def do_board_next(self) -> None:
        """Shows the board to the right."""
        self._go(self.tabs.beside(1))

    def do_board_previous(self) -> None:
        """Shows the board to the left."""
        self._go(self.tabs.beside(-1))

    def do_charts(self) -> None:
        """Shows charts in place of the figures, or the figures again."""
        self.aside, self._has_charts = None, not self._has_charts
        self.hint()
        self.draw()

    def do_narrow_here(self) -> None:
        """Shows the board of the line under the cursor."""
        spot = self.sheet.spot
        if spot is None or not isinstance(spot.meaning, FigureAt) or spot.meaning.line is None:
            self.status_line.refuse("there is no line of a table under the cursor: move to one first")
            return
        wanted = spot.meaning.board_of_line(self.wanted)
        if wanted is None:
            self.status_line.refuse(f"there is no board of one {spot.meaning.by} alone")
            return
        here = Way(self.board_name, self.wanted, spot.key)
        name = SHEET if spot.meaning.by == By.PERSON else self.board_name
        self.show_board(name, wanted, left=here)

    def do_tickets(self) -> None:
        """Opens the tickets behind the figure, the ticket, or asks which bar of the chart."""
        meaning = self._meaning()
        if isinstance(meaning, TicketAt):
            self.host.open_ticket(meaning.ticket_id)
        elif isinstance(meaning, ChartAt):
            self._ask_chart(meaning.chart)
        elif isinstance(meaning, ListAt):
            self._list(meaning.wanted, "there are no tickets behind that")
        elif isinstance(meaning, FigureAt):
            self._list(meaning.figure.drill, f"{meaning.figure.label} has no tickets behind it")

    def do_missed(self) -> None:
        """Opens the tickets that fell short in the figure."""
        meaning = self._meaning()
        if isinstance(meaning, FigureAt):
            self._list(meaning.figure.drill_missed, f"nothing can fall short in {meaning.figure.label}")
        else:
            self.status_line.refuse("there is no figure under the cursor")

    def _meaning(self) -> Meaning | None:
        spot = self.sheet.spot
        return None if spot is None else spot.meaning

    def _list(self, drill: str, why_not: str) -> None:
        if drill:
            self.host.open_list(drill)
        else:
            self.status_line.refuse(why_not)

    def _ask_chart(self, chart: Chart) -> None:
        choices = [
            (drill, f"{label}  {_values(chart, place)}")
            for place, (label, drill) in enumerate(zip(chart.labels, chart.drills, strict=False))
            if drill
        ]
        if not choices:
            self.status_line.refuse(f"{chart.title}: no bar or cell of it lists its tickets, but the figures above do")
            return
        self.ask_which("tickets", chart.title, choices)

    def given(self, command_id: str, values: Mapping[str, str]) -> None:
        """Takes what was answered: a bar of a chart, or what the board is to be of."""
        if command_id == "tickets":
            self.host.open_list(values[WHICH])
        else:
            super().given(command_id, values)

    def do_back(self) -> None:
        """Leaves what is being reckoned, the explanation, the board of a line, or the boards."""
        if self.is_reading and self.board is not None:
            self.leave_reading()
        elif self.aside is not None:
            self.leave_aside()
        elif self.ways:
            way = self.ways.pop()
            self.show_board(way.name, way.wanted, at=way.at)
        else:
            self.app.pop_screen()

    def do_reload(self) -> None:
        """Reads the board anew."""
        self.hint()
        self.show_board(self.board_name, self.wanted)

    def do_down(self) -> None:
        """Moves one down."""
        self.sheet.move(1)

    def do_up(self) -> None:
        """Moves one up."""
        self.sheet.move(-1)

    def do_cell_right(self) -> None:
        """Moves to the figure to the right."""
        self.sheet.step(1)

    def do_cell_left(self) -> None:
        """Moves to the figure to the left."""
        self.sheet.step(-1)

    def do_page_down(self) -> None:
        """Turns a page down."""
        self.sheet.turn_page(1)

    def do_page_up(self) -> None:
        """Turns a page up."""
        self.sheet.turn_page(-1)

    def do_top(self) -> None:
        """Goes to the first figure."""
        self.sheet.go_to_end(last=False)

    def do_bottom(self) -> None:
        """Goes to the last figure."""
        self.sheet.go_to_end(last=True)


def _values(chart: Chart, place: int) -> str:
    """Gives what a chart says at a label, in words."""
    return ", ".join(f"{one.name} {said(one.values[place], chart.unit)}" for one in chart.series)
