import pytest

from muster.nomad.domain.env.suggest import suggest_env
from muster.nomad.domain.env.surroundings import Stores
from muster.nomad.domain.env_table import env_question
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.registry import run_extractors
from muster.nomad.domain.facts import EnvFact, ImageFact, PortFact, WorkloadFact
from nomad.domain.repositories import PYTHON, analysed, say

DOCKERFILE = "FROM python:3.12\nEXPOSE 8080\nCMD gunicorn shop.wsgi\n"


def rows(evidence):
    """What the table gives each variable where nobody is asked."""
    question = env_question(suggest_env(analysed(evidence), None, Stores(), app="shop"))
    return {row.key.partition(".")[2]: row.value for row in question.rows} if question else {}


def of_code(**files):
    texts = {"Dockerfile": DOCKERFILE, "requirements.txt": "flask\n"}
    texts |= {f"{name}.py": f"import os\n{text}\n" for name, text in files.items()}
    return run_extractors({path: SourceFile(path, text) for path, text in texts.items()})


@pytest.mark.parametrize(
    "read", ["os.environ['HOST']", "os.environ.get('HOST', '127.0.0.1')", "os.getenv('HOST', 'localhost')"]
)
def test_a_program_that_would_fail_or_listen_to_itself_gets_an_address(read):
    assert rows(of_code(app=f"host = {read}")) == {"HOST": "0.0.0.0"}


@pytest.mark.parametrize("read", ["os.environ.get('HOST', '0.0.0.0')", "os.getenv('HOST')"])
def test_a_program_that_goes_on_and_is_reached_is_left_alone(read):
    assert rows(of_code(app=f"host = {read}")) == {}


def test_the_loopback_address_of_an_example_is_for_a_desk():
    evidence = (
        *say("dockerfile:Dockerfile", PortFact(port=80)),
        *say("folder:.", PYTHON, EnvFact(name="HOST")),
        *say("folder:.", EnvFact(name="HOST", value="127.0.0.1"), where=".env.example"),
    )
    assert rows(evidence) == {"HOST": "0.0.0.0"}


def test_who_runs_the_service_may_bind_it_to_loopback():
    evidence = say("compose:web", ImageFact(image="x"), PortFact(port=80), EnvFact(name="HOST", value="127.0.0.1"))
    assert rows(evidence) == {}
    assert [one.value for one in analysed(evidence).services[0].env] == ["127.0.0.1"]


def test_the_host_of_what_listens_nowhere_stays_as_the_code_has_it():
    evidence = (
        *say("dockerfile:Dockerfile", WorkloadFact(workload="worker")),
        *say("folder:.", PYTHON, EnvFact(name="HOST", value="localhost")),
    )
    assert [one.value for one in analysed(evidence).services[0].env] == ["localhost"]


def test_djangos_settings_are_asked_for_where_the_code_fails_without_them():
    evidence = of_code(tasks="name = os.environ['DJANGO_SETTINGS_MODULE']")
    question = env_question(suggest_env(analysed(evidence), None, Stores(), app="shop"))
    assert [row.suggestion for row in question.rows] == ["shop.settings"]


def test_djangos_settings_are_known_where_its_entry_file_names_them():
    files = {"manage": "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')"}
    assert rows(of_code(tasks="name = os.environ['DJANGO_SETTINGS_MODULE']", **files)) == {}
