"""Import of facts that another desk exported: the same tickets, facts, texts and clocks, folded by the same rules.

Nothing is lost: a ticket keeps its number where this desk has no tickets of its own, and is under the very profile it
was under. Files that came with comments are no part of the export: a backup has them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import islice
from typing import Any, Final

from deskterm.core.domain.errors import DesktermError, InvalidInput, NotAllowed
from deskterm.core.domain.fact_keys import by_numbers
from deskterm.core.domain.facts import Fact, from_data, reference
from deskterm.core.domain.filters import parse_id
from deskterm.core.domain.history import steps
from deskterm.core.domain.text import check_text
from deskterm.core.domain.words import Role, Via
from deskterm.core.services.context import Context
from deskterm.core.services.event_log import Rejected, parse_instant
from deskterm.core.services.export_met import SHORT
from deskterm.core.services.fact_files import FactFile, FactRow
from deskterm.core.services.importing import Imported
from deskterm.core.services.importing_names import Known, OtherProfile
from deskterm.core.services.policies import Policies
from deskterm.core.store import directory, tickets
from deskterm.core.store.engine import Connection
from deskterm.core.store.tickets import New, Step

_TICKETS_AT_ONCE: Final = 500
_FIELDS: Final = {f.name: kind for f in fields(Fact) for kind in (str, int, bool) if f.type == kind | None}
"""The fields of facts that are a text, a number or a flag, and which."""
_LARGEST: Final = 2**31 - 1
"""The largest number that every database keeps in a column of numbers."""
_SHOWN: Final = 40
_UNREADABLE: Final = (KeyError, TypeError, ValueError, DesktermError)
_NOT_ALL: Final = "its facts are not all here: export them with --internal, and without --from, --to and --columns"


def import_facts(context: Context, file: FactFile, progress: Callable[[int], None] = lambda _: None) -> Imported:
    """Takes tickets in with all their facts; whom they name and the desk lacks is made. A second run adds nothing.

    `progress` hears how many facts are done. What can't be taken is in the result, by its line.

    Raises:
        NotAllowed: for anybody but an admin: people are made with the roles that they had.
        InvalidInput: when the file can't be read any more, or its tickets are under a profile that is another here.
    """
    with context.store.read() as connection:
        if context.actor(connection).role is not Role.ADMIN:
            raise NotAllowed("importing is an admin's")
        known = Known(connection)
        intake = _Intake(context, connection, known)
    done = 0
    for some in _batches(file.tickets()):
        with context.store.write() as connection:
            intake.take(connection, some)
        done += sum(len(rows) for _, rows in some)
        progress(done)
    made = known.made
    return Imported(
        intake.tickets, intake.facts, intake.known, made["people"], made["departments"], made["categories"], 0,
        tuple(intake.rejected),
    )  # fmt: skip


def _batches(found: Iterator[tuple[str, list[FactRow]]]) -> Iterator[list[tuple[str, list[FactRow]]]]:
    while some := list(islice(found, _TICKETS_AT_ONCE)):
        yield some


class _Intake:
    """Tickets as they come in; `known` counts the facts of those that were here."""

    def __init__(self, context: Context, connection: Connection, known: Known) -> None:
        self._context, self._known = context, known
        self._here = tickets.by_origin(connection)
        meta = directory.meta(connection)
        self._log_id = meta.log_id if meta else ""
        self._keeps_numbers = tickets.are_none(connection)
        self._policies: Policies | None = None
        self.tickets = self.facts = self.known = 0
        self.rejected: list[Rejected] = []

    def take(self, connection: Connection, some: Sequence[tuple[str, list[FactRow]]]) -> None:
        """Writes the tickets that can be taken."""
        news: list[New] = []
        numbers: list[int] = []
        for ticket, rows in some:
            try:
                new = self._new(connection, ticket, rows)
            except OtherProfile:
                raise
            except _UNREADABLE as error:
                missing = f"it names {error}, of whom the file says nothing" if isinstance(error, KeyError) else error
                self.rejected.append(Rejected(rows[0].line, ticket, str(missing)))
                continue
            if new is None:
                self.known += len(rows)
                continue
            news.append(new)
            numbers.append(parse_id(ticket))
        tickets.insert(connection, news, Via.IMPORT, numbers if self._keeps_numbers else ())
        self.tickets += len(news)
        self.facts += sum(len(new.steps) for new in news)

    def _new(self, connection: Connection, ticket: str, rows: Sequence[FactRow]) -> New | None:
        """Gives a ticket that is not here yet, None where it is; raises one of `_UNREADABLE` where it can't be."""
        about = (rows[0].said.get("met") or {}).get("ticket")
        desk = (about or {}).get("desk", "")
        for row in rows:  # also of one that isn't taken: those after it may name the same
            if row.said.get("met") and self._known.tell(self._context, connection, row.said["met"], desk):
                self._policies = None
        if [row.said["version"] for row in rows] != list(range(1, len(rows) + 1)) or not about:
            raise InvalidInput(_NOT_ALL)
        origin = about.get("origin") or f"{desk}:{reference(parse_id(ticket))}"
        if origin in self._here or self._log_id[:SHORT] == desk:
            return None
        facts = [self._fact(row.said) for row in rows]
        profile_id = self._known.profile(about["profile"])
        if self._policies is None:
            self._policies = self._context.policies(connection, fresh=True)
        told = steps(facts, self._policies.of(profile_id))
        before = [None, *(after.ticket.status for _, after in told)]
        made = [Step(fact, status, after) for (fact, after), status in zip(told, before, strict=False)]
        self._here[origin] = 0
        return New(made, profile_id, origin, [row.said.get("origin") for row in rows], [_via(row) for row in rows])

    def _fact(self, said: Mapping[str, Any]) -> Fact:
        numbers = self._known.numbers()
        data = by_numbers(said["data"], numbers)
        if said.get("text") is not None:
            data["text"] = said["text"]
        for name, value in data.items():
            _check(name, value)
        actor = None if said.get("actor") is None else numbers.people(said["actor"])
        return from_data(said["kind"], parse_instant(said["at"], "at"), actor, data)


def _check(name: str, value: object) -> None:
    """Passes when a fact can say this; raises InvalidInput where its field holds something else."""
    if isinstance(value, str):
        check_text(value)
    wanted = _FIELDS.get(name)
    if wanted is None or value is None:
        return
    if type(value) is not wanted or (isinstance(value, int) and abs(value) > _LARGEST):
        raise InvalidInput(f"its {name} can't be {str(value)[:_SHOWN]!r}: export it anew")


def _via(row: FactRow) -> Via:
    return Via(row.said.get("via") or Via.IMPORT)
