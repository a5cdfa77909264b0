"""`--read-only`: every change is refused with one sentence, by flag or setting; everything can be read."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from deskterm.core.store.engine import Store
from deskterm.core.store.tables import AUDIT, NOTICES

Run = Callable[..., Any]
SENTENCE = "nothing can be changed here: deskterm was started read-only"
CHANGES = (
    ("new", "--title", "Another", "--category", "it_infrastructure"),
    ("claim", "1"),
    ("claim", "--next"),
    ("assign", "1", "--to", "ini"),
    ("reply", "1", "-m", "Hello"),
    ("set", "1", "--priority", "urgent"),
    ("resolve", "1", "--cause", "dust", "--fix", "cleaned"),
    ("notices", "--seen"),
    ("people", "add", "--name", "New One", "--login", "new", "--role", "agent", "--department", "it"),
    ("people", "set", "ini", "--role", "requester"),
)
READS = (("list",), ("show", "1"), ("notices",), ("people",), ("departments",), ("doctor",), ("audit", "verify"))


def stored(store: Store) -> tuple[object, ...]:
    with store.read() as connection:
        entries = connection.scalar(sa.select(sa.func.count()).select_from(AUDIT))
        return entries, connection.execute(sa.select(NOTICES.c.id, NOTICES.c.seen_at)).all()


@pytest.fixture
def one(deskterm: Run, user: Callable[[str], None]) -> None:
    user("remi")
    deskterm("new", "--title", "Printer jams", "--category", "it_infrastructure")
    user("ada")


@pytest.mark.parametrize("change", CHANGES, ids=" ".join)
def test_a_change_is_refused(
    deskterm: Run, user: Callable[[str], None], store: Store, one: None, change: tuple[str, ...]
) -> None:
    if change[0] == "notices":
        user("lara")  # who has one
    before = stored(store)
    ran = deskterm("--read-only", *change)
    assert ran == (4, "", f"deskterm: {SENTENCE}\n")
    assert stored(store) == before


@pytest.mark.parametrize("read", READS, ids=" ".join)
def test_everything_can_be_read(deskterm: Run, one: None, read: tuple[str, ...]) -> None:
    assert deskterm("--read-only", *read)[::2] == deskterm(*read)[::2]


def test_a_setting_does_it_too(deskterm: Run, one: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKTERM_READ_ONLY", "yes")
    assert deskterm("claim", "1").code == 4
    monkeypatch.setenv("DESKTERM_READ_ONLY", "no")
    assert deskterm("claim", "1").code == 0


def test_no_desk_is_made(command: Run, empty_url: str) -> None:
    ran = command("--database", empty_url, "--read-only", "init")
    assert (ran.code, ran.out) == (4, "")
    assert SENTENCE in ran.err
