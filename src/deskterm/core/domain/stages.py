"""The parts of an approval chain that stand in facts: stages as a round was opened with them, places, signatures."""

from collections.abc import Sequence
from typing import NamedTuple

from deskterm.core.domain.profile import Quorum


class StageSpec(NamedTuple):
    """A stage as a round was opened with it, so that its facts prove it without the profile."""

    key: str
    title: str
    approvers: tuple[str, ...]
    quorum: str
    signed: bool

    @classmethod
    def from_data(cls, data: Sequence[object]) -> "StageSpec":
        """Gives the stage that stands in a fact as a list."""
        key, title, approvers, quorum, signed = data
        if not isinstance(approvers, Sequence):
            raise TypeError("a stage's approvers are a list")
        return cls(str(key), str(title), tuple(map(str, approvers)), str(quorum), bool(signed))

    def needed(self) -> int:
        """Gives how many of its approvers must approve."""
        return Quorum.parse(self.quorum).needed(len(self.approvers))


class Slot(NamedTuple):
    """A place among a stage's approvers: the post that fills it, who holds that (None is nobody), and why not another.

    `because` is empty where the stage's own approver has it.
    """

    post: str
    person_id: int | None
    because: str = ""


class Signed(NamedTuple):
    """An approver's own signature of a decision: an OpenSSH signature over `deskterm-approval`.

    `head` is a head of the audit log that was there before, `nonce` makes each decision's message its own.
    """

    head: str
    nonce: str
    armor: str
