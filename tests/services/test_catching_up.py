"""Blocks of measures say what the facts say: however they were made, whoever was first, and read at any place."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskterm.core.desk import Desk
from deskterm.core.domain.columns import FOREVER, Columns
from deskterm.core.domain.errors import DesktermError
from deskterm.core.domain.measured_columns import seconds
from deskterm.core.domain.measures import STANDING, Measured
from deskterm.core.domain.words import Action, Via, WaitReason
from deskterm.core.services import gathering
from deskterm.core.services.catching_up import catch_up
from deskterm.core.services.context import Context
from deskterm.core.services.intake import Submission
from deskterm.core.services.remeasuring import Remeasurer
from deskterm.core.store import blocks
from deskterm.core.store.engine import Store

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


@settings(max_examples=12)
@given(
    moves=st.lists(st.tuples(st.sampled_from(OPS), st.integers(0, 3), st.integers(0, 40)), min_size=4, max_size=14),
    data=st.data(),
)
def test_what_is_gathered_is_what_the_facts_say(
    context: Context, as_: As, clock: list[datetime], moves: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    tickets: list[int] = []
    for what, which, hours in moves:
        clock.append(clock[-1] + hours * HOUR)
        ticket = tickets[which % len(tickets)] if tickets else 0
        try:
            move(what, ticket, tickets, as_, context)
        except DesktermError:
            continue  # not everything can be done everywhere
    truth = told(context)
    assert gathered(context) == truth
    whole = [at for lines in truth.values() for line in lines for at in (line[1], line[1] + 1)] or [0]
    near = st.sampled_from(whole).map(lambda at: datetime.fromtimestamp(min(at, seconds(clock[-1])), UTC))
    since, until = sorted((data.draw(near), data.draw(near)))
    known = data.draw(near | st.just(clock[-1]))
    assert gathered(context, since=since, until=until, known=known) == naive(truth, since, until, known)
    catch_up(context.store, context.clock)
    assert stored(context.store) == truth
    assert gathered(context, since=since, until=until, known=known) == naive(truth, since, until, known)


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
