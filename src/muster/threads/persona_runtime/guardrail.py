"""Judges hook and body together: our own rules, a toxicity model, and a remote moderator where there is one."""

import logging
from collections.abc import Sequence

from muster.core.errors import ServiceError
from muster.threads.common.contracts import Finding, Moderation
from muster.threads.common.personas import Persona
from muster.threads.common.platform_text import words_sha256
from muster.threads.persona_runtime.domain.judging import RulePack, decide_verdict, judge
from muster.threads.persona_runtime.ports import RemoteModerator
from muster.threads.persona_runtime.toxicity import THRESHOLD, ToxicityModel

_LOG = logging.getLogger(__name__)
_MOST_FINDINGS = 20


class Guardrail:
    """Shared by all runs. Without a remote moderator, or with one that is away, it judges all the same."""

    def __init__(self, pack: RulePack, toxicity: ToxicityModel, remote: RemoteModerator | None = None) -> None:
        self._pack = pack
        self._toxicity = toxicity
        self._remote = remote
        self._packs: dict[tuple[str, ...], RulePack] = {}

    def judge(self, persona: Persona, hook: str, body: str, before: Sequence[Finding] = ()) -> Moderation:
        """The verdict on these words; `before` are findings that hold already."""
        findings, judges = self._findings(persona, hook, body)
        everything = (*before, *findings)[:_MOST_FINDINGS]
        verdict = decide_verdict(everything)
        return Moderation(
            verdict=verdict,
            findings=everything,
            judged_by=judges,
            text_sha256=words_sha256(hook, body),
            response=self._pack.support if verdict == "support" else "",
        )

    def despair(self, *texts: str) -> tuple[Finding, ...]:
        """What a request says of its writer's own despair: an answer in a persona's voice would be wrong."""
        found = judge("", "\n".join(texts), self._pack)
        return tuple(one for one in found if decide_verdict((one,)) == "support")

    def warm_up(self) -> None:
        """Load what takes seconds."""
        self._toxicity.score("warm up")

    def close(self) -> None:
        """Drop the connections of the remote moderator."""
        if self._remote is not None:
            self._remote.close()

    def _findings(self, persona: Persona, hook: str, body: str) -> tuple[list[Finding], tuple[str, ...]]:
        text = f"{hook}\n{body}"
        findings = list(judge(hook, body, self._rules_of(persona)))
        score = self._toxicity.score(text)
        if score >= THRESHOLD:
            findings.append(Finding(rule="toxicity", category="toxicity", score=round(score, 4)))
        judges = [f"rules {self._pack.version}", self._toxicity.name]
        if self._remote is not None:
            judges.append(self._ask(self._remote, text, findings))
        return findings, tuple(judges)

    def _ask(self, remote: RemoteModerator, text: str, findings: list[Finding]) -> str:
        try:
            findings.extend(remote.judge(text))
        except ServiceError as error:
            _LOG.warning("a verdict stands without %s: %s", remote.name, error.message)
            return f"{remote.name} (away)"
        return remote.name

    def _rules_of(self, persona: Persona) -> RulePack:
        if persona.banned_words not in self._packs:
            self._packs[persona.banned_words] = self._pack.with_banned(persona.banned_words)
        return self._packs[persona.banned_words]
