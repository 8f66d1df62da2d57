"""Services that are away, slow, broken or refuse us: a run ends with a clear message or goes on, and nothing is left
half done."""

from pathlib import Path

import httpx
import pytest

from core.http_double import http_double, saying, self_signed
from e2e.calling import Shell, write
from muster.nomad.embedded.launch import EmbeddedCluster

pytestmark = pytest.mark.e2e

COMPOSE = "services:\n  web:\n    image: nginx:1\n    ports: ['80']\n"
RUN = ("--embedded", "--no-questions")
NAMES = {"consul": "Consul", "vault": "Vault", "fabio": "Fabio"}
JOB = """
job "kept" {
  datacenters = ["dc1"]
  group "web" {
    task "web" {
      driver = "docker"
      config {
        image = "nginx:1"
        LABELS
      }
      MORE
    }
  }
}
"""
PLAIN = 'labels = { auth_password = "hunter2hunter2" }'


@pytest.fixture(autouse=True)
def app(tmp_path: Path) -> Path:
    return write(tmp_path / "app", compose__yaml=COMPOSE)


def trouble(cluster: EmbeddedCluster, *faults: dict[str, object]) -> None:
    httpx.put(f"{cluster.address}/embedded/faults", json={"faults": faults}, trust_env=False).raise_for_status()


def jobs(cluster: EmbeddedCluster) -> list[str]:
    return [job["ID"] for job in httpx.get(f"{cluster.address}/v1/jobs", trust_env=False).json()]


@pytest.mark.parametrize("service", NAMES)
@pytest.mark.parametrize(
    "fault", [{"kind": "down"}, {"kind": "slow", "seconds": 5}, {"kind": "error", "status": 500}, {"kind": "cut"}]
)
def test_a_run_goes_on_without_a_service_in_trouble_and_says_so(
    shell: Shell, cluster: EmbeddedCluster, service: str, fault: dict[str, object]
) -> None:
    trouble(cluster, {"service": service, **fault})
    said = shell("plan", "app", *RUN)
    assert said.code == 0, said.out + said.err
    assert f"going on without {NAMES[service]}: " in said.out


def test_what_is_away_does_not_keep_a_job_from_being_deployed(shell: Shell, cluster: EmbeddedCluster) -> None:
    trouble(cluster, *({"service": service, "kind": "error"} for service in NAMES))
    said = shell("deploy", "app", *RUN)
    assert (said.code, jobs(cluster)) == (0, ["app"]), said.out + said.err


def test_a_no_ends_the_run_before_anything_is_done(shell: Shell, cluster: EmbeddedCluster) -> None:
    trouble(cluster, {"service": "vault", "kind": "error"})
    said = shell("deploy", "app", "--embedded", typed="n\n")
    assert (said.code, jobs(cluster)) == (1, [])
    assert "nothing was done: you said no to a run without Vault" in said.err


def test_without_the_look_beforehand_nobody_is_asked(shell: Shell, cluster: EmbeddedCluster) -> None:
    trouble(cluster, {"service": "vault", "kind": "error"})
    said = shell("plan", "app", *RUN, "--skip-infra-check")
    assert said.code == 0
    assert "going on without" not in said.out
    assert "Vault" in said.out  # the survey tells it


def test_a_vault_that_goes_away_after_the_look_is_a_warning(shell: Shell, cluster: EmbeddedCluster) -> None:
    trouble(cluster, {"service": "vault", "kind": "error", "path": "/v1/sys/internal/*"})
    said = shell("plan", "app", *RUN)
    assert said.code == 0
    assert "services: Nomad, Consul, Vault, Fabio answer" in said.out


@pytest.mark.parametrize("service", ["consul", "vault"])
def test_a_token_that_is_refused_is_no_end(shell: Shell, cluster: EmbeddedCluster, service: str) -> None:
    trouble(cluster, {"service": service, "kind": "error", "status": 403, "text": "Permission denied"})
    said = shell("plan", "app", *RUN)
    assert said.code == 0
    assert NAMES[service] in said.out


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "error", "status": 500, "path": "/v1/agent/self"},
        {"kind": "leader_lost", "path": "/v1/nodes"},
        {"kind": "cut", "path": "/v1/agent/self"},
    ],
)
def test_without_its_cluster_a_deployment_ends_before_anything_is_asked(
    shell: Shell, cluster: EmbeddedCluster, fault: dict[str, object]
) -> None:
    trouble(cluster, {"service": "nomad", **fault})
    said = shell("deploy", "app", *RUN)
    trouble(cluster)
    assert (said.code, jobs(cluster)) == (3, []), said.out + said.err


def test_a_cluster_that_goes_away_before_the_plan_is_met_again_by_resume(
    shell: Shell, cluster: EmbeddedCluster
) -> None:
    trouble(cluster, {"service": "nomad", "kind": "cut", "path": "/v1/job/*/plan"})
    said = shell("deploy", "app", *RUN)
    assert (said.code, jobs(cluster)) == (3, []), said.out + said.err
    trouble(cluster)
    again = shell("muster", "runs", "resume", shell.last_run().id, "--no-questions")
    assert (again.code, jobs(cluster)) == (0, ["app"]), again.out + again.err


def test_a_cluster_that_refuses_the_job_is_told_and_has_nothing_of_it(shell: Shell, cluster: EmbeddedCluster) -> None:
    fault = {"service": "nomad", "kind": "error", "status": 403, "text": "Permission denied", "path": "/v1/jobs"}
    trouble(cluster, {**fault, "method": "POST"}, {**fault, "method": "PUT"})
    said = shell("deploy", "app", *RUN)
    trouble(cluster)
    assert (said.code, jobs(cluster)) == (1, []), said.out + said.err


def test_a_certificate_that_nobody_trusts_is_named(
    shell: Shell, cluster: EmbeddedCluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tls, _ = self_signed(tmp_path)
    with http_double(saying("200 OK", "{}"), tls) as (address, _):
        monkeypatch.setenv("NOMAD_ADDR", cluster.address)
        monkeypatch.setenv("VAULT_ADDR", address)
        said = shell("plan", "app", "--no-questions")
    assert said.code == 0
    assert "TLS" in said.out
    assert "VAULT_CACERT" in said.out


def test_a_secret_in_plain_text_is_not_deployed_unless_somebody_says_yes(
    shell: Shell, cluster: EmbeddedCluster, tmp_path: Path
) -> None:
    write(tmp_path / "job", **{"kept.nomad.hcl": JOB.replace("LABELS", PLAIN).replace("MORE", "")})
    said = shell("deploy", "job", *RUN)
    assert (said.code, jobs(cluster)) == (1, []), said.out + said.err
    assert "not deployed: a secret in plain text in group.web.task.web.config.labels.auth_password" in said.err
    (tmp_path / "answers.yaml").write_text("findings: yes\n")
    again = shell("deploy", "job", *RUN, "--answers", "answers.yaml")
    assert (again.code, jobs(cluster)) == (0, ["kept"]), again.out + again.err
    assert "hunter2" not in said.out + said.err + again.out + again.err


def test_a_path_that_vault_does_not_have_is_found_before_the_plan(
    shell: Shell, cluster: EmbeddedCluster, tmp_path: Path
) -> None:
    text = 'template {\n data = "{{ with secret \\"secret/data/lost\\" }}A={{ .Data.data.a }}{{ end }}"\n'
    reading = JOB.replace("LABELS", "").replace("MORE", text + ' destination = "local/a"\n}')
    write(tmp_path / "job", **{"kept.nomad.hcl": reading})
    said = shell("deploy", "job", *RUN)
    assert (said.code, jobs(cluster)) == (1, [])
    assert "nothing is at secret/data/lost of Vault" in said.err
