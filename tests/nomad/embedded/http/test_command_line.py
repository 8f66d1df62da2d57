"""The requests that Nomad's own command line makes, in its order, get what it needs (read from its sources)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from muster.nomad.embedded.state.values import SECOND
from nomad.embedded.api_replay import Api
from nomad.embedded.jobs import job


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    with Api(tmp_path) as opened:
        yield opened


def get(api: Api, path: str) -> Any:
    answer = api.ask("GET", path)
    assert answer.status_code == 200, (path, answer.text)
    return answer.json()


def run(api: Api, submitted: dict[str, Any]) -> str:
    """`nomad job run`: register, watch the evaluation, then its deployment; returns the deployment's status."""
    evaluation = api.ask("PUT", "/v1/jobs?region=global", {"Job": submitted}).json()["EvalID"]
    return monitor(api, evaluation)


def monitor(api: Api, evaluation: str) -> str:
    """`command/monitor.go` and `deployment status -monitor`, with a second between two looks."""
    found: dict[str, Any] = {}
    for _ in range(60):
        found = get(api, f"/v1/evaluation/{evaluation}")
        get(api, f"/v1/evaluation/{evaluation}/allocations")
        if found["Status"] == "complete":
            break
        api.host.advance_to(api.host.now_ns + SECOND)
    if not found.get("DeploymentID"):
        return str(found["Status"])
    return watch(api, found["DeploymentID"])


def watch(api: Api, deployment: str) -> str:
    found: dict[str, Any] = {}
    for _ in range(60):
        found = get(api, f"/v1/deployment/{deployment}?wait=2000ms")
        get(api, f"/v1/deployment/allocations/{deployment}")
        if found["Status"] not in ("running", "pending"):
            break
        api.host.advance_to(api.host.now_ns + SECOND)
    return str(found["Status"])


def test_job_run_follows_the_job_until_it_is_healthy(api: Api) -> None:
    assert run(api, job()) == "successful"


def test_job_plan_shows_what_would_change(api: Api) -> None:
    assert api.ask("PUT", "/v1/job/web/plan", {"Job": job(), "Diff": True}).json()["Diff"]["Type"] == "Added"


def test_job_status_reads_all_that_it_prints(api: Api) -> None:
    run(api, job())
    [found] = get(api, "/v1/jobs?prefix=web")
    assert get(api, f"/v1/job/{found['ID']}?namespace=default")["Status"] == "running"
    assert get(api, "/v1/job/web/allocations?all=false&namespace=default")[0]["ClientStatus"] == "running"
    assert get(api, "/v1/job/web/evaluations?namespace=default")
    assert get(api, "/v1/job/web/deployment?namespace=default")["Status"] == "successful"
    assert get(api, "/v1/job/web/summary?namespace=default")["Summary"]["app"]["Running"] == 1


def test_job_stop_ends_with_a_complete_evaluation(api: Api) -> None:
    run(api, job())
    get(api, "/v1/jobs?prefix=web")
    stopped = api.ask("DELETE", "/v1/job/web?global=false&namespace=default&purge=false").json()
    assert monitor(api, stopped["EvalID"]) in ("complete", "successful")
    assert get(api, "/v1/job/web")["Stop"]


def test_alloc_logs_finds_the_task_by_a_prefix(api: Api) -> None:
    run(api, job())
    allocation = get(api, "/v1/job/web/allocations")[0]
    [found] = get(api, f"/v1/allocations?prefix={allocation['ID'][:8]}")
    whole = get(api, f"/v1/allocation/{found['ID']}?namespace=default")
    get(api, f"/v1/node/{whole['NodeID']}")
    query = "follow=false&namespace=default&offset=0&origin=start&task=main&type=stdout"
    assert api.ask("GET", f"/v1/client/fs/logs/{found['ID']}?{query}").status_code == 200


def test_deployment_promote_ends_with_all_on_the_new_version(api: Api) -> None:
    update = {**job()["TaskGroups"][0]["Update"], "Canary": 1}
    run(api, job(count=2, Update=update))
    changed = job(count=2, Update=update)
    changed["TaskGroups"][0]["Tasks"][0]["Env"] = {"A": "2"}
    api.ask("PUT", "/v1/jobs", {"Job": changed})
    api.host.advance_to(api.host.now_ns + 10 * SECOND)
    waiting = get(api, "/v1/job/web/deployment")
    [found] = get(api, f"/v1/deployments?prefix={waiting['ID'][:8]}")
    promoted = api.ask("PUT", f"/v1/deployment/promote/{found['ID']}", {"DeploymentID": found["ID"], "All": True})
    assert promoted.status_code == 200, promoted.text
    assert monitor(api, promoted.json()["EvalID"]) == "successful"


def test_node_drain_is_followed_until_the_node_is_empty(api: Api) -> None:
    run(api, job())
    node = get(api, "/v1/job/web/allocations")[0]["NodeID"]
    [found] = get(api, f"/v1/nodes?prefix={node[:8]}")
    spec = {"Deadline": 60 * SECOND, "IgnoreSystemJobs": False}
    drained = api.ask(
        "PUT", f"/v1/node/{found['ID']}/drain", {"NodeID": node, "DrainSpec": spec, "MarkEligible": False}
    )
    assert drained.status_code == 200, drained.text
    assert get(api, f"/v1/node/{node}")["Drain"]
    api.host.advance_to(api.host.now_ns + 120 * SECOND)
    assert get(api, f"/v1/node/{node}")["DrainStrategy"] is None
    assert {found["DesiredStatus"] for found in get(api, f"/v1/node/{node}/allocations")} == {"stop"}
