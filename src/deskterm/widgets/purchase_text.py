"""Everything that a decision about a purchase needs, fitted into the room there is."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.widget import Widget

from deskterm.core.domain.facts import reference
from deskterm.core.domain.purchase import Line, Quote, money
from deskterm.core.domain.text import clean, many, some, told
from deskterm.core.domain.words import FactKind, RoundState
from deskterm.core.ticket_views import Entry, PurchaseView, SlotLine, StageLine, TicketView, VoidedRound
from deskterm.core.views import InboxRow
from deskterm.widgets.fit import fit, wrapped

_LABEL: Final = 8
_LONGEST: Final = 4_000
"""Characters of a text that are looked at: no screen has room for more."""
_LATEST: Final = 12
_GIST: Final = 40
"""Cells of what a text was before."""
_ROOMY: Final = 18
"""Lines from which the log also tells what the stages tell."""
_MORE: Final = "… ⏎ opens it"
_TOLD: Final = {
    FactKind.APPROVED: ("✓", "approved"),
    FactKind.REFUSED: ("✗", "refused"),
    FactKind.RETURNED: ("?", "asked"),
}

_SHOWN: Final = frozenset({*_TOLD, FactKind.OPENED, FactKind.REQUESTED})


class Part(NamedTuple):
    """Some lines under a label: `least` of them are shown, more where there is room; `is_log` shows the last ones.

    `more` is said where some are not; of a log the label says how many are.
    """

    label: str
    lines: list[str]
    style: str = ""
    least: int = 1
    is_log: bool = False
    more: str = _MORE


def preview(row: InboxRow, ticket: TicketView | None, *, width: int, height: int, refusal: str = "") -> Text:
    """Gives what is to be bought, why, for how much, who signed, what happened and what the month came to.

    Before the `ticket` was read it is what the list knows. Whatever has no room ends in a word about how to see it.
    """
    purchase = ticket.purchase if ticket is not None else None
    title = fit(clean(f"{reference(row.id)}  {ticket.title if ticket else row.title}"), width).rstrip()
    head = [title, *wrapped(clean(_sum(row, purchase)), width)]
    if refusal:
        head += _cut(Part("", wrapped(clean(f"! {refusal}"), width)), 2, width)
    if ticket is None or purchase is None:
        return _drawn(head, [Part("", ["Reading..." if ticket is None else "It buys nothing by now."])], width, height)
    return _drawn(head, _parts(row, ticket, purchase, width - _LABEL, is_roomy=height >= _ROOMY), width, height)


def _sum(row: InboxRow, purchase: PurchaseView | None) -> str:
    total, begun = (purchase.total, purchase.round) if purchase else (row.total, row.round)
    asked = _day(purchase.asked_at if purchase else row.asked_at)
    parts = [total, row.requester, row.department, f"asked {asked}", *([f"round {begun}"] if begun > 1 else [])]
    if purchase and purchase.state is not RoundState.OPEN:
        parts.append(purchase.state.value)
    return " · ".join(parts)


def _parts(row: InboxRow, ticket: TicketView, purchase: PurchaseView, width: int, *, is_roomy: bool) -> list[Part]:
    by = f"by {purchase.asked_by}: " if purchase.asked_by != row.requester else ""
    why = wrapped(clean(by + purchase.justification[:_LONGEST], lines=True), width)
    what = [line for bought in purchase.lines for line in wrapped(_line(bought, purchase.currency), width)]
    stages = [wrapped(clean(line), width) for stage in purchase.stages for line in _stage(stage, row)]
    later = [stage.title for stage in purchase.stages if stage.state == "later"]
    if later and purchase.state is RoundState.OPEN:  # of one that ended no more is asked
        stages.append(wrapped(clean(f"· then {', '.join(later)}"), width))
    changed = wrapped(clean(_changed(purchase)), width) if purchase.voided else []
    parts = [
        *([Part("Changed", changed, "bold", least=2)] if changed else []),
        Part("What", what, least=3, more=f"… of {many(len(purchase.lines), 'item')}, ⏎ opens it"),
        Part("Why", [line for line in why if line], least=2),
        Part("Vendor", wrapped(clean(_source(purchase)), width)),
        *(
            Part("" if place else "Stages", lines, "bold" if lines[0].startswith("▸") else "")
            for place, lines in enumerate(stages)
        ),
        Part("Month", wrapped(clean(_month(purchase, ticket.department)), width), least=2),
        _log(ticket.timeline, None if is_roomy else purchase.asked_at, width),
    ]
    return [part for part in parts if part.lines]


def _changed(purchase: PurchaseView) -> str:
    """Gives who changed it and why, what it was before, and whose approvals that made void."""
    last = purchase.voided[-1]
    why = f": {last.why}" if last.why else ""
    void = [_void(voided) for voided in purchase.voided if voided.is_yours or voided.approvers]
    return " · ".join([f"{last.by}{why}", *_differs(last, purchase), *void])


def _differs(before: VoidedRound, now: PurchaseView) -> Iterator[str]:
    was = before.purchase
    if (was.lines, was.currency) != (now.lines, now.currency):
        yield f"was {was.total} for {some([f'{line.quantity} x {line.item}' for line in was.lines])}"
    for label, then, here in (
        ("vendor", was.vendor, now.vendor),
        ("cost centre", was.cost_centre, now.cost_centre),
        ("quotes", ", ".join(map(_quote, was.quotes)), ", ".join(map(_quote, now.quotes))),
        ("reason", was.justification, now.justification),
    ):
        if then != here:
            yield f"{label} was {fit(' '.join(then.split()), _GIST).rstrip()}" if then else f"{label} added"


def _void(voided: VoidedRound) -> str:
    whose = [*(["your"] if voided.is_yours else []), *(f"{name}'s" for name in voided.approvers)]
    one = len(whose) == 1
    return f"{' and '.join(whose)} approval{'' if one else 's'} of round {voided.number} {'is' if one else 'are'} void"


def _line(line: Line, currency: str) -> str:
    price, total = (money(minor, currency).partition(" ")[2] for minor in (line.unit_minor, line.total_minor))
    return clean(f"{line.quantity} x {line.item} @ {price} = {total}")


def _source(purchase: PurchaseView) -> str:
    quotes = ", ".join(_quote(quote) for quote in purchase.quotes)
    return " · ".join(
        (
            purchase.vendor or "no vendor named",
            f"cost centre {purchase.cost_centre}" if purchase.cost_centre else "no cost centre",
            f"{'quotes' if len(purchase.quotes) > 1 else 'quote'} {quotes}" if quotes else "no quote",
        )
    )


def _quote(quote: Quote) -> str:
    return f"{quote.reference} (sha256 {quote.sha256[:8]})" if quote.sha256 else quote.reference


def _stage(stage: StageLine, row: InboxRow) -> Iterator[str]:
    for slot in stage.slots:
        if slot.decision is not None:
            yield _signature(stage, slot)
        elif stage.state == "open":
            why = f" ({slot.because})" if slot.because else ""
            stands = ", and you decide for them" if slot.name and slot.name == row.for_name else ""
            verifies = f" · {stage.verifies}" if stage.verifies else ""
            yield f"▸ {stage.title} waits for {slot.name or 'nobody'}{stands}{why}{verifies}"
    if stage.state == "returned":
        yield f"▸ {stage.title} waits for the information"


def _signature(stage: StageLine, slot: SlotLine) -> str:
    glyph, did = _TOLD[slot.decision or FactKind.APPROVED]
    behalf = f" for {slot.name}" if slot.name != slot.by else ""
    key = ", ✓ signed by key" if slot.is_signed else ""
    said = f": {slot.text}" if slot.text else ""
    return f"{glyph} {stage.title}: {slot.by} {did}{behalf} {_day(slot.at)}{key}{said}"


def _month(purchase: PurchaseView, department: str) -> str:
    """Gives what the department's purchases of this month came to, and would with this one."""
    spent = dict(purchase.spent)
    before = spent.pop(purchase.currency, 0)
    others = "".join(f", {money(minor, currency)} besides" for currency, minor in spent.items())
    with_it = money(before + purchase.total_minor, purchase.currency).partition(" ")[2]
    then = f", {with_it} with this" if purchase.state is RoundState.OPEN else ""
    return f"{department}: {money(before, purchase.currency)} so far{then}{others}"


def _log(timeline: tuple[Entry, ...], since: datetime | None, width: int) -> Part:
    """Gives the latest entries; `since` then, but those that the stages tell."""
    lines = []
    entries = [e for e in timeline if since is None or e.at < since or e.kind not in _SHOWN]
    for entry in entries[-_LATEST:]:
        behalf = f" for {entry.on_behalf_of}" if entry.on_behalf_of else ""
        said = (entry.text or entry.detail)[:_LONGEST]
        lines.append(fit(clean(f"{_day(entry.at)} {entry.actor} {told(entry.kind, said, behalf)}"), width).rstrip())
    return Part("Log", lines, "dim", least=2, is_log=True)


def _day(instant: datetime | None) -> str:
    return f"{instant.astimezone():%d %b %H:%M}" if instant else ""


def _drawn(head: list[str], parts: list[Part], width: int, height: int) -> Text:
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(fit(head[0], width), style="bold reverse")
    text.append("\n" + "".join(f"{line}\n" for line in head[1:]), style="bold")
    rooms = _rooms(parts, height - len(head))
    shown = max((place for place, room in enumerate(rooms) if room), default=0)
    if 0 in rooms:
        # what has no room at all is told of by the last line that has
        parts[shown] = parts[shown]._replace(lines=[*parts[shown].lines[: rooms[shown]], ""], is_log=False)
    for part, room in zip(parts, rooms, strict=True):
        lines = part.lines[-room:] if part.is_log else _cut(part, room, width - _LABEL)
        for number, line in enumerate(lines[:room]):
            hidden = part.is_log and len(part.lines) > room
            label = f"Last {room}" if hidden else part.label
            text.append(f"{label if number == 0 else '':<{_LABEL}}", style="dim")
            text.append(line + "\n", style=part.style)
    text.rstrip()
    return text


def _rooms(parts: list[Part], height: int) -> list[int]:
    """Gives how many lines each part has: a line, then what it needs at least, then by turns what is left."""
    rooms = [0] * len(parts)
    for wanted in (1, None, height):
        grew = True
        while grew:
            grew = False
            for place, part in enumerate(parts):
                most = min(len(part.lines), part.least if wanted is None else wanted)
                if rooms[place] < most and sum(rooms) < height:
                    rooms[place] += 1
                    grew = True
    return rooms


def _cut(part: Part, room: int, width: int) -> list[str]:
    """Gives the first lines; where some have no room, the last one says how to see them."""
    if len(part.lines) <= room or room < 1:
        return part.lines[:room]
    last = set_cell_size(part.lines[room - 1], max(0, width - cell_len(part.more) - 1)).rstrip()
    return [*part.lines[: room - 1], f"{last} {part.more}"]


class PurchasePreview(Widget):
    """The purchase under the cursor, drawn anew when there is more or less room."""

    DEFAULT_CSS = "PurchasePreview { height: 1fr; padding: 0 1; overflow: hidden; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Shows nothing yet."""
        super().__init__(id=id)
        self._row: InboxRow | None = None
        self._ticket: TicketView | None = None
        self._refusal = ""

    def show(self, row: InboxRow | None, ticket: TicketView | None = None, refusal: str = "") -> None:
        """Shows a row of the inbox, with its ticket once that was read; `refusal` is why it came back."""
        self._row, self._ticket, self._refusal = row, ticket, refusal
        self.refresh()

    def render(self) -> Text:
        """Gives it for the room there is."""
        if self._row is None:
            return Text()
        room = self.content_size
        return preview(self._row, self._ticket, width=room.width, height=room.height, refusal=self._refusal)
