"""Who worked at a demo desk over the years: people are hired, hold a seat for a while, and leave it to another."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count, product
from random import Random
from typing import Final, NamedTuple

from deskterm.core.domain.load import GROWTH
from deskterm.core.domain.people import Person
from deskterm.core.domain.words import Role
from deskterm.core.services.demo_script import Player

SETTLED: Final = timedelta(days=90)
"""Nobody came or left in so long: who has what is open is here."""
_YEAR: Final = timedelta(days=365)
_STAYS: Final = (0.4, 5.5)
"""Years that somebody stays, at the least and at the most."""
_AN_AGENT: Final = 150
_A_REQUESTER: Final = 8
"""How many tickets a month, at the end, make work for one agent, and come from one requester."""
_MOST_ASK: Final = 2_500


class Tenure(NamedTuple):
    """Somebody in a seat, from an instant until before another; None is until today."""

    player: Player
    since: datetime
    until: datetime | None

    def covers(self, start: datetime, end: datetime) -> bool:
        """Whether they are here all the time from `start` through `end`."""
        return self.since <= start and (self.until is None or end < self.until)


class Member(NamedTuple):
    """A tenure with the person that the desk knows, as they were while it lasted."""

    tenure: Tenure
    person: Person


def crew(players: Sequence[Player], a_month: float, since: datetime, now: datetime, random: Random) -> list[Tenure]:
    """Gives everybody who ever was here, in the order they were hired, for so many tickets `a_month` at the end.

    Who plays is here today. The first agent of every department and the first requester were here all the time, so
    that there is always somebody to ask and to work.
    """
    names = _names(players, random)
    founders = _founders(players)
    found: list[Tenure] = []
    for player in players:
        found += [Tenure(player, since, None)] if player.login in founders else _held(player, since, now, names, random)
    for seats in _seats(players, a_month):
        for number, seat in enumerate(seats, 1):
            opened = _opened(number / len(seats), since, now)
            holder = next(names)
            found += _held(seat._replace(login=holder[0], name=holder[1]), opened, now, names, random)
    return sorted(found, key=lambda one: one.since)


def _founders(players: Iterable[Player]) -> set[str]:
    first: dict[tuple[Role, str], str] = {}
    for player in players:
        if player.role in {Role.AGENT, Role.REQUESTER}:
            first.setdefault((player.role, player.department), player.login)
    return set(first.values())


def _seats(players: Sequence[Player], a_month: float) -> Iterator[list[Player]]:
    """Gives the seats that so much work needs besides those of the players, a department's at once."""
    agents = [player for player in players if player.role is Role.AGENT]
    homes = dict.fromkeys(player.department for player in agents)
    for home in homes:
        mine = sum(player.department == home for player in agents)
        wanted = round(a_month / _AN_AGENT / len(homes)) - mine
        yield [Player("", "", Role.AGENT, home, "")] * max(0, wanted)
    asking = sum(player.role is Role.REQUESTER for player in players)
    wanted = min(_MOST_ASK, round(a_month / _A_REQUESTER)) - asking
    yield [Player("", "", Role.REQUESTER, "", "")] * max(0, wanted)


def _opened(place: float, since: datetime, now: datetime) -> datetime:
    """Gives when a seat was made; `place` is its share of all of its kind. The first were there from the beginning."""
    years = (now - since) / _YEAR
    at_first: float = GROWTH**-years
    later = max(0.0, (place - at_first) / (1 - at_first))
    return since + later * (now - SETTLED - since)


def _held(
    last: Player, opened: datetime, now: datetime, names: Iterator[tuple[str, str]], random: Random
) -> list[Tenure]:
    """Gives who had a seat, from today's holder back to when it was made."""
    found: list[Tenure] = []
    player, until, left = last, None, now - SETTLED
    while True:
        since = max(opened, (left - random.uniform(*_STAYS) * _YEAR).replace(microsecond=0))
        found.append(Tenure(player, since, until))
        if since == opened:
            return found
        login, name = next(names)
        player, until, left = last._replace(login=login, name=name), since, since


def _names(players: Sequence[Player], random: Random) -> Iterator[tuple[str, str]]:
    """Gives logins and names that nobody has, made of the names that there are."""
    parts = [player.name.split() for player in players]
    firsts, lasts = (sorted({part[place] for part in parts}) for place in (0, -1))
    pairs = [pair for pair in product(firsts, lasts) if list(pair) not in parts]
    for turn in count(1):
        for first, last in random.sample(pairs, len(pairs)):
            middle = f" {chr(ord('A') + (turn - 2) % 26)}." if turn > 1 else ""
            login = f"{first}.{last}{turn if turn > 1 else ''}".lower()
            yield login, f"{first}{middle} {last}"


def here(members: Iterable[Member], start: datetime, end: datetime) -> Mapping[str, Person]:
    """Gives who is here all the time from `start` through `end`, by login."""
    return {one.tenure.player.login: one.person for one in members if one.tenure.covers(start, end)}
