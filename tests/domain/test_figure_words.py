"""Figures in words: short, with their unit, and never rounded to what they are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.core.domain.figure_words import changed, judged, said
from deskterm.core.domain.kpi import Unit

SHARES = st.one_of(st.floats(0, 1), st.integers(1, 10**6).flatmap(lambda n: st.integers(0, n).map(lambda k: k / n)))


@pytest.mark.parametrize(
    ("value", "unit", "goal", "words"),
    [
        (None, Unit.SHARE, 0.9, "-"),
        (0.934, Unit.SHARE, None, "93.4 %"),
        (0.9, Unit.SHARE, 0.9, "90 %"),
        (0.89996, Unit.SHARE, 0.9, "89.9 %"),
        (0.90004, Unit.SHARE, 0.9, "90.1 %"),
        (0.99996, Unit.SHARE, None, "99.9 %"),
        (0.00001, Unit.SHARE, None, "0.1 %"),
        (0.29, Unit.SHARE, None, "29 %"),
        (1.25, Unit.SHARE, None, "125 %"),  # more was reopened than resolved
        (-0.125, Unit.SHARE, None, "-12.5 %"),
        (3.999, Unit.STARS, 4.0, "3.99"),
        (4.0, Unit.STARS, 4.0, "4.0"),
        (4.25, Unit.STARS, 4.0, "4.25"),
        (0, Unit.SECONDS, None, "0"),
        (20.5, Unit.SECONDS, None, "<1m"),
        (45_000, Unit.SECONDS, None, "12h30"),
        (45_029, Unit.SECONDS, 45_000, "12h31"),
        (400_000, Unit.SECONDS, None, "111h"),
        (45_000, Unit.WALL, None, "12h30"),
        (400_000, Unit.WALL, None, "4d15h"),
        (12_345, Unit.COUNT, None, "12,345"),
        (-3, Unit.COUNT, None, "-3"),
        (7.26, Unit.POINTS, None, "7.3"),
        (1_234.5, Unit.POINTS, None, "1,234"),
        (4.0, Unit.RATE, None, "4"),
        (0.04, Unit.DAYS, None, "0.1"),
    ],
)
def test_what_a_figure_is_called(value: float | None, unit: Unit, goal: float | None, words: str) -> None:
    assert said(value, unit, goal) == words


@given(SHARES, st.integers(2, 998).map(lambda tenths: tenths / 1000))
def test_a_share_in_words_is_on_its_own_side_of_its_goal_of_all_and_of_nothing(share: float, goal: float) -> None:
    words = said(share, Unit.SHARE, goal)
    read = round(float(words.removesuffix(" %")) / 100, 6)
    assert (read < goal, read == goal) == (share < goal, share == goal)
    assert (words == "100 %") is (share == 1)
    assert (words == "0 %") is (share == 0)
    assert abs(read - share) <= 0.001


@pytest.mark.parametrize(
    ("now", "before", "unit", "words"),
    [
        (0.93, 0.909, Unit.SHARE, "▲ +2.1 pt"),
        (0.5, 0.5, Unit.SHARE, "= same"),
        (3_000, 6_000, Unit.SECONDS, "▼ -50 %"),
        (103, 100, Unit.COUNT, "▲ +3 %"),
        (1_001, 1_000, Unit.COUNT, "▲ +0.1 %"),
        (3, -6, Unit.COUNT, "▲ +150 %"),
        (3, 0, Unit.COUNT, "▲ up from 0"),
    ],
)
def test_how_a_figure_moved_is_said_by_a_glyph_and_a_sign(now: float, before: float, unit: Unit, words: str) -> None:
    assert str(changed(now, before, unit)) == words


def test_what_is_unknown_has_neither_moved_nor_reached_anything() -> None:
    assert changed(None, 1, Unit.COUNT) is None
    assert changed(1, None, Unit.COUNT) is None
    assert judged(None, None, Unit.COUNT) is None


@pytest.mark.parametrize(("is_met", "words"), [(True, "✓ met 90 %"), (False, "✗ missed 90 %"), (None, "goal 90 %")])
def test_whether_a_goal_is_reached_is_said_in_a_word(is_met: bool | None, words: str) -> None:  # noqa: FBT001
    assert str(judged(0.9, is_met, Unit.SHARE)) == words
