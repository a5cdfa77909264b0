"""The filter `kpi:` in lists: open and closed together, page by page, and inside what its reader may see."""

from collections.abc import Callable
from typing import Any

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import FilterError
from deskterm.core.domain.filters import parse_filter
from deskterm.core.domain.words import Action, WaitReason
from deskterm.core.named_views import BUILT_IN, named
from deskterm.core.services import gathering
from deskterm.core.services.intake import Submission
from deskterm.core.store import blocks, narrowing, numbered, wordings
from deskterm.core.store.engine import Store
from deskterm.core.views import Cursor, Order, View, orders

As = Callable[[str], Desk]
Once = Callable[[Callable[[], Any]], Any]
IN = parse_filter("kpi:submitted@2026-09")


@pytest.fixture
def desk(once: Once, as_: As) -> As:
    """The desk with nine tickets: of three each one is closed, one waits, one is nobody's; six of them are IT's."""

    def work() -> None:
        for number in range(9):
            category = "it_design" if number < 6 else "operations_repairs"
            ticket = as_("remi").submit(Submission(title=f"number {number}", category=category, priority="low")).id
            agent = as_("ife" if number < 6 else "ola")
            match number % 3:
                case 0:
                    agent.act(ticket, Action.CANCEL, text="no more")
                case 1:
                    agent.act(ticket, Action.CLAIM)
                    agent.act(ticket, Action.WAIT, reason=WaitReason.VENDOR)

    once(work)
    return as_


def read(desk: Desk, view: View, text: str, limit: int = 50, order: Order | None = None) -> list[int]:
    found: list[int] = []
    after: Cursor | None = None
    while True:
        page = desk.page(view, parse_filter(text), order=order, limit=limit, after=after)
        found += [row.id for row in page.rows]
        after = page.last
        if after is None:
            return found


@pytest.mark.parametrize(("few", "many"), [(5_000, 100_000), (1, 100_000), (1, 1)])
def test_what_a_figure_counts_is_in_one_list_page_by_page_however_much_it_is(
    desk: As, monkeypatch: pytest.MonkeyPatch, few: int, many: int
) -> None:
    for module in (narrowing, wordings):
        monkeypatch.setattr(module, "FEW", few)
    for module in (narrowing, numbered):
        monkeypatch.setattr(module, "MANY", many)
    text = "kpi:submitted@2026-09"
    for login, theirs in (("ezra", range(1, 10)), ("lara", range(1, 7))):
        reader = desk(login)
        for limit in (2, 50):
            assert read(reader, View.ALL, text, limit) == [*reversed(theirs)]
        assert reader.count(View.ALL, parse_filter(text)) == len(theirs)
        assert read(reader, View.ALL, f"{text} is:closed", 2) == [n for n in reversed(theirs) if n % 3 == 1]
        assert read(reader, View.ALL, f"{text} status:open", 2) == [n for n in reversed(theirs) if n % 3 != 1]
        assert read(reader, View.CLOSED, text, 2) == [n for n in reversed(theirs) if n % 3 == 1]
        assert sorted(read(reader, View.UNASSIGNED, text, 2)) == [n for n in theirs if n % 3 == 0]
        assert read(reader, View.ALL, f"-{text}") == []
    assert read(desk("lara"), View.DEPARTMENT, "kpi:submitted@2026-09/category:it_design", 4) == [6, 5, 4, 3, 2, 1]
    assert read(desk("ezra"), View.ALL, "kpi:submitted@2026-09/dept:operations,backlog@2026-09/dept:it", 3) == [
        9, 8, 7, 6, 5, 3, 2,
    ]  # fmt: skip


def test_a_list_of_open_and_closed_has_an_order_that_both_have() -> None:
    assert orders(View.ALL, IN) == (Order.CREATED,)
    assert orders(View.UNASSIGNED, IN) == orders(View.UNASSIGNED, parse_filter(""))
    assert orders(View.ALL, parse_filter("kpi:sla@2026 is:closed"))[0] is Order.CLOSED
    assert orders(View.ALL, parse_filter("-kpi:sla@2026"))[0] is Order.DUE
    late = named(BUILT_IN, "late")
    assert late is not None
    assert late.opens_in(late.narrowed(IN)) is Order.CREATED


def test_what_is_no_figure_here_is_refused_in_the_words_of_the_filter(desk: As) -> None:
    for login, text, said in (
        ("lara", "x kpi:sls@2026-09", "kpi:sls@2026-09: there is no figure 'sls': did you mean sla?"),
        ("lara", "kpi:sla@2026-09/dept:no", "kpi:sla@2026-09/dept:no: there is no department 'no'"),
        ("lara", "kpi:sla@2027..today", "kpi:sla@2027..today: the period ends on 2026-09-28, before it begins"),
    ):
        with pytest.raises(FilterError) as caught:
            desk(login).page(View.ALL, parse_filter(text))
        assert str(caught.value).startswith(said)
        assert caught.value.word == text.split()[-1]


def test_a_saved_view_of_a_figure_goes_with_the_time(desk: As, at: Callable[[str], object]) -> None:
    desk("lara").save_view("came in", View.ALL, parse_filter("kpi:submitted@month"))
    view = desk("lara").view("came in")
    assert len(desk("lara").page(view.base, view.wanted).rows) == 6
    at("2026-10-02 09:00")
    assert desk("lara").page(view.base, view.wanted).rows == ()


def test_the_first_list_of_a_figure_makes_its_measures(desk: As, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "_MANY", 2)

    def turn() -> int:
        with store.read() as connection:
            return blocks.state(connection).turn

    everything = named(BUILT_IN, "all")
    assert everything is not None
    desk("lara").page(everything.base, parse_filter("number"))
    before = turn()
    assert desk("lara").count(everything.base, IN) == 6
    assert (before, turn() > 0) == (0, True)
