"""Many deployments at once against one embedded cluster: none is lost, none registers twice, none hears of another.

Forty runs, as a machine of two cores takes a minute for them; `bench/concurrency.py` has a hundred.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from e2e.many_deploys import Deployed
from muster.core.runs.store import RunFolder, RunStore
from muster.nomad.embedded.launch import find_cluster, stop_cluster

pytestmark = pytest.mark.e2e

MANY_DEPLOYS = Path(__file__).with_name("many_deploys.py")
OWN = tuple(f"own-{number:02}" for number in range(32))
SHARED = tuple(f"shared-{number}" for number in range(4))
"""Applications that two runs deploy, each with a mark of its own."""
PROCESSES = 2
MARK = re.compile(r"mark-of-[a-z0-9-]+")
SUPERSEDED = "failed: somebody registered a newer version of the job before this one was healthy"
STALE = "the job is no longer the planned one"
IMAGES = "images:\n  - {image: 'acme/*', memory_mb: 30, ready_s: 1}\n"
NODES = "nodes:\n" + "".join(f"  - {{name: node-{n}, cpu_mhz: 32000, memory_mb: 65536}}\n" for n in range(3))


@dataclass(frozen=True)
class Crowd:
    """What became of all runs, and what the cluster says of their jobs."""

    home: Path
    metrics: Path
    runs: dict[str, Deployed]
    versions: dict[str, list[dict[str, Any]]]
    evaluations: dict[str, list[dict[str, Any]]]

    def folder(self, source: str) -> RunFolder:
        return RunStore(self.home).folder(self.runs[source].run)

    def registrations(self, job: str) -> int:
        return sum(one["TriggeredBy"] == "job-register" for one in self.evaluations[job])


def application(root: Path, side: str, name: str) -> Path:
    """A repository of that name; the side is part of its mark."""
    folder = root / side / name
    folder.mkdir(parents=True)
    service = f"image: acme/{name}:1\n    ports: ['8080:8080']\n    environment: {{MARK: mark-of-{side}-{name}}}"
    (folder / "compose.yaml").write_text(f"services:\n  {name}:\n    {service}\n")
    return folder


def mark_of(source: str) -> str:
    return f"mark-of-{Path(source).parent.name}-{Path(source).name}"


def environment(root: Path) -> dict[str, str]:
    """Nothing that settings read, but a home and a file for metrics."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "MUSTER_HOME": str(root / "home"), "METRICS_TEXTFILE": str(root / "muster.prom")}


def deploy_all(root: Path, sources: list[str]) -> dict[str, Deployed]:
    """Deploy everything at once; the applications of one name are in one process, where they meet."""
    (root / "images.yaml").write_text(IMAGES)
    (root / "nodes.yaml").write_text(NODES)
    ordered = sorted(sources, key=lambda source: Path(source).name)
    half = len(ordered) // PROCESSES // 2 * 2
    command = [sys.executable, str(MANY_DEPLOYS), "images.yaml", "nodes.yaml"]
    processes = [
        subprocess.Popen([*command, *part], cwd=root, env=environment(root), stdout=subprocess.PIPE, text=True)
        for part in (ordered[:half], ordered[half:])
    ]
    printed = [process.communicate(timeout=600)[0] for process in processes]
    found = [Deployed(**one) for text in printed for one in json.loads(text)]
    return {one.source: one for one in found}


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    """Forty runs that nobody started a cluster for; it is stopped at the end."""
    root = tmp_path_factory.mktemp("crowd")
    wanted = [*(("a", name) for name in (*OWN, *SHARED)), *(("b", name) for name in SHARED)]
    runs = deploy_all(root, [str(application(root, side, name)) for side, name in wanted])
    cluster = find_cluster(root / "home" / "embedded")
    assert cluster is not None
    with httpx.Client(base_url=cluster.address, trust_env=False) as client:
        jobs = sorted(one["ID"] for one in client.get("/v1/jobs").json())
        versions = {job: client.get(f"/v1/job/{job}/versions").json()["Versions"] for job in jobs}
        evaluations = {job: client.get(f"/v1/job/{job}/evaluations").json() for job in jobs}
    yield Crowd(root / "home", root / "muster.prom", runs, versions, evaluations)
    stop_cluster(root / "home" / "embedded")


def newest(versions: list[dict[str, Any]]) -> dict[str, Any]:
    return max(versions, key=lambda one: one["Version"])


def marks_on_cluster(versions: list[dict[str, Any]]) -> list[str]:
    return [one["TaskGroups"][0]["Tasks"][0]["Env"]["MARK"] for one in versions]


def test_no_run_is_lost(crowd: Crowd) -> None:
    assert {one.summary for one in crowd.runs.values() if not one.ok} <= {SUPERSEDED}
    assert len({one.run for one in crowd.runs.values()}) == len(OWN) + 2 * len(SHARED)


def test_every_application_ends_healthy(crowd: Crowd) -> None:
    assert {Path(one.source).name for one in crowd.runs.values() if one.ok} == {*OWN, *SHARED}
    assert {job for job, versions in crowd.versions.items() if newest(versions)["Stop"]} == set()


def test_every_job_is_there_and_no_other(crowd: Crowd) -> None:
    assert set(crowd.versions) == {*OWN, *SHARED}


def test_an_application_of_its_own_is_registered_once(crowd: Crowd) -> None:
    assert {(len(crowd.versions[job]), crowd.registrations(job)) for job in OWN} == {(1, 1)}


def test_a_job_has_the_environment_of_its_own_application(crowd: Crowd) -> None:
    assert {job: marks_on_cluster(crowd.versions[job]) for job in OWN} == {job: [f"mark-of-a-{job}"] for job in OWN}


def test_two_runs_of_one_job_register_a_version_each(crowd: Crowd) -> None:
    assert {crowd.registrations(job) for job in SHARED} == {2}
    for job in SHARED:
        assert sorted(marks_on_cluster(crowd.versions[job])) == [f"mark-of-a-{job}", f"mark-of-b-{job}"]


def test_of_two_runs_of_one_job_the_later_version_stays_and_its_run_says_healthy(crowd: Crowd) -> None:
    for job in SHARED:
        mark = newest(crowd.versions[job])["TaskGroups"][0]["Tasks"][0]["Env"]["MARK"]
        (last,) = [one for one in crowd.runs.values() if mark_of(one.source) == mark]
        assert (last.ok, last.stale) == (True, 0)  # stale counts since the last registration


def test_of_two_runs_of_one_job_the_later_is_told_that_its_plan_is_stale(crowd: Crowd) -> None:
    for job in SHARED:
        sources = [source for source in crowd.runs if Path(source).name == job]
        told = [STALE in crowd.folder(source).journal.read_text() for source in sources]
        assert sorted(told) == [False, True]


def test_a_report_speaks_of_its_own_job_alone(crowd: Crowd) -> None:
    for source in crowd.runs:
        name, other = Path(source).name, mark_of(source).replace("of-a-", "of-b-")
        said = set(MARK.findall(crowd.folder(source).report.read_text()))
        # a plan that was made anew shows what it changes: the mark of the run that was first
        allowed = {mark_of(source)} | ({other, other.replace("of-b-", "of-a-")} if name in SHARED else set())
        assert mark_of(source) in said
        assert said <= allowed


def test_what_is_kept_of_every_run_is_complete(crowd: Crowd) -> None:
    for source in crowd.runs:
        folder = crowd.folder(source)
        assert (folder.current_row().status, folder.row().done) in (("finished", True), ("failed", True))
        assert folder.row().intent == source
        kinds = [json.loads(line)["kind"] for line in folder.journal.read_text().splitlines()]
        assert (kinds[0], kinds[-1], kinds.count("started"), kinds.count("finished")) == ("started", "finished", 1, 1)


def test_nothing_else_is_left_of_the_runs(crowd: Crowd) -> None:
    runs = crowd.home / "runs"
    assert {path.name for path in runs.iterdir()} == {one.run for one in crowd.runs.values()}
    assert list(runs.rglob(".*")) == []


def test_the_metrics_count_every_run(crowd: Crowd) -> None:
    counted = re.findall(r"^muster_runs_total\{.*\} (\d+)\.0$", crowd.metrics.read_text(), re.MULTILINE)
    assert sum(map(int, counted)) == len(crowd.runs)
