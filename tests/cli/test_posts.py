"""`deskterm people set` and the notices about posts: who replaces whom, what is vacant, what stands still."""

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]
BUY = ("--category", "it_procurement", "--title", "Toner", "--line", "2 x Toner @ 45.00", "--why", "empty")


def test_giving_a_post_says_whom_it_replaced(deskterm: Run) -> None:
    first = deskterm("people", "set", "olu", "--post", "managing_director.deputy")
    assert first.out == "olu changed\nOlu Lead is managing_director.deputy now\n"
    then = deskterm("people", "set", "hana", "--post", "managing_director.deputy")
    assert then.out == "hana changed\nHana Head is managing_director.deputy now, in place of Olu Lead\n"
    added = deskterm("people", "add", "--name", "New", "--role", "lead", "--department", "it", "--post", "lead")
    assert added.out == "New added as lead\nNew is lead of IT & Communications now, in place of Lara Lead\n"
    assert deskterm("people", "set", "hana", "--role", "executive").out == "hana changed\n"


@pytest.mark.parametrize(
    ("bought", "stands"), [(0, ""), (1, "1 purchase stands still"), (2, "2 purchases stand still")]
)
def test_whoever_leaves_leaves_posts_vacant_and_purchases_standing(deskterm: Run, bought: int, stands: str) -> None:
    for _ in range(bought):
        deskterm("--as", "remi", "new", *BUY)
    left = deskterm("people", "set", "lara", "--left")
    said = ["notice: nobody holds lead of IT & Communications now"]
    said += [f"notice: {stands} until somebody does"] if stands else []
    assert (left.out, left.err.splitlines()) == ("lara changed\n", said)


def test_of_who_had_no_post_nothing_is_said(deskterm: Run) -> None:
    ran = deskterm("people", "set", "ini", "--left")
    assert (ran.out, ran.err) == ("ini changed\n", "")


def test_the_deputy_of_a_lead_is_listed_with_the_department(deskterm: Run) -> None:
    deskterm("people", "set", "ini", "--post", "lead.deputy")
    assert "lead.deputy of IT & Communications" in deskterm("people").out


def test_posts_without_a_deputy_are_one_notice_until_they_have_one(deskterm: Run) -> None:
    said = deskterm("doctor").err.splitlines()[-1]
    assert said == (
        "notice: lead of IT & Communications, Operations and head_of_corporate_services and managing_director have no "
        "deputy: what their holders ask for stands still"
    )
    deskterm("people", "set", "ini", "--post", "managing_director.deputy")
    assert "deputy" not in deskterm("doctor").err  # each of them has somebody above now


def test_a_chain_that_stands_still_for_one_holder_says_for_whom(deskterm: Run) -> None:
    for login, post in (("ini", "lead.deputy"), ("ola", "lead.deputy"), ("ife", "head_of_corporate_services.deputy")):
        deskterm("people", "set", login, "--post", post)
    told = "notice: managing_director has no deputy: what its holder asks for stands still"
    assert deskterm("doctor").err.splitlines()[-1] == told
    checked = deskterm("profile", "check", "acob", "--desk")
    assert told in checked.err.splitlines()
    assert "no deputy" not in checked.out
    deskterm("--as", "ezra", "new", *BUY)
    for login in ("lara", "hana"):
        deskterm("--as", login, "note", "1", "-m", "x")
