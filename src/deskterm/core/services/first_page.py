"""The first page of the desk as one person has it, before the rest of the program is loaded.

The rules are those that every reading goes by: who is at the desk, what they may see, what a line says. Only how rows
are fetched differs. What is wrong or unusual is left to the long way, which says it.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import NamedTuple

from deskterm.core.domain.access import scope_of
from deskterm.core.domain.people import Department, Person
from deskterm.core.domain.profile import Profile
from deskterm.core.services.identity import who
from deskterm.core.services.policies import Policies, Stored
from deskterm.core.services.telling import teller
from deskterm.core.store.first_page import LongWay, Reading, kept, page_name, reading
from deskterm.core.store.lines import category, clocks_by_ticket, people_by_id, place_of, queue_rows
from deskterm.core.views import Page, QueueRow, View


class FirstPage(NamedTuple):
    """Who is at the desk, the profile in effect, and the beginning of a view, at a place in the audit trail."""

    actor: Person
    profile: Profile
    view: View
    place: int
    page: Page[QueueRow]


def first_page(
    url: str, login: str, now: datetime, *, acting_as: str, view_of: Callable[[Person], View], limit: int
) -> FirstPage:
    """Gives the first page of the view that `view_of` chooses for whoever is at the desk.

    Raises:
        LongWay: when it is not read this way.
        DesktermError: as the long way does; what else is wrong is whatever the driver raises.
    """
    with reading(url) as database:
        if [row.version_num for row in database.rows("version")] != [kept()["head"]]:
            raise LongWay("another schema")
        actor, _ = who(_purpose(database), partial(_named, database), login, acting_as, desk=url)
        if not actor.is_active:
            raise LongWay("somebody who left")
        policies = _policies(database)
        profile = next((policies.of(row.id).profile for row in database.rows("profile now", now=now)), None)
        if profile is None:
            raise LongWay("no profile yet")
        place = next(iter(database.rows("place")))[0] or 0
        view = view_of(actor)
        return FirstPage(actor, profile, view, place, _page(database, actor, policies, view, now, limit))


def _purpose(database: Reading) -> str | None:
    return next((row.purpose for row in database.rows("meta")), None)


def _named(database: Reading, name: str) -> list[Person]:
    found = database.rows("people by login", login=name)
    if not found:
        raise LongWay("nobody of that login; of that name, perhaps")
    return list(people_by_id(found, database.rows("posts")).values())


def _policies(database: Reading) -> Policies:
    return Policies(
        {row[0]: Stored(*row[1:]) for row in database.rows("profiles")},
        {row[0]: Department(*row) for row in database.rows("departments")},
        {row[0]: category(row) for row in database.rows("categories")},
    )


def _page(
    database: Reading, actor: Person, policies: Policies, view: View, now: datetime, limit: int
) -> Page[QueueRow]:
    scope = scope_of(actor)
    departments = {f"department {number}": one for number, one in enumerate(sorted(scope.departments))}
    name = page_name(view, scope)
    found = database.rows(name, person=scope.person_id, limit=limit + 1, **departments)
    if not found:
        return Page((), None, None)
    number = {row[0]: place for place, row in enumerate(found)}
    lines = sorted(database.rows("lines", tickets=list(number)), key=lambda line: number[line.id])
    more, lines = len(lines) > limit, lines[:limit]
    clocks = clocks_by_ticket(database.rows("clocks", tickets=[line.id for line in lines]))
    rows = queue_rows(lines, clocks, teller(policies.of, actor, now))
    return Page(tuple(rows), None, place_of(lines[-1], database.statement(name).order) if more else None)
