"""One registry: what the keys are, what help lists, what screens run."""

from collections import Counter
from collections.abc import Awaitable, Callable

import pytest
from textual.widgets import Static

from deskterm.actions.command import Scope
from deskterm.actions.registry import SHIPPED
from deskterm.actions.table import COMMANDS
from deskterm.app import DesktermApp
from deskterm.core.domain.decide import NEEDS
from deskterm.core.domain.lifecycle import RULES
from deskterm.core.domain.words import Action
from deskterm.screens.queue import QueueScreen
from deskterm.screens.ticket import TicketScreen

Keys = Callable[..., Awaitable[None]]
Open = Callable[..., DesktermApp]
SWALLOWED = {"ctrl+h", "ctrl+m", "ctrl+i", "ctrl+s", "ctrl+q"}
BY_THE_PROGRAM = {Action.AUTO_CLOSE, Action.CHAIN_APPROVE, Action.CHAIN_REFUSE}


def test_every_action_that_people_do_has_a_key_and_asks_for_what_it_needs() -> None:
    keyed = {command.action: command for command in COMMANDS if command.action}

    assert set(keyed) == {action for _, action in RULES} - BY_THE_PROGRAM
    for action, command in keyed.items():
        asked = {field.fills for field in command.asks if not field.optional}
        assert set(NEEDS.get(action, ())) <= asked


@pytest.mark.parametrize("scope", [Scope.LIST, Scope.TICKET])
def test_no_key_means_two_things_on_a_screen_and_none_is_swallowed_by_terminals(scope: Scope) -> None:
    used = Counter(key for command in SHIPPED.of(scope) for key in command.keys)

    assert [key for key, times in used.items() if times > 1] == []
    assert not set(used) & SWALLOWED


@pytest.mark.parametrize("screen", [QueueScreen, TicketScreen])
def test_every_command_of_a_screen_can_be_run(screen: type[QueueScreen | TicketScreen]) -> None:
    scope = Scope.LIST if screen is QueueScreen else Scope.TICKET
    missing = [
        command.id
        for command in SHIPPED.of(scope)
        if command.action is None
        and not command.id.removeprefix("view_").isdecimal()
        and not hasattr(screen, f"do_{command.id}")
        and not hasattr(DesktermApp, f"do_{command.id}")
    ]

    assert missing == []


@pytest.mark.parametrize(("opened", "scope"), [((), Scope.LIST), (("2", "enter"), Scope.TICKET)])
async def test_help_lists_every_command_of_the_screen_it_was_asked_on(
    app_for: Open, keys: Keys, submit: Callable[..., int], opened: tuple[str, ...], scope: Scope
) -> None:
    submit("Printer jams")
    async with app_for("ife").run_test(size=(120, 36)) as pilot:
        await keys(pilot, *opened, "question_mark")
        text = str(pilot.app.screen.query_one(Static).render())
        await keys(pilot, "escape")
        assert not pilot.app.screen.query("HelpScreen")

    for command in SHIPPED.of(scope):
        assert command.help in text


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
