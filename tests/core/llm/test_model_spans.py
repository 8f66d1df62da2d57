import pytest

from core.llm.asking import GOOD, KEY, Workload, asked, model_of
from muster.core.errors import ServiceError
from muster.core.llm.ports import Prompt
from muster.core.observability.tracing import traced_by
from muster.core.prompts.ref import PromptRef
from muster.core.testing.openai_double import OpenAIDouble, echoes, fails, rejects, says
from muster.core.testing.tracing import RecordedUsage, RecordingTracer

REF = PromptRef("classify_workload", 7, "production", "file")
NAME = "chat Qwen/Qwen3-32B"


def test_a_call_is_a_generation_with_model_tokens_cost_and_prompt() -> None:
    tracer = RecordingTracer()
    with OpenAIDouble(says(GOOD)) as double, traced_by(tracer):
        model_of(double).complete(Prompt("Say it.", "x", REF), Workload)
    one = tracer.named(NAME)
    assert one.kind == "generation"
    assert one.used == RecordedUsage("Qwen/Qwen3-32B", 120, 30, 0.00024, REF)
    assert one.said == GOOD
    assert "Say it." in str(one.input)


def test_tokens_that_nobody_counted_are_not_known_to_the_span() -> None:
    tracer = RecordingTracer()
    with OpenAIDouble(says(GOOD, counts=None)) as double, traced_by(tracer):
        asked(model_of(double))
    assert tracer.named(NAME).used == RecordedUsage("Qwen/Qwen3-32B", None, None, None, None)


def test_a_span_says_what_was_asked_for() -> None:
    tracer = RecordingTracer()
    with OpenAIDouble(rejects("temperature", says(GOOD))) as double, traced_by(tracer):
        asked(model_of(double))
    first, second = (one.attributes for one in tracer.spans())
    assert (first["provider"], first["max_tokens"], first["temperature"]) == ("vllm", 100, 0.0)
    assert "temperature" not in second


def test_each_try_is_a_span_and_a_failed_one_says_why() -> None:
    tracer = RecordingTracer()
    with OpenAIDouble(fails(500, "on fire"), says(GOOD)) as double, traced_by(tracer):
        asked(model_of(double))
    first, second = tracer.spans()
    assert (first.level, second.level) == ("error", "default")
    assert "on fire" in first.message
    assert (first.attributes["attempt"], second.attributes["attempt"]) == (1, 2)


def test_an_answer_that_was_cut_off_is_a_warning() -> None:
    tracer = RecordingTracer()
    with OpenAIDouble(says('{"ki', ending="length")) as double, traced_by(tracer):
        asked(model_of(double))
    assert [one.level for one in tracer.spans()] == ["warning", "warning"]


def test_the_key_is_in_no_span() -> None:
    tracer = RecordingTracer()
    with OpenAIDouble(echoes(401)) as double, traced_by(tracer), pytest.raises(ServiceError):
        asked(model_of(double))
    assert KEY not in repr(tracer.spans())
