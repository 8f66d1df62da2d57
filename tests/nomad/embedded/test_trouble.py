"""Faults on demand, as our own client meets them; and answers that go on."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from muster.core.clock import SystemClock
from muster.nomad.domain.outcomes import Registered
from muster.nomad.domain.submission import Submission
from muster.nomad.embedded.launch import EmbeddedCluster, ensure_cluster, stop_cluster
from muster.nomad.tools.nomad_cluster import NomadCluster
from muster.nomad.tools.nomad_http import NomadHttp
from nomad.embedded.jobs import job

PATIENCE_S = 20


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[EmbeddedCluster]:
    yield ensure_cluster(tmp_path / "home")
    stop_cluster(tmp_path / "home")


def ask(cluster: EmbeddedCluster, method: str, path: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{cluster.address}{path}", data, method=method)
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
        return json.loads(answer.read())


def refusal(cluster: EmbeddedCluster, method: str, path: str, body: Any = None) -> tuple[int, str]:
    """The status and the words of an answer that is none."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(cluster, method, path, body)
    with refused.value as answer:
        return answer.code, answer.read().decode()


def faults(cluster: EmbeddedCluster, *told: dict[str, Any]) -> None:
    ask(cluster, "PUT", "/embedded/faults", {"faults": list(told)})


def deployed(cluster: EmbeddedCluster, *told: dict[str, Any]) -> bool:
    """Register a job, let the faults begin, and watch; whether it ends healthy."""
    with NomadHttp(cluster.address) as http:
        client = NomadCluster(http, SystemClock())
        registered = client.register(Submission(name="web", job=job()), base_index=0)
        assert isinstance(registered, Registered)
        faults(cluster, *told)
        return client.watch(registered, timeout_s=60, see=lambda _: None).healthy


def test_a_run_survives_the_loss_of_the_leader_in_the_middle_of_its_watch(cluster: EmbeddedCluster) -> None:
    assert deployed(cluster, {"kind": "leader_lost", "skip": 5, "times": 4})
    assert ask(cluster, "GET", "/embedded/faults")["faults"][0]["met"] == 4


def test_a_fault_has_met_no_request_that_it_let_pass(cluster: EmbeddedCluster) -> None:
    faults(cluster, {"kind": "error", "path": "/v1/status/*", "skip": 1})
    ask(cluster, "GET", "/v1/status/leader")
    assert ask(cluster, "GET", "/embedded/faults")["faults"][0]["met"] == 0


def test_a_run_survives_connections_that_are_cut(cluster: EmbeddedCluster) -> None:
    assert deployed(cluster, {"kind": "cut", "skip": 4, "times": 2})


def test_a_run_survives_slow_answers(cluster: EmbeddedCluster) -> None:
    assert deployed(cluster, {"kind": "slow", "seconds": 0.2, "times": 5})


def test_while_there_is_no_leader_stale_reads_are_answered(cluster: EmbeddedCluster) -> None:
    faults(cluster, {"kind": "leader_lost"})
    assert ask(cluster, "GET", "/v1/jobs?stale") == []
    assert refusal(cluster, "GET", "/v1/jobs") == (500, "No cluster leader")


@pytest.mark.parametrize("wrong", [{}, {"faults": [{"kind": "zip"}]}, {"faults": [{"kind": "slow", "seconds": -1}]}])
def test_a_fault_that_makes_no_sense_is_refused(cluster: EmbeddedCluster, wrong: dict[str, Any]) -> None:
    assert refusal(cluster, "PUT", "/embedded/faults", wrong)[0] == 400


def test_the_event_stream_goes_on(cluster: EmbeddedCluster) -> None:
    with urllib.request.urlopen(f"{cluster.address}/v1/event/stream?topic=Job:web", timeout=PATIENCE_S) as stream:
        assert json.loads(stream.readline()) == {}
        ask(cluster, "PUT", "/v1/jobs", {"Job": job()})
        [event, *_] = json.loads(stream.readline())["Events"]
    assert (event["Topic"], event["Type"], event["Key"]) == ("Job", "JobRegistered", "web")


def test_logs_are_followed_while_the_task_runs(tmp_path: Path) -> None:
    images = tmp_path / "images.yaml"
    images.write_text("images: [{image: 'app:1', stdout: [hello]}]")
    cluster = ensure_cluster(tmp_path / "home", images=images)
    try:
        assert deployed(cluster)
        allocation = ask(cluster, "GET", "/v1/job/web/allocations")[0]["ID"]
        address = f"{cluster.address}/v1/client/fs/logs/{allocation}?task=main&type=stdout&plain=true&follow=true"
        with urllib.request.urlopen(address, timeout=PATIENCE_S) as stream:
            assert stream.readline() == b"hello\n"
            ask(cluster, "PUT", f"/v1/client/allocation/{allocation}/restart", {})
            assert stream.readline() == b"hello\n"
    finally:
        stop_cluster(tmp_path / "home")


def reach(address: str) -> int:
    """The status of the service's health path."""
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE_S) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def health_of(cluster: EmbeddedCluster) -> dict[str, str]:
    return {
        "consul": f"{cluster.consul}/v1/status/leader",
        "vault": f"{cluster.vault}/v1/sys/health",
        "fabio": f"{cluster.fabio}/health",
    }


@pytest.mark.parametrize("service", ["consul", "vault", "fabio"])
def test_a_service_that_is_down_refuses_connections_until_it_is_up_again(
    cluster: EmbeddedCluster, service: str
) -> None:
    faults(cluster, {"kind": "down", "service": service})
    with pytest.raises(urllib.error.URLError, match="refused"):
        reach(health_of(cluster)[service])
    assert [reach(address) for name, address in health_of(cluster).items() if name != service] == [200, 200]
    faults(cluster)
    assert reach(health_of(cluster)[service]) == 200


def test_an_error_of_one_service_leaves_the_others_alone(cluster: EmbeddedCluster) -> None:
    faults(cluster, {"kind": "error", "service": "vault", "status": 502})
    assert [reach(address) for address in health_of(cluster).values()] == [200, 502, 200]


def test_the_ports_are_the_same_after_a_restart(cluster: EmbeddedCluster, tmp_path: Path) -> None:
    stop_cluster(tmp_path / "home")
    again = ensure_cluster(tmp_path / "home")
    assert replace(again, pid=cluster.pid) == cluster
