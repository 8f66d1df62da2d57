"""Watching a job: what is waited for, and for how long."""

import asyncio
from collections.abc import Mapping
from typing import Any, ClassVar

import httpx

from muster.core.clock import SystemClock
from muster.core.errors import ServiceTimeoutError
from muster.nomad.domain.outcomes import Observation, Registered
from muster.nomad.tools.nomad_http import NomadHttp
from muster.nomad.tools.nomad_watch import WAIT_S, JobWatch, Raw, cluster_time_s, follow
from nomad.fakes import registered

JOB = {"ID": "shop", "Type": "service", "CreateIndex": 1, "TaskGroups": [{"Name": "web", "Count": 1}]}
EVALUATION = {"ID": "e1", "CreateIndex": 7, "Status": "complete", "JobModifyIndex": 7, "DeploymentID": "d1"}
RUNNING = {"ID": "d1", "JobModifyIndex": 7, "Status": "running", "StatusDescription": "Deployment is running"}
SUCCESSFUL = RUNNING | {"Status": "successful", "StatusDescription": "Deployment completed successfully"}


def watch_of(seen: list[Observation] | None = None, *, timeout_s: float = 300) -> JobWatch:
    return JobWatch(registered(), timeout_s=timeout_s, see=(seen if seen is not None else []).append)


LOST: Raw = {"ID": "e2", "CreateIndex": 9, "Status": "complete", "BlockedEval": "e3", "FailedTGAllocs": {"web": {}}}
BLOCKED: Raw = {"ID": "e3", "CreateIndex": 9, "Status": "blocked", "PreviousEval": "e2"}


def heard(watch: JobWatch, deployment: Raw, at_s: float, *, evaluations: tuple[Raw, ...] = ()) -> bool:
    watch.hear("job", JOB, at_s)
    watch.hear("evaluation", EVALUATION, at_s)
    watch.hear("evaluations", [EVALUATION, *evaluations], at_s)
    watch.hear("allocations", [], at_s)
    return watch.hear("deployments", [deployment], at_s)


class BusyAtFirst(NomadHttp):
    """A cluster that is too busy for the first question about each thing, and knows the end at the second."""

    answers: ClassVar[dict[str, Any]] = {"deployments": [SUCCESSFUL], "allocations": [], "evaluations": [EVALUATION]}

    async def wait_for(
        self, client: httpx.AsyncClient, path: str, *, namespace: str | None, wait: Mapping[str, str]
    ) -> httpx.Response:
        self.asked = [*getattr(self, "asked", ()), path]
        if self.asked.count(path) == 1:
            raise ServiceTimeoutError(f"watching {path}: no answer in time")
        await asyncio.sleep(0)
        body = self.answers.get(path.rpartition("/")[2], EVALUATION if "evaluation" in path else JOB)
        return httpx.Response(200, json=body, request=httpx.Request("GET", f"{self.address}{path}"))


def test_a_question_that_a_busy_cluster_did_not_answer_in_time_is_asked_again():
    watch = watch_of()
    asyncio.run(follow(watch, BusyAtFirst("http://127.0.0.1:4646"), SystemClock()))
    assert watch.result({}).healthy


def test_nothing_is_decided_before_every_path_has_answered():
    watch = watch_of()
    assert not watch.hear("deployments", [SUCCESSFUL], 0)
    assert not watch.result({}).decided


def test_a_successful_deployment_ends_the_watching():
    watch = watch_of()
    assert heard(watch, SUCCESSFUL, 0)
    assert watch.result({}).healthy


def test_a_node_that_goes_and_leaves_no_room_ends_the_watching():
    watch = watch_of()
    assert heard(watch, RUNNING, 0, evaluations=(LOST, BLOCKED))
    assert [one.group for one in watch.result({}).observation.placements] == ["web"]


def test_room_that_came_back_lets_the_watching_go_on():
    assert not heard(watch_of(), RUNNING, 0, evaluations=(LOST, BLOCKED | {"Status": "complete"}))


def test_what_an_earlier_version_waited_for_is_not_ours():
    assert not heard(watch_of(), RUNNING, 0, evaluations=(BLOCKED | {"CreateIndex": 6},))


def test_a_job_whose_deployment_succeeded_and_that_waits_for_room_now_is_not_healthy():
    watch = watch_of()
    heard(watch, SUCCESSFUL, 0, evaluations=(LOST, BLOCKED))
    assert not watch.result({}).healthy


def test_healthy_canaries_wait_for_a_person_and_are_not_healthy_as_if_done():
    watch = watch_of()
    canary = {"ID": "a1", "Name": "shop.web[0]", "ClientStatus": "running", "DeploymentStatus": {"Healthy": True}}
    watch.hear("allocations", [canary | {"TaskGroup": "web", "JobVersion": 0, "CreateIndex": 8}], 0)
    asks = {"StatusDescription": "Deployment is running but requires manual promotion"}
    for name, body in (
        ("job", JOB),
        ("evaluation", EVALUATION),
        ("evaluations", []),
        ("deployments", [RUNNING | asks]),
    ):
        over = watch.hear(name, body, 0)
    result = watch.result({})
    assert (over, result.decided, result.healthy, result.promotes) == (True, True, False, "d1")


def test_the_deadline_is_on_the_clusters_clock():
    watch = watch_of(timeout_s=60)
    assert not heard(watch, RUNNING, 1000.0)
    assert not watch.hear("deployments", [RUNNING], 1059.0)
    assert watch.hear("deployments", [RUNNING], 1060.0)
    assert not watch.result({}).decided
    assert watch.result({}).observation.watched_s == 60


def test_no_query_waits_beyond_the_deadline():
    watch = watch_of(timeout_s=60)
    heard(watch, RUNNING, 0)
    assert watch.wait_s() == WAIT_S
    watch.hear("deployments", [RUNNING], 57.0)
    assert watch.wait_s() == 3.0


def test_the_same_news_is_told_once():
    seen: list[Observation] = []
    watch = watch_of(seen)
    heard(watch, RUNNING, 0)
    heard(watch, RUNNING, 1)
    assert len(seen) == 1


def test_a_periodic_job_has_no_evaluation_to_follow():
    registration = Registered(job="shop", namespace="default", evaluation="", modify_index=7, version=0)
    assert "evaluation" not in JobWatch(registration, timeout_s=1, see=print).paths()


def test_an_embedded_clusters_time_is_its_own():
    assert cluster_time_s({"X-Muster-Virtual-Time": "12.5"}, SystemClock()) == 12.5


def test_a_real_clusters_time_is_ours():
    assert abs(cluster_time_s({}, SystemClock()) - SystemClock().now().timestamp()) < 60


def test_a_cluster_is_asked_with_its_own_namespace_and_region():
    with NomadHttp("http://127.0.0.1:9", namespace="team", region="eu") as http:
        assert http.scope(None) == {"namespace": "team", "region": "eu"}
        assert http.scope("other")["namespace"] == "other"


def test_evidence_that_comes_after_the_verdict_is_kept():
    watch = watch_of()
    heard(watch, RUNNING | {"Status": "failed", "StatusDescription": "Failed due to progress deadline"}, 0)
    event = {"Type": "Terminated", "DisplayMessage": "Exit Code: 1 with DB_PASSWORD=hunter2hunter2", "Time": 1}
    states = {"web": {"State": "dead", "Failed": True, "Events": [event]}}
    late = {"ID": "a1", "TaskGroup": "web", "JobVersion": 0, "CreateIndex": 2, "ClientStatus": "failed"}
    watch.renew("allocations", [late | {"TaskStates": states}])
    (allocation,) = watch.result({}).observation.allocations
    assert allocation.tasks[0].events[0].message.startswith("Exit Code: 1")
    assert "hunter2" not in allocation.model_dump_json()
