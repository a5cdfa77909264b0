"""Attacks on the audit trail, each at many places, on both databases: every one is seen, and called by its name.

The attackers: W can write the database, K is the service account too and adds what looks real, S also has the
sealer's key. What the database itself would refuse is out of their way. Heads and approvers' keys are outside.
"""

import json
import pickle
import shutil
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

import psycopg
import pytest
import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import sql

from deskterm.core.desk import Desk
from deskterm.core.domain.audit import START, Entry, Head, hashed, read_entry, spelled
from deskterm.core.domain.facts import Fact, Ticket, apply, from_data, submitted, to_data
from deskterm.core.domain.heads import SignedHead
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.signing import message
from deskterm.core.domain.stages import Signed
from deskterm.core.domain.trail import Alarm, Damage, Decided, Verdict
from deskterm.core.domain.words import Action, FactKind, Via, WaitReason
from deskterm.core.services import setup, signing
from deskterm.core.services.auditing import verify
from deskterm.core.services.context import Keys
from deskterm.core.services.intake import Submission
from deskterm.core.store.audit import fact_entry
from deskterm.core.store.engine import Store
from deskterm.core.store.tables import APPROVALS, AUDIT, COMMENTS, FACTS, META, PEOPLE, TICKETS, Base

PLACES: Final = 10
BEGUN: Final = datetime(2026, 9, 28, 8, 0, tzinfo=UTC)
EVERY: Final = 20
"""So many entries are there between two heads."""
Rows = list[dict[str, Any]]
State = dict[str, Rows]


@cache
def key_of(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())


def public(key: Ed25519PrivateKey) -> str:
    return b64encode(key.public_key().public_bytes_raw()).decode()


SEALER: Final = key_of("sealer")


def sealed(log_id: str, head: Head, at: datetime, key: Ed25519PrivateKey = SEALER) -> SignedHead:
    unsigned = SignedHead(log_id, head, at, public(key))
    return unsigned._replace(signature=b64encode(key.sign(unsigned.message)).decode())


def holds(head: SignedHead) -> bool:
    try:
        key_of("sealer").public_key().verify(b64decode(head.signature), head.message)
    except InvalidSignature:
        return False
    return True


def unlike(decided: Decided) -> str:
    """Gives why an approver's signature doesn't hold; approvers sign with Ed25519 keys of their own here."""
    said = decided._asdict()
    signed, _ = said.pop("signed"), said.pop("at")
    try:
        text = message(**said, head=signed.head, nonce=signed.nonce)
        key_of(decided.login).public_key().verify(b64decode(signed.armor), text)
    except (InvalidSignature, ValueError):
        return "it is not a signature of this decision"
    return ""


class World(NamedTuple):
    """What a desk came to: its rows at every head, the last of them as it is now."""

    log_id: str
    states: list[bytes]
    heads: list[SignedHead]
    now: datetime


def dump(engine: sa.Engine) -> State:
    with engine.connect() as connection:
        return {
            table.name: [
                dict(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key)).mappings()
            ]
            for table in Base.metadata.sorted_tables
        }


@pytest.fixture(scope="session")
def world(sqlite_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A desk at work: repairs and purchases, signed approvals, people that come and go; a head every now and then."""
    path = tmp_path_factory.mktemp("world") / "desk.db"
    shutil.copyfile(sqlite_desk, path)
    states: list[bytes] = []
    heads: list[SignedHead] = []
    with pytest.MonkeyPatch.context() as patched, closing(Store(f"sqlite:///{path}")) as store:
        patched.setattr(signing, "sign", lambda text, key: b64encode(key_of(key.name).sign(text)).decode())
        patched.setattr(signing, "check", lambda *_: "")
        now = BEGUN

        def seal() -> None:
            state = dump(store.writer)
            log = state[AUDIT.name]
            states.append(pickle.dumps(state))
            heads.append(sealed(state[META.name][0]["log_id"], Head(log[-1]["seq"], log[-1]["hash"]), now))

        def desk(login: str) -> Desk:
            keys = Keys(Path(login), Path("allowed_signers"))
            return Desk(store, setup.identify(store, login)[0], lambda: now, Via.CLI, keys=keys)

        for work in happenings(desk):
            now += timedelta(seconds=90)
            work()
            with store.read() as connection:
                size = connection.scalar(sa.select(sa.func.max(AUDIT.c.seq))) or 0
            if not heads or size >= heads[-1].head.size + EVERY:
                seal()
        if heads[-1].head.size < size:
            seal()
    return World(heads[0].log_id, states, heads, now)


def happenings(desk: Callable[[str], Desk]) -> Iterator[Callable[[], object]]:
    """Gives what happens at the desk, one thing at a time, tickets among one another."""
    text = (Path(__file__).parents[2] / "data" / "profiles" / "acob.toml").read_text("utf-8").split("[[tests]]")[0]
    signed = text.replace('key = "department_lead"', 'key = "department_lead"\nsignature = "required"')
    yield lambda: desk("ada").apply_profile(signed.replace("version = 1\n", "version = 2\n"), "acob.toml")
    yield lambda: desk("ada").add_person(
        name="Ngozi Nwosu", role=desk("ife").actor.role, login="ngozi", department="it"
    )
    yield lambda: desk("ezra").delegate("ife", date(2026, 10, 5), date(2026, 10, 9), "leave")
    yield lambda: desk("ada").change_person("ngozi", active=False)
    stories = [iter(story(desk, number)) for number in range(24)]
    going = list(stories)
    while going:
        for one in list(going):
            step = next(one, None)
            if step is None:
                going.remove(one)
            else:
                yield step
    # the last signed decisions are over, what follows is ordinary work
    for number in (1, 4):
        yield lambda: desk("ife").act(number + 1, Action.NOTE, text=f"Café, no. {number}")  # noqa: B023 - done at once


def story(desk: Callable[[str], Desk], number: int) -> Iterator[Callable[[], object]]:
    ticket = 0

    def submit(category: str, purchase: Wanted | None = None) -> None:
        nonlocal ticket
        given = Submission(
            title=f"Café {number}: the printer is out", category=category, description="It's über-broken."
        )
        given = given if purchase is None else Submission(**{**asdict(given), "purchase": purchase})
        ticket = desk("remi" if number % 2 else "sola").submit(given).id

    def act(login: str, action: Action, **said: Any) -> Callable[[], object]:
        return lambda: desk(login).act(ticket, action, **said)

    if number % 3 == 0:
        bought = Wanted(lines=("2 x Toner @ 45.00", f"{number + 1} x Paper @ 9.50"), justification="none is left")
        yield lambda: submit("it_procurement", bought)
        if number < 18:
            yield act("lara", Action.APPROVE)
            yield act("hana", Action.APPROVE, text="in the budget")
            yield act("ezra", Action.APPROVE)
            yield act("ife", Action.CLAIM)
        return
    yield lambda: submit("it_infrastructure")
    yield act("ife", Action.CLAIM)
    yield act("ife", Action.NOTE, text="Das Gerät ist heiß: naïve façade")
    yield act("ife", Action.REPLY, text="Is it on?")
    if number % 3 == 1:
        yield act("ife", Action.WAIT, reason=WaitReason.VENDOR)
        yield act("lara", Action.SET_PRIORITY, priority="high")
        yield act("ife", Action.RESUME)
        return
    yield act("ife", Action.RESOLVE, cause="no toner", fix="toner")
    yield act("remi" if number % 2 else "sola", Action.CONFIRM)
    yield act("remi" if number % 2 else "sola", Action.RATE, stars=4)


class Trail:
    """The desk's database as an attacker has it, with the heads that were kept outside."""

    def __init__(self, world: World, url: str, *, postgres: bool) -> None:
        self.world, self.postgres = world, postgres
        self.store = Store(url)
        self._engine = sa.create_engine(url)
        self._stored: State = {}
        self.reset()
        self.write()

    def reset(self) -> None:
        """Puts everything in hand back as it was."""
        self.state: State = pickle.loads(self.world.states[-1])  # noqa: S301 - made a moment ago
        self.heads: list[SignedHead] | None = list(self.world.heads)
        self.keys = frozenset({public(SEALER)})
        self.now = self.world.now + timedelta(seconds=5)

    def write(self, *, everything: bool = False) -> None:
        """Writes what is in hand to the database."""
        with self._engine.begin() as connection:
            if self.postgres:
                connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
            for table in Base.metadata.sorted_tables:
                rows = self.state[table.name]
                if not everything and rows == self._stored.get(table.name):
                    continue
                connection.execute(sa.delete(table))
                if rows:
                    connection.execute(sa.insert(table), rows)
                self._stored[table.name] = pickle.loads(pickle.dumps(rows))  # noqa: S301 - made a moment ago

    def sql(self, statement: str, **values: object) -> None:
        """Runs a statement past every guard."""
        with self._engine.begin() as connection:
            if self.postgres:
                connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
            connection.execute(sa.text(statement), values)

    def verify(self) -> Verdict:
        return verify(
            self.store, heads=self.heads, keys=self.keys, now=self.now, check_head=holds, check_signature=unlike
        )

    def close(self) -> None:
        self.store.close()
        self._engine.dispose()

    @property
    def log(self) -> Rows:
        return self.state[AUDIT.name]

    def row(self, table: sa.Table, **where: object) -> dict[str, Any]:
        return next(row for row in self.state[table.name] if all(row[key] == value for key, value in where.items()))

    def entry(self, at: int) -> Entry:
        """Gives entry `at`, counted from 1."""
        return read_entry(self.log[at - 1]["body"])

    def entries(self, *what: str) -> list[Entry]:
        """Gives the entries of facts of these kinds, of any where none is said."""
        found = [read_entry(row["body"]) for row in self.log]
        return [entry for entry in found if entry.kind == "fact" and (not what or entry.what in what)]

    def put(self, at: int, entry: Entry) -> None:
        """Writes the body of entry `at`, and its ticket; the hash stays."""
        row = self.log[at - 1]
        texts = row["texts"] if entry.texts is not None else None
        row |= {"body": spelled(entry), "ticket_id": entry.ticket_id, "texts": texts}

    def chain(self, since: int) -> None:
        """Makes numbers and hashes anew from entry `since` on."""
        last = self.log[since - 2]["hash"] if since > 1 else START
        for at, row in enumerate(self.log[since - 1 :], since):
            row["seq"], row["body"] = at, spelled(read_entry(row["body"])._replace(seq=at))
            row["hash"] = last = hashed(self.world.log_id, last, row["body"])

    def seal(self) -> None:
        """Signs every head anew, as who has the sealer's key can, and the end too."""
        end = self.log[-1]
        self.heads = [self.head(old.head.size, old.at) for old in self.world.heads if old.head.size <= len(self.log)]
        self.heads.append(sealed(self.world.log_id, Head(end["seq"], end["hash"]), self.now))

    def head(self, size: int, at: datetime) -> SignedHead:
        return sealed(self.world.log_id, Head(size, self.log[size - 1]["hash"]), at)

    def refold(self, ticket_id: int) -> None:
        """Makes a ticket's row what its facts say."""
        ticket: Ticket | None = None
        for row in self.state[FACTS.name]:
            if row["ticket_id"] == ticket_id:
                fact = from_data(row["kind"], row["at"], row["actor_id"], row["data"])
                ticket = submitted(fact, ticket_id) if ticket is None else apply(ticket, fact)
        assert ticket is not None
        self.row(TICKETS, id=ticket_id).update(asdict(ticket))

    def change(self, entry: Entry, **said: object) -> None:
        """Changes what a fact says, in its row, its comment and its entry; hashes stay."""
        fact = self.row(FACTS, ticket_id=entry.ticket_id, version=entry.version)
        text = said.get("text")
        if "comment" in fact["data"]:
            self.row(COMMENTS, ticket_id=entry.ticket_id, version=entry.version)["body"] = text
        else:
            fact["data"] = {**fact["data"], **said}
        self.put(
            entry.seq,
            fact_entry(fact, str(text) if "comment" in fact["data"] else None)._replace(log=entry.log, seq=entry.seq),
        )

    def append(self, ticket_id: int, fact: Fact) -> Entry:
        """Adds a fact with all that belongs to it, as the program itself would."""
        row = self.row(TICKETS, id=ticket_id)
        data = to_data(fact)
        text = data.pop("text") if fact.comment else None
        made: dict[str, Any] = {
            "id": max(one["id"] for one in self.state[FACTS.name]) + 1, "ticket_id": ticket_id,
            "version": row["version"] + 1, "at": fact.at, "actor_id": fact.actor_id, "via": "cli",
            "kind": fact.kind.value, "from_status": row["status"], "to_status": row["status"],
            "data": json.loads(json.dumps(data)), "origin": None,
        }  # fmt: skip
        self.state[FACTS.name].append(made)
        here = {"ticket_id": ticket_id, "version": made["version"], "at": fact.at}
        if fact.comment:
            comments = self.state[COMMENTS.name]
            number = max(one["id"] for one in comments) + 1
            comments.append({"id": number, **here, "author_id": fact.actor_id, "kind": fact.comment.value,
                             "source": None, "body": text})  # fmt: skip
        if fact.kind in {FactKind.APPROVED, FactKind.REFUSED}:
            number = max(one["id"] for one in self.state[APPROVALS.name]) + 1
            self.state[APPROVALS.name].append({
                "id": number, **here, "round": fact.round, "stage": fact.stage, "decision": fact.kind.value,
                "approver_id": fact.actor_id, "on_behalf_of": None, "digest": fact.digest, "reason": fact.text or "",
                "is_signed": fact.signature is not None,
            })  # fmt: skip
        self.refold(ticket_id)
        entry = fact_entry(made, None if text is None else str(text))
        entry = entry._replace(log=self.world.log_id[:8], seq=len(self.log) + 1)
        self.log.append({"seq": entry.seq, "ticket_id": ticket_id, "body": spelled(entry), "hash": "", "texts": None})
        self.chain(entry.seq)
        return entry


@pytest.fixture(scope="session")
def trails() -> Iterator[dict[str, Trail]]:
    made: dict[str, Trail] = {}
    yield made
    for one in made.values():
        one.close()


@pytest.fixture
def trail(
    backend: str, world: World, trails: dict[str, Trail], request: pytest.FixtureRequest, tmp_path_factory: Any
) -> Iterator[Trail]:
    if backend not in trails:
        if backend == "sqlite":
            path = tmp_path_factory.mktemp("trail") / "desk.db"
            shutil.copyfile(request.getfixturevalue("sqlite_desk"), path)
            url = f"sqlite:///{path}"
            with closing(sa.create_engine(url).connect()) as connection:
                named = connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
                for (name,) in named.all():
                    connection.execute(sa.text(f"DROP TRIGGER {name}"))
        else:
            server, template = request.getfixturevalue("postgres"), request.getfixturevalue("postgres_desk")
            with psycopg.connect(server, autocommit=True) as server_connection:
                statement = sql.SQL("CREATE DATABASE attacked TEMPLATE {}").format(sql.Identifier(template))
                server_connection.execute(statement)
            url = server.replace("/postgres?", "/attacked?").replace("postgresql://", "postgresql+psycopg://")
        trails[backend] = Trail(world, url, postgres=backend == "postgres")
    one = trails[backend]
    one.reset()
    yield one
    one.reset()
    one.write(everything=True)


class Expected(NamedTuple):
    """What must be found first, and the first bad entry where it is determined."""

    kind: Damage
    at: int
    also: tuple[Damage, int] | None = None


Attack = Callable[[Trail, Random], Expected]


def fact_at(trail: Trail, random: Random, *what: str) -> Entry:
    return random.choice(trail.entries(*what)[1:-2])


def head_before(trail: Trail, at: int) -> int:
    return max((head.head.size for head in trail.world.heads if head.head.size < at), default=0)


# W, who can write the database and hashes nothing anew


def edit(trail: Trail, random: Random) -> Expected:
    at = random.randrange(1, len(trail.log) + 1)
    entry = trail.entry(at)
    change = random.choice([{"via": "tui"}, {"actor_id": 99}, {"at_us": entry.at_us + 1}, {"data": entry.data + " "}])
    trail.put(at, entry._replace(**change))  # type: ignore[arg-type]
    return Expected(Damage.EDITED, at)


def delete(trail: Trail, random: Random) -> Expected:
    at = random.randrange(1, len(trail.log))
    gone = trail.log.pop(at - 1)
    entry = read_entry(gone["body"])
    if random.random() < 0.3 and entry.kind == "fact":
        trail.state[FACTS.name].remove(trail.row(FACTS, ticket_id=entry.ticket_id, version=entry.version))
    if random.random() < 0.5:
        for number, row in enumerate(trail.log[at - 1 :], at):
            row["seq"] = number
    return Expected(Damage.DELETED, at)


def insert(trail: Trail, random: Random) -> Expected:
    model = fact_at(trail, random, "noted", "claimed")
    at = random.randrange(2, len(trail.log))
    for row in trail.log[at - 1 :]:
        row["seq"] += 1
    body = spelled(model._replace(seq=at, version=99))
    made = hashed(trail.world.log_id, trail.log[at - 2]["hash"], body) if random.random() < 0.5 else "0" * 64
    trail.log.insert(at - 1, {"seq": at, "ticket_id": model.ticket_id, "body": body, "hash": made, "texts": None})
    return Expected(Damage.INSERTED, at)


def swap(trail: Trail, random: Random) -> Expected:
    first, second = sorted(random.sample(range(1, len(trail.log) + 1), 2))
    one, other = trail.log[first - 1], trail.log[second - 1]
    one["seq"], other["seq"] = second, first
    trail.log.sort(key=lambda row: int(row["seq"]))
    return Expected(Damage.REORDERED, first)


def swap_and_renumber(trail: Trail, random: Random) -> Expected:
    one, other = sorted(random.sample(trail.entries()[:-1], 2), key=lambda entry: entry.seq)
    rows = dict(trail.log[one.seq - 1]), dict(trail.log[other.seq - 1])
    trail.log[one.seq - 1] |= {**rows[1], "seq": one.seq}
    trail.log[other.seq - 1] |= {**rows[0], "seq": other.seq}
    trail.put(one.seq, other._replace(seq=one.seq))
    trail.put(other.seq, one._replace(seq=other.seq))
    if random.random() < 0.5:
        for at in (one.seq, other.seq):
            row = trail.log[at - 1]
            row["hash"] = hashed(trail.world.log_id, trail.log[at - 2]["hash"], row["body"])
    return Expected(Damage.REORDERED, one.seq)


def replay_row(trail: Trail, random: Random) -> Expected:
    copied = random.choice(trail.entries()[:-1])
    row = dict(trail.log[copied.seq - 1])
    if random.random() < 0.5:
        at = len(trail.log) + 1
        trail.log.append({**row, "seq": at})
        if random.random() < 0.5:
            trail.chain(at)
        return Expected(Damage.INSERTED, at)
    at = random.randrange(copied.seq + 1, len(trail.log) + 1)
    for later in trail.log[at - 1 :]:
        later["seq"] += 1
    trail.log.insert(at - 1, {**row, "seq": at})
    return Expected(Damage.INSERTED, at)


def splice(trail: Trail, random: Random) -> Expected:
    at = random.randrange(1, len(trail.log) - 3)
    last = trail.log[at - 2]["hash"] if at > 1 else START
    for row in trail.log[at - 1 : at + random.randrange(3)]:
        row["body"] = spelled(read_entry(row["body"])._replace(log="ffffffff"))
        row["hash"] = last = hashed("f" * 32, last, row["body"])
    return Expected(Damage.SPLICED, at)


def shift_a_boundary(trail: Trail, random: Random) -> Expected:
    entry = fact_at(trail, random)
    trail.put(entry.seq, entry._replace(via=entry.via + entry.what[0], what=entry.what[1:]))
    return Expected(Damage.EDITED, entry.seq)


def change_a_ticket(trail: Trail, random: Random) -> Expected:
    ticket_id = random.choice(trail.state[TICKETS.name])["id"]
    row = trail.row(TICKETS, id=ticket_id)
    name, value = random.choice([("priority", 1 + row["priority"] % 4), ("title", "Nothing"), ("requester_id", 9),
                                 ("version", row["version"] + 1), ("description", "")])  # fmt: skip
    row[name] = value
    return Expected(Damage.EDITED, max(entry.seq for entry in trail.entries() if entry.ticket_id == ticket_id))


# W, who hashes anew and makes the tables agree


def edit_and_rechain(trail: Trail, random: Random) -> Expected:
    entry = fact_at(trail, random, "noted", "replied")
    trail.change(entry, text="I never said that")
    trail.chain(entry.seq)
    return Expected(Damage.REBUILT, head_before(trail, entry.seq) + 1)


def delete_and_rechain(trail: Trail, random: Random) -> Expected:
    last = {entry.ticket_id: entry for entry in trail.entries()}
    entry = random.choice([e for e in last.values() if e.what in {"resumed", "rated", "claimed"} and e.version != 1])
    trail.state[FACTS.name].remove(trail.row(FACTS, ticket_id=entry.ticket_id, version=entry.version))
    del trail.log[entry.seq - 1]
    trail.refold(entry.ticket_id or 0)
    trail.chain(entry.seq)
    return Expected(Damage.REBUILT, head_before(trail, entry.seq) + 1)


def rewrite_from_the_first(trail: Trail, random: Random) -> Expected:
    for row in trail.log:
        entry = read_entry(row["body"])
        row["body"] = spelled(entry._replace(at_us=entry.at_us - 1) if entry.kind != "fact" else entry)
    trail.chain(1)
    return Expected(Damage.REBUILT, 1)


def flip_a_decision(trail: Trail, random: Random) -> Expected:
    entry = signed_decision(trail, random, "department_lead")
    fact = trail.row(FACTS, ticket_id=entry.ticket_id, version=entry.version)
    fact["kind"] = "refused"
    fact["data"] = {key: value for key, value in fact["data"].items() if key != "signature"} | {"text": "no"}
    row = trail.row(APPROVALS, ticket_id=entry.ticket_id, version=entry.version)
    row.update(decision="refused", is_signed=False, reason="no")
    trail.put(entry.seq, fact_entry(fact, None)._replace(log=entry.log, seq=entry.seq))
    trail.chain(entry.seq)
    return Expected(Damage.REBUILT, head_before(trail, entry.seq) + 1, (Damage.FORGED, entry.seq))


def signed_decision(trail: Trail, random: Random, stage: str = "") -> Entry:
    return random.choice([e for e in trail.entries("approved") if not stage or json.loads(e.data)["stage"] == stage])


# W, who takes the end away


def cut_the_tail(trail: Trail, random: Random) -> Expected:
    at = random.randrange(trail.entries()[0].seq + 1, len(trail.log))
    del trail.log[at - 1 :]
    return Expected(Damage.CUT_OFF, at)


def delete_the_log(trail: Trail, random: Random) -> Expected:
    trail.log.clear()
    return Expected(Damage.CUT_OFF, 1)


def restore_a_backup(trail: Trail, random: Random) -> Expected:
    number = random.randrange(1, len(trail.world.states) - 1)
    trail.state = pickle.loads(trail.world.states[number])  # noqa: S301 - made a moment ago
    return Expected(Damage.ROLLED_BACK, trail.world.heads[number].head.size + 1)


# K, who adds what the program would


def note(trail: Trail, random: Random, text: str = "forged") -> Entry:
    ticket = random.choice([row for row in trail.state[TICKETS.name] if row["category_kind"] == "standard"])
    data = {"comment": "note", "text": text}
    return trail.append(ticket["id"], from_data("noted", trail.now, 4, data))


def edit_with_the_program(trail: Trail, random: Random) -> Expected:
    found = edit_and_rechain(trail, random)
    note(trail, random)
    return found


def cut_and_append(trail: Trail, random: Random) -> Expected:
    number = random.randrange(len(trail.world.states) // 2, len(trail.world.states) - 1)
    trail.state = pickle.loads(trail.world.states[number])  # noqa: S301 - made a moment ago
    for _ in range(trail.world.heads[-1].head.size - len(trail.log) + random.randrange(3)):
        note(trail, random)
    return Expected(Damage.REBUILT, trail.world.heads[number].head.size + 1)


def rewrite_before_a_witness(trail: Trail, random: Random) -> Expected:
    found = edit_and_rechain(trail, random)
    kept = list(trail.world.heads)
    trail.seal()
    trail.heads = [*kept, *(trail.heads or ())]
    return found


# K, who forges decisions, and an honest sealer who signs what comes


def waiting(trail: Trail, random: Random) -> dict[str, Any]:
    rows = trail.state[TICKETS.name]
    return random.choice(
        [row for row in rows if row["stage"] == "department_lead" and row["status"] == "pending_approval"]
    )


def approval(trail: Trail, ticket_id: int, signature: Signed | None) -> Expected:
    asked = [e for e in trail.entries("requested") if e.ticket_id == ticket_id][-1]
    lara = trail.row(PEOPLE, login="lara")["id"]
    said = json.loads(asked.data)
    fact = Fact(
        kind=FactKind.APPROVED, at=trail.now, actor_id=lara, round=said["round"], stage="department_lead",
        digest=said["digest"], ends=True, signature=signature,
    )  # fmt: skip
    entry = trail.append(ticket_id, fact)
    trail.seal()
    return Expected(Damage.FORGED, entry.seq)


def forge_an_approval(trail: Trail, random: Random) -> Expected:
    forged = Signed(trail.log[-1]["hash"], "0" * 32, b64encode(key_of("mallory").sign(b"yes")).decode())
    return approval(trail, waiting(trail, random)["id"], random.choice([forged, None]))


def replay_an_approval_elsewhere(trail: Trail, random: Random) -> Expected:
    signature = Signed(*json.loads(signed_decision(trail, random).data)["signature"])
    return approval(trail, waiting(trail, random)["id"], signature)


def replay_an_approval_later(trail: Trail, random: Random) -> Expected:
    entry = signed_decision(trail, random)
    return approval(trail, entry.ticket_id or 0, Signed(*json.loads(entry.data)["signature"]))


def rewrite_an_approval_and_reseal(trail: Trail, random: Random) -> Expected:
    entry = signed_decision(trail, random)
    fact = trail.row(FACTS, ticket_id=entry.ticket_id, version=entry.version)
    fact["data"] = {**fact["data"], "digest": "d" * 64}
    trail.row(APPROVALS, ticket_id=entry.ticket_id, version=entry.version)["digest"] = "d" * 64
    trail.put(entry.seq, fact_entry(fact, None)._replace(log=entry.log, seq=entry.seq))
    trail.chain(entry.seq)
    trail.seal()
    return Expected(Damage.FORGED, entry.seq)


def rewrite_a_note_before_an_approval(trail: Trail, random: Random) -> Expected:
    last = max(e.seq for e in trail.entries("approved"))
    entry = random.choice([e for e in trail.entries("noted", "replied") if e.seq < last - 5])
    trail.change(entry, text="I never said that")
    trail.chain(entry.seq)
    trail.seal()
    behind = min(e.seq for e in trail.entries("approved") if e.seq > entry.seq)
    return Expected(Damage.REBUILT, behind)


ATTACKS: Final[Sequence[Attack]] = (
    edit, delete, insert, swap, swap_and_renumber, replay_row, splice, shift_a_boundary, change_a_ticket,
    edit_and_rechain, delete_and_rechain, rewrite_from_the_first, flip_a_decision, cut_the_tail, delete_the_log,
    restore_a_backup, edit_with_the_program, cut_and_append, rewrite_before_a_witness, forge_an_approval,
    replay_an_approval_elsewhere, replay_an_approval_later, rewrite_an_approval_and_reseal,
    rewrite_a_note_before_an_approval,
)  # fmt: skip


def test_nothing_is_found_where_nothing_was_done(trail: Trail) -> None:
    trail.write()
    verdict = trail.verify()
    assert verdict.damage == ()
    assert [alarm.kind for alarm in verdict.alarms if alarm.kind is not Alarm.UNGUARDED] == []
    assert verdict.entries == len(trail.log) == verdict.last_good.size >= 200
    assert verdict.signatures >= 6
    assert verdict.heads == len(trail.world.heads) > 8
    assert verdict.tickets == 24


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_an_attack_is_seen(trail: Trail, attack: Attack) -> None:
    for place in range(PLACES):
        trail.reset()
        random = Random(f"{attack.__name__} {place}")  # noqa: S311 - the places must come again
        expected = attack(trail, random)
        trail.write()
        verdict = trail.verify()
        assert verdict.damage, f"place {place}: not seen"
        first = verdict.damage[0]
        assert (first.kind, first.at) == expected[:2], f"place {place}: {verdict.damage}"
        assert verdict.last_good.size == expected.at - 1
        found = {(one.kind, one.at) for one in verdict.damage}
        assert expected.also is None or expected.also in found, f"place {place}: {verdict.damage}"


def test_who_also_has_the_sealers_key_rewrites_a_note_unseen_where_nothing_outside_keeps_the_heads(
    trail: Trail,
) -> None:
    last = max(entry.seq for entry in trail.entries("approved"))
    for entry in [entry for entry in trail.entries("noted", "replied") if entry.seq > last]:
        trail.reset()
        trail.change(entry, text="I never said that")
        trail.chain(entry.seq)
        trail.seal()
        trail.write()
        verdict = trail.verify()
        assert (verdict.damage, kinds(verdict)) == ((), [])
        trail.heads = [*trail.world.heads, *(trail.heads or ())]  # a copy outside
        assert [found.kind for found in trail.verify().damage] == [Damage.REBUILT]


def kinds(verdict: Verdict) -> list[Alarm]:
    """Gives the alarms but that the triggers are gone, which are out of the attacker's way on SQLite."""
    return [alarm.kind for alarm in verdict.alarms if alarm.kind is not Alarm.UNGUARDED]


# heads that don't vouch


def test_heads_that_are_missing_are_an_alarm(trail: Trail) -> None:
    trail.write()
    nothing: list[SignedHead] = []
    for heads in (None, nothing):
        trail.heads = heads
        verdict = trail.verify()
        assert (verdict.damage, verdict.heads, kinds(verdict)) == ((), 0, [Alarm.NO_HEADS])


def test_a_key_that_is_not_known_or_no_longer_vouches_for_nothing(trail: Trail) -> None:
    trail.write()
    other = key_of("mallory")
    forged = [sealed(head.log_id, head.head, head.at, other) for head in trail.world.heads]
    trail.heads = [*trail.world.heads, *forged]
    assert kinds(trail.verify()) == [Alarm.UNKNOWN_KEY]
    trail.heads, trail.keys = trail.world.heads, frozenset()
    assert kinds(trail.verify()) == [Alarm.UNKNOWN_KEY, Alarm.NO_HEADS]


def test_a_signature_of_a_head_that_does_not_hold_is_an_alarm(trail: Trail) -> None:
    trail.write()
    for at, head in enumerate(trail.world.heads):
        bent = head._replace(head=Head(head.head.size, "0" * 64))
        trail.heads = [*trail.world.heads[:at], bent, *trail.world.heads[at + 1 :]]
        verdict = trail.verify()
        assert verdict.damage == ()
        assert Alarm.BAD_SIGNATURE in kinds(verdict)
        assert verdict.heads == len(trail.world.heads) - 1


def test_heads_of_another_log_vouch_for_nothing(trail: Trail) -> None:
    trail.write()
    trail.heads = [sealed("f" * 32, head.head, head.at) for head in trail.world.heads]
    assert kinds(trail.verify()) == [Alarm.OTHER_LOG, Alarm.NO_HEADS]


def test_two_heads_for_one_size_are_a_split_view(trail: Trail) -> None:
    trail.write()
    for head in trail.world.heads:
        trail.heads = [*trail.world.heads, sealed(head.log_id, Head(head.head.size, "0" * 64), head.at)]
        verdict = trail.verify()
        assert kinds(verdict) == [Alarm.SPLIT_VIEW]
        since = max((one.head.size for one in trail.world.heads if one.head.size < head.head.size), default=0)
        assert [(found.kind, found.at) for found in verdict.damage] == [(Damage.REBUILT, since + 1)]


def test_a_head_for_more_entries_than_there_are_is_an_alarm(trail: Trail) -> None:
    trail.write()
    size = len(trail.log)
    trail.heads = [*trail.world.heads, sealed(trail.world.log_id, Head(size + 7, "0" * 64), trail.now)]
    verdict = trail.verify()
    assert kinds(verdict) == [Alarm.AHEAD]
    assert [(found.kind, found.at) for found in verdict.damage] == [(Damage.ROLLED_BACK, size + 1)]


def test_an_old_head_is_an_alarm(trail: Trail) -> None:
    random = Random("old")  # noqa: S311 - the places must come again
    note(trail, random)
    trail.write()
    trail.now += timedelta(seconds=58)
    assert kinds(trail.verify()) == []  # 63 s since the head, 58 s since the note
    trail.now += timedelta(seconds=3)
    verdict = trail.verify()
    assert (verdict.damage, kinds(verdict)) == ((), [Alarm.BEHIND])


def test_a_backlog_is_an_alarm_whenever_its_entries_are_dated(trail: Trail) -> None:
    random = Random("backlog")  # noqa: S311 - the places must come again
    end = trail.now
    for count, alarms in ((50, []), (1, [Alarm.BEHIND])):
        for _ in range(count):
            trail.now = end + timedelta(seconds=60)
            note(trail, random)
        trail.write()
        trail.now = end + timedelta(seconds=70)
        assert kinds(trail.verify()) == alarms


# values that look the same


def of_a_note(trail: Trail, random: Random) -> tuple[Entry, dict[str, object]]:
    entry = random.choice([entry for entry in trail.entries("noted") if "ß" in trail.log[entry.seq - 1]["texts"]])
    return entry, {"ticket": entry.ticket_id, "version": entry.version}


HERE: Final = "WHERE ticket_id = :ticket AND version = :version"
DISGUISES: Final = {
    "nothing and an empty text": "UPDATE help_desk_facts SET origin = ''",
    "nothing and an empty text, in a comment": "UPDATE help_desk_comments SET source = ''",
    "another normal form": "UPDATE help_desk_comments SET body = :nfd",
    "another letter that looks the same": "UPDATE help_desk_comments SET body = replace(body, 'a', '\u0430')",
    "a space at the end": "UPDATE help_desk_comments SET body = body || ' '",
    "another time": "UPDATE help_desk_comments SET at = (SELECT max(at) FROM help_desk_facts)",
    "another author": "UPDATE help_desk_comments SET author_id = 1",
    "another kind": "UPDATE help_desk_comments SET kind = 'step'",
    "a number as text": """UPDATE help_desk_facts SET data = '{"comment": "note", "by_id": "1"}'""",
    "a fraction": """UPDATE help_desk_facts SET data = '{"comment": "note", "by_id": 1.0}'""",
    "a truth as a number": """UPDATE help_desk_facts SET data = '{"comment": "note", "ends": true}'""",
    "no object": """UPDATE help_desk_facts SET data = '["comment"]'""",
    "another key": """UPDATE help_desk_facts SET data = '{"comment": "note", "x": 1}'""",
}
SQLITE_ONLY: Final = {
    "a key twice": """UPDATE help_desk_facts SET data = '{"comment": "step", "comment": "note"}'""",
    "a byte of zero": "UPDATE help_desk_comments SET body = body || char(0) || 'more'",
    "a byte of zero in the log": "UPDATE help_desk_audit SET body = body || char(0)",
    "no UTF-8": "UPDATE help_desk_comments SET body = CAST(x'ff' AS TEXT)",
    "no UTF-8 in the log": "UPDATE help_desk_audit SET body = CAST(x'74313aff' AS TEXT)",
    "bytes": "UPDATE help_desk_comments SET body = CAST(body AS BLOB)",
    "bytes for a number": "UPDATE help_desk_facts SET actor_id = CAST('4' AS BLOB)",
    "bytes in the log": "UPDATE help_desk_audit SET body = CAST(body AS BLOB)",
    "bytes for a hash": "UPDATE help_desk_audit SET hash = CAST(hash AS BLOB)",
    "a time without its fraction": "UPDATE help_desk_facts SET at = substr(at, 1, 19)",
    "a time as a number": "UPDATE help_desk_facts SET at = 20260928",
    "no JSON": "UPDATE help_desk_facts SET data = '{'",
    "a length that leads back": "UPDATE help_desk_audit SET body = 't-4:'",
    "a number that is none": "UPDATE help_desk_facts SET actor_id = 'ife'",
}


def test_nothing_passes_in_disguise(trail: Trail) -> None:
    for place, (name, statement) in enumerate((DISGUISES | ({} if trail.postgres else SQLITE_ONLY)).items()):
        trail.reset()
        trail.write(everything=True)
        entry, values = of_a_note(trail, Random(place))  # noqa: S311 - the places must come again
        if ":nfd" in statement:
            values["nfd"] = unicodedata.normalize("NFD", json.loads(trail.log[entry.seq - 1]["texts"])["text"])
        where = "WHERE seq = :seq" if "help_desk_audit" in statement else HERE
        values = {"seq": entry.seq} if "help_desk_audit" in statement else values
        trail.sql(f"{statement} {where}", **values)
        found = [(one.kind, one.at) for one in trail.verify().damage]
        assert found == [(Damage.EDITED, entry.seq)], name


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE help_desk_tickets SET title = :nfd WHERE id = :ticket",
        "UPDATE help_desk_tickets SET outcome = '' WHERE id = :ticket",
        "UPDATE help_desk_tickets SET updated_at = created_at WHERE id = :ticket",
        "UPDATE help_desk_tickets SET stage = 'corporate_services' WHERE id = :ticket",
    ],
)
def test_no_ticket_passes_in_disguise(trail: Trail, statement: str) -> None:
    trail.write()
    row = next(row for row in trail.state[TICKETS.name] if row["outcome"] is None and row["version"] > 3)
    values = {"ticket": row["id"], "nfd": unicodedata.normalize("NFD", row["title"])}
    trail.sql(statement, **{key: value for key, value in values.items() if f":{key}" in statement})
    last = max(entry.seq for entry in trail.entries() if entry.ticket_id == row["id"])
    assert [(found.kind, found.at) for found in trail.verify().damage] == [(Damage.EDITED, last)]


def test_a_body_that_no_program_wrote_is_damage_and_no_crash(trail: Trail) -> None:
    model = trail.entry(len(trail.log))
    bad: tuple[dict[str, Any], ...] = (
        {"version": 10**30},
        {"ticket_id": -1},
        {"at_us": 10**30, "what": "approved"},
        {"data": "[" * 5_000},
        {"what": "approved", "data": "[]"},
        {"what": "requested", "data": '{"stages": 1}'},
        {"kind": "person", "data": "x"},
        {"kind": "person", "data": '{"id": []}'},
        {"kind": "post", "data": "{}"},
        {"kind": "profile", "data": '{"id": 9}'},
    )
    for change in bad:
        trail.reset()
        trail.log.append(
            {"seq": 0, "ticket_id": 1, "body": spelled(model._replace(**change)), "hash": "", "texts": None}
        )
        trail.chain(len(trail.log))
        trail.write()
        assert trail.verify().damage[0].at == len(trail.log), change
