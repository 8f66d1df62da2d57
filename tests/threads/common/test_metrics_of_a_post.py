"""Which metrics one post feeds on its way through all services: a process of its own, for counts are a process's."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from threads.common.metric_samples import samples

SCRIPT = Path(__file__).with_name("one_post.py")
PHASES = {
    "accept", "queue", "ingest", "hook", "body", "guardrail", "format", "moderation", "publish", "task",
}  # fmt: skip
OF_THE_DESIGN = {
    "request_latency_seconds", "llm_tokens", "posts_generated", "cost_per_post_usd", "openai_cost_hourly_dollars",
    "service_uptime_seconds", "error_rate_percentage",
}  # fmt: skip
"""Counters without their `_total`, as the parser names them."""
OF_ENGAGEMENT = {"posts_engagement_rate", "revenue_projection_monthly", "cost_per_follow_dollars"}
BESIDE_THEM = {
    "http_request_seconds", "task_step_seconds", "celery_queue_depth", "database_pool_connections",
    "qdrant_operation_seconds", "content_quality_score",
}  # fmt: skip


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    home = tmp_path_factory.mktemp("post")
    environment = {**os.environ, "MUSTER_HOME": str(home), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, str(SCRIPT)], env=environment, cwd=home, capture_output=True, text=True, timeout=120, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def families(told: str) -> set[str]:
    return {family.name for family in text_string_to_metric_families(told) if family.samples}


def test_a_post_feeds_each_metric_of_the_design_that_needs_no_engagement(told: str) -> None:
    assert families(told) & (OF_THE_DESIGN | OF_ENGAGEMENT) == OF_THE_DESIGN


def test_a_post_feeds_the_ones_beside_them(told: str) -> None:
    assert families(told) >= BESIDE_THEM


def test_each_phase_of_a_post_is_timed(told: str) -> None:
    found = samples(told)
    assert {phase for phase in PHASES if f"request_latency_seconds_count{{phase={phase}}}" in found} == PHASES


def test_every_service_counts_its_requests(told: str) -> None:
    found = samples(told)
    services = ("orchestrator", "persona-runtime", "celery-worker", "embedded-qdrant", "fake-threads")
    assert all(found[f"service_operations_total{{service_name={name}}}"] > 0 for name in services)


def test_connections_that_were_taken_are_given_back(told: str) -> None:
    found = samples(told)
    assert found["database_pool_connections{state=open}"] > 0
    assert found["database_pool_connections{state=in_use}"] == 0
