"""The demo desk: whenever it is made, there is something to do on every screen and for every persona."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from deskterm.core.desk import Desk
from deskterm.core.domain.calendar import Calendar
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.people import Person
from deskterm.core.domain.words import (
    CategoryKind,
    CommentKind,
    FactKind,
    Outcome,
    Role,
    RoundState,
    Status,
    Via,
    WaitReason,
)
from deskterm.core.services import demo, health, setup
from deskterm.core.services.context import Context, load_policies
from deskterm.core.services.demo_plot import AGENT, EXECUTIVE, LEAD, REQUESTER
from deskterm.core.store import directory
from deskterm.core.store.engine import Store
from deskterm.core.store.tables import CLOCKS, COMMENTS, FACTS, NOTICES, PEOPLE, POSTS, SPANS, TICKETS
from deskterm.core.views import QueueRow, Tab, View

DATA: Final = Path(__file__).parents[2] / "data"
PROFILE: Final = (DATA / "profiles" / "acob.toml").read_text(encoding="utf-8")
SCRIPT: Final = (DATA / "demo" / "acob.toml").read_text(encoding="utf-8")
LAGOS: Final = ZoneInfo("Africa/Lagos")
MONDAY: Final = datetime(2026, 3, 2, 9, 5, tzinfo=LAGOS).astimezone(UTC)
NOWS: Final = {
    "Monday morning": MONDAY,
    "just after closing": datetime(2026, 3, 4, 17, 0, 30, 250_000, tzinfo=LAGOS).astimezone(UTC),
    "Saturday night": datetime(2026, 6, 27, 23, 0, tzinfo=LAGOS).astimezone(UTC),
    "Independence Day": datetime(2026, 10, 1, 11, 0, tzinfo=LAGOS).astimezone(UTC),
    "New Year's Day": datetime(2027, 1, 1, 0, 0, tzinfo=LAGOS).astimezone(UTC),
}
IT: Final = "IT & Communications"
TWO_HOURS: Final = 2 * 3_600


class Made(NamedTuple):
    """A demo desk, when it was made and what came of it."""

    store: Store
    now: datetime
    admin_id: int
    filled: demo.Filled

    def desk(self, login: str) -> Desk:
        return Desk(self.store, self.person(login), lambda: self.now, Via.CLI)

    def person(self, login: str) -> Person:
        with self.store.read() as connection:
            (person,) = directory.named(connection, login)
        return person

    def context(self) -> Context:
        return Context(self.store, self.admin_id, lambda: self.now, Via.CLI)

    def all(self, query: sa.Select[Any]) -> list[Any]:
        with self.store.read() as connection:
            return list(connection.execute(query))

    def rows(self, login: str, view: View) -> tuple[QueueRow, ...]:
        return self.desk(login).page(view, limit=500).rows

    def calendar(self) -> Calendar:
        with self.store.read() as connection:
            return load_policies(connection).of(1).calendar(1)


@contextmanager
def made(
    folder: Path, now: datetime, *, seed: int = 7, script: str = SCRIPT, login: str = "root", purpose: str = setup.DEMO
) -> Iterator[Made]:
    store = Store(f"sqlite:///{folder / 'demo.db'}")
    try:
        admin_id = setup.make_desk(
            store, PROFILE, source="acob", login=login, name="Demo admin", now=now, purpose=purpose
        )
        yield Made(store, now, admin_id, demo.fill(store, script, now, seed=seed))
    finally:
        store.close()


@pytest.fixture(scope="module", params=list(NOWS.values()), ids=list(NOWS))
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    with made(tmp_path_factory.mktemp("demo"), request.param) as found:
        yield found


def near(row: QueueRow) -> bool:
    return row.left.state == "runs" and row.left.seconds is not None and 0 < row.left.seconds < TWO_HOURS


def late(row: QueueRow) -> bool:
    return row.left.state == "runs" and row.left.seconds is not None and row.left.seconds < 0


def test_what_was_made_is_what_stands_there(desk: Made) -> None:
    assert desk.filled.people == 29
    assert 230 <= desk.filled.tickets <= 270
    assert desk.all(sa.select(sa.func.count()).select_from(FACTS)) == [(desk.filled.facts,)]
    assert desk.all(sa.select(sa.func.count()).select_from(TICKETS)) == [(desk.filled.tickets,)]
    assert desk.all(sa.select(sa.func.count()).select_from(PEOPLE)) == [(desk.filled.people + 1,)]


def test_nothing_lies_in_the_future_and_it_came_by_the_demo(desk: Made) -> None:
    times = desk.all(sa.select(FACTS.c.at, FACTS.c.via))
    assert {row.via for row in times} == {Via.DEMO}
    assert max(row.at for row in times) < desk.now
    assert min(row.at for row in times) > desk.now - timedelta(days=45)


def test_most_of_it_happened_in_office_hours_and_some_was_asked_in_the_evening(desk: Made) -> None:
    calendar = desk.calendar()
    times = desk.all(sa.select(FACTS.c.at, FACTS.c.kind).where(FACTS.c.kind != FactKind.BREACHED))  # of itself
    closed = [row.kind for row in times if calendar.next_open(row.at) != row.at]
    assert 0 < len(closed) < len(times) / 20
    assert set(closed) == {
        FactKind.SUBMITTED,
        FactKind.REQUESTED,
        FactKind.OPENED,
    }  # a purchase opens its chain at once


def test_ids_are_given_in_the_order_of_submission(desk: Made) -> None:
    created = [row.created_at for row in desk.all(sa.select(TICKETS.c.created_at).order_by(TICKETS.c.id))]
    assert created == sorted(created)


def test_doctor_finds_nothing(desk: Made) -> None:
    assert health.examine(desk.context())[:3] == (desk.filled.tickets, desk.filled.facts, ())


def test_every_status_reason_outcome_and_kind_of_comment(desk: Made) -> None:
    found = desk.all(sa.select(TICKETS.c.status, TICKETS.c.reason, TICKETS.c.outcome))
    assert {row.status for row in found} == set(Status)
    assert {row.reason for row in found} == {*WaitReason, None}
    assert {row.outcome for row in found} == {Outcome.DONE, Outcome.CANCELLED, Outcome.REJECTED, None}
    assert {row.kind for row in desk.all(sa.select(COMMENTS.c.kind))} == set(CommentKind)


def test_every_priority_and_category_is_used(desk: Made) -> None:
    found = desk.all(sa.select(TICKETS.c.priority, TICKETS.c.category_id))
    assert {row.priority for row in found} == {1, 2, 3, 4}
    with desk.store.read() as connection:
        assert {row.category_id for row in found} == set(directory.categories(connection))


def test_each_department_has_a_pool_with_fresh_near_and_late_tickets(desk: Made) -> None:
    pool = desk.rows(EXECUTIVE, View.UNASSIGNED)
    for department in {row.department for row in pool}:
        mine = [row for row in pool if row.department == department]
        assert any(map(near, mine))
        assert any(map(late, mine))
        assert any(not near(row) and not late(row) for row in mine)
    assert len({row.department for row in pool}) == 4


def test_each_department_has_purchases_that_wait_for_approval(desk: Made) -> None:
    waiting = [row for row in desk.rows(EXECUTIVE, View.ALL) if row.status is Status.PENDING_APPROVAL]
    assert {row.left.clock for row in waiting} == {"approval"}
    assert len({row.department for row in waiting}) == 4


def test_tickets_came_back_and_some_of_them_are_open(desk: Made) -> None:
    found = desk.all(sa.select(TICKETS.c.status).where(TICKETS.c.reopen_count > 0))
    assert Status.CLOSED in {row.status for row in found}
    assert len([row for row in found if row.status != Status.CLOSED]) >= 4
    kinds = {row.kind for row in desk.all(sa.select(FACTS.c.kind))}
    assert kinds >= {FactKind.REJECTED, FactKind.REOPENED, FactKind.UNASSIGNED, FactKind.WITHDRAWN, FactKind.RECEIVED}


def test_some_of_what_was_solved_is_rated_and_some_not(desk: Made) -> None:
    found = desk.all(sa.select(TICKETS.c.stars).where(TICKETS.c.resolver_id.is_not(None)))
    rated = [row.stars for row in found if row.stars]
    assert len(rated) >= 20
    assert len(found) - len(rated) >= 20
    assert sum(rated) / len(rated) > 3.5


def test_most_of_what_was_solved_was_in_time(desk: Made) -> None:
    ended = sa.and_(CLOCKS.c.ticket_id == TICKETS.c.id, CLOCKS.c.name == "resolution")
    query = sa.select(CLOCKS.c.breached_at).join(TICKETS, ended).where(TICKETS.c.resolved_at.is_not(None))
    found = [row.breached_at is None for row in desk.all(query)]
    assert 0.8 < sum(found) / len(found) < 1


def test_every_breach_that_the_clocks_know_is_one_fact(desk: Made) -> None:
    query = sa.select(CLOCKS.c.ticket_id, CLOCKS.c.name, CLOCKS.c.cycle, CLOCKS.c.breached_at)
    known = desk.all(query.where(CLOCKS.c.breached_at.is_not(None)))
    told = desk.all(sa.select(FACTS.c.ticket_id, FACTS.c.data, FACTS.c.at).where(FACTS.c.kind == FactKind.BREACHED))
    assert sorted((row.ticket_id, row.data["clock"], row.data["cycle"], row.at) for row in told) == sorted(known)
    assert len(known) > 5


def test_three_requesters_and_more_have_something_to_confirm_that_is_not_overdue(desk: Made) -> None:
    query = sa.select(TICKETS.c.requester_id, TICKETS.c.resolved_at).where(TICKETS.c.status == Status.RESOLVED)
    found = desk.all(query)
    assert len({row.requester_id for row in found}) >= 3
    calendar = desk.calendar()
    assert all(calendar.elapsed(row.resolved_at, desk.now) < 5 * 9 * 3_600 for row in found)


def test_what_is_open_hardly_repeats(desk: Made) -> None:
    titles = [row.title for row in desk.rows(EXECUTIVE, View.ALL)]
    assert len(set(titles)) > len(titles) * 3 / 4
    assert not [title for title in titles if "{" in title]


def test_no_text_keeps_its_placeholder(desk: Made) -> None:
    bodies = [row.body for row in desk.all(sa.select(COMMENTS.c.body))]
    data = [str(value) for row in desk.all(sa.select(FACTS.c.data)) for value in row.data.values()]
    assert not [text for text in bodies + data if "{place" in text]


def test_the_people_and_their_posts(desk: Made) -> None:
    with desk.store.read() as connection:
        people = directory.people(connection).values()
        departments = directory.departments(connection).values()
    for department in departments:
        assert department.lead_id is not None
        assert len([p for p in people if p.role is Role.AGENT and p.serves(department.id)]) >= 2
    posts = {post: p.login for p in people for post in p.posts}
    assert posts == {
        "managing_director": EXECUTIVE,
        "managing_director.deputy": "zainab",
        "head_of_corporate_services": "hauwa",
        "lead.deputy": "femi",
    }
    assert desk.all(sa.select(POSTS.c.department_id).where(POSTS.c.key == "lead.deputy")) == [(1,)]
    assert len([p for p in people if p.role is Role.REQUESTER]) >= 10
    roles = [desk.person(login).role for login in demo.PERSONAS]
    assert roles == [Role.REQUESTER, Role.AGENT, Role.LEAD, Role.EXECUTIVE]


def test_the_agent_has_work_of_every_kind(desk: Made) -> None:
    mine = desk.rows(AGENT, View.MINE)
    assert {row.department for row in mine} == {IT}
    for status in (Status.ASSIGNED, Status.IN_PROGRESS, Status.WAITING):
        assert len([row for row in mine if row.status is status]) >= 3
    assert len([row for row in mine if near(row)]) >= 2
    assert len([row for row in mine if late(row)]) >= 2
    assert desk.rows(AGENT, View.UNASSIGNED)
    assert desk.desk(AGENT).unseen()


def test_the_lead_has_a_pool_and_unseen_notices_of_it(desk: Made) -> None:
    pool = {row.id for row in desk.rows(LEAD, View.UNASSIGNED) if row.department == IT}
    notices = desk.desk(LEAD).notices()
    assert len(pool) >= 5
    assert {notice.ticket_id for notice in notices} >= pool
    assert not any(notice.seen for notice in notices)
    assert any(row.status is Status.PENDING_APPROVAL for row in desk.rows(LEAD, View.DEPARTMENT))


def test_the_requester_has_something_to_confirm_answer_and_rate(desk: Made) -> None:
    mine = desk.rows(REQUESTER, View.REQUESTED)
    resolved = {row.id for row in mine if row.status is Status.RESOLVED}
    assert len(resolved) >= 2
    assert {notice.ticket_id for notice in desk.desk(REQUESTER).notices() if not notice.seen} >= resolved
    assert any(row.reason is WaitReason.REQUESTER for row in mine)
    assert any(row.status is Status.PENDING_APPROVAL for row in mine)
    assert any(row.status is Status.NEW for row in mine)
    query = sa.select(TICKETS.c.id).where(
        TICKETS.c.requester_id == desk.person(REQUESTER).id,
        TICKETS.c.status == Status.CLOSED,
        TICKETS.c.outcome == Outcome.DONE,
        TICKETS.c.stars.is_(None),
    )
    assert len(desk.all(query)) >= 2


def test_the_executive_sees_purchases_and_has_own_requests(desk: Made) -> None:
    everything = desk.rows(EXECUTIVE, View.ALL)
    assert len([row for row in everything if row.status is Status.PENDING_APPROVAL]) >= 8
    own = desk.rows(EXECUTIVE, View.REQUESTED)
    assert {row.status for row in own} >= {Status.RESOLVED, Status.IN_PROGRESS}


def test_the_executives_inbox_is_full_and_his_stand_in_has_it_too(desk: Made) -> None:
    waiting = desk.desk(EXECUTIVE).inbox(Tab.WAITING).rows
    assert 18 <= len(waiting) <= 24
    assert {row.stage for row in waiting} == {"Managing Director"}
    assert len({row.title for row in waiting}) > len(waiting) * 3 / 4
    assert len({row.department for row in waiting}) == 4
    late = [row for row in waiting if row.left.seconds is not None and row.left.seconds < 0]
    assert 0 < len(late) < len(waiting)
    assert [row.id for row in desk.desk("zainab").inbox(Tab.DELEGATED).rows] == [row.id for row in waiting]
    assert {row.for_name for row in desk.desk("zainab").inbox(Tab.DELEGATED).rows} == {"Obinna Okereke"}
    assert len(desk.desk(EXECUTIVE).inbox(Tab.DELEGATED).rows) == len(waiting)
    assert desk.desk(EXECUTIVE).inbox(Tab.DECIDED).rows
    told = {notice.ticket_id for notice in desk.desk(EXECUTIVE).notices(limit=500) if not notice.seen}
    assert told >= {row.id for row in waiting}


def test_purchases_are_in_every_state(desk: Made) -> None:
    every = desk.desk(EXECUTIVE).inbox(Tab.ALL, limit=500).rows
    assert {row.state for row in every} == set(RoundState)
    stages = {row.stage for row in every if row.state is RoundState.OPEN}
    assert stages == {"Department Lead", "Head of Corporate Services", "Managing Director"}
    assert desk.desk(LEAD).inbox(Tab.WAITING).rows
    assert desk.desk("hauwa").inbox(Tab.WAITING).rows
    found = desk.all(sa.select(TICKETS.c.status, TICKETS.c.returned, TICKETS.c.category_kind, TICKETS.c.round))
    assert any(row.returned for row in found)
    bought = [row for row in found if row.round and row.category_kind == CategoryKind.PROCUREMENT]
    pivoted = [row for row in found if row.round and row.category_kind == CategoryKind.STANDARD]
    assert {row.status for row in bought} >= {Status.NEW, Status.IN_PROGRESS, Status.WAITING, Status.CLOSED}
    assert {row.status for row in pivoted} >= {
        Status.PENDING_APPROVAL, Status.WAITING, Status.RESOLVED, Status.CLOSED,
    }  # fmt: skip


def test_all_of_what_was_bought_went_its_chain(desk: Made) -> None:
    through = desk.desk(EXECUTIVE).approvals_report().through_chain
    assert (through.share, through.offending) == (1.0, ())
    assert through.of > 10


def test_what_the_requester_was_asked_about_a_purchase_is_theirs_to_answer(desk: Made) -> None:
    query = sa.select(TICKETS.c.id).where(TICKETS.c.returned, TICKETS.c.requester_id == desk.person(REQUESTER).id)
    (number,) = desk.all(query)[0]
    assert desk.desk(REQUESTER).ticket(number).timeline[-1].kind in {FactKind.RETURNED, FactKind.BREACHED}


def test_notices_are_only_the_personas(desk: Made) -> None:
    told = {row.person_id for row in desk.all(sa.select(NOTICES.c.person_id))}
    assert told == {desk.person(login).id for login in demo.PERSONAS}


def dump(made: Made) -> list[list[Any]]:
    tables = (PEOPLE, POSTS, TICKETS, FACTS, COMMENTS, CLOCKS, SPANS, NOTICES)
    return [[tuple(row) for row in made.all(sa.select(table))] for table in tables]


def test_a_seed_makes_one_desk_and_another_seed_another(tmp_path: Path) -> None:
    dumps = []
    for folder, seed in (("a", 7), ("b", 7), ("c", 8)):
        (tmp_path / folder).mkdir()
        with made(tmp_path / folder, MONDAY, seed=seed) as found:
            dumps.append(dump(found))
    assert dumps[0] == dumps[1]
    assert dumps[0] != dumps[2]


def test_who_is_called_like_a_persona_is_that_persona(tmp_path: Path) -> None:
    with made(tmp_path, MONDAY, login=AGENT) as found:
        person, is_demo = setup.identify(found.store, AGENT)
        assert (person.role, is_demo) == (Role.AGENT, True)
        assert found.rows(AGENT, View.MINE)


def test_a_real_desk_is_not_filled(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no demo desk just made"), made(tmp_path, MONDAY, purpose=setup.DESK):
        pass


def test_a_demo_is_filled_once(tmp_path: Path) -> None:
    with made(tmp_path, MONDAY) as found, pytest.raises(InvalidInput, match="no demo desk just made"):
        demo.fill(found.store, SCRIPT, MONDAY)


def altered(pattern: str, instead: str, *, count: int = 1) -> str:
    text, found = re.subn(pattern, instead, SCRIPT, count=count, flags=re.MULTILINE)
    assert found
    return text


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (r"^fix = .*$", r"scenarios\[1\]\.fix: missing"),
        (r"^title = .*$", r"scenarios\[1\]\.title: missing"),
        (r"^category = .*$", r"scenarios\[1\]\.category: missing"),
        (r"^priority = .*$", r"scenarios\[1\]\.priority: missing"),
        (r"^replies = .*$", r"scenarios\[1\]\.replies: missing"),
        (r"^note = .*$", r"scenarios\[1\]\.note: missing"),
        (r'reason = "requester", ', r"scenarios\[1\]\.waits\.reason: missing"),
        (r"^places = .*$", r"places: missing"),
        (r"^vendor = .*$", r"scenarios\[2\]\.purchase\.vendor: missing"),
        (r"^refuse = \[[^]]*\]$", r"phrases\.refuse: missing"),
        (r"^through = .*$", r"delegations\[1\]\.through: missing"),
        (r"^weigh = .*$", r"phrases\.weigh: missing"),
        (r'^department = "it"$', r"people\[5\]\.department: missing"),
        (r"^login = .*$", r"people\[1\]\.login: missing"),
    ],
)
def test_a_missing_key_is_one_sentence(tmp_path: Path, pattern: str, said: str) -> None:
    assert re.fullmatch(rf"the demo script(:\d+)?: {said}: expected .*", refused(tmp_path, altered(pattern, "")))


@pytest.mark.parametrize(
    ("pattern", "instead", "said"),
    [
        (r'kind = "test"', 'kind = "reply"', r'note\.kind: unknown "reply"'),
        (r'priority = "high"', 'priority = "hgih"', r"did you mean high\?"),
        (r'login = "femi"', 'login = "chidi"', r'people\[11\]\.login: "chidi" is taken'),
        (r'login = "ada"', 'login = "eve"', r"nobody has the login ada"),
        (r'^to = "zainab"', 'to = "zara"', r'delegations\[1\]\.to: nobody has the login "zara"'),
        (r'post = "lead.deputy"', 'post = "lead.depty"', r"did you mean lead\.deputy\?"),
        (r"1 x Drum unit", "one Drum unit", r"scenarios\[2\]\.purchase: 'one Drum unit .* is no line of a purchase"),
        (r"^places = .*$", "places = []", r"places: expected one text or more"),
        (r'"Keffi"', "7", r"places\[1\]: expected a text, found 7"),
        (r"^\[phrases\]$", "extra = 1\n[phrases]", r"extra: unknown key"),
        (r"^\[phrases\]$", "[phrases", r"expected TOML"),
    ],
)
def test_anything_wrong_is_one_sentence(tmp_path: Path, pattern: str, instead: str, said: str) -> None:
    assert re.search(said, refused(tmp_path, altered(pattern, instead)))


@pytest.mark.parametrize(
    ("pattern", "instead", "said"),
    [
        (
            r'^login = "(ifeoma|sani)"\n(.*)\nrole = "agent"',
            r'login = "\1"\n\2\nrole = "lead"',
            r"nobody is an agent of admin_hr",
        ),
        (r'role = "requester"', 'role = "admin"', r"nobody is a requester"),
        (r'reason = "maintenance"', 'reason = "vendor"', r"nothing waits for maintenance"),
        (r'"accounts_procurement"', '"accounts_clearances"', r"nobody asks accounts for anything procurement"),
    ],
)
def test_a_part_that_nobody_has_is_one_sentence(tmp_path: Path, pattern: str, instead: str, said: str) -> None:
    assert re.search(said, refused(tmp_path, altered(pattern, instead, count=0)))


def refused(folder: Path, script: str) -> str:
    """Gives the one sentence with which the script is refused."""
    with pytest.raises(InvalidInput) as refusal, made(folder, MONDAY, script=script):
        pass
    first, sentence = str(refusal.value).split("\n")
    assert first == "the demo script can't be used: 1 problem"
    return sentence
