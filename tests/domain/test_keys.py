"""Keys by name, and the keys that settings give: what is wrong is told with its line and what to do."""

import string
from pathlib import Path

import pytest
from textual.keys import _character_to_key
from textual.widgets import Input, TextArea

from deskterm.actions.command import Scope
from deskterm.actions.keys import SWALLOWED, is_typed, name_of, named, shown
from deskterm.actions.registry import SHIPPED
from deskterm.actions.table import COMMANDS
from deskterm.core.domain.errors import InvalidInput
from deskterm.settings import load


def keys_of(tmp_path: Path, text: str) -> dict[str, tuple[str, ...]]:
    """Gives the keys in force under settings that say `text`."""
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    registry = SHIPPED.with_keys(load(config=file, environ={}).keys)
    return {command.id: command.keys for command in registry.commands}


def test_keys_have_the_names_that_textual_gives_them() -> None:
    characters = string.ascii_letters + string.digits + string.punctuation + "é"
    assert {sign: name_of(sign) for sign in characters} == {sign: _character_to_key(sign) for sign in characters}
    assert [shown(name_of(sign)) for sign in string.punctuation] == list(string.punctuation)


def test_what_edits_a_text_is_needed_for_typing() -> None:
    for widget in (Input, TextArea):
        for binding in widget.BINDINGS:
            for key in binding.key.split(",") if not isinstance(binding, tuple) else []:
                assert is_typed(key.strip()) or key.strip() in {*SWALLOWED, "f6", "f7"}, key
    assert not is_typed("escape")
    assert not is_typed("f5")


def test_every_id_is_one_commands_and_every_key_of_the_table_can_be_written() -> None:
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)
    for command in COMMANDS:
        for key in command.keys:
            assert named(key) == key
            assert named(shown(key)) == key if len(shown(key)) == 1 and shown(key).isascii() else True


@pytest.mark.parametrize("scope", [Scope.LIST, Scope.TICKET, Scope.INBOX, Scope.KPI, Scope.FORM])
def test_no_key_means_two_things_on_a_screen(scope: Scope) -> None:
    keys = [key for command in SHIPPED.of(scope) for key in command.keys]
    assert sorted(keys) == sorted(set(keys))
    assert not set(keys) & SWALLOWED.keys()


def test_settings_give_keys_by_id_and_two_commands_can_change_places(tmp_path: Path) -> None:
    given = keys_of(
        tmp_path, 'theme = "ansi-dark"\n[keys]\nassign = ["f6", "ctrl+l"]\nstart = "x"\ncancel = "b"\nhelp = "="\n'
    )

    assert given["assign"] == ("f6", "ctrl+l")
    assert (given["start"], given["cancel"], given["help"]) == (("x",), ("b",), ("equals_sign",))
    assert given["claim"] == SHIPPED["claim"].keys


def test_a_variable_gives_keys_too() -> None:
    given = load(environ={"DESKTERM_KEYS": 'claim = "="'}).keys
    assert SHIPPED.with_keys(given)["claim"].key == "="


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[keys]\nclam = "c"', "line 2: there is no command clam: did you mean claim?"),
        ('[keys]\n\nclaim = "f99"', "line 3: claim: there is no key 'f99', did you mean f9?"),
        ('[keys]\nclaim = "smile"', "line 2: claim: there is no key 'smile'"),
        (
            '[keys]\nclaim = "ctrl+s"',
            "line 2: claim: ctrl+s is no key for a command, terminals stop their output with it",
        ),
        ("[keys]\nclaim = 3", 'line 2: claim is 3, expected a key such as "c", or a list of them'),
        ("[keys]\nclaim = []", "line 2: claim has no key: give it one, or take the line away"),
        (
            '[keys]\nclaim = "a"',
            "line 2: claim and assign would both have a on the list screen: give assign another one",
        ),
        ('[keys]\nsend = "s"', "line 2: send: s is needed for typing, where send works too: take F1 to F12"),
        ('[keys]\nback = "ctrl+w"', "line 2: back: ctrl+w is needed for typing"),
        ('page_size = 50\nkeys = "c"', "line 2: keys is 'c', expected a table"),
        ('theme = "x"\nkeys.clam = "c"', "line 2: there is no command clam"),
    ],
)
def test_a_key_that_can_not_be_is_told_with_its_line(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(InvalidInput) as error:
        keys_of(tmp_path, text)
    assert str(error.value).startswith(f"{tmp_path / 'config.toml'} {sentence}")


def test_a_variable_that_can_not_be_read_says_what_it_is_to_be() -> None:
    with pytest.raises(InvalidInput, match=r'DESKTERM_KEYS is .* expected a table such as claim = "c"'):
        load(environ={"DESKTERM_KEYS": "claim"})
    with pytest.raises(InvalidInput, match="DESKTERM_KEYS line 1: there is no command nothing"):
        SHIPPED.with_keys(load(environ={"DESKTERM_KEYS": 'nothing = "c"'}).keys)
