"""The house holds: imports point one way, and what is heavy is loaded only where it is used."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_the_import_contracts_are_kept() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout


def loaded_by(module: str) -> set[str]:
    """Gives the outermost packages that a fresh interpreter has loaded after importing `module`."""
    script = f"import {module}, sys, json; print(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("module", "never", "always"),
    [
        ("deskterm.core.desk", {"textual", "rich", "typer", "click", "alembic", "holidays"}, {"sqlmodel"}),
        (
            "deskterm.core.domain.decide",
            {"sqlmodel", "sqlalchemy", "pydantic", "holidays", "psycopg", "textual", "rich", "typer"},
            {"deskterm"},
        ),
        ("deskterm.core.views", {"sqlmodel", "sqlalchemy", "pydantic", "holidays"}, {"deskterm"}),
    ],
)
def test_what_waits_until_it_is_needed(module: str, never: set[str], always: set[str]) -> None:
    loaded = loaded_by(module)
    assert loaded & never == set()
    assert always <= loaded  # the look at what is loaded does see what is
