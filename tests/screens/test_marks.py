"""Marks, one action for all that is marked, and the last action again."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from threading import Event
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from deskterm.actions.registry import SHIPPED
from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.core.domain.errors import NotAllowed, StoreUnavailable
from deskterm.core.domain.words import Action, Status
from deskterm.widgets import bulk
from deskterm.widgets.acts import Subject
from deskterm.widgets.listing import Listing
from deskterm.widgets.marks import Marks
from deskterm.widgets.prompt import Prompt
from deskterm.widgets.status_line import StatusLine

Keys = Callable[..., Awaitable[None]]
Open = Callable[..., DesktermApp]
As = Callable[[str], Desk]
SMALL = (80, 24)
WHY = "HD-000002 can't be claimed: Ini of IT has it already"


class Row(NamedTuple):
    id: int


ROWS = [Row(number) for number in range(1, 9)]


def said(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(StatusLine).render()).replace("\N{NO-BREAK SPACE}", " ")


def marked(pilot: Pilot[None]) -> list[int]:
    screen = pilot.app.screen
    assert isinstance(screen, Listing)
    return list(screen.marks.rows)


def flags(pilot: Pilot[None]) -> list[str]:
    lines = [strip.text for strip in pilot.app.screen._compositor.render_strips()]
    return [line[9:10] for line in lines if line.startswith("HD-")]


@pytest.fixture
def four(submit: Callable[..., int]) -> list[int]:
    return [submit(f"Number {number}") for number in range(1, 5)]


@given(st.lists(st.tuples(st.sampled_from(["toggle", "reach", "all", "invert"]), st.integers(0, 7)), max_size=12))
def test_marks_are_tickets_each_once_and_inverting_twice_changes_nothing(steps: list[tuple[str, int]]) -> None:
    marks: Marks[Row] = Marks()
    for step, place in steps:
        if step == "toggle":
            before = ROWS[place].id in marks
            marks.toggle(ROWS[place])
            assert (ROWS[place].id in marks) is not before
        elif step == "reach":
            marks.reach(ROWS, place)
            assert ROWS[place].id in marks or marks._latest == ROWS[place].id
        elif step == "all":
            marks.toggle_all(ROWS)
            assert len(marks) in {0, len(ROWS)}
        else:
            before_all = set(marks.rows)
            marks.invert(ROWS)
            assert set(marks.rows) == {row.id for row in ROWS} - before_all
    assert bool(marks) is (len(marks) > 0)


def test_a_range_goes_from_the_last_mark_either_way_over_what_is_between() -> None:
    marks: Marks[Row] = Marks()
    marks.toggle(ROWS[2])
    marks.reach(ROWS, 4)
    assert set(marks.rows) == {3, 4, 5}
    marks.reach(ROWS, 0)
    assert set(marks.rows) == {1, 2, 3, 4, 5}
    marks.reach(ROWS[5:], 1)  # the last mark isn't here: only what is under the cursor
    assert set(marks.rows) == {1, 2, 3, 4, 5, 7}


class Answers:
    """A desk's answers in turn."""

    def __init__(self, *answers: int | Exception) -> None:
        self.answers: Iterator[int | Exception] = iter(answers)

    def __call__(self, _desk: object, _one: Subject) -> int:
        answer = next(self.answers)
        if isinstance(answer, Exception):
            raise answer
        return answer


def done_to(many: int, act: Any, stop: Event | None = None, report: Any = print) -> bulk.Outcome:
    desk: Any = None
    return bulk.run(desk, SHIPPED["claim"], [Subject(n + 1, 1) for n in range(many)], act, stop or Event(), report)


def test_what_is_refused_is_named_and_holds_nothing_else_up() -> None:
    found = done_to(4, Answers(2, NotAllowed(f"{WHY}. You may: reply."), NotAllowed("it is closed."), 5))
    assert found.done == {1: 2, 4: 5}
    assert found.sentence == f"claim: 2 done, 2 refused: {WHY}; HD-000003: it is closed"


def test_once_the_desk_is_out_of_reach_the_rest_is_not_tried() -> None:
    found = done_to(4, Answers(2, StoreUnavailable("the desk can't be reached")))
    assert (found.done, list(found.refused), found.untried) == ({1: 2}, [2], (3, 4))
    assert found.sentence == "claim: 1 done, 2 not tried, 1 refused: HD-000002: the desk can't be reached"


def test_it_stops_between_two_tickets_and_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "BETWEEN_REPORTS", 0)
    stop, tried = Event(), list[int]()

    def report(many: int) -> None:
        tried.append(many)
        if many == 2:
            stop.set()

    found = done_to(4, Answers(2, 2), stop, report)
    assert (tried, list(found.done), found.untried) == ([1, 2], [1, 2], (3, 4))
    assert found.sentence == "claim: 2 done, 2 not tried"


@pytest.mark.parametrize(("command", "many", "asks"), [("claim", 20, 0), ("claim", 21, 1), ("cancel", 2, 2)])
def test_what_destroys_or_is_for_very_many_is_asked_about(command: str, many: int, asks: int) -> None:
    assert len(bulk.confirmed(SHIPPED[command], many).asks) == asks
    assert bulk.confirmed(SHIPPED[command], 1) == SHIPPED[command]


async def test_marks_survive_other_views_and_filters_and_leave_with_escape(
    app_for: Open, keys: Keys, four: list[int]
) -> None:
    async with app_for("lara").run_test(size=SMALL) as pilot:
        await keys(pilot, "3", "space", "j", "j", "v")
        assert marked(pilot) == [1, 2, 3]
        assert flags(pilot) == ["●", "●", "●", " "]
        assert said(pilot).startswith("3 marked ")
        await keys(pilot, "2", "tilde", "slash", "Number 2", "enter")
        assert marked(pilot) == [4]
        await keys(pilot, "plus")
        assert marked(pilot) == [4, 2]
        await keys(pilot, "escape")
        assert (marked(pilot), flags(pilot)) == ([], [" "])
        await keys(pilot, "escape")
        assert flags(pilot) == [" "] * 4


async def test_one_key_is_for_all_that_is_marked_and_what_is_refused_stays_so(
    app_for: Open, keys: Keys, four: list[int], as_: As
) -> None:
    async with app_for("lara").run_test(size=SMALL) as pilot:
        await keys(pilot, "3", "space", "j", "space", "j", "space")
        as_("ini").act(2, Action.CLAIM)
        await keys(pilot, "p", *"urgent", "enter")
        assert said(pilot).startswith("1 marked !  priority: 2 done, 1 refused: ")
        assert "Ini of IT claimed it" in said(pilot)
        assert (marked(pilot), flags(pilot)) == ([2], [" ", "!", " ", " "])
        await keys(pilot, "comma")
        assert said(pilot) == "✓ priority: 1 done"

        await keys(pilot, "plus", "x", "no work", "enter", "enter")
        assert [row.status for row in as_("lara").rows(four)] == ["new", "assigned", "new", "new"]
        await keys(pilot, "x", "enter", "y", "enter")
        assert "cancel: 4 done" in said(pilot)
        assert not pilot.app.screen.query_one(Prompt).is_open
    tickets = [as_("lara").ticket(number) for number in four]
    assert {(ticket.status, ticket.priority) for ticket in tickets[:3]} == {(Status.CLOSED, 1)}
    assert [entry.text for entry in tickets[3].timeline if entry.text] == ["no work"]


async def test_the_last_action_is_repeated_on_the_next_tickets(
    app_for: Open, keys: Keys, four: list[int], as_: As
) -> None:
    async with app_for("lara").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "comma")
        assert "nothing was done yet" in said(pilot)
        await keys(pilot, "g", "a", *"ini", "enter", "j", "comma", "comma", "comma", "comma")
    assert [as_("lara").ticket(number).assignee for number in four] == ["Ini of IT"] * 4


async def test_escape_stops_it_between_two_tickets_and_the_rest_stays_marked(
    app_for: Open, keys: Keys, four: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "BETWEEN_REPORTS", 0)
    begun, go, act = Event(), Event(), Desk.act

    def slow(desk: Desk, number: int, *given: Any, **more: Any) -> Any:
        if number == 2:
            begun.set()
            go.wait()
        return act(desk, number, *given, **more)

    monkeypatch.setattr(Desk, "act", slow)
    async with app_for("lara").run_test(size=SMALL) as pilot:
        await keys(pilot, "2", "plus")
        await pilot.press("c")
        await asyncio.to_thread(begun.wait)
        await pilot.press("c")
        assert "something else is under way: Esc stops it" in said(pilot)
        await pilot.press("escape")
        go.set()
        await keys(pilot)
        assert said(pilot) == "2 marked ✓ claim: 2 done, 2 not tried"
        assert marked(pilot) == [3, 4]
