"""Approvers' signatures by a real agent and the real ssh-keygen: made with only the public key at hand."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.facts import Fact
from deskterm.core.domain.signing import message, message_of
from deskterm.core.domain.stages import Signed
from deskterm.core.domain.wire import packed, unpacked
from deskterm.core.domain.words import FactKind
from deskterm.core.services.signing import check, sign

AT: Final = datetime(2026, 9, 28, 8, 0, tzinfo=UTC)
FIELDS: Final[dict[str, Any]] = {
    "log_id": "0f" * 16, "ticket_id": 42, "version": 7, "round": 1, "stage": "department", "digest": "d" * 64,
    "decision": "approved", "login": "lara", "on_behalf_of": "", "head": "a" * 64, "nonce": "n" * 32,
}  # fmt: skip
MESSAGE: Final = message(**FIELDS)


def run(*command: str, stdin: bytes = b"") -> str:
    return subprocess.run(command, input=stdin, stdout=subprocess.PIPE, check=True).stdout.decode()


def key(path: Path, *options: str) -> Path:
    """Makes a pair of keys, and gives the public one's file."""
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", *options, "-f", str(path))
    return path.with_suffix(".pub")


def test_a_signature_counts_for_its_signer_and_its_message(agent: Any, listed: Any) -> None:
    laras, olus = agent("lara"), agent("olu")
    allowed = listed(lara=laras, olu=olus)
    armor = sign(MESSAGE, laras)

    assert check(MESSAGE, armor, "lara", AT, allowed) == ""
    assert check(MESSAGE, armor, "olu", AT, allowed).startswith("it is by no key that counts for olu")
    assert check(MESSAGE, sign(MESSAGE, olus), "lara", AT, allowed).startswith("it is by no key that counts for lara")
    assert check(MESSAGE, armor, "-f", AT, allowed).startswith("it is by no key that counts for -f")
    assert check(MESSAGE, armor, "lara\0", AT, allowed) == "ssh-keygen can't check it"


@pytest.mark.parametrize("name", FIELDS)
def test_a_signature_is_for_one_decision_only(agent: Any, listed: Any, name: str) -> None:
    laras = agent("lara")
    other = FIELDS[name] + (1 if isinstance(FIELDS[name], int) else "x")

    said = check(message(**FIELDS | {name: other}), sign(MESSAGE, laras), "lara", AT, listed(lara=laras))

    assert said == "it is not a signature of this decision"


def test_every_changed_byte_of_the_message_shows(agent: Any, listed: Any) -> None:
    laras = agent("lara")
    armor, allowed = sign(MESSAGE, laras), listed(lara=laras)

    for place in range(0, len(MESSAGE), 23):
        changed = MESSAGE[:place] + bytes([MESSAGE[place] ^ 1]) + MESSAGE[place + 1 :]
        assert check(changed, armor, "lara", AT, allowed) == "it is not a signature of this decision"


def test_a_signature_that_was_made_for_something_else_does_not_count(agent: Any, listed: Any) -> None:
    laras = agent("lara")
    other = run("ssh-keygen", "-Y", "sign", "-n", "git", "-f", str(laras), stdin=MESSAGE)

    assert check(MESSAGE, other, "lara", AT, listed(lara=laras)) == (
        "it was made for something else than deskterm-approval"
    )
    for junk in (
        "",
        "nothing of the kind",
        sign(MESSAGE, laras)[:150],
        "-----BEGIN SSH SIGNATURE-----\n" + "A" * 30_000,
    ):
        assert check(MESSAGE, junk, "lara", AT, listed(lara=laras)) != ""


def test_a_revoked_key_does_not_count(agent: Any, listed: Any, tmp_path: Path) -> None:
    laras = agent("lara")
    armor, allowed = sign(MESSAGE, laras), listed(lara=laras)
    revoked = tmp_path / "revoked"
    revoked.write_text("")
    assert check(MESSAGE, armor, "lara", AT, allowed, revoked) == ""

    revoked.write_text(laras.read_text())
    assert check(MESSAGE, armor, "lara", AT, allowed, revoked).startswith("it is by no key that counts for lara")
    revoked.unlink()
    run("ssh-keygen", "-q", "-k", "-f", str(revoked), str(laras))  # as a list of OpenSSH's own form
    assert check(MESSAGE, armor, "lara", AT, allowed, revoked).startswith("it is by no key that counts for lara")


def test_a_key_counts_in_its_time_and_namespace(agent: Any, tmp_path: Path) -> None:
    laras = agent("lara")
    armor, allowed = sign(MESSAGE, laras), tmp_path / "allowed"

    def said(options: str) -> str:
        allowed.write_text(f"lara {options} {laras.read_text()}")
        allowed.chmod(0o600)
        return check(MESSAGE, armor, "lara", AT, allowed)

    assert said('valid-after="20260928080000Z",valid-before="20260928080001Z"') == ""
    assert "key has expired" in said('valid-before="20260928075959Z"')
    assert "key is not yet valid" in said('valid-after="20260928080001Z"')
    assert said('namespaces="deskterm-approval"') == ""
    assert "not permitted for use in signature namespace" in said('namespaces="git"')


@pytest.mark.parametrize("mode", [0o664, 0o646, 0o666])
def test_a_list_that_others_may_change_is_not_believed(agent: Any, listed: Any, tmp_path: Path, mode: int) -> None:
    laras = agent("lara")
    armor, allowed, revoked = sign(MESSAGE, laras), listed(lara=laras), tmp_path / "revoked"
    revoked.write_text("")
    revoked.chmod(mode)
    said = "may be changed by others than its owner: chmod go-w it"

    assert check(MESSAGE, armor, "lara", AT, allowed, revoked) == f"{revoked} {said}"
    allowed.chmod(mode)
    assert check(MESSAGE, armor, "lara", AT, allowed) == f"{allowed} {said}"


def test_a_list_that_is_missing_is_no_reason_to_believe(agent: Any, listed: Any, tmp_path: Path) -> None:
    laras, nowhere = agent("lara"), tmp_path / "nowhere"
    armor, allowed = sign(MESSAGE, laras), listed(lara=laras)

    assert check(MESSAGE, armor, "lara", AT, nowhere) == f"{nowhere} can't be read: No such file or directory"
    assert check(MESSAGE, armor, "lara", AT, allowed, nowhere) == f"{nowhere} can't be read: No such file or directory"
    assert check(MESSAGE, armor, "lara", AT, tmp_path) == f"{tmp_path} is no file"


def test_a_private_key_file_signs_without_an_agent(
    listed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    public = key(tmp_path / "lara")

    assert check(MESSAGE, sign(MESSAGE, tmp_path / "lara"), "lara", AT, listed(lara=public)) == ""


def test_why_there_is_no_signature_is_one_sentence(agent: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput, match=r"there is no signing key .*nowhere"):
        sign(MESSAGE, tmp_path / "nowhere")
    with pytest.raises(NotAllowed, match=r"the key wary\.pub didn't sign: .*agent refused operation"):
        sign(MESSAGE, agent("wary", "-c"))  # it asks before each use, and here nobody says yes
    public = key(tmp_path / "lara")
    (tmp_path / "lara").rename(tmp_path / "elsewhere")
    with pytest.raises(NotAllowed, match=r"your SSH agent hasn't got the key lara\.pub: add it with ssh-add"):
        sign(MESSAGE, public)
    monkeypatch.delenv("SSH_AUTH_SOCK")
    with pytest.raises(InvalidInput, match="there is no SSH agent to sign with"):
        sign(MESSAGE, public)
    locked = tmp_path / "locked"
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", str(locked))
    with pytest.raises(NotAllowed, match="the key locked has a passphrase: add it to your agent"):
        sign(MESSAGE, locked)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InvalidInput, match="there is no ssh-keygen here"):
        sign(MESSAGE, locked)
    assert check(MESSAGE, "-----BEGIN SSH SIGNATURE-----", "lara", AT, public).startswith("there is no ssh-keygen here")


def test_a_key_that_waits_too_long_for_its_touch_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "ssh-keygen"
    slow.write_text("#!/bin/sh\nexec sleep 30\n")
    slow.chmod(0o755)
    public = tmp_path / "lara.pub"
    public.write_text("")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr("deskterm.core.services.signing._PATIENCE", 0.2)

    with pytest.raises(NotAllowed, match="nobody confirmed the signature"):
        sign(MESSAGE, public)


def test_the_message_has_its_fields_in_order() -> None:
    assert unpacked(MESSAGE.decode()) == ["deskterm-approval-v1", *FIELDS.values()]
    assert packed(["deskterm-approval-v1", *FIELDS.values()]).encode() == MESSAGE


def test_the_message_is_made_again_from_the_fact() -> None:
    fact = Fact(
        kind=FactKind.APPROVED, at=AT, actor_id=5, round=1, stage="department", digest="d" * 64, on_behalf_of=5,
        signature=Signed("a" * 64, "n" * 32, "armor"),
    )  # fmt: skip

    assert message_of("0f" * 16, 42, 7, fact, {5: "lara"}) == MESSAGE
    with pytest.raises(ValueError, match="nothing says who person 5 is"):
        message_of("0f" * 16, 42, 7, fact, {6: "olu"})
