import pytest
from pydantic import SecretStr

from muster.core.errors import ServiceFailureError
from muster.core.testing.openai_double import OpenAIDouble, answers, fails
from muster.threads.common.contracts import Finding
from muster.threads.common.platform_text import words_sha256
from muster.threads.persona_runtime.guardrail import Guardrail
from muster.threads.persona_runtime.remote_moderation import OmniModeration
from muster.threads.persona_runtime.rule_files import load_rules
from muster.threads.persona_runtime.toxicity import ToxicityModel
from threads.persona_runs import PERSONAS

PERSONA = PERSONAS["ai-jesus"]
FLAGGED = '{"results": [{"categories": {"%s": true, "sexual": false}, "category_scores": {"%s": 0.9}}]}'


def with_remote(remote: OmniModeration) -> Guardrail:
    return Guardrail(load_rules(), ToxicityModel(), remote)


def remote(double: OpenAIDouble) -> OmniModeration:
    return OmniModeration(f"{double.address}/v1", SecretStr("sk-real"))


def test_a_verdict_holds_for_these_words(guardrail: Guardrail) -> None:
    assert guardrail.judge(PERSONA, "a", "b").text_sha256 == words_sha256("a", "b")


def test_a_verdict_names_its_judges(guardrail: Guardrail) -> None:
    assert guardrail.judge(PERSONA, "a", "b").judged_by == ("rules 2", ToxicityModel().name)


def test_support_comes_with_a_helpers_words(guardrail: Guardrail) -> None:
    moderation = guardrail.judge(PERSONA, "I want to die", "tonight")
    assert moderation.verdict == "support"
    assert "988" in moderation.response


def test_a_post_that_is_allowed_has_no_such_words(guardrail: Guardrail) -> None:
    assert guardrail.judge(PERSONA, "Rest", "well").response == ""


def test_an_insult_is_blocked_by_the_model_with_its_score(guardrail: Guardrail) -> None:
    (found,) = guardrail.judge(PERSONA, "You are", "a stupid idiot").findings
    assert (found.category, found.score is not None) == ("toxicity", True)


def test_a_personas_banned_words_are_blocked(guardrail: Guardrail) -> None:
    assert guardrail.judge(PERSONA, "Eternal", "damnation").verdict == "blocked"


def test_findings_that_hold_already_stay(guardrail: Guardrail) -> None:
    before = (Finding(rule="support.despair", category="self_harm"),)
    assert guardrail.judge(PERSONA, "Rest", "well", before).verdict == "support"


def test_what_the_remote_moderator_flags_is_blocked() -> None:
    with OpenAIDouble(
        answers(FLAGGED % ("hate/threatening", "hate/threatening"), content_type="application/json")
    ) as double:
        moderation = with_remote(remote(double)).judge(PERSONA, "Rest", "well")
    assert (moderation.verdict, moderation.findings[0].category) == ("blocked", "hate")
    assert double.requests[0].body == {"model": "omni-moderation-latest", "input": "Rest\nwell"}


def test_what_the_remote_moderator_reads_as_despair_calls_for_support() -> None:
    with OpenAIDouble(
        answers(FLAGGED % ("self-harm/intent", "self-harm/intent"), content_type="application/json")
    ) as double:
        assert with_remote(remote(double)).judge(PERSONA, "Rest", "well").verdict == "support"


def test_a_remote_moderator_that_is_away_is_told_and_the_rules_stand() -> None:
    with OpenAIDouble(fails(500)) as double:
        moderation = with_remote(remote(double)).judge(PERSONA, "I will", "kill you")
    assert moderation.verdict == "blocked"
    assert moderation.judged_by[-1] == "omni-moderation-latest (away)"


def test_an_answer_that_is_no_verdict_is_an_error() -> None:
    broken = answers('{"results": 1}', content_type="application/json")
    with OpenAIDouble(broken) as double, pytest.raises(ServiceFailureError, match="no verdict"):
        remote(double).judge("Rest")
