"""What signed heads from outside the database say of a log: how far they vouch for it, and where it is another."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from deskterm.core.domain.audit import START, Entry, instant
from deskterm.core.domain.heads import Raised, SignedHead
from deskterm.core.domain.text import many
from deskterm.core.domain.trail import Alarm, Damage, Found, Warned

BACKLOG: Final = 50
"""How many entries may wait for the sealer."""
_WITHIN: Final = timedelta(seconds=60)
_BELATED: Final = frozenset({"breached"})
"""What is dated when it came about, not when it was written."""


class Witnesses(NamedTuple):
    """The heads that count for a log, and the alarms about the rest."""

    heads: tuple[SignedHead, ...]
    alarms: tuple[Warned, ...]


class Weighed(NamedTuple):
    """What the heads say of a log: the last one that agrees, the damage they show, and those it is too short for."""

    agreed: SignedHead | None
    rebuilt: Found | None
    ahead: SignedHead | None


def witnesses(
    heads: Sequence[SignedHead] | None, log_id: str, keys: frozenset[str], check_head: Callable[[SignedHead], bool]
) -> Witnesses:
    """Gives the heads that count: of this log, by a key that is known, with a signature that holds."""
    refused: Counter[tuple[Alarm, str]] = Counter()
    counted = []
    for head in heads or ():
        if head.log_id != log_id:
            refused[Alarm.OTHER_LOG, f"of another log, {head.log_id}"] += 1
        elif head.key not in keys:
            refused[Alarm.UNKNOWN_KEY, f"by a key that is not known, or no longer: {head.key}"] += 1
        elif not check_head(head):
            refused[Alarm.BAD_SIGNATURE, f"with a signature that doesn't hold, by {head.key}"] += 1
        else:
            counted.append(head)
    alarms = [Warned(kind, f"{many(count, 'head')} {what}") for (kind, what), count in refused.items()]
    if not counted:
        why = "there are no heads" if heads is None else "the list of heads is empty" if not heads else "no head counts"
        alarms.append(Warned(Alarm.NO_HEADS, f"{why}: nothing outside the database vouches for this log"))
    alarms += _split(counted)
    return Witnesses(tuple(counted), tuple(alarms))


def _split(heads: Sequence[SignedHead]) -> list[Warned]:
    by_size: dict[int, set[str]] = {}
    for head in heads:
        by_size.setdefault(head.head.size, set()).add(head.head.hash)
    split = sorted(size for size, hashes in by_size.items() if len(hashes) > 1)
    if not split:
        return []
    sizes = ", ".join(map(str, split[:3])) + (", ..." if len(split) > 3 else "")
    return [
        Warned(Alarm.SPLIT_VIEW, f"different heads were signed for {sizes} entries: there are two logs of one name")
    ]


def raised(alarms: Sequence[Raised]) -> list[Warned]:
    """Gives the alarms that the sealer wrote among its heads; they stand also where the trail holds by now."""
    told = ((f" at {at}" if at else "", said) for at, said in alarms)
    return [Warned(Alarm.RAISED, f"the sealer raised an alarm{when}: {said}") for when, said in told]


def weighed(heads: Sequence[SignedHead], hashes: Mapping[int, str], size: int) -> Weighed:
    """Gives what heads say of a log whose chain holds for `size` entries; `hashes` has those at the heads' sizes."""
    agreed: SignedHead | None = None
    rebuilt: Found | None = None
    inside = sorted((head for head in heads if head.head.size <= size), key=lambda head: (head.head.size, head.at))
    wrong = next((head for head in inside if _hash(hashes, head) != head.head.hash), None)
    for head in inside:
        if (wrong is None or head.head.size < wrong.head.size) and _hash(hashes, head) == head.head.hash:
            agreed = head
    if wrong is not None:
        since = agreed.head.size + 1 if agreed else 1
        said = f"the chain holds, but not to the head of {wrong.head.size} entries that was signed at {wrong.at}"
        rebuilt = Found(Damage.REBUILT, since, f"{said}: it was made anew somewhere from entry {since} on")
    ahead = max((head for head in heads if head.head.size > size), key=lambda head: head.head.size, default=None)
    return Weighed(agreed, rebuilt, ahead)


def _hash(hashes: Mapping[int, str], head: SignedHead) -> str | None:
    return START if head.head.size == 0 else hashes.get(head.head.size)


def behind(agreed: SignedHead, waiting: Sequence[Entry], count: int, now: datetime) -> list[Warned]:
    """Gives the alarm that the sealer is behind, if it is.

    `count` entries are covered by no head, `waiting` are the first of them. An import, and a breach, are dated before
    they are written: they count only by their number.
    """
    if now - agreed.at <= _WITHIN or not count:
        return []
    since = f"the last head is of {agreed.at}, for {agreed.head.size} entries"
    if count > BACKLOG:
        return [Warned(Alarm.BEHIND, f"the sealer is behind: no head covers {count} entries; {since}")]
    dated = [instant(e.at_us) for e in waiting if e.via != "import" and e.what not in _BELATED]
    if any(at < now - _WITHIN for at in dated):
        said = "an entry is" if count == 1 else f"{count} entries are"
        return [Warned(Alarm.BEHIND, f"the sealer is behind: {said} older than a minute, and no head covers them")]
    return []
