"""The star schema: every key leads somewhere, no text is in it, and the folder is there whole or not at all."""

import csv
import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.export_columns import Dataset
from deskterm.core.domain.export_formats import Format
from deskterm.core.domain.filters import parse_filter
from deskterm.core.domain.purchase import Wanted as Bought
from deskterm.core.domain.star import STAR
from deskterm.core.domain.words import Action
from deskterm.core.services.exporting import Wanted
from deskterm.core.services.intake import Submission

As = Callable[[str], Desk]
At = Callable[[str], datetime]
TICKETS = Wanted(Dataset.TICKETS)


@pytest.fixture
def desk(as_: As, at: At) -> As:
    """Two tickets: one resolved, a purchase decided about."""
    as_("ada").change_person("remi", customer="Zcustomer", contact={"account_type": "zbuyer"})
    at("2026-09-28 09:00")
    first = as_("remi").submit(Submission(title="Zprinter", category="it_infrastructure")).id
    at("2026-09-29 00:30")  # the day before by UTC
    as_("ife").act(first, Action.CLAIM)
    as_("ife").act(first, Action.NOTE, text="Znote")
    as_("ife").act(first, Action.RESOLVE, cause="Zcause", fix="Zfix")
    bought = Bought(("2 x Toner @ 45.00",), "NGN", "Zwhy")
    toner = as_("sola").submit(Submission(title="Ztoner", category="it_procurement", purchase=bought)).id
    as_("lara").act(toner, Action.APPROVE, text="Zfine")
    return as_


def tables(folder: Path) -> dict[str, list[dict[str, str]]]:
    return {table.name: list(csv.DictReader((folder / f"{table.name}.csv").read_text().splitlines())) for table in STAR}


def test_every_key_leads_to_a_row_and_tells_rows_apart(desk: As, tmp_path: Path) -> None:
    counts = desk("ezra").export_star(TICKETS, tmp_path / "star")
    found = tables(tmp_path / "star")

    assert {name: len(rows) for name, rows in found.items()} == counts
    assert all(counts.values())
    for table in STAR:
        rows = found[table.name]
        assert list(rows[0]) == [column.name for column in table.columns]
        keys = [tuple(row[name] for name in table.key) for row in rows]
        assert len(set(keys)) == len(keys), table.name
        for column, to in table.leads.items():
            (key, *_), there = next(t.key for t in STAR if t.name == to), found[to]
            missing = {row[column] for row in rows} - {row[key] for row in there} - {""}
            assert not missing, (table.name, column)
    _check_days(found)
    made = desk("ezra").export(Wanted(Dataset.TICKETS, columns=("resolution_used", "resolution_met")))
    (used, met), *_ = [row for batch in made.batches for row in batch.rows]
    clocks = {(row["ticket_key"], row["clock"]): row for row in found["fact_clocks"]}
    assert (clocks["1", "resolution"]["used"], clocks["1", "resolution"]["met"]) == (str(used), str(met).lower())


def _check_days(found: dict[str, list[dict[str, str]]]) -> None:
    """Days are the desk's own: what ended half an hour after midnight ended the day before by UTC."""
    first = found["fact_tickets"][0]
    assert (first["resolved_at"], first["resolved_on"]) == ("2026-09-28T23:30:00Z", "20260929")
    assert [row["date"] for row in found["dim_dates"]] == ["2026-09-28", "2026-09-29"]
    assert found["dim_dates"][0] | {"quarter": "3", "week": "40", "weekday": "1"} == found["dim_dates"][0]


@pytest.mark.parametrize("masked", [False, True])
def test_no_text_is_in_it_and_masked_nobody(desk: As, tmp_path: Path, *, masked: bool) -> None:
    desk("ezra").export_star(TICKETS._replace(masked=masked), tmp_path / "star")
    said = b"".join(path.read_bytes() for path in (tmp_path / "star").iterdir())

    texts = [b"Zprinter", b"Ztoner", b"Znote", b"Zcause", b"Zfix", b"Zwhy", b"Zfine"]
    assert [text for text in texts if text in said] == []
    people = [b"Remi", b"Ife of", b"Zcustomer", b"zbuyer"]
    assert [who for who in people if who in said] == ([] if masked else people)


def test_it_is_inside_scope_filter_and_period(desk: As, tmp_path: Path) -> None:
    def count(login: str, name: str, **asked: Any) -> int:
        return desk(login).export_star(TICKETS._replace(**asked), tmp_path / name)["fact_tickets"]

    assert count("ola", "a") == 0
    assert count("ife", "b") == 2
    assert count("ife", "c", filter=parse_filter("status:resolved")) == 1
    assert count("ife", "d", since=date(2026, 9, 29)) == 1
    with pytest.raises(NotAllowed, match="for staff"):
        count("remi", "e")


def test_the_manifest_tells_what_is_there(desk: As, tmp_path: Path) -> None:
    counts = desk("ezra").export_star(TICKETS, tmp_path / "star", Format.PARQUET)
    manifest = json.loads((tmp_path / "star" / "manifest.json").read_text())

    assert {table["name"]: table["rows"] for table in manifest["tables"]} == counts
    for table in manifest["tables"]:
        schema = parquet.read_schema(tmp_path / "star" / table["file"])
        assert schema.names == [column["name"] for column in table["columns"]]
    readme = (tmp_path / "star" / "README.md").read_text()
    assert "| `requester_key` | count | -> dim_people |" in readme


def test_a_folder_is_written_anew_only_by_force_and_only_a_star(desk: As, tmp_path: Path) -> None:
    desk("ezra").export_star(TICKETS, tmp_path / "star")
    with pytest.raises(InvalidInput, match="say --force"):
        desk("ezra").export_star(TICKETS, tmp_path / "star")
    desk("ezra").export_star(TICKETS._replace(masked=True), tmp_path / "star", force=True)
    assert json.loads((tmp_path / "star" / "manifest.json").read_text())["masked"] is True
    (tmp_path / "mine").mkdir()
    with pytest.raises(InvalidInput, match="holds no star"):
        desk("ezra").export_star(TICKETS, tmp_path / "mine", force=True)

    assert sorted(path.name for path in tmp_path.iterdir() if "desk.db" not in path.name) == ["mine", "star"]


@pytest.mark.parametrize(
    ("manifest", "said"),
    [('{"name": "an app of mine"}', "holds no star"), ("no JSON", "holds no star"), ("", "such as mine.txt")],
)
def test_what_is_no_star_is_never_taken_away(desk: As, tmp_path: Path, manifest: str, said: str) -> None:
    folder = tmp_path / "star"
    desk("ezra").export_star(TICKETS, folder)
    (folder / "mine.txt").write_text("mine")
    if manifest:
        (folder / "manifest.json").write_text(manifest)

    with pytest.raises(InvalidInput, match=said):
        desk("ezra").export_star(TICKETS, folder, force=True)
    assert (folder / "mine.txt").read_text() == "mine"


def test_what_was_put_there_meanwhile_is_kept(desk: As, tmp_path: Path) -> None:
    folder = tmp_path / "star"
    desk("ezra").export_star(TICKETS, folder)

    def work(_name: str, _done: int, _of: int) -> None:
        (folder / "mine.txt").write_text("mine")

    with pytest.raises(InvalidInput, match=r"such as mine\.txt"):
        desk("ezra").export_star(TICKETS, folder, force=True, progress=work)
    assert (folder / "mine.txt").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir() if "star" in path.name] == ["star"]


def test_what_is_interrupted_leaves_nothing(desk: As, tmp_path: Path) -> None:
    def stop(_name: str, _done: int, _of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        desk("ezra").export_star(TICKETS, tmp_path / "star", progress=stop)

    assert [path.name for path in tmp_path.iterdir() if "star" in path.name] == []
