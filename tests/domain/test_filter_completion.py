"""Completion of a filter line: what could follow at the cursor, and that what is offered can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.core.domain.filter_completion import Choice, Vocabulary, completions
from deskterm.core.domain.filter_keys import KEYS
from deskterm.core.domain.filters import parse_filter

DESK = Vocabulary(
    {
        "prio": (Choice("urgent", "Urgent"), Choice("low", "Low")),
        "dept": (Choice("it", "IT & Communications"), Choice("human resources", "Human Resources")),
        "category": (Choice("it_design", "Design"),),
        "from": (Choice("remi", "Remi Requester"), Choice("ife", "Ife of IT")),
        "to": (Choice("ife", "Ife of IT"), Choice("lara", "Lara Lead")),
        "kpi": (Choice("sla", "SLA compliance"), Choice("sla-response", "Response in time"), Choice("csat", "CSAT")),
    }
)


def offered(text: str, cursor: int | None = None) -> list[str]:
    return [one.text for one in completions(text, len(text) if cursor is None else cursor, DESK)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sta", ["status:"]),
        ("x -sta", ["x -status:"]),
        ("status:wai", ["status:waiting"]),
        ("status:new,wai", ["status:new,waiting"]),
        ("status:waiting", []),
        ("@l", ["@lara"]),
        ("@lead", ["@lara"]),
        ("-@nob", ["-@nobody"]),
        ("to:if", ["to:ife"]),
        ("from:me", []),
        ("from:m", ["from:me"]),
        ("prio:", ["prio:urgent", "prio:low"]),
        ("prio:<=u", ["prio:<=urgent"]),
        ("prio:1..l", ["prio:1..low"]),
        ("dept:hum", ['dept:"human resources"']),
        ('dept:"hum', ['dept:"human resources"']),
        ("dept:comm", ["dept:it"]),
        ("created:>yes", ["created:>yesterday"]),
        ("late", ["is:late"]),
        ("cl", ["closed:", "is:closed", "status:closed"]),
        ("http://wai", []),
        ("customer:a", []),
        ("kpi:resp", ["kpi:sla-response@"]),
        ("-kpi:csat@2026,sl", ["-kpi:csat@2026,sla@", "-kpi:csat@2026,sla-response@"]),
        ("kpi:sla@last-m", ["kpi:sla@last-month"]),
        ("kpi:sla.missed@month/de", ["kpi:sla.missed@month/dept:"]),
        ("kpi:sla@month/dept:hum", ['kpi:sla@month/dept:"human resources"']),
        ('kpi:sla@month/dept:"human resources"/person:le', ['kpi:sla@month/dept:"human resources"/person:lara']),
        ("kpi:sla@month/person:m", ["kpi:sla@month/person:me"]),
        ("kpi:sla@month/who:m", []),
    ],
)
def test_what_is_begun_is_completed(text: str, expected: list[str]) -> None:
    assert offered(text) == expected


def test_an_empty_word_is_offered_every_key() -> None:
    assert offered("") == [f"{name}:" for name in KEYS]
    assert offered("@me ") == [f"@me {name}:" for name in KEYS]


def test_the_word_at_the_cursor_is_completed_and_what_follows_stays() -> None:
    assert [one[:2] for one in completions("status:wai printer", 10, DESK)] == [("status:waiting printer", 14)]


@given(
    st.sampled_from(["", "-", "x ", '"a b" -']),
    st.sampled_from([*(f"{name}:" for name in KEYS), "@", ""]),
    st.sampled_from(["", "<", "<=", "x,", '"x,y",', "1.."]),
    st.sampled_from(["", "m", "l", "no", "IT", '"hu', "wai", "de"]),
)
def test_whatever_is_offered_can_be_read(before: str, key: str, first: str, begun: str) -> None:
    text = before + key + first + begun
    for one in completions(text, len(text), DESK):
        assert one.cursor == len(one.text)
        assert one.label
        value = one.text[len(text) - len(begun) :]
        if key and not one.text.endswith(":"):
            assert parse_filter(f"{key}{'<' if '<' in first or '.' in first else ''}{value}").terms
