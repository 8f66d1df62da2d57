import pytest

from muster.core.secret_shapes.table import mask_secrets
from muster.nomad.domain.extractors.deploy_env import EXTRACTOR, extract_deploy_env
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.registry import EXTRACTORS, run_extractors
from muster.nomad.domain.facts import EnvFact, PortFact, ProblemFact

PATH = "deploy/.env.deploy"


def facts(text, kind=EnvFact, path=PATH):
    found = extract_deploy_env({path: SourceFile(path, text)})
    return [one.fact for one in found if isinstance(one.fact, kind)]


def problems(text):
    found = extract_deploy_env({PATH: SourceFile(PATH, text)})
    return [(one.where, one.fact.problem) for one in found if isinstance(one.fact, ProblemFact)]


@pytest.mark.parametrize(
    ("line", "value", "place", "assigned"),
    [
        ("env:MODE=prod", "prod", "", False),
        ("env:TITLE='two words'", "two words", "", False),
        ("env:EMPTY=", "", "", False),
        ("vault:DB_PASSWORD=secret/data/shop/db:password", None, "vault:secret/data/shop/db#password", False),
        ("vault:DB_PASSWORD=secret/data/shop/db#password", None, "vault:secret/data/shop/db#password", False),
        ("consul:LEVEL=shop/config/level", None, "consul:shop/config/level", False),
        ("nomad:PORT=assigned", None, "", True),
        ("nomad:API_KEY=nomad/jobs/shop:key", None, "nomad-var:nomad/jobs/shop#key", False),
        ("nomad:API_KEY=nomad/jobs/shop", None, "nomad-var:nomad/jobs/shop#API_KEY", False),
    ],
)
def test_each_type_of_a_line(line, value, place, assigned):
    (fact,) = facts(line)
    assert (fact.value, fact.place, fact.assigned) == (value, place, assigned)


def test_what_lies_in_consul_is_no_secret_and_what_lies_in_vault_is():
    assert [one.secret for one in facts("consul:A=a/b\nvault:B=a/b:c\n")] == [False, True]


def test_comments_and_empty_lines_say_nothing():
    assert extract_deploy_env({PATH: SourceFile(PATH, "# env:A=1\n\n  \n")}) == ()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("MODE=prod", "MODE [redacted]: a line is type:VAR=value"),
        ("Vault SMTP", "Vault [redacted]: a line is type:VAR=value"),
        ("volt:A=b", "'volt' is no type"),
        ("vault:A=secret/data/x", "what vault gives for A is no place: it is written path:field"),
        ("consul:A={{x}}", "what consul gives for A is no key"),
        ("consul:API_TOKEN=shop/token", "Consul's store is no place for the secret API_TOKEN"),
        ("nomad:A=", "nomad:A has no value"),
    ],
)
def test_a_line_that_says_nothing_is_told_with_its_number(line, said):
    ((where, problem),) = problems(f"# first\n{line}\n")
    assert where == "deploy/.env.deploy:2"
    assert said in problem


def test_a_name_given_twice_counts_once():
    assert [one.value for one in facts("env:A=1\nenv:A=2\n")] == ["1"]
    assert problems("env:A=1\nenv:A=2\n") == [("deploy/.env.deploy:2", "A is given again: line 1 counts")]


def test_a_refused_line_does_not_count():
    text = "vault:SMTP_PASSWORD=nowhere\nvault:SMTP_PASSWORD=secret/data/shop:smtp\n"
    assert [one.place for one in facts(text)] == ["vault:secret/data/shop#smtp"]
    assert [where for where, _ in problems(text)] == ["deploy/.env.deploy:1"]


@pytest.mark.parametrize("line", ["vault:SMTP_PASSWORD=a", "nomad:SMTP_PASSWORD=a", "consul:LEVEL={{x}}"])
def test_an_advice_outlives_the_masking_of_secrets(line):
    ((_, problem),) = problems(line)
    assert mask_secrets(problem) == problem


@pytest.mark.parametrize(
    "line",
    [
        "env:DB_PASSWORD=hunter2",
        "DB_PASSWORD=hunter2",
        "env:URL=postgres://u:hunter2@db/x",
        "vault:OTHER=hunter2:x",
        "vault:OTHER=hunter2/:x",
        "vault:OTHER=hunter2#x",
        "vault:OTHER=hunter2",
        "nomad:OTHER=hunter2",
        "nomad:OTHER=hunter2:x",
        "hunter2",
        "hunter2==",
        "the word is hunter2",
        "MODE=hunter2",
        "env hunter2",
    ],
)
def test_a_secrets_value_is_masked_and_not_kept(line):
    found = run_extractors({PATH: SourceFile(PATH, line)})
    assert [type(one.fact) for one in found] == [ProblemFact]
    assert "hunter2" not in str(found)


def test_it_speaks_of_the_folder_above_deploy():
    path = "services/api/deploy/.env.deploy"
    assert extract_deploy_env({path: SourceFile(path, "env:A=1")})[0].unit == "folder:services/api"
    assert extract_deploy_env({PATH: SourceFile(PATH, "env:A=1")})[0].unit == "folder:."


def test_a_port_in_it_is_where_the_program_listens():
    assert facts("env:PORT=9000", PortFact) == [PortFact(port=9000, env="PORT")]


@pytest.mark.parametrize(("path", "wanted"), [(PATH, True), (f"a/{PATH}", True), (".env.deploy", False)])
def test_only_the_file_in_deploy_is_read(path, wanted):
    assert EXTRACTOR.wants(path) is wanted


def test_it_stands_above_all_others():
    assert EXTRACTORS[0] is EXTRACTOR
