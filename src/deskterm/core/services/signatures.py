"""An approver's own signature under a decision: made by their SSH key, checked before it is written."""

import secrets
from datetime import datetime
from typing import Final, NamedTuple

from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.history import History, caught_up
from deskterm.core.domain.panel import Panel, may_decide
from deskterm.core.domain.people import Person
from deskterm.core.domain.signing import message
from deskterm.core.domain.stages import Signed
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
    """What is to be signed, whose it is, and whether the stage wants it signed."""

    message: bytes
    head: str
    nonce: str
    login: str
    at: datetime
    is_wanted: bool


def to_sign(
    context: Context,
    connection: Connection,
    before: History,
    policy: DeskPolicy,
    panel: Panel,
    action: Action,
    actor: Person,
    now: datetime,
) -> Unsigned | None:
    """Gives what the actor signs with a decision, None when they have no key or nothing to decide."""
    round_ = panel.round
    slot = may_decide(round_, panel.roster, now).get(actor.id) if round_ else None
    spec = round_.spec if round_ else None
    if round_ is None or slot is None or spec is None or context.keys.signing_key is None or not actor.login:
        return None
    log_id, head = audit.head(connection)
    nonce = secrets.token_hex(16)
    principal = directory.person(connection, slot.person_id) if slot.person_id and slot.person_id != actor.id else None
    breaches = len(caught_up(before, now, policy))  # they are written before the decision
    text = message(
        log_id=log_id,
        ticket_id=before.ticket.id,
        version=before.ticket.version + breaches + 1,
        round=round_.number,
        stage=round_.stage,
        digest=round_.digest,
        decision=_DECISIONS[action].value,
        login=actor.login,
        on_behalf_of=(principal.login or principal.name) if principal else "",
        head=head.hash,
        nonce=nonce,
    )
    return Unsigned(text, head.hash, nonce, actor.login, now, spec.signed)


def signed(context: Context, unsigned: Unsigned) -> Signed:
    """Gives the actor's signature; no connection is open meanwhile, for a key may want to be touched.

    Raises:
        NotAllowed: when the signature is not one that counts here.
        InvalidInput: when the key can't sign, or nothing says whose keys count where the stage wants a signature.
    """
    from deskterm.core.services import signing  # noqa: PLC0415 - only who signs pays for it

    keys = context.keys
    if keys.signing_key is None:
        raise InvalidInput("there is no key to sign with: set signing_key")
    if keys.allowed_signers is None and unsigned.is_wanted:
        raise InvalidInput("nothing says whose keys count: an admin sets allowed_signers")
    armor = signing.sign(unsigned.message, keys.signing_key)
    if keys.allowed_signers is not None:
        why = signing.check(unsigned.message, armor, unsigned.login, unsigned.at, keys.allowed_signers, keys.revoked)
        if why:
            raise NotAllowed(f"your signature doesn't count here: {why}")
    return Signed(unsigned.head, unsigned.nonce, armor)
