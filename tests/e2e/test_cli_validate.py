"""`validate` through the command line: warnings, translating HCL1, files that are no HCL."""

import json
import stat
from pathlib import Path

import pytest

from e2e.calling import Shell

pytestmark = pytest.mark.e2e

OLD = 'job "j" {\n  meta {\n    "a" = "b" # why\n  }\n}\n'
NEW = OLD.replace('"a"', "a")


@pytest.fixture(autouse=True)
def file(shell: Shell) -> Path:
    path = Path("old.nomad")
    path.write_text(OLD)
    path.chmod(0o640)
    return path


def test_an_old_file_is_said_to_be_one(shell: Shell) -> None:
    said = shell("validate", "old.nomad")
    assert said.code == 1
    assert "old.nomad:3,5: warning: HCL1: a name in quotes;" in said.out
    assert "`nomad-spec validate --fix old.nomad` translates it" in said.out


def test_a_fix_is_shown_asked_for_and_written(shell: Shell, file: Path) -> None:
    said = shell("validate", "--fix", "old.nomad", typed="y\n")
    assert '-    "a" = "b" # why\n+    a = "b" # why\n' in said.out
    assert (said.code, file.read_text()) == (0, NEW)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_fix_that_is_turned_down_is_not_written(shell: Shell, file: Path) -> None:
    assert shell("validate", "--fix", "old.nomad", typed="n\n").code == 1
    assert file.read_text() == OLD


def test_where_nobody_can_be_asked_nothing_is_written(shell: Shell, file: Path) -> None:
    assert shell("validate", "--fix", "old.nomad").code == 130
    assert file.read_text() == OLD


def test_without_questions_a_fix_is_written_once(shell: Shell, file: Path) -> None:
    assert shell("validate", "--fix", "--no-questions", "old.nomad").code == 0
    again = shell("validate", "--fix", "--no-questions", "old.nomad")
    assert again.out == "old.nomad: nothing to translate\n1 file(s) valid\n"
    assert file.read_text() == NEW


def test_a_fix_shows_a_diff_and_so_no_json(shell: Shell) -> None:
    assert shell("validate", "--fix", "--json", "old.nomad").code == 2


def test_json_output_has_the_codes(shell: Shell) -> None:
    Path("old.nomad").write_text('job "j" {\n  datacenters = ["${dc}"]\n}\n')
    found = json.loads(shell("validate", "--json", "old.nomad").out)
    assert [(one["code"], one["severity"]) for one in found] == [("placeholder-datacenter", "warning")]


def judged(shell: Shell, text: str, name: str = "job.json") -> str:
    Path(name).write_text(text)
    said = shell("validate", name)
    return said.out + said.err


def test_the_json_of_the_api_is_judged_as_nomad_does(shell: Shell) -> None:
    said = judged(shell, '{"Job": {"ID": "x", "Type": "cron", "TaskGroups": [{"Name": "g\\ud800"}]}}')
    assert 'job.json: Refused by Nomad; Invalid job type: "cron"' in said


def test_what_generate_writes_as_json_is_valid(shell: Shell) -> None:
    Path("app").mkdir()
    Path("app/compose.yaml").write_text("services:\n  web:\n    image: nginx:1.27\n    ports: ['80']\n")
    assert shell("generate", "app", "--no-questions", "--format", "json", "-o", "job.json").code == 0
    assert shell("validate", "job.json").out.endswith("1 file(s) valid\n")


@pytest.mark.parametrize(
    ("text", "name", "why"),
    [
        ('{"job": {"x": {}}}', "job.json", "is HCL written as JSON"),
        ("{nope", "job.json", "begins as JSON and is none"),
        ('{"Job": []}', "job.json", "is JSON, and no job"),
        ('{"Job": {"ID": 5}}', "job.json", "Wrong type; json: cannot unmarshal number"),
        ("x", "a.nomad.hcl.tftpl", "is a Terraform template: Nomad can't read it"),
    ],
)
def test_what_is_no_job_file_is_said(shell: Shell, text: str, name: str, why: str) -> None:
    assert why in judged(shell, text, name)


def test_what_generate_writes_with_variables_is_valid(shell: Shell) -> None:
    Path("app").mkdir()
    Path("app/compose.yaml").write_text("services:\n  web:\n    image: nginx:1.27\n    ports: ['80']\n")
    assert shell("generate", "app", "--no-questions", "--variables", "-o", "job.hcl").code == 0
    assert '"nginx:${var.image_tag}"' in Path("job.hcl").read_text()
    assert shell("validate", "job.hcl").out == "1 file(s) valid\n"


def test_a_template_for_terraform_is_never_taken_for_a_job(shell: Shell) -> None:
    Path("app").mkdir()
    Path("app/compose.yaml").write_text("services:\n  web:\n    image: nginx:1.27\n    ports: ['80']\n")
    said = shell("generate", "app", "--no-questions", "--profile", "terraform", "-o", "job.nomad.hcl.tftpl")
    assert "it is never deployed from here" in said.err
    assert shell("validate", "job.nomad.hcl.tftpl").code == 2
