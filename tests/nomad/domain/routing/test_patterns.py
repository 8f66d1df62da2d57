"""Whether some text fits two patterns, held against all short texts."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.nomad.domain.routing.patterns import MANY, ONE, Pattern, beginning, glob, literal, meet, regexp_glob

LETTERS = "ab"
TEXTS = ["".join(letters) for size in range(7) for letters in itertools.product(LETTERS, repeat=size)]
patterns = st.lists(st.sampled_from([*LETTERS, ONE, MANY]), max_size=3).map(tuple)


def fitting(pattern: Pattern) -> set[str]:
    parts = {ONE: f"[{LETTERS}]", MANY: f"[{LETTERS}]*"}
    expression = re.compile("".join(parts.get(token, token) for token in pattern))
    return {text for text in TEXTS if expression.fullmatch(text)}


@given(patterns, patterns)
def test_two_patterns_meet_where_some_text_fits_both(one, other):
    assert meet(one, other) == bool(fitting(one) & fitting(other))


@pytest.mark.parametrize(
    ("text", "fits", "not_fits"),
    [
        ("*.lab.test", "a.b.lab.test", "lab.test"),
        ("a?c", "abc", "ac"),
        ("/v[12]/x", "/v1/x", "/v1/y"),
        ("/{a,b}/x", "/a/x", "/a/y"),
        (r"a\*c", "a*c", "abc"),
    ],
)
def test_a_glob_fits_what_it_says(text, fits, not_fits):
    assert meet(glob(text), literal(fits))
    assert not meet(glob(text), literal(not_fits))


def test_a_beginning_takes_a_star_for_a_star():
    assert not meet(beginning("/a*"), literal("/ab"))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (r"^.+\.lab\.test$", "*.lab.test"),
        (r"[a-z0-9-]+\.lab\.test", "**.lab.test*"),
        ("{sub:[a-z]{2,3}}.lab.test", "*.lab.test"),
        ("{sub}.lab.test", "*.lab.test"),
        ("(a|b).lab.test", None),
        ("a+.lab.test", None),
    ],
)
def test_a_plain_regular_expression_is_read_as_a_glob_and_any_other_is_not(expression, expected):
    assert regexp_glob(expression) == expected
