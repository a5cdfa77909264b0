"""Where a log breaks: what was done to it there, told from the rows around the first one that doesn't follow."""

from collections.abc import Iterator
from enum import Enum
from itertools import chain, islice
from typing import Any, Final, NamedTuple

from deskterm.core.domain.audit import Entry, Head, body_hash, linked, read_entry, spelled
from deskterm.core.domain.trail import Damage, Found

_SIGHT: Final = 50
"""How many entries put in or taken out are still told from others."""

Row = tuple[Any, Any, Any, Any, Any]
"""A row of the log as the database has it: number, ticket, body, hash, texts, of whatever type they are now."""


class Content(Enum):
    """How an entry's content stands to the tables."""

    IN_PLACE = "the fact that is next"
    ELSEWHERE = "a fact that was written at another time"
    TAKEN = "a fact that has its entry already"
    UNKNOWN = "no fact, or one that says something else"


class Scene(NamedTuple):
    """The row that doesn't follow, and what is around it.

    `anchors` are earlier ends that it may follow instead; `stray` is the first entry out of the tables' order.
    """

    log_id: str
    anchors: tuple[Head, ...]
    last: Head
    row: Row
    rest: Iterator[Row]
    content: Content
    stray: int | None = None


def follows(log_id: str, before: str, row: Row | None) -> bool:
    """Gives whether a row has the hash that it must have behind another; what is no text has none."""
    if row is None:
        return False
    try:
        return bool(linked(log_id, before, body_hash(row[2])) == row[3])
    except (AttributeError, TypeError, ValueError):
        return False


def entry_of(row: Row | None) -> Entry | None:
    """Gives the entry that a row's body spells, None when it spells none."""
    try:
        return read_entry(row[2]) if row is not None else None
    except (AttributeError, TypeError, ValueError):
        return None


def broken(scene: Scene) -> Found:
    """Gives what was done where the log breaks, with the first bad entry."""
    number, row = scene.last.size + 1, scene.row
    entry, behind = entry_of(row), list(islice(scene.rest, _SIGHT))
    if entry is not None and entry.log != scene.log_id[:8]:
        return Found(
            Damage.SPLICED, number, f"entry {number} is of the log {entry.log}, this one is {scene.log_id[:8]}"
        )
    for anchor in scene.anchors:
        if entry is not None and entry.seq == anchor.size + 1 and follows(scene.log_id, anchor.hash, row):
            return Found(Damage.INSERTED, entry.seq, f"entry {entry.seq} was put in before the one with its number")
    for count, other in enumerate(behind, 1):
        if (count > 1 and entry is not None and entry.seq != number) or not follows(
            scene.log_id, scene.last.hash, other
        ):
            continue
        if count == 1 and follows(scene.log_id, other[3], row):
            return Found(Damage.REORDERED, number, f"entries {number} and {number + 1} have changed places")
        return Found(Damage.INSERTED, number, f"entry {number} was put in: another follows {number - 1}")
    if entry is None:
        return Found(Damage.EDITED, number, f"what stands at {number} spells no entry")
    if (entry.seq, row[0]) != (number, number):
        return _misplaced(scene, entry, behind)
    return _unhashed(scene, behind[0] if behind else None)


def _misplaced(scene: Scene, entry: Entry, behind: list[Row]) -> Found:
    number = scene.last.size + 1
    if entry.seq < number:
        return Found(Damage.INSERTED, number, f"entry {entry.seq} stands again at {number}")
    if entry.seq == number:
        return Found(Damage.EDITED, number, f"entry {number} stands under the number {scene.row[0]}")
    found = any(other is not None and other.seq == number for other in map(entry_of, chain(behind, scene.rest)))
    if found:
        return Found(Damage.REORDERED, number, f"entry {entry.seq} stands at {number}, and {number} behind it")
    gone = f"entry {number} is" if entry.seq == number + 1 else f"entries {number} to {entry.seq - 1} are"
    return Found(Damage.DELETED, number, f"{gone} gone: {entry.seq} comes next")


def _unhashed(scene: Scene, after: Row | None) -> Found:
    number = scene.last.size + 1
    if scene.stray is not None and scene.content in {Content.IN_PLACE, Content.ELSEWHERE}:
        return Found(Damage.REORDERED, scene.stray, f"entry {scene.stray} tells of what was written at another time")
    if scene.content is Content.TAKEN:
        return Found(Damage.INSERTED, number, f"entry {number} tells again of a fact that has its entry")
    if scene.content is Content.ELSEWHERE:
        return Found(Damage.REORDERED, number, f"entry {number} tells of what was written at another time")
    shift = _shift(scene, after)
    if shift > 0:
        gone = "an entry is" if shift == 1 else f"{shift} entries are"
        return Found(Damage.DELETED, number, f"{gone} gone before {number}, and those behind have other numbers now")
    if shift < 0:
        return Found(Damage.INSERTED, number, f"{number} was put in, and those behind have other numbers now")
    return Found(Damage.EDITED, number, f"entry {number} is not what was hashed")


def _shift(scene: Scene, after: Row | None) -> int:
    """Gives by how much the numbers in the bodies from here on differ from those that were hashed, 0 if not so."""
    entry = entry_of(after)
    if after is None or entry is None or not isinstance(scene.row[3], str):
        return 0
    tries = [(-1, scene.last.hash), *((by, scene.row[3]) for by in range(1, _SIGHT))]
    for by, before in tries:
        if linked(scene.log_id, before, body_hash(spelled(entry._replace(seq=entry.seq + by)))) == after[3]:
            return by
    return 0
