"""The prefixes that Python code mounts its routers under: routers, blueprints, includes, across modules."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from muster.nomad.domain.extractors.code.routes import joined_path
from muster.nomad.domain.extractors.python.source import Module, constant_text, keyword_of
from muster.nomad.domain.extractors.python.values import Resolver

DJANGO_ROUTES = frozenset({"path", "re_path", "url"})
MOUNTING = frozenset({"include_router", "register_blueprint", "mount", "blueprint", "Mount", "add_subapp"})
_PREFIXES = ("prefix", "url_prefix")
_DEEPEST = 4


@dataclass(frozen=True)
class Mount:
    """A router of a module, the prefix it is mounted under, and the router of the module that does it."""

    router: tuple[str, str]
    prefix: str
    by: tuple[str, str]


Mounts = Mapping[tuple[str, str], tuple[Mount, ...]]


def find_mounts(modules: Iterable[tuple[Module, Resolver]]) -> Mounts:
    """The mounts of a unit by (module, router): `include_router(x, prefix=...)` and the like, Django's `include`."""
    found: defaultdict[tuple[str, str], list[Mount]] = defaultdict(list)
    for module, resolver in modules:
        for mount in _mounts(module, resolver):
            found[mount.router].append(mount)
    return {router: tuple(mounts[:_DEEPEST]) for router, mounts in found.items()}


def _mounts(module: Module, resolver: Resolver) -> Iterator[Mount]:
    own = module_name(module.file.path)
    for call in module.calls:
        name = last_name(module.dotted(call.func))
        if name in MOUNTING and call.args:
            prefix, router = _mounted(resolver, call)
            yield Mount(_where(module, router), prefix, (own, owner_name(call)))
        elif name in DJANGO_ROUTES and len(call.args) > 1 and isinstance(call.args[1], ast.Call):
            yield from _included(module, call, call.args[1])


def _mounted(resolver: Resolver, call: ast.Call) -> tuple[str, ast.expr]:
    first = constant_text(call.args[0])
    if first is not None and len(call.args) > 1:
        return first, call.args[1]
    return resolver.value(keyword_of(call, *_PREFIXES, "path")).text or "", call.args[0]


def _included(module: Module, call: ast.Call, include: ast.Call) -> Iterator[Mount]:
    prefix = constant_text(call.args[0])
    if last_name(module.dotted(include.func)) != "include" or not include.args or prefix is None:
        return
    own = module_name(module.file.path)
    target = (
        include.args[0].elts[0] if isinstance(include.args[0], ast.Tuple) and include.args[0].elts else include.args[0]
    )
    match target:
        case ast.Constant(value=str(name)):
            router = (last_name(name.removesuffix(".urls")) + ".urls", "")
        case ast.Name(id=name):
            router = (own, name)
        case _:
            return
    yield Mount(router, plain_route(prefix), (own, django_list(module, call)))


def django_list(module: Module, call: ast.Call) -> str:
    """The list that a Django route stands in, by the variable it is assigned to; "" for `urlpatterns` itself."""
    node = module.parents.get(call)
    while isinstance(node, (ast.List, ast.Tuple, ast.BinOp)):
        node = module.parents.get(node)
    match node:
        case ast.Assign(targets=[ast.Name(id=name)]) if name != "urlpatterns":
            return name
        case _:
            return ""


def _where(module: Module, router: ast.expr) -> tuple[str, str]:
    """The module (by its last name) and the variable that a router expression names."""
    if isinstance(router, ast.Name) and router.id not in module.imports:
        return module_name(module.file.path), router.id
    parts = module.dotted(router).split(".")
    return (parts[-2] if len(parts) > 1 else ""), parts[-1]


def full_paths(router: tuple[str, str], path: str, mounts: Mounts, depth: int = 0) -> list[str]:
    """The paths that a route of (module, router) has in the end; its own one where nothing mounts the router."""
    here = mounts.get(router, ()) if depth < _DEEPEST else ()
    if not here:
        return [path]
    return [full for one in here for full in full_paths(one.by, joined_path(one.prefix, path), mounts, depth + 1)]


def own_prefixes(module: Module, resolver: Resolver) -> Mapping[str, str]:
    """Routers that are made with a prefix: `router = APIRouter(prefix="/api")`."""
    found: dict[str, str] = {}
    for node in module.of(ast.Assign):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
                prefix = resolver.value(keyword_of(call, *_PREFIXES)).text
                if prefix:
                    found[name] = prefix
            case _:
                continue
    return found


def owner_name(call: ast.Call) -> str:
    """The variable whose method is called; "" for none."""
    return call.func.value.id if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) else ""


def plain_route(pattern: str) -> str:
    """A route out of a simple regular expression: `^health/?$`."""
    return pattern.removeprefix("^").removesuffix("$").removesuffix("/?")


def last_name(dotted: str) -> str:
    """The last part of a dotted name."""
    return dotted.rpartition(".")[2]


def module_name(path: str) -> str:
    """The name a module is imported by: the file's, the folder's for `__init__.py`, `app.urls` for Django's urls."""
    parts = path.removesuffix(".py").split("/")
    if parts[-1] == "__init__" and len(parts) > 1:
        return parts[-2]
    return ".".join(parts[-2:]) if parts[-1] == "urls" and len(parts) > 1 else parts[-1]
