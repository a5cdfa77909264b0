"""Every format says the same, typed as it can be, and a file is there whole or not at all."""

import csv
import errno
import io
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pyarrow import parquet

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.export_columns import Column, Dataset, Kind
from deskterm.core.domain.export_formats import Format
from deskterm.core.services import export_xlsx
from deskterm.core.services.export_file import Shape, Written, check_shape, write
from deskterm.core.services.exporting import Batch, Export
from deskterm.core.services.placing import placed

COLUMNS = (
    Column("id", Kind.TICKET, ""),
    Column("title", Kind.TEXT, ""),
    Column("department", Kind.CODE, ""),
    Column("rank", Kind.COUNT, ""),
    Column("total", Kind.AMOUNT, ""),
    Column("at", Kind.INSTANT, ""),
    Column("met", Kind.FLAG, ""),
    Column("data", Kind.DATA, ""),
)
ROWS: Sequence[Sequence[Any]] = (
    ("HD-000001", 'a "quoted",\r\nline', "IT: [a/b]*?", -3, 1.5, "2026-09-28T08:00:00Z", True, {"a": [1, None]}),
    ("HD-000002", "=1+1", "it: (a-b)", None, None, None, None, None),
    ("HD-000003", "ẞ 漢字 🙂", "History", 7, 0.0, "2026-09-28T08:00:00.000001Z", False, {}),
)


def export(rows: Sequence[Sequence[Any]] = ROWS) -> Export:
    return Export(Dataset.TICKETS, COLUMNS, len(rows), iter([Batch(rows[:1], 1), Batch((), 1), Batch(rows[1:], 3)]))


def made(shape: Shape, tmp_path: Path) -> tuple[bytes, Written]:
    out = io.BytesIO()
    written = write(export(), shape, out, folder=str(tmp_path))
    return out.getvalue(), written


def test_csv_is_rfc_4180(tmp_path: Path) -> None:
    data, _ = made(Shape(Format.CSV), tmp_path)
    text = data.decode()

    assert text.startswith("id,title,department,rank,total,at,met,data\r\n")
    assert (
        'HD-000001,"a ""quoted"",\r\nline",IT: [a/b]*?,-3,1.5,2026-09-28T08:00:00Z,true,"{""a"":[1,null]}"\r\n' in text
    )
    assert "HD-000002,'=1+1,it: (a-b),,,,,\r\n" in text
    assert [len(row) for row in csv.reader(io.StringIO(text, newline=""), strict=True)] == [8] * 4
    assert made(Shape(Format.CSV, bom=True), tmp_path)[0] == b"\xef\xbb\xbf" + data


def test_json_and_its_lines_say_the_same(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in made(Shape(Format.JSONL), tmp_path)[0].decode().split("\n")[:-1]]

    assert lines == json.loads(made(Shape(Format.JSON), tmp_path)[0])
    assert [tuple(line.values()) for line in lines] == list(ROWS)
    assert list(lines[0]) == [column.name for column in COLUMNS]


def test_nothing_is_valid_json_too(tmp_path: Path) -> None:
    out = io.BytesIO()
    write(Export(Dataset.TICKETS, COLUMNS, 0, iter([])), Shape(Format.JSON), out)

    assert json.loads(out.getvalue()) == []


def test_parquet_is_typed(tmp_path: Path) -> None:
    data, written = made(Shape(Format.PARQUET), tmp_path)
    table = parquet.read_table(io.BytesIO(data))

    assert written.rows == table.num_rows == 3
    assert str(table.schema.field("at").type) == "timestamp[us, tz=UTC]"
    assert table.to_pylist()[2]["at"] == datetime(2026, 9, 28, 8, 0, 0, 1, tzinfo=UTC)
    assert table.column("rank").to_pylist() == [-3, None, 7]
    assert table.column("met").to_pylist() == [True, None, False]


def test_parquet_without_its_library_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)

    with pytest.raises(InvalidInput, match=r"install `deskterm\[parquet\]`"):
        made(Shape(Format.PARQUET), tmp_path)


def test_a_workbook_is_typed_and_can_be_filtered(tmp_path: Path) -> None:
    data, written = made(Shape(Format.XLSX), tmp_path)
    sheet = openpyxl.load_workbook(io.BytesIO(data))["tickets"]
    first, second, third = sheet.iter_rows(min_row=2)

    assert written == Written(3)
    assert [cell.data_type for cell in first] == ["s", "s", "s", "n", "n", "d", "b", "s"]
    assert first[5].value == datetime(2026, 9, 28, 8, 0)  # noqa: DTZ001 - what a sheet has no zone for
    assert (second[1].value, second[1].data_type) == ("'=1+1", "s")
    assert third[1].value == ROWS[2][1]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:H4")
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_has_a_sheet_for_each_department(tmp_path: Path) -> None:
    data, _ = made(Shape(Format.XLSX, sheets="department"), tmp_path)
    book = openpyxl.load_workbook(io.BytesIO(data))

    assert book.sheetnames == ["IT   a b", "it  (a-b)", "History 2"]
    with pytest.raises(InvalidInput, match="needs the column nothing"):
        made(Shape(Format.XLSX, sheets="nothing"), tmp_path)


def test_what_excel_has_no_room_for_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    long = ("HD-000004", "x" * 40_000, "d" * 40, 1, None, None, None, None)
    written, out = export([*ROWS, long]), io.BytesIO()
    monkeypatch.setattr(export_xlsx, "MOST_ROWS", 3)
    rows, notes = export_xlsx.write_xlsx(
        COLUMNS, (batch.rows for batch in written.batches), out, name="tickets", folder=str(tmp_path), most_rows=3
    )
    book = openpyxl.load_workbook(out)

    assert (rows, book.sheetnames) == (4, ["tickets", "tickets 2"])
    assert book["tickets 2"]["B3"].value == "x" * 32_761 + " [cut]"
    assert [note.partition(":")[0] for note in notes] == [
        "a sheet has 3 rows at most",
        "a cell has 32,767 letters at most",
    ]


@pytest.mark.parametrize(
    ("shape", "to_file", "said"),
    [
        (Shape(Format.JSON, bom=True), True, "--bom is for CSV"),
        (Shape(Format.CSV, sheets="department"), True, "--sheets is for xlsx"),
        (Shape(Format.XLSX), False, "say which file with -o"),
        (Shape(Format.PARQUET), False, "say which file with -o"),
    ],
)
def test_a_format_that_cannot_is_told(shape: Shape, *, to_file: bool, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        check_shape(shape, to_file=to_file)


def test_a_workbook_that_finds_no_room_is_told(tmp_path: Path) -> None:
    class Full(io.BytesIO):
        def write(self, _data: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left") as raised:
        write(export(), Shape(Format.XLSX), Full(), folder=str(tmp_path))
    assert raised.value.errno == errno.ENOSPC
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_there_whole_and_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with placed(path, force=False) as out:
        out.write(b"all of it")
        assert not path.exists()

    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"all of it", 0o600)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [KeyboardInterrupt, InvalidInput, OSError])
def test_a_file_that_was_not_finished_is_not_there(tmp_path: Path, error: type[BaseException]) -> None:
    (tmp_path / "old.csv").write_text("old")

    def work() -> None:
        with placed(tmp_path / "old.csv", force=True) as out:
            out.write(b"half")
            raise error("stop")

    with pytest.raises((error, InvalidInput)):
        work()

    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("old.csv", "old")]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.write_text("x"), "is there already"),
        (lambda path: path.mkdir(), "is no file"),
        (lambda path: path.symlink_to("/dev/null"), "is no file"),
        (lambda path: path.symlink_to(path), "lead in a circle"),
        (lambda _: None, "there is no folder"),
        (lambda _: None, "too long"),
    ],
)
def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, make: Callable[[Path], Any], said: str) -> None:
    make(tmp_path / "out")
    name = {"there is no folder": "none/out", "too long": 300 * "a"}.get(said, "out")
    path = tmp_path / name

    with pytest.raises(InvalidInput, match=said), placed(path, force=False):
        pass


def test_a_file_that_came_meanwhile_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"

    def work() -> None:
        with placed(path, force=False) as out:
            out.write(b"mine")
            path.write_text("theirs")

    with pytest.raises(InvalidInput, match="made meanwhile"):
        work()

    assert path.read_text() == "theirs"
