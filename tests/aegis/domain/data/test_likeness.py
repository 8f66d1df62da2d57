import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.aegis.domain.data.likeness import near_hash
from muster.aegis.domain.data.rows import Text

ASCII = st.text(st.characters(max_codepoint=127))


@given(ASCII)
def test_a_text_of_ascii_is_taken_for_the_same_as_one_that_no_table_of_bytes_reads(text: str) -> None:
    assert near_hash(Text(f"{text} word")) == near_hash(Text(f"{text} word “”"))


@pytest.mark.parametrize("other", ["a  BIG_desk", "(A big desk!)", "a\tbig\x1fdesk"])
def test_case_signs_and_spaces_make_no_difference(other: str) -> None:
    assert near_hash(Text(other)) == near_hash(Text("a big desk"))


def test_words_do() -> None:
    assert near_hash(Text("abig desk")) != near_hash(Text("a big desk"))
