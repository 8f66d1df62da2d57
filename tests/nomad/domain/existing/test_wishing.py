"""The user's word over an existing job."""

import pytest

from muster.core.errors import SourceError
from muster.nomad.domain.existing.chosen_file import check_unchanged, choose_file
from muster.nomad.domain.existing.job_file import edited_text, read_job_file
from muster.nomad.domain.existing.main_task import main_task
from muster.nomad.domain.existing.questions import given_places, given_variables, open_questions
from muster.nomad.domain.existing.wishing import ungranted, with_places, with_wishes
from muster.nomad.domain.prompt.parse import parse_prompt
from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.task import SecretBlock
from nomad.domain.repositories import cluster

JOB = """
variable "tag" {
  description = "which release"
}
variable "db_password" {}
job "shop" {
  group "cache" {
    task "redis" {
      driver = "docker"
      config { image = "redis:7" }
    }
  }
  group "web" {
    network {
      port "http" { to = 8080 }
    }
    service {
      port = "http"
      check {
        type     = "tcp"
        interval = "10s"
        timeout  = "2s"
      }
    }
    task "init" {
      driver = "docker"
      lifecycle { hook = "prestart" }
      config { image = "busybox:1" }
    }
    task "app" {
      driver = "docker"
      config {
        image = "shop:${var.tag}"
        ports = ["http"]
      }
      env {
        API_TOKEN = "abcdefghijkl"
      }
    }
  }
}
"""


def spec(text: str = JOB) -> JobSpec:
    return read_job_file(text, "shop.nomad.hcl").spec


def wished(prompt: str) -> JobSpec:
    return with_wishes(spec(), parse_prompt(prompt))


def test_the_main_task_keeps_running_in_a_group_with_ports() -> None:
    main = main_task(spec())
    assert main is not None
    assert (main[0].name, main[1].name) == ("web", "app")


def test_wishes_are_about_the_main_task() -> None:
    job = wished("image shop:9, 4 replicas with 2 GB and 700 MHz on port 80, listens on 9000")
    task, group = job.task("web", "app"), job.group("web")
    assert group.network is not None
    assert (task.config.image, group.count) == ("shop:9", 4)
    assert (task.resources.memory_mb, task.resources.cpu_mhz) == (2048, 700)
    assert (group.network.ports[0].static, group.network.ports[0].to) == (80, 9000)


def test_everything_else_stays() -> None:
    job = wished("4 replicas")
    assert job.group("cache") == spec().group("cache")
    assert job.group("web").tasks == spec().group("web").tasks


def test_a_wish_without_words_for_the_job_changes_nothing() -> None:
    assert wished("") == spec()


def test_a_job_can_be_called_and_placed_otherwise() -> None:
    job = wished("call it store, in namespace eu, in datacenter dc7")
    assert (job.name, job.namespace, job.datacenters) == ("store", "eu", ("dc7",))


def test_a_health_route_is_one_more_check_where_none_asks_by_http() -> None:
    checks = wished("health check at /up").group("web").services[0].checks
    assert [(check.type, check.path) for check in checks] == [("tcp", None), ("http", "/up")]


def test_what_an_existing_job_does_not_grant_is_told() -> None:
    wishes = parse_prompt("as a batch job, reachable at shop.example.com")
    assert [sentence.split(":")[0] for sentence in ungranted(spec(), wishes)] == [
        "the kind of a job is not changed in an existing job",
        "a route is not changed in an existing job",
    ]


def test_variables_without_default_and_the_places_of_secrets_are_asked() -> None:
    questions = open_questions(spec(), path="shop.nomad.hcl")
    assert [question.id for question in questions] == ["tag.variable", "env"]


def test_the_value_of_a_variable_that_is_a_secret_is_never_asked() -> None:
    assert "db_password.variable" not in [one.id for one in open_questions(spec(), path="shop.nomad.hcl")]


def test_an_answered_variable_has_that_value() -> None:
    values = given_variables({"tag.variable": "7", "select": ["x"], "other.variable": ""})
    job = read_job_file(JOB, "shop.nomad.hcl", values).spec
    assert job.task("web", "app").config.image == "shop:7"
    assert [variable.name for variable in job.missing_variables()] == ["db_password"]


def test_a_secret_with_a_place_comes_from_a_template() -> None:
    places = given_places({"env": {"app.API_TOKEN": "vault:secret/shop#token"}})
    task = with_places(spec(), places, None).task("web", "app")
    assert task.env == {}
    assert 'secret "secret/data/shop"' in task.templates[0].data
    assert task.vault is not None


def test_a_secret_with_a_place_comes_from_a_block_where_the_version_has_them() -> None:
    places = given_places({"env": {"app.API_TOKEN": "vault:secret/shop#token"}})
    wished = with_places(spec(), places, cluster("1.11.0", vault=True))
    assert wished.task("web", "app").env == {"API_TOKEN": "${secret.shop.token}"}
    written = edited_text(read_job_file(JOB, "shop.nomad.hcl", {}), wished)
    assert 'secret "shop" {' in written
    assert read_job_file(written, "shop.nomad.hcl", {}).spec.task("web", "app").secrets == (
        SecretBlock(name="shop", provider="vault", path="secret/shop", config={"engine": "kv_v2"}),
    )


def test_a_file_that_was_changed_is_noticed() -> None:
    chosen = choose_file("shop.nomad.hcl", JOB)
    check_unchanged(chosen, JOB)
    with pytest.raises(SourceError, match="was changed since this run began"):
        check_unchanged(chosen, f"{JOB} ")
