"""Whom a chain waited for, and how long: told from a ticket's facts."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

from deskterm.core.domain.chain import ENDS, Chain, follow
from deskterm.core.domain.facts import SIGNED, Fact
from deskterm.core.domain.words import FactKind

_WAITED: Final = SIGNED | {FactKind.OPENED, FactKind.PASSED, FactKind.ANSWERED}
"""After these it can be that somebody else is waited for: a decision may also come before the answer."""


class Wait(NamedTuple):
    """A time in which somebody was waited for: an approver of a stage, or None for what the stage was vacant for.

    `ended_by` is what ended it; None while it goes on. Information that was asked for is not the approver's wait.
    """

    round: int
    stage: str
    person_id: int | None
    since: datetime
    until: datetime | None
    ended_by: FactKind | None


def waits(facts: Iterable[Fact]) -> list[Wait]:
    """Gives, from a ticket's facts, whom its stages waited for and how long."""
    done: list[Wait] = []
    open_: dict[int | None, Wait] = {}
    chain: Chain = ()

    def end(people: Iterable[int | None], fact: Fact) -> None:
        ended = [person for person in people if person in open_]
        done.extend(open_.pop(person)._replace(until=fact.at, ended_by=fact.kind) for person in ended)

    for fact in facts:
        chain = follow(chain, fact)
        if not chain:
            continue
        last = chain[-1]
        if fact.kind in SIGNED:
            end(open_ if fact.ends else [fact.on_behalf_of or fact.actor_id], fact)
        elif fact.kind is FactKind.RETURNED or fact.kind in ENDS:
            end(open_, fact)
        if fact.kind in _WAITED and not last.is_returned:
            people = {slot.person_id for _, slot in last.waiting()}
            end([person for person in open_ if person not in people], fact)
            fresh = {person: Wait(last.number, last.stage, person, fact.at, None, None) for person in people}
            open_ = fresh | open_
    return [*done, *open_.values()]
