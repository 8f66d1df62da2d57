"""A Python file that says something is never passed over: every row of the tables speaks, and so do names across files."""

import pytest

from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.python.access import READERS
from muster.nomad.domain.extractors.python.commands import APPLICATIONS
from muster.nomad.domain.extractors.python.libraries import PYTHON
from muster.nomad.domain.extractors.python.mounts import MOUNTING
from muster.nomad.domain.extractors.python.ports import GRPC, LISTENERS
from muster.nomad.domain.extractors.python.quiet import parse_unit
from muster.nomad.domain.extractors.python.routes import REGISTERING

CALLS = sorted({*(listener.call for listener in LISTENERS), *APPLICATIONS, *READERS})


def parsed(**files: str) -> list[str]:
    """The files that were parsed."""
    sources = [SourceFile(f"{name}.py", text) for name, text in files.items()]
    return [file.path for file, module in parse_unit(sources, "folder:.") if module and module.tree.body]


@pytest.mark.parametrize("call", CALLS)
def test_a_call_of_a_table_speaks(call: str) -> None:
    package, _, name = call.rpartition(".")
    owner, _, made = package.rpartition(".")
    if made[:1].isupper():
        code = f"from {owner} import {made} as C\nx = C()\nx.{name}()\n"
    else:
        code = f"from {package} import {name} as f\nx = f()\n"
    assert parsed(a=code) == ["a.py"]


@pytest.mark.parametrize("method", sorted({*MOUNTING, *GRPC, *REGISTERING}))
def test_a_method_of_a_table_speaks(method: str) -> None:
    code = f"from mine import {method}\n{method}('/x', y)\n" if method[0].isupper() else f"x.{method}('/x', y)\n"
    assert parsed(a=code) == ["a.py"]


@pytest.mark.parametrize(
    "code",
    [
        "@app.get('/status')\ndef status(): ...\n",
        "@get('/')\ndef root(): ...\n",
        "urls = [path('up/', view)]\n",
        "if request.path == '/up': ...\n",
        "if self.path in ('/up',): ...\n",
        "if __name__ == '__main__':\n    main()\n",
        "HTTP_PORT: int = 8000\n",
        "def serve(host, listen_on=':80'): ...\n",
        "self.config['api_prefix'] = '/api'\n",
        "parser.add_argument('--level', default=3)\n",
        "url = 'redis://cache'\n",
        "class S(BaseSettings):\n    a: int\n",
        "value = get_env('A')\n",
    ],
)
def test_what_is_read_from_code_speaks(code: str) -> None:
    assert parsed(a=code) == ["a.py"]


def test_code_that_says_nothing_is_not_parsed() -> None:
    assert parsed(a="import logging\n\n\ndef add(a, b):\n    return a + b\n") == []


def test_a_library_is_looked_up_in_the_first_file_that_imports_it() -> None:
    assert PYTHON.facts("redis")
    assert parsed(a="import redis\n", b="import redis\n", c="from redis import Redis\n") == ["a.py"]


def test_a_library_that_only_a_script_imported_is_looked_up_again() -> None:
    sources = [SourceFile(path, "import redis\n") for path in ("scripts/a.py", "shop.py", "shop2.py")]
    assert [bool(module and module.tree.body) for _, module in parse_unit(sources, "folder:.")] == [True, True, False]


def test_an_import_in_a_comment_hides_none_in_code() -> None:
    assert parsed(a="x = 1  # import redis\n", b="import redis\n") == ["a.py", "b.py"]


def test_a_file_that_looks_at_a_variable_of_another_one_is_parsed() -> None:
    reads = "import os\nMAIL = os.getenv('MAIL_SERVER')\n"
    assert parsed(a=reads, b="if settings.MAIL_SERVER:\n    x()\n", c="if settings.OTHER:\n    x()\n") == [
        "a.py",
        "b.py",
    ]
