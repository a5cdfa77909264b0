"""One registry: what the keys are, what help lists, what screens run."""

import inspect
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Static

import deskterm
from deskterm.actions.command import Scope
from deskterm.actions.fields import THEMES
from deskterm.actions.registry import SHIPPED
from deskterm.actions.table import COMMANDS
from deskterm.app import DesktermApp
from deskterm.core.domain.decide import NEEDS
from deskterm.core.domain.lifecycle import RULES
from deskterm.core.domain.words import Action
from deskterm.screens.approvals import ApprovalsScreen
from deskterm.screens.queue import QueueScreen
from deskterm.screens.ticket import TicketScreen
from deskterm.settings import Chosen
from deskterm.themes import NAMES
from deskterm.widgets.acting import Acting
from deskterm.widgets.acts import TRIAGE
from deskterm.widgets.key_list import KeyList
from deskterm.widgets.prompt import Prompt

Keys = Callable[..., Awaitable[None]]
Open = Callable[..., DesktermApp]
BY_THE_PROGRAM = {Action.AUTO_CLOSE, Action.CHAIN_APPROVE, Action.CHAIN_REFUSE}


def test_every_action_that_people_do_has_a_key_and_asks_for_what_it_needs() -> None:
    keyed = {command.action: command for command in COMMANDS if command.action and command.id != TRIAGE}

    assert set(keyed) == {action for _, action in RULES} - BY_THE_PROGRAM
    for action, command in keyed.items():
        asked = {field.fills for field in command.asks if not field.optional}
        assert set(NEEDS.get(action, ())) <= asked


@pytest.mark.parametrize("screen", [QueueScreen, TicketScreen, ApprovalsScreen])
def test_every_command_of_a_screen_can_be_run_with_what_it_asks_for(screen: type[Acting]) -> None:
    by_number = re.compile(r"(view|tab)_\d+")
    for command in SHIPPED.of(screen.SCOPE):
        if command.is_act or by_number.fullmatch(command.id):
            continue
        run = getattr(screen, f"do_{command.id}", None) or getattr(DesktermApp, f"do_{command.id}")
        inspect.signature(run).bind("self")
        inspect.signature(run).bind("self", **{field.name: "" for field in command.asks})


def test_labels_and_keys_fit_their_columns() -> None:
    assert [command.label for command in COMMANDS if len(command.label) > 14] == []
    assert [command.shown_keys for command in COMMANDS if cell_len(command.shown_keys) > 12] == []


def test_the_themes_that_can_be_typed_are_those_that_there_are() -> None:
    assert [name for name, _ in THEMES] == [*NAMES]


def listed(pilot: Pilot[None]) -> dict[str, str]:
    """What `?` lists, with why it can't be done."""
    return {entry.command.id: entry.why for entry in pilot.app.screen.query_one(KeyList).entries}


def drawn(pilot: Pilot[None]) -> list[str]:
    keys = pilot.app.screen.query_one(KeyList)
    return [keys.render_line(y).text for y in range(keys.size.height)]


async def test_help_lists_the_screens_keys_says_what_can_not_be_done_and_does_what_is_chosen(
    app_for: Open, keys: Keys, submit: Callable[..., int]
) -> None:
    submit("Printer jams")
    async with app_for("ife").run_test(size=(80, 24)) as pilot:
        await keys(pilot, "2", "question_mark")
        found = listed(pilot)
        assert list(found) == [command.id for command in SHIPPED.of(Scope.LIST)]
        assert found["claim"] == found["filter"] == ""
        assert found["resume"] == "HD-000001 can't be resumed: it is new"
        for line in drawn(pilot):
            assert cell_len(line) == 77
            assert line[27] == " ", "what is said goes on under itself"
        await keys(pilot, *"resume", "enter")
        assert "can't be resumed" in str(pilot.app.screen.query_one("StatusLine", Static).render())
        await keys(pilot, *["backspace"] * 6, *"wait", "down", "up", "enter")
        prompt = pilot.app.screen.query_one(Prompt)
        assert prompt.is_open
        assert prompt.command is SHIPPED["wait"]
        await keys(pilot, "escape", "enter", "question_mark", "f1", "f1")
        assert list(listed(pilot)) == [command.id for command in SHIPPED.of(Scope.TICKET)]
        await keys(pilot, "escape")
        assert isinstance(pilot.app.screen, TicketScreen)


async def test_the_persona_key_is_for_the_demo_only(app_for: Open, keys: Keys) -> None:
    async with app_for("ife").run_test(size=(80, 24)) as pilot:
        await keys(pilot, "at")
        assert "that is for the demo" in str(pilot.app.screen.query_one("StatusLine", Static).render())


async def test_an_admin_goes_through_the_personas_of_a_demo(app_for: Open, keys: Keys) -> None:
    async with app_for("ada", personas=("ada", "ife", "remi")).run_test(size=(80, 24)) as pilot:
        await keys(pilot, "at")
        assert pilot.app.gateway.desk.actor.login == "ife"  # type: ignore[attr-defined]
        assert isinstance(pilot.app.screen, QueueScreen)
        assert "now Ife of IT, agent" in str(pilot.app.screen.query_one("StatusLine", Static).render())


async def test_keys_that_the_settings_give_act_and_are_shown_everywhere(
    app_for: Open, keys: Keys, submit: Callable[..., int]
) -> None:
    submit("Printer jams")
    given = {
        "claim": Chosen(("f6",), "line 1"),
        "start": Chosen(("c",), "line 2"),
        "help": Chosen(("equals_sign",), "line 3"),
        "back": Chosen(("f7",), "line 4"),
    }
    async with app_for("ife", keys=given).run_test(size=(80, 24)) as pilot:
        await keys(pilot, "2")
        said = str(pilot.app.screen.query_one("StatusLine", Static).render())
        assert " F6\N{NO-BREAK SPACE}claim" in said
        assert " c\N{NO-BREAK SPACE}begin" in said
        assert said.endswith(" =\N{NO-BREAK SPACE}help")
        await keys(pilot, "equals_sign")
        assert any(line.startswith("F6 ") for line in drawn(pilot))
        await keys(pilot, "escape")
        assert pilot.app.screen.query("KeyList"), "another key has that by now"
        await keys(pilot, "f7", "c")
        assert "begin: HD-000001 is in progress" in str(pilot.app.screen.query_one("StatusLine", Static).render())
        await keys(pilot, "w", "f7")
        assert not pilot.app.screen.query_one(Prompt).is_open


def test_who_speaks_of_a_key_asks_which_is_in_force() -> None:
    package = Path(deskterm.__file__).parent
    shown = re.compile(r"""SHIPPED\[[^\]]*\]\.(key|shown_keys)\b""")
    files = [package / "app.py", *(package / "screens").glob("*.py"), *(package / "widgets").glob("*.py")]

    assert [file.name for file in files if shown.search(file.read_text("utf-8"))] == []
