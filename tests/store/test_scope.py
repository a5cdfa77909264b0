"""One scope behind every road: lists, counts, single rows, the timeline and notices."""

from collections.abc import Callable
from typing import Any

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import NotFound
from deskterm.core.domain.filter_terms import Filter
from deskterm.core.domain.filters import parse_filter
from deskterm.core.domain.words import Action, FactKind
from deskterm.core.services.intake import Submission
from deskterm.core.views import Shown, View

As = Callable[[str], Desk]
Once = Callable[[Callable[[], Any]], Any]

# who of the house sees Remi's ticket for IT, and who doesn't
INSIDE = ("remi", "ife", "ini", "lara", "ezra", "ada")
OUTSIDE = ("sola", "ola", "olu")


@pytest.fixture
def ticket(once: Once, as_: As) -> int:
    """Remi's ticket for IT, with an internal note and a reply on it; Ife has it."""

    def work() -> int:
        number = as_("remi").submit(Submission(title="Broken screen", category="it_infrastructure")).id
        as_("ife").act(number, Action.CLAIM)
        as_("ife").act(number, Action.NOTE, text="secretly: spilled coffee")
        as_("ife").act(number, Action.REPLY, text="on my way")
        return number

    made: int = once(work)
    return made


@pytest.mark.parametrize("login", INSIDE)
def test_who_is_concerned_sees_it_by_every_road(as_: As, ticket: int, login: str) -> None:
    desk = as_(login)
    view = View.REQUESTED if login == "remi" else View.ALL
    assert [row.id for row in desk.page(view).rows] == [ticket]
    assert desk.count(view) == 1
    assert desk.row(ticket) is not None
    assert desk.ticket(ticket).id == ticket


@pytest.mark.parametrize("login", OUTSIDE)
def test_nobody_else_sees_it_by_any_road(as_: As, ticket: int, login: str) -> None:
    desk = as_(login)
    for view in View:
        for wanted in (
            Filter(),
            parse_filter(str(ticket)),
            parse_filter("screen"),
            parse_filter("-dept:operations -is:late -x"),
        ):
            assert desk.page(view, wanted).rows == ()
            assert desk.count(view, wanted) == 0
    assert desk.row(ticket) is None
    for refused in (
        lambda: desk.ticket(ticket),
        lambda: desk.candidates(ticket),
        lambda: desk.act(ticket, Action.NOTE, text="x"),
    ):
        with pytest.raises(NotFound, match=f"there is no HD-{ticket:06d} among the tickets you may see"):
            refused()


@pytest.mark.parametrize("login", OUTSIDE)
def test_what_may_not_be_seen_reads_like_what_does_not_exist(as_: As, ticket: int, login: str) -> None:
    with pytest.raises(NotFound) as hidden:
        as_(login).ticket(ticket)
    with pytest.raises(NotFound) as absent:
        as_(login).ticket(ticket + 1)
    assert str(absent.value).replace(str(ticket + 1), str(ticket)) == str(hidden.value)


def test_a_requester_reads_replies_and_no_internal_comment(as_: As, ticket: int) -> None:
    seen = as_("remi").ticket(ticket)
    assert [(e.kind, e.text) for e in seen.timeline] == [
        (FactKind.SUBMITTED, ""),
        (FactKind.CLAIMED, ""),
        (FactKind.REPLIED, "on my way"),
    ]
    assert "coffee" not in repr(seen)


def test_what_staff_write_on_a_pause_or_a_move_stays_inside(as_: As, ticket: int) -> None:
    as_("ife").act(ticket, Action.SET_PRIORITY, priority="urgent", text="secretly: the director's")
    as_("ife").act(ticket, Action.MOVE, category="operations_repairs", text="secretly: not ours")
    assert "secretly" not in repr(as_("remi").ticket(ticket))
    assert repr(as_("olu").ticket(ticket)).count("secretly") == 3


@pytest.mark.parametrize("login", ["ife", "ezra", "ada"])
def test_staff_read_the_internal_comments(as_: As, ticket: int, login: str) -> None:
    assert "secretly: spilled coffee" in [e.text for e in as_(login).ticket(ticket).timeline]


def found(desk: Desk, view: View, words: str) -> tuple[int, int, int, bool]:
    """By how many roads a word finds tickets: the list, the count, what is not without it, the news."""
    wanted = parse_filter(words)
    listed, without = desk.page(view, wanted).rows, desk.count(view, parse_filter(f"-{words}"))
    news = desk.list_news(0, Shown(view, wanted, frozenset(), frozenset(), None, None))
    return len(listed), desk.count(view, wanted), without, bool(news.fresh)


@pytest.mark.parametrize("login", ["remi", "ife", "lara", "ezra"])
def test_an_internal_comment_is_found_by_who_may_read_it_and_nobody_else(as_: As, ticket: int, login: str) -> None:
    desk, view = as_(login), View.REQUESTED if login == "remi" else View.ALL
    assert found(desk, view, "screen") == found(desk, view, "way") == (1, 1, 0, True)
    assert found(desk, view, "coffee") == ((0, 0, 1, False) if login == "remi" else (1, 1, 0, True))
    assert ticket


def test_staff_find_no_internal_comment_of_what_they_only_asked_for(as_: As) -> None:
    number = as_("olu").submit(Submission(title="Broken screen", category="it_infrastructure")).id
    as_("ife").act(number, Action.NOTE, text="secretly: spilled coffee")
    assert found(as_("olu"), View.ALL, "screen")[:3] == (1, 1, 0)
    assert found(as_("olu"), View.ALL, "coffee") == (0, 0, 1, False)
    with pytest.raises(NotFound):
        as_("ini").claim_next(parse_filter("-coffee"))
    assert as_("ini").claim_next(parse_filter("coffee")).id == number


def test_notices_of_a_ticket_that_moved_away_are_gone(as_: As, ticket: int) -> None:
    assert [n.ticket_id for n in as_("lara").notices()] == [ticket]
    assert as_("lara").unseen() == 1
    as_("ife").act(ticket, Action.MOVE, category="operations_repairs")
    assert as_("lara").notices() == []
    assert as_("lara").unseen() == 0
    assert [n.ticket_id for n in as_("olu").notices()] == [ticket]


def test_case_and_accents_are_no_matter_in_any_alphabet(as_: As) -> None:
    ticket = as_("remi").submit(Submission(title="ÉCRAN cassé, ЭКРАН", category="it_infrastructure")).id
    for words in ("écran CASSÉ", "экран", "ecran", '"ecran casse"'):
        assert [row.id for row in as_("ife").page(View.ALL, parse_filter(words)).rows] == [ticket]


def test_unassigned_is_what_one_could_take_and_not_what_one_asked_for(as_: As) -> None:
    as_("olu").submit(Submission(title="For IT", category="it_infrastructure"))
    assert as_("olu").page(View.UNASSIGNED).rows == ()
    assert as_("olu").count(View.ALL) == 1
    assert as_("ife").count(View.UNASSIGNED) == 1


def test_words_are_words_and_no_patterns(as_: As, ticket: int) -> None:
    as_("remi").submit(Submission(title="100% of the_screens", category="it_design"))
    desk = as_("ife")
    asked = ("%", "_", "SCREEN", "screen'", "reen", "the_scr", "screen_the", "100%", "'")
    assert [desk.count(View.ALL, parse_filter(w)) for w in asked] == [2, 2, 2, 2, 0, 1, 0, 1, 2]
    assert desk.count(View.ALL, parse_filter(f"HD-{ticket:06d}")) == 1


@pytest.mark.usefixtures("ticket")
@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("@me", 1),
        ("@ife", 1),
        ("@ini", 0),
        ("@nobody", 0),
        ("from:remi", 1),
        ("from:sola", 0),
        ("dept:it", 1),
        ("dept:operations", 0),
        ("prio:3", 1),
        ("prio:<=2", 0),
        ("prio:medium", 1),
        ("-@me", 0),
        ("is:mine,late", 1),
        ("created:today due:>4h", 1),
        ("-created:today", 0),
        ("category:it_infrastructure from:me,remi", 1),
        ("status:assigned", 1),
        ("status:new", 0),
    ],
)
def test_a_filter_narrows_in_the_database(as_: As, text: str, count: int) -> None:
    assert as_("ife").count(View.ALL, parse_filter(text)) == count
