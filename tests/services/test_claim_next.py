"""`claim --next`: the most urgent ticket that one may take, also when everybody asks at once."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from threading import Thread

import pytest
import sqlalchemy as sa

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import NotAllowed, NotFound
from deskterm.core.domain.filters import parse_filter
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action, Role, Status, WaitReason
from deskterm.core.services.intake import Submission
from deskterm.core.store.engine import Store
from deskterm.core.store.tables import TICKETS

As = Callable[[str], Desk]
COUNT = 60
LOGINS = ("ife", "ife", "ini", "ola")
TAKES = """
import json, sys
from datetime import UTC, datetime
from deskterm.core.desk import Desk
from deskterm.core.domain.errors import NotFound
from deskterm.core.domain.words import Via
from deskterm.core.services import setup
from deskterm.core.store.engine import Store

url, login = sys.argv[1:]
store = Store(url)
desk = Desk(store, setup.identify(store, login)[0], lambda: datetime(2026, 9, 28, 9, tzinfo=UTC), Via.CLI)
print("ready", flush=True)
sys.stdin.readline()
won = []
while True:
    try:
        won.append(desk.claim_next().id)
    except NotFound:
        break
store.close()
print(json.dumps([desk.actor.id, won]))
"""


@pytest.fixture
def submit(as_: As) -> Callable[..., int]:
    def make(title: str, *, category: str = "it_infrastructure", **more: str) -> int:
        return as_("remi").submit(Submission(title=title, category=category, **more)).id  # type: ignore[arg-type]

    return make


@pytest.fixture
def racers(desk_url: str) -> Iterator[Callable[[], list["subprocess.Popen[str]"]]]:
    with ExitStack() as stack:

        def start() -> list["subprocess.Popen[str]"]:
            started = []
            for login in LOGINS:
                command = [sys.executable, "-c", TAKES, desk_url, login]
                process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
                started.append(stack.enter_context(process))
                stack.callback(process.kill)
            return started

        yield start


def said(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def _scalar(store: Store, query: sa.TextClause) -> object:
    with store.read() as connection:
        return connection.scalar(query)


def test_the_most_urgent_comes_first_and_the_queue_says_which(as_: As, submit: Callable[..., int]) -> None:
    submit("Low", priority="low")
    submit("Urgent", priority="urgent")
    submit("Urgent too, but later", priority="urgent")
    submit("Plain")
    wanted = [row.id for row in as_("ife").page("unassigned").rows]  # type: ignore[arg-type]

    taken = [as_("ife").claim_next() for _ in range(4)]

    assert [done.id for done in taken] == wanted == [2, 3, 4, 1]
    assert {(done.status, done.assignee_id) for done in taken} == {(Status.ASSIGNED, as_("ife").actor.id)}
    with pytest.raises(NotFound, match=r"^nothing waits to be taken$"):
        as_("ife").claim_next()


def test_it_goes_through_the_one_door(as_: As, submit: Callable[..., int]) -> None:
    number = submit("Printer jams")
    as_("ife").claim_next()

    entry = as_("ife").ticket(number).timeline[-1]
    assert (entry.kind, entry.actor, entry.version) == ("claimed", "Ife of IT", 2)
    assert as_("ada").doctor().findings == ()
    response = next(clock for clock in as_("ife").ticket(number).clocks if clock.name == "response")
    assert response.left.state == "stopped"


def test_what_is_not_in_the_pool_is_never_given(as_: As, submit: Callable[..., int]) -> None:
    wanted = Wanted(("1 x Toner @ 45.00",), "NGN", "We print")
    as_("remi").submit(Submission(title="Waits for its chain", category="it_procurement", purchase=wanted))
    as_("ini").act(submit("Somebody has it", priority="urgent"), Action.CLAIM)
    as_("ini").act(submit("Closed", priority="urgent"), Action.CANCEL, text="twice")
    done = submit("Solved by who never had it", priority="urgent")
    as_("ini").act(done, Action.RESOLVE, cause="dust", fix="cleaned")
    paused = submit("Waits for a vendor", priority="urgent")
    as_("ini").act(paused, Action.WAIT, reason=WaitReason.VENDOR)
    free = submit("Free", priority="low")

    assert [as_("ife").claim_next().id for _ in range(2)] == [free, paused]
    with pytest.raises(NotFound):
        as_("ife").claim_next()


def test_nobody_is_given_another_departments_ticket(as_: As, submit: Callable[..., int]) -> None:
    submit("Of IT", priority="urgent")
    as_("ola").submit(Submission(title="Asked of IT by an agent of operations", category="it_infrastructure"))

    with pytest.raises(NotFound):
        as_("ola").claim_next()
    for login in ("remi", "ezra"):
        with pytest.raises(NotAllowed, match="only a department's staff take tickets"):
            as_(login).claim_next()
    assert as_("ada").claim_next().id == 1
    assert as_("lara").claim_next().id == 2


def test_a_right_that_ended_ends_at_once(as_: As, submit: Callable[..., int]) -> None:
    submit("Of IT")
    ife = as_("ife")
    as_("ada").change_person("ife", role=Role.AGENT, department="operations")
    with pytest.raises(NotFound):
        ife.claim_next()
    as_("ada").change_person("ife", active=False)
    with pytest.raises(NotAllowed, match="no longer active"):
        ife.claim_next()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("prio:1", 2), ("printer", 1), ("from:me", None), ("@me", None), ("dept:it printer", 1), ("status:closed", None)],
)
def test_a_filter_narrows_what_is_given(as_: As, submit: Callable[..., int], text: str, wanted: int | None) -> None:
    submit("The printer jams", priority="low")
    submit("No network", priority="urgent")

    if wanted is not None:
        assert as_("ife").claim_next(parse_filter(text)).id == wanted
        return
    with pytest.raises(NotFound, match=r"^nothing that fits the filter waits to be taken$"):
        as_("ife").claim_next(parse_filter(text))


def test_everybody_who_asks_at_once_gets_another_one_and_none_is_left(
    store: Store,
    as_: As,
    submit: Callable[..., int],
    racers: Callable[[], list["subprocess.Popen[str]"]],
) -> None:
    pool = [submit(f"Request {number}") for number in range(COUNT)]
    elsewhere = [submit(f"Of operations {number}", category="operations_repairs") for number in range(3)]
    started = racers()
    assert [said(process) for process in started] == ["ready\n"] * len(LOGINS)
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    results = [json.loads(said(process)) for process in started]
    assert [process.wait() for process in started] == [0] * len(LOGINS)

    *of_it, (_, of_operations) = results
    assert sorted(of_operations) == elsewhere
    assert Counter(ticket for _, won in of_it for ticket in won) == dict.fromkeys(pool, 1)
    assert min(len(won) for _, won in of_it) > 0
    winners = {ticket: actor for actor, won in results for ticket in won}
    with store.read() as connection:
        rows = connection.execute(sa.select(TICKETS.c.id, TICKETS.c.assignee_id))
        assert {row[0]: row[1] for row in rows} == winners
    assert as_("ada").doctor().findings == ()


@pytest.mark.parametrize("backend", ["postgres"])
def test_what_somebody_else_holds_is_passed_over_and_waited_for_only_at_the_end(
    store: Store, as_: As, submit: Callable[..., int]
) -> None:
    first, second = submit("Urgent", priority="urgent"), submit("Low", priority="low")
    won: list[int] = []
    waiting = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")

    with store.write() as holder:
        holder.execute(sa.select(TICKETS.c.id).where(TICKETS.c.id == first).with_for_update())
        assert as_("ife").claim_next().id == second
        last = Thread(target=lambda: won.append(as_("ini").claim_next().id), daemon=True)
        last.start()
        while not _scalar(store, waiting):  # a read sees the activity of one moment
            assert last.is_alive()
    last.join(60)
    assert won == [first]
