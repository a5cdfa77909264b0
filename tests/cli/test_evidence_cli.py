"""`deskterm approvals prove` and `deskterm audit check`, in a folder that knows of no desk."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typer

from deskterm.cli import evidence
from deskterm.cli.globals import Globals
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action
from deskterm.core.services.intake import Submission

Run = Callable[..., Any]
As = Callable[[str], Any]


@pytest.fixture
def run(deskterm: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the commands on the small desk, wired to nouns of their own."""
    app, approvals, audit = typer.Typer(), typer.Typer(), typer.Typer()
    approvals.callback()(lambda: None)
    audit.callback()(lambda: None)
    evidence.register_on(approvals, audit)
    app.add_typer(approvals, name="approvals")
    app.add_typer(audit, name="audit")

    @app.callback()
    def start(context: typer.Context) -> None:
        context.obj = Globals("", None, "")

    monkeypatch.setattr("deskterm.cli.commands.app", app)
    return deskterm


@pytest.fixture
def heads(deskterm: Run, bought: int, tmp_path: Path) -> tuple[str, str]:
    """The sealer's file and public key."""
    key = deskterm("seal", "--new-key", str(tmp_path / "key"), "--json").json["public_key"]
    assert deskterm("seal", "--once", "--key", str(tmp_path / "key"), "--file", str(tmp_path / "heads")).code == 0
    return str(tmp_path / "heads"), key


@pytest.fixture
def bought(as_: As) -> int:
    bought = Wanted(("2 x Toner @ 45.00",), justification="it streaks")
    return int(as_("remi").submit(Submission(title="Toner", category="it_procurement", purchase=bought)).id)


def test_a_file_is_written_and_checked_where_there_is_no_desk(
    heads: tuple[str, str], run: Run, bought: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "evidence.json"
    ran = run("approvals", "prove", str(bought), "-o", str(file), "--heads", heads[0])
    assert ran.code == 0, ran.err
    assert ran.out == (f"{file}: 3 entries, 3 links to the head, {file.stat().st_size:,} bytes\n")
    assert file.stat().st_mode & 0o777 == 0o600

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("DESKTERM_DATABASE", "sqlite:////nowhere/at/all.db")
    good = run("audit", "check", str(file), "--key", heads[1])
    assert (good.code, good.err) == (0, "")
    assert "HD-000001: open NGN 90.00, as of 2026-09-28 08:00:00+00:00\n" in good.out
    assert "3 entries, 3 links, 0 decisions; 0 signatures hold\n" in good.out
    assert good.out.endswith("\neverything that can be checked holds\n")
    assert list(elsewhere.iterdir()) == []
    told = run("audit", "check", str(file), "--key", heads[1], "--text", "--json").json
    assert (told["reference"], told["problems"]) == ("HD-000001", [])
    assert "    | it streaks" in run("audit", "check", str(file), "--key", heads[1], "--text").out


@pytest.fixture
def stood_in(as_: As, bought: int) -> int:
    """The purchase, approved by Ife for Lara, then by Hana."""
    as_("lara").delegate("ife", date(2026, 9, 28), date(2026, 9, 30))
    as_("ife").act(bought, Action.APPROVE)
    as_("hana").act(bought, Action.APPROVE)
    return bought


def test_who_decided_without_a_signature_is_the_desks_word(
    stood_in: int, heads: tuple[str, str], run: Run, as_: As, tmp_path: Path
) -> None:
    file = tmp_path / "evidence.json"
    run("approvals", "prove", str(stood_in), "-o", str(file), "--heads", heads[0])

    done = run("audit", "check", str(file), "--key", heads[1], "--text")

    assert done.code == 0
    said = "everything that can be checked holds; names of those who didn't sign are the desk's word\n"
    assert done.out.endswith(said)
    hana, ife, lara = (as_(login).actor.name for login in ("hana", "ife", "lara"))
    lines = done.out.splitlines()
    assert f"    not signed: that it was {hana} is the desk's word" in lines
    at = lines.index(f"    not signed: that it was {ife} is the desk's word")
    assert lines[at - 1] == f"    for {lara}: the delegation is the desk's word"
    assert len([line for line in lines if "the delegation" in line]) == 1


def test_what_does_not_hold_is_said_and_the_exit_code_says_so(
    heads: tuple[str, str], run: Run, bought: int, tmp_path: Path
) -> None:
    file = tmp_path / "evidence.json"
    run("approvals", "prove", str(bought), "-o", str(file), "--heads", heads[0])
    file.write_text(file.read_text("utf-8").replace("it streaks", "it steaks"), "utf-8")

    ran = run("audit", "check", str(file), "--key", heads[1])

    assert ran.code == 1
    assert [line.partition(": ")[0] for line in ran.out.splitlines()] == ["PROBLEM"] * 2
    assert ran.out.startswith("PROBLEM: entry ")
    assert ran.out.endswith("\nPROBLEM: what follows from it is not counted\n")
    assert run("audit", "check", str(file), "--key", heads[1], "--json").code == 1
    file.write_text("{}", "utf-8")
    assert "PROBLEM: it is no evidence of the form" in run("audit", "check", str(file), "--text").out
    file.write_bytes(b"\xff")
    assert run("audit", "check", str(file)).code == 6
    assert run("audit", "check", str(tmp_path / "nowhere")).code == 6


def test_the_settings_say_where_heads_and_keys_are(
    heads: tuple[str, str], run: Run, bought: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKTERM_SEAL_FILE", heads[0])
    monkeypatch.setenv("DESKTERM_SEAL_PUBLIC_KEYS", f"other {heads[1]}")
    file = tmp_path / "evidence.json"

    made = run("approvals", "prove", f"HD-{bought:06d}", "-o", str(file), "--json").json

    assert (made["entries"], made["bytes"]) == (3, file.stat().st_size)
    assert run("audit", "check", str(file)).code == 0


def test_without_a_head_or_a_file_it_goes_to_stdout_and_says_what_is_missing(run: Run, bought: int) -> None:
    ran = run("approvals", "prove", str(bought))

    assert json.loads(ran.out)["head"] is None
    assert "no signed head covers it yet" in ran.err
    assert run("approvals", "prove", str(bought), "--text").out.startswith("Evidence of HD-000001: Toner\n")


def test_what_can_not_be_used_is_refused(run: Run, bought: int, tmp_path: Path) -> None:
    (tmp_path / "heads").write_text("no head\n")
    assert "line 1 is no head" in run("approvals", "prove", str(bought), "--heads", str(tmp_path / "heads")).err
    assert run("approvals", "prove", str(bought), "--heads", str(tmp_path / "nowhere")).code == 6
    assert run("approvals", "prove", str(bought), "-o", str(tmp_path / "no" / "where")).code == 6
    assert run("approvals", "prove", "99").code == 3
