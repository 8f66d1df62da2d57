"""The two further forms of a job: with their defaults, or rendered as Terraform does, they are the plain job."""

import json
import re

import pytest
from hypothesis import given
from pydantic import JsonValue

from muster.nomad.domain.hcl.api import parse_job
from muster.nomad.domain.hcl.canonical import canonicalize_job
from muster.nomad.domain.hcl.checks import check_job
from muster.nomad.domain.hcl.read import read_spec
from muster.nomad.domain.hcl.render import render_json
from muster.nomad.domain.hcl.targets import render_terraform, render_variables, template_values
from muster.nomad.domain.network import Network, Port
from muster.nomad.domain.spec import GroupSpec, JobSpec, Variable
from muster.nomad.domain.task import DockerConfig, Resources, TaskSpec
from muster.nomad.domain.values import VarRef
from nomad.domain.hcl.test_hcl_render_properties import ANY_SPEED, stand_ins
from nomad.domain.strategies import specs


def group(name: str, image: str, count: int = 1) -> GroupSpec:
    config = DockerConfig(image=image, args=("${NOMAD_PORT_http}", "%{x}", "${y}"))
    task = TaskSpec(name=name, config=config, resources=Resources(memory_mb=64), env={"A": "$${B}"})
    return GroupSpec(name=name, count=count, tasks=(task,), network=Network(ports=(Port(label="http", to=80),)))


ONE = JobSpec(name="shop", groups=(group("web", "acme/web:1.2", 2),))
TWO = JobSpec(
    name="shop", datacenters=("a", "b"), groups=(group("web-1", "acme/web:1.2"), group("db", "r:5000/db:9", 3))
)


def rendered(template: str, values: dict[str, JsonValue]) -> str:
    """What Terraform's templatefile makes of it, by its rules for `$${`, `%%{`, `${name}` and `${jsonencode(name)}`."""

    def filled(found: re.Match[str]) -> str:
        if found["escaped"]:
            return found["escaped"][1:]
        value = values[found["name"]]
        return json.dumps(value, ensure_ascii=False) if found["json"] else str(value)

    sequence = r"(?P<escaped>\$\$\{|%%\{)|\$\{(?P<json>jsonencode\()?(?P<name>[\w-]+)\)?\}|%\{"
    return re.sub(sequence, filled, template)


def with_values(spec: JobSpec) -> JobSpec:
    """Every variable has a value that no quoting changes."""
    return spec.model_copy(
        update={
            "variables": tuple(
                one.model_copy(update={"default": 5 if one.type == "number" else one.type == "bool" or "given"})
                for one in spec.variables
            )
        }
    )


@ANY_SPEED
@given(specs())
def test_with_its_defaults_a_file_with_variables_is_the_same_job(spec: JobSpec) -> None:
    parsed = parse_job(render_variables(spec), variables=stand_ins(spec))
    assert parsed.job == render_json(spec), parsed.error_text


@ANY_SPEED
@given(specs())
def test_a_file_with_variables_reads_back_to_the_same_job(spec: JobSpec) -> None:
    assert canonicalize_job(render_json(read_spec(render_variables(spec)))) == canonicalize_job(render_json(spec))


@ANY_SPEED
@given(specs())
def test_a_template_renders_to_the_plain_job(spec: JobSpec) -> None:
    known = with_values(spec)
    parsed = parse_job(rendered(render_terraform(known), template_values(known)))
    assert parsed.job == render_json(known), parsed.error_text


@pytest.mark.parametrize("spec", [ONE, TWO])
def test_a_file_with_variables_passes_the_checker(spec: JobSpec) -> None:
    found = check_job(render_variables(spec), filename="j")
    assert [str(one) for one in found if one.severity == "error"] == []


def test_the_variables_of_a_job_with_one_group() -> None:
    text = render_variables(ONE)
    assert 'variable "image_tag" {\n  type        = string\n  default     = "1.2"\n' in text
    assert 'variable "count" {\n  type        = number\n  default     = 2\n' in text
    assert 'variable "datacenters" {\n  type        = list(string)\n  default     = ["dc1"]\n' in text
    assert [line.strip() for line in text.splitlines() if "var." in line] == [
        "datacenters = var.datacenters",
        "count = var.count",
        'image = "acme/web:${var.image_tag}"',
    ]


def test_several_groups_have_variables_of_their_own_names() -> None:
    names = re.findall(r'variable "(\w+)"', render_variables(TWO))
    assert names == ["web_1_image_tag", "db_image_tag", "web_1_count", "db_count", "datacenters"]


def test_a_name_that_the_job_has_already_is_left_to_it() -> None:
    spec = ONE.model_copy(update={"variables": (Variable(name="count", type="number", default=1),)})
    assert re.findall(r'variable "(\w+)"', render_variables(spec)) == ["count", "image_tag", "count_2", "datacenters"]


def test_a_changed_variable_changes_the_job() -> None:
    job = parse_job(render_variables(ONE), variables={"count": 7, "image_tag": "2", "datacenters": ["x"]}).job
    assert job is not None
    changed = read_spec(job)
    assert (changed.groups[0].count, changed.datacenters) == (7, ("x",))
    assert changed.groups[0].tasks[0].config.image == "acme/web:2"


@pytest.mark.parametrize("image", ["acme/web", "acme/web@sha256:abc", "r:5000/web"])
def test_an_image_without_tag_has_no_variable(image: str) -> None:
    spec = JobSpec(name="j", groups=(group("g", image),))
    assert "image_tag" not in render_variables(spec)


def test_a_system_job_has_no_count_to_choose() -> None:
    assert 'variable "count"' not in render_variables(ONE.model_copy(update={"type": "system"}))


def test_what_nomad_fills_in_is_escaped_in_a_template() -> None:
    text = render_terraform(ONE)
    assert 'datacenters = ["${datacenter}"]' in text
    assert 'image = "acme/web:${image_tag}"' in text
    assert "count = ${count}" in text
    assert '"$${NOMAD_PORT_http}"' in text
    assert "%%%{x}" in text


def test_several_datacenters_are_one_variable_of_a_template() -> None:
    assert "datacenters = ${jsonencode(datacenters)}" in render_terraform(TWO)


def test_what_nobody_could_say_is_a_variable_of_the_template() -> None:
    task = ONE.groups[0].tasks[0].model_copy(update={"env": {"REGION": VarRef(var="region")}})
    spec = ONE.with_task("web", task).model_copy(
        update={"variables": (Variable(name="region", missing="not in .env"),)}
    )
    text = render_terraform(spec)
    assert "REGION = ${jsonencode(region)}" in text
    assert "#     region = ... # not in .env\n" in text
    assert "variable" not in text.replace("variables", "")


def test_a_name_of_a_datacenter_that_is_none_stays_as_it_is() -> None:
    assert 'datacenters = ["$$${dc}"]' in render_terraform(ONE.model_copy(update={"datacenters": ("${dc}",)}))


def test_a_template_says_how_terraform_reads_it() -> None:
    assert render_terraform(ONE).split("\n")[:7] == [
        "# A template for Terraform; Nomad itself does not read it:",
        '#   jobspec = templatefile("job.nomad.hcl.tftpl", {',
        '#     image_tag = "1.2"',
        "#     count = 2",
        '#     datacenter = "dc1"',
        "#   })",
        "",
    ]
