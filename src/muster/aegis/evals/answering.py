"""What a model answers, greedily, and whether it stops by itself."""
# pyright: reportMissingImports=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUntypedFunctionDecorator=false

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch

from muster.aegis.evals.subject import Subject

Prompt = str | list[dict[str, Any]]


class Answer(NamedTuple):
    """`tokens` counts the end of text too; `stopped`: it came before the limit."""

    text: str
    tokens: int
    stopped: bool


def answer_all(subject: Subject, prompts: Sequence[Prompt]) -> list[Answer]:
    """An answer for each prompt (plain text, or turns for the chat template), in order."""
    encoded = [_ids(subject, prompt) for prompt in prompts]
    answers: list[Answer] = []
    for start in range(0, len(encoded), subject.batch):
        answers += _answer_batch(subject, encoded[start : start + subject.batch])
    return answers


def _ids(subject: Subject, prompt: Prompt) -> list[int]:
    if isinstance(prompt, str):
        return subject.tokenizer(prompt)["input_ids"]
    found = subject.tokenizer.apply_chat_template(prompt, add_generation_prompt=True, return_dict=True)
    return found["input_ids"]


@torch.no_grad()
def _answer_batch(subject: Subject, prompts: list[list[int]]) -> list[Answer]:
    longest = max(map(len, prompts))
    ids = torch.tensor([[subject.pad_id] * (longest - len(one)) + one for one in prompts])
    mask = torch.tensor([[0] * (longest - len(one)) + [1] * len(one) for one in prompts])
    device, ends = subject.model.device, _ends(subject)
    written = subject.model.generate(
        input_ids=ids.to(device),
        attention_mask=mask.to(device),
        max_new_tokens=subject.max_new_tokens,
        do_sample=False,
        pad_token_id=subject.pad_id,
        eos_token_id=sorted(ends) or None,
    )
    return [_answer(subject, row[longest:].tolist(), ends) for row in written]


def _ends(subject: Subject) -> set[int]:
    configured = subject.model.generation_config.eos_token_id
    listed = configured if isinstance(configured, list) else [configured]
    return {end for end in (*listed, subject.tokenizer.eos_token_id) if end is not None}


def _answer(subject: Subject, ids: list[int], ends: set[int]) -> Answer:
    stop = next((place for place, token in enumerate(ids) if token in ends), None)
    kept = ids if stop is None else ids[: stop + 1]
    text = subject.tokenizer.decode(kept, skip_special_tokens=True)
    return Answer(text.strip(), len(kept), stop is not None)
