"""Keys from the registry: how Textual is told of them, and which are in force where a widget speaks of one."""

from typing import Protocol, cast

from textual.binding import Binding, BindingType
from textual.dom import DOMNode

from deskterm.actions.command import Command, Scope
from deskterm.actions.registry import SHIPPED, Registry


class Registered(Protocol):
    """What the app has of the registry."""

    registry: Registry


def in_force(node: DOMNode) -> Registry:
    """Gives the commands with the keys in force in the app that `node` is part of."""
    return cast("Registered", node.app).registry


def bindings(scope: Scope) -> list[BindingType]:
    """Gives the registry's keys for a screen.

    They have priority so that keys act in the order they were typed, also in a burst over a slow line; `check_action`
    lets them through to where text is written.
    """
    return [bound(command, priority=True) for command in SHIPPED.of(scope) if command.id != "send"]


def bound(command: Command, action: str = "", *, priority: bool = False) -> Binding:
    """Gives the binding of a command to an action, else to the screen's `command`.

    It has the command's id, by which Textual gives it the keys that the settings say.
    """
    return Binding(
        ",".join(command.keys),
        action or f"command('{command.id}')",
        command.label,
        show=False,
        id=command.id,
        priority=priority,
    )
