"""What is exported is imported again without loss: tickets, facts, comments, decisions, clocks; on both databases."""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.export_columns import Dataset
from deskterm.core.domain.export_formats import Format
from deskterm.core.domain.purchase import Wanted as Bought
from deskterm.core.domain.words import Action, Role, Via, WaitReason
from deskterm.core.services import setup
from deskterm.core.services.export_file import Shape, write
from deskterm.core.services.exporting import Wanted
from deskterm.core.services.fact_files import is_fact_file, read_fact_file
from deskterm.core.services.intake import Submission
from deskterm.core.store.engine import Store

As = Callable[[str], Desk]
At = Callable[[str], datetime]
ACOB = (Path(__file__).parents[2] / "data" / "profiles" / "acob.toml").read_text("utf-8")
HOSTILE = "=cmd|' /C calc'!A0\r\n\"quoted\", 'single', ẞ 漢字 🙂\t"


@pytest.fixture
def desk(as_: As, at: At, once: Callable[[Callable[[], Any]], Any]) -> As:
    """Work of every kind: taken back, paused, reopened, moved, bought, breached, and asked for by who has no login."""

    def work() -> None:
        as_("ada").add_person(name="=Zoe", role=Role.REQUESTER, customer="Zcustomer")
        at("2026-09-28 09:00")
        ife = as_("ife")
        first = ife.submit(
            Submission(title=HOSTILE.strip(), description=HOSTILE, category="it_design", requester="=Zoe")
        ).id
        ife.act(first, Action.CLAIM)
        at("2026-09-28 09:10")
        ife.undo(first)
        ife.act(first, Action.START)
        ife.act(first, Action.REPLY, text=HOSTILE)
        ife.act(first, Action.NOTE, text="'=not for her")
        at("2026-09-28 13:00")
        ife.act(first, Action.WAIT, reason=WaitReason.VENDOR, text="-1 part")
        at("2026-10-20 09:00")
        ife.act(first, Action.RESUME)
        ife.act(first, Action.RESOLVE, cause="+worn", fix="@replaced")
        second = as_("remi").submit(Submission(title="Late", category="it_infrastructure")).id
        at("2026-11-10 09:00")
        as_("ada").sweep()
        as_("lara").act(second, Action.ASSIGN, person="ini")
        bought = Bought(("2 x Toner @ 45.00",), "NGN", "empty", quotes=("offer.pdf",))
        third = as_("sola").submit(Submission(title="Toner", category="it_procurement", purchase=bought)).id
        as_("lara").act(third, Action.APPROVE, text="fine")
        as_("ada").change_person("ini", active=False)

    once(work)
    return as_


@pytest.fixture
def other(empty_url: str, clock: list[datetime]) -> Iterator[Desk]:
    """Another desk under the same profile, with an admin and nobody else."""
    with closing(Store(empty_url)) as store:
        setup.make_desk(store, ACOB, source="acob.toml", login="ada", name="Ada Admin", now=clock[-1])
        yield Desk(store, setup.identify(store, "ada")[0], lambda: clock[-1], Via.CLI)


def exported(desk: Desk, path: Path, **asked: Any) -> Path:
    made = desk.export(Wanted(Dataset.FACTS, **({"internal": True} | asked)))
    with path.open("wb") as out:
        write(made, Shape(Format(path.suffix[1:])), out)
    return path


def rows(desk: Desk, dataset: Dataset) -> list[dict[str, Any]]:
    """Gives what a desk holds, in words that every desk has."""
    made = desk.export(Wanted(dataset, internal=True))
    names = [column.name for column in made.columns]
    every = [dict(zip(names, row, strict=True)) for batch in made.batches for row in batch.rows]
    return [{name: value for name, value in row.items() if name not in {"origin", "met"}} for row in every]


def test_another_desk_takes_it_all_once(desk: As, other: Desk, tmp_path: Path) -> None:
    file = read_fact_file(exported(desk("ada"), tmp_path / "facts.jsonl"))
    done = other.import_facts(file)

    assert (done.tickets, done.rejected) == (3, ())
    for dataset in (Dataset.TICKETS, Dataset.COMMENTS, Dataset.APPROVALS, Dataset.FACTS):
        mine, theirs = rows(desk("ada"), dataset), rows(other, dataset)
        assert [_by_name(row) for row in theirs] == [_by_name(row) for row in mine]
    assert other.doctor().findings == ()
    assert [(p.name, p.role, p.is_active) for p in other.people() if p.login == "ini"] == [
        ("Ini of IT", Role.AGENT, False)
    ]
    again = other.import_facts(file)
    assert (again.tickets, again.facts, again.people, again.known) == (0, 0, 0, done.facts)
    assert desk("ada").import_facts(file).known == done.facts
    assert other.submit(Submission(title="Next", category="it_design")).id == 4


def test_every_format_reads_back_as_the_same_facts(desk: As, tmp_path: Path) -> None:
    paths = [exported(desk("ada"), tmp_path / f"facts.{format_}") for format_ in ("jsonl", "csv", "json")]
    packed = tmp_path / "facts.gz"
    packed.write_bytes(gzip.compress(paths[0].read_bytes()))
    assert all(map(is_fact_file, [*paths, packed]))
    lines, *others = (
        [row.said for _, facts in read_fact_file(path).tickets() for row in facts] for path in [*paths, packed]
    )

    assert HOSTILE.strip() in {row["text"] for row in lines}
    assert [[{**row, "text": row["text"] or None} for row in other] for other in others] == [
        [{**row, "text": row["text"] or None} for row in lines]
    ] * 3


def _by_name(row: dict[str, Any]) -> str:
    """Gives a row without the number of who has no login, which is the desk's own."""
    return re.sub(r'"#\d+"', '"zoe"', json.dumps(row, sort_keys=True))


def test_a_desk_with_tickets_gives_them_numbers_of_its_own(desk: As, other: Desk, tmp_path: Path) -> None:
    file = read_fact_file(exported(desk("ada"), tmp_path / "facts.jsonl"))
    mine = other.submit(Submission(title="Mine", category="it_design")).id

    assert other.import_facts(file).tickets == 3
    assert [row["id"] for row in rows(other, Dataset.TICKETS)] == [f"HD-{mine + n:06d}" for n in range(4)]
    assert other.submit(Submission(title="Next", category="it_design")).id == mine + 4


def test_what_is_not_whole_is_not_taken_and_said(desk: As, other: Desk, tmp_path: Path) -> None:
    path = exported(desk("ada"), tmp_path / "facts.jsonl")
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if json.loads(line)["version"] != 2))
    done = other.import_facts(read_fact_file(path))

    assert (done.tickets, len(done.rejected)) == (0, 3)
    assert "--internal" in done.rejected[0].why
    public = other.import_facts(read_fact_file(exported(desk("ada"), tmp_path / "public.jsonl", internal=False)))
    assert (public.tickets, len(public.rejected)) == (0, 3)
    with pytest.raises(NotAllowed, match="an admin's"):
        desk("ezra").import_facts(read_fact_file(path))


def test_another_profile_of_the_same_name_is_refused(desk: As, empty_url: str, tmp_path: Path) -> None:
    path = exported(desk("ada"), tmp_path / "facts.jsonl")
    with closing(Store(empty_url)) as store:
        now = datetime.fromisoformat("2026-09-28T08:00:00Z")
        setup.make_desk(store, ACOB + "\n# other\n", source="acob.toml", login="ada", name="Ada", now=now)
        other = Desk(store, setup.identify(store, "ada")[0], lambda: now, Via.CLI)
        with pytest.raises(InvalidInput, match="acob v1 is another profile here"):
            other.import_facts(read_fact_file(path))

        assert rows(other, Dataset.TICKETS) == []


GOOD = '{"ticket":"HD-000001","version":1,"at":"2026-01-01T00:00:00Z","kind":"submitted","data":{}}\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD + "{", "line 2: no JSON"),
        (GOOD + "[]\n", "line 2: no fact"),
        (GOOD + '{"ticket":"HD-000001"}\n', "line 2: no version, at, kind, data"),
        (GOOD.replace(':1,"at"', ':0,"at"'), "line 1: a field is of another type"),
        (GOOD.replace("{}", "3"), "line 1: a field is of another type"),
        (GOOD.replace("{}", '{},"text":3'), "line 1: a field is of another type"),
        (GOOD.replace("{}", '{},"met":{"ticket":"x"}'), "line 1: a field is of another type"),
        (GOOD.replace("{}", '{},"met":{"people":[]}'), "line 1: a field is of another type"),
        (GOOD.replace("{}", '{},"met":{"people":{"ada":3}}'), "line 1: a field is of another type"),
        (GOOD.replace("{}", '{},"met":{"people":{"ada":{"name":1.5}}}'), "line 1: a field is of another type"),
        ("ticket,version,at,kind,data\r\nHD-000001," + "1" * 5_000 + ",x,x,{}\r\n", "line 2: a field is of another"),
        (GOOD.replace("HD-000001", "printer"), "printer"),
        ("ticket,version,at,kind,data\r\nHD-000001,1\r\n", "line 2: 2 fields where the header has 5"),
    ],
)
def test_a_file_that_is_no_facts_is_refused_whole(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "facts"
    path.write_bytes(text.encode())

    assert is_fact_file(path)
    with pytest.raises(InvalidInput, match=said):
        read_fact_file(path)
