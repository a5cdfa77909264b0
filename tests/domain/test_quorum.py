"""How many of a stage's approvers must approve: what a quorum spells, and the laws of its count."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.core.domain.profile import Quorum

SHARES = st.integers(1, 100)
QUORUMS = st.sampled_from([Quorum("all"), Quorum("any")]) | st.builds(
    Quorum, st.sampled_from(["count", "percent"]), SHARES
)
APPROVERS = st.integers(1, 100)


@given(QUORUMS)
def test_what_it_spells_is_what_it_is(quorum: Quorum) -> None:
    assert Quorum.parse(str(quorum)) == quorum


@given(st.text(max_size=5) | st.from_regex(r"\d{1,4}%{0,2}", fullmatch=True))
def test_it_is_all_any_a_number_or_a_share_and_nothing_else(text: str) -> None:
    match = re.fullmatch(r"([0-9]{1,3})%?", text)
    if text in {"all", "any"} or (match and 1 <= int(match[1]) <= 100):
        assert Quorum.parse(str(Quorum.parse(text))) == Quorum.parse(text)
    else:
        with pytest.raises(
            ValueError, match="is no quorum: write all, any, a number such as 2, or a share such as 50%"
        ):
            Quorum.parse(text)


@given(quorum=QUORUMS.filter(lambda quorum: quorum.kind != "count"), of=APPROVERS)
def test_one_at_least_and_never_more_than_there_are(quorum: Quorum, of: int) -> None:
    assert 1 <= quorum.needed(of) <= of


@given(number=SHARES, of=APPROVERS)
def test_a_number_is_that_number_however_many_there_are(number: int, of: int) -> None:
    assert Quorum("count", number).needed(of) == number


@given(number=SHARES, of=APPROVERS)
def test_a_share_is_the_smallest_number_that_is_so_large(number: int, of: int) -> None:
    needed = Quorum("percent", number).needed(of)
    assert needed * 100 >= number * of
    assert (needed - 1) * 100 < number * of


@given(quorum=QUORUMS, of=st.integers(1, 99))
def test_more_approvers_never_need_fewer(quorum: Quorum, of: int) -> None:
    assert quorum.needed(of) <= quorum.needed(of + 1)


@given(kind=st.sampled_from(["count", "percent"]), number=st.integers(1, 99), of=APPROVERS)
def test_a_larger_quorum_never_needs_fewer(kind: str, number: int, of: int) -> None:
    assert Quorum(kind, number).needed(of) <= Quorum(kind, number + 1).needed(of)


@given(APPROVERS)
def test_all_is_the_whole_and_any_is_one(of: int) -> None:
    assert Quorum("all").needed(of) == of == Quorum("percent", 100).needed(of)
    assert Quorum("any").needed(of) == 1 == Quorum("percent", 1).needed(of)


@pytest.mark.parametrize(
    ("text", "of", "needed"), [("50%", 3, 2), ("50%", 4, 2), ("67%", 3, 3), ("34%", 3, 2), ("33%", 3, 1), ("2", 3, 2)]
)
def test_shares_are_rounded_up(text: str, of: int, needed: int) -> None:
    assert Quorum.parse(text).needed(of) == needed
