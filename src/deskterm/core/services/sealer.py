"""The sealer: looks at the audit trail again and again, seals what is new, and publishes it outside.

It never waits by itself: whoever runs it calls `look` about once a second, with the time.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.heads import SignedHead
from deskterm.core.services.publishing import Command, Mailbox, Place, Record, alarmed, owed, paid
from deskterm.core.services.sealing import read_key, seal
from deskterm.core.store import audit, schema
from deskterm.core.store.engine import Store

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

MOST_BEHIND: Final = 50
"""So many entries are sealed at once."""
LATEST: Final = timedelta(seconds=55)
"""So long an entry may wait; with a look every second or so that is under a minute."""
_AGAIN: Final = timedelta(seconds=60)
"""So long what took no head is left alone."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look came to: the head that was sealed, how many entries wait, and what could not be done."""

    head: SignedHead | None
    size: int
    behind: int
    problems: tuple[str, ...] = ()


class Sealer:
    """One trail, one key, one record, and the places beside it."""

    def __init__(
        self, store: Store, key: "Ed25519PrivateKey", record: Record, places: Sequence[Place], *, alone: bool = False
    ) -> None:
        """Takes what is open already; `alone` says that nobody else looks, so that nothing is put off."""
        self._store, self._key, self._record = store, key, record
        self._places = {place.name: place for place in places}
        self._alone = alone
        self._waits_since: datetime | None = None
        self._not_before: datetime | None = None

    def look(self, now: datetime) -> Looked:
        """Seals what has waited long enough, and publishes it, also to whom a head is still owed.

        Raises:
            NotAllowed: when the trail doesn't hold. That is published too, as an alarm.
            InvalidInput: when the record can't be used.
            StoreUnavailable: when the database is out of reach.
        """
        with self._store.read() as connection:
            _, end = audit.head(connection)
        with self._record.held() as mine:
            last = self._record.last
            if not mine:
                return Looked(None, end.size, 0, (f"another sealer is at work on {self._record.path}",))
            behind = end.size - (last.head.size if last else 0)
            same = last is not None and last.head == end
            if not self._is_due(now, behind, same=same):
                return Looked(None, end.size, behind, self._pay(now))
            try:
                head = seal(self._store, self._key, [last] if last else [], now)
            except NotAllowed as damage:
                self._raise_alarm(str(damage), now)
                raise
            if head is None:
                return Looked(None, end.size, 0, self._pay(now))
            return self._publish(head, now)

    def _is_due(self, now: datetime, behind: int, *, same: bool) -> bool:
        if same or (behind == 0 and self._record.last is None):
            self._waits_since = None
            return False
        if not 0 < behind < MOST_BEHIND or self._alone:  # fewer entries than before are for `seal` to refuse
            return self._may_try(now)
        if self._waits_since is None or self._waits_since > now:
            self._waits_since = now
        return now - self._waits_since >= LATEST and self._may_try(now)

    def _may_try(self, now: datetime) -> bool:
        before = self._not_before
        return before is None or self._alone or now >= before or before - now > _AGAIN  # the clock was set back

    def _publish(self, head: SignedHead, now: datetime) -> Looked:
        """Gives a head to every place, then to the record: what ends in between is sealed and given out anew."""
        size = head.head.size
        said = {name: place.take(head.line, _subject(head)) for name, place in self._places.items()}
        problems = [why for why in said.values() if why]
        remarks = [owed(name) for name, why in said.items() if why]
        remarks += [paid(name) for name, why in said.items() if not why and name in self._record.owed]
        lost = self._record.append([head.line, *remarks])
        self._not_before = now + _AGAIN if lost or problems else None
        if lost:
            return Looked(None, size, 0, (*problems, lost))
        self._waits_since = None
        return Looked(head, size, 0, tuple(problems))

    def _pay(self, now: datetime) -> tuple[str, ...]:
        """Gives the last head to the places that didn't take it; gives what could not be done."""
        last, debts = self._record.last, sorted(self._record.owed & self._places.keys())
        if last is None or not debts or not self._may_try(now):
            return ()
        said = []
        for name in debts:
            why = self._places[name].take(last.line, _subject(last))
            said.append(why or self._record.append([paid(name)]))
        problems = tuple(why for why in said if why)
        self._not_before = now + _AGAIN if problems else None
        return problems

    def _raise_alarm(self, what: str, now: datetime) -> None:
        if self._record.alarm == what:
            return
        line = alarmed(what, now.isoformat(timespec="seconds"))
        for place in self._places.values():
            place.take(line, "deskterm: ALARM, the audit trail doesn't hold")
        self._record.append([line])


def _subject(head: SignedHead) -> str:
    return f"deskterm: {head.head.size} entries sealed"


@contextmanager
def opened(
    url: str, *, key: Path | None, file: Path | None, command: str, mail: str, smtp: str, alone: bool = False
) -> Iterator[Sealer]:
    """Gives the sealer of a desk. It asks nobody who they are: who may read the database and the key may seal.

    Raises:
        InvalidInput: when the key or a place can't be used, or there is no file to keep heads in.
        StoreUnavailable: when the database is out of reach, or its schema another.
    """
    if key is None:
        raise InvalidInput("there is no key to seal with: give --key, or make one with --new-key")
    if file is None:
        raise InvalidInput("there is no file for signed heads: give --file; it is what the next pass goes on from")
    places: list[Place] = [Command(command)] if command else []
    if mail:
        places.append(Mailbox(mail, smtp))
    private = read_key(key)
    with closing(Store(url)) as store:
        schema.check(store)
        yield Sealer(store, private, Record(file), places, alone=alone)
