"""The demo's plot: what happens to each ticket and when, made by the real `decide`.

A ticket goes through beats, and its times are open hours counted back from now. So at any now, a Saturday night too,
every queue has its work, and no history is one that the lifecycle forbids.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from enum import Enum, auto
from itertools import cycle
from random import Random
from typing import Final, NamedTuple

from deskterm.core.domain.calendar import Calendar
from deskterm.core.domain.clocks import RESOLUTION
from deskterm.core.domain.decide import Arguments, decide
from deskterm.core.domain.facts import Fact, Ticket
from deskterm.core.domain.history import begin
from deskterm.core.domain.people import Category, Department, Person
from deskterm.core.domain.words import Action, CategoryKind, FactKind, Role, Source, Status, WaitReason
from deskterm.core.services.context import reopen_until
from deskterm.core.services.demo_script import Scenario, Script
from deskterm.core.services.policies import DeskPolicy
from deskterm.core.services.work import followed
from deskterm.core.store import directory
from deskterm.core.store.engine import Connection
from deskterm.core.store.tickets import Step

REQUESTER: Final = "bisi"
AGENT: Final = "ada"
LEAD: Final = "ngozi"
EXECUTIVE: Final = "obinna"


class _Pace(Enum):
    """How a ticket's open hours lie against its target."""

    FRESH = auto()
    NEAR = auto()  # less than two hours are left
    LATE = auto()
    RESOLVED = auto()  # and not confirmed: never so long ago that it would have closed by itself
    DONE = auto()


class _Act(NamedTuple):
    """What a ticket goes through: the beats of `_line`, and after `|` those that follow the work. Empty is anybody."""

    beats: str
    pace: _Pace
    times: int = 1
    owner: str = ""
    requester: str = ""
    department: str = ""
    waits_for: WaitReason | None = None
    kind: CategoryKind = CategoryKind.STANDARD


_BOUGHT: Final = CategoryKind.PROCUREMENT
_IN_EACH_DEPARTMENT: Final = (
    _Act("", _Pace.FRESH, 2),
    _Act("", _Pace.NEAR),
    _Act("", _Pace.LATE),
    _Act("claim release", _Pace.FRESH),
    _Act("assign", _Pace.FRESH),
    _Act("claim start note", _Pace.FRESH),
    _Act("assign start reply", _Pace.NEAR),
    _Act("claim start note", _Pace.LATE),
    _Act("claim start resolve reject", _Pace.FRESH),
    _Act("assign start reply resolve", _Pace.RESOLVED, 2),
    _Act("", _Pace.FRESH, kind=_BOUGHT),
    _Act("reply answer note", _Pace.FRESH, kind=_BOUGHT),
)
_PERSONAL: Final = (
    _Act("assign", _Pace.FRESH, 2, owner=AGENT),
    _Act("assign", _Pace.NEAR, owner=AGENT),
    _Act("claim", _Pace.LATE, owner=AGENT),
    _Act("claim start reply answer", _Pace.FRESH, 2, owner=AGENT),
    _Act("assign start note", _Pace.NEAR, owner=AGENT),
    _Act("claim start reply", _Pace.LATE, owner=AGENT),
    _Act("assign start reply wait", _Pace.FRESH, 3, owner=AGENT),
    _Act("claim start resolve reject start", _Pace.FRESH, owner=AGENT),
    _Act("claim resolve confirm reopen", _Pace.FRESH, owner=AGENT),
    _Act("claim start note resolve", _Pace.RESOLVED, 2, owner=AGENT),
    _Act("", _Pace.FRESH, requester=REQUESTER),
    _Act("assign start reply", _Pace.FRESH, requester=REQUESTER),
    _Act("claim start reply wait", _Pace.FRESH, requester=REQUESTER, waits_for=WaitReason.REQUESTER),
    _Act("", _Pace.FRESH, requester=REQUESTER, kind=_BOUGHT),
    _Act("assign start note resolve", _Pace.RESOLVED, 2, requester=REQUESTER),
    _Act("claim start resolve | confirm", _Pace.DONE, 2, requester=REQUESTER),
    _Act("claim start reply", _Pace.FRESH, requester=EXECUTIVE),
    _Act("claim start note resolve", _Pace.RESOLVED, requester=EXECUTIVE),
)
_ENDINGS: Final = (
    _Act("claim start resolve | confirm rate", _Pace.DONE),
    _Act("claim start reply answer note resolve | confirm rate", _Pace.DONE),
    _Act("assign start reply note resolve | confirm rate", _Pace.DONE),
    _Act("assign start reply resolve | confirm rate", _Pace.DONE),
    _Act("assign start reply wait note resume resolve | confirm rate", _Pace.DONE),
    _Act("claim start note wait resume resolve | confirm", _Pace.DONE),
    _Act("claim start reply resolve reject start reply resolve | confirm rate", _Pace.DONE),
    _Act("assign weigh start note resolve | confirm", _Pace.DONE),
    _Act("assign start note answer note resolve | confirm rate", _Pace.DONE),
    _Act("claim resolve | confirm", _Pace.DONE),
    _Act("assign cancel", _Pace.DONE),
    _Act("reply withdraw", _Pace.DONE, kind=_BOUGHT),
)
_FINISHED: Final = 115

_MINUTE: Final = 60
_HOUR: Final = 3_600
_DAYS: Final = 25  # business days that the oldest ticket lies back
_LATE_SHARE: Final = 0.08
_EVENING_SHARE: Final = 0.15
_STARS: Final = (1, 2, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5)
_CHANNELS: Final = (*[Source.FORM] * 6, Source.MAIL, Source.MAIL, Source.PHONE, Source.CHAT, Source.WALK_IN)
_BY_STAFF: Final = frozenset({Source.PHONE, Source.WALK_IN})


class Company(NamedTuple):
    """The desk's people, departments and categories, by what the script calls them; leads by their department's id."""

    people: dict[str, Person]
    departments: dict[str, Department]
    categories: dict[str, Category]
    leads: dict[int, Person]

    @classmethod
    def load(cls, connection: Connection) -> "Company":
        """Gives the company as it stands in the database."""
        everybody = directory.people(connection)
        departments = directory.departments(connection).values()
        return cls(
            {p.login: p for p in everybody.values() if p.login},
            {d.key: d for d in departments},
            {c.key: c for c in directory.categories(connection).values()},
            {d.id: everybody[d.lead_id] for d in departments if d.lead_id},
        )


class _Part(NamedTuple):
    """Who and what one ticket is about."""

    act: _Act
    scenario: Scenario
    requester: Person
    owner: Person
    lead: Person
    replies: Iterator[str]


def histories(script: Script, company: Company, policy: DeskPolicy, now: datetime, random: Random) -> list[list[Step]]:
    """Gives what happened to every ticket of the demo, nothing of it after `now`, the oldest ticket first."""
    casting = _Casting(script, company, random)
    story = _Story(script.phrases, company, policy, now.replace(microsecond=0), random)
    told = [story.told(casting.part(act)) for act in _acts(company, random) for _ in range(act.times)]
    return sorted(told, key=lambda steps: steps[0].fact.at)


def _acts(company: Company, random: Random) -> Iterator[_Act]:
    yield from (act._replace(department=key) for key in company.departments for act in _IN_EACH_DEPARTMENT)
    yield from _PERSONAL
    yield from (_Act("claim start reply wait", _Pace.FRESH, waits_for=reason) for reason in WaitReason)
    yield from random.choices(_ENDINGS, k=_FINISHED)


class _Casting:
    """Hands out scenarios and people in turn, so that what is open at once repeats as little as can be."""

    def __init__(self, script: Script, company: Company, random: Random) -> None:
        self._company, self._random, self._places = company, random, script.places
        self._deck = random.sample(script.scenarios, len(script.scenarios))
        people = [company.people[player.login] for player in script.people]
        employees = [p for p in people if p.role is Role.REQUESTER]
        turns = [*employees, *employees, *employees, *(p for p in people if p.is_staff)]
        self._turns = cycle(random.sample(turns, len(turns)))

    def part(self, act: _Act) -> _Part:
        people = self._company.people
        owner = people.get(act.owner)
        scenario = self._scenario(act, owner)
        home = self._company.departments[scenario.department].id
        requester = people.get(act.requester) or next(p for p in self._turns if not p.serves(home))
        agents = [p for p in people.values() if p.role is Role.AGENT and p.serves(home)]
        owner = owner or self._random.choice(agents)
        return _Part(act, scenario, requester, owner, self._company.leads[home], cycle(scenario.replies))

    def _scenario(self, act: _Act, owner: Person | None) -> Scenario:
        """Gives the one that fits and was used longest ago."""
        scenario = next(
            s
            for s in self._deck
            if s.kind is act.kind
            and act.department in {"", s.department}
            and act.waits_for in {None, s.waits_for}
            and (owner is None or owner.serves(self._company.departments[s.department].id))
        )
        self._deck.remove(scenario)
        self._deck.append(scenario)
        return _placed(scenario, self._random.choice(self._places))


class _Story:
    """Turns parts into histories."""

    def __init__(
        self,
        phrases: Mapping[str, tuple[str, ...]],
        company: Company,
        policy: DeskPolicy,
        now: datetime,
        random: Random,
    ) -> None:
        self._phrases, self._company, self._policy, self._now, self._random = phrases, company, policy, now, random

    def told(self, part: _Part) -> list[Step]:
        home = self._company.departments[part.scenario.department].id
        calendar = self._policy.calendar(home)
        rank = self._rank(part)
        work, after = (beats.split() for beats in f"{part.act.beats}|".split("|")[:2])
        age, spent = self._span(part.act.pace, rank, home)
        moments = self._moments(len(work), len(after), spent)
        history = begin(self._submission(part, rank, calendar, calendar.add(self._now, -age)), self._policy)
        steps = [Step(fact, None, history)]
        for beat, moment in zip((*work, *after), moments, strict=True):
            at = calendar.add(self._now, moment - age)
            actor, action, given = self._line(beat, part, history.ticket)
            until = reopen_until(history.ticket, self._policy)
            facts = decide(history.ticket, action, given, actor, now=at, reopen_until=until)
            steps += followed(history, facts, self._policy)
            history = steps[-1].after
        return steps

    def _rank(self, part: _Part) -> int:
        usual = part.scenario.priority
        rank = self._random.choice((*[usual] * 8, usual - 1, usual + 1))
        return rank if rank in self._policy.profile.priorities else usual

    def _span(self, pace: _Pace, rank: int, home: int) -> tuple[int, float]:
        """Gives in seconds of open time how long ago it was submitted, and how long the work on it went on."""
        some = self._random.uniform
        day = self._policy.business_day(home)
        target = self._policy.profile.clocks[RESOLUTION].targets[rank].seconds(day)
        match pace:
            case _Pace.FRESH:
                age = target * some(0.05, 0.5)
            case _Pace.NEAR:
                age = target - some(15, 100) * _MINUTE
            case _Pace.LATE:
                age = target + some(0.5, 8) * _HOUR
            case _Pace.RESOLVED:
                spent = target * some(0.1, 0.8)
                return round(spent + some(0.5, 20) * _HOUR), spent
            case _Pace.DONE:
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

    def _submission(self, part: _Part, rank: int, calendar: Calendar, at: datetime) -> Fact:
        scenario, requester = part.scenario, part.requester
        category = self._company.categories[scenario.category]
        source = self._random.choice(_CHANNELS)
        by_staff = source in _BY_STAFF
        if part.act.pace is _Pace.DONE and not by_staff and self._random.random() < _EVENING_SHARE:
            at = self._evening(calendar, at)
        return Fact(
            kind=FactKind.SUBMITTED,
            at=at,
            actor_id=part.owner.id if by_staff else requester.id,
            status=Status.PENDING_APPROVAL if scenario.kind is _BOUGHT else Status.NEW,
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
        *_, (opened, _) = calendar.windows(at - timedelta(days=1), at)
        closed = calendar.add(opened, -1) + timedelta(seconds=1)
        return min(at, closed + timedelta(seconds=self._random.randrange(_HOUR, 4 * _HOUR)))

    def _line(self, beat: str, part: _Part, ticket: Ticket) -> tuple[Person, Action, Arguments]:
        """Gives who does what at a beat."""
        scenario, requester, owner = part.scenario, part.requester, part.owner
        one = self._random.choice
        match beat:
            case "claim" | "start":
                return owner, Action(beat), Arguments()
            case "assign":
                return part.lead, Action.ASSIGN, Arguments(person=owner)
            case "weigh":  # what is most urgent already becomes less so
                given = Arguments(priority=ticket.priority - 1 or 2, text=one(self._phrases["weigh"]))
                return part.lead, Action.SET_PRIORITY, given
            case "release":
                return owner, Action.UNASSIGN, Arguments(text=one(self._phrases["release"]))
            case "reply":
                return owner, Action.REPLY, Arguments(text=next(part.replies))
            case "answer":
                return self._answer(part, ticket)
            case "note":
                return owner, Action.NOTE, Arguments(text=scenario.note, comment=scenario.note_kind)
            case "wait":
                return owner, Action.WAIT, Arguments(reason=scenario.waits_for, text=scenario.waiting)
            case "resume" if ticket.reason is WaitReason.REQUESTER:
                return self._answer(part, ticket)
            case "resume":
                delivered = ticket.reason is WaitReason.DELIVERY
                return owner, Action.RECEIVE if delivered else Action.RESUME, Arguments()
            case "resolve":
                return owner, Action.RESOLVE, Arguments(cause=scenario.cause, fix=scenario.fix)
            case "rate":
                return requester, Action.RATE, self._rating()
            case "confirm":
                return requester, Action.CONFIRM, Arguments()
            case _:
                return requester, Action(beat), Arguments(text=one(self._phrases[beat]))

    def _answer(self, part: _Part, ticket: Ticket) -> tuple[Person, Action, Arguments]:
        source = Source.MAIL if ticket.source is Source.MAIL else Source.FORM
        return part.requester, Action.REPLY, Arguments(text=part.scenario.answer, source=source)

    def _rating(self) -> Arguments:
        stars = self._random.choice(_STARS)
        text = self._random.choice(self._phrases["praise"] if stars > 3 else self._phrases["complaint"])
        return Arguments(stars=stars, text=text if self._random.random() < 0.5 else "")


def _placed(scenario: Scenario, place: str) -> Scenario:
    """Gives the scenario with its place filled in."""
    texts = {name: text.replace("{place}", place) for name, text in scenario._asdict().items() if type(text) is str}
    replies = tuple(reply.replace("{place}", place) for reply in scenario.replies)
    return scenario._replace(**texts, replies=replies)
