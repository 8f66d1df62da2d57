import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.nomad.domain.extractors.code.needles import may_match, needles


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"os\.(?:Getenv|LookupEnv)\(", ("os.Getenv(", "os.LookupEnv(")),
        (r"(?<!\w)(\w{1,40})\.Server\{", (".Server{",)),
        (r"\w{0,40}?(?:[Pp]ort|PORT)\b", ("PORT", "Port", "port")),
        (r"(?:abc)?def", ("def",)),
        (r"(?:abc|)de", ("de",)),
        (r"(?>abcd){2,3}+", ("abcd",)),
        (r"\.set\w*(?:ab|cd\d)", (".set",)),
        (r"(?:ab|cd\d)", ("ab", "cd")),
        (r"ab(?!c)\bde", ("abde",)),
        (r"(?:abc|\d)", ()),
        (r"\d(?=bcd)", ()),
        (r"(?i:abc)", ()),
        (r"[ab]c*\d", ()),
        (r"[^ab][a-z]", ()),
    ],
)
def test_the_words_of_an_expression_stand_in_every_match(pattern: str, words: tuple[str, ...]) -> None:
    assert needles(re.compile(pattern)) == words


def test_an_expression_of_any_case_has_no_words() -> None:
    assert needles(re.compile("abc", re.IGNORECASE)) == ()


@given(st.text("abc(.|)?*", max_size=9), st.text("abc", max_size=9))
def test_what_matches_is_never_passed_over(pattern: str, text: str) -> None:
    try:
        compiled = re.compile(pattern)
    except re.error:
        return
    assert may_match(compiled, text) or not compiled.search(text)
