"""What an export holds: what its reader may see, as it was asked for, on both databases."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from pyarrow import parquet
from sqlalchemy.pool import QueuePool

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.export_columns import Dataset
from deskterm.core.domain.export_formats import Format
from deskterm.core.domain.filters import parse_filter
from deskterm.core.domain.purchase import Wanted as Bought
from deskterm.core.domain.words import Action
from deskterm.core.services.export_file import Shape, write
from deskterm.core.services.exporting import Wanted
from deskterm.core.services.intake import Submission
from deskterm.core.store.engine import Store

As = Callable[[str], Desk]
At = Callable[[str], datetime]
TITLES = ("Zprinter streaks", "Zdesk is too low", "Ztoner wanted")
TEXTS = ("Zreply on its way", "Znote about the budget", "Zcause worn", "Zfix replaced", "Zwhy empty", "Zno money")


@pytest.fixture
def desk(as_: As, at: At, once: Callable[[Callable[[], Any]], Any]) -> As:
    """Three tickets: of IT resolved after a note, of Operations untouched, a purchase refused."""

    def work() -> None:
        as_("ada").change_person("remi", customer="Zcustomer")
        at("2026-09-28 09:00")
        printer = as_("remi").submit(Submission(title=TITLES[0], category="it_infrastructure")).id
        at("2026-09-28 10:00")
        as_("ife").act(printer, Action.CLAIM)
        as_("ife").act(printer, Action.REPLY, text=TEXTS[0])
        as_("ife").act(printer, Action.NOTE, text=TEXTS[1])
        at("2026-09-29 09:30")
        as_("ife").act(printer, Action.RESOLVE, cause=TEXTS[2], fix=TEXTS[3])
        as_("sola").submit(Submission(title=TITLES[1], category="it_design"))
        bought = Bought(("2 x Toner @ 45.00",), "NGN", TEXTS[4])
        toner = as_("sola").submit(Submission(title=TITLES[2], category="it_procurement", purchase=bought)).id
        at("2026-09-30 09:00")
        as_("lara").act(toner, Action.REFUSE, text=TEXTS[5])

    once(work)
    return as_


def rows(desk: Desk, dataset: Dataset, **asked: Any) -> list[dict[str, Any]]:
    made, out = desk.export(Wanted(dataset, **asked)), BytesIO()
    write(made, Shape(Format.JSONL), out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_ticket_is_told_with_what_its_clocks_came_to(desk: As) -> None:
    first, *_ = rows(desk("ezra"), Dataset.TICKETS)

    assert (
        first
        | {
            "id": "HD-000001",
            "title": TITLES[0],
            "status": "resolved",
            "priority": "Medium",
            "rank": 3,
            "department": "IT & Communications",
            "requester": "Remi Requester",
            "customer": "Zcustomer",
            "assignee": "Ife of IT",
            "created_at": "2026-09-28T08:00:00Z",
            "resolved_at": "2026-09-29T08:30:00Z",
            "response_used": 3600,
            "response_stopped_at": "2026-09-28T09:00:00Z",
            "resolution_met": True,
            "profile": "acob v1",
        }
        == first
    )


def test_a_clock_that_runs_is_counted_on_to_now(desk: As, at: At) -> None:
    before = rows(desk("ezra"), Dataset.TICKETS, columns=("resolution_used",))[1]["resolution_used"]
    at("2026-09-30 10:00")

    assert rows(desk("ezra"), Dataset.TICKETS, columns=("resolution_used",))[1]["resolution_used"] == before + 3600


def test_what_ran_past_its_target_is_not_met_before_anybody_found_it(desk: As, at: At) -> None:
    at("2026-11-30 10:00")

    assert [row["resolution_met"] for row in rows(desk("ezra"), Dataset.TICKETS)] == [True, False, True]


def test_an_export_is_inside_the_scope(desk: As) -> None:
    seen = {"remi": {1}, "sola": {2, 3}, "ife": {1, 2, 3}, "ola": set(), "ezra": {1, 2, 3}}
    for login, dataset in product(seen, (Dataset.TICKETS, Dataset.FACTS)):
        found = rows(desk(login), dataset)
        assert {int((row.get("id") or row["ticket"])[3:]) for row in found} == seen[login], (login, dataset)


def test_a_filter_and_a_period_narrow_it(desk: As) -> None:
    def found(**asked: Any) -> list[str]:
        return [row["id"] for row in rows(desk("ezra"), Dataset.TICKETS, columns=("id",), **asked)]

    assert found(filter=parse_filter("status:resolved")) == ["HD-000001"]
    assert found(filter=parse_filter("zdesk")) == ["HD-000002"]
    assert found(since=date(2026, 9, 29)) == ["HD-000002", "HD-000003"]
    assert found(until=date(2026, 9, 28)) == ["HD-000001"]
    assert found(since=date(2026, 9, 30)) == []


def test_a_period_of_comments_is_when_they_were_written(desk: As) -> None:
    day = date(2026, 9, 28)

    assert len(rows(desk("ezra"), Dataset.COMMENTS, since=day, until=day)) == 1
    assert rows(desk("ezra"), Dataset.COMMENTS, since=date(2026, 9, 29)) == []


def test_internal_texts_are_asked_for_and_permitted(desk: As) -> None:
    def kinds(login: str, *, internal: bool) -> list[str]:
        return [row["kind"] for row in rows(desk(login), Dataset.COMMENTS, internal=internal)]

    assert kinds("ife", internal=False) == kinds("remi", internal=False) == ["reply"]
    assert kinds("ife", internal=True) == kinds("ezra", internal=True) == ["reply", "note"]
    with pytest.raises(NotAllowed, match="leave --internal out"):
        desk("remi").export(Wanted(Dataset.COMMENTS, internal=True))


def test_staff_who_asked_elsewhere_read_no_internal_text_of_it(desk: As) -> None:
    elsewhere = desk("ola").submit(Submission(title="Mine", category="it_design")).id
    desk("ife").act(elsewhere, Action.NOTE, text="about Ola")

    assert rows(desk("ola"), Dataset.COMMENTS, internal=True) == []
    assert "about Ola" not in json.dumps(rows(desk("ola"), Dataset.FACTS, internal=True))


def test_facts_without_internal_tell_no_note(desk: As) -> None:
    for login in ("remi", "sola", "ife", "ezra"):
        said = json.dumps(rows(desk(login), Dataset.FACTS))
        assert TEXTS[1] not in said
        assert (TEXTS[0] in said) == (login != "sola")


def test_why_somebody_approved_stays_inside(desk: As) -> None:
    bought = Bought(("1 x Lamp @ 9.00",), "NGN", "dark")
    lamp = desk("sola").submit(Submission(title="Lamp", category="it_procurement", purchase=bought)).id
    desk("lara").act(lamp, Action.APPROVE, text="between us")

    refused, approved = rows(desk("sola"), Dataset.APPROVALS)
    assert (refused["decision"], refused["reason"], refused["total"]) == ("refused", TEXTS[5], 90.0)
    assert (approved["decision"], approved["reason"]) == ("approved", "")
    assert rows(desk("lara"), Dataset.APPROVALS, internal=True)[1]["reason"] == "between us"


def test_the_trail_is_for_who_sees_everything(desk: As) -> None:
    for login in ("remi", "ife", "lara"):
        with pytest.raises(NotAllowed, match="admins and executives"):
            desk(login).export(Wanted(Dataset.AUDIT))


def test_the_trail_is_told_as_it_was_hashed(desk: As) -> None:
    found = rows(desk("ezra"), Dataset.AUDIT)

    assert [row["seq"] for row in found] == list(range(1, len(found) + 1))
    assert found[-1]["ticket"] == "HD-000003"
    assert len(rows(desk("ezra"), Dataset.AUDIT, since=date(2026, 9, 30))) < len(found)


def test_what_is_written_meanwhile_is_in_no_export(desk: As) -> None:
    made = desk("ezra").export(Wanted(Dataset.COMMENTS))
    desk("ife").act(1, Action.REPLY, text="too late")

    out = BytesIO()
    assert write(made, Shape(Format.JSONL), out).rows == 1
    assert b"too late" not in out.getvalue()


def test_a_masked_file_tells_of_nobody(desk: As, tmp_path: Path) -> None:
    people = desk("ezra").people()
    logins = "|".join(one.login for one in people if one.login)
    secret = [*TITLES, *TEXTS, "Zcustomer", "45.00", "2 x Toner", *(one.name for one in people)]
    for dataset, format_ in product(Dataset, set(Format) - {Format.TROUBLESHOOTING_LOG}):
        made, out = desk("ezra").export(Wanted(dataset, internal=True, masked=True)), BytesIO()
        written = write(made, Shape(format_), out, folder=str(tmp_path))
        said = _unpacked(out.getvalue(), format_)

        assert written.rows > 0
        assert [text for text in secret if text.encode() in out.getvalue() or text in said] == []
        assert re.findall(rf"(?<![a-z_])(?:{logins})(?![a-z_])", said) == []
        assert "person-" in said or dataset is Dataset.AUDIT


def _unpacked(data: bytes, format_: Format) -> str:
    """Gives all that a file says, also what is packed in it."""
    if format_ is Format.XLSX:
        with ZipFile(BytesIO(data)) as parts:
            return "".join(parts.read(name).decode() for name in parts.namelist() if "sheet" in name)
    if format_ is Format.PARQUET:
        return json.dumps(parquet.read_table(BytesIO(data)).to_pylist(), default=str)
    return data.decode()


def test_pseudonyms_are_the_same_in_every_export(desk: As) -> None:
    ife = next(one.id for one in desk("ezra").people() if one.login == "ife")
    (first, *_), (said, *_) = (
        rows(desk("ezra"), dataset, masked=True) for dataset in (Dataset.TICKETS, Dataset.COMMENTS)
    )

    assert first["assignee"] == said["author"] == f"person-{ife}"
    assert first["customer"] == "customer-1"


def test_an_export_that_nobody_reads_holds_no_connection(desk: As, store: Store) -> None:
    pool = store.reader.pool
    assert isinstance(pool, QueuePool)
    made = desk("ezra").export(Wanted(Dataset.TICKETS))
    assert pool.checkedout() == (0 if store.is_sqlite else 1)
    del made

    assert pool.checkedout() == 0


def test_what_cannot_be_exported_is_said(desk: As) -> None:
    with pytest.raises(InvalidInput, match="there is no column 'nothing'"):
        desk("ezra").export(Wanted(Dataset.TICKETS, columns=("nothing",)))
    with pytest.raises(InvalidInput, match="is before --from"):
        desk("ezra").export(Wanted(Dataset.TICKETS, since=date(2026, 2, 1), until=date(2026, 1, 1)))
