"""The walk over the log: every hash made again, every entry held against the row that it tells of."""

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from deskterm.core.domain.audit import START, Entry, Head, body_hash, instant, linked
from deskterm.core.domain.erasure import whole
from deskterm.core.domain.trail import Damage, Found, SignatureCheck
from deskterm.core.domain.trail_break import Content, Row, Scene, broken, entry_of
from deskterm.core.services.audit_decisions import ABOUT, Decisions, Told
from deskterm.core.services.audit_directory import Directory
from deskterm.core.services.audit_erasures import Erasures
from deskterm.core.services.audit_facts import UNREADABLE, Facts
from deskterm.core.services.audit_facts import Row as FactRow
from deskterm.core.store.audit import COLUMNS
from deskterm.core.store.tables import AUDIT
from deskterm.core.store.trail import Reading

_REPORT: Final = 2_000


class Walk:
    """A walk from the first entry on. It ends at the last one, or where the chain breaks.

    `last` is the end of what holds, `hashes` what stands there at the sizes that were asked for, `found` the first
    damage, `absent` the entry that no row was found for, if that is the damage.
    """

    def __init__(self, reading: Reading, log_id: str, sizes: frozenset[int], check: SignatureCheck | None) -> None:
        self._reading, self._log_id, self._log, self._sizes = reading, log_id, log_id[:8], sizes
        self.facts = Facts(reading, self._log)
        self.directory = Directory(reading)
        self.erasures = Erasures(self.directory.name)
        self.decisions = Decisions(log_id, check, self.directory.login, self.directory.name)
        self.last = Head(0, START)
        self.hashes: dict[int, str] = {}
        self.found: Found | None = None
        self.absent: Entry | None = None
        self.is_whole = True
        self._before = START
        self._doubt: Head | None = None
        self._stray: int | None = None

    def run(self, progress: Callable[[int], None]) -> None:
        """Walks; `progress` hears how many entries are done."""
        rows: Iterator[Any] = self._reading.stream(COLUMNS, (AUDIT.c.seq,))
        for row in rows:
            seq, _, body, stored, _ = row
            number = self.last.size + 1
            try:
                made = linked(self._log_id, self.last.hash, body_hash(body))
            except (AttributeError, TypeError, ValueError):
                made = ""
            if made != stored or seq != number or type(seq) is not int or not self._take(row):
                self._break(row, rows)
                return
            self._before, self.last = self.last.hash, Head(number, made)
            if number in self._sizes:
                self.hashes[number] = made
            if not number % _REPORT:
                progress(number)
        progress(self.last.size)

    @property
    def good(self) -> int:
        """How many entries follow one another, before the first one that doesn't."""
        return self.last.size if self.is_whole or self.found is None else (self.found.at or 1) - 1

    def _take(self, row: Row) -> bool:
        """Holds an entry against its row; gives whether it is one that may stand here."""
        number = self.last.size + 1
        fact = self.facts.is_next(number, row[1], row[2], row[4])
        if fact is not None:
            self._stray = None
            if fact[6] in ABOUT:
                self._decided(number, fact)
            return True
        entry = entry_of(row)
        if entry is None or entry.log != self._log or entry.seq != number:
            return False
        if row[1] != entry.ticket_id:
            self._note(Found(Damage.EDITED, number, f"entry {number} is filed under ticket {row[1]!r}"))
        if entry.texts is not None and row[4] is None:
            self.erasures.meet(number)
        if entry.kind != "fact":
            self._change(entry, row[4])
            return True
        content, wrong = self.facts.check(entry, row[4])
        if content is Content.ELSEWHERE and not self.facts.facts.is_in_step:
            self._stray = self._stray or number
        if wrong is not None and self.found is None and wrong.kind is Damage.DELETED and content is Content.UNKNOWN:
            self.absent, self._doubt = entry, self.last
        self._note(wrong)
        if entry.what in ABOUT:
            self._told(entry)
        return True

    def _change(self, entry: Entry, texts: object) -> None:
        try:
            said = entry if texts is None else whole(entry, str(texts))
        except UNREADABLE:
            self._note(Found(Damage.EDITED, entry.seq, f"the texts of entry {entry.seq} are others than it has"))
            return
        self.directory.tell(said)
        self.erasures.tell(said)

    def _note(self, found: Found | None) -> None:
        self.found = self.found or found

    def _decided(self, number: int, fact: FactRow) -> None:
        values = self.facts.values
        at, data = values.instant(fact[3]), values.data(fact[9])
        self.decisions.tell(Told(number, fact[1], fact[2], fact[6], at, fact[4], data))

    def _told(self, entry: Entry) -> None:
        try:
            at, data = instant(entry.at_us), json.loads(entry.data)
        except UNREADABLE:
            self._note(Found(Damage.EDITED, entry.seq, f"entry {entry.seq} can't be read"))
            return
        told = Told(entry.seq, entry.ticket_id or 0, entry.version or 0, entry.what, at, entry.actor_id, data)
        self.decisions.tell(told)

    def _break(self, row: Row, rest: Iterator[Row]) -> None:
        self.is_whole = False
        size = self.last.size
        anchors = [Head(size - 1, self._before)] if size else []
        anchors += [self._doubt] if self._doubt else []
        entry = entry_of(row)
        is_here = entry is not None and entry.kind == "fact" and entry.seq == size + 1 and entry.log == self._log
        content = self.facts.check(entry, row[4])[0] if entry is not None and is_here else Content.UNKNOWN
        made = broken(Scene(self._log_id, tuple(anchors), self.last, row, rest, content, self._stray))
        if self.found is None or (made.kind is Damage.INSERTED and made.at == self.found.at):
            self.found = made
        elif self.absent is not None and self.found.at == size:
            self.found = Found(
                Damage.INSERTED, size, f"entry {size} tells of nothing that is there, and none follows it"
            )
