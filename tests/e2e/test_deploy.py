"""What is left on the cluster, end to end: healthy, stopped, kept, reverted, or untouched."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from muster.core.clock import SystemClock
from muster.core.gates.answers import AnswersFront
from muster.core.gates.front import DefaultsFront
from muster.core.runs.opening import follow, new_run
from muster.core.runs.run import Finished
from muster.nomad.agent import AGENT, load
from muster.nomad.embedded.launch import find_cluster, stop_cluster
from muster.nomad.settings import Options
from muster.nomad.state import Goal, State

pytestmark = pytest.mark.e2e

IMAGES = """
images:
  - {image: "shop:broken", pull_error: "API error (404): manifest for shop:broken not found"}
  - {image: "shop:huge", memory_mb: 5000}
  - image: "shop:elsewhere"
    memory_mb: 30
    ready_s: 1
    http: {"/healthz": 200, "*": 404}
    stdout: ['10.0.0.1 - - "GET /health HTTP/1.1" 404 -', "routes: /healthz"]
  - {image: "shop:*", memory_mb: 30, ready_s: 1}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Path]:
    """A repository whose compose file names the image; the cluster is stopped at the end."""
    (tmp_path / "images.yaml").write_text(IMAGES)
    (tmp_path / "shop").mkdir()
    write_image(tmp_path / "shop", "shop:1")
    yield tmp_path / "shop"
    stop_cluster(load().muster_home / "embedded")


def write_image(shop: Path, image: str) -> None:
    (shop / "compose.yaml").write_text(f'services:\n  shop:\n    image: {image}\n    ports: ["8080:8080"]\n')


def deploy(shop: Path, *, goal: Goal = "healthy", keep: bool = False, approve: bool = True) -> Finished[State]:
    options = Options(cluster="embedded", images=str(shop.parent / "images.yaml"), keep=keep)
    front = AnswersFront({"approve": approve}, DefaultsFront())
    with new_run(AGENT, load(), options, intent="deploy", clock=SystemClock()) as run:
        return follow(run, run.start(State(source=str(shop), goal=goal)), front)


def job_on_cluster() -> dict | None:
    cluster = find_cluster(load().muster_home / "embedded")
    answer = httpx.get(f"{cluster.address}/v1/job/shop", trust_env=False)
    return answer.json() if answer.status_code == 200 else None


def running_allocations() -> int:
    cluster = find_cluster(load().muster_home / "embedded")
    allocations = httpx.get(f"{cluster.address}/v1/job/shop/allocations", trust_env=False).json()
    return sum(one["ClientStatus"] in ("pending", "running") for one in allocations)


def test_a_healthy_job_runs(shop):
    assert deploy(shop).verdict.ok
    assert job_on_cluster()["Status"] == "running"


def test_deploying_the_same_again_changes_nothing(shop):
    deploy(shop)
    before = job_on_cluster()["JobModifyIndex"]
    assert deploy(shop).verdict.ok
    assert job_on_cluster()["JobModifyIndex"] == before


def test_a_new_job_that_fails_for_good_is_stopped_and_its_cause_named(shop):
    write_image(shop, "shop:broken")
    finished = deploy(shop)
    assert not finished.verdict.ok
    assert finished.state.outcome.cause.kind == "image_not_found"
    assert job_on_cluster()["Stop"] is True
    assert running_allocations() == 0


def test_after_a_failure_the_corrected_job_becomes_healthy(shop):
    write_image(shop, "shop:broken")
    assert not deploy(shop).verdict.ok
    write_image(shop, "shop:1")
    assert deploy(shop).verdict.ok
    assert running_allocations() == 1


def test_keep_leaves_it(shop):
    write_image(shop, "shop:broken")
    assert not deploy(shop, keep=True).verdict.ok
    assert job_on_cluster()["Stop"] is False


def test_an_update_that_fails_is_reverted_to_the_last_good_version(shop):
    deploy(shop)
    write_image(shop, "shop:broken")
    finished = deploy(shop)
    assert not finished.verdict.ok
    assert "reverted" in finished.state.cleaned
    job = job_on_cluster()
    assert job["TaskGroups"][0]["Tasks"][0]["Config"]["image"] == "shop:1"
    assert job["Stop"] is False
    assert "healthy again" in finished.state.cleaned
    assert running_allocations() == 1


def test_a_check_on_a_wrong_path_is_repaired_in_place(shop):
    (shop / "compose.yaml").write_text(
        "services:\n  shop:\n    image: shop:elsewhere\n    ports: ['8080:8080']\n"
        "    healthcheck: {test: curl -f http://localhost:8080/health}\n"
    )
    finished = deploy(shop)
    assert finished.verdict.ok
    assert [repair.patch.kind for repair in finished.state.repairs][-1] in ("set_check_path", "set_check_type")
    assert job_on_cluster()["Version"] == len(finished.state.repairs)


def test_a_repair_that_finds_no_place_leaves_nothing_behind(shop):
    write_image(shop, "shop:huge")
    nodes = shop.parent / "nodes.yaml"
    nodes.write_text("nodes:\n  - {name: small, memory_mb: 900}\n")
    options = Options(cluster="embedded", images=str(shop.parent / "images.yaml"), nodes=str(nodes))
    with new_run(AGENT, load(), options, intent="deploy", clock=SystemClock()) as run:
        finished = follow(run, run.start(State(source=str(shop))), DefaultsFront())
    assert not finished.verdict.ok
    assert job_on_cluster()["Stop"] is True
    assert running_allocations() == 0


def test_three_repairs_are_the_end(shop):
    write_image(shop, "shop:huge")
    finished = deploy(shop)
    assert len(finished.state.repairs) == 3
    assert not finished.verdict.ok
    assert job_on_cluster()["Stop"] is True


def test_a_plan_changes_nothing(shop):
    finished = deploy(shop, goal="plan")
    assert finished.verdict.ok
    assert finished.state.plan.changed
    assert job_on_cluster() is None


def test_no_means_no(shop):
    finished = deploy(shop, approve=False)
    assert not finished.verdict.ok
    assert job_on_cluster() is None


def test_an_approved_run_leaves_a_report_with_the_job_and_its_repairs(shop):
    write_image(shop, "shop:huge")
    options = Options(cluster="embedded", images=str(shop.parent / "images.yaml"))
    with new_run(AGENT, load(), options, intent="deploy the shop", clock=SystemClock()) as run:
        follow(run, run.start(State(source=str(shop))), DefaultsFront())
    report = run.folder.report.read_text()
    for part in ("deploy the shop", "attempt 3 of 3", "memory", "```hcl", "stopped shop"):
        assert part in report


def test_a_stopped_job_of_that_name_is_not_started_again_by_a_failure(shop):
    deploy(shop)
    cluster = find_cluster(load().muster_home / "embedded")
    httpx.delete(f"{cluster.address}/v1/job/shop", trust_env=False)
    write_image(shop, "shop:broken")
    assert not deploy(shop).verdict.ok
    assert job_on_cluster()["Stop"] is True
