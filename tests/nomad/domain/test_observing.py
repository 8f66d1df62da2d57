from itertools import pairwise
from typing import Any

import pytest

from muster.nomad.domain.observing import decide, observe, own_allocations, own_deployment
from muster.nomad.domain.outcomes import AllocationReport, Observation, TaskEvent, TaskReport
from nomad.domain.recorded_runs import body, moments, scenarios
from shared_data import needs_shared

pytestmark = needs_shared

UNDECIDED = {"stopdep", "sup_v0"}
"""The recorder turned away before the cluster had decided."""

UNPROMOTED_AT_LAST = {"canary_v1", "canary_v2_for_fail"}
"""Running deployments: a healthy canary waits for a person."""


def first_decision(scenario: str) -> tuple[float, str]:
    return next(((one.at_s, one.decision.state) for one in moments(scenario) if one.decision.state != "going"), (0, ""))


def cluster_said(scenario: str) -> str:
    last = moments(scenario)[-1].observation
    if last.placements:
        return "failed"
    if scenario in UNPROMOTED_AT_LAST:
        return "unpromoted"
    if last.deployment_id:
        return {"successful": "healthy", "failed": "failed"}.get(last.deployment_status, "")
    return "failed" if any(one.client_status == "failed" for one in last.allocations) else "healthy"


@pytest.mark.parametrize("scenario", [one for one in scenarios() if one not in UNDECIDED])
def test_the_first_decision_is_what_the_cluster_said_in_the_end(scenario: str) -> None:
    assert first_decision(scenario)[1] == cluster_said(scenario)


@pytest.mark.parametrize("scenario", sorted(UNDECIDED))
def test_an_unfinished_deployment_is_still_going(scenario: str) -> None:
    assert {one.decision.state for one in moments(scenario)} == {"going"}


@pytest.mark.parametrize("scenario", ["docker_oom", "missing_exec", "docker_no_image", "template_syntax_error"])
def test_a_failed_task_is_known_long_before_the_progress_deadline(scenario: str) -> None:
    assert first_decision(scenario)[0] < moments(scenario)[-1].at_s / 2


def test_a_job_that_finds_no_node_fails_at_once() -> None:
    assert first_decision("blocked_until_progress_deadline") == (0.03, "failed")


def test_a_restart_loop_of_mode_delay_fails_when_the_policy_is_exceeded() -> None:
    at_s, state = first_decision("restart_mode_delay")
    assert (state, at_s < 2) == ("failed", True)


def test_a_check_that_never_passes_fails_at_the_healthy_deadline() -> None:
    assert first_decision("service_check_failing") == (10.2, "failed")


def test_an_app_that_crashes_after_its_deployment_succeeded_has_failed() -> None:
    assert [one.decision.state for one in moments("healthy_then_crash")][-1] == "failed"


def test_our_deployment_is_told_from_the_one_that_reverted_it() -> None:
    deployments: list[Any] = body("run_arev_v1_job_deployments")
    ours = own_deployment(deployments, body("run_arev_v1_evaluation"))
    assert ours
    assert (len(deployments), ours["JobVersion"], ours["Status"]) == (3, 1, "failed")


def test_our_allocations_are_those_of_our_version() -> None:
    allocations: list[Any] = body("run_arev_v1_job_allocations")
    ours = own_allocations(allocations, version=1, since_index=0)
    assert (len(allocations), [one["ClientStatus"] for one in ours]) == (3, ["failed"])


def test_allocations_of_a_purged_job_of_the_same_name_are_not_ours() -> None:
    old: list[Any] = body("job_allocations_after_purge")
    newest = max(one["CreateIndex"] for one in old)
    assert own_allocations(old, version=0, since_index=newest + 1) == ()


def test_an_oom_kill_is_read_with_its_exit_code_and_restarts() -> None:
    (allocation,) = moments("docker_oom")[-1].observation.allocations
    (task,) = allocation.tasks
    assert (task.oom_killed, task.exit_code, task.restarts, task.failed) == (True, 137, 1, True)


def test_events_keep_the_clusters_own_words() -> None:
    (allocation,) = moments("template_missing_key")[-1].observation.allocations
    assert [event.message for event in allocation.tasks[0].events if event.type == "Template"] == [
        "Missing: kv.block(web/feature)"
    ]


def test_event_times_are_seconds_and_in_order() -> None:
    (allocation,) = moments("docker_oom")[-1].observation.allocations
    times = [event.at_s for event in allocation.tasks[0].events]
    assert all(before <= after for before, after in pairwise(times))
    assert 1_700_000_000 < times[0] < 2_000_000_000


def test_a_placement_failure_keeps_its_numbers() -> None:
    (placement,) = moments("static_port_b_conflict")[-1].observation.placements
    assert placement.dimension_exhausted == {"network: reserved port collision http=19444": 1}


def test_logs_are_attached_to_their_task() -> None:
    allocation: Any = body("run_exit1_allocation0")
    seen = observe(None, None, [allocation], None, {(allocation["ID"], "main"): (("out",), ("boom",))})
    assert (seen.allocations[0].tasks[0].stdout_tail, seen.allocations[0].tasks[0].stderr_tail) == (("out",), ("boom",))


def test_the_list_and_the_single_allocation_read_the_same() -> None:
    listed: list[Any] = body("run_exit1_job_allocations")
    single: Any = body("run_exit1_allocation0")
    assert observe(None, None, listed, None) == observe(None, None, [single], None)


def running(name: str, *, started_s: float, **changes: Any) -> AllocationReport:
    task = TaskReport(
        allocation=name,
        group="app",
        task="main",
        state="running",
        events=(TaskEvent(type="Started", message="Task started by client", at_s=started_s),),
    )
    report = AllocationReport(id=name, name=name, group="app", client_status="running", tasks=(task,))
    return report.model_copy(update=changes)


def test_without_a_deployment_a_task_must_run_a_while() -> None:
    seen = Observation(evaluation_status="complete", allocations=(running("sys.app[0]", started_s=100),))
    early = decide(seen, job_type="system", expected={}, now_s=105)
    late = decide(seen, job_type="system", expected={}, now_s=110)
    assert (early.state, early.settles_at_s, late.state) == ("going", 110, "healthy")


def test_a_replaced_allocation_no_longer_counts() -> None:
    failed = running("web.app[0]", started_s=1, client_status="failed", desired_status="stop")
    seen = Observation(evaluation_status="complete", allocations=(failed, running("web.app[0]", started_s=2)))
    assert decide(seen, job_type="service", expected={"app": 1}).state == "healthy"


def test_a_missing_allocation_of_a_batch_job_is_waited_for() -> None:
    done = running("b.app[0]", started_s=1, client_status="complete")
    seen = Observation(evaluation_status="complete", allocations=(done,))
    assert decide(seen, job_type="batch", expected={"app": 2}).state == "going"


def test_many_restarts_are_a_crash_loop_whatever_the_policy_says() -> None:
    report = running("web.app[0]", started_s=1)
    looping = report.model_copy(update={"tasks": (report.tasks[0].model_copy(update={"restarts": 5}),)})
    seen = Observation(evaluation_status="complete", deployment_id="d", allocations=(looping,))
    assert "5 restarts" in decide(seen, job_type="service", expected={"app": 1}).reason


def test_an_evaluation_that_the_scheduler_gave_up_has_failed() -> None:
    assert decide(Observation(evaluation_status="failed"), job_type="batch", expected={"app": 1}).state == "failed"


def test_a_batch_job_whose_count_is_zero_is_healthy() -> None:
    assert decide(Observation(evaluation_status="complete"), job_type="batch", expected={"app": 0}).state == "healthy"


def test_nothing_asked_for_is_healthy() -> None:
    seen = Observation(evaluation_status="complete")
    assert decide(seen, job_type="service", expected={"app": 0}).state == "healthy"
