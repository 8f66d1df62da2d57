"""Variables of a job file that are secrets and have no default."""

from muster.nomad.domain.existing.job_file import placed_variables, read_job_file
from muster.nomad.domain.existing.questions import open_questions

PLACE = "vault:secret/shop#password"


def job(more: str = "") -> str:
    return f"""variable "db_password" {{}}
job "shop" {{
  group "web" {{
    task "web" {{
      driver = "docker"
      config {{
        image = "shop:1"
        {more}
      }}
      env {{
        DB_PASSWORD = var.db_password
      }}
    }}
  }}
}}
"""


def test_the_place_of_a_secret_variable_is_asked_and_never_its_value() -> None:
    (question,) = open_questions(read_job_file(job(), "j.hcl").spec, path="j.hcl")
    assert question.kind == "table"
    assert [row.key for row in question.rows] == ["web.DB_PASSWORD"]


def test_a_secret_variable_that_is_read_from_its_place_needs_no_value() -> None:
    file = read_job_file(job(), "j.hcl")
    assert placed_variables(file, {"web.DB_PASSWORD": PLACE}) == {"db_password": ""}
    assert read_job_file(job(), "j.hcl", {"db_password": ""}).spec.missing_variables() == ()


def test_a_secret_variable_that_is_used_elsewhere_too_still_has_no_value_and_says_what_to_do() -> None:
    file = read_job_file(job('args = ["--password=${var.db_password}"]'), "j.hcl")
    assert placed_variables(file, {"web.DB_PASSWORD": PLACE}) == {}
    assert "let a template read it" in file.spec.missing_variables()[0].missing
