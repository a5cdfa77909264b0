"""The window over a list: a run of it without gaps, bounded, whatever way it is gone through."""

from datetime import UTC, datetime
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from deskterm.core.views import Cursor, Page
from deskterm.widgets.window import MOST, Window

NOW = datetime(2026, 9, 28, tzinfo=UTC)


class Row(NamedTuple):
    id: int


def page(many: int, start: int, size: int) -> Page[Row]:
    """The page of a list of `many` tickets, numbered from 0, that begins at `start`."""
    start, end = max(0, start), min(many, start + size)
    first = Cursor(NOW, start) if start else None
    return Page(tuple(map(Row, range(start, end))), first, Cursor(NOW, end - 1) if end < many else None)


@given(st.integers(1, 1200), st.integers(20, 500), st.data())
def test_what_is_held_is_a_bounded_run_around_the_cursor(many: int, size: int, data: st.DataObject) -> None:
    window = Window(page(many, data.draw(st.integers(0, many - 1)), size))
    read = set(window.read)
    for is_down in data.draw(st.lists(st.booleans(), max_size=12)):
        cursor = len(window.rows) - 1 if is_down else 0
        ticket = window.rows[cursor].id
        if is_down and window.last:
            dropped = window.append(page(many, window.last.id + 1, size), cursor)
            cursor -= dropped
        elif not is_down and window.first:
            start = max(0, window.first.id - size)
            cursor += window.prepend(page(many, start, window.first.id - start), cursor)
        read |= {row.id for row in window.rows}

        assert window.rows[cursor].id == ticket
        ids = [row.id for row in window.rows]
        assert ids == list(range(ids[0], ids[-1] + 1))
        assert len(ids) <= MOST + size
        assert (window.first is None, window.last is None) == (ids[0] == 0, ids[-1] == many - 1)
        assert window.read == read
        assert window.since == (Cursor(NOW, min(read)) if min(read) else None)
        assert window.until == (Cursor(NOW, max(read)) if max(read) < many - 1 else None)


def test_a_row_that_moved_stays_where_it_is_and_one_that_left_leaves_no_gap() -> None:
    window = Window(page(100, 20, 20))
    window.append(page(100, 40, 20)._replace(rows=(Row(25), Row(41))), 0)
    assert [row.id for row in window.rows] == [*range(20, 40), 41]
    window.drop(window.place(30) or 0)
    window.prepend(page(100, 0, 20), 0)
    assert [row.id for row in window.rows] == [*range(30), *range(31, 40), 41]
    assert window.place(30) is None


def test_only_so_many_tickets_are_remembered() -> None:
    window = Window(page(5000, 0, 100))
    while window.last:
        window.append(page(5000, window.last.id + 1, 100), len(window.rows) - 1)
    assert len(window.read) <= 2000
    assert window.since is not None
    assert window.until is None
    assert window.since.id in window.read
