"""The demo's histories: each act of the plot gets its people, words and times, and the real `decide` makes the facts.

Times are open hours counted back from now. So at any now, a Saturday night too,
every queue has its work, and no history is one that the lifecycle forbids.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final

from deskterm.core.domain.approve import put_before
from deskterm.core.domain.calendar import Calendar
from deskterm.core.domain.decide import Arguments, decide
from deskterm.core.domain.facts import Fact, Ticket
from deskterm.core.domain.history import History, begin, caught_up
from deskterm.core.domain.panel import Panel, Place, may_decide, passed_on
from deskterm.core.domain.profile import MAIN_CLOCK
from deskterm.core.domain.words import CategoryKind, FactKind, Source, Status
from deskterm.core.services.demo_casting import Casting
from deskterm.core.services.demo_parts import DECISIONS, LINES, Company, Line, Part
from deskterm.core.services.demo_plot import Pace, acts
from deskterm.core.services.demo_script import Script
from deskterm.core.services.policies import DeskPolicy
from deskterm.core.services.work import followed
from deskterm.core.store.tickets import Step

_MINUTE: Final = 60
_HOUR: Final = 3_600
_DAYS: Final = 25  # business days that the oldest ticket lies back
_LATE_SHARE: Final = 0.08
_EVENING_SHARE: Final = 0.15
_CHANNELS: Final = (*[Source.FORM] * 6, Source.MAIL, Source.MAIL, Source.PHONE, Source.CHAT, Source.WALK_IN)
_BY_STAFF: Final = frozenset({Source.PHONE, Source.WALK_IN})
_UNATTENDED: Final = tuple(source for source in _CHANNELS if source not in _BY_STAFF)
_ROOM: Final = 0.9  # of the open time until now, what a ticket that is over may take


def histories(script: Script, company: Company, policy: DeskPolicy, now: datetime, random: Random) -> list[list[Step]]:
    """Gives what happened to every ticket of the demo, nothing of it after `now`, the oldest ticket first."""
    casting = Casting(script, company, [company.people[player.login] for player in script.people], random)
    story = Story(company, policy, now.replace(microsecond=0), random)
    told = [story.told(casting.part(act)) for act in acts(company.departments, random) for _ in range(act.times)]
    return sorted(told, key=lambda steps: steps[0].fact.at)


class Story:
    """Turns parts into histories."""

    def __init__(self, company: Company, policy: DeskPolicy, now: datetime, random: Random) -> None:
        """Keeps who there is, the rules they work by, and when the last page is written."""
        self._company, self._policy, self._now, self._random = company, policy, now, random

    def told(self, part: Part) -> list[Step]:
        """Gives the history of a ticket whose times lie before now as its act says."""
        home = part.category.department_id or 0
        calendar = self._policy.calendar(home)
        rank = self._rank(part)
        work, after = part.act.parts()
        age, spent = self._span(part.act.pace, rank, home)
        moments = self._moments(len(work), len(after), spent)
        fact = self._submission(part, rank, calendar, calendar.add(self._now, -age))
        return self._played(part, fact, [calendar.add(self._now, moment - age) for moment in moments])

    def told_from(self, part: Part, at: datetime) -> list[Step]:
        """Gives the history of a ticket that was submitted at `at`, and is over by now.

        Time must have been open since: less than what the work takes makes it quick.
        """
        home = part.category.department_id or 0
        calendar = self._policy.calendar(home)
        rank = self._rank(part)
        work, after = part.act.parts()
        moments = self._moments(len(work), len(after), self._span(Pace.DONE, rank, home)[1])
        squeezed = min(1.0, _ROOM * calendar.elapsed(at, self._now) / moments[-1])
        is_open = calendar.next_open(at) == at and part.astray is None
        source = self._random.choice(_CHANNELS if is_open else _UNATTENDED)
        times = [calendar.add(at, max(1, round(moment * squeezed))) for moment in moments]
        return self._played(part, self._asked(part, rank, source, at), times)

    def _played(self, part: Part, fact: Fact, times: Sequence[datetime]) -> list[Step]:
        """Gives what follows a submission: each beat of the act at its time."""
        history = begin(fact, self._policy)
        steps = [Step(fact, None, history)]
        if part.act.kind is CategoryKind.PROCUREMENT and part.scenario.purchase is not None:
            panel = self._panel(part, history, fact.at)
            wanted = part.scenario.purchase.read(panel.currency)
            bought = put_before(history.ticket, panel, wanted, fact.actor_id or part.requester.id, fact.at)
            steps += followed(history, tuple(bought), self._policy)
        work, after = part.act.parts()
        for beat, at in zip((*work, *after), times, strict=True):
            steps += self._passed_on(part, steps[-1], at)
            history = steps[-1].after
            panel = self._panel(part, history, at)
            actor, action, given = self._line(beat, part, history.ticket, panel, at)
            facts = decide(history.ticket, action, given, actor, now=at, reopen_until=None, panel=panel)
            steps += followed(history, facts, self._policy)
        history = steps[-1].after
        status = history.ticket.status
        return steps + [Step(breach, status, after) for breach, after in caught_up(history, self._now, self._policy)]

    def _passed_on(self, part: Part, last: Step, until: datetime) -> list[Step]:
        """Gives the steps by which what waits for somebody who left their post goes to who has it next."""
        steps: list[Step] = []
        for at in self._company.handed_over(last.fact.at, until):
            history = steps[-1].after if steps else last.after
            panel = self._panel(part, history, at)
            fact = passed_on(panel.round, panel.place, panel.roster, at) if panel.round else None
            steps += followed(history, (fact,), self._policy) if fact else []
        return steps

    def _line(self, beat: str, part: Part, ticket: Ticket, panel: Panel, at: datetime) -> Line:
        if beat not in DECISIONS:
            return LINES[beat](part._replace(lead=self._company.lead_at(ticket.department_id, at)), ticket)
        able = may_decide(panel.chain[-1], panel.roster, at)
        own = next(person for person, slot in able.items() if slot.person_id == person)
        return self._company.known[own], DECISIONS[beat], Arguments(text=part.said[beat])

    def _panel(self, part: Part, history: History, at: datetime) -> Panel:
        profile = self._policy.profile
        place = Place(history.ticket.department_id, part.requester.department_id)
        return Panel(history.chain, profile.chain, profile.currency, self._company.roster_at(at), place)

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
        source = self._random.choice(_CHANNELS)
        by_staff = source in _BY_STAFF
        if part.act.pace is Pace.DONE and not by_staff and self._random.random() < _EVENING_SHARE:
            at = self._evening(calendar, at)
        return self._asked(part, rank, source, at)

    def _asked(self, part: Part, rank: int, source: Source, at: datetime) -> Fact:
        scenario, requester, by_staff = part.scenario, part.requester, source in _BY_STAFF
        category = part.astray or part.category
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
