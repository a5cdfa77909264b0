"""A demo desk ten years old: a real desk, on either database, with a live end; and nobody acts who isn't there."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
import sqlalchemy as sa

from deskterm.core.domain.audit import read_entry
from deskterm.core.domain.erasure import whole
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.words import FactKind, Status, Via
from deskterm.core.services import auditing, demo_decade, demo_telling, health, setup
from deskterm.core.services.context import Context
from deskterm.core.services.demo import PERSONAS, Filled
from deskterm.core.store import audit, directory
from deskterm.core.store.engine import Store
from deskterm.core.store.tables import AUDIT, CLOCKS, FACTS, META, NOTICES, TICKETS

DATA: Final = Path(__file__).parents[2] / "data"
PROFILE: Final = (DATA / "profiles" / "acob.toml").read_text(encoding="utf-8")
SCRIPT: Final = (DATA / "demo" / "acob.toml").read_text(encoding="utf-8")
NOW: Final = datetime(2026, 9, 29, 13, 20, 7, 250_000, tzinfo=UTC)
COUNT: Final = 300
MANY: Final = 1_000


def made(store: Store, count: int, *, seed: int = 7, processes: int = 0, now: datetime = NOW) -> Filled:
    setup.make_desk(
        store, PROFILE, source="acob", login="root", name="Demo admin", now=demo_decade.beginning(now),
        purpose=setup.UNFINISHED,
    )  # fmt: skip
    return demo_decade.fill(store, SCRIPT, now, count=count, seed=seed, processes=processes)


def rows(store: Store, query: sa.Select[Any]) -> Sequence[Any]:
    with store.read() as connection:
        return connection.execute(query).all()


def bodies(store: Store) -> list[str]:
    """The trail without what names this very log and without salts: those are chance's."""
    found = rows(store, sa.select(AUDIT.c.body, AUDIT.c.texts).order_by(AUDIT.c.seq))
    return [str(whole(read_entry(row.body), row.texts)._replace(log="")) for row in found]


@pytest.fixture
def empty(empty_url: str) -> Iterator[Store]:
    with closing(Store(empty_url)) as store:
        yield store


class Desk(NamedTuple):
    store: Store
    filled: Filled


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Somewhat more of it, on SQLite: for what must be seen in numbers."""
    with closing(Store(f"sqlite:///{tmp_path_factory.mktemp('decade') / 'demo.db'}")) as store:
        yield Desk(store, made(store, MANY))


def test_doctor_and_the_trails_verifier_find_nothing(empty: Store) -> None:
    filled = made(empty, COUNT)
    with empty.read() as connection:
        (admin,) = directory.named(connection, "root")

    report = health.examine(Context(empty, admin.id, lambda: NOW, Via.CLI))
    verdict = auditing.verify(empty, heads=None, keys=frozenset(), now=NOW, check_head=lambda _: True)

    assert report[:3] == (COUNT, filled.facts, ())
    assert (verdict.damage, verdict.tickets) == ((), COUNT)
    assert filled.tickets == COUNT
    assert rows(empty, sa.select(META.c.purpose)) == [(setup.DEMO,)]


def test_other_processes_make_the_same_desk(tmp_path: Path) -> None:
    found = []
    for processes in (0, 2):
        with closing(Store(f"sqlite:///{tmp_path / f'{processes}.db'}")) as store:
            made(store, 120, processes=processes)
            found.append(bodies(store))

    assert found[0] == found[1]


def test_a_process_that_is_killed_makes_no_other_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = []
    told_elsewhere = demo_telling._elsewhere

    def killed(*asked: Any) -> Iterator[Any]:
        with closing(told_elsewhere(*asked)) as parts:  # type: ignore[type-var]
            yield next(parts)
            heard.append(len(asked[1]))
            raise BrokenProcessPool

    with closing(Store(f"sqlite:///{tmp_path / '0.db'}")) as store:
        made(store, 100)
        whole_desk = bodies(store)
    monkeypatch.setattr(demo_telling, "_elsewhere", killed)
    with closing(Store(f"sqlite:///{tmp_path / '1.db'}")) as store:
        made(store, 100, processes=1)
        assert bodies(store) == whole_desk
    assert heard[0] > 1


def test_another_seed_makes_another_desk(tmp_path: Path) -> None:
    found = []
    for seed in (1, 2):
        with closing(Store(f"sqlite:///{tmp_path / f'{seed}.db'}")) as store:
            made(store, 100, seed=seed)
            found.append(bodies(store))

    assert found[0] != found[1]


def test_it_is_ten_years_long_and_nothing_lies_in_the_future(desk: Desk) -> None:
    times = [row.at for row in rows(desk.store, sa.select(FACTS.c.at))]
    created = [row.created_at for row in rows(desk.store, sa.select(TICKETS.c.created_at).order_by(TICKETS.c.id))]

    assert demo_decade.beginning(NOW) <= min(times) < NOW - timedelta(days=3_500)
    assert max(times) <= NOW
    assert created == sorted(created)


def test_people_act_only_while_they_are_here(desk: Desk) -> None:
    hired: dict[int, datetime] = {}
    left: dict[int, datetime] = {}
    with desk.store.read() as connection:
        changes = [read_entry(one.body) for one in audit.of_no_ticket(connection, before=10**9)]
        people = directory.people(connection)
    for entry in changes:
        if entry.kind == "person":
            number = json.loads(entry.data)["id"]
            at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=entry.at_us)
            (hired if entry.what == "added" else left)[number] = at

    acted = rows(desk.store, sa.select(FACTS.c.actor_id, FACTS.c.at).where(FACTS.c.actor_id.is_not(None)))
    assert all(hired[row.actor_id] <= row.at < left.get(row.actor_id, NOW) for row in acted)
    assert set(left) == {person.id for person in people.values() if not person.is_active}
    assert len(left) > 20
    gone = {
        row.assignee_id
        for row in rows(desk.store, sa.select(TICKETS.c.assignee_id).where(TICKETS.c.closed_at.is_(None)))
    }
    assert not gone & set(left)


def test_its_end_looks_like_a_live_desk(desk: Desk) -> None:
    still = rows(desk.store, sa.select(TICKETS).where(TICKETS.c.closed_at.is_(None)))
    states = Counter(row.status for row in still)
    breached = sa.select(CLOCKS.c.ticket_id).where(CLOCKS.c.breached_at.is_not(None), CLOCKS.c.stopped_at.is_(None))

    assert 50 <= len(still) <= 0.1 * MANY
    assert set(states) == {*Status} - {Status.CLOSED}
    assert any(row.assignee_id is None and row.status == Status.NEW for row in still)
    assert rows(desk.store, breached)
    assert min(row.created_at for row in still) > NOW - timedelta(days=60)
    assert len({row.title for row in still}) > 0.9 * len(still)
    with desk.store.read() as connection:
        mine = [person.id for login in PERSONAS for person in directory.named(connection, login)]
    assert {row.person_id for row in rows(desk.store, sa.select(NOTICES.c.person_id))} == set(mine)


def test_the_years_before_have_all_that_happens_at_a_desk(desk: Desk) -> None:
    kinds = Counter(row.kind for row in rows(desk.store, sa.select(FACTS.c.kind)))
    solved = rows(
        desk.store, sa.select(TICKETS.c.stars, TICKETS.c.reopen_count).where(TICKETS.c.resolver_id.is_not(None))
    )

    assert set(kinds) >= {
        FactKind.MOVED, FactKind.REOPENED, FactKind.REJECTED, FactKind.PAUSED, FactKind.PIVOTED, FactKind.AUTHORISED,
        FactKind.DECLINED, FactKind.BREACHED, FactKind.RATED, FactKind.CANCELLED, FactKind.UNASSIGNED,
    }  # fmt: skip
    assert 0.3 < sum(row.stars is not None for row in solved) / len(solved) < 0.9
    assert 0.02 < sum(row.reopen_count > 0 for row in solved) / len(solved) < 0.4
    assert 0.02 < kinds[FactKind.BREACHED] / MANY < 0.3
    titles = [row.title for row in rows(desk.store, sa.select(TICKETS.c.title))]
    assert len(set(titles)) > 0.6 * len(titles)
    assert not [title for title in titles if "{" in title]


def test_what_is_not_finished_is_opened_by_nobody(empty: Store) -> None:
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    setup.make_desk(
        empty, PROFILE, source="acob", login="root", name="Demo admin", now=demo_decade.beginning(NOW),
        purpose=setup.UNFINISHED,
    )  # fmt: skip
    with pytest.raises(KeyboardInterrupt):
        demo_decade.fill(empty, SCRIPT, NOW, count=COUNT, progress=interrupted)

    with pytest.raises(InvalidInput, match="not finished"):
        setup.identify(empty, "root")
    with pytest.raises(InvalidInput, match="no demo desk just made"):
        demo_decade.fill(empty, SCRIPT, NOW, count=COUNT)


def test_a_desk_that_is_no_demo_just_made_is_not_filled(store: Store) -> None:
    with pytest.raises(InvalidInput, match="no demo desk just made"):
        demo_decade.fill(store, SCRIPT, NOW, count=COUNT)
    assert rows(store, sa.select(sa.func.count()).select_from(TICKETS)) == [(0,)]
