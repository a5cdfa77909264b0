"""Columns keep the grid whatever stands in them."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from deskterm.core.domain.text import clean
from deskterm.widgets.fit import fit, widths


@given(st.text(max_size=60), st.integers(1, 40))
def test_a_fitted_text_has_just_the_width_asked_for(text: str, width: int) -> None:
    assert cell_len(fit(clean(text), width)) == width


@given(st.lists(st.tuples(*[st.text("aé漢😀", max_size=30)] * 4), min_size=1, max_size=5), st.integers(40, 120))
def test_columns_fit_the_room_and_whole_ones_are_never_cut(rows: list[tuple[str, ...]], room: int) -> None:
    found = widths(rows, room=room, whole=1)

    assert found[0] == max(cell_len(row[0]) for row in rows)
    assert sum(found) + 2 * 3 <= room or all(width <= 6 for width in found[1:])


@given(st.text(max_size=80))
def test_cleaned_text_has_nothing_that_drives_a_terminal_and_keeps_the_rest(text: str) -> None:
    shown = clean(text)

    assert not any(ord(letter) < 0x20 or 0x7F <= ord(letter) < 0xA0 for letter in shown)
    assert not set(shown) & set("\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
    assert clean(shown) == shown


def test_what_terminals_disagree_about_is_left_out() -> None:
    assert clean("🖨\ufe0f jams ✔\ufe0e") == "🖨 jams ✔"
