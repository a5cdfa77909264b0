"""Posts of the approval chain that nobody holds, or that have no deputy: purchases stand still there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, NamedTuple

from deskterm.core.domain.chain import Decision, Round, applying
from deskterm.core.domain.errors import NotAllowed
from deskterm.core.domain.panel import Place, Roster, seated
from deskterm.core.domain.profile import DEPUTY, LEAD, REQUESTER_LEAD, Profile
from deskterm.core.domain.purchase import Purchase
from deskterm.core.domain.text import many
from deskterm.core.domain.words import FactKind
from deskterm.core.services.context import Context
from deskterm.core.store import approvals, directory

_LEADS: Final = frozenset({LEAD, REQUESTER_LEAD})
_SHOWN: Final = 6
_ANY_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)


class Vacancy(NamedTuple):
    """A post that neither a holder nor a deputy fills, and the stages that want it.

    Of leads, `departments` are those that have none; an organisation's post has no departments. `standing` purchases
    wait for it to be filled. One that `is_held` lacks a deputy, and what its holder asks for would stand still.
    """

    post: str
    title: str
    departments: tuple[str, ...]
    stages: tuple[str, ...]
    standing: int = 0
    is_held: bool = False

    @property
    def name(self) -> str:
        """The post, with the departments where it is a lead's."""
        shown = ", ".join(self.departments[:_SHOWN])
        more = len(self.departments) - _SHOWN
        return f"{self.post} of {shown}" + (f" and {more} more" if more > 0 else "") if shown else self.post

    @property
    def sentence(self) -> str:
        """The vacancy in words."""
        if self.is_held:
            return f"{self.name} has no deputy: what its holder asks for stands still"
        stands = f"stage {self.stages[0]}" if len(self.stages) == 1 else f"stages {' and '.join(self.stages)}"
        waits = (
            f": {many(self.standing, 'purchase')} {'waits' if self.standing == 1 else 'wait'}" if self.standing else ""
        )
        return f"nobody holds {self.name}: {stands} would stand still{waits}"


def in_words(found: Iterable[Vacancy]) -> tuple[list[str], str]:
    """Gives the vacancies in words, and in one sentence which posts want a deputy, "" when none does."""
    posts = list(found)
    wanted = [one for one in posts if one.is_held]
    names = " and ".join(one.name for one in wanted)
    said = f"{names} have no deputy: what their holders ask for stands still" if names else ""
    if len(wanted) == 1 and len(wanted[0].departments) < 2:
        said = wanted[0].sentence
    return [one.sentence for one in posts if not one.is_held], said


def vacancies(context: Context, profile: Profile | None = None) -> tuple[Vacancy, ...]:
    """Gives the vacant posts of the chain of `profile`, of the one in force without it, in the chain's order.

    After them come those that want a deputy: without one, nobody can decide what their holder asks for.

    Raises:
        NotAllowed: for requesters: who holds what is for staff.
    """
    with context.store.read() as connection:
        if not context.actor(connection).is_staff:
            raise NotAllowed("which posts are vacant is for the desk's staff")
        chosen = profile or context.policy_now(connection)[1].profile
        departments = {d.key: (d.id, d.name) for d in directory.departments(connection).values()}
        roster = approvals.roster(connection)
        waiting = approvals.vacant_places(connection)
    to_come = {rule.key: (0, rule.name) for rule in chosen.departments.values()}
    stages: dict[str, list[str]] = {}
    for stage in chosen.chain:
        for post in stage.approvers:
            stages.setdefault(LEAD if post in _LEADS else post, []).append(stage.title)
    places = {**to_come, **departments}.values()
    return (*_vacant(stages, chosen, roster, places, waiting), *_alone(stages, chosen, roster, places))


def _vacant(
    stages: Mapping[str, list[str]],
    profile: Profile,
    roster: Roster,
    departments: Iterable[tuple[int, str]],
    waiting: Sequence[tuple[str, int]],
) -> Iterable[Vacancy]:
    for post, titles in stages.items():
        if post == LEAD:
            without = {number: name for number, name in departments if not _is_held(roster, LEAD, number)}
            standing = sum(want == REQUESTER_LEAD or (want == LEAD and home in without) for want, home in waiting)
            if without:
                yield Vacancy(LEAD, "lead", tuple(without.values()), tuple(titles), standing)
        elif not _is_held(roster, post, None):
            standing = sum(want == post for want, _ in waiting)
            yield Vacancy(post, profile.posts[post].title, (), tuple(titles), standing)


def _alone(
    stages: Mapping[str, list[str]], profile: Profile, roster: Roster, departments: Iterable[tuple[int, str]]
) -> Iterable[Vacancy]:
    """Gives the posts that are held and have no deputy where that would make a purchase of the holder stand still."""
    for post, titles in stages.items():
        wanting = [
            name
            for number, name in departments
            if (seat := (post, number if post == LEAD else None)) in roster.holders
            and (post + DEPUTY, seat[1]) not in roster.holders
            and _stands_still(profile, roster, Place(number, number), frozenset({roster.holders[seat]}))
            and not _stands_still(profile, roster, Place(number, number), frozenset())
        ]
        if wanting and post == LEAD:
            yield Vacancy(LEAD, "lead", tuple(wanting), tuple(titles), is_held=True)
        elif wanting:
            yield Vacancy(post, profile.posts[post].title, (), tuple(titles), is_held=True)


def _stands_still(profile: Profile, roster: Roster, place: Place, askers: frozenset[int]) -> bool:
    """Gives whether what these people ask for comes to a stage that too few can decide."""
    nothing = Purchase((), "", "")  # of no currency: it passes every stage
    specs = applying(profile.chain, nothing, profile.currency)
    round_ = Round(number=1, purchase=nothing, digest="", specs=specs, asked_by=None, asked_at=_ANY_TIME, askers=askers)
    for spec in specs:
        people = [slot.person_id for slot in seated(round_, spec, place, roster) if slot.person_id is not None]
        if len(people) < spec.needed():
            return True
        made = (Decision(FactKind.APPROVED, spec.key, one, one, _ANY_TIME, "", "", None) for one in people)
        round_ = replace(round_, decisions=(*round_.decisions, *made))
    return False


def _is_held(roster: Roster, post: str, department_id: int | None) -> bool:
    return any((key, department_id) in roster.holders for key in (post, post + DEPUTY))
