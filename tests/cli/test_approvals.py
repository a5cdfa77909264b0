"""The approval inbox and its decisions from a script: many at once, tried dry, bound to what was read."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from deskterm.core.desk import Desk
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import Action
from deskterm.core.services.intake import Submission
from deskterm.core.store.engine import Store

As = Callable[[str], Desk]
Run = Callable[..., Any]
At = Callable[[str], datetime]
User = Callable[[str], None]


@pytest.fixture
def buy(as_: As) -> Callable[..., int]:
    """Asks for a purchase, and gives its ticket."""

    def ask(price: str = "45.00", *, by: str = "remi", currency: str = "", category: str = "it_procurement") -> int:
        wanted = Wanted(lines=(f"2 x Toner @ {price}",), justification="empty", currency=currency)
        return as_(by).submit(Submission(title="Toner", category=category, purchase=wanted)).id

    return ask


@pytest.fixture
def written(store: Store) -> Callable[[], tuple[int, ...]]:
    """Gives how much the desk holds: facts, audit entries, decisions, notices."""

    def count() -> tuple[int, ...]:
        tables = ("facts", "audit", "approvals", "notices")
        with store.read() as connection:
            queries = (f"SELECT count(*) FROM help_desk_{table}" for table in tables)  # noqa: S608 - names from above
            return tuple(int(connection.exec_driver_sql(query).scalar_one()) for query in queries)

    return count


def test_twenty_are_decided_from_stdin(deskterm: Run, user: User, buy: Callable[..., int]) -> None:
    for _ in range(20):
        buy()
    user("lara")
    listed = deskterm("approvals")
    ids = "\n".join(row["ref"] for row in deskterm("approvals", "--json").json)

    ran = deskterm("approve", "-", stdin=ids)

    assert listed.err == "20 purchases: NGN 1,800.00\n"
    assert (ran.code, ran.out.count("HD-0000"), ran.out.count("approved")) == (0, 20, 20)
    assert ran.err == "20 purchases approved: NGN 1,800.00\n20 done, 0 refused\n"
    empty = deskterm("approvals")
    assert (empty.out.split(), empty.err) == (
        ["ID", "AMOUNT", "LEFT", "DEPARTMENT", "REQUESTER", "STAGE", "FOR", "TITLE"],
        "there are none\n",
    )
    assert len(deskterm("approvals", "--tab", "decided", "--json").json) == 20
    user("hana")
    assert len(deskterm("approvals", "--json").json) == 20


def test_the_inbox_names_what_is_to_be_decided_the_earliest_due_first(
    deskterm: Run, user: User, buy: Callable[..., int], at: At
) -> None:
    first = buy("45.00")
    at("2026-09-28 12:00")
    second = buy("1.50", by="ife", currency="USD")
    user("lara")

    ran = deskterm("approvals")
    one, two = deskterm("approvals", "--json").json

    assert [one["id"], two["id"]] == [first, second]
    assert (one["ref"], one["total_minor"], one["stage"], one["state"]) == (
        "HD-000001",
        9_000,
        "Department Lead",
        "open",
    )
    assert (one["left"]["seconds"], two["left"]["seconds"]) == (5 * 3_600, 8 * 3_600)
    assert ran.out.splitlines()[1].split("  ")[:3] == ["HD-000001", "NGN 90.00", "5h left"]
    assert ran.err == "2 purchases: NGN 90.00, USD 3.00\n"
    paged = deskterm("approvals", "--limit", "1")
    after = paged.err.split("--after ")[1].strip()
    assert [row["id"] for row in deskterm("approvals", "--after", after, "--json").json] == [second]
    assert deskterm("approvals", "--after", "x").code == 6


def test_all_purchases_are_an_executives_to_see(deskterm: Run, user: User, buy: Callable[..., int]) -> None:
    buy()
    user("lara")
    refused = deskterm("approvals", "--tab", "all")
    user("ezra")
    listed = deskterm("approvals", "--tab", "all")
    assert (refused.code, refused.out, "an executive's to see" in refused.err) == (4, "", True)
    assert "Department Lead" in listed.out
    assert deskterm("approvals").err == "there are none\n"


def test_a_dry_run_says_what_would_be_and_writes_nothing(
    deskterm: Run, user: User, buy: Callable[..., int], written: Callable[[], tuple[int, ...]]
) -> None:
    buy()
    buy("10", by="lara")
    before = written()
    user("lara")

    ran = deskterm("approve", "1", "2", "77", "--dry-run")
    as_json = deskterm("reject", "1", "2", "-m", "no", "--dry-run", "--json")

    assert written() == before
    assert (ran.code, as_json.code) == (4, 4)
    digest = deskterm("show", "1", "--json").json["purchase"]["digest"]
    assert ran.out.splitlines()[1].split("  ")[:5] == [
        "HD-000001",
        "NGN 90.00",
        "approved",
        "Department Lead",
        digest[:12],
    ]
    assert "HD-000002 can't be approved: nobody decides about what they asked for." in ran.err
    assert "there is no HD-000077 among the tickets you may see" in ran.err
    assert "1 purchase would be approved: NGN 90.00\n" in ran.err
    assert ran.err.splitlines()[-1] == "1 would be done, 2 refused"
    assert set(as_json.json) == {"would", "refused", "totals"}
    (would,) = as_json.json["would"]
    assert (would["ref"], would["decision"], would["digest"]) == ("HD-000001", "refused", digest)
    assert [(one["id"], one["code"]) for one in as_json.json["refused"]] == [("2", 4)]
    assert as_json.json["totals"] == [{"currency": "NGN", "total_minor": 9_000, "total": "NGN 90.00"}]


def test_a_dry_run_says_no_where_the_decision_would(
    deskterm: Run, user: User, buy: Callable[..., int], written: Callable[[], tuple[int, ...]]
) -> None:
    buy()
    before = written()
    tried = deskterm("--as", "lara", "approve", "1", "--dry-run")
    assert (tried.code, written()) == (4, before)
    decided = deskterm("--as", "lara", "approve", "1")
    assert (decided.code, decided.out) == (4, "")
    assert tried.err == decided.err
    assert "--as is refused" in decided.err
    user("ife")
    assert deskterm("approve", "1", "--dry-run").err == deskterm("approve", "1").err


def test_what_is_refused_is_named_and_the_rest_is_done(deskterm: Run, user: User, buy: Callable[..., int]) -> None:
    for price in ("45", "50"):
        buy(price)
    buy("60", category="operations_procurement")
    user("lara")
    ran = deskterm("approve", "-", "--json", stdin="1 HD-000001 3\n2 printer")
    assert [(one["ref"], one["stage"], one["total"]) for one in ran.json["done"]] == [
        ("HD-000001", "Department Lead", "NGN 90.00"),
        ("HD-000002", "Department Lead", "NGN 100.00"),
    ]
    assert [(one["id"], one["code"]) for one in ran.json["refused"]] == [("3", 3), ("printer", 6)]
    assert ran.json["totals"] == [{"currency": "NGN", "total_minor": 19_000, "total": "NGN 190.00"}]
    assert ran.code == 6
    assert deskterm("approve", "1").code == 4


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("reject", "1"), "a refusal needs its reason: say why with --text"),
        (("reject", "1", "-m", " "), "a refusal needs its reason: say why with --text"),
        (("reject", "1", "--dry-run"), "a refusal needs its reason: say why with --text"),
        (("ask", "1"), "say with --text what you want to know"),
        (("approve", "1", "--digest", "xyz"), "--digest takes 8 hexadecimal digits at least"),
        (("approve", "1", "2", "--digest", "0" * 8), "is about one purchase"),
        (("reject", "-", "-m", "-"), "ids and text can't both come from stdin"),
    ],
)
def test_what_is_missing_is_said_before_anything_is_decided(
    deskterm: Run,
    user: User,
    buy: Callable[..., int],
    written: Callable[[], tuple[int, ...]],
    arguments: tuple[str, ...],
    words: str,
) -> None:
    buy()
    before = written()
    user("lara")
    ran = deskterm(*arguments)
    assert (ran.code, ran.out, written()) == (6, "", before)
    assert words in ran.err


def test_a_purchase_that_changed_is_not_approved_by_the_digest_of_the_old_one(
    deskterm: Run, user: User, buy: Callable[..., int], as_: As
) -> None:
    buy()
    user("lara")
    digest = deskterm("approve", "1", "--dry-run", "--json").json["would"][0]["digest"]
    as_("ini").act(1, Action.AMEND, purchase=Wanted(lines=("2 x Toner @ 999",), justification="empty"))

    for dry in ((), ("--dry-run",)):
        stale = deskterm("approve", "1", "--digest", digest[:8], *dry)
        assert (stale.code, stale.out) == (5, "")
        assert "HD-000001 asks for another purchase by now, NGN 1,998.00 with digest" in stale.err
    fresh = deskterm("show", "1", "--json").json["purchase"]["digest"]
    assert deskterm("approve", "1", "--digest", fresh).code == 0


def test_a_decision_is_bound_to_what_was_read_right_before(
    deskterm: Run, user: User, buy: Callable[..., int], as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    buy()
    read = Desk.ticket

    def changed_meanwhile(desk: Desk, number: int) -> Any:
        found = read(desk, number)
        as_("ini").act(1, Action.AMEND, purchase=Wanted(lines=("2 x Toner @ 999",), justification="empty"))
        return found

    user("lara")
    monkeypatch.setattr(Desk, "ticket", changed_meanwhile)
    ran = deskterm("approve", "1")
    assert (ran.code, ran.out) == (5, "")
    assert "HD-000001 has changed since you looked: Ini of IT changed the purchase" in ran.err


def test_a_question_is_answered_and_the_stage_goes_on(deskterm: Run, user: User, buy: Callable[..., int]) -> None:
    buy()
    user("lara")
    assert deskterm("ask", "1", "-m", "Which printer?").out.splitlines()[1].split("  ")[2] == "returned"
    deskterm("delegate", "ini", "--from", "2026-09-28", "--to", "2026-09-28")
    user("ini")
    waits = deskterm("approve", "1")
    assert (waits.code, "it waits for the information" in waits.err) == (4, True)
    user("remi")
    deskterm("reply", "1", "-m", "The one upstairs")
    user("lara")
    refused = deskterm("reject", "1", "-m", "There is one in the cupboard", "--json").json["done"][0]
    assert (refused["decision"], refused["status"]) == ("refused", "closed")
    assert deskterm("show", "1", "--json").json["outcome"] == "rejected"


def test_somebody_decides_for_another_from_a_day_to_a_day(
    deskterm: Run, user: User, buy: Callable[..., int], at: At
) -> None:
    buy()
    user("lara")
    made = deskterm("delegate", "ife", "--from", "2026-09-29", "--to", "2026-09-30", "--reason", "leave")
    assert made.out == "delegation 1: Ife of IT decides for Lara Lead from 2026-09-29 through 2026-09-30\n"
    user("ife")
    assert deskterm("approve", "1").code == 4
    at("2026-09-29 08:30")
    (line,) = deskterm("delegations", "--json").json
    assert (line["of"], line["to"], line["state"], line["reason"]) == ("Lara Lead", "Ife of IT", "in force", "leave")
    assert (line["since"], line["until"]) == ("2026-09-28T23:00:00Z", "2026-09-30T23:00:00Z")
    assert [row["for_name"] for row in deskterm("approvals", "--json").json] == ["Lara Lead"]
    assert "Lara Lead" in deskterm("approvals").out
    assert deskterm("approve", "1").code == 0
    assert deskterm("delegations", "revoke", "1").code == 3
    user("lara")
    assert deskterm("delegations", "revoke", "1", "--json").json == {"revoked": 1}
    assert deskterm("delegations").out.splitlines()[1].split()[:2] == ["1", "revoked"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("lara", "--from", "2026-12-01", "--to", "2026-12-14"), 6, "that would be a loop: Ini of IT -> Lara Lead"),
        (("ini", "--from", "2026-12-01", "--to", "2026-12-14"), 6, "can't stand in for themselves"),
        (("ezra", "--from", "2026-12-14", "--to", "2026-12-01"), 6, "before it begins"),
        (("ezra", "--from", "2026-12-01", "--to", "9999-12-31"), 6, "beyond the calendar"),
        (("ezra", "--from", "2026-01-01", "--to", "2026-01-02"), 6, "which is over"),
        (("ezra", "--from", "tomorrow", "--to", "2026-12-01"), 2, "'tomorrow' is no day: write it as 2026-09-14"),
        (("ezra", "--from", "2026-12-01", "--to", "2026-12-14", "--of", "lara"), 4, "only delegate what is yours"),
    ],
)
def test_a_delegation_that_can_not_be_is_refused(
    deskterm: Run, user: User, arguments: tuple[str, ...], code: int, words: str
) -> None:
    user("lara")
    assert deskterm("delegate", "ini", "--from", "2026-12-10", "--to", "2026-12-20").code == 0
    user("ini")
    ran = deskterm("delegate", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err


def test_an_admin_delegates_for_somebody_else_by_name(deskterm: Run) -> None:
    ran = deskterm("delegate", "ola", "--from", "2026-12-01", "--to", "2026-12-01", "--of", "ezra", "--json")
    assert (ran.json["of"], ran.json["to"], ran.json["made_by"]) == ("Ezra Executive", "Ola of Operations", "Ada Admin")


def test_days_are_told_as_they_were_typed_and_who_has_no_post_is_told_so(deskterm: Run, user: User) -> None:
    user("ini")
    made = deskterm("delegate", "ola", "--from", "2026-11-21", "--to", "2026-11-30")
    assert (made.code, made.err) == (0, "Ini of IT holds no post of the chain: nothing waits for them\n")
    listed = deskterm("delegations")
    assert "2026-11-21 through 2026-11-30 (Africa/Lagos)" in listed.out
    assert "2026-12-01" not in listed.out
    user("lara")
    assert deskterm("delegate", "ola", "--from", "2026-11-21", "--to", "2026-11-30").err == ""


def test_a_total_is_told_state_by_state(deskterm: Run, user: User, buy: Callable[..., int]) -> None:
    buy()
    buy()
    user("lara")
    assert deskterm("reject", "1", "-m", "no").code == 0
    user("ezra")
    assert deskterm("approvals", "--tab", "all").err == "1 purchase open: NGN 90.00; 1 purchase refused: NGN 90.00\n"


@pytest.mark.parametrize("days", [("--to", "9999-12-31"), ("--from", "0001-01-01")])
def test_a_period_beyond_the_calendar_is_refused(deskterm: Run, days: tuple[str, str]) -> None:
    ran = deskterm("kpi", "approvals", *days)
    assert (ran.code, "beyond the calendar" in ran.err) == (6, True)


def test_the_board_of_approvals_is_text_or_json(deskterm: Run, user: User, buy: Callable[..., int], at: At) -> None:
    nothing = deskterm("kpi", "approvals")
    assert nothing.out == "no purchases to reckon up: you see none that were asked for then\n"
    assert deskterm("kpi", "approvals", "--json").json["through_chain"] == {
        "proved": 0, "of": 0, "share": None, "goal": 1.0, "offending": [],
    }  # fmt: skip
    buy()
    at("2026-09-28 11:30")
    for login in ("lara", "hana", "ezra"):
        user(login)
        assert deskterm("approve", "1").code == 0
    ran = deskterm("kpi", "approvals", "--from", "2026-09-28", "--to", "2026-09-28")
    assert ran.out.splitlines()[:2] == [
        "1 purchase, rounds: 1 approved",
        "through the whole chain: 1 of 1, 100.0 %, the goal is 100 %",
    ]
    line = next(line for line in ran.out.splitlines() if line.startswith("Department Lead"))
    assert line.split("Lara Lead")[1].split() == ["1", "1", "0", "2h30", "2h30", "2h30", "2h30", "0"]
    found = deskterm("kpi", "approvals", "--from", "2026-09-28", "--json").json
    assert (found["since"], found["until"], found["rounds"]) == ("2026-09-28", None, {"approved": 1})
    assert found["lost"][0]["total"] == 9_000
    user("remi")
    assert deskterm("kpi", "approvals").code == 4
