"""The demo of a desk that is ten years old: as many tickets as are wanted, the last of them still open.

Who worked here, and when what came in, is decided first. Then the tickets are told a stretch at a time, each by a
random of its own, so that other processes can tell them and the desk is the same for a seed and a now.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final, NamedTuple

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.load import instants, periods
from deskterm.core.domain.panel import Roster
from deskterm.core.domain.words import Via
from deskterm.core.services import demo_telling
from deskterm.core.services.context import load_policies
from deskterm.core.services.demo import PERSONAS, Filled, free_logins, hire, let_go, let_stand_in, notify
from deskterm.core.services.demo_crew import Member, Tenure, crew
from deskterm.core.services.demo_script import parse_script
from deskterm.core.services.demo_telling import Plan, Teller, random_of
from deskterm.core.services.policies import DeskPolicy
from deskterm.core.services.setup import DEMO, UNFINISHED
from deskterm.core.store import approvals, audit, directory, tickets
from deskterm.core.store.engine import Connection, Store
from deskterm.core.store.rows import Rows, rows_of

_YEARS: Final = timedelta(days=3_652)
_AT_ONCE: Final = 1_000
_STRETCH: Final = timedelta(days=31)
_OPEN_SHARE: Final = 0.003
_OPEN_AT_LEAST: Final = 60
_UNTIL_OVER: Final = 4 * 3_600
"""Open seconds: what came in later is not over yet."""


def beginning(now: datetime) -> datetime:
    """Gives when a desk that is ten years old at `now` was founded."""
    return (now - _YEARS).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def fill(
    store: Store,
    demo_text: str,
    now: datetime,
    *,
    count: int,
    seed: int = 7,
    processes: int = 0,
    progress: Callable[[int], None] = lambda _: None,
) -> Filled:
    """Gives a desk just made at `beginning(now)` its people and `count` tickets: the same ones for a seed and a now.

    Tickets are told by so many other `processes`, by this one with none. `progress` hears how many are written. The
    desk is a demo when all of it is there, and says until then that it is not finished.

    Raises:
        InvalidInput: when the script can't be used, or this is not such a desk, or one with people.
    """
    now = now.replace(microsecond=0)
    with store.write() as connection:
        meta = directory.meta(connection)
        if meta is None or meta.purpose != UNFINISHED or len(directory.people(connection)) > 1:
            raise InvalidInput(f"{store.name} is no demo desk just made, so the demo can't fill it: make a new one")
        policy = load_policies(connection).of(meta.profile_id)
        script = parse_script(demo_text, policy.profile, PERSONAS)
        still_open = max(round(count * _OPEN_SHARE), min(_OPEN_AT_LEAST, count // 5))
        times = _times(policy, count - still_open, now, random_of(seed, "times"))
        a_month = sum(at > now - timedelta(days=365) for at in times) / 12
        tenures = crew(script.people, a_month, beginning(now), now, random_of(seed, "crew"))
        members = _employ(connection, tenures, now)
        let_stand_in(connection, script.stand_ins, now.astimezone(policy.default_zone()))
        plan = _plan(connection, members, demo_text, meta.profile_id, now, seed)
    facts = _write(store, plan, times, still_open, processes, progress)
    with store.write() as connection:
        directory.set_purpose(connection, DEMO)
        entry = audit.change("desk", "finished", {"purpose": DEMO}, at=now, actor_id=None, via=Via.DEMO)
        audit.append(connection, [entry])
    return Filled(len(members), count, facts)


def _times(policy: DeskPolicy, count: int, now: datetime, random: Random) -> list[datetime]:
    key = policy.profile.default_calendar
    until = policy.compiled(key).add(now, -_UNTIL_OVER)
    zone = policy.default_zone()
    return instants(count, beginning(now), until, zone, lambda day: day in policy.holidays(key, day.year), random)


def _employ(connection: Connection, tenures: Sequence[Tenure], now: datetime) -> list[Member]:
    """Writes who came and who left, in that order; gives everybody as they were while they were here."""
    homes = {department.key: department.id for department in directory.departments(connection).values()}
    free_logins(connection, {one.player.login for one in tenures}, beginning(now))
    left = [(one.until, 0, number) for number, one in enumerate(tenures) if one.until is not None]
    came = [(one.since, 1, number) for number, one in enumerate(tenures)]
    ids: dict[int, int] = {}
    for at, is_hired, number in sorted([*left, *came]):
        player = tenures[number].player
        if is_hired:
            ids[number] = hire(connection, player, homes.get(player.department), at)
        else:
            let_go(connection, ids[number], at)
    return [Member(one, one.player.person(ids[number], homes)) for number, one in enumerate(tenures)]


class _Change(NamedTuple):
    at: datetime
    seat: tuple[str, int | None]
    member: Member


def _plan(
    connection: Connection, members: Sequence[Member], script: str, profile_id: int, now: datetime, seed: int
) -> Plan:
    stored = approvals.roster(connection)
    homes = {department.key: department.id for department in directory.departments(connection).values()}
    given = [
        _Change(one.tenure.since, seat, one)
        for one in members
        for seat in one.tenure.player.seats(homes.get(one.tenure.player.department))
    ]
    eras: dict[datetime, Roster] = {}
    held: dict[tuple[str, int | None], Member] = {}
    aside = {one.to_id: stored.names[one.to_id] for one in stored.delegations}
    for change in sorted(given, key=lambda one: one.at):
        held[change.seat] = change.member
        holders = {seat: one.person.id for seat, one in held.items()}
        names = {one.person.id: one.person.name for one in held.values()} | aside
        eras[change.at] = Roster(holders, names, stored.delegations)
    return Plan(
        script=script,
        profile=directory.profiles(connection)[profile_id][2],
        profile_id=profile_id,
        departments=directory.departments(connection),
        categories=directory.categories(connection),
        members=tuple(members),
        eras=tuple(eras.items()),
        now=now,
        seed=seed,
    )


def _write(
    store: Store,
    plan: Plan,
    times: Sequence[datetime],
    still_open: int,
    processes: int,
    progress: Callable[[int], None],
) -> int:
    """Writes every ticket in the order they were submitted in, and gives how many facts they have."""
    teller = Teller(plan)
    latest = teller.still_open(still_open)
    oldest = min(new.steps[0].fact.at for new in latest)
    parts = [times[start:end] for start, end in periods(times, _AT_ONCE, _STRETCH)]
    before = [part for part in parts if part[-1] < oldest]
    done = facts = 0
    for batch in _batches(demo_telling.told(teller, before, processes)):
        with store.write() as connection:
            for rows in batch:
                tickets.insert_rows(connection, rows)
        done, facts = done + _size(batch), facts + sum(len(rows.facts) for rows in batch)
        progress(done)
    # what is still open lies among what came in at the same time
    for number, part in enumerate(parts[len(before) :], len(before)):
        latest += teller.over(number, part)
    latest.sort(key=lambda new: new.steps[0].fact.at)
    for start in range(0, len(latest), _AT_ONCE):
        news = latest[start : start + _AT_ONCE]
        with store.write() as connection:
            ids = tickets.insert_rows(connection, rows_of(news, Via.DEMO))
            notify(connection, teller.company(plan.now, plan.now), zip(ids, news, strict=True))
        done, facts = done + len(news), facts + sum(len(new.steps) for new in news)
        progress(done)
    return facts


def _batches(told: Iterable[Rows]) -> Iterator[list[Rows]]:
    """Gives stretches together that are few tickets each: a commit waits for the disk."""
    batch: list[Rows] = []
    for rows in told:
        batch.append(rows)
        if _size(batch) >= _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _size(batch: Iterable[Rows]) -> int:
    return sum(len(rows.tickets) for rows in batch)
