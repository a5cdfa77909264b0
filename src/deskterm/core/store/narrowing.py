"""A filter as SQL over tickets: the same for both databases, without joins, and never NULL, so that `-` is NOT.

It narrows; what may be seen at all is the scope's, which `lists` puts beside it always. Only of words it matters who
asks: an internal comment is found by those alone who may read it.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

import sqlalchemy as sa

from deskterm.core.domain.access import Scope
from deskterm.core.domain.clocks import NEVER
from deskterm.core.domain.filter_dates import Interval
from deskterm.core.domain.filter_keys import KEYS, ME, NOBODY, OPEN, Kind
from deskterm.core.domain.filter_meaning import Meaning
from deskterm.core.domain.filter_terms import Field, Filter, Is, Term, Word
from deskterm.core.domain.words import CategoryKind, Status
from deskterm.core.store.numbered import MANY, these
from deskterm.core.store.seeking import Sought, rare
from deskterm.core.store.tables import CLOCKS, PEOPLE, TICKETS
from deskterm.core.store.wordings import FEW

Clause: TypeAlias = sa.ColumnElement[bool]
_T: Final = TICKETS.c
_SECOND_US: Final = timedelta(seconds=1) // timedelta(microseconds=1)
_COLUMNS: Final[Mapping[str, sa.Column[Any]]] = MappingProxyType(
    {
        "status": _T.status,
        "prio": _T.priority,
        "dept": _T.department_id,
        "category": _T.category_id,
        "from": _T.requester_id,
        "to": _T.assignee_id,
        "reason": _T.reason,
        "outcome": _T.outcome,
        "tier": _T.tier,
        "customer": _T.customer,
        "product": _T.product,
        "module": _T.module,
        "due": _T.next_due_at,
        "created": _T.created_at,
        "updated": _T.updated_at,
        "resolved": _T.resolved_at,
        "closed": _T.closed_at,
    }
)
_GOES_ON: Final = sa.and_(CLOCKS.c.ticket_id == _T.id, CLOCKS.c.stopped_at.is_(None), CLOCKS.c.target_us.is_not(None))
_LEFT_US: Final = CLOCKS.c.target_us - CLOCKS.c.consumed_us
_RUNS_NONE: Final = _T.next_due_at == NEVER


def _goes_on(*clauses: Clause) -> Clause:
    """Gives that a ticket has such a clock: as a scalar, for an EXISTS may be made of all the clocks at once."""
    some = sa.select(sa.literal(1)).where(_GOES_ON, *clauses).limit(1).correlate(TICKETS).scalar_subquery()
    return some.is_not(None)


# as a list says it: late from the first second on, and in the last one before it when that was found late already
_PAUSED_LATE: Final = _goes_on(sa.or_(_LEFT_US < 0, sa.and_(_LEFT_US < _SECOND_US, CLOCKS.c.breached_at.is_not(None))))
_FLAGS: Final[Mapping[str, Callable[[Meaning], Clause]]] = MappingProxyType(
    {
        "late": lambda meaning: sa.or_(_T.next_due_at < meaning.now, sa.and_(_RUNS_NONE, _PAUSED_LATE)),
        "paused": lambda _: sa.and_(_RUNS_NONE, _goes_on()),
        "mine": lambda meaning: sa.and_(_T.assignee_id.is_not(None), _T.assignee_id == meaning.me),
        "unassigned": lambda _: _T.assignee_id.is_(None),
        "escalated": lambda _: _T.tier > 1,
        "escalating": lambda _: _T.escalating.is_(sa.true()),
        "reopened": lambda _: _T.reopen_count > 0,
        "purchase": lambda _: sa.or_(_T.category_kind == CategoryKind.PROCUREMENT, _T.round > 0),
        "closed": lambda _: _T.closed_at.is_not(None),
        "rated": lambda _: _T.stars.is_not(None),
    }
)


class Narrowing(NamedTuple):
    """What a list is narrowed to; who `asks_closed` means the closed, whatever view of what is open it is.

    Who `asks_both` means what is open and what is closed in one list, as a figure counts both. Where its words are
    rare, in a department or (under None) everywhere, `among` has the few tickets that can fit. What `is_gathered` is
    taken out by number and then sorted; it is too much to be told one by one, and too little to walk all tickets for.
    """

    clauses: tuple[Clause, ...]
    asks_closed: bool
    among: Mapping[int | None, tuple[int, ...]] = MappingProxyType({})
    asks_both: bool = False
    is_gathered: bool = False

    def within(self, department_id: int | None) -> tuple[int, ...] | None:
        """Gives the few tickets of a department, or of all, that can fit; None when they are many."""
        return self.among.get(None, self.among.get(department_id))


EVERYTHING: Final = Narrowing((), asks_closed=False)


def narrowing(connection: sa.Connection, scope: Scope, wanted: Filter, meaning: Meaning) -> Narrowing:
    """Gives a filter as clauses over tickets, which all hold, and where to look when its words are rare.

    Raises:
        FilterError: when it names a priority, tier, department or category that there isn't.
    """
    words = [term for term in wanted.terms if isinstance(term, Word)]
    sought = {word: found for word in words if (found := Sought.of(connection, word.text)) is not None}
    clauses = []
    for term in wanted.terms:
        if not isinstance(term, Word):
            clauses.append(_signed(_field(connection, term, meaning), term))
        elif term in sought:
            clauses.append(_signed(sought[term].clause(scope), term))
    among = rare(connection, scope, [found for word, found in sought.items() if not word.negated])
    drilled = [meaning.counted_by(term) for term in wanted.terms if isinstance(term, Field) and _is_drill(term)]
    if drilled and len(fewest := min(drilled, key=len)) <= FEW and None not in among:
        among = {None: tuple(fewest)}
    gathered = any(len(ids) <= MANY for ids in drilled)
    return Narrowing(tuple(clauses), wanted.asks_closed, among, wanted.asks_both, gathered)


def _signed(clause: Clause, term: Term) -> Clause:
    return sa.not_(clause) if term.negated else clause


def _is_drill(field: Field) -> bool:
    return KEYS[field.key].kind is Kind.DRILL and not field.negated


def _field(connection: sa.Connection, field: Field, meaning: Meaning) -> Clause:
    texts = [value.text for value in field.values if isinstance(value, Is)]
    if field.key == "is":
        return sa.or_(*(_FLAGS[text](meaning) for text in texts))
    if KEYS[field.key].kind is Kind.DRILL:
        return these(connection, meaning.counted_by(field))
    column = _COLUMNS[field.key]
    match KEYS[field.key].kind:
        case Kind.CHOICE:
            return _one_of(column, texts)
        case Kind.RANK:
            return sa.or_(*(column.between(*meaning.bounds(field, value)) for value in field.values))
        case Kind.DATE:
            return sa.or_(*(_within(column, interval) for interval in meaning.intervals(field)))
        case Kind.NAME:
            return column.in_(meaning.ids(field))
        case Kind.PERSON:
            return sa.or_(*(_person(column, text, meaning) for text in texts))
        case _:
            return sa.or_(*(_has(column, text) for text in texts))


def _one_of(column: sa.Column[Any], texts: list[str]) -> Clause:
    if column is _T.status and OPEN in texts:
        texts = [*texts, *(status for status in Status if status is not Status.CLOSED)]
    clause = column.in_(sorted({*texts} - {OPEN}))
    return sa.and_(column.is_not(None), clause) if column.nullable else clause


def _within(column: sa.Column[Any], interval: Interval) -> Clause:
    there = [column < NEVER] if column is _T.next_due_at else [column.is_not(None)] if column.nullable else []
    starts = [] if interval.start is None else [column >= interval.start]
    ends = [] if interval.end is None else [column < interval.end]
    return sa.and_(*there, *starts, *ends)


def _person(column: sa.Column[Any], name: str, meaning: Meaning) -> Clause:
    if name.lower() == NOBODY and column.nullable:
        return column.is_(None)
    if name.lower() == ME:
        clause = column == meaning.me
    else:
        named = sa.or_(sa.func.lower(PEOPLE.c.login) == name.lower(), _has(PEOPLE.c.name, name))
        clause = column.in_(sa.select(PEOPLE.c.id).where(named))
    return sa.and_(column.is_not(None), clause) if column.nullable else clause


def _has(column: sa.Column[Any], text: str) -> Clause:
    """Gives that a text has another in it, whatever the case: what is a pattern elsewhere is a letter here."""
    return sa.func.lower(column).contains(text.lower(), autoescape=True)
