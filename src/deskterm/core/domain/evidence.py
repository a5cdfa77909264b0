"""Evidence of one purchase: what its entries of the audit trail say, in words that need no database.

docs/evidence.md has the format. What stands in it beside the entries is told from them here, so that a check can tell
it anew and compare.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from deskterm.core.domain.audit import Entry, instant
from deskterm.core.domain.chain import Round, chain_of
from deskterm.core.domain.facts import DECISIONS, Fact, Ticket, from_data, reference, submitted
from deskterm.core.domain.past import Past, advance
from deskterm.core.domain.signing import message_of
from deskterm.core.domain.words import FactKind

FORMAT: Final = "deskterm-evidence-v1"
KEYS: Final = frozenset({
    "format", "log_id", "ticket", "people", "rounds", "first", "before", "links", "entries", "head",
})  # fmt: skip


class Told(NamedTuple):
    """An entry of the ticket with the fact that it tells."""

    entry: Entry
    fact: Fact


class Signer(NamedTuple):
    """Who decided, by login as of then; `behalf` is the login, else the name, of whose place it was, "" their own."""

    login: str
    behalf: str


def told_by(entry: Entry) -> Told:
    """Gives an entry with its fact.

    Raises:
        AttributeError, KeyError, TypeError, ValueError: when it tells no fact.
    """
    if entry.kind != "fact":
        raise ValueError(f"it tells of a {entry.kind}, not of a ticket")
    data = json.loads(entry.data, object_pairs_hook=once)
    return Told(entry, from_data(entry.what, instant(entry.at_us), entry.actor_id, data))


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Gives a JSON object's pairs as a dict; raises ValueError where a key stands twice: readers differ on those."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def replayed(story: Sequence[Told]) -> Ticket:
    """Gives the ticket that its facts make.

    Raises:
        ValueError: when they aren't all there, or lead to another status than their entries say.
    """
    ticket: Ticket | None = None
    past: Past | None = None
    for number, (entry, fact) in enumerate(story, 1):
        before = None if ticket is None else ticket.status
        if ticket is None:
            ticket = submitted(fact, entry.ticket_id or 0)
        else:
            ticket, past = advance(past, ticket, fact)
        if entry.version != number:
            raise ValueError(f"version {number} of the ticket is missing: entry {entry.seq} has {entry.version}")
        if (entry.from_status, entry.to_status) != (before, ticket.status):
            raise ValueError(f"entry {entry.seq} says another status than its facts come to, {ticket.status}")
    if ticket is None:
        raise ValueError("there are no entries")
    return ticket


def deciders(story: Iterable[Told]) -> dict[int, tuple[int, int | None]]:
    """Gives, by the version of each decision, who decided and on behalf of whom (None for oneself)."""
    return {
        entry.version or 0: (fact.actor_id or 0, None if fact.on_behalf_of == fact.actor_id else fact.on_behalf_of)
        for entry, fact in story
        if fact.kind in DECISIONS
    }


def met(story: Iterable[Told]) -> set[int]:
    """Gives everybody whom the rounds name."""
    people: set[int | None] = set()
    for _, fact in story:
        if fact.purchase is not None or fact.kind in DECISIONS:
            people |= {fact.actor_id, fact.on_behalf_of, fact.by_id, fact.requester_id}
    return {person for person in people if person is not None}


def ticket_told(ticket: Ticket) -> dict[str, object]:
    """Gives what stands of the ticket itself."""
    return {
        "id": ticket.id,
        "reference": reference(ticket.id),
        "title": ticket.title,
        "status": ticket.status.value,
        "outcome": ticket.outcome.value if ticket.outcome else None,
        "version": ticket.version,
        "updated_at": at_told(ticket.updated_at),
    }


def rounds_told(log_id: str, story: Sequence[Told], signers: Mapping[int, Signer]) -> list[dict[str, object]]:
    """Gives the rounds: what was asked for, and each decision with what its signer signed.

    Raises:
        KeyError, ValueError: when a decision has no signer.
    """
    chain = chain_of(fact for _, fact in story)
    begun = [at for at, told in enumerate(story) if told.fact.kind is FactKind.REQUESTED]
    spans = zip(chain, begun, [*begun[1:], len(story)], strict=True)
    return [_round(one, story[begin:end], log_id, signers) for one, begin, end in spans]


def _round(one: Round, story: Iterable[Told], log_id: str, signers: Mapping[int, Signer]) -> dict[str, object]:
    return {
        "round": one.number,
        "state": one.state.value,
        "requested_by": one.asked_by,
        "requested_at": at_told(one.asked_at),
        "ended_at": at_told(one.ended_at) if one.ended_at else None,
        "purchase": one.purchase.as_data(),
        "total": one.purchase.total,
        "digest": one.digest,
        "stages": [
            {**spec._asdict(), "approvers": list(spec.approvers)} for spec in one.specs
        ],
        "decisions": [
            _decision(told, log_id, signers[told.entry.version or 0]) for told in story if told.fact.kind in DECISIONS
        ],
    }  # fmt: skip


def _decision(told: Told, log_id: str, signer: Signer) -> dict[str, object]:
    entry, fact = told
    behalf = None if fact.on_behalf_of == fact.actor_id else fact.on_behalf_of
    return {
        "seq": entry.seq,
        "version": entry.version,
        "stage": fact.stage,
        "decision": fact.kind.value,
        "by": fact.actor_id,
        "login": signer.login,
        "on_behalf_of": behalf,
        "on_behalf_login": "" if behalf is None else signer.behalf,
        "at": at_told(fact.at),
        "reason": fact.text or "",
        "digest": fact.digest,
        "signature": {**fact.signature._asdict(), "message": message(told, log_id, signer).decode()}
        if fact.signature
        else None,
    }


def message(told: Told, log_id: str, signer: Signer) -> bytes:
    """Gives what was signed; raises ValueError where nothing was, or nothing says by whom."""
    entry, fact = told
    logins = {fact.on_behalf_of or 0: signer.behalf} | {fact.actor_id or 0: signer.login}
    return message_of(log_id, entry.ticket_id or 0, entry.version or 0, fact, logins)


def at_told(at: datetime) -> str:
    """Gives an instant as evidence has it: UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
