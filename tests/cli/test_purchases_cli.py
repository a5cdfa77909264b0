"""`deskterm new`, `pivot` and `amend` for purchases: lines, quotes with their hashes, and the posts of the chain."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
BUY = (
    "--category", "it_procurement", "--title", "Toner", "--line", "2 x Toner @ 45.00", "--why", "The last one is empty",
)  # fmt: skip


def bought(deskterm: Run, ticket: int = 1) -> Any:
    return deskterm("show", str(ticket), "--json").json["purchase"]


def test_a_purchase_is_asked_for_by_options(deskterm: Run) -> None:
    more = ("--line", "1 x Cable, 3 m @ 1,200.50", "--vendor", "Officeworks", "--cost-centre", "IT-7")
    ran = deskterm("--as", "remi", "new", *BUY, *more, "--currency", "usd", "--quote", "mail of 21 September", "--json")

    assert (ran.code, ran.json[0]["status"]) == (0, "pending_approval")
    found = bought(deskterm)
    assert [(line["item"], line["quantity"], line["unit_minor"]) for line in found["lines"]] == [
        ("Toner", 2, 4_500),
        ("Cable, 3 m", 1, 120_050),
    ]
    assert (found["total"], found["vendor"], found["cost_centre"]) == ("USD 1,290.50", "Officeworks", "IT-7")
    assert (found["justification"], found["asked_by"]) == ("The last one is empty", "Remi Requester")
    assert found["quotes"] == [{"reference": "mail of 21 September", "sha256": ""}]


def test_without_why_the_description_is_the_justification(deskterm: Run) -> None:
    deskterm("--as", "remi", "new", *BUY[:6], "--description", "It prints no more")
    assert bought(deskterm)["justification"] == "It prints no more"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (BUY[:4], "a purchase needs a line at least"),
        (BUY[:6], "a purchase needs a justification"),
        ((*BUY[:5], "two toners", *BUY[6:]), "'two toners' is no line of a purchase"),
        ((*BUY, "--currency", "naira"), "'NAIRA' is no currency"),
        (("--category", "it_design", *BUY[2:]), "this category buys nothing"),
    ],
)
def test_what_is_no_purchase_is_refused(deskterm: Run, options: tuple[str, ...], words: str) -> None:
    ran = deskterm("--as", "remi", "new", *options)
    assert (ran.code, ran.out) == (6, "")
    assert words in ran.err
    assert deskterm("list", "--json").json == []


def test_a_quote_that_is_a_file_is_kept_with_its_hash_on_every_road(deskterm: Run, tmp_path: Path) -> None:
    offer = tmp_path / "offer.pdf"
    offer.write_bytes(b"an offer")
    kept = {"reference": str(offer), "sha256": hashlib.sha256(b"an offer").hexdigest()}
    request = {
        "title": "Toner", "category": "it_procurement", "lines": ["1 x Toner @ 45"], "justification": "empty",
        "quotes": [str(offer), "QT-7"], "vendor": "Officeworks", "currency": "EUR", "cost_centre": "IT-7",
    }  # fmt: skip

    deskterm("--as", "remi", "new", *BUY, "--quote", str(offer))
    deskterm("--as", "remi", "new", "-", stdin=json.dumps(request))
    deskterm("--as", "remi", "new", "--title", "Printer", "--category", "it_infrastructure")
    deskterm("--as", "ife", "claim", "3")
    deskterm("--as", "ife", "pivot", "3", "--line", "1 x Drum @ 70", "--why", "worn", "--quote", str(offer))

    assert bought(deskterm, 1)["quotes"] == [kept]
    second = bought(deskterm, 2)
    assert second["quotes"] == [kept, {"reference": "QT-7", "sha256": ""}]
    assert (second["total"], second["vendor"], second["cost_centre"]) == ("EUR 45.00", "Officeworks", "IT-7")
    assert bought(deskterm, 3)["quotes"] == [kept]


def test_a_file_that_can_not_be_read_is_kept_by_its_name_alone(
    deskterm: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = tmp_path / "offer.pdf"
    offer.write_bytes(b"an offer")

    opened = Path.open

    def refuse(path: Path, *arguments: Any, **given: Any) -> Any:
        if path == offer:
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments, **given)

    monkeypatch.setattr(Path, "open", refuse)
    ran = deskterm("--as", "remi", "new", *BUY, "--quote", str(offer))
    assert ran.err == f"{offer} can't be read, so no hash of it is kept: Permission denied\n"
    assert bought(deskterm)["quotes"] == [{"reference": str(offer), "sha256": ""}]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("lines", "1 x Toner @ 45", "request 1: lines is '1 x Toner @ 45', expected a list of texts"),
        ("quotes", [1], "request 1: quotes is [1], expected a list of texts"),
        ("vendor", 3, "request 1: vendor is 3, expected a text"),
        ("digest", "x", "request 1: there is no field 'digest'"),
    ],
)
def test_a_field_of_another_type_is_refused(deskterm: Run, field: str, value: Any, words: str) -> None:
    ran = deskterm("new", "-", stdin=json.dumps({"title": "x", "category": "it_procurement", field: value}))
    assert (ran.code, words in ran.err) == (6, True)


def test_work_pivots_and_says_what_it_waits_for(deskterm: Run) -> None:
    deskterm("--as", "remi", "new", "--title", "Printer", "--category", "it_infrastructure")
    deskterm("--as", "ife", "claim", "1")

    none = deskterm("--as", "ife", "pivot", "1", "--why", "worn")
    ran = deskterm("--as", "ife", "pivot", "1", "--line", "1 x Drum @ 70", "--why", "worn", "--json")
    again = deskterm("--as", "ife", "pivot", "1", "--line", "1 x Drum @ 70", "--why", "worn")

    assert (none.code, "a purchase needs a line at least" in none.err) == (6, True)
    assert [(one["ref"], one["status"]) for one in ran.json["done"]] == [("HD-000001", "pending_approval")]
    assert (again.code, again.out) == (4, "")
    assert bought(deskterm)["justification"] == "worn"


def test_what_an_amendment_does_not_name_stays(deskterm: Run, tmp_path: Path) -> None:
    offer = tmp_path / "offer.pdf"
    offer.write_bytes(b"an offer")
    deskterm("--as", "remi", "new", *BUY, "--vendor", "Officeworks", "--quote", str(offer))
    before = bought(deskterm)

    ran = deskterm("--as", "ini", "amend", "1", "--line", "3 x Toner @ 40.00", "-m", "a better offer")
    after = bought(deskterm)

    assert ran.out == "HD-000001 pending_approval: round 2, NGN 120.00; waits for Lara Lead\n"
    assert (after["round"], after["total"]) == (2, "NGN 120.00")
    same = ("justification", "vendor", "cost_centre", "quotes", "currency")
    assert [after[key] for key in same] == [before[key] for key in same]
    told = [entry for entry in deskterm("show", "1", "--json").json["timeline"] if entry["kind"] == "amended"]
    assert [entry["text"] for entry in told] == ["a better offer"]

    deskterm("--as", "ini", "amend", "1", "--quote", "", "--vendor", "")
    assert (bought(deskterm)["quotes"], bought(deskterm)["vendor"], bought(deskterm)["total"]) == ([], "", "NGN 120.00")
    nothing = deskterm("--as", "ini", "amend", "1")
    assert (nothing.code, "asks for just that already" in nothing.err) == (4, True)


def test_a_deputy_is_named_by_command_and_decides_when_the_lead_asked(
    deskterm: Run, user: Callable[[str], None]
) -> None:
    assert "lead.deputy" in deskterm("people", "set", "--help").out
    assert deskterm("people", "set", "ini", "--post", "lead.deputy").code == 0
    deskterm("--as", "lara", "new", *BUY)
    user("lara")
    refused = deskterm("approve", "1")
    user("ini")
    approved = deskterm("approve", "1")
    assert (refused.code, approved.code) == (4, 0)


def test_a_post_that_nobody_holds_is_a_notice_of_doctors(deskterm: Run) -> None:
    deskterm("people", "set", "ezra", "--left")
    ran = deskterm("doctor")
    assert (ran.code, ran.out) == (0, "0 tickets, 0 facts: no differences\n")
    assert ran.err.splitlines() == [
        "notice: nobody holds lead of Admin & HR, Accounts: stage Department Lead would stand still",
        "notice: nobody holds managing_director: stage Managing Director would stand still",
    ]
    as_json = deskterm("doctor", "--json").json
    assert (as_json["tickets"], len(as_json["vacant"])) == (0, 2)

    deskterm("people", "set", "olu", "--post", "managing_director.deputy")
    assert "managing_director" not in deskterm("doctor").err


def test_a_profile_is_checked_against_the_posts_of_the_desk_on_request(deskterm: Run) -> None:
    assert deskterm("profile", "check", "acob").code == 0
    for login, department in (("ife", "admin_hr"), ("ini", "accounts")):
        vacant = deskterm("profile", "check", "acob", "--desk")
        assert vacant.code == 6
        assert "nobody holds lead of" in vacant.out
        deskterm("people", "set", login, "--department", department, "--post", "lead")
    held = deskterm("profile", "check", "acob", "--desk", "--json")
    assert (held.code, held.json["vacant"]) == (0, [])
    assert "vacant" not in deskterm("profile", "check", "acob", "--json").json
