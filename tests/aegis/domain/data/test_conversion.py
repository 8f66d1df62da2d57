"""Each format becomes its canonical row, or a reason."""

from typing import Any

import pytest

from muster.aegis.domain.data.conversion import convert
from muster.aegis.domain.data.dropped import Drop
from muster.aegis.domain.data.formats import Layout, find_layout
from muster.aegis.domain.data.records import Record
from muster.aegis.domain.data.rows import Completion, Messages, Preference, Row, Text, Turn
from muster.aegis.domain.preflight.problem import Problem
from muster.aegis.domain.spec import DataRef, Objective

USER, ASSISTANT = {"role": "user", "content": "why"}, {"role": "assistant", "content": "because"}
TALK = Messages((Turn("user", "why"), Turn("assistant", "because")))
PAIR = Preference((Turn("user", "why"),), "because", "so")


def layout(row: dict[str, Any], objective: Objective = "sft", **data: Any) -> Layout | Problem:
    return find_layout(DataRef(path="rows.jsonl", **data), [Record(1, row)], objective)


def converted(row: dict[str, Any], objective: Objective = "sft") -> Row | Drop:
    found = layout(row, objective)
    assert isinstance(found, Layout)
    return convert(Record(1, row), found)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"text": "tea"}, Text("tea")),
        ({"prompt": "why", "completion": "because"}, Completion("why", "because")),
        ({"messages": [USER, ASSISTANT]}, TALK),
        ({"messages": [USER, {"role": "assistant", "content": [{"type": "text", "text": "because"}]}]}, TALK),
        ({"conversations": [{"from": "human", "value": "why"}, {"from": "gpt", "value": "because"}]}, TALK),
    ],
)
def test_a_row_is_converted(row: dict[str, Any], expected: Row) -> None:
    assert converted(row) == expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"prompt": "why", "chosen": "because", "rejected": "so"}, Preference("why", "because", "so")),
        ({"prompt": [USER], "chosen": "because", "rejected": "so"}, PAIR),
        ({"prompt": [USER], "chosen": [ASSISTANT], "rejected": [{**ASSISTANT, "content": "so"}]}, PAIR),
        ({"chosen": [USER, ASSISTANT], "rejected": [USER, {**ASSISTANT, "content": "so"}]}, PAIR),
        ({"prompt": "why", "chosen": [USER, ASSISTANT], "rejected": [USER, {**ASSISTANT, "content": "so"}]}, PAIR),
    ],
)
def test_a_pair_is_converted(row: dict[str, Any], expected: Row) -> None:
    assert converted(row, "dpo") == expected


def test_alpaca_is_written_as_it_was_trained() -> None:
    row = converted({"instruction": "Add {input}", "input": "1 and 2", "output": "3"})
    assert isinstance(row, Completion)
    assert row.prompt.endswith("### Instruction:\nAdd {input}\n\n### Input:\n1 and 2\n\n### Response:\n")
    assert row.completion == "3"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"text": None}, "text is null or missing"),
        ({"text": 5}, "text is no text"),
        ({"text": "  "}, "text is empty"),
        ({"prompt": "why", "completion": ""}, "completion is empty"),
        ({"messages": []}, "the messages are no list of objects, or empty"),
        ({"messages": [USER]}, "no message of the assistant: nothing to train on"),
        ({"messages": [ASSISTANT, USER]}, "roles in the wrong order"),
        ({"messages": [USER, USER, ASSISTANT]}, "roles in the wrong order"),
        ({"messages": [USER, {"role": "system", "content": "x"}, ASSISTANT]}, "roles in the wrong order"),
        ({"messages": [{"role": "bard", "content": "x"}]}, "a role that is not known"),
        ({"messages": [USER, {"role": "assistant", "content": None}]}, "a message whose content is missing or no text"),
        ({"messages": [USER, {"role": "assistant", "content": " "}]}, "an empty message"),
        ({"messages": [{"content": "x"}]}, "a message without a role"),
    ],
)
def test_a_row_that_can_not_be_trained_on_says_why(row: dict[str, Any], reason: str) -> None:
    dropped = converted(row)
    assert isinstance(dropped, Drop)
    assert dropped.reason == reason


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"prompt": "why", "chosen": "so", "rejected": "so "}, "chosen and rejected are the same"),
        (
            {"chosen": [USER, ASSISTANT], "rejected": [{**USER, "content": "x"}, ASSISTANT]},
            "the answers do not share their prompt",
        ),
        ({"prompt": None, "chosen": "a", "rejected": "b"}, "prompt is null or missing"),
    ],
)
def test_a_pair_that_can_not_be_trained_on_says_why(row: dict[str, Any], reason: str) -> None:
    dropped = converted(row, "dpo")
    assert isinstance(dropped, Drop)
    assert dropped.reason == reason


def test_a_pair_is_no_preference_for_sft() -> None:
    found = layout({"prompt": "a", "chosen": "b", "rejected": "c"})
    assert isinstance(found, Problem)
    assert found.advice == "set objective: dpo"


def test_a_misspelt_column_of_ours_is_told() -> None:
    found = layout({"q": "a", "a": "b"}, columns={"promt": "q"})
    assert isinstance(found, Problem)
    assert "did you mean prompt?" in found.advice


def test_a_format_that_was_asked_for_is_not_guessed_away() -> None:
    found = layout({"text": "tea"}, format="messages")
    assert isinstance(found, Problem)
    assert found.text == "rows.jsonl has text; what is needed is messages: messages"
