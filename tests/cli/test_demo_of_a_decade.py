"""`demo --tickets`: where it goes is said, and is empty; what it makes is a desk like any other."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deskterm import bootstrap
from deskterm.core.services import demo_decade

Run = Callable[..., Any]


@pytest.fixture
def here(command: Run, user: Callable[[str], None]) -> Run:
    """Runs a command line as ada, whom the demo's own ada stands in for."""
    user("ada")
    return command


def test_it_goes_into_an_empty_database_and_checks_out(here: Run, empty_url: str) -> None:
    made = here("--database", empty_url, "demo", "--tickets", "120", "--seed", "3", "--json")

    assert (made.code, made.json["tickets"]) == (0, 120)
    assert here("--database", empty_url, "--as", "Demo admin", "doctor").out.endswith("no differences\n")
    assert "the trail is whole" in here("--database", empty_url, "audit", "verify").out
    assert "HD-" in here("--database", empty_url, "--as", "ada", "list", "--view", "mine").out


def test_it_goes_into_a_folder_that_is_made_and_says_where(here: Run, tmp_path: Path) -> None:
    kept = here("demo", "--tickets", "100", "--keep", str(tmp_path / "new")).out.splitlines()[-1]

    assert kept == f"kept: deskterm --database sqlite:///{tmp_path / 'new' / 'demo.db'} --as ada"
    assert "HD-" in here(*kept.removeprefix("kept: deskterm ").split(), "list", "--view", "mine").out


@pytest.mark.parametrize("places", [[], ["--keep", "--database"]], ids=["neither", "both"])
def test_where_it_goes_is_said_once(
    here: Run, tmp_path: Path, places: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKTERM_DATABASE", f"sqlite:///{tmp_path / 'own.db'}")
    before = ["--database", f"sqlite:///{tmp_path / 'a.db'}"] if "--database" in places else []
    after = ["--keep", str(tmp_path / "folder")] if "--keep" in places else []

    ran = here(*before, "demo", "--tickets", "100", *after)

    assert ran.code == 6
    assert ran.err == "deskterm: say where a desk of --tickets goes: --keep FOLDER, or --database URL before `demo`\n"
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_holds_anything_is_left_alone(here: Run, desk_url: str, tmp_path: Path) -> None:
    ran = here("--database", desk_url, "demo", "--tickets", "100")

    assert ran.code == 6
    assert ran.err.startswith("deskterm: there is something in ")
    assert ran.err.endswith(": a desk of --tickets goes into an empty database\n")

    assert here("demo", "--keep", str(tmp_path)).code == 0
    assert here("demo", "--tickets", "100", "--keep", str(tmp_path)).code == 6


@pytest.mark.parametrize("number", ["0", "99", "-5", "10000001", "many"])
def test_a_number_of_tickets_that_makes_no_sense_is_wrong_use(here: Run, tmp_path: Path, number: str) -> None:
    ran = here("demo", "--tickets", number, "--keep", str(tmp_path / "new"))

    assert ran.code == 2
    assert "--tickets" in ran.err
    assert not (tmp_path / "new").exists()


def test_an_interrupted_one_says_so_and_is_opened_by_no_command(
    here: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(demo_decade, "notify", interrupted)

    ran = here("demo", "--tickets", "100", "--keep", str(tmp_path))
    opened = here("--database", f"sqlite:///{tmp_path / 'demo.db'}", "list")

    assert ran.code == 130
    assert "interrupted: what was written so far is not finished" in ran.err
    assert opened.code == 6
    assert "is not finished" in opened.err


def test_a_machine_with_one_processor_makes_it_too(here: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "_MANY", 100)
    monkeypatch.setattr("os.cpu_count", lambda: None)

    assert here("demo", "--tickets", "150", "--keep", str(tmp_path)).code == 0
