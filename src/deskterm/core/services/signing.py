"""Signatures of approvers, by plain `ssh-keygen`: made by the user's own agent, checked against the admin's list."""

import os
import subprocess
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.signing import NAMESPACE
from deskterm.core.domain.text import clean

_BEGIN: Final = "-----BEGIN SSH SIGNATURE-----"
_PATIENCE: Final = 60
"""A key on a token waits for a touch."""
_LONGEST: Final = 20_000
_SAID: Final = 200
_WRITABLE: Final = 0o022


def sign(message: bytes, key_path: Path) -> str:
    """Gives the signature of a message by the key at `key_path`, in OpenSSH's armour.

    The public key's file is enough where the private key is in the user's agent (SSH_AUTH_SOCK).

    Raises:
        InvalidInput: when there is no ssh-keygen, no such key, or no agent.
        NotAllowed: when the key doesn't sign: the agent hasn't got it, it was refused, or nobody confirmed in time.
    """
    if not key_path.is_file():
        raise InvalidInput(f"there is no signing key {key_path}: name your SSH public key in signing_key")
    try:
        done = _keygen(["sign", "-f", str(key_path)], message)
    except FileNotFoundError:
        raise InvalidInput("there is no ssh-keygen here to sign with: install openssh-client") from None
    except subprocess.TimeoutExpired:
        raise NotAllowed(f"nobody confirmed the signature within {_PATIENCE} s: decide again") from None
    armor = done.stdout.decode("ascii", "replace")
    if done.returncode == 0 and armor.startswith(_BEGIN):
        return armor
    said = done.stderr.decode("utf-8", "replace")
    if "No private key found" in said:
        if not os.environ.get("SSH_AUTH_SOCK"):
            raise InvalidInput("there is no SSH agent to sign with: start one, or connect with `ssh -A`")
        raise NotAllowed(f"your SSH agent hasn't got the key {key_path.name}: add it with ssh-add")
    if "passphrase" in said:
        raise NotAllowed(f"the key {key_path.name} has a passphrase: add it to your agent with ssh-add")
    raise NotAllowed(f"the key {key_path.name} didn't sign: {_last_line(said)}")


def check(
    message: bytes, armor: str, login: str, at: datetime, allowed_signers: Path, revoked: Path | None = None
) -> str:
    """Gives why a signature of a message isn't one by `login` at that time, "" when it is.

    It counts by a key that `allowed_signers` has for `login`, for that time and this namespace, and that isn't
    `revoked`. Both are files as ssh-keygen reads them; one that others may change is not believed.
    """
    for path in (allowed_signers, revoked):
        if path is not None and (why := distrusted(path)):
            return why
    if not armor.startswith(_BEGIN) or len(armor) > _LONGEST:
        return "it is no SSH signature"
    when = at.astimezone(UTC).strftime("%Y%m%d%H%M%SZ")
    with tempfile.TemporaryDirectory(prefix="deskterm-") as private:
        signature = Path(private) / "signature"
        signature.write_text(armor, encoding="utf-8", errors="replace")
        asked = ["verify", "-f", str(allowed_signers), "-I", login, "-s", str(signature), f"-Overify-time={when}"]
        try:
            done = _keygen([*asked, *(["-r", str(revoked)] if revoked else [])], message)
        except FileNotFoundError:
            return "there is no ssh-keygen here to check it with: install openssh-client"
        except (ValueError, subprocess.TimeoutExpired):
            return "ssh-keygen can't check it"
    if done.returncode == 0:
        return ""
    said = done.stderr.decode("utf-8", "replace")
    if "incorrect signature" in said:
        return "it is not a signature of this decision"
    if "namespace does not match" in said:
        return f"it was made for something else than {NAMESPACE}"
    return f"it is by no key that counts for {clean(login)}" + (f": {why}" if (why := _last_line(said)) else "")


def distrusted(path: Path) -> str:
    """Gives why a list of keys isn't to be believed, "" when it is: it is there, and only its owner may change it."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return f"{path} can't be read: {error.strerror}"
    if not path.is_file():
        return f"{path} is no file"
    return f"{path} may be changed by others than its owner: chmod go-w it" if mode & _WRITABLE else ""


def _keygen(arguments: Sequence[str], message: bytes) -> "subprocess.CompletedProcess[bytes]":
    """Runs ssh-keygen away from the terminal: whatever it would ask there, the screens would garble."""
    command = ["ssh-keygen", "-Y", arguments[0], "-n", NAMESPACE, *arguments[1:]]
    return subprocess.run(  # noqa: S603 - a fixed program, no shell; what is not fixed are values of options
        command, input=message, capture_output=True, timeout=_PATIENCE, start_new_session=True, check=False
    )


def _last_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip() and "standard input" not in line]
    return clean(lines[-1])[:_SAID] if lines else ""
