"""A run of the command line as its trace shows it, from the first client to the repaired job."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.observability.tracing_to_double import named, read_back, tree
from e2e.calling import DOCKERFILE, Shell, write
from muster.core.testing.langfuse_double.server import RecordingLangfuse
from muster.nomad.agent import load
from muster.nomad.embedded.launch import stop_cluster

pytestmark = pytest.mark.e2e

IMAGES = """
images:
  - {image: "shop:1", memory_mb: 700, ready_s: 1}
"""
COMPOSE = """
services:
  shop:
    image: shop:1
    ports: ["8080:8080"]
    environment: {MODE: fast}
"""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[RecordingLangfuse]:
    """A Langfuse, and an environment that names it."""
    with RecordingLangfuse() as running:
        monkeypatch.setenv("LANGFUSE_ENABLED", "true")
        monkeypatch.setenv("LANGFUSE_PUBLIC_KEY", running.public_key)
        monkeypatch.setenv("LANGFUSE_SECRET_KEY", running.secret_key)
        monkeypatch.setenv("LANGFUSE_BASE_URL", running.address)
        yield running


def test_generate_is_a_trace_and_prints_its_session(shell: Shell, server: RecordingLangfuse, tmp_path: Path) -> None:
    write(tmp_path / "shop", Dockerfile=DOCKERFILE)
    said = shell("generate", "shop", "--no-questions")
    assert said.code == 0
    assert f"traces: session {shell.last_run().id}" in said.err.splitlines()
    found = {name: set(below) for name, below in tree(server)["nomad"].items()}
    assert list(found) == [
        "graph_start",
        "check_services",
        "accept_services",
        "discover_sources",
        "select_sources",
        "merge_sources",
        "analyze_sources",
        "inspect_cluster",
        "inspect_estate",
        "recall_memories",
        "prepare_questions",
        "collect_answers",
        "generate_spec",
        "learn_outcome",
    ]
    assert found["discover_sources"] >= {"find_dockerfiles", "parse_dockerfile"}
    assert found["merge_sources"] == {"detect_env_vars"}
    assert found["prepare_questions"] == {"suggest_env_configs"}
    assert found["generate_spec"] == {"suggest_resources"}


def test_graph_start_says_the_source(shell: Shell, server: RecordingLangfuse, tmp_path: Path) -> None:
    write(tmp_path / "shop", Dockerfile=DOCKERFILE)
    shell("generate", "shop", "--prompt", "2 replicas", "--no-questions")
    start = str(named(server, "graph_start").attributes["input.value"])
    assert '"source": "shop", "prompt": "2 replicas", "goal": "spec"' in start


def test_each_line_of_the_log_about_a_step_names_the_span_of_that_step(
    shell: Shell, server: RecordingLangfuse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "shop", Dockerfile=DOCKERFILE)
    monkeypatch.setenv("LOG_FORMAT", "json")
    monkeypatch.setenv("LOG_LEVEL", "debug")
    said = shell("generate", "shop", "--no-questions")
    lines = [json.loads(line) for line in said.err.splitlines() if line.startswith("{")]
    names = {one.id: one.name for one in server.project.observations.values()}
    about_steps = [one for one in lines if "node" in one]
    assert {one["node"] for one in about_steps} == {*tree(server)["nomad"]} - {"graph_start"}
    assert [one for one in about_steps if names[one["span"]] != one["node"]] == []


def test_the_tags_are_the_products_and_the_agents(shell: Shell, server: RecordingLangfuse, tmp_path: Path) -> None:
    write(tmp_path / "shop", Dockerfile=DOCKERFILE)
    shell("generate", "shop", "--no-questions")
    assert {tuple(one.tags) for one in read_back(server)} == {("nomad-job-spec", "nomad")}


def test_a_deployment_shows_its_clients_its_failure_its_repair_and_its_scores(
    shell: Shell, server: RecordingLangfuse, tmp_path: Path
) -> None:
    write(tmp_path / "shop", compose__yaml=COMPOSE)
    (tmp_path / "images.yaml").write_text(IMAGES)
    try:
        said = shell("deploy", "shop", "--embedded", "--images", "images.yaml", "--no-questions")
    finally:
        stop_cluster(load().muster_home / "embedded")
    assert said.code == 0
    steps = tree(server)["nomad"]
    assert next(iter(steps)) == "start_nomad_client"
    assert set(steps["inspect_cluster"]) == {"get_nomad_version"}
    failed = [one for one in read_back(server) if one.level == "WARNING"]
    assert [one.name for one in failed] == ["verify_job"]
    assert "killed at its limit of 512 MB" in failed[0].status_message
    scores = {one["name"]: one["value"] for one in server.project.scores.values()}
    assert (scores["outcome"], scores["iterations"]) == (1.0, 1.0)
    assert "fix_spec" in steps


def test_a_langfuse_that_never_answers_costs_seven_seconds_at_most(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write(tmp_path / "shop", Dockerfile=DOCKERFILE)
    plain_s = seconds_of(lambda: shell("generate", "shop", "--no-questions"))
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        monkeypatch.setenv("LANGFUSE_ENABLED", "true")
        monkeypatch.setenv("LANGFUSE_PUBLIC_KEY", "pk-lf-deaf")
        monkeypatch.setenv("LANGFUSE_SECRET_KEY", "sk-lf-deaf")
        monkeypatch.setenv("LANGFUSE_BASE_URL", f"http://127.0.0.1:{deaf.getsockname()[1]}")
        hanging_s = seconds_of(lambda: shell("generate", "shop", "--no-questions"))
    assert hanging_s - plain_s < 7
    assert shell.last_run().status == "finished"


def seconds_of(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def test_traces_without_keys_are_refused_before_anything_is_done(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write(tmp_path / "shop", Dockerfile=DOCKERFILE)
    monkeypatch.setenv("LANGFUSE_ENABLED", "true")
    said = shell("generate", "shop", "--no-questions")
    assert said.code == 2
    assert "LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY are not set" in said.err
    assert shell.runs() == ()


def test_without_traces_nothing_is_printed_of_them(shell: Shell, tmp_path: Path) -> None:
    write(tmp_path / "shop", Dockerfile=DOCKERFILE)
    assert "traces:" not in shell("generate", "shop", "--no-questions").err
