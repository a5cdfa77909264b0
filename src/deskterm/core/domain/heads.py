"""Signed heads: what the sealer publishes, so that a log that was cut off, rolled back or rebuilt shows.

One line a head: tag, log id, size, hash, time, public key, signature. The signature is Ed25519 over the line before it.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, NamedTuple

from deskterm.core.domain.audit import Head

TAG: Final = "deskterm-head-v1"
_PARTS: Final = 7


class SignedHead(NamedTuple):
    """A head as it was published. `key` and `signature` are base64 of the raw Ed25519 public key and signature."""

    log_id: str
    head: Head
    at: datetime
    key: str
    signature: str = ""

    @property
    def message(self) -> bytes:
        """What is signed: the line up to the signature."""
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        return f"{TAG} {self.log_id} {self.head.size} {self.head.hash} {at} {self.key}".encode()

    @property
    def line(self) -> str:
        """The head as it is published."""
        return f"{self.message.decode()} {self.signature}"


def read_heads(lines: Iterable[str]) -> list[SignedHead]:
    """Gives the heads that lines hold; blank lines and what begins with # say nothing.

    Raises:
        ValueError: names the line that is no head.
    """
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = line.split()
        try:
            tag, log_id, size, hash_, at, key, signature = parts
            if tag != TAG:
                raise ValueError(tag)
            found.append(SignedHead(log_id, Head(int(size), hash_), datetime.fromisoformat(at), key, signature))
        except ValueError:
            raise ValueError(f"line {number} is no head: expected {_PARTS} words that begin with {TAG}") from None
    return found
