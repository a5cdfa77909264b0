"""Evidence as people read it. What people wrote is shown clean, and marked at every line: it can't pass for more."""

from collections.abc import Iterator, Mapping
from typing import Any

from deskterm.core.domain.purchase import Purchase, money
from deskterm.core.domain.text import clean


def text_of(evidence: Mapping[str, Any]) -> str:
    """Gives evidence, as `prove` makes it, as text.

    It tells what the file says. Whether that holds is what `deskterm audit check` finds out.

    Raises:
        AttributeError, IndexError, KeyError, TypeError, ValueError: when it is no evidence.
    """
    return "\n".join(_lines(evidence)) + "\n"


def _lines(evidence: Mapping[str, Any]) -> Iterator[str]:
    ticket, people = evidence["ticket"], evidence["people"]
    yield f"Evidence of {clean(ticket['reference'])}: {clean(ticket['title'])}"
    yield f"as of {clean(ticket['updated_at'])}, version {ticket['version']}, status {clean(ticket['status'])}"
    for one in evidence["rounds"]:
        yield ""
        yield from _round(one, people)
    yield ""
    entries = evidence["entries"]
    first, last = entries[0]["seq"], entries[-1]["seq"]
    yield f"Audit log {clean(evidence['log_id'])}, entries of this ticket: {len(entries)}, from {first} to {last}"
    yield f"Links from there to the head: {len(evidence['links'])}"
    if evidence["head"]:
        yield f"Head: {clean(evidence['head'])}"
    else:
        yield "Head: none. Nothing outside the desk vouches for what stands here."


def _round(one: Mapping[str, Any], people: Mapping[str, str]) -> Iterator[str]:
    purchase = Purchase.from_data(one["purchase"])
    yield f"Round {one['round']}: {clean(one['state'])}"
    yield f"  requested by {_who(one['requested_by'], people)} at {clean(one['requested_at'])}"
    for line in purchase.lines:
        each = money(line.unit_minor, purchase.currency)
        yield f"  {line.quantity} x {clean(line.item)} @ {clean(each)}"
    yield f"  total {clean(one['total'])}"
    for name, value in (("vendor", purchase.vendor), ("cost centre", purchase.cost_centre)):
        if value:
            yield f"  {name}: {clean(value)}"
    yield "  justification:"
    yield from _quoted(purchase.justification)
    for quote in purchase.quotes:
        yield f"  quote: {clean(quote.reference)}" + (f", SHA-256 {clean(quote.sha256)}" if quote.sha256 else "")
    yield f"  digest {clean(one['digest'])}"
    titles = {stage["key"]: stage["title"] for stage in one["stages"]}
    for made in one["decisions"]:
        behalf, name = made["on_behalf_of"], _who(made["by"], people)
        stead = f" on behalf of {_who(behalf, people)}" if behalf is not None else ""
        yield f"  {clean(titles.get(made['stage'], made['stage']))}: {clean(made['decision'])}"
        who = f"{name} (login {clean(made['login'] or 'none')})"
        yield f"    by {who}{stead} at {clean(made['at'])}"
        yield from _quoted(made["reason"])
        if behalf is not None:
            yield f"    for {_who(behalf, people)}: the delegation is the desk's word"
        unsigned = f"not signed: that it was {name} is the desk's word"
        yield f"    {'signed with an SSH key' if made['signature'] else unsigned}"


def _quoted(text: str) -> Iterator[str]:
    return (f"    | {line}" for line in clean(text, lines=True).splitlines())


def _who(person: object, people: Mapping[str, str]) -> str:
    return clean(people.get(str(person), "somebody"))
