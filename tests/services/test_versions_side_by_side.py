"""Two versions of a profile at one desk: every ticket is read, changed and imported under its own."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import ChangedElsewhere, InvalidInput, NotAllowed, NotFound, ProfileError
from deskterm.core.domain.words import Action, Role
from deskterm.core.services import profiles
from deskterm.core.services.event_log import COLUMNS, EventLog, parse_event_log
from deskterm.core.services.intake import Submission
from deskterm.core.views import View

As = Callable[[str], Desk]
At = Callable[[str], datetime]
PROFILES = Path(__file__).parents[2] / "data" / "profiles"
ACOB = (PROFILES / "acob.toml").read_text(encoding="utf-8")
SAYPRO = (PROFILES / "saypro.toml").read_text(encoding="utf-8")
SECOND = ACOB.replace("version = 1", "version = 2", 1)


@pytest.fixture
def ticket(as_: As) -> int:
    return as_("remi").submit(Submission(title="x", category="it_design", priority="urgent")).id


def test_a_list_that_is_open_shows_tickets_of_a_version_that_came_meanwhile(as_: As, ticket: int) -> None:
    lead = as_("lara")
    assert [row.id for row in lead.page(View.ALL).rows] == [ticket]
    as_("ada").apply_profile(SECOND, "acob.toml")
    later = as_("remi").submit(Submission(title="y", category="it_design")).id
    assert {row.id for row in lead.page(View.ALL).rows} == {ticket, later}
    assert lead.row(later) is not None


def test_a_priority_is_one_of_the_tickets_own_profile(as_: As, ticket: int) -> None:
    as_("ada").apply_profile(SAYPRO, "saypro.toml")
    lead = as_("lara")
    lead.act(ticket, Action.SET_PRIORITY, priority="high")
    row = lead.row(ticket)
    assert row is not None
    assert (row.priority, row.priority_label) == (2, "High")  # rank 2 in acob, and 1 in saypro
    assert [rule.label for rule in lead.priorities(ticket)] == ["Urgent", "High", "Medium", "Low"]
    lead.act(ticket, Action.SET_PRIORITY, priority="urgent")  # which saypro doesn't have
    with pytest.raises(InvalidInput, match="there is no priority 'informational'"):
        lead.act(ticket, Action.SET_PRIORITY, priority="informational")
    assert as_("ada").doctor().findings == ()


def log(*rows: str) -> EventLog:
    """Rows are `hour state`, of one case."""
    lines = [",".join(COLUMNS)]
    for row in rows:
        hour, state = row.split("|")
        lines.append(f"C1,2026-09-28T{hour}:00:00+00:00,Alice,Desk,{state},P3,Mail,Zoe,saved,,{state},{int(hour)}")
    return parse_event_log(("\n".join(lines) + "\n").encode().splitlines(keepends=True), source="log.csv")


def test_an_import_goes_on_under_the_version_that_a_ticket_came_under(as_: As) -> None:
    as_("ada").import_log(log("08|New"))
    as_("ada").apply_profile(SAYPRO, "saypro.toml")
    as_("ada").import_log(log("08|New", "09|In Progress", "10|Pending"))
    assert as_("ada").doctor().findings == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('country = "NG"', 'country = "ZZ"', "calendars.office.country: no holidays are known of ZZ"),
        ('country = "NG"', 'country = "NG"\nsubdivision = "QQ"', "calendars.office.subdivision: unknown 'QQ'"),
    ],
)
def test_a_country_without_known_holidays_is_refused_before_it_stops_anybody(
    as_: As, old: str, new: str, said: str
) -> None:
    with pytest.raises(ProfileError, match="can't be used") as refused:
        as_("ada").apply_profile(SECOND.replace(old, new), "acob.toml")
    assert said in str(refused.value)
    as_("remi").submit(Submission(title="x", category="it_design"))


def test_a_version_not_in_effect_yet_is_withdrawn_and_no_other(as_: As, at: At) -> None:
    planned = at("2026-12-01 00:00")
    at("2026-09-28 09:00")
    admin = as_("ada")
    admin.apply_profile(SECOND, "acob.toml", planned)
    third = ACOB.replace("version = 1", "version = 3", 1)
    with pytest.raises(InvalidInput, match="or take it back first with `deskterm profile withdraw acob:2`"):
        admin.apply_profile(third, "acob.toml")
    assert admin.withdraw_profile("acob:2") == "acob v2"
    admin.apply_profile(third, "acob.toml")
    with pytest.raises(NotAllowed, match="acob v3 is in effect or was"):
        admin.withdraw_profile("acob:3")
    for _ in range(2):
        admin.add_target({"product": f"Product {len(admin.targets()[1])}", "target": "1bh"}, planned)
    with pytest.raises(NotAllowed, match="acob v5 was made after it: withdraw that first"):
        admin.withdraw_profile("acob:4")
    with pytest.raises(NotFound, match="the desk keeps no profile 'acob:2'"):
        admin.withdraw_profile("acob:2")


def test_who_edits_the_table_does_not_undo_what_somebody_applied_meanwhile(as_: As) -> None:
    admin, other = as_("ada"), as_("ada")

    def slow(text: str, version: int) -> str:
        other.apply_profile(SAYPRO, "saypro.toml")
        return profiles.adding({"product": "Billing", "target": "1bh"})(text, version)

    with pytest.raises(ChangedElsewhere, match="somebody applied saypro v1 meanwhile"):
        profiles.edit_targets(admin._context, slow, None)
    assert [(v.key, v.version) for v in admin.profile_versions()] == [("acob", 1), ("saypro", 1)]


@pytest.fixture
def banks(as_: As) -> None:
    admin = as_("ada")
    admin.add_target({"customer": "Other Bank", "product": "Secret Merger System", "target": "1bh"})
    admin.add_target({"product": "TCP/IP", "module": "Routing", "target": "2bh"})
    admin.add_person(name="Olu of Other Bank", role=Role.REQUESTER, login="olu_b", customer="other bank")


@pytest.mark.usefixtures("banks")
def test_what_another_customer_buys_is_nobody_elses_to_know(as_: As) -> None:
    with pytest.raises(InvalidInput, match="no product") as refused:
        as_("remi").submit(Submission(title="x", category="it_design", about="zzz"))
    assert "Secret" not in str(refused.value)
    with pytest.raises(InvalidInput, match="no product"):
        as_("remi").submit(Submission(title="x", category="it_design", about="Secret Merger System"))
    theirs = as_("olu_b").submit(Submission(title="x", category="it_design", about="secret merger system")).id
    assert as_("ife").explain(theirs).clocks[0].target == "1bh"  # a customer's name fits whatever its case


@pytest.mark.usefixtures("banks")
def test_a_product_may_have_a_slash_in_its_name(as_: As) -> None:
    ticket = as_("remi").submit(Submission(title="x", category="it_design", about="tcp/ip / routing")).id
    assert as_("remi").ticket(ticket).about == "TCP/IP / Routing"


def test_a_requester_reads_nothing_of_what_a_repair_says(as_: As, ticket: int) -> None:

    admin = as_("ada")
    with admin._store.write() as connection:
        connection.execute(sa.text("UPDATE help_desk_tickets SET description = 'INTERNAL: do not tell'"))
    assert admin.doctor(repair=True).repaired == 1
    told = [entry.detail for entry in as_("remi").ticket(ticket).timeline]
    assert not [detail for detail in told if "INTERNAL" in detail]
    assert any("INTERNAL" in entry.detail for entry in as_("ife").ticket(ticket).timeline)


def test_what_is_due_at_closing_is_late_in_the_evening_on_every_road(as_: As, at: At) -> None:
    at("2026-10-02 13:00")
    ticket = as_("remi").submit(Submission(title="x", category="it_design", priority="urgent")).id
    at("2026-10-02 17:00")
    row = as_("lara").row(ticket)
    assert row is not None
    assert (row.left.words, row.left.breached) == ("<1m left", False)
    at("2026-10-02 18:00")
    row = as_("lara").row(ticket)
    assert row is not None
    assert row.timer is not None
    assert (row.left.words, row.left.breached) == ("late <1m", True)
    assert as_("ada").sweep().breaches == 1
    assert as_("lara").explain(ticket).clocks[0].left.words == "late <1m"
