"""Edits of the wide SLA table: the row is edited, and every other byte of the text stays."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.profile import Profile
from deskterm.core.domain.profile_edit import COLUMNS, add_target, change_target, retire_target
from deskterm.core.domain.profile_file import parse_profile

SHIPPED = sorted((Path(__file__).parents[2] / "data" / "profiles").iterdir())
ACOB = next(path for path in SHIPPED if path.stem == "acob").read_text("utf-8")
ROWS = """\
# what the contract of the hospital says
[[targets]]  # number one
key    = "hospital"   # aligned
customer = 'Hospital'
target = "2h"   # from the contract
# in the middle
template = "Call back"

  # what follows is for all of us
  [[targets]]
  key = "billing"
  category = "accounts_clearances"
  target = "1bd"

# the goals come after this
"""
HEAD, GOALS = ACOB[: ACOB.index("[goals]")], ACOB[ACOB.index("[goals]") :]
TOML = HEAD + ROWS + GOALS
INLINE = f"""\
targets = [
    {{ key = "hospital", customer = "Hospital", target = "2h", template = "Call back" }}, # one
    {{ key = "billing", category = "accounts_clearances", target = "1bd" }},
]  # the table
{ACOB}"""
JSON = json.dumps(tomllib.loads(TOML), indent=2, ensure_ascii=False) + "\n"
FORMS = {
    "toml": TOML,
    "windows": TOML.replace("\n", "\r\n"),
    "marked": "\ufeff" + TOML,
    "inline": INLINE,
    "inline of windows": INLINE.replace("\n", "\r\n"),
    "last": ACOB + "\n" + ROWS.rstrip(),
    "json": JSON,
}
NEW = {"key": "urgent_it", "clock": "resolution", "department": "it", "priority": "urgent", "target": "1bh"}


@pytest.fixture(params=[*FORMS.values()], ids=[*FORMS])
def text(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def parse(text: str) -> Profile:
    return parse_profile(text, source="desk")


def rows(text: str) -> dict[str, object]:
    return {row.key: row for row in parse(text).targets}


def test_another_row_is_the_last_one_and_all_else_is_as_before(text: str) -> None:
    before, after = parse(text), parse(add_target(text, NEW, version=7))
    assert after == replace(before, version=7, targets=(*before.targets, after.targets[-1]))
    added = after.targets[-1]
    assert (added.key, added.department, added.priority, str(added.target)) == ("urgent_it", "it", 1, "1bh")


def test_a_row_changes_and_all_else_is_as_before(text: str) -> None:
    row = {"target": "3h", "product": "Ward", "template": "", "customer": "St. Mary's"}
    before, after = parse(text), parse(change_target(text, "hospital", row, version=8))
    changed = replace(
        before.targets[0], target=after.targets[0].target, product="Ward", template="", customer="St. Mary's"
    )
    assert str(changed.target) == "3h"
    assert after == replace(before, version=8, targets=(changed, before.targets[1]))


@pytest.mark.parametrize("key", ["hospital", "billing"])
def test_a_row_goes_and_all_else_is_as_before(text: str, key: str) -> None:
    before, after = parse(text), parse(retire_target(text, key, version=9))
    kept = tuple(row for row in before.targets if row.key != key)
    assert after == replace(before, version=9, targets=kept)


def test_the_last_row_takes_the_table_with_it_and_the_first_brings_it_back(text: str) -> None:
    none = retire_target(retire_target(text, "billing", version=2), "hospital", version=3)
    assert parse(none) == replace(parse(text), version=3, targets=())
    one = add_target(none, NEW, version=4)
    assert list(rows(one)) == ["urgent_it"]


def versioned(text: str, version: int) -> str:
    return re.sub(r'("?version"?( = |: ))1\b', rf"\g<1>{version}", text, count=1)


def test_only_the_added_row_and_the_version_differ() -> None:
    block = '\n[[targets]]\nkey = "urgent_it"\nclock = "resolution"\ndepartment = "it"\npriority = "urgent"\n'
    after = add_target(TOML, dict(reversed(NEW.items())), version=2)
    where = 'target = "1bd"\n'
    assert after == versioned(TOML, 2).replace(where, f'{where}{block}target = "1bh"\n')


def test_where_there_is_no_row_the_first_one_stands_at_the_end() -> None:
    after = add_target(ACOB.rstrip("\n"), {"key": "a", "customer": 'The "A"', "target": "1h"}, version=2)
    assert after == versioned(ACOB, 2) + '\n[[targets]]\nkey = "a"\ncustomer = "The \\"A\\""\ntarget = "1h"\n'


def test_a_changed_row_keeps_its_comments_and_its_layout() -> None:
    row = {"target": "3h", "template": "", "product": "Ward"}
    after = change_target(TOML, "hospital", row, version=2)
    expected = ROWS.replace('"2h"', '"3h"').replace('template = "Call back"\n', 'product = "Ward"\n')
    assert after == versioned(HEAD, 2) + expected + GOALS


def test_a_retired_row_leaves_the_comments_around_it() -> None:
    first = retire_target(TOML, "hospital", version=2)
    head, tail = "# what the contract of the hospital says\n", ROWS[ROWS.index("  # what follows") :]
    assert first == versioned(HEAD, 2) + head + tail + GOALS
    second = retire_target(TOML, "billing", version=2)
    kept = ROWS[: ROWS.index("  [[targets]]")] + "# the goals come after this\n"
    assert second == versioned(HEAD, 2) + kept + GOALS


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_row_of_a_shipped_profile_can_be_edited(path: Path) -> None:
    text = path.read_text("utf-8")
    profile = parse(text)
    for number, row in enumerate(profile.targets):
        first, rest = profile.targets[:number], profile.targets[number + 1 :]
        changed = change_target(text, row.key, {"template": "Tried"}, version=9)
        assert parse(changed) == replace(profile, version=9, targets=(*first, replace(row, template="Tried"), *rest))
        assert changed.count("\n") == text.count("\n") + (not row.template)
        retired = retire_target(text, row.key, version=9)
        assert parse(retired) == replace(profile, version=9, targets=(*first, *rest))
        assert re.findall("(?m)^#.*", retired) == re.findall("(?m)^#.*", text)


def test_a_last_row_takes_the_blanks_before_it_along_and_another_those_behind_it() -> None:
    first, second = (
        '\n[[targets]]\nkey = "a"\ncustomer = "A"\ntarget = "1h"\n',
        '\n[[targets]]\nkey = "b"\ncustomer = "B"\ntarget = "1h"\n',
    )
    assert retire_target(ACOB + first + second, "b", version=2) == versioned(ACOB, 2) + first
    assert (
        retire_target(ACOB + first + second.lstrip() + "\n\n", "a", version=2) == versioned(ACOB, 2) + second + "\n\n"
    )


def test_what_is_added_and_retired_again_leaves_nothing(text: str) -> None:
    there = add_target(text, NEW, version=2)
    back = retire_target(there, "urgent_it", version=1)
    assert back.rstrip() == text.rstrip()


@pytest.mark.parametrize("form", ["windows", "inline of windows"])
def test_new_lines_end_as_the_others_do(form: str) -> None:
    text = FORMS[form]
    edits = [
        add_target(text, NEW, version=2),
        change_target(text, "hospital", {"product": "Ward"}, version=2),
        add_target(retire_target(retire_target(text, "hospital", version=2), "billing", version=2), NEW, version=2),
    ]
    assert not [edit for edit in edits if re.search(r"(?<!\r)\n", edit)]


def test_json_is_written_again_with_its_keys_in_their_order() -> None:
    flat = json.dumps(tomllib.loads(TOML))
    assert change_target(flat, "billing", {"target": "1bd"}, version=1) == JSON
    after = change_target(flat, "billing", {"target": "2bd", "product": "Äther"}, version=2)
    old = '"target": "1bd"\n'
    assert after == versioned(JSON, 2).replace(old, '"target": "2bd",\n      "product": "Äther"\n')


def test_headers_are_no_text_that_looks_like_one() -> None:
    decoy = 'template = """\\\n[[targets]]\\\n"""\n'
    text = TOML.replace('target = "1bd"\n', f'{decoy}  target = """\\\n  # 1bd\\\n  """ # 1bd\n')
    text = text.replace('"""\\\n  # 1bd\\\n  """', '"1bd"')
    after = retire_target(text, "hospital", version=2)
    assert list(rows(after)) == ["billing"]
    assert decoy in after
    assert decoy not in retire_target(text, "billing", version=2)


def test_a_comment_sign_that_ends_a_text_is_of_the_text() -> None:
    text = TOML.replace('template = "Call back"\n', 'template = """\n# Call back"""\n')
    assert parse(text).targets[0].template == "# Call back"
    assert "Call back" not in retire_target(text, "hospital", version=2)


def test_rows_apart_from_each_other_keep_their_places() -> None:
    text = HEAD + ROWS[: ROWS.index("  # what follows")] + GOALS + ROWS[ROWS.index("  # what follows") :]
    after = add_target(change_target(text, "hospital", {"target": "5h"}, version=2), NEW, version=3)
    assert list(rows(after)) == ["hospital", "billing", "urgent_it"]
    assert after.startswith(versioned(HEAD, 3) + ROWS[: ROWS.index("key ")])
    assert after.index("[goals]") < after.index('key = "billing"') < after.index("urgent_it")


@pytest.mark.parametrize("spelling", ["profile.version", '"profile"."version"'])
def test_the_version_may_be_written_otherwise(spelling: str) -> None:
    head = tomllib.loads(ACOB)["profile"]
    lines = "".join(f"profile.{key} = {json.dumps(value)}\n" for key, value in head.items() if key != "version")
    rest = ACOB[ACOB.index("# The document counts") :]
    text = f"{lines}{spelling}   =   1 # one\n{rest}"
    after = add_target(text, NEW, version=2)
    assert after.startswith(f"{lines}{spelling}   =   2 # one\n{rest}".rstrip())


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda t: add_target(t, {**NEW, "key": "billing"}, version=2), "the SLA table has a row billing already"),
        (lambda t: change_target(t, "biling", {}, version=2), "has no row biling; did you mean billing?"),
        (lambda t: change_target(t, "xx", {}, version=2), "the SLA table has no row xx"),
        (lambda t: change_target(t, "billing", {"key": "hospital"}, version=2), "has a row hospital already"),
        (lambda t: retire_target(t, "hospitals", version=2), "no row hospitals; did you mean hospital?"),
    ],
)
def test_an_unknown_or_taken_key_is_refused_in_one_sentence(call: object, sentence: str, text: str) -> None:
    assert callable(call)
    with pytest.raises(InvalidInput, match=re.escape(sentence)) as caught:
        call(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "nothing", ["", "{}", "[profile]", "{", "targets = 1", "[profile]\nversion = 1\n[targets]\na = 1"]
)
def test_what_is_no_profile_is_refused(nothing: str) -> None:
    with pytest.raises(InvalidInput):
        add_target(nothing, NEW, version=2)


def test_a_row_may_get_another_key() -> None:
    assert list(rows(change_target(TOML, "hospital", {"key": "ward"}, version=2))) == ["ward", "billing"]


def test_what_edits_toml_is_loaded_by_an_edit() -> None:
    script = "import deskterm.core.domain.profile_edit, sys; print('tomlkit' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12).filter(
    lambda text: text == text.strip()
)
VALUES: Mapping[str, st.SearchStrategy[str]] = {
    "clock": st.just("resolution"),
    "product": TEXTS,
    "category": st.sampled_from(["it_design", "operations_repairs"]),
    "department": st.sampled_from(["it", "operations"]),
    "priority": st.sampled_from(["urgent", "high", "medium", "low"]),
    "template": TEXTS,
}
TARGETS = st.builds("{}{}".format, st.integers(1, 999_999), st.sampled_from(["bh", "bd", "m", "h", "d"]))


@given(
    form=st.sampled_from(sorted(FORMS)),
    row=st.fixed_dictionaries({"customer": TEXTS, "target": TARGETS}, optional=VALUES),
    change=st.fixed_dictionaries(
        {"customer": TEXTS | st.just(""), "target": TARGETS},
        optional={key: value | st.just("") for key, value in VALUES.items()},
    ),
    version=st.integers(1, 1_000_000),
)
def test_any_row_that_is_right_can_be_added_changed_and_retired(
    form: str, row: dict[str, str], change: dict[str, str], version: int
) -> None:
    text = FORMS[form]
    before = parse(text)
    there = add_target(text, {**row, "key": "row_1"}, version=version)
    assert parse(there) == replace(before, version=version, targets=(*before.targets, parse(there).targets[-1]))
    assert spelled(there, "row_1") == {**row, "key": "row_1"}
    if any(
        change.get(level, row.get(level)) for level in ("customer", "product", "category", "department", "priority")
    ):
        changed = change_target(there, "row_1", change, version=version)
        assert spelled(changed, "row_1") == {k: v for k, v in {**row, **change, "key": "row_1"}.items() if v}
        assert parse(changed).targets[:-1] == before.targets
    assert parse(retire_target(there, "row_1", version=version)) == replace(before, version=version)


def spelled(text: str, key: str) -> dict[str, str]:
    body = text.removeprefix("\ufeff")
    document = json.loads(body) if body.startswith("{") else tomllib.loads(body)
    (row,) = [row for row in document["targets"] if row["key"] == key]
    assert set(row) <= set(COLUMNS)
    return dict(row)
