"""Nomad job files as evidence."""

import pytest

from muster.nomad.domain.candidates import chosen, find_candidates
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.nomad_job import EXTRACTOR
from muster.nomad.domain.facts import (
    CommandFact,
    EnvFact,
    Evidence,
    HealthFact,
    ImageFact,
    NameFact,
    NetworkModeFact,
    PortFact,
    ProblemFact,
    ReplicasFact,
    ResourcesFact,
    UserFact,
    VolumeFact,
    WorkdirFact,
    WorkloadFact,
)
from nomad.domain.hcl.recorded_parses import corpus
from shared_data import needs_shared

JOB = """\
job "shop" {
  type = "service"
  group "web" {
    count = 3
    network {
      port "http" {
        to     = 8080
        static = 80
      }
    }
    volume "data" {
      type   = "host"
      source = "shop-data"
    }
    service {
      port = "http"
      check {
        type     = "http"
        path     = "/up"
        interval = "10s"
        timeout  = "3s"
      }
    }
    task "app" {
      driver = "docker"
      user   = "1000:1000"
      config {
        image        = "ghcr.io/acme/shop:1.4"
        ports        = ["http"]
        command      = "serve"
        args         = ["--all"]
        work_dir     = "/srv"
        network_mode = "shop-net"
      }
      env {
        PORT        = "${NOMAD_PORT_http}"
        DB_PASSWORD = "hunter2hunter2"
      }
      volume_mount {
        volume      = "data"
        destination = "/data"
      }
      resources {
        cpu    = 300
        memory = 700
      }
    }
    task "logs" {
      driver = "raw_exec"
      config { command = "ship" }
    }
    task "proxy" {
      driver = "docker"
      config { image = "envoy:1" }
      lifecycle { hook = "prestart" }
    }
  }
}
"""


def said(text: str, path: str = "jobs/shop.nomad.hcl") -> tuple[Evidence, ...]:
    return EXTRACTOR.extract({path: SourceFile(path=path, text=text)})


def facts(text: str, path: str = "jobs/shop.nomad.hcl") -> list[object]:
    unit = f"job:{path}"
    return [item.fact for item in said(text, path) if item.unit == unit and not isinstance(item.fact, ProblemFact)]


def problems(text: str, path: str = "jobs/shop.nomad.hcl") -> list[str]:
    return [item.fact.problem for item in said(text, path) if isinstance(item.fact, ProblemFact)]


def test_the_main_task_says_what_it_runs() -> None:
    assert facts(JOB) == [
        NameFact(name="shop"),
        WorkloadFact(workload="server"),
        ImageFact(image="ghcr.io/acme/shop:1.4"),
        ReplicasFact(count=3),
        ResourcesFact(cpu_mhz=300, memory_mb=700),
        PortFact(port=8080, published=80, env="PORT"),
        EnvFact(name="PORT", value="${NOMAD_PORT_http}"),
        EnvFact(name="DB_PASSWORD", secret=True),
        CommandFact(command=("serve", "--all")),
        WorkdirFact(path="/srv"),
        NetworkModeFact(mode="shop-net"),
        UserFact(user="1000:1000", uid=1000),
        VolumeFact(path="/data", source="shop-data", type="named"),
        HealthFact(type="http", path="/up", interval_s=10, timeout_s=3),
    ]


def test_every_fact_has_its_line() -> None:
    wheres = {type(item.fact): item.where for item in said(JOB) if item.unit == "job:jobs/shop.nomad.hcl"}
    assert wheres[ImageFact] == "jobs/shop.nomad.hcl:28"
    assert wheres[ReplicasFact] == "jobs/shop.nomad.hcl:4"


def test_another_docker_task_speaks_of_itself() -> None:
    other = [item.fact for item in said(JOB) if item.unit == "job:jobs/shop.nomad.hcl#web.proxy"]
    assert ImageFact(image="envoy:1") in other


def test_a_secret_in_plain_text_is_told_with_its_line_and_not_kept() -> None:
    found = [item for item in said(JOB) if isinstance(item.fact, ProblemFact)]
    assert [item.where for item in found] == ["jobs/shop.nomad.hcl:37"]
    assert "hunter2" not in "".join(item.model_dump_json() for item in said(JOB))


@pytest.mark.parametrize(
    ("body", "fact"),
    [
        ('type = "batch"', WorkloadFact(workload="batch")),
        ('type = "system"', WorkloadFact(workload="system")),
        ('periodic { cron = "@daily" }', WorkloadFact(workload="periodic", cron="@daily")),
    ],
)
def test_the_kind_of_job_is_a_fact(body: str, fact: WorkloadFact) -> None:
    assert fact in facts(f'job "a" {{\n  {body}\n  group "g" {{}}\n}}\n')


def test_an_image_that_a_variable_without_default_names_is_not_known() -> None:
    text = 'variable "tag" {}\n' + JOB.replace("shop:1.4", "shop:${var.tag}")
    assert not any(isinstance(fact, ImageFact) for fact in facts(text))


def test_a_job_of_the_api_is_read_from_json() -> None:
    task = '{"Name": "t", "Driver": "docker", "Config": {"image": "a:1"}}'
    text = f'{{"Job": {{"ID": "a", "TaskGroups": [{{"Name": "g", "Tasks": [{task}]}}]}}}}'
    assert ImageFact(image="a:1") in facts(text, "a.nomad.json")


@pytest.mark.parametrize(
    "text",
    ['resource "aws_instance" "a" {}\n', 'source "docker" "a" {}\n', "", 'locals { job = "a" }\n'],
    ids=["terraform", "packer", "empty", "locals"],
)
def test_hcl_without_a_job_is_passed_over(text: str) -> None:
    assert said(text, "main.hcl") == ()


def test_a_template_of_nomad_pack_is_told() -> None:
    text = 'job "[[ .shop.name ]]" {\n  group "g" {\n    count = [[ .shop.count ]]\n  }\n}\n'
    assert problems(text) == ["the job file jobs/shop.nomad.hcl is left out: a template of Levant or nomad-pack"]


def test_a_template_of_terraform_is_told() -> None:
    text = 'job "shop" {\n  count = ${count}\n  group "g" { meta { a = "$${attr.x}" } }\n}\n'
    assert problems(text) == ["the job file jobs/shop.nomad.hcl is left out: it is written for Terraform"]


def test_a_job_that_nomad_refuses_is_told_with_its_place() -> None:
    (problem,) = problems('job "a" {\n  cuont = 1\n}\n')
    assert "jobs/shop.nomad.hcl:2,3: Unsupported argument" in problem


@pytest.mark.parametrize("path", ["tests/fixtures/a.nomad", "testdata/a.hcl", "app/expected.nomad.hcl"])
def test_what_tests_compare_with_is_no_job_of_the_application(path: str) -> None:
    assert said(JOB, path) == ()


@pytest.mark.parametrize("text", ["job", '{"TaskGroups": 1}', '{"TaskGroups": [', "\0", 'job "a" {' * 500])
@pytest.mark.parametrize("path", ["a.nomad", "a.nomad.json"])
def test_odd_content_is_no_error(text: str, path: str) -> None:
    said(text, path)


@needs_shared
def test_every_public_job_is_read_or_told() -> None:
    for recorded in corpus():
        said(recorded.text)


def candidates_of(*paths: str, more: tuple[Evidence, ...] = ()) -> list[tuple[str, bool]]:
    evidence = [item for path in paths for item in said(JOB, path)]
    return [(one.id, one.preselected) for one in find_candidates([*evidence, *more], name="shop")]


def test_a_job_file_is_taken_alone() -> None:
    image = Evidence(unit="compose:api", fact=ImageFact(image="a:1"), source="compose", where="c.yaml:1", reason="x")
    assert candidates_of("shop.nomad", more=(image,)) == [("job:shop.nomad", True), ("compose:api", False)]


def test_of_several_job_files_the_nearest_that_is_called_like_the_repository_is_taken() -> None:
    paths = ("deploy/prod/shop.nomad", "deploy/cache.nomad", "deploy/shop.nomad")
    assert candidates_of(*paths) == [
        ("job:deploy/shop.nomad", True),
        ("job:deploy/cache.nomad", False),
        ("job:deploy/prod/shop.nomad", False),
    ]


def test_another_candidate_keeps_its_own_name_beside_a_job_file() -> None:
    image = Evidence(unit="compose:shop", fact=ImageFact(image="a:1"), source="compose", where="c.yaml:1", reason="x")
    found = find_candidates([*said(JOB), image], name="shop")
    assert [one.name for one in found] == ["shop", "shop"]
    assert chosen(found, "shop") == ("job:jobs/shop.nomad.hcl",)
