"""Each warning: a file that has it, and files that look alike and are well."""

from pathlib import Path

import pytest

from muster.nomad.domain.hcl.checks import check_job
from muster.nomad.domain.hcl.diagnostics import Diagnostic
from muster.nomad.domain.hcl.warnings.registry import RULES
from nomad.domain.hcl.recorded_parses import corpus
from nomad.domain.hcl.warning_cases import CASES, HTTP, Case, job, static, template, update
from shared_data import needs_shared

EXAMPLES = Path(__file__).parents[4] / "examples" / "nomad"
FALSE_ALARMS_FREE = ("deadline-order", "host-port-clash", "kv2-path", "kv2-field", "name-twice", "unknown-job-type", "update-of-batch")  # fmt: skip
"""What a server refuses or Vault answers 404 to: a job that Nomad's own tests run never has it."""


def warnings(text: str) -> list[Diagnostic]:
    return [found for found in check_job(text, filename="j") if found.severity == "warning"]


def details(text: str, code: str) -> list[str]:
    return [found.detail for found in warnings(text) if found.code == code]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_a_warning_stands_at_its_place(case: Case) -> None:
    found = [one for one in warnings(case.bad) if one.code == case.code]
    lines = [case.bad.split("\n")[(one.line or 0) - 1] for one in found]
    assert any(case.at in line for line in lines)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_what_looks_alike_and_is_well_has_no_warning(case: Case) -> None:
    assert [found for text in case.good for found in details(text, case.code)] == []


def test_a_plain_job_has_no_warning_at_all() -> None:
    assert warnings(job()) == []


def test_every_warning_has_a_case_of_its_own() -> None:
    assert [rule.code for rule in RULES] == [case.code for case in CASES]


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*/expected.nomad.hcl")), ids=lambda path: path.parent.name)
def test_no_example_has_a_warning(path: Path) -> None:
    assert check_job(path.read_text(encoding="utf-8"), filename=path.name) == ()


@needs_shared
def test_the_public_jobs_that_run_have_none_of_what_a_server_refuses() -> None:
    found = [str(one) for recorded in corpus() if recorded.job for one in warnings(recorded.text)]
    assert [one for one in found if any(f"[{code}]" in one for code in FALSE_ALARMS_FREE)] == []


SECRETS = (
    job(task='env = {\n API_KEY = "s3cr3t-value"\n }'),
    job(task='env {\n URL = "postgres://u:s3cr3t-value@db/x"\n }'),
    job(task=template("API_KEY=s3cr3t-value")),
    job(config='args = ["--db-password=s3cr3t-value"]'),
    job(config='args = ["--db-password", "s3cr3t-value"]'),
    job(config='auth {\n username = "u"\n password = "s3cr3t-value"\n }'),
    'variable "p" {\n default = "s3cr3t-value"\n}\n' + job(task="env {\n DB_PASSWORD = var.p\n }"),
)


@pytest.mark.parametrize("text", SECRETS)
def test_a_secret_is_told_and_its_value_is_not(text: str) -> None:
    found = warnings(text)
    assert [one.code for one in found] == ["secret-in-plain-text"]
    assert "s3cr3t" not in str(found[0])


def test_two_groups_that_may_share_a_node_clash() -> None:
    text = job(group=static(8080), more='group "h" {\n' + static(8080) + "}")
    assert details(text, "host-port-clash")[0].startswith('Group "g" takes port 8080 too')


def test_groups_kept_apart_do_not_clash() -> None:
    apart = "constraint {\n distinct_hosts = true\n }\n"
    text = job(top=apart, group=static(8080), more='group "h" {\n' + static(8080) + "}")
    assert details(text, "host-port-clash") == []


def test_a_group_inherits_the_deadlines_of_the_job() -> None:
    text = job(top=update('progress_deadline = "4m"'), group=update('healthy_deadline = "4m"'))
    assert len(details(text, "deadline-order")) == 2


def test_a_default_service_name_can_be_too_long() -> None:
    text = job(group=HTTP + 'service {\n port = "http"\n }').replace('"g"', f'"{"g" * 70}"')
    assert "72 letters" not in details(text, "service-name")[0]
    assert details(text, "service-name")[0].endswith("Write a name.")


def test_ports_made_by_a_dynamic_block_are_not_judged() -> None:
    ports = 'network {\n dynamic "port" {\n for_each = ["a"]\n labels = [port.value]\n content {\n }\n }\n }\n'
    assert details(job(group=ports, config='ports = ["a"]'), "unknown-port-label") == []


def test_a_value_that_a_variable_will_give_is_not_judged() -> None:
    text = 'variable "x" {\n}\n' + job(task="env {\n DB_PASSWORD = var.x\n }").replace('"app:1"', "var.x")
    assert [one.code for one in warnings(text)] == ["variable-without-default"]


def test_a_secret_of_a_template_is_told_in_its_line() -> None:
    text = job(task=template("LOG=info\nAPI_KEY=s3cr3t-value"))
    (found,) = warnings(text)
    assert text.split("\n")[(found.line or 0) - 1] == "API_KEY=s3cr3t-value"


def test_what_other_delimiters_fill_in_is_no_secret() -> None:
    data = 'API_KEY=[[ key "a" ]] {{ kept }}'
    assert warnings(job(task=template(data, lines='left_delimiter = "[["\n right_delimiter = "]]"'))) == []


def test_an_image_may_name_the_environment_of_its_task() -> None:
    text = job(task='env {\n TAG = "1"\n }')
    assert details(text.replace("app:1", "app:${TAG}"), "placeholder-image") == []
    assert details(text.replace("app:1", "app:${tag}"), "placeholder-image") != []
