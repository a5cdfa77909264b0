"""Purchases as people see them: a ticket's round with its stages and signatures, and the approval inbox."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from deskterm.core.domain.access import scope_of
from deskterm.core.domain.chain import Panel, Roster, Round, chain_of, is_lost, is_won, may_decide
from deskterm.core.domain.errors import NotAllowed
from deskterm.core.domain.profile import APPROVAL, DEPUTY, LEAD, REQUESTER_LEAD, Profile
from deskterm.core.domain.purchase import Purchase, money
from deskterm.core.domain.stages import Slot, StageSpec
from deskterm.core.domain.words import FactKind, RoundState
from deskterm.core.services.context import Context
from deskterm.core.services.measuring import measured, timer_of
from deskterm.core.services.policies import DeskPolicy
from deskterm.core.store import approvals, directory, tickets
from deskterm.core.store.engine import Connection
from deskterm.core.views import Cursor, InboxRow, Left, Page, PurchaseView, SlotLine, StageLine, Tab

_SIGNED: Final = (FactKind.APPROVED, FactKind.REFUSED)
_NAMED: Final = 3
_NO_CLOCK: Final = Left("stopped", None, 0, None, breached=False, day=86_400, clock=APPROVAL)


def purchase_view(
    connection: Connection, loaded: tickets.Loaded, policy: DeskPolicy, panel: Panel, now: datetime, *, inside: bool
) -> PurchaseView | None:
    """Gives a ticket's latest round, None when it buys nothing.

    Unless its reader is `inside`, what approvers remarked and what the department spent stays out.
    """
    history = loaded.history
    if not history.chain:
        return None
    last = history.chain[-1]
    met = {last.asked_by, *(s.person_id for s in last.slots), *(p for d in last.decisions for p in (d.by_id, d.for_id))}
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


def chain_said(data: Mapping[str, Any], names: Mapping[int, str], profile: Profile) -> list[str]:
    """Gives what a fact of a chain says, in words."""
    if data.get("purchase"):
        bought = Purchase.from_data(data["purchase"])
        items = [f"{line.quantity} x {line.item}" for line in bought.lines]
        more = f" and {len(items) - _NAMED} more" if len(items) > _NAMED else ""
        begun = f"round {data['round']}: " if data["round"] > 1 else ""
        return [f"{begun}{bought.total} for {', '.join(items[:_NAMED])}{more}"]
    if not data.get("stage"):
        return []
    title = next((rule.title for rule in profile.chain if rule.key == data["stage"]), data["stage"].replace("_", " "))
    waits = [_wait_said(Slot(*values), names, profile) for values in data.get("slots", ())]
    return [f"{title} waits {' and '.join(waits)}" if waits else title]


def _wait_said(slot: Slot, names: Mapping[int, str], profile: Profile) -> str:
    because = because_said(slot.because, profile)
    if slot.person_id is None:
        return f"for nobody: {because}" if because else "for nobody"
    who = f"for {names.get(slot.person_id, 'somebody')}"
    return f"{who} ({because})" if because else who


def inbox(context: Context, tab: Tab, *, limit: int, after: Cursor | None) -> Page[InboxRow]:
    """Gives a page of the approval inbox: what waits, the earliest due first; the rest the latest first.

    Raises:
        NotAllowed: when somebody who doesn't oversee the desk asks for all purchases (000-R12).
    """
    now = context.clock()
    with context.store.read() as connection:
        actor = context.actor(connection)
        roster = approvals.roster(connection)
        of = [d.from_id for d in roster.delegations if d.to_id == actor.id and d.covers(now)]
        match tab:
            case Tab.WAITING:
                found = approvals.waiting(connection, actor.id, [actor.id, *of], limit=limit + 1, after=after)
            case Tab.DELEGATED:
                stands = bool(roster.stand_ins(actor.id, now))
                who = [*of, *([actor.id] if stands else [])]
                found = approvals.waiting(connection, actor.id, who, limit=limit + 1, after=after)
            case Tab.DECIDED:
                found = approvals.decided(connection, actor.id, limit=limit + 1, after=after)
            case Tab.ALL:
                if not scope_of(actor).everything:
                    raise NotAllowed("all purchases are an executive's to see: these are yours to decide")
                found = approvals.purchases(connection, limit=limit + 1, after=after)
        shown = found[:limit]
        if tab in {Tab.WAITING, Tab.DELEGATED}:
            shown = _decidable(connection, shown, actor.id, roster, now)
        others = {row.for_id for row in shown if row.for_id is not None and row.for_id != actor.id}
        names = directory.names(connection, others)
        clocks = tickets.clocks_of(connection, [row.id for row in shown])
        rows = []
        for row in shown:
            policy = context.policy(connection, row.profile_id)
            latest = [clock for clock in clocks.get(row.id, ()) if clock.name == APPROVAL]
            timer, left = None, _NO_CLOCK
            if latest and row.state == RoundState.OPEN:
                timer, calendar = timer_of(latest[-1], row, row.profile_id, policy)
                left = measured(timer, calendar, now)
            rows.append(_line(row, policy, names, timer, left))
    last = found[limit - 1].place if len(found) > limit else None
    return Page(tuple(rows), None, last)


def _decidable(
    connection: Connection, found: list[approvals.Waiting], person_id: int, roster: Roster, now: datetime
) -> list[approvals.Waiting]:
    """Gives the lines on one's own places, and of those on others' the ones that the chain itself lets one decide.

    So a page may have fewer lines than were asked for.
    """
    facts = tickets.facts_of(connection, [row.id for row in found if row.for_id != person_id])
    places = {number: may_decide(chain_of(told)[-1], roster, now).get(person_id) for number, told in facts.items()}
    theirs = {number: slot.person_id for number, slot in places.items() if slot is not None}
    return [row for row in found if row.for_id in {person_id, theirs.get(row.id)}]


def _line(row: approvals.Waiting, policy: DeskPolicy, names: Mapping[int, str], timer: Any, left: Left) -> InboxRow:  # noqa: ANN401
    titles = {rule.key: rule.title for rule in policy.profile.chain}
    return InboxRow(
        id=row.id,
        version=row.version,
        round=row.round,
        state=RoundState(row.state),
        title=row.title,
        department=row.department,
        requester=row.requester,
        stage=titles.get(row.stage, row.stage),
        for_name=names.get(row.for_id or 0, ""),
        currency=row.currency,
        total_minor=row.total_minor,
        total=money(row.total_minor, row.currency),
        digest=row.digest,
        asked_at=row.asked_at,
        decision=row.decision,
        decided_at=row.decided_at,
        left=left,
        timer=timer,
    )


def count_waiting(context: Context) -> int:
    """Gives how many purchases wait for the actor, also in somebody's stead; up to a thousand."""
    now = context.clock()
    with context.store.read() as connection:
        actor = context.actor(connection)
        roster = approvals.roster(connection)
        if not any(d.to_id == actor.id and d.covers(now) for d in roster.delegations):
            return approvals.count_waiting(connection, actor.id, [actor.id], at_most=1000)
    return len(inbox(context, Tab.WAITING, limit=1000, after=None).rows)
