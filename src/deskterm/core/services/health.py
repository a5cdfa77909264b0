"""Doctor: is every row what its facts say? Reads only, a slice of tickets at a time."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Final, NamedTuple

from deskterm.core.domain.clocks import by_name, next_due
from deskterm.core.domain.errors import DesktermError, NotAllowed, told
from deskterm.core.domain.facts import reference
from deskterm.core.domain.history import History, fold
from deskterm.core.domain.words import Role
from deskterm.core.services.context import Context
from deskterm.core.services.policies import Policies
from deskterm.core.store import lists, tickets
from deskterm.core.store.engine import Connection

_SLICE: Final = 200


class Finding(NamedTuple):
    """One thing that is not as the facts say: the stored value and what they fold to."""

    ticket: str
    field: str
    stored: str
    folded: str


class Report(NamedTuple):
    """What doctor looked at and what it found."""

    tickets: int
    facts: int
    findings: tuple[Finding, ...]


def examine(context: Context, progress: Callable[[int], None] = lambda _: None) -> Report:
    """Folds every ticket's facts and compares row, clocks and spans; `progress` hears how many are done.

    Raises:
        NotAllowed: for anybody but an admin: the findings speak of every ticket.
    """
    with context.store.read() as connection:
        if context.actor(connection).role is not Role.ADMIN:
            raise NotAllowed("doctor is an admin's: it reads every ticket")
    seen = told = last = 0
    findings: list[Finding] = []
    while True:
        with context.store.read() as connection:
            policies = context.policies(connection, fresh=True)
            slice_ = lists.ids(connection, after=last, limit=_SLICE)
            for ticket_id in slice_:
                facts, found = _examined(connection, ticket_id, policies)
                told += facts
                findings += found
        if not slice_:
            return Report(seen, told, tuple(findings))
        seen += len(slice_)
        last = slice_[-1]
        progress(seen)


def _examined(connection: Connection, ticket_id: int, policies: Policies) -> tuple[int, list[Finding]]:
    name = reference(ticket_id)
    try:
        loaded = tickets.load(connection, ticket_id)
        spans = tickets.spans(connection, ticket_id)
    except ValueError as error:
        return 0, [Finding(name, "row", "can't be read", str(error))]
    if loaded is None:
        return 0, []
    try:
        facts = tickets.facts(connection, ticket_id)
        folded = fold(facts, policies.of(loaded.profile_id), ticket_id)
    except (ValueError, KeyError, TypeError, RuntimeError, DesktermError) as error:
        return 0, [Finding(name, "facts", "can't be folded", told(error))]
    stored = History(loaded.history.ticket, loaded.history.clocks, spans)
    pairs = _pairs(stored, folded)
    pairs["next_due_at"] = (tickets.next_due_at(connection, ticket_id), next_due(folded.clocks))
    wrong = [(field, have, want) for field, (have, want) in pairs.items() if have != want]
    return len(facts), [Finding(name, field, repr(have), repr(want)) for field, have, want in wrong]


def _pairs(stored: History, folded: History) -> dict[str, tuple[object, object]]:
    have, want = asdict(stored.ticket), asdict(folded.ticket)
    pairs: dict[str, tuple[object, object]] = {field: (have[field], want[field]) for field in want}
    kept, made = by_name(stored.clocks), by_name(folded.clocks)
    pairs |= {f"clock {name}": (kept.get(name), made.get(name)) for name in sorted({*kept, *made})}
    pairs["spans"] = (stored.spans, folded.spans)
    return pairs
