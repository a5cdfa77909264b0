"""Two processes claim the same 200 tickets: each is won once, and nobody sees an error."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from deskterm.core.desk import Desk
from deskterm.core.domain.facts import Fact
from deskterm.core.domain.history import begin
from deskterm.core.domain.words import CategoryKind, FactKind, Status, Via
from deskterm.core.services.context import Context
from deskterm.core.store import tickets
from deskterm.core.store.engine import Store

COUNT = 200
CLAIMS = """
import json, sys
from datetime import UTC, datetime
from deskterm.core.desk import Desk
from deskterm.core.domain.errors import ChangedElsewhere, NotAllowed
from deskterm.core.domain.words import Action, Via
from deskterm.core.services import setup
from deskterm.core.store.engine import Store

url, login, *ids = sys.argv[1:]
store = Store(url)
desk = Desk(store, setup.identify(store, login)[0], lambda: datetime(2026, 9, 28, 9, tzinfo=UTC), Via.CLI)
print("ready", flush=True)
sys.stdin.readline()
won, lost = [], 0
for ticket in map(int, ids):
    try:
        desk.act(ticket, Action.CLAIM)
    except (ChangedElsewhere, NotAllowed):
        lost += 1
    else:
        won.append(ticket)
store.close()
print(json.dumps([desk.actor.id, won, lost]))
"""


@pytest.fixture
def pool(store: Store, as_: Callable[[str], Desk]) -> list[int]:
    remi = as_("remi").actor.id
    fact = Fact(
        kind=FactKind.SUBMITTED,
        at=datetime(2026, 9, 28, 8, tzinfo=UTC),
        actor_id=remi,
        status=Status.NEW,
        requester_id=remi,
        department_id=1,
        category_id=1,
        category_kind=CategoryKind.STANDARD,
        priority=3,
        title="x",
    )
    context = Context(store, remi, lambda: fact.at, Via.CLI)
    with store.read() as connection:
        profile_id, policy = context.policy_now(connection)
    new = tickets.New([tickets.Step(fact, None, begin(fact, policy))], profile_id)
    with store.write() as connection:
        return tickets.insert(connection, [new] * COUNT, Via.CLI)


@pytest.fixture
def racers(desk_url: str, pool: list[int]) -> Iterator[list["subprocess.Popen[str]"]]:
    with ExitStack() as stack:
        started = []
        for login in ("ife", "ini"):
            command = [sys.executable, "-c", CLAIMS, desk_url, login, *map(str, pool)]
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            started.append(stack.enter_context(process))
            stack.callback(process.kill)
        yield started


def said(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def test_no_ticket_is_claimed_twice_and_none_is_left(
    store: Store, as_: Callable[[str], Desk], pool: list[int], racers: list["subprocess.Popen[str]"]
) -> None:
    assert [said(process) for process in racers] == ["ready\n", "ready\n"]
    for process in racers:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    results = [json.loads(said(process)) for process in racers]
    assert [process.wait() for process in racers] == [0, 0]

    claimed = Counter(ticket for _, won, _ in results for ticket in won)
    assert claimed == dict.fromkeys(pool, 1)
    assert [len(won) + lost for _, won, lost in results] == [COUNT, COUNT]
    winners = {ticket: actor for actor, won, _ in results for ticket in won}
    with store.read() as connection:
        rows = connection.execute(sa.text("SELECT id, assignee_id FROM help_desk_tickets"))
        assert {row[0]: row[1] for row in rows} == winners
        facts = connection.execute(sa.text("SELECT ticket_id, actor_id FROM help_desk_facts WHERE kind = 'claimed'"))
        assert sorted((row[0], row[1]) for row in facts) == sorted(winners.items())
    assert as_("ada").doctor()[:2] == (COUNT, 2 * COUNT)
    assert as_("ada").doctor().findings == ()
