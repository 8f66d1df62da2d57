"""Rows as token ids and labels. The label of a token that is context and not learnt is IGNORED."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

IGNORED = -100
"""What cross entropy leaves out (its `ignore_index`)."""

_TAG = re.compile(r"\{%-?\s*generation\s*-?%\}")

Row = dict[str, Any]
Span = tuple[int, int]


class Encoded(NamedTuple):
    """One row; `length` is that before it was cut."""

    input_ids: list[int]
    labels: list[int]
    length: int

    @property
    def learns(self) -> bool:
        """Whether any token is learnt: the first one never is, nothing foretells it."""
        return any(label != IGNORED for label in self.labels[1:])


def read_rows(path: Path) -> list[Row]:
    """The rows of a JSONL file, blank lines aside."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def encode(row: Row, tokenizer: Any, seq_len: int) -> Encoded:
    """`{"messages"}`, `{"prompt", "completion"}` or `{"text"}`, cut at the end. Raises ValueError for another row."""
    eos = tokenizer.eos_token or ""
    if "messages" in row:
        return _talk(row["messages"], tokenizer, seq_len)
    if "completion" in row:
        text = row["prompt"] + row["completion"] + eos
        return _masked(tokenizer, text, [(len(row["prompt"]), len(text))], seq_len, special=True)
    if "text" in row:
        text = row["text"] + eos
        return _masked(tokenizer, text, [(0, len(text))], seq_len, special=True)
    raise ValueError(f"a row with the columns {sorted(row)} has neither messages, prompt and completion, nor text")


def _talk(messages: list[Row], tokenizer: Any, seq_len: int) -> Encoded:
    """The assistant's turns are learnt: by the template's generation tags, else by what each turn adds to the text."""
    if _TAG.search(tokenizer.chat_template or ""):
        found = tokenizer.apply_chat_template(messages, return_dict=True, return_assistant_tokens_mask=True)
        return _encoded(found["input_ids"], found["assistant_masks"], seq_len)
    whole = _render(tokenizer, messages)
    spans = [_added(messages, place, whole, tokenizer) for place, turn in enumerate(messages) if _answers(turn)]
    return _masked(tokenizer, whole, spans, seq_len, special=False)


def _added(messages: list[Row], place: int, whole: str, tokenizer: Any) -> Span:
    before = _render(tokenizer, messages[:place], add_generation_prompt=True)
    after = _render(tokenizer, messages[: place + 1])
    if not (whole.startswith(before) and whole.startswith(after)):
        raise ValueError("the chat template does not begin a conversation with its own first turns: no mask to be had")
    return len(before), len(after)


def _render(tokenizer: Any, messages: list[Row], **options: bool) -> str:
    return tokenizer.apply_chat_template(messages, tokenize=False, **options)


def _answers(turn: Row) -> bool:
    return turn["role"] == "assistant"


def _masked(tokenizer: Any, text: str, spans: list[Span], seq_len: int, *, special: bool) -> Encoded:
    found = tokenizer(text, add_special_tokens=special, return_offsets_mapping=True)
    return _encoded(found["input_ids"], _within(found["offset_mapping"], spans), seq_len)


def _encoded(ids: list[int], learnt: Iterable[bool], seq_len: int) -> Encoded:
    labels = [token if learn else IGNORED for token, learn in zip(ids, learnt, strict=True)]
    return Encoded(ids[:seq_len], labels[:seq_len], len(ids))


def _within(offsets: list[Span], spans: list[Span]) -> Iterator[bool]:
    """Whether each token has a character in a span; both are in order."""
    waiting = iter(spans)
    start, end = next(waiting, (0, 0))
    for first, last in offsets:
        while first >= end > 0:
            start, end = next(waiting, (0, 0))
        yield start < last and first < end and first < last
