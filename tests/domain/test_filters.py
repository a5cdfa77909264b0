"""The filter line: what it spells, that it is written as it is read, and that a mistake is pointed at."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from deskterm.core.domain.drills import Drill
from deskterm.core.domain.errors import FilterError, InvalidInput
from deskterm.core.domain.filter_keys import KEYS, Key, Kind
from deskterm.core.domain.filter_quotes import quoted
from deskterm.core.domain.filter_terms import Between, Field, Filter, Is, Op, Term, Than, Value, Word
from deskterm.core.domain.filters import located, parse_filter, parse_id, print_filter

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=9)
NAMES = TEXTS.filter(lambda text: bool(text.strip()))
LABELS = NAMES.map(str.lower).filter(lambda text: text == text.lower() and not re.fullmatch(r"[+-]?[0-9]+", text))
DAYS = st.one_of(
    st.dates().filter(lambda day: 1970 <= day.year <= 2199).map(str),
    st.sampled_from(
        ["2026", "2026-03", "today", "yesterday", "tomorrow", "monday", "friday", "1mar", "29feb", "31dec"]
    ),
)
BACK = st.sampled_from(["now", "-7d", "-0h", "-30m", "-9999w"])
AHEAD = st.sampled_from(["now", "-7d", "4h", "0m", "9999w"])


def values(key: Key) -> st.SearchStrategy[Value]:
    """Gives every value that a key can have."""
    match key.kind:
        case Kind.CHOICE:
            return st.builds(Is, st.sampled_from([*key.words]))
        case Kind.RANK:
            ranks = st.one_of(st.integers(1, key.highest).map(str), LABELS)
            return st.one_of(
                st.builds(Is, ranks), st.builds(Than, st.sampled_from(Op), ranks), st.builds(Between, ranks, ranks)
            )
        case Kind.DATE:
            edges = st.one_of(DAYS, AHEAD if key.ahead else BACK)
            return st.one_of(
                st.builds(Is, DAYS), st.builds(Than, st.sampled_from(Op), edges), st.builds(Between, edges, edges)
            )
        case Kind.DRILL:
            return st.tuples(NAMES, NAMES).map(lambda by: Is(Drill("sla", "2026-09", "missed", *by).written))
        case _:
            return st.builds(Is, NAMES)


FIELDS = st.sampled_from([*KEYS.values()]).flatmap(
    lambda key: st.builds(
        Field, st.just(key.name), st.lists(values(key), min_size=1, max_size=3).map(tuple), st.booleans()
    )
)
FILTERS = st.lists(st.one_of(FIELDS, st.builds(Word, TEXTS, st.booleans())), max_size=5).map(
    lambda terms: Filter(tuple(terms))
)
LINES = st.lists(
    st.one_of(
        st.sampled_from([*'"-@:,<>=.\\ 1x', "..", "status:", "open", "created:", "due:", "prio:", "is:", "to:", "-7d"]),
        st.sampled_from([f"{name}:" for name in KEYS]),
        TEXTS,
    ),
    max_size=9,
).map("".join)


@given(FILTERS)
def test_what_is_written_is_read_as_it_was(wanted: Filter) -> None:
    assert parse_filter(print_filter(wanted)) == wanted


@given(LINES)
def test_what_is_read_is_written_in_one_way_or_refused_in_a_sentence(line: str) -> None:
    try:
        once = print_filter(parse_filter(line))
    except FilterError as refused:
        error = refused
    else:
        assert print_filter(parse_filter(once)) == once
        return
    assert error.word
    assert line[error.start : error.end] == error.word


@given(LINES)
def test_a_term_is_where_its_word_stands(line: str) -> None:
    try:
        found = located(line)
    except FilterError:
        assume(condition=False)
    for term, start, end in found:
        assert parse_filter(line[start:end]) == Filter((term,))


@given(TEXTS)
def test_any_text_can_be_looked_for_in_quotes_without_case_or_sense(text: str) -> None:
    assert parse_filter('"' + text.replace('"', '""') + '"') == Filter((Word(text),))


def field(key: str, *values: Value | str, negated: bool = False) -> Field:
    return Field(key, tuple(Is(value) if isinstance(value, str) else value for value in values), negated)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("   ", ()),
        ('""', ()),
        ("printer", (Word("printer"),)),
        ("-printer", (Word("printer", negated=True),)),
        ("status:open", (field("status", "open"),)),
        ("Status:New,assigned", (field("status", "new", "assigned"),)),
        ("-status:closed", (field("status", "closed", negated=True),)),
        ("prio:2", (field("prio", "2"),)),
        ("prio:<=2", (field("prio", Than(Op.UP_TO, "2")),)),
        ("prio:>4,urgent", (field("prio", Than(Op.ABOVE, "4"), "urgent"),)),
        ("prio:1..high", (field("prio", Between("1", "high")),)),
        ("dept:it from:remi @me", (field("dept", "it"), field("from", "remi"), field("to", "me"))),
        ('to:"Ife of IT",ini -@nobody', (field("to", "Ife of IT", "ini"), field("to", "nobody", negated=True))),
        ('"paper jam" HD-000042', (Word("paper jam"), Word("HD-000042"))),
        ("http://intranet 10:30", (Word("http://intranet"), Word("10:30"))),
        ('"status:new" -"-x"', (Word("status:new"), Word("-x", negated=True))),
        ("@", (Word("@"),)),
        ("-", (Word("-"),)),
        ('a 27" screen', (Word("a"), Word('27"'), Word("screen"))),
        ('"not closed', (Word("not closed"),)),
        ('"a ""b"""', (Word('a "b"'),)),
        ("updated:>2026-03-01", (field("updated", Than(Op.ABOVE, "2026-03-01")),)),
        ("created:-7d..Now", (field("created", Between("-7d", "now")),)),
        ('created:"March 1, 2026",Mon', (field("created", "2026-03-01", "monday"),)),
        ("due:<+4h", (field("due", Than(Op.BELOW, "4h")),)),
        ("is:late,paused", (field("is", "late", "paused"),)),
    ],
)
def test_a_line_is_read_as_it_is_meant(text: str, expected: tuple[Term, ...]) -> None:
    assert parse_filter(text) == Filter(expected)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("printer status:opn", "status:opn: expected one of open, new, assigned"),
        ("status:wating", "did you mean waiting?"),
        ("status:", "status:: expected one of"),
        ("status:new,", "status:: expected one of"),
        ("prio:0", "prio:0: expected a rank such as 1, <=2 or >=3"),
        ("prio:6", "prio:6: expected a rank"),
        ("prio:<", "prio:<: expected a rank"),
        ("prio:-1", "prio:-1: expected a rank"),
        ("dept:", "dept:: expected a key or name"),
        ('from:""', 'from:"": expected me, a login or part of a name'),
        ("stat:open", "'stat:open': there is no stat:, did you mean status:?"),
        ("x priority:1", "'priority:1': there is no priority:, did you mean prio:?"),
        ("is:lat", "did you mean late?"),
        ("updated:<7d", "updated:<7d: updated looks back, did you mean -7d?"),
        ("due:4h", "due:4h: nothing happens at one instant: write due:<4h for sooner or due:>4h for later"),
        ("created:-7d", "write created:<-7d for before that or created:>-7d for since then"),
        ("created:soon", "created:soon: expected a date such as 2026-03-01"),
        ("created:03/04/2026", "can be read in several ways: write 2026-03-04 or 2026-04-03"),
        ("created:2026-02-30", "there is no such day"),
        ("created:1800", "expected a year from 1970 to 2199"),
        ("created:..2026", "created:..2026: expected a date"),
    ],
)
def test_a_mistake_is_pointed_at(text: str, said: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    assert said in str(caught.value)
    assert text[caught.value.start : caught.value.end] == text.rsplit(maxsplit=1)[-1]


@pytest.mark.parametrize("text", ["x" * 2001, "x " * 101, "status:" + "new," * 100 + "new", "a\0b"])
def test_what_is_too_much_for_a_filter_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_filter(text)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("status:closed", True),
        ("is:closed @me", True),
        ("closed:>=-7d", True),
        ("outcome:done", True),
        ("status:open,closed", False),
        ("-status:closed", False),
        ("-outcome:done", False),
        ("closed", False),
    ],
)
def test_what_only_closed_tickets_have_asks_for_the_closed(text: str, asks: bool) -> None:  # noqa: FBT001
    assert parse_filter(text).asks_closed is asks


def test_every_example_of_a_key_is_one() -> None:
    for key in KEYS.values():
        for example in key.examples:
            (term,) = parse_filter(example).terms
            assert isinstance(term, Field)
            assert term.key in {key.name, "is"}
            assert print_filter(Filter((term,))) == example


def test_quotes_stand_only_where_they_are_needed() -> None:
    assert [quoted(text) for text in ("it", "Human Resources", "a,b", 'x"', "a.")] == [
        "it", '"Human Resources"', '"a,b"', '"x"""', '"a."',
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["42", "HD-000042", "hd-42", " 0042 "])
def test_an_id_is_read_as_shown_and_as_a_number(text: str) -> None:
    assert parse_id(text) == 42


@pytest.mark.parametrize("text", ["", "0", "HD-", "HD-0", "-1", "4 2", "HD42", "1" * 20, "٤٢"])
def test_what_is_no_id_is_refused_with_the_two_ways(text: str) -> None:
    with pytest.raises(InvalidInput, match="is no ticket id: write HD-000042 or 42"):
        parse_id(text)
