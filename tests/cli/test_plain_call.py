"""What the plain call understands it reads as Typer does."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.cli import commands
from deskterm.cli.globals import Globals
from deskterm.cli.plain import plain

WORDS = [
    "--database", "--database=", "--database=x y", "--config", "--config=c.toml", "--as", "--as=Ada", "--read-only",
    "--read-only=1", "--version", "--", "-h", "list", "sqlite:///a.db", "", "-", "--no-read-only", "--data",
]  # fmt: skip


def by_typer(arguments: list[str]) -> list[Globals]:
    opened: list[Globals] = []

    def open_screens(given: Globals) -> int:
        opened.append(given)
        return 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commands, "open_screens", open_screens)
        app: Any = commands.app
        app(arguments, standalone_mode=False)
    return opened


@given(st.lists(st.sampled_from(WORDS), max_size=5))
def test_what_the_plain_call_understands_is_what_typer_reads(arguments: list[str]) -> None:
    if (found := plain(arguments)) is not None:
        assert by_typer(arguments) == [found]


def test_the_usual_spellings_are_understood() -> None:
    understood = ["--database", "sqlite:///a.db", "--as=ada", "--read-only"]
    assert plain([]) == Globals("", None, "")
    assert plain(understood) == Globals("sqlite:///a.db", None, "ada", read_only=True)


@pytest.mark.parametrize("arguments", [["list"], ["--version"], ["--as"], ["--as", "-x"], ["--read-only=1"], ["--"]])
def test_the_rest_is_left_to_typer(arguments: list[str]) -> None:
    assert plain(arguments) is None
