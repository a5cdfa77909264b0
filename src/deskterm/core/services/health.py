"""Doctor: is every row what its facts say? And the repair, which writes the difference down as a fact."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from deskterm.core.domain.chain import applying
from deskterm.core.domain.clocks import Clock, next_due
from deskterm.core.domain.errors import DesktermError, NotAllowed, told
from deskterm.core.domain.facts import Fact, reference
from deskterm.core.domain.history import History, extend, steps
from deskterm.core.domain.proof import Delegated, faults
from deskterm.core.domain.words import FactKind, Role
from deskterm.core.services.attaching import Checker, checker
from deskterm.core.services.audit_delegations import delegated
from deskterm.core.services.context import Context
from deskterm.core.services.policies import DeskPolicy, Policies
from deskterm.core.store import directory, lists, rounds, tickets, wordings
from deskterm.core.store.engine import Connection
from deskterm.core.store.tickets import Step

if TYPE_CHECKING:
    from deskterm.core.services.measure_check import MeasureCheck

_SLICE: Final = 200
LAW: Final = "law of purchases"
"""What a finding calls a breach of the law: facts that no repair changes."""
FILE: Final = "file"
"""What a finding calls a file that a fact names and that is missing or another: only a backup has it."""
WORDS: Final = "words"
"""What a finding calls what words find of a ticket. It is mended without a fact: the texts say it all."""

MEASURES: Final = "measures"
"""What a finding calls measures in blocks that are not those of the facts. They are made anew, without a fact."""

_TEXTS: Final = {"facts", "row", "title", "description", "requester_id", "department_id"}
"""The findings that words come from: put right, the words are too."""


class Finding(NamedTuple):
    """One thing that is not as the facts say: the stored value and what they fold to."""

    ticket: str
    field: str
    stored: str
    folded: str


class Report(NamedTuple):
    """What doctor looked at, what it found, and how many tickets it put right."""

    tickets: int
    facts: int
    findings: tuple[Finding, ...]
    repaired: int


class _Examined(NamedTuple):
    """A ticket with its row's version and what its facts fold to, None where that can't be told."""

    facts: int
    findings: list[Finding]
    version: int = 0
    folded: History | None = None


def examine(context: Context, progress: Callable[[int], None] = lambda _: None, *, repair: bool = False) -> Report:
    """Folds every ticket's facts and compares row, clocks, spans, words, files and measures.

    `progress` hears how many tickets are done.

    With `repair` a row that differs is made what its facts say, and a fact tells each field before and after; where a
    measure differs all blocks are made anew. What can't be read or folded stays as it is.

    Raises:
        NotAllowed: for anybody but an admin: the findings speak of every ticket.
        InvalidInput: for a desk of the past: what is stored is of now.
    """
    context.store.check_now()
    from deskterm.core.services.catching_up import make_anew  # noqa: PLC0415 - numpy is for who needs it
    from deskterm.core.services.measure_check import MeasureCheck  # noqa: PLC0415

    with context.store.read() as connection:
        if context.actor(connection).role is not Role.ADMIN:
            raise NotAllowed("doctor is an admin's: it reads every ticket")
        measures = MeasureCheck(connection, context.clock)
    seen = told = last = mended = 0
    findings: list[Finding] = []
    lost: list[int] = []
    files = checker(context)
    while True:
        with context.store.read() as connection:
            policies = context.policies(connection, fresh=True)
            keys = {category.id: category.key for category in directory.categories(connection).values()}
            could = delegated(connection)
            slice_ = lists.ids(connection, after=last, limit=_SLICE)
            examined = [
                _examined(connection, ticket_id, policies, keys, could, files, measures) for ticket_id in slice_
            ]
            measures.reckon()
            unlike = wordings.unlike(connection, slice_)
        for ticket_id, one in zip(slice_, examined, strict=True):
            told += one.facts
            findings += one.findings
            is_lost = ticket_id in unlike and not _TEXTS & {finding.field for finding in one.findings}
            if is_lost:
                findings.append(Finding(reference(ticket_id), WORDS, "other words", "those of its texts"))
                lost.append(ticket_id)
            mended += repair and (_repaired(context, one, policies) or is_lost)
        if not slice_:
            if repair and lost:
                _find_again(context, lost)
            unmeasured = _unmeasured(context, measures)
            if repair and unmeasured:
                make_anew(context.store, context.clock)
                # one with other findings is put right with them, or stays as it is
                mended += len({one.ticket for one in unmeasured} - {one.ticket for one in findings})
            findings += unmeasured
            return Report(seen, told, tuple(findings), mended)
        seen += len(slice_)
        last = slice_[-1]
        progress(seen)


def _examined(
    connection: Connection,
    ticket_id: int,
    policies: Policies,
    keys: Mapping[int, str],
    could: Delegated,
    files: Checker,
    measures: "MeasureCheck",
) -> _Examined:
    name = reference(ticket_id)
    version, profile_id = tickets.version_of(connection, ticket_id)
    try:
        facts = tickets.facts(connection, ticket_id)
        profile_id = (facts[0].profile_id if facts else None) or profile_id
        policy = policies.of(profile_id)
        known = steps(facts, policy, ticket_id)
        folded = known[-1][1]
        measures.take(known, policy, could)
    except (ValueError, KeyError, TypeError, RuntimeError, DesktermError) as error:
        return _Examined(0, [Finding(name, "facts", "can't be folded", told(error))])
    try:
        loaded = tickets.load(connection, ticket_id)
        spans = tickets.spans(connection, ticket_id)
    except ValueError as error:
        return _Examined(len(facts), [Finding(name, "row", "can't be read", str(error))], version, folded)
    if loaded is None:
        return _Examined(0, [])
    pairs = _pairs(History(loaded.history.ticket, loaded.history.clocks, spans), folded)
    pairs["next_due_at"] = (tickets.next_due_at(connection, ticket_id), next_due(folded.clocks))
    if folded.chain or loaded.history.chain:
        pairs |= _purchase(connection, ticket_id, folded)
    wrong = [(field, have, want) for field, (have, want) in pairs.items() if have != want]
    found = [Finding(name, field, _spelled(have), _spelled(want)) for field, have, want in wrong]
    found += [
        Finding(name, LAW, why, "no purchase without a complete, valid chain")
        for why in [*faults(facts, could), *_unlike(facts, policy), *_miscalled(facts, policy, keys)]
    ]
    found += [Finding(name, FILE, lost.why, lost.file.words) for lost in files(connection, facts)]
    return _Examined(len(facts), found, version, folded)


def _unlike(facts: list[Fact], policy: DeskPolicy) -> list[str]:
    """Gives the rounds that were not opened with the stages that the ticket's profile has for them."""
    profile = policy.profile
    return [
        f"fact {number}: its stages are not those of the profile"
        for number, fact in enumerate(facts, 1)
        if fact.purchase is not None and applying(profile.chain, fact.purchase, profile.currency) != fact.stages
    ]


def _miscalled(facts: list[Fact], policy: DeskPolicy, keys: Mapping[int, str]) -> list[str]:
    """Gives the categories whose kind, as the facts have it, is not what the ticket's profile says of them.

    A purchase that was called ordinary work owes no chain: nothing else would show that it went past one.
    """
    rules = (category for department in policy.profile.departments.values() for category in department.categories)
    wanted = {category.key: category.kind for category in rules}
    said: list[str] = []
    kind = None
    for number, fact in enumerate(facts, 1):
        kind = fact.category_kind or kind
        key = keys.get(fact.category_id or 0, "")
        if wanted.get(key, kind) is not kind:
            said.append(f"fact {number}: {key} is {wanted[key]} in its profile, not {kind}")
    return said


def _purchase(connection: Connection, ticket_id: int, folded: History) -> dict[str, tuple[object, object]]:
    """Gives the stored rounds and places beside what the facts say."""
    kept, slots = rounds.stored(connection, ticket_id)
    made = [rounds.round_row(one) for one in folded.chain]
    return _by_field("round", "round", kept, made) | _by_field("place", "number", slots, rounds.slot_rows(folded.chain))


def _by_field(
    what: str, key: str, stored: list[dict[str, Any]], folded: list[dict[str, Any]]
) -> dict[str, tuple[object, object]]:
    """Gives rows beside what they should be: field by field where there are both, whole where one is missing."""
    have, want = ({row[key]: row for row in rows} for rows in (stored, folded))
    pairs: dict[str, tuple[object, object]] = {}
    for number in sorted({*have, *want}):
        name = f"{what} {number}"
        if number in have and number in want:
            pairs |= {f"{name} {field}": (have[number][field], want[number][field]) for field in want[number]}
        else:
            pairs[name] = (have.get(number), want.get(number))
    return pairs


def _repaired(context: Context, one: _Examined, policies: Policies) -> bool:
    """Gives whether a ticket was put right: its facts gain one that says how, and its row is what they fold to."""
    mendable = [finding for finding in one.findings if finding.field not in {LAW, FILE}]
    if not mendable or one.folded is None:
        return False
    fact = Fact(
        kind=FactKind.REPAIRED,
        at=max(context.clock(), one.folded.ticket.updated_at),
        actor_id=context.actor_id,
        by_id=context.by_id,
        repaired=tuple((finding.field, finding.stored, finding.folded) for finding in mendable),
    )
    ticket = one.folded.ticket
    with context.store.write() as connection:
        _, profile_id = tickets.version_of(connection, ticket.id)
        after = extend(one.folded, fact, policies.of(ticket.profile_id or profile_id))
        return tickets.rewrite(connection, one.version, Step(fact, ticket.status, after), context.via)


def _find_again(context: Context, ticket_ids: list[int]) -> None:
    """Has words find what the texts of tickets say, and nothing that they don't."""
    with context.store.write() as connection:
        for start in range(0, len(ticket_ids), _SLICE):
            wordings.refresh(connection, ticket_ids[start : start + _SLICE])
        wordings.rebuild(connection)


def _unmeasured(context: Context, measures: "MeasureCheck") -> list[Finding]:
    with context.store.read() as connection:
        differ, unreadable = measures.damaged(connection)
    found = [Finding(reference(number), MEASURES, "other measures", "those of its facts") for number in differ]
    return found + [Finding("the desk", MEASURES, why, "what can be read") for why in unreadable]


def _spelled(value: object) -> str:
    """Gives a stored value as a person reads it: instants in UTC, a clock by those of its fields that say something."""
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        said = ((name, part) for name, part in asdict(value).items() if part is not None)
        return ", ".join(f"{name} {_spelled(part)}" for name, part in said)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_spelled(part)}" for name, part in value.items())
    if isinstance(value, tuple | list):
        return f"[{'; '.join(map(_spelled, value))}]"
    return "nothing" if value is None else str(value)


def _pairs(stored: History, folded: History) -> dict[str, tuple[object, object]]:
    have, want = asdict(stored.ticket), asdict(folded.ticket)
    if not folded.ticket.profile_id:  # an older program's facts don't say it
        del want["profile_id"]
    pairs: dict[str, tuple[object, object]] = {field: (have[field], want[field]) for field in want}
    kept, made = _cycles(stored.clocks), _cycles(folded.clocks)
    pairs |= {_said(place): (kept.get(place), made.get(place)) for place in sorted({*kept, *made})}
    pairs["spans"] = (stored.spans, folded.spans)
    return pairs


def _said(place: tuple[str, int]) -> str:
    name, cycle = place
    return f"clock {name}" if cycle == 1 else f"clock {name}, cycle {cycle}"


def _cycles(clocks: Iterable[Clock]) -> dict[tuple[str, int], Clock]:
    return {(clock.name, clock.cycle): clock for clock in clocks}
