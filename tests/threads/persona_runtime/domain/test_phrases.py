import pytest

from muster.threads.persona_runtime.domain.phrases import Words, compile_phrase, find, forms_of, without


def said(phrase: str, text: str) -> str | None:
    return find(compile_phrase(phrase, {"animal": ("cat~", "guinea_pig")}), Words.of(text.split()))


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("kill~ time", "we were killing time again", "killing time"),
        ("kill~ time", "skill time", None),
        ("feed|pet .. {animal}", "pet my two cats", "pet my two cats"),
        ("pet {animal}", "pet the guinea pig", None),
        ("pet (the) {animal}", "pet the guinea pig", "pet the guinea pig"),
        ("a .. b", "a 1 2 3 b", "a 1 2 3 b"),
        ("a .. b", "a 1 2 3 4 b", None),
        ("old_cat sat", "the old cat sat", "old cat sat"),
        ("send # cats", "send 0 1 cats", "send 0 1 cats"),
        ("send # cats", "send the cats", None),
        ("send (#) cats", "send cats", "send cats"),
    ],
)
def test_a_phrase_finds_whole_words_in_order(phrase: str, text: str, found: str | None) -> None:
    assert said(phrase, text) == found


@pytest.mark.parametrize("phrase", ["free (money)", "(a) (b)", "..", "{nothing} here"])
def test_a_phrase_that_would_be_found_everywhere_is_none(phrase: str) -> None:
    with pytest.raises(ValueError, match=r"phrase|list"):
        compile_phrase(phrase, {})


@pytest.mark.parametrize(
    ("word", "form"),
    [("stab", "stabbing"), ("bomb", "bombs"), ("rape", "raping"), ("carry", "carried"), ("die", "dies")],
)
def test_regular_forms_of_a_word(word: str, form: str) -> None:
    assert form in forms_of(word)


def test_what_is_taken_out_brings_no_words_together() -> None:
    left = without([compile_phrase("killer feature", {})], Words.of(["kill", "killer", "feature", "him"]))
    assert left.text == "kill \N{MIDDLE DOT} him "
