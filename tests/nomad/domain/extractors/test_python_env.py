"""Environment variables that Python code reads."""

import pytest

from muster.nomad.domain.extractors.python.extractor import EXTRACTOR
from muster.nomad.domain.facts import EnvFact
from nomad.domain.extractors.code_snippets import evidence, facts, need, variable

READS = [
    ("a subscript fails without it", "import os\ns = os.environ['X']", "required"),
    ("an import of environ counts", "from os import environ\ns = environ['X']", "required"),
    ("an alias of environ counts", "import os\nenv = os.environ\ns = env['X']", "required"),
    ("getenv without a default has none", "import os\ns = os.getenv('X')", "required"),
    ("get with a default", "import os\ns = os.environ.get('X', 'a')", "=a"),
    ("a default given by keyword", "import os\ns = os.getenv('X', default='a')", "=a"),
    ("a numeric default", "import os\ns = int(os.getenv('X', 5000))", "=5000"),
    ("a default after or", "import os\ns = os.getenv('X') or 'a'", "=a"),
    ("a default from a constant", "import os\nA = 'a'\ns = os.getenv('X', A)", "=a"),
    ("a default with a part unknown", "import os\ns = os.getenv('X', f'{HOST}/ping')", "optional"),
    (
        "a default put together",
        "import os\nA = os.getenv('A', 'a').rstrip('/')\ns = os.getenv('X', A + '/ping')",
        "=a/ping",
    ),
    ("a computed default is a default", "import os\ns = os.getenv('X', f())", "optional"),
    ("an empty default needs no value", "import os\ns = os.getenv('X', '')", "optional"),
    ("None as default is optional", "import os\ns = os.getenv('X', None)", "optional"),
    ("a flag is optional", "import os\nif os.getenv('X'):\n    go()", "optional"),
    ("a comparison is optional", "import os\ns = os.getenv('X') == '1'", "optional"),
    ("a later test makes it optional", "import os\ns = os.getenv('X')\nif s:\n    go()", "optional"),
    ("raising when absent needs it", "import os\ns = os.getenv('X')\nif not s:\n    raise ValueError", "required"),
    ("exiting when absent needs it", "import os, sys\ns = os.getenv('X')\nif s is None:\n    sys.exit(1)", "required"),
    ("an assertion needs it", "import os\ns = os.getenv('X')\nassert s", "required"),
    ("all of several are needed", "import os\ns = os.getenv('X')\nif not all([s, t]):\n    raise E", "required"),
    ("a default set when absent", "import os\ns = os.getenv('X')\nif not s:\n    s = 'a'", "=a"),
    ("a method on the value needs it", "import os\ns = os.getenv('X').split(',')", "required"),
    (
        "a caught KeyError forgives",
        "import os\ntry:\n    s = os.environ['X']\nexcept KeyError:\n    s = ''",
        "optional",
    ),
    (
        "a re-raised KeyError does not",
        "import os\ntry:\n    s = os.environ['X']\nexcept KeyError:\n    raise E",
        "required",
    ),
    ("membership is a look", "import os\nif 'X' in os.environ:\n    s = os.environ['X']", "optional"),
    ("absence that raises needs it", "import os\nif 'X' not in os.environ:\n    raise E", "required"),
    ("setdefault has a default", "import os\nos.environ.setdefault('X', 'a')", "=a"),
    ("what is only set is not read", "import os\nos.environ['X'] = 'a'", "absent"),
    ("what is set before is not needed", "import os\nos.environ['X'] = 'a'\ns = os.environ['X']", "optional"),
    ("a walrus in a test is a look", "import os\nif s := os.getenv('X'):\n    go()", "optional"),
    ("a bound method reads", "import os\nneed = os.environ.__getitem__\ns = need('X')", "required"),
    (
        "dotenv_values is read like environ",
        "from dotenv import dotenv_values\nc = dotenv_values()\ns = c['X']",
        "required",
    ),
    ("decouple without a default", "from decouple import config\ns = config('XX')", "required"),
    ("decouple with a default", "from decouple import config\ns = config('XX', default='a', cast=str)", "=a"),
    ("starlette's Config", "from starlette.config import Config\nc = Config('.env')\ns = c('XX', default='a')", "=a"),
    ("environs by type", "from environs import Env\nenv = Env()\ns = env.str('XX', 'a')", "=a"),
    (
        "environs with a prefix",
        "from environs import Env\nenv = Env()\nwith env.prefixed('X'):\n    s = env('X')",
        "required",
    ),
    ("django-environ's scheme", "import environ\nenv = environ.Env(XX=(bool, False))", "=False"),
    ("a helper by its name", "s = get_env('XX', 'a')", "=a"),
    ("a helper that insists", "s = require_env('XX')", "required"),
    ("an option of click", "import click\n@click.option('--x', envvar='XX', default='a')\ndef f(x): ...", "=a"),
    ("a listed name", "import os\nREQUIRED_ENV = ['XX']\nfor n in REQUIRED_ENV:\n    os.environ[n]", "required"),
    ("Python 2 code is read by lines", "import os\nprint os.environ['X']", "required"),
    ("Python 2 defaults too", "import os\nprint os.getenv('X', 'a')", "=a"),
]


@pytest.mark.parametrize(("code", "expected"), [pytest.param(code, need, id=name) for name, code, need in READS])
def test_a_read_says_whether_the_variable_is_needed(code: str, expected: str) -> None:
    name = "XX" if "XX" in code or "prefixed" in code else "X"
    assert need(EXTRACTOR, {"app.py": code}, name) == expected


def test_django_environs_database_is_database_url() -> None:
    assert need(EXTRACTOR, {"s.py": "import environ\nenv = environ.Env()\nD = env.db()"}, "DATABASE_URL") == "required"


@pytest.mark.parametrize("name", ["HOME", "PATH", "PYTHONPATH", "HOSTNAME", "NOMAD_PORT_http", "HTTP_USER_AGENT"])
def test_what_the_system_sets_is_no_setting(name: str) -> None:
    assert variable(EXTRACTOR, {"app.py": f"import os\ns = os.environ['{name}']"}, name) is None


@pytest.mark.parametrize("name", ["TZ", "LOG_LEVEL", "HTTP_PROXY", "DEBUG"])
def test_what_tools_give_a_meaning_is_never_needed(name: str) -> None:
    assert need(EXTRACTOR, {"app.py": f"import os\ns = os.getenv('{name}')"}, name) == "optional"


def test_a_secrets_default_is_dropped() -> None:
    found = variable(EXTRACTOR, {"app.py": "import os\ns = os.getenv('DB_PASSWORD', 'hunter2')"}, "DB_PASSWORD")
    assert found == EnvFact(name="DB_PASSWORD", secret=True)


def test_a_url_with_a_password_is_dropped() -> None:
    files = {"app.py": "import os\ns = os.getenv('DATABASE_URL', 'postgres://me:pw1@db/x')"}
    assert variable(EXTRACTOR, files, "DATABASE_URL") == EnvFact(name="DATABASE_URL", secret=True)
    assert "pw1" not in repr(evidence(EXTRACTOR, files))


def test_a_default_in_the_same_file_beats_a_bare_read() -> None:
    assert need(EXTRACTOR, {"a.py": "import os\ns = os.getenv('X')\nt = os.getenv('X', 'a')"}) == "=a"


def test_a_file_that_fails_without_it_beats_another_files_default() -> None:
    files = {"a.py": "import os\ns = os.getenv('X', 'a')", "b.py": "import os\nt = os.environ['X']"}
    assert need(EXTRACTOR, files) == "required"


def test_what_another_module_only_looks_at_is_optional() -> None:
    files = {
        "config.py": "import os\nclass Config:\n    XX = os.environ.get('XX')\n    YY = os.environ.get('YY')",
        "app.py": "if app.config['XX']:\n    go()",
    }
    assert (need(EXTRACTOR, files, "XX"), need(EXTRACTOR, files, "YY")) == ("optional", "required")


def test_tests_need_nothing_of_the_application() -> None:
    code = "import os\ns = os.environ['X']"
    assert facts(EXTRACTOR, EnvFact, {"tests/test_a.py": code, "conftest.py": code, "docs/conf.py": code}) == []


def test_a_script_needs_nothing_of_the_application() -> None:
    assert need(EXTRACTOR, {"app.py": "", "scripts/load.py": "import os\ns = os.environ['X']"}) == "optional"


def test_the_place_is_the_line_of_the_read() -> None:
    (found,) = (
        one for one in evidence(EXTRACTOR, {"api/app.py": "import os\n\ns = os.environ['X']"}) if one.fact.kind == "env"
    )
    assert (found.unit, found.where, found.source) == ("folder:.", "api/app.py:3", "python")
    assert found.reason == "the code fails without X"
