"""`sla replay`: every ticket's clocks from the same facts under another profile. Reads only."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NamedTuple, TypeAlias

from deskterm.core.domain.clocks import Clock
from deskterm.core.domain.errors import DesktermError, NotAllowed
from deskterm.core.domain.facts import reference
from deskterm.core.domain.history import fold
from deskterm.core.domain.undo import without
from deskterm.core.domain.words import FactKind
from deskterm.core.services.context import Context, load_policies
from deskterm.core.services.policies import DeskPolicy, checked_profile
from deskterm.core.store import lists, tickets
from deskterm.core.store.engine import Connection

_SLICE: Final = 500
_OBSERVED: Final = frozenset({FactKind.BREACHED, FactKind.REPAIRED})
"""What was seen of the clocks under the profile that was in effect: under another it is reckoned anew."""

Verdict: TypeAlias = Literal["met", "missed", "open", "measured"]


class Flip(NamedTuple):
    """A clock that would have ended otherwise."""

    id: int
    clock: str
    before: Verdict
    after: Verdict


@dataclass(slots=True)
class Score:
    """How often a clock was met where it is decided, before and after; `worse` and `better` are the flips."""

    clock: str
    of: str
    before_met: int = 0
    before_judged: int = 0
    after_met: int = 0
    after_judged: int = 0
    worse: int = 0
    better: int = 0

    def count(self, before: Verdict, after: Verdict) -> None:
        """Counts one ticket in."""
        self.before_met += before == "met"
        self.before_judged += before in {"met", "missed"}
        self.after_met += after == "met"
        self.after_judged += after in {"met", "missed"}
        self.worse += (before, after) == ("met", "missed")
        self.better += (before, after) == ("missed", "met")


class Replayed(NamedTuple):
    """What a replay came to; tickets that could not be folded are named in `left_out`."""

    tickets: int
    before: tuple[str, ...]
    after: str
    by_priority: tuple[Score, ...]
    by_department: tuple[Score, ...]
    flips: tuple[Flip, ...]
    left_out: tuple[str, ...]


def replay(
    context: Context,
    text: str,
    source: str,
    *,
    since: datetime | None,
    until: datetime | None,
    progress: Callable[[int, int], object],
) -> Replayed:
    """Gives compliance under the profile in `text` beside what the desk has, for tickets submitted in the period.

    `progress` hears how many of how many are done.

    Raises:
        ProfileError: when the profile can't be used.
        NotAllowed: for requesters; others see the tickets they see anywhere.
    """
    profile = checked_profile(text, source=source)
    scores: dict[tuple[str, str, str], Score] = {}
    flips: list[Flip] = []
    left_out: list[str] = []
    before_names: set[str] = set()
    done = 0
    with context.store.read() as connection:
        actor = context.actor(connection)
        if not actor.is_staff:
            raise NotAllowed("replaying is for staff: it reads the tickets of whole departments")
        scope = context.scope(connection)
        wanted = lists.submitted_between(connection, scope, since, until)
        policies = load_policies(connection)
        departments = policies.departments
    now, policy = context.clock(), policies.under(profile)
    for at in range(0, len(wanted), _SLICE):
        with context.store.read() as connection:
            replayed = list(_slice(connection, wanted[at : at + _SLICE], policy, left_out))
        for number, profile_id, department_id, rank, old, new in replayed:
            own = policies.of(profile_id).profile
            before_names.add(policies.name(profile_id))
            label = own.priorities[rank].label if rank in own.priorities else f"P{rank}"
            name = departments[department_id].name
            for clock in sorted({*own.clocks, *profile.clocks}):
                before, after = verdict(old, clock, now), verdict(new, clock, now)
                if {before, after} == {"measured"}:
                    continue
                for key, of in ((f"priority {rank}", label), ("department", name), ("all", "all")):
                    scores.setdefault((clock, key, of), Score(clock, of)).count(before, after)
                if {before, after} == {"met", "missed"}:
                    flips.append(Flip(number, clock, before, after))
        done += len(replayed)
        progress(min(at + _SLICE, len(wanted)), len(wanted))
    return Replayed(
        tickets=done,
        before=tuple(sorted(before_names)),
        after=f"{profile.key} v{profile.version}",
        by_priority=_grouped(scores, "priority"),
        by_department=_grouped(scores, "department"),
        flips=tuple(flips),
        left_out=tuple(left_out),
    )


def verdict(clocks: Iterable[Clock], name: str, now: datetime) -> Verdict:
    """Gives how a clock ended: `missed` when any cycle was late, `met` when all that were held ended in time."""
    held = [c for c in clocks if c.name == name and c.target_us is not None]
    if not held:
        return "measured"
    if any(c.breached_at or (c.running_since and c.due_at and c.due_at < now) for c in held):
        return "missed"
    return "met" if all(c.stopped_at for c in held) else "open"


_Line: TypeAlias = tuple[int, int, int, int, tuple[Clock, ...], tuple[Clock, ...]]


def _slice(connection: Connection, ids: list[int], policy: DeskPolicy, left_out: list[str]) -> Iterator[_Line]:
    try:
        facts, clocks = tickets.facts_of(connection, ids), tickets.clocks_of(connection, ids)
    except (ValueError, TypeError) as error:
        if len(ids) == 1:
            left_out.append(f"{reference(ids[0])}: {error}")
            return
        for number in ids:  # one of them can't be read: the others can
            yield from _slice(connection, [number], policy, left_out)
        return
    under = tickets.profiles_of(connection, ids)
    for number in ids:
        try:
            told = without(facts.get(number, ()), _OBSERVED)
            history = fold(told, policy, number)
        except (ValueError, TypeError, DesktermError) as error:
            left_out.append(f"{reference(number)}: {error}")
            continue
        ticket = history.ticket
        yield number, under[number], ticket.department_id, ticket.priority, clocks.get(number, ()), history.clocks


def _grouped(scores: dict[tuple[str, str, str], Score], kind: str) -> tuple[Score, ...]:
    chosen = [place for place in scores if place[1].startswith(kind) or place[1] == "all"]
    return tuple(scores[place] for place in sorted(chosen, key=lambda p: (p[0], p[1] == "all", p[1], p[2])))
