"""Blocks of measures say what the facts say: however they were made, whoever was first, and read at any place."""

from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from deskterm.core.desk import Desk
from deskterm.core.domain.columns import FOREVER, Columns
from deskterm.core.domain.errors import DesktermError, NotAllowed, SchemaMismatch, StoreUnavailable
from deskterm.core.domain.measured_columns import seconds
from deskterm.core.domain.measures import STANDING, Measured
from deskterm.core.domain.words import Action, Via, WaitReason
from deskterm.core.services import as_of, catching_up, folders, gathering
from deskterm.core.services.catching_up import catch_up
from deskterm.core.services.context import Context
from deskterm.core.services.health import MEASURES
from deskterm.core.services.intake import Submission
from deskterm.core.services.remeasuring import DEFINITION, Remeasurer
from deskterm.core.store import blocks, packing
from deskterm.core.store.blocks import Place, State
from deskterm.core.store.engine import Connection, Store
from deskterm.core.store.tables import BLOCK_STATE, BLOCKS

As = Callable[[str], Desk]
Row = tuple[int, ...]
HOUR = timedelta(hours=1)
EVERY = frozenset(Measured)


def rows(found: Mapping[Measured, Columns]) -> dict[Measured, list[Row]]:
    """Measures as lines of numbers in one order, of those kinds that have any."""
    lines = {kind: sorted(zip(*(field.tolist() for field in part), strict=True)) for kind, part in found.items()}
    return {kind: some for kind, some in lines.items() if some}


def told(context: Context) -> dict[Measured, list[Row]]:
    """What the facts come to now, each ticket folded, nothing read from blocks."""
    with context.store.read() as connection:
        every = blocks.tickets_after(connection, 0)
        return rows(Remeasurer(connection).columns(connection, every, context.clock()))


def gathered(context: Context, **asked: Any) -> dict[Measured, list[Row]]:
    given_ = {"kinds": EVERY, "since": None, "until": None} | asked
    with context.store.read() as connection:
        return rows(gathering.columns(context, connection, **given_))


def stored(store: Store) -> dict[Measured, list[Row]]:
    """What stands in blocks alone."""
    with store.read() as connection:
        found = blocks.load(connection, blocks.listed(connection))
    kinds = {place.kind for place in found}
    return rows({k: Columns.joined([part for place, part in found.items() if place.kind is k]) for k in kinds})


@pytest.fixture
def context(store: Store, as_: As, clock: list[datetime]) -> Context:
    return Context(store, as_("ada").actor.id, lambda: clock[-1], Via.CLI)


@pytest.fixture
def work(as_: As, clock: list[datetime]) -> Callable[[int], list[int]]:
    """Has so many tickets submitted, taken and resolved, some of them, over the next days; gives them."""

    def do(count: int) -> list[int]:
        made = []
        for number in range(count):
            clock.append(clock[-1] + HOUR)
            made.append(as_("remi").submit(Submission(title=f"Printer {number}", category="it_design")).id)
            if number % 3:
                as_("ife").act(made[-1], Action.CLAIM)
            if number % 3 == 2:
                clock.append(clock[-1] + HOUR)
                as_("ife").act(made[-1], Action.RESOLVE, text="New toner.", cause="worn out", fix="replaced")
        return made

    return do


OPS = ("submit", "claim", "wait", "resume", "resolve", "reopen", "undo", "note", "sweep", "catch", "cut")


def made_by(context: Context, **options: Any) -> State:
    """The state of the blocks once they are caught up."""
    catch_up(context.store, context.clock, **options)
    with context.store.read() as connection:
        return blocks.state(connection)


@settings(max_examples=6)
@given(
    moves=st.lists(st.tuples(st.sampled_from(OPS), st.integers(0, 2), st.integers(0, 40)), min_size=5, max_size=12),
    data=st.data(),
)
def test_what_is_gathered_is_what_the_facts_say(
    context: Context,
    as_: As,
    clock: list[datetime],
    work: Callable[[int], list[int]],
    moves: list[tuple[str, int, int]],
    data: st.DataObject,
) -> None:
    begun, tickets = len(clock), work(3)
    for what, which, hours in moves:
        clock.append(clock[-1] + hours * HOUR)
        ticket = tickets[-1 - which]
        try:
            move(what, ticket, tickets, as_, context)
        except DesktermError:
            continue  # not everything can be done everywhere
    truth = told(context)
    assert gathered(context) == truth
    whole = [at for lines in truth.values() for line in lines for at in (line[1], line[1] + 1)] or [0]
    near = st.sampled_from(whole).map(lambda at: datetime.fromtimestamp(min(at, seconds(clock[-1])), UTC))
    since, until = sorted((data.draw(near), data.draw(near)))
    known = data.draw(st.sampled_from(clock[begun:]))
    assert gathered(context, since=since, until=until, known=known) == naive(truth, since, until, known)
    catch_up(context.store, context.clock)
    assert stored(context.store) == truth
    assert gathered(context, since=since, until=until, known=known) == naive(truth, since, until, known)
    then = data.draw(st.sampled_from(clock[begun:])) + timedelta(seconds=1)
    if then < clock[-1]:
        with closing(as_of.opened(context, then.isoformat(), lambda *_: None)) as past:
            of_then = Context(past, context.actor_id, lambda: then, Via.CLI)
            assert gathered(of_then) == told(of_then) == naive(truth, datetime(1970, 1, 1, tzinfo=UTC), then, then)


def move(what: str, ticket: int, tickets: list[int], as_: As, context: Context) -> None:
    match what:
        case "submit":
            tickets.append(as_("remi").submit(Submission(title="Printer", category="it_design")).id)
        case "sweep":
            as_("ada").sweep()
        case "catch":
            catch_up(context.store, context.clock)
        case "cut":
            catch_up(context.store, context.clock, at_least=2)
        case "undo":
            as_("ife").undo(ticket)
        case "wait":
            as_("ife").act(ticket, Action.WAIT, reason=WaitReason.VENDOR, text="for a part")
        case "resolve":
            as_("ife").act(ticket, Action.RESOLVE, text="Done.", cause="worn out", fix="replaced")
        case "reopen":
            as_("remi").act(ticket, Action.REOPEN, text="Not yet.")
        case _:
            as_("ife").act(ticket, Action(what), text="So." if what == "note" else "")


def naive(
    truth: Mapping[Measured, list[Row]], since: datetime, until: datetime, known: datetime
) -> dict[Measured, list[Row]]:
    """What a period has of all measures, as it was known at an instant, one line after the other."""
    first, end, then = seconds(since), seconds(until), seconds(known)
    found: dict[Measured, list[Row]] = {}
    for kind, lines in truth.items():
        for line in lines:
            one = Columns._make(line)
            gone = FOREVER if one.gone > then else one.gone
            if kind in STANDING:
                at = FOREVER if one.at > then else one.at
                is_in = one.value <= min(end, then) and one.at > first
            else:
                at, is_in = one.at, first <= one.at < end and one.at <= then
            if is_in:
                found.setdefault(kind, []).append(tuple(one._replace(gone=gone, at=at)))  # type: ignore[arg-type]
    return {kind: sorted(lines) for kind, lines in found.items()}


class Ended(Exception):
    """Somebody ends what takes too long."""


def end(_done: int, _of: int) -> None:
    raise Ended


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit for every two tickets, as if they were thousands."""
    monkeypatch.setattr(folders, "_AT_ONCE", 2)
    monkeypatch.setattr(catching_up, "_TICKETS_AT_ONCE", 1)
    monkeypatch.setattr(catching_up, "_ENTRIES_AT_ONCE", 3)


def test_a_build_that_is_ended_goes_on_where_it_was_and_is_read_meanwhile(
    context: Context, work: Callable[[int], list[int]], small: None
) -> None:
    work(7)
    with pytest.raises(Ended):
        made_by(context, progress=end)
    with context.store.read() as connection:
        assert blocks.state(connection).ticket_id == 2
    assert gathered(context) == told(context)
    work(2)
    with pytest.raises(Ended):
        made_by(context, progress=end)
    heard: list[tuple[int, int]] = []
    assert made_by(context, progress=lambda *done: heard.append(done)).ticket_id is None
    assert heard[:2] == [(6, 9), (8, 9)]
    assert stored(context.store) == told(context)


def test_who_is_overtaken_writes_nothing_twice(
    context: Context, work: Callable[[int], list[int]], small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(5)
    replacing, overtaken = catching_up._replacing, [False, True, False]

    def slow(*given: Any) -> dict[Place, Columns]:
        made = replacing(*given)
        if overtaken and overtaken.pop():
            work(1)
            made_by(context)
        return made

    written: list[bool] = []
    write = blocks.write

    def told_of(*given: Any, anew: bool = False) -> bool:
        written.append(write(*given, anew=anew))
        return written[-1]

    monkeypatch.setattr(blocks, "write", told_of)
    monkeypatch.setattr(catching_up, "_replacing", slow)
    made_by(context)
    assert overtaken == []
    assert written.count(False) == 1
    assert stored(context.store) == told(context)


def test_two_at_once_make_them_once(context: Context, work: Callable[[int], list[int]], small: None) -> None:
    work(6)
    url, begin, failed = context.store.url.render_as_string(hide_password=False), Barrier(2), list[BaseException]()

    def make() -> None:
        try:
            with closing(Store(url)) as own:
                begin.wait()
                catch_up(own, context.clock)
        except BaseException as error:  # noqa: BLE001 - told in the test's own thread
            failed.append(error)

    threads = [Thread(target=make) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert stored(context.store) == told(context)


def test_other_processes_fold_the_same(
    context: Context, work: Callable[[int], list[int]], small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(7)
    monkeypatch.setattr(folders, "_WORTH", 1)
    made_by(context, processes=1)
    assert stored(context.store) == told(context)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # of no matter here
def test_a_process_that_is_killed_is_done_without(
    context: Context, work: Callable[[int], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    work(7)
    monkeypatch.setattr(folders, "_WORTH", 1)
    monkeypatch.setattr(folders, "_AT_ONCE", 1)
    with folders.Folders(context.store, context.clock(), 1) as folding, context.store.read() as connection:
        parts = []
        for _, fresh in folding.folded(0, blocks.last_ticket(connection)):
            parts.append(fresh)
            if len(parts) == 1:
                assert folding._pool is not None
                for process in list(folding._pool._processes.values()):
                    process.kill()
    kinds = {kind for part in parts for kind in part}
    assert rows({kind: Columns.joined([part[kind] for part in parts if kind in part]) for kind in kinds}) == told(
        context
    )


def test_what_did_not_change_is_not_written(
    context: Context, as_: As, clock: list[datetime], work: Callable[[int], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = work(3)
    made_by(context)
    clock.append(clock[-1] + timedelta(days=60))
    made_by(context)
    as_("ife").act(old[1], Action.NOTE, text="Still here.")
    written: list[Place] = []
    write = blocks.write

    def seen(*given: Any) -> bool:
        written.extend(given[3])
        return write(*given)

    monkeypatch.setattr(blocks, "write", seen)
    before = made_by(context, at_least=2)
    assert written == []
    assert before.turn < made_by(context).turn
    assert {place.month for place in written} <= {202611, 202612}
    assert stored(context.store) == told(context)


def test_a_clock_that_ran_out_is_judged_before_any_fact_says_so(
    context: Context, as_: As, clock: list[datetime], work: Callable[[int], list[int]]
) -> None:
    work(1)
    made_by(context)
    before = gathered(context)
    clock.append(clock[-1] + timedelta(days=30))
    judged = gathered(context)[Measured.JUDGED]
    assert len(judged) > len(before.get(Measured.JUDGED, []))
    assert gathered(context) == told(context)
    made_by(context)
    assert stored(context.store)[Measured.JUDGED] == judged
    as_("ada").sweep()
    assert gathered(context) == told(context)


def test_what_ran_out_is_not_forgotten_by_a_pass_that_is_ended(
    context: Context, clock: list[datetime], work: Callable[[int], list[int]], small: None
) -> None:
    work(1)
    made_by(context)
    work(3)
    clock.append(clock[-1] + timedelta(days=30))
    with pytest.raises(Ended):
        made_by(context, progress=end)
    assert gathered(context) == told(context)


def test_who_may_not_write_reads_all_the_same(
    context: Context, work: Callable[[int], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    work(3)
    turn = made_by(context).turn
    work(3)
    monkeypatch.setattr(gathering, "_MANY", 2)
    with closing(Store(context.store.url.render_as_string(hide_password=False), read_only=True)) as store:
        reader = Context(store, context.actor_id, context.clock, Via.CLI)
        gathering.ready(reader)
        heard: list[tuple[int, int]] = []
        assert gathered(reader, progress=lambda *done: heard.append(done)) == told(context)
        assert heard == [(3, 3)]
        with pytest.raises(NotAllowed, match="read-only"):
            made_by(reader)
        with store.read() as connection:
            assert blocks.state(connection).turn == turn
    gathering.ready(context)
    assert stored(context.store) == told(context)


def test_several_boards_fold_what_changed_once(
    context: Context, work: Callable[[int], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    work(2)
    made_by(context)
    work(1)
    folded: list[int] = []
    columns = Remeasurer.columns

    def counted(self: Remeasurer, connection: Connection, ids: list[int], now: datetime) -> Mapping[Measured, Columns]:
        folded.extend(ids)
        return columns(self, connection, ids, now)

    monkeypatch.setattr(Remeasurer, "columns", counted)
    assert gathered(context) == gathered(context)
    assert folded == [3]
    work(1)
    gathered(context)
    assert folded == [3, 3, 4]


def test_what_was_not_asked_for_says_so(context: Context, as_: As, work: Callable[[int], list[int]]) -> None:
    old = work(4)
    made_by(context)
    as_("ife").act(old[0], Action.CLAIM)
    with context.store.read() as connection:
        found = gathering.columns(context, connection, EVERY, None, None, fields={"value"})
    whole = gathered(context)
    for kind, columns in found.items():
        at, value = Columns._fields.index("at"), Columns._fields.index("value")
        assert sorted(zip(columns.at, columns.value, strict=True)) == sorted(
            (line[at], line[value]) for line in whole.get(kind, [])
        )
        assert bool((columns.at[1:] >= columns.at[:-1]).all())
        assert set(columns.person.tolist()) <= {blocks.UNREAD}


def test_rules_of_another_program_are_not_believed(context: Context, work: Callable[[int], list[int]]) -> None:
    work(3)
    made_by(context)
    with context.store.write() as connection:
        connection.execute(sa.update(BLOCK_STATE).values(definition=DEFINITION - 1))
        connection.execute(sa.update(BLOCKS).values(n=1))
    assert gathered(context) == told(context)
    made_by(context)
    assert stored(context.store) == told(context)
    with context.store.write() as connection:
        connection.execute(sa.update(BLOCK_STATE).values(definition=DEFINITION + 1))
    with pytest.raises(SchemaMismatch, match="newer program: update deskterm"):
        gathered(context)
    with pytest.raises(SchemaMismatch, match="newer program"):
        made_by(context)


@pytest.fixture
def damage(context: Context, work: Callable[[int], list[int]]) -> Callable[..., list[str]]:
    """Changes blocks of a small desk, and gives what doctor finds; it is mended, and the same as before, then."""

    def do(kind: Measured, values: Mapping[str, Any] | None) -> list[str]:
        change = sa.delete(BLOCKS) if values is None else sa.update(BLOCKS).values(values)
        with context.store.write() as connection:
            assert connection.execute(change.where(BLOCKS.c.kind == kind)).rowcount == 1
        admin = Desk(context.store, admin_of(context), context.clock, Via.CLI)
        found = admin.doctor().findings
        assert {finding.field for finding in found} == {MEASURES}
        assert admin.doctor(repair=True).repaired == len(found)
        assert admin.doctor().findings == ()
        assert stored(context.store) == told(context)
        return [finding.ticket for finding in found] + [finding.stored for finding in found]

    work(6)
    made_by(context)
    return do


def admin_of(context: Context) -> Any:
    with context.store.read() as connection:
        return context.actor(connection)


def test_doctor_finds_what_was_forged_and_makes_it_anew(damage: Callable[..., list[str]]) -> None:
    halved = packing.pack(np.array([60, 60], np.int64))
    assert damage(Measured.RESOLUTION, {"value": halved})[:2] == ["HD-000003", "HD-000006"]
    assert len(damage(Measured.SUBMITTED, {"month": 202510})) == 12
    assert len(damage(Measured.SUBMITTED, None)) == 12
    assert "HD-000099" in damage(Measured.RESOLUTION, {"ticket": packing.pack(np.array([3, 99], np.int64))})


def test_a_block_that_cannot_be_read_is_named(damage: Callable[..., list[str]], context: Context) -> None:
    unreadable: tuple[dict[str, Any], ...] = ({"value": b"\1"}, {"n": 7}, {"n": -1}, {"gone": b"\3" + bytes(20)})
    for values in unreadable:
        with context.store.write() as connection:
            connection.execute(sa.update(BLOCKS).values(values).where(BLOCKS.c.kind == Measured.SUBMITTED))
        with pytest.raises(StoreUnavailable, match=r"submitted of 2026\d\d, part 0, .*deskterm doctor --repair"):
            gathered(context)
        assert any("part 0" in said for said in damage(Measured.SUBMITTED, values))
    with context.store.write() as connection:
        connection.execute(sa.update(BLOCKS).values(value=b"\1"))
    report = Desk(context.store, admin_of(context), context.clock, Via.CLI).doctor(repair=True)
    assert len(report.findings) > 1
    assert report.repaired == 1  # it is one desk, however much of it: what else can't be mended is told by the rest


def test_doctor_lets_be_what_blocks_need_not_have_yet(
    context: Context, as_: As, clock: list[datetime], work: Callable[[int], list[int]]
) -> None:
    work(3)
    made_by(context)
    work(2)
    clock.append(clock[-1] + timedelta(days=30))
    assert as_("ada").doctor().findings == ()


def test_numbers_of_any_size_are_kept(store: Store) -> None:
    wide = Columns(*(np.array([1, 2**62 - number], np.int64) for number in range(len(Columns._fields))))
    place = Place(202609, Measured.HELD, 0)
    with store.write() as connection:
        assert blocks.write(connection, blocks.NOTHING, blocks.NOTHING._replace(definition=1), {place: wide})
    with store.read() as connection:
        found = blocks.load(connection, blocks.listed(connection))
    assert rows({Measured.HELD: found[place]}) == rows({Measured.HELD: wide})


def test_a_full_block_is_followed_by_another(
    context: Context, work: Callable[[int], list[int]], small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "MOST", 3)
    work(5)
    made_by(context)
    work(6)
    made_by(context)
    with context.store.read() as connection:
        assert max(block.n for block in blocks.listed(connection)) == 3
    assert stored(context.store) == told(context) == gathered(context)
