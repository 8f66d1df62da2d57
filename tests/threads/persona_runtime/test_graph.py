"""Whole runs: every one has hook and body, both judged, within the platform's limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langgraph.graph import END, START, StateGraph

from muster.threads.common.contracts import Draft, ModelUse, RunFailure, RunStep, is_blank
from muster.threads.common.platform_text import compose, platform_problems, words_sha256
from muster.threads.persona_runtime.authors.offline_author import OfflineAuthor
from muster.threads.persona_runtime.context import RunContext
from muster.threads.persona_runtime.graph import build_graph
from muster.threads.persona_runtime.guardrail import Guardrail
from muster.threads.persona_runtime.ports import Author, AuthorFailedError, Brief, Written
from muster.threads.persona_runtime.rule_files import load_rules
from muster.threads.persona_runtime.running import Frame, run_frames
from muster.threads.persona_runtime.state import RunState, Update, Words
from muster.threads.persona_runtime.toxicity import ToxicityModel
from threads.persona_runs import PERSONAS, asked

GUARDRAIL = Guardrail(load_rules(), ToxicityModel())
USE = ModelUse(model="small", phase="body", output_tokens=5)


@dataclass(frozen=True)
class LongWindedAuthor:
    """Satisfies `Author`: what it condenses is as long as before."""

    text: str

    def hook(self, brief: Brief) -> Written:
        return Written("A hook", (USE,))

    def body(self, brief: Brief, hook: str) -> Written:
        return Written(self.text, (USE,))

    def condense(self, brief: Brief, hook: str, body: str, problems: Sequence[str]) -> Written:
        return Written(self.text, (USE,))


class AbsentAuthor(LongWindedAuthor):
    def body(self, brief: Brief, hook: str) -> Written:
        raise AuthorFailedError("the model is away", transient=True)


def frames(author: Author | None = None, **given: object) -> list[Frame]:
    context = RunContext(PERSONAS["ai-jesus"], author or OfflineAuthor(), GUARDRAIL)
    return list(run_frames(build_graph(), asked(**given), context))


def drafted(author: Author | None = None, **given: object) -> Draft:
    last = frames(author, **given)[-1]
    assert isinstance(last, Draft)
    return last


def steps(found: list[Frame]) -> list[str]:
    return [one.node for one in found if isinstance(one, RunStep)]


SIGNS = st.characters(exclude_characters="\0", exclude_categories=["Cs"])  # the contract refuses a NUL
TEXT = st.text(SIGNS, max_size=2000) | st.sampled_from(
    ["🙏" * 500, "שלום " * 100, "\u200b" * 50, "{topic}|{a|b}", "https://a.example " * 9]
)


@settings(max_examples=60, deadline=None)
@given(TEXT.map(lambda text: text[:500]), TEXT.map(lambda text: text[:1000]), TEXT, st.integers(0, 2**63 - 1))
def test_every_run_has_hook_and_body_judged_as_they_are_within_the_limits(
    topic: str, pain: str, trend: str, seed: int
) -> None:
    draft = drafted(topic=topic, pain_statement=pain, trend_snippet=trend, seed=seed)
    assert draft.hook.strip()
    assert draft.body.strip()
    assert draft.moderation.text_sha256 == words_sha256(draft.hook, draft.body)
    assert draft.text == compose(draft.hook, draft.body)
    assert not platform_problems(draft.text)


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=2000) | st.sampled_from(["👩\u200d🚀" * 300, "https://a.example/x " * 30]))
def test_so_has_every_run_of_an_author_that_knows_no_limits(text: str) -> None:
    assert not platform_problems(drafted(LongWindedAuthor(text), topic="rest").text)


@pytest.mark.parametrize("text", ["\u200d", "\ue000\u0378", "\u200d https://a.example/x https://a.example/y"])
def test_an_author_of_what_cannot_be_seen_is_given_a_mark(text: str) -> None:
    assert not is_blank(drafted(LongWindedAuthor(text), topic="rest").body)


def test_steps_come_in_order() -> None:
    assert steps(frames(topic="rest")) == ["ingest", "hook_llm", "body_llm", "guardrail", "format"]


def test_it_condenses_three_times_at_most_and_judges_what_is_left() -> None:
    found = frames(LongWindedAuthor("word " * 300), topic="rest")
    assert steps(found).count("condense") == 3
    assert steps(found)[-2:] == ["guardrail", "format"]


def test_no_call_of_a_model_is_lost() -> None:
    assert len(drafted(LongWindedAuthor("word " * 300), topic="rest").uses) == 4


def test_a_failure_is_the_last_frame() -> None:
    assert frames(AbsentAuthor(""), topic="rest")[-1] == RunFailure(reason="the model is away", transient=True)


def test_a_request_in_despair_gets_support_whatever_was_written() -> None:
    moderation = drafted(pain_statement="I want to kill myself").moderation
    assert moderation.verdict == "support"
    assert moderation.response


def test_what_an_author_writes_is_blocked_where_the_rules_say_so() -> None:
    assert drafted(LongWindedAuthor("I will kill you"), topic="rest").moderation.verdict == "blocked"


def test_a_request_that_says_nothing_is_about_a_topic_of_the_persona() -> None:
    step = frames(topic="https://a.example", seed=1)[0]
    assert isinstance(step, RunStep)
    assert step.data == {"subject": PERSONAS["ai-jesus"].topics[1]}


def test_of_two_writers_at_the_same_time_none_is_lost() -> None:
    def hook(state: RunState) -> Update:
        return {"words": Words(hook="a"), "uses": [USE]}

    def body(state: RunState) -> Update:
        return {"words": Words(body="b"), "uses": [USE]}

    builder: Any = StateGraph(RunState)
    for name, node in (("hook", hook), ("body", body)):
        builder.add_node(name, node)
        builder.add_edge(START, name)
        builder.add_edge(name, END)
    found = builder.compile().invoke(RunState(request=asked(topic="rest")))
    assert (found["words"], found["uses"]) == (Words(hook="a", body="b"), [USE, USE])


@pytest.mark.parametrize("persona_id", list(PERSONAS))
def test_the_same_seed_gives_the_same_draft(persona_id: str) -> None:
    assert drafted(persona_id=persona_id, topic="rest", seed=3) == drafted(persona_id=persona_id, topic="rest", seed=3)
