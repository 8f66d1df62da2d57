"""Changes written into a job file: only their own lines differ."""

import difflib
import json
from collections.abc import Callable

import pytest

from muster.core.errors import SourceError
from muster.nomad.domain.existing.job_file import edited_text, read_job_file
from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.task import Template
from nomad.domain.existing.changed_jobs import small_changes, with_count, with_env, with_image, with_memory
from nomad.domain.hcl.recorded_parses import RecordedParse, corpus
from shared_data import needs_shared

ACCEPTED = [one for one in corpus() if one.job]
LONGEST_CHANGE = 4
"""Lines: a block of one argument, with the blank line before it."""

JOB = """\
# The shop. Ask ops before you touch this.
variable "tag" {
  default = "1.4"  # bumped by CI
}

variable "replicas" {
  type    = number
  default = 2
}

job "shop" {
  datacenters = ["dc1"]

  group "web" {
    count = var.replicas # two in each rack

    network {
      port "http" { to = 8080 }
    }

    task "app" {
      driver = "docker"

      config {
        image = "ghcr.io/acme/shop:${var.tag}"
        ports = ["http"]
      }

      env {
        LEVEL   = "info" // quiet
        GREETING = <<-EOT
          hello
          EOT
      }

      resources {
        cpu    = 200
        memory = 256 # MB
      }
    }
  }
}
"""


def changed(text: str, change: Callable[[JobSpec], JobSpec]) -> list[str]:
    file = read_job_file(text, "jobs/shop.nomad.hcl")
    return diff(text, edited_text(file, change(file.spec)))


def diff(old: str, new: str) -> list[str]:
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm="")
    return [line for line in list(lines)[2:] if line[0] in "+-"]


def edited_or_none(recorded: RecordedParse) -> list[str | None]:
    """The texts of a job's small changes; None for one that is refused."""
    file, texts = read_job_file(recorded.text, "job.nomad.hcl"), list[str | None]()
    for after in small_changes(file.spec):
        try:
            texts.append(edited_text(file, after))
        except SourceError:
            texts.append(None)
    return texts


@needs_shared
@pytest.mark.parametrize("recorded", ACCEPTED, ids=lambda recorded: recorded.name)
def test_a_small_change_of_a_public_job_touches_few_lines(recorded: RecordedParse) -> None:
    for text in edited_or_none(recorded):
        assert text is None or 1 <= len(diff(recorded.text, text)) <= LONGEST_CHANGE


@needs_shared
def test_hardly_any_small_change_of_a_public_job_is_refused() -> None:
    texts = [text for recorded in ACCEPTED for text in edited_or_none(recorded)]
    assert texts.count(None) / len(texts) < 0.02


def test_without_a_change_the_text_stays() -> None:
    file = read_job_file(JOB, "shop.nomad.hcl")
    assert edited_text(file, file.spec) == JOB


def test_a_value_keeps_its_comment_and_its_place() -> None:
    lines = changed(JOB, lambda spec: with_memory(spec, "web", "app", 1024))
    assert lines == ["-        memory = 256 # MB", "+        memory = 1024 # MB"]


def test_a_variable_that_only_stands_there_gets_the_value() -> None:
    lines = changed(JOB, lambda spec: with_count(spec, "web", 3))
    assert lines == ["-  default = 2", "+  default = 3"]


def test_a_variable_that_is_used_elsewhere_too_is_not_changed() -> None:
    text = JOB.replace("cpu    = 200", "cpu    = var.replicas * 100")
    with pytest.raises(SourceError, match=r"shop.nomad.hcl:15: .*count is var.replicas, which the file uses 2 times"):
        changed(text, lambda spec: with_count(spec, "web", 3))


def test_a_value_made_of_a_variable_is_not_overwritten() -> None:
    with pytest.raises(SourceError, match=r"image is made of var\.tag"):
        changed(JOB, lambda spec: with_image(spec, "web", "app", "shop:2"))


def test_a_local_that_only_stands_there_gets_the_value() -> None:
    text = JOB.replace("memory = 256", "memory = local.memory") + "\nlocals {\n  memory = 256\n}\n"
    lines = changed(text, lambda spec: with_memory(spec, "web", "app", 512))
    assert lines == ["-  memory = 256", "+  memory = 512"]


def test_a_variable_without_default_gets_one() -> None:
    text = JOB.replace("  default = 2\n", "")
    lines = changed(text, lambda spec: with_count(spec, "web", 3))
    assert lines == ["+  default = 3"]


def test_a_new_argument_stands_in_the_column_of_those_above() -> None:
    text = JOB.replace("    count = var.replicas # two in each rack\n\n", "")
    assert changed(text, lambda spec: with_count(spec, "web", 3)) == ["+    count = 3", "+"]


def test_a_new_variable_of_the_environment_stands_behind_the_last() -> None:
    lines = changed(JOB, lambda spec: with_env(spec, "web", "app", {**spec.task("web", "app").env, "REGION": "eu"}))
    assert lines == ['+        REGION   = "eu"']


def test_an_environment_that_is_not_there_becomes_a_block() -> None:
    start, end = JOB.index("      env {"), JOB.index("      resources {")
    lines = changed(JOB[:start] + JOB[end:], lambda spec: with_env(spec, "web", "app", {"REGION": "eu"}))
    assert lines == ["+", "+      env {", '+        REGION = "eu"', "+      }"]


@pytest.mark.parametrize(
    ("env", "added"),
    [
        ('env = { LEVEL = "info" }', '      env = { LEVEL = "info", REGION = "eu" }'),
        ('env = {\n        LEVEL = "info"\n      }', '        REGION = "eu"'),
        ('env = {\n        LEVEL = "info",\n      }', '        REGION = "eu",'),
        ("env = {}", '      env = { REGION = "eu" }'),
        ('env { LEVEL = "info" }', '        REGION = "eu"'),
    ],
)
def test_however_the_environment_is_written_one_more_fits_in(env: str, added: str) -> None:
    start, end = JOB.index("env {"), JOB.index("      resources {")
    text = f"{JOB[:start]}{env}\n\n{JOB[end:]}"
    lines = changed(text, lambda spec: with_env(spec, "web", "app", {**spec.task("web", "app").env, "REGION": "eu"}))
    assert f"+{added}" in lines


def test_what_is_taken_out_takes_its_line_and_its_comment() -> None:
    lines = changed(JOB, lambda spec: with_env(spec, "web", "app", {"GREETING": "hello\n"}))
    assert lines == ['-        LEVEL   = "info" // quiet']


def test_a_new_block_is_indented_as_the_file_is() -> None:
    template = Template(data='{{ with secret "db" }}\nX=1\n{{ end }}\n', destination="secrets/db.env", env=True)

    def with_template(spec: JobSpec) -> JobSpec:
        return spec.with_task("web", spec.task("web", "app").model_copy(update={"templates": (template,)}))

    lines = changed(JOB, with_template)
    assert lines[:3] == ["+", "+      template {", '+        destination = "secrets/db.env"']


def test_a_block_that_a_dynamic_block_makes_is_refused() -> None:
    text = JOB.replace(
        'port "http" { to = 8080 }',
        'dynamic "port" {\n for_each = ["http"]\n labels = [port.value]\n content { to = 8080 }\n }',
    )

    def with_port(spec: JobSpec) -> JobSpec:
        group = spec.group("web")
        assert group.network is not None
        ports = tuple(port.model_copy(update={"static": 80}) for port in group.network.ports)
        return spec.with_group(group.model_copy(update={"network": group.network.model_copy(update={"ports": ports})}))

    with pytest.raises(SourceError, match='port "http" is not written as a block here'):
        changed(text, with_port)


def test_windows_line_ends_stay() -> None:
    file = read_job_file(JOB.replace("\n", "\r\n"), "shop.nomad.hcl")
    text = edited_text(file, with_env(file.spec, "web", "app", {**file.spec.task("web", "app").env, "REGION": "eu"}))
    assert text.replace("\r\n", "").count("\n") == 0


def test_another_name_is_another_label() -> None:
    lines = changed(JOB, lambda spec: spec.model_copy(update={"name": "store"}))
    assert lines == ['-job "shop" {', '+job "store" {']


def test_a_job_as_json_keeps_what_a_spec_does_not_hold() -> None:
    job = {"ID": "a", "Name": "a", "Own": 1, "TaskGroups": [{"Name": "g", "Count": 1}]}
    text = json.dumps({"Job": job}, indent=4)
    file = read_job_file(text, "shop.nomad.json")
    lines = diff(text, edited_text(file, with_count(file.spec, "g", 2)))
    assert lines == ['-                "Count": 1', '+                "Count": 2']


def test_a_file_that_is_no_job_is_refused_with_its_place() -> None:
    with pytest.raises(SourceError, match=r"bad.nomad.hcl:2,3: Unsupported argument"):
        read_job_file('job "a" {\n  cuont = 1\n}\n', "bad.nomad.hcl")


@pytest.mark.parametrize("held", ["cpu = 300", "memory = 300", "", "memory = 300 /* MB */"])
def test_a_block_on_one_line_takes_several_changes_at_once(held: str) -> None:
    text = JOB.replace("cpu    = 200\n        memory = 256 # MB\n      ", "").replace(
        "resources {\n        }", f"resources {{ {held} }}"
    )
    file = read_job_file(text, "jobs/shop.nomad.hcl")
    task = file.spec.task("web", "app")
    wished = task.resources.model_copy(update={"cpu_mhz": 700, "memory_mb": 1024})
    after = file.spec.with_task("web", task.model_copy(update={"resources": wished}))

    said = read_job_file(edited_text(file, after), "jobs/shop.nomad.hcl")

    assert f"resources {{ {held} }}" in text
    assert said.spec.task("web", "app").resources == wished


def test_an_argument_that_gives_way_in_a_block_on_one_line_leaves_no_blank_line() -> None:
    text = JOB.replace("cpu    = 200\n        memory = 256 # MB\n      ", "").replace(
        "resources {\n        }", "resources { cores = 2 }"
    )
    file = read_job_file(text, "jobs/shop.nomad.hcl")
    task = file.spec.task("web", "app")
    wished = task.resources.model_copy(update={"cpu_mhz": 700, "cores": None})
    edited = edited_text(file, file.spec.with_task("web", task.model_copy(update={"resources": wished})))
    (block,) = [part.partition("}")[0] for part in edited.split("resources {")[1:]]
    assert [line.strip() for line in block.splitlines()] == ["", "cpu = 700", ""]
