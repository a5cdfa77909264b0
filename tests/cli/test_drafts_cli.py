"""`deskterm drafts`: what one wrote is listed, read and thrown away, and nobody else's is."""

from collections.abc import Callable
from typing import Any

from deskterm.core.desk import Desk
from deskterm.core.domain.drafts import NEW, Place

Run = Callable[..., Any]


def test_drafts_are_listed_read_and_thrown_away(deskterm: Run, as_: Callable[[str], Desk]) -> None:
    as_("ada").keep_drafts({Place(42, "reply"): {"text": "on\nmy way\x1b[2J"}, NEW: {"title": "Toner"}})
    as_("ife").keep_drafts({Place(42, "note"): {"text": "private"}})

    listed = deskterm("drafts")
    assert "HD-000042  reply" in listed.out
    assert "on my way␛[2J" in listed.out
    assert "private" not in listed.out
    assert deskterm("drafts", "show", "HD-42").out == "on\nmy way␛[2J\n"
    assert deskterm("drafts", "drop", "new", "--json").json["dropped"][0]["values"] == {"title": "Toner"}
    assert [draft["ref"] for draft in deskterm("drafts", "--json").json] == ["HD-000042"]
    assert deskterm("drafts", "drop", "--all").out == "1 draft thrown away\n"


def test_what_is_not_there_or_not_named_is_said(deskterm: Run) -> None:
    none = deskterm("drafts", "show", "42", "reply")
    assert (none.code, none.err) == (
        3, "deskterm: you have no draft for reply on 42: `deskterm drafts` lists those you have\n",
    )  # fmt: skip
    assert deskterm("drafts", "drop").code == 2
