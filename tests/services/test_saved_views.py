"""Saved views: whose they are, who arranges a department's, what stands in their way, what the audit trail tells."""

from collections.abc import Callable
from threading import Thread

import pytest
import sqlalchemy as sa

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import DesktermError, InvalidInput, NotAllowed, NotFound
from deskterm.core.domain.filters import parse_filter, print_filter
from deskterm.core.domain.words import Role
from deskterm.core.named_views import BUILT_IN
from deskterm.core.services import auditing
from deskterm.core.store import audit
from deskterm.core.store.engine import Store
from deskterm.core.store.tables import VIEWS
from deskterm.core.views import Order, View

As = Callable[[str], Desk]


def tabs(desk: Desk) -> list[str]:
    return [f"{view.key} {view.name}".strip() for view in desk.views()]


BUILT = [f"{view.key} {view.name}" for view in BUILT_IN]


def test_a_view_is_saved_shown_after_the_tenth_replaced_and_dropped(as_: As) -> None:
    ife = as_("ife")
    kept = ife.save_view("My printers", View.DEPARTMENT, parse_filter("printer  prio:<=2"), order=Order.CREATED)
    assert kept == ("My printers", "", False)
    assert tabs(ife) == [*BUILT, "My printers"]
    saved = ife.view("my-PRINTERS")
    assert (saved.base, saved.wanted, saved.order) == (
        View.DEPARTMENT,
        parse_filter("printer prio:<=2"),
        Order.CREATED,
    )

    assert ife.save_view("my printers", View.MINE).replaced
    assert ife.view("my printers").base is View.MINE
    assert ife.view("my printers").order is None
    assert ife.drop_view("MY printers") == "my printers"
    assert tabs(ife) == BUILT


def test_a_saved_view_takes_a_key_in_place_of_the_built_in_one_and_gives_it_back(as_: As) -> None:
    ife = as_("ife")
    ife.save_view("vendors", View.ALL, parse_filter("reason:vendor"), number=4)
    ife.save_view("phones", View.ALL, parse_filter("phone"))
    assert tabs(ife)[3] == "4 vendors"
    assert tabs(ife)[9:] == ["0 requested", "phones", "late"]

    ife.change_view("phones", number=4, new_name="calls")
    assert tabs(ife)[3] == "4 calls"
    assert tabs(ife)[9:] == ["0 requested", "vendors", "late"]
    ife.save_view("calls", View.ALL)  # without a key it keeps the one that it has
    assert tabs(ife)[3] == "4 calls"
    ife.change_view("calls", number=0)
    assert tabs(ife) == [*BUILT, "vendors", "calls"]


def test_a_departments_view_is_on_every_screen_of_it_and_ones_own_beats_it(as_: As) -> None:
    as_("lara").save_view("vendors", View.ALL, parse_filter("reason:vendor"), department="it", number=1)
    assert tabs(as_("ini"))[0] == "1 vendors"
    assert tabs(as_("ola")) == BUILT
    assert tabs(as_("ezra")) == BUILT

    as_("ini").save_view("Vendors", View.MINE, number=1)
    assert as_("ini").view("vendors").base is View.MINE
    assert tabs(as_("ini"))[0] == "1 Vendors"
    assert tabs(as_("ini"))[-2:] == ["vendors", "mine"]
    assert tabs(as_("lara"))[0] == "1 vendors"


@pytest.mark.parametrize("login", ["ife", "olu", "ezra", "remi"])
def test_a_departments_views_are_its_leads_and_the_admins_to_arrange(as_: As, login: str) -> None:
    assert as_("ada").save_view("vendors", View.ALL, department="it").department
    desk = as_(login)

    for attempt in (
        lambda: desk.save_view("x", View.ALL, department="it"),
        lambda: desk.change_view("vendors", new_name="x", department="it"),
        lambda: desk.drop_view("vendors", department="it"),
    ):
        with pytest.raises(NotAllowed, match="for its lead or an admin"):
            attempt()
    assert [one.key for one in as_("lara").arranged_departments()] == ["it"]
    assert "it" not in [one.key for one in desk.arranged_departments()]
    assert as_("lara").view("vendors")


def test_a_requester_has_views_of_their_own_list(as_: As) -> None:
    remi = as_("remi")
    remi.save_view("printers", View.REQUESTED, parse_filter("printer"))

    assert tabs(remi) == ["1 requested", "2 printers"]
    assert tabs(as_("sola")) == ["1 requested"]
    with pytest.raises(NotFound):
        as_("sola").drop_view("printers")


@pytest.mark.parametrize(
    ("name", "wanted", "more", "said"),
    [
        ("  ", "", {}, "a view needs a name"),
        ("-x", "", {}, "a view needs a name"),
        ("x" * 31, "", {}, "may have 30 characters, this has 31"),
        ("\u0390" * 30, "", {}, "may have 30 characters, this has 90"),  # without case, each is three
        ("Due_today", "", {}, "due today is built in: take another name"),
        ("x", "dept:itt", {}, "there is no dept:itt: did you mean it?"),
        ("x", "", {"number": 0}, "the key 0 is no view's: expected 1 to 9"),
        ("x", "", {"number": 12}, "the key 12 is no view's"),
        ("x", "", {"order": Order.CLOSED}, "this list has no order closed"),
        ("x", "", {"department": "itt"}, "there is no department 'itt'"),
    ],
)
def test_what_can_not_be_saved_says_why(as_: As, name: str, wanted: str, more: dict[str, object], said: str) -> None:
    with pytest.raises(DesktermError) as error:
        as_("lara").save_view(name, View.ALL, parse_filter(wanted), **more)  # type: ignore[arg-type]

    assert said in str(error.value)
    assert tabs(as_("lara")) == BUILT


def test_a_filter_that_could_not_be_read_again_is_not_saved_and_one_that_is_there_hides_no_view(
    as_: As, store: Store
) -> None:
    ife = as_("ife")
    ife.save_view("urgent", View.ALL, parse_filter("prio:" + ",".join(["1"] * 60)))
    both = ife.view("urgent").narrowed(parse_filter("prio:" + ",".join(["2"] * 60)))
    with pytest.raises(InvalidInput, match="may have 100 words and values, this has 120"):
        ife.save_view("both", View.ALL, both)

    with store.write() as connection:
        connection.execute(sa.update(VIEWS).values(wanted=print_filter(both)))
    assert tabs(ife) == [*BUILT, "urgent"]
    with pytest.raises(InvalidInput, match="the filter of 'urgent' can't be read any more: a filter may have 100"):
        ife.view("urgent")


def test_who_acts_as_somebody_neither_sees_nor_changes_what_is_theirs_alone(as_: As) -> None:
    as_("ife").save_view("printers", View.ALL)
    admin = as_("ada").acting_as("ife")
    assert tabs(admin) == BUILT
    with pytest.raises(NotFound):
        admin.drop_view("printers")
    admin.save_view("printers", View.MINE)
    assert as_("ife").view("printers").base is View.ALL
    assert as_("ada").view("printers").base is View.MINE


def test_a_name_that_there_is_not(as_: As) -> None:
    ife = as_("ife")
    with pytest.raises(NotFound, match="none is saved"):
        ife.drop_view("phones")
    ife.save_view("phones", View.ALL)
    ife.save_view("calls", View.ALL)
    with pytest.raises(InvalidInput, match="did you mean phones"):
        ife.view("phone")
    with pytest.raises(InvalidInput, match="late is built in: it can't be changed or dropped"):
        ife.drop_view("late")
    with pytest.raises(InvalidInput, match="there is a saved view 'Calls' already"):
        ife.change_view("phones", new_name="Calls")


def test_the_trail_tells_of_a_departments_views_alone_and_notices_one_that_was_edited(as_: As, store: Store) -> None:
    lara = as_("lara")
    before = lara.place()
    lara.save_view("mine too", View.MINE)
    assert lara.place() == before
    lara.save_view("vendors", View.ALL, parse_filter("from:remi"), department="it", number=3)
    lara.save_view("parts", View.ALL, department="it", number=3)
    lara.change_view("parts", new_name="spares", department="it")
    lara.drop_view("vendors", department="it")
    assert lara.place() == before + 5  # the key that vendors gave up is told too

    def found() -> list[str]:
        verdict = auditing.verify(store, heads=[], keys=frozenset(), now=lara._clock(), check_head=lambda _: True)
        return [one.said for one in verdict.damage if "view" in one.said]

    assert found() == []
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE help_desk_views SET wanted = 'is:mine' WHERE called = 'spares'")
    assert len(found()) == 1
    assert "sha256 is not as entry" in found()[0]


def test_what_somebody_saved_for_themselves_goes_when_they_are_erased(as_: As) -> None:
    as_("sola").save_view("from a friend", View.REQUESTED, parse_filter("from:friend"))
    ada = as_("ada")
    ada.add_person(name="New Agent", role=Role.AGENT, login="new", department="it")
    ada.change_person("sola", active=False)
    ada.erase_person("sola", texts=False, reason="asked for it")
    with ada._store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM help_desk_views").scalar_one() == 0


def is_waiting(store: Store) -> bool:
    with store.read() as connection:
        return bool(connection.scalar(sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")))


@pytest.mark.parametrize("backend", ["postgres"])
def test_two_who_arrange_at_once_do_so_one_after_the_other(as_: As, store: Store) -> None:
    ife, said = as_("ife"), list[str]()
    for name in ("one", "two"):
        ife.save_view(name, View.ALL)

    def rename() -> None:
        for name, new_name in (("one", "three"), ("two", "four")):
            with pytest.raises(DesktermError) as error:
                ife.change_view(name, new_name=new_name)
            said.append(str(error.value))

    last = Thread(target=rename, daemon=True)
    with store.write() as holder:
        audit.lock(holder)
        holder.execute(sa.update(VIEWS).where(VIEWS.c.name == "one").values(name="four", called="four"))
        last.start()
        while not is_waiting(store):
            assert last.is_alive()
    last.join(60)
    assert said == [
        "there is no view 'one': expected one of four, two",
        "there is a saved view 'four' already: drop it first",
    ]
