"""A category's kind decides whether a purchase owes its chain: nobody changes it unseen, by a profile or by SQL."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa

from deskterm.core.desk import Desk
from deskterm.core.domain.audit import read_entry
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.trail import Damage, Found
from deskterm.core.domain.words import Action, Status
from deskterm.core.services.auditing import verify
from deskterm.core.services.event_log import COLUMNS, EventLog, parse_event_log
from deskterm.core.services.health import LAW
from deskterm.core.services.intake import Submission
from deskterm.core.store.engine import Store

As = Callable[[str], Desk]
ACOB: Final = (Path(__file__).parents[2] / "data" / "profiles" / "acob.toml").read_text("utf-8").split("[[tests]]")[0]
SECOND: Final = ACOB.replace("version = 1\n", "version = 2\n")
STANDARD: Final = 'name = "Digital infrastructure", kind = "standard"'
BUYING: Final = '{ key = "it_procurement"'
OWN: Final = '{ key = "it_mail", name = "Mail", kind = "standard" },\n    '
FLIP: Final = "UPDATE help_desk_categories SET kind = '{}' WHERE key = '{}'"
PAPER: Final = Wanted(("2 x Paper @ 4500.00",), "NGN", "none is left")


def damage(store: Store) -> tuple[Found, ...]:
    now = datetime(2026, 9, 28, 8, 0, tzinfo=UTC)
    return verify(store, heads=None, keys=frozenset(), now=now, check_head=lambda _: True).damage


def change(store: Store, statement: str, **values: Any) -> None:
    with store.write() as connection:
        connection.execute(sa.text(statement), values)


def entries(store: Store, kind: str) -> list[tuple[str, str]]:
    """What the trail says of a kind of thing: what was done, and to which key."""
    with store.read() as connection:
        bodies = connection.scalars(sa.text("SELECT body FROM help_desk_audit ORDER BY seq")).all()
    told = [read_entry(body) for body in bodies]
    return [(entry.what, entry.data.split('"key":"')[1].split('"')[0]) for entry in told if entry.kind == kind]


def log(category: str, group: str = "Service desk") -> EventLog:
    row = dict.fromkeys(COLUMNS, "") | {
        "case_id": "C1", "timestamp": "2026-09-28T09:00:00+00:00", "actor": "Alice", "group": group, "state": "New",
        "priority": "P3", "category": category, "requester": "Zoe", "event": "saved", "raw_state": "New", "seq": "1",
    }  # fmt: skip
    text = f"{','.join(COLUMNS)}\n{','.join(row[name] for name in COLUMNS)}\n"
    return parse_event_log(text.encode().splitlines(keepends=True), source="log.csv")


# by a profile


def test_a_version_that_calls_a_category_another_kind_is_refused(as_: As) -> None:
    assert STANDARD in SECOND
    buying = SECOND.replace(STANDARD, STANDARD.replace("standard", "procurement"))
    with pytest.raises(InvalidInput, match=r"it_infrastructure is standard at this desk.*another key"):
        as_("ada").apply_profile(buying, "acob.toml")
    assert [version.version for version in as_("ada").profile_versions()] == [1]


def test_a_purchase_becomes_no_ordinary_work_either(as_: As) -> None:
    place = SECOND.index(BUYING)
    ordinary = SECOND[:place] + SECOND[place:].replace('kind = "procurement"', 'kind = "standard"', 1)
    with pytest.raises(InvalidInput, match=r"it_procurement is procurement .* give the standard category another key"):
        as_("ada").apply_profile(ordinary, "acob.toml")


def test_nor_does_a_category_that_an_import_made(as_: As) -> None:
    as_("ada").import_log(log("IT Purchases"))
    own = OWN.replace("it_mail", "it_purchases").replace('"standard"', '"procurement"')
    with pytest.raises(InvalidInput, match="it_purchases is standard"):
        as_("ada").apply_profile(SECOND.replace(BUYING, own + BUYING), "acob.toml")


# by SQL


@pytest.fixture
def flipped(store: Store, as_: As) -> int:
    """A purchase that was called ordinary work, and was done like it."""
    change(store, FLIP.format("standard", "it_procurement"))
    ticket = as_("remi").submit(Submission(title="Laptop", category="it_procurement"))
    assert ticket.status is Status.NEW
    as_("ife").act(ticket.id, Action.CLAIM)
    as_("ife").act(ticket.id, Action.RESOLVE, cause="x", fix="bought")
    return ticket.id


def test_who_opens_every_purchase_by_sql_is_seen(store: Store, flipped: int) -> None:
    (found,) = damage(store)
    assert found.kind is Damage.EDITED
    assert found.said.endswith("has it")
    assert "kind is not as entry" in found.said


@pytest.mark.usefixtures("flipped")
def test_what_went_past_its_chain_is_found_though_the_kind_was_put_back(store: Store, as_: As) -> None:
    change(store, FLIP.format("procurement", "it_procurement"))
    assert damage(store) == ()
    for repair in (True, False):  # no repair changes what happened
        report = as_("ada").doctor(repair=repair)
        assert [(found.ticket, found.field) for found in report.findings] == [("HD-000001", LAW)]
        assert report.findings[0].stored == "fact 1: it_procurement is procurement in its profile, not standard"
        assert report.repaired == 0


def test_a_ticket_that_went_to_a_category_that_buys_is_found_too(store: Store, as_: As) -> None:
    ticket = as_("remi").submit(Submission(title="x", category="it_design")).id
    change(store, FLIP.format("standard", "it_procurement"))
    as_("ife").act(ticket, Action.SET_CATEGORY, category="it_procurement")
    (found,) = as_("ada").doctor().findings
    assert (found.field, found.stored[:6]) == (LAW, "fact 2")


def test_purchases_and_imports_of_a_desk_at_work_break_no_law(store: Store, as_: As) -> None:
    as_("ada").import_log(log("Mail"))
    as_("ada").apply_profile(SECOND.replace(BUYING, OWN + BUYING), "acob.toml")
    as_("remi").submit(Submission(title="x", category="it_mail"))
    as_("remi").submit(Submission(title="x", category="it_procurement", purchase=PAPER))
    assert as_("ada").doctor().findings == ()
    assert damage(store) == ()


# every department and category has its entry


def test_whatever_is_made_has_an_entry(store: Store, as_: As) -> None:
    made = len(entries(store, "department")), len(entries(store, "category"))
    with store.read() as connection:
        tables = ("help_desk_departments", "help_desk_categories")
        count = [connection.scalar(sa.text(f"SELECT count(*) FROM {table}")) for table in tables]  # noqa: S608
    assert list(made) == count
    as_("ada").import_log(log("Mail"))
    assert entries(store, "department")[made[0] :] == [("added", "service_desk")]
    assert entries(store, "category")[made[1] :] == [("added", "mail")]
    home = '[departments.legal]\nname = "Legal"\ncalendar = "office"\ncategories = [{}]\n'
    own = '{ key = "legal_advice", name = "Advice", kind = "standard" }'
    as_("ada").apply_profile(SECOND.replace("[departments.it]", f"{home.format(own)}\n[departments.it]"), "acob.toml")
    assert entries(store, "department")[-1] == ("added", "legal")
    assert entries(store, "category")[-1] == ("added", "legal_advice")
    assert damage(store) == ()


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        (FLIP.format("procurement", "it_design"), Damage.EDITED),
        ("UPDATE help_desk_categories SET key = 'it_toys' WHERE key = 'it_procurement'", Damage.EDITED),
        ("UPDATE help_desk_categories SET department_id = NULL WHERE key = 'it_procurement'", Damage.EDITED),
        ("UPDATE help_desk_departments SET calendar = 'always' WHERE key = 'it'", Damage.EDITED),
        ("DELETE FROM help_desk_categories WHERE key = 'it_design'", Damage.DELETED),
        ("INSERT INTO help_desk_categories (id, key, name, kind) VALUES (99, 'x', 'X', 'standard')", Damage.INSERTED),
        ("INSERT INTO help_desk_departments (id, key, name, calendar) VALUES (99, 'x', 'X', '')", Damage.INSERTED),
    ],
)
def test_a_change_that_no_entry_tells_of_is_found(store: Store, statement: str, kind: Damage) -> None:
    change(store, statement)
    assert [found.kind for found in damage(store)] == [kind]
