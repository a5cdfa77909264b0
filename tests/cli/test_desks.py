"""init, import, demo, db: making desks and filling them."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
HEADER = "case_id,timestamp,actor,group,state,priority,category,requester,event,assignee,raw_state,seq\n"
LOG = HEADER + (
    "C1,2026-09-01T09:00:00+01:00,Ann,,New,P2,Net,Rob,created,,(opened),0\n"
    "C1,2026-09-01T10:00:00+01:00,Ann,Net team,In progress,P2,Net,Rob,state_changed,Abe,Active,1\n"
    "C1,2026-09-02T10:00:00+01:00,Abe,Net team,Resolved,P2,Net,Rob,resolved,Abe,Resolved,2\n"
    "C2,2026-09-02T11:00:00+01:00,Ann,,Broken,P2,Net,Rob,created,,(opened),0\n"
)


def test_an_import_says_what_it_took_and_what_not_and_a_second_one_adds_nothing(deskterm: Run, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(LOG, "utf-8")

    first = deskterm("import", str(log), "--until", "2026-09-01T12:00:00+01:00", "--json")
    rest = deskterm("import", str(log), "--json")
    again = deskterm("import", str(log))

    assert (first.json["tickets"], first.json["facts"], first.json["later"]) == (1, 2, 1)
    assert (rest.json["tickets"], rest.json["facts"], rest.json["known"]) == (0, 1, 2)
    assert "0 tickets and 0 facts added, 3 events were known" in again.out
    assert "line 5, C2: not taken: unknown state 'Broken'" in again.err
    assert deskterm("show", "1", "--json").json["status"] == "resolved"
    assert deskterm("doctor").code == 0


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("C9,yesterday,Ann,,New,P2,Net,Rob,created,,x,0", "line 2: 'yesterday' is no time"),
        ("C9,2026-09-01T09:00:00,Ann,,New,P2,Net,Rob,created,,x,0", "line 2: '2026-09-01T09:00:00' has no offset"),
        ("C9,2026-09-01T09:00:00Z,Ann", "line 2: 3 fields where the header has 12"),
    ],
)
def test_a_broken_log_is_refused_with_its_line_and_nothing_is_taken(
    deskterm: Run, tmp_path: Path, line: str, words: str
) -> None:
    log = tmp_path / "log.csv"
    log.write_text(HEADER + line + "\n", "utf-8")

    ran = deskterm("import", str(log))

    assert ran.code == 6
    assert words in ran.err
    assert deskterm("list", "--json").json == []


def test_import_makes_the_desk_when_a_profile_is_named(command: Run, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(LOG, "utf-8")
    database = f"sqlite:///{tmp_path / 'new' / 'desk.db'}"

    ran = command("--database", database, "import", str(log), "--profile", "acob")

    assert "1 tickets and 3 facts added" in ran.out
    assert (tmp_path / "new" / "desk.db").exists()


def test_demo_without_a_terminal_says_what_it_made_and_leaves_nothing(
    command: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    ran = command("demo")

    assert "a demo desk of" in ran.out
    assert list(tmp_path.iterdir()) == []


def test_a_kept_demo_opens_as_any_of_its_people(command: Run, tmp_path: Path) -> None:
    kept = command("demo", "--keep", str(tmp_path / "demo")).out.splitlines()[-1]
    ran = command(*kept.removeprefix("kept: deskterm ").split(), "list", "--view", "mine")

    assert "HD-" in ran.out


def test_version_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from deskterm.cli import main\n"
        "try:\n    main(['--version'])\n"
        "except SystemExit as end:\n    assert not end.code\n"
        "print(sorted({'textual', 'sqlmodel', 'sqlalchemy', 'rich', 'holidays'} & set(sys.modules)))\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.splitlines() == ["deskterm 0.1.0", "[]"]


def test_who_you_are_is_the_kernels_word_and_not_the_environments(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'desk.db'}"
    command = [sys.executable, "-m", "deskterm", "--database", database]
    subprocess.run([*command, "init"], check=True, capture_output=True)
    names = {"USER": "root2", "LOGNAME": "root2", "LNAME": "root2", "USERNAME": "root2", "SUDO_USER": "root2"}
    ran = subprocess.run(
        [*command, "people", "--json"],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", **names},
    )

    assert "root2" not in ran.stdout


def test_db_upgrade_is_safe_to_repeat(deskterm: Run) -> None:
    ran = deskterm("db", "upgrade")

    assert ran.code == 0
    assert "is up to date" in ran.out
    assert deskterm("list").code == 0
