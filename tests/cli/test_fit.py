"""Columns keep the grid whatever stands in them."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from wcwidth import wcswidth

from deskterm.core.domain.text import clean
from deskterm.widgets.fit import fit, fitting, widths

PIECES = st.sampled_from([
    *"aé漢😀한ｱש\u0627", "\u0301", "\u200d", "\ufe0f", "\u202e", "👩\u200d🚀", "❤\ufe0f", "🇳🇬", "क्षि", "\t", "\x1b[2J",
])  # fmt: skip


@given(st.lists(PIECES, max_size=10).map("".join), st.integers(1, 14))
def test_a_cell_has_its_width_in_any_script_as_a_terminal_counts_it(text: str, width: int) -> None:
    shown = fit(clean(text), width)

    assert cell_len(shown) == width
    assert wcswidth(shown) == width


@given(st.lists(st.sampled_from([0, 6, 9, 12, 18]), min_size=1, max_size=9), st.integers(1, 130))
def test_columns_that_have_no_room_are_left_out_from_the_end(widths_: list[int], room: int) -> None:
    def needed(columns: list[int]) -> int:
        return sum(width or 12 for width in columns) + len(columns) - 1

    count = fitting(widths_, room)

    assert count == 1 or needed(widths_[:count]) <= room
    assert count == len(widths_) or needed(widths_[: count + 1]) > room


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
