"""Modules that are copied into a script: their imports, gathered, and what they define."""

import ast
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

_OWN = "muster"
_WIDTH = 120
_PACKAGES = ("generators/parts", "evals", "domain/data")


def imports(names: Iterable[str], *more: str, but: Iterable[str] = ()) -> str:
    """The import statements of these modules and `more`, each name once, sorted; without those of one another and
    those of the modules `but`."""
    wanted = {one for name in names for one in _imported(_parsed(name))}
    wanted |= {one for text in more for one in _imported(ast.parse(text))}
    wanted -= {one for name in but for one in _imported(_parsed(name))}
    plain = [f"import {name}" for module, name in sorted(wanted) if not module]
    modules = sorted({module for module, _ in wanted if module})
    return "\n".join([*plain, *(_from(module, wanted) for module in modules)])


def source(name: str) -> str:
    """What the module defines, as it is written, below a comment that is its docstring's first line."""
    body = [node for node in _parsed(name).body if not isinstance(node, ast.Import | ast.ImportFrom)]
    title = (ast.get_docstring(_parsed(name)) or name).splitlines()[0]
    first = min(_first_line(node) for node in body[1:])
    code = "\n".join(_text(name).splitlines()[first - 1 :])
    return f"# --- {title}\n\n\n{code.rstrip()}"


def _imported(tree: ast.Module) -> set[tuple[str, str]]:
    """(module, name) of every import, module empty for a plain one; those of muster itself are left out."""
    found: set[tuple[str, str]] = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            found |= {("", one.name) for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] != _OWN:
            found |= {(node.module, one.name) for one in node.names}
    return found


def _from(module: str, wanted: set[tuple[str, str]]) -> str:
    names = sorted(name for owner, name in wanted if owner == module)
    line = f"from {module} import {', '.join(names)}"
    return line if len(line) <= _WIDTH else f"from {module} import (\n    " + ",\n    ".join(names) + ",\n)"


def _first_line(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *(one.lineno for one in decorators)])


@cache
def _parsed(name: str) -> ast.Module:
    return ast.parse(_text(name))


@cache
def _text(name: str) -> str:
    for package in _PACKAGES:
        found = files("muster.aegis").joinpath(f"{package}/{name}.py")
        if found.is_file():
            return found.read_text(encoding="utf-8")
    raise FileNotFoundError(f"no module {name} in {' or '.join(_PACKAGES)}")
