"""Words are compared as people mean them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from larder.domain.words import alike, fold, is_typo, stem, stems, words

WORDS = st.text(st.characters(codec="ascii", categories=["Ll"]), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("tomato", "tomatoes"),
        ("tomato", "tomatos"),
        ("potato", "potatoes"),
        ("berry", "berries"),
        ("cookie", "cookies"),
        ("loaf", "loaves"),
        ("leaf", "leaves"),
        ("egg", "eggs"),
        ("olive", "olives"),
        ("box", "boxes"),
        ("pie", "pies"),
        ("cheese", "cheeses"),
        ("bunch", "bunches"),
    ],
)
def test_singular_and_plural_share_a_stem(one: str, many: str) -> None:
    assert stem(one) == stem(many)


@pytest.mark.parametrize(
    ("one", "other"), [("bean", "beer"), ("rice", "ice"), ("goat", "oat"), ("egg", "leg")]
)
def test_different_words_keep_different_stems(one: str, other: str) -> None:
    assert not alike(stem(one), stem(other))


@pytest.mark.parametrize("mistyped", ["spagetti", "spahgetti", "spaghettti", "spaghetto"])
def test_one_slip_of_the_finger_is_a_typo(mistyped: str) -> None:
    assert is_typo(mistyped, "spaghetti")


@pytest.mark.parametrize("other", ["spagety", "xpaghetti", "spaghettixx", "spaghetti"])
def test_two_slips_another_beginning_or_none_is_no_typo(other: str) -> None:
    assert not is_typo(other, "spaghetti")


@given(WORDS, WORDS)
def test_being_alike_is_mutual(one: str, other: str) -> None:
    assert alike(one, other) == alike(other, one)


@given(WORDS)
def test_a_word_is_alike_itself(word: str) -> None:
    assert alike(stem(word), stem(word))


@given(st.text())
def test_any_text_has_stems(text: str) -> None:
    assert len(stems(text)) == len(words(text))


def test_accents_and_case_do_not_matter() -> None:
    assert fold("Ẹ̀fọ́ CRÈME") == "efo creme"
