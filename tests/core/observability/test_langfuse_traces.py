"""What Langfuse gets of a trace: sent over HTTP, read back with Langfuse's own client."""

from collections.abc import Generator

import pytest
from langfuse.api import ObservationLevel

from core.observability.tracing_to_double import IDENTITY, api_of, named, read_back, traced_to, tree
from muster.core.errors import WorkFailedError
from muster.core.observability.tracing import span, span_id
from muster.core.prompts.ref import PromptRef
from muster.core.testing.langfuse_double.server import RecordingLangfuse
from muster.core.version import muster_version


@pytest.fixture
def server() -> Generator[RecordingLangfuse]:
    with RecordingLangfuse() as running:
        yield running


def test_the_tree_that_is_read_back_is_the_one_that_was_opened(server: RecordingLangfuse) -> None:
    with traced_to(server), span("run", kind="agent"):
        with span("gather"), span("clone", kind="tool"):
            pass
        with span("act"), span("chat a-model", kind="generation"):
            pass
    found = read_back(server)
    ids = {one.id: one.name for one in found}
    assert [(one.name, ids.get(one.parent_observation_id), one.type) for one in found] == [
        ("run", None, "AGENT"),
        ("gather", "run", "SPAN"),
        ("clone", "gather", "TOOL"),
        ("act", "run", "SPAN"),
        ("chat a-model", "act", "GENERATION"),
    ]
    assert tree(server) == {"run": {"gather": {"clone": {}}, "act": {"chat a-model": {}}}}


def test_every_span_belongs_to_the_session_and_says_who_and_what(server: RecordingLangfuse) -> None:
    with traced_to(server), span("run", kind="agent"), span("inner"):
        pass
    for one in read_back(server, session_id=IDENTITY.session):
        assert (one.session_id, one.user_id, one.trace_name) == (IDENTITY.session, "ada", "sample")
        assert one.tags == ["a-tag", "sample"]
        assert one.release == muster_version()
    assert len(read_back(server, session_id="another")) == 0


def test_input_output_and_facts_are_read_back(server: RecordingLangfuse) -> None:
    with traced_to(server), span("clone", kind="tool", input={"url": "https://host/x.git"}) as clone:
        clone.output("done")
        clone.set(files=12, language="go", whole=True)
    (one,) = read_back(server)
    assert (one.input, one.output) == ('{"url": "https://host/x.git"}', "done")
    assert one.metadata == {"files": 12, "language": "go", "whole": True}


def test_a_generation_carries_model_tokens_cost_and_prompt(server: RecordingLangfuse) -> None:
    prompt = PromptRef("generation", 4, "production", "langfuse")
    with traced_to(server), span("chat a-model", kind="generation", input="question") as chat:
        chat.usage("a-model", input_tokens=100, output_tokens=20, cost_usd=0.0125, prompt=prompt)
    (one,) = read_back(server, type="GENERATION")
    assert (one.model, one.usage_details) == ("a-model", {"input": 100, "output": 20})
    assert (one.total_cost, one.cost_details) == (0.0125, {"total": 0.0125})
    assert (one.prompt_name, one.prompt_version) == ("generation", 4)
    assert one.metadata["prompt_label"] == "production"


def test_a_generation_follows_the_genai_conventions(server: RecordingLangfuse) -> None:
    with traced_to(server), span("chat a-model", kind="generation") as chat:
        chat.set(provider="vllm", max_tokens=400)
        chat.usage("a-model-2", input_tokens=100, output_tokens=20, prompt=PromptRef("fix", 1, "production", "file"))
    said = {
        name: value for name, value in named(server, "chat a-model").attributes.items() if name.startswith("gen_ai.")
    }
    assert said == {
        "gen_ai.operation.name": "chat",
        "gen_ai.agent.name": "sample",
        "gen_ai.conversation.id": IDENTITY.session,
        "gen_ai.provider.name": "vllm",
        "gen_ai.request.model": "a-model",
        "gen_ai.request.max_tokens": 400,
        "gen_ai.response.model": "a-model-2",
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.output_tokens": 20,
        "gen_ai.prompt.name": "fix",
    }


def test_a_tool_follows_the_genai_conventions(server: RecordingLangfuse) -> None:
    with traced_to(server), span("clone", kind="tool"):
        pass
    said = named(server, "clone").attributes
    assert (said["gen_ai.operation.name"], said["gen_ai.tool.name"]) == ("execute_tool", "clone")


def test_an_exception_is_named_by_its_kind(server: RecordingLangfuse) -> None:
    with traced_to(server), pytest.raises(WorkFailedError), span("broken"):
        raise WorkFailedError("no such repository")
    assert named(server, "broken").attributes["error.type"] == "WorkFailedError"


def test_a_generation_that_failed_still_says_its_model(server: RecordingLangfuse) -> None:
    with traced_to(server), span("chat a-model", kind="generation") as chat:
        chat.fail("status 500")
    (one,) = read_back(server, level=ObservationLevel.ERROR)
    assert (one.model, one.usage_details) == ("a-model", {})


def test_tokens_that_nobody_counted_are_left_out_and_never_nothing(server: RecordingLangfuse) -> None:
    with traced_to(server), span("chat a-model", kind="generation") as chat:
        chat.usage("a-model", input_tokens=None, output_tokens=None)
    (one,) = read_back(server)
    assert (one.model, one.usage_details) == ("a-model", {})


def test_an_unknown_price_is_left_out_and_never_nothing(server: RecordingLangfuse) -> None:
    with traced_to(server), span("chat a-model", kind="generation") as chat:
        chat.usage("a-model", input_tokens=1, output_tokens=1)
    (one,) = read_back(server)
    assert (one.total_cost, one.cost_details) == (None, {})


@pytest.mark.parametrize(
    "ref", [PromptRef("fix", 2, "production", "file", fallback=True), PromptRef("fix", 2, "", "file")]
)
def test_a_prompt_from_a_file_is_named_and_langfuse_is_not_pointed_to_it(
    server: RecordingLangfuse, ref: PromptRef
) -> None:
    with traced_to(server), span("chat", kind="generation") as chat:
        chat.usage("a-model", input_tokens=1, output_tokens=1, prompt=ref)
    (one,) = read_back(server)
    assert one.prompt_name is None
    assert (one.metadata["prompt_name"], one.metadata["prompt_source"]) == ("fix", "file")
    assert one.metadata["prompt_fallback"] is ref.fallback


def test_warnings_and_errors_have_a_level_and_a_message(server: RecordingLangfuse) -> None:
    with traced_to(server), span("run"):
        with span("slow") as slow:
            slow.warn("took long")
        with span("empty") as empty:
            empty.fail("nothing found")
        with pytest.raises(WorkFailedError), span("broken"):
            raise WorkFailedError("no such repository")
    assert [(one.name, one.level, one.status_message) for one in read_back(server)] == [
        ("run", "DEFAULT", None),
        ("slow", "WARNING", "took long"),
        ("empty", "ERROR", "nothing found"),
        ("broken", "ERROR", "WorkFailedError: no such repository"),
    ]


def test_an_error_is_one_for_backends_that_know_only_opentelemetry(server: RecordingLangfuse) -> None:
    with pytest.raises(ZeroDivisionError), traced_to(server), span("broken"):
        raise ZeroDivisionError("by nothing")
    assert named(server, "broken").error == "ZeroDivisionError: by nothing"


def test_a_trace_points_to_the_one_before(server: RecordingLangfuse) -> None:
    with traced_to(server) as first, span("run", kind="agent"):
        before = first.traceparent()
    with traced_to(server, after=before), span("run again", kind="agent"):
        pass
    again = named(server, "run again")
    assert again.links == (before.split("-")[1],)
    assert again.trace_id != before.split("-")[1]


@pytest.mark.parametrize("after", ["", "rubbish", "00-zz-11-01", "00-" + "0" * 32 + "-" + "0" * 16 + "-01"])
def test_a_trace_points_nowhere_where_nothing_is_known_of_the_one_before(server: RecordingLangfuse, after: str) -> None:
    with traced_to(server, after=after), span("run", kind="agent"):
        pass
    assert named(server, "run").links == ()


def test_the_id_of_the_open_span_is_the_one_that_is_sent(server: RecordingLangfuse) -> None:
    with traced_to(server), span("run"):
        here = span_id()
    assert span_id() == ""
    assert named(server, "run").id == here


def test_many_spans_arrive_in_several_batches(server: RecordingLangfuse) -> None:
    with traced_to(server), span("run"):
        for number in range(300):
            with span(f"step {number}", input="x" * 500):
                pass
    assert len(server.project.observations) == 301


def test_the_real_client_finds_the_errors_alone(server: RecordingLangfuse) -> None:
    with traced_to(server), span("run"), span("bad") as bad:
        bad.fail("no")
    with api_of(server) as api:
        (one,) = api.observations.get_many(level=ObservationLevel.ERROR).data
    assert (one.name, one.input) == ("bad", None)
