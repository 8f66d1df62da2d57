"""How probable a model holds given tokens: the ground of perplexity, of choices and of what it remembers."""
# pyright: reportMissingImports=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUntypedFunctionDecorator=false

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch

from muster.aegis.evals.subject import Subject

UNSCORED = -100


class Score(NamedTuple):
    """Sum of log probabilities (nats) of the learnt tokens of a row, and how many they are."""

    logprob: float
    tokens: int

    @property
    def mean(self) -> float:
        """Nats a token; of no token the least there is."""
        return self.logprob / self.tokens if self.tokens else float("-inf")


class Tokens(NamedTuple):
    """Token ids, and the labels among them that are scored."""

    input_ids: list[int]
    labels: list[int]


def score_rows(subject: Subject, rows: Sequence[Any]) -> list[Score]:
    """A score for each row of `input_ids` and `labels`, in order."""
    scores: list[Score] = []
    for start in range(0, len(rows), subject.batch):
        scores += _score_batch(subject, rows[start : start + subject.batch])
    return scores


def continuation(subject: Subject, prompt: str, answer: str) -> Tokens:
    """A plain text and what follows it, the latter scored. Tokenized apart, so that all answers have one prompt."""
    before = subject.tokenizer(prompt)["input_ids"]
    after = subject.tokenizer(answer, add_special_tokens=False)["input_ids"]
    return Tokens(before + after, [UNSCORED] * len(before) + after)


@torch.no_grad()
def _score_batch(subject: Subject, rows: Sequence[Any]) -> list[Score]:
    longest = max(len(row.input_ids) for row in rows)
    device = subject.model.device
    ids = _filled([row.input_ids for row in rows], subject.pad_id, longest).to(device)
    labels = _filled([row.labels for row in rows], UNSCORED, longest).to(device)[:, 1:]
    mask = _filled([[1] * len(row.input_ids) for row in rows], 0, longest).to(device)
    logits = subject.model(input_ids=ids, attention_mask=mask).logits[:, :-1].float()
    learnt = labels != UNSCORED
    chosen = torch.log_softmax(logits, dim=-1).gather(-1, labels.clamp(min=0).unsqueeze(-1)).squeeze(-1)
    sums, counts = (chosen * learnt).sum(-1).tolist(), learnt.sum(-1).tolist()
    return [Score(float(total), int(count)) for total, count in zip(sums, counts, strict=True)]


def _filled(rows: list[list[int]], filler: int, longest: int) -> Any:
    return torch.tensor([row + [filler] * (longest - len(row)) for row in rows])
