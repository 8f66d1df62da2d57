"""What Python code does when a value is absent: raises, sets a default, or goes on."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from muster.nomad.domain.extractors.code.env import How
from muster.nomad.domain.extractors.python.source import Module

_EXITS = frozenset({"sys.exit", "exit", "quit", "os._exit"})
_FORGIVEN = frozenset({"KeyError", "Exception", "BaseException", "LookupError", "ImproperlyConfigured"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True)
class Guards:
    """`names`: what tests of a variable say about it, with its default. `raising_tests`: nodes in tests that raise."""

    names: Mapping[str, tuple[How, ast.expr | None]]
    raising_tests: frozenset[ast.AST]


def find_guards(module: Module) -> Guards:
    """The guards of a module; names are looked at file-wide."""
    names: dict[str, tuple[How, ast.expr | None]] = {}
    raising: set[ast.AST] = set()
    for node in module.of(ast.If, ast.IfExp, ast.Assert):
        if isinstance(node, ast.If):
            _note_if(module, node, names, raising)
        elif isinstance(node, ast.IfExp):
            for name in _names(node.test):
                names.setdefault(name, (How.TESTED, None))
        else:
            names.update(dict.fromkeys(_names(node.test), (How.NEEDED, None)))
    return Guards(names, frozenset(raising))


def tested_names(guards: Guards) -> frozenset[str]:
    """Names in capitals that a module only looks at, as applications do with `app.config["MAIL_SERVER"]`."""
    return frozenset(name for name, (how, _) in guards.names.items() if name.isupper() and how is How.TESTED)


def in_forgiving_try(module: Module, node: ast.expr) -> bool:
    """Whether a KeyError here is caught by code that goes on."""
    parent = module.parents.get(node)
    while parent is not None and not isinstance(parent, _FUNCTIONS):
        if isinstance(parent, ast.Try) and node.lineno <= (parent.body[-1].end_lineno or 0):
            return any(_forgives(module, handler) for handler in parent.handlers)
        parent = module.parents.get(parent)
    return False


def _note_if(
    module: Module, node: ast.If, names: dict[str, tuple[How, ast.expr | None]], raising: set[ast.AST]
) -> None:
    negative = _is_negative(node.test)
    if negative and _leaves(module, node.body):
        raising.update(ast.walk(node.test))
        names.update(dict.fromkeys(_names(node.test), (How.NEEDED, None)))
        return
    set_here = {
        target.id: statement.value
        for statement in node.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    for name in _names(node.test):
        guard = (How.DEFAULT, set_here[name]) if negative and name in set_here else (How.TESTED, None)
        names.setdefault(name, guard)


def _names(test: ast.expr) -> frozenset[str]:
    """Variables, attributes and keys in a test, by their last name."""
    return frozenset(name for node in ast.walk(test) if (name := _name(node)))


def _name(node: ast.AST) -> str | None:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
        case _:
            return None


def _is_negative(test: ast.expr) -> bool:
    """Whether a test asks for absence: `not X`, `X is None`, `X == ""`, `X not in Y`."""
    return any(
        isinstance(node, (ast.Not, ast.Is, ast.NotIn))
        or (isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq) and _is_empty(node.comparators[0]))
        for node in ast.walk(test)
    )


def _is_empty(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value in {"", None}


def _leaves(module: Module, body: list[ast.stmt]) -> bool:
    return any(
        isinstance(statement, ast.Raise)
        or (
            isinstance(statement, ast.Expr)
            and isinstance(statement.value, ast.Call)
            and module.dotted(statement.value.func) in _EXITS
        )
        for statement in body
    )


def _forgives(module: Module, handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {module.dotted(one).rpartition(".")[2] for one in caught if one is not None}
    return (handler.type is None or bool(names & _FORGIVEN)) and not _leaves(module, handler.body)
