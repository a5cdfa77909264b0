"""Views on the screen: saved from what is shown, on a key, sorted, dropped; and those that can't be shown any more."""

from collections.abc import Awaitable, Callable

from textual.pilot import Pilot

from deskterm.app import DesktermApp
from deskterm.core.desk import Desk
from deskterm.core.domain.filters import parse_filter
from deskterm.core.store.engine import Store
from deskterm.core.views import Order, View
from deskterm.widgets.listing import Listing
from deskterm.widgets.status_line import StatusLine

Keys = Callable[..., Awaitable[None]]
Open = Callable[..., DesktermApp]
As = Callable[[str], Desk]


def listing(pilot: Pilot[None]) -> Listing:
    assert isinstance(pilot.app.screen, Listing)
    return pilot.app.screen


def said(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(StatusLine).render())


def heads(pilot: Pilot[None]) -> list[str]:
    return [column.title for column in listing(pilot).table.columns]


async def test_what_is_shown_is_saved_for_the_department_replaced_and_dropped(
    app_for: Open, keys: Keys, submit: Callable[..., int], as_: As
) -> None:
    for priority in ("low", "urgent", "high"):
        submit(f"{priority} printer", priority=priority)
    async with app_for("lara").run_test(size=(80, 24)) as pilot:
        await keys(pilot, "3", "slash", "prio:<=2 printer", "enter", "S", "j", "V", "Hot printers", "enter", "down")
        await keys(pilot, "enter")
        screen = listing(pilot)
        assert "view Hot printers is saved for" in said(pilot)
        assert (screen.current.name, screen.typed.terms) == ("Hot printers", ())
        assert [row.id for row in screen.table.rows] == [2, 3]
        assert screen.table.row is not None
        assert screen.table.row.id == 3
        kept = as_("ini").view("hot printers")
        assert (kept.base, kept.wanted, kept.order) == (
            View.DEPARTMENT,
            parse_filter("prio:<=2 printer"),
            Order.PRIORITY,
        )

        await keys(pilot, "1", "h", "S", "V", "enter", "enter")
        assert "view Hot printers is replaced for" in said(pilot)
        assert as_("ini").view("hot printers").order is Order.UPDATED
        await keys(pilot, "Z", "down", "enter")
        assert "view Hot printers is dropped" in said(pilot)
        assert screen.current.name == "mine"
        await keys(pilot, "Z")
        assert "mine is built in" in said(pilot)


async def test_a_refused_name_is_asked_for_again_and_ones_own_list_has_views_too(
    app_for: Open, keys: Keys, submit: Callable[..., int]
) -> None:
    submit("Printer")
    async with app_for("remi").run_test(size=(80, 24)) as pilot:
        await keys(pilot, "V", "l", "a", "t", "e", "enter")
        assert "late is built in: take another name" in said(pilot)
        await keys(pilot, "r", "enter")
        assert "view later is saved" in said(pilot)
        assert [(view.key, view.name) for view in listing(pilot).views] == [("1", "requested"), ("2", "later")]
        assert heads(pilot) == ["ID", "Status", "Title", "Who has it", "Created ▾"]


async def test_a_view_that_can_not_be_shown_says_why_and_the_others_are_shown(
    app_for: Open, keys: Keys, submit: Callable[..., int], as_: As, store: Store
) -> None:
    submit("Printer")
    as_("ife").save_view("theirs", View.ALL, parse_filter("dept:it"), number=4)
    as_("ife").save_view("old", View.ALL, parse_filter("prio:1"), number=5)
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE help_desk_departments SET key = 'ict', name = 'ICT' WHERE key = 'it'")
        connection.exec_driver_sql("UPDATE help_desk_views SET wanted = 'prio:<0' WHERE name = 'old'")
    async with app_for("ife").run_test(size=(80, 24)) as pilot:
        await keys(pilot, "2", "4")
        assert "the view theirs can't be shown: there is no dept:it: did you mean ict?" in said(pilot)
        assert listing(pilot).table.rows == []
        await keys(pilot, "5")
        assert "the filter of 'old' can't be read any more" in said(pilot)
        await keys(pilot, "2")
        assert [row.id for row in listing(pilot).table.rows] == [1]
        assert heads(pilot)[3] == "Time left ▴"
        await keys(pilot, "S", "S", "S")
        assert "sorted by created: the newest first" in said(pilot)
        assert heads(pilot)[3] == "Created ▾"
        await keys(pilot, "1", "2")
        assert heads(pilot)[3] == "Created ▾"
