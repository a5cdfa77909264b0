"""`deskterm pivot` and `amend`: work that turns out to need a purchase, and a purchase that is changed."""

from typing import TYPE_CHECKING

import typer

from deskterm.cli.many import Id, Json, Text, do, given, run
from deskterm.cli.wanted import CostCentre, Currency, Lines, Quotes, Vendor, Why, wanted
from deskterm.core.domain.facts import reference
from deskterm.core.domain.purchase import Wanted, written
from deskterm.core.domain.text import many
from deskterm.core.domain.words import Action, FactKind

if TYPE_CHECKING:
    from deskterm.core.desk import Desk
    from deskterm.core.services.work import Done
    from deskterm.core.ticket_views import PurchaseView


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(pivot)
    app.command()(amend)


def pivot(
    context: typer.Context,
    ticket: Id,
    line: Lines = None,
    why: Why = None,
    vendor: Vendor = None,
    cost_centre: CostCentre = None,
    quote: Quotes = None,
    currency: Currency = None,
    as_json: Json = False,
) -> None:
    """Say that a ticket you work on needs a purchase: it waits, its clocks paused, for the approval chain."""
    purchase = wanted(line, why, vendor, cost_centre, quote, currency)
    do(context, [ticket], Action.PIVOT, as_json, text=why or "", purchase=purchase)


def amend(
    context: typer.Context,
    ticket: Id,
    line: Lines = None,
    why: Why = None,
    vendor: Vendor = None,
    cost_centre: CostCentre = None,
    quote: Quotes = None,
    currency: Currency = None,
    text: Text = "",
    as_json: Json = False,
) -> None:
    """Change a purchase that waits for approval; --text says why, and must where somebody signed: that is void then.

    What isn't given stays as it is; lines or quotes that are given replace those that stood.
    """
    _, said = given([ticket], text)

    void = 0

    def change(opened: "Desk", number: int) -> "Done":
        nonlocal void
        found = opened.ticket(number)
        void = _signatures(found.purchase) if found.purchase else 0
        base = _stands(found.purchase) if found.purchase else None
        purchase = wanted(line, why, vendor, cost_centre, quote, currency, base=base)
        return opened.act(number, Action.AMEND, expected=found.version, purchase=purchase, text=said)

    run(context, [ticket], change, as_json, said=lambda opened, made: _amended(opened, made, void))


def _signatures(found: "PurchaseView") -> int:
    return sum(slot.decision is FactKind.APPROVED for stage in found.stages for slot in stage.slots)


def _amended(opened: "Desk", made: "Done", void: int) -> str:
    """Gives what became of a purchase that was changed: its round, amount, what is void, and whom it waits for."""
    found = opened.ticket(made.id).purchase
    if found is None:
        return f"{reference(made.id)} {made.status}"
    waits = [slot.name for stage in found.stages for slot in stage.slots if slot.decision is None]
    named = " and ".join(name or "a post that nobody can fill" for name in waits)
    return "; ".join(
        [
            f"{reference(made.id)} {made.status}: round {found.round}, {found.total}",
            *([f"{many(void, 'signature')} void"] if void else []),
            f"waits for {named}",
        ]
    )


def _stands(found: "PurchaseView") -> Wanted:
    return Wanted(
        lines=tuple(written(line, found.currency) for line in found.lines),
        currency=found.currency,
        justification=found.justification,
        vendor=found.vendor,
        cost_centre=found.cost_centre,
        quotes=tuple(f"{q.reference} sha256:{q.sha256}" if q.sha256 else q.reference for q in found.quotes),
    )
