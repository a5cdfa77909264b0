"""The desk as it stood: what is shown as of an instant is what was stored then, whatever was done since."""

import random
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import DesktermError, InvalidInput, NotAllowed, NotFound, StoreUnavailable
from deskterm.core.domain.filters import parse_filter
from deskterm.core.domain.history import steps
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action, Via, WaitReason
from deskterm.core.kpi_views import Asked, Board
from deskterm.core.services import as_of, demo_decade, setup
from deskterm.core.services.context import Context, load_policies
from deskterm.core.services.intake import Submission
from deskterm.core.store import shadows
from deskterm.core.store.as_of import StoreAsOf
from deskterm.core.store.engine import Connection, Store
from deskterm.core.store.rows import New, Step, rows_of
from deskterm.core.store.shadows import Past
from deskterm.core.store.tables import (
    CLOCKS,
    COMMENTS,
    FACTS,
    PROCUREMENTS,
    SLOTS,
    SPANS,
    TICKETS,
    WORDINGS,
    Base,
)
from deskterm.core.store.tickets import facts_of
from deskterm.core.store.watch import Watch
from deskterm.core.views import Tab, View

As = Callable[[str], Desk]
At = Callable[[str], datetime]
TABLES: Final = (TICKETS, CLOCKS, SPANS, PROCUREMENTS, SLOTS, WORDINGS, FACTS, COMMENTS)
LEAST: Final = timedelta(microseconds=1)
TONER: Final = Wanted(("2 x Toner @ 45000.00",), "NGN", "We print tenders", "", "", ())


GIVEN: Final[dict[Action, dict[str, Any]]] = {
    Action.ASSIGN: {"person": "ife"},
    Action.SET_PRIORITY: {"priority": "high", "text": "it spreads"},
    Action.SET_CATEGORY: {"category": "it_design", "text": "it is art"},
    Action.MOVE: {"category": "operations_repairs", "text": "it is theirs"},
    Action.RESOLVE: {"cause": "dust", "fix": "cleaned"},
    Action.WAIT: {"reason": WaitReason.VENDOR, "text": "they come on Monday"},
    Action.RATE: {"stars": 4},
    Action.PIVOT: {"purchase": TONER},
    Action.AMEND: {"purchase": TONER, "text": "there are two"},
    Action.CLAIM: {}, Action.START: {}, Action.UNASSIGN: {}, Action.RESUME: {}, Action.CONFIRM: {}, Action.RECEIVE: {},
}  # fmt: skip
KINDS: Final = {
    "submitted", "claimed", "resolved", "paused", "approved", "refused", "breached", "undone", "moved",
}  # fmt: skip
ORDER: Final = ("id", "ticket_id", "version", "name", "cycle", "entered_at", "round", "number")
Rows = list[dict[str, Any]]


def ordered(rows: Rows) -> Rows:
    return sorted(rows, key=lambda row: [str(row.get(name)) for name in ORDER])


def rows(connection: Connection, table: sa.Table) -> Rows:
    """What a table holds, without numbers that are only its own."""
    found = [dict(row) for row in connection.execute(sa.select(table)).mappings()]
    if table is not TICKETS:
        for row in found:
            row.pop("id", None)
    return ordered(found)


def stored(store: Store) -> dict[str, Rows]:
    with store.read() as connection:
        return {table.name: rows(connection, table) for table in TABLES}


@contextmanager
def looking_back(store: Store, at: datetime | str, now: datetime, login: str = "ada") -> Iterator[StoreAsOf]:
    actor = setup.identify(store, login)[0]
    text = at if isinstance(at, str) else at.isoformat()
    with closing(as_of.opened(Context(store, actor.id, lambda: now, Via.CLI), text, lambda *_: None)) as past:
        yield past


@contextmanager
def desk_of(store: Store, at: datetime | str, now: datetime, login: str = "ada") -> Iterator[Desk]:
    with looking_back(store, at, now, login) as past:
        yield Desk(past, setup.identify(store, login)[0], lambda: past.as_of, Via.CLI)


@pytest.fixture
def work(as_: As, clock: list[datetime]) -> Callable[[random.Random], None]:
    """Has somebody do one thing that they may, some minutes or hours after the last."""
    people = ("remi", "ife", "ife", "lara", "lara", "olu", "hana", "ezra")

    def do(chance: random.Random) -> None:
        clock.append(clock[-1] + timedelta(minutes=chance.choice([1, 7, 50, 400])))
        desk = as_(chance.choice(people))
        mine = desk.page(View.ALL).rows
        if not mine or chance.random() < 0.25:
            title = f"Request at {clock[-1]}"
            if chance.random() < 0.3:
                desk.submit(Submission(title=title, category="it_procurement", purchase=TONER))
            else:
                desk.submit(Submission(title=title, category=chance.choice(["it_infrastructure", "it_design"])))
            return
        number = chance.choice(mine).id
        able = sorted({*desk.ticket(number).actions} - {Action.NOTE, Action.WITHDRAW})
        if not able or chance.random() < 0.15:
            desk.undo(number)
            return
        action = chance.choice(able)
        said: dict[str, Any] = GIVEN.get(action, {"text": f"said at {clock[-1]}"})
        desk.act(number, action, **said)

    return do


def test_what_was_stored_then_is_what_is_told_now(
    store: Store, as_: As, work: Callable[[random.Random], None], clock: list[datetime]
) -> None:
    chance = random.Random(1)  # noqa: S311 - the same every time
    then: dict[datetime, dict[str, Rows]] = {}
    for _ in range(3 if store.is_sqlite else 1):  # a server takes its time
        for _ in range(30):
            with suppress(DesktermError):
                work(chance)
        as_("ada").sweep()
        then[clock[-1]] = stored(store)
    kinds = {row["kind"] for row in then[clock[-1]]["help_desk_facts"]}
    assert not store.is_sqlite or kinds >= KINDS
    for at, was in then.items():
        with looking_back(store, at, clock[-1]) as past:
            assert stored(past) == was


def test_what_is_done_meanwhile_changes_nothing(
    store: Store, as_: As, at: At, clock: list[datetime], work: Callable[[random.Random], None]
) -> None:
    number = as_("remi").submit(Submission(title="Printer jams", category="it_infrastructure")).id
    other = as_("remi").submit(Submission(title="Screen flickers", category="it_infrastructure")).id
    was, then = stored(store), clock[-1]
    at("2026-09-28 10:00")
    with looking_back(store, then, clock[-1]) as past:
        assert stored(past) == was
        as_("ife").act(number, Action.CLAIM)
        as_("sola").submit(Submission(title="New mouse", category="it_infrastructure"))
        assert stored(past) == was
        as_("ife").act(other, Action.RESOLVE, cause="cable", fix="plugged in")
        with pytest.raises(NotFound), past.read():  # what goes wrong undoes what the read had folded
            raise NotFound
        assert stored(past) == was


PROFILE: Final = Path(__file__).parents[2] / "data" / "profiles" / "acob.toml"
SCRIPT: Final = Path(__file__).parents[2] / "data" / "demo" / "acob.toml"
NOW: Final = datetime(2026, 9, 29, 13, 20, 7, 250_000, tzinfo=UTC)


@pytest.fixture(scope="module")
def decade(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Ten years of a desk."""
    with closing(Store(f"sqlite:///{tmp_path_factory.mktemp('as_of') / 'demo.db'}")) as store:
        setup.make_desk(
            store, PROFILE.read_text("utf-8"), source="acob", login="root", name="Demo admin",
            now=demo_decade.beginning(NOW), purpose=setup.UNFINISHED,
        )  # fmt: skip
        demo_decade.fill(store, SCRIPT.read_text("utf-8"), NOW, count=150, seed=7, processes=0, progress=lambda _: None)
        yield store


def folded(store: Store, at: datetime) -> dict[sa.Table, Rows]:
    """The rows of a desk into which only the facts up to an instant were folded, from the first one on."""
    with store.read() as connection:
        policies = load_policies(connection)
        said = connection.execute(sa.select(TICKETS.c.id, TICKETS.c.profile_id, TICKETS.c.origin)).all()
        under = {row[0]: (row[1], row[2]) for row in said}
        every = facts_of(connection, sorted(under))
    news, ids = [], []
    for number, facts in every.items():
        known = [fact for fact in facts if fact.at <= at]
        if known:
            told = steps(known, policies.of(under[number][0]), number)
            news.append(New([Step(fact, None, history) for fact, history in told], *under[number]))
            ids.append(number)
    made = rows_of(news, Via.DEMO)
    made.number(ids)
    tickets = [{"id": number, **row} for number, row in zip(ids, made.tickets, strict=True)]
    return {
        TICKETS: tickets, CLOCKS: made.clocks, SPANS: made.spans, PROCUREMENTS: made.procurements, SLOTS: made.slots,
    }  # fmt: skip


@settings(max_examples=5)
@given(data=st.data())
def test_it_is_what_the_facts_up_to_then_come_to(decade: Store, data: st.DataObject) -> None:
    with decade.read() as connection:
        instants = list(connection.scalars(sa.select(FACTS.c.at).distinct().order_by(FACTS.c.at)))
    at = data.draw(st.sampled_from(instants)) - data.draw(st.sampled_from([timedelta(), LEAST]))
    at = max(at, instants[0])
    with looking_back(decade, at, NOW, "root") as past, past.read() as connection:
        for table, want in folded(decade, at).items():
            assert rows(connection, table) == ordered(want)


def shown(desk: Desk) -> list[object]:
    """All that somebody reads of a desk with these tickets, by every list and of each ticket."""
    wanted = [
        "",
        "tray",
        "drum",
        "infrastructure",
        "is:late",
        "created:today",
        "status:assigned,new",
        "dept:it",
        "@ife",
    ]
    pages = [desk.page(View.ALL, parse_filter(words)).rows for words in wanted]
    pages += [desk.page(view).rows for view in View]
    counts = [desk.count(View.ALL), desk.count(View.CLOSED)]
    inbox = [desk.inbox(tab).rows for tab in (Tab.WAITING, Tab.DECIDED)]
    tickets = {row.id for page in pages for row in page}
    whole = [(desk.ticket(number), desk.explain(number), desk.attachments(number)) for number in sorted(tickets)]
    return [pages, counts, inbox, whole, desk.awaited(), desk.notices(), desk.unseen()]


def boards(desk: Desk) -> list[Board]:
    return [desk.board(name, Asked("2026-09")) for name in ("overview", "flow", "purchases")]


class Told(NamedTuple):
    """A desk where something was done before and after an instant, and what everybody read then."""

    jam: int
    moved: int
    toner: int
    later: int
    then: datetime
    now: datetime
    was: dict[str, list[object]]
    boards: dict[str, list[Board]]


READERS: Final = ("remi", "lara", "ezra")
LEADS: Final = ("lara", "ezra")


@pytest.fixture
def told(once: Callable[[Callable[[], Told]], Told], as_: As, at: At) -> Told:
    def tell() -> Told:
        at("2026-09-28 09:30")
        jam = as_("remi").submit(Submission(title="Printer jams", category="it_infrastructure")).id
        moved = as_("remi").submit(Submission(title="Poster for the drum class", category="it_design")).id
        toner = as_("remi").submit(Submission(title="Toner", category="it_procurement", purchase=TONER)).id
        as_("ife").act(jam, Action.CLAIM)
        as_("ife").act(jam, Action.REPLY, text="It is the tray")
        then = at("2026-09-28 10:00")
        was = {login: shown(as_(login)) for login in READERS}
        reckoned = {login: boards(as_(login)) for login in LEADS}
        at("2026-09-28 11:00")
        as_("remi").mark_seen(1_000)
        as_("ife").act(jam, Action.REPLY, text="The drum was dusty")
        as_("ife").act(jam, Action.RESOLVE, cause="dust", fix="cleaned")
        as_("lara").act(toner, Action.APPROVE)
        later = as_("remi").submit(Submission(title="Screen", category="it_infrastructure")).id
        as_("lara").act(moved, Action.NOTE, text="of no concern to others")
        return Told(jam, moved, toner, later, then, at("2026-09-30 12:00"), was, reckoned)

    return once(tell)


@pytest.mark.parametrize("login", LEADS)
def test_figures_are_what_they_were_then(store: Store, as_: As, told: Told, login: str) -> None:
    with desk_of(store, told.then, told.now, login) as desk:
        assert [board._replace(as_of=None) for board in boards(desk)] == told.boards[login]
        assert {board.as_of for board in boards(desk)} == {told.then}
    assert boards(as_(login)) != told.boards[login]


@pytest.mark.parametrize("login", READERS)
def test_everybody_reads_what_they_read_then(store: Store, as_: As, told: Told, login: str) -> None:
    with desk_of(store, told.then, told.now, login) as desk:
        assert shown(desk) == told.was[login]
        with pytest.raises(NotFound):
            desk.ticket(told.later)
    assert shown(as_(login)) != told.was[login]


def test_what_somebody_may_not_see_today_is_not_shown_as_of_then(store: Store, as_: As, at: At, told: Told) -> None:
    as_("ada").change_person("olu", department="it")
    as_("lara").act(told.moved, Action.MOVE, category="operations_repairs", text="it is theirs")
    now = at("2026-09-30 13:00")
    with desk_of(store, told.then, now, "ini") as desk:
        assert told.moved not in {row.id for row in desk.page(View.ALL).rows}
        with pytest.raises(NotFound):
            desk.ticket(told.moved)
    with desk_of(store, told.then, now, "ada") as desk:
        assert desk.ticket(told.moved).department_id == desk.ticket(told.jam).department_id
        assert [row.id for row in desk.page(View.ALL, parse_filter("dept:it poster")).rows] == [told.moved]


def test_nothing_is_changed_and_nothing_written(store: Store, told: Told) -> None:
    was = stored(store)
    watch = Watch(store)
    watch.look()
    with looking_back(store, told.then, told.now, "ife") as past:
        desk = Desk(past, setup.identify(store, "ife")[0], lambda: past.as_of, Via.CLI)
        past.prepare()
        sentence = "nothing can be changed here: this is the desk as of 2026-09-28 10:00 WAT"
        for change in (
            lambda: desk.act(told.jam, Action.NOTE, text="no"),
            lambda: desk.submit(Submission(title="No", category="it_design")),
            lambda: desk.mark_seen(1_000),
            lambda: desk.undo(told.jam),
            lambda: past.writer,
        ):
            with pytest.raises(NotAllowed, match=sentence):
                change()
        for statement in ("DELETE FROM {}", "UPDATE {} SET status = 'new'"):
            name = "main.help_desk_tickets" if store.is_sqlite else "public.help_desk_tickets"
            with pytest.raises(StoreUnavailable), past.read() as connection:
                connection.exec_driver_sql(statement.format(name))
        assert desk.attend(told.jam) == desk.others(told.jam) == ()
        assert not desk.watch().look()
        assert desk.changes(0).place == desk.place()
    assert not watch.look()  # nothing was committed
    watch.close()
    assert stored(store) == was
    if store.path is not None:
        assert not store.path.with_name("desk.db.presence").exists()


def test_threads_take_turns(store: Store, told: Told) -> None:
    with desk_of(store, told.then, told.now, "lara") as desk, ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(lambda _: desk.page(View.ALL), range(12)))
    assert len(pages) == 12
    assert {tuple(row.id for row in page.rows) for page in pages} == {tuple(row.id for row in pages[0].rows)}


def test_a_connection_that_broke_is_made_anew(store: Store, told: Told) -> None:
    with looking_back(store, told.then, told.now) as past:
        was = stored(past)
        assert past._held is not None
        past._held.invalidate()
        assert stored(past) == was


def test_before_the_first_fact_there_is_nothing(store: Store, told: Told) -> None:
    said = "--as-of: the desk's first fact is of 2026-09-28 09:30 WAT: name that time or a later one"
    with pytest.raises(InvalidInput, match=said), looking_back(store, "2026-09-28T09:29", told.now):
        pass
    with looking_back(store, "2026-09-28T09:30", told.now) as past:
        assert past.as_of_said == "as of 2026-09-28 09:30 WAT"


def test_a_desk_without_facts_has_no_past(store: Store, clock: list[datetime]) -> None:
    with pytest.raises(InvalidInput, match="no facts yet"), looking_back(store, "2026-09-27", clock[-1]):
        pass


@pytest.mark.parametrize("backend", ["postgres"])
def test_a_server_that_takes_no_temporary_tables_says_so(store: Store, told: Told) -> None:
    with store.write() as connection:
        name = connection.scalar(sa.select(sa.func.current_database()))
        connection.exec_driver_sql("CREATE ROLE looker LOGIN")
        connection.exec_driver_sql(f"REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC")
        connection.exec_driver_sql("GRANT SELECT ON ALL TABLES IN SCHEMA public TO looker")
    url = store.url.set(username="looker").render_as_string(hide_password=False)
    refused = pytest.raises(StoreUnavailable, match="GRANT TEMPORARY")
    with closing(Store(url)) as poor, looking_back(poor, told.then, told.now) as past, refused:
        past.prepare()
    with store.write() as connection:
        connection.exec_driver_sql("DROP OWNED BY looker")
        connection.exec_driver_sql("DROP ROLE looker")


@pytest.mark.parametrize("backend", ["sqlite"])
def test_no_list_and_no_inbox_reads_all_tickets_first(store: Store, told: Told) -> None:
    with desk_of(store, told.then, told.now, "ezra") as desk:
        asked: list[tuple[str, Any]] = []
        past = cast("StoreAsOf", desk._store)
        past.prepare()
        sa.event.listen(past._then, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
        for view in (View.ALL, View.CLOSED, View.UNASSIGNED):
            desk.page(view)
            desk.count(view)
        desk.inbox(Tab.WAITING)
        desk.inbox(Tab.DECIDED)
        desk.notices()
        desk.ticket(told.toner)
        statements = [one for one in asked if one[0].startswith("SELECT")]
        with past.read() as connection:
            plans = [
                row[3]
                for sql, values in statements
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
            ]
    assert any("SEARCH t USING INTEGER PRIMARY KEY" in line for line in plans)
    whole = re.compile(r"(MATERIALIZE|CO-ROUTINE|SCAN) help_desk_tickets(_by_id)?$|SCAN t$")
    assert [line for line in plans if whole.search(line)] == []


def test_every_table_that_hangs_on_tickets_is_told_as_of_then() -> None:
    hangs = {
        table.name
        for table in Base.metadata.tables.values()
        if {key.column.table.name for key in table.foreign_keys} & {TICKETS.name, FACTS.name}
    }
    statements = shadows.made(Past(NOW, NOW, "main", 0, is_sqlite=True))
    told = {found[1] for one in statements if (found := re.match(r"CREATE TEMP VIEW (\w+)", one))}
    assert hangs - told == set()
