"""A Python file parsed once: its tree, what its names were imported as, and where names get their values."""

import ast
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import TypeGuard, TypeVar, cast

from muster.nomad.domain.extractors.extractor import SourceFile

N = TypeVar("N", bound=ast.AST)

_DEEPEST_NAME = 12
# Fields that hold no expression or statement.
_OUTER = frozenset(
    {
        "ctx", "op", "ops", "id", "attr", "arg", "name", "names", "module", "level", "kind", "lineno", "simple",
        "type_comment", "type_ignores",
    }
)  # fmt: skip


class _Inner(dict[type[ast.AST], tuple[str, ...]]):
    """The fields of each kind of node that may hold others."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        constant = issubclass(kind, (ast.Constant, ast.Global, ast.Nonlocal))
        self[kind] = () if constant else tuple(name for name in kind._fields if name not in _OUTER)
        return self[kind]


_INNER = _Inner()


@dataclass(frozen=True)
class Module:
    """A parsed file of Python code."""

    file: SourceFile
    tree: ast.Module

    @cached_property
    def parents(self) -> Mapping[ast.AST, ast.AST]:
        """What each node stands in, outer before inner; without operators, contexts and names of imports."""
        parents: dict[ast.AST, ast.AST] = {}
        nodes: list[ast.AST] = [self.tree]
        for node in nodes:  # grows as it is walked
            children = _children(node)
            parents.update(dict.fromkeys(children, node))
            nodes += children
        return parents

    @cached_property
    def _by_kind(self) -> Mapping[type[ast.AST], list[tuple[int, ast.AST]]]:
        found: defaultdict[type[ast.AST], list[tuple[int, ast.AST]]] = defaultdict(list)
        for number, node in enumerate(self.parents):
            found[type(node)].append((number, node))
        return found

    def of(self, *kinds: type[N]) -> list[N]:
        """The nodes of these kinds, outer before inner."""
        found = [numbered for kind in kinds for numbered in self._by_kind.get(kind, ())]
        if len(kinds) > 1:
            found.sort(key=itemgetter(0))
        return cast("list[N]", [node for _, node in found])

    @cached_property
    def calls(self) -> list[ast.Call]:
        """Every call."""
        return self.of(ast.Call)

    @cached_property
    def imports(self) -> Mapping[str, tuple[str, int]]:
        """Local names of imports: the full dotted name and the line."""
        found: dict[str, tuple[str, int]] = {}
        for node in self.of(ast.Import, ast.ImportFrom):
            for local, full in _imported(node):
                found.setdefault(local, (full, node.lineno))
        return found

    @cached_property
    def packages(self) -> frozenset[str]:
        """The top packages that are imported."""
        return frozenset(full.partition(".")[0] for full, _ in self.imports.values())

    @cached_property
    def assigned(self) -> Mapping[str, tuple[ast.expr, ...]]:
        """What variables, class fields and attributes of this last name are set to, in any scope of the file."""
        found: defaultdict[str, list[ast.expr]] = defaultdict(list)
        for node in self.of(ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.arguments, ast.Call):
            for name, value in _assigned(node):
                found[name].append(value)
        return {name: tuple(values) for name, values in found.items()}

    @cached_property
    def _aliases(self) -> Mapping[str, str]:
        """Dotted names that variables stand for: `app = Flask(...)` makes `app` a `flask.Flask`."""
        names = {local: full for local, (full, _) in self.imports.items()}
        for node in self.of(ast.Assign):
            if isinstance(node.targets[0], ast.Name):
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


def _children(node: ast.AST) -> list[ast.AST]:
    found: list[ast.AST] = []
    for name in _INNER[type(node)]:
        value: object = getattr(node, name, None)
        if isinstance(value, list):
            found += [one for one in cast("list[object]", value) if isinstance(one, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


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
