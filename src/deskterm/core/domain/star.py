"""The star schema for BI tools (004-R30): facts with keys, dimensions with what keys stand for. No text is in it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from deskterm.core.domain.export_columns import Column, Kind


class Table(NamedTuple):
    """A table of the star; `key` are the columns that tell its rows apart, `leads` the tables that columns point at."""

    name: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    leads: Mapping[str, str] = MappingProxyType({})


def _key(name: str, about: str = "") -> Column:
    return Column(name, Kind.COUNT, about)


def _code(name: str, about: str = "") -> Column:
    return Column(name, Kind.CODE, about)


def _instant(name: str, about: str = "") -> Column:
    return Column(name, Kind.INSTANT, about)


_ON: Final = "the day in the desk's own zone"
_TICKET: Final = {"ticket_key": "fact_tickets"}

STAR: Final = (
    Table(
        "fact_tickets",
        "a row a ticket",
        (
            _key("ticket_key"), Column("ticket", Kind.TICKET, "as people read it"), _key("department_key"),
            _key("category_key"), _key("priority_key"), _key("requester_key"), _key("assignee_key"),
            _key("resolver_key"), Column("customer", Kind.CUSTOMER, ""), _code("status"), _code("reason"),
            _code("outcome"), _code("source"), _key("tier"), _key("reopened", "how many times"), _key("stars"),
            _key("facts", "how many it has"), _instant("created_at"), _instant("assigned_at"), _instant("resolved_at"),
            _instant("closed_at"), _key("created_on", _ON), _key("resolved_on", _ON), _key("closed_on", _ON),
        ),
        ("ticket_key",),
        {
            "department_key": "dim_departments", "category_key": "dim_categories", "priority_key": "dim_priorities",
            "requester_key": "dim_people", "assignee_key": "dim_people", "resolver_key": "dim_people",
            "created_on": "dim_dates", "resolved_on": "dim_dates", "closed_on": "dim_dates",
        },
    ),
    Table(
        "fact_clocks",
        "a row a clock and cycle of a ticket",
        (
            _key("ticket_key"), _code("clock"), _key("cycle"), _key("target", "seconds of open time"),
            _key("used", "seconds of open time"), _instant("due_at"), _instant("stopped_at"),
            Column("met", Kind.FLAG, "whether it was done in time; empty while undecided or without a target"),
        ),
        ("ticket_key", "clock", "cycle"),
        _TICKET,
    ),
    Table(
        "fact_spans",
        "a row a stretch in which a ticket had the same status, reason, assignee and department",
        (
            _key("ticket_key"), _instant("entered_at"), _instant("left_at", "empty: it goes on"), _code("status"),
            _code("reason"), _key("assignee_key"), _key("department_key"), _key("seconds", "by the wall clock"),
        ),
        ("ticket_key", "entered_at", "status"),
        {**_TICKET, "assignee_key": "dim_people", "department_key": "dim_departments"},
    ),
    Table(
        "fact_events",
        "a row a fact: what happened to a ticket, without what was written",
        (
            _key("ticket_key"), _key("version"), _instant("at"), _key("on", _ON), _key("actor_key"), _code("kind"),
            _code("via"), _code("from_status"), _code("to_status"),
        ),
        ("ticket_key", "version"),
        {**_TICKET, "on": "dim_dates", "actor_key": "dim_people"},
    ),
    Table(
        "fact_decisions",
        "a row a decision on a purchase",
        (
            _key("ticket_key"), _key("round"), _code("stage"), _code("decision"), _key("approver_key"),
            _key("on_behalf_of_key"), _instant("at"), _key("on", _ON), _code("currency"),
            Column("total", Kind.AMOUNT, "of the round"), _code("state", "of the round by now"), _instant("asked_at"),
        ),
        ("ticket_key", "at", "approver_key"),
        {**_TICKET, "approver_key": "dim_people", "on_behalf_of_key": "dim_people", "on": "dim_dates"},
    ),
    Table(
        "dim_people",
        "who asks and who works",
        (
            _key("person_key"), Column("name", Kind.PERSON, ""), _code("role"), _key("department_key"),
            Column("customer", Kind.CUSTOMER, "for whom they ask"), _code("account_type", "masked: left empty"),
            Column("active", Kind.FLAG, "whether they are still here"),
        ),
        ("person_key",),
        {"department_key": "dim_departments"},
    ),
    Table(
        "dim_departments", "who serves", (_key("department_key"), _code("key"), _code("name")), ("department_key",)
    ),
    Table(
        "dim_categories",
        "what requests are about",
        (_key("category_key"), _code("key"), _code("name"), _code("kind"), _key("department_key")),
        ("category_key",),
        {"department_key": "dim_departments"},
    ),
    Table(
        "dim_priorities",
        "priorities, each as a version of a profile has it",
        (_key("priority_key"), _code("profile"), _key("rank", "1 is the highest"), _code("label")),
        ("priority_key",),
    ),
    Table(
        "dim_dates",
        "every day from the first ticket to today",
        (
            _key("date_key", "as 20260131"), _code("date"), _key("year"), _key("quarter"), _key("month"), _key("day"),
            _key("week", "ISO 8601"), _key("weekday", "1 is Monday"),
        ),
        ("date_key",),
    ),
)  # fmt: skip
"""Every table of the star, in the order of its description."""


def priority_key(profile_id: int, rank: int) -> int:
    """Gives what tells a priority apart: its rank, 1 to 5, in one version of a profile."""
    return profile_id * 10 + rank


def described(said: str) -> str:
    """Gives the star's README; `said` is what this one holds, in a sentence."""
    lines = [
        "# A desk as a star schema", "", said, "",
        "Import every table as it is and join each `*_key`, and each day, to the dimension that it leads to.",
        "Instants are UTC; days are the desk's own. `manifest.json` says the same for programs.", "",
    ]  # fmt: skip
    for table in STAR:
        lines += [f"## {table.name}", "", f"{table.about[0].upper()}{table.about[1:]}. ", ""]
        lines[-2] = lines[-2].rstrip()
        lines += ["| column | kind | |", "|---|---|---|"]
        for column in table.columns:
            leads = f"-> {table.leads[column.name]}" if column.name in table.leads else ""
            own = "its key" if column.name in table.key else ""
            told = "; ".join(part for part in (own, leads, column.about) if part)
            lines.append(f"| `{column.name}` | {column.kind} | {told} |")
        lines.append("")
    return "\n".join(lines)


def manifest(rows: Mapping[str, int], said: Mapping[str, object], suffix: str) -> dict[str, object]:
    """Gives the star's description for programs, with how many rows each table has."""
    return {
        "star": 1,
        **said,
        "tables": [
            {
                "name": table.name,
                "file": f"{table.name}.{suffix}",
                "rows": rows[table.name],
                "about": table.about,
                "key": list(table.key),
                "foreign_keys": dict(table.leads),
                "columns": [{"name": column.name, "kind": column.kind.value} for column in table.columns],
            }
            for table in STAR
        ],
    }
