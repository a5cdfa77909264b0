"""Pages by key: no row is skipped or repeated, forward or back, while other rows come, go and move."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from deskterm.core.desk import Desk
from deskterm.core.domain.filter_terms import Filter
from deskterm.core.domain.filters import parse_filter
from deskterm.core.domain.words import Action, WaitReason
from deskterm.core.services.intake import Submission
from deskterm.core.store.engine import Store
from deskterm.core.views import Cursor, Order, Page, QueueRow, View, orders

As = Callable[[str], Desk]
Once = Callable[[Callable[[], Any]], Any]
COUNT = 23


@pytest.fixture
def tickets(once: Once, as_: As, clock: list[datetime]) -> list[int]:
    """Three tickets an instant: many share a due time, and those of low priority come before others' high."""

    def work() -> list[int]:
        ids = []
        for number in range(COUNT):
            if number % 3 == 0:
                clock.append(clock[-1] + timedelta(minutes=7))
            priority = ("urgent", "high", "low")[number % 2 if number < 12 else 2]
            given = Submission(title=f"number {number}", category="it_design", priority=priority)
            ids.append(as_("remi").submit(given).id)
        return ids

    made: list[int] = once(work)
    return made


def forward(desk: Desk, view: View, limit: int, order: Order | None = None) -> Iterator[Page[QueueRow]]:
    after: Cursor | None = None
    while True:
        page = desk.page(view, order=order, limit=limit, after=after)
        yield page
        after = page.last
        if after is None:
            return


def backward(desk: Desk, view: View, limit: int, start: Cursor, order: Order | None = None) -> Iterator[Page[QueueRow]]:
    before: Cursor | None = start
    while before is not None:
        page = desk.page(view, order=order, limit=limit, before=before)
        yield page
        before = page.first


def ids(pages: list[Page[QueueRow]]) -> list[int]:
    return [row.id for page in pages for row in page.rows]


@pytest.mark.parametrize("view", [View.ALL, View.UNASSIGNED, View.DEPARTMENT])
@pytest.mark.parametrize("limit", [1, 4, 23, 50])
@pytest.mark.usefixtures("tickets")
def test_a_queue_is_read_whole_in_the_order_of_due_times(as_: As, view: View, limit: int) -> None:
    pages = list(forward(as_("ife"), view, limit))
    rows = [row for page in pages for row in page.rows]
    assert len(rows) == COUNT
    assert [(r.next_due_at, r.id) for r in rows] == sorted((r.next_due_at, r.id) for r in rows)
    assert [len(p.rows) for p in pages[:-1]] == [limit] * (len(pages) - 1)
    assert pages[0].first is None


def test_what_a_requester_asked_for_is_read_latest_first(as_: As, tickets: list[int]) -> None:
    rows = [row for page in forward(as_("remi"), View.REQUESTED, 5) for row in page.rows]
    assert [(r.created_at, r.id) for r in rows] == sorted(((r.created_at, r.id) for r in rows), reverse=True)
    assert {r.id for r in rows} == set(tickets)


def test_closed_tickets_are_read_latest_first_and_are_in_no_queue(as_: As, at: Callable[[str], datetime]) -> None:
    remi, closed = as_("remi"), []
    for minute in (5, 5, 9, 9, 9, 12):
        at(f"2026-09-28 10:{minute:02}")
        closed.append(remi.submit(Submission(title="x", category="it_design")).id)
        remi.act(closed[-1], Action.CANCEL, text="found it")
    assert ids(list(forward(as_("ife"), View.CLOSED, 2))) == closed[::-1]
    assert as_("ife").count(View.ALL) == 0
    assert as_("ife").count(View.ALL, parse_filter("status:closed")) == 6


@pytest.mark.parametrize("limit", [1, 4, 7])
@pytest.mark.usefixtures("tickets")
def test_the_way_back_shows_the_rows_of_the_way_there(as_: As, limit: int) -> None:
    desk = as_("ife")
    there = list(forward(desk, View.ALL, limit))
    last = there[-1].rows[-1]
    back = list(backward(desk, View.ALL, limit, Cursor(last.next_due_at, last.id)))
    assert ids(back[::-1]) == ids(there)[:-1]
    assert (back[-1].first, back[0].last is not None) == (None, True)


_PLACES: dict[Order, Callable[[QueueRow], tuple[Any, ...]]] = {
    Order.DUE: lambda row: (row.next_due_at, row.id),
    Order.PRIORITY: lambda row: (row.priority, row.next_due_at, row.id),
    Order.UPDATED: lambda row: (row.updated_at, row.id),
    Order.CREATED: lambda row: (row.created_at, row.id),
}


def test_every_view_is_read_in_each_of_its_orders_there_and_back(as_: As, tickets: list[int]) -> None:
    ife, lara = as_("ife"), as_("lara")
    for ticket in tickets[::3]:
        ife.act(ticket, Action.CLAIM)
    as_("ife").submit(Submission(title="for others", category="operations_repairs"))
    lara.act(tickets[1], Action.CANCEL, text="x")
    ada, remi = as_("ada"), as_("remi")
    for desk, view in [
        *((ada, view) for view in (View.ALL, View.UNASSIGNED)),
        *((ife, view) for view in (View.ALL, View.MINE)),
        *((remi, view) for view in (View.ALL, View.REQUESTED)),
        (lara, View.UNASSIGNED),
    ]:
        for order in orders(view, Filter()):
            there = list(forward(desk, view, 4, order))
            rows = [row for page in there for row in page.rows]
            places = [_PLACES[order](row) for row in rows]
            assert places == sorted(places, reverse=order in {Order.UPDATED, Order.CREATED}), (view, order)
            assert len(rows) == desk.count(view) > 4
            *ranks, at, number = places[-1]
            assert ids(list(backward(desk, view, 4, Cursor(at, number, *ranks), order))[::-1]) == ids(there)[:-1]


def test_an_order_that_a_list_has_not_gives_its_own(as_: As, tickets: list[int]) -> None:
    assert ids(list(forward(as_("remi"), View.REQUESTED, 50, Order.DUE))) == tickets[::-1]


@pytest.mark.parametrize(("view", "by"), [(View.ALL, None), (View.ALL, Order.PRIORITY), (View.REQUESTED, None)])
@pytest.mark.parametrize("limit", [1, 7])
@pytest.mark.usefixtures("tickets")
def test_a_list_is_read_from_its_end_and_around_any_ticket(as_: As, view: View, by: Order | None, limit: int) -> None:
    desk = as_("remi")
    order = ids(list(forward(desk, view, 50, by)))
    last = desk.page(view, order=by, limit=limit, last=True)
    assert (ids([last]), last.last) == (order[-limit:], None)
    before = list(backward(desk, view, limit, last.first, by))[::-1] if last.first else []
    assert ids([*before, last]) == order

    for place in (0, 11, COUNT - 1):
        page = desk.page(view, order=by, limit=limit, around=order[place])
        start, end = max(0, place - max(1, limit // 2)), min(COUNT, place + max(1, limit // 2) + 1)
        assert ids([page]) == order[start:end]
        assert (page.first is None, page.last is None) == (start == 0, end >= COUNT)
        if page.first and page.last:
            assert ids([desk.page(view, order=by, limit=2, before=page.first)]) == order[max(0, start - 2) : start]
            assert ids([desk.page(view, order=by, limit=2, after=page.last)]) == order[end : end + 2]
    assert desk.page(View.CLOSED, limit=limit, around=order[0]).rows == ()


@pytest.mark.parametrize("limit", [2, 5])
def test_rows_that_stay_are_seen_once_while_others_come_go_and_move(
    as_: As, tickets: list[int], clock: list[datetime], limit: int
) -> None:
    desk, remi = as_("ife"), as_("remi")
    order = ids(list(forward(desk, View.ALL, 50)))
    moving, going = order[3::6], order[5::6]
    seen: list[int] = []
    for number, page in enumerate(forward(desk, View.ALL, limit)):
        seen += ids([page])
        clock.append(clock[-1] + timedelta(minutes=1))
        remi.submit(Submission(title="came", category="it_design", priority="urgent"))
        if number < len(going):
            desk.act(going[number], Action.RESOLVE, cause="x", fix="y")
            remi.act(going[number], Action.CONFIRM)
        if number < len(moving):
            desk.act(moving[number], Action.SET_PRIORITY, priority="medium")
    stay = [i for i in order if i not in {*moving, *going}]
    assert [i for i in seen if i in set(stay)] == stay
    assert set(stay) < set(tickets)


def test_a_page_of_tickets_on_which_nothing_runs_has_an_order_too(as_: As, store: Store) -> None:
    bought = [as_("remi").submit(Submission(title="x", category="it_design")).id for _ in range(7)]
    for ticket in bought:
        as_("ife").act(ticket, Action.WAIT, reason=WaitReason.VENDOR)
    with store.read() as connection:
        assert len(set(connection.scalars(sa.text("SELECT next_due_at FROM help_desk_tickets")))) == 1
    assert ids(list(forward(as_("ife"), View.ALL, 3))) == bought


def test_a_filter_for_closed_work_lists_it_latest_first_from_any_view(as_: As, at: Callable[[str], datetime]) -> None:
    for day in ("2026-09-28", "2026-09-29"):
        at(f"{day} 10:00")
        ticket = as_("remi").submit(Submission(title=day, category="it_infrastructure")).id
        as_("ife").act(ticket, Action.CLAIM)
        as_("ife").act(ticket, Action.CANCEL, text="x")
    for view in (View.MINE, View.DEPARTMENT, View.ALL, View.CLOSED):
        rows = as_("ife").page(view, parse_filter("status:closed")).rows
        assert [row.title for row in rows] == ["2026-09-29", "2026-09-28"]
        assert as_("ife").count(view, parse_filter("status:closed")) == 2
        assert as_("ife").count(view, parse_filter("status:closed"), at_most=1) == 1
