"""What others did since somebody looked: inside what they may see, without what they did themselves."""

from collections.abc import Callable

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.filter_terms import Filter
from deskterm.core.domain.filters import parse_filter
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action
from deskterm.core.services.intake import Submission
from deskterm.core.store import watch
from deskterm.core.views import Changes, Shown, View

As = Callable[[str], Desk]


@pytest.fixture
def submit(as_: As) -> Callable[..., int]:
    def make(title: str, *, by: str = "remi", category: str = "it_infrastructure", **more: str) -> int:
        return as_(by).submit(Submission(title=title, category=category, **more)).id  # type: ignore[arg-type]

    return make


def shown(desk: Desk, view: View, text: str = "", *, limit: int = 50) -> Shown:
    """The list as a screen has it after reading it."""
    wanted = parse_filter(text) if text else Filter()
    page = desk.page(view, wanted, limit=limit)
    return Shown(view, wanted, frozenset(row.id for row in page.rows), frozenset(), page.first, page.last)


def test_what_others_do_is_told_and_what_one_does_oneself_is_no_news(as_: As, submit: Callable[..., int]) -> None:
    first, second = submit("One"), submit("Two")
    ife = as_("ife")
    place = ife.place()
    as_("ini").act(first, Action.CLAIM)
    ife.act(second, Action.CLAIM)

    found = ife.changes(place)

    assert found == Changes(place + 2, frozenset({first, second}), frozenset({first}))
    assert ife.changes(found.place) == Changes(found.place, frozenset(), frozenset())


def test_nothing_is_told_of_what_is_not_ones_to_see(as_: As, submit: Callable[..., int]) -> None:
    number = submit("Of operations", category="operations_repairs")
    place = as_("ife").place()
    as_("ola").act(number, Action.CLAIM)

    assert as_("ife").changes(place).tickets == frozenset()
    assert as_("sola").changes(place).tickets == frozenset()
    assert [as_(login).changes(place).tickets for login in ("remi", "ola", "ezra", "ada")] == [{number}] * 4


def test_who_decides_is_told_of_what_waits_for_them(as_: As) -> None:
    place = as_("olu").place()
    wanted = Wanted(("1 x Toner @ 45.00",), "NGN", "We print")
    number = as_("remi").submit(Submission(title="Toner", category="operations_procurement", purchase=wanted)).id

    assert as_("olu").changes(place).others == {number}
    assert as_("lara").changes(place).others == frozenset()


def test_a_list_gets_its_changed_lines_and_counts_what_is_new_in_it(as_: As, submit: Callable[..., int]) -> None:
    first, _, third = submit("One"), submit("Two"), submit("Three", category="operations_repairs")
    ife = as_("ife")
    place, now = ife.place(), shown(ife, View.UNASSIGNED)
    assert now.tickets == {first, 2}
    as_("ini").act(first, Action.CLAIM)
    as_("ola").act(third, Action.MOVE, category="it_design")
    fresh = submit("Four", priority="urgent")
    submit("Mine", by="ife")

    news = ife.list_news(place, now)

    assert [(row.id, row.assignee) for row in news.rows] == [(first, "Ini of IT")]
    assert (news.gone, news.fresh) == (frozenset(), frozenset({third, fresh}))
    as_("ini").act(fresh, Action.CLAIM)  # what was new is not any more
    later = ife.list_news(news.changes.place, now._replace(fresh=news.fresh))
    assert (later.rows, later.fresh) == ((), frozenset({third}))


def test_a_line_that_is_no_longer_ones_to_see_goes(as_: As, submit: Callable[..., int]) -> None:
    number = submit("Moves away")
    ife = as_("ife")
    place, now = ife.place(), shown(ife, View.DEPARTMENT)
    as_("ini").act(number, Action.MOVE, category="operations_repairs")

    news = ife.list_news(place, now)

    assert (news.rows, news.gone, news.fresh) == ((), frozenset({number}), frozenset())


@pytest.mark.parametrize(("priority", "count"), [("urgent", 0), ("low", 1)])
def test_what_would_stand_before_what_was_read_is_not_new(
    as_: As, submit: Callable[..., int], priority: str, count: int
) -> None:
    for number in range(3):
        submit(f"Plain {number}")
    ife = as_("ife")
    place, page = ife.place(), ife.page(View.UNASSIGNED, limit=2, last=True)
    now = Shown(View.UNASSIGNED, Filter(), frozenset(), frozenset(), page.first, page.last)
    submit("Another", priority=priority)

    assert len(ife.list_news(place, now).fresh) == count


@pytest.mark.parametrize(("priority", "count"), [("urgent", 1), ("low", 0)])
def test_only_what_would_stand_among_the_lines_is_new(
    as_: As, submit: Callable[..., int], priority: str, count: int
) -> None:
    for number in range(3):
        submit(f"Plain {number}")
    ife = as_("ife")
    place, now = ife.place(), shown(ife, View.UNASSIGNED, limit=2)
    assert now.until is not None
    submit("Another", priority=priority)

    assert len(ife.list_news(place, now).fresh) == count


def test_a_filter_and_a_falling_order_are_the_lists_own(as_: As, submit: Callable[..., int]) -> None:
    submit("Printer one")
    remi = as_("remi")
    place, now = remi.place(), shown(remi, View.REQUESTED, "printer", limit=1)
    as_("ada").acting_as("remi").submit(Submission(title="Chair", category="it_design"))
    made = as_("ini").submit(Submission(title="Printer two", category="it_design", requester="remi")).id

    assert remi.list_news(place, now).fresh == {made}


def test_after_more_than_can_be_told_all_is_looked_at(
    as_: As, submit: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "_AT_ONCE", 2)
    first = submit("One")
    ife = as_("ife")
    place, now = ife.place(), shown(ife, View.UNASSIGNED)
    as_("ini").act(first, Action.CLAIM)
    fresh = [submit(f"More {number}") for number in range(3)]

    news = ife.list_news(place, now)

    assert (news.changes.is_cut, news.changes.place) == (True, ife.place())
    assert ([row.id for row in news.rows], news.fresh) == ([first], frozenset(fresh))
