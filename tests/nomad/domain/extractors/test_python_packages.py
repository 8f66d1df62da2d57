"""Python's package files: language, name, dependencies, start commands, units."""

import pytest

from muster.nomad.domain.extractors.python.extractor import EXTRACTOR
from muster.nomad.domain.facts import (
    CommandFact,
    DependencyFact,
    EnvFact,
    FrameworkFact,
    LanguageFact,
    NameFact,
    ProblemFact,
    WorkloadFact,
)
from nomad.domain.extractors.code_snippets import evidence, facts

PROJECT = '[project]\nname = "shop"\nrequires-python = ">=3.11"\ndependencies = ["flask>=3", "psycopg[binary]"]\n'
POETRY = '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\npython = "^3.12"\nflask = "*"\ncelery = {extras = ["redis"], version = "5"}\n'
SETUP = "from setuptools import setup\nN = ['flask']\nsetup(name='shop', python_requires='>=3.9', install_requires=N)"

LANGUAGES = [
    ("requirements", {"requirements.txt": "flask"}, None, "pip"),
    ("a project", {"pyproject.toml": PROJECT}, ">=3.11", None),
    ("uv", {"pyproject.toml": PROJECT, "uv.lock": ""}, ">=3.11", "uv"),
    ("poetry", {"pyproject.toml": POETRY}, "^3.12", "poetry"),
    ("pipenv", {"Pipfile": '[packages]\nflask = "*"\n[requires]\npython_version = "3.10"'}, "3.10", "pipenv"),
    ("setup.py", {"setup.py": SETUP}, ">=3.9", None),
    ("setup.cfg", {"setup.py": "", "setup.cfg": "[options]\npython_requires = >=3.8"}, ">=3.8", None),
    ("a version file", {"requirements.txt": "", ".python-version": "3.12.1\n"}, "3.12.1", "pip"),
    ("Heroku's file", {"requirements.txt": "", "runtime.txt": "python-3.9.7"}, "3.9.7", "pip"),
]


@pytest.mark.parametrize(
    ("files", "version", "manager"),
    [pytest.param(files, version, manager, id=name) for name, files, version, manager in LANGUAGES],
)
def test_the_language_has_its_version_and_manager(
    files: dict[str, str], version: str | None, manager: str | None
) -> None:
    assert facts(EXTRACTOR, LanguageFact, files) == [
        LanguageFact(language="python", version=version, package_manager=manager)
    ]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"requirements.txt": "Flask==3.0 ; python_version > '3'"}, id="pinned"),
        pytest.param({"requirements.txt": "-r base.txt\n--hash=x\nflask  # web"}, id="with options and comments"),
        pytest.param({"requirements/base.txt": "flask"}, id="in a folder"),
        pytest.param({"requirements-prod.txt": "git+https://x/y.git#egg=flask"}, id="by egg"),
        pytest.param({"pyproject.toml": PROJECT}, id="pyproject"),
        pytest.param({"pyproject.toml": POETRY}, id="poetry"),
        pytest.param({"Pipfile": '[packages]\nflask = "*"'}, id="Pipfile"),
        pytest.param({"setup.py": SETUP}, id="setup.py"),
        pytest.param({"setup.cfg": "[options]\ninstall_requires =\n    flask>=2"}, id="setup.cfg"),
    ],
)
def test_a_listed_package_is_a_framework_of_the_root(files: dict[str, str]) -> None:
    found = [
        one for one in evidence(EXTRACTOR, files) if one.fact == FrameworkFact(framework="flask", default_port=5000)
    ]
    assert [(one.unit, one.confidence) for one in found] == [("folder:.", 0.6)]


@pytest.mark.parametrize(
    "path", ["requirements-dev.txt", "dev-requirements.txt", "requirements/test.txt", "docs/requirements.txt"]
)
def test_what_developers_install_does_not_count(path: str) -> None:
    assert facts(EXTRACTOR, FrameworkFact, {path: "flask"}) == []


def test_an_import_is_surer_than_a_requirement_and_says_where() -> None:
    files = {"requirements.txt": "flask", "app.py": "import os\nfrom flask import Flask"}
    (found,) = (one for one in evidence(EXTRACTOR, files) if one.fact.kind == "framework")
    assert (found.confidence, found.where) == (0.8, "app.py:2")


def test_an_own_module_hides_the_library_of_its_name() -> None:
    assert facts(EXTRACTOR, FrameworkFact, {"schedule.py": "", "app.py": "import schedule"}) == []


SERVICES = [
    ("import psycopg2", "postgres"),
    ("import asyncpg", "postgres"),
    ("import MySQLdb", "mysql"),
    ("import redis", "redis"),
    ("from motor.motor_asyncio import A", "mongodb"),
    ("import pika", "rabbitmq"),
    ("from kafka import KafkaProducer", "kafka"),
    ("from minio import Minio", "s3"),
    ("from elasticsearch import Elasticsearch", "elasticsearch"),
    ("from qdrant_client import QdrantClient", "qdrant"),
    ("import pymemcache", "memcached"),
    ("import nats", "nats"),
    ("import paho.mqtt.client as mqtt", "mqtt"),
    ("from google.cloud import storage", "gcs"),
    ("U = 'postgresql+asyncpg://db/x'", "postgres"),
    ("U = 'amqp://broker//'", "rabbitmq"),
    ("U = f'mongodb+srv://{host}/x'", "mongodb"),
]


@pytest.mark.parametrize(("code", "service"), SERVICES)
def test_a_client_or_a_url_shows_the_service(code: str, service: str) -> None:
    assert {fact.service for fact in facts(EXTRACTOR, DependencyFact, {"a.py": code})} == {service}


def test_an_extra_shows_the_service() -> None:
    assert [fact.service for fact in facts(EXTRACTOR, DependencyFact, {"requirements.txt": "celery[redis]==5"})] == [
        "redis"
    ]


def test_a_url_in_a_docstring_shows_nothing() -> None:
    assert facts(EXTRACTOR, DependencyFact, {"a.py": '"""Use redis://x."""'}) == []


@pytest.mark.parametrize("library", ["torch", "tensorflow", "transformers", "playwright", "ffmpeg-python"])
def test_heavy_computing_shows(library: str) -> None:
    assert WorkloadFact(workload="compute") in facts(EXTRACTOR, WorkloadFact, {"requirements.txt": library})


COMMANDS = [
    ("a script", {"main.py": "if __name__ == '__main__':\n    go()"}, ("python", "main.py")),
    ("of several the likeliest", {"b.py": "if __name__ == '__main__': ...", "app.py": "if __name__ == '__main__': ..."}, ("python", "app.py")),
    ("a package", {"pyproject.toml": "", "src/shop/__main__.py": "go()"}, ("python", "-m", "shop")),
    ("fastapi", {"app/main.py": "from fastapi import FastAPI\napi = FastAPI()"}, ("uvicorn", "app.main:api", "--host", "0.0.0.0", "--port", "8000")),
    ("flask", {"web.py": "from flask import Flask\napp = Flask('a')"}, ("flask", "--app", "web:app", "run", "--host", "0.0.0.0")),
    ("flask with gunicorn", {"web.py": "from flask import Flask\napp = Flask('a')", "requirements.txt": "gunicorn"}, ("gunicorn", "--bind", "0.0.0.0:8000", "web:app")),
    ("django", {"manage.py": "import django\nif __name__ == '__main__': ..."}, ("python", "manage.py", "runserver", "0.0.0.0:8000")),
    ("django with gunicorn", {"src/manage.py": "import django", "src/p/wsgi.py": "from django.core.wsgi import w", "requirements.txt": "gunicorn"}, ("gunicorn", "--bind", "0.0.0.0:8000", "p.wsgi")),
    ("streamlit", {"app.py": "import streamlit as st"}, ("streamlit", "run", "app.py", "--server.address", "0.0.0.0")),
    ("celery", {"tasks.py": "from celery import Celery\napp = Celery('t')"}, ("celery", "-A", "tasks", "worker")),
    ("a console script", {"pyproject.toml": '[project]\nname = "shop"\n[project.scripts]\nshopd = "shop:main"'}, ("shopd",)),
    ("the package's own script", {"pyproject.toml": '[project]\nname = "shop"\n[project.scripts]\na = "a:b"\nshop = "shop:main"'}, ("shop",)),
    ("setup.py's script", {"setup.py": "from setuptools import setup\nsetup(entry_points={'console_scripts': ['shop = s:main']})"}, ("shop",)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "command"), [pytest.param(files, command, id=name) for name, files, command in COMMANDS]
)
def test_the_likeliest_start_is_found(files: dict[str, str], command: tuple[str, ...]) -> None:
    assert facts(EXTRACTOR, CommandFact, files) == [CommandFact(command=command)]


def test_code_that_starts_nothing_has_no_start() -> None:
    assert facts(EXTRACTOR, CommandFact, {"lib.py": "def f(): ..."}) == []


def test_the_package_is_the_applications_name() -> None:
    assert facts(EXTRACTOR, NameFact, {"pyproject.toml": PROJECT}) == [NameFact(name="shop")]


def test_each_package_file_makes_a_unit() -> None:
    files = {
        "pyproject.toml": "",
        "api/requirements.txt": "flask",
        "api/src/a.py": "import redis",
        "b.py": "import pika",
    }
    found = {(one.unit, one.fact.service) for one in evidence(EXTRACTOR, files) if isinstance(one.fact, DependencyFact)}
    assert found == {("folder:api", "redis"), ("folder:.", "rabbitmq")}


def test_a_module_called_setup_makes_no_unit() -> None:
    files = {"requirements.txt": "", "app/setup.py": "import redis\ndef setup(): ..."}
    assert {one.unit for one in evidence(EXTRACTOR, files)} == {"folder:."}


def test_a_broken_package_file_is_a_problem_and_the_code_still_counts() -> None:
    files = {"pyproject.toml": "[project", "app.py": "import os\nos.environ['X']"}
    assert "can't be parsed" in facts(EXTRACTOR, ProblemFact, files)[0].problem
    assert facts(EXTRACTOR, EnvFact, files) == [EnvFact(name="X", required=True)]


def test_no_python_says_nothing() -> None:
    assert evidence(EXTRACTOR, {}) == ()
    assert evidence(EXTRACTOR, {"runtime.txt": "x", "node_modules/a/b.py": "import flask"})[1:] == ()
