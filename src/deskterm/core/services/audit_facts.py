"""Entries against the rows of what happened: every fact, comment and decision has its entry, and says the same."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from deskterm.core.domain.audit import Entry, spelled, written
from deskterm.core.domain.erasure import whole, without_erased
from deskterm.core.domain.facts import DECISIONS, reference
from deskterm.core.domain.trail import Damage, Found
from deskterm.core.domain.trail_break import Content
from deskterm.core.store import trail
from deskterm.core.store.tables import APPROVALS, COMMENTS, FACTS
from deskterm.core.store.trail import Reading

Row = Sequence[Any]
Key = tuple[object, object]
UNREADABLE: Final = (AttributeError, KeyError, TypeError, ValueError, OverflowError, RecursionError)
"""What reading a value that was tampered with may raise."""
_LOOK: Final = 2_000
"""How far a row may stand from where its entry has it before it is looked up by itself."""
_SHOWN: Final = 60
_MOST: Final = 2**63
_PLACES: Final = {"comment": COMMENTS.name, "decision": APPROVALS.name}


class Left(NamedTuple):
    """Rows that no entry tells of: how many, the first of them, and whether all came after those that have one."""

    number: int
    first: Row
    is_tail: bool


class Beside:
    """Rows of a table in the order in which they were written, each to be taken by its entry.

    Rows begin with id, ticket and version. `find` looks one up that is not near.
    """

    def __init__(self, rows: Iterator[Row], find: Callable[[object, object], Row | None]) -> None:
        self._rows, self._find = rows, find
        self._waiting: dict[Key, Row] = {}
        self._early: set[Key] = set()
        self._twice: list[Row] = []
        self._taken = self._read = 0
        self.next: Row | None = None
        self._advance()

    @property
    def is_in_step(self) -> bool:
        """Whether every row so far was taken in its turn."""
        return not self._waiting and not self._early

    def _advance(self) -> None:
        while True:
            self.next = next(self._rows, None)
            if self.next is None:
                return
            self._read = _number(self.next)
            if not self._early or (key := (self.next[1], self.next[2])) not in self._early:
                return
            self._early.discard(key)

    def peek(self, key: Key) -> Row | None:
        """Gives the row that is next, if it is that of a ticket's version and its turn."""
        row = self.next
        return row if row is not None and row[1] == key[0] and row[2] == key[1] and self.is_in_step else None

    def pop(self) -> None:
        """Takes the row that is next."""
        if self.next is not None:
            self._taken = max(self._taken, _number(self.next))
        self._advance()

    def take(self, key: Key) -> tuple[Content, Row | None]:
        """Takes the row of a ticket's version, and gives how it stood."""
        if row := self.peek(key):
            self.pop()
            return Content.IN_PLACE, row
        row = self._waiting.pop(key, None) or self._ahead(key)
        if row is None:
            row = self._find(*key) if all(isinstance(part, int) and abs(part) < _MOST for part in key) else None
            if row is None:
                return Content.UNKNOWN, None
            if key in self._early or _number(row) <= self._read:
                return Content.TAKEN, None
            self._early.add(key)
        self._taken = max(self._taken, _number(row))
        return Content.ELSEWHERE, row

    def _ahead(self, key: Key) -> Row | None:
        for _ in range(_LOOK):
            row = self.next
            if row is None:
                return None
            self._advance()
            here = (row[1], row[2])
            if here == key:
                return row
            if here in self._waiting:
                self._twice.append(row)
            else:
                self._waiting[here] = row
        return None

    def left(self) -> Left | None:
        """Gives what no entry took, None when all was taken; after it nothing can be taken."""
        over = [*self._waiting.values(), *self._twice]
        if self.next is not None:
            over.append(self.next)
        if not over:
            return None
        first = min(over, key=_number)
        number = len(over) + sum(1 for row in self._rows if (row[1], row[2]) not in self._early)
        return Left(number, first, is_tail=_number(first) > self._taken)


def _number(row: Row) -> int:
    return row[0] if isinstance(row[0], int) else 0


class Facts:
    """The rows of what happened, beside a walk over the log whose id begins with `log`."""

    def __init__(self, reading: Reading, log: str) -> None:
        self._reading, self._log, self.values = reading, log, reading.values
        self.facts = self._beside(FACTS)
        self.comments = self._beside(COMMENTS)
        self.approvals = self._beside(APPROVALS)

    def _beside(self, table: sa.Table) -> Beside:
        rows = self._reading.stream(tuple(table.c), (table.c.id,))
        connection = self._reading.connection
        return Beside(rows, lambda ticket_id, version: trail.of_fact(connection, table, ticket_id, version))

    def tables(self) -> tuple[tuple[str, Beside], ...]:
        """Gives each of the tables with what a row of it is called."""
        return (("fact", self.facts), ("comment", self.comments), ("decision", self.approvals))

    def is_next(self, seq: int, ticket_id: object, body: str, texts: str | None) -> Row | None:
        """Takes the fact that is next when `body` and `texts` are its entry's to the letter, and gives its row."""
        fact = self.facts.next
        if fact is None or fact[1] != ticket_id or not self.facts.is_in_step:
            return None
        key = (fact[1], fact[2])
        try:
            data = self.values.data(fact[9])
            comment = self.comments.peek(key) if "comment" in data else None
            approval = self.approvals.peek(key) if fact[6] in DECISIONS else None
            made = self.values.entry(self._log, seq, fact, data, comment[7] if comment else None, texts)
            if spelled(made) != body or self._unlike(fact, data, comment, approval):
                return None
        except UNREADABLE:
            return None
        for taken, rows in ((fact, self.facts), (comment, self.comments), (approval, self.approvals)):
            if taken is not None:
                rows.pop()
        return fact

    def check(self, entry: Entry, texts: str | None) -> tuple[Content, Found | None]:
        """Takes the row that an entry tells of, with its texts; gives how it stood, and what is wrong with it."""
        name = f"{reference(entry.ticket_id or 0)}, version {entry.version}"
        key = (entry.ticket_id, entry.version)
        content, fact = self.facts.take(key)
        if content is Content.TAKEN:
            return content, Found(Damage.INSERTED, entry.seq, f"entry {entry.seq} tells again of {name}")
        if fact is None:
            return content, Found(
                Damage.DELETED, entry.seq, f"{name}, which entry {entry.seq} tells of, is gone from {FACTS.name}"
            )
        try:
            wrong = self._compared(entry, texts, fact, key, name)
        except UNREADABLE:
            wrong = Found(Damage.EDITED, entry.seq, f"the row of {name} in {FACTS.name} can't be read as written")
        return (Content.UNKNOWN if wrong else content), wrong

    def _compared(self, entry: Entry, texts: str | None, fact: Row, key: Key, name: str) -> Found | None:
        data = self.values.data(fact[9])
        comment = self.comments.take(key)[1] if "comment" in data else None
        approval = self.approvals.take(key)[1] if fact[6] in DECISIONS else None
        gone = _missing(fact, data, comment, approval)
        if gone:
            said = f"the {gone} of {name} in {_PLACES[gone]}"
            return Found(Damage.DELETED, entry.seq, f"{said}, which entry {entry.seq} tells of, is gone")
        made = self.values.entry(self._log, entry.seq, fact, data, comment[7] if comment else None, None)
        try:
            told = whole(entry, texts)
        except ValueError as wrong:
            if texts is not None or entry.texts is None:
                return Found(Damage.EDITED, entry.seq, str(wrong))
            told = entry._replace(texts=None)  # they were erased, here and in the row
            made = made._replace(data=written(without_erased(json.loads(made.data))))
        if spelled(made) != spelled(told):
            said = _difference(told, made)
            table = COMMENTS.name if comment and _text(told) != comment[7] else FACTS.name
            return Found(Damage.EDITED, entry.seq, f"{name} in {table} is not as entry {entry.seq} has it: {said}")
        if unlike := self._unlike(fact, data, comment, approval):
            said = f"the {unlike} of {name} in {_PLACES[unlike]}"
            return Found(Damage.EDITED, entry.seq, f"{said} is not as entry {entry.seq} has it")
        return None

    def _unlike(self, fact: Row, data: Mapping[str, Any], comment: Row | None, approval: Row | None) -> str:
        """Gives which of a fact's other rows is missing or says something else, "" when none."""
        if ("comment" in data or fact[6] in DECISIONS) and (missing := _missing(fact, data, comment, approval)):
            return missing
        if comment and not _same(comment[3:7], (fact[4], fact[3], data["comment"], data.get("source"))):
            return "comment"
        if approval and not _same(approval[3:], self._decision(fact, data)):
            return "decision"
        return ""

    def _decision(self, fact: Row, data: Mapping[str, Any]) -> tuple[object, ...]:
        """Gives what the row of a decision must say, from its round on."""
        text, signed = data.get("text") or "", data.get("signature") is not None
        _, _, _, at, actor, _, kind, *_ = fact
        behalf = data.get("on_behalf_of")
        return (
            data["round"],
            data["stage"],
            kind,
            actor,
            behalf,
            at,
            data["digest"],
            text,
            *self.values.stored([signed]),
        )


def _missing(fact: Row, data: Mapping[str, Any], comment: Row | None, approval: Row | None) -> str:
    if "comment" in data and comment is None:
        return "comment"
    return "decision" if fact[6] in DECISIONS and approval is None else ""


def _text(entry: Entry) -> object:
    return json.loads(entry.data).get("text")


def _same(have: Sequence[Any], want: Sequence[Any]) -> bool:
    """Whether two rows are the same, also in their types: to Python 1, 1.0 and True are equal."""
    return tuple(have) == tuple(want) and all(type(a) is type(b) for a, b in zip(have, want, strict=True))


def _difference(entry: Entry, made: Entry) -> str:
    names = [name for name in Entry._fields if getattr(entry, name) != getattr(made, name)]
    name = names[0] if names else "data"
    have, want = str(getattr(made, name)), str(getattr(entry, name))
    start = next((at for at, (a, b) in enumerate(zip(have, want, strict=False)) if a != b), min(len(have), len(want)))
    return f"{name} {excerpt(have, start)}, the entry has {excerpt(want, start)}"


def excerpt(text: str, at: int) -> str:
    """Gives what stands around a place in a text, from the beginning of a word, with dots where more stands."""
    start = max(0, at - _SHOWN // 2)
    while start and at - start < _SHOWN and text[start - 1].isalnum():
        start -= 1
    end = start + _SHOWN + _SHOWN // 2
    return f"{'...' * (start > 0)}{text[start:end]!r}{'...' * (end < len(text))}"
