"""An approver's own signature under a decision: made by their SSH key, checked before it is written."""

import secrets
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

from deskterm.core.domain.chain import Panel, may_decide
from deskterm.core.domain.decide import Arguments
from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.history import History, caught_up
from deskterm.core.domain.people import Person
from deskterm.core.domain.signing import message
from deskterm.core.domain.stages import Signed, Slot
from deskterm.core.domain.words import Action, FactKind
from deskterm.core.services.context import Context
from deskterm.core.services.policies import DeskPolicy
from deskterm.core.store import audit, directory
from deskterm.core.store.engine import Connection

_DECISIONS: Final = {
    Action.APPROVE: FactKind.APPROVED,
    Action.REFUSE: FactKind.REFUSED,
    Action.ASK: FactKind.RETURNED,
}


class Unsigned(NamedTuple):
    """What is to be signed, and whose it is."""

    message: bytes
    head: str
    nonce: str
    login: str


def signed(
    context: Context,
    connection: Connection,
    before: History,
    policy: DeskPolicy,
    panel: Panel,
    action: Action,
    given: Arguments,
    actor: Person,
    now: datetime,
) -> Arguments:
    """Gives the arguments of a decision with the actor's signature, where they have a key or the stage wants one.

    Raises:
        NotAllowed: when somebody else decides in the actor's name, or the signature is not one that counts here.
        InvalidInput: when the key can't sign.
    """
    if context.by_id is not None:
        raise NotAllowed("a decision is made in person: somebody who can't be there delegates, and --as is refused")
    round_ = panel.round
    slot = may_decide(round_, panel.roster, now).get(actor.id) if round_ else None
    spec = round_.spec if round_ else None
    if slot is None or spec is None or context.keys.signing_key is None:
        return given
    unsigned = _unsigned(connection, before, policy, panel, _DECISIONS[action], actor, slot, now)
    from deskterm.core.services import signing  # noqa: PLC0415 - only who signs pays for it

    armor = signing.sign(unsigned.message, context.keys.signing_key)
    allowed = context.keys.allowed_signers
    if allowed is None and spec.signed:
        raise InvalidInput("nothing says whose keys count: an admin sets allowed_signers")
    if allowed is not None and (
        why := signing.check(unsigned.message, armor, unsigned.login, now, allowed, context.keys.revoked)
    ):
        raise NotAllowed(f"your signature doesn't count here: {why}")
    return replace(given, signature=Signed(unsigned.head, unsigned.nonce, armor))


def _unsigned(
    connection: Connection,
    before: History,
    policy: DeskPolicy,
    panel: Panel,
    kind: FactKind,
    actor: Person,
    slot: Slot,
    now: datetime,
) -> Unsigned:
    round_ = panel.chain[-1]
    if not actor.login:
        raise NotAllowed("who signs needs a login: an admin gives you one")
    log_id, head = audit.head(connection)
    nonce = secrets.token_hex(16)
    principal = directory.person(connection, slot.person_id) if slot.person_id != actor.id and slot.person_id else None
    breaches = len(caught_up(before, now, policy))  # they are written before the decision
    text = message(
        log_id=log_id,
        ticket_id=before.ticket.id,
        version=before.ticket.version + breaches + 1,
        round=round_.number,
        stage=round_.stage,
        digest=round_.digest,
        decision=kind.value,
        login=actor.login,
        on_behalf_of=(principal.login or principal.name) if principal else "",
        head=head.hash,
        nonce=nonce,
    )
    return Unsigned(text, head.hash, nonce, actor.login)
