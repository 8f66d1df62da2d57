"""parse_job against the answers of a real Nomad."""

import pytest

from muster.nomad.domain.hcl.api import parse_job
from nomad.domain.hcl.recorded_parses import RecordedParse, corpus, listed, recordings
from shared_data import needs_shared

DIFFERENCES = listed("parse_differences.json")


def agrees(recorded: RecordedParse) -> bool:
    parsed = parse_job(recorded.text, filename="input.hcl", canonicalize=recorded.canonicalize)
    if recorded.error is None:
        return parsed.job == recorded.job
    # Nomad walks Go maps: neither the order nor a repetition of its lines means anything.
    return set(parsed.error_text.splitlines()) == set(recorded.error.splitlines())


@needs_shared
@pytest.mark.parametrize("recorded", [*recordings(), *corpus()], ids=lambda recorded: recorded.name)
def test_the_job_or_the_error_is_nomads(recorded: RecordedParse) -> None:
    assert agrees(recorded) == (recorded.name not in DIFFERENCES)


@needs_shared
def test_a_listed_difference_is_about_a_recording() -> None:
    assert DIFFERENCES.keys() <= {recorded.name for recorded in [*recordings(), *corpus()]}


def job_of(text: str, **variables: object) -> dict[str, object]:
    parsed = parse_job(text, variables=variables)  # type: ignore[arg-type]  # JSON values all
    assert parsed.job is not None, parsed.error_text
    return parsed.job


VARIABLES = """
variable "names" { type = list(string) }
variable "count" {
  type    = number
  default = 1
}
job "x" {
  datacenters = var.names
  priority    = var.count + 1
}
"""


def test_given_variables_beat_defaults_and_are_converted() -> None:
    job = job_of(VARIABLES, names=["a", "b"], count="7")
    assert (job["Datacenters"], job["Priority"]) == (["a", "b"], 8)


def test_a_list_may_be_given_as_hcl_text() -> None:
    assert job_of(VARIABLES, names='["a"]')["Datacenters"] == ["a"]


def test_a_value_of_the_wrong_type_is_refused() -> None:
    parsed = parse_job(VARIABLES, variables={"names": ["a"], "count": "many"})
    assert "not compatible with the variable's type constraint: a number is required" in parsed.error_text


def test_a_value_for_an_undeclared_variable_is_refused() -> None:
    parsed = parse_job('job "x" {\n}\n', variables={"dc": "a"})
    assert parsed.error_text.startswith("<nil>: Undefined -var variable;")


def test_locals_may_refer_to_each_other_in_any_order() -> None:
    text = 'locals {\n  a = "${local.b}!"\n  b = "x"\n}\njob "j" {\n  name = local.a\n}\n'
    assert job_of(text)["Name"] == "x!"


def test_a_variable_validation_reports_its_own_words() -> None:
    text = """
variable "n" {
  default = 1
  validation {
    condition     = var.n > 3
    error_message = "Too small."
  }
}
job "j" {
}
"""
    assert "Too small." in parse_job(text).error_text


def test_runtime_names_stay_as_they_are_written() -> None:
    text = 'job "j" {\n  meta {\n    a = "${attr.kernel.name}/${NOMAD_PORT_http}/${env["HOME"]}"\n    b = node.class\n  }\n}\n'
    assert job_of(text)["Meta"] == {"a": '${attr.kernel.name}/${NOMAD_PORT_http}/${env["HOME"]}', "b": "${node.class}"}


def test_an_escaped_template_is_literal_text() -> None:
    assert job_of('job "j" {\n  name = "$${a}%%{b}"\n}\n')["Name"] == "${a}%{b}"


def test_nested_dynamic_blocks_see_the_outer_iterator() -> None:
    text = """
job "j" {
  dynamic "group" {
    for_each = ["a", "b"]
    labels   = [group.value]
    content {
      dynamic "task" {
        for_each = { one = 1 }
        labels   = ["${group.value}-${task.key}"]
        content {
          driver = "docker"
        }
      }
    }
  }
}
"""
    groups = job_of(text)["TaskGroups"]
    assert isinstance(groups, list)
    assert [[task["Name"] for task in group["Tasks"]] for group in groups] == [["a-one"], ["b-one"]]


def test_a_field_newer_than_the_recordings_is_kept() -> None:
    text = 'job "j" {\n  node_pool = "gpu"\n  group "g" {\n    service {\n      provider = "nomad"\n    }\n  }\n}\n'
    job = job_of(text)
    assert job["NodePool"] == "gpu"
    assert job["TaskGroups"][0]["Services"][0]["Provider"] == "nomad"  # type: ignore[index]  # JSON


def test_nesting_beyond_reason_is_refused_and_not_crashed_on() -> None:
    deep = "[" * 200_000
    assert parse_job(f"a = {deep}").job is None
    assert "Nested too deeply" in parse_job(f'job "x" {{\n  name = {"(" * 100}1{")" * 100}\n}}\n').error_text
