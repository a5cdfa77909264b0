"""The troubleshooting log has the nine fields of its document (003-R16), and no internal word unless asked for."""

import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.export_columns import Dataset
from deskterm.core.domain.export_formats import Format
from deskterm.core.domain.words import Action, CommentKind, Role
from deskterm.core.services.export_file import Shape, write
from deskterm.core.services.exporting import Wanted
from deskterm.core.services.intake import Submission

As = Callable[[str], Desk]
At = Callable[[str], datetime]
FIELDS = [
    "Date", "User Name", "Issue Description", "Severity Level", "Actions Taken", "Resolution and Fix",
    "User Communication", "Outcome", "Time Taken for Resolution",
]  # fmt: skip


@pytest.fixture
def desk(as_: As, at: At) -> As:
    """A seller's trouble, looked into, told of and solved."""
    contact = {"email": "zoe@example.org", "phone": "+234 1", "account_type": "seller"}
    as_("ada").add_person(name="Zoe", role=Role.REQUESTER, customer="Zed Ltd", contact=contact)
    at("2026-09-28 09:00")
    about = Submission(title="Rating fails", description="Error 500", category="it_design", requester="Zoe")
    number = as_("ife").submit(about).id
    at("2026-09-28 10:00")
    as_("ife").act(number, Action.CLAIM)
    as_("ife").act(number, Action.NOTE, text="her browser is old", comment=CommentKind.STEP)
    as_("ife").act(number, Action.REPLY, text="please update")
    at("2026-09-29 10:30")
    as_("ife").act(number, Action.RESOLVE, cause="old browser", fix="updated it")
    return as_


def log(desk: Desk, **asked: Any) -> dict[str, Any]:
    made = desk.export(Wanted(Dataset.LOG, **asked))
    (row,) = [row for batch in made.batches for row in batch.rows]
    return dict(zip([column.name for column in made.columns], row, strict=True))


def test_a_ticket_is_told_in_nine_fields(desk: As) -> None:
    assert log(desk("ife"), internal=True) == {
        "Date": "2026-09-28T08:00:00Z",
        "User Name": "Zoe, Zed Ltd, zoe@example.org, +234 1, seller",
        "Issue Description": "Rating fails\nError 500",
        "Severity Level": "Medium",
        "Actions Taken": "2026-09-28 09:00 Ife of IT claimed it\n2026-09-28 09:00 Ife of IT step: her browser is old",
        "Resolution and Fix": "Cause: old browser\nFix: updated it",
        "User Communication": "2026-09-28 09:00 Ife of IT replied: please update",
        "Outcome": "resolved",
        "Time Taken for Resolution": "25:30",
    }
    assert list(log(desk("ife"))) == FIELDS


def test_internal_steps_are_asked_for(desk: As) -> None:
    assert "browser" not in log(desk("ife"))["Actions Taken"]


def test_a_masked_log_has_no_text_and_nobody(desk: As) -> None:
    said = "".join(str(value) for value in log(desk("ife"), internal=True, masked=True).values())

    assert [
        word for word in ("Zoe", "Zed", "zoe@", "234", "seller", "Rating", "500", "browser", "Ife") if word in said
    ] == []
    assert "person-" in said


def test_it_is_text_and_a_workbook(desk: As, tmp_path: Path) -> None:
    text, book = io.BytesIO(), io.BytesIO()
    write(desk("ife").export(Wanted(Dataset.LOG)), Shape(Format.TROUBLESHOOTING_LOG), text)
    write(desk("ife").export(Wanted(Dataset.LOG)), Shape(Format.XLSX), book, folder=str(tmp_path))
    lines = text.getvalue().decode().splitlines()
    sheet = openpyxl.load_workbook(book)["troubleshooting-log"]

    assert "Issue Description          Rating fails" in lines
    assert lines[lines.index("Issue Description          Rating fails") + 1] == " " * 27 + "Error 500"
    assert [cell.value for cell in sheet[1]] == FIELDS
    assert sheet["A2"].is_date
    assert sheet["C2"].alignment.wrap_text
