"""A ticket as text: the head with its clocks, and facts and comments as one timeline."""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import accumulate
from typing import Final

from rich.text import Text

from deskterm.core.domain.facts import reference
from deskterm.core.domain.text import clean, spoken, told
from deskterm.core.ticket_views import ClockLine, Entry, TicketView
from deskterm.core.views import Left, Timer
from deskterm.widgets.ticket_purchase import purchase_block, purchase_line

_FEW: Final = 3
_MOST: Final = 3
_DRAWN: Final = 64_000
"""Characters drawn at once (design, rule 6); the rest is a command away."""
_WHY: Final = 4_000
"""Characters of a justification that are drawn."""


def local(instant: datetime) -> str:
    """Gives an instant in the terminal's own zone, short."""
    return f"{instant.astimezone():%a %d %b %Y %H:%M}"


def head(ticket: TicketView) -> Text:
    """Gives the lines above the timeline: what, where, whose, what it buys, the clocks."""
    status = ticket.status_label + (f" for {ticket.reason}" if ticket.reason else "")
    status += f" ({ticket.outcome})" if ticket.outcome else ""
    status += f", reopened {ticket.reopen_count}x" if ticket.reopen_count else ""
    status += " · asks to escalate" if ticket.escalating else ""
    stars = f" · {'★' * ticket.stars}{'☆' * (5 - ticket.stars)}" if ticket.stars else ""
    text = Text()
    text.append(f"{reference(ticket.id)}  {clean(ticket.title)}\n", style="bold")
    text.append(clean(f"{status} · {ticket.priority_label} · {ticket.department} / {ticket.category}{stars}") + "\n")
    more = [part for part in (ticket.customer, ticket.contact.words, ticket.about, ticket.tier_label) if part]
    if more:
        text.append(clean(" · ".join(more)) + "\n")
    owner = f"{ticket.assignee} has it" if ticket.assignee else "nobody has it"
    text.append(clean(f"from {ticket.requester} by {ticket.source.replace('_', ' ')} · {owner}") + "\n")
    if ticket.purchase is not None:
        text.append(clean(purchase_line(ticket.purchase)) + "\n")
    text.append_text(_clocks(ticket.clocks))
    text.rstrip()
    return text


def _clocks(clocks: Sequence[ClockLine]) -> Text:
    """Gives a line each of a few clocks; of many for those that go on, what is due first, and one for the rest."""
    text = Text()
    going = [clock for clock in clocks if clock.left.state != "stopped"] if len(clocks) > _FEW else list(clocks)
    if len(clocks) > _FEW:
        going.sort(key=lambda clock: (clock.left.due_at is None, clock.left.due_at))
    for clock in going[:_MOST]:
        text.append_text(_clock(clock))
    rest = [*going[_MOST:], *(clock for clock in clocks if clock not in going)]
    if rest:
        said = (f"{clock.label} {clock.left.words or spoken(clock.left.used, clock.left.day)}" for clock in rest)
        text.append(clean(", ".join(said)) + "\n", style="dim")
    return text


def ticked(ticket: TicketView, left: Callable[[Timer], Left | None]) -> TicketView:
    """Gives the ticket with its clocks as they stand now; the same object while their words are the same."""
    clocks = tuple(clock._replace(left=left(clock.timer) or clock.left) for clock in ticket.clocks)
    return ticket if _clocks(clocks).plain == _clocks(ticket.clocks).plain else ticket._replace(clocks=clocks)


def _clock(clock: ClockLine) -> Text:
    left = clock.left
    late = left.seconds is not None and left.seconds < 0
    target = f" of {clock.target}" if clock.target else ""
    due = f", due {local(left.due_at)} {left.due_at.astimezone():%Z}" if left.due_at and left.state == "runs" else ""
    words = f", {left.words}" if left.words and left.seconds is not None else ""
    mark = "! " if late else "‖ " if left.state == "paused" else ""
    style = "bold red" if late and left.state != "stopped" else ""
    return Text(f"{mark}{clock.label}: {spoken(left.used, left.day)} used{target}{words}{due}\n", style=style)


def whole(ticket: TicketView, *, latest: int = 0) -> Text:
    """Gives the description, who had it for how long, its purchase, and the timeline, oldest first; `latest`, or all.

    Of a long one only the newest entries are drawn; the description always is.
    """
    text = Text(clean(ticket.description[:_DRAWN] or "(no description)", lines=True) + "\n")
    day = ticket.clocks[0].left.day if ticket.clocks else 86_400
    owners = [f"{clean(held.owner or 'nobody')} {spoken(held.seconds, day)}" for held in ticket.owners]
    text.append(f"Owners: {', '.join(owners)}\n\n", style="dim")
    if ticket.purchase is not None:
        text.append_text(purchase_block(ticket.purchase, known=ticket.description, most=_WHY)).append("\n")
    entries = ticket.timeline[-latest:]
    sizes = accumulate(len(entry.text) + len(entry.detail) + 80 for entry in reversed(entries))
    drawn = sum(1 for size in sizes if size <= _DRAWN) or 1
    hidden = len(ticket.timeline) - min(drawn, len(entries))
    if hidden:
        text.append(f"{hidden} earlier: deskterm show {ticket.id}\n", style="dim italic")
    for entry in entries[-drawn:]:
        text.append_text(_entry(entry))
    return text


def _entry(entry: Entry) -> Text:
    behalf = f" for {entry.on_behalf_of}" if entry.on_behalf_of else ""
    really = f" (by {entry.by})" if entry.by else ""
    short = entry.detail if "\n" not in entry.detail else ""
    line = Text().append(f"{local(entry.at)}  ", style="dim")
    said = told(entry.kind, short, f"{behalf}{really}")
    line.append(clean(f"{entry.actor} {said}"), style="bold" if entry.comment else "")
    if entry.is_internal:
        line.append(f" [{entry.comment}, internal]", style="reverse")
    line.append("\n", style="")
    body = "\n".join(part for part in (entry.text, entry.detail if not short else "") if part)
    for written in clean(body[:_DRAWN], lines=True).splitlines():
        line.append(f"    {'▏ ' if entry.is_internal else ''}{written}\n")
    return line
