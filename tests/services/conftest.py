"""What tests of approvers' keys may ask for: a real agent, and a list of whose key is whose."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


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
def signers(tmp_path: Path) -> Callable[..., Path]:
    """Writes a list of whose key is whose."""

    def write(**keys: Path) -> Path:
        path = tmp_path / "allowed_signers"
        path.write_text("".join(f"{login} {public.read_text()}" for login, public in keys.items()))
        path.chmod(0o644)
        return path

    return write
