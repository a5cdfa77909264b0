"""The words of a filter as SQL over tickets, and where to look for them.

A word is found in what is kept of a ticket's texts, in the name of its category, or as its number. Whether it stands
there is asked of one ticket after the other, in the order of the list, until the page is full: soon when the word is
common. When it is rare the index says at once which few tickets can have it, and only these are looked at.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from deskterm.core.domain.access import Scope
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.filters import parse_id
from deskterm.core.domain.wordings import line, named
from deskterm.core.store import wordings
from deskterm.core.store.tables import CATEGORIES, TICKETS, WORDINGS

_T = TICKETS.c


class Sought(NamedTuple):
    """What is looked for: words as `domain.wordings.line` has them, or tickets of these categories or this number."""

    line: str
    categories: tuple[int, ...]
    number: int | None

    @classmethod
    def of(cls, connection: sa.Connection, text: str) -> "Sought | None":
        """Gives what `text` looks for, None when it has neither letters nor digits: that narrows nothing."""
        if not (wanted := line(text)):
            return None
        categories = connection.execute(sa.select(CATEGORIES.c.id, CATEGORIES.c.name).order_by(CATEGORIES.c.id))
        try:
            number = parse_id(text)
        except InvalidInput:
            number = None
        return cls(wanted, tuple(row.id for row in categories if wanted in named(row.name)), number)

    def clause(self, scope: Scope) -> sa.ColumnElement[bool]:
        """Gives the clause that a ticket has it, as far as the texts are this person's to read."""
        found = _holds(WORDINGS.c.public, self.line)
        if (inside := reads_internal(scope)) is not None:
            found = sa.or_(found, sa.and_(inside, _holds(WORDINGS.c.internal, self.line)))
        # a scalar, not an EXISTS: nothing may turn it into a search through all texts
        mine = sa.select(found).where(WORDINGS.c.ticket_id == _T.id).correlate(TICKETS).scalar_subquery()
        clauses: list[sa.ColumnElement[bool]] = [sa.func.coalesce(mine, sa.false())]
        if self.categories:
            clauses.append(_T.category_id.in_(self.categories))
        if self.number is not None:
            clauses.append(_T.id == self.number)
        return sa.or_(*clauses)


def rare(connection: sa.Connection, scope: Scope, sought: Sequence[Sought]) -> Mapping[int | None, tuple[int, ...]]:
    """Gives the tickets that can have all of it where these are few: of all (under None), else by department.

    What is common at the desk may be rare in one department: its list would be walked to the end for it.
    """
    if not sought:
        return {}
    if (found := _few(connection, sought, None)) is not None:
        return {None: found}
    by_department = {one: _few(connection, sought, one) for one in scope.departments}
    return {department: few for department, few in by_department.items() if few is not None}


def _few(connection: sa.Connection, sought: Sequence[Sought], department_id: int | None) -> tuple[int, ...] | None:
    plain = [one.line for one in sought if not one.categories and one.number is None]
    if plain:
        found = wordings.few(connection, plain, department_id)
        return None if found is None else tuple(found)
    first = min(sought, key=lambda one: len(one.categories))
    found = wordings.few(connection, [first.line], department_id)
    if found is None:
        return None
    called = sa.select(_T.id).where(_T.category_id.in_(first.categories)).limit(wordings.FEW + 1)
    theirs = connection.scalars(called).all() if first.categories else ()
    if len(theirs) > wordings.FEW:
        return None
    return (*found, *theirs, *([] if first.number is None else [first.number]))


def _holds(column: sa.Column[str], wanted: str) -> sa.ColumnElement[bool]:
    return column.contains(wanted)  # of letters, digits and spaces: nothing in it is a pattern


def reads_internal(scope: Scope) -> sa.ColumnElement[bool] | None:
    """Gives where `scope` reads internal comments, None for nowhere: `Scope.reads_internal` as a clause."""
    if scope.everything:
        return sa.true()
    clauses: list[sa.ColumnElement[bool]] = []
    if scope.departments:
        clauses.append(_T.department_id.in_(sorted(scope.departments)))
    if scope.is_staff:
        clauses.append(sa.and_(_T.assignee_id.is_not(None), _T.assignee_id == scope.person_id))
    return sa.or_(*clauses) if clauses else None
