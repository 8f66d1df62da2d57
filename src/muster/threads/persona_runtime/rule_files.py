"""The rule pack as it is shipped: YAML files by category."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict

from muster.threads.persona_runtime.domain.judging import Category, Rule, RulePack, vocabulary_of
from muster.threads.persona_runtime.domain.phrases import Phrase, compile_phrase

VERSION = 2
"""Of the rules: raised with every change of them, and told in every verdict."""
CATEGORIES: tuple[Category, ...] = ("self_harm", "violence", "hate", "sexual", "illegal", "spam")
"""Each a file."""


class _RuleText(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    phrases: tuple[str, ...]
    unless: tuple[str, ...] = ()


class _RuleFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: tuple[_RuleText, ...]


class _AllowedFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    phrases: tuple[str, ...]


@cache
def load_rules() -> RulePack:
    """Compiled once a process. Raises ValueError for a phrase that is none."""
    lists = {name: tuple(words) for name, words in _read("lists").items()}
    allowed = _compiled(_AllowedFile.model_validate(_read("allowed")).phrases, lists)
    rules = tuple(rule for category in CATEGORIES for rule in _rules(category, lists))
    support = str(_read("support")["words"]).strip()
    return RulePack(VERSION, allowed, rules, vocabulary_of(allowed, rules), support)


def _rules(category: Category, lists: Mapping[str, tuple[str, ...]]) -> Sequence[Rule]:
    texts = _RuleFile.model_validate(_read(category)).rules
    return [Rule(text.name, category, _compiled(text.phrases, lists), _compiled(text.unless, lists)) for text in texts]


def _compiled(texts: Sequence[str], lists: Mapping[str, tuple[str, ...]]) -> tuple[Phrase, ...]:
    return tuple(compile_phrase(text, lists) for text in texts)


def _read(name: str) -> dict[str, list[str]]:
    file = files("muster.threads.persona_runtime").joinpath("rules", f"{name}.yaml")
    return yaml.safe_load(file.read_text(encoding="utf-8"))
