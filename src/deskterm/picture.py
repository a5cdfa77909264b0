"""The first rows as they stand on the screen before Textual is loaded: the same lines, in plain attributes.

Textual paints over them, and brings the colours of single cells, the marks and the bar at the bottom.
"""

import shutil
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from deskterm.core.domain.filter_terms import Filter
from deskterm.core.domain.words import Role
from deskterm.core.named_views import BUILT_IN, FOR_REQUESTERS, home
from deskterm.grounds import GROUNDS
from deskterm.widgets.lines import LEAST, PREVIEW, Piece, has_preview, pieces, titles
from deskterm.widgets.tab_line import REQUESTED, tab_line
from deskterm.widgets.ticket_columns import queue_columns, request_columns

if TYPE_CHECKING:
    from deskterm.core.services.first_page import FirstPage
    from deskterm.settings import Settings

_BARS: Final = 3
"""The lines that no row is on: tabs, header, and the bar at the bottom."""
_TINTS: Final = {"bold": "1", "bold red": "1", "dim": "2"}


def picture(first: "FirstPage", settings: "Settings", environment: Mapping[str, str]) -> str:
    """Gives what draws the list that the screens open on, "" where there is nothing to draw or no room."""
    width, height = shutil.get_terminal_size()
    if width < LEAST[0] or height < LEAST[1] or not first.page.rows:
        return ""
    theme = settings.theme if environment.get("COLORTERM") in {"truecolor", "24bit"} else ""
    return _painted(_tabs(first, width), _table(first, settings, width, height), _Paints(theme, environment))


class _Paints:
    """How text is set apart: in the theme's own colours where the terminal has them all, else without colours."""

    def __init__(self, theme: str, environment: Mapping[str, str]) -> None:
        grounds = None if "NO_COLOR" in environment else GROUNDS.get(theme)
        self.text = _sgr(*_on(grounds.ink, grounds.paper)) if grounds else _sgr()
        self.bar = _sgr(*_on(grounds.ink, grounds.panel)) if grounds else _sgr()
        self.cursor = _sgr(*_on(grounds.cursor_ink, grounds.cursor_paper)) if grounds else _sgr("7")


def _painted(tabs: tuple[str, str, str], table: list[list[Piece]], paints: _Paints) -> str:
    before, current, after = tabs
    lines = [
        f"{paints.bar}{before}\x1b[1;7m{current}{paints.bar}{after}\x1b[K",
        f"{paints.bar}\x1b[1m{_line(table[0])}",
    ]
    lines.append(paints.cursor + _line(table[1]))
    lines += (paints.text + "".join(_tinted(piece, paints.text) for piece in line) for line in table[2:])
    places = (f"\x1b[{number};1H{line}" for number, line in enumerate(lines, 1))
    return f"{paints.text}\x1b[2J{''.join(places)}\x1b[0m"


def _table(first: "FirstPage", settings: "Settings", width: int, height: int) -> list[list[Piece]]:
    """Gives the header and the rows that there is room for, as they are at first."""
    view = home(first.actor.role)
    order = view.opens_in(view.narrowed(Filter()))
    if first.actor.role is Role.REQUESTER:
        columns = request_columns(order)
    else:
        columns = queue_columns(first.profile, view.base, order, settings.columns)
    room = width - (PREVIEW if has_preview(width, settings.preview_columns) else 0)
    rows = ([column.cell(row) for column in columns] for row in first.page.rows[: height - _BARS])
    return [pieces(columns, cells, room) for cells in (titles(columns), *rows)]


def _tabs(first: "FirstPage", width: int) -> tuple[str, str, str]:
    is_requester = first.actor.role is Role.REQUESTER
    views = FOR_REQUESTERS if is_requester else BUILT_IN
    line = tab_line(
        views,
        views.index(home(first.actor.role)),
        width,
        labels=REQUESTED if is_requester else {},
        counts={},
        who=first.actor.name,
    )
    return line.before, line.current, f"{line.after}\x1b[2m{line.who}"


def _line(line: list[Piece]) -> str:
    return "".join(piece.text + piece.gap for piece in line)


def _tinted(piece: Piece, text: str) -> str:
    code = _TINTS.get(piece.tint)
    return f"\x1b[{code}m{piece.text}{text}{piece.gap}" if code else piece.text + piece.gap


def _on(ink: str, paper: str) -> tuple[str, str]:
    return f"38;2;{_rgb(ink)}", f"48;2;{_rgb(paper)}"


def _rgb(colour: str) -> str:
    return ";".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))


def _sgr(*codes: str) -> str:
    return f"\x1b[{';'.join(('0', *codes))}m"
