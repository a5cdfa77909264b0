"""Macros as they are written: variables strictly, each mistake with its line, and a file that reads back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.core.domain.errors import ProfileError
from deskterm.core.domain.macros import Macro, from_json, read_macros, to_json, to_toml
from deskterm.core.domain.template import VARIABLES, filled, wrong

VALUES = {name: f"<{name}>" for name in VARIABLES}
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).map(str.strip).filter(bool)


def test_variables_stand_for_their_values_and_doubled_braces_for_braces() -> None:
    assert filled("{requester_first}: {{due}} is {due}}}", VALUES) == "<requester_first>: {due} is <due>}"
    assert filled("{title}", {"title": "{agent}", "agent": "no"}) == "{agent}"


@given(st.text())
def test_a_text_that_is_escaped_comes_out_as_it_was(text: str) -> None:
    escaped = text.replace("{", "{{").replace("}", "}}")
    assert list(wrong(escaped)) == []
    assert filled(escaped, VALUES) == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{requestor}", "there is no variable {requestor}: did you mean {requester}?"),
        ("{0.__class__}", "there is no variable {0.__class__}: expected one of requester, requester_first,"),
        ("{ due }", "there is no variable { due }: did you mean {due}?"),
        ("a } b", "a } stands alone: write }} where one is meant"),
        ("{due", "a { stands alone: write {{ where one is meant"),
    ],
)
def test_what_is_no_variable_is_said(text: str, sentence: str) -> None:
    (found,) = wrong(text)
    assert found.startswith(sentence)


def test_every_mistake_in_a_file_is_named_with_its_line() -> None:
    text = """\
[[macros]]
key = "a"
name = "A"
text = "Dear {requestor}"

[[macros]]
key = "a"
name = "Nothing"

[[macros]]
key = "c"
name = "C"
wait = "vendor"
cause = "x"
notes = true
"""
    with pytest.raises(ProfileError) as refused:
        read_macros(text, "m.toml")
    assert str(refused.value).splitlines() == [
        "m.toml can't be used: 5 problems",
        "m.toml:4: macros[1].text: there is no variable {requestor}: did you mean {requester}?",
        "m.toml:6: macros[2]: it does nothing: give it a text, or something to do",
        'm.toml:7: macros[2].key: "a" is taken: expected another key for each',
        "m.toml:10: macros[3]: a resolution needs both cause and fix",
        "m.toml:15: macros[3].notes: unknown key; did you mean note?",
    ]


@given(TEXTS, st.lists(TEXTS, min_size=1, max_size=3).map("\n".join), st.booleans(), TEXTS, TEXTS)
def test_what_is_written_out_reads_back(name: str, text: str, note: bool, cause: str, fix: str) -> None:  # noqa: FBT001
    escaped = text.replace("{", "{{").replace("}", "}}")
    macro = Macro(key="k", name=name, text=escaped, note=note, assign="me", priority="high", cause=cause, fix=fix)
    assert read_macros(to_toml([macro]), "m.toml") == (macro,)
    assert from_json(to_json(macro)) == macro
