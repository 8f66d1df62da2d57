import json
from pathlib import Path
from typing import Any

import pytest

from muster.aegis.generators.parts.rows import IGNORED, Encoded, encode, read_rows


class LetterTokenizer:
    """A token a letter; `^` stands before what is encoded with its special tokens, `$` ends a text."""

    eos_token = "$"

    def __init__(self, chat_template: str = "no tags") -> None:
        self.chat_template = chat_template

    def __call__(self, text: str, *, add_special_tokens: bool, return_offsets_mapping: bool) -> dict[str, Any]:
        before = [(0, 0)] if add_special_tokens else []
        places = [(place, place + 1) for place in range(len(text))]
        return {"input_ids": [ord("^")] * len(before) + [*map(ord, text)], "offset_mapping": before + places}

    def apply_chat_template(self, turns: list[Any], *, tokenize: bool, add_generation_prompt: bool = False) -> str:
        text = "".join(f"{turn['role'][0]}:{turn['content']}|" for turn in turns)
        return text + ("a:" if add_generation_prompt else "")


def learnt(encoded: Encoded) -> str:
    return "".join(chr(label) for label in encoded.labels if label != IGNORED)


def talk(*said: str) -> dict[str, Any]:
    return {"messages": [{"role": said[i], "content": said[i + 1]} for i in range(0, len(said), 2)]}


def test_of_a_completion_the_answer_and_its_end_are_learnt() -> None:
    assert learnt(encode({"prompt": "why ", "completion": "so"}, LetterTokenizer(), 100)) == "so$"


def test_of_a_text_all_is_learnt_but_what_the_tokenizer_adds() -> None:
    encoded = encode({"text": "abc"}, LetterTokenizer(), 100)
    assert (learnt(encoded), encoded.labels[0]) == ("abc$", IGNORED)


def test_of_a_conversation_every_answer_is_learnt() -> None:
    row = talk("user", "hi", "assistant", "yes", "user", "ok", "assistant", "bye")
    assert learnt(encode(row, LetterTokenizer(), 100)) == "yes|bye|"


def test_a_row_is_cut_at_its_end_and_tells_its_length() -> None:
    encoded = encode({"prompt": "why ", "completion": "because"}, LetterTokenizer(), 7)
    assert (learnt(encoded), len(encoded.input_ids), encoded.length) == ("be", 7, 13)


def test_a_row_that_is_cut_before_its_answer_learns_nothing() -> None:
    assert not encode({"prompt": "why ", "completion": "so"}, LetterTokenizer(), 5).learns


def test_a_first_token_alone_is_nothing_to_learn() -> None:
    assert not Encoded([1, 2], [1, IGNORED], 2).learns


def test_a_template_that_rewrites_earlier_turns_is_an_error() -> None:
    class Forgetful(LetterTokenizer):
        def apply_chat_template(self, turns: list[Any], **options: Any) -> str:
            return f"{len(turns)} turns: " + super().apply_chat_template(turns[-1:], tokenize=False)

    with pytest.raises(ValueError, match="no mask to be had"):
        encode(talk("user", "hi", "assistant", "yes"), Forgetful(), 100)


def test_a_row_of_another_kind_is_an_error_that_names_its_columns() -> None:
    with pytest.raises(ValueError, match=r"\['answer', 'question'\]"):
        encode({"question": "a", "answer": "b"}, LetterTokenizer(), 100)


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text(json.dumps({"text": "ä"}) + "\n\n" + json.dumps({"text": "b"}))
    assert read_rows(tmp_path / "rows.jsonl") == [{"text": "ä"}, {"text": "b"}]
