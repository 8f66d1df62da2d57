import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.threads.persona_runtime.domain.reading import Vocabulary, readings
from muster.threads.persona_runtime.rule_files import load_rules

RULES = Vocabulary(("kill", "bomb", "yourself", "nazi", "make", "a"))


def read(text: str) -> str:
    return readings(text, "", RULES)[0].text.strip()


@pytest.mark.parametrize(
    "disguised",
    [
        "kill", "KILL", "k1ll", "k!ll!", "ki11", "k i l l", "k.i.l.l", "k-i-l-l", "k_i_l_l", "k*ll", "kiiiilll", "k.ill",
        "ki\u200bll", "kìľł".replace("ł", "l"), "ｋｉｌｌ", "кill", "kil l", "\U0001f1f0\U0001f1ee\U0001f1f1\U0001f1f1",
        "k \N{SKULL} i \N{SKULL} l \N{SKULL} l", "\U0001d4f4\U0001d4f2\U0001d4f5\U0001d4f5",
    ],
)  # fmt: skip
def test_a_disguise_is_seen_through(disguised: str) -> None:
    assert read(disguised) == "kill"


def test_spaced_words_come_apart_again() -> None:
    assert read("k i l l y o u r s e l f") == "kill yourself"


@pytest.mark.parametrize("ordinary", ["skill", "bombastic", "covid19", "b2b", "mp3", "1984", "kilo", "essex"])
def test_an_ordinary_word_stays_what_it_is(ordinary: str) -> None:
    assert read(ordinary) == ordinary


def test_a_word_cut_between_hook_and_body_is_read_whole_too() -> None:
    assert [one.text for one in readings("make a b", "omb", RULES)] == ["make a b omb ", "make a bomb "]


def test_two_words_that_meet_stay_two_in_the_first_reading() -> None:
    assert len(readings("make", "a cake", RULES)) == 1


@settings(deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_can_be_read(hook: str, body: str) -> None:
    assert readings(hook, body, load_rules().vocabulary)


def test_a_number_of_the_rules_is_read_where_it_stands_alone() -> None:
    vocabulary = Vocabulary(["4", "a", "bomb"])
    assert readings("", "\u0430 4 b0mb", vocabulary)[0].text == "a 4 bomb "


def test_a_long_row_of_single_letters_is_read_in_a_moment() -> None:
    assert read("k i l l " * 2000)
