"""The house's own lints: rules too small for ruff, each a function from a parsed file to its problems."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import PurePosixPath

MAX_FILE = {"src": 300, "tests": 500}
MAX_FUNCTION = 40
MAX_PROSE = 200
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "base", "manager", "common", "misc"}

_PROSE = {"the", "a", "an", "and", "or", "of", "to", "in", "is", "are", "you", "your", "not", "with", "for", "as", "it"}
_ASKS_NO_MODEL = ("src/muster/*/domain/*", "src/muster/nomad/embedded/*")


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


def prompt_in_file(file: File) -> Iterator[str]:
    """A long text in sentences is told to a model, and belongs into a prompt file."""
    nodes = list(ast.walk(file.tree))
    docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        text = "" if id(node) in docstrings else _text(node)
        words = text.lower().split()
        if len(text) > MAX_PROSE and sum(word in _PROSE for word in words) > len(words) / 6:
            yield f"{getattr(node, 'lineno', 1)}: {len(text)} characters of prose: prompts are files"


def _text(node: ast.AST) -> str:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str))


_MEM0 = "src/muster/core/memory/mem0_memory.py"
"""Sets what its vendor reads at import."""
_MINILM = "src/muster/core/memory/embeddings.py"
"""Tells its vendor's library not to report to anybody, which that reads at import."""
_METRICS = "src/muster/threads/common/metric_sharing.py"
"""Sets what its vendor reads at import."""
_ENTRY_POINTS = ("src/muster/core/cli.py", "src/muster/*/main.py", "src/muster/nomad/mcp_server.py", "tests/*")
"""Nobody above them could tell the user, or the client."""
_ENDINGS = "src/muster/core/runs/endings.py"
"""What an agent lays beside a report may fail in any way, and hides no run's own error."""
_TOKENIZERS = "src/muster/aegis/tools/tokenizer_files.py"
"""Its vendor raises a bare Exception for a file that it can't read."""

RULES = (
    Rule("file size", file_size),
    Rule("function size", function_size, allowed=("tests/*",)),
    Rule(
        "environment",
        environment,
        allowed=("src/*/settings.py", "src/muster/__init__.py", _MEM0, _MINILM, _METRICS, "tests/*"),
    ),
    Rule("broad except", broad_except, allowed=(*_ENTRY_POINTS, _ENDINGS, _TOKENIZERS)),
    Rule("empty init", empty_init, allowed=("src/muster/__init__.py",)),
    Rule("clock only", clock_only, allowed=("src/muster/core/clock.py", "tests/*")),
    Rule(
        "plain names", plain_names, allowed=("src/muster/threads/common/*", "tests/threads/common/*")
    ),  # what its services share
    Rule("prompt in file", prompt_in_file, allowed=("tests/*", *_ASKS_NO_MODEL)),
)
