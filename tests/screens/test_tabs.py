"""Tabs: which of them have room, and when their counts are asked for."""

from collections.abc import Awaitable, Callable

from hypothesis import given
from hypothesis import strategies as st

from deskterm.app import DesktermApp
from deskterm.core.named_views import BUILT_IN
from deskterm.widgets.counting import BETWEEN, DEAR, Turns
from deskterm.widgets.tab_line import window
from deskterm.widgets.tabs import Tabs

MINE, POOL, LATE = BUILT_IN[0], BUILT_IN[1], BUILT_IN[3]
Keys = Callable[..., Awaitable[None]]


def taken(turns: Turns) -> list[str]:
    """The views that are counted until no more are due."""
    return [view.name for view in iter(lambda: turns.take(MINE, BUILT_IN), None)]


@given(st.lists(st.integers(4, 30), min_size=1, max_size=14), st.data())
def test_the_tabs_that_are_shown_have_room_the_current_one_is_among_them_and_one_more_would_not_fit(
    widths: list[int], data: st.DataObject
) -> None:
    current = data.draw(st.integers(0, len(widths) - 1))
    room = data.draw(st.integers(max(widths) + 2, 130))

    def needed(first: int, end: int) -> int:
        return sum(widths[first:end]) + (first > 0) + (end < len(widths))

    first, end = window(widths, current, room)

    assert first <= current < end
    assert needed(first, end) <= room
    assert end == len(widths) or needed(first, end + 1) > room
    assert first == 0 or needed(first - 1, current + 1) > room


def test_the_open_view_is_counted_at_every_change_the_others_now_and_then() -> None:
    turns = Turns()
    names = [view.name for view in BUILT_IN]

    turns.change(MINE, BUILT_IN)
    assert taken(turns) == names
    for _ in range(30):
        turns.change(MINE, BUILT_IN)
        assert taken(turns) == ["mine"]
    for _ in range(BETWEEN - 1):
        turns.tick()
        assert taken(turns) == []
    turns.tick()
    assert taken(turns) == names[1:]


def test_who_asks_for_counts_waits_for_no_second_to_pass() -> None:
    turns = Turns()
    turns.change(MINE, BUILT_IN)
    taken(turns)
    turns.change(MINE, BUILT_IN)
    turns.ask([POOL])

    assert taken(turns) == ["mine", "unassigned"]
    assert turns.take(MINE, BUILT_IN) is None


def test_what_takes_long_to_count_is_counted_for_who_asks_alone() -> None:
    turns = Turns()
    for view, seconds in ((MINE, 2), (MINE, 2), (POOL, 2), (POOL, 0.5), (POOL, 2), (LATE, 2), (LATE, 2), (LATE, 0.5)):
        turns.took(view, DEAR * seconds)

    turns.change(MINE, BUILT_IN)
    assert taken(turns) == [view.name for view in BUILT_IN[1:]]
    turns.ask([MINE])
    assert taken(turns) == ["mine"]


async def test_the_counts_come_after_the_rows_and_no_tab_is_cut(
    app_for: Callable[..., DesktermApp], keys: Keys, submit: Callable[..., int]
) -> None:
    submit("One")
    async with app_for("ife").run_test(size=(60, 15)) as pilot:
        await keys(pilot, "0")
        tabs = pilot.app.screen.query_one(Tabs)

        assert str(tabs.render()) == "◂ 7 approvals 0  8 closed 0  9 all 1  0 requested 0 "
        assert [tabs.counts[view] for view in BUILT_IN] == [0, 1, 1, 0, 0, 0, 0, 0, 1, 0]
