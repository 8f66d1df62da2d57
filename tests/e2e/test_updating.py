"""Jobs that exist: a job file in the repository, or a job that runs, is what is changed."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from e2e.calling import Shell, write
from muster.nomad.agent import load
from muster.nomad.embedded.launch import find_cluster, stop_cluster

EXAMPLES = Path(__file__).parents[2] / "examples" / "nomad"
SECRET = "correct-horse-battery"
WITH_SECRET = f"""\
job "vault-less" {{
  group "web" {{
    task "web" {{
      driver = "docker"
      config {{
        image = "ghcr.io/example/shop:1"
      }}
      env {{
        LEVEL   = "info"
        DB_PASS = "{SECRET}" # rotate me
      }}
      resources {{
        cpu    = 100
        memory = 64
      }}
    }}
  }}
}}
"""


@pytest.fixture(autouse=True)
def clean_cluster() -> Iterator[None]:
    yield
    stop_cluster(load().muster_home / "embedded")


def existing_job(folder: Path) -> Path:
    """The example, in a folder that may be written to."""
    shutil.copytree(EXAMPLES / "existing-job", folder)
    return folder


def with_secret(folder: Path) -> Path:
    write(folder, job__nomad__hcl=WITH_SECRET)
    return folder


def registered(job: str) -> Any:
    cluster = find_cluster(load().muster_home / "embedded")
    assert cluster is not None
    return httpx.get(f"{cluster.address}/v1/job/{job}").json()


def register(job: Any) -> None:
    cluster = find_cluster(load().muster_home / "embedded")
    assert cluster is not None
    httpx.post(f"{cluster.address}/v1/jobs", content=json.dumps({"Job": job})).raise_for_status()


def test_the_file_is_edited_in_place(shell: Shell, tmp_path: Path) -> None:
    folder = existing_job(tmp_path / "shop")
    file = folder / "shop.nomad.hcl"
    before = file.read_text()
    said = shell("generate", str(folder), "--no-questions", "-p", "3 replicas", "-o", str(file))
    assert said.code == 0
    assert file.read_text() == before.replace("default = 2 #", "default = 3 #")


def test_without_a_wish_the_file_is_printed_as_it_is(shell: Shell, tmp_path: Path) -> None:
    folder = existing_job(tmp_path / "shop")
    said = shell("generate", str(folder), "--no-questions")
    assert said.out == (folder / "shop.nomad.hcl").read_text()


def test_a_value_that_can_not_be_changed_in_place_is_named_and_nothing_is_written(shell: Shell, tmp_path: Path) -> None:
    folder = existing_job(tmp_path / "shop")
    file = folder / "shop.nomad.hcl"
    file.write_text(file.read_text().replace("memory = 192", "memory = var.replicas * 96"))
    before = file.read_bytes()
    said = shell("generate", str(folder), "--no-questions", "-p", "with 1 GB", "-o", str(file))
    assert said.code == 2
    assert "memory is made of var.replicas" in said.err
    assert file.read_bytes() == before


def test_a_job_file_and_another_source_are_not_one_job(shell: Shell, tmp_path: Path) -> None:
    folder = existing_job(tmp_path / "shop")
    answers = tmp_path / "answers.yaml"
    answers.write_text("select: ['job:shop.nomad.hcl', 'dockerfile:Dockerfile']\n")
    said = shell("generate", str(folder), "--answers", str(answers), "--no-questions")
    assert said.code == 2
    assert "a job file is a whole job" in said.err


def test_a_secret_in_plain_text_is_stored_nowhere(shell: Shell, tmp_path: Path) -> None:
    folder = with_secret(tmp_path / "shop")
    said = shell("generate", str(folder), "--no-questions", "-p", "with 1 GB", "-o", str(folder / "job.nomad.hcl"))
    assert said.code == 0
    assert f'DB_PASS = "{SECRET}" # rotate me' in (folder / "job.nomad.hcl").read_text()
    assert SECRET.encode() not in shell.stored()


@pytest.mark.e2e
def test_a_secret_in_plain_text_is_not_deployed(shell: Shell, tmp_path: Path) -> None:
    said = shell("deploy", str(with_secret(tmp_path / "shop")), "--embedded", "--no-questions")
    assert said.code == 2
    assert "web.DB_PASS" in said.err
    assert SECRET.encode() not in shell.stored()


@pytest.mark.e2e
def test_a_secret_whose_place_is_answered_leaves_the_job(shell: Shell, tmp_path: Path) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text("env:\n  web.DB_PASS: vault:secret/shop#password\n")
    words = ("--embedded", "--answers", str(answers), "--no-questions")
    shell("plan", str(with_secret(tmp_path / "shop")), *words)
    assert SECRET.encode() not in shell.stored()
    assert b"secret/data/shop" in shell.stored()


@pytest.mark.e2e
def test_a_job_file_deployed_twice_changes_nothing_and_keeps_all(shell: Shell, tmp_path: Path) -> None:
    folder = existing_job(tmp_path / "shop")
    words = (str(folder), "--embedded", "--nodes", str(folder / "nodes.yaml"), "--no-questions")
    assert shell("deploy", *words, "-p", "3 replicas").code == 0
    job = registered("shop")
    assert [task["Name"] for task in job["TaskGroups"][0]["Tasks"]] == ["log-shipper", "shop"]
    assert job["TaskGroups"][0]["Tasks"][1]["Config"]["logging"] == [{"type": "journald"}]
    assert job["Constraints"][0]["LTarget"] == "${meta.rack}"
    assert "nothing would change" in shell("plan", str(folder), "--embedded", "-p", "3 replicas", "--no-questions").out


@pytest.mark.e2e
def test_what_was_changed_by_hand_in_a_running_job_stays(shell: Shell) -> None:
    words = (str(EXAMPLES / "express-env"), "--embedded", "--no-questions")
    answers = ("--answers", str(EXAMPLES / "express-env" / "answers.yaml"))
    assert shell("deploy", *words, *answers).code == 0
    job = registered("express-env")
    job["Meta"] = {"owner": "ops"}
    job["TaskGroups"][0]["Tasks"][0]["KillTimeout"] = 30 * 10**9
    register(job)
    said = shell("plan", *words, *answers)
    assert "kept of the running job: Meta" in said.out
    assert "nothing would change" in said.out


@pytest.mark.e2e
def test_an_update_changes_only_what_is_asked_for(shell: Shell) -> None:
    words = (str(EXAMPLES / "fastapi-redis"), "--embedded", "--no-questions")
    nodes = ("--nodes", str(EXAMPLES / "fastapi-redis" / "nodes.yaml"))
    assert shell("deploy", *words, *nodes).code == 0
    job = registered("fastapi-redis")
    job["Constraints"] = [{"LTarget": "${attr.kernel.name}", "RTarget": "linux", "Operand": "="}]
    register(job)
    assert shell("deploy", *words, "-p", "3 replicas").code == 0
    now = registered("fastapi-redis")
    assert now["Constraints"] == job["Constraints"]
    assert [group["Count"] for group in now["TaskGroups"]] == [3, 1]


@pytest.mark.e2e
def test_a_compose_service_of_another_name_is_not_run_beside_its_old_self(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    for service in ("web", "store"):
        (folder / "compose.yaml").write_text(f"services:\n  {service}:\n    image: acme/shop:1\n    ports: ['80']\n")
        assert shell("deploy", str(folder), "--embedded", "--no-questions", "-p", "call it shop").code == 0
    assert [group["Name"] for group in registered("shop")["TaskGroups"]] == ["web"]
