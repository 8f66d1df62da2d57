"""The cluster as a process: found, started once, survived, stopped."""

import json
import os
import signal
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from muster.core.errors import UnreachableError, UsageError
from muster.nomad.embedded.launch import EmbeddedCluster, ensure_cluster, find_cluster, stop_cluster
from nomad.embedded.jobs import job

PATIENCE_S = 20


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "a home"
    yield folder
    if folder.exists():
        stop_cluster(folder)


def ask(cluster: EmbeddedCluster, path: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{cluster.address}{path}", data), timeout=PATIENCE_S) as answer:
        return json.loads(answer.read())


def gone(pid: int) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_two_callers_at_once_get_one_cluster(home: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: ensure_cluster(home), range(2))
    assert first == second == find_cluster(home)


def test_a_job_survives_a_killed_cluster_at_the_same_address(home: Path) -> None:
    before = ensure_cluster(home)
    ask(before, "/v1/jobs", {"Job": job()})
    os.kill(before.pid, signal.SIGKILL)
    assert gone(before.pid)
    after = ensure_cluster(home)
    assert (after.address, after.pid != before.pid) == (before.address, True)
    assert [found["ID"] for found in ask(after, "/v1/jobs")] == ["web"]


def test_a_stopped_cluster_is_no_longer_found(home: Path) -> None:
    cluster = ensure_cluster(home)
    assert stop_cluster(home)
    assert gone(cluster.pid)
    assert find_cluster(home) is None
    assert not stop_cluster(home)


def test_a_cluster_that_nobody_asks_ends(home: Path) -> None:
    assert gone(ensure_cluster(home, idle_exit_s=0.5).pid)


def test_a_file_that_makes_no_sense_is_told_by_the_caller(home: Path, tmp_path: Path) -> None:
    images = tmp_path / "images.yaml"
    images.write_text("zip")
    with pytest.raises(UsageError, match="images file"):
        ensure_cluster(home, images=images)


def test_a_cluster_that_runs_learns_the_images_that_another_caller_brings(home: Path, tmp_path: Path) -> None:
    images = tmp_path / "images.yaml"
    first = ensure_cluster(home)
    ask(first, "/v1/jobs", {"Job": job()})
    images.write_text("images:\n  - image: 'web:1'\n    pull_error: no such image\n")
    second = ensure_cluster(home, images=images)
    assert (second.address, second.pid != first.pid) == (first.address, True)
    assert [found["ID"] for found in ask(second, "/v1/jobs")] == ["web"]
    assert ensure_cluster(home, images=images) == second
    assert ensure_cluster(home) == second


def test_the_first_start_decides_which_machines_there_are(home: Path, tmp_path: Path) -> None:
    nodes = tmp_path / "nodes.yaml"
    nodes.write_text("nodes: [{name: one}]")
    first = ensure_cluster(home, nodes=nodes)
    assert ensure_cluster(home, nodes=nodes) == first
    nodes.write_text("nodes: [{name: two}]")
    with pytest.raises(UsageError, match="has other nodes already"):
        ensure_cluster(home, nodes=nodes)


def test_a_home_that_cannot_be_made_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="can't be made"):
        ensure_cluster(tmp_path / "file" / "home")


def test_real_time_runs_with_the_wall_clock(home: Path) -> None:
    cluster = ensure_cluster(home, real_time=True)
    ask(cluster, "/v1/jobs", {"Job": job()})
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and not ask(cluster, "/v1/job/web/allocations"):
        time.sleep(0.05)
    assert ask(cluster, "/v1/job/web/allocations")


@pytest.mark.parametrize("state", ["[1]", "{}", "x", '{"address": 3, "pid": "x"}'])
def test_a_state_file_that_makes_no_sense_is_no_cluster(home: Path, state: str) -> None:
    home.mkdir()
    (home / "embedded.json").write_text(state)
    assert find_cluster(home) is None


def test_only_what_this_start_said_is_quoted(home: Path) -> None:
    home.mkdir()
    (home / "embedded.log").write_text("an old complaint\n")
    (home / "journal.jsonl").write_text("garbage\n")
    with pytest.raises(UnreachableError, match=r"journal.jsonl, line 1") as failed:
        ensure_cluster(home)
    assert "old complaint" not in failed.value.message
