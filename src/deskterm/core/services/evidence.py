"""Evidence of a purchase: one file that proves it to whoever has neither the desk nor any reason to trust it.

It has the ticket's own entries in full. Of the entries of other tickets that stand between them and the signed head
it has only hashes: the chain can be followed, and nothing of theirs is read.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from deskterm.core.domain.access import sees_internal
from deskterm.core.domain.audit import START, Head, Written, body_hash, linked, read_entry
from deskterm.core.domain.erasure import whole
from deskterm.core.domain.errors import InvalidInput, NotAllowed, NotFound
from deskterm.core.domain.evidence import (
    FORMAT,
    Signer,
    Told,
    deciders,
    met,
    replayed,
    rounds_told,
    ticket_told,
    told_by,
)
from deskterm.core.domain.facts import reference
from deskterm.core.domain.heads import SignedHead
from deskterm.core.services.audit_facts import UNREADABLE
from deskterm.core.services.context import Context, seen
from deskterm.core.services.sealing import check_head
from deskterm.core.store import audit, directory
from deskterm.core.store.engine import Connection, Store

_SLICE: Final = 2_000
_VERIFY: Final = "run `deskterm audit verify`"


def prove(context: Context, ticket_id: int, heads: Sequence[SignedHead]) -> dict[str, Any]:
    """Gives the evidence of a ticket's purchase, up to the first of `heads` that covers all its entries.

    Without such a head it goes up to the ticket's last entry, and `head` is None.

    Raises:
        NotFound: when the ticket is not the actor's to see.
        NotAllowed: when its internal notes aren't, or the trail is not as its hashes or a head have it.
        InvalidInput: when it buys nothing.
    """
    with context.store.read() as connection:
        actor = context.actor(connection)
        ticket = seen(connection, actor, ticket_id, context.clock()).history.ticket
        if not sees_internal(actor, ticket):
            raise NotAllowed("evidence holds a ticket's internal notes: ask who works on it, or an executive")
        log_id, end = audit.head(connection)
        entries = audit.of_ticket(connection, ticket_id)
        story = _story(entries, reference(ticket_id))
        if not any(told.fact.purchase for told in story):
            raise InvalidInput(f"{reference(ticket_id)} buys nothing: there is no purchase to prove")
        signers = _signers(connection, story)
        names = directory.names(connection, met(story))
    first, last = entries[0].seq, entries[-1].seq
    head = _covering(heads, log_id, last, end.size)
    before, links = _links(context.store, log_id, first, head.head if head else Head(last, entries[-1].hash))
    return {
        "format": FORMAT,
        "log_id": log_id,
        "ticket": ticket_told(replayed(story)),
        "people": {str(person): name for person, name in sorted(names.items())},
        "rounds": rounds_told(log_id, story, signers),
        "entries": [_entry(entry) for entry in entries],
        "first": first,
        "before": before,
        "links": links,
        "head": head.line if head else None,
    }


def _entry(entry: Written) -> dict[str, object]:
    said = {"seq": entry.seq, "hash": entry.hash, "body": entry.body}
    return said if entry.texts is None else {**said, "texts": entry.texts}


def _story(entries: Sequence[Written], name: str) -> list[Told]:
    try:
        story = [told_by(whole(read_entry(entry.body), entry.texts)) for entry in entries]
        replayed(story)
    except UNREADABLE as error:
        raise NotAllowed(f"the audit trail of {name} doesn't hold, {error}: {_VERIFY}") from error
    return story


def _signers(connection: Connection, story: Sequence[Told]) -> dict[int, Signer]:
    """Gives who decided, by the version of each decision, as the trail had them then, else as they are now."""
    people = {person.id: (person.login or "", person.name) for person in directory.people(connection).values()}
    changes = list(_people_told(connection, story[-1].entry.seq))
    by_version = deciders(story)
    signers = {}
    for entry, _ in story:
        while changes and changes[0][0] < entry.seq:
            _, person, *said = changes.pop(0)
            people[person] = (said[0], said[1])
        if entry.version in by_version:
            signers[entry.version] = _signer(people, *by_version[entry.version])
    return signers


def _signer(people: Mapping[int, tuple[str, str]], by: int, behalf: int | None) -> Signer:
    login, name = people.get(behalf or 0, ("", ""))
    return Signer(people.get(by, ("", ""))[0], login or name)


def _people_told(connection: Connection, before: int) -> Iterator[tuple[int, int, str, str]]:
    """Gives what entries say of people: the entry's number, the person, login and name."""
    for written in audit.of_no_ticket(connection, before=before):
        try:
            entry = whole(read_entry(written.body), written.texts)
            if entry.kind == "person":
                data = json.loads(entry.data)
                yield written.seq, data["id"], data["login"] or "", data["name"]
        except UNREADABLE:
            continue


def _covering(heads: Sequence[SignedHead], log_id: str, last: int, size: int) -> SignedHead | None:
    mine = [head for head in heads if head.log_id == log_id and head.head.size >= last]
    head = next((head for head in sorted(mine, key=lambda head: head.head.size) if check_head(head)), None)
    if head is not None and head.head.size > size:
        raise NotAllowed(f"a head of {head.head.size} entries was signed, and the trail has {size}: {_VERIFY}")
    return head


def _links(store: Store, log_id: str, first: int, end: Head) -> tuple[str, list[str]]:
    """Gives the hash before entry `first`, and the hash of every body from there to `end`, in short reads."""
    hash_, links = START, list[str]()
    at = first - 1
    if at:
        with store.read() as connection:
            hash_ = next(audit.walk(connection, after=at - 1)).hash
    before = hash_
    while at < end.size:
        with store.read() as connection:
            part = list(islice(audit.walk(connection, after=at), min(_SLICE, end.size - at)))
        for entry in part:
            at += 1
            links.append(body_hash(entry.body))
            hash_ = linked(log_id, hash_, links[-1])
            if (entry.seq, entry.hash) != (at, hash_):
                raise NotAllowed(f"the audit trail doesn't hold at entry {at}: {_VERIFY}")
        if not part:
            raise NotFound(f"entry {at + 1} of the audit trail is gone: {_VERIFY}")
    if hash_ != end.hash:
        raise NotAllowed(f"the trail is not the one whose head of {end.size} entries was signed: {_VERIFY}")
    return before, links
