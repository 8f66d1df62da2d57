"""The guardrail's own rules: which phrases may not be said, in which company they may, and what follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from muster.threads.common.contracts import Finding
from muster.threads.persona_runtime.domain.phrases import Phrase, Words, compile_phrase, find, without
from muster.threads.persona_runtime.domain.reading import Vocabulary, readings

Category = Literal["violence", "hate", "sexual", "self_harm", "illegal", "spam", "toxicity", "persona", "platform"]
Verdict = Literal["allowed", "blocked", "support"]
SUPPORT_RULE = "support"
"""Its findings call for a helper's words."""
_GRAVER_THAN_DESPAIR = frozenset(get_args(Category)) - {"self_harm", "toxicity", "spam", "persona"}


@dataclass(frozen=True)
class Rule:
    """Fires where a phrase is said, and none of `unless` is."""

    name: str
    category: Category
    phrases: tuple[Phrase, ...]
    unless: tuple[Phrase, ...] = ()


@dataclass(frozen=True)
class RulePack:
    """Rules, and the phrases that sound like them and are harmless: those are taken out before any rule looks."""

    version: int
    allowed: tuple[Phrase, ...]
    rules: tuple[Rule, ...]
    vocabulary: Vocabulary
    support: str
    """The words of a helper."""

    def with_banned(self, words: Sequence[str]) -> "RulePack":
        """And a rule for what a persona never says."""
        if not words:
            return self
        phrases = tuple(compile_phrase(_literal(word), {}) for word in words if _literal(word))
        rule = Rule("banned words", "persona", phrases)
        known = Vocabulary(self.vocabulary.words.union(*(one.words for one in phrases)))
        return RulePack(self.version, self.allowed, (*self.rules, rule), known, self.support)


def vocabulary_of(allowed: Sequence[Phrase], rules: Sequence[Rule]) -> Vocabulary:
    """Of all that the rules are made of."""
    phrases = (*allowed, *(one for rule in rules for one in (*rule.phrases, *rule.unless)))
    return Vocabulary(word for one in phrases for word in one.words)


def judge(hook: str, body: str, pack: RulePack) -> tuple[Finding, ...]:
    """What the rules find in hook and body together, each rule once."""
    texts = tuple(without(pack.allowed, words) for words in readings(hook, body, pack.vocabulary))
    found = ((rule, _said(rule, texts)) for rule in pack.rules)
    return tuple(Finding(rule=rule.name, category=rule.category, quote=said[:200]) for rule, said in found if said)


def decide_verdict(findings: Sequence[Finding]) -> Verdict:
    """Despair calls for support, whatever else is wrong with the words, unless they threaten or harm others."""
    if not findings:
        return "allowed"
    despair = any(one.rule.startswith(SUPPORT_RULE) for one in findings)
    graver = any(one.category in _GRAVER_THAN_DESPAIR for one in findings)
    return "support" if despair and not graver else "blocked"


def _said(rule: Rule, texts: Sequence[Words]) -> str | None:
    for words in texts:
        said = next((said for phrase in rule.phrases if (said := find(phrase, words))), None)
        if said and not any(find(phrase, words) for phrase in rule.unless):
            return said
    return None


def _literal(banned: str) -> str:
    """Banned words are words, not phrases of the language: its signs mean nothing in them."""
    return " ".join("".join(one if one.isalnum() else " " for one in banned.replace("'", "")).split())
