import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.nomad.domain.extractors.dockerfile_words import expand_word
from muster.nomad.domain.extractors.substitution import MAX_TEXT, Expanded, expand

VALUES = {"A": "1", "EMPTY": "", "B": "b c"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x", Expanded("x")),
        ("$A-${A}", Expanded("1-1", ("A",))),
        ("$AB", Expanded("$AB", ("AB",), ("AB",))),
        ("${EMPTY:-d}", Expanded("d", ("EMPTY",))),
        ("${EMPTY-d}", Expanded("", ("EMPTY",))),
        ("${N-d}", Expanded("d", ("N",))),
        ("${N:-${A}}", Expanded("1", ("N", "A"))),
        ("${N:-$M}", Expanded("$M", ("N", "M"), ("M",))),
        ("${A:+y}", Expanded("y", ("A",))),
        ("${N:+y}", Expanded("", ("N",))),
        ("${N:?why}", Expanded("${N:?why}", ("N",), ("N",))),
        ("${A:?why}", Expanded("1", ("A",))),
        ("${A%x}", Expanded("${A%x}", ("A",), ("A",))),
        ("${A", Expanded("${A")),
        ("${}", Expanded("${}", (), ("",))),
        ("$ $1 $", Expanded("$ $1 $")),
        ("$$A", Expanded("$1", ("A",))),
    ],
)
def test_variables_are_replaced_and_unknown_ones_stay(text: str, expected: Expanded) -> None:
    assert expand(text, VALUES.get) == expected


def test_two_dollars_are_one_where_they_escape() -> None:
    assert expand("$$A $A", VALUES.get, dollar_escape=True).text == "$A 1"


def test_the_result_is_bounded() -> None:
    long = expand("$X" * 100, {"X": "x" * 60_000}.get)
    assert len(long.text) == MAX_TEXT
    assert long.missing == ("(too long)",)


def test_deep_nesting_ends() -> None:
    assert expand("${A:-" * 5000 + "}" * 5000, {}.get).missing


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ('"a $A"', "a 1"),
        ("'a $A'", "a $A"),
        ("a\\ b", "a b"),
        ("\\$A", "$A"),
        ('"\\n\\""', '\\n"'),
        ("x'y'\"z\"", "xyz"),
        ("'open", "open"),
        ("back\\", "back\\"),
    ],
)
def test_quotes_and_escapes_of_a_dockerfile(word: str, expected: str) -> None:
    assert expand_word(word, VALUES.get).text == expected


@given(st.text(alphabet="$A{}:-+?'\"\\` x", max_size=60))
def test_no_text_ever_raises(text: str) -> None:
    expand(text, VALUES.get, dollar_escape=True)
    expand_word(text, VALUES.get)
    expand_word(text, VALUES.get, "`")
