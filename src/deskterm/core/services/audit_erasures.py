"""Entries that gave up their texts, against the entries that say so: nobody else may take one away."""

import json
from collections.abc import Callable

from deskterm.core.domain.audit import Entry, instant
from deskterm.core.domain.erasure import ENTRIES, WHAT
from deskterm.core.domain.trail import Damage, Erased, Found
from deskterm.core.services.audit_facts import UNREADABLE


class Erasures:
    """What was erased, as a walk over the log goes on; `name` gives what somebody is called."""

    def __init__(self, name: Callable[[int], str]) -> None:
        self._name = name
        self._met: set[int] = set()
        self._said: set[int] = set()
        self.told: list[Erased] = []
        self.found: list[Found] = []

    def meet(self, seq: int) -> None:
        """Takes an entry whose texts are gone."""
        self._met.add(seq)

    def tell(self, entry: Entry) -> None:
        """Goes on with an entry that is of no ticket: an erasure names the entries before it that it was about."""
        if entry.kind != "person" or entry.what != WHAT:
            return
        try:
            numbers = {int(seq) for seq in json.loads(entry.data)[ENTRIES]}
        except UNREADABLE:
            self.found.append(Found(Damage.EDITED, entry.seq, f"the erasure in entry {entry.seq} can't be read"))
            return
        by = self._name(entry.actor_id or 0) or "nobody known"
        self.told.append(Erased(entry.seq, instant(entry.at_us), by, len(numbers)))
        self._said |= {seq for seq in numbers if seq < entry.seq}

    def compare(self) -> None:
        """Compares what is gone with what is said of it; what differs is in `found`."""
        for seq in sorted(self._met - self._said):
            said = f"the texts of entry {seq} are gone, and no erasure tells of it"
            self.found.append(Found(Damage.DELETED, seq, said))
        for seq in sorted(self._said - self._met):
            self.found.append(Found(Damage.INSERTED, seq, f"the texts of entry {seq} were erased, and are there again"))
