"""Job files and API jobs as specs."""

import pytest

from muster.core.errors import SourceError
from muster.nomad.domain.hcl.api import parse_job
from muster.nomad.domain.hcl.canonical import canonicalize_job
from muster.nomad.domain.hcl.read import read_spec
from muster.nomad.domain.hcl.render import render_hcl
from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.values import VarRef
from nomad.domain.hcl.recorded_parses import RecordedParse, corpus
from shared_data import needs_shared


def readable(source: str) -> JobSpec | None:
    try:
        return read_spec(source)
    except SourceError:
        return None


@needs_shared
@pytest.mark.parametrize("recorded", [one for one in corpus() if one.job], ids=lambda recorded: recorded.name)
def test_a_public_job_is_refused_or_keeps_its_meaning(recorded: RecordedParse) -> None:
    spec = readable(recorded.text)
    if spec is not None:
        rendered = parse_job(render_hcl(spec), canonicalize=True)
        assert without_order(rendered.job) == without_order(recorded.job)


def without_order(value: object) -> object:
    """What a recording and a rendering may differ in: an empty list or map and none at all."""
    if isinstance(value, dict):
        return {key: without_order(item) for key, item in value.items() if item not in (None, [], {}, "", 0, False)}
    return [without_order(item) for item in value] if isinstance(value, list) else value


@needs_shared
def test_dozens_of_public_docker_jobs_are_read() -> None:
    assert sum(readable(recorded.text) is not None for recorded in corpus()) >= 40


DOCKER = """
# Nobody says which image.
variable "image" {
  type = string
}
variable "size" {
  type    = number
  default = 64
}
job "j" {
  group "g" {
    task "t" {
      driver = "docker"
      config {
        image = var.image
      }
      env {
        SIZE = var.size
      }
      resources {
        memory = var.size * 2
      }
    }
  }
}
"""


def test_variables_keep_their_places_and_comments() -> None:
    spec = read_spec(DOCKER)
    assert [variable.missing for variable in spec.missing_variables()] == ["Nobody says which image."]
    task = spec.task("g", "t")
    assert (task.config.image, task.env["SIZE"]) == (VarRef(var="image"), VarRef(var="size"))
    assert task.resources.memory_mb == 128


def test_a_variable_without_value_in_a_number_is_refused_by_name() -> None:
    text = DOCKER.replace("  default = 64\n", "")
    with pytest.raises(SourceError, match='The variable "size" has no default'):
        read_spec(text)


def test_what_a_spec_can_not_hold_is_named() -> None:
    text = DOCKER.replace("      env {", '      artifact {\n        source = "https://a"\n      }\n      env {')
    with pytest.raises(SourceError, match=r"holds what a spec can't: TaskGroups\[0\].Tasks\[0\].Artifacts"):
        read_spec(text)


def test_a_broken_file_is_refused_with_its_findings() -> None:
    with pytest.raises(SourceError, match=r"x.hcl:1,10: Unclosed configuration block"):
        read_spec('job "j"  {\n', filename="x.hcl")


def test_another_driver_is_refused() -> None:
    with pytest.raises(SourceError, match="driver"):
        read_spec('job "j" {\n  group "g" {\n    task "t" {\n      driver = "exec"\n    }\n  }\n}\n')


def test_an_api_job_reads_as_its_file_but_for_what_defaults_hide() -> None:
    parsed = parse_job(DOCKER, variables={"image": "nginx"}, canonicalize=True)
    assert parsed.job is not None
    spec = read_spec(parsed.job)
    again = parse_job(render_hcl(spec), canonicalize=True)
    assert again.job == canonicalize_job(parsed.job)
