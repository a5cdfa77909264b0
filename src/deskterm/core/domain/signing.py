"""What an approver signs: the message behind a decision's own signature. docs/evidence.md has a test vector.

The signature is OpenSSH's (`ssh-keygen -Y sign`) in a namespace of its own, so that none made for another purpose
counts here. The message binds it to one decision: of this log, this ticket and fact, about this purchase.
"""

from collections.abc import Mapping
from typing import Final

from deskterm.core.domain.facts import Fact
from deskterm.core.domain.wire import packed

TAG: Final = "deskterm-approval-v1"
NAMESPACE: Final = "deskterm-approval"


def message(
    *,
    log_id: str,
    ticket_id: int,
    version: int,
    round: int,  # noqa: A002 - the word that facts have for it
    stage: str,
    digest: str,
    decision: str,
    login: str,
    on_behalf_of: str,
    head: str,
    nonce: str,
) -> bytes:
    """Gives what is signed: these fields, in this order, behind the tag.

    `version` is the number of the decision's own fact, `digest` the purchase's, `decision` the fact's kind,
    `on_behalf_of` the login of whose place it is, "" for one's own; `head` is the hash of an entry of the audit log
    that was there before, `nonce` is random.
    """
    fields = (
        TAG, log_id, ticket_id, version, round, stage, digest, decision, login, on_behalf_of, head, nonce,
    )  # fmt: skip
    return packed(fields).encode()


def message_of(log_id: str, ticket_id: int, version: int, fact: Fact, logins: Mapping[int, str]) -> bytes:
    """Gives the message behind a decision that is a fact; `logins` are people's, or the names of those without one.

    Raises:
        ValueError: when the fact carries no signature, or nothing says who somebody is.
    """
    if fact.signature is None or fact.actor_id is None:
        raise ValueError("it carries no signature")
    behalf = None if fact.on_behalf_of in {None, fact.actor_id} else fact.on_behalf_of
    unknown = [person for person in (fact.actor_id, behalf) if person is not None and not logins.get(person)]
    if unknown:
        raise ValueError(f"nothing says who person {unknown[0]} is")
    return message(
        log_id=log_id,
        ticket_id=ticket_id,
        version=version,
        round=fact.round or 0,
        stage=fact.stage or "",
        digest=fact.digest or "",
        decision=fact.kind.value,
        login=logins[fact.actor_id],
        on_behalf_of=logins[behalf] if behalf is not None else "",
        head=fact.signature.head,
        nonce=fact.signature.nonce,
    )
