"""What a decision about a purchase would come to, tried without writing anything: not even that it was tried."""

from dataclasses import replace
from typing import Final

from deskterm.core.domain.decide import Arguments, decide
from deskterm.core.domain.errors import NotAllowed
from deskterm.core.domain.stages import Signed
from deskterm.core.domain.words import Action
from deskterm.core.services.context import Context, limits, seen

_ITS_KEY_WOULD_SIGN: Final = Signed("", "", "")


def rehearse(context: Context, ticket_id: int, action: Action, text: str) -> None:
    """Passes when the actor could approve, refuse or ask now; whether their key signs is seen only when they do.

    Raises:
        NotFound, NotAllowed, InvalidInput: as the decision itself would.
    """
    now = context.clock()
    with context.store.read() as connection:
        actor = context.actor(connection)
        history, profile_id = seen(connection, actor, ticket_id, now)
        set_ = limits(connection, history, context.policy(connection, profile_id), action)
    if context.by_id is not None:
        raise NotAllowed("a decision is made in person: who can't be there delegates, and --as is refused")
    given = Arguments(text=text)
    if context.keys.signing_key is not None and actor.login:
        given = replace(given, signature=_ITS_KEY_WOULD_SIGN)
    decide(history.ticket, action, given, actor, now=max(now, history.ticket.updated_at), **set_)
