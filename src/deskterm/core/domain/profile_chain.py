"""Reads a profile's posts and its approval chain, and makes the clock that every chain has."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.profile import (
    APPROVAL,
    LEAD,
    REQUESTER_LEAD,
    ClockRule,
    DepartmentRule,
    PostRule,
    Quorum,
    StageRule,
)
from deskterm.core.domain.profile_reader import Reader, quoted, refuse_twins
from deskterm.core.domain.purchase import digits, minor, money
from deskterm.core.domain.words import CategoryKind, Moment, OnChange, OnReopen

SIGNATURE: Final = "required"

_APPROVAL: Final = ClockRule(
    name=APPROVAL,
    label="Approval",
    start=frozenset({Moment.ASKED}),
    stop=frozenset({Moment.DECIDED}),
    rearm=frozenset({Moment.ASKED}),
    pauses=frozenset(),
    calendars={},
    targets={},
    tiers={},
    default=None,
    on_reopen=OnReopen.NEW_CYCLE,
    on_change=OnChange.CARRY,
)
_LEADS: Final = {LEAD: "the serving department's lead", REQUESTER_LEAD: "the lead of the requester's department"}
_QUORUM: Final = re.compile(r"all|any|([1-9][0-9]?|100)%?")
_AMOUNT: Final = re.compile(r"[0-9.,]+")
_A_QUORUM: Final = "all, any, a number such as 2, or a share such as 50%"
_MOST: Final = 100  # approvers that a number or share may speak of
_SAMPLE: Final = 500_000  # of the currency: an amount that messages show


def read_posts(root: Reader) -> dict[str, PostRule]:
    """Gives the posts by key."""
    if not root.has("posts"):
        return {}
    posts = {key: PostRule(key=key, title=table.text("title")) for key, table in root.tables("posts").items()}
    for key, meaning in _LEADS.items():
        if key in posts:
            root.refuse(f"{key} is taken: in a chain it is {meaning}; expected another key", "posts", key)
    return posts


def read_chain(
    root: Reader, posts: Mapping[str, PostRule], departments: Iterable[DepartmentRule], currency: str
) -> tuple[StageRule, ...]:
    """Gives the stages in their order; amounts are of `currency`."""
    if not root.has("chain"):
        kinds = {category.kind for department in departments for category in department.categories}
        if CategoryKind.PROCUREMENT in kinds:
            root.refuse("missing: expected one [[chain]] or more, for there is a procurement category", "chain")
        return ()
    rows = root.rows("chain")
    stages = tuple(_stage(row, [*_LEADS, *posts], currency) for row in rows)
    refuse_twins(rows, "key", [stage.key for stage in stages])
    if rows and all(row.has("from") for row in rows):
        root.refuse("each stage has a from: expected one without, or small purchases would pass no stage", "chain")
    return stages


def with_approval(clocks: Mapping[str, ClockRule], chain: tuple[StageRule, ...]) -> dict[str, ClockRule]:
    """Gives the clocks, and after them the one of approval stages where there are any."""
    return {**clocks, APPROVAL: _APPROVAL} if chain else dict(clocks)


def spelled_amount(amount: int, currency: str) -> str:
    """Gives an amount in minor units as a stage's `from` is written: `500000.00`."""
    return money(amount, currency).partition(" ")[2].replace(",", "")


def _stage(row: Reader, known: list[str], currency: str) -> StageRule:
    approvers = _approvers(row, known)
    return StageRule(
        key=row.key("key"),
        title=row.text("title"),
        approvers=approvers,
        verifies=row.text("verifies"),
        quorum=row.optional("quorum", lambda _key: _quorum(row, len(approvers)), Quorum("all")),
        from_minor=row.optional("from", lambda _key: _from(row, currency), 0),
        within=row.optional("within", row.budget, None),
        signed=row.optional("signature", lambda key: bool(row.one_of(key, [SIGNATURE])), default=False),
    )


def _approvers(row: Reader, known: list[str]) -> tuple[str, ...]:
    if not row.has("approvers"):
        return (row.one_of("approver", known),)
    if row.has("approver"):
        row.refuse("stands beside approver: expected one of the two", "approvers")
        return ()
    return row.some_of("approvers", known, some=True)


def _quorum(row: Reader, approvers: int) -> Quorum:
    if row.is_whole("quorum"):
        quorum = Quorum("count", row.whole("quorum", 1, _MOST))
    else:
        text = row.pattern("quorum", _QUORUM, _A_QUORUM)
        quorum = Quorum.parse(text) if _QUORUM.fullmatch(text) else Quorum("all")
    if quorum.kind == "count" and 0 < approvers < quorum.number <= _MOST:
        row.refuse(f"expected {approvers} at most, the number of its approvers, found {quorum.number}", "quorum")
    return quorum


def _from(row: Reader, currency: str) -> int:
    sample = spelled_amount(_SAMPLE * 10 ** digits(currency), currency)
    expected = f"an amount above zero such as {quoted(sample)}"
    text = row.pattern("from", _AMOUNT, expected)
    if not _AMOUNT.fullmatch(text):
        return 0
    try:
        amount = minor(text, currency)
    except InvalidInput:
        amount = 0
    if not amount:
        row.refuse(f"expected {expected}, found {quoted(text)}", "from")
    return amount
