"""What tests of signatures, seals and evidence may ask for: a real agent, whose key is whose, a purchase decided."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
import sqlalchemy as sa

from deskterm.core.desk import Desk
from deskterm.core.domain.heads import SignedHead
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action, Via
from deskterm.core.services import setup
from deskterm.core.services.context import Keys
from deskterm.core.services.evidence_check import Checked, check, read
from deskterm.core.services.intake import Submission
from deskterm.core.services.sealer import Sealer, opened
from deskterm.core.services.sealing import new_key, read_key, seal
from deskterm.core.store.engine import Store

As = Callable[[str], Desk]
_CHAIN: Final = ("lara", "hana", "ezra")
_PURCHASE: Final = Wanted(
    ("2 x Toner @ 45.00", "1 x Drum \u2014 black @ 1,200.50"), "NGN", "The old one streaks.\nSee the photos.",
    "Ink & Co", "IT-7", (f"quotes/17.pdf sha256:{'a' * 64}",),
)  # fmt: skip


@pytest.fixture
def agent(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Path]]:
    """An agent of the test's own; what it gives adds a new key to it and leaves only the public one on disk."""
    folder = tmp_path_factory.mktemp("a")
    with subprocess.Popen(
        ["ssh-agent", "-D", "-a", folder / "agent"], stdout=subprocess.PIPE, env={**os.environ, "SSH_ASKPASS": "false"}
    ) as running:
        assert running.stdout is not None
        running.stdout.readline()  # it listens by then
        monkeypatch.setenv("SSH_AUTH_SOCK", str(folder / "agent"))

        def add(name: str, *options: str) -> Path:
            private = folder / name
            made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(private)]
            subprocess.run(made, check=True)
            subprocess.run(["ssh-add", "-q", *options, str(private)], check=True, stderr=subprocess.DEVNULL)
            private.unlink()
            return private.with_suffix(".pub")

        yield add
        running.terminate()


@pytest.fixture
def listed(tmp_path: Path) -> Callable[..., Path]:
    """Writes a list of whose key is whose."""

    def write(**keys: Path) -> Path:
        path = tmp_path / "allowed_signers"
        path.write_text("".join(f"{login} {public.read_text()}" for login, public in keys.items()))
        path.chmod(0o644)
        return path

    return write


@pytest.fixture
def purchase() -> Wanted:
    """What is bought in these tests."""
    return _PURCHASE


@pytest.fixture
def secret() -> str:
    """What stands on others' tickets."""
    return "the salary of nobody here"


class Signers(NamedTuple):
    """Approvers with keys, and the admin's list of them."""

    keys: dict[str, Path]
    allowed: Path
    revoked: Path


@pytest.fixture
def signers(agent: Callable[..., Path], tmp_path: Path) -> Signers:
    keys = {login: agent(login) for login in (*_CHAIN, "olu")}
    allowed, revoked = tmp_path / "allowed_signers", tmp_path / "revoked"
    allowed.write_text("".join(f"{login} {key.read_text()}" for login, key in keys.items()))
    revoked.write_text("")
    for path in (allowed, revoked):
        path.chmod(0o644)
    return Signers(keys, allowed, revoked)


@pytest.fixture
def approver(store: Store, clock: list[datetime], signers: Signers) -> As:
    """Gives the desk as an approver with an SSH key uses it."""

    def desk(login: str) -> Desk:
        keys = Keys(signers.keys[login], signers.allowed, signers.revoked)
        return Desk(store, setup.identify(store, login)[0], lambda: clock[-1], Via.CLI, keys=keys)

    return desk


class Sealing(NamedTuple):
    """A sealer that is called by hand."""

    store: Store
    key: Path
    public: str

    def head(self, clock: list[datetime]) -> SignedHead:
        made = seal(self.store, read_key(self.key), [], clock[-1])
        assert made is not None
        return made


@pytest.fixture
def sealing(store: Store, tmp_path: Path) -> Sealing:
    return Sealing(store, tmp_path / "seal.key", new_key(tmp_path / "seal.key"))


@pytest.fixture
def others(as_: As, clock: list[datetime], secret: str) -> Callable[[], None]:
    """Lets something happen on other tickets, a minute later each."""

    def happen() -> None:
        clock.append(clock[-1] + timedelta(minutes=1))
        number = as_("sola").submit(Submission(title=secret, category="it_design")).id
        as_("ife").act(number, Action.NOTE, text=secret)

    return happen


@pytest.fixture
def bought(as_: As, approver: As, others: Callable[[], None], purchase: Wanted) -> int:
    """A purchase that its whole chain approved, with others' business in between."""
    others()
    number = as_("remi").submit(Submission(title="Toner", category="it_procurement", purchase=purchase)).id
    for login in _CHAIN:
        others()
        approver(login).act(number, Action.APPROVE, text=f"fine with {login}")
    others()
    return number


@pytest.fixture
def evidence(as_: As, bought: int, sealing: Sealing, clock: list[datetime]) -> dict[str, Any]:
    made = as_("ezra").prove(bought, [sealing.head(clock)])
    return read(json.dumps(made))


@pytest.fixture
def checked(sealing: Sealing, signers: Signers) -> Callable[[Any], Checked]:
    """Checks as an auditor does who has the keys."""
    return lambda found: check(
        found, keys=frozenset({sealing.public}), allowed_signers=signers.allowed, revoked=signers.revoked
    )


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    new_key(tmp_path / "seal.key")
    return tmp_path / "seal.key"


@pytest.fixture
def write(as_: As) -> Callable[[int], None]:
    """Has so many entries written to the trail."""

    def submit(count: int) -> None:
        for number in range(count):
            as_("remi").submit(Submission(title=f"Request {number}", category="it_design"))

    return submit


@pytest.fixture
def sealers(store: Store, key_file: Path, tmp_path: Path) -> Iterator[Callable[..., Sealer]]:
    """Opens sealers of the small desk, as a new process does."""
    url = store.url.render_as_string(hide_password=False)
    with ExitStack() as stack:

        def open_(**places: Any) -> Sealer:
            given: dict[str, Any] = {"command": "", "mail": "", "smtp": "localhost:25", "alone": True} | places
            return stack.enter_context(opened(url, key=key_file, file=tmp_path / "heads", **given))

        yield open_


@pytest.fixture
def tampered(store: Store) -> Callable[..., None]:
    """Does what who can write the database may do, its triggers out of the way first."""

    def do(statement: str, *values: object) -> None:
        with store.write() as connection:
            if store.is_sqlite:
                for name in connection.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                    connection.exec_driver_sql(f"DROP TRIGGER {name}")
            else:
                connection.exec_driver_sql("ALTER TABLE help_desk_audit DISABLE TRIGGER USER")
            connection.exec_driver_sql(statement.format(*values))

    return do
