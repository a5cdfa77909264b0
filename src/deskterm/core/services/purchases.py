"""Purchases as people see them: a ticket's round with its stages and signatures, and the approval inbox."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from deskterm.core.domain.chain import Chain, Round, is_lost, is_won
from deskterm.core.domain.facts import reference
from deskterm.core.domain.panel import Panel
from deskterm.core.domain.people import Person
from deskterm.core.domain.profile import DEPUTY, LEAD, REQUESTER_LEAD, Profile
from deskterm.core.domain.purchase import Purchase, money
from deskterm.core.domain.stages import Slot, StageSpec
from deskterm.core.domain.text import some, told_of
from deskterm.core.domain.words import FactKind, Role, Status
from deskterm.core.services.policies import DeskPolicy
from deskterm.core.store import approvals, directory, tickets
from deskterm.core.store.engine import Connection
from deskterm.core.store.timelines import News
from deskterm.core.ticket_views import PurchaseView, SlotLine, StageLine, VoidedRound


def purchase_view(
    connection: Connection,
    loaded: tickets.Loaded,
    policy: DeskPolicy,
    panel: Panel,
    now: datetime,
    *,
    reader_id: int,
    inside: bool,
    whys: Mapping[int, str],
) -> PurchaseView | None:
    """Gives a ticket's latest round, None when it buys nothing; `whys` are why rounds were changed, by number.

    Unless its reader is `inside`, what approvers remarked and what the department spent stays out.
    """
    history = loaded.history
    if not history.chain:
        return None
    last = history.chain[-1]
    met = {*(s.person_id for s in last.slots), *(p for d in last.decisions for p in (d.by_id, d.for_id))}
    met |= {round_.asked_by for round_ in history.chain}
    met |= {decision.by_id for round_ in history.chain for decision in round_.decisions}
    names = directory.names(connection, {person for person in met if person})
    department = history.ticket.department_id
    since, until = _month(policy, department, now)
    stages = tuple(_stage(last, spec, panel, policy.profile, names) for spec in last.specs)
    bought = last.purchase
    return PurchaseView(
        round=last.number,
        state=last.state,
        lines=bought.lines,
        currency=bought.currency,
        total_minor=bought.total_minor,
        total=bought.total,
        vendor=bought.vendor,
        justification=bought.justification,
        cost_centre=bought.cost_centre,
        quotes=bought.quotes,
        digest=last.digest,
        asked_by=names.get(last.asked_by or 0, "somebody"),
        asked_at=last.asked_at,
        decided_at=last.ended_at,
        stages=stages if inside else tuple(map(_unremarked, stages)),
        spent=tuple(approvals.approved_between(connection, department, since, until)) if inside else (),
        voided=tuple(_voided(history.chain, names, whys, reader_id)),
    )


def _voided(chain: Chain, names: Mapping[int, str], whys: Mapping[int, str], reader_id: int) -> Iterable[VoidedRound]:
    for before, after in pairwise(chain):
        signed = dict.fromkeys(d.by_id for d in before.decisions if d.kind is FactKind.APPROVED)
        yield VoidedRound(
            before.number,
            before.purchase,
            names.get(after.asked_by or 0, "somebody"),
            whys.get(before.number, ""),
            tuple(names.get(person, "somebody") for person in signed if person != reader_id),
            reader_id in signed,
        )


def _unremarked(stage: StageLine) -> StageLine:
    """Gives a stage as its requester reads it: why it was refused and what was asked, no other words."""
    slots = (slot._replace(text="") if slot.decision is FactKind.APPROVED else slot for slot in stage.slots)
    return stage._replace(slots=tuple(slots))


def _month(policy: DeskPolicy, department_id: int, now: datetime) -> tuple[datetime, datetime]:
    """Gives the month that `now` is in, in the zone of the department's calendar."""
    rule = policy.rule(policy.calendar_key(department_id))
    zone = ZoneInfo(rule.zone) if rule else UTC
    first = now.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first.astimezone(UTC), (first + timedelta(days=32)).replace(day=1).astimezone(UTC)


def _stage(round_: Round, spec: StageSpec, panel: Panel, profile: Profile, names: Mapping[int, str]) -> StageLine:
    rule = next((rule for rule in panel.rules if rule.key == spec.key), None)
    if is_won(round_, spec):
        state = "approved"
    elif is_lost(round_, spec):
        state = "refused"
    elif spec.key == round_.stage:
        state = "returned" if round_.is_returned else "open"
    else:
        state = "later"
    return StageLine(
        spec.key, spec.title, rule.verifies if rule else "", state, tuple(_places(round_, spec, profile, names))
    )


def _places(round_: Round, spec: StageSpec, profile: Profile, names: Mapping[int, str]) -> Iterable[SlotLine]:
    for made in round_.decisions:
        if made.stage == spec.key:
            by = names.get(made.by_id, "somebody")
            name = names.get(made.for_id, "somebody")
            yield SlotLine(name, "", "", made.kind, by, made.at, made.text, made.signature is not None)
    if spec.key == round_.stage:
        for _, slot in round_.waiting():
            name = names.get(slot.person_id or 0, "")
            because = because_said(slot.because, profile)
            yield SlotLine(name, post_title(slot.post, profile), because, None, "", None, "", is_signed=False)


def post_title(post: str, profile: Profile) -> str:
    """Gives a post in words: `Managing Director`, `deputy of the department's lead`."""
    base = post.removesuffix(DEPUTY)
    known = {LEAD: "lead of the department", REQUESTER_LEAD: "lead of the requester's department"}
    title = known.get(base) or (profile.posts[base].title if base in profile.posts else base)
    return title if base == post else f"deputy {title}"


def because_said(because: str, profile: Profile) -> str:
    """Gives why a place is not its own approver's, in words: `Lara Lead asked for it`."""
    said = []
    for part in because.split("; ") if because else ():
        post, _, rest = part.partition(" ")
        said.append(f"{post_title(post, profile)} {rest}" if rest == "is vacant" else rest)
    return "; ".join(said)


def notice_said(news: News, profile: Profile, reader: Person) -> str:
    """Gives a notice in words: who is to decide what for how much, that nobody can, or what happened."""
    data, slots = news.data, [Slot(*values) for values in news.data.get("slots", ())]
    if news.kind not in {FactKind.OPENED, FactKind.PASSED}:
        text, clock = data.get("text", ""), data.get("clock", "")
        is_paused = data.get("status") == Status.WAITING
        return told_of(news.kind, news.actor, news.title, text, clock=clock, delivered=is_paused)
    vacant = [slot.post for slot in slots if slot.person_id is None]
    if vacant and reader.role is Role.ADMIN and reader.id not in {slot.person_id for slot in slots}:
        posts = " and ".join(_seat_said(post, news.department, profile) for post in vacant)
        return f"{reference(news.ticket_id)} stands still: nobody holds {posts}"
    stage = _stage_title(data["stage"], profile)
    return f"Approve {money(news.total_minor, news.currency)} for {news.requester}? ({stage}): {news.title}"


def _seat_said(post: str, department: str, profile: Profile) -> str:
    return f"lead of {department}" if post == LEAD else post_title(post, profile)


def _stage_title(key: str, profile: Profile) -> str:
    return next((rule.title for rule in profile.chain if rule.key == key), key.replace("_", " "))


def chain_said(data: Mapping[str, Any], names: Mapping[int, str], profile: Profile) -> list[str]:
    """Gives what a fact of a chain says, in words."""
    if data.get("purchase"):
        bought = Purchase.from_data(data["purchase"])
        items = [f"{line.quantity} x {line.item}" for line in bought.lines]
        begun = f"round {data['round']}: " if data["round"] > 1 else ""
        return [f"{begun}{bought.total} for {some(items)}"]
    if not data.get("stage"):
        return []
    title = _stage_title(data["stage"], profile)
    waits = [_wait_said(Slot(*values), names, profile) for values in data.get("slots", ())]
    return [f"{title} waits {' and '.join(waits)}" if waits else title]


def _wait_said(slot: Slot, names: Mapping[int, str], profile: Profile) -> str:
    because = because_said(slot.because, profile)
    if slot.person_id is None:
        return f"for nobody: {because}" if because else "for nobody"
    who = f"for {names.get(slot.person_id, 'somebody')}"
    return f"{who} ({because})" if because else who
