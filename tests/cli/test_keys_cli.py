"""`deskterm keys`: what the keys are, with those of the settings."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def backend() -> str:
    """Keys know no database."""
    return "sqlite"


def test_the_keys_in_force_are_listed_and_wrong_ones_told(deskterm: Run, tmp_path: Path) -> None:
    config = tmp_path / "keys.toml"
    config.write_text('[keys]\nclaim = ["f6", "="]\n', encoding="utf-8")

    found = {one["id"]: one for one in json.loads(deskterm("--config", str(config), "keys", "--json").out)}
    assert found["claim"]["keys"] == ["f6", "equals_sign"]
    assert found["assign"] | {"help": ""} == {
        "id": "assign",
        "keys": ["a"],
        "label": "assign",
        "help": "",
        "scopes": ["list", "ticket"],
        "takes": "many",
        "undoable": True,
    }
    listed = [line.split()[:3] for line in deskterm("--config", str(config), "keys").out.splitlines()]
    assert ["claim", "F6", "="] in listed

    config.write_text('[keys]\nclaim = "a"\n', encoding="utf-8")
    ran = deskterm("--config", str(config), "keys")
    assert (ran.code, ran.out) == (6, "")
    assert ran.err == (
        f"deskterm: {config} line 2: claim and assign would both have a on the list screen: give assign another one\n"
    )
