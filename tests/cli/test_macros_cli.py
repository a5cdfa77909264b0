"""`deskterm macro` and `macros`: run, listed, exported and loaded, with what is refused named."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deskterm.core.desk import Desk
from deskterm.core.services.intake import Submission

Run = Callable[..., Any]
FILE = """[[macros]]
key = "taken"
name = "Taken"
text = "Dear {requester_first},\\nI have it."
assign = "me"
"""


@pytest.fixture
def backend() -> str:
    """What is said has nothing to do with the database."""
    return "sqlite"


def test_macros_are_loaded_listed_run_and_exported(
    deskterm: Run, as_: Callable[[str], Desk], user: Callable[[str], None], tmp_path: Path
) -> None:
    as_("remi").submit(Submission(title="Printer jams", category="it_infrastructure"))
    file = tmp_path / "m.toml"
    file.write_text(FILE)
    assert deskterm("macros", "apply", str(file)).out == "1 macro added, 0 changed\n"
    exported = deskterm("macros", "show", "taken").out
    assert 'text = """Dear {requester_first},\nI have it.\n"""' in exported

    user("ife")
    assert deskterm("macros").out.splitlines()[1] == "taken  all         Taken  replies, takes it"
    dry = deskterm("macro", "taken", "1", "--dry-run")
    assert dry.out == "HD-000001: replied, then claimed it\n  | Dear Remi,\n  | I have it.\n"
    done = deskterm("macro", "Taken", "1", "99", "--json")
    assert (done.code, done.json["done"][0]["status"]) == (3, "assigned")
    assert deskterm("macros", "drop", "taken").code == 4


def test_a_file_that_can_not_be_used_is_named_with_its_line(deskterm: Run, tmp_path: Path) -> None:
    file = tmp_path / "m.toml"
    file.write_text(FILE.replace("requester_first", "requestor"))
    refused = deskterm("macros", "apply", str(file))
    assert refused.code == 6
    assert "m.toml:4: macros[1].text: there is no variable {requestor}: did you mean {requester}?" in refused.err
    file.write_bytes(b"\xff")
    assert "m.toml is not UTF-8 at byte 1" in deskterm("macros", "apply", str(file)).err
    assert deskterm("macros", "show", "none").code == 3
