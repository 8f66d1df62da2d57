"""What a spec holds of any job."""

from typing import Any

from muster.nomad.domain.existing.job_file import read_job_file
from muster.nomad.domain.existing.projection import KEPT_SECRET, plain_secrets, project_job
from muster.nomad.domain.spec import JobSpec

JOB = """
job "shop" {
  group "web" {
    task "shell" {
      driver = "raw_exec"
      config { command = "sh" }
    }
    task "app" {
      driver = "docker"
      config {
        image = "shop:1"
        args  = ["--url", "postgres://me:hunter2hunter2@db/shop"]
      }
      env {
        DB_PASSWORD   = "hunter2"
        FROM_VAULT    = "${NOMAD_SECRETS_DIR}/token"
        SESSION_TOKEN = "${var_of_nomad}"
        LEVEL         = "info"
      }
      template {
        data        = "A=1\\nAPI_KEY=abcdefgh\\n"
        destination = "local/app.env"
      }
    }
  }
}
"""


def spec() -> JobSpec:
    return read_job_file(JOB, "shop.nomad.hcl").spec


def test_tasks_of_other_drivers_are_left_out() -> None:
    assert [task.name for task in spec().group("web").tasks] == ["app"]


def test_a_secret_in_plain_text_is_not_kept() -> None:
    assert "hunter2" not in spec().model_dump_json()
    assert "abcdefgh" not in spec().model_dump_json()


def test_a_secret_in_plain_text_is_named() -> None:
    assert [(one.group, one.task, one.name) for one in plain_secrets(spec())] == [("web", "app", "DB_PASSWORD")]


def test_what_only_names_its_place_is_kept() -> None:
    env = spec().task("web", "app").env
    assert (env["DB_PASSWORD"], env["LEVEL"], env["SESSION_TOKEN"]) == (KEPT_SECRET, "info", "${var_of_nomad}")


def test_values_of_another_type_are_left_out() -> None:
    job: dict[str, Any] = {
        "ID": "x",
        "Name": "x",
        "TaskGroups": [{"Name": "g", "Count": "three", "Tasks": [{"Name": 5}, 7]}],
    }
    assert project_job(job).group("g").count == 1


def test_a_job_of_odd_shapes_is_a_job_without_groups() -> None:
    assert project_job({"ID": "x", "TaskGroups": None, "Datacenters": {"a": 1}}).groups == ()
