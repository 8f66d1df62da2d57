"""Any spec renders to a job file that Nomad parses to the same job, and that reads back equal."""

from hypothesis import HealthCheck, given, settings
from pydantic import JsonValue

from muster.nomad.domain.hcl.api import parse_job
from muster.nomad.domain.hcl.checks import check_job
from muster.nomad.domain.hcl.read import read_spec
from muster.nomad.domain.hcl.render import render_hcl, render_json
from muster.nomad.domain.spec import JobSpec
from nomad.domain.strategies import specs

ANY_SPEED = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def stand_ins(spec: JobSpec) -> dict[str, JsonValue]:
    return {variable.name: f"${{var.{variable.name}}}" for variable in spec.missing_variables()}


@ANY_SPEED
@given(specs())
def test_any_spec_reads_back_equal_from_its_hcl(spec: JobSpec) -> None:
    assert read_spec(render_hcl(spec)) == spec


@ANY_SPEED
@given(specs())
def test_any_rendered_spec_passes_the_checker(spec: JobSpec) -> None:
    findings = check_job(render_hcl(spec), filename="job.nomad.hcl")
    assert [str(finding) for finding in findings if finding.severity == "error"] == []


@ANY_SPEED
@given(specs())
def test_the_json_is_what_the_parser_makes_of_the_hcl(spec: JobSpec) -> None:
    parsed = parse_job(render_hcl(spec), variables=stand_ins(spec))
    assert parsed.job == render_json(spec), parsed.error_text


@ANY_SPEED
@given(specs())
def test_the_json_reads_back_to_a_spec_with_the_same_json(spec: JobSpec) -> None:
    job = render_json(spec)
    assert render_json(read_spec(job)) == job
