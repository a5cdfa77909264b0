"""The troubleshooting and resolution log (003-R16): a ticket a row, in the nine fields that its document names."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from deskterm.core.domain.access import FOR_REQUESTER
from deskterm.core.domain.people import Contact
from deskterm.core.domain.text import did
from deskterm.core.domain.words import CommentKind, FactKind
from deskterm.core.services.export_asked import Asked, RowsOf, Slice
from deskterm.core.store import directory, streams
from deskterm.core.store.streams import Period

_ACTIONS: Final = frozenset({
    FactKind.CLAIMED, FactKind.ASSIGNED, FactKind.STARTED, FactKind.PAUSED, FactKind.RESUMED, FactKind.MOVED,
    FactKind.ESCALATED, FactKind.PIVOTED, FactKind.RECEIVED, FactKind.REOPENED,
})  # fmt: skip
_TALK: Final = frozenset({FactKind.CONFIRMED, FactKind.REJECTED, FactKind.RATED, FactKind.CANCELLED})
_TICKET: Final = (
    "id", "title", "description", "created_at", "resolved_at", "status", "reason", "outcome", "priority", "category",
    "requester", "customer", "reopened", "stars",
)  # fmt: skip
_LINES: Final = {
    CommentKind.NOTE: "noted",
    CommentKind.STEP: "step",
    CommentKind.TEST: "test",
    CommentKind.RESULT: "result",
}


def log_rows(asked: Asked) -> RowsOf:
    """Gives what makes the rows of the log. What staff wrote for each other is among the actions where it is asked for.

    The time taken is from when the ticket came to when it was resolved, as hours and minutes.
    """
    contacts: dict[int, Contact] = {}
    names = [column.name for column in asked.columns]

    def rows(slice_: Slice) -> Sequence[Sequence[Any]]:
        if asked.names.tells_contacts and not contacts:
            contacts.update(directory.contacts(slice_.connection) or {0: Contact()})
        columns = [streams.TICKET_COLUMNS[name].label(name) for name in _TICKET]
        found = streams.tickets(slice_.connection, slice_.ids, columns)
        facts: defaultdict[int, list[Any]] = defaultdict(list)
        for fact in streams.facts(slice_.connection, slice_.ids, asked.ends.facts, Period(None, None), asked.reader):
            facts[fact.ticket_id].append(fact)
        made: list[Sequence[Any]] = []
        for row in found:
            entry = _entry(row, facts[row.id], asked, contacts)
            made.append([entry[name] for name in names])
        return made

    return rows


def _entry(row: Any, facts: Sequence[Any], asked: Asked, contacts: Mapping[int, Contact]) -> dict[str, Any]:  # noqa: ANN401
    names, masked = asked.names, asked.names.masked
    who = names.people.get(row.requester, "")
    customer = names.customer(row.customer)
    about = [names.categories.get(row.category, "")] if masked else [row.title, row.description]
    return {
        "Date": row.created_at,
        "User Name": ", ".join(part for part in (who, customer, contacts.get(row.requester, Contact()).words) if part),
        "Issue Description": "\n".join(part for part in about if part),
        "Severity Level": names.priority(row.profile_id, row.priority),
        "Actions Taken": "\n".join(_lines(facts, asked, _is_action)),
        "Resolution and Fix": _fix(facts, masked=masked),
        "User Communication": "\n".join(_lines(facts, asked, _is_talk)),
        "Outcome": _outcome(row),
        "Time Taken for Resolution": _taken(row.created_at, row.resolved_at),
    }


def _is_action(fact: Any) -> bool:  # noqa: ANN401 - a row of facts, as are those below
    return fact.kind in _ACTIONS or fact.data.get("comment") in _LINES


def _is_talk(fact: Any) -> bool:  # noqa: ANN401
    return fact.kind in _TALK or fact.data.get("comment") == CommentKind.REPLY


def _lines(facts: Iterable[Any], asked: Asked, wanted: Any) -> Iterable[str]:  # noqa: ANN401
    for fact in facts:
        if wanted(fact):
            comment = fact.data.get("comment")
            what = _LINES.get(comment, did(fact.kind)) if comment else did(fact.kind)
            if fact.kind == FactKind.RATED:
                what = f"rated it {fact.data['stars']} of 5"
            text = fact.body if fact.body is not None else fact.data.get("text")
            told = not asked.names.masked and (fact.whole or fact.kind in FOR_REQUESTER)
            said = f"{what}: {text}" if text and told else what
            yield f"{fact.at[:10]} {fact.at[11:16]} {asked.names.people.get(fact.actor_id, 'deskterm')} {said}"


def _fix(facts: Sequence[Any], *, masked: bool) -> str:
    none: dict[str, str] = {}
    resolved = next((fact.data for fact in reversed(facts) if fact.kind == FactKind.RESOLVED), none)
    told = [f"{name.capitalize()}: {resolved[name]}" for name in ("cause", "fix") if resolved.get(name)]
    return "" if masked else "\n".join(told)


def _outcome(row: Any) -> str:  # noqa: ANN401
    stands = row.status.replace("_", " ")
    parts = [
        f"{stands}: {row.outcome}" if row.outcome else f"{stands} for {row.reason}" if row.reason else stands,
        f"reopened {row.reopened}x" if row.reopened else "",
        f"rated {row.stars} of 5" if row.stars else "",
    ]
    return ", ".join(part for part in parts if part)


def _taken(created_at: str, resolved_at: str | None) -> str:
    if resolved_at is None:
        return ""
    took = datetime.fromisoformat(resolved_at) - datetime.fromisoformat(created_at)
    minutes = int(took.total_seconds()) // 60
    return f"{minutes // 60}:{minutes % 60:02}"
