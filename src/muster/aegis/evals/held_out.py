"""What is asked and what is expected, from held-out rows, and whether an answer is right."""

import random
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

OTHERS = 3
"""Wrong answers beside the right one."""


class Asked(NamedTuple):
    """`prompt`: plain text, or turns for the chat template. `rejected`: the worse answer of a preference."""

    prompt: Any
    expected: str
    rejected: str | None = None


def asked(row: dict[str, Any]) -> Asked | None:
    """What a row asks; None for plain text, and for a conversation that does not end with an answer."""
    if "completion" in row:
        return Asked(row["prompt"], row["completion"])
    if "chosen" in row:
        return Asked(row["prompt"], row["chosen"], row["rejected"])
    turns = row.get("messages", [])
    if len(turns) > 1 and turns[-1]["role"] == "assistant":
        return Asked(turns[:-1], turns[-1]["content"])
    return None


def answered_row(question: Asked, answer: str) -> dict[str, Any]:
    """The row with that answer, as the training reads it."""
    if isinstance(question.prompt, str):
        return {"prompt": question.prompt, "completion": answer}
    return {"messages": [*question.prompt, {"role": "assistant", "content": answer}]}


def choices(questions: Sequence[Asked], seed: int) -> list[tuple[Asked, tuple[str, ...]]]:
    """Each question with its answer, which comes first, and wrong ones: its rejected one, or those of OTHERS other
    questions. Questions without a wrong answer are left out."""
    chance, found = random.Random(seed), list[tuple[Asked, tuple[str, ...]]]()
    pool = sorted({question.expected for question in questions})
    for question in questions:
        others = [one for one in pool if one != question.expected]
        wrong = [question.rejected] if question.rejected else chance.sample(others, min(OTHERS, len(others)))
        if wrong:
            found.append((question, (question.expected, *wrong)))
    return found


def is_exact(answer: str, expected: str) -> bool:
    """The same, but for case and white space."""
    return _plain(answer) == _plain(expected)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().casefold()
