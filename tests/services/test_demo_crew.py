"""Who came and went: no seat is ever empty, no two people share a login, and the desk grew with its work."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from deskterm.core.domain.words import Role
from deskterm.core.services.demo_crew import SETTLED, Tenure, crew
from deskterm.core.services.demo_script import Player

SINCE: Final = datetime(2016, 9, 30, tzinfo=UTC)
NOW: Final = datetime(2026, 9, 30, 13, tzinfo=UTC)
PLAYERS: Final = (
    Player("obinna", "Obinna Okereke", Role.EXECUTIVE, "", "managing_director"),
    Player("ngozi", "Ngozi Umeh", Role.LEAD, "it", ""),
    Player("ada", "Ada Nwosu", Role.AGENT, "it", ""),
    Player("femi", "Femi Ogunleye", Role.AGENT, "it", "lead.deputy"),
    Player("bisi", "Bisi Adebanjo", Role.REQUESTER, "", ""),
    Player("efe", "Efe Omoregbe", Role.REQUESTER, "", ""),
)


def some(a_month: float, seed: int) -> list[Tenure]:
    return crew(PLAYERS, a_month, SINCE, NOW, Random(seed))  # noqa: S311 - it varies a story and keeps no secret


@settings(max_examples=8)
@given(st.floats(0, 3_000), st.integers())
def test_posts_are_always_held_and_no_login_is_given_twice(a_month: float, seed: int) -> None:
    found = some(a_month, seed)

    logins = [one.player.login for one in found]
    assert len(set(logins)) == len(logins)
    for post in {seat for one in found for seat in one.player.seats(1)}:
        held = [one for one in found if post in one.player.seats(1)]
        assert held[0].since == SINCE
        assert held[-1].until is None
        assert all(before.until == after.since for before, after in pairwise(held))
    assert all(SINCE <= one.since < (one.until or NOW) <= NOW for one in found)
    assert found == some(a_month, seed)


@given(st.integers())
@settings(max_examples=10)
def test_the_players_are_here_today_and_the_founders_always_were(seed: int) -> None:
    found = {one.player.login: one for one in some(10, seed)}

    assert {login for login, one in found.items() if one.until is None} == {one.login for one in PLAYERS}
    assert all(found[login].covers(SINCE, NOW) for login in ("ada", "bisi"))
    assert all(one.covers(NOW - SETTLED, NOW) for one in found.values() if one.until is None)
    assert not any(one.until > NOW - SETTLED for one in found.values() if one.until is not None)


def test_more_work_wants_more_people_and_they_come_over_the_years() -> None:
    found = some(6_000, 1)
    here = [sum(one.covers(at, at) for one in found) for at in (SINCE, SINCE + timedelta(days=1_800), NOW)]

    assert here[0] < here[1] < here[2]
    assert sum(one.until is None and one.player.role is Role.AGENT for one in found) == 40
    assert sum(one.until is None and one.player.role is Role.REQUESTER for one in found) == 750
