"""The demo's histories: each act of the plot gets its people, words and times, and the real `decide` makes the facts.

Times are open hours counted back from now. So at any now, a Saturday night too,
every queue has its work, and no history is one that the lifecycle forbids.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import cycle
from random import Random
from typing import Any, Final

from deskterm.core.domain.approve import put_before
from deskterm.core.domain.calendar import Calendar
from deskterm.core.domain.chain import Chain
from deskterm.core.domain.decide import Arguments, decide
from deskterm.core.domain.facts import Fact, Ticket
from deskterm.core.domain.history import begin, caught_up
from deskterm.core.domain.panel import Panel, Place, may_decide
from deskterm.core.domain.people import Person
from deskterm.core.domain.profile import MAIN_CLOCK
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import CategoryKind, FactKind, Role, Source, Status
from deskterm.core.services.demo_parts import DECISIONS, LINES, Company, Line, Part
from deskterm.core.services.demo_plot import Act, Pace, acts
from deskterm.core.services.demo_script import Scenario, Script
from deskterm.core.services.policies import DeskPolicy
from deskterm.core.services.work import followed
from deskterm.core.store.tickets import Step

_MINUTE: Final = 60
_HOUR: Final = 3_600
_DAYS: Final = 25  # business days that the oldest ticket lies back
_LATE_SHARE: Final = 0.08
_EVENING_SHARE: Final = 0.15
_STARS: Final = (1, 2, 3, 3, *[4] * 7, *[5] * 13)
_CHANNELS: Final = (*[Source.FORM] * 6, Source.MAIL, Source.MAIL, Source.PHONE, Source.CHAT, Source.WALK_IN)
_BY_STAFF: Final = frozenset({Source.PHONE, Source.WALK_IN})


def histories(script: Script, company: Company, policy: DeskPolicy, now: datetime, random: Random) -> list[list[Step]]:
    """Gives what happened to every ticket of the demo, nothing of it after `now`, the oldest ticket first."""
    casting = _Casting(script, company, random)
    story = _Story(company, policy, now.replace(microsecond=0), random)
    told = [story.told(casting.part(act)) for act in acts(company.departments, random) for _ in range(act.times)]
    return sorted(told, key=lambda steps: steps[0].fact.at)


class _Casting:
    """Hands out scenarios and people in turn, so that what is open at once repeats as little as can be."""

    def __init__(self, script: Script, company: Company, random: Random) -> None:
        self._company, self._script, self._random = company, script, random
        self._deck = random.sample(script.scenarios, len(script.scenarios))
        people = [company.people[player.login] for player in script.people]
        employees = [p for p in people if p.role is Role.REQUESTER]
        turns = [*employees, *employees, *employees, *(p for p in people if p.is_staff)]
        self._turns = cycle(random.sample(turns, len(turns)))

    def part(self, act: Act) -> Part:
        people = self._company.people
        owner = people.get(act.owner)
        scenario = self._scenario(act, owner)
        home = self._company.departments[scenario.department].id
        requester = people.get(act.requester) or next(p for p in self._turns if self._may_ask(p, act, home))
        agents = [p for p in people.values() if p.role is Role.AGENT and p.serves(home)]
        owner = owner or self._random.choice(agents)
        lead = self._company.leads[home]
        stars = self._random.choice(_STARS)
        return Part(act, scenario, requester, owner, lead, cycle(scenario.replies), self._said(stars), stars)

    def _may_ask(self, person: Person, act: Act, home: int) -> bool:
        """Whether somebody asks other people than themselves, also for the money."""
        return not (person.serves(home) or (act.buys and person.id in self._company.roster.names))

    def _said(self, stars: int) -> dict[str, str]:
        said = {beat: self._random.choice(texts) for beat, texts in self._script.phrases.items()}
        said["approve"] = self._random.choice((said["approve"], "", ""))
        judged = said["praise" if stars > 3 else "complaint"]
        return {**said, "rate": self._random.choice((judged, ""))}

    def _scenario(self, act: Act, owner: Person | None) -> Scenario:
        """Gives the one that fits and was used longest ago."""
        scenario = next(
            s
            for s in self._deck
            if s.kind is act.kind
            and act.department in {"", s.department}
            and act.waits_for in {None, s.waits_for}
            and not (act.buys and s.purchase is None)
            and (owner is None or owner.serves(self._company.departments[s.department].id))
        )
        self._deck.remove(scenario)
        self._deck.append(scenario)
        return _placed(scenario, self._random.choice(self._script.places))


class _Story:
    """Turns parts into histories."""

    def __init__(self, company: Company, policy: DeskPolicy, now: datetime, random: Random) -> None:
        self._company, self._policy, self._now, self._random = company, policy, now, random

    def told(self, part: Part) -> list[Step]:
        home = self._company.departments[part.scenario.department].id
        calendar = self._policy.calendar(home)
        rank = self._rank(part)
        work, after = (beats.split() for beats in f"{part.act.beats}|".split("|")[:2])
        age, spent = self._span(part.act.pace, rank, home)
        moments = self._moments(len(work), len(after), spent)
        fact = self._submission(part, rank, calendar, calendar.add(self._now, -age))
        history = begin(fact, self._policy)
        steps = [Step(fact, None, history)]
        if part.act.kind is CategoryKind.PROCUREMENT and part.scenario.purchase is not None:
            panel = self._panel(part, ())
            wanted = part.scenario.purchase.read(panel.currency)
            bought = put_before(history.ticket, panel, wanted, fact.actor_id or part.requester.id, fact.at)
            steps += followed(history, tuple(bought), self._policy)
            history = steps[-1].after
        for beat, moment in zip((*work, *after), moments, strict=True):
            at = calendar.add(self._now, moment - age)
            panel = self._panel(part, history.chain)
            actor, action, given = self._line(beat, part, history.ticket, panel, at)
            facts = decide(history.ticket, action, given, actor, now=at, reopen_until=None, panel=panel)
            steps += followed(history, facts, self._policy)
            history = steps[-1].after
        status = history.ticket.status
        return steps + [Step(breach, status, after) for breach, after in caught_up(history, self._now, self._policy)]

    def _line(self, beat: str, part: Part, ticket: Ticket, panel: Panel, at: datetime) -> Line:
        if beat not in DECISIONS:
            return LINES[beat](part, ticket)
        able = may_decide(panel.chain[-1], panel.roster, at)
        own = next(person for person, slot in able.items() if slot.person_id == person)
        return self._company.known[own], DECISIONS[beat], Arguments(text=part.said[beat])

    def _panel(self, part: Part, chain: Chain) -> Panel:
        profile, home = self._policy.profile, self._company.departments[part.scenario.department].id
        place = Place(home, part.requester.department_id)
        return Panel(chain, profile.chain, profile.currency, self._company.roster, place)

    def _rank(self, part: Part) -> int:
        usual = part.scenario.priority
        rank = self._random.choice((*[usual] * 8, usual - 1, usual + 1))
        return rank if rank in self._policy.profile.priorities else usual

    def _span(self, pace: Pace, rank: int, home: int) -> tuple[int, float]:
        """Gives in seconds of open time how long ago it was submitted, and how long the work on it went on."""
        some = self._random.uniform
        day = self._policy.business_day(home)
        target = self._policy.profile.clocks[MAIN_CLOCK].targets[rank].seconds(day)
        match pace:
            case Pace.FRESH:
                age = target * some(0.05, 0.7)
            case Pace.NEAR:
                age = target - some(15, 100) * _MINUTE
            case Pace.LATE:
                age = target + some(0.5, 8) * _HOUR
            case Pace.STALLED:
                spent = target * some(0.05, 0.5)
                return round(spent + some(0.2, 6) * day), spent
            case Pace.RESOLVED:
                spent = target * some(0.1, 0.8)
                return round(spent + some(0.5, 20) * _HOUR), spent
            case Pace.DONE:
                spent = target * (some(1.05, 1.5) if self._random.random() < _LATE_SHARE else some(0.05, 0.8))
                return round(some(spent + 2 * day, _DAYS * day)), spent
        return round(age), age * some(0.3, 0.95)

    def _moments(self, work: int, after: int, spent: float) -> list[int]:
        """Gives in seconds from submission when so many beats come: the first soon, the last of the work at its end."""
        some = self._random.uniform
        first = min(some(4, 75) * _MINUTE, spent * 0.3)
        between = sorted(some(first, spent) for _ in range(work - 2))
        moments = [first, *between, spent][:work]
        confirmed = spent + some(0.2, 9) * _HOUR
        moments += [confirmed, confirmed + some(1, 30) * _MINUTE][:after]
        return [round(moment) for moment in moments]

    def _submission(self, part: Part, rank: int, calendar: Calendar, at: datetime) -> Fact:
        scenario, requester = part.scenario, part.requester
        category = self._company.categories[scenario.category]
        source = self._random.choice(_CHANNELS)
        by_staff = source in _BY_STAFF
        if part.act.pace is Pace.DONE and not by_staff and self._random.random() < _EVENING_SHARE:
            at = self._evening(calendar, at)
        return Fact(
            kind=FactKind.SUBMITTED,
            at=at,
            actor_id=part.owner.id if by_staff else requester.id,
            status=Status.NEW if scenario.kind is CategoryKind.STANDARD else Status.PENDING_APPROVAL,
            requester_id=requester.id,
            department_id=category.department_id,
            category_id=category.id,
            category_kind=scenario.kind,
            priority=rank,
            title=scenario.title,
            description=scenario.description,
            source=source,
            on_behalf_of=requester.id if by_staff else None,
        )

    def _evening(self, calendar: Calendar, at: datetime) -> datetime:
        """Gives an instant after closing on the working day before."""
        *_, (opened, _) = calendar.windows(at - timedelta(days=1), at + timedelta(seconds=1))
        closed = calendar.add(opened, -1) + timedelta(seconds=1)
        return min(at, closed + timedelta(seconds=self._random.randrange(_HOUR, 4 * _HOUR)))


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
