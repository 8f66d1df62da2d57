"""A spec in YAML: every problem at once, each with its line and the nearest spelling."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.aegis.domain.intent.yaml_spec import read_yaml_spec
from muster.core.errors import UsageError

BROKEN = """\
modle: x
optimization:
  micro_bach: 2
  epochs: -1
learning_rate: 1
budget: {soft_usd: 9, max_usd: 5}
seed: later
"""


def refusal(text: str) -> list[str]:
    with pytest.raises(UsageError) as caught:
        read_yaml_spec(text, "my.yaml")
    return caught.value.message.splitlines()[1:]


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    assert refusal(BROKEN) == [
        "my.yaml:1: unknown key modle: did you mean model?",
        "my.yaml:3: unknown key optimization.micro_bach: did you mean micro_batch?",
        "my.yaml:4: optimization.epochs: must be greater than 0 (it is -1)",
        "my.yaml:5: unknown key learning_rate: it belongs under optimization",
        "my.yaml:6: budget: soft_usd 9 is above max_usd 5",
        "my.yaml:7: seed: must be a whole number (it is 'later')",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: [", "no YAML"),
        ("- 1", "a spec is a table"),
        ("x: &a b\ny: *a", "aliases"),
        ("model: a\nmodel: b", "model stands in line 1 already"),
        ("data: 5", "data: must be a table"),
        ("{[1]: 2}", "unknown key"),
        ("a: " + "[" * 3000, ""),
        ("model: " + "{a: " * 2000, ""),
        ("\0", "no YAML"),
    ],
)
def test_what_is_no_spec_is_refused(text: str, told: str) -> None:
    assert told in refusal(text)[0]


def test_a_name_stands_for_a_path() -> None:
    assert read_yaml_spec("model: models/tiny\n").value("model.path") == "models/tiny"


def test_what_is_missing_is_no_problem_of_the_file() -> None:
    assert read_yaml_spec("").values == {}


def test_numbers_may_be_written_with_an_exponent() -> None:
    assert read_yaml_spec("optimization: {learning_rate: 1e-4}").value("optimization.learning_rate") == "1e-4"


@pytest.mark.parametrize("written", ["1e3", "1.0e+3", "1000.0", "'1000'", "1000"])
def test_a_whole_number_may_be_written_as_any_number(written: str) -> None:
    assert read_yaml_spec(f"shape: {{seq_len: {written}}}").value("shape.seq_len") == 1000


@pytest.mark.parametrize("written", ["1.5", "1e-3", "long", "1e400"])
def test_what_is_no_whole_number_is_told_in_our_words(written: str) -> None:
    (told,) = refusal(f"shape: {{seq_len: {written}}}")
    assert told.startswith("my.yaml:1: shape.seq_len: must be a whole number (it is ")


def test_a_name_of_figures_stays_as_it_is_written() -> None:
    assert read_yaml_spec("model: 1e3").value("model.path") == "1e3"


@pytest.mark.parametrize(
    "text", ["name: [1]", "method: best", "lora: {dropout: much}", "shape: {packing: perhaps}", "lora: {targets: 5}"]
)
def test_no_word_of_the_checking_library_is_shown(text: str) -> None:
    (told,) = refusal(text)
    assert "Input" not in told
    assert "valid" not in told


def test_a_huge_file_is_refused() -> None:
    with pytest.raises(UsageError, match="more than"):
        read_yaml_spec("# " + "x" * 300_000)


@given(
    text=st.text(max_size=120)
    | st.lists(st.sampled_from(list("model: data[]{}\n -&*!|>'\"1e5~")), max_size=60).map("".join)
)
@settings(deadline=None, max_examples=300)
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(UsageError):
        read_yaml_spec(text)
