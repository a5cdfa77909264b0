"""The demo's casting: each act of the plot gets a matter, places and people."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from random import Random
from typing import Any, Final

from deskterm.core.domain.people import Category, Person
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import CategoryKind, Role
from deskterm.core.services.demo_parts import Company, Part
from deskterm.core.services.demo_plot import MOVE, Act
from deskterm.core.services.demo_script import Scenario, Script

_STARS: Final = (1, 2, 3, 3, *[4] * 7, *[5] * 13)


class Casting:
    """Hands out scenarios and people in turn, so that what is open at once repeats as little as can be.

    `people` are those who ask, work and lead, in an order that the random needs to be the same.
    """

    def __init__(self, script: Script, company: Company, people: Sequence[Person], random: Random) -> None:
        """Shuffles what there is."""
        self._company, self._script, self._random = company, script, random
        self._deck = random.sample(script.scenarios, len(script.scenarios))
        employees = [p for p in people if p.role is Role.REQUESTER]
        turns = [*employees, *employees, *employees, *(p for p in people if p.is_staff)]
        self._turns = cycle(random.sample(turns, len(turns)))

    def part(self, act: Act) -> Part:
        """Gives who and what one ticket is about."""
        people = self._company.people
        owner = people.get(act.owner)
        scenario, place = self._scenario(act, owner)
        home = self._company.departments[scenario.department].id
        requester = people.get(act.requester) or next(p for p in self._turns if self._may_ask(p, act, home))
        agents = [p for p in people.values() if p.role is Role.AGENT and p.serves(home)]
        owner = owner or self._random.choice(agents)
        lead = self._company.leads[home]
        stars = self._random.choice(_STARS)
        said = self._said(stars)
        category = self._company.categories[scenario.category]
        astray = self._astray(home) if MOVE in act.beats.split() else None
        return Part(
            act, scenario, requester, owner, lead, cycle(scenario.replies), said, stars, category, place, astray
        )

    def _may_ask(self, person: Person, act: Act, home: int) -> bool:
        """Whether somebody asks other people than themselves, also for the money."""
        return not (person.serves(home) or (act.buys and person.id in self._company.roster.names))

    def _astray(self, home: int) -> Category:
        """Gives what somebody took it for who asked the wrong department."""
        others = self._company.categories.values()
        return self._random.choice(
            [one for one in others if one.department_id != home and one.kind is CategoryKind.STANDARD]
        )

    def _said(self, stars: int) -> dict[str, str]:
        said = {beat: self._random.choice(texts) for beat, texts in self._script.phrases.items()}
        said["approve"] = self._random.choice((said["approve"], "", ""))
        judged = said["praise" if stars > 3 else "complaint"]
        return {**said, "rate": self._random.choice((judged, ""))}

    def _scenario(self, act: Act, owner: Person | None) -> tuple[Scenario, str]:
        """Gives the one that fits and was used longest ago, and where it takes place."""
        number, scenario = next(
            (number, s)
            for number, s in enumerate(self._deck)
            if s.kind is act.kind
            and act.department in {"", s.department}
            and act.waits_for in {None, s.waits_for}
            and not (act.buys and s.purchase is None)
            and (owner is None or owner.serves(self._company.departments[s.department].id))
        )
        self._deck.append(self._deck.pop(number))
        place = self._random.choice(self._script.places)
        return _placed(scenario, place), place


def _placed(scenario: Scenario, place: str) -> Scenario:
    """Gives the scenario with its place filled in."""
    texts = _filled(scenario._asdict(), place)
    purchase = scenario.purchase and Wanted(**_filled(scenario.purchase._asdict(), place))
    return Scenario(**{**texts, "purchase": purchase})


def _filled(values: Mapping[str, Any], place: str) -> dict[str, Any]:
    made = dict(values)
    for name, value in values.items():
        if type(value) is str:
            made[name] = value.replace("{place}", place)
        elif type(value) is tuple:
            made[name] = tuple(text.replace("{place}", place) for text in value)
    return made
