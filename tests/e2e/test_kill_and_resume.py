"""Kill -9 anywhere, resume with nothing but the id: only the interrupted step runs again, nothing is registered twice."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from muster.app.agents import AGENTS, load_agent
from muster.core.clock import SystemClock
from muster.core.gates.front import DefaultsFront
from muster.core.memory.opening import open_memory
from muster.core.runs.opening import old_run, pick_up
from muster.core.runs.run import Finished
from muster.core.runs.store import RunFolder, RunStore
from muster.nomad.agent import load
from muster.nomad.embedded.launch import find_cluster, stop_cluster

EXAMPLE = Path(__file__).parents[2] / "examples" / "nomad" / "memory-test"
KILLED_RUN = Path(__file__).with_name("killed_run.py")
NODES = (
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
    "validate_spec",
    "accept_findings",
    "plan_job",
    "approve_plan",
    "deploy_job",
    "verify_job",
    "diagnose_failure",
    "fix_spec",
    "clean_up",
    "learn_outcome",
)
CALLS = ("plan", "register", "watch")

pytestmark = pytest.mark.e2e


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("MUSTER_HOME", str(tmp_path / "muster"))
    yield tmp_path / "muster"
    stop_cluster(tmp_path / "muster" / "embedded")


def killed(home: Path, kind: str, name: str) -> RunFolder:
    argv = [sys.executable, str(KILLED_RUN), str(EXAMPLE), str(EXAMPLE / "images.yaml"), kind, name]
    environment = {**os.environ, "MUSTER_HOME": str(home)}
    ended = subprocess.run(argv, env=environment, check=False, capture_output=True, text=True, timeout=120)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    (folder,) = RunStore(home).folders()
    assert folder.current_row().status == "crashed"
    return folder


def resumed(folder: RunFolder) -> Finished:
    with old_run(load_agent("nomad", AGENTS), folder, clock=SystemClock()) as run:
        return pick_up(run, DefaultsFront())


def registrations(home: Path, job: str) -> int:
    cluster = find_cluster(home / "embedded")
    assert cluster is not None
    versions = httpx.get(f"{cluster.address}/v1/job/{job}/versions", trust_env=False).json()["Versions"]
    return len(versions)


@pytest.mark.parametrize("node", NODES)
def test_a_run_killed_at_a_node_ends_healthy_with_one_registration_an_attempt(home, node):
    finished = resumed(killed(home, "node", node))
    assert finished.verdict.ok
    assert registrations(home, "memory-test") == len(finished.state.repairs) + 1


@pytest.mark.parametrize("call", CALLS)
def test_a_call_whose_answer_was_lost_is_not_made_twice(home, call):
    finished = resumed(killed(home, "call", call))
    assert finished.verdict.ok
    assert registrations(home, "memory-test") == len(finished.state.repairs) + 1


def test_a_lesson_whose_storing_was_not_saved_is_not_stored_twice(home):
    finished = resumed(killed(home, "call", "remember"))
    assert finished.verdict.ok
    memos = open_memory(load(), home).all()
    assert len(memos) == len(finished.state.repairs)


def test_every_node_of_the_graph_is_killed_somewhere(home):
    from muster.nomad.graph import build_graph

    asked_only_in_doubt = {"ask_advice"}
    assert set(build_graph().nodes) == set(NODES) | asked_only_in_doubt
