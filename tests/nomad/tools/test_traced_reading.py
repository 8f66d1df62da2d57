from collections import Counter
from pathlib import Path

import pytest

from muster.core.errors import SourceError
from muster.core.observability.tracing import traced_by
from muster.core.testing.tracing import RecordingTracer
from muster.nomad.tools.git_codebase import GitCodebase
from nomad.tools.repositories import commit, git

DOCKERFILE = "FROM python:3.12\nEXPOSE 8000\nENV MODE=fast\n"
APP = "import os\nfrom flask import Flask\napp = Flask(__name__)\nKEY = os.environ['API_KEY']\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    (folder / "api").mkdir(parents=True)
    (folder / "Dockerfile").write_text(DOCKERFILE)
    (folder / "api/app.py").write_text(APP)
    (folder / ".env.example").write_text("API_KEY=\n")
    return folder


def read_traced(source: str) -> RecordingTracer:
    tracer = RecordingTracer()
    with traced_by(tracer):
        GitCodebase().evidence(source)
    return tracer


def test_the_walk_tells_which_dockerfiles_it_found(repository: Path) -> None:
    walk = read_traced(str(repository)).named("find_dockerfiles")
    assert (walk.kind, walk.input) == ("tool", str(repository))
    assert walk.said == {"files": 3, "dockerfiles": ["Dockerfile"], "problems": 0}


def test_each_extractor_that_reads_something_is_a_span(repository: Path) -> None:
    names = dict.fromkeys(one.name for one in read_traced(str(repository)).spans())
    assert [name for name in names if name != "read_compose"] == [
        "find_dockerfiles",
        "parse_dockerfile",
        "read_env_example",
        "detect_language_and_deps",
    ]


def test_an_extractors_span_counts_what_it_found_by_kind(repository: Path) -> None:
    parse = read_traced(str(repository)).named("parse_dockerfile")
    assert parse.input == {"extractor": "dockerfile", "files": (".env.example", "Dockerfile")}
    assert parse.said == Counter(BuildFact=1, BaseImageFact=1, PortFact=1, EnvFact=1)


def test_tracing_changes_nothing_of_what_is_found(repository: Path) -> None:
    with traced_by(RecordingTracer()):
        traced = GitCodebase().evidence(str(repository))
    assert traced == GitCodebase().evidence(str(repository))


def test_a_url_is_cloned_in_a_span_of_its_own(repository: Path) -> None:
    git(repository, "init", "--quiet")
    commit(repository)
    tracer = read_traced(repository.as_uri())
    assert [one.name for one in tracer.roots][:2] == ["clone", "find_dockerfiles"]
    assert tracer.named("clone").input == repository.as_uri()


def test_a_clone_that_fails_is_an_error(tmp_path: Path) -> None:
    tracer = RecordingTracer()
    with pytest.raises(SourceError), traced_by(tracer):
        GitCodebase().evidence((tmp_path / "nothing.git").as_uri())
    clone = tracer.named("clone")
    assert clone.level == "error"
    assert clone.message.startswith("SourceError: ")
