"""What people do to a purchase: put it before its chain, change it, decide it. Facts come out, nothing is changed."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from deskterm.core.domain.chain import Round, applying, follow, is_lost, is_won, next_stage, opening
from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.facts import Fact, Ticket
from deskterm.core.domain.lifecycle import RULES
from deskterm.core.domain.panel import Panel, may_decide, stage_opened
from deskterm.core.domain.purchase import Purchase
from deskterm.core.domain.stages import Signed
from deskterm.core.domain.text import many
from deskterm.core.domain.words import Action, FactKind, Outcome, Status, WaitReason

_PENDING: Final = Status.PENDING_APPROVAL
_BECOMES: Final = {True: "becomes", False: "become"}


def put_before(
    ticket: Ticket, panel: Panel, purchase: Purchase, actor_id: int, now: datetime, *, by_id: int | None = None
) -> list[Fact]:
    """Gives the facts that begin a round: the purchase with the stages it passes, and the first stage open (000-R26).

    Raises:
        NotAllowed: when the profile has no chain.
    """
    specs = applying(panel.rules, purchase, panel.currency)
    if not specs:
        raise NotAllowed("this desk's profile has no approval chain: nothing can be bought through it")
    number = len(panel.chain) + 1
    fact = opening(number, purchase, specs, ticket.requester_id, actor_id, by_id, now)
    round_ = follow(panel.chain, fact)[-1]
    return [fact, stage_opened(round_, specs[0], panel.place, panel.roster, now)]


def amended(
    ticket: Ticket,
    panel: Panel,
    purchase: Purchase,
    why: str,
    actor_id: int,
    now: datetime,
    *,
    by_id: int | None = None,
) -> tuple[Fact, ...]:
    """Gives the facts of a purchase changed: what was decided is void, and another round begins.

    A ticket whose purchase nobody wrote down yet gets its first round.

    Raises:
        NotAllowed: when nothing differs, or the profile has no chain.
        InvalidInput: when signatures become void and nothing says why.
    """
    round_ = panel.round
    if round_ is None:
        return tuple(put_before(ticket, panel, purchase, actor_id, now, by_id=by_id))
    if purchase.digest == round_.digest:
        raise NotAllowed(f"{ticket.reference} asks for just that already: nothing was changed")
    if (signed := signatures(round_)) and not why.strip():
        raise InvalidInput(f"say why it is changed: {many(signed, 'signature')} {_BECOMES[signed == 1]} void")
    void = Fact(
        kind=FactKind.AMENDED,
        at=now,
        actor_id=actor_id,
        round=round_.number,
        digest=round_.digest,
        text=why.strip() or None,
    )
    after = Panel(follow(panel.chain, void), panel.rules, panel.currency, panel.roster, panel.place)
    return (void, *put_before(ticket, after, purchase, actor_id, now, by_id=by_id))


def signatures(round_: Round) -> int:
    """Gives how many have approved so far: what a change makes void."""
    return sum(made.kind is FactKind.APPROVED for made in round_.decisions)


def decided(
    ticket: Ticket, panel: Panel, kind: FactKind, actor_id: int, text: str, now: datetime, signature: Signed | None
) -> tuple[Fact, ...]:
    """Gives the facts of one approver's decision, and of what it leads to: the next stage, or the chain's end.

    Raises:
        NotAllowed: when the stage wants a signature and there is none.
    """
    round_ = panel.round
    if round_ is None or (spec := round_.spec) is None:
        raise NotAllowed(f"{ticket.reference} has no stage that is open")
    if spec.signed and signature is None and kind is not FactKind.RETURNED:
        raise NotAllowed(f"{spec.title} wants your signature: set signing_key to your SSH key, then decide again")
    slot = may_decide(round_, panel.roster, now)[actor_id]
    behalf = slot.person_id if slot.person_id != actor_id else None
    fact = Fact(
        kind=kind, at=now, actor_id=actor_id, on_behalf_of=behalf, round=round_.number, stage=spec.key,
        digest=round_.digest, text=text.strip() or None, signature=signature,
    )  # fmt: skip
    if kind is FactKind.RETURNED:
        return (fact,)
    after = follow(panel.chain, fact)[-1]
    if not (is_won(after, spec) or is_lost(after, spec)):
        return (fact,)
    ending = replace(fact, ends=True)
    after = follow(panel.chain, ending)[-1]
    return ending, _led_to(ticket, panel, after, text, now, lost=not is_won(after, spec))


def _led_to(ticket: Ticket, panel: Panel, after: Round, text: str, now: datetime, *, lost: bool) -> Fact:
    coming = next_stage(after)
    if coming is not None and not lost:
        return stage_opened(after, coming, panel.place, panel.roster, now)
    action = Action.CHAIN_REFUSE if lost else Action.CHAIN_APPROVE
    status = RULES[_PENDING, action].target(ticket)
    return Fact(
        kind=FactKind.DECLINED if lost else FactKind.AUTHORISED,
        at=now,
        actor_id=None,
        status=status,
        reason=WaitReason.DELIVERY if status is Status.WAITING else None,
        outcome=Outcome.REJECTED if status is Status.CLOSED else None,
        round=after.number,
        digest=after.digest,
        text=(text.strip() or None) if lost else None,
    )


def answers(ticket: Ticket, panel: Panel, actor_id: int, now: datetime) -> bool:
    """Gives whether a reply is the information that was asked for: by anybody but those who are to decide."""
    round_ = panel.round
    if not ticket.returned or round_ is None:
        return False
    return actor_id not in may_decide(round_, panel.roster, now)
