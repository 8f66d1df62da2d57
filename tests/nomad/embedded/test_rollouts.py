"""Canaries: placed beside what runs, promoted by hand or by themselves, stopped when they fail."""

from typing import Any

import pytest

from muster.nomad.embedded.cluster import Cluster, Refused
from muster.nomad.embedded.rollouts import judge_allocations, pause_deployment, promote_deployment
from nomad.embedded.jobs import after, allocations, cluster, deployments, job, task

UPDATE: dict[str, Any] = {**job()["TaskGroups"][0]["Update"], "ProgressDeadline": 60_000_000_000}
KEY = ("default", "web")


def canaries_of(run: Cluster) -> list[str]:
    return [a.name for a in allocations(run) if a.canary]


def updated(count: int = 3, canaries: int = 1, image: str = "app:2", *images: dict[str, Any], **update: Any) -> Cluster:
    """A job that runs as app:1 and was just given a new image with canaries."""
    run = cluster(*images)
    run.register(job(count=count, Update=UPDATE))
    after(run, 40)
    run.register(job(task(image), count=count, Update={**UPDATE, "Canary": canaries, **update}))
    return after(run, 1)


def running(run: Cluster, image: str) -> int:
    found = (a for a in allocations(run) if a.client_status == "running" and a.desired_status == "run")
    return sum(a.job.definition["TaskGroups"][0]["Tasks"][0]["Config"]["image"] == image for a in found)


def test_a_change_places_a_canary_and_leaves_the_others_alone() -> None:
    run = updated()
    assert (canaries_of(run), running(run, "app:1")) == (["web.app[0]"], 3)
    progress = deployments(run)[1].groups["app"]
    assert (progress.desired_canaries, len(progress.placed_canaries), progress.desired_total) == (1, 1, 3)


def test_a_healthy_canary_waits_for_its_promotion() -> None:
    run = after(updated(), 120)
    (_, second) = deployments(run)
    assert (second.status, second.status_description) == (
        "running",
        "Deployment is running but requires manual promotion",
    )
    assert running(run, "app:1") == 3


def test_promotion_rolls_out_to_all() -> None:
    run = after(updated(), 20)
    promote_deployment(run, deployments(run)[1].id)
    assert deployments(run)[1].status_description == "Deployment is running"
    after(run, 60)
    assert (deployments(run)[1].status, running(run, "app:2"), running(run, "app:1")) == ("successful", 3, 0)
    assert not canaries_of(run)


def test_as_many_canaries_as_allocations_are_blue_and_green() -> None:
    run = after(updated(canaries=3), 20)
    assert (running(run, "app:1"), running(run, "app:2")) == (3, 3)
    promote_deployment(run, deployments(run)[1].id)
    after(run, 20)
    assert (running(run, "app:1"), running(run, "app:2"), deployments(run)[1].status) == (0, 3, "successful")


def test_a_canary_that_is_not_healthy_is_not_promoted() -> None:
    run = updated()
    with pytest.raises(Refused, match='1 error occurred:\n\t\\* Task group "app" has 0/1 healthy allocations'):
        promote_deployment(run, deployments(run)[1].id)


def test_a_deployment_may_promote_itself() -> None:
    run = updated(AutoPromote=True)
    assert deployments(run)[1].status_description == "Deployment is running pending automatic promotion"
    after(run, 60)
    assert (deployments(run)[1].status, running(run, "app:2")) == ("successful", 3)


def test_a_failed_canary_is_stopped_and_what_ran_runs_on() -> None:
    run = updated(3, 1, "app:2", {"image": "app:2", "exit_code": 1})
    after(run, 120)
    assert deployments(run)[1].status_description == "Failed due to progress deadline"
    assert running(run, "app:1") == 3
    assert {a.desired_status for a in allocations(run) if a.job.version == 1} == {"stop"}


def test_a_failed_canary_with_auto_revert_goes_back() -> None:
    run = cluster({"image": "app:2", "exit_code": 1})
    run.register(job(count=2, Update={**UPDATE, "AutoRevert": True}))
    after(run, 40)
    run.register(job(task("app:2"), count=2, Update={**UPDATE, "AutoRevert": True, "Canary": 1}))
    after(run, 120)
    assert deployments(run)[1].status_description == "Failed due to progress deadline - rolling back to job version 0"
    assert (run.store.jobs[KEY].version, running(run, "app:1")) == (2, 2)


def test_a_newer_version_stops_the_canaries_of_the_last() -> None:
    run = after(updated(), 20)
    run.register(job(task("app:3"), count=3, Update={**UPDATE, "Canary": 1}))
    after(run, 20)
    assert (running(run, "app:1"), running(run, "app:2"), running(run, "app:3")) == (3, 0, 1)
    assert deployments(run)[1].status_description == "Cancelled due to newer version of job"


def test_the_first_version_needs_no_canary() -> None:
    run = cluster()
    run.register(job(count=2, Update={**UPDATE, "Canary": 1}))
    assert deployments(after(run, 40))[0].status == "successful"


def test_a_paused_deployment_stands_still_until_it_goes_on() -> None:
    run = cluster()
    run.register(job(count=3))
    after(run, 40)
    run.register(job(task("app:2"), count=3))
    after(run, 2)
    pause_deployment(run, deployments(run)[1].id, paused=True)
    after(run, 20)
    assert (deployments(run)[1].status, running(run, "app:2")) == ("paused", 1)
    assert deployments(run)[1].status_description == "Deployment is paused"
    pause_deployment(run, deployments(run)[1].id, paused=False)
    assert (deployments(after(run, 60))[1].status, running(run, "app:2")) == ("successful", 3)


def test_a_pause_does_not_stop_the_progress_deadline() -> None:
    run = cluster({"image": "app:*", "listens": []})
    run.register(job())
    after(run, 2)
    pause_deployment(run, deployments(run)[0].id, paused=True)
    assert deployments(after(run, 60))[0].status_description == "Failed due to progress deadline"


@pytest.mark.parametrize(("paused", "verb"), [(True, "pause"), (False, "resume")])
def test_what_is_over_is_neither_paused_nor_resumed(paused: bool, verb: str) -> None:
    run = cluster()
    run.register(job())
    after(run, 20)
    with pytest.raises(Refused, match=f"can't {verb} terminal deployment"):
        pause_deployment(run, deployments(run)[0].id, paused=paused)


def test_an_allocation_judged_unhealthy_fails_its_deployment() -> None:
    run = cluster()
    run.register(job())
    (allocation,) = allocations(after(run, 1))
    judge_allocations(run, allocation.deployment_id, (), (allocation.id,))
    assert deployments(run)[0].status_description == "Failed due to unhealthy allocations"


def test_an_allocation_judged_healthy_counts() -> None:
    run = cluster()
    run.register(job())
    (allocation,) = allocations(after(run, 1))
    judge_allocations(run, allocation.deployment_id, (allocation.id,), ())
    assert deployments(run)[0].groups["app"].healthy == 1
