"""Signed heads: what the sealer publishes, so that a log that was cut off, rolled back or rebuilt shows.

One line a head: tag, log id, size, hash, time, public key, signature. The signature is Ed25519 over the line before it.
A line that was cut off by a power cut gets the words `# cut off` behind it, as nothing is ever taken back.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final, NamedTuple

from deskterm.core.domain.audit import Head
from deskterm.core.domain.text import clean

TAG: Final = "deskterm-head-v1"
CUT: Final = "# cut off"
ALARM: Final = "# ALARM "
"""What the sealer's remark begins with that the trail doesn't hold; the instant follows, and a sentence."""
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


class Raised(NamedTuple):
    """An alarm that the sealer wrote among its heads; `at` is None where no instant can be read."""

    at: datetime | None
    said: str


def read_alarms(lines: Iterable[str]) -> list[Raised]:
    """Gives the alarms among the lines of heads."""
    return [_raised(line.removeprefix(ALARM).strip()) for line in lines if line.startswith(ALARM)]


def _raised(text: str) -> Raised:
    word, _, said = text.partition(" ")
    with suppress(ValueError):
        at = datetime.fromisoformat(word)
        if at.tzinfo is not None:
            return Raised(at.astimezone(UTC), clean(said))
    return Raised(None, clean(text))


def read_heads(lines: Iterable[str]) -> list[SignedHead]:
    """Gives the heads that lines hold; blank lines, what begins with # and what was cut off say nothing.

    Raises:
        ValueError: names the line that is no head.
    """
    said = ((number, line) for number, line in enumerate(lines, 1) if _says(line))
    return [_head(line, number) for number, line in said]


def _says(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#") and not line.rstrip().endswith(CUT)


def _head(line: str, number: int) -> SignedHead:
    parts = line.split()
    if len(parts) == _PARTS and parts[0] == TAG:
        _, log_id, size, hash_, at, key, signature = parts
        with suppress(ValueError):
            head = SignedHead(log_id, Head(int(size), hash_), datetime.fromisoformat(at), key, signature)
            if head.line == line.strip():
                return head
    raise ValueError(f"line {number} is no head: expected {_PARTS} words that begin with {TAG}")
