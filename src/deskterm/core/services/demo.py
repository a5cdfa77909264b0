"""The demo desk: a desk just made gets its people, and a few weeks of tickets with something to do for each of them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from random import Random
from typing import Final, NamedTuple

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.notices import concerned
from deskterm.core.domain.words import Via
from deskterm.core.services.context import load_policies
from deskterm.core.services.demo_parts import Company
from deskterm.core.services.demo_plot import AGENT, EXECUTIVE, LEAD, REQUESTER
from deskterm.core.services.demo_script import Player, StandIn, parse_script
from deskterm.core.services.demo_story import histories
from deskterm.core.services.setup import DEMO
from deskterm.core.services.work import Surroundings
from deskterm.core.store import approvals, audit, directory, tickets
from deskterm.core.store.engine import Connection, Store
from deskterm.core.store.tickets import New, Step

PERSONAS: Final = (REQUESTER, AGENT, LEAD, EXECUTIVE)
"""The logins that a tour of the demo acts as; each has something to do."""


class Filled(NamedTuple):
    """What the demo came to."""

    people: int
    tickets: int
    facts: int


def fill(store: Store, demo_text: str, now: datetime, *, seed: int = 7) -> Filled:
    """Gives a demo desk that was just made its people and some 250 tickets: the same ones for a seed and a now.

    Raises:
        InvalidInput: when the script can't be used, or this is no demo desk or one with people.
    """
    # one transaction: half a demo is none, and nobody waits for a desk that was made a moment ago
    with store.write() as connection:
        meta = directory.meta(connection)
        if meta is None or meta.purpose != DEMO or len(directory.people(connection)) > 1:
            raise InvalidInput(f"{store.name} is no demo desk just made, so the demo can't fill it: make a new one")
        departments = directory.departments(connection)
        policy = load_policies(connection).of(meta.profile_id)
        script = parse_script(demo_text, policy.profile, PERSONAS)
        _add_people(connection, script.people, {d.key: d.id for d in departments.values()}, now)
        let_stand_in(connection, script.stand_ins, now.astimezone(policy.default_zone()))
        company = Company.load(connection)
        random = Random(seed)  # noqa: S311 - it varies a story and keeps no secret
        news = [New(steps, meta.profile_id) for steps in histories(script, company, policy, now, random)]
        ids = tickets.insert(connection, news, Via.DEMO)
        notify(connection, company, zip(ids, news, strict=True))
    return Filled(len(script.people), len(news), sum(len(new.steps) for new in news))


def _add_people(
    connection: Connection, players: Iterable[Player], departments: Mapping[str, int], now: datetime
) -> None:
    free_logins(connection, {player.login for player in players}, now)
    for player in players:
        hire(connection, player, departments.get(player.department), now)


def free_logins(connection: Connection, logins: Collection[str], now: datetime) -> None:
    """Takes logins from who has them: who tries the demo may be called ada too, and is her then in here."""
    for person in directory.people(connection).values():
        if person.login in logins:
            directory.change_person(connection, person.id, login=None)
            _record(connection, "person", "changed", directory.person_row(connection, person.id), now)


def hire(connection: Connection, player: Player, home: int | None, at: datetime) -> int:
    """Makes somebody of the demo with the posts that they have, `home` being their department, and gives their id."""
    person_id = directory.add_person(
        connection, name=player.name, role=player.role, login=player.login, department_id=home
    )
    for post, department in player.seats(home):
        directory.appoint(connection, post, person_id, department)
        data = {"key": post, "department_id": department, "person_id": person_id}
        _record(connection, "post", "given", data, at)
    _record(connection, "person", "added", directory.person_row(connection, person_id), at)
    return person_id


def let_go(connection: Connection, person_id: int, at: datetime) -> None:
    """Has somebody leave: their posts are vacant, and nothing can be done by them any more."""
    directory.change_person(connection, person_id, is_active=False)
    for post, department in directory.vacate(connection, person_id):
        data = {"key": post, "department_id": department, "person_id": None}
        _record(connection, "post", "vacated", data, at)
    _record(connection, "person", "changed", directory.person_row(connection, person_id), at)


def _record(connection: Connection, kind: str, what: str, data: Mapping[str, object], at: datetime) -> None:
    audit.append(connection, [audit.change(kind, what, data, at=at, actor_id=None, via=Via.DEMO)])


def let_stand_in(connection: Connection, stand_ins: Iterable[StandIn], now: datetime) -> None:
    """Writes who decides for whom; `now` is in the desk's own zone, whose days are counted."""
    people = {person.login: person.id for person in directory.people(connection).values()}
    for one in stand_ins:
        of, to, today = people[one.of], people[one.to], now.date()
        since = datetime.combine(today - timedelta(days=one.since), time(), now.tzinfo)
        until = datetime.combine(today + timedelta(days=one.through + 1), time(), now.tzinfo)
        made = approvals.delegate(connection, of, to, since, until, one.reason, of, since)
        data = {key: value for key, value in made._asdict().items() if key != "made_at"}
        entry = audit.change("delegation", "delegated", data, at=since, actor_id=of, via=Via.DEMO)
        audit.append(connection, [entry])


def notify(connection: Connection, company: Company, made: Iterable[tuple[int, New]]) -> None:
    """Leaves the personas unseen notices of what came last to tickets that aren't over."""
    personas = {company.people[login].id for login in PERSONAS}
    leads: dict[int, int | None] = {department: lead.id for department, lead in company.leads.items()}
    around = Surroundings(leads, frozenset(), company.roster)
    latest = ((ticket_id, new.steps[-1]) for ticket_id, new in made)
    for ticket_id, step in sorted(latest, key=lambda pair: pair[1].fact.at):
        ticket = replace(step.after.ticket, id=ticket_id)
        if ticket.closed_at is None:
            told = concerned(step.fact, ticket, around.circle(step)) & personas
            tickets.notify(connection, sorted(told), Step(step.fact, step.before, replace(step.after, ticket=ticket)))
