"""What figures stand on: who asks, which periods, whose figures, the profile in force, and the KPIs that it has."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from deskterm.core.domain.calendar import Calendar
from deskterm.core.domain.errors import NotAllowed
from deskterm.core.domain.kpi import Definition
from deskterm.core.domain.kpi_table import known, terms
from deskterm.core.domain.measures import Measured
from deskterm.core.domain.people import Department
from deskterm.core.domain.periods import Period, before, period, trend, year_ago
from deskterm.core.kpi_views import Asked, Compare, Figure
from deskterm.core.services import gathering
from deskterm.core.services.context import Context
from deskterm.core.services.kpi_sight import Sight, sight
from deskterm.core.services.policies import DeskPolicy
from deskterm.core.services.reckoning import Dimension, Frame, Progress, Reckoner, frame
from deskterm.core.store import directory
from deskterm.core.store.engine import Connection

_INSTANT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Ground:
    """What was asked, as this desk understands it now."""

    context: Context
    connection: Connection
    now: datetime
    policy: DeskPolicy
    departments: Mapping[int, Department]
    this: Frame
    compared: Frame
    trend: tuple[Frame, ...]
    sight: Sight
    known: Mapping[str, Definition]

    def reckoner(
        self,
        wanted: Collection[Definition],
        frames: Collection[Frame],
        dimensions: Collection[Dimension] = (),
        *,
        extra: frozenset[str] = frozenset(),
        beside: frozenset[Measured] = frozenset(),
        progress: Progress = lambda _done, _of: None,
        is_whole: bool = False,
    ) -> Reckoner:
        """Gives what reckons some KPIs over periods, with all that it needs read.

        With `is_whole` also what is not in sight is read: what is left out can be told then.
        """
        made = Reckoner(
            read=partial(
                gathering.Gathering(self.context, self.connection, progress).columns,
                only={} if is_whole else self.sight.only,
            ),
            sight=self.sight,
            known=self.known,
            profile=self.policy.profile,
            calendar=self._calendar,
            wanted=wanted,
            frames=tuple(frames),
            dimensions=dimensions,
            extra=extra,
            progress=progress,
            beside=beside,
        )
        made.preload()
        return made

    def refuse_strangers(self, shown: Iterable[Figure]) -> None:
        """Refuses a lead the figures of who neither works for them nor did anything there.

        Raises:
            NotAllowed: then.
        """
        person, led = self.sight.person, self.sight.departments
        if person is None or led is None or any(person.serves(department) for department in led):
            return
        if not any(figure.n for figure in shown):
            raise NotAllowed(f"the figures of {person.name} are for the lead of their department and for executives")

    def _calendar(self, department_id: int | None) -> Calendar:
        if department_id is None:
            return self.policy.compiled(self.policy.profile.default_calendar)
        return self.policy.calendar(department_id)

    def frames(self, periods: Collection[Period]) -> tuple[Frame, ...]:
        """Gives periods as they are counted now."""
        return tuple(frame(one, self.now) for one in periods)


def ground(context: Context, connection: Connection, asked: Asked, *, tier: str = "") -> Ground:
    """Gives what is asked for, as far as it may be seen.

    Raises:
        NotAllowed: when it is not the actor's to see.
        InvalidInput: when there is no such period, or it names what the desk doesn't have.
    """
    now, actor = context.clock(), context.actor(connection)
    zone = context.policy_now(connection)[1].default_zone()
    this = period(asked.period, now.astimezone(zone).date(), zone)
    policy = context.policy_at(connection, min(now, this.until - _INSTANT))[1]
    departments = directory.departments(connection)
    other = year_ago(this) if asked.compare is Compare.YEAR else before(this)
    return Ground(
        context=context,
        connection=connection,
        now=now,
        policy=policy,
        departments=departments,
        this=frame(this, now),
        compared=frame(other, now),
        trend=tuple(frame(one, now) for one in trend(this)),
        sight=sight(connection, actor, asked, policy.profile, departments, tier),
        known=known(terms(policy.profile)),
    )


def definitions(context: Context) -> Mapping[str, Definition]:
    """Gives every KPI of the desk by its name, with those that the profile in force makes."""
    with context.store.read() as connection:
        context.actor(connection)
        return known(terms(context.policy_now(connection)[1].profile))
