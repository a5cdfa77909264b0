"""Evidence of purchases that were really decided, signed by real keys: what it says, and to whom it is given."""

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.audit import START
from deskterm.core.domain.errors import InvalidInput, NotAllowed, NotFound
from deskterm.core.domain.evidence_text import text_of
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action
from deskterm.core.services.evidence_check import Checked, check, read
from deskterm.core.services.intake import Submission

As = Callable[[str], Desk]
CHAIN: Final = ("lara", "hana", "ezra")


def test_a_purchase_that_was_approved_is_proved_without_the_desk(
    evidence: dict[str, Any], checked: Callable[[Any], Checked], sealing: Any
) -> None:
    done = checked(evidence)

    assert done.problems == ()
    assert (done.reference, done.state, done.total) == (evidence["ticket"]["reference"], "approved", "NGN 1,290.50")
    assert (done.decisions, done.signatures) == (3, 3)
    assert (done.entries, done.links) == (len(evidence["entries"]), len(evidence["links"]))
    assert done.links > done.entries
    assert done.sealed is not None
    assert done.sealed.key == sealing.public


def test_it_holds_nothing_of_other_tickets(evidence: dict[str, Any], secret: str) -> None:
    assert secret not in json.dumps(evidence)
    assert all(set(entry) - {"texts"} == {"seq", "hash", "body"} for entry in evidence["entries"])


def test_it_says_who_decided_what_and_why(evidence: dict[str, Any]) -> None:
    (one,) = evidence["rounds"]
    assert [(made["login"], made["decision"], made["reason"]) for made in one["decisions"]] == [
        (login, "approved", f"fine with {login}") for login in CHAIN
    ]
    assert {made["digest"] for made in one["decisions"]} == {one["digest"]}
    text = text_of(evidence)
    for said in (
        "Evidence of HD-", "2 x Toner @ NGN 45.00", "total NGN 1,290.50", "vendor: Ink & Co", "cost centre: IT-7",
        "    | The old one streaks.\n    | See the photos.", "quote: quotes/17.pdf, SHA-256 aaa",
        "by Lara Lead (login lara) at 2026-09-28T", "    | fine with hana", "signed with an SSH key",
        "Head: deskterm-head-v1",
    ):  # fmt: skip
        assert said in text


def test_what_was_not_given_to_check_it_with_is_said(
    evidence: dict[str, Any], sealing: Any, signers: Any, tmp_path: Path
) -> None:
    keys = frozenset({sealing.public})
    assert check(evidence, keys=keys).problems == ("signatures are there but were not checked: give --allowed-signers",)
    assert check(evidence, allowed_signers=signers.allowed).problems == (
        f"its head names the key {sealing.public}, and nothing says whether that counts: give --key",
    )
    assert check(evidence, keys=frozenset({"other"}), allowed_signers=signers.allowed).problems == (
        f"its head is signed by an unknown key, {sealing.public}",
    )
    assert check(evidence, keys=frozenset({"other"})).sealed is None
    missing = check(evidence, keys=keys, allowed_signers=tmp_path / "nowhere")
    assert (len(missing.problems), missing.signatures) == (3, 0)


def test_a_revoked_key_and_another_persons_are_found(
    evidence: dict[str, Any], checked: Callable[[Any], Checked], signers: Any
) -> None:
    signers.revoked.write_text(signers.keys["hana"].read_text())
    done = checked(evidence)
    assert (len(done.problems), done.signatures) == (1, 2)
    assert "it is by no key that counts for hana" in done.problems[0]

    signers.revoked.write_text("")
    lines = "".join(f"{login} {signers.keys[login].read_text()}" for login in ("lara", "ezra"))
    signers.allowed.write_text(f"{lines}hana {signers.keys['olu'].read_text()}")
    assert checked(evidence).signatures == 2


def test_without_the_keys_of_signers_an_approval_can_not_be_made_up(
    as_: As,
    checked: Callable[[Any], Checked],
    sealing: Any,
    clock: list[datetime],
    purchase: Wanted,
) -> None:
    """No signature at all is no problem where the profile wants none; the text and the count say so."""
    number = as_("remi").submit(Submission(title="Toner", category="it_procurement", purchase=purchase)).id
    for login in CHAIN:
        as_(login).act(number, Action.APPROVE)

    found = as_("ezra").prove(number, [sealing.head(clock)])
    done = checked(found)

    assert (done.problems, done.decisions, done.signatures) == ((), 3, 0)
    assert text_of(found).count("not signed") == 3


def test_every_way_a_purchase_can_go_is_proved(
    as_: As, approver: As, others: Callable[[], None], checked: Callable[[Any], Checked], sealing: Any,
    clock: list[datetime],
    purchase: Wanted,
) -> None:  # fmt: skip
    def submit() -> int:
        others()
        return as_("remi").submit(Submission(title="Toner", category="it_procurement", purchase=purchase)).id

    waiting, refused, amended, asked, stood_in = submit(), submit(), submit(), submit(), submit()
    approver("lara").act(refused, Action.APPROVE)
    approver("hana").act(refused, Action.REFUSE, text="no budget")
    approver("lara").act(amended, Action.APPROVE)
    cheaper = purchase._replace(lines=("1 x Toner @ 45.00",))
    as_("remi").act(amended, Action.AMEND, purchase=cheaper, text="one is enough")
    for login in CHAIN:
        approver(login).act(amended, Action.APPROVE)
    approver("lara").act(asked, Action.ASK, text="which printer?")
    as_("remi").act(asked, Action.REPLY, text="the old one")
    approver("lara").act(asked, Action.APPROVE)
    as_("lara").delegate("olu", date(2026, 9, 28), date(2026, 10, 2), "away")
    approver("olu").act(stood_in, Action.APPROVE)
    pivoted = as_("remi").submit(Submission(title="It streaks", category="it_design")).id
    as_("ife").act(pivoted, Action.CLAIM)
    as_("ife").act(pivoted, Action.START)
    as_("ife").act(pivoted, Action.PIVOT, purchase=purchase, text="a drum is needed")
    for login in ("lara", "hana", "ezra"):
        approver(login).act(pivoted, Action.APPROVE)
    as_("ife").act(pivoted, Action.RECEIVE)
    head = sealing.head(clock)

    told = {}
    for number in (waiting, refused, amended, asked, stood_in, pivoted):
        found = read(json.dumps(as_("ezra").prove(number, [head])))
        done = checked(found)
        assert done.problems == ()
        assert done.signatures == done.decisions
        assert text_of(found)
        told[number] = [one["state"] for one in found["rounds"]]
    assert list(told.values()) == [["open"], ["refused"], ["voided", "approved"], ["open"], ["open"], ["approved"]]
    behalf = as_("ezra").prove(stood_in, [head])["rounds"][0]["decisions"][0]
    assert (behalf["login"], behalf["on_behalf_login"]) == ("olu", "lara")


def test_a_login_is_the_one_that_signed_also_when_it_was_changed_later(
    as_: As, bought: int, checked: Callable[[Any], Checked], sealing: Any, clock: list[datetime]
) -> None:
    as_("ada").change_person("lara", login="lara2")
    found = as_("ezra").prove(bought, [sealing.head(clock)])

    assert found["rounds"][0]["decisions"][0]["login"] == "lara"
    assert checked(found).problems == ()


def test_without_a_head_it_is_still_written_and_says_so(
    as_: As, bought: int, checked: Callable[[Any], Checked], sealing: Any, clock: list[datetime]
) -> None:
    head = sealing.head(clock)
    found = as_("ezra").prove(bought, [])
    assert found["head"] is None
    assert len(found["links"]) == found["entries"][-1]["seq"] - found["first"] + 1
    assert checked(found).problems == (
        "no signed head covers it: whoever can write the database could have made all of it",
    )
    assert "Head: none" in text_of(found)
    short = head._replace(head=head.head._replace(size=found["first"]))
    unsigned = head._replace(signature="AAAA")
    strange = head._replace(log_id="other")
    assert as_("ezra").prove(bought, [short, unsigned, strange])["head"] is None


def test_the_first_head_that_covers_it_is_taken(
    as_: As, bought: int, others: Callable[[], None], sealing: Any, clock: list[datetime]
) -> None:
    first = sealing.head(clock)
    others()
    later = sealing.head(clock)

    found = as_("ezra").prove(bought, [later, first])

    assert found["head"] == first.line


def test_a_trail_that_does_not_hold_is_not_proved_from(
    as_: As, bought: int, others: Callable[[], None], tampered: Any, sealing: Any, clock: list[datetime]
) -> None:
    others()
    head = sealing.head(clock)
    entries = as_("ezra").prove(bought, [])["entries"]
    tampered("DELETE FROM help_desk_audit WHERE seq = {}", head.head.size)
    with pytest.raises(NotAllowed, match=r"a head of \d+ entries was signed, and the trail has \d+: run"):
        as_("ezra").prove(bought, [head])
    tampered("UPDATE help_desk_audit SET hash = '{}' WHERE seq = {}", START, entries[0]["seq"] + 1)
    with pytest.raises(NotAllowed, match=f"doesn't hold at entry {entries[0]['seq'] + 1}: run `deskterm audit verify`"):
        as_("ezra").prove(bought, [])
    tampered("UPDATE help_desk_audit SET body = 'x' WHERE seq = {}", entries[-1]["seq"])
    with pytest.raises(NotAllowed, match=r"the audit trail of HD-\d+ doesn't hold"):
        as_("ezra").prove(bought, [])
    tampered("DELETE FROM help_desk_audit WHERE seq = {}", entries[-1]["seq"])
    tampered("DELETE FROM help_desk_audit WHERE seq = {}", entries[1]["seq"])
    with pytest.raises(NotAllowed, match=r"version 2 of the ticket is missing"):
        as_("ezra").prove(bought, [])


def test_it_is_not_for_who_may_not_read_internal_notes(as_: As, bought: int) -> None:
    with pytest.raises(NotAllowed, match="evidence holds a ticket's internal notes"):
        as_("remi").prove(bought, [])
    with pytest.raises(NotFound):
        as_("sola").prove(bought, [])
    for login in ("ife", "lara", "hana", "ezra", "ada"):
        assert as_(login).prove(bought, [])["format"] == "deskterm-evidence-v1"


def test_what_buys_nothing_has_no_evidence(as_: As) -> None:
    number = as_("remi").submit(Submission(title="It streaks", category="it_design")).id
    with pytest.raises(InvalidInput, match="buys nothing: there is no purchase to prove"):
        as_("ezra").prove(number, [])


def test_text_of_hostile_words_is_clean_and_passes_for_nothing_else(
    as_: As,
    sealing: Any,
    clock: list[datetime],
    purchase: Wanted,
) -> None:
    hostile = "\x1b[31mRound 1: approved\n  Managing Director: approved\u202e\x9b2J"
    wanted = purchase._replace(justification=hostile, vendor="\x1b]0;x\x07", lines=("1 x \x1b[2J @ 1",))
    number = as_("remi").submit(Submission(title="\x1b[2J\u202e", category="it_procurement", purchase=wanted)).id

    text = text_of(as_("ezra").prove(number, [sealing.head(clock)]))

    assert not set(text) & set("\x1b\x07\x9b\u202e")
    assert [line for line in text.splitlines() if line.startswith(("Round", "  Managing"))] == ["Round 1: open"]
