"""A purchase as text: its lines, why, and the stages with their signatures; and as people write it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from rich.text import Text

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.purchase import Wanted, money, written
from deskterm.core.domain.text import clean
from deskterm.core.domain.words import FactKind, RoundState
from deskterm.core.ticket_views import PurchaseView, SlotLine, StageLine

_LONGEST: Final = 400
"""Characters of a written line: an item has 200 at most."""
_NOW: Final = "  ▸"
_TOLD: Final[Mapping[FactKind, tuple[str, str]]] = {
    FactKind.APPROVED: ("✓", "approved"),
    FactKind.REFUSED: ("✗", "refused"),
    FactKind.RETURNED: ("?", "asked"),
}


def purchase_line(purchase: PurchaseView) -> str:
    """Gives the purchase in a line: `Purchase, round 2: NGN 453,000.00 · Department Lead waits for Lara Lead`."""
    return f"{_titled(purchase)} · {_stands(purchase)}"


def _titled(purchase: PurchaseView) -> str:
    begun = f", round {purchase.round}" if purchase.round > 1 else ""
    return f"Purchase{begun}: {purchase.total}"


def _stands(purchase: PurchaseView) -> str:
    if purchase.state is not RoundState.OPEN:
        by = next((stage.title for stage in purchase.stages if stage.state == "refused"), "")
        return f"refused by {by}" if by else purchase.state.value
    for stage in purchase.stages:
        if stage.state == "returned":
            return f"{stage.title} asked for information"
        if stage.state == "open":
            return f"{stage.title} {_waits(stage)}"
    return "waits"


def _waits(stage: StageLine) -> str:
    return f"waits for {' and '.join(_unsigned(stage))}"


def _unsigned(stage: StageLine) -> list[str]:
    return [slot.name or "nobody" for slot in stage.slots if slot.decision is None]


def waited_for(purchase: PurchaseView) -> list[str]:
    """Gives whose decision is waited for, `nobody` for a place that is vacant."""
    return next((_unsigned(stage) for stage in purchase.stages if stage.state == "open"), [])


def purchase_block(purchase: PurchaseView, *, known: str = "", most: int = 0) -> Text:
    """Gives what is to be bought, why, and who signed what.

    A justification that is `known`, being written above, is left out; of a long one `most` characters are shown.
    """
    text = Text()
    state = "" if purchase.state is RoundState.OPEN else f" · {purchase.state}"
    text.append(clean(f"{_titled(purchase)}{state}") + "\n", style="bold")
    for line in purchase.lines:
        price, total = (money(m, purchase.currency).partition(" ")[2] for m in (line.unit_minor, line.total_minor))
        of = f" = {total}" if line.quantity > 1 else ""
        text.append(clean(f"  {line.quantity} x {line.item} @ {price}{of}") + "\n")
    for label, said in (("Vendor", purchase.vendor), ("Cost centre", purchase.cost_centre)):
        if said:
            text.append(clean(f"  {label}: {said}") + "\n")
    for quote in purchase.quotes:
        sha = f" (sha256 {quote.sha256[:12]}...)" if quote.sha256 else ""
        text.append(clean(f"  Quote: {quote.reference}{sha}") + "\n")
    why = purchase.justification
    if why != known:
        shown = clean(why[:most] if most else why, lines=True)
        text.append("  Why: " + "\n  ".join(shown.splitlines()) + ("...\n" if most and len(why) > most else "\n"))
    for stage in purchase.stages:
        if stage.state == "later" and purchase.state is not RoundState.OPEN:
            continue  # it was not asked any more
        for told in _stage(stage):
            text.append(clean(told) + "\n", style="bold" if told.startswith(_NOW) else "")
    return text


def _stage(stage: StageLine) -> Iterator[str]:
    for slot in stage.slots:
        if slot.decision is not None:
            mark, told = _TOLD[slot.decision]
            behalf = f" for {slot.name}" if slot.name != slot.by else ""
            key = ", signed with their key" if slot.is_signed else ""
            yield f"  {mark} {stage.title}: {slot.by} {told}{behalf}, {_day(slot.at)}{key}"
            yield from (f"      {line}" for line in slot.text.splitlines())
        elif stage.state == "open":
            yield f"{_NOW} {stage.title} {_place(slot)}"
    if stage.state == "returned":
        yield f"{_NOW} {stage.title} waits for the information"
    if stage.state == "later":
        yield f"  · {stage.title} comes after"


def _place(slot: SlotLine) -> str:
    return f"waits for {slot.name or 'nobody'}" + (f" ({slot.because})" if slot.because else "")


def _day(instant: datetime | None) -> str:
    return f"{instant.astimezone():%d %b %Y %H:%M}" if instant else ""


def total(lines: str, currency: str) -> str:
    """Gives what lines as they are written come to, `NGN 453,000.00`.

    Raises:
        InvalidInput: when one can't be read; the message says what.
    """
    given = tuple(lines.splitlines())
    for line in given:
        if len(line) > _LONGEST:
            raise InvalidInput(f"a line of a purchase has {_LONGEST} characters at most, this has {len(line)}")
    return Wanted(lines=given, justification="to be said").read(currency).total


def as_written(purchase: PurchaseView) -> dict[str, str]:
    """Gives a purchase as people would write it, field by field, so that it can be changed."""
    quotes = (f"{q.reference} sha256:{q.sha256}" if q.sha256 else q.reference for q in purchase.quotes)
    return {
        "lines": "\n".join(written(line, purchase.currency) for line in purchase.lines),
        "currency": purchase.currency,
        "justification": purchase.justification,
        "vendor": purchase.vendor,
        "cost_centre": purchase.cost_centre,
        "quotes": "\n".join(quotes),
    }


def wanted(fields: Mapping[str, str]) -> Wanted:
    """Gives the purchase that `as_written` spells, or somebody else did; other fields are let be."""
    parts: dict[str, Any] = {name: text for name, text in fields.items() if name in Wanted._fields}
    several = {name: tuple(parts.get(name, "").splitlines()) for name in ("lines", "quotes")}
    return Wanted(**{**parts, **several})
