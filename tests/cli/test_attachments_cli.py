"""`attach`, `attachments`, `attachment` and `reply --attach`: files in and out by the command line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.parametrize("backend", ["sqlite"])
def test_files_go_in_by_path_and_come_out_without_overwriting(deskterm: Callable[..., Any], tmp_path: Path) -> None:
    report, out = tmp_path / "report.pdf", tmp_path / "out.pdf"
    report.write_bytes(b"\x1b]0;owned\x07")
    deskterm("new", "--title", "No paper", "--category", "it_infrastructure")

    assert deskterm("reply", "1", "-m", "here", "--attach", str(report)).code == 0
    assert deskterm("attach", "1", str(report), "--note").code == 0
    assert "replied: attached report.pdf (10 B)" in deskterm("show", "1").out
    rows = deskterm("attachments", "1", "--json").json
    assert [(row["name"], row["size"], row["is_internal"]) for row in rows] == [
        ("report.pdf", 10, False), ("report.pdf", 10, True),
    ]  # fmt: skip

    assert deskterm("attachment", "1", "report.pdf", "-o", str(out)).code == 0
    assert out.read_bytes() == report.read_bytes()
    out.write_text("mine")
    refused = deskterm("attachment", "1", "report.pdf", "-o", str(out))
    assert (refused.code, out.read_text()) == (6, "mine")
    assert "--force" in refused.err
    assert deskterm("attachment", "1", "report.pdf", "-o", str(out), "--force", "--json").json["size"] == 10
    assert out.read_bytes() == report.read_bytes()

    before = deskterm("show", "1", "--json").json["version"]
    missing = deskterm("attach", "1", str(report), str(tmp_path / "nothing"))
    assert (missing.code, missing.err) == (
        6,
        f"deskterm: there is no file {tmp_path / 'nothing'}: name one by its path\n",
    )
    assert deskterm("show", "1", "--json").json["version"] == before
    assert deskterm("attachment", "1", "nothing", "-o", "-").code == 3
