"""The house's own lints: rules too small for ruff, each a function from a parsed file to its problems."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import PurePosixPath

MAX_FILE = {"src": 300, "tests": 500}
MAX_FUNCTION = 40
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "base", "manager", "common", "misc"}


@dataclass(frozen=True)
class File:
    """A Python file, by its path from the repository's root."""

    path: PurePosixPath
    text: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)


@dataclass(frozen=True)
class Rule:
    """`allowed` are the paths (patterns) that the rule leaves alone."""

    name: str
    check: Callable[[File], Iterator[str]]
    allowed: tuple[str, ...] = ()

    def problems(self, file: File) -> list[str]:
        if any(fnmatch(str(file.path), pattern) for pattern in self.allowed):
            return []
        return [f"{file.path}:{problem}" for problem in self.check(file)]


def file_size(file: File) -> Iterator[str]:
    lines, most = len(file.text.splitlines()), MAX_FILE[file.path.parts[0]]
    if lines > most:
        yield f"1: {lines} lines, and {most} is the most: split it"


def function_size(file: File) -> Iterator[str]:
    for node in ast.walk(file.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > MAX_FUNCTION:
                yield f"{node.lineno}: {node.name} has {lines} lines, and {MAX_FUNCTION} is the most"


def environment(file: File) -> Iterator[str]:
    for node in ast.walk(file.tree):
        named = node.attr if isinstance(node, ast.Attribute) else ""
        imported = (
            {name.name for name in node.names} if isinstance(node, ast.ImportFrom) and node.module == "os" else ()
        )
        for name in {named, *imported} & {"environ", "environb", "getenv", "putenv"}:
            yield f"{getattr(node, 'lineno', 1)}: os.{name} outside settings.py"


def broad_except(file: File) -> Iterator[str]:
    for node in ast.walk(file.tree):
        if isinstance(node, ast.ExceptHandler):
            caught = {name.id for name in ast.walk(node.type) if isinstance(name, ast.Name)} if node.type else {"all"}
            if caught & {"all", "Exception", "BaseException"}:
                yield f"{node.lineno}: a broad except outside an entry point"


def empty_init(file: File) -> Iterator[str]:
    if file.path.name == "__init__.py" and file.text.strip():
        yield "1: an __init__.py is empty"


def clock_only(file: File) -> Iterator[str]:
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            if owner in ("datetime", "date") and node.attr in ("now", "utcnow", "today"):
                yield f"{node.lineno}: {owner}.{node.attr}: take the time from a Clock"


def plain_names(file: File) -> Iterator[str]:
    for part in (*file.path.parts[1:-1], file.path.stem):
        if part in VAGUE_NAMES:
            yield f"1: {part!r} says nothing"


RULES = (
    Rule("file size", file_size),
    Rule("function size", function_size, allowed=("tests/*",)),
    Rule("environment", environment, allowed=("src/*/settings.py", "src/muster/__init__.py", "tests/*")),
    Rule("broad except", broad_except, allowed=("src/muster/core/cli.py", "src/muster/*/main.py", "tests/*")),
    Rule("empty init", empty_init, allowed=("src/muster/__init__.py",)),
    Rule("clock only", clock_only, allowed=("src/muster/core/clock.py", "tests/*")),
    Rule("plain names", plain_names),
)
