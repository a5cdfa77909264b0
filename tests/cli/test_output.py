"""What the commands print: inside what one may see, safe for a terminal, paged without loss."""

from collections.abc import Callable
from typing import Any

Run = Callable[..., Any]
HOSTILE = "\x1b]52;c;ZXZpbA==\x07 \u202eevil\u200b [/] [@click=app.quit]boo"


def test_hostile_text_is_shown_visibly_and_never_sent_raw(deskterm: Run) -> None:
    deskterm("new", "--title", HOSTILE, "--category", "it_infrastructure", "--description", f"a\n{HOSTILE}")

    for ran in (deskterm("list"), deskterm("show", "1"), deskterm("list", "--json"), deskterm("show", "1", "--json")):
        assert ran.code == 0
        assert not set(ran.out) & {"\x1b", "\x07", "\u202e", "\u200b"}
    assert "\u241b]52;c;ZXZpbA==\u2407 <U+202E>evil<U+200B> [/] [@click=app.quit]boo" in deskterm("list").out


def test_a_list_is_paged_by_the_place_it_names(deskterm: Run) -> None:
    for number in range(5):
        deskterm(
            "new", "--title", f"ticket {number}", "--category", "it_infrastructure", "--priority", str(number % 4 + 1)
        )

    for sort, wanted in (((), [1, 5, 2, 3, 4]), (("--sort", "priority"), [1, 5, 2, 3, 4])):
        seen, after = [], ""
        while True:
            ran = deskterm("list", *sort, "--limit", "2", "--json", *(("--after", after) if after else ()))
            seen += [row["id"] for row in ran.json]
            if "--after" not in ran.err:
                break
            after = ran.err.split("--after ")[1].strip()

        assert seen == wanted
        assert seen == [row["id"] for row in deskterm("list", *sort, "--json").json]
    assert [row["id"] for row in deskterm("list", "--sort", "created", "--json").json] == [5, 4, 3, 2, 1]


def test_a_requester_lists_and_reads_only_what_is_theirs_and_public(deskterm: Run) -> None:
    deskterm("--as", "remi", "new", "--title", "mine", "--category", "it_infrastructure")
    deskterm("--as", "sola", "new", "--title", "not mine", "--category", "it_infrastructure")
    deskterm("--as", "ife", "note", "1", "-m", "the secret note")
    deskterm("--as", "ife", "reply", "1", "-m", "the public reply")

    listed = deskterm("--as", "remi", "list").out
    shown = deskterm("--as", "remi", "show", "1").out
    as_json = deskterm("--as", "remi", "show", "1", "--json").out

    assert "mine" in listed
    assert "not mine" not in listed
    assert "the public reply" in shown
    assert "secret" not in shown + as_json
    assert "secret" in deskterm("--as", "ife", "show", "1").out


def test_notices_reach_whom_they_concern_and_are_seen_once(deskterm: Run) -> None:
    deskterm("--as", "remi", "new", "--title", "Printer jams", "--category", "it_infrastructure")
    deskterm("--as", "ife", "claim", "1")
    deskterm("--as", "ife", "reply", "1", "-m", "On my way")

    lead = deskterm("--as", "lara", "notices", "--json").json
    requester = deskterm("--as", "remi", "notices", "--seen", "--json").json
    again = deskterm("--as", "remi", "notices", "--json").json

    assert [notice["text"] for notice in lead] == ["Remi Requester submitted it: Printer jams"]
    assert [(n["text"], n["seen"]) for n in requester] == [("Ife of IT replied: Printer jams", False)]
    assert [n["seen"] for n in again] == [True]


def test_people_and_departments_are_listed_and_changed(deskterm: Run) -> None:
    deskterm("people", "add", "--name", "Nia New", "--login", "nia", "--role", "agent", "--department", "accounts")
    deskterm("people", "set", "nia", "--post", "lead", "--role", "lead")
    deskterm("people", "set", "ini", "--left")

    people = {person["login"]: person for person in deskterm("people", "--json").json}
    accounts = deskterm("departments", "--json").json[3]

    assert people["nia"]["posts"] == ["lead of Accounts"]
    assert people["ini"]["is_active"] is False
    assert (accounts["key"], accounts["lead"]) == ("accounts", "Nia New")
    assert [category["kind"] for category in accounts["categories"]] == ["standard", "standard", "procurement"]
    assert "Nia New" in deskterm("people", "--department", "accounts").out
    assert "accounts_clearances" in deskterm("departments").out
    assert deskterm("--as", "ini", "list").code == 4
