"""What is painted before Textual is loaded: the lines of the list, as wide as the screen, in few attributes."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from deskterm.core.desk import Desk
from deskterm.core.services.first_page import FirstPage, first_page
from deskterm.core.services.intake import Submission
from deskterm.core.views import QueueRow, View
from deskterm.picture import picture
from deskterm.settings import Settings
from deskterm.widgets.lines import RowColumn, pieces

_SETTINGS: Final = Settings("", "dark", mouse=True, page_size=50, preview_columns=110)
_SEQUENCE: Final = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*[34]8;2;")

on_a_file = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@given(
    st.lists(st.tuples(st.text(max_size=30), st.integers(1, 14)), min_size=1, max_size=6),
    st.text(max_size=40),
    st.integers(30, 120),
)
def test_a_line_has_the_width_of_its_screen(cells: list[tuple[str, int]], last: str, width: int) -> None:
    columns = [RowColumn[QueueRow]("", wide, lambda _: ("", "")) for _, wide in cells]
    columns.insert(0, RowColumn[QueueRow]("", 0, lambda _: ("", "")))
    line = pieces(columns, [(last, ""), *((text, "") for text, _ in cells)], width)
    drawn = "".join(piece.text + piece.gap for piece in line)
    assert cell_len(drawn) == width
    assert not any(category(letter) == "Cc" for letter in drawn)


@pytest.fixture
def first(desk_url: str, as_: Callable[[str], Desk], clock: list[datetime]) -> FirstPage:
    as_("remi").submit(Submission(title="Toner \x1b[2J\x9b2J", category="it_design"))
    return first_page(desk_url, "remi", clock[-1], acting_as="", view_of=lambda _: View.REQUESTED, limit=50)


@on_a_file
@pytest.mark.parametrize(
    ("environment", "is_coloured"),
    [({}, False), ({"COLORTERM": "truecolor"}, True), ({"COLORTERM": "truecolor", "NO_COLOR": ""}, False)],
    ids=["few colours", "all colours", "no colour"],
)
def test_colours_are_those_of_the_theme_where_the_terminal_has_them(
    first: FirstPage, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], *, is_coloured: bool
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    drawn = picture(first, _SETTINGS, environment)
    assert bool(_COLOUR.search(drawn)) is is_coloured
    assert drawn.count("\x1b[2J") == 1
    assert "Toner" in drawn
    assert _SEQUENCE.sub("", drawn).isprintable()


@on_a_file
def test_nothing_is_painted_where_there_is_no_room_or_no_row(first: FirstPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    assert not picture(first._replace(page=first.page._replace(rows=())), _SETTINGS, {})
    monkeypatch.setenv("LINES", "14")
    assert not picture(first, _SETTINGS, {})
