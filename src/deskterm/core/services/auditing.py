"""Is the audit trail whole, and is everything as it says? Nothing is written, and who asks need be nobody here."""

from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from deskterm.core.domain.audit import START, Head
from deskterm.core.domain.facts import reference
from deskterm.core.domain.heads import Raised, SignedHead
from deskterm.core.domain.text import many
from deskterm.core.domain.trail import Alarm, Damage, Found, SignatureCheck, Verdict, Warned, in_order
from deskterm.core.domain.trail_break import entry_of
from deskterm.core.domain.trail_heads import BACKLOG, Weighed, behind, raised, weighed, witnesses
from deskterm.core.services.audit_decisions import ssh_check
from deskterm.core.services.audit_facts import Left
from deskterm.core.services.audit_tables import Tickets
from deskterm.core.services.audit_walk import Walk
from deskterm.core.services.sealing import check_head
from deskterm.core.store import schema, trail
from deskterm.core.store.engine import Connection, Store
from deskterm.core.store.tables import AUDIT
from deskterm.core.store.trail import Reading


def verify(
    store: Store,
    *,
    heads: Sequence[SignedHead] | None,
    keys: frozenset[str],
    now: datetime,
    check_head: Callable[[SignedHead], bool],
    check_signature: SignatureCheck | None = None,
    alarms: Sequence[Raised] = (),
    progress: Callable[[int], None] = lambda _: None,
) -> Verdict:
    """Walks the whole log, replays it against the tables, and weighs the heads and the approvers' signatures.

    It sees one moment of the database, so that who writes meanwhile gives no alarm; `heads` must have been read
    before it is called. None stands for heads that could not be found. `keys` are the sealers' that count, `alarms`
    what a sealer wrote beside its heads.

    Raises:
        StoreUnavailable: when the database is out of reach.
    """
    look = _Look(heads, keys, now, check_head, check_signature, alarms, progress)
    with store.read() as connection:
        if gone := trail.lacking(connection):
            return _without(gone)
        log_id = trail.log_id(connection)
        if log_id is None:
            said = Found(Damage.EDITED, 1, "the desk's own row, which names its log, is gone or can't be read")
            return Verdict("", 0, 0, 0, 0, Head(0, START), (said,), ())
        return trail.read(connection, lambda reading: _verdict(reading, log_id, look))


class _Look(NamedTuple):
    heads: Sequence[SignedHead] | None
    keys: frozenset[str]
    now: datetime
    check_head: Callable[[SignedHead], bool]
    check_signature: SignatureCheck | None
    raised: Sequence[Raised]
    progress: Callable[[int], None]


def _verdict(reading: Reading, log_id: str, look: _Look) -> Verdict:
    counted = witnesses(look.heads, log_id, look.keys, look.check_head)
    walk = Walk(reading, log_id, frozenset(head.head.size for head in counted.heads), look.check_signature)
    walk.run(look.progress)
    heads = weighed(counted.heads, walk.hashes, walk.good)
    alarms = [*counted.alarms, *raised(look.raised), *_alarms(reading.connection, walk, heads, look.now)]
    damage, tickets = _damage(reading, walk, heads)
    ordered = in_order(damage)
    return Verdict(
        log_id, walk.last.size, tickets, len(counted.heads), walk.decisions.held,
        _good(reading.connection, walk, ordered), ordered, tuple(alarms), walk.decisions.made, walk.decisions.signed,
        tuple(walk.erasures.told),
    )  # fmt: skip


def verify_at(
    url: str,
    *,
    heads: Sequence[SignedHead] | None,
    keys: frozenset[str],
    now: datetime,
    allowed_signers: Path | None = None,
    revoked: Path | None = None,
    alarms: Sequence[Raised] = (),
    progress: Callable[[int], None] = lambda _: None,
) -> Verdict:
    """Opens a database and verifies its trail, as `verify`; approvers' signatures by ssh-keygen.

    Raises:
        InvalidInput: when `url` is no database's.
        StoreUnavailable: when it is out of reach, or its schema another.
    """
    check = ssh_check(allowed_signers, revoked) if allowed_signers else None
    with closing(Store(url)) as store:
        schema.check(store)
        return verify(
            store, heads=heads, keys=keys, now=now, check_head=check_head, check_signature=check, alarms=alarms,
            progress=progress,
        )  # fmt: skip


def _without(gone: list[str]) -> Verdict:
    """Gives the verdict on a database that lacks what every desk has."""
    kind = Damage.CUT_OFF if "help_desk_audit" in gone else Damage.DELETED
    found = Found(kind, 1, f"the database has no {', '.join(gone)}")
    return Verdict("", 0, 0, 0, 0, Head(0, START), (found,), ())


def _damage(reading: Reading, walk: Walk, heads: Weighed) -> tuple[list[Found], int]:
    """Gives all that was found, and how many tickets were looked at."""
    found = [one for one in (_first(reading.connection, walk, heads), heads.rebuilt) if one is not None]
    damage = [*found, *walk.decisions.found]
    if not walk.is_whole:
        return damage, 0
    walk.erasures.compare()
    damage += walk.erasures.found
    over = [(what, rows.left()) for what, rows in walk.facts.tables()]
    left = dict(over)["fact"]
    if heads.ahead is not None and heads.rebuilt is None:
        damage.append(_short(walk, heads.ahead, left))
    elif walk.found is None:
        damage += _strange(reading, over, heads)
    walk.decisions.check_heads(lambda: reading.stream((AUDIT.c.seq, AUDIT.c.hash), (AUDIT.c.seq,)))
    damage += [one for one in walk.decisions.found if one not in damage]
    if walk.found is not None or left is not None:
        return damage, 0
    tickets = Tickets(reading)
    tickets.compare()
    walk.directory.compare()
    return [*damage, *tickets.found, *walk.directory.found], tickets.count


def _first(connection: Connection, walk: Walk, heads: Weighed) -> Found | None:
    """Gives what the walk found. An entry whose row is gone was put in, unless something else knows of it."""
    found, entry = walk.found, walk.absent
    if found is None or entry is None or found.kind is not Damage.DELETED:
        return found
    if heads.agreed is not None and heads.agreed.head.size >= entry.seq:
        return found
    version = trail.version_of(connection, entry.ticket_id or 0)
    if version is not None and entry.version is not None and version >= entry.version:
        return found
    name = f"{reference(entry.ticket_id or 0)}, version {entry.version}"
    return Found(Damage.INSERTED, entry.seq, f"entry {entry.seq} tells of {name}, and nothing else knows of it")


def _short(walk: Walk, ahead: SignedHead, left: Left | None) -> Found:
    size = walk.last.size
    said = f"the log ends at {size}, and a head was signed for {ahead.head.size} entries"
    if left is not None:
        return Found(Damage.CUT_OFF, size + 1, f"{said}; the tables hold {many(left.number, 'fact')} more than it")
    return Found(Damage.ROLLED_BACK, size + 1, f"{said}; the tables hold no more than it")


def _strange(reading: Reading, over: list[tuple[str, Left | None]], heads: Weighed) -> list[Found]:
    """Gives what the rows that no entry tells of come to: rows that were put in, or entries that are gone."""
    for what, left in over:
        if left is None:
            continue
        _, ticket_id, version, at, *_ = left.first
        said = f"no entry tells of {many(left.number, what)}: the first is of ticket {ticket_id!r}, version {version!r}"
        known = (
            trail.version_of(reading.connection, ticket_id) if what == "fact" and isinstance(ticket_id, int) else None
        )
        if known is None or not isinstance(version, int) or known < version:
            return [Found(Damage.INSERTED, None, said)]
        if not left.is_tail:
            return [Found(Damage.DELETED, None, said)]
        try:
            is_old = heads.agreed is not None and reading.values.instant(at) <= heads.agreed.at
        except (TypeError, ValueError):
            is_old = True
        end = trail.end(reading.connection) + 1
        return [Found(Damage.INSERTED, None, said) if is_old else Found(Damage.CUT_OFF, end, said)]
    return []


def _alarms(connection: Connection, walk: Walk, heads: Weighed, now: datetime) -> list[Warned]:
    alarms = [
        Warned(Alarm.UNGUARDED, f"changes of {name} are no longer refused: its trigger is gone or out of force")
        for name in trail.unguarded(connection)
    ]
    size = walk.last.size
    if walk.is_whole and heads.ahead is not None:
        said = f"a head was signed for {heads.ahead.head.size} entries, the log has {size}"
        alarms.append(Warned(Alarm.AHEAD, said))
    if walk.is_whole and heads.agreed is not None and heads.rebuilt is None:
        since = heads.agreed.head.size
        bodies = trail.entries_after(connection, since, BACKLOG)
        waiting = [entry for body in bodies if (entry := entry_of((0, None, body, "", None)))]
        alarms += behind(heads.agreed, waiting, size - since, now)
    if walk.decisions.unchecked:
        what = many(walk.decisions.unchecked, "signature")
        alarms.append(Warned(Alarm.UNCHECKED, f"{what} of approvers not checked: nothing says whose keys count"))
    return alarms


def _good(connection: Connection, walk: Walk, damage: Sequence[Found]) -> Head:
    """Gives the end of what nothing was found in."""
    first = next((found.at for found in damage if found.at is not None), None)
    if first is None or first > walk.last.size:
        return walk.last
    return Head(first - 1, (trail.hash_at(connection, first - 1) if first > 1 else None) or START)
