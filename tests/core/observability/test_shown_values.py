import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr

from muster.core.observability.shown_values import ORDINARY, PROMPTS, shown, shown_field, shown_message


class Inner(BaseModel):
    name: str = ""
    items: list[int] = []


class Outer(BaseModel):
    source: str = ""
    inner: Inner | None = None
    token: SecretStr | None = None
    facts: list[Inner] = []


@dataclass(frozen=True)
class Plain:
    at: datetime
    where: Path
    note: str = ""


class Colour(Enum):
    red = "red"


def parsed(value: object) -> Any:
    return json.loads(shown(value))


def test_a_text_is_shown_as_itself() -> None:
    assert shown("two\nlines") == "two\nlines"


def test_a_model_loses_its_empty_fields() -> None:
    assert parsed(Outer(source="here", inner=Inner(items=[1]))) == {"source": "here", "inner": {"items": [1]}}


def test_a_list_keeps_its_beginning_and_counts_the_rest() -> None:
    assert parsed({"items": list(range(12))}) == {"items": [0, 1, 2, 3, 4, "... and 7 more"]}


def test_a_long_field_does_not_hide_the_others() -> None:
    value = parsed({"long": ["x" * 900] * 5, "short": 1})
    assert value["short"] == 1


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "null"),
        (3, "3"),
        (True, "true"),
        (0.5, "0.5"),
        (float("nan"), '"nan"'),
        (float("inf"), '"inf"'),
        (Colour.red, '"red"'),
        (Decimal("1.50"), '"1.50"'),
        (b"abc", '"[3 bytes]"'),
        (object(), '"<object>"'),
        (Plain, '"<type>"'),
        ({1: 2}, '{"1": 2}'),
        ((1, 2), "[1, 2]"),
        (frozenset({1}), "[1]"),
    ],
)
def test_each_kind_of_value_has_a_form(value: object, said: str) -> None:
    assert shown(value) == said


def test_a_dataclass_is_shown_by_its_fields() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert parsed(Plain(at, Path("/srv"))) == {"at": "2026-01-01 00:00:00+00:00", "where": "/srv"}


def test_a_secret_of_settings_is_never_shown() -> None:
    assert "hunter2" not in shown(Outer(token=SecretStr("hunter2")))


@pytest.mark.parametrize(
    "value",
    [
        "NOMAD_TOKEN=hunter2hunter2",
        {"log": "postgres://user:hunter2hunter2@db/x"},
        {"password": "hunter2hunter2"},
        [{"key": "API_TOKEN", "value": "hunter2hunter2"}],
        {"deep": [{"deeper": {"api_key": "hunter2hunter2"}}]},
    ],
)
def test_what_looks_like_a_secret_is_masked(value: object) -> None:
    assert "hunter2" not in shown(value)


def test_a_secret_is_masked_before_its_text_is_cut() -> None:
    at_the_edge = "x" * (ORDINARY.text - 10) + " Bearer abcdefghijklmnopqrstuvwxyz"
    assert "abcdef" not in shown(at_the_edge)
    assert "abcdef" not in shown({"log": at_the_edge})


def test_a_value_under_the_name_of_a_secret_is_masked() -> None:
    assert shown_field("client_secret", "hunter2hunter2") == "[redacted]"
    assert shown_field("language", "go") == "go"


def test_a_message_is_redacted_and_cut() -> None:
    assert shown_message("token=hunter2hunter2") == "token=[redacted]"
    assert len(shown_message("x" * 5000)) < 1100


def test_a_prompt_is_shown_whole_where_an_ordinary_text_is_cut() -> None:
    text = "word " * 5000
    assert len(shown(text)) < 1100
    assert shown(text, PROMPTS) == text


def test_odd_bytes_of_a_name_can_be_sent() -> None:
    assert shown("caf\udce9").encode() == b"caf?"
    assert json.loads(shown({"file": "caf\udce9"})) == {"file": "caf?"}


def test_a_value_that_holds_itself_ends() -> None:
    round_and_round: dict[str, object] = {}
    round_and_round["again"] = round_and_round
    assert '"..."' in shown(round_and_round)


@pytest.mark.parametrize(
    "huge",
    [
        ["x" * 1000] * 100_000,
        {str(number): "x" * 1000 for number in range(20_000)},
        "x" * 50_000_000,
        [[[[[[["x"] * 9] * 9] * 9] * 9] * 9] * 9] * 9,
        Outer(facts=[Inner(name="n" * 200, items=list(range(50)))] * 5000),
    ],
)
def test_a_huge_value_is_small_and_quick(huge: object) -> None:
    began = time.perf_counter()
    text = shown(huge)
    assert len(text) < ORDINARY.whole + 100
    assert time.perf_counter() - began < 1.0


@dataclass
class Holder:
    of: Mapping[str, object] = field(default_factory=dict[str, object])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.datetimes() | st.decimals(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner) | st.builds(Holder),
    max_leaves=40,
)


@given(VALUES)
def test_whatever_is_given_is_shown(value: object) -> None:
    shown(value).encode()
