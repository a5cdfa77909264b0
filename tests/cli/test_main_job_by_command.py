"""The whole job from a script: the same services as the screens, JSON out, one exit code an outcome."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

Run = Callable[..., Any]


def test_a_ticket_goes_from_submission_to_rating_by_commands(deskterm: Run, at: Callable[[str], datetime]) -> None:
    made = deskterm("--as", "remi", "new", "--title", "Printer jams", "--category", "it_infrastructure", "--json")
    at("2026-09-28 09:30")
    claimed = deskterm("--as", "ife", "claim", "1")
    deskterm("--as", "ife", "wait", "1", "--for", "requester", "-m", "Which floor?")
    at("2026-09-28 11:30")
    replied = deskterm("--as", "remi", "reply", "HD-000001", "-m", "The second")
    deskterm("--as", "ife", "note", "1", "-m", "roller worn", "--kind", "test")
    at("2026-09-28 12:30")
    deskterm("--as", "ife", "resolve", "1", "--cause", "worn roller", "--fix", "new roller")
    confirmed = deskterm("--as", "remi", "confirm", "1")
    rated = deskterm("--as", "remi", "rate", "1", "4", "-m", "quick", "--json")
    shown = deskterm("show", "1", "--json").json

    assert made.json == [{"id": 1, "ref": "HD-000001", "status": "new", "due": {"resolution": "2026-10-02T08:00:00Z"}}]
    assert claimed.out == "HD-000001 assigned\n"
    assert replied.out == "HD-000001 in_progress\n"
    assert confirmed.out == "HD-000001 closed\n"
    assert rated.json["done"][0]["status"] == "closed"
    assert (shown["stars"], shown["outcome"], shown["assignee"]) == (4, "done", "Ife of IT")
    used = {clock["name"]: clock["left"]["used"] for clock in shown["clocks"]}
    assert used == {"response": 1_800, "resolution": 5_400}
    kinds = [entry["kind"] for entry in shown["timeline"]]
    assert kinds == [
        "submitted", "claimed", "paused", "replied", "resumed", "noted", "resolved", "confirmed", "rated",
    ]  # fmt: skip


def test_not_solved_goes_back_to_work_and_then_everything_else_a_ticket_can_do(deskterm: Run) -> None:
    deskterm("--as", "remi", "new", "--title", "No network", "--category", "it_infrastructure")
    steps = [
        ("lara", "assign", "1", "--to", "ife"),
        ("ife", "start", "1"),
        ("ife", "resolve", "1", "--cause", "cable", "--fix", "plugged in"),
        ("remi", "confirm", "1", "--no", "-m", "still dead"),
        ("ife", "unassign", "1"),
        ("lara", "set", "1", "--priority", "urgent"),
        ("lara", "set", "1", "--category", "it_design"),
        ("lara", "move", "1", "--category", "operations_repairs"),
        ("ola", "start", "1"),
        ("ola", "wait", "1", "--for", "delivery"),
        ("ola", "receive", "1"),
        ("ola", "cancel", "1", "-m", "it is a duplicate"),
        ("remi", "reopen", "1", "-m", "it is not"),
    ]

    ran = [deskterm("--as", login, *command) for login, *command in steps]

    assert [(one.code, one.err) for one in ran] == [(0, "")] * len(steps)
    assert [one.out.split()[1] for one in ran] == [
        "assigned", "in_progress", "resolved", "assigned", "new", "new", "new", "new", "in_progress", "waiting",
        "in_progress", "closed", "assigned",
    ]  # fmt: skip


def test_many_tickets_at_once_name_what_was_refused_and_do_the_rest(deskterm: Run) -> None:
    for title in ("one", "two", "three"):
        deskterm("new", "--title", title, "--category", "it_infrastructure")
    deskterm("--as", "ini", "claim", "2")

    ran = deskterm("--as", "ife", "claim", "-", "--json", stdin="1 2\n3 99\n")

    assert [one["id"] for one in ran.json["done"]] == [1, 3]
    assert [(one["id"], one["code"]) for one in ran.json["refused"]] == [("2", 4), ("99", 3)]
    assert ran.code == 4
    assert "2 done, 2 refused" in ran.err
    assert "somebody else already has it" in ran.err


def test_new_reads_one_object_a_list_or_lines_from_stdin(deskterm: Run) -> None:
    one = {"title": "one", "category": "Design", "priority": "high", "requester": "remi", "source": "phone"}
    lines = "\n".join(json.dumps({**one, "title": title}) for title in ("four", "five"))

    deskterm("new", "-", stdin=json.dumps(one))
    deskterm("new", "-", stdin=json.dumps([one, {**one, "title": "three"}]))
    deskterm("new", "-", stdin=lines)
    listed = deskterm("list", "--json").json

    assert sorted(row["title"] for row in listed) == ["five", "four", "one", "one", "three"]
    assert {row["requester"] for row in listed} == {"Remi Requester"}


@pytest.mark.parametrize(
    ("stdin", "words"),
    [
        ("", "stdin is empty"),
        ("{", "stdin line 1 is no JSON"),
        ("[1]", "request 1 is no object"),
        ('{"title": "x"}', "request 1 has no category"),
        ('{"title": "x", "category": "Design", "status": "closed"}', "there is no field 'status'"),
        ('{"title": 3, "category": "Design"}', "title is 3, expected a text"),
        ('{"title": "x", "category": "Design", "source": "fax"}', "source 'fax': expected one of form"),
        ('[{"title": "x", "category": "Design"}, {"title": "y", "category": "Desing"}]', "did you mean"),
    ],
)
def test_new_refuses_a_bad_request_with_its_number_and_keeps_those_before_it(
    deskterm: Run, stdin: str, words: str
) -> None:
    ran = deskterm("new", "-", stdin=stdin)

    assert ran.code == 6
    assert words in ran.err
    assert len(deskterm("list", "--json").json) == ran.out.count("HD-")
