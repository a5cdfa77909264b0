"""No text runs as a formula in a spreadsheet, and none is lost by that."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from deskterm.core.domain.formulas import neutral, restored

SIGNS = "=+-@\t\r\n '\uff1d\uff0b\uff0d\uff20\xa0\u3000"
TEXTS = st.text(st.one_of(st.sampled_from(SIGNS), st.characters(codec="utf-8")), max_size=8)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\xa0=1", "\uff1d1", "=", "-- none"]
)
def test_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    assert neutral(text) == "'" + text


@pytest.mark.parametrize("text", ["", "Printer", "1-1", "a@b.example", "'quoted'", "'", "HD-000042", " plain"])
def test_what_it_would_not_run_stays_as_it_is(text: str) -> None:
    assert neutral(text) == text == restored(text)


@settings(max_examples=60)
@given(TEXTS)
@example("'=1")
@example("''=1")
def test_nothing_is_lost_and_nothing_runs(text: str) -> None:
    cell = neutral(text)

    assert restored(cell) == text
    assert cell.strip()[:1] not in set("=+-@\uff1d\uff0b\uff0d\uff20") - {""}
    assert cell[:1] not in set("\t\r\n") - {""}
