"""The histories of a desk that is ten years old, a stretch of its tickets at a time, in this process or in others."""

import gc
import signal
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime, timedelta
from multiprocessing import get_context
from random import Random
from typing import Final, NamedTuple

from deskterm.core.domain.panel import Roster
from deskterm.core.domain.people import Category, Department
from deskterm.core.domain.profile import LEAD
from deskterm.core.domain.profile_file import parse_profile
from deskterm.core.domain.words import Via
from deskterm.core.services.demo_casting import Casting
from deskterm.core.services.demo_crew import SETTLED, Member, here
from deskterm.core.services.demo_parts import Company, Part
from deskterm.core.services.demo_plot import AGENT, EXECUTIVE, REQUESTER, open_acts, over_acts
from deskterm.core.services.demo_plot import LEAD as LEADER
from deskterm.core.services.demo_script import parse_script
from deskterm.core.services.demo_story import Story
from deskterm.core.services.policies import DeskPolicy
from deskterm.core.store.rows import New, Rows, rows_of

_LASTS: Final = timedelta(days=45)
"""No ticket that is over took longer."""
_QUARTERS: Final = ("", " North", " South", " East", " West", " Central", " New Layout", " Old Town")
_ROOMS: Final = 400
_ASSETS: Final = 100_000
_AHEAD: Final = 2
"""Stretches a process that are told before the first of them is written: more would only fill the memory."""


def random_of(seed: int, what: str) -> Random:
    """Gives the random of one part of the work, the same in whichever process and order that is done."""
    return Random(f"{seed} {what}")  # noqa: S311 - it varies a story and keeps no secret


class Plan(NamedTuple):
    """All that is decided before the first ticket is told; `script` and `profile` are their texts."""

    script: str
    profile: str
    profile_id: int
    departments: Mapping[int, Department]
    categories: Mapping[int, Category]
    members: tuple[Member, ...]
    eras: tuple[tuple[datetime, Roster], ...]
    now: datetime
    seed: int


class Teller:
    """Tells the tickets of a plan."""

    def __init__(self, plan: Plan) -> None:
        """Reads the script and the profile."""
        self.plan = plan
        profile = parse_profile(plan.profile, source="the profile")
        self._policy = DeskPolicy(profile, plan.departments, plan.categories)
        script = parse_script(plan.script, profile, (REQUESTER, AGENT, LEADER, EXECUTIVE))
        self._script = script._replace(places=tuple(f"{one}{part}" for one in script.places for part in _QUARTERS))
        self._over = over_acts()
        self._known = {one.person.id: one.person for one in plan.members}

    def company(self, start: datetime, end: datetime) -> Company:
        """Gives the desk with those people only who were here from `start` through `end`."""
        plan = self.plan
        found = Company(
            here(plan.members, start, end),
            {one.key: one for one in plan.departments.values()},
            {one.key: one for one in plan.categories.values()},
            {},
            plan.eras[-1][1],
            self._known,
            plan.eras,
        )
        roster = found.roster_at(start)
        return found._replace(roster=roster, leads={i: self._known[roster.holders[LEAD, i]] for i in plan.departments})

    def over(self, number: int, times: Sequence[datetime]) -> list[New]:
        """Gives the tickets of the stretch with a number, submitted at these times and over by now."""
        random = random_of(self.plan.seed, f"over {number}")
        company = self.company(times[0], min(times[-1] + _LASTS, self.plan.now))
        casting = Casting(self._script, company, list(company.people.values()), random)
        story = Story(company, self._policy, self.plan.now, random)
        told = (story.told_from(_told_apart(casting.part(random.choice(self._over)), random), at) for at in times)
        return [New(steps, self.plan.profile_id) for steps in told]

    def still_open(self, count: int) -> list[New]:
        """Gives so many tickets that are not over by now."""
        random = random_of(self.plan.seed, "open")
        company = self.company(self.plan.now - SETTLED, self.plan.now)
        casting = Casting(self._script, company, list(company.people.values()), random)
        story = Story(company, self._policy, self.plan.now, random)
        acts = open_acts(company.departments, count, random)
        return [New(story.told(_told_apart(casting.part(act), random)), self.plan.profile_id) for act in acts]


def _told_apart(part: Part, random: Random) -> Part:
    """Gives the part with a place in its title and an asset in its text: among very many, one can be found."""
    scenario = part.scenario
    where = f"room {random.randrange(_ROOMS) + 1}"
    title = scenario.title if part.place in scenario.title else f"{scenario.title} ({part.place}, {where})"
    description = f"{scenario.description}\n\n{part.place}, {where}. Asset NB-{random.randrange(_ASSETS):05d}."
    return part._replace(scenario=scenario._replace(title=title, description=description))


def told(teller: Teller, parts: Sequence[Sequence[datetime]], processes: int) -> Iterator[Rows]:
    """Gives the rows of stretches in their order, told by so many other processes; by this one with none.

    Where another process is killed, as is done when memory is short, this one goes on alone.
    """
    done = 0
    if processes:
        try:
            for rows in _elsewhere(teller, parts, processes):
                done += 1
                yield rows
        except BrokenProcessPool:
            pass  # what is still to be told is told below
    for number, part in enumerate(parts[done:], done):
        yield rows_of(teller.over(number, part), Via.DEMO)


def _elsewhere(teller: Teller, parts: Sequence[Sequence[datetime]], processes: int) -> Iterator[Rows]:
    """Gives what other processes tell; raises BrokenProcessPool when one of them is killed."""
    # not forked: a copy of this process would share its connections
    pool = ProcessPoolExecutor(processes, get_context("spawn"), _begin, (teller.plan,))
    waiting: deque[Future[Rows]] = deque()
    try:
        for number, part in enumerate(parts):
            waiting.append(pool.submit(_stretch, number, part))
            if len(waiting) > processes * _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_TELLER: Final[list[Teller]] = []
"""The one of a process that tells for another."""


def _begin(plan: Plan) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who waits for this process ends it
    gc.disable()  # histories hold no circles, and looking for some takes a tenth of the time
    _TELLER.append(Teller(plan))


def _stretch(number: int, times: Sequence[datetime]) -> Rows:
    return rows_of(_TELLER[0].over(number, times), Via.DEMO)
