"""The offline checker: agreement with Nomad, and what it says about single mistakes."""

import pytest

from muster.nomad.domain.hcl.checks import check_job
from muster.nomad.domain.hcl.diagnostics import Severity
from nomad.domain.hcl.recorded_parses import RecordedParse, corpus, listed
from shared_data import needs_shared

DISAGREEMENTS = listed("corpus_disagreements.json")
ALLOWED = 4


def accepts(text: str) -> bool:
    return all(finding.severity != "error" for finding in check_job(text, filename="job.nomad.hcl"))


@needs_shared
@pytest.mark.parametrize("recorded", corpus(), ids=lambda recorded: recorded.name)
def test_the_checker_agrees_with_nomad_but_for_the_listed(recorded: RecordedParse) -> None:
    agree = accepts(recorded.text) == (recorded.error is None)
    assert agree == (recorded.name not in DISAGREEMENTS)


@needs_shared
def test_few_disagreements_are_listed_and_all_are_in_the_corpus() -> None:
    assert len(DISAGREEMENTS) <= ALLOWED
    assert DISAGREEMENTS.keys() <= {recorded.name for recorded in corpus()}


def findings(text: str, severity: Severity) -> list[str]:
    found = check_job(text, filename="j.hcl")
    return [str(finding) for finding in found if finding.severity == severity]


def task(lines: str) -> str:
    return f'job "j" {{\n  group "g" {{\n    task "t" {{\n      driver = "docker"\n{lines}\n    }}\n  }}\n}}\n'


ERRORS = [
    ("job \"x\" {\n  a = [1 2]\n}\n", "j.hcl:2,10: Missing item separator; Expected a comma to mark the beginning of the next item."),
    ('job "x" {\n  datacentres = []\n}\n', 'j.hcl:2,3: Unsupported argument; An argument named "datacentres" is not expected here. Did you mean "datacenters"?'),
    ('job "x" {\n  gruop "g" {\n  }\n}\n', 'j.hcl:2,3: Unsupported block type; Blocks of type "gruop" are not expected here. Did you mean "group"?'),
    ('job "x" {\n  priority = "high"\n}\n', "j.hcl:2,15: Unsuitable value type; Unsuitable value: a number is required"),
    ('job "x" {\n  name = var.nope\n}\n', 'j.hcl:2,13: Unsupported attribute; This object does not have an attribute named "nope".'),
    ('job "x" {\n  name = local.nope\n}\n', 'j.hcl:2,15: Unsupported attribute; This object does not have an attribute named "nope".'),
    ('job "x" {\n  group {\n  }\n}\n', "j.hcl:2,9: Missing name for group; All group blocks must have 1 labels (name)."),
    ('job "x" {\n  update {\n  }\n  update {\n  }\n}\n', "j.hcl:4,3: Duplicate update block; Only one update block is allowed. Another was defined at j.hcl:2,3-9."),
    (task("      lifecycle {\n      }"), 'j.hcl:5,17: Missing required argument; The argument "hook" is required, but no definition was found.'),
    (task('      constraint {\n        distinct_host = true\n      }'), 'j.hcl:6,9: Unsupported argument; An argument named "distinct_host" is not expected here. Did you mean "distinct_hosts"?'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "finding"), ERRORS)
def test_a_mistake_is_named_with_its_place(text: str, finding: str) -> None:
    assert findings(text, "error") == [finding]


def test_several_mistakes_come_in_the_order_of_the_text() -> None:
    text = 'job "x" {\n  b = 1\n  group "g" {\n    c = 2\n  }\n  priority = "x"\n}\n'
    assert [finding.line for finding in check_job(text, filename="j")] == [2, 4, 6]


def test_a_warning_names_its_code_and_is_no_error() -> None:
    text = task('      config {\n        image  = "a:1"\n        imagee = "a"\n      }')
    warning = 'j.hcl:7,9: warning: Unknown docker option; The docker driver has no option "imagee". Did you mean "image"? [unknown-docker-option]'
    assert findings(text, "error") == []
    assert warning in findings(text, "warning")


def test_a_variable_without_default_may_stand_anywhere() -> None:
    text = 'variable "n" {\n  type = number\n}\njob "j" {\n  priority = var.n\n  name = "a-${var.n}"\n  datacenters = [var.n]\n}\n'
    assert findings(text, "error") == []


@pytest.mark.parametrize(
    ("option", "right"),
    [
        ('args = "serve"', 'args is a list of texts: args = ["..."]'),
        ('privileged = "maybe"', "privileged is true or false"),
        ("shm_size = [1]", "shm_size is a number: shm_size = 1"),
        ("command = []", 'command is a text: command = "..."'),
        ("mount = 1", "mount is a block: mount { ... }"),
        ("args {\n}", "args is a list of texts"),
    ],
)
def test_a_docker_option_of_the_wrong_type_is_told_with_the_right_form(option: str, right: str) -> None:
    text = task(f'      config {{\n        image = "a:1"\n        {option}\n      }}')
    assert any(right in warning for warning in findings(text, "warning"))
