import ast
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.aegis.generators.literals import literal

texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=20,
)


@given(values)
def test_source_evaluates_to_the_value(value: Any) -> None:
    assert ast.literal_eval(literal(value)) == value


@given(texts)
def test_a_text_is_one_line_of_ascii(text: str) -> None:
    source = literal(text)
    assert source.isascii()
    assert source.isprintable()


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        literal(number)


def test_a_tuple_becomes_a_list() -> None:
    assert literal(("q_proj", "v_proj")) == '["q_proj", "v_proj"]'
