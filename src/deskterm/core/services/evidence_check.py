"""Checking evidence: without the desk, without its database, and without believing a word that isn't proved."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from deskterm.core.domain.audit import START, Entry, Head, body_hash, linked, read_entry
from deskterm.core.domain.erasure import whole
from deskterm.core.domain.errors import DesktermError, InvalidInput
from deskterm.core.domain.evidence import (
    FORMAT,
    KEYS,
    Signer,
    Told,
    deciders,
    message,
    once,
    replayed,
    rounds_told,
    ticket_told,
    told_by,
)
from deskterm.core.domain.facts import DECISIONS
from deskterm.core.domain.heads import SignedHead, read_heads
from deskterm.core.domain.proof import faults
from deskterm.core.domain.text import clean
from deskterm.core.services.audit_facts import UNREADABLE
from deskterm.core.services.sealing import check_head
from deskterm.core.services.signing import check as check_signature

_UNREADABLE: Final = (*UNREADABLE, IndexError, DesktermError)
_HASH: Final = 64
_CONSEQUENCES: Final = "what follows from it is not counted"


class Checked(NamedTuple):
    """What a check came to. What isn't among the problems is proved, up to what docs/evidence.md says of its limits.

    `sealed` is the head that vouches for it, if one does; `signatures` counts those that were checked and hold.
    """

    problems: tuple[str, ...]
    reference: str = ""
    state: str = ""
    total: str = ""
    entries: int = 0
    links: int = 0
    decisions: int = 0
    signatures: int = 0
    until: datetime | None = None
    sealed: SignedHead | None = None


@dataclass(slots=True)
class _File:
    """What the file says, each value of the type that it should have."""

    log_id: str
    ticket: Mapping[str, Any]
    rounds: list[Mapping[str, Any]]
    entries: list[tuple[int, str, str, str | None]]
    first: int
    before: str
    links: list[str]
    head: SignedHead | None
    hashes: dict[int, str] = field(default_factory=dict)
    """The hash of every entry, as its links come to it."""


def read(text: str) -> dict[str, Any]:
    """Gives evidence from its file's text.

    Raises:
        InvalidInput: when it is no JSON object, or one in which a key stands twice.
    """
    try:
        found = json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"it is no evidence: {clean(str(error))[:200]}") from None
    if not isinstance(found, dict):
        raise InvalidInput("it is no evidence: no JSON object")
    return found


def check(
    evidence: Mapping[str, Any],
    *,
    keys: frozenset[str] | None = None,
    allowed_signers: Path | None = None,
    revoked: Path | None = None,
) -> Checked:
    """Proves evidence again, from its entries alone; each problem is one sentence.

    `keys` are the public keys of sealers that count, `allowed_signers` and `revoked` whose SSH key is whose.
    """
    try:
        file = _file(evidence)
    except _UNREADABLE as error:
        return Checked((f"it is no evidence of the form {FORMAT}: {_said(error)}",))
    if broken := list(_linked(file)):
        return Checked((*map(clean, broken), _CONSEQUENCES))
    problems = unsealed = list(_sealed(file, keys))
    try:
        story = [told_by(whole(read_entry(body), texts)) for _, _, body, texts in file.entries]
        if broken := list(_placed(file, [told.entry for told in story])):
            return Checked((*map(clean, broken), _CONSEQUENCES))
        ticket = replayed(story)
        problems = [*unsealed, *faults([fact for _, fact in story])]
        signers = _signers(file.rounds, story)
        rounds = rounds_told(file.log_id, story, signers)
    except _UNREADABLE as error:
        return Checked((*map(clean, problems), f"its entries tell no whole story: {_said(error)}"))
    problems += _retold(file, ticket_told(ticket), rounds)
    held, wrong = _signatures(file, story, signers, allowed_signers, revoked)
    last: dict[str, Any] = rounds[-1] if rounds else {}
    problems += [] if rounds else ["it proves no purchase: none of its entries requests one"]
    return Checked(
        tuple(map(clean, [*problems, *wrong])), str(ticket_told(ticket)["reference"]), last.get("state", ""),
        last.get("total", ""), len(story), len(file.links), len(signers), held, ticket.updated_at,
        None if unsealed else file.head,
    )  # fmt: skip


def _file(evidence: Mapping[str, Any]) -> _File:
    if evidence["format"] != FORMAT:
        raise ValueError(f"it says {evidence['format']!r}")
    if unlike := evidence.keys() ^ KEYS:
        raise ValueError(f"it has no {min(unlike)}, or that is none of its parts")
    people = evidence["people"]
    if not isinstance(people, dict) or not all(isinstance(name, str) for name in people.values()):
        raise TypeError("people are names by number")
    entries = [_entry(one) for one in _of(evidence["entries"], list)]
    if not entries:
        raise ValueError("it has no entries")
    head = evidence["head"]
    return _File(
        _of(evidence["log_id"], str),
        _of(evidence["ticket"], dict),
        [_of(one, dict) for one in _of(evidence["rounds"], list)],
        entries,
        _of(evidence["first"], int),
        _hex(evidence["before"]),
        [_hex(one) for one in _of(evidence["links"], list)],
        None if head is None else _head(_of(head, str)),
    )


def _head(line: str) -> SignedHead:
    (head,) = read_heads([line])
    if head.line != line:
        raise ValueError("its head is spelled in another way than it is written")
    return head


def _entry(one: Mapping[str, Any]) -> tuple[int, str, str, str | None]:
    if one.keys() - {"texts"} != {"seq", "hash", "body"}:
        raise ValueError("an entry has its number, hash and body, the texts beside it if there are any, and no more")
    texts = _of(one["texts"], str) if "texts" in one else None
    return _of(one["seq"], int), _hex(one["hash"]), _of(one["body"], str), texts


def _of(value: Any, kind: type) -> Any:  # noqa: ANN401 - JSON
    if type(value) is not kind:
        raise TypeError(f"{str(value)[:40]!r} is no {kind.__name__}")
    return value


def _hex(value: object) -> str:
    text = str(_of(value, str))
    if len(text) != _HASH or set(text) - set("0123456789abcdef"):
        raise ValueError(f"{text[:_HASH]!r} is no SHA-256")
    return text


def _said(error: Exception) -> str:
    gone = isinstance(error, KeyError) and error.args
    return clean(f"{error.args[0]} is missing" if gone else str(error))[:200] or type(error).__name__


def _linked(file: _File) -> Iterator[str]:
    """Gives where the chain of hashes doesn't hold; follows it to the end, which gives the file its `hashes`."""
    hash_, goes_wrong = file.before, False
    for seq, link in enumerate(file.links, file.first):
        hash_ = file.hashes[seq] = linked(file.log_id, hash_, link)
    if file.first < 1 or (file.first == 1) != (file.before == START):
        yield "it begins the log where the log doesn't begin"
    for seq, stated, body, _ in file.entries:
        if seq not in file.hashes:
            yield f"entry {seq} is outside the chain of hashes that the file has"
        elif body_hash(body) != file.links[seq - file.first]:
            yield f"entry {seq} is not the one in the chain: its text was changed, or it is of another place"
        elif stated != file.hashes[seq] and not goes_wrong:
            goes_wrong = True  # as every later one does then
            yield f"entry {seq} says another hash than the chain comes to"


def _placed(file: _File, entries: list[Entry]) -> Iterator[str]:
    """Gives what entries say of themselves that is not so."""
    numbers = [seq for seq, *_ in file.entries]
    if numbers != sorted(set(numbers)) or numbers[0] != file.first:
        yield "its entries are not in the order of their numbers, from the first one on"
    ticket_id = file.ticket.get("id")
    for seq, entry in zip(numbers, entries, strict=True):
        if (entry.log, entry.seq) != (file.log_id[:8], seq):
            yield f"entry {seq} says that it is entry {entry.seq} of the log {entry.log}"
        if entry.ticket_id != ticket_id or type(ticket_id) is not int:
            yield f"entry {seq} is of another ticket"


def _sealed(file: _File, keys: frozenset[str] | None) -> Iterator[str]:
    """Gives why the head doesn't vouch for what the chain comes to."""
    head = file.head
    last = file.first + len(file.links) - 1
    if head is None:
        yield "no signed head covers it: whoever can write the database could have made all of it"
        return
    if head.log_id != file.log_id:
        yield f"its head is of another log, {head.log_id}"
    if head.head != Head(last, file.hashes.get(last, "")):
        yield "its head is not the one that its chain of hashes comes to"
    if not check_head(head):
        yield "its head is not signed by the key that it names"
    if keys is None:
        yield f"its head names the key {head.key}, and nothing says whether that counts: give --key"
    elif head.key not in keys:
        yield f"its head is signed by an unknown key, {head.key}"


def _signers(rounds: list[Mapping[str, Any]], story: list[Told]) -> dict[int, Signer]:
    said = {
        _of(one["version"], int): Signer(_of(one["login"], str), _of(one["on_behalf_login"], str))
        for round_ in rounds
        for one in _of(round_["decisions"], list)
    }
    return {version: said[version] for version in deciders(story)}


def _retold(file: _File, ticket: Mapping[str, object], rounds: list[dict[str, object]]) -> Iterator[str]:
    """Gives what the file tells in another way than its entries."""
    if _spelled(file.ticket) != _spelled(ticket):
        yield "what it says of the ticket is not what its entries say"
    if len(rounds) != len(file.rounds):
        yield f"it has {len(file.rounds)} rounds, its entries tell of {len(rounds)}"
    for have, want in zip(file.rounds, rounds, strict=False):
        different = sorted(
            key for key in have.keys() | want.keys() if _spelled(have.get(key)) != _spelled(want.get(key))
        )
        for key in different:
            yield f"round {want['round']}: what it says of {key} is not what its entries say"


def _spelled(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _signatures(
    file: _File, story: list[Told], signers: Mapping[int, Signer], allowed: Path | None, revoked: Path | None
) -> tuple[int, list[str]]:
    """Gives how many signatures hold, and what is wrong with the others."""
    signed = [told for told in story if told.fact.kind in DECISIONS and told.fact.signature]
    if signed and allowed is None:
        return 0, ["signatures are there but were not checked: give --allowed-signers"]
    once_each = _Unlike(file, signers)
    said = [(told, once_each.wrong(told) or _by_key(file, told, signers, allowed, revoked)) for told in signed]
    wrong = [f"the signature of version {told.entry.version} doesn't hold: {why}" for told, why in said if why]
    return len(signed) - len(wrong), wrong


class _Unlike:
    """What no two signatures share, and where in the log each was made."""

    def __init__(self, file: _File, signers: Mapping[int, Signer]) -> None:
        self._places = {file.before: file.first - 1} | {hash_: seq for seq, hash_ in file.hashes.items()}
        self._signers = signers
        self._nonces: set[str] = set()
        self._people: dict[str, int | None] = {}

    def wrong(self, told: Told) -> str:
        """Gives why a signature can't be one of this decision, whoever made it."""
        given, login = told.fact.signature, self._signers[told.entry.version or 0].login
        if given is None or self._places.get(given.head, told.entry.seq) >= told.entry.seq:
            return "it was made behind an entry that is not before it"
        if given.nonce in self._nonces:
            return "it stands twice"
        self._nonces.add(given.nonce)
        if self._people.setdefault(login, told.fact.actor_id) != told.fact.actor_id:
            return f"{login} signed for somebody else too"
        return ""


def _by_key(file: _File, told: Told, signers: Mapping[int, Signer], allowed: Path | None, revoked: Path | None) -> str:
    entry, fact = told
    if fact.signature is None or allowed is None:
        return "there is nothing to check it with"
    signer = signers[entry.version or 0]
    text, armor = message(told, file.log_id, signer), fact.signature.armor
    return check_signature(text, armor, signer.login, fact.at, allowed, revoked)
