"""What the command line says is in its own words: commands, options, who was asked, what became void."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from deskterm.core.desk import Desk

Run = Callable[..., Any]
As = Callable[[str], Desk]
ACOB = (Path(__file__).parents[2] / "data" / "profiles" / "acob.toml").read_text("utf-8")
GATED = ACOB.replace("version = 1", "version = 2").replace(
    'default_priority = "medium"',
    'default_priority = "medium"\ntiers = ["First line", "Second line"]\nescalation = "approved"',
)
BUY = ("--category", "it_procurement", "--title", "Toner", "--line", "2 x Toner @ 45.00", "--why", "empty")


@pytest.fixture
def started(as_: As, deskterm: Run, clock: list[datetime]) -> Run:
    """A ticket of IT that Ife works on, where an escalation wants the lead's word."""
    as_("ada").apply_profile(GATED, "gated.toml", clock[-1])
    deskterm("--as", "remi", "new", "--title", "Printer", "--category", "it_infrastructure")
    deskterm("--as", "ife", "start", "1")
    return deskterm


def test_who_was_asked_to_escalate_is_named_and_refuses(started: Run, user: Callable[[str], None]) -> None:
    asked = started("--as", "ife", "escalate", "1", "-m", "it needs the maker")
    assert (asked.code, asked.out) == (0, "HD-000001: Lara Lead was asked to escalate it\n")
    user("lara")
    refused = started("escalate", "1", "--refuse", "-m", "try the other tray")
    assert (refused.code, refused.out) == (0, "HD-000001 in_progress\n")
    again = started("reject", "1", "-m", "no")
    assert (again.code, again.out) == (4, "")
    assert started("escalate", "1", "-m", "it does after all").out == "HD-000001 new\n"


@pytest.mark.parametrize("more", [(), ("--refuse",)])
def test_an_escalation_without_a_reason_names_its_option(started: Run, more: tuple[str, ...]) -> None:
    ran = started("--as", "lara", "escalate", "1", *more)
    assert (ran.code, "--text" in ran.err) == (6, True)


def test_what_may_be_done_is_told_as_commands(started: Run, user: Callable[[str], None]) -> None:
    started("--as", "ife", "escalate", "1", "-m", "x")
    user("lara")
    shown = started("show", "1").out.splitlines()[-1]
    refused = started("receive", "1")
    for said in (shown, refused.err):
        assert "You may: " in said
        assert {"set --priority", "set --category", "escalate --refuse"} <= set(said.rstrip(".\n").split(", "))
    as_json = started("receive", "1", "--json").json["refused"][0]["why"]
    assert "set --priority" in as_json


@pytest.mark.parametrize(
    ("given", "option"),
    [
        (("new", *BUY[:4]), "(--line)"),
        (("new", *BUY[:6]), "(--why)"),
        (("note", "1"), "(--text)"),
        (("resolve", "1", "--cause", "dust"), "(--fix)"),
    ],
)
def test_what_is_missing_is_named_by_its_option(started: Run, given: tuple[str, ...], option: str) -> None:
    ran = started("--as", "ife", *given)
    assert (ran.code, option in ran.err) == (6, True)


def test_json_has_fields_and_no_options(deskterm: Run) -> None:
    ran = deskterm("new", "-", stdin='{"title": "x", "category": "it_procurement"}')
    assert (ran.code, "--line" in ran.err) == (6, False)


def test_a_change_that_voids_signatures_says_why_and_what_became_of_it(
    deskterm: Run, user: Callable[[str], None]
) -> None:
    deskterm("--as", "remi", "new", *BUY)
    assert deskterm("--as", "remi", "amend", "1", "--line", "1 x Toner @ 45.00").code == 0
    user("lara")
    deskterm("approve", "1")
    user("remi")
    unsaid = deskterm("amend", "1", "--line", "3 x Toner @ 10,000.00")
    assert (unsaid.code, unsaid.out) == (6, "")
    assert unsaid.err == "deskterm: say why it is changed: 1 signature becomes void (--text)\n"
    said = deskterm("amend", "1", "--line", "3 x Toner @ 10000.00", "-m", "for all floors")
    assert said.out == ("HD-000001 pending_approval: round 3, NGN 30,000.00; 1 signature void; waits for Lara Lead\n")
    told = deskterm("show", "1").out
    assert "changed the purchase: a new round begins" in told
    assert "what was decided" not in told


def test_a_purchase_of_nothing_is_refused(deskterm: Run) -> None:
    ran = deskterm("--as", "remi", "new", *BUY[:4], "--line", "2 x Toner @ 0.00", "--why", "a gift")
    assert (ran.code, "a purchase comes to more than nothing" in ran.err) == (6, True)
