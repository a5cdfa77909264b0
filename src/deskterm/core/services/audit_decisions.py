"""Approvers' signatures: every decision whose stage wants one has one that holds for it, and for the log before it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from deskterm.core.domain.audit import START
from deskterm.core.domain.facts import DECISIONS, reference
from deskterm.core.domain.signing import message
from deskterm.core.domain.stages import Signed, StageSpec
from deskterm.core.domain.trail import Damage, Decided, Found, SignatureCheck
from deskterm.core.domain.words import FactKind
from deskterm.core.services import signing
from deskterm.core.services.audit_facts import UNREADABLE

ABOUT: Final = frozenset({*DECISIONS, FactKind.REQUESTED})
"""The facts that this looks at."""


class Told(NamedTuple):
    """One of those facts, as its entry has it."""

    seq: int
    ticket_id: int
    version: int
    kind: str
    at: datetime
    actor_id: int | None
    data: Mapping[str, Any]


class Decisions:
    """The decisions of a log, as a walk over it meets them. `login` and `person` name people as of then."""

    def __init__(
        self,
        log_id: str,
        check: SignatureCheck | None,
        login: Callable[[int], str],
        name: Callable[[int], str],
    ) -> None:
        self._log_id, self._check, self._login, self._name = log_id, check, login, name
        self._wants: dict[int, dict[str, bool]] = {}
        self._heads: dict[str, tuple[int, str]] = {}
        self.found: list[Found] = []
        self.made = self.signed = self.held = self.unchecked = 0

    def tell(self, told: Told) -> None:
        """Goes on with a fact."""
        name = f"{reference(told.ticket_id)}, version {told.version}"
        try:
            if told.kind == FactKind.REQUESTED:
                stages = map(StageSpec.from_data, told.data["stages"])
                self._wants[told.ticket_id] = {stage.key: stage.signed for stage in stages}
            elif why := self._wrong(told):
                self.found.append(Found(Damage.FORGED, told.seq, f"{told.kind} in {name}: {why}"))
        except UNREADABLE:
            self.found.append(Found(Damage.FORGED, told.seq, f"{told.kind} in {name} can't be read"))

    def _wrong(self, told: Told) -> str:
        data, stages = told.data, self._wants.get(told.ticket_id, {})
        given = data.get("signature")
        self.made += 1
        self.signed += given is not None
        if given is None:
            # a stage that the round doesn't have is no way around those that want a signature
            return (
                "without the signature that its stage wants" if stages.get(data["stage"], any(stages.values())) else ""
            )
        signed = Signed(*given)
        if not all(isinstance(part, str) for part in signed):
            return "what stands for its signature is none"
        if self._check is None:
            self.unchecked += 1
            return ""
        actor, other = told.actor_id or 0, data.get("on_behalf_of")
        behalf = "" if other in {None, actor} else self._login(other) or self._name(other)
        decided = Decided(
            self._log_id, told.ticket_id, told.version, data["round"], data["stage"], data["digest"], told.kind,
            self._login(actor), behalf, told.at, signed,
        )  # fmt: skip
        if why := self._check(decided):
            return f"its signature doesn't hold: {why}"
        self.held += 1
        if signed.head != START:
            self._heads.setdefault(signed.head, (told.seq, name_of(told)))
        return ""

    def check_heads(self, hashes: Callable[[], Iterable[Sequence[Any]]]) -> None:
        """Finds the signatures that were made behind an entry that is not before them in this log.

        What was rewritten before a signed decision shows by that, whoever signed the heads anew.
        """
        if not self._heads:
            return
        for seq, hash_ in hashes():
            if hash_ in self._heads and self._heads[hash_][0] > seq:
                del self._heads[hash_]
        for seq, name in self._heads.values():
            said = f"{name} was signed behind an entry that is not in the log before it: it was made anew"
            self.found.append(Found(Damage.REBUILT, seq, said))


def name_of(told: Told) -> str:
    """Gives how a decision is named."""
    return f"the decision in {reference(told.ticket_id)}, version {told.version}"


def ssh_check(allowed_signers: Path, revoked: Path | None) -> SignatureCheck:
    """Gives the check of approvers' signatures by plain ssh-keygen, against an admin's lists."""

    def check(decided: Decided) -> str:
        log_id, ticket_id, version, round_, stage, digest, decision, login, behalf, at, signed = decided
        text = message(
            log_id=log_id, ticket_id=ticket_id, version=version, round=round_, stage=stage, digest=digest,
            decision=decision, login=login, on_behalf_of=behalf, head=signed.head, nonce=signed.nonce,
        )  # fmt: skip
        return signing.check(text, signed.armor, login, at, allowed_signers, revoked)

    return check
