"""How Python code reads environment variables: with a default, only looking, or failing without."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from muster.nomad.domain.extractors.code.env import EnvRead, How
from muster.nomad.domain.extractors.python.access import ENVIRON, Access, access_of, option_accesses
from muster.nomad.domain.extractors.python.guards import Guards, in_forgiving_try
from muster.nomad.domain.extractors.python.source import Module, constant_text, is_sequence
from muster.nomad.domain.extractors.python.values import Resolver

_WRAPPERS = frozenset({"int", "str", "float", "Path", "pathlib.Path", "json.loads", "yaml.safe_load"})


def env_reads(module: Module, resolver: Resolver, guards: Guards, tested: frozenset[str]) -> list[EnvRead]:
    """The reads in a module. `tested` are names that some module of the unit only looks at."""
    accesses = [access for node in module.of(ast.Subscript, ast.Call) if (access := access_of(module, node))]
    options = [access for call in module.calls for access in option_accesses(call)]
    reads = [_read(module, resolver, guards, access) for access in (*accesses, *options)]
    stored = _stored(module)
    kept = [EnvRead(read.name, read.line, How.DEFAULT) if read.name in stored else read for read in reads]
    kept = [replace(read, how=How.TESTED) if read.how is How.BARE and read.name in tested else read for read in kept]
    return [*kept, *_membership(module, guards), *_listed(module), *_schemes(module, resolver)]


def _read(module: Module, resolver: Resolver, guards: Guards, access: Access) -> EnvRead:
    how, default = _how(module, guards, access)
    text = resolver.value(default).whole_text if default is not None else None
    return EnvRead(access.name, access.node.lineno, how, text)


def _how(module: Module, guards: Guards, access: Access) -> tuple[How, ast.expr | None]:
    if isinstance(access.default, ast.Constant) and access.default.value is None:
        return (How.NEEDED if access.needed and access.optional else How.TESTED), None
    if access.default is not None:
        return How.DEFAULT, access.default
    if access.needed:
        return (How.TESTED if in_forgiving_try(module, access.node) else How.NEEDED), None
    return (How.TESTED, None) if access.optional else _context(module, guards, access.node)


def _context(module: Module, guards: Guards, node: ast.AST) -> tuple[How, ast.expr | None]:
    """What the expression around a read without default makes of an absent value."""
    parent = module.parents.get(node)
    if isinstance(parent, ast.Call) and module.dotted(parent.func) in _WRAPPERS:
        return _context(module, guards, parent)
    match parent:
        case ast.BoolOp(op=ast.Or(), values=[*_, last]) if last is not node:
            return How.DEFAULT, last
        case ast.BoolOp() | ast.Compare() | ast.UnaryOp() | ast.If() | ast.While() | ast.IfExp() | ast.comprehension():
            return (How.NEEDED if node in guards.raising_tests else How.TESTED), None
        case ast.Attribute() | ast.Assert():
            return How.NEEDED, None
        case ast.Call(func=ast.Name(id="bool" | "all" | "any")):
            return How.TESTED, None
        case (
            ast.Assign(targets=[ast.Name(id=name)])
            | ast.AnnAssign(target=ast.Name(id=name))
            | ast.NamedExpr(target=ast.Name(id=name))
        ):
            return guards.names.get(name, (How.BARE, None))
        case _:
            return How.BARE, None


def _stored(module: Module) -> frozenset[str]:
    """Names that the code itself puts into the environment."""
    return frozenset(
        name
        for node in module.of(ast.Subscript)
        if isinstance(node.ctx, ast.Store) and module.dotted(node.value) in ENVIRON
        if (name := constant_text(node.slice))
    )


def _membership(module: Module, guards: Guards) -> Iterator[EnvRead]:
    """`"X" in os.environ`."""
    for node in module.of(ast.Compare):
        match node:
            case ast.Compare(left=ast.Constant(value=str(name)), ops=[ast.In() | ast.NotIn()], comparators=[where]):
                if module.dotted(where) in ENVIRON and name:
                    how = How.NEEDED if node in guards.raising_tests else How.TESTED
                    yield EnvRead(name, node.lineno, how)
            case _:
                continue


def _listed(module: Module) -> Iterator[EnvRead]:
    """Names in a list such as `REQUIRED_ENV = ["A", "B"]` of a file that reads variables by computed names."""
    if not any(_computed(module, node) for node in module.of(ast.Subscript, ast.Call, ast.Compare)):
        return
    for name, values in module.assigned.items():
        if not any(word in name.lower() for word in ("env", "requir", "vars")):
            continue
        for item in (item for value in values if is_sequence(value) for item in value.elts):
            text = constant_text(item)
            if text and text.isupper() and text.isidentifier():
                yield EnvRead(text, item.lineno, How.NEEDED)


def _computed(module: Module, node: ast.AST) -> bool:
    match node:
        case ast.Subscript(value=value, slice=ast.Name()):
            return module.dotted(value) in ENVIRON
        case ast.Call(func=func, args=[ast.Name(), *_]):
            return module.dotted(func) in {"os.getenv", "os.environ.get"}
        case ast.Compare(left=ast.Name(), comparators=[where]):
            return module.dotted(where) in ENVIRON
        case _:
            return False


def _schemes(module: Module, resolver: Resolver) -> Iterator[EnvRead]:
    """django-environ's `Env(DEBUG=(bool, False))`."""
    for call in module.calls:
        if module.dotted(call.func) != "environ.Env":
            continue
        for keyword in call.keywords:
            match keyword.value:
                case ast.Tuple(elts=[_, default]) if keyword.arg:
                    yield EnvRead(keyword.arg, keyword.value.lineno, How.DEFAULT, resolver.value(default).whole_text)
                case _:
                    continue
