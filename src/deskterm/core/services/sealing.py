"""Sealing: the end of the audit trail, signed, so that it can be kept where nobody who can change the trail reaches.

Only the sealer reads the private key. The `cryptography` package is loaded where a key is used and nowhere else.
"""

import os
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskterm.core.domain.audit import START, Head, hashed, read_entry
from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.heads import SignedHead
from deskterm.core.store import audit
from deskterm.core.store.engine import Store

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_SLICE: Final = 2_000
_OPEN_TO_OTHERS: Final = 0o077


def new_key(path: Path) -> str:
    """Makes a private key in a file that only its owner may read, and gives its public key, as heads have it.

    Raises:
        InvalidInput: when there is such a file already, or it can't be written.
    """
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415 - only a sealer needs it
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise InvalidInput(f"there is a file {path} already: a key is never overwritten") from None
    except OSError as error:
        raise InvalidInput(f"{path} can't be written: {error.strerror}") from error
    return public_key(key)


def read_key(path: Path) -> "Ed25519PrivateKey":
    """Gives the private key in a file.

    Raises:
        InvalidInput: when there is none, it is another kind of key, or others than its owner may read it.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    try:
        mode, pem = path.stat().st_mode, path.read_bytes()
    except FileNotFoundError:
        raise InvalidInput(f"there is no key {path}: make one with `deskterm seal --new-key {path}`") from None
    except OSError as error:
        raise InvalidInput(f"{path} can't be read: {error.strerror}") from error
    if mode & _OPEN_TO_OTHERS:
        raise InvalidInput(f"{path} is open to others than its owner: chmod 600 it, or better make a new key")
    try:
        key = load_pem_private_key(pem, password=None)
    except (TypeError, ValueError):
        raise InvalidInput(f"{path} holds no private key in PEM without a password") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise InvalidInput(f"{path} holds another kind of key than Ed25519")
    return key


def public_key(key: "Ed25519PrivateKey") -> str:
    """Gives a key's public half as heads have it: the raw bytes in base64."""
    return b64encode(key.public_key().public_bytes_raw()).decode()


def check_head(head: SignedHead) -> bool:
    """Gives whether a head is signed by the key that it names. Whether that key counts is for the caller to know."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

    try:
        key = Ed25519PublicKey.from_public_bytes(b64decode(head.key, validate=True))
        key.verify(b64decode(head.signature, validate=True), head.message)
    except (InvalidSignature, NotBase64, ValueError):
        return False
    return True


def seal(store: Store, key: "Ed25519PrivateKey", previous: Sequence[SignedHead], now: datetime) -> SignedHead | None:
    """Gives the head of the trail as it is now, signed; None when nothing was written since the last one.

    The last of the heads that were published before must be a prefix of the trail, and every entry after it is hashed
    anew: what doesn't hold is not signed.

    Raises:
        NotAllowed: when the trail was cut off, rolled back, rebuilt or changed; the message says which and where.
    """
    with store.read() as connection:
        log_id, end = audit.head(connection)
    last = max(previous, key=lambda head: head.head.size, default=None)
    start = Head(0, START)
    if last is not None:
        start = _checked(store, last, log_id, end)
    if end.size == start.size:
        return None
    end = _followed(store, log_id, start, end.size)
    head = SignedHead(log_id, end, now, public_key(key))
    return head._replace(signature=b64encode(key.sign(head.message)).decode())


def _checked(store: Store, last: SignedHead, log_id: str, end: Head) -> Head:
    """Gives the published head that the trail goes on from; raises NotAllowed when it doesn't."""
    size, published = last.head.size, f"published on {last.at:%Y-%m-%d %H:%M:%S} UTC"
    if last.log_id != log_id:
        raise NotAllowed(f"the last head is of another desk's trail, {last.log_id}: this one is {log_id}")
    if not check_head(last):
        raise NotAllowed(f"the head of {size} entries {published} is not signed by the key it names")
    if end.size < size:
        raise NotAllowed(
            f"the audit trail was cut off or rolled back: a head of {size} entries was {published}, it has {end.size}"
        )
    with store.read() as connection:
        entry = next(audit.walk(connection, after=size - 1), None)
    if entry is None or (entry.seq, entry.hash) != (size, last.head.hash):
        raise NotAllowed(
            f"the audit trail was rebuilt or rolled back: its entry {size} is not the one whose hash was {published}"
        )
    return last.head


def _followed(store: Store, log_id: str, start: Head, size: int) -> Head:
    """Gives the head at `size`, hashed anew from `start` in short reads; raises NotAllowed where it doesn't hold."""
    head = start
    while head.size < size:
        with store.read() as connection:
            part = list(islice(audit.walk(connection, after=head.size), min(_SLICE, size - head.size)))
        for entry in part:
            if entry.seq != head.size + 1:
                raise NotAllowed(f"the audit trail has lost entry {head.size + 1}")
            if hashed(log_id, head.hash, entry.body) != entry.hash or not _is_spelled(entry.body, log_id, entry.seq):
                raise NotAllowed(f"the audit trail was changed at entry {entry.seq}: its hash is not that of its text")
            head = Head(entry.seq, entry.hash)
        if not part:
            raise NotAllowed(f"the audit trail was cut off while it was read: entry {head.size + 1} is gone")
    return head


def _is_spelled(body: str, log_id: str, seq: int) -> bool:
    try:
        entry = read_entry(body)
    except ValueError:
        return False
    return (entry.log, entry.seq) == (log_id[:8], seq)
