"""A Python file parsed once: its tree, what its names were imported as, and where names get their values."""

import ast
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeGuard

from muster.nomad.domain.extractors.extractor import SourceFile

_DEEPEST_NAME = 12


@dataclass(frozen=True)
class Module:
    """A parsed file of Python code."""

    file: SourceFile
    tree: ast.Module

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the tree, outer before inner."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def calls(self) -> tuple[ast.Call, ...]:
        """Every call."""
        return tuple(node for node in self.nodes if isinstance(node, ast.Call))

    @cached_property
    def parents(self) -> Mapping[ast.AST, ast.AST]:
        """What each node stands in."""
        return {child: node for node in self.nodes for child in ast.iter_child_nodes(node)}

    @cached_property
    def imports(self) -> Mapping[str, tuple[str, int]]:
        """Local names of imports: the full dotted name and the line."""
        found: dict[str, tuple[str, int]] = {}
        for node in self.nodes:
            for local, full in _imported(node):
                found.setdefault(local, (full, getattr(node, "lineno", 1)))
        return found

    @cached_property
    def packages(self) -> frozenset[str]:
        """The top packages that are imported."""
        return frozenset(full.partition(".")[0] for full, _ in self.imports.values())

    @cached_property
    def assigned(self) -> Mapping[str, tuple[ast.expr, ...]]:
        """What variables, class fields and attributes of this last name are set to, in any scope of the file."""
        found: defaultdict[str, list[ast.expr]] = defaultdict(list)
        for node in self.nodes:
            for name, value in _assigned(node):
                found[name].append(value)
        return {name: tuple(values) for name, values in found.items()}

    @cached_property
    def _aliases(self) -> Mapping[str, str]:
        """Dotted names that variables stand for: `app = Flask(...)` makes `app` a `flask.Flask`."""
        names = {local: full for local, (full, _) in self.imports.items()}
        for node in self.nodes:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                maker = node.value.func if isinstance(node.value, ast.Call) else node.value
                full = _dotted(maker, names)
                if full and full.partition(".")[0] != node.targets[0].id:
                    names.setdefault(node.targets[0].id, full)
        return names

    def dotted(self, node: ast.AST) -> str:
        """The full dotted name of a name or attribute, imports and simple variables resolved; "" for anything else."""
        return _dotted(node, self._aliases)


def parse_python(file: SourceFile) -> Module | None:
    """The file as a module, None when this Python can't parse it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Module(file, ast.parse(file.text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def constant_text(node: ast.AST | None) -> str | None:
    """The text of a string literal."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def keyword_of(call: ast.Call, *names: str) -> ast.expr | None:
    """The value of the first keyword argument by one of these names."""
    return next((keyword.value for keyword in call.keywords if keyword.arg in names), None)


def is_sequence(node: ast.AST) -> TypeGuard[ast.List | ast.Tuple | ast.Set]:
    """Whether a node is a literal list, tuple or set."""
    return isinstance(node, (ast.List, ast.Tuple, ast.Set))


def _dotted(node: ast.AST, names: Mapping[str, str]) -> str:
    parts: list[str] = []
    while len(parts) < _DEEPEST_NAME:
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Name):
            return ".".join([names.get(node.id, node.id), *reversed(parts)])
        else:
            return ""
    return ""


def _imported(node: ast.AST) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield (
                (alias.asname or alias.name.partition(".")[0]),
                (alias.name if alias.asname else alias.name.partition(".")[0]),
            )
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            yield alias.asname or alias.name, f"{'.' * node.level}{node.module or ''}.{alias.name}"


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from ((name, node.value) for name in _target_name(target))
    elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
        yield from ((name, node.value) for name in _target_name(node.target))
    elif isinstance(node, ast.arguments):
        yield from _parameter_defaults(node)
    elif isinstance(node, ast.Call):
        yield from _option_default(node)


def _target_name(target: ast.expr) -> tuple[str, ...]:
    match target:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Subscript(slice=ast.Constant(value=str(name))):
            return (name,)
        case _:
            return ()


def _parameter_defaults(node: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    ordered = [*node.posonlyargs, *node.args]
    first = len(ordered) - len(node.defaults)
    for argument, default in zip(ordered[first:], node.defaults, strict=True):
        yield argument.arg, default
    for argument, keyword_default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
        if keyword_default is not None:
            yield argument.arg, keyword_default


def _option_default(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """`add_argument("--port", default=8080)` and click's options: the name that the option gets."""
    default = keyword_of(call, "default")
    flags = [text for text in map(constant_text, call.args) if text and text.startswith("--")]
    if default is not None and flags:
        yield flags[0].lstrip("-").replace("-", "_"), default
