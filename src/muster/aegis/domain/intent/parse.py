"""Reads an intent by rules, offline: "LoRA fine-tune tiny-llama on support.jsonl under $2 on an A10G for 3 epochs"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from muster.aegis.domain.intent.contradictions import contradictions
from muster.aegis.domain.intent.intent import Intent
from muster.aegis.domain.intent.negation import is_negated
from muster.aegis.domain.intent.rules import RULES, Rule, Value
from muster.core.evidence import Sourced

LIMIT = 4000
"""Characters that are read."""

_FILLER = """
a an and any as at be by can create do fine fine-tune fine-tuning finetune finetuning for from get give gpu gpus have
i in into is it its job let make me model my need no not now of off on one our please run so start that the them then
this to train training tune tuned tuning up use using want we with without you your would like should spend spending
cost budget it's don't dont never new some data dataset rows out
"""


def parse_intent(text: str) -> Intent:
    """What the words ask for. Two values for one wish are a contradiction, and none of them is taken."""
    reading = _Reading(text[:LIMIT])
    for rule in RULES:
        reading.take(rule)
    said = {name: values[0] for name, values in reading.said.items() if len({one.value for one in values}) == 1}
    twice = (_twice(name, values) for name, values in reading.said.items() if name not in said)
    cut = (f"everything after {LIMIT} characters",) if len(text) > LIMIT else ()
    intent = Intent.model_validate(
        {
            **{name: one.model_dump() for name, one in said.items()},
            "not_understood": (*reading.turned_down, *reading.left(), *cut),
        }
    )
    return intent.model_copy(update={"contradictions": (*twice, *contradictions(intent))})


def _twice(name: str, values: list[Sourced[Value]]) -> str:
    return f"{name.replace('_', ' ')} is said twice: {' and '.join(dict.fromkeys(one.where for one in values))}"


@dataclass
class _Reading:
    """The words, and what is left of them: what a rule has read becomes a break of the same length."""

    text: str
    said: dict[str, list[Sourced[Value]]] = field(default_factory=dict[str, list[Sourced[Value]]])
    turned_down: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.rest = self.text

    def take(self, rule: Rule) -> None:
        """All that a rule finds in what is left."""
        for found in list(rule.pattern.finditer(self.rest)):
            value = rule.read(found)
            if value is None:
                continue
            words = " ".join(found.group().split())
            if is_negated(self.text, found.start(), found.end()):
                if rule.turned_down is None:
                    self.turned_down.append(f"not {words}")
                    self._use(found)
                    continue
                words, value = f"no {words}", rule.turned_down
            sourced = Sourced[Value](value=value, source="user", where=f'"{words}"', reason="you said so")
            self.said.setdefault(rule.field, []).append(sourced)
            if rule.field != "gpus" or "gpu" not in found.groupdict():  # the card's name is read from the same words
                self._use(found)

    def _use(self, found: re.Match[str]) -> None:
        start, end = found.span()
        self.rest = f"{self.rest[:start]}{';'.ljust(end - start)}{self.rest[end:]}"

    def left(self) -> Iterator[str]:
        yield from telling_clauses(self.rest)


def telling_clauses(text: str) -> Iterator[str]:
    """Clauses with words that say something."""
    for clause in re.split(r"[;,!?\n]+|\.(?=\s|$)", text):
        words = [word.strip("\"'`()[]:.-") for word in clause.split()]
        telling = [word for word in words if word and word.lower() not in _FILLER.split()]
        if telling:
            yield " ".join(clause.split()).strip(" -:")
