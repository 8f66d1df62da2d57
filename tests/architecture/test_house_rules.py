from pathlib import Path, PurePosixPath

import pytest

from architecture.house_rules import MAX_FUNCTION, RULES, File, Rule

ROOT = Path(__file__).parents[2]
FILES = [
    File(PurePosixPath(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
    for folder in ("src", "tests")
    for path in sorted((ROOT / folder).rglob("*.py"))
]
BY_NAME = {rule.name: rule for rule in RULES}
CODE = "src/muster/nomad/nodes/deploy.py"
SENTENCES = "You are an expert in clusters. Read the file and say which port the program listens on. " * 3

VIOLATIONS = [
    ("file size", CODE, "x = 1\n" * 301),
    ("file size", "tests/test_x.py", "x = 1\n" * 501),
    ("function size", CODE, "def f():\n" + "    x = 1\n" * MAX_FUNCTION),
    ("function size", CODE, "class C:\n    async def f(self):\n" + "        x = 1\n" * MAX_FUNCTION),
    ("environment", CODE, "import os\nos.environ['A']\n"),
    ("environment", CODE, "import os as system\nsystem.getenv('A')\n"),
    ("environment", CODE, "from os import environ\n"),
    ("broad except", CODE, "try: pass\nexcept: pass\n"),
    ("broad except", CODE, "try: pass\nexcept Exception as e: raise\n"),
    ("broad except", CODE, "try: pass\nexcept (ValueError, BaseException): pass\n"),
    ("empty init", "src/muster/nomad/__init__.py", "from muster.nomad.graph import build_graph\n"),
    ("empty init", "tests/nomad/__init__.py", "x = 1\n"),
    ("clock only", CODE, "from datetime import datetime\ndatetime.now()\n"),
    ("clock only", CODE, "import datetime\ndatetime.date.today()\n"),
    ("prompt in file", CODE, f"ASK = {SENTENCES!r}\n"),
    ("prompt in file", CODE, f"def f(x):\n    return f'{{x}} {SENTENCES}'\n"),
    ("plain names", "src/muster/core/utils.py", ""),
    ("plain names", "tests/helpers/test_x.py", ""),
]

INNOCENTS = [
    ("file size", CODE, "x = 1\n" * 300),
    ("function size", CODE, "def f():\n" + "    x = 1\n" * (MAX_FUNCTION - 1)),
    ("environment", "src/muster/nomad/settings.py", "import os\nos.environ\n"),
    ("environment", CODE, "import os\nos.getcwd()\n"),
    ("broad except", "src/muster/core/cli.py", "try: pass\nexcept Exception: pass\n"),
    ("broad except", CODE, "try: pass\nexcept ValueError: pass\n"),
    ("empty init", "src/muster/__init__.py", "import os\n"),
    ("empty init", "src/muster/nomad/__init__.py", "\n"),
    ("clock only", CODE, "clock.now()\n"),
    ("prompt in file", CODE, f"def f():\n    {SENTENCES!r}\n"),
    ("prompt in file", CODE, f"WORDS = {'torch flask django celery ' * 20!r}\n"),
    ("prompt in file", CODE, f"ASK = {SENTENCES[:200]!r}\n"),
    ("plain names", "src/muster/core/clock.py", ""),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_house_keeps_its_rules(rule: Rule) -> None:
    assert [problem for file in FILES for problem in rule.problems(file)] == []


@pytest.mark.parametrize(("name", "path", "text"), VIOLATIONS)
def test_a_rule_bites(name: str, path: str, text: str) -> None:
    assert BY_NAME[name].problems(File(PurePosixPath(path), text))


@pytest.mark.parametrize(("name", "path", "text"), INNOCENTS)
def test_a_rule_leaves_the_innocent_alone(name: str, path: str, text: str) -> None:
    assert BY_NAME[name].problems(File(PurePosixPath(path), text)) == []


def test_every_rule_has_a_violation_that_proves_it() -> None:
    assert {name for name, _, _ in VIOLATIONS} == set(BY_NAME)
    assert len(FILES) > 100
