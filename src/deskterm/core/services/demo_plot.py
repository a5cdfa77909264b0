"""The demo's plot: which tickets there are, what each goes through, and how its time lies against its target."""

from collections.abc import Iterable, Iterator
from enum import Enum, auto
from random import Random
from typing import Final, NamedTuple

from deskterm.core.domain.words import CategoryKind, WaitReason

REQUESTER: Final = "bisi"
AGENT: Final = "ada"
LEAD: Final = "ngozi"
EXECUTIVE: Final = "obinna"


class Pace(Enum):
    """How a ticket's open hours lie against its target."""

    FRESH = auto()
    NEAR = auto()  # less than two hours are left
    LATE = auto()
    STALLED = auto()  # for days, while its clock is paused
    RESOLVED = auto()  # and not confirmed: never so long ago that it would have closed by itself
    DONE = auto()


PIVOT: Final = "pivot"
"""The beat at which work turns out to need a purchase."""
MOVE: Final = "move"
"""The beat at which what was asked of the wrong department goes to the right one; it comes first."""


class Act(NamedTuple):
    """What a ticket goes through: beats of `demo_story`, after `|` those that follow the work. Empty is anybody's."""

    beats: str
    pace: Pace
    times: int = 1
    owner: str = ""
    requester: str = ""
    department: str = ""
    waits_for: WaitReason | None = None
    kind: CategoryKind = CategoryKind.STANDARD

    @property
    def buys(self) -> bool:
        """Whether something is to be bought in it."""
        return self.kind is CategoryKind.PROCUREMENT or PIVOT in self.beats.split()

    def parts(self) -> tuple[list[str], list[str]]:
        """Gives the beats of the work, and those that follow it."""
        work, _, after = self.beats.partition("|")
        return work.split(), after.split()


_BOUGHT: Final = CategoryKind.PROCUREMENT
_IN_EACH_DEPARTMENT: Final = (
    Act("", Pace.FRESH, 2),
    Act("", Pace.NEAR),
    Act("", Pace.LATE),
    Act("claim release", Pace.FRESH),
    Act("assign", Pace.FRESH),
    Act("claim start note", Pace.FRESH),
    Act("assign start reply", Pace.NEAR),
    Act("claim start note", Pace.LATE),
    Act("claim start resolve reject", Pace.FRESH),
    Act("assign start reply resolve", Pace.RESOLVED, 2),
    Act("", Pace.STALLED, kind=_BOUGHT),
    Act("reply answer approve", Pace.STALLED, kind=_BOUGHT),
    Act("approve approve", Pace.STALLED, 3, kind=_BOUGHT),
    Act("approve note approve", Pace.FRESH, kind=_BOUGHT),
)
_PERSONAL: Final = (
    Act("assign", Pace.FRESH, 2, owner=AGENT),
    Act("assign", Pace.NEAR, owner=AGENT),
    Act("claim", Pace.LATE, owner=AGENT),
    Act("claim start reply answer", Pace.FRESH, 2, owner=AGENT),
    Act("assign start note", Pace.NEAR, owner=AGENT),
    Act("claim start reply", Pace.LATE, owner=AGENT),
    Act("assign start reply wait", Pace.STALLED, 3, owner=AGENT),
    Act("claim start resolve reject start", Pace.FRESH, owner=AGENT),
    Act("claim resolve confirm reopen", Pace.FRESH, owner=AGENT),
    Act("claim start note resolve", Pace.RESOLVED, 2, owner=AGENT),
    Act("", Pace.FRESH, requester=REQUESTER),
    Act("assign start reply", Pace.FRESH, requester=REQUESTER),
    Act("claim start reply wait", Pace.STALLED, requester=REQUESTER, waits_for=WaitReason.REQUESTER),
    Act("", Pace.STALLED, requester=REQUESTER, kind=_BOUGHT),
    Act("ask", Pace.STALLED, requester=REQUESTER, kind=_BOUGHT),
    Act("claim start pivot", Pace.STALLED, owner=AGENT),
    Act("claim start pivot approve approve approve", Pace.STALLED, owner=AGENT),
    Act("assign start note resolve", Pace.RESOLVED, 2, requester=REQUESTER),
    Act("claim start resolve | confirm", Pace.DONE, 2, requester=REQUESTER),
    Act("claim start reply", Pace.FRESH, requester=EXECUTIVE),
    Act("claim start note resolve", Pace.RESOLVED, requester=EXECUTIVE),
)
_PURCHASES: Final = (
    Act("approve ask answer approve", Pace.STALLED, 2, kind=_BOUGHT),
    Act("approve amend approve", Pace.STALLED, kind=_BOUGHT),
    Act("approve approve ask", Pace.STALLED, kind=_BOUGHT),
    Act("approve approve approve", Pace.FRESH, 2, kind=_BOUGHT),
    Act("approve approve approve claim start note", Pace.FRESH, kind=_BOUGHT),
    Act("approve approve approve claim start wait", Pace.STALLED, waits_for=WaitReason.DELIVERY, kind=_BOUGHT),
    Act("assign start reply pivot approve", Pace.STALLED),
    Act("claim start pivot approve approve", Pace.STALLED, 2),
    Act("claim start pivot approve approve approve receive resolve", Pace.RESOLVED),
    Act("refuse", Pace.DONE, 2, kind=_BOUGHT),
    Act("reply withdraw", Pace.DONE, 3, kind=_BOUGHT),
    Act("approve refuse", Pace.DONE, 2, kind=_BOUGHT),
    Act("approve ask answer approve refuse", Pace.DONE, kind=_BOUGHT),
    Act("approve approve approve claim start wait resume resolve | confirm rate", Pace.DONE, 6, kind=_BOUGHT),
    Act("claim start note pivot approve approve approve receive resolve | confirm rate", Pace.DONE, 4),
    Act("claim start pivot approve refuse reply resolve | confirm", Pace.DONE, 2),
    Act("claim start pivot withdraw resolve | confirm", Pace.DONE),
)
_ENDINGS: Final = (
    Act("claim start resolve | confirm rate", Pace.DONE),
    Act("claim start reply answer note resolve | confirm rate", Pace.DONE),
    Act("assign start reply note resolve | confirm rate", Pace.DONE),
    Act("assign start reply resolve | confirm rate", Pace.DONE),
    Act("assign start reply wait note resume resolve | confirm rate", Pace.DONE),
    Act("claim start note wait resume resolve | confirm", Pace.DONE, waits_for=WaitReason.DELIVERY),
    Act("claim start reply resolve reject start reply resolve | confirm rate", Pace.DONE),
    Act("assign weigh start note resolve | confirm", Pace.DONE),
    Act("assign start note reply answer reply resolve | confirm rate", Pace.DONE),
    Act("claim resolve | confirm", Pace.DONE),
    Act("assign cancel", Pace.DONE),
)
_TIMES_EACH_ENDING: Final = 10


_OVER_THE_YEARS: Final = (
    Act("move claim start resolve | confirm rate", Pace.DONE),
    Act("move assign start note reply resolve | confirm", Pace.DONE),
    Act("claim release claim start reply resolve | confirm rate", Pace.DONE),
    Act("claim start resolve confirm reopen start note resolve | confirm rate", Pace.DONE),
    Act("claim start reply wait resume resolve | confirm rate", Pace.DONE, 2),
)
_TIMES_A_PURCHASE: Final = 24
_TIMES_APPROVED: Final = 3
"""How often more a purchase is approved than the demo of a few weeks shows: there every end is to be seen."""
_STAGES: Final = 3


def over_acts() -> tuple[Act, ...]:
    """Gives the acts of tickets that are over, each as often as it comes among them."""
    ended = [act for act in _PURCHASES if act.pace is Pace.DONE for _ in range(act.times)]
    approved = [act for act in ended if act.beats.split().count("approve") == _STAGES]
    usual = [act for act in (*_ENDINGS, *_OVER_THE_YEARS) for _ in range(act.times * _TIMES_A_PURCHASE)]
    return (*usual, *ended, *approved * (_TIMES_APPROVED - 1))


def open_acts(departments: Iterable[str], count: int, random: Random) -> list[Act]:
    """Gives so many acts of tickets that are not over: first what the personas have, then what any desk has."""
    own = [act for act in _PERSONAL if act.pace is not Pace.DONE]
    common = [act._replace(department=key) for key in departments for act in _IN_EACH_DEPARTMENT]
    waits = [Act("claim start reply wait", Pace.STALLED, waits_for=reason) for reason in WaitReason]
    bought = [act for act in (*common, *_PURCHASES) if act.buys and act.pace is not Pace.DONE]
    work = [act for act in (*common, *waits) if not act.buys]
    first, then = ([act for act in some for _ in range(act.times)] for some in (own, [*work, *bought]))
    found = [*first, *random.sample(then, len(then))]
    # of many that are open few are purchases: three people decide them all
    usual = [*(work * 5), *bought]
    return [*found, *(random.choice(usual) for _ in range(count - len(found)))][:count]


def acts(departments: Iterable[str], random: Random) -> Iterator[Act]:
    """Gives the act of one ticket after another; `departments` are keys."""
    yield from (act._replace(department=key) for key in departments for act in _IN_EACH_DEPARTMENT)
    yield from _PERSONAL
    yield from _PURCHASES
    yield from (Act("claim start reply wait", Pace.STALLED, waits_for=reason) for reason in WaitReason)
    endings = _ENDINGS * _TIMES_EACH_ENDING
    yield from random.sample(endings, len(endings))
