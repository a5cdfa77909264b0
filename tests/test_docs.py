"""Documentation that fails the build when it lies."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from deskterm.actions.table import COMMANDS

ROOT = Path(__file__).parents[1]
PAGES = ["keys.md", "lifecycle.md", "commands.md", "settings.md", "filters.md", "kpi.md", "exports.md"]


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", PAGES)
def test_a_generated_page_is_what_the_code_says(generate: ModuleType, page: str) -> None:
    assert sorted(PAGES) == sorted(generate.PAGES)
    assert (ROOT / "docs" / page).read_text("utf-8") == generate.PAGES[page](), "run python docs/generate.py"


def test_the_keys_of_the_readme_are_the_registrys(generate: ModuleType) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")

    assert generate.most_used() in readme
    assert readme == generate.with_keys(readme), "run python docs/generate.py"


def test_every_command_has_help(generate: ModuleType) -> None:
    headings = re.findall(r"^## `(.*?)`\n\n(.*)$", generate.commands(), re.MULTILINE)

    assert len(headings) > 25
    assert [name for name, text in headings if not text.strip()] == []


def test_links_in_the_pages_lead_somewhere() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    broken = [
        (page.name, target)
        for page in pages
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]

    assert broken == []


def test_keys_named_in_the_guides_are_keys() -> None:
    known = {key for command in COMMANDS for key in command.shown_keys.split()}
    guides = "".join((ROOT / "docs" / name).read_text("utf-8") for name in ("agents.md",))
    named = set(re.findall(r"\*\*`([^`]+)`\*\*", guides))

    assert named
    assert named - known == set()


def test_the_test_command_of_the_readme_is_the_one_that_ci_runs() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")

    assert len(re.findall(r"<!-- test -->\n```sh\n(.+)\n```", readme)) == 1
    assert "<!-- test -->" in (ROOT / ".ci" / "run").read_text("utf-8")
