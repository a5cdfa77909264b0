"""docs/evidence.md: its test vector holds, and what it says to do by hand leads where it says."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from deskterm.core.domain.audit import linked
from deskterm.core.domain.heads import read_heads
from deskterm.core.domain.signing import message
from deskterm.core.services.evidence_check import check, read
from deskterm.core.services.sealing import check_head

DOCS: Final = Path(__file__).parents[2] / "docs"
PAGE: Final = (DOCS / "evidence.md").read_text("utf-8")
EXAMPLE: Final = DOCS / "evidence-example.json"


def block(name: str) -> str:
    found = re.search(rf"^```{name}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found, name
    return found[1]


@pytest.fixture
def evidence() -> dict[str, Any]:
    return read(EXAMPLE.read_text("utf-8"))


@pytest.fixture
def allowed(tmp_path: Path) -> Path:
    path = tmp_path / "allowed_signers"
    path.write_text(block("text allowed_signers"))
    path.chmod(0o644)
    return path


def test_the_example_holds(evidence: dict[str, Any], allowed: Path) -> None:
    done = check(evidence, keys=frozenset({block("text key").strip()}), allowed_signers=allowed)

    assert done.problems == ()
    assert (done.state, done.decisions, done.signatures) == ("approved", 3, 3)


def test_the_vectors_are_the_examples(evidence: dict[str, Any]) -> None:
    (head,) = read_heads([evidence["head"]])
    assert check_head(head)
    assert head.key == block("text key").strip()
    first = linked(evidence["log_id"], evidence["before"], evidence["links"][0])
    assert first == block("text hash").strip() == evidence["entries"][0]["hash"]
    made = evidence["rounds"][0]["decisions"][0]
    text = message(
        log_id=evidence["log_id"], ticket_id=evidence["ticket"]["id"], version=made["version"], round=1,
        stage=made["stage"], digest=made["digest"], decision="approved", login="lara", on_behalf_of="",
        head=made["signature"]["head"], nonce=made["signature"]["nonce"],
    )  # fmt: skip
    assert text.decode() == block("text message").rstrip("\n") == made["signature"]["message"]


def test_the_chain_is_followed_by_hand(evidence: dict[str, Any], tmp_path: Path) -> None:
    def followed(text: str) -> "subprocess.CompletedProcess[str]":
        (tmp_path / "evidence.json").write_text(text, "utf-8")
        command = [sys.executable, "-I", "-c", block("python"), str(tmp_path / "evidence.json")]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    done = followed(EXAMPLE.read_text("utf-8"))
    assert (done.returncode, done.stdout.strip()) == (0, evidence["head"].split()[3]), done.stderr
    changed = followed(EXAMPLE.read_text("utf-8").replace("The old one streaks", "The new one streaks"))
    assert changed.returncode != 0
    assert "was changed" in changed.stderr


def test_a_decision_is_checked_by_hand(evidence: dict[str, Any], allowed: Path) -> None:
    made = evidence["rounds"][0]["decisions"][0]["signature"]
    command = next(part for part in PAGE.split("```sh\n") if "ssh-keygen -Y verify" in part)
    line = command[command.index("ssh-keygen") : command.index("```")].replace("\\\n", "")
    assert not (allowed.parent / "revoked_keys").exists()
    words = line.replace(" < message", "").split()
    (allowed.parent / "signature").write_text(made["armor"])

    done = subprocess.run(words, input=made["message"].encode(), cwd=allowed.parent, capture_output=True, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b'Good "deskterm-approval" signature for lara')
