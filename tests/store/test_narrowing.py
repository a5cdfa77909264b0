"""A filter as SQL finds what a plain reading of its terms finds, on both databases, whatever is NULL."""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from deskterm.core.desk import Desk
from deskterm.core.domain.access import Scope
from deskterm.core.domain.calendar import Calendar
from deskterm.core.domain.clocks import Clock, next_due, shown
from deskterm.core.domain.errors import FilterError
from deskterm.core.domain.filter_keys import FLAGS, KEYS, Kind
from deskterm.core.domain.filter_meaning import Known, Meaning
from deskterm.core.domain.filter_terms import Between, Field, Filter, Is, Op, Term, Than, Value, Word
from deskterm.core.domain.filters import parse_filter
from deskterm.core.domain.wordings import words
from deskterm.core.domain.words import Action, CategoryKind, CommentKind, Outcome, Status, WaitReason
from deskterm.core.services.intake import Submission
from deskterm.core.services.telling import measured
from deskterm.core.store import narrowing as narrowings
from deskterm.core.store import numbered, wordings
from deskterm.core.store.engine import Connection, Store
from deskterm.core.store.narrowing import narrowing
from deskterm.core.store.tables import CATEGORIES, CLOCKS, COMMENTS, FACTS, PEOPLE, TICKETS
from deskterm.core.views import Timer, View

As = Callable[[str], Desk]
NOW: Final = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # in the hour that Berlin has twice
ZONE: Final = ZoneInfo("Europe/Berlin")
COUNTED: Final[Mapping[str, Collection[int]]] = {
    "sla@2026-10": (1, 3, 5),
    "csat.missed@month/dept:it": (),
    "closed@all": (1, 2, 4, 5, 6),  # more than are taken out by number
}
LABELS: Final = {"urgent": 1, "high": 2, "medium": 3, "low": 4}
DEPARTMENTS: Final = {"it": 1, "operations": 2}
SOME_TEXTS: Final = (
    "", "printer", "PRINTER jam", "100%", "a_b", "back\\slash", "Écran", 'it\'s "new"', "42", "Ife", "jam of printers",
    "STRASSE Straße", "プリンタ 紙", "ﬁx №5 ²",
)  # fmt: skip
ASKED: Final = ("%", "_", "\\", "HD-3", "requester", "café", "p", "pri", "inter", "jam of", "of print", "a b", "ecran",
    "strasse", "リン", "紙", "fix no5", "s", "0", "remi requester")  # fmt: skip
MIDNIGHTS: Final = [datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC)]
NEAR: Final = st.sampled_from([
    *MIDNIGHTS,
    *(NOW + timedelta(days=days) for days in (-800, -40, -8, -7, -2, -1, 0, 1, 2, 9)),
    *(NOW + timedelta(seconds=seconds) for seconds in (-3600, -1, 1, 7200)),
])  # fmt: skip
"""Instants on, before and after the edges of the dates below."""


class _UndoError(Exception):
    """What was written for one example is taken back."""


@dataclass
class Case:
    """A ticket with its clocks and comments."""

    row: dict[str, Any]
    clocks: list[Clock] = field(default_factory=list)
    comments: list[tuple[CommentKind, str]] = field(default_factory=list)


@st.composite
def clocks(draw: st.DrawFn) -> list[Clock]:
    """Gives clocks that stand where their parts say: running, paused or stopped, with more or less than nothing left.

    No two have the same time left: which of them a list shows is then no matter of names.
    """
    made = []
    for number, left in enumerate(draw(st.lists(st.sampled_from([-90, -1, 0, 1, 90]), max_size=2, unique=True))):
        name, state = ("resolution", "response")[number], draw(st.sampled_from(["runs", "paused", "stopped"]))
        used, target = 100, None if draw(st.integers(0, 5)) == 0 else (100 + left) * 1_000_000
        if state == "runs":
            since = NOW - timedelta(seconds=used)
            due = None if target is None else since + timedelta(microseconds=target)
            breached = NOW - timedelta(days=1) if left > 0 and draw(st.booleans()) else None
            made.append(Clock(name=name, target_us=target, running_since=since, due_at=due, breached_at=breached))
        else:
            breached = NOW - timedelta(days=1) if left < 0 or (left == 0 and draw(st.booleans())) else None
            stopped = NOW - timedelta(hours=1) if state == "stopped" else None
            made.append(
                Clock(
                    name=name, target_us=target, consumed_us=used * 1_000_000, stopped_at=stopped, breached_at=breached
                )
            )
    return made


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Gives a ticket as the tables allow it."""
    status = draw(st.sampled_from(Status))
    ticking = draw(clocks())
    over = status in {Status.RESOLVED, Status.CLOSED}
    row = {
        "version": 1,
        "status": status.value,
        "reason": draw(st.sampled_from(WaitReason)).value if status is Status.WAITING else None,
        "outcome": draw(st.sampled_from(Outcome)).value if status is Status.CLOSED else None,
        "requester_id": draw(st.integers(1, 3)),
        "assignee_id": draw(st.sampled_from([None, 1, 4, 5])),
        "department_id": draw(st.integers(1, 2)),
        "category_id": draw(st.integers(1, 4)),
        "category_kind": draw(st.sampled_from(CategoryKind)).value,
        "priority": draw(st.integers(1, 5)),
        "title": draw(st.sampled_from(SOME_TEXTS)),
        "description": draw(st.sampled_from(SOME_TEXTS)),
        "source": "form",
        "created_at": draw(NEAR),
        "updated_at": draw(NEAR),
        "resolved_at": draw(NEAR) if over else None,
        "closed_at": draw(NEAR) if status is Status.CLOSED else None,
        "reopen_count": draw(st.integers(0, 1)),
        "stars": draw(st.sampled_from([None, 5])),
        "next_due_at": next_due(ticking),
        "profile_id": 1,
        "tier": draw(st.integers(1, 3)),
        "customer": draw(st.sampled_from(["", "Acme Ltd", "acme_2"])),
        "product": draw(st.sampled_from(["", "Payroll"])),
        "module": draw(st.sampled_from(["", "Leave"])),
        "question": "",
        "round": draw(st.integers(0, 1)),
        "stage": "",
        "returned": False,
        "escalating": draw(st.booleans()),
    }
    kinds = st.sampled_from([CommentKind.REPLY, CommentKind.NOTE])
    return Case(row, ticking, draw(st.lists(st.tuples(kinds, st.sampled_from(SOME_TEXTS)), max_size=2)))


def _values(key: str) -> st.SearchStrategy[Value]:
    days = ["today", "yesterday", "saturday", "2026", "2026-10", "2026-10-25", "25oct"]
    edges = [*days, "now", "-7d", "-1h", *(["2h", "3d"] if KEYS[key].ahead else [])]
    ranks = ["1", "2", "3", "urgent", "low"] if key == "prio" else ["1", "2", "third line"]
    named = {
        "dept": ["IT", "operations"], "category": ["one", "Shared"], "from": ["me", "ada", "REQ", "nobody", "%"],
        "to": ["me", "nobody", "ife", "of it", "_"], "customer": ["acme", "ACME_", "%"], "product": ["pay", "x"],
        "module": ["Leave"],
    }  # fmt: skip
    match KEYS[key].kind:
        case Kind.CHOICE:
            return st.builds(Is, st.sampled_from([*KEYS[key].words]))
        case Kind.RANK | Kind.DATE as kind:
            inner, outer = (ranks, ranks) if kind is Kind.RANK else (days, edges)
            than = st.builds(Than, st.sampled_from(Op), st.sampled_from(outer))
            between = st.builds(Between, st.sampled_from(outer), st.sampled_from(outer))
            return st.one_of(st.builds(Is, st.sampled_from(inner)), than, between)
        case Kind.DRILL:
            return st.builds(Is, st.sampled_from([*COUNTED]))
        case _:
            return st.builds(Is, st.sampled_from(named[key]))


FIELDS = st.sampled_from([*KEYS, *["is"] * 6]).flatmap(
    lambda key: st.builds(Field, st.just(key), st.lists(_values(key), min_size=1, max_size=2).map(tuple), st.booleans())
)
WORDS = st.builds(Word, st.sampled_from([*SOME_TEXTS[1:], *ASKED]), st.booleans())
SCOPES: Final = (
    Scope(4, everything=True, departments=frozenset(), is_staff=True),
    Scope(4, everything=False, departments=frozenset({1}), is_staff=True),
    Scope(4, everything=False, departments=frozenset(), is_staff=False),
)
FILTERS = st.lists(st.one_of(FIELDS, WORDS), min_size=1, max_size=3).map(lambda terms: Filter(tuple(terms)))


def stands(asked: str, text: str) -> bool:
    """Whether the words asked for stand together in a text, the last of them perhaps not to its end."""
    *whole, begun = words(asked)
    have = words(text)
    return any(
        have[start : start + len(whole)] == whole and have[start + len(whole)].startswith(begun)
        for start in range(len(have) - len(whole))
    )


class Reading:
    """The plain reading of a filter: one ticket, one term at a time."""

    def __init__(self, connection: Connection, meaning: Meaning, scope: Scope) -> None:
        self.meaning, self.scope = meaning, scope
        self.people = {row.id: row for row in connection.execute(sa.select(PEOPLE))}
        self.categories = {row.id: str(row.name) for row in connection.execute(sa.select(CATEGORIES))}

    def fits(self, wanted: Filter, number: int, case: Case) -> bool:
        return all(self.holds(term, number, case) is not term.negated for term in wanted.terms)

    def holds(self, term: Term, number: int, case: Case) -> bool:
        row = case.row
        if isinstance(term, Word):
            if not words(term.text):
                return not term.negated  # it narrows nothing
            texts = [str(self.people[row["requester_id"]].name), row["title"], row["description"]]
            inside = self.reads_internal(case)
            texts += [body for kind, body in case.comments if kind is CommentKind.REPLY or inside]
            is_id = term.text.removeprefix("HD-") == str(number)
            return is_id or any(stands(term.text, text) for text in [*texts, self.categories[row["category_id"]]])
        if term.key == "kpi":
            return any(number in COUNTED[value.text] for value in term.values if isinstance(value, Is))
        return any(self.has(term, value, case) for value in term.values)

    def reads_internal(self, case: Case) -> bool:
        has = self.scope.is_staff and case.row["assignee_id"] == self.scope.person_id
        return has or self.scope.everything or case.row["department_id"] in self.scope.departments

    def has(self, term: Field, value: Value, case: Case) -> bool:
        row, text = case.row, value.text if isinstance(value, Is) else ""
        match KEYS[term.key].kind:
            case Kind.RANK:
                first, last = self.meaning.bounds(term, value)
                return bool(first <= row["priority" if term.key == "prio" else "tier"] <= last)
            case Kind.DATE:
                at = row["next_due_at" if term.key == "due" else f"{term.key}_at"]
                ((start, end),) = self.meaning.intervals(Field(term.key, (value,)))
                there = at is not None and at.year < 9999
                return bool(there and (start is None or at >= start) and (end is None or at < end))
            case Kind.NAME:
                return row["department_id" if term.key == "dept" else "category_id"] in self.meaning.ids(
                    Field(term.key, (value,))
                )
            case Kind.PERSON:
                return self.is_person(row["requester_id" if term.key == "from" else "assignee_id"], text, term.key)
            case Kind.TEXT:
                return text.lower() in row[term.key].lower()
        if term.key == "is":
            return self.flag(text, case)
        return bool(row[term.key] == text or (text == "open" and row["status"] != "closed"))

    def is_person(self, person_id: int | None, text: str, key: str) -> bool:
        if key == "to" and text == "nobody":
            return person_id is None
        if person_id is None or text == "me":
            return person_id == self.meaning.me
        person = self.people[person_id]
        return bool(text.lower() == person.login or text.lower() in person.name.lower())

    def flag(self, text: str, case: Case) -> bool:
        row, clock = case.row, shown(case.clocks)
        left = None if clock is None else measured(Timer(clock, 1, "", 86_400), Calendar.always(), self.meaning.now)
        says: Mapping[str, bool] = {
            "late": left is not None and "late" in left.words,
            "paused": left is not None and left.state == "paused" and left.seconds is not None,
            "mine": row["assignee_id"] == self.meaning.me,
            "unassigned": row["assignee_id"] is None,
            "escalated": row["tier"] > 1,
            "escalating": row["escalating"],
            "reopened": row["reopen_count"] > 0,
            "purchase": row["category_kind"] == "procurement" or row["round"] > 0,
            "closed": row["closed_at"] is not None,
            "rated": row["stars"] is not None,
        }
        assert says.keys() == FLAGS.keys()
        return says[text]


def _known(names: Mapping[str, int]) -> Known:
    return Known(tuple(names), {name: frozenset({number}) for name, number in names.items()})


MEANING: Final = Meaning(
    4,
    NOW,
    ZONE,
    {
        "prio": _known(LABELS),
        "tier": _known({"third line": 3}),
        "dept": _known(DEPARTMENTS),
        "category": Known(("one",), {"one": frozenset({1}), "shared": frozenset({2, 3})}),
    },
    COUNTED,
)


def _write(connection: Connection, numbered: Mapping[int, Case]) -> None:
    connection.execute(sa.insert(TICKETS), [{"id": number, **case.row} for number, case in numbered.items()])
    ticking = [
        {"ticket_id": number, **{c.name: getattr(clock, c.name) for c in CLOCKS.c if c.name != "ticket_id"}}
        for number, case in numbered.items()
        for clock in case.clocks
    ]
    if ticking:
        connection.execute(sa.insert(CLOCKS), ticking)
    said = [
        (number, version, kind, body)
        for number, case in numbered.items()
        for version, (kind, body) in enumerate(case.comments, 1)
    ]
    if said:
        fact = {"at": NOW, "via": "cli", "kind": "noted", "to_status": "new", "data": {}}
        connection.execute(sa.insert(FACTS), [{"ticket_id": n, "version": v, **fact} for n, v, _, _ in said])
        comments = [{"ticket_id": n, "version": v, "at": NOW, "kind": kind, "body": body} for n, v, kind, body in said]
        connection.execute(sa.insert(COMMENTS), comments)
    wordings.refresh(connection, [*numbered])


def _agree(store: Store, given_cases: list[Case], wanted: set[Filter]) -> None:
    numbered = dict(enumerate(given_cases, 1))
    with suppress(_UndoError), store.write() as connection:
        _write(connection, numbered)
        for one, scope in product(wanted, SCOPES):
            reading = Reading(connection, MEANING, scope)
            to = narrowing(connection, scope, one, MEANING)
            found = connection.scalars(sa.select(TICKETS.c.id).where(*to.clauses)).all()
            fit = [n for n, case in numbered.items() if reading.fits(one, n, case)]
            assert sorted(found) == fit, (one, scope)
            for department in {None, *scope.departments}:
                few = to.within(department)
                theirs = {n for n in fit if department in {None, numbered[n].row["department_id"]}}
                assert few is None or theirs <= {*few}, (one, scope)
            if not any(isinstance(term, Word) for term in one.terms):
                break
        raise _UndoError


def test_sql_finds_what_a_plain_reading_of_the_terms_finds(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (numbered, narrowings):
        monkeypatch.setattr(module, "MANY", 3)

    @settings(max_examples=80 if store.is_sqlite else 30)
    @given(st.lists(cases(), min_size=1, max_size=6), st.lists(FILTERS, min_size=1, max_size=4))
    def compare(given_cases: list[Case], wanted: list[Filter]) -> None:
        alone = {Filter((term,)) for several in wanted for term in several.terms}
        _agree(store, given_cases, {*wanted, *alone})

    compare()


def test_every_mix_of_clocks_is_late_and_paused_where_a_list_says_so(store: Store) -> None:
    @settings(max_examples=30 if store.is_sqlite else 12)
    @given(st.lists(cases(), min_size=20, max_size=20))
    def compare(given_cases: list[Case]) -> None:
        _agree(store, given_cases, {parse_filter(text) for text in ("is:late", "-is:late", "is:paused", "-is:paused")})

    compare()


def test_late_is_what_the_queue_shows_as_late(as_: As, at: Callable[[str], datetime]) -> None:
    remi, ife = as_("remi"), as_("ife")
    numbers = [
        remi.submit(Submission(title=f"{n}", category="it_infrastructure", priority=("urgent", "low")[n % 2])).id
        for n in range(6)
    ]
    ife.act(numbers[0], Action.WAIT, reason=WaitReason.VENDOR)
    at("2026-09-30 16:30")
    ife.act(numbers[2], Action.WAIT, reason=WaitReason.VENDOR)
    ife.act(numbers[3], Action.WAIT, reason=WaitReason.VENDOR)
    ife.act(numbers[4], Action.RESOLVE, cause="x", fix="y")
    for instant in ("2026-09-30 17:00", "2026-10-20 10:00"):
        at(instant)
        rows = {row.id: row.left for row in ife.page(View.ALL).rows}
        for text, said in (("is:late", "late"), ("is:paused", "paused")):
            shown_so = {number for number, left in rows.items() if said in left.words}
            assert {row.id for row in ife.page(View.ALL, parse_filter(text)).rows} == shown_so
            assert {row.id for row in ife.page(View.ALL, parse_filter(f"-{text}")).rows} == {*rows} - shown_so
            assert shown_so


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prio:urgnt", "there is no prio:urgnt: did you mean urgent?"),
        ("prio:<=sofort", "there is no prio:sofort: expected one of urgent, high, medium, low"),
        ("dept:opertions", "there is no dept:opertions: did you mean operations?"),
        ("category:it_infra,nothing", "there is no category:it_infra: did you mean it_infrastructure?"),
        ("x -tier:ninth", "there is no tier:ninth:"),
    ],
)
def test_what_the_desk_has_not_is_an_error_that_names_what_it_has(as_: As, text: str, said: str) -> None:
    with pytest.raises(FilterError) as caught:
        as_("ife").page(View.ALL, parse_filter(text))
    assert str(caught.value).startswith(said)
    assert caught.value.word == text.rsplit(maxsplit=1)[-1]
    with pytest.raises(FilterError):
        as_("ife").count(View.ALL, parse_filter(text))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('category:"digital infrastructure"', 1),
        ("category:IT_infrastructure,it_design", 1),
        ("category:procurement", 0),  # the name of four
        ('dept:"it & communications"', 1),
        ("prio:Urgent", 1),
        ("prio:<urgent", 0),
        ("prio:>=high", 0),
        ("prio:urgent..high", 1),
    ],
)
def test_names_are_as_good_as_keys(as_: As, text: str, count: int) -> None:
    as_("remi").submit(Submission(title="x", category="it_infrastructure", priority="urgent"))
    assert as_("ezra").count(View.ALL, parse_filter(text)) == count
