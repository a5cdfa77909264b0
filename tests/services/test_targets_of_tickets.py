"""A desk with tiers, a table of targets and several clocks: which target a ticket has, of which profile's version.

The office is open from 08:00 to 17:00, Monday to Friday. It begins on Monday, 28 September 2026, at 09:00.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import InvalidInput, NotAllowed, NotFound
from deskterm.core.domain.targets import subjects
from deskterm.core.domain.words import Action, CommentKind, FactKind, Role, Status, Via, WaitReason
from deskterm.core.services import setup
from deskterm.core.services.intake import Submission
from deskterm.core.store import directory
from deskterm.core.store.engine import Store
from deskterm.core.store.tables import CLOCKS, FACTS
from deskterm.core.views import View

As = Callable[[str], Desk]
At = Callable[[str], datetime]
Due = Callable[..., str]

WIDE: Final = """\
[profile]
key = "wide"
name = "Wide"
version = 1
currency = "NGN"
default_calendar = "office"
default_priority = "low"
tiers = ["First line", "Second line", "Third line"]

[calendars.office]
zone = "Africa/Lagos"
country = "none"
mon = [["08:00", "17:00"]]
tue = [["08:00", "17:00"]]
wed = [["08:00", "17:00"]]
thu = [["08:00", "17:00"]]
fri = [["08:00", "17:00"]]

[[priorities]]
rank = 1
key = "urgent"
label = "Urgent"
meaning = "All of it stands still"

[[priorities]]
rank = 2
key = "low"
label = "Low"
meaning = "A question"

[departments.it]
name = "IT"
calendar = "office"
categories = [
    { key = "it_other", name = "Other", kind = "standard" },
    { key = "it_network", name = "Network", kind = "standard" },
]

[departments.plant]
name = "Plant"
calendar = "office"
categories = [{ key = "plant_repairs", name = "Repairs", kind = "standard" }]

[clocks.ack]
label = "Acknowledged"
default = "1bh"
calendar = { urgent = "always" }

[clocks.update]
label = "Next word"
default = "6bh"
pauses = []

[clocks.seen]
label = "Seen"
stop = ["assigned"]
measured_only = true

[clocks.resolution]
label = "Solved"
tiers = { 1 = "8bh", 2 = { urgent = "2bh", low = "4bh" }, 3 = { urgent = "1bh" } }
default = "7bh"
on_reopen = "new_cycle"

[[targets]]
key = "hospital"
customer = "Hospital"
target = "30m"

[[targets]]
key = "hospital_ack"
clock = "ack"
customer = "Hospital"
priority = "urgent"
target = "5m"

[[targets]]
key = "alarm"
product = "Ward"
module = "Bed"
question = "Alarm"
target = "1h"

[[targets]]
key = "bed"
product = "Ward"
module = "Bed"
target = "2h"

[[targets]]
key = "ward"
product = "Ward"
target = "3bh"

[[targets]]
key = "network"
category = "it_network"
target = "5bh"

[[targets]]
key = "plant"
department = "plant"
target = "6bh"

[pauses]
reasons = ["requester", "vendor"]

[closing]
auto_close_after = "5bd"
reopen_within = "30d"

[labels.status]
new = { staff = "New", requester = "New" }
assigned = { staff = "Assigned", requester = "Assigned" }
in_progress = { staff = "In Progress", requester = "In Progress" }
waiting = { staff = "Waiting", requester = "Waiting" }
pending_approval = { staff = "Pending", requester = "Pending" }
resolved = { staff = "Resolved", requester = "Resolved" }
closed = { staff = "Closed", requester = "Closed" }

[goals]
sla_compliance = 0.95
csat = 4
"""
NEWER: Final = (
    WIDE.replace("version = 1", "version = 2")
    .replace('default = "1bh"', 'default = "2bh"')
    .replace('key = "network"', 'key = "network_again"')
    .replace('target = "5bh"', 'target = "1bh"')
    .replace('"Third line"]', '"Third line", "Fourth line"]')
)
PLAIN: Final = (
    WIDE.replace("version = 1", "version = 3").split("[[targets]]", maxsplit=1)[0] + WIDE[WIDE.index("[pauses]") :]
)
PEOPLE: Final = (
    ("remi", "Remi", Role.REQUESTER, "", "", "Hospital"),
    ("sola", "Sola", Role.REQUESTER, "", "", ""),
    ("bola", "Bola", Role.REQUESTER, "", "", "Bank"),
    ("ife", "Ife", Role.AGENT, "it", "", ""),
    ("ini", "Ini", Role.AGENT, "it", "", ""),
    ("lara", "Lara", Role.LEAD, "it", "lead", ""),
    ("olu", "Olu", Role.LEAD, "plant", "lead", ""),
)
START: Final = datetime(2026, 9, 28, 8, 0, tzinfo=UTC)


@pytest.fixture
def store(empty_url: str) -> Iterator[Store]:
    """A desk under the wide profile, with its people."""
    with closing(Store(empty_url)) as opened:
        setup.make_desk(opened, WIDE, source="wide", login="ada", name="Ada", now=START)
        admin = Desk(opened, setup.identify(opened, "ada")[0], lambda: START, Via.CLI)
        for login, name, role, department, post, customer in PEOPLE:
            admin.add_person(name=name, role=role, login=login, department=department, post=post, customer=customer)
        yield opened


@pytest.fixture
def submit(as_: As) -> Callable[..., int]:
    def given(login: str = "sola", category: str = "it_other", **said: Any) -> int:
        return as_(login).submit(Submission(title="x", category=category, **said)).id

    return given


@pytest.fixture
def due(as_: As) -> Due:
    """When a clock of a ticket is due, in Lagos; empty when it isn't."""

    def of(ticket: int, name: str = "resolution") -> str:
        (left,) = (line.left for line in as_("ada").ticket(ticket).clocks if line.name == name)
        return (left.due_at + timedelta(hours=1)).strftime("%a %H:%M") if left.due_at else ""

    return of


def rows(store: Store, ticket: int, name: str) -> list[tuple[Any, ...]]:
    """A clock's cycles: number, hours used, what stopped it."""
    query = sa.select(CLOCKS.c.cycle, CLOCKS.c.consumed_us, CLOCKS.c.stopped_by)
    with store.read() as connection:
        found = connection.execute(
            query.where(CLOCKS.c.ticket_id == ticket, CLOCKS.c.name == name).order_by(CLOCKS.c.cycle)
        )
        return [(cycle, used / 3_600_000_000, by) for cycle, used, by in found]


def take_up(store: Store, text: str, version: int, effective_at: datetime) -> None:
    with store.write() as connection:
        directory.add_profile(connection, "wide", version, text, effective_at, effective_at)


# Customers and the table


def test_a_customers_row_is_for_the_customers_people(as_: As, submit: Callable[..., int], due: Due) -> None:
    theirs, ours, others = submit("remi"), submit("sola"), submit("bola")
    assert [due(ticket) for ticket in (theirs, ours, others)] == ["Mon 09:30", "Mon 17:00", "Mon 17:00"]
    assert [as_("ada").ticket(ticket).customer for ticket in (theirs, ours, others)] == ["Hospital", "", "Bank"]


def test_a_customers_row_is_for_what_staff_take_down_for_them(submit: Callable[..., int], due: Due) -> None:
    assert due(submit("ife", requester="remi")) == "Mon 09:30"
    assert due(submit("ife", requester="sola")) == "Mon 17:00"


def test_another_customer_is_for_tickets_to_come(as_: As, submit: Callable[..., int], due: Due) -> None:
    before = submit("remi")
    as_("ada").change_person("remi", customer="Bank")
    after = submit("remi")
    as_("ada").change_person("sola", customer="Hospital")
    assert [due(ticket) for ticket in (before, after, submit("sola"))] == ["Mon 09:30", "Mon 17:00", "Mon 09:30"]
    as_("lara").act(before, Action.SET_PRIORITY, priority="urgent")
    assert (due(before), as_("ada").ticket(before).customer) == ("Mon 09:30", "Hospital")
    assert as_("ada").doctor().findings == ()


def test_a_row_is_for_its_own_clock_and_priority(submit: Callable[..., int], due: Due) -> None:
    assert due(submit("remi", priority="urgent"), "ack") == "Mon 09:05"
    assert due(submit("remi"), "ack") == "Mon 10:00"
    assert due(submit("sola", priority="urgent"), "ack") == "Mon 10:00"


@pytest.mark.parametrize(
    ("about", "expected", "shown"),
    [
        ("", "Mon 17:00", ""),
        ("Ward", "Mon 12:00", "Ward"),
        ("Ward / Bed", "Mon 11:00", "Ward / Bed"),
        ("Ward / Bed / Alarm", "Mon 10:00", "Ward / Bed / Alarm"),
        ("  ward/ BED /alarm ", "Mon 10:00", "Ward / Bed / Alarm"),
    ],
)
def test_what_a_request_is_about_decides_its_target(
    as_: As, submit: Callable[..., int], due: Due, about: str, expected: str, shown: str
) -> None:
    ticket = submit(about=about)
    assert (due(ticket), as_("sola").ticket(ticket).about) == (expected, shown)


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ("Wrad", "there is no product, module or question 'Wrad': did you mean Ward?"),
        ("Ward / Bde", "there is no product, module or question 'Ward / Bde': did you mean Ward / Bed?"),
        ("Bed", "there is no product, module or question 'Bed'"),
        ("Ward / Bed / Alarm / loud", "there is no product, module or question"),
        ("xyz", "expected one of Ward, Ward / Bed, Ward / Bed / Alarm"),
    ],
)
def test_what_the_table_does_not_have_is_refused_by_name(as_: As, about: str, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        as_("sola").submit(Submission(title="x", category="it_other", about=about))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert as_("ada").count(View.ALL) == 0


def test_the_table_in_effect_says_what_requests_can_be_about(as_: As, store: Store) -> None:
    assert subjects(as_("sola").profile()) == [
        ("Ward", "", ""),
        ("Ward", "Bed", ""),
        ("Ward", "Bed", "Alarm"),
    ]
    take_up(store, PLAIN, 3, START)
    assert subjects(as_("sola").profile()) == []
    with pytest.raises(InvalidInput, match="this desk has no table of products, so nothing can be about one"):
        as_("sola").submit(Submission(title="x", category="it_other", about="Ward"))
    assert as_("sola").submit(Submission(title="x", category="it_other", about=" ")).version == 1


def test_the_most_special_row_goes_first_and_it_is_said_why(as_: As, submit: Callable[..., int]) -> None:
    because = {
        submit("remi", about="Ward / Bed", category="it_network"): "row hospital of the SLA table: customer Hospital",
        submit("sola", about="Ward", category="it_network"): "row ward of the SLA table: product Ward",
        submit("sola", category="it_network"): "row network of the SLA table: category it_network",
        submit("sola", category="plant_repairs"): "row plant of the SLA table: department plant",
        submit("sola"): "the clock's target of First line for priority Low",
    }
    for ticket, said in because.items():
        explained = as_("ada").explain(ticket)
        assert {clock.because for clock in explained.clocks if clock.name == "resolution"} == {said}
        assert explained.agrees
        assert {clock.because for clock in explained.clocks if clock.name == "seen"} == {
            "measured only: the clock has no targets"
        }


def test_another_category_or_department_is_another_target(
    as_: As, at: At, submit: Callable[..., int], due: Due
) -> None:
    ticket = submit()
    at("2026-09-28 11:00")  # two hours are used
    as_("lara").act(ticket, Action.SET_CATEGORY, category="it_network")
    assert due(ticket) == "Mon 14:00"
    as_("lara").act(ticket, Action.MOVE, category="plant_repairs")
    assert due(ticket) == "Mon 15:00"
    as_("olu").act(ticket, Action.MOVE, category="it_other")
    assert due(ticket) == "Mon 17:00"
    assert as_("ada").doctor().findings == ()


# Several clocks


def test_a_list_shows_the_clock_that_is_due_first_and_tells_what_is_left_later_without_reading(
    as_: As, at: At, clock: list[datetime], submit: Callable[..., int]
) -> None:
    ticket = submit()
    ife = as_("ife")
    row = ife.row(ticket)
    assert row is not None
    assert row.timer is not None
    assert (row.left.clock, row.left.seconds) == ("ack", 3_600)
    for later in ("2026-09-28 09:40", "2026-09-28 18:00", "2026-09-29 08:30"):
        at(later)
        again = ife.row(ticket)
        assert again is not None
        assert ife.left(row.timer) == again.left
    ife.act(ticket, Action.CLAIM)
    row = ife.row(ticket)
    assert row is not None
    assert (row.left.clock, row.left.seconds) == ("update", -2 * 3_600 - 1_800)
    assert row.next_due_at == datetime(2026, 9, 28, 14, tzinfo=UTC)  # since nine, six open hours
    assert clock[-1] > row.next_due_at


def test_the_clocks_of_a_ticket_are_told_main_first_and_then_as_the_profile_has_them(
    as_: As, submit: Callable[..., int]
) -> None:
    lines = as_("ife").ticket(submit()).clocks
    assert [(line.name, line.label, line.target) for line in lines] == [
        ("resolution", "Solved", "8bh"),
        ("ack", "Acknowledged", "1bh"),
        ("update", "Next word", "6bh"),
        ("seen", "Seen", ""),
    ]


def test_every_reply_begins_the_next_cycle_of_the_updates(
    as_: As, at: At, store: Store, submit: Callable[..., int], due: Due
) -> None:
    ticket = submit()
    at("2026-09-28 10:00")
    as_("ife").act(ticket, Action.REPLY, text="looking")
    at("2026-09-28 12:00")
    as_("sola").act(ticket, Action.REPLY, text="thanks")
    as_("ife").act(ticket, Action.WAIT, reason=WaitReason.VENDOR)  # this clock waits for nobody
    at("2026-09-28 13:00")
    as_("ife").act(ticket, Action.REPLY, text="still looking")
    assert rows(store, ticket, "update") == [(1, 1.0, "replied"), (2, 3.0, "replied"), (3, 0.0, None)]
    assert rows(store, ticket, "ack") == [(1, 1.0, "replied")]
    assert rows(store, ticket, "resolution") == [(1, 3.0, None)]
    assert due(ticket, "update") == "Tue 10:00"
    explained = as_("ada").explain(ticket)
    assert explained.agrees
    assert [(c.name, c.cycle) for c in explained.clocks if c.name == "update"] == [("update", n) for n in (1, 2, 3)]
    assert as_("ada").doctor().findings == ()


def test_a_sweep_finds_every_clock_of_a_ticket_that_ran_out(
    as_: As, at: At, store: Store, submit: Callable[..., int]
) -> None:
    ticket = submit()
    at("2026-09-29 08:00")
    assert as_("ada").sweep()[:2] == (1, 3)
    with store.read() as connection:
        query = sa.select(FACTS.c.version, FACTS.c.data).where(FACTS.c.kind == FactKind.BREACHED)
        told = [(version, data["clock"]) for version, data in connection.execute(query.order_by(FACTS.c.version))]
    assert told == [(2, "ack"), (3, "update"), (4, "resolution")]  # the last ended at closing

    assert as_("ada").sweep()[:2] == (0, 0)
    assert as_("ada").ticket(ticket).version == 4
    assert as_("ada").doctor().findings == ()


def test_an_earlier_cycle_that_was_changed_behind_its_back_is_found(
    as_: As, store: Store, submit: Callable[..., int]
) -> None:
    ticket = submit()
    as_("ife").act(ticket, Action.REPLY, text="looking")
    with store.write() as connection:
        connection.execute(
            sa.update(CLOCKS).where(CLOCKS.c.name == "update", CLOCKS.c.cycle == 1).values(consumed_us=7)
        )
    (finding,) = as_("ada").doctor().findings
    assert "update" in finding.field
    assert "consumed_us 7" in finding.stored
    assert not as_("ada").explain(ticket).agrees


# Tiers


def test_an_escalation_begins_the_next_tiers_cycle_in_the_pool(
    as_: As, at: At, store: Store, submit: Callable[..., int], due: Due
) -> None:
    ticket = submit()
    as_("ife").act(ticket, Action.CLAIM)
    at("2026-09-28 11:00")
    done = as_("ife").act(ticket, Action.ESCALATE, text="beyond us")
    assert (done.status, done.assignee_id) == (Status.NEW, None)
    assert rows(store, ticket, "resolution") == [(1, 2.0, "escalated"), (2, 0.0, None)]
    assert rows(store, ticket, "ack") == [(1, 0.0, "assigned")]  # it has no tiers of its own
    assert rows(store, ticket, "update") == [(1, 0.0, None)]
    assert due(ticket) == "Mon 15:00"
    seen = as_("lara").ticket(ticket)
    assert (seen.tier, seen.tier_label, seen.timeline[-1].text) == (2, "Second line", "beyond us")
    assert seen.timeline[-1].detail == "Second line, assignee nobody"
    assert [notice.ticket_id for notice in as_("lara").notices()] == [ticket, ticket]  # it came, and it came back
    assert as_("lara").count(View.UNASSIGNED) == 1
    at("2026-09-28 16:00")
    as_("ini").act(ticket, Action.CLAIM)
    as_("ini").act(ticket, Action.ESCALATE, text="and beyond us")
    assert rows(store, ticket, "resolution") == [(1, 2.0, "escalated"), (2, 5.0, "escalated"), (3, 0.0, None)]
    assert due(ticket) == "Tue 14:00"  # the third line has no target of its own: the default
    assert as_("ada").doctor().findings == ()


def test_the_last_tier_escalates_no_further(as_: As, submit: Callable[..., int]) -> None:
    ticket = submit()
    for _ in range(2):
        assert Action.ESCALATE in as_("lara").ticket(ticket).actions
        as_("lara").act(ticket, Action.ESCALATE, text="up")
    assert Action.ESCALATE not in as_("lara").ticket(ticket).actions
    with pytest.raises(NotAllowed, match="can't be escalated: there is no tier above it"):
        as_("lara").act(ticket, Action.ESCALATE, text="up")
    assert as_("lara").ticket(ticket).tier == 3


def test_a_cycle_that_ran_out_in_one_tier_is_not_late_in_the_next(
    as_: As, at: At, store: Store, submit: Callable[..., int]
) -> None:
    ticket = submit(priority="urgent")
    as_("ife").act(ticket, Action.ESCALATE, text="up")  # two open hours
    at("2026-09-28 12:00")
    as_("ife").act(ticket, Action.ESCALATE, text="up")  # one
    at("2026-09-28 14:00")
    as_("ada").sweep()
    query = sa.select(CLOCKS.c.cycle, CLOCKS.c.breached_at).where(CLOCKS.c.name == "resolution")
    with store.read() as connection:
        late = [tuple(row) for row in connection.execute(query.order_by(CLOCKS.c.cycle))]
    ten, twelve = (datetime(2026, 9, 28, hour, tzinfo=UTC) for hour in (10, 12))
    assert late == [(1, None), (2, ten), (3, twelve)]
    assert as_("ada").doctor().findings == ()


def test_a_reopened_ticket_begins_another_cycle_and_keeps_the_old_one(
    as_: As, at: At, store: Store, submit: Callable[..., int], due: Due
) -> None:
    ticket = submit()
    at("2026-09-28 11:00")
    as_("ife").act(ticket, Action.RESOLVE, cause="x", fix="y")
    at("2026-09-29 08:00")
    as_("sola").act(ticket, Action.REJECT, text="no")
    assert rows(store, ticket, "resolution") == [(1, 2.0, "resolved"), (2, 0.0, None)]
    assert rows(store, ticket, "update") == [(1, 2.0, None)]
    assert (due(ticket), due(ticket, "update")) == ("Tue 16:00", "Tue 12:00")
    assert as_("ada").doctor().findings == ()


# Versions of the profile


def test_old_tickets_keep_their_version_and_new_ones_come_under_the_one_in_effect(
    as_: As, at: At, store: Store, submit: Callable[..., int], due: Due
) -> None:
    old = submit(category="it_network")
    take_up(store, NEWER, 2, at("2026-09-28 12:00"))
    at("2026-09-28 11:59")
    still_old = submit(category="it_network")
    at("2026-09-28 12:00")
    new = submit(category="it_network")
    assert [as_("ada").ticket(ticket).profile for ticket in (old, still_old, new)] == ["wide v1", "wide v1", "wide v2"]
    assert [due(ticket) for ticket in (old, still_old, new)] == ["Mon 14:00", "Mon 16:59", "Mon 13:00"]
    assert [due(ticket, "ack") for ticket in (old, still_old, new)] == ["Mon 10:00", "Mon 12:59", "Mon 14:00"]
    as_("lara").act(old, Action.SET_PRIORITY, priority="urgent")
    as_("lara").act(old, Action.WAIT, reason=WaitReason.VENDOR)
    at("2026-09-28 13:00")
    as_("lara").act(old, Action.RESUME)
    assert due(old) == "Mon 15:00"
    assert "row network of the SLA table" in as_("ada").explain(old).clocks[0].because
    assert "row network_again of the SLA table" in as_("ada").explain(new).clocks[0].because
    assert as_("ada").doctor().findings == ()


def test_a_ticket_escalates_as_far_as_its_own_version_goes(
    as_: As, at: At, store: Store, submit: Callable[..., int]
) -> None:
    old = submit()
    take_up(store, NEWER, 2, at("2026-09-28 10:00"))
    new = submit()
    for ticket, tiers in ((old, 3), (new, 4)):
        for _ in range(tiers - 1):
            as_("lara").act(ticket, Action.ESCALATE, text="up")
        with pytest.raises(NotAllowed, match="there is no tier above it"):
            as_("lara").act(ticket, Action.ESCALATE, text="up")
    assert [as_("ada").ticket(ticket).tier_label for ticket in (old, new)] == ["Third line", "Fourth line"]


def test_a_session_that_is_open_takes_up_the_version_that_came_meanwhile(as_: As, at: At, store: Store) -> None:
    sola, ife = as_("sola"), as_("ife")
    first = sola.submit(Submission(title="x", category="it_network")).id
    assert ife.ticket(first).profile == "wide v1"
    take_up(store, NEWER, 2, at("2026-09-28 10:00"))
    second = sola.submit(Submission(title="x", category="it_network")).id
    assert ife.ticket(second).profile == "wide v2"
    assert {row.id for row in ife.page(View.ALL).rows} == {first, second}
    at("2026-09-28 10:30")
    assert [row.left.seconds for row in ife.page(View.ALL).rows] == [-1_800, 1_800]


def test_before_any_version_was_in_effect_the_first_one_is(as_: As, at: At, submit: Callable[..., int]) -> None:
    at("2020-01-06 09:00")
    assert as_("ada").ticket(submit()).profile == "wide v1"


# Whatever people do

LOGINS: Final = ("remi", "ife", "ini", "lara", "olu", "ada")
STEPS: Final = st.lists(
    st.tuples(
        st.sampled_from(LOGINS),
        st.integers(0, 99),
        st.sampled_from(("urgent", "low")),
        st.sampled_from(("it_other", "it_network", "plant_repairs")),
        st.sampled_from(("ife", "ini", "lara", "olu")),
        st.sampled_from(WaitReason),
        st.sampled_from((0, 1, 7, 30, 60, 240, 1_000, 5_000)),
    ),
    min_size=8,
    max_size=25,
)


@settings(max_examples=10)
@given(STEPS)
def test_whatever_people_do_every_cycle_is_what_the_facts_say(
    as_: As, clock: list[datetime], steps: list[tuple[str, int, str, str, str, WaitReason, int]]
) -> None:
    desks = {login: as_(login) for login in LOGINS}
    ticket = desks["remi"].submit(Submission(title="x", category="it_other")).id
    for login, number, priority, category, person, reason, minutes in steps:
        clock.append(clock[-1] + timedelta(minutes=minutes))
        if number % 7 == 0:
            desks["ada"].sweep()
        offered = desks["ada"].ticket(ticket).actions
        try:
            desks[login].act(
                ticket,
                offered[number % len(offered)] if offered else Action.REOPEN,
                text="said",
                cause="cause",
                fix="fix",
                stars=4,
                comment=CommentKind.NOTE,
                priority=priority,
                category=category,
                person=person,
                reason=reason,
            )
        except (NotAllowed, NotFound, InvalidInput):
            continue
    assert desks["ada"].doctor().findings == ()
    assert desks["ada"].explain(ticket).agrees
    clock.append(clock[-1] + timedelta(days=9))
    desks["ada"].sweep()
    assert desks["ada"].sweep()[:2] == (0, 0)
    assert desks["ada"].doctor().findings == ()
