"""Posts of the approval chain that nobody holds: a stage that comes to one would stand still."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from deskterm.core.domain.chain import Roster
from deskterm.core.domain.errors import NotAllowed
from deskterm.core.domain.profile import DEPUTY, LEAD, REQUESTER_LEAD, Profile
from deskterm.core.services.context import Context
from deskterm.core.store import approvals, directory

_LEADS: Final = frozenset({LEAD, REQUESTER_LEAD})
_SHOWN: Final = 6


class Vacancy(NamedTuple):
    """A post that neither a holder nor a deputy fills, and the stages that want it.

    Of leads, `departments` are those that have none; an organisation's post has no departments.
    """

    post: str
    title: str
    departments: tuple[str, ...]
    stages: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The vacancy in words."""
        shown = ", ".join(self.departments[:_SHOWN])
        more = len(self.departments) - _SHOWN
        where = f" of {shown}" + (f" and {more} more" if more > 0 else "") if shown else ""
        stands = f"stage {self.stages[0]}" if len(self.stages) == 1 else f"stages {' and '.join(self.stages)}"
        return f"nobody holds {self.post}{where}: {stands} would stand still"


def vacancies(context: Context, profile: Profile | None = None) -> tuple[Vacancy, ...]:
    """Gives the vacant posts of the chain of `profile`, of the one in force without it, in the chain's order.

    Raises:
        NotAllowed: for requesters: who holds what is for staff.
    """
    with context.store.read() as connection:
        if not context.actor(connection).is_staff:
            raise NotAllowed("which posts are vacant is for the desk's staff")
        chosen = profile or context.policy_now(connection)[1].profile
        departments = {d.key: (d.id, d.name) for d in directory.departments(connection).values()}
        roster = approvals.roster(connection)
    to_come = {rule.key: (0, rule.name) for rule in chosen.departments.values()}
    stages: dict[str, list[str]] = {}
    for stage in chosen.chain:
        for post in stage.approvers:
            stages.setdefault(LEAD if post in _LEADS else post, []).append(stage.title)
    return tuple(_vacant(stages, chosen, roster, {**to_come, **departments}.values()))


def _vacant(
    stages: Mapping[str, list[str]], profile: Profile, roster: Roster, departments: Iterable[tuple[int, str]]
) -> Iterable[Vacancy]:
    for post, titles in stages.items():
        if post == LEAD:
            without = tuple(name for number, name in departments if not _is_held(roster, LEAD, number))
            if without:
                yield Vacancy(LEAD, "lead", without, tuple(titles))
        elif not _is_held(roster, post, None):
            yield Vacancy(post, profile.posts[post].title, (), tuple(titles))


def _is_held(roster: Roster, post: str, department_id: int | None) -> bool:
    return any((key, department_id) in roster.holders for key in (post, post + DEPUTY))
