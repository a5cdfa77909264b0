"""What words find: folding is settled after once, and a text is found by each of its words and any beginning of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskterm.core.domain.wordings import LONGEST, line, named, wording, words

TEXTS = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("aB ß\u0130ﬁé\u0301Ⅳ℡ςプ\u309a紙한ก_-.\n'")),
    max_size=30,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The PRINTER's out_of-paper!", ["the", "printer", "s", "out", "of", "paper"]),
        ("Écran cassé, ЭКРАН, Straße", ["ecran", "casse", "экран", "strasse"]),
        ("ﬁx №5 10.0.0.1", ["fix", "no5", "10", "0", "0", "1"]),
        ("印刷 paper紙", ["印", "刷", "paper", "紙"]),
        ("% _ \\ '", []),
    ],
)
def test_a_text_is_cut_into_words(text: str, found: list[str]) -> None:
    assert words(text) == found


@given(TEXTS)
def test_what_is_folded_once_is_folded(text: str) -> None:
    once = words(text)
    assert words(" ".join(once)) == once
    assert words(text.upper().lower()) == words(text.lower())
    assert line(text) == named(text)


@given(TEXTS, st.data())
def test_a_text_is_found_by_any_of_its_words_in_their_order_and_the_beginning_of_the_last(
    text: str, data: st.DataObject
) -> None:
    kept = wording("", text, ()).kept("", 1).public
    if found := words(text):
        first = data.draw(st.integers(0, len(found) - 1))
        last = data.draw(st.integers(first, len(found) - 1))
        begun = found[last][: data.draw(st.integers(1, len(found[last])))]
        assert line(" ".join([*found[first:last], begun])) in kept


def test_nothing_is_found_across_two_texts_and_a_note_is_not_among_the_replies() -> None:
    said = wording("no paper", "in here", [("reply", "on my way"), ("note", "spilled coffee")]).kept(
        "Remi Requester", 3
    )
    assert said == (" ¶3\n remi requester\n no paper\n in here\n on my way", " spilled coffee")
    assert line("paper in") not in said.public
    assert line("¶3") not in said.public


def test_of_very_long_texts_the_first_is_kept_to_the_end_of_a_word() -> None:
    said = wording("x", "word " * LONGEST, ()).kept("Remi", 1).public
    assert LONGEST - 64 < len(said) <= LONGEST
    assert "zebra" not in wording("x", "word " * LONGEST, [("reply", "zebra")]).public  # nor is the rest folded
    assert said.endswith(" word")
    assert words("a" * 100) == ["a" * 64]
