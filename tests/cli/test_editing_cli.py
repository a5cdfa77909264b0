"""`--edit`: a reply from one's own editor goes on with the draft, and what can't be sent stays in its file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.drafts import Place
from deskterm.core.services.intake import Submission

Run = Callable[..., Any]


@pytest.fixture
def backend() -> str:
    """What is said and kept has nothing to do with the database."""
    return "sqlite"


def test_a_reply_from_the_editor_goes_on_with_the_draft(
    deskterm: Run, as_: Callable[[str], Desk], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ticket = as_("remi").submit(Submission(title="Printer jams", category="it_infrastructure")).id
    as_("ada").keep_drafts({Place(ticket, "reply"): {"text": "on my"}})
    script = tmp_path / "editor"
    script.write_text("#!/bin/sh\nprintf ' way' >> $2\n")
    script.chmod(0o700)
    monkeypatch.setenv("EDITOR", f"{script} -w")
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    assert deskterm("reply", "1", "--edit").code == 0
    assert as_("ada").ticket(ticket).timeline[-1].text == "on my way"
    assert as_("ada").drafts() == []

    missed = deskterm("note", "1", "99", "--edit", "--text", "see the")
    (left,) = tmp_path.glob("state/**/*.txt")
    assert left.read_text() == "see the way"
    assert (missed.code, f"deskterm: what you wrote is in {left}\n" in missed.err) == (3, True)
    assert deskterm("reply", "99", "--edit").code == 3
    assert "needs the terminal" in deskterm("reply", "1", "--edit", "-m", "-").err
