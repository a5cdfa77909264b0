"""Attaching: bytes and fact are kept together, whoever may not read a note gets none of its files, damage is found."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa

from deskterm.core.desk import Desk
from deskterm.core.domain.attachments import Content, digest
from deskterm.core.domain.errors import InvalidInput, NotAllowed, NotFound, StoreUnavailable
from deskterm.core.domain.heads import SignedHead
from deskterm.core.domain.words import Action, FactKind, Via
from deskterm.core.services import setup, work
from deskterm.core.services.auditing import verify
from deskterm.core.services.context import Context
from deskterm.core.services.intake import Submission
from deskterm.core.services.work import Done
from deskterm.core.store import audit
from deskterm.core.store.engine import Store
from deskterm.core.store.files import FILES, beside

As = Callable[[str], Desk]
NOW: Final = datetime(2026, 9, 28, 8, 0, tzinfo=UTC)
REPORT, SECRET = Content("report.pdf", b"%PDF tonsils"), Content("secret.txt", b"what staff think")


@pytest.fixture
def ticket(as_: As) -> int:
    """A request of remi with a reply that has a file, and a note that has two."""
    number = as_("remi").submit(Submission(title="No paper", category="it_infrastructure")).id
    as_("ife").act(number, Action.REPLY, files=[REPORT])
    as_("ife").act(number, Action.NOTE, text="see", files=[SECRET, REPORT])
    return number


def kept(store: Store) -> dict[str, bytes]:
    """All bytes that are kept, by hash."""
    if store.path is not None:
        return {path.name: path.read_bytes() for path in beside(store.path).rglob("*") if path.is_file()}
    with store.read() as connection:
        return {row.hash: bytes(row.bytes) for row in connection.execute(sa.select(FILES))}


def damage(store: Store, wanted: bytes, instead: bytes | None) -> None:
    """Changes kept bytes behind the desk's back, or takes them away."""
    name = digest(wanted)
    if store.path is not None:
        place = beside(store.path) / name[:2] / name
        place.unlink() if instead is None else place.write_bytes(instead)
        return
    with store.write() as connection:
        here = FILES.c.hash == name
        change = sa.delete(FILES) if instead is None else sa.update(FILES).values(bytes=instead)
        connection.execute(change.where(here))


def test_files_are_kept_once_told_to_whoever_may_read_them_and_given_back(store: Store, as_: As, ticket: int) -> None:
    ife, remi = as_("ife"), as_("remi")
    assert kept(store) == {digest(one.data): one.data for one in (REPORT, SECRET)}
    listed = [(one.name, one.size, one.actor, one.is_internal) for one in ife.attachments(ticket)]
    assert listed == [
        ("report.pdf", 12, "Ife of IT", False), ("secret.txt", 16, "Ife of IT", True),
        ("report.pdf", 12, "Ife of IT", True),
    ]  # fmt: skip
    assert ife.attachment(ticket, "secret.txt") == SECRET
    said = {entry.version: entry.detail for entry in ife.ticket(ticket).timeline if entry.comment}
    assert said == {2: "attached report.pdf (12 B)", 3: "attached secret.txt (16 B), report.pdf (12 B)"}

    assert [one.name for one in remi.attachments(ticket)] == ["report.pdf"]
    assert remi.attachment(ticket, "report.pdf") == REPORT
    for name in ("secret.txt", digest(SECRET.data)):
        with pytest.raises(NotFound):
            remi.attachment(ticket, name)
    for stranger in ("sola", "ola"):
        with pytest.raises(NotFound):
            as_(stranger).attachments(ticket)
    assert as_("ada").doctor().findings == ()


def test_nothing_is_kept_of_what_is_refused(store: Store, as_: As, ticket: int) -> None:
    before, remi, new = kept(store), as_("remi"), Content("new", b"new")
    with pytest.raises(NotAllowed):
        remi.act(ticket, Action.NOTE, files=[new])
    with pytest.raises(NotFound):
        as_("sola").act(ticket, Action.REPLY, files=[new])
    with pytest.raises(InvalidInput, match="is empty"):
        remi.act(ticket, Action.REPLY, text="here", files=[Content("new", b"")])
    with pytest.raises(InvalidInput, match="with a reply or a note"):
        as_("ife").act(ticket, Action.CLAIM, files=[new])
    assert kept(store) == before
    assert len(as_("ife").attachments(ticket)) == 3


def test_damage_is_told_by_doctor_and_to_who_wants_the_file(store: Store, as_: As, ticket: int) -> None:
    ife, admin = as_("ife"), as_("ada")
    damage(store, REPORT.data, b"forged")
    damage(store, SECRET.data, None)
    for name, why in (("report.pdf", "another hash"), ("secret.txt", "missing")):
        with pytest.raises(StoreUnavailable, match=why):
            ife.attachment(ticket, name)
    found = admin.doctor(repair=True)
    assert [(one.field, one.folded) for one in found.findings] == [
        ("file", "report.pdf (12 B)"), ("file", "secret.txt (16 B)"), ("file", "report.pdf (12 B)"),
    ]  # fmt: skip
    assert found.repaired == 0


def test_erasing_with_texts_takes_the_files_that_no_other_ticket_has(store: Store, as_: As, ticket: int) -> None:
    other = as_("sola").submit(Submission(title="Another", category="it_infrastructure")).id
    as_("sola").act(other, Action.REPLY, files=[Content("mine.pdf", REPORT.data)])
    admin = as_("ada")
    admin.change_person("remi", active=False)
    admin.erase_person("remi", texts=True, reason="left")
    assert kept(store) == {digest(REPORT.data): REPORT.data}
    assert admin.attachments(ticket) == ()
    assert {entry.text for entry in admin.ticket(ticket).timeline if entry.kind is FactKind.REPLIED} == {""}
    assert admin.attachment(other, "mine.pdf").data == REPORT.data
    assert admin.doctor().findings == ()
    with store.read() as connection:
        log_id, end = audit.head(connection)
    heads = (SignedHead(log_id, end, NOW, "key", "good"),)
    assert verify(store, heads=heads, keys=frozenset({"key"}), now=NOW, check_head=lambda _: True).is_well


@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_folder_is_as_private_as_the_desk(store: Store, as_: As, ticket: int) -> None:
    assert store.path is not None
    modes = {(path.is_dir(), path.stat().st_mode & 0o7777) for path in beside(store.path).rglob("*")}
    assert modes == {(True, 0o700), (False, 0o600)}
    store.path.chmod(0o660)
    as_("ife").act(ticket, Action.REPLY, files=[Content("new", b"new")])
    name = digest(b"new")
    place = beside(store.path) / name[:2] / name
    assert [one.stat().st_mode & 0o7777 for one in (place, place.parent)] == [0o660, 0o2770]
    assert not [path for path in beside(store.path).rglob("*") if path.name.startswith(".new-")]


@pytest.mark.parametrize("backend", ["sqlite"])
def test_what_is_erased_while_it_is_attached_is_written_again(
    store: Store, as_: As, ticket: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(context: Context, ticket_id: int, *rest: Any, **more: Any) -> Done:
        damage(store, b"new", None)
        return act(context, ticket_id, *rest, **more)

    act = work.act
    monkeypatch.setattr(work, "act", overtaken)
    as_("ife").act(ticket, Action.REPLY, files=[Content("new", b"new")])
    assert as_("ife").attachment(ticket, "new").data == b"new"


@pytest.mark.parametrize("backend", ["sqlite"])
def test_what_is_no_file_or_too_large_is_refused_in_a_sentence(
    store: Store, tmp_path: Path, clock: list[datetime]
) -> None:
    desk = Desk(store, setup.identify(store, "ife")[0], lambda: clock[-1], Via.CLI, attachment_limit=5)
    os.mkfifo(tmp_path / "pipe")
    for name, size in (("empty", 0), ("fits", 5), ("large", 6)):
        (tmp_path / name).write_bytes(b"x" * size)
    (tmp_path / "link").symlink_to(tmp_path / "desk.db")
    assert desk.read_file(str(tmp_path / "fits")) == Content("fits", b"xxxxx")
    for name, why in (
        ("nothing", "there is no file"), ("", "is a directory"), ("pipe", "is a device, a pipe"), ("empty", "is empty"),
        ("large", "has 6 B: a file may have 5 B here"), ("fits/x", "can't be read: Not a directory"),
        ("link", "the desk's own file"), ("nu\0ll", "there is no file"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput, match=why):
            desk.read_file(str(tmp_path / name))
