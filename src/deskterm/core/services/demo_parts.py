"""The demo's parts: who there is, who plays in one ticket, and who does what at a beat of its act."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple, TypeAlias

from deskterm.core.domain.decide import Arguments
from deskterm.core.domain.facts import Ticket
from deskterm.core.domain.panel import Roster
from deskterm.core.domain.people import Category, Department, Person
from deskterm.core.domain.profile import LEAD
from deskterm.core.domain.purchase import NOTHING
from deskterm.core.domain.words import Action, Source, WaitReason
from deskterm.core.services.demo_plot import MOVE, PIVOT, Act
from deskterm.core.services.demo_script import Scenario
from deskterm.core.store import approvals, directory
from deskterm.core.store.engine import Connection


class Company(NamedTuple):
    """The desk's people, departments and categories, by what the script calls them.

    Leads are by their department's id, everybody `known` by their own. Who held the posts before has `eras`: a roster
    from each instant on, in order; without any, `roster` was always so.
    """

    people: Mapping[str, Person]
    departments: dict[str, Department]
    categories: dict[str, Category]
    leads: dict[int, Person]
    roster: Roster
    known: dict[int, Person]
    eras: Sequence[tuple[datetime, Roster]] = ()

    def roster_at(self, at: datetime) -> Roster:
        """Gives who held which post at an instant."""
        place = bisect_right(self.eras, at, key=_begun)
        return self.eras[place - 1][1] if place else self.roster

    def lead_at(self, department_id: int, at: datetime) -> Person:
        """Gives who led a department at an instant."""
        return self.known[self.roster_at(at).holders[LEAD, department_id]]

    def handed_over(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """Gives when posts went from one to another after an instant and until another."""
        start, end = (bisect_right(self.eras, at, key=_begun) for at in (after, until))
        return (at for at, _ in self.eras[start:end])

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
            approvals.roster(connection),
            everybody,
        )


def _begun(era: tuple[datetime, Roster]) -> datetime:
    return era[0]


class Part(NamedTuple):
    """Who and what one ticket is about; `astray` is what it was taken for when it went to the wrong department."""

    act: Act
    scenario: Scenario
    requester: Person
    owner: Person
    lead: Person
    replies: Iterator[str]
    said: Mapping[str, str]
    stars: int
    category: Category
    place: str
    astray: Category | None = None

    def bought(self) -> Arguments:
        """Gives what turned out to be needed."""
        return Arguments(purchase=self.scenario.purchase)

    def more(self) -> Arguments:
        """Gives the purchase with one more of what it begins with."""
        wanted = self.scenario.purchase or NOTHING
        count, _, rest = wanted.lines[0].partition(" ")
        purchase = wanted._replace(lines=(f"{int(count) + 1} {rest}", *wanted.lines[1:]))
        return Arguments(purchase=purchase, text=self.said["amend"])

    def answer(self, ticket: Ticket) -> "Line":
        """Gives the requester's reply."""
        source = Source.MAIL if ticket.source is Source.MAIL else Source.FORM
        return self.requester, Action.REPLY, Arguments(text=self.scenario.answer, source=source)

    def resumed(self, ticket: Ticket) -> "Line":
        """Gives what ends a wait: the answer, the delivery, or somebody's word."""
        if ticket.reason is WaitReason.REQUESTER:
            return self.answer(ticket)
        delivered = ticket.reason is WaitReason.DELIVERY
        return self.owner, Action.RECEIVE if delivered else Action.RESUME, Arguments()


Line: TypeAlias = tuple[Person, Action, Arguments]
_A: Final = Action
LINES: Final[Mapping[str, Callable[[Part, Ticket], Line]]] = {
    "claim": lambda part, _: (part.owner, _A.CLAIM, Arguments()),
    "release": lambda part, _: (part.owner, _A.UNASSIGN, Arguments(text=part.said["release"])),
    "start": lambda part, _: (part.owner, _A.START, Arguments()),
    "reply": lambda part, _: (part.owner, _A.REPLY, Arguments(text=next(part.replies))),
    "note": lambda part, _: (part.owner, _A.NOTE, Arguments(text=part.scenario.note, comment=part.scenario.note_kind)),
    "wait": lambda part, _: (
        part.owner,
        _A.WAIT,
        Arguments(reason=part.scenario.waits_for, text=part.scenario.waiting),
    ),
    "resume": Part.resumed,
    "resolve": lambda part, _: (part.owner, _A.RESOLVE, Arguments(cause=part.scenario.cause, fix=part.scenario.fix)),
    "assign": lambda part, _: (part.lead, _A.ASSIGN, Arguments(person=part.owner)),
    # what is most urgent already becomes less so
    "weigh": lambda part, ticket: (
        part.lead,
        _A.SET_PRIORITY,
        Arguments(priority=ticket.priority - 1 or 2, text=part.said["weigh"]),
    ),
    "answer": Part.answer,
    "confirm": lambda part, _: (part.requester, _A.CONFIRM, Arguments()),
    "rate": lambda part, _: (part.requester, _A.RATE, Arguments(stars=part.stars, text=part.said["rate"])),
    "reject": lambda part, _: (part.requester, _A.REJECT, Arguments(text=part.said["reject"])),
    "reopen": lambda part, _: (part.requester, _A.REOPEN, Arguments(text=part.said["reopen"])),
    "cancel": lambda part, _: (part.requester, _A.CANCEL, Arguments(text=part.said["cancel"])),
    "withdraw": lambda part, _: (part.requester, _A.WITHDRAW, Arguments(text=part.said["withdraw"])),
    PIVOT: lambda part, _: (part.owner, _A.PIVOT, part.bought()),
    "amend": lambda part, _: (part.requester, _A.AMEND, part.more()),
    "receive": Part.resumed,
    MOVE: lambda part, _: (part.lead, _A.MOVE, Arguments(category=part.category)),
}
"""Who does what at a beat of an act."""
DECISIONS: Final[Mapping[str, Action]] = {"approve": _A.APPROVE, "refuse": _A.REFUSE, "ask": _A.ASK}
"""What is decided at a beat of an act, by who may decide it then."""
