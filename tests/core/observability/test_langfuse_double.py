"""The double answers Langfuse's own SDK as the server does: spans, observations by page and filter, scores."""

import json
import time
from collections.abc import Generator
from contextlib import contextmanager
from uuid import uuid4

import httpx
import pytest
from langfuse import Langfuse, propagate_attributes
from langfuse.api import CreateScoreBatchResults, CreateScoreRequest, Error, UnauthorizedError
from opentelemetry.sdk.trace import TracerProvider

from core.observability.tracing_to_double import api_of, named, read_back, tree
from muster.core.testing.langfuse_double.server import RecordingLangfuse


@pytest.fixture
def server() -> Generator[RecordingLangfuse]:
    with RecordingLangfuse(public_key=f"pk-lf-{uuid4()}") as running:  # the SDK keeps one client for each public key
        yield running


@contextmanager
def sdk(server: RecordingLangfuse) -> Generator[Langfuse]:
    provider = TracerProvider(shutdown_on_exit=False)
    with httpx.Client() as http:
        client = Langfuse(
            public_key=server.public_key,
            secret_key=server.secret_key,
            base_url=server.address,
            tracer_provider=provider,
            httpx_client=http,
        )
        yield client
        client.shutdown()
        provider.shutdown()


def three_spans(server: RecordingLangfuse) -> None:
    with (
        sdk(server) as client,
        propagate_attributes(session_id="a-session", user_id="ada", tags=["one", "two"]),
        client.start_as_current_observation(name="run", as_type="agent", input={"goal": "box"}),
    ):
        time.sleep(0.01)  # the API's times are milliseconds
        with client.start_as_current_observation(name="chat", as_type="generation", model="a-model") as chat:
            chat.update(output="fine", usage_details={"input": 3, "output": 4}, cost_details={"total": 0.5})
        time.sleep(0.01)
        with client.start_as_current_observation(name="tool", as_type="tool") as tool:
            tool.update(level="WARNING", status_message="slow", metadata={"files": 3})


def test_spans_of_the_sdk_are_read_back_with_all_that_they_say(server: RecordingLangfuse) -> None:
    three_spans(server)
    run, chat, tool = read_back(server)
    assert tree(server) == {"run": {"chat": {}, "tool": {}}}
    assert (run.type, run.input, run.is_root_observation) == ("AGENT", '{"goal": "box"}', True)
    assert (run.session_id, run.user_id, sorted(run.tags)) == ("a-session", "ada", ["one", "two"])
    assert (chat.model, chat.output, chat.usage_details, chat.total_cost) == (
        "a-model",
        "fine",
        {"input": 3, "output": 4},
        0.5,
    )
    assert (tool.level, tool.status_message, tool.metadata["files"]) == ("WARNING", "slow", "3")


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"name": "chat"}, ["chat"]),
        ({"type": "TOOL"}, ["tool"]),
        ({"is_root_observation": True}, ["run"]),
        ({"is_root_observation": False}, ["chat", "tool"]),
        ({"parent_observation_id": ""}, ["run"]),
        ({"user_id": "bob"}, []),
        (
            {"filter": json.dumps([{"type": "string", "column": "model", "operator": "=", "value": "a-model"}])},
            ["chat"],
        ),
        (
            {
                "filter": json.dumps(
                    [{"type": "stringObject", "column": "metadata", "key": "files", "operator": "=", "value": "3"}]
                )
            },
            ["tool"],
        ),
    ],
)
def test_observations_are_filtered(server: RecordingLangfuse, asked: dict[str, object], names: list[str]) -> None:
    three_spans(server)
    assert [one.name for one in read_back(server, **asked)] == names


def test_observations_of_a_time_are_filtered(server: RecordingLangfuse) -> None:
    three_spans(server)
    run, chat, tool = read_back(server)
    assert [one.name for one in read_back(server, from_start_time=chat.start_time)] == ["chat", "tool"]
    assert [one.name for one in read_back(server, to_start_time=tool.start_time)] == ["run", "chat"]
    assert run.end_time >= tool.end_time


def test_only_the_groups_that_are_asked_for_are_given(server: RecordingLangfuse) -> None:
    three_spans(server)
    with api_of(server) as api:
        row = api.observations.get_many(name="run").data[0]
    assert (row.name, row.input, row.tags) == ("run", None, None)


def test_long_metadata_is_cut_unless_it_is_asked_for(server: RecordingLangfuse) -> None:
    with sdk(server) as client, client.start_as_current_observation(name="run", metadata={"log": "x" * 900}):
        pass
    with api_of(server) as api:
        cut = api.observations.get_many(fields="metadata").data[0].metadata
        whole = api.observations.get_many(fields="metadata", expand_metadata="log").data[0].metadata
    assert cut is not None
    assert whole is not None
    assert (len(cut["log"]), len(whole["log"])) == (200, 902)


@pytest.mark.parametrize(
    "asked", [{"fields": "everything"}, {"limit": 5000}, {"cursor": "!"}, {"parse_io_as_json": True}]
)
def test_what_the_server_refuses_is_refused(server: RecordingLangfuse, asked: dict[str, object]) -> None:
    with api_of(server) as api, pytest.raises(Error):
        api.observations.get_many(**asked)  # type: ignore[arg-type]  # each is right for its parameter


def test_scores_of_the_sdk_are_read_back(server: RecordingLangfuse) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    with sdk(server) as client:
        client.create_score(name="outcome", value=1, data_type="BOOLEAN", trace_id=trace, comment="healthy")
        client.create_score(name="kind", value="good", data_type="CATEGORICAL", session_id="a-session")
    with api_of(server) as api:
        (outcome,) = api.scores.get_many(trace_id=trace, fields="details,subject").data
        names = sorted(one.name for one in api.scores.get_many().data)
    assert (outcome.name, outcome.value, outcome.comment) == ("outcome", True, "healthy")
    assert outcome.subject is not None
    assert outcome.subject.kind == "trace"
    assert names == ["kind", "outcome"]


@pytest.mark.parametrize(
    "wrong",
    [
        CreateScoreRequest(name="outcome", value=1.0),
        CreateScoreRequest(name="outcome", value=1.0, trace_id="t", session_id="s"),
        CreateScoreRequest(name="", value=1.0, trace_id="t"),
    ],
)
def test_a_score_that_is_none_is_rejected_and_the_others_are_taken(
    server: RecordingLangfuse, wrong: CreateScoreRequest
) -> None:
    right = CreateScoreRequest(name="iterations", value=2, trace_id="t")
    with api_of(server) as api:
        answer = api.scores.create(request=[wrong, right])
    assert isinstance(answer, CreateScoreBatchResults)
    assert (answer.accepted, answer.rejected) == (1, 1)
    assert [one["name"] for one in server.project.scores.values()] == ["iterations"]


def test_wrong_keys_are_refused(server: RecordingLangfuse) -> None:
    with httpx.Client(base_url=server.address, auth=("pk-lf-wrong", "sk")) as http:
        assert http.post("/api/public/otel/v1/traces", content=b"").status_code == 401
    with api_of(server) as api:
        server.secret_key = "sk-another"
        with pytest.raises(UnauthorizedError):
            api.observations.get_many()


def test_bytes_that_are_no_spans_are_refused(server: RecordingLangfuse) -> None:
    with httpx.Client(base_url=server.address, auth=(server.public_key, server.secret_key)) as http:
        for headers in ({}, {"Content-Encoding": "gzip"}):
            assert http.post("/api/public/otel/v1/traces", content=b"rubbish", headers=headers).status_code == 400


def test_a_span_says_where_it_comes_from(server: RecordingLangfuse) -> None:
    three_spans(server)
    assert named(server, "run").resource["telemetry.sdk.language"] == "python"
